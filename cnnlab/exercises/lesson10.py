"""Predictions and exercises of lesson 10, Push the error back."""

import numpy as np

from cnnlab import nn, ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.layers import LayerExercise
from cnnlab.exercises.predict import Predict, PredictCells

predict_slope_w = Predict(
    "In the neuron above x is 2, w is 3, b is −1, and the target y is now 7 instead of 3. "
    "What is the derivative of L in w?",
    answer=-4,
    because="a is 5, so ∂L/∂a is 5 − 7 = −2; z is above 0, so ReLU passes that on; in w it is −2 · x = −4.",
    slips={
        4: "a − y is 5 − 7: mind the sign.",
        -2: "That is ∂L/∂z. u = w · x multiplies it by x.",
        -6: "That is ∂L/∂x: there w multiplies.",
        -12: "In w only x multiplies, not w itself.",
        -8: "The ½ has cancelled the 2 of the square: ∂L/∂a is a − y.",
    },
)

predict_two_paths = Predict(
    "u is 2x, v is x + 1, and L is u · v: so x reaches L along two paths. "
    "What is the derivative of L in x, at x = 3?",
    answer=14,
    because="Along u it is v · 2 = 4 · 2 = 8, along v it is u · 1 = 6, and 8 + 6 = 14.",
    slips={
        8: "That is the path along u alone. As x grows, v grows, too.",
        6: "That is the path along v alone. As x grows, u grows, too.",
        48: "Within a path derivatives multiply; what comes along two paths is added.",
        24: "That is L. How fast does it grow with x?",
        16: "A product grows as fast as one factor times the other: along u, v multiplies, and along v, u.",
        10: "v and u are the derivatives of L in u and v. Multiply each by how fast u or v grows with x.",
        2: "Only u and v have been followed to x. What does L do when u grows, and when v does?",
        3: "That is how fast u + v grows. L is their product: along u, v multiplies, and along v, u.",
    },
)

predict_stamp = PredictCells(
    "A filter of two weights slid over three pixels, so grad_out has two numbers. What is grad_weight?",
    answer=[[-1, 8]],
    because="2 · (1, 3) is added first, then −1 · (3, −2): (2 − 3, 6 + 2) = (−1, 8).",
    given={"x": [[1, 3, -2]], "grad_out": [[2, -1]]},
    slips=[
        (
            [[2, 6]],
            "That is the first place alone. The window moves on, and −1 times the next patch is added, too.",
        ),
        ([[5, 4]], "The second number of grad_out is −1: its patch is subtracted."),
        ([[1, 3]], "Each patch is multiplied by its number of grad_out."),
        ([[2, -3]], "The second patch begins at the second pixel: it is 3, −2."),
    ],
)

predict_gate = PredictCells(
    "Which gradient does ReLU pass on?",
    answer=[[0, 5, 0, -2]],
    because="Where x is above 0 the gate is open, whatever the sign of the gradient.",
    given={"x": [[-1, 2, 0, 4]], "grad_out": [[3, 5, 7, -2]]},
    slips=[
        ([[0, 5, 7, -2]], "At 0 the gate is shut, too."),
        ([[3, 5, 7, 0]], "What counts is the sign of x, not of the gradient."),
        ([[0, 2, 0, 4]], "Those are ReLU's results. What flows back is grad_out."),
        ([[0, 5, 7, 0]], "At 0 the gate is shut; and a negative gradient goes through an open one."),
        ([[3, 0, 7, -2]], "The gate is open where x is above 0."),
    ],
)


@exercise(
    cases=[
        (2.0, 3.0, -1.0, 2.0),
        (2.0, 3.0, -1.0, 8.0),
        (-2.0, 1.0, 0.5, 1.0),
        (-1.5, -2.0, 1.0, 0.0),
        (0.0, 2.0, 3.0, 1.0),
        (0.5, -4.0, 5.0, 1.0),
        (1.0, 1.0, -1.0, 2.0),
    ],
    draw=lambda rng: tuple(quarters(rng, 4).tolist()),
    hints=[
        "Compute z and a first, as in the forward pass.",
        "∂L/∂a is a − y. ∂L/∂z is the same where z > 0, and 0 elsewhere.",
        "In w it is that times x, in x it is that times w, in b it is just that.",
    ],
)
def neuron_slopes(x, w, b, y):
    z = w * x + b
    a = max(0, z)
    grad_z = (a - y) * (1 if z > 0 else 0)
    return np.array([grad_z * x, grad_z * w, grad_z]) + 0.0  # no −0


def _slopes(change):
    """Return the solution with its slope in a, x, w and gate changed by ``change``."""

    def run(x, w, b, y):
        z = w * x + b
        a = max(0, z)
        return np.array(change(x, w, b, y, z, a, 1.0 if z > 0 else 0.0))

    return run


neuron_slopes.mistake("The gate is left out: where z is not above 0, nothing flows back.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * x, (a - y) * w, a - y])
)
neuron_slopes.mistake("ReLU is left out: where z is not above 0, a is 0, and nothing flows back.")(
    _slopes(lambda x, w, b, y, z, a, g: [(z - y) * x, (z - y) * w, z - y])
)
neuron_slopes.mistake("The derivatives in w and in x are exchanged: in w, x multiplies.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * w, (a - y) * g * x, (a - y) * g])
)
neuron_slopes.mistake("The sign is reversed: ∂L/∂a is a − y.")(
    _slopes(lambda x, w, b, y, z, a, g: [(y - a) * g * x, (y - a) * g * w, (y - a) * g])
)
neuron_slopes.mistake("Yours is twice as large: the derivative of ½ (a − y)² is a − y, not 2 (a − y).")(
    _slopes(lambda x, w, b, y, z, a, g: [2 * (a - y) * g * x, 2 * (a - y) * g * w, 2 * (a - y) * g])
)
neuron_slopes.mistake("The ½ is counted twice: the derivative of ½ (a − y)² is a − y.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * x / 2, (a - y) * g * w / 2, (a - y) * g / 2])
)
neuron_slopes.mistake("That is the loss times the numbers: start from ∂L/∂a, which is a − y.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) ** 2 / 2 * g * n for n in (x, w, 1)])
)
neuron_slopes.mistake("The derivative in b is that in z: z = u + b grows as fast as b.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * x, (a - y) * g * w, (a - y) * g * b])
)
neuron_slopes.mistake("The bias is left out of z.")(lambda x, w, b, y: neuron_slopes.solve(x, w, 0.0, y))
neuron_slopes.mistake("At 0 the gate is shut: z > 0, not z >= 0.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * (z >= 0) * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("The target is left out: ∂L/∂a is a − y.")(
    lambda x, w, b, y: neuron_slopes.solve(x, w, b, 0.0)
)
neuron_slopes.mistake("The bias has a derivative, too: that of z.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * x, (a - y) * g * w, 0.0])
)
neuron_slopes.mistake("The same number stands there three times: in w, x multiplies, and in x, w.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g] * 3)
)
neuron_slopes.mistake("The gate looks at z, not at a − y: a negative gradient goes through an open one.")(
    _slopes(lambda x, w, b, y, z, a, g: [max(0, a - y) * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("The gate looks at z, not at w · x: the bias belongs to z.")(
    _slopes(lambda x, w, b, y, z, a, g: [(z - y) * (w * x > 0) * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("ReLU's derivative is 1 where z is above 0, not z.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * a * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("A shut gate makes all three 0, not only the derivative in w.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * x, (a - y) * w, a - y])
)
neuron_slopes.mistake("A shut gate makes all three 0, the derivative in b as well.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * x, (a - y) * g * w, a - y])
)
neuron_slopes.mistake("The gate is the wrong way round: it is open where z is above 0.")(
    _slopes(lambda x, w, b, y, z, a, g: [(z - y) * (z < 0) * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("The gate is open wherever z is above 0, not only from 1 on.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * (z >= 1) * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("At 0 the gate is shut: ½ is what nudging to both sides measures.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * np.heaviside(z, 0.5) * n for n in (x, w, 1.0)])
)
neuron_slopes.mistake("The order is w, x, b: b comes first in yours.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * n for n in (1.0, x, w)])
)
neuron_slopes.mistake("That is the loss. What are its derivatives in w, x and b?")(
    _slopes(lambda x, w, b, y, z, a, g: (a - y) ** 2 / 2)
)
neuron_slopes.mistake("Leave out the derivative in y: the target is given.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * n for n in (g * x, g * w, g, -g)])
)
neuron_slopes.mistake("The derivative in x is missing: the layer before needs it.")(
    _slopes(lambda x, w, b, y, z, a, g: [(a - y) * g * x, (a - y) * g])
)
neuron_slopes.mistake("Those are the numbers after a step downhill; return the derivatives themselves.")(
    _slopes(lambda x, w, b, y, z, a, g: [w - (a - y) * g * x, x - (a - y) * g * w, b - (a - y) * g])
)


@exercise(
    cases=[
        (np.array([3.0, 5.0, 7.0, -2.0]), np.array([-1.0, 2.0, 0.0, 4.0])),
        (np.array([[-1.0, 2.0]]), np.array([[0.5, -0.5]])),
        (np.array([0.5, -1.25, 2.0]), np.array([3, 1, -2])),
    ],
    draw=lambda rng: tuple(quarters(rng, 2, *sides(rng, 1, 5, rng.integers(1, 4)))),
    hints=[
        "x > 0 is an array of True and False.",
        "True counts as 1, and False as 0.",
        "grad_out * (x > 0)",
    ],
)
def relu_backward(grad_out, x):
    return grad_out * (x > 0)


relu_backward.mistake("What counts is the sign of x, not of the gradient.")(lambda g, x: np.maximum(g, 0))
relu_backward.mistake("That is ReLU itself. What flows back is grad_out.")(lambda g, x: np.maximum(x, 0))
relu_backward.mistake("At 0 the gate is shut: x > 0, not x >= 0.")(lambda g, x: g * (x >= 0))
relu_backward.mistake("The gate is the wrong way round.")(lambda g, x: g * (x < 0))
relu_backward.mistake("The gate is left out.")(lambda g, x: g.copy())
relu_backward.mistake("Multiply grad_out by 1 where the gate is open, not by x.")(
    lambda g, x: g * np.maximum(x, 0)
)
relu_backward.mistake("That is the gate: multiply grad_out by it.")(lambda g, x: (x > 0).astype(float))
relu_backward.mistake("A shut gate passes 0 on, not −grad_out.")(lambda g, x: g * np.where(x > 0, 1, -1))
relu_backward.mistake("A negative gradient goes through an open gate as well.")(
    lambda g, x: np.maximum(g, 0) * (x > 0)
)
relu_backward.mistake("grad_out and x are exchanged: x works the gate, and grad_out passes.")(
    lambda g, x: x * (g > 0)
)
relu_backward.mistake("The gate is the wrong way round, and at 0 it is shut as well.")(
    lambda g, x: g * (x <= 0)
)
relu_backward.mistake("The gate is shut below 0 as well, not only at 0.")(lambda g, x: g * (x != 0))
relu_backward.mistake("Below 0 nothing passes; in yours the gradient changes its sign there.")(
    lambda g, x: g * np.sign(x)
)
relu_backward.mistake("At 0 the gate is shut: ½ is what nudging to both sides measures.")(
    lambda g, x: g * np.heaviside(x, 0.5)
)
relu_backward.mistake("The gate is open wherever x is above 0, not only from 1 on.")(
    lambda g, x: g * (x >= 1)
)
relu_backward.mistake("The gate is open wherever x is above 0, not only above 1.")(lambda g, x: g * (x > 1))
relu_backward.mistake("Between 0 and 1 the gate is open, too: the gradient passes unchanged.")(
    lambda g, x: g * np.clip(x, 0, 1)
)
relu_backward.mistake("Each number has a gate of its own: yours opens or shuts one for all.")(
    lambda g, x: g * (x.sum() > 0)
)
relu_backward.mistake("What does not pass is left out in yours: put 0 in its place.")(lambda g, x: g[x > 0])
for leak in (0.01, 0.1):
    relu_backward.mistake(f"A shut gate passes nothing: in yours {leak} of it leaks through.")(
        lambda g, x, leak=leak: g * np.where(x > 0, 1, leak)
    )
relu_backward.mistake("The gradient keeps its sign: it has been lost in yours.")(
    lambda g, x: np.abs(g) * (x > 0)
)
relu_backward.mistake(
    "Where x holds whole numbers, the gradient is cut to whole ones: np.zeros_like(x) makes an array of "
    "integers then. Take np.zeros(x.shape)."
)(lambda g, x: (g * (x > 0)).astype(x.dtype))


def _swish_case(rng):
    shape = sides(rng, 1, 5, rng.integers(1, 4))
    x = 2 * quarters(rng, *shape)
    x.flat[rng.integers(x.size)] = rng.choice([-1000, -40, 0, 30, 1000])
    return quarters(rng, *shape), x


@exercise(
    cases=[
        (np.array([2.0]), np.array([0.0])),
        (np.array([1.0, 3.0, -2.0, 0.5]), np.array([2.0, -1.0, 0.5, -3.0])),
        (np.array([[4.0, -1.0, 2.0]]), np.array([[1000.0, -1000.0, 20.0]])),
        (np.array([1.0, 0.5, -2.0]), np.array([1, -2, 0])),
    ],
    draw=_swish_case,
    hints=[
        "Two paths lead from x to the result: x itself is a factor, and the sigmoid of x is the other one. "
        "What does each path add to the derivative?",
        "Along the first path the other factor multiplies: the sigmoid of x. Along the second path x "
        "multiplies, and then comes the derivative of the sigmoid, s · (1 − s).",
        "grad_out * (s + x * s * (1 - s)), where s is the sigmoid of x",
    ],
)
def swish_backward(grad_out, x):
    s = ops.sigmoid(x)
    return grad_out * (s + x * s * (1 - s))


swish_backward.mistake("One path is missing: x also moves the result through the sigmoid.")(
    lambda g, x: g * ops.sigmoid(x)
)
swish_backward.mistake("One path is missing: x is also a factor itself.")(
    lambda g, x: g * x * ops.sigmoid(x) * ops.sigmoid(-x)
)
swish_backward.mistake("The two paths are multiplied in yours: what they contribute adds up.")(
    lambda g, x: g * ops.sigmoid(x) * x * ops.sigmoid(x) * ops.sigmoid(-x)
)
swish_backward.mistake("The second path is subtracted in yours: add it.")(
    lambda g, x: g * (ops.sigmoid(x) - x * ops.sigmoid(x) * ops.sigmoid(-x))
)
swish_backward.mistake("That is the derivative of swish. What arrives, grad_out, is multiplied by it.")(
    lambda g, x: ops.sigmoid(x) + x * ops.sigmoid(x) * ops.sigmoid(-x)
)
swish_backward.mistake("That is swish itself times grad_out. Take its derivative.")(
    lambda g, x: g * x * ops.sigmoid(x)
)
swish_backward.mistake("That is swish, the forward pass.")(lambda g, x: x * ops.sigmoid(x))
swish_backward.mistake("In the second path the factor x is missing.")(
    lambda g, x: g * (ops.sigmoid(x) + ops.sigmoid(x) * ops.sigmoid(-x))
)
swish_backward.mistake("The derivative of the sigmoid is s · (1 − s): the factor 1 − s is missing.")(
    lambda g, x: g * (ops.sigmoid(x) + x * ops.sigmoid(x))
)
swish_backward.mistake("The derivative of the sigmoid is s · (1 − s): the factor s is missing.")(
    lambda g, x: g * (ops.sigmoid(x) + x * ops.sigmoid(-x))
)
swish_backward.mistake("That is ReLU's gate. Swish has no gate that is open or shut.")(
    lambda g, x: g * (x > 0)
)
swish_backward.mistake("grad_out and x are exchanged: the derivative is taken at x.")(
    lambda g, x: x * (ops.sigmoid(g) + g * ops.sigmoid(g) * ops.sigmoid(-g))
)
swish_backward.mistake("grad_out is added in yours: the derivatives multiply.")(
    lambda g, x: g + ops.sigmoid(x) + x * ops.sigmoid(x) * ops.sigmoid(-x)
)


def _swish_twin(change):
    """Return a twin of x and the two paths, ``change(grad_out, x, s, slope of the sigmoid)``."""
    return lambda g, x: change(g, x, ops.sigmoid(x), ops.sigmoid(x) * ops.sigmoid(-x))


swish_backward.mistake("That is the sigmoid's derivative: swish is x times the sigmoid.")(
    _swish_twin(lambda g, x, s, d: g * d)
)
swish_backward.mistake("grad_out multiplies both paths: the second lacks it in yours.")(
    _swish_twin(lambda g, x, s, d: g * s + x * d)
)
swish_backward.mistake("grad_out multiplies both paths: the first lacks it in yours.")(
    _swish_twin(lambda g, x, s, d: s + g * x * d)
)
swish_backward.mistake("grad_out is multiplied twice into the second path.")(
    _swish_twin(lambda g, x, s, d: g * (s + g * x * d))
)
swish_backward.mistake("The two paths add up: yours is their mean.")(
    _swish_twin(lambda g, x, s, d: g * (s + x * d) / 2)
)
swish_backward.mistake("The derivative of the sigmoid is s · (1 − s): yours has a plus in it.")(
    _swish_twin(lambda g, x, s, d: g * (s + x * s * (1 + s)))
)
swish_backward.mistake("s · (1 − s) needs s as it is: you take the sigmoid of it once more.")(
    _swish_twin(lambda g, x, s, d: g * (s + x * ops.sigmoid(s) * ops.sigmoid(-s)))
)
swish_backward.mistake("The sigmoid is taken at −x in yours.")(
    _swish_twin(lambda g, x, s, d: g * (1 - s + x * d))
)
swish_backward.mistake("At 0 swish has the derivative ½: it has no gate that is shut there.")(
    _swish_twin(lambda g, x, s, d: g * (s + x * d) * (x != 0))
)
swish_backward.mistake("Right, but far below 0 nothing passes; in yours everything does.")(
    _swish_twin(lambda g, x, s, d: np.where(x < -500, g, g * (s + x * d)))
)
swish_backward.mistake("Right, but far above 0 everything passes; in yours nothing does.")(
    _swish_twin(lambda g, x, s, d: np.where(x > 500, 0, g * (s + x * d)))
)
swish_backward.mistake(
    "Where x holds whole numbers, the gradient is cut to whole ones: np.zeros_like(x) makes an array of "
    "integers then. Take np.zeros(x.shape)."
)(_swish_twin(lambda g, x, s, d: (g * (s + x * d)).astype(x.dtype)))


def _stamps(rng):
    rows, columns = sides(rng, 1, 5)
    size = int(rng.integers(1, 5))
    return quarters(rng, rows, columns), quarters(rng, rows + size - 1, columns + size - 1), size


@exercise(
    cases=[
        (np.array([[2.0, -1.0]]), np.array([[1.0, 3.0, -2.0], [0.0, 4.0, 5.0]]), 2),
        (np.array([[3.0], [1.0]]), np.array([[2.0], [-1.0]]), 1),
        (np.array([[0.5, -0.25]]), np.array([[1, 3, -2], [0, 4, 5]]), 2),
    ],
    draw=_stamps,
    hints=[
        "Two loops over the numbers of grad_out, and out starts with zeros.",
        "The patch below the window is x[i : i + size, j : j + size].",
        "out += grad_out[i, j] * patch",
    ],
    without=("cnnlab.ops",),
)
def grad_weight(grad_out, x, size):
    out = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            out += grad_out[i, j] * x[i : i + size, j : j + size]
    return out


def _stamped(stamp):
    """Return a function that adds up ``stamp(grad_out, x, i, j, size)``."""

    def run(g, x, size):
        out = np.zeros((size, size))
        for i, j in np.ndindex(g.shape):
            out += stamp(g, x, i, j, size)
        return out

    return run


def _patch(x, i, j, size):
    return x[i : i + size, j : j + size]


grad_weight.mistake("Only what the last place adds is kept: add them up with +=.")(
    lambda g, x, n: g[-1, -1] * _patch(x, g.shape[0] - 1, g.shape[1] - 1, n)
)
grad_weight.mistake("Every patch is multiplied by the first number of grad_out.")(
    _stamped(lambda g, x, i, j, n: g[0, 0] * _patch(x, i, j, n))
)
grad_weight.mistake("The patches are added up without grad_out.")(
    _stamped(lambda g, x, i, j, n: _patch(x, i, j, n))
)
grad_weight.mistake("The window does not move: the patch begins at i, j.")(
    _stamped(lambda g, x, i, j, n: g[i, j] * _patch(x, 0, 0, n))
)
grad_weight.mistake("The patch is turned by 180°: lay it on as it is.")(
    _stamped(lambda g, x, i, j, n: g[i, j] * _patch(x, i, j, n)[::-1, ::-1])
)
grad_weight.mistake("Rows and columns of each patch are exchanged.")(
    _stamped(lambda g, x, i, j, n: g[i, j] * _patch(x, i, j, n).T)
)
grad_weight.mistake("That is the mean over all places: add them up, without dividing.")(
    lambda g, x, n: _stamped(lambda g, x, i, j, n: g[i, j] * _patch(x, i, j, n))(g, x, n) / g.size
)
grad_weight.mistake("grad_out is turned by 180°: its first number belongs to the first patch.")(
    _stamped(lambda g, x, i, j, n: g[::-1, ::-1][i, j] * _patch(x, i, j, n))
)
grad_weight.mistake("Only the first place counts: the window moves on, and more is added.")(
    lambda g, x, n: g[0, 0] * _patch(x, 0, 0, n)
)
grad_weight.mistake("Only the first row of places counts: is return inside the loop?")(
    _stamped(lambda g, x, i, j, n: (i == 0) * g[i, j] * _patch(x, i, j, n))
)
grad_weight.mistake("grad_out need not be square: as many columns as rows are used in yours.")(
    _stamped(lambda g, x, i, j, n: (j < g.shape[0]) * g[i, j] * _patch(x, i, j, n))
)
grad_weight.mistake(
    "The last row and the last column of grad_out are left out: range stops early by itself."
)(_stamped(lambda g, x, i, j, n: (i < g.shape[0] - 1) * (j < g.shape[1] - 1) * g[i, j] * _patch(x, i, j, n)))
grad_weight.mistake("Each patch is multiplied by its number of grad_out; in yours it is added.")(
    _stamped(lambda g, x, i, j, n: g[i, j] + _patch(x, i, j, n))
)
grad_weight.mistake("Products may be negative: they become 0 in yours.")(
    _stamped(lambda g, x, i, j, n: np.maximum(0, g[i, j] * _patch(x, i, j, n)))
)
grad_weight.mistake("Products may be negative: they lose their sign in yours.")(
    _stamped(lambda g, x, i, j, n: np.abs(g[i, j] * _patch(x, i, j, n)))
)
grad_weight.mistake("The sum is divided by the number of weights: leave that out.")(
    lambda g, x, n: _stamped(lambda g, x, i, j, n: g[i, j] * _patch(x, i, j, n))(g, x, n) / n**2
)
grad_weight.mistake("With stride 1 the window moves by 1; in yours it moves by its whole size.")(
    _stamped(
        lambda g, x, i, j, n: (
            g[i, j] * _patch(x, i * n, j * n, n) if _patch(x, i * n, j * n, n).shape == (n, n) else 0
        )
    )
)
grad_weight.mistake("Every weight gets the same in yours: each has met a pixel of its own.")(
    _stamped(lambda g, x, i, j, n: g[i, j] * np.full((n, n), x[i, j]))
)
grad_weight.mistake("Every weight gets what the middle one should: each has met a pixel of its own.")(
    _stamped(lambda g, x, i, j, n: g[i, j] * np.full((n, n), x[i + n // 2, j + n // 2]))
)
grad_weight.mistake("Every weight gets the sum over the whole patch: each has met one pixel of it.")(
    _stamped(lambda g, x, i, j, n: g[i, j] * np.full((n, n), _patch(x, i, j, n).sum()))
)


@grad_weight.mistake(
    "That is as large as x: it tells where the windows lay. What did the weights meet there?"
)
def _(g, x, n):
    out = np.zeros(x.shape)
    for i, j in np.ndindex(g.shape):
        out[i : i + n, j : j + n] += g[i, j]
    return out


grad_weight.mistake(
    "Where x holds whole numbers, products are cut to whole ones: an array like x is one of integers "
    "then. Take np.zeros((size, size))."
)(_stamped(lambda g, x, i, j, n: (g[i, j] * _patch(x, i, j, n)).astype(x.dtype)))
grad_weight.mistake(
    "Where x holds whole numbers, the sums are cut to whole ones: an array like x is one of integers "
    "then. Take np.zeros((size, size))."
)(lambda g, x, n: _stamped(lambda g, x, i, j, n: g[i, j] * _patch(x, i, j, n))(g, x, n).astype(x.dtype))


def _windows(rng):
    rows, columns = sides(rng, 1, 5)
    x = rng.integers(-3, 4, (2 * rows, 2 * columns)) / 2
    return quarters(rng, rows, columns), x + rng.choice([0, 0, 0, -2000])


@exercise(
    cases=[
        (np.array([[7.0]]), np.array([[1.0, 5.0], [3.0, 2.0]])),
        (np.array([[2.0, -3.0]]), np.array([[-1.0, -4.0, 0.0, 6.0], [-2.0, -3.0, 6.0, 5.0]])),
        (
            np.array([[0.5, 2.0], [-1.25, 1.0]]),
            np.array([[2, -1, 0, 1], [3, 3, 3, -2], [0, -2, 1, -4], [-5, 0, 1, 1]]),
        ),
        (np.array([[1.0]]), np.array([[-3000.0, -2000.0], [-2500.0, -2001.0]])),
    ],
    draw=_windows,
    hints=[
        "grad_x starts with zeros, and each window writes one number into it.",
        "window.argmax() counts the cells row by row, from 0 to 3: divmod(…, 2) makes row and column of it.",
        "grad_x[2 * i + m, 2 * j + n] = grad_out[i, j]",
    ],
)
def pool_backward(grad_out, x):
    grad_x = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            m, n = divmod(window.argmax(), 2)
            grad_x[2 * i + m, 2 * j + n] = grad_out[i, j]
    return grad_x


def _routed(place):
    """Return a function that writes each gradient to the cells that ``place(window)`` marks."""

    def run(g, x):
        out = np.zeros(x.shape)
        for i, j in np.ndindex(g.shape):
            cut = (slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2))
            out[cut] = g[i, j] * place(x[cut])
        return out

    return run


def _first(window):
    mark = np.zeros(window.size)
    mark[window.argmax()] = 1
    return mark.reshape(window.shape)


pool_backward.mistake("In yours all four get it: only the largest should.")(_routed(np.ones_like))
pool_backward.mistake("In yours each of the four gets a quarter: that is average-pooling.")(
    _routed(lambda w: np.full(w.shape, 0.25))
)
pool_backward.mistake("In yours it goes to the smallest.")(_routed(lambda w: _first(-w)))
pool_backward.mistake("Of several that are equally large, only the first gets it.")(
    _routed(lambda w: (w == w.max()) * 1.0)
)
pool_backward.mistake("Of several that are equally large, the first gets it, not the last.")(
    _routed(lambda w: _first(w[::-1, ::-1])[::-1, ::-1])
)
pool_backward.mistake("In yours it goes to the first cell of the window, whatever stands there.")(
    _routed(lambda w: np.array([[1, 0], [0, 0]]))
)
pool_backward.mistake("In yours the largest in size gets it; but −4 is smaller than −1.")(
    _routed(lambda w: _first(np.abs(w)))
)
pool_backward.mistake("What flows back is grad_out, not the largest number itself.")(
    lambda g, x: _routed(lambda w: _first(w) * w.max())(np.ones(g.shape), x)
)
pool_backward.mistake("Row and column within the window are exchanged.")(_routed(lambda w: _first(w).T))
pool_backward.mistake("Of several that are equally large, the first gets it all: they share it in yours.")(
    _routed(lambda w: (w == w.max()) / np.count_nonzero(w == w.max()))
)
pool_backward.mistake(
    "Of several that are equally large, the first row by row gets it, not column by column."
)(_routed(lambda w: _first(w.T).T))
pool_backward.mistake(
    "A window without a positive number has a largest one, too: begin the search with the window's first "
    "number, not with 0."
)(_routed(lambda w: _first(w) * (w.max() > 0)))
pool_backward.mistake(
    "Numbers may lie far below 0: begin the search with the window's first number, not with a low number of "
    "your own."
)(_routed(lambda w: _first(w) * (w.max() > -100)))
pool_backward.mistake("Each window has one winner, not one in each of its rows.")(
    _routed(lambda w: (w == w.max(axis=1, keepdims=True)) * 1.0)
)
pool_backward.mistake("Each window has one winner, not one in each of its columns.")(
    _routed(lambda w: (w == w.max(axis=0, keepdims=True)) * 1.0)
)
pool_backward.mistake("The winner gets grad_out alone, not multiplied by its own number.")(
    _routed(lambda w: _first(w) * w.max())
)
pool_backward.mistake("The winner gets grad_out; in yours it gets 1.")(
    lambda g, x: _routed(_first)(np.ones(g.shape), x)
)
pool_backward.mistake("A negative gradient goes to the winner as well.")(
    lambda g, x: _routed(_first)(np.maximum(g, 0), x)
)
pool_backward.mistake("Start with zeros: the gradient has been added to x in yours.")(
    lambda g, x: x + _routed(_first)(g, x)
)
pool_backward.mistake("Each window has a winner: yours looks for one in the whole of x.")(
    lambda g, x: _routed(_first)(g, x) * _first(x)
)
pool_backward.mistake("That is the result of max-pooling. Where does the gradient go?")(
    lambda g, x: x.reshape(g.shape[0], 2, g.shape[1], 2).max(axis=(1, 3))
)
pool_backward.mistake("x need not be square: as many columns of windows as rows are used in yours.")(
    lambda g, x: _routed(_first)(g * (np.arange(g.shape[1]) < g.shape[0]), x)
)
pool_backward.mistake("The last window of each row is left out.")(
    lambda g, x: _routed(_first)(g * (np.arange(g.shape[1]) < g.shape[1] - 1), x)
)


@pool_backward.mistake("With stride 2 the windows do not overlap: the next one begins two cells farther.")
def _(g, x):
    out = np.zeros(x.shape)
    for i, j in np.ndindex(g.shape):
        out[i : i + 2, j : j + 2] += g[i, j] * _first(x[i : i + 2, j : j + 2])
    return out


pool_backward.mistake(
    "Where x holds whole numbers, the gradient is cut to whole ones: np.zeros_like(x) makes an array of "
    "integers then. Take np.zeros(x.shape)."
)(lambda g, x: _routed(_first)(g, x).astype(x.dtype))


class Softplus(nn.Layer):
    """A ReLU with a rounded corner."""

    def forward(self, x, training=False):
        """Return ln(1 + eˣ)."""
        self.x = x  # what went in, for the way back
        return np.logaddexp(0, x)

    def backward(self, grad_out):
        """Return grad_out times the derivative of ln(1 + eˣ), which is the sigmoid."""
        return grad_out * ops.sigmoid(self.x)


def _batches():
    """Return batches of numbers on both sides of 0, none of them where somebody's function may bend."""
    rng = np.random.default_rng(0)
    chosen = [([-0.731], [1.372], [2.0]), ([0.217, -1.139], [-2.283, 0.641], [-3.0, 0.5])]
    shapes = (7,), (2, 3), (3, 2), (4, 1), (2, 1, 2, 3)
    drawn = [tuple(2 * rng.normal(size=(3, *shape))) for shape in shapes]
    return [tuple(map(np.array, each)) for each in chosen] + drawn


own_layer = LayerExercise(
    "own_layer",
    Softplus,
    cases=_batches(),
    hints=[
        "Derive your function by hand first: f(x) and f′(x) for one number x. Lesson 09 has the rules.",
        "Backward hands back grad_out times f′(x), number by number; x is what went into forward.",
        "In forward write self.x = x, in backward return grad_out * (your f′ at self.x). Where f bends, "
        "np.where(self.x > 0, …, …) takes one slope on the right and another on the left.",
    ],
)

own_layer.mistake("That is the derivative of your layer. What arrives, grad_out, is multiplied by it.")(
    lambda forward, slope, before, x, g: slope(np.ones(x.shape), x)
)
own_layer.mistake("grad_out is handed on as it came: multiply it by your layer's derivative.")(
    lambda forward, slope, before, x, g: g
)
own_layer.mistake("The derivative is taken at what came out of the layer. Take it at what went in.")(
    lambda forward, slope, before, x, g: slope(g, forward(x))
)
own_layer.mistake("The derivative is taken at an earlier batch: remember x anew at each forward.")(
    lambda forward, slope, before, x, g: slope(g, before)
)
own_layer.mistake("The derivative is taken at grad_out. Take it at x.")(
    lambda forward, slope, before, x, g: slope(g, g)
)
own_layer.mistake("grad_out and x are exchanged: the derivative is taken at x, and multiplied by grad_out.")(
    lambda forward, slope, before, x, g: slope(x, g)
)
own_layer.mistake("grad_out is multiplied by what the layer gives. Take its derivative.")(
    lambda forward, slope, before, x, g: g * forward(x)
)
own_layer.mistake("That is what the layer makes of x: the forward pass once more.")(
    lambda forward, slope, before, x, g: forward(x)
)
own_layer.mistake("Your layer is applied to grad_out. Going back, multiply by its derivative at x.")(
    lambda forward, slope, before, x, g: forward(g)
)
own_layer.mistake("grad_out is multiplied by x. Multiply it by your layer's derivative at x.")(
    lambda forward, slope, before, x, g: g * x
)
own_layer.mistake("The sign is turned round: hand the gradient back as it is; the optimizer goes downhill.")(
    lambda forward, slope, before, x, g: -slope(g, x)
)
own_layer.mistake("grad_out is added to the derivative: multiply them.")(
    lambda forward, slope, before, x, g: g + slope(np.ones(x.shape), x)
)
own_layer.mistake("grad_out is divided by the derivative: multiply them.")(
    lambda forward, slope, before, x, g: g / slope(np.ones(x.shape), x)
)
own_layer.mistake("The derivative is multiplied in twice.")(
    lambda forward, slope, before, x, g: slope(slope(g, x), x)
)
own_layer.mistake("grad_out is multiplied in twice.")(lambda forward, slope, before, x, g: slope(g * g, x))
own_layer.mistake("Twice too large: is there a 2 too many in your derivative?")(
    lambda forward, slope, before, x, g: 2 * slope(g, x)
)
own_layer.mistake("Half of it is missing: is there a 2 missing in your derivative?")(
    lambda forward, slope, before, x, g: slope(g, x) / 2
)
own_layer.mistake("A negative gradient is lost on the way back: hand it on as well.")(
    lambda forward, slope, before, x, g: slope(np.maximum(g, 0), x)
)
own_layer.mistake("Where x is negative, nothing comes back in yours; but your forward is not flat there.")(
    lambda forward, slope, before, x, g: slope(g, x) * (x > 0)
)
own_layer.mistake("Where x is positive, the gradient passes unchanged in yours: multiply by the slope.")(
    lambda forward, slope, before, x, g: np.where(x > 0, g, slope(g, x))
)
own_layer.mistake("Where x is negative, the gradient passes unchanged in yours: multiply by the slope.")(
    lambda forward, slope, before, x, g: np.where(x < 0, g, slope(g, x))
)
own_layer.mistake("The gradient has lost its sign.")(lambda forward, slope, before, x, g: np.abs(slope(g, x)))
own_layer.mistake("The gradient is divided by the size of the batch: the loss has done that.")(
    lambda forward, slope, before, x, g: slope(g, x) / len(x)
)
own_layer.mistake("The gradient is divided by how many numbers there are: hand it on for each of them.")(
    lambda forward, slope, before, x, g: slope(g, x) / x.size
)
own_layer.mistake("The mean of the derivative is used for all numbers: each has a derivative of its own.")(
    lambda forward, slope, before, x, g: g * slope(np.ones(x.shape), x).mean()
)
own_layer.mistake("x itself is added: what is handed back is grad_out times the derivative, and no more.")(
    lambda forward, slope, before, x, g: x + slope(g, x)
)
