"""What you have answered so far, and where to go on: ``from cnnlab.exercises import progress``.

``progress.map()`` shows the course with what is done; ``progress.export("file.json")`` and
``progress.load("file.json")`` carry progress from one computer to another. Nothing is sent anywhere.

Predictions and exercises tell ``remember`` what they said. It is kept in one file, ``cnnlab-progress.json``,
beside the notebook (``progress_file``), and only where somebody has opened that notebook to work in it, in
JupyterLab, Notebook or VS Code: a notebook that a program runs (nbclient, nbval, a test) neither writes
progress nor shows any. Notebooks of ``solutions/`` do not either: what they get right is not the learner's.
Set ``CNNLAB_PROGRESS=off`` to keep none, or to a path to keep it there. With ``CI=true`` none is kept unless
a path is set.
"""

import html
import importlib
import os
import pkgutil
import re
import sys
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import cnnlab.exercises
from cnnlab.exercises.progress_file import (
    MOST_TRIES,
    NAME,
    STATES,
    Answer,
    NewerVersion,
    ProgressFile,
    answers_in,
    content,
    merged,
    one_line,
    write_whole,
    written,
)

VARIABLE = "CNNLAB_PROGRESS"
LESSON = re.compile(r"lesson(\d\d)")
TITLE = re.compile(r"Predictions and exercises of lesson \d\d, (.+)\.")
WIDTH = 80  # characters of a line of the map
LEFT = ' style="text-align: left"'
MARKS = {"done": "✓", "begun": "◐", "not begun": "○"}


# --- where it is kept ---------------------------------------------------------------------------------------


def path():
    """Return the ``pathlib.Path`` of the file that keeps progress, or None where none is kept."""
    told = os.environ.get(VARIABLE, "").strip()
    if told.lower() == "off":
        return None
    if told:
        return Path(told).expanduser()
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        return None
    notebook = _notebook()
    if notebook is None or notebook.parent.name == "solutions":
        return None
    return (notebook.parent if notebook.parent.is_dir() else Path.cwd()) / NAME


def _notebook():
    """Return the path of the notebook that somebody has opened with this kernel, or None if nobody has."""
    name = os.environ.get("JPY_SESSION_NAME")  # from Jupyter's server; not from programs that run notebooks
    if not name and "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        name = shell and shell.user_ns.get("__vsc_ipynb_file__")  # from VS Code
    return Path(name) if name else None


# --- remembering --------------------------------------------------------------------------------------------


def remember(asked, state, said):
    """Remember what was said about an answer; called by predictions and exercises.

    Parameters
    ----------
    asked : Prompt or Exercise
        One that a lesson's module holds; any other is forgotten.
    state : str
        "not yet", "shown" or "correct"; others, such as "not attempted", change nothing.
    said : str
        What was said; its first line is kept if the state is "not yet".

    Never raises an ``OSError`` or ``ValueError``: where progress cannot be kept, lessons go on without.
    """
    where = path() if state in STATES else None
    key = key_of(asked) if where else None
    if key is None:
        return
    slip = one_line(said.removeprefix("Not yet. ")) if state == "not yet" else ""
    try:
        note = ProgressFile(where).update(partial(_tried, key=key, state=state, slip=slip))
    except (OSError, ValueError):
        return  # a read-only folder, a full disk, a file of a newer version
    if note:
        print(note)


def _tried(answers, key, state, slip):
    """Return the answers after one more try. What was once right stays right; trying on is no step back."""
    before = answers.get(key)
    if before and before.state == "correct":
        return answers
    tries = min(before.tries + 1, MOST_TRIES) if before else 1
    if before and STATES.index(before.state) > STATES.index(state):
        state, slip = before.state, before.slip
    return {**answers, key: Answer(state, tries, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", slip)}


def key_of(asked):
    """Return the name by which a lesson's prediction or exercise is kept: "02/slide"; None for others."""
    for module, held in list(sys.modules.items()):
        lesson = LESSON.fullmatch(module.removeprefix("cnnlab.exercises."))
        if lesson and held:
            for name, value in vars(held).items():
                if value is asked:
                    return f"{lesson[1]}/{name}"
    return None


# --- the map ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lesson:
    """A lesson, and the keys of its predictions and exercises."""

    number: str
    title: str
    predictions: tuple
    exercises: tuple

    @property
    def file(self):
        """The name of its notebook."""
        return f"{self.number}_{re.sub('[^a-z0-9]+', '_', self.title.lower())}.ipynb"

    def __str__(self):
        return f"{self.number} {self.title}"


def course():
    """Return every ``Lesson`` that asks something, in order: what the modules beside this one hold."""
    from cnnlab.exercises.engine import Exercise
    from cnnlab.exercises.predict import Prompt

    lessons, kinds = [], (Prompt, Exercise)
    for name in sorted(module.name for module in pkgutil.iter_modules(cnnlab.exercises.__path__)):
        lesson = LESSON.fullmatch(name)
        if lesson:
            module = importlib.import_module(f"cnnlab.exercises.{name}")
            names = {
                kind: [name for name, it in vars(module).items() if isinstance(it, kind)] for kind in kinds
            }
            keys = [tuple(f"{lesson[1]}/{name}" for name in names[kind]) for kind in kinds]
            lessons.append(Lesson(lesson[1], TITLE.match(module.__doc__)[1], *keys))
    return tuple(lessons)


class Map:
    """The course with what is done; in a notebook a table, printed its text.

    Attributes
    ----------
    lessons : tuple of Lesson
    answers : dict of str to Answer
        By key, such as "02/slide".
    next : Lesson or None
        Where to go on: the lesson of the last answer; if all of it is done, the first after it, or else the
        first of all, that is not. None when the course is done.
    """

    def __init__(self, lessons, answers, notes=()):
        self.lessons = lessons
        self.answers = answers
        self.notes = tuple(note for note in notes if note)
        self.next = self._next()

    def done(self, keys):
        """Return how many of ``keys`` are done: answered correctly, or shown after a try."""
        return sum(key in self.answers and self.answers[key].state != "not yet" for key in keys)

    def _next(self):
        keys = {key: k for k, lesson in enumerate(self.lessons) for key in _keys(lesson)}
        known = [key for key in self.answers if key in keys]
        last = max(known, key=lambda key: (self.answers[key].when, key), default=None)
        at = keys.get(last, 0)
        left = (each for each in self.lessons[at:] + self.lessons[:at] if self._state(each) != "done")
        return next(left, None)

    def _state(self, lesson):
        keys = _keys(lesson)
        if self.done(keys) == len(keys):
            return "done"
        return "begun" if any(key in self.answers for key in keys) else "not begun"

    def _slip(self, lesson):
        """Return what went wrong last in a lesson and is not right yet: its name and what was said."""
        open_ = [key for key in _keys(lesson) if key in self.answers and self.answers[key].slip]
        last = max(open_, key=lambda key: (self.answers[key].when, key), default=None)
        return f"{last.partition('/')[2]}: {self.answers[last].slip}" if last else ""

    def _counts(self, lesson):
        return [f"{self.done(keys)} of {len(keys)}" for keys in (lesson.predictions, lesson.exercises)]

    @property
    def _summary(self):
        keys = [key for lesson in self.lessons for key in _keys(lesson)]
        shown = sum(key in self.answers and self.answers[key].state == "shown" for key in keys)
        aside = f", {shown} of them after a look at the answer" if shown else ""
        return f"{self.done(keys)} of {len(keys)} done{aside}."

    def __repr__(self):
        lines = ["  lesson                        predictions  exercises"]
        for lesson in self.lessons:
            predictions, exercises = self._counts(lesson)
            lines += [f"{MARKS[self._state(lesson)]} {lesson!s:<30}{predictions:>11}{exercises:>11}"]
            lines += _wrapped(self._slip(lesson), " " * 5)
        lines += [""]
        marks = ", ".join(f"{mark} {state}" for state, mark in MARKS.items())
        going_on = f"Go on with {self.next}: {self.next.file}" if self.next else "The course is done."
        for text in (f"{self._summary} ({marks})", going_on, *self.notes):
            lines += _wrapped(text)
        return "\n".join(lines)

    def _repr_html_(self):
        heads = [("Lesson", LEFT), ("State", LEFT), ("Predictions", ""), ("Exercises", "")]
        head = "".join(f'<th scope="col"{style}>{name}</th>' for name, style in heads)
        rows = "\n".join(self._row(lesson) for lesson in self.lessons)
        going_on = f"Go on with {_link(self.next)}." if self.next else "The course is done."
        wrong = [
            (_link(lesson), html.escape(slip)) for lesson in self.lessons if (slip := self._slip(lesson))
        ]
        items = "".join(f"<li>{link}: {slip}</li>" for link, slip in wrong)
        slips = f"<p><strong>What went wrong last</strong></p><ul>{items}</ul>" if wrong else ""
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        # No colors of its own: the table wears the page's theme, and every state is a word.
        return (
            f'<div style="max-width: 80ch"><p><strong>{self._summary}</strong> {going_on}</p>\n'
            f'<table style="margin-left: 0" aria-label="Progress, lesson by lesson">\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n{slips}{notes}</div>"
        )

    def _row(self, lesson):
        state = self._state(lesson)
        counts = "".join(f"<td>{count}</td>" for count in self._counts(lesson))
        name = f'<th scope="row"{LEFT}>{_link(lesson)}</th>'
        return f"<tr>{name}<td{LEFT}>{MARKS[state]} {state}</td>{counts}</tr>"


def _keys(lesson):
    return lesson.predictions + lesson.exercises


def _link(lesson):
    return f'<a href="{lesson.file}">{html.escape(str(lesson))}</a>'


def _wrapped(text, indent=""):
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def map():
    """Return the ``Map`` of the course with what is done, what went wrong last, and where to go on."""
    where = path()
    if where is None:
        return Map(course(), {})
    try:
        answers, note = ProgressFile(where).read()
    except NewerVersion as error:
        answers, note = {}, f"Progress: {where.name} is left as it is: {error}."
    except OSError as error:
        answers, note = {}, f"Progress: {where.name} cannot be read: {error.strerror}."
    return Map(
        course(), answers, [note, f"Kept in {where.name} beside the lessons; nothing is sent anywhere."]
    )


# --- export and import --------------------------------------------------------------------------------------


def export(file):
    """Write progress to a new file, to be taken to another computer.

    Raises ``FileExistsError`` if there is such a file already, ``ValueError`` where no progress is kept.
    """
    where, target = _kept("export"), _path("export", file)
    try:
        answers, note = ProgressFile(where).read()
    except ValueError as error:
        raise ValueError(f"export: {where.name} cannot be used, as {error}") from None
    if note:
        print(note)
    if target.exists():
        raise FileExistsError(f"export: {target} exists already; choose another name")
    write_whole(target, written(answers))
    print(f"{len(answers)} {'answer' if len(answers) == 1 else 'answers'} written to {target}.")


def load(file):
    """Add the progress that ``export`` has written to a file to the progress here; return the ``Map``.

    For each question the better answer wins; of two equal ones, the later. So nothing that was once right is
    lost, and it does not matter in which order, or how often, files are loaded.

    Raises ``OSError`` if the file cannot be read, ``ValueError`` if it is no progress of this course, is of a
    newer version, or if no progress is kept here. Then nothing is changed.
    """
    where, source = _kept("load"), _path("load", file)
    try:
        theirs = answers_in(content(source))
    except ValueError as error:
        raise ValueError(f"load: {source} cannot be used, as {error}; nothing was changed") from None
    try:
        note = ProgressFile(where).update(lambda mine: merged(mine, theirs))
    except ValueError as error:
        raise ValueError(f"load: {where.name} cannot be changed, as {error}; nothing was changed") from None
    if note:
        print(note)
    return map()


def _kept(function):
    where = path()
    if where is None:
        raise ValueError(
            f"{function}: no progress is kept here; it is where a lesson is open, unless {VARIABLE} is off"
        )
    return where


def _path(function, file):
    if not isinstance(file, (str, os.PathLike)):
        raise TypeError(f"{function}: file must be a path, got {type(file).__name__}")
    return Path(file).expanduser()
