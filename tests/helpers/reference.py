"""What the tests of ``cnnlab.ops`` compare with, and the random arrays and options they have in common.

The references are slow and plain. They are written from PyTorch's documentation of ``Conv2d``, ``MaxPool2d``
and ``AvgPool2d``, one pixel at a time, and share no code with the package.
"""

import itertools
import math

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from cnnlab import ops

settings.register_profile("untimed", settings(), deadline=None, max_examples=200)
settings.load_profile("untimed")


def assert_close(actual, expected, dtype=np.float64):
    """Raise unless ``actual`` equals ``expected`` up to rounding, in shape and in ``dtype`` exactly."""
    tolerance = 64 * np.finfo(dtype).eps
    expected = np.asarray(expected).astype(dtype)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance, strict=True)


# --- The worked example: a 9×9 X, three filters, and what comes out, in ninths ------------------------------


def _grids(text):
    """Return the grids of integers that stand side by side in ``text``, separated by ``|``."""
    lines = [[grid.split() for grid in line.split("|")] for line in text.strip().splitlines()]
    return np.array(lines, dtype=int).swapaxes(0, 1)


X = np.array([[1 if i in (j, 8 - j) and 0 < i < 8 else -1 for j in range(9)] for i in range(9)])
FILTERS = _grids("""
     1 -1 -1 |  1 -1  1 | -1 -1  1
    -1  1 -1 | -1  1 -1 | -1  1 -1
    -1 -1  1 |  1 -1  1 |  1 -1 -1
""")
NINTHS = _grids("""
     7 -1  1  3  5 -1  3 |  3 -5  1 -1  1 -5  3 |  3 -1  5  3  1 -1  7
    -1  9 -1  3 -1  1 -1 | -5  5 -5  3 -5  5 -5 | -1  1 -1  3 -1  9 -1
     1 -1  9 -3  1 -1  5 |  1 -5  5 -7  5 -5  1 |  5 -1  1 -3  9 -1  1
     3  3 -3  5 -3  3  3 | -1  3 -7  9 -7  3 -1 |  3  3 -3  5 -3  3  3
     5 -1  1 -3  9 -1  1 |  1 -5  5 -7  5 -5  1 |  1 -1  9 -3  1 -1  5
    -1  1 -1  3 -1  9 -1 | -5  5 -5  3 -5  5 -5 | -1  9 -1  3 -1  1 -1
     3 -1  5  3  1 -1  7 |  3 -5  1 -1  1 -5  3 |  7 -1  1  3  5 -1  3
""")
NINTHS_POOLED = _grids("""
    9 3 5 3 | 5 3 5 3 | 3 5 9 7
    3 9 3 5 | 3 9 5 1 | 5 5 9 3
    5 3 9 1 | 5 5 5 1 | 9 9 1 5
    3 5 1 7 | 3 1 1 3 | 7 3 5 3
""")
NINTHS_POOLED_TWICE = _grids("""
    9 5 | 9 5 | 5 9
    5 9 | 5 5 | 9 5
""")


# --- References ---------------------------------------------------------------------------------------------


def both(option):
    """Return an option given for one or for both axes as a pair."""
    return option if isinstance(option, tuple) else (option, option)


def extents(kernel, dilation):
    """Return how many rows and columns a window spans from its first pixel to its last."""
    return tuple(d * (k - 1) + 1 for k, d in zip(both(kernel), both(dilation), strict=True))


def ends(padding, kernel, dilation):
    """Return any spelling of padding as ((top, bottom), (left, right))."""
    if padding == "same":
        return tuple(((extent - 1) // 2, extent // 2) for extent in extents(kernel, dilation))
    return tuple(both(axis) for axis in both(0 if padding == "valid" else padding))


def positions(size, kernel, stride, padding, dilation, ceil_mode=False):
    """Return the pixels of each place of a window along one axis; what is not in 0 … size − 1 is padding."""
    before, after = padding
    rounded = math.ceil if ceil_mode else math.floor
    places = rounded((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1
    starts = [place * stride - before for place in range(places)]
    if ceil_mode:  # "sliding windows that would start in the right padded region are ignored"
        starts = [start for start in starts if start < size]
    return [[start + tap * dilation for tap in range(kernel)] for start in starts]


def on_each_map(function, x, window, stride, padding, dilation, ceil_mode=False):
    """Apply ``function(image, cells)`` to each image of ``x`` and each place of the window."""
    axes = (x.shape[-2:], both(window), both(stride), ends(padding, window, dilation), both(dilation))
    rows, columns = (positions(*axis, ceil_mode) for axis in zip(*axes, strict=True))
    images = x.reshape(-1, *x.shape[-2:]).astype(np.float64)

    def one_map(image):
        return [[function(image, list(itertools.product(r, c))) for c in columns] for r in rows]

    out = np.array([one_map(image) for image in images])
    return out.reshape(x.shape[:-2] + out.shape[1:])


def inside(cell, shape):
    return 0 <= cell[0] < shape[0] and 0 <= cell[1] < shape[1]


def correlate2d(image, kernel, *, stride=1, padding=0, dilation=1):
    def weighted_sum(image, cells):
        pairs = zip(cells, kernel.flat, strict=True)
        return sum(image[cell] * weight for cell, weight in pairs if inside(cell, image.shape))

    return on_each_map(weighted_sum, image, kernel.shape, stride, padding, dilation)


def conv2d(x, weight, bias=None, *, groups=1, **options):
    if bias is None:
        bias = np.zeros(len(weight))
    if groups > 1:  # "equivalent to having two conv layers side by side", concatenated
        split = zip(np.split(x, groups, 1), np.split(weight, groups), np.split(bias, groups), strict=True)
        return np.concatenate([conv2d(*part, **options) for part in split], axis=1)

    def one_map(image, kernels, b):
        return sum(correlate2d(c, k, **options) for c, k in zip(image, kernels, strict=True)) + b

    return np.array([[one_map(image, *f) for f in zip(weight, bias, strict=True)] for image in x])


def conv_transpose2d(x, weight, bias=None, *, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Each number scatters its kernel over maps that nothing is cut from yet, and what overlaps adds up."""
    axes = x.shape[2:], weight.shape[2:], both(stride), both(padding), both(output_padding), both(dilation)
    size = [(n - 1) * s + d * (k - 1) + 1 + more for n, k, s, _, more, d in zip(*axes, strict=True)]
    out = np.zeros((len(x), weight.shape[1] * groups, *size))
    (sh, sw), (dh, dw) = both(stride), both(dilation)
    for image, c, i, j in np.ndindex(x.shape):
        first = c // (x.shape[1] // groups) * weight.shape[1]
        for f, m, n in np.ndindex(weight.shape[1:]):
            to = image, first + f, i * sh + m * dh, j * sw + n * dw
            out[to] += float(x[image, c, i, j]) * float(weight[c, f, m, n])
    (top, left), (bottom, right) = both(padding), (n - p for n, p in zip(size, both(padding), strict=True))
    out = out[:, :, top:bottom, left:right]
    return out if bias is None else out + bias[:, None, None]


def max_pool2d(x, window, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    def largest(image, cells):
        return max((image[cell] for cell in cells if inside(cell, image.shape)), default=-math.inf)

    return on_each_map(largest, x, window, stride or window, padding, dilation, ceil_mode)


def avg_pool2d(x, window, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (_, bottom), (_, right) = ends(padding, window, 1)

    def mean(image, cells):
        seen = [image[cell] for cell in cells if inside(cell, image.shape)]
        height, width = image.shape[0] + bottom, image.shape[1] + right
        padded = [cell for cell in cells if cell[0] < height and cell[1] < width]
        return sum(seen) / len(padded if count_include_pad else seen)

    return on_each_map(mean, x, window, stride or window, padding, 1, ceil_mode)


# --- References for backward passes: each place adds to the cells and weights that made its number ----------


def conv2d_backward(grad_out, x, weight, *, stride=1, padding=0, dilation=1, groups=1):
    kernel = weight.shape[2:]
    axes = (x.shape[2:], kernel, both(stride), ends(padding, kernel, dilation), both(dilation))
    rows, columns = (positions(*axis) for axis in zip(*axes, strict=True))
    grad_x, grad_weight = np.zeros(x.shape), np.zeros(weight.shape)
    for image, f, i, j in np.ndindex(grad_out.shape):
        g = float(grad_out[image, f, i, j])
        for c, m, n in np.ndindex(weight.shape[1:]):
            channel = f // (len(weight) // groups) * weight.shape[1] + c
            cell = rows[i][m], columns[j][n]
            if inside(cell, x.shape[2:]):
                grad_x[(image, channel, *cell)] += g * weight[f, c, m, n]
                grad_weight[f, c, m, n] += g * x[(image, channel, *cell)]
    return grad_x, grad_weight, grad_out.sum(axis=(0, 2, 3), dtype=float)


def correlate2d_backward(grad_out, image, kernel, **options):
    arrays = (array[None, None] for array in (grad_out, image, kernel))
    grad_x, grad_weight, _ = conv2d_backward(*arrays, **options)
    return grad_x[0, 0], grad_weight[0, 0]


def pool_backward(share, grad_out, x, window, stride, padding, dilation, ceil_mode):
    """Add ``share(image, cells, gradient)``, pairs of cells and numbers, up over all places."""
    axes = (x.shape[-2:], both(window), both(stride), ends(padding, window, dilation), both(dilation))
    rows, columns = (positions(*axis, ceil_mode) for axis in zip(*axes, strict=True))
    images, grad_x = x.reshape(-1, *x.shape[-2:]), np.zeros(x.shape).reshape(-1, *x.shape[-2:])
    for image, grad_image, grad in zip(
        images, grad_x, grad_out.reshape(len(images), *grad_out.shape[-2:]), strict=True
    ):
        for i, j in np.ndindex(grad.shape):
            cells = [cell for cell in itertools.product(rows[i], columns[j])]
            for cell, number in share(image, cells, float(grad[i, j])):
                grad_image[cell] += number
    return grad_x.reshape(x.shape)


def max_pool2d_backward(grad_out, x, window, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    def to_the_first_largest(image, cells, gradient):
        seen = [cell for cell in cells if inside(cell, image.shape)]
        return [(max(seen, key=lambda cell: image[cell]), gradient)] if seen else []

    return pool_backward(
        to_the_first_largest, grad_out, x, window, stride or window, padding, dilation, ceil_mode
    )


def avg_pool2d_backward(
    grad_out, x, window, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    (_, bottom), (_, right) = ends(padding, window, 1)

    def to_all(image, cells, gradient):
        seen = [cell for cell in cells if inside(cell, image.shape)]
        height, width = image.shape[0] + bottom, image.shape[1] + right
        padded = [cell for cell in cells if cell[0] < height and cell[1] < width]
        count = len(padded if count_include_pad else seen)
        return [(cell, gradient / count) for cell in seen]

    return pool_backward(to_all, grad_out, x, window, stride or window, padding, 1, ceil_mode)


def numeric_gradient(loss, x, step=1e-5):
    """Move each number of ``x`` up and down in turn, and see how the loss, one number, changes."""
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[index] = step
        gradient[index] = (loss(x + nudge) - loss(x - nudge)) / (2 * step)
    return gradient


# --- Random arrays and options ------------------------------------------------------------------------------

dtypes = st.sampled_from([np.float32, np.float64])


def arrays(shape, dtype=np.float64, scale=1):
    """Random multiples of 1/4 up to ±5: their products and sums are exact, in float32 too."""

    def draw(seed):
        return (scale * np.random.default_rng(seed).integers(-20, 21, shape) / 4).astype(dtype)

    return st.integers(0, 2**32 - 1).map(draw)


def one_or_pair(low, high):
    return st.integers(low, high) | st.tuples(st.integers(low, high), st.integers(low, high))


def paddings(largest):
    """Return every spelling of padding, up to ``largest`` (rows, columns)."""
    rows, columns = (st.integers(0, most) for most in largest)
    return (
        st.sampled_from(["same", "valid"])
        | st.integers(0, min(largest))
        | st.tuples(rows, columns)
        | st.tuples(st.tuples(rows, rows), st.tuples(columns, columns))
    )


@st.composite
def sliding_windows(draw, pooling=False, dilated=True):
    """Return an image's (H, W), a window that fits, and options in each of their spellings."""
    window, dilation = draw(one_or_pair(1, 4)), draw(one_or_pair(1, 3)) if dilated else 1
    extent = extents(window, dilation)
    padding = draw(paddings([e // 2 for e in extent] if pooling else (3, 3)))
    strides = one_or_pair(1, 4) | st.none() if pooling else one_or_pair(1, 4)
    stride = draw(st.sampled_from([1, (1, 1)]) if padding == "same" else strides)
    ceil_mode = pooling and draw(st.booleans())
    options = {"stride": stride, "padding": padding}
    options |= {"dilation": dilation} if dilated else {}
    options |= {"ceil_mode": ceil_mode} if pooling else {}
    size = []
    for e, p, s in zip(extent, ends(padding, window, dilation), both(stride or window), strict=True):
        # In ceil mode even the first window may be a partial one.
        smallest = max(1, e - sum(p) - ceil_mode * (s - 1))
        size.append(draw(st.integers(smallest, smallest + 6)))
    return tuple(size), window, options


@st.composite
def single(draw):
    """An image, a kernel, and options."""
    size, window, options = draw(sliding_windows())
    dtype = draw(dtypes)
    kernel = draw(arrays(both(window), dtype))
    return draw(arrays(size, dtype)), kernel, options


@st.composite
def batched(draw):
    """Images, a bank of filters, perhaps biases; and options, with groups."""
    size, window, options = draw(sliding_windows())
    dtype = draw(dtypes)
    groups, images, seen, filters = (draw(st.integers(1, most)) for most in (3, 2, 2, 2))
    x = draw(arrays((images, groups * seen, *size), dtype))
    weight = draw(arrays((groups * filters, seen, *both(window)), dtype))
    bias = draw(st.none() | arrays(len(weight), dtype))
    return (x, weight, bias), options | {"groups": groups}


@st.composite
def transposed(draw):
    """Images, a bank of kernels to stamp, perhaps biases; and options that leave at least one pixel."""
    window, stride, dilation = (draw(one_or_pair(1, most)) for most in (4, 4, 3))
    more = tuple(
        draw(st.integers(0, max(axis) - 1)) for axis in zip(both(stride), both(dilation), strict=True)
    )
    size, padding = [], []
    for e, s, extra in zip(extents(window, dilation), both(stride), more, strict=True):
        size.append(draw(st.integers(1, 4)))
        padding.append(draw(st.integers(0, min(3, ((size[-1] - 1) * s + e + extra - 1) // 2))))
    options = {"stride": stride, "dilation": dilation, "padding": tuple(padding), "output_padding": more}
    dtype = draw(dtypes)
    groups, images, channels, maps = (draw(st.integers(1, most)) for most in (3, 2, 2, 2))
    x = draw(arrays((images, groups * channels, *size), dtype))
    weight = draw(arrays((groups * channels, maps, *both(window)), dtype))
    bias = draw(st.none() | arrays(groups * maps, dtype))
    return (x, weight, bias), options | {"groups": groups}


@st.composite
def pooled(draw, **choices):
    """Maps of two to four axes, half of the time all negative; a window, and options."""
    size, window, options = draw(sliding_windows(pooling=True, **choices))
    shape = draw(st.sampled_from([(), (2,), (2, 3)])) + size
    x = draw(arrays(shape, draw(dtypes)))
    return x - draw(st.sampled_from([x.dtype.type(0), x.dtype.type(6)])), window, options


# --- One valid call of every function: (function, its arrays, its other arguments) --------------------------


class Repeating(np.random.Generator):
    """Draws the same numbers each time it is asked."""

    def random(self, size=None):
        return np.random.default_rng(0).random(size)


def all_of(result):
    """Return what a function returned, one array or several, as a list of arrays."""
    return list(result) if isinstance(result, tuple) else [result]


def _whole(*shape):
    """Whole numbers in no order, none of them below −3."""
    return (np.arange(math.prod(shape)) * 5 % 11 - 3.0).reshape(shape)


_BANK = {"x": _whole(2, 4, 5, 6), "weight": _whole(6, 2, 3, 2), "bias": _whole(6)}
_STAMPS = {"x": _whole(2, 6, 3, 4), "weight": _whole(6, 2, 3, 2), "bias": _whole(4)}
_CELLS = {"grad_out": _whole(3, 4), "x": _whole(3, 4)[::-1].copy()}
_LEARNED = {"weight": _whole(3), "bias": _whole(3)}
_RUNNING = {"running_mean": _whole(3), "running_var": _whole(3) + 4}
_STATISTICS = {"weight": _whole(3), "bias": _whole(3), "mean": _whole(3), "var": _whole(3) + 4}

CALLS = [
    (ops.correlate2d, {"image": _whole(5, 6), "kernel": _whole(3, 2)}, {}),
    (ops.convolve2d, {"image": _whole(5, 6), "kernel": _whole(3, 2)}, {"normalize": True}),
    (ops.conv2d, _BANK, {"groups": 2}),
    (ops.conv2d_loops, _BANK, {"groups": 2}),
    (ops.conv2d_as_matrix, {"weight": _whole(6, 2, 3, 2)}, {"input_shape": (4, 5, 6), "groups": 2}),
    (ops.conv_transpose2d, _STAMPS, {"groups": 2}),
    (ops.max_pool2d, {"x": _whole(2, 4, 5, 6)}, {"kernel_size": 2}),
    (ops.avg_pool2d, {"x": _whole(2, 4, 5, 6)}, {"kernel_size": 2}),
    (ops.adaptive_avg_pool2d, {"x": _whole(2, 4, 5, 6)}, {"output_size": 1}),
    (ops.relu, {"x": _whole(3, 4)}, {}),
    (ops.leaky_relu, {"x": _whole(3, 4)}, {}),
    (ops.sigmoid, {"x": _whole(3, 4)}, {}),
    (ops.tanh, {"x": _whole(3, 4)}, {}),
    (ops.softmax, {"x": _whole(3, 4)}, {}),
    (ops.log_softmax, {"x": _whole(3, 4)}, {}),
    (ops.dense, {"x": _whole(3, 4), "weight": _whole(5, 4), "bias": _whole(5)}, {}),
    (ops.flatten, {"x": _whole(3, 4, 5)}, {}),
    (ops.batch_norm, {"x": _whole(2, 3, 4, 5)} | _STATISTICS, {}),
    (ops.batch_norm_training, {"x": _whole(2, 3, 4, 5)} | _LEARNED | _RUNNING, {}),
    (ops.dropout, {"x": _whole(3, 4)}, {"p": 0.25, "rng": Repeating(np.random.PCG64(0))}),
    (ops.correlate2d_backward, {"grad_out": _whole(3, 5), "image": _whole(5, 6), "kernel": _whole(3, 2)}, {}),
    (ops.conv2d_backward, {"grad_out": _whole(2, 6, 3, 5)} | _BANK, {"groups": 2}),
    (ops.conv_transpose2d_backward, {"grad_out": _whole(2, 4, 5, 5)} | _STAMPS, {"groups": 2}),
    (ops.max_pool2d_backward, {"grad_out": _whole(2, 4, 2, 3), "x": _whole(2, 4, 5, 6)}, {"kernel_size": 2}),
    (ops.avg_pool2d_backward, {"grad_out": _whole(2, 4, 2, 3), "x": _whole(2, 4, 5, 6)}, {"kernel_size": 2}),
    (
        ops.adaptive_avg_pool2d_backward,
        {"grad_out": _whole(2, 4, 1, 1), "x": _whole(2, 4, 5, 6)},
        {"output_size": 1},
    ),
    (ops.relu_backward, _CELLS, {}),
    (ops.leaky_relu_backward, _CELLS, {}),
    (ops.sigmoid_backward, _CELLS, {}),
    (ops.tanh_backward, _CELLS, {}),
    (ops.softmax_backward, _CELLS, {}),
    (
        ops.dense_backward,
        {"grad_out": _whole(3, 5), "x": _whole(3, 4), "weight": _whole(5, 4), "bias": _whole(5)},
        {},
    ),
    (ops.flatten_backward, {"grad_out": _whole(3, 20), "x": _whole(3, 4, 5)}, {}),
    (
        ops.batch_norm_backward,
        {"grad_out": _whole(2, 3, 4, 5), "x": _whole(2, 3, 4, 5)} | _STATISTICS,
        {},
    ),
    (
        ops.batch_norm_training_backward,
        {"grad_out": _whole(2, 3, 4, 5), "x": _whole(2, 3, 4, 5)} | _LEARNED,
        {},
    ),
    (
        ops.dropout_backward,
        {"grad_out": _whole(3, 4), "mask": np.array([[1.0, 0, 0, 1]] * 3)},
        {"p": 0.25},
    ),
]
