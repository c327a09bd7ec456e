"""ReLU on a feature map: every number looked at by itself, the negative ones become 0."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Panel, Picture, Scale, slide


@dataclass(frozen=True, eq=False)
class State:
    """The map before ReLU."""

    before: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "before", finite_matrix("ReluMap", "before", self.before))


class ReluMap(Scene):
    """Walk over a feature map and bend it, number by number.

    Parameters
    ----------
    before : array_like, shape (H, W), optional
        The map to bend; that of the worked example's first filter on the X unless given.
    unit : int
        Denominator of exact fractions.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``quiz``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but a matrix of finite numbers small enough to read.
    """

    def __init__(self, before=None, *, unit=9, **options):
        self.unit = unit
        self.choices = letters.feature_maps()
        super().__init__(State(next(iter(self.choices.values())) if before is None else before), **options)

    edits = ("before",)

    def draw(self, state):
        """Return the picture of ``state``."""
        values = state.before
        look = {"scale": Scale(("before",)), "unit": self.unit}
        shape = f"{values.shape[0]} × {values.shape[1]}"
        before = Panel("before", "Before", values, f"{shape}, a feature map", edit="number", **look)
        after = Panel(
            "after", "After", ops.relu(values), f"{shape}, max(0, x) of each", revealed=True, in_quiz=True,
            column=1, before="→", **look,
        )  # fmt: skip
        return Picture(
            title="ReLU bends a feature map",
            panels=(before, after),
            links=(slide(before, after, (1, 1), reduce="relu"),),
            walk="after",
            controls=(
                self.choice("before", "Map of", self.choices, state, "before", name="map"),
                *self.undo_and_reset(state),
            ),
        )
