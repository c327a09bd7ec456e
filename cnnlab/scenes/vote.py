"""Twelve numbers vote: a dense layer with two outputs, every weight and every term in sight."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import float_array
from cnnlab.data import letters
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Cells, Panel, Picture, Scale


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
        Those of ``Stage``: ``decimals``.

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

    edits = ("numbers", "weights_x", "weights_o")

    def draw(self, state):
        """Return the picture of ``state``."""
        weights = {"weights_x": state.weights_x, "weights_o": state.weights_o}
        votes = ops.dense(state.numbers, np.concatenate(list(weights.values())))
        rows = [
            Panel(
                "numbers", "Twelve numbers", state.numbers,
                "1–4 from the filter \\, 5–8 from the small x, 9–12 from /", scale=Scale(("numbers",)),
                unit=9, edit="number",
            )
        ]  # fmt: skip
        rows += [
            Panel(
                id,
                f"Weights of {letter}",
                row,
                scale=Scale(tuple(weights)),
                unit=len(letters.HIGH[letter]),
                edit="number",
            )
            for (id, row), letter in zip(weights.items(), letters.HIGH, strict=True)
        ]
        cells = tuple(("numbers", 0, at) for at in range(12))
        dense = Cells(
            "votes",
            (cells,) * 2,
            tuple(tuple((id, 0, at) for at in range(12)) for id in weights),
            reduce="sum",
            lean=True,
        )
        return Picture(
            title="Twelve numbers vote",
            panels=(*rows, Panel("votes", "Votes", votes.T, names=tuple(letters.HIGH), column=1, before="→",
                                 scale=Scale(("votes",)))),
            links=(dense,),
            focus=("votes", "largest"),
            text="Point at a vote to see its sum. A number whose weight is 0 has no say and is left out.",
            controls=(
                self.choice("numbers", "Numbers", NUMBERS, state, "numbers", name="list"),
                *self.undo_and_reset(state),
            ),
        )  # fmt: skip
