"""ReLU on a feature map: every number looked at by itself, the negative ones become 0."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes.scene import Scene, choice_control, finite_matrix
from cnnlab.stage import Panel, Picture, Window, full_scale


def feature_maps():
    """Return the maps of the three filters on each of the letters, by name."""
    return {
        f"{letter}, {name}": ops.correlate2d(image, kernel, normalize=True)
        for letter, image in letters.BY_NAME.items()
        for name, kernel in zip(letters.FILTER_NAMES, letters.FILTERS, strict=True)
    }


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
        Those of ``Stage``: ``step``, ``still_step``, ``quiz``, ``decimals``, ``speed``, ``projector``.

    Raises
    ------
    TypeError, ValueError
        For anything but a matrix of finite numbers small enough to read.
    """

    def __init__(self, before=None, *, unit=9, **options):
        self.unit = unit
        self.choices = feature_maps()
        super().__init__(State(next(iter(self.choices.values())) if before is None else before), **options)

    def draw(self, state):
        """Return the picture of ``state``."""
        before, after = state.before, ops.relu(state.before)
        scale = full_scale(before)
        shape = f"{before.shape[0]} × {before.shape[1]}"
        return Picture(
            title="ReLU bends a feature map",
            panels=(
                Panel(
                    "before",
                    "Before",
                    before,
                    f"{shape}, a feature map",
                    scale=scale,
                    unit=self.unit,
                    edit="number",
                ),
                Panel(
                    "after",
                    "After",
                    after,
                    f"{shape}, max(0, x) of each",
                    scale=scale,
                    unit=self.unit,
                    revealed=True,
                    in_quiz=True,
                    column=1,
                    before="→",
                ),
            ),
            window=Window(
                "before", "after", totals=tuple(after.ravel().tolist()), size=(1, 1), reduce="relu"
            ),
            controls=(
                choice_control("before", "Map of", self.choices, before),
                *self.undo_and_reset(state),
            ),
        )

    def set_control(self, id, value):
        """Choose a map, or reset."""
        if id == "reset":
            self.reset()
        elif id != "before":
            raise ValueError(f"ReluMap has no control {id!r}")
        else:
            self.choose("before", "map", self.choices, value)
