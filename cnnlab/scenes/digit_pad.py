"""Draw a digit on 8×8 pixels and see what a trained network makes of it."""

import copy
from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.data import digits
from cnnlab.look import write_number
from cnnlab.nn import predict
from cnnlab.scenes.letter_network import MOVES
from cnnlab.scenes.scene import YOURS, Scene, choice_control, finite_matrix, true_or_false
from cnnlab.stage import Control, Gather, Panel, Picture

SHAPE = (digits.SIZE, digits.SIZE)
EMPTY = np.zeros(SHAPE)
UNITS = "(Shares are cut to whole per cent.)"
SWITCHES = {"Centre": "centre", "To size": "to_size"}


@dataclass(frozen=True, eq=False)
class State:
    """The drawing, from 0 (paper) to 1 (ink), and how it is prepared."""

    pad: np.ndarray
    centre: bool
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
        Makes ten scores of images of shape (N, 1, 8, 8), from 0 (paper) to 1 (ink).
    image : array_like, shape (8, 8), optional
        The drawing; a test digit unless given.
    centre : bool
        Whether the ink is moved to the middle before the network gets it (``digits.centred``).
    to_size : bool
        Whether it is enlarged before that (``digits.to_size``).
    **options
        Those of ``Stage``: ``projector``.

    Raises
    ------
    TypeError, ValueError
        For a network that does not make ten scores of 8×8 pixels, and for anything but such pixels.
    """

    def __init__(self, network, image=None, *, centre=True, to_size=False, **options):
        self.network = copy.deepcopy(network)
        self.examples = examples()
        self._check_network()
        first = next(iter(self.examples.values())) if image is None else image
        super().__init__(State(first, centre, to_size), **options)

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
        seen = state.pad[np.ix_(rows, columns)]
        shares = ops.softmax(self._scores(seen))
        look = {"palette": "pencil", "numbers": False}
        panels = (
            Panel("pad", "Your pad", state.pad, "8 × 8 pixels", edit="paint", **look),
            Panel("seen", "Network input", seen, "8 × 8 pixels", column=1, before="→", **look),
            # Two digits each, always: the pad must not move under the pointer of someone who draws. There is
            # no link to the input: the layers between them are too wide to be written out.
            Panel(
                "shares",
                "Shares",
                np.floor(100 * shares)[:, None].clip(max=99),
                names=digits.NAMES,
                scale=100,
                column=2,
                before="→",
            ),
        )
        links = (
            Gather("seen", tuple((("pad", int(row), int(column)),) for row in rows for column in columns)),
        )
        return Picture(
            title="A digit, drawn and read",
            panels=panels,
            links=links,
            text=self._verdict(state, seen, shares),
            edit_first=True,
            controls=(
                choice_control("digit", "Start from", self.examples, state.pad),
                Control("Clear", "button", "Clear", enabled=bool(state.pad.any())),
                Control("undo", "button", "Undo", enabled=self.can_undo),
                *(
                    Control(
                        move,
                        "button",
                        move,
                        enabled=not np.array_equal(digits.moved(state.pad, *by), state.pad),
                    )
                    for move, by in MOVES.items()
                ),
                *(Control(name, "check", name, getattr(state, part)) for name, part in SWITCHES.items()),
            ),
        )

    def set_control(self, id, value):
        """Take a test digit, clear the pad, move what is on it, or choose how it is prepared."""
        if id == "Clear":
            self.change(pad=EMPTY)
        elif id in MOVES:
            self.change(pad=digits.moved(self.state.pad, *MOVES[id]))
        elif id in SWITCHES:
            self.change(**{SWITCHES[id]: value})
        elif id != "digit":
            raise ValueError(f"DigitPad has no control {id!r}")
        elif value == YOURS:
            raise ValueError("To make a digit of your own, draw on the pad with the pointer.")
        else:
            self.choose("pad", "digit", self.examples, value, cell="pixel")

    def _places(self, state):
        """Return from which rows and columns of the pad the network's pixels come."""
        rows, columns = np.arange(SHAPE[0]), np.arange(SHAPE[1])
        for wanted, places in (
            (state.to_size, digits.to_size_places),
            (state.centre, digits.centred_places),
        ):
            if wanted:
                these = places(state.pad[np.ix_(rows, columns)])
                rows, columns = rows[these[0]], columns[these[1]]
        return rows, columns

    def _scores(self, seen):
        return predict(self.network, seen[None, None])[0].astype(float)

    def _check_network(self):
        try:
            shape = self.network.output_shape((1, *SHAPE))
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(
                "DigitPad: network must make ten scores of images of shape (N, 1, 8, 8), "
                f"got {type(self.network).__name__}: {error}"
            ) from None
        if shape != (len(digits.NAMES),):
            raise ValueError(
                "DigitPad: network must make ten scores of images of shape (N, 1, 8, 8), "
                f"it makes {shape} of each"
            )

    def _verdict(self, state, seen, shares):
        """Say in words what was done to the drawing, and how it was read."""
        first, second = np.argsort(-shares, kind="stable")[:2]
        sure = "over 0.99" if shares[first] > 0.995 else write_number(shares[first])
        told = f"It reads a {first}, with a share of {sure}"
        if shares[second] >= 0.005:
            told += f"; next comes {second}, with {write_number(shares[second])}"
        if not state.pad.any():
            return f"The pad is empty, and still gets an answer. {told}. {UNITS}"
        what = "taken as it is" if np.array_equal(seen, state.pad) else "prepared as network input"
        return f"Your drawing, {what}. {told}. {UNITS}"
