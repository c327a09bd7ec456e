"""Lesson 10: gradients of a neuron, two bends, a convolution and pooling, as learners might write them."""

import math

import numpy as np

from cnnlab import nn, ops


def neuron_slopes_right_1(x, w, b, y):
    z = w * x + b
    slope = max(0, z) - y if z > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_right_2(x, w, b, y):
    z = w * x + b
    if z <= 0:
        return np.zeros(3)
    return [(z - y) * x, (z - y) * w, z - y]


def neuron_slopes_right_3(x, w, b, y):
    z = np.dot([w, b], [x, 1])
    return (z > 0) * (z - y) * np.array([x, w, 1])


def _forward(x, w, b):
    z = w * x + b
    return z, np.maximum(z, 0)


def neuron_slopes_right_4(x, w, b, y):
    z, a = _forward(x, w, b)
    back = float(np.heaviside(z, 0)) * (a - y)
    return np.array([back * x, back * w, back], dtype=np.float32)


def neuron_slopes_right_5(x, w, b, y):
    u = w * x
    z = u + b
    a = z if z > 0 else 0.0
    of_a = a - y
    of_z = of_a * (1 if z > 0 else 0)
    of_u = of_z
    out = np.empty(3)
    out[0], out[1], out[2] = of_u * x, of_u * w, of_z
    return out


def neuron_slopes_right_6(x, w, b, y):
    return ops.relu_backward([max(0, w * x + b) - y], [w * x + b])[0] * np.array([x, w, 1.0])


def neuron_slopes_wrong_1(x, w, b, y):
    """The gate is open at 0."""
    z = w * x + b
    slope = z - y if z >= 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_2(x, w, b, y):
    """The order: x comes first."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope * w, slope * x, slope])


def neuron_slopes_wrong_3(x, w, b, y):
    """Without the gate."""
    slope = max(0, w * x + b) - y
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_4(x, w, b, y):
    """The sign: y less a."""
    z = w * x + b
    slope = y - z if z > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_5(x, w, b, y):
    """The half is forgotten."""
    z = w * x + b
    slope = 2 * (z - y) if z > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_6(x, w, b, y):
    """The same slope for all three."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope, slope, slope])


def neuron_slopes_wrong_7(x, w, b, y):
    """The slope of the bias is multiplied by the bias."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope * x, slope * w, slope * b])


def neuron_slopes_wrong_8(x, w, b, y):
    """The bias is forgotten on the way forward."""
    z = w * x
    slope = z - y if z > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_9(x, w, b, y):
    """The bias gets no gradient."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope * x, slope * w, 0])


def neuron_slopes_wrong_10(x, w, b, y):
    """The gate looks at the error, not at z."""
    slope = max(0, w * x + b) - y
    if slope <= 0:
        slope = 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_11(x, w, b, y):
    """The target is forgotten."""
    z = w * x + b
    slope = z if z > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_12(x, w, b, y):
    """Fractions are cut off by an array of whole numbers."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope * x, slope * w, slope], dtype=int)


def neuron_slopes_wrong_13(x, w, b, y):
    """The loss, not its derivatives."""
    return 0.5 * (max(0, w * x + b) - y) ** 2


def neuron_slopes_wrong_14(x, w, b, y):
    """Four numbers: the derivative in y, too."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope * x, slope * w, slope, -slope])


def neuron_slopes_wrong_15(x, w, b, y):
    """The gate looks at w x without the bias."""
    z = w * x + b
    slope = z - y if w * x > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_16(x, w, b, y):
    """The gate multiplies by z, not by 1."""
    z = w * x + b
    slope = (max(0, z) - y) * max(0, z)
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_17(x, w, b, y):
    """The gate shuts the weight only."""
    z = w * x + b
    slope = max(0, z) - y
    return np.array([slope * x if z > 0 else 0, slope * w, slope])


def neuron_slopes_wrong_18(x, w, b, y):
    """The order: b comes first."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope, slope * x, slope * w])


def neuron_slopes_wrong_19(x, w, b, y):
    """The new weights after a step downhill."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([w - slope * x, x - slope * w, b - slope])


def neuron_slopes_wrong_20(x, w, b, y):
    """The gate opens above 1 only."""
    z = w * x + b
    slope = z - y if z >= 1 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_21(x, w, b, y):
    """The gate is half open at 0, as nudging says."""
    z = w * x + b
    slope = float(np.heaviside(z, 0.5)) * (max(0, z) - y)
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_22(x, w, b, y):
    """The whole value is squared, not the difference."""
    z = w * x + b
    slope = z * z - y * y if z > 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_23(x, w, b, y):
    """The gate is upside down."""
    z = w * x + b
    slope = z - y if z < 0 else 0
    return np.array([slope * x, slope * w, slope])


def neuron_slopes_wrong_24(x, w, b, y):
    """Only two of the three."""
    z = w * x + b
    slope = z - y if z > 0 else 0
    return np.array([slope * x, slope])


def relu_backward_right_1(grad_out, x):
    return grad_out * (x > 0)


def relu_backward_right_2(grad_out, x):
    return np.where(x > 0, grad_out, 0)


def relu_backward_right_3(grad_out, x):
    passed = grad_out.copy()
    passed[x <= 0] = 0
    return passed


def relu_backward_right_4(grad_out, x):
    passed = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] > 0:
            passed[place] = grad_out[place]
    return passed


def relu_backward_right_5(grad_out, x):
    pairs = zip(np.ravel(grad_out).tolist(), np.ravel(x).tolist(), strict=True)
    return np.array([slope if number > 0 else 0 for slope, number in pairs]).reshape(x.shape)


def relu_backward_right_6(grad_out, x):
    return np.float32(grad_out) * np.heaviside(x, 0).astype(np.float32)


def relu_backward_wrong_1(grad_out, x):
    """The gate is open at 0."""
    return grad_out * (x >= 0)


def relu_backward_wrong_2(grad_out, x):
    """The gradient is multiplied by what went in."""
    return grad_out * np.maximum(x, 0)


def relu_backward_wrong_3(grad_out, x):
    """ReLU of the gradient."""
    return np.maximum(grad_out, 0)


def relu_backward_wrong_4(grad_out, x):
    """The gate looks at the gradient."""
    return np.where(grad_out > 0, x, 0)


def relu_backward_wrong_5(grad_out, x):
    """ReLU itself."""
    return np.maximum(x, 0)


def relu_backward_wrong_6(grad_out, x):
    """The gates alone."""
    return (x > 0).astype(float)


def relu_backward_wrong_7(grad_out, x):
    """The caller's gradient is changed."""
    grad_out[x <= 0] = 0
    return grad_out


def relu_backward_wrong_8(grad_out, x):
    """The gate is upside down."""
    return grad_out * (x <= 0)


def relu_backward_wrong_9(grad_out, x):
    """Shut at 0 only."""
    return grad_out * (x != 0)


def relu_backward_wrong_10(grad_out, x):
    """The sign of what went in, not a gate."""
    return grad_out * np.sign(x)


def relu_backward_wrong_11(grad_out, x):
    """Half open at 0."""
    return grad_out * np.heaviside(x, 0.5)


def relu_backward_wrong_12(grad_out, x):
    """Fractions are cut off by an array like x if x is whole."""
    passed = np.zeros_like(x)
    passed[x > 0] = grad_out[x > 0]
    return passed


def relu_backward_wrong_13(grad_out, x):
    """One gate for all."""
    return grad_out if x.sum() > 0 else np.zeros_like(grad_out)


def relu_backward_wrong_14(grad_out, x):
    """Open from 1 on."""
    return grad_out * (x >= 1)


def relu_backward_wrong_15(grad_out, x):
    """The slopes that pass, without the zeros."""
    return grad_out[x > 0]


def relu_backward_wrong_16(grad_out, x):
    """A little leaks through."""
    return np.where(x > 0, grad_out, 0.01 * grad_out)


def relu_backward_wrong_17(grad_out, x):
    """Divides by what went in, which is 0 at 0."""
    return grad_out * np.maximum(x, 0) / x


def relu_backward_wrong_18(grad_out, x):
    """Two gates: the gradient must be positive, too."""
    return np.maximum(grad_out, 0) * (x > 0)


def relu_backward_wrong_19(grad_out, x):
    """The derivative is clipped, not a gate: between 0 and 1 it grows with x."""
    return grad_out * np.clip(x, 0, 1)


def relu_backward_wrong_20(grad_out, x):
    """The gradient passes everywhere."""
    return grad_out


def relu_backward_wrong_21(grad_out, x):
    """The size of the gradient."""
    return np.abs(grad_out) * (x > 0)


def relu_backward_wrong_22(grad_out, x):
    """The first row only."""
    passed = np.zeros_like(grad_out)
    passed[0] = grad_out[0] * (x[0] > 0)
    return passed


def swish_backward_right_1(grad_out, x):
    s = ops.sigmoid(x)
    return grad_out * (s + x * s * (1 - s))


def swish_backward_right_2(grad_out, x):
    s = 0.5 * (1 + np.tanh(0.5 * x))
    swish = x * s
    return grad_out * (swish + s * (1 - swish))


def swish_backward_right_3(grad_out, x):
    first = grad_out * ops.sigmoid(x)
    second = grad_out * x * ops.sigmoid(x) * ops.sigmoid(-x)
    return first + second


def swish_backward_right_4(grad_out, x):
    out = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        s = float(ops.sigmoid(x[place]))
        out[place] = grad_out[place] * s * (1 + x[place] * (1 - s))
    return out


def swish_backward_right_5(grad_out, x):
    with np.errstate(over="ignore"):
        s = 1 / (1 + np.exp(-x))
    return grad_out * s + grad_out * x * (s - s**2)


def swish_backward_right_6(grad_out, x):
    small = np.clip(x, -100, 100)
    powers = np.exp(-small)
    inside = (1 + powers + small * powers) / (1 + powers) ** 2
    return np.where(np.abs(x) > 100, grad_out * (x > 0), grad_out * inside).astype(np.float32)


def swish_backward_right_7(grad_out, x):
    power = np.exp(-np.abs(x))
    s = np.where(x >= 0, 1, power) / (1 + power)
    return np.multiply(grad_out, s + x * power / (1 + power) ** 2)


def swish_backward_wrong_1(grad_out, x):
    """Only the path through the factor x."""
    return grad_out * ops.sigmoid(x)


def swish_backward_wrong_2(grad_out, x):
    """Only the path through the sigmoid."""
    s = ops.sigmoid(x)
    return grad_out * x * s * (1 - s)


def swish_backward_wrong_3(grad_out, x):
    """The gradient that arrives is forgotten."""
    s = ops.sigmoid(x)
    return s + x * s * (1 - s)


def swish_backward_wrong_4(grad_out, x):
    """The sigmoid's derivative only."""
    s = ops.sigmoid(x)
    return grad_out * s * (1 - s)


def swish_backward_wrong_5(grad_out, x):
    """The power of a large number is more than the computer can hold."""
    s = np.exp(x) / (1 + np.exp(x))
    return grad_out * (s + x * s * (1 - s))


def swish_backward_wrong_6(grad_out, x):
    """Not a number far below 0."""
    power = np.exp(-x)
    return grad_out * (1 / (1 + power) + x * power / (1 + power) ** 2)


def swish_backward_wrong_7(grad_out, x):
    """The paths are multiplied, not added."""
    s = ops.sigmoid(x)
    return grad_out * s * x * s * (1 - s)


def swish_backward_wrong_8(grad_out, x):
    """The x before the sigmoid's derivative is forgotten."""
    s = ops.sigmoid(x)
    return grad_out * (s + s * (1 - s))


def swish_backward_wrong_9(grad_out, x):
    """One factor of the sigmoid's derivative is forgotten."""
    s = ops.sigmoid(x)
    return grad_out * (s + x * (1 - s))


def swish_backward_wrong_10(grad_out, x):
    """A minus between the paths."""
    s = ops.sigmoid(x)
    return grad_out * (s - x * s * (1 - s))


def swish_backward_wrong_11(grad_out, x):
    """Numbers beyond 5 are clipped."""
    x = np.clip(x, -5, 5)
    s = ops.sigmoid(x)
    return grad_out * (s + x * s * (1 - s))


def swish_backward_wrong_12(grad_out, x):
    """The caller's gradient is changed."""
    s = ops.sigmoid(x)
    grad_out *= s + x * s * (1 - s)
    return grad_out


def swish_backward_wrong_13(grad_out, x):
    """The gradient is put through swish."""
    return grad_out * ops.sigmoid(grad_out)


def swish_backward_wrong_14(grad_out, x):
    """The result of the forward pass, times the gradient."""
    return grad_out * x * ops.sigmoid(x)


def swish_backward_wrong_15(grad_out, x):
    """Fractions are cut off by an array like x if x is whole."""
    out = np.zeros_like(x)
    s = ops.sigmoid(x)
    out[...] = grad_out * (s + x * s * (1 - s))
    return out


def swish_backward_wrong_16(grad_out, x):
    """The gradient multiplies the first path only."""
    s = ops.sigmoid(x)
    return grad_out * s + x * s * (1 - s)


def swish_backward_wrong_17(grad_out, x):
    """What is not a number is made 0, so that large numbers pass nothing."""
    with np.errstate(all="ignore"):
        s = np.exp(x) / (1 + np.exp(x))
        return np.nan_to_num(grad_out * (s + x * s * (1 - s)))


def swish_backward_wrong_18(grad_out, x):
    """The sigmoid's derivative is taken at the sigmoid: twice."""
    s = ops.sigmoid(x)
    again = ops.sigmoid(s)
    return grad_out * (s + x * again * (1 - again))


def swish_backward_wrong_19(grad_out, x):
    """ReLU's gate."""
    return grad_out * (x > 0)


def swish_backward_wrong_20(grad_out, x):
    """The mean of the two paths, not the sum."""
    s = ops.sigmoid(x)
    return grad_out * (s + x * s * (1 - s)) / 2


def swish_backward_wrong_21(grad_out, x):
    """The gradient that arrives is squared: it is multiplied in twice on the second path."""
    s = ops.sigmoid(x)
    return grad_out * (s + grad_out * x * s * (1 - s))


def swish_backward_wrong_22(grad_out, x):
    """Passes everything far from 0, on the left side, too."""
    s = ops.sigmoid(x)
    return np.where(np.abs(x) > 500, grad_out, grad_out * (s + x * s * (1 - s)))


def swish_backward_wrong_23(grad_out, x):
    """The sum of all."""
    s = ops.sigmoid(x)
    return np.sum(grad_out * (s + x * s * (1 - s)))


def swish_backward_wrong_24(grad_out, x):
    """The sigmoid with a wrong sign, turned around."""
    s = ops.sigmoid(-x)
    return grad_out * (s + x * s * (1 - s))


def swish_backward_wrong_25(grad_out, x):
    """Nothing passes where x is 0, as if it were a gate."""
    s = ops.sigmoid(x)
    return np.where(x == 0, 0, grad_out * (s + x * s * (1 - s)))


def swish_backward_wrong_26(grad_out, x):
    """The sigmoid's derivative with a plus."""
    s = ops.sigmoid(x)
    return grad_out * (s + x * s * (1 + s))


def swish_backward_wrong_27(grad_out, x):
    """Rounded to two decimals."""
    s = ops.sigmoid(x)
    return np.round(grad_out * (s + x * s * (1 - s)), 2)


def grad_weight_right_1(grad_out, x, size):
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total += grad_out[i, j] * x[i : i + size, j : j + size]
    return total


def grad_weight_right_2(grad_out, x, size):
    height, width = np.shape(grad_out)
    return np.array(
        [[np.sum(grad_out * x[a : a + height, b : b + width]) for b in range(size)] for a in range(size)]
    )


def grad_weight_right_3(grad_out, x, size):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size))
    return np.einsum("ij,ijab->ab", grad_out, windows)


def grad_weight_right_4(grad_out, x, size):
    rows = []
    for a in range(size):
        row = []
        for b in range(size):
            total = 0.0
            for i in range(len(grad_out)):
                for j in range(len(grad_out[0])):
                    total += float(grad_out[i][j]) * float(x[i + a][j + b])
            row.append(total)
        rows.append(row)
    return rows


def _patches(x, size):
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    return np.array([x[i : i + size, j : j + size] for i in range(height) for j in range(width)])


def grad_weight_right_5(grad_out, x, size):
    return np.tensordot(grad_out.ravel(), _patches(x, size), axes=1).astype(np.float32)


def grad_weight_wrong_1(grad_out, x, size):
    """Transposed."""
    return grad_weight_right_1(grad_out, x, size).T


def grad_weight_wrong_2(grad_out, x, size):
    """Turned by 180°, as in a true convolution."""
    return grad_weight_right_1(grad_out, x, size)[::-1, ::-1]


def grad_weight_wrong_3(grad_out, x, size):
    """The mean over the places, not the sum."""
    return grad_weight_right_1(grad_out, x, size) / grad_out.size


def grad_weight_wrong_4(grad_out, x, size):
    """The last place alone: the products are not added up."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total = grad_out[i, j] * x[i : i + size, j : j + size]
    return total


def grad_weight_wrong_5(grad_out, x, size):
    """As many columns as rows, whatever the width."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(min(grad_out.shape)):
            total += grad_out[i, j] * x[i : i + size, j : j + size]
    return total


def grad_weight_wrong_6(grad_out, x, size):
    """The gradient that arrives is forgotten."""
    return grad_weight_right_1(np.ones_like(grad_out), x, size)


def grad_weight_wrong_7(grad_out, x, size):
    """The first place only."""
    return grad_out[0, 0] * x[:size, :size]


def grad_weight_wrong_8(grad_out, x, size):
    """The last row and the last column of places are left out."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0] - 1):
        for j in range(grad_out.shape[1] - 1):
            total += grad_out[i, j] * x[i : i + size, j : j + size]
    return total


def grad_weight_wrong_9(grad_out, x, size):
    """Fractions are cut off by an array like x if x is whole."""
    total = np.zeros_like(x[:size, :size])
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total = total + (grad_out[i, j] * x[i : i + size, j : j + size]).astype(x.dtype)
    return total


def grad_weight_wrong_10(grad_out, x, size):
    """The indexes of the gradient are swapped."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total += grad_out[j % grad_out.shape[0], i % grad_out.shape[1]] * x[i : i + size, j : j + size]
    return total


def grad_weight_wrong_11(grad_out, x, size):
    """The window moves by its whole size."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            patch = x[i * size : (i + 1) * size, j * size : (j + 1) * size]
            if patch.shape == total.shape:
                total += grad_out[i, j] * patch
    return total


def grad_weight_wrong_12(grad_out, x, size):
    """The size is always 3."""
    return grad_weight_right_1(grad_out[: len(x) - 2, : len(x[0]) - 2], x, 3)


def grad_weight_wrong_13(grad_out, x, size):
    """One list, not a table."""
    return grad_weight_right_1(grad_out, x, size).ravel()


def grad_weight_wrong_14(grad_out, x, size):
    """The sum of the products, one number for all weights."""
    return grad_weight_right_1(grad_out, x, size).sum()


def grad_weight_wrong_15(grad_out, x, size):
    """grad_x of a filter of ones: where the window lies, not what it sees."""
    back = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            back[i : i + size, j : j + size] += grad_out[i, j]
    return back


def grad_weight_wrong_16(grad_out, x, size):
    """The sizes of the products, without signs."""
    return grad_weight_right_1(np.abs(grad_out), np.abs(x), size)


def grad_weight_wrong_17(grad_out, x, size):
    """The minus of a step downhill is in it already."""
    return -grad_weight_right_1(grad_out, x, size)


def grad_weight_wrong_18(grad_out, x, size):
    """The patches of a turned gradient: the last number meets the first patch."""
    return grad_weight_right_1(grad_out[::-1, ::-1], x, size)


def grad_weight_wrong_19(grad_out, x, size):
    """Negative products are lost, as if there were a gate."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total += np.maximum(0, grad_out[i, j] * x[i : i + size, j : j + size])
    return total


def grad_weight_wrong_20(grad_out, x, size):
    """Pixel and gradient are added, not multiplied."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total += grad_out[i, j] + x[i : i + size, j : j + size]
    return total


def grad_weight_wrong_21(grad_out, x, size):
    """Divided by the number of weights, as a normalized filter would."""
    return grad_weight_right_1(grad_out, x, size) / size**2


def grad_weight_wrong_22(grad_out, x, size):
    """Returns in the loop, after the first row of places."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total += grad_out[i, j] * x[i : i + size, j : j + size]
        return total


def grad_weight_wrong_23(grad_out, x, size):
    """The caller's image is multiplied in place."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            patch = x[i : i + size, j : j + size]
            patch *= grad_out[i, j]
            total += patch
    return total


def grad_weight_wrong_24(grad_out, x, size):
    """The middle of the patch only, for all weights."""
    total = np.zeros((size, size))
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            total += grad_out[i, j] * x[i + size // 2, j + size // 2]
    return total


def pool_backward_right_1(grad_out, x):
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            place = np.argmax(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
            out[2 * i + place // 2, 2 * j + place % 2] = grad_out[i, j]
    return out


def pool_backward_right_2(grad_out, x):
    height, width = len(x), len(x[0])
    out = [[0.0] * width for _ in range(height)]
    for i in range(0, height, 2):
        for j in range(0, width, 2):
            best = (i, j)
            for a, b in ((i, j + 1), (i + 1, j), (i + 1, j + 1)):
                if x[a][b] > x[best[0]][best[1]]:
                    best = a, b
            out[best[0]][best[1]] = float(grad_out[i // 2][j // 2])
    return out


def pool_backward_right_3(grad_out, x):
    height, width = x.shape
    blocks = x.reshape(height // 2, 2, width // 2, 2).transpose(0, 2, 1, 3).reshape(-1, 4)
    out = np.zeros(blocks.shape)
    out[np.arange(len(blocks)), blocks.argmax(axis=1)] = grad_out.ravel()
    return out.reshape(height // 2, width // 2, 2, 2).transpose(0, 2, 1, 3).reshape(height, width)


def pool_backward_right_4(grad_out, x):
    a, b, c, d = x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]
    largest = np.maximum(np.maximum(a, b), np.maximum(c, d))
    out = np.zeros(x.shape, dtype=np.float32)
    left = np.ones(largest.shape, dtype=bool)
    for cells, of in ((a, out[::2, ::2]), (b, out[::2, 1::2]), (c, out[1::2, ::2]), (d, out[1::2, 1::2])):
        won = left & (cells == largest)
        of[won] = grad_out[won]
        left &= ~won
    return out


def _winner(window):
    for i, row in enumerate(window):
        for j, number in enumerate(row):
            if number == window.max():
                return i, j


def pool_backward_right_5(grad_out, x):
    out = 0.0 * x
    for (i, j), slope in np.ndenumerate(grad_out):
        a, b = _winner(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
        out[2 * i + a, 2 * j + b] += slope
    return out


def _pool_backward(grad_out, x, pick):
    """Give each window's number to the cells that `pick` names."""
    out = np.zeros(x.shape)
    for i in range(x.shape[0] // 2):
        for j in range(x.shape[1] // 2):
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            out[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = grad_out[i, j] * pick(window)
    return out


def pool_backward_wrong_1(grad_out, x):
    """All of several largest numbers get it."""
    return _pool_backward(grad_out, x, lambda window: window == window.max())


def pool_backward_wrong_2(grad_out, x):
    """Of several largest numbers the last one gets it."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel()
            place = 3 - np.argmax(window[::-1])
            out[2 * i + place // 2, 2 * j + place % 2] = grad_out[i, j]
    return out


def pool_backward_wrong_3(grad_out, x):
    """Several largest numbers share it."""
    return _pool_backward(
        grad_out, x, lambda window: (window == window.max()) / np.sum(window == window.max())
    )


def pool_backward_wrong_4(grad_out, x):
    """Of several largest numbers the first one column by column gets it."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            place = np.argmax(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].T)
            out[2 * i + place % 2, 2 * j + place // 2] = grad_out[i, j]
    return out


def pool_backward_wrong_5(grad_out, x):
    """Each cell gets a quarter, as with average-pooling."""
    return np.repeat(np.repeat(grad_out, 2, axis=0), 2, axis=1) / 4


def pool_backward_wrong_6(grad_out, x):
    """Each cell gets the whole."""
    return np.kron(grad_out, np.ones((2, 2)))


def pool_backward_wrong_7(grad_out, x):
    """The largest in size wins."""
    return pool_backward_right_1(grad_out, np.abs(x))


def pool_backward_wrong_8(grad_out, x):
    """The winner gets itself times the gradient."""
    return pool_backward_right_1(grad_out, x) * x


def pool_backward_wrong_9(grad_out, x):
    """The winner gets itself."""
    return np.where(pool_backward_right_1(np.ones_like(grad_out), x) == 1, x, 0)


def pool_backward_wrong_10(grad_out, x):
    """The winner gets 1."""
    return pool_backward_right_1(np.ones_like(grad_out), x)


def pool_backward_wrong_11(grad_out, x):
    """Fractions are cut off by an array like x if x is whole."""
    out = np.zeros_like(x)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            place = np.argmax(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
            out[2 * i + place // 2, 2 * j + place % 2] = grad_out[i, j]
    return out


def pool_backward_wrong_12(grad_out, x):
    """The search for the largest starts at 0: windows without a positive number have no winner."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            best, place = 0, None
            for a in range(2 * i, 2 * i + 2):
                for b in range(2 * j, 2 * j + 2):
                    if x[a, b] > best:
                        best, place = x[a, b], (a, b)
            if place:
                out[place] = grad_out[i, j]
    return out


def pool_backward_wrong_13(grad_out, x):
    """The search for the largest starts at −100: what is lower cannot win."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            best, place = -100, None
            for a in range(2 * i, 2 * i + 2):
                for b in range(2 * j, 2 * j + 2):
                    if x[a, b] > best:
                        best, place = x[a, b], (a, b)
            if place:
                out[place] = grad_out[i, j]
    return out


def pool_backward_wrong_14(grad_out, x):
    """One winner in the whole image."""
    out = np.zeros(x.shape)
    place = np.unravel_index(x.argmax(), x.shape)
    out[place] = grad_out[place[0] // 2, place[1] // 2]
    return out


def pool_backward_wrong_15(grad_out, x):
    """The smallest wins."""
    return pool_backward_right_1(grad_out, -x)


def pool_backward_wrong_16(grad_out, x):
    """The place within the window is transposed."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            place = np.argmax(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
            out[2 * i + place % 2, 2 * j + place // 2] = grad_out[i, j]
    return out


def pool_backward_wrong_17(grad_out, x):
    """As many columns of windows as rows."""
    out = np.zeros(x.shape)
    for i in range(len(grad_out)):
        for j in range(min(grad_out.shape)):
            place = np.argmax(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
            out[2 * i + place // 2, 2 * j + place % 2] = grad_out[i, j]
    return out


def pool_backward_wrong_18(grad_out, x):
    """Negative gradients are lost."""
    return pool_backward_right_1(np.maximum(grad_out, 0), x)


def pool_backward_wrong_19(grad_out, x):
    """The winner must be positive, too, as if ReLU came first."""
    return pool_backward_right_1(grad_out, x) * (x > 0)


def pool_backward_wrong_20(grad_out, x):
    """Each row of a window has a winner."""
    return _pool_backward(grad_out, x, lambda window: window == window.max(axis=1, keepdims=True))


def pool_backward_wrong_21(grad_out, x):
    """The upper left cell gets it, whoever wins."""
    out = np.zeros(x.shape)
    out[::2, ::2] = grad_out
    return out


def pool_backward_wrong_22(grad_out, x):
    """The windows overlap: they move by 1."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            place = np.argmax(x[i : i + 2, j : j + 2])
            out[i + place // 2, j + place % 2] += grad_out[i, j]
    return out


def pool_backward_wrong_23(grad_out, x):
    """The gradient is added to the image."""
    return x + pool_backward_right_1(grad_out, x)


def pool_backward_wrong_24(grad_out, x):
    """The winners are marked in the caller's image."""
    back = pool_backward_right_1(grad_out, x)
    x[...] = back
    return x


def pool_backward_wrong_25(grad_out, x):
    """The pooled image, not the gradient."""
    return x.reshape(len(x) // 2, 2, -1, 2).max(axis=(1, 3))


def pool_backward_wrong_26(grad_out, x):
    """The last window of each row is forgotten."""
    back = pool_backward_right_1(grad_out, x)
    back[:, -2:] = 0
    return back


def pool_backward_wrong_27(grad_out, x):
    """Cells that equal the largest of any window get its gradient."""
    out = np.zeros(x.shape)
    for i in range(grad_out.shape[0]):
        for j in range(grad_out.shape[1]):
            out[x == x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()] = grad_out[i, j]
    return out


# --- own_layer: classes, as learners invent them ------------------------------------------------------------


class own_layer_right_1(nn.Layer):
    """The square."""

    def forward(self, x, training=False):
        self.x = x
        return x**2

    def backward(self, grad_out):
        return 2 * self.x * grad_out


class own_layer_right_2(nn.Layer):
    """A wave, number by number with loops."""

    def forward(self, x, training=False):
        self.x = x.copy()
        out = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            out[index] = math.sin(x[index])
        return out

    def backward(self, grad_out):
        grad_x = np.zeros(grad_out.shape)
        for index in np.ndindex(grad_out.shape):
            grad_x[index] = grad_out[index] * math.cos(self.x[index])
        return grad_x


class own_layer_right_3(nn.Layer):
    """ELU: remembers the slope itself, and not x."""

    def forward(self, x, training=False):
        out = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
        self.slope = np.where(x > 0, 1.0, out + 1)
        return out

    def backward(self, grad_out):
        return np.multiply(grad_out, self.slope)


class own_layer_right_4(nn.Layer):
    """ReLU that ends at 1."""

    def __init__(self, limit=1.0):
        super().__init__()
        self.limit = limit

    def forward(self, x, training=False):
        self.inside = (x > 0) & (x < self.limit)
        return np.clip(x, 0, self.limit)

    def backward(self, grad_out):
        return np.where(self.inside, grad_out, 0)


class own_layer_right_5(nn.Layer):
    """The derivative by the result: for the bell, −2x times what came out."""

    def forward(self, x, training=False):
        self.x, self.out = x, np.exp(-x * x)
        return self.out

    def backward(self, grad_out):
        return np.einsum("...,...,...->...", grad_out, -2 * self.x, self.out)


class own_layer_right_6(nn.Layer):
    """Each row is divided by the sum of its sizes and one: no number stands alone."""

    def forward(self, x, training=False):
        self.x, self.total = x, 1 + abs(x).sum(axis=-1, keepdims=True)
        return x / self.total

    def backward(self, grad_out):
        inner = (grad_out * self.x).sum(axis=-1, keepdims=True)
        return grad_out / self.total - np.sign(self.x) * inner / self.total**2


class _Sine(nn.Layer):
    """A wave, to be wrong on the way back."""

    def forward(self, x, training=False):
        self.x, self.out = x, np.sin(x)
        return self.out


class own_layer_wrong_1(_Sine):
    """Forgets grad_out."""

    def backward(self, grad_out):
        return np.cos(self.x)


class own_layer_wrong_2(_Sine):
    """Takes the derivative at what came out."""

    def backward(self, grad_out):
        return grad_out * np.cos(self.out)


class own_layer_wrong_3(_Sine):
    """Hands on what arrives."""

    def backward(self, grad_out):
        return grad_out


class own_layer_wrong_4(_Sine):
    """Has the sign of the derivative wrong."""

    def backward(self, grad_out):
        return -grad_out * np.cos(self.x)


class own_layer_wrong_5(_Sine):
    """Takes the derivative of what arrives."""

    def backward(self, grad_out):
        return self.x * np.cos(grad_out)


class own_layer_wrong_6(_Sine):
    """Multiplies by the layer itself and not by its derivative."""

    def backward(self, grad_out):
        return grad_out * self.out


class own_layer_wrong_7(_Sine):
    """Adds instead of multiplying."""

    def backward(self, grad_out):
        return grad_out + np.cos(self.x)


class own_layer_wrong_8(nn.Layer):
    """Remembers only the first batch."""

    seen = None

    def forward(self, x, training=False):
        if self.seen is None:
            self.seen = x
        return x**2

    def backward(self, grad_out):
        return 2 * self.seen * grad_out


class own_layer_wrong_9(nn.Layer):
    """Forgets the 2 of the square."""

    def forward(self, x, training=False):
        self.x = x
        return x**2

    def backward(self, grad_out):
        return self.x * grad_out


class own_layer_wrong_10(nn.Layer):
    """The gate of ReLU behind another function."""

    def forward(self, x, training=False):
        self.x = x
        return np.where(x > 0, x, x / 4)

    def backward(self, grad_out):
        return grad_out * (self.x > 0)


class own_layer_wrong_11(nn.Layer):
    """The mean over the batch."""

    def forward(self, x, training=False):
        self.x = x
        return np.tanh(x) ** 2

    def backward(self, grad_out):
        return 2 * np.tanh(self.x) * (1 - np.tanh(self.x) ** 2) * grad_out / len(grad_out)


class own_layer_wrong_12(nn.Layer):
    """ReLU under another name."""

    def forward(self, x, training=False):
        self.x = x
        return x * (x > 0)

    def backward(self, grad_out):
        return grad_out * (self.x > 0)


class own_layer_wrong_13(nn.Layer):
    """A straight line."""

    def forward(self, x, training=False):
        return 0.5 * x + 1

    def backward(self, grad_out):
        return 0.5 * grad_out


class own_layer_wrong_14(nn.Layer):
    """Rounds: nothing flows back."""

    def forward(self, x, training=False):
        return np.round(x)

    def backward(self, grad_out):
        return np.zeros(grad_out.shape)


class own_layer_wrong_15(nn.Layer):
    """Says that rounding has the derivative 1."""

    def forward(self, x, training=False):
        return np.round(x)

    def backward(self, grad_out):
        return grad_out


class own_layer_wrong_16(nn.Layer):
    """Never remembers x."""

    def forward(self, x, training=False):
        return x**3

    def backward(self, grad_out):
        return 3 * self.x**2 * grad_out


class own_layer_wrong_17(nn.Layer):
    """Works on its input, not on a copy."""

    def forward(self, x, training=False):
        self.x = x.copy()
        x[x < 0] *= -0.5
        return x

    def backward(self, grad_out):
        return np.where(self.x < 0, -0.5, 1) * grad_out


class own_layer_wrong_18(nn.Layer):
    """The logarithm, which has no value below 0."""

    def forward(self, x, training=False):
        self.x = x
        return np.log(x)

    def backward(self, grad_out):
        return grad_out / self.x


def own_layer_wrong_19(x):
    """A function, and no class."""
    return x**2


class own_layer_wrong_20(nn.Layer):
    """The derivative of the power rule with the power left alone."""

    def forward(self, x, training=False):
        self.x = x
        return x**3

    def backward(self, grad_out):
        return 3 * self.x**3 * grad_out
