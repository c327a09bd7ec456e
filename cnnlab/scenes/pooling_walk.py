"""Pooling: a window walks over a map and keeps one number of each place, its largest or its mean."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.data import letters
from cnnlab.ops.geometry import windows as window_fits
from cnnlab.scenes.scene import Scene, finite_matrix, known_controls, true_or_false
from cnnlab.stage import Control, Panel, Picture, Scale, slide

KEEPS = ("largest", "mean")
CONTROLS = ("before", "keep", "size", "stride", "ragged", "undo", "reset")


@dataclass(frozen=True, eq=False)
class State:
    """What the learner can change. ``ragged`` keeps partial windows at the end (``ceil_mode``)."""

    before: np.ndarray
    keep: str = KEEPS[0]
    size: int = 2
    stride: int = 2
    ragged: bool = True

    def __post_init__(self):
        set_ = object.__setattr__  # the way to complete a frozen dataclass
        set_(self, "before", finite_matrix("PoolingWalk", "before", self.before))
        if self.keep not in KEEPS:
            raise ValueError(f"PoolingWalk: keep must be one of {KEEPS}, got {self.keep!r}")
        set_(self, "ragged", true_or_false("PoolingWalk", "ragged", self.ragged))
        for name in ("size", "stride"):
            set_(self, name, integer("PoolingWalk", name, getattr(self, name), 1))


class PoolingWalk(Scene):
    """Walk a window over a map and keep the largest number, or the mean, of each place.

    Parameters
    ----------
    before : array_like, shape (H, W), optional
        The map to pool; that of the worked example's first filter on the X, after ReLU, unless given.
    keep : "largest" or "mean"
    size, stride : int
        The window's width and height; how far it moves on.
    ragged : bool
        Whether partial windows at the right and lower edge count.
    unit : int
        Denominator of exact fractions.
    controls : sequence of str
        Which of ``CONTROLS`` to show; all of them unless given.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``quiz``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but a matrix of finite numbers small enough to read, and for options out of range.
    """

    def __init__(
        self,
        before=None,
        *,
        keep=KEEPS[0],
        size=2,
        stride=2,
        ragged=True,
        unit=9,
        controls=CONTROLS,
        **options,
    ):
        self.controls = known_controls("PoolingWalk", controls, CONTROLS)
        self.unit = unit
        self.choices = {name: ops.relu(feature_map) for name, feature_map in letters.feature_maps().items()}
        before = next(iter(self.choices.values())) if before is None else before
        super().__init__(State(before, keep, size, stride, ragged), **options)

    edits = ("before",)

    def draw(self, state):
        """Return the picture of ``state``."""
        window_fits("PoolingWalk", "the map", state.before.shape, (state.size,) * 2, stride=state.stride,
                    padding=0, dilation=1, ceil_mode=state.ragged)  # fmt: skip
        pool = {"largest": ops.max_pool2d, "mean": ops.avg_pool2d}[state.keep]
        values = pool(state.before, state.size, stride=state.stride, ceil_mode=state.ragged)
        largest = state.keep == "largest"
        shapes = [f"{grid.shape[0]} × {grid.shape[1]}" for grid in (state.before, values)]
        scale = Scale(("before",))
        before = Panel(
            "before", "Before", state.before, shapes[0], scale=scale, unit=self.unit, edit="number"
        )
        after = Panel(
            "after", "After", values, f"{shapes[1]}, the {state.keep} of each window", scale=scale,
            unit=self.unit if largest else None, revealed=True, in_quiz=True, column=1, before="→",
        )  # fmt: skip
        window = slide(
            before, after, (state.size,) * 2, stride=(state.stride,) * 2, reduce="max" if largest else "mean"
        )
        return Picture(
            title="A window walks over a map",
            panels=(before, after),
            links=(window,),
            walk="after",
            controls=self._draw_controls(state),
        )

    def _draw_controls(self, state):
        undo, reset = self.undo_and_reset(state)
        controls = {
            "before": self.choice("before", "Map of", self.choices, state, "before", name="map"),
            "keep": Control("keep", "choice", "Keep the", state.keep, KEEPS),
            "size": Control("size", "whole", "Window", state.size, low=1),
            "stride": Control("stride", "whole", "Stride", state.stride, low=1),
            "ragged": Control("ragged", "check", "Ragged edges count", state.ragged),
            "undo": undo,
            "reset": reset,
        }
        return tuple(controls[name] for name in CONTROLS if name in self.controls)
