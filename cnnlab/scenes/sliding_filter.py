"""The sliding filter: an image, a kernel, their products at one place, and the map that grows from them."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.data import letters
from cnnlab.ops.geometry import windows
from cnnlab.scenes.scene import (
    Scene,
    choice_control,
    finite_matrix,
    known_controls,
    true_or_false,
    whole_number,
    with_cell,
)
from cnnlab.stage import Control, Panel, Picture, Window, full_scale

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
        Those of ``Stage``: ``step``, ``still_step``, ``quiz``, ``decimals``, ``speed``, ``projector``.

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

    def draw(self, state):
        """Return the picture of ``state``."""
        sizes = {"stride": state.stride, "padding": state.padding, "dilation": state.dilation}
        slide = {"cross-correlation": ops.correlate2d, "convolution": ops.convolve2d}[state.operation]
        feature_map = slide(state.image, state.kernel, normalize=state.divide, **sizes)
        turned = state.operation == "convolution"
        kernel = state.kernel[::-1, ::-1] if turned else state.kernel
        products, padding = _products(state.image, kernel, sizes)
        height, width = state.image.shape
        rows, columns = kernel.shape
        is_letter = np.isin(state.image, (-1, 1)).all()
        largest = full_scale(np.abs(state.image).max() * np.abs(kernel).max())
        bound = np.abs(state.image).max() * np.abs(kernel).sum() / (kernel.size if state.divide else 1)
        return Picture(
            title="A filter slides over an image",
            panels=(
                Panel(
                    "image",
                    "Image",
                    state.image,
                    f"{height} × {width} pixels" + (", ink 1, paper −1" if is_letter else ""),
                    palette="ink" if is_letter else "signed",
                    scale=full_scale(state.image),
                    padding=padding,
                    edit="toggle" if is_letter else "number",
                ),
                Panel(
                    "kernel",
                    "Filter",
                    kernel,
                    f"{rows} × {columns}, turned by 180°" if turned else f"{rows} × {columns} weights",
                    scale=full_scale(kernel),
                    edit="number",
                    column=1,
                    before="⊛",
                ),
                Panel(
                    "products",
                    "Patch × filter",
                    products,
                    f"{kernel.size} products",
                    scale=largest,
                    in_quiz=True,
                    column=1,
                ),
                Panel(
                    "map",
                    "Feature map",
                    feature_map,
                    f"{feature_map.shape[0]} × {feature_map.shape[1]} · sum"
                    + (f" ÷ {kernel.size}" if state.divide else ""),
                    scale=full_scale(bound),
                    unit=kernel.size if state.divide else None,
                    revealed=True,
                    in_quiz=True,
                    column=2,
                    before="→",
                ),
            ),
            window=Window(
                "image",
                "map",
                size=kernel.shape,
                kernel="kernel",
                products="products",
                totals=tuple(products.sum(axis=(1, 2)).tolist()),
                stride=(state.stride, state.stride),
                dilation=(state.dilation, state.dilation),
                padding=padding,
                reduce="mean" if state.divide else "sum",
            ),
            controls=self._draw_controls(state),
        )

    def _draw_controls(self, state):
        changed = self.changed_parts(state)
        controls = {
            "filter": [choice_control("filter", "Filter", letters.FILTERS_BY_NAME, state.kernel)],
            "operation": [Control("operation", "choice", "Operation", state.operation, OPERATIONS)],
            "divide": [Control("divide", "check", f"Divide by {state.kernel.size}", state.divide)],
            "stride": [Control("stride", "whole", "Stride", state.stride, low=1)],
            "padding": [Control("padding", "whole", "Padding", state.padding)],
            "dilation": [Control("dilation", "whole", "Dilation", state.dilation, low=1)],
            "undo": [Control("undo", "button", "Undo", enabled=self.can_undo)],
            "reset": [
                Control("reset image", "button", "Reset image", enabled="image" in changed),
                Control("reset filter", "button", "Reset filter", enabled="kernel" in changed),
                Control("reset all", "button", "Reset all", enabled=bool(changed)),
            ],
        }
        return tuple(control for name in CONTROLS if name in self.controls for control in controls[name])

    def set_control(self, id, value):
        """Set one option, choose a filter, or reset."""
        if id == "filter":
            self.choose("kernel", "filter", letters.FILTERS_BY_NAME, value, cell="weight")
        elif id in ("reset image", "reset filter", "reset all"):
            self.reset(*{"reset image": ["image"], "reset filter": ["kernel"], "reset all": []}[id])
        elif id in ("stride", "padding", "dilation"):
            self.change(**{id: whole_number(id, value)})
        elif id in ("operation", "divide"):
            self.change(**{id: value})
        else:
            raise ValueError(f"SlidingFilter has no control {id!r}")

    def set_cell(self, panel, row, column, value):
        """Change a pixel or a weight; a turned kernel is shown turned, and edited where it is shown."""
        if panel == "kernel" and self.state.operation == "convolution":
            height, width = self.state.kernel.shape
            with_cell(self.state.kernel, panel, row, column, value)  # refuse a place as it was given
            row, column = height - 1 - row, width - 1 - column
        super().set_cell(panel, row, column, value)


def _products(image, kernel, sizes):
    """Return the products at every place, shape (places, KH, KW), and the padding on the four sides."""
    places = windows("SlidingFilter", "image", image.shape, kernel.shape, **sizes)
    padded = places.pad(image, 0)
    products = [places.tap(padded, m, n) * kernel[m, n] for m, n in np.ndindex(kernel.shape)]
    return np.moveaxis(np.array(products), 0, -1).reshape(-1, *kernel.shape), places.padding
