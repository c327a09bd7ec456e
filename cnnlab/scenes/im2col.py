"""im2col: every patch of an image becomes a column, every filter a row, and the convolution one product."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.ops.geometry import windows
from cnnlab.scenes.scene import Scene, check_room, finite_matrix, known_controls
from cnnlab.stage import Cells, Control, Panel, Picture, Scale

CONTROLS = ("stride", "padding", "undo", "reset")
IMAGE = ((1, 2, 0, 3), (3, 1, 2, 0), (2, 1, 4, 1))
FILTERS = ((1, 0), (-1, 2), (0, 1), (1, 0))  # two of 2 × 2, one below the other


@dataclass(frozen=True, eq=False)
class State:
    """What the learner can change. ``filters`` holds all of them, each below the one before."""

    image: np.ndarray
    filters: np.ndarray
    stride: int = 1
    padding: int = 0

    def __post_init__(self):
        set_ = object.__setattr__  # the way to complete a frozen dataclass
        set_(self, "image", finite_matrix("Im2col", "image", self.image))
        set_(self, "filters", finite_matrix("Im2col", "filters", self.filters))
        for name, minimum in (("stride", 1), ("padding", 0)):
            set_(self, name, integer("Im2col", name, getattr(self, name), minimum))


class Im2col(Scene):
    """Lay patches out as columns, multiply once, and fold the result back into maps.

    Parameters
    ----------
    image : array_like, shape (H, W)
    filters : array_like, shape (F · KH, KW)
        The filters, each below the one before.
    count : int
        How many filters there are, F.
    stride, padding : int
        As in ``ops.conv2d``.
    controls : sequence of str
        Which of ``CONTROLS`` to show; all of them unless given.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``quiz``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but matrices of finite numbers whose columns are few enough to read, and for options out
        of range.
    """

    def __init__(
        self, image=IMAGE, filters=FILTERS, *, count=2, stride=1, padding=0, controls=CONTROLS, **options
    ):
        self.controls = known_controls("Im2col", controls, CONTROLS)
        self.count = integer("Im2col", "count", count, 1)
        super().__init__(State(image, filters, stride, padding), **options)

    edits = ("image", "filters")

    def draw(self, state):
        """Return the picture of ``state``."""
        check_room("Im2col", "image", *(size + 2 * state.padding for size in state.image.shape))
        rows, width = state.filters.shape
        if rows % self.count:
            raise ValueError(f"Im2col: filters must be {self.count} of one height, got {rows} rows")
        size = rows // self.count, width
        places = windows(
            "Im2col", "image", state.image.shape, size, stride=state.stride, padding=state.padding, dilation=1
        )
        check_room("Im2col", "columns", size[0] * size[1], places.output[0] * places.output[1])
        check_room("Im2col", "maps", self.count * places.output[0], places.output[1])
        maps = ops.conv2d(
            state.image[None, None], state.filters.reshape(self.count, 1, *size),
            stride=state.stride, padding=state.padding,
        )[0]  # fmt: skip
        corners = [
            (i * state.stride - state.padding, j * state.stride - state.padding)
            for i, j in product(*map(range, places.output))
        ]
        taps, kernels = list(product(*map(range, size))), range(self.count)
        patches = [[("image", top + m, left + n) for top, left in corners] for m, n in taps]
        unrolled = [[("filters", f * size[0] + m, n) for m, n in taps] for f in kernels]
        at = np.pad(state.image, state.padding)
        columns = [[at[r + state.padding, c + state.padding] for _, r, c in row] for row in patches]
        shown = maps.reshape(self.count, -1)
        padding = ((state.padding,) * 2,) * 2
        frames = [(top, left, top + size[0] - 1, left + size[1] - 1) for top, left in corners]
        height, wide = places.output
        steps = np.arange(maps.size).reshape(-1, wide).tolist()
        everywhere = [(f, p) for f in kernels for p in range(len(corners))]
        return Picture(
            title="A convolution becomes one matrix product",
            panels=(
                Panel("image", "Image", state.image, _shape(state.image), scale=Scale(("image",)),
                      padding=padding, edit="number"),
                Panel("filters", "Filters", state.filters, f"{self.count} of {size[0]} × {size[1]}",
                      scale=Scale(("filters",)), edit="number"),
                Panel("rows", "Rows", state.filters.reshape(self.count, -1),
                      f"a filter each: {self.count} × {len(taps)}", scale=Scale(("filters",)), column=1,
                      before="→"),
                Panel("columns", "Columns", columns, f"a patch each: {len(taps)} × {len(corners)}",
                      scale=Scale(("image",)), column=2, before="·"),
                Panel("result", "Product", shown, f"{self.count} × {len(corners)}",
                      scale=Scale(("image",), times="filters", factor=len(taps) / 2), column=3, before="=",
                      revealed=True, in_quiz=True),
                Panel("maps", "Feature maps", maps.reshape(-1, wide), f"{self.count} of {height} × {wide}",
                      scale=Scale(("image",), times="filters", factor=len(taps) / 2), column=4, before="→",
                      known=tuple(map(tuple, steps)), in_quiz=True),
            ),
            links=(
                _copies("rows", unrolled),
                _copies("columns", patches),
                Cells(
                    "result",
                    cells=tuple(
                        tuple(("columns", k, p) for k in range(len(taps)))
                        for _, p in everywhere
                    ),
                    weights=tuple(
                        tuple(("rows", f, k) for k in range(len(taps)))
                        for f, _ in everywhere
                    ),
                    reduce="sum",
                ),
                _copies("maps", [[("result", *at)] for at in everywhere]),
            ),
            walk="result",
            frames={
                "image": tuple(frames * self.count),
                "rows": tuple((f, 0, f, len(taps) - 1) for f, _ in everywhere),
                "columns": tuple((0, p, len(taps) - 1, p) for _, p in everywhere),
            },
            controls=self._draw_controls(state),
        )  # fmt: skip

    def _draw_controls(self, state):
        undo, reset = self.undo_and_reset(state)
        controls = {
            "stride": Control("stride", "whole", "Stride", state.stride, low=1),
            "padding": Control("padding", "whole", "Padding", state.padding, low=0),
            "undo": undo,
            "reset": reset,
        }
        return tuple(controls[name] for name in CONTROLS if name in self.controls)


def _copies(target, grid):
    """Return the link of a panel each of whose cells is a copy of the one that ``grid`` names."""
    return Cells(target, cells=tuple((cell,) for row in grid for cell in row))


def _shape(array):
    return f"{array.shape[0]} × {array.shape[1]}"
