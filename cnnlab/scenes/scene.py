"""A stage whose picture follows from a state, with undo, and with reset of each part."""

import math
import re
from dataclasses import replace

import numpy as np

from cnnlab.checks import check_rank, float_array, integer
from cnnlab.stage import Control, Stage

LARGEST = 1_000_000  # no learner needs more, and its products can still be shown
YOURS = "your own"  # the choice that stands for an array the learner has edited


class Scene(Stage):
    """A stage that redraws whenever its state changes.

    A subclass says how a state becomes a picture (``draw``), which arrays of the state a panel edits, and
    what its controls do. States are frozen dataclasses: a change makes a new one, and if that one cannot be
    drawn, the scene keeps the old.
    """

    def __init__(self, state, **options):
        self.start = state
        self.state = state
        self._past = []
        self._stroke = None
        super().__init__(self.draw(state), **options)

    def draw(self, state):
        """Return the ``Picture`` of ``state``; a ``ValueError`` or ``TypeError`` says why there is none."""
        raise NotImplementedError

    def change(self, **changes):
        """Change parts of the state, as an edit in the browser does; the change can be undone.

        Raises ``ValueError`` or ``TypeError``, and changes nothing, if the new state cannot be drawn. What
        changes nothing need not be undone.
        """
        state = replace(self.state, **changes)
        if any(not np.array_equal(value, vars(self.state)[part]) for part, value in vars(state).items()):
            self._move_to(state, [*self._past, self.state])

    def undo(self):
        """Take the last change back."""
        if self._past:
            self._move_to(self._past[-1], self._past[:-1])

    def reset(self, *parts):
        """Set the named parts of the state, or all of it, to what they were at the start."""
        self.change(**{part: getattr(self.start, part) for part in parts or vars(self.start)})

    def set_control(self, id, value):
        """Do what a control asks for; by default a control is called after the part of the state it sets."""
        self.change(**{id: value})

    def set_cell(self, panel, row, column, value):
        """Change one number; by default a panel is called after the array of the state that it shows."""
        if not any(shown.id == panel and shown.edit for shown in self.picture.panels):
            raise ValueError(f"{panel!r} is not a panel that can be edited")
        self.change(**{panel: with_cell(getattr(self.state, panel), panel, row, column, value)})

    def set_file(self, id, data):
        """Take the content of a file, in bytes."""
        raise ValueError(f"{type(self).__name__} has no control {id!r} for files")

    def answer(self, message):
        """Do what the learner asked for in the browser."""
        if message["type"] == "edit":
            panel, row, column = message["panel"], message["row"], message["column"]
            value = read_number(f"{panel}, row {row + 1}, column {column + 1}", message["value"])
            past = self._past
            self.set_cell(panel, row, column, value)
            if message["stroke"] == self._stroke:  # one drag of the pointer is undone in one go
                self._past = past
            self._stroke = message["stroke"]
        elif message["type"] == "file":
            self.set_file(message["id"], message["data"])
        elif message["id"] == "undo":
            self.undo()
        else:
            self.set_control(message["id"], message["value"])

    def choose(self, part, name, choices, value, *, cell="number"):
        """Set an array of the state to one of the named ``choices``; ``name`` is what learners call it."""
        if value in choices:
            self.change(**{part: choices[value]})
        elif value == YOURS:
            raise ValueError(f'To make a {name} of your own, set "Click to" to "edit" and click a {cell}.')
        else:
            raise ValueError(f"{name} must be one of {tuple(choices)}, got {value!r}")

    def changed_parts(self, state):
        """Return the names of the parts of ``state`` that differ from the start."""
        start = vars(self.start)
        return {part for part, value in vars(state).items() if not np.array_equal(value, start[part])}

    def undo_and_reset(self, state):
        """Return the controls that take the last change back, and all of them."""
        return (
            Control("undo", "button", "Undo", enabled=self.can_undo),
            Control("reset", "button", "Reset", enabled=bool(self.changed_parts(state))),
        )

    @property
    def can_undo(self):
        """Whether there is anything to undo."""
        return bool(self._past)

    def _move_to(self, state, past):
        before = self._past
        self._past = past  # `draw` asks whether there is something to undo
        try:
            picture = self.draw(state)
        except Exception:
            self._past = before
            raise
        self.state = state
        self.show(picture)


def choice_control(id, label, choices, array):
    """Return a control that offers the named ``choices`` and says which of them ``array`` is, if any."""
    known = next((name for name, choice in choices.items() if np.array_equal(choice, array)), YOURS)
    return Control(id, "choice", label, known, (*choices, YOURS))


def known_controls(scene, controls, known):
    """Return ``controls`` as a tuple, or refuse those that the scene does not have."""
    unknown = set(controls) - set(known)
    if unknown:
        raise ValueError(f"{scene}: controls must be among {known}, got {sorted(unknown)}")
    return tuple(controls)


def true_or_false(scene, name, value):
    """Return ``value`` as a ``bool``; anything but one of Python's or NumPy's is a ``TypeError``."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{scene}: {name} must be True or False, got {value!r}")
    return bool(value)


def with_cell(array, name, row, column, value):
    """Return a copy of a matrix with one number changed."""
    for axis, index in enumerate((row, column)):
        if not 0 <= integer(name, ("row", "column")[axis], index, 0) < array.shape[axis]:
            raise ValueError(f"{name}: no row {row + 1}, column {column + 1} in shape {array.shape}")
    changed = array.copy()
    changed[row, column] = value
    return changed


def read_number(name, typed):
    """Read what a learner typed: ``−1``, ``0.5``, ``1/3``, ``12,054``; else raise a ``ValueError``."""
    text = str(typed).strip().replace("−", "-")
    if re.fullmatch(r"-?[1-9]\d{0,2}([ ,\u202f\u00a0]\d{3})+", text):  # thousands, set apart
        text = re.sub(r"[^-\d]", "", text)
    parts = text.replace(",", ".").split("/")
    try:
        if len(parts) > 2:
            raise ValueError
        whole, by = (float(part) for part in (*parts, "1")[:2])
        number = whole / by if math.isfinite(by) else by
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError(f"{name} must be a number such as −1, 0.5 or 1/3, got {typed!r}") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {typed!r}")
    if abs(number) > LARGEST:
        raise ValueError(f"{name} must be a number of at most {LARGEST:,}, got {typed!r}")
    return number


def whole_number(name, typed):
    """Read a whole number that a learner typed; anything else is a ``ValueError``."""
    try:
        return int(str(typed).strip())
    except ValueError:
        raise ValueError(f"{name} must be a whole number, got {typed!r}") from None


def finite_matrix(scene, name, value):
    """Return ``value`` as a read-only matrix of finite numbers that a scene can show."""
    if (
        isinstance(value, np.ndarray)
        and value.dtype == float
        and value.ndim == 2
        and not value.flags.writeable
    ):
        matrix = value  # of a state before, or of letters: it cannot change any more
    else:
        matrix = float_array(scene, name, value).astype(float)
    check_rank(scene, name, matrix, (2,), "(rows, columns)")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{scene}: {name} must be finite, got {matrix[~np.isfinite(matrix)][0]}")
    if np.abs(matrix).max() > LARGEST:
        raise ValueError(
            f"{scene}: {name} must hold numbers of at most {LARGEST:,}, got {np.abs(matrix).max()}"
        )
    matrix.flags.writeable = False  # the state before a change must stay what it was
    return matrix
