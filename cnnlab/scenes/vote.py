"""Twelve numbers vote: a dense layer with two outputs, every weight and every term in sight."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import float_array
from cnnlab.data import letters
from cnnlab.scenes.scene import Scene, choice_control, finite_matrix
from cnnlab.stage import Gather, Panel, Picture, full_scale


def weights_of(letter):
    """Return the weights that take the mean of a letter's high positions, shape (1, 12)."""
    weights = np.zeros((1, 12))
    weights[0, list(letters.HIGH[letter])] = 1 / len(letters.HIGH[letter])
    return weights


NUMBERS = {
    "of the X": letters.twelve_numbers(letters.X)[None],
    "of the O": letters.twelve_numbers(letters.O)[None],
    "of the bent X": letters.twelve_numbers(letters.BENT_X)[None],
    "of an empty sheet": letters.twelve_numbers(-np.ones((9, 9)))[None],
    "of a sheet full of ink": letters.twelve_numbers(np.ones((9, 9)))[None],
    "the deck's random letter": letters.PRINTED_RANDOM[None],
}


@dataclass(frozen=True, eq=False)
class State:
    """The twelve numbers, and the weights of the two votes."""

    numbers: np.ndarray
    weights_x: np.ndarray
    weights_o: np.ndarray

    def __post_init__(self):
        for name in vars(self):
            row = finite_matrix("Vote", name, np.atleast_2d(float_array("Vote", name, getattr(self, name))))
            if row.shape != (1, 12):
                raise ValueError(
                    f"Vote: {name} must be 12 numbers, got shape {np.shape(getattr(self, name))}"
                )
            row.flags.writeable = False
            object.__setattr__(self, name, row)


class Vote(Scene):
    """Let twelve numbers vote for X and O; edit the numbers, or the weights.

    Parameters
    ----------
    numbers : array_like, shape (12,)
        What is left of a letter; that of the X unless given.
    weights_x, weights_o : array_like, shape (12,), optional
        The weights of each vote; the mean of the letter's high positions unless given.
    **options
        Those of ``Stage``: ``decimals``, ``projector``.

    Raises
    ------
    TypeError, ValueError
        For anything but twelve finite numbers each.
    """

    def __init__(self, numbers=None, weights_x=None, weights_o=None, **options):
        state = State(
            NUMBERS["of the X"] if numbers is None else numbers,
            weights_of("X") if weights_x is None else weights_x,
            weights_of("O") if weights_o is None else weights_o,
        )
        super().__init__(state, **options)

    @property
    def votes(self):
        """The votes for X and for O, shape (2,)."""
        return self.picture.panel("votes").values[:, 0]

    def draw(self, state):
        """Return the picture of ``state``."""
        weights = {"weights_x": state.weights_x, "weights_o": state.weights_o}
        votes = ops.dense(state.numbers, np.concatenate(list(weights.values())))
        in_ninths = np.allclose(9 * state.numbers, np.rint(9 * state.numbers))
        scale = full_scale(*weights.values())
        rows = [
            Panel(
                "numbers",
                "Twelve numbers",
                state.numbers,
                "1–4 from the filter \\, 5–8 from the small x, 9–12 from /",
                scale=full_scale(state.numbers),
                unit=9 if in_ninths else None,
                edit="number",
            )
        ]
        for (id, row), letter in zip(weights.items(), letters.HIGH, strict=True):
            count = len(letters.HIGH[letter])
            fits = np.allclose(row * count, np.rint(row * count))
            rows.append(
                Panel(
                    id, f"Weights of {letter}", row, scale=scale, unit=count if fits else None, edit="number"
                )
            )
        return Picture(
            title="Twelve numbers vote",
            panels=(*rows, Panel("votes", "Votes", votes.T, names=tuple(letters.HIGH), column=1, before="→")),
            links=(_dense("numbers", weights, "votes"),),
            focus=("votes", int(votes.argmax()), 0),
            text="Point at a vote to see its sum. A number whose weight is 0 has no say and is left out.",
            controls=(
                choice_control("numbers", "Numbers", NUMBERS, state.numbers),
                *self.undo_and_reset(state),
            ),
        )

    def set_control(self, id, value):
        """Choose the numbers, or go back to the start."""
        if id == "reset":
            self.reset()
        elif id != "numbers":
            raise ValueError(f"Vote has no control {id!r}")
        else:
            self.choose("numbers", "list", NUMBERS, value)


def _dense(source, weights, target):
    """Return the link of a dense layer; terms whose weight is 0 are left out, unless all are."""
    places = [np.flatnonzero(row[0]) if row.any() else range(row.size) for row in weights.values()]
    return Gather(
        target,
        cells=tuple(tuple((source, 0, int(at)) for at in ats) for ats in places),
        weights=tuple(tuple((id, 0, int(at)) for at in ats) for id, ats in zip(weights, places, strict=True)),
        reduce="sum",
    )
