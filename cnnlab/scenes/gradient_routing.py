"""Where an error goes that arrives at ReLU or at max-pooling: through open gates, to the winners."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Axes, Cells, Control, Hidden, Panel, Picture, Scale, slide

LAYERS = ("ReLU", "max-pooling")
X = np.array([[3.0, -1, 2, 0], [1, 5, -2, 2], [-4, 2, 1, -1], [0, -3, -2, 6]])
GRAD_OUT = {
    "ReLU": np.array([[1.0, 2, -1, 3], [2, -2, 1, 4], [2, -3, 1, 2], [1, 2, 3, -1]]),
    "max-pooling": np.array([[1.0, 2], [-3, 4]]),
}


@dataclass(frozen=True, eq=False)
class State:
    """The layer, what went into it, and the gradient that comes back to it."""

    layer: str
    x: np.ndarray
    grad_out: np.ndarray

    def __post_init__(self):
        if self.layer not in LAYERS:
            raise ValueError(f"GradientRouting: layer must be one of {LAYERS}, got {self.layer!r}")
        for name in ("x", "grad_out"):
            object.__setattr__(self, name, finite_matrix("GradientRouting", name, getattr(self, name)))
        expected = _forward(self.layer, self.x).shape
        if self.grad_out.shape != expected:
            raise ValueError(
                f"GradientRouting: grad_out must have shape {expected}, got {self.grad_out.shape}"
            )


class GradientRouting(Scene):
    """Send a gradient back through ReLU or 2×2 max-pooling, one number of ``grad_out`` after the other.

    Parameters
    ----------
    layer : "ReLU" or "max-pooling"
    x : array_like, shape (H, W)
        What went into the layer.
    grad_out : array_like, optional
        The gradient with respect to its result, of the result's shape.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but matrices of finite numbers that fit together.
    """

    def __init__(self, layer=LAYERS[0], x=X, grad_out=None, **options):
        grad_out = GRAD_OUT.get(layer, X) if grad_out is None else grad_out
        super().__init__(State(layer, x, grad_out), **options)

    edits = ("x", "grad_out")

    def draw(self, state):
        """Return the picture of ``state``."""
        x, grad_out = state.x, state.grad_out
        out = _forward(state.layer, x)
        film, frames, sentences = [], {"x": [], "out": [], "grad_out": [], "grad_x": []}, []
        grad_x = np.zeros(x.shape)
        for i, j in np.ndindex(out.shape):
            to, sentence = _route(state, i, j)
            if to:
                grad_x[to] += grad_out[i, j]
            film.append(grad_x.copy())
            box = (i, j, i, j)
            frames["out"].append(box)
            frames["grad_out"].append(box)
            if state.layer == "max-pooling":
                box = (2 * i, 2 * j, min(2 * i + 1, x.shape[0] - 1), min(2 * j + 1, x.shape[1] - 1))
            frames["x"].append(box)
            frames["grad_x"].append(box)
            sentences.append(sentence)
        seen = Panel("x", "x", x, "the input", scale=Scale(("x",)), edit="number")
        made = Panel("out", state.layer, out, "the result", scale=Scale(("x",)), column=1, before="→")
        scale = Scale(("grad_out",))
        return Picture(
            title=f"A gradient goes back through {state.layer}",
            panels=(
                seen,
                made,
                Panel(
                    "grad_out",
                    "grad_out",
                    grad_out,
                    "gradient of the result",
                    scale=scale,
                    edit="number",
                    column=2,
                ),
                Panel(
                    "grad_x",
                    "grad_x",
                    np.array(film),
                    "gradient of the input",
                    scale=scale,
                    column=3,
                    before="→",
                ),
                Hidden("gates", x.shape),
            ),
            links=(*_links(state.layer, seen, made), _to_grad_x(x.shape, out.shape)),
            focus=("grad_x", "strongest"),
            frames={id: tuple(boxes) for id, boxes in frames.items()},
            text=tuple(sentences),
            python_text=True,
            controls=(
                Control("layer", "choice", "Layer", state.layer, LAYERS, name="layer"),
                *self.undo_and_reset(state),
            ),
        )

    def act(self, id, value):
        """Choose the layer."""
        shape = _forward(value, self.state.x).shape
        fitting = next((each for each in GRAD_OUT.values() if each.shape == shape), np.ones(shape))
        self.change(layer=value, grad_out=fitting)


def _forward(layer, x):
    return ops.relu(x) if layer == "ReLU" else ops.max_pool2d(x, 2, ceil_mode=True)


def _links(layer, x, out):
    """Return the links to the layer's result, and to the gates: 1 where the gradient goes through, else 0."""
    if layer == "ReLU":
        same = tuple(tuple((at,) for at in range(size)) for size in x.shape)
        return slide(x, out, (1, 1), reduce="relu"), Axes("gates", ("x",), *same, reduce="gate")
    rows, columns = (tuple(tuple(_window(at, size)) for at in range(size)) for size in x.shape)
    return (
        slide(x, out, (2, 2), stride=(2, 2), reduce="max"),
        Axes("gates", ("x",), rows, columns, reduce="first largest"),
    )


def _window(at, size):
    """Return the places along one axis that share a window of 2 with one of them."""
    return range(at - at % 2, min(at - at % 2 + 2, size))


def _to_grad_x(shape, out_shape):
    """Return the link of the gradient that goes on: what comes back to each window, times its gate."""
    per = tuple(-(-size // count) for size, count in zip(shape, out_shape, strict=True))
    cells, when = [], []
    for row, column in np.ndindex(shape):
        i, j = row // per[0], column // per[1]
        cells.append((("grad_out", i, j),))
        when.append((i * out_shape[1] + j,))
    gates = tuple((("gates", *cell),) for cell in np.ndindex(shape))
    return Cells("grad_x", tuple(cells), weights=gates, when=tuple(when), reduce="sum")


def _route(state, i, j):
    """Return the cell of x that ``grad_out[i, j]`` goes to, or None, and say so."""
    value = write_number(state.grad_out[i, j])
    if state.layer == "ReLU":
        came = write_number(state.x[i, j])
        if state.x[i, j] > 0:
            return (i, j), f"x is {came}, above 0: the gate is open, and {value} goes through."
        return None, f"x is {came}, not above 0: the gate is shut, and {value} is lost."
    window = state.x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
    m, n = (int(at) for at in np.unravel_index(window.argmax(), window.shape))
    to = 2 * i + m, 2 * j + n
    where = f"row {to[0] + 1}, column {to[1] + 1}"
    largest = write_number(window.max())
    first = ", the first of several" if np.count_nonzero(window == window.max()) > 1 else ""
    return to, f"The largest in the window is {largest}, at {where}{first}: {value} goes to it alone."
