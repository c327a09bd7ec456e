"""The backward pass of a convolution, stamp by stamp: how an error flows to the weights and to the image."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.ops.geometry import windows
from cnnlab.scenes.scene import Scene, check_room, finite_matrix, known_controls
from cnnlab.stage import Cells, Control, Panel, Picture, Scale, slide

VIEWS = ("stamps", "full convolution")
CONTROLS = ("view", "stride", "padding", "undo", "reset")

X = np.array([[1.0, 0, 2, -1], [0, 3, -1, 1], [2, 1, 0, -2], [-1, 0, 1, 2]])
WEIGHT = np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]])
GRAD_OUT = np.array([[1.0, -2], [3, 0.5]])


@dataclass(frozen=True, eq=False)
class State:
    """What the convolution was made of, and the gradient that arrives at its result."""

    x: np.ndarray
    weight: np.ndarray
    grad_out: np.ndarray
    stride: int = 1
    padding: int = 0
    view: str = VIEWS[0]

    def __post_init__(self):
        for name in ("x", "weight", "grad_out"):
            object.__setattr__(self, name, finite_matrix("ConvBackward", name, getattr(self, name)))
        for name, minimum in (("stride", 1), ("padding", 0)):
            object.__setattr__(self, name, integer("ConvBackward", name, getattr(self, name), minimum))
        if self.view not in VIEWS:
            raise ValueError(f"ConvBackward: view must be one of {VIEWS}, got {self.view!r}")


class ConvBackward(Scene):
    """Push an error back through a convolution, one number of ``grad_out`` after the other.

    At each place, ``grad_out[i, j]`` times the patch of ``x`` below the window is added to ``grad_weight``,
    and ``grad_out[i, j]`` times ``weight`` is added to ``grad_x`` where the window lies. The second view
    computes the same ``grad_x`` as one full convolution.

    Parameters
    ----------
    x, weight : array_like, shapes (H, W) and (KH, KW)
        What was multiplied in the forward pass.
    grad_out : array_like, shape (OH, OW), optional
        The gradient of the loss with respect to the result. If its shape does not suit the stride and the
        padding, it is filled up with, or cut down to, what fits.
    stride, padding : int
        As in ``ops.correlate2d``.
    view : "stamps" or "full convolution"
    controls : sequence of str
        Which of ``CONTROLS`` to show.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but matrices of finite numbers that fit, and for options out of range.
    """

    def __init__(
        self,
        x=X,
        weight=WEIGHT,
        grad_out=GRAD_OUT,
        *,
        stride=1,
        padding=0,
        view=VIEWS[0],
        controls=CONTROLS,
        **options,
    ):
        self.controls = known_controls("ConvBackward", controls, CONTROLS)
        super().__init__(State(x, weight, grad_out, stride, padding, view), **options)

    edits = ("x", "weight", "grad_out")

    def draw(self, state):
        """Return the picture of ``state``."""
        check_room("ConvBackward", "x", *(size + 2 * state.padding for size in state.x.shape))
        sizes = {"stride": state.stride, "padding": state.padding}
        places = windows("ConvBackward", "x", state.x.shape, state.weight.shape, dilation=1, **sizes)
        grad_out = self.shown(state, "grad_out")
        if state.view == "stamps":
            return self._draw_stamps(state, grad_out, places)
        return self._draw_full(state, grad_out, places)

    def shown(self, state, part):
        """Return the numbers that a panel shows: a grad_out that does not fit is shown fitted."""
        if part != "grad_out":
            return getattr(state, part)
        sizes = {"stride": state.stride, "padding": state.padding, "dilation": 1}
        places = windows("ConvBackward", "x", state.x.shape, state.weight.shape, **sizes)
        return _fitted(state.grad_out, places.output)

    def _draw_stamps(self, state, grad_out, places):
        x, weight = state.x, state.weight
        (top, _), (left, _) = places.padding
        padded = places.pad(x, 0)
        grad_weight, grad_padded = np.zeros(weight.shape), np.zeros(padded.shape)
        films = {"grad_weight": [], "grad_x": []}
        boxes = {id: [] for id in ("x", "weight", "grad_out", "grad_weight", "grad_x")}
        to_weight = {cell: [] for cell in np.ndindex(weight.shape)}
        to_x = {cell: [] for cell in np.ndindex(x.shape)}
        sentences = []
        for step, (i, j) in enumerate(np.ndindex(grad_out.shape)):
            row, column = i * places.stride[0], j * places.stride[1]
            patch = (slice(row, row + weight.shape[0]), slice(column, column + weight.shape[1]))
            grad_weight += grad_out[i, j] * padded[patch]
            grad_padded[patch] += grad_out[i, j] * weight
            films["grad_weight"].append(grad_weight.copy())
            films["grad_x"].append(grad_padded[top : top + x.shape[0], left : left + x.shape[1]].copy())
            for m, n in np.ndindex(weight.shape):
                at = row + m - top, column + n - left
                to_weight[m, n].append((step, ("grad_out", i, j), ("x", *at)))
                if at in to_x:
                    to_x[at].append((step, ("grad_out", i, j), ("weight", m, n)))
            corner = row - top, column - left
            box = (*corner, corner[0] + weight.shape[0] - 1, corner[1] + weight.shape[1] - 1)
            boxes["x"].append(box)
            boxes["grad_x"].append(inside(box, x.shape))
            boxes["grad_out"].append((i, j, i, j))
            whole = (0, 0, weight.shape[0] - 1, weight.shape[1] - 1)
            boxes["weight"].append(whole)
            boxes["grad_weight"].append(whole)
            sentences.append(_sentence(i, j))
        films = {name: np.array(film) for name, film in films.items()}
        return Picture(
            title="An error flows back through a convolution",
            panels=(
                *_givens(state, grad_out, places),
                _panel("grad_weight", "grad_weight", films["grad_weight"], "Σ grad_out · patch", 3),
                _panel("grad_x", "grad_x", films["grad_x"], "Σ grad_out · weight", 4),
            ),
            links=(growing("grad_weight", to_weight), growing("grad_x", to_x)),
            focus=("grad_weight", *(size // 2 for size in weight.shape)),
            frames={id: tuple(each) for id, each in boxes.items()},
            text=tuple(sentences),
            controls=self._draw_controls(state),
        )

    def _draw_full(self, state, grad_out, places):
        """Draw grad_x as a window that slides over a grad_out with zeros between and around its numbers."""
        height, width = state.weight.shape
        spread = np.zeros(
            [(size - 1) * step + 1 for size, step in zip(grad_out.shape, places.stride, strict=True)]
        )
        spread[:: places.stride[0], :: places.stride[1]] = grad_out
        (top, _), (left, _) = places.padding
        # Enough zeros that the window reaches every pixel of x, and begins at the first one.
        rows, columns = (
            (size - 1 - before, whole + before - have)
            for size, before, whole, have in zip(
                (height, width), (top, left), state.x.shape, spread.shape, strict=True
            )
        )
        around = np.pad(
            spread, [(max(rows[0], 0), max(rows[1], 0)), (max(columns[0], 0), max(columns[1], 0))]
        )
        cut = around[max(-rows[0], 0) :, max(-columns[0], 0) :]
        turned = state.weight[::-1, ::-1]
        grad_x = ops.correlate2d(cut, turned)[: state.x.shape[0], : state.x.shape[1]]
        cut = cut[: grad_x.shape[0] + height - 1, : grad_x.shape[1] + width - 1]
        source = _panel(
            "source", "grad_out", cut, "with zeros around" + (" and between" if state.stride > 1 else ""), 0
        )
        result = Panel(
            "grad_x",
            "grad_x",
            grad_x,
            "the sums",
            scale=Scale(("grad_x",)),
            column=2,
            before="→",
            revealed=True,
        )
        return Picture(
            title="The same grad_x, as a full convolution",
            panels=(
                source,
                _panel("kernel", "weight", turned, "turned by 180°", 1, before="⊛"),
                Panel("products", "Products", np.zeros(turned.shape), "patch × weight", column=1,
                      scale=Scale(("source",), times="kernel"), follows="grad_x"),
                result,
            ),
            links=(slide(source, result, turned.shape, kernel="kernel"),),
            walk="grad_x",
            controls=self._draw_controls(state),
        )  # fmt: skip

    def _draw_controls(self, state):
        undo, reset = self.undo_and_reset(state)
        controls = {
            "view": Control("view", "choice", "Show as", state.view, VIEWS),
            "stride": Control("stride", "whole", "Stride", state.stride, low=1),
            "padding": Control("padding", "whole", "Padding", state.padding, low=0),
            "undo": undo,
            "reset": reset,
        }
        return tuple(controls[name] for name in CONTROLS if name in self.controls)


def _givens(state, grad_out, places):
    return (
        _panel("x", "x", state.x, "the image", 0, edit="number", padding=places.padding),
        _panel("weight", "weight", state.weight, "the filter", 1, edit="number"),
        _panel("grad_out", "grad_out", grad_out, "gradient of the result", 2, edit="number"),
    )


def _panel(id, title, values, caption, column, **options):
    return Panel(id, title, values, caption, scale=Scale((id,)), column=column, **options)


def _fitted(grad_out, shape):
    """Return ``grad_out`` cut down to ``shape``, or filled up with ones."""
    fitted = np.ones(shape)
    rows, columns = (min(have, want) for have, want in zip(grad_out.shape, shape, strict=True))
    fitted[:rows, :columns] = grad_out[:rows, :columns]
    return fitted


def growing(target, taps):
    """Return the link of sums that grow: for each cell a list of (step, cell, cell it is multiplied by)."""
    each = tuple(taps.values())
    return Cells(
        target,
        cells=tuple(tuple(cell for _, cell, _ in one) for one in each),
        weights=tuple(tuple(by for _, _, by in one) for one in each),
        when=tuple(tuple(step for step, _, _ in one) for one in each),
        reduce="sum",
    )


def inside(box, shape):
    """Return what of (top, left, bottom, right) lies in a grid of ``shape``, or None."""
    top, left, bottom, right = box
    box = max(top, 0), max(left, 0), min(bottom, shape[0] - 1), min(right, shape[1] - 1)
    return box if box[0] <= box[2] and box[1] <= box[3] else None


def _sentence(i, j):
    value = f"{{grad_out|{i},{j}}}"
    return (
        f"grad_out, row {i + 1}, column {j + 1}, is {value}: {value} times the framed patch is added to "
        f"grad_weight, {value} times the weights to the frame in grad_x."
    )
