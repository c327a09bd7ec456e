"""A transposed convolution, stamp by stamp: how a small map becomes a larger one."""

from dataclasses import dataclass

import numpy as np

from cnnlab.checks import integer
from cnnlab.ops.geometry import transposed_windows
from cnnlab.scenes.conv_backward import growing, inside
from cnnlab.scenes.scene import Scene, check_room, finite_matrix
from cnnlab.stage import Control, Panel, Picture, Scale

MAPS = {
    "some numbers": np.array([[1.0, 2, 0], [-1, 3, 1], [2, 0, 4]]),
    "all ones": np.ones((3, 3)),
}
KERNELS = {
    "some weights": np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]]),
    "all ones, 3 × 3": np.ones((3, 3)),
    "all ones, 2 × 2": np.ones((2, 2)),
}


@dataclass(frozen=True, eq=False)
class State:
    """The small map, the kernel that is stamped, and how."""

    x: np.ndarray
    weight: np.ndarray
    stride: int = 2
    padding: int = 0

    def __post_init__(self):
        for name in ("x", "weight"):
            object.__setattr__(self, name, finite_matrix("TransposedConv", name, getattr(self, name)))
        for name, minimum in (("stride", 1), ("padding", 0)):
            object.__setattr__(self, name, integer("TransposedConv", name, getattr(self, name), minimum))


class TransposedConv(Scene):
    """Stamp a kernel for each number of a small map, ``stride`` apart, on a larger one, and add up.

    Parameters
    ----------
    x, weight : array_like, shapes (H, W) and (KH, KW)
        The small map, and the kernel that each of its numbers stamps.
    stride, padding : int
        As in ``ops.conv_transpose2d``.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but matrices of finite numbers, and for options out of range.
    """

    def __init__(
        self, x=MAPS["some numbers"], weight=KERNELS["some weights"], *, stride=2, padding=0, **options
    ):
        super().__init__(State(x, weight, stride, padding), **options)

    edits = ("x", "weight")

    def draw(self, state):
        """Return the picture of ``state``."""
        x, weight = state.x, state.weight
        check_room(
            "TransposedConv",
            "x",
            *((size - 1) * state.stride + kernel for size, kernel in zip(x.shape, weight.shape, strict=True)),
        )
        sizes = {"stride": state.stride, "padding": state.padding}
        places = transposed_windows(
            "TransposedConv", "x", x.shape, weight.shape, dilation=1, output_padding=0, **sizes
        )
        film, sentences = [], []
        boxes = {"x": [], "weight": [], "out": []}
        stamps = {cell: [] for cell in np.ndindex(places.size)}
        out = places.pad(np.zeros(places.size), 0)
        for step, (i, j) in enumerate(np.ndindex(x.shape)):
            row, column = i * state.stride, j * state.stride
            out[row : row + weight.shape[0], column : column + weight.shape[1]] += x[i, j] * weight
            film.append(places.crop(out).copy())
            top, left = row - state.padding, column - state.padding
            for m, n in np.ndindex(weight.shape):
                if (top + m, left + n) in stamps:
                    stamps[top + m, left + n].append((step, ("x", i, j), ("weight", m, n)))
            boxes["x"].append((i, j, i, j))
            boxes["weight"].append((0, 0, weight.shape[0] - 1, weight.shape[1] - 1))
            box = top, left, top + weight.shape[0] - 1, left + weight.shape[1] - 1
            boxes["out"].append(inside(box, places.size))
            sentences.append(
                f"x, row {i + 1}, column {j + 1}, is {{x|{i},{j}}}: {{x|{i},{j}}} times the kernel is added "
                "to the frame."
            )
        return Picture(
            title="Each number stamps the kernel",
            panels=(
                _panel("x", "x", x, "the small map", 0, edit="number"),
                _panel("weight", "weight", weight, "the kernel", 1, edit="number"),
                _panel("out", "Larger map", np.array(film), _size(places), 2),
            ),
            links=(growing("out", stamps),),
            focus=("out", *(min(max(state.stride - state.padding, 0), size - 1) for size in places.size)),
            frames={id: tuple(each) for id, each in boxes.items()},
            text=tuple(sentences),
            controls=(
                self.choice("map", "Map", MAPS, state, "x"),
                self.choice("kernel", "Kernel", KERNELS, state, "weight"),
                Control("stride", "whole", "Stride", state.stride, low=1),
                Control("padding", "whole", "Padding", state.padding, low=0),
                *self.undo_and_reset(state),
            ),
        )


def _panel(id, title, values, caption, column, **options):
    return Panel(id, title, values, caption, scale=Scale((id,)), column=column, **options)


def _size(places):
    return f"{places.size[0]} × {places.size[1]}, what the stamps add up to"
