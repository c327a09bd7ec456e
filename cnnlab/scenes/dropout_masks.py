"""Dropout, step by step: which numbers of a layer are silenced, what goes on, and what that is on average."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Cells, Control, Panel, Picture, Scale

X = np.array([[2.0, 0.5, 0, 3], [1, 4, 1.5, 0], [0, 2.5, 1, 2]])
PROBABILITIES = ("0", "0.2", "0.5", "0.8")
STEPS = 60


@dataclass(frozen=True, eq=False)
class State:
    """What comes into the layer, the probability that a number is silenced, and the seed of chance."""

    x: np.ndarray
    p: str = "0.5"
    seed: int = 0

    def __post_init__(self):
        object.__setattr__(self, "x", finite_matrix("DropoutMasks", "x", self.x))
        if self.p not in PROBABILITIES:
            raise ValueError(f"DropoutMasks: p must be one of {PROBABILITIES}, got {self.p!r}")
        object.__setattr__(self, "seed", integer("DropoutMasks", "seed", self.seed, 0))


class DropoutMasks(Scene):
    """Let chance silence the numbers of a layer, anew at every step of a training.

    Parameters
    ----------
    x : array_like, shape (rows, columns)
        What comes into the layer; the same at every step, so that the masks can be compared.
    p : "0", "0.2", "0.5" or "0.8"
        The probability that a number is silenced.
    seed : int
        Of the chance that draws the masks.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but a matrix of finite numbers small enough to read, and for another ``p``.
    """

    def __init__(self, x=X, p="0.5", *, seed=0, **options):
        super().__init__(State(x, p, seed), **options)

    edits = ("x",)

    def draw(self, state):
        """Return the picture of ``state``."""
        x, p = state.x, float(state.p)
        rng = np.random.default_rng(state.seed)
        drawn = [ops.dropout(x, p, rng) for _ in range(STEPS)]
        out, mask = np.array([result for result, _ in drawn]), np.array([kept for _, kept in drawn])
        means = np.cumsum(out, axis=0) / np.arange(1, STEPS + 1)[:, None, None]
        places = list(np.ndindex(x.shape))
        # While numbers are edited, the same one is explained; x has another shape if it came in a text.
        first = self.start.x if self.start.x.shape == x.shape else x

        def each(panel):
            return tuple(((panel, *at),) for at in places)

        return Picture(
            title="Dropout silences by chance",
            panels=(
                Panel("x", "Comes in", x, "x", scale=Scale(("x",)), edit="number"),
                Panel("mask", "Mask", mask.astype(float), "1 kept, 0 silenced", palette="ink", column=1,
                      before="·"),
                Panel("kept", "Kept", x * mask, "x · mask", scale=Scale(("x",)), column=2, before="="),
                Panel("factor", "Factor", [[1 / (1 - p)]], "1 ÷ (1 − p)", scale=5, column=3, before="·"),
                Panel("out", "Goes on", out, "kept · factor", scale=Scale(("x",), factor=1 / (1 - p)),
                      column=4, before="="),
                Panel("means", "On average", means, "of all steps so far", scale=Scale(("x",)), column=5),
            ),
            links=(
                Cells("kept", each("x"), weights=each("mask"), reduce="sum"),
                Cells("out", each("kept"), weights=((("factor", 0, 0),),) * len(places), reduce="sum"),
                Cells("means", each("out"), so_far=True, reduce="mean"),
            ),
            focus=("out", *places[int(np.abs(first).argmax())]),
            text=tuple(_sentence(step, mask[step], means[step] - x) for step in range(STEPS)),
            python_text=True,
            controls=(
                Control("p", "choice", "p", state.p, PROBABILITIES),
                Control("draw", "button", "Draw other masks"),
                *self.undo_and_reset(state),
            ),
        )  # fmt: skip

    def act(self, id, value):
        """Choose the probability, or draw anew."""
        self.change(**({"seed": self.state.seed + 1} if id == "draw" else {id: value}))


def _sentence(step, mask, error):
    """Say how many numbers are silenced, and how far the average is from what came in."""
    silenced = mask.size - int(mask.sum())
    largest = write_number(round(float(np.abs(error).max()), 2))
    return (
        f"Step {step + 1}: {silenced} of {mask.size} silenced. "
        f"On average over the steps so far, no number is farther than {largest} from what came in."
    )
