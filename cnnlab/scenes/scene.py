"""A stage whose picture follows from a state, with undo, and with reset of each part."""

from dataclasses import replace

import numpy as np

from cnnlab.checks import check_rank, float_array, integer
from cnnlab.scenes import state_text
from cnnlab.stage import YOURS, Control, Stage, moved
from cnnlab.stage.typed import LARGEST


class Scene(Stage):
    """A stage that redraws whenever its state changes.

    A subclass says how a state becomes a picture (``draw``), and what is special of its controls (``act``).
    ``edits`` names the arrays of the state that panels of the same name show, and that learners change.
    States are frozen dataclasses: a change makes a new one, and if that one cannot be drawn, the scene keeps
    the old.
    """

    edits = ()

    def __init__(self, state, **options):
        self.start = state
        self.state = state
        self._past = []
        self._stroke = None
        self._choices = {}  # by control id, the part of the state that is chosen, and the arrays by name
        self._resets = {}  # by control id, the parts of the state that are reset
        super().__init__(self.draw(state), **options)

    def draw(self, state):
        """Return the ``Picture`` of ``state``; a ``ValueError`` or ``TypeError`` says why there is none."""
        raise NotImplementedError

    # --- changes

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
        self._stroke = None
        if self._past:
            self._move_to(self._past[-1], self._past[:-1])

    def reset(self, *parts):
        """Set the named parts of the state, or all of it, to what they were at the start."""
        self.change(**{part: getattr(self.start, part) for part in parts or vars(self.start)})

    # --- the state as a text

    @property
    def state_text(self):
        """The state in one line of text, for a teacher's notes or an error report; see ``from_text``.

        >>> from cnnlab.scenes import ReluMap
        >>> text = ReluMap(step=3).state_text
        >>> ReluMap.from_text(text).step
        3
        """
        state = dict(vars(self.state))
        for id, (part, choices) in self.named().items():  # what has a name need not be carried along
            named = (name for name, array in choices.items() if np.array_equal(array, state[part]))
            name = next(named, None) if isinstance(state[part], np.ndarray) else None
            state[part] = state[part] if name is None else {"choice": (id, name)}
        looks = {"step": self.step, "decimals": self.decimals, "quiz": self.quiz}
        return state_text.write(type(self).__name__, {"state": state, "looks": looks})

    @classmethod
    def from_text(cls, text, *arguments, **options):
        """Return a scene as the constructor makes it of these arguments, in the state of a ``state_text``.

        Raises what ``restore`` raises.
        """
        scene = cls(*arguments, **options)
        scene.restore(text)
        scene._past = []
        return scene

    def restore(self, text):
        """Go to the state of a ``state_text``; it can be undone.

        Raises ``ValueError`` or ``TypeError``, and changes nothing, for a text that holds no state that this
        scene could be in.
        """
        name = type(self).__name__
        content = state_text.read(name, text)
        state, looks = content.get("state"), content.get("looks")
        if not isinstance(state, dict) or state.keys() != vars(self.state).keys():
            raise ValueError(f"{name}: text must hold {[*vars(self.state)]}, got {[*(state or ())]}")
        if not isinstance(looks, dict) or looks.keys() != {"step", "decimals", "quiz"}:
            raise ValueError(f"{name}: text must hold step, decimals and quiz, got {looks!r}")
        for part, value in state.items():
            if isinstance(value, dict):
                state[part] = value = self._chosen(part, value.get("choice"))
            now = getattr(self.state, part)
            kinds = np.ndarray if isinstance(now, np.ndarray) else type(now)
            if type(value) is not kinds and None not in (value, now):
                raise ValueError(
                    f"{name}: {part} must be of type {kinds.__name__}, got {type(value).__name__}"
                )
        step = integer(name, "step", looks["step"], 0)
        if not all(isinstance(looks[each], bool) for each in ("decimals", "quiz")):
            raise TypeError(f"{name}: decimals and quiz must be True or False, got {looks!r}")
        try:
            self.change(**state)
        except (ArithmeticError, LookupError, AttributeError) as error:
            raise ValueError(f"{name}: text holds a state that cannot be drawn: {error}") from None
        self.step, self.decimals, self.quiz = step, looks["decimals"], looks["quiz"]

    def named(self):
        """Return what has a name: for the id of a choice, a part of the state, and its arrays by name."""
        return self._choices

    def _chosen(self, part, choice):
        """Return the array that a choice, (control id, name), stands for."""
        id, name = choice if isinstance(choice, tuple) and len(choice) == 2 else ("", "")
        known, choices = self.named().get(id, ("", {})) if isinstance(id, str) else ("", {})
        if known != part or not isinstance(name, str) or name not in choices:
            raise ValueError(f"{type(self).__name__}: {part} must be one of its choices, got {choice!r}")
        return choices[name]

    def put(self, grids):
        """Put numbers into panels, by id; by default a panel is called after the array that it shows."""
        self.change(**grids)

    def shown(self, state, part):
        """Return the numbers that the panel called ``part`` shows of a state."""
        return getattr(state, part)

    def set_cell(self, panel, row, column, typed):
        """Put a number, as it was typed, into a cell."""
        edited = next((one for one in self.picture.panels if one.id == panel and one.edit), None)
        if edited is None:
            raise ValueError(f"{panel!r} is not a panel that can be edited")
        value = edited.read(row, column, typed)
        self.put({panel: with_cell(edited.values, panel, row, column, value)})

    def set_control(self, id, value):
        """Do what a control asks for: its kind says how to read ``value``, ``act`` what is special."""
        if id == "undo":  # also where no button is shown for it
            self.undo()
            return
        control = next((one for one in self.picture.controls if one.id == id), None)
        if control is None:
            raise ValueError(f"{type(self).__name__} has no control {id!r}")
        value = control.read(value)
        self._stroke = None
        if control.moves:
            panel, *by = control.moves
            self.put({panel: moved(self.picture.panel(panel).values, *by)})
        elif control.kind == "number" and control.sets:
            self.put(dict.fromkeys(control.sets[""], np.array([[value]])))
        elif id in self._choices:
            part, choices = self._choices[id]
            if value not in choices:
                raise ValueError(self._how_to(control, part))
            self.change(**{part: choices[value]})
        elif id in self._resets:
            self.reset(*self._resets[id])
        elif control.sets:
            self.put(control.sets[""])
        else:
            self.act(id, value)

    def act(self, id, value):
        """Do what is special about a control; by default it is called after the part of the state it sets."""
        self.change(**{id: value})

    def set_file(self, id, data):
        """Take the content of a file, in bytes."""
        raise ValueError(f"{type(self).__name__} has no control {id!r} for files")

    def answer(self, message):
        """Do what the learner asked for in the browser."""
        if message["type"] == "file":
            self.set_file(message["id"], message["data"])
        elif message["type"] == "control":
            self.set_control(message["id"], message["value"])
        else:
            past = self._past
            if message["type"] == "drag":
                self._drag(message["id"], message["down"], message["right"])
            else:
                self.set_cell(*(message[name] for name in ("panel", "row", "column", "value")))
            if self._past is not past:
                if message["stroke"] == self._stroke:  # one drag of the pointer is undone in one go
                    self._past = past
                self._stroke = message["stroke"]

    def drag(self, id, down, right):
        """Move what a grip of the picture holds by so many cells; scenes with grips say how."""
        raise ValueError(f"{type(self).__name__}: nothing can be dragged here")

    def _drag(self, id, down, right):
        name, ids = type(self).__name__, [grip.id for grip in self.picture.grips]
        if id not in ids:
            raise ValueError(f"{name}: a grip must be one of {ids}, got {id!r}")
        self.drag(id, *(integer(name, axis, by, -99) for axis, by in (("down", down), ("right", right))))

    def _how_to(self, control, part):
        """Say how numbers of one's own come into the panel that a choice sets."""
        name, title = control.name or control.id, self.picture.panel(part).title
        if self.picture.edit_first:
            return f'To make a {name} of your own, draw on "{title}" with the pointer.'
        return f'To make a {name} of your own, set "Click to" to "edit" and click a number of "{title}".'

    # --- controls

    def choice(self, id, label, choices, state, part, name=""):
        """Return the control that offers named arrays for a part of the state, and says which one it is."""
        now = getattr(state, part)
        self._choices[id] = part, choices
        known = next((each for each, array in choices.items() if np.array_equal(array, now)), YOURS)
        sets = {
            each: {part: self.shown(replace(state, **{part: array}), part)}
            for each, array in choices.items()
            if np.shape(array) == now.shape
        }
        return Control(id, "choice", label, known, (*choices, YOURS), sets=sets, name=name)

    def undo_button(self):
        """Return the control that takes the last change back."""
        return Control("undo", "button", "Undo", enabled=bool(self._past))

    def reset_button(self, state, id="reset", label="Reset", *parts):
        """Return the control that resets the named parts of the state, or all; it works without Python where
        nothing but shown numbers has changed."""
        self._resets[id] = parts = {*(parts or vars(self.start))}
        changed, shown = self.changed_parts(state) & parts, parts & {*self.edits}
        sets = {}
        if shown and changed <= shown:
            start = replace(state, **{part: getattr(self.start, part) for part in shown})
            sets = {"": {part: self.shown(start, part) for part in self.edits if part in shown}}
        return Control(id, "button", label, enabled=bool(changed), sets=sets)

    def undo_and_reset(self, state):
        """Return the controls that take the last change back, and all of them."""
        return self.undo_button(), self.reset_button(state)

    def moves(self, panel, grid, fill):
        """Return the controls that move what a panel shows by one cell."""
        ways = {"Move ←": (0, -1), "Move ↑": (-1, 0), "Move ↓": (1, 0), "Move →": (0, 1)}
        return tuple(
            Control(
                way, "button", way, moves=(panel, *by, fill),
                enabled=not np.array_equal(moved(grid, *by, fill), grid),
            )
            for way, by in ways.items()
        )  # fmt: skip

    def changed_parts(self, state):
        """Return the names of the parts of ``state`` that differ from the start."""
        start = vars(self.start)
        return {part for part, value in vars(state).items() if not np.array_equal(value, start[part])}

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
