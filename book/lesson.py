"""A notebook as the parts of a page: text, code, what a cell printed, figures, scenes, exercises."""

import base64
import contextlib
import html
import importlib
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nbformat
from PIL import Image

from book import record, teaching, text

NAVIGATION = re.compile(r"^(?:\[[^\]]+\]\([^)]+\)(?: · )?)+$")  # a line of nothing but links
MINUTES = re.compile(r"^(\d+) minutes\b.*$", re.M)
CHECK = re.compile(r"exercises\.(\w+)\.check\(")
ASKED = "Not attempted."
CONFIRMED = "Computed: agrees with the answer to the prompt."  # in the book nobody has computed it just now
TABLE = re.compile(r"\S {2,}\S|[\[\]|─]|^ ", re.MULTILINE)
LINK = re.compile(r'href="([^"]*)"')


class BookError(ValueError):
    """What keeps the book from being built, in words."""


@dataclass
class Part:
    """A piece of a page: its ``kind`` names the template that shows it."""

    kind: str
    html: str = ""
    more: dict = field(default_factory=dict)


class Page:
    """A notebook and what its page is made of.

    Raises ``BookError`` for a notebook that was not executed, or has a cell, an output or a picture that a
    page cannot show.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.notebook = nbformat.read(path, as_version=4)
        self.text = text.Text()
        self.is_solution = self.path.parent.name == "solutions"
        self.recorded = {"cells": {}, "stages": []}
        self.parts = []
        self.shown = {}  # parts by cell id

    @cached_property
    def title(self):
        """The heading of the first cell."""
        first = self.notebook.cells[0].source if self.notebook.cells else ""
        found = re.match(r"# (.+)", first)
        if not found:
            raise BookError(f"{self.path.name}: the first cell must begin with a heading, got {first[:40]!r}")
        return found[1]

    @property
    def number(self):
        """The number of the lesson, two digits."""
        return self.path.stem[:2]

    @property
    def file(self):
        """The name of the page."""
        return f"{'solutions/' if self.is_solution else ''}{self.path.stem}.html"

    @property
    def minutes(self):
        """How long the lesson takes, or None."""
        found = MINUTES.search(self.notebook.cells[0].source)
        return int(found[1]) if found else None

    @property
    def summary(self):
        """The first paragraph below the title: the problem that bites, as HTML."""
        paragraphs = self.notebook.cells[0].source.split("\n\n")
        return text.Text().html(paragraphs[1]) if len(paragraphs) > 1 else ""

    def build(self):
        """Make the parts."""
        try:
            if not self.is_solution:
                self.recorded = record.read(self.path, self.notebook)
        except ValueError as error:
            raise BookError(str(error)) from None
        for cell in self.notebook.cells:
            where, begun = f"{self.path.name}, cell {cell.id}", len(self.parts)
            if cell.cell_type == "markdown":
                self._add_text(cell)
            elif cell.cell_type == "code":
                self._add_code(cell, where)
            else:
                raise BookError(f"{where}: a page cannot show a cell of type {cell.cell_type!r}")
            for part in self.parts[begun:]:
                self.shown[cell.id] = part
        return self

    @property
    def stages(self):
        """What its scenes are, as plain data."""
        return self.recorded["stages"]

    # --- cells

    def _add_text(self, cell):
        source = cell.source
        for old, new in teaching.told(cell).get("book", ()):
            source = source.replace(old, new)
        paragraphs = source.split("\n\n")
        kept = [MINUTES.sub("", one) if one.strip()[:1].isdigit() else one for one in paragraphs]
        source = "\n\n".join(one for one in kept if not NAVIGATION.match(one.strip()))
        if source.strip():
            self.parts.append(
                Part(
                    "text", self.text.html(source), {"optional": "optional" in cell.metadata.get("tags", ())}
                )
            )

    def _add_code(self, cell, where):
        if cell.source.strip() and cell.execution_count is None:
            raise BookError(f"{where}: was not executed; run `make notebooks` first")
        tags = set(cell.metadata.get("tags", ()))
        is_folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        outputs = [part for output in cell.outputs if (part := self._output(output, where))]
        stages = [*self.recorded["cells"].get(cell.id, ())]
        shown = [self._scene(part, stages) if part.kind == "maybe scene" else part for part in outputs]
        if stages:
            raise BookError(
                f"{where}: shows other scenes than those recorded; run `python -m book.record {self.path}`"
            )
        asks = CHECK.search(cell.source)
        more = {"folded": is_folded, "what": _what(tags), "optional": "optional" in tags, "id": cell.id}
        if asks and not self.is_solution and any(ASKED in part.html for part in shown):
            self.parts.append(
                Part("exercise", text.code(cell.source), {**more, **self._exercise(asks[1], where)})
            )
            return
        is_scene = bool(shown) and all(part.kind == "scene" for part in shown)
        # The code of a question is its name.
        more["asks"] = is_scene and any(part.more["asks"] for part in shown)
        self.parts.append(Part("code", text.code(cell.source), {**more, "outputs": shown, "scene": is_scene}))

    def _exercise(self, name, where):
        module = importlib.import_module(f"cnnlab.exercises.lesson{self.number}")
        exercise = getattr(module, name, None)
        if exercise is None:
            raise BookError(f"{where}: lesson {self.number} has no exercise {name!r}")
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exercise.solution()
        return {
            "key": f"{self.number}/{name}",
            "hints": [text.Text().html(html.escape(hint, quote=False)) for hint in exercise.hints],
            "solution": text.code(said.getvalue().rstrip()),
        }

    # --- outputs

    def _output(self, output, where):
        if output.output_type == "stream":
            if output.name != "stdout":
                raise BookError(f"{where}: has written to {output.name}: {output.text[:80]!r}")
            lines = [line for line in output.text.rstrip("\n").split("\n") if line != CONFIRMED]
            return printed("\n".join(lines)) if lines else None
        if output.output_type not in ("execute_result", "display_data"):
            raise BookError(f"{where}: a page cannot show an output of type {output.output_type!r}")
        data = output.data
        if "image/png" in data:
            words = output.metadata.get("image/png", {}).get("alt") or data.get("text/plain", "")
            if not words.strip():
                raise BookError(f"{where}: its picture has no words for those who cannot see it")
            picture = figure(data["image/png"], where)
            return Part(
                "maybe scene", "", {"text": data.get("text/plain", ""), "alt": words.strip(), **picture}
            )
        if "text/html" in data:
            return Part("html", LINK.sub(lambda found: f'href="{text.page_of(found[1])}"', data["text/html"]))
        if "text/plain" not in data:
            raise BookError(f"{where}: a page cannot show {', '.join(data)}")
        return Part("maybe scene", html.escape(data["text/plain"], quote=False), {"text": data["text/plain"]})

    def _scene(self, part, stages):
        """Return an output as the next of its cell's scenes, if it is that; else as figure or print."""
        if stages and stages[0]["text"] == part.more["text"]:
            told = stages.pop(0)
            stage = self.stages[told["stage"]]
            return Part(
                "scene",
                part.html,
                {**part.more, "stage": told["stage"], "name": stage["kind"], "asks": stage.get("asks")},
            )
        if "source" in part.more:
            return Part("figure", "", part.more)
        if part.more["text"].startswith("HBox("):
            return printed("(Widgets of ipywidgets: they live in JupyterLab.)")
        return printed(part.more["text"])


def printed(words):
    """Return what a cell printed; sentences may be broken into lines, tables of numbers may not."""
    return Part("printed", html.escape(words, quote=False), {"flows": not TABLE.search(words)})


def _what(tags):
    if "check" in tags:
        return "Check"
    return "Set-up" if "setup" in tags else "Code"


def figure(png, where):
    """Return a picture as the smallest of two encodings: its source, width and height."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(png))) as opened:
            picture = opened.convert("RGBA")
    except OSError as error:
        raise BookError(f"{where}: its picture cannot be read: {error}") from None
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    made = []
    for options in ({"lossless": True, "quality": 50, "method": 2}, {"quality": 82, "method": 3}):
        out = io.BytesIO()
        paper.convert("RGB").save(out, "WEBP", **options)
        made.append(out.getvalue())
    source = base64.b64encode(min(made, key=len)).decode()
    return {"source": f"data:image/webp;base64,{source}", "width": picture.width, "height": picture.height}
