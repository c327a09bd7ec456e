"""Draw a digit on 8×8 pixels and see what a trained network makes of it."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.data import digits
from cnnlab.nn import predict
from cnnlab.scenes.hidden import Untold, softmax_of, told
from cnnlab.scenes.networks import own_copy
from cnnlab.scenes.scene import Scene, finite_matrix, true_or_false
from cnnlab.stage import Axes, Cases, Control, Hidden, Panel, Picture, cell_by_cell

SHAPE = (digits.SIZE, digits.SIZE)
EMPTY = np.zeros(SHAPE)
UNITS = "(Shares are cut to whole percent.)"
SWITCHES = {"Center": "center", "To size": "to_size"}


@dataclass(frozen=True, eq=False)
class State:
    """The drawing, from 0 (paper) to 1 (ink), and how it is prepared."""

    pad: np.ndarray
    center: bool
    to_size: bool

    def __post_init__(self):
        pad = finite_matrix("DigitPad", "image", self.pad)
        if pad.shape != SHAPE or pad.min() < 0 or pad.max() > 1:
            raise ValueError(
                "DigitPad: image must be 8 × 8 pixels from 0 (paper) to 1 (ink), "
                f"got shape {pad.shape} with numbers from {pad.min():g} to {pad.max():g}"
            )
        object.__setattr__(self, "pad", pad)
        for name in SWITCHES.values():
            object.__setattr__(self, name, true_or_false("DigitPad", name, getattr(self, name)))


def examples():
    """Return the first test digit of each class, by what the pad calls it."""
    _, _, images, labels = digits.split()
    return {
        f"a test {name}": images[int(np.argmax(labels == label)), 0].astype(float)
        for label, name in enumerate(digits.NAMES)
    }


class DigitPad(Scene):
    """A pad to draw on, what the network gets of it, and what it answers.

    It shows a copy: training the network further does not move it.

    Parameters
    ----------
    network : Sequential
        Makes ten scores of images of shape (N, 1, 8, 8), from 0 (paper) to 1 (ink): rows of ten, or ten maps
        of one cell. Any layers will do, also with numbers that were trained elsewhere (``nn.exchange``).
    image : array_like, shape (8, 8), optional
        The drawing; a test digit unless given.
    center : bool
        Whether the ink is moved to the middle before the network gets it (``digits.centered``).
    to_size : bool
        Whether it is enlarged before that (``digits.to_size``).
    **options
        Those of ``Stage``.

    Raises
    ------
    TypeError, ValueError
        For a network that does not make ten scores of 8×8 pixels, and for anything but such pixels.
    """

    edits = ("pad",)

    def __init__(self, network, image=None, *, center=True, to_size=False, **options):
        self.network = _checked(network)
        self.told = told(self.network, "seen", SHAPE)
        if self.told.stacks and self.told.stacks[-1][1:] != (len(digits.NAMES), (1, 1)):
            self.told = Untold()  # the scores are one map, read row by row
        self.examples = examples()
        first = next(iter(self.examples.values())) if image is None else image
        super().__init__(State(first, center, to_size), **options)

    @property
    def scores(self):
        """The score of each digit, shape (10,)."""
        return self._scores(self.picture.panel("seen").values)

    @property
    def answer_digit(self):
        """The digit with the largest score."""
        return int(self.scores.argmax())

    def draw(self, state):
        """Return the picture of ``state``."""
        rows, columns = self._places(state)
        values = state.pad[np.ix_(rows, columns)]
        look = {"palette": "pencil", "numbers": False}
        seen = Panel("seen", "Network input", values, "8 × 8 pixels", column=1, before="→", **look)
        shares = Panel(
            # Two digits each, always: the pad must not move under the pointer of someone who draws.
            "shares", "Shares", ops.softmax(self._scores(values))[:, None], "in %", names=digits.NAMES,
            written="percent", column=2, before="→",
        )  # fmt: skip
        center = state.center and not state.to_size
        # How far a drawing is enlarged follows from rows and columns at once: no link tells that.
        to_seen = (
            ()
            if state.to_size
            else (cell_by_cell(("pad",), seen, moved=("down", "right") if center else ()),)
        )
        return Picture(
            title="A digit, drawn and read",
            panels=(
                Panel("pad", "Your pad", state.pad, "8 × 8 pixels", edit="paint", low=0, high=1, **look),
                *(MIDDLE if center else ()),
                seen,
                *self.told.panels,
                shares,
            ),
            links=(
                *(TO_MIDDLE if center else ()),
                *to_seen,
                *self.told.links,
                *((softmax_of(self.told.stacks[-1], "shares"),) if self.told.stacks else ()),
            ),
            text=_verdict(state),
            edit_first=True,
            python_only=state.to_size or not self.told.stacks,
            controls=(
                self.choice("digit", "Start from", self.examples, state, "pad"),
                Control("Clear", "button", "Clear", enabled=bool(state.pad.any()), sets={"": {"pad": EMPTY}}),
                self.undo_button(),
                *self.moves("pad", state.pad, 0),
                *(Control(name, "check", name, getattr(state, part)) for name, part in SWITCHES.items()),
            ),
        )

    def act(self, id, value):
        """Choose how the drawing is prepared."""
        self.change(**{SWITCHES[id]: value})

    def _places(self, state):
        """Return from which rows and columns of the pad the network's pixels come."""
        rows, columns = np.arange(SHAPE[0]), np.arange(SHAPE[1])
        for wanted, places in (
            (state.to_size, digits.to_size_places),
            (state.center, digits.centered_places),
        ):
            if wanted:
                these = places(state.pad[np.ix_(rows, columns)])
                rows, columns = rows[these[0]], columns[these[1]]
        return rows, columns

    def _scores(self, seen):
        return predict(self.network, seen[None, None])[0].ravel().astype(float)


def _checked(network):
    """Return a copy of ``network`` if it reads digits, or refuse it."""
    expected = "DigitPad: network must make ten scores of images of shape (N, 1, 8, 8)"
    network = own_copy("DigitPad", network)
    try:
        shape = network.output_shape((1, *SHAPE))
    except (TypeError, ValueError) as error:
        why = " ".join([str(error), *getattr(error, "__notes__", ())])
        raise ValueError(f"{expected}, got {type(network).__name__}: {why}") from None
    if shape not in ((len(digits.NAMES),), (len(digits.NAMES), 1, 1)):
        raise ValueError(f"{expected}, it makes {shape} of each")
    scores = network.forward(np.zeros((1, 1, *SHAPE)))
    if not np.isfinite(scores).all():
        raise ValueError(f"{expected}, got {scores.ravel()[~np.isfinite(scores.ravel())][0]}")
    return network


# How far the ink is moved to the middle, down and to the right: by how much of it is in each row and column.
EACH, ALL = tuple((at,) for at in range(digits.SIZE)), (tuple(range(digits.SIZE)),)
MIDDLE = (
    Hidden("ink in rows", (digits.SIZE, 1)),
    Hidden("ink in columns", (1, digits.SIZE)),
    Hidden("down", (1, 1)),
    Hidden("right", (1, 1)),
)
TO_MIDDLE = (
    Axes("ink in rows", ("pad",), EACH, ALL),
    Axes("ink in columns", ("pad",), ALL, EACH),
    Axes("down", ("ink in rows",), ALL, ((0,),), reduce="centering"),
    Axes("right", ("ink in columns",), ((0,),), ALL, reduce="centering"),
)


def _verdict(state):
    """Say in words what was done to the drawing, and how it is read."""
    told = (
        "It reads a {?shares|largest}, with {shares|largest} %; "
        "next comes {?shares|second}, with {shares|second} %."
    )
    what = "prepared as network input" if state.center or state.to_size else "taken as it is"
    return Cases(
        (("blank pad", f"The pad is empty, and still gets an answer. {told} {UNITS}"),),
        f"Your drawing, {what}. {told} {UNITS}",
    )
