"""What the cells of a lesson tell its teacher, and what becomes of it: sections, plans and slides.

It stands in the cells' metadata, under ``cnnlab``, so that it moves and changes with the lesson:

- ``minutes`` of a section, on the cell with its heading, for someone who works alone (written by
  ``python -m tests.contents``); ``plan``, what the section gets in a class of 45, 90 and 180 minutes;
- ``notes`` for the teacher's eyes, on any cell; ``objectives`` and ``sheet``, the minutes for a worksheet in
  each plan, on the first one;
- ``slide``, what stands on the wall: a text, or several; ``False`` leaves a scene or a question out;
- of a scene ``ask``, the question before it is touched, ``board``, what to draw beside it, and ``state``, a
  text of the scene's to start from;
- ``book``, pairs of words of a text and what stands in their place on the web, where nothing is run.
"""

import importlib
import re
from dataclasses import dataclass, field

from book import text
from cnnlab.look import write_number

KEY = "cnnlab"
PLANS = (45, 90, 180)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
PREDICT = re.compile(r"^exercises\.(predict_\w+)$")
MOST_LINES = 7  # of what stands above a poll
OPTIONS = 6  # of a poll: more are not read from the last row


def told(cell):
    """Return what a cell tells the teacher."""
    return cell.metadata.get(KEY, {})


def _three(value):
    return isinstance(value, list) and len(value) == 3 and all(type(one) is int and one >= 0 for one in value)


def _text(value):
    return isinstance(value, str) and bool(value.strip())


def _pairs(value):
    return isinstance(value, list) and all(_texts(pair) and len(pair) == 2 for pair in value)


def _texts(value):
    return isinstance(value, list) and bool(value) and all(map(_text, value))


KINDS = {
    "objectives": (_texts, "a list of sentences"),
    "minutes": (lambda value: type(value) is int and value >= 0, "a whole number"),
    "plan": (_three, "three whole numbers"),
    "sheet": (_three, "three whole numbers"),
    "notes": (_text, "a text"),
    "slide": (lambda value: value is False or _text(value) or _texts(value), "a text, texts, or false"),
    "ask": (_text, "a text"),
    "board": (_text, "a text"),
    "state": (_text, "a text"),
    "book": (_pairs, "pairs of texts"),
    "code": (lambda value: isinstance(value, bool), "true or false"),
}


def faults(notebook):
    """Return what is wrong with what the cells of a lesson tell, in words."""
    found = []
    for cell in notebook.cells:
        for old, _ in told(cell).get("book", ()):
            if old not in cell.source:
                found.append(f"{cell.id}: book speaks of words that are not in the cell: {old!r}")
        for name, value in told(cell).items():
            if name not in KINDS:
                found.append(f"{cell.id}: unknown key {name!r}")
            elif not KINDS[name][0](value):
                found.append(f"{cell.id}: {name} must be {KINDS[name][1]}, got {value!r}")
    if found:
        return found
    first, *others = notebook.cells
    found += [f"{first.id}: {name} is missing" for name in ("objectives", "sheet") if name not in told(first)]
    starts = [first, *(cell for cell in others if cell.cell_type == "markdown" and heading(cell))]
    for cell in starts:
        found += [f"{cell.id}: {name} is missing" for name in ("plan", "notes") if name not in told(cell)]
    for cell in others:
        if cell not in starts:
            found += [
                f"{cell.id}: {name} belongs to a heading"
                for name in ("plan", "minutes")
                if name in told(cell)
            ]
    if not found:
        columns = zip(*(told(cell)["plan"] for cell in starts), told(first)["sheet"], strict=True)
        for planned, minutes in zip(map(sum, columns), PLANS, strict=True):
            if planned != minutes:
                found.append(f"the plan for {minutes} minutes has {planned}")
    return found


def heading(cell):
    """Return the headings of a cell as one title, or an empty string."""
    return " · ".join(HEADING.findall(cell.source)) if cell.cell_type == "markdown" else ""


# --- what a teacher reads -----------------------------------------------------------------------------------


@dataclass
class Moment:
    """What a teacher does with one cell: ``kind`` is "scene", "poll", "output" or "exercise"."""

    kind: str
    id: str
    title: str
    notes: str = ""
    ask: str = ""
    board: str = ""
    is_optional: bool = False


@dataclass
class Section:
    """A part of a lesson: its minutes alone, its minutes in each plan, notes, and what happens in it."""

    id: str
    title: str
    minutes: int
    plan: list
    notes: str
    moments: list = field(default_factory=list)


@dataclass
class Slide:
    """One thing on the wall, and what only the teacher sees of it.

    ``kind`` is "title", "text", "scene", "poll", "prompt" (a question as it is) or "output";
    ``content`` what the template needs for it.
    """

    kind: str
    id: str
    title: str
    html: str = ""
    notes: str = ""
    section: str = ""
    content: dict = field(default_factory=dict)


class Teaching:
    """What a page tells its teacher. The page must have been built."""

    def __init__(self, page):
        self.page = page
        first = told(page.notebook.cells[0])
        self.objectives = [_line(one) for one in first.get("objectives", ())]
        self.sheet = first.get("sheet", [0, 0, 0])
        self.sections, self.slides = [], []
        self._last = None  # the code cell before
        for cell in page.notebook.cells:
            self._add(cell)

    @property
    def plan_of_sections(self):
        """The minutes of each section in each plan, for the speaker's clock."""
        return [{"id": one.id, "plan": one.plan} for one in self.sections]

    @property
    def steps(self):
        """The sections, each with what happens in it."""
        return [
            (one, [moment for moment in one.moments if not moment.is_optional or moment.notes])
            for one in self.sections
        ]

    def _add(self, cell):
        page, tells = self.page, told(cell)
        is_first = cell is page.notebook.cells[0]
        title = page.title if is_first else heading(cell)
        if title and "plan" in tells:
            name = "Opening" if is_first else text.plain(_line(title))
            self.sections.append(
                Section(cell.id, name, tells.get("minutes", 0), tells["plan"], _html(tells.get("notes", "")))
            )
        part = page.shown.get(cell.id)
        before = self._last
        if cell.cell_type == "code":
            self._last = cell
        kind = "text" if cell.cell_type == "markdown" else self._kind(part)
        if not kind or not self.sections:
            return
        here = self.sections[-1]
        optional = "optional" in cell.metadata.get("tags", ())
        if kind != "text" and (kind != "output" or tells):
            here.moments.append(
                Moment(kind, cell.id, self._title(kind, part, cell), _html(tells.get("notes", "")),
                       _line(tells.get("ask", "")), _line(tells.get("board", "")), optional)
            )  # fmt: skip
        wanted = tells.get("slide")
        if wanted is False or (optional and wanted is None) or (kind == "exercise" and wanted is None):
            return
        if kind == "text":
            texts = [wanted] if isinstance(wanted, str) else wanted or ([""] if is_first else [])
            for number, words in enumerate(texts):
                kind = "title" if is_first and not number else "text"
                self._slide(kind, cell, here, _html(words), notes=here.notes if not number else "")
        elif kind == "poll":
            content = poll(self._prompt(cell), part)
            content["given"] = self._given(before)
            self._slide("poll" if "options" in content else "prompt", cell, here, content=content)
        elif kind == "scene":
            scene = next(one for one in part.more["outputs"] if one.kind == "scene")
            self._slide("scene", cell, here, _line(tells.get("ask", "")), content={"scene": scene})
        elif isinstance(wanted, str):
            shown = {"outputs": part.more["outputs"], "code": part.html if tells.get("code") else ""}
            self._slide("output", cell, here, _html(wanted), content=shown)

    def _slide(self, kind, cell, section, html="", notes=None, content=None):
        tells = told(cell)
        words = _html(tells.get("notes", "")) if notes is None else notes
        if "board" in tells:
            words += f"<p><strong>On the board:</strong> {_line(tells['board'])}</p>"
        title = self.page.title if kind == "title" else section.title
        self.slides.append(Slide(kind, cell.id, title, html, words, section.id, content or {}))

    def _given(self, cell):
        """Return what the code above a question has printed, if it is short: the question may speak of it."""
        part = cell and self.page.shown.get(cell.id)
        if not part or part.kind != "code" or part.more["scene"] or "slide" in told(cell):
            return []
        prints = [one for one in part.more["outputs"] if one.kind == "printed"]
        lines = sum(one.html.count("\n") + 1 for one in prints)
        return prints if lines <= MOST_LINES and len(prints) == len(part.more["outputs"]) else []

    @staticmethod
    def _kind(part):
        if part is None:
            return ""
        if part.kind == "exercise":
            return "exercise"
        if part.more.get("asks"):
            return "poll"
        return "scene" if part.more.get("scene") else "output"

    def _title(self, kind, part, cell):
        if kind == "poll":
            prompt = self._prompt(cell)
            return _line(prompt.question if prompt else "A prediction")
        if kind == "exercise":
            return f"Exercise <code>{part.more['key'].partition('/')[2]}</code>"
        scenes = [one for one in part.more["outputs"] if one.kind == "scene"]
        if kind == "scene":
            return text.plain(self.page.stages[scenes[0].more["stage"]]["title"])
        if "open" in cell.metadata.get("tags", ()):
            return "The open exercise"
        wanted = told(cell).get("slide")
        return _line(wanted.partition("\n")[0]) if isinstance(wanted, str) else "What a cell shows"

    def _prompt(self, cell):
        """The question that a cell asks, if the lesson's exercises have it."""
        found = PREDICT.match(cell.source.strip().splitlines()[-1])
        module = importlib.import_module(f"cnnlab.exercises.lesson{self.page.number}") if found else None
        return getattr(module, found[1]) if found else None


def poll(prompt, part):
    """Return a question as a class answers it by show of hands: the options by letter, and the right one.

    A question for a number has its typical wrong answers as options, in order of size. One for a grid of
    numbers, and one that a lesson makes of what it has computed, stays a prompt to be filled in.
    """
    from cnnlab.exercises.predict import Predict

    (scene,) = (one for one in part.more["outputs"] if one.kind == "scene")
    if not isinstance(prompt, Predict):
        return {"scene": scene}
    if prompt.choices:
        options = [
            (choice, choice == prompt.right, prompt.slips.get(choice, "")) for choice in prompt.choices
        ]
    else:
        wrong, seen = [], set()
        for value, why in prompt.slips.items():
            if why not in seen and len(wrong) < OPTIONS - 1:
                wrong.append((value, why))
                seen.add(why)
        ordered = sorted([(prompt.right, ""), *wrong])
        options = [(write_number(value, prompt.unit), value == prompt.right, why) for value, why in ordered]
    return {
        "question": _line(prompt.question),
        "because": _line(prompt.because),
        "options": [
            {"letter": letter, "text": _line(words), "right": is_right, "why": _line(why)}
            for letter, (words, is_right, why) in zip("ABCDEFGHIJ", options, strict=False)
        ],
    }


def _html(markdown):
    if markdown.startswith("1. "):  # steps, written one after the other
        markdown = re.sub(r" (?=[2-9]\. )", "\n", markdown)
    return text.Text().html(markdown) if markdown else ""


def _line(markdown):
    """Return one line of Markdown as HTML without a paragraph around it."""
    return _html(markdown).strip().removeprefix("<p>").removesuffix("</p>")
