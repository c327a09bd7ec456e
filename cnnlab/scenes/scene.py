"""A stage whose picture follows from a state, with undo, and with reset of each part."""

from dataclasses import replace

import numpy as np

from cnnlab.checks import check_rank, float_array, integer
from cnnlab.scenes import state_text
from cnnlab.stage import YOURS, Control, Stage, moved
from cnnlab.stage.panels import LARGEST as MOST_CELLS
from cnnlab.stage.typed import LARGEST


class Scene(Stage):
    """A stage that redraws whenever its state changes.

    A subclass says how a state becomes a picture (``draw``), and what is special of its controls (``act``).
    ``edits`` names the arrays of the state that panels of the same name show, and that learners change.
    States are frozen dataclasses: a change makes a new one, and if that one cannot be drawn, the scene keeps
    the old.

    ``state_text`` is the state as one line of text; ``Scene.from_text`` and ``restore`` read it.
    """

    edits = ()
    state_version = 1  # of its texts: raise it whenever the parts of the state are others, or mean another

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
        if self._differs(state):
            self._move_to(state, [*self._past, self.state])

    def undo(self):
        """Take the last change back."""
        self._stroke = None
        if self._past:
            self._move_to(self._past[-1], self._past[:-1])

    def reset(self, *parts):
        """Set the named parts of the state, or all of it, to what they were at the start."""
        self.change(**{part: getattr(self.start, part) for part in parts or vars(self.start)})

    def go_to(self, state):
        """Show a state that the scene has had before; nothing can be undone then. Errors as ``change``."""
        self._stroke = None
        self._move_to(state, [])

    # --- the state as a text

    @property
    def state_text(self):
        """The state as one line of text, with ``step``, ``quiz`` and ``decimals``: for others to restore.

        It holds what the learner can change, to the last digit, and nothing of what the scene was made with,
        such as its network. Photographs that come with the course are called by name.

        Raises
        ------
        ValueError
            For a state that is too large for a text, such as a photograph of one's own.

        Examples
        --------
        >>> from cnnlab.scenes import SlidingFilter
        >>> scene = SlidingFilter(quiz=True)
        >>> scene.change(stride=2)
        >>> text = scene.state_text
        >>> text[:23], len(text) < 300
        ('cnnlab:SlidingFilter:1:', True)
        >>> copy = SlidingFilter.from_text(text)
        >>> copy.state.stride, copy.quiz
        (2, True)
        """
        state = vars(self.state).items()
        content = {
            "state": {part: self._name_of(part, value) or value for part, value in state},
            "step": self.step,
            "quiz": self.quiz,
            "decimals": self.decimals,
        }
        return state_text.seal(type(self).__name__, self.state_version, content)

    @classmethod
    def from_text(cls, text, *arguments, **options):
        """Return a scene in the state of a text.

        Parameters
        ----------
        text : str
            Some scene's ``state_text``.
        *arguments, **options
            What the scene is made with, such as a network. What the text says goes before them; *Reset* leads
            back to what they say.

        Raises
        ------
        TypeError, ValueError
            For anything but a text of such a scene, whole and with a state that can be drawn, and as the
            scene itself for its arguments.
        """
        state_text.unseal(cls.__name__, cls.state_version, text)  # before a network is asked for
        scene = cls(*arguments, **options)
        scene._enter(*scene._in_text(text), past=[])
        return scene

    def restore(self, text):
        """Go to the state of a text, in one step that can be undone; parameters and errors as ``from_text``.

        Where it is refused, nothing has changed. A step beyond the last one leads to the last one.
        """
        state, view = self._in_text(text)
        self._enter(state, view, [*self._past, self.state] if self._differs(state) else self._past)

    def named(self, part):
        """Return the arrays that a text may call by name, instead of carrying their numbers, by name."""
        return {}

    def _name_of(self, part, value):
        """Return what a text calls a part of the state; an empty string if it has no name."""
        return next((name for name, one in self.named(part).items() if np.array_equal(one, value)), "")

    def _in_text(self, text):
        """Return the state that a text holds, and the traits that go with it."""
        where = type(self).__name__
        content = state_text.unseal(where, self.state_version, text)
        content = state_text.fields(where, "text", content, ("state", "step", "quiz", "decimals"))
        parts = state_text.fields(where, "state", content["state"], tuple(vars(self.start)))
        state = {
            part: state_text.part(where, part, parts[part], like, self.named(part))
            for part, like in vars(self.start).items()
        }
        view = {
            name: state_text.part(where, name, content[name], getattr(self, name), {})
            for name in ("quiz", "decimals", "step")
        }
        integer(where, "step", view["step"], 0)
        return type(self.start)(**state), view

    def _enter(self, state, view, past):
        """Show a state, and set traits: all or nothing."""
        with self.hold_sync():
            self._move_to(state, past)
            self._stroke = None
            for name, value in view.items():
                setattr(self, name, value)

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
        if message["type"] == "state":
            return {"state": self.state_text}
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
        return {}

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

    def _differs(self, state):
        """Whether a state is another than the present one."""
        now = vars(self.state)
        return any(not np.array_equal(value, now[part]) for part, value in vars(state).items())

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


def check_room(scene, name, rows, columns):
    """Refuse what is too large to be shown as numbers, before anything is made of it."""
    if max(rows, columns) > MOST_CELLS:
        raise ValueError(
            f"{scene}: {name}: at most {MOST_CELLS} rows and columns can be shown, got {rows} × {columns}"
        )


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
    check_room(scene, name, *matrix.shape)
    if not np.isfinite(matrix).all():
        raise ValueError(f"{scene}: {name} must be finite, got {matrix[~np.isfinite(matrix)][0]}")
    if np.abs(matrix).max() > LARGEST:
        raise ValueError(
            f"{scene}: {name} must hold numbers of at most {LARGEST:,}, got {np.abs(matrix).max()}"
        )
    matrix.flags.writeable = False  # the state before a change must stay what it was
    return matrix
