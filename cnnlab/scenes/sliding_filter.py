"""The sliding filter: an image, a kernel, their products at one place, and the map that grows from them."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.data import letters
from cnnlab.scenes.scene import Scene, check_room, finite_matrix, known_controls, true_or_false
from cnnlab.stage import Control, Panel, Picture, Scale, slide

OPERATIONS = ("cross-correlation", "convolution")

# The controls a lesson can ask for, in the order they are shown.
CONTROLS = ("filter", "operation", "divide", "stride", "padding", "dilation", "undo", "reset")


@dataclass(frozen=True, eq=False)
class State:
    """What the learner can change. ``kernel`` is the one they set, before any turning."""

    image: np.ndarray
    kernel: np.ndarray
    operation: str = OPERATIONS[0]
    divide: bool = True
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def __post_init__(self):
        set_ = object.__setattr__  # the way to complete a frozen dataclass
        set_(self, "image", finite_matrix("SlidingFilter", "image", self.image))
        set_(self, "kernel", finite_matrix("SlidingFilter", "kernel", self.kernel))
        set_(self, "divide", true_or_false("SlidingFilter", "divide", self.divide))
        if self.operation not in OPERATIONS:
            raise ValueError(f"SlidingFilter: operation must be one of {OPERATIONS}, got {self.operation!r}")
        for name, minimum in (("stride", 1), ("padding", 0), ("dilation", 1)):
            set_(self, name, integer("SlidingFilter", name, getattr(self, name), minimum))


class SlidingFilter(Scene):
    """Slide a kernel over an image, place by place, with every product written out.

    Parameters
    ----------
    image : array_like, shape (H, W)
        The pixels; the X of the worked example unless given.
    kernel : array_like, shape (KH, KW)
        The weights; the first of the worked example's filters unless given.
    divide : bool
        Whether each sum is divided by the number of weights.
    operation : "cross-correlation" or "convolution"
        Whether the kernel is laid on as it is, or turned by 180° first.
    stride, padding, dilation : int
        As in ``ops.correlate2d``.
    controls : sequence of str
        Which of ``CONTROLS`` to show; all of them unless given.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``quiz``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but matrices of finite numbers small enough to read, and for options out of range.
    """

    def __init__(
        self,
        image=letters.X,
        kernel=letters.FILTERS[0],
        *,
        divide=True,
        operation=OPERATIONS[0],
        stride=1,
        padding=0,
        dilation=1,
        controls=CONTROLS,
        **options,
    ):
        self.controls = known_controls("SlidingFilter", controls, CONTROLS)
        super().__init__(
            State(image, kernel, operation, divide, stride, padding, dilation),
            **options,
        )

    @property
    def feature_map(self):
        """The whole feature map of the current state, shape (OH, OW)."""
        return self.picture.panel("map").values

    edits = ("image", "kernel")

    def draw(self, state):
        """Return the picture of ``state``."""
        check_room("SlidingFilter", "image", *(size + 2 * state.padding for size in state.image.shape))
        sizes = {"stride": state.stride, "padding": state.padding, "dilation": state.dilation}
        slide_over = {"cross-correlation": ops.correlate2d, "convolution": ops.convolve2d}[state.operation]
        values = slide_over(state.image, state.kernel, normalize=state.divide, **sizes)
        padding = ((state.padding,) * 2,) * 2
        kernel, count = self.shown(state, "kernel"), state.kernel.size
        height, width = state.image.shape
        rows, columns = kernel.shape
        is_letter = all(np.isin(image, (-1, 1)).all() for image in (self.start.image, state.image))
        image = Panel(
            "image", "Image", state.image,
            f"{height} × {width} pixels" + (", ink 1, paper −1" if is_letter else ""),
            palette="ink" if is_letter else "signed", scale=Scale(("image",)), padding=padding,
            edit="toggle" if is_letter else "number",
        )  # fmt: skip
        turned = ", turned by 180°" if state.operation == "convolution" else " weights"
        feature_map = Panel(
            "map", "Feature map", values,
            f"{values.shape[0]} × {values.shape[1]} · sum" + (f" ÷ {count}" if state.divide else ""),
            scale=Scale(("image",), total="kernel", factor=1 / count if state.divide else 1),
            unit=count if state.divide else None, revealed=True, in_quiz=True, column=2, before="→",
        )  # fmt: skip
        return Picture(
            title="A filter slides over an image",
            panels=(
                image,
                Panel("kernel", "Filter", kernel, f"{rows} × {columns}{turned}", scale=Scale(("kernel",)),
                      edit="number", column=1, before="⊛"),
                Panel("products", "Patch × filter", np.zeros(kernel.shape), f"{count} products",
                      scale=Scale(("image",), times="kernel"), in_quiz=True, column=1, follows="map"),
                feature_map,
            ),
            links=(
                slide(
                    image, feature_map, kernel.shape, kernel="kernel", stride=(state.stride,) * 2,
                    dilation=(state.dilation,) * 2, padding=padding, reduce="mean" if state.divide else "sum",
                ),
            ),
            walk="map",
            controls=self._draw_controls(state),
        )  # fmt: skip

    def _draw_controls(self, state):
        controls = {
            "filter": [self.choice("filter", "Filter", letters.FILTERS_BY_NAME, state, "kernel")],
            "operation": [Control("operation", "choice", "Operation", state.operation, OPERATIONS)],
            "divide": [Control("divide", "check", f"Divide by {state.kernel.size}", state.divide)],
            "stride": [Control("stride", "whole", "Stride", state.stride, low=1)],
            "padding": [Control("padding", "whole", "Padding", state.padding, low=0)],
            "dilation": [Control("dilation", "whole", "Dilation", state.dilation, low=1)],
            "undo": [self.undo_button()],
            "reset": [
                self.reset_button(state, "reset image", "Reset image", "image"),
                self.reset_button(state, "reset filter", "Reset filter", "kernel"),
                self.reset_button(state, "reset all", "Reset all"),
            ],
        }
        return tuple(control for name in CONTROLS if name in self.controls for control in controls[name])

    def shown(self, state, part):
        """Return the numbers that a panel shows: a kernel that is turned is shown turned, and edited so."""
        grid = getattr(state, part)
        return grid[::-1, ::-1] if part == "kernel" and state.operation == "convolution" else grid

    def put(self, grids):
        """Put numbers into the image or the kernel, as they are shown."""
        turned = self.state.operation == "convolution"
        self.change(
            **{
                part: grid[::-1, ::-1] if part == "kernel" and turned else grid
                for part, grid in grids.items()
            }
        )
