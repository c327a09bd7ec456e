"""Convolution and its output size, against SciPy, plain references, published numbers and its own laws."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from cnnlab import ops
from tests.helpers import reference
from tests.helpers.reference import assert_close, batched, single

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])


# --- Against SciPy and plain references ---------------------------------------------------------------------


def by_scipy(name, image, kernel, *, stride=1, padding=0, dilation=1):
    """Slide a kernel with zeros between its weights over every place, and keep some places."""
    (sh, sw), (dh, dw) = reference.both(stride), reference.both(dilation)
    spread = np.zeros(reference.extents(kernel.shape, dilation))
    spread[::dh, ::dw] = kernel
    padded = np.pad(image, reference.ends(padding, kernel.shape, dilation))
    return getattr(scipy.signal, name)(padded, spread, mode="valid")[::sh, ::sw]


@pytest.mark.parametrize("name", ["correlate2d", "convolve2d"])
@given(single())
def test_one_image_agrees_with_scipy(name, case):
    image, kernel, options = case
    expected = by_scipy(name, image, kernel, **options)
    assert_close(getattr(ops, name)(image, kernel, **options), expected, image.dtype)


@pytest.mark.parametrize("options", [{}, {"stride": (2, 1), "padding": ((1, 2), (3, 0)), "dilation": (1, 2)}])
def test_the_blocks_of_a_large_image_fit_together(options):
    image, kernel = np.random.default_rng(0).integers(-5, 6, (1200, 300)), np.array([[1, 2, -3], [5, 0, 4]])
    expected = by_scipy("correlate2d", image, kernel, **options)
    assert_close(ops.correlate2d(image, kernel, **options), expected)
    assert_close(ops.conv2d(image[None, None], kernel[None, None], **options)[0, 0], expected)


@pytest.mark.parametrize("convolution", [ops.conv2d, ops.conv2d_loops])
@given(batched())
def test_a_batch_agrees_with_the_reference(convolution, case):
    arrays, options = case
    assert_close(convolution(*arrays, **options), reference.conv2d(*arrays, **options), arrays[0].dtype)


@given(reference.arrays((2, 3, 4, 5)), reference.arrays((2, 3, 2, 3)))
def test_a_kernel_stands_on_every_pixel_and_sees_all_channels_unless_told_otherwise(x, weight):
    expected = reference.conv2d(x, weight)
    assert_close(ops.conv2d(x, weight), expected)
    assert_close(ops.conv2d_loops(x, weight), expected)
    assert_close(ops.conv2d_as_matrix(weight, (3, 4, 5)) @ x[0].ravel(), expected[0].ravel())


@given(batched())
def test_a_convolution_is_a_matrix(case):
    (x, weight, _), options = case
    matrix = ops.conv2d_as_matrix(weight, x.shape[1:], **options)
    maps = ops.conv2d(x, weight, **options)
    assert matrix.dtype == weight.dtype
    for image, expected in zip(x, maps, strict=True):
        assert_close(matrix @ image.ravel(), expected.ravel(), x.dtype)


@given(single())
def test_one_kernel_is_a_matrix_too(case):
    image, kernel, options = case
    matrix = ops.conv2d_as_matrix(kernel, image.shape, **options)
    expected = ops.correlate2d(image, kernel, **options)
    assert_close(matrix @ image.ravel(), expected.ravel(), image.dtype)


@given(single())
def test_output_size_counts_the_places(case):
    image, kernel, options = case
    stride, dilation = reference.both(options["stride"]), reference.both(options["dilation"])
    named = isinstance(options["padding"], str)
    padding = [options["padding"]] * 2 if named else reference.ends(options["padding"], kernel.shape, 1)
    axes = zip(image.shape, kernel.shape, stride, padding, dilation, strict=True)
    sizes = [ops.conv_output_size(n, k, stride=s, padding=p, dilation=d) for n, k, s, p, d in axes]
    assert sizes == list(ops.correlate2d(image, kernel, **options).shape)


# --- Published numbers --------------------------------------------------------------------------------------


def test_the_worked_example_is_exact():
    maps = [ops.correlate2d(reference.X, kernel, normalize=True) for kernel in reference.FILTERS]
    np.testing.assert_array_equal(maps, reference.NINTHS / 9)
    bank = ops.conv2d(reference.X[None, None], reference.FILTERS[:, None])
    np.testing.assert_array_equal(bank[0], reference.NINTHS)


def test_the_worked_examples_filters_cannot_tell_the_two_operations_apart():
    for kernel in reference.FILTERS:
        np.testing.assert_array_equal(
            ops.convolve2d(reference.X, kernel), ops.correlate2d(reference.X, kernel)
        )


@pytest.mark.parametrize(("row", "expected"), [([4, 3, 2, 1, 0], [6, 6, 6]), ([4, 4, 4, 0, 0], [0, 12, 12])])
def test_an_edge_filter_sees_a_ramp_and_an_edge(row, expected):
    image, kernel = [row] * 5, [[1, 0, -1]] * 3
    assert_close(ops.correlate2d(image, kernel), [expected] * 3)
    assert_close(ops.convolve2d(image, kernel), -np.array([expected] * 3))


@given(reference.arrays((7, 8)))
def test_sobel_agrees_with_scipy(image):
    across, down = (scipy.ndimage.sobel(image, axis, mode="constant") for axis in (1, 0))
    assert_close(ops.correlate2d(image, SOBEL_X, padding="same"), across)
    assert_close(ops.convolve2d(image, SOBEL_Y, padding="same"), down)


def test_sobel_is_blind_at_the_centre_of_the_x():
    gradient = [ops.correlate2d(reference.X, kernel, padding="same")[4, 4] for kernel in (SOBEL_X, SOBEL_Y)]
    assert gradient == [0, 0]


def test_a_single_bright_pixel_shows_which_way_the_kernel_lies():
    spot = np.zeros((3, 4))
    spot[1, 1] = 1
    kernel = np.arange(1.0, 10).reshape(3, 3)
    assert_close(ops.convolve2d(spot, kernel, padding=1), np.pad(kernel, [(0, 0), (0, 1)]))
    assert_close(ops.correlate2d(spot, kernel, padding=1), np.pad(kernel[::-1, ::-1], [(0, 0), (0, 1)]))


def test_same_padding_of_an_even_kernel_puts_the_odd_zero_at_the_end():
    assert_close(ops.correlate2d([[1, 2, 3]], [[1, 10]], padding="same"), [[21, 32, 3]])


@pytest.mark.parametrize(
    ("size", "kernel", "options", "expected"),
    [
        (227, 11, {"stride": 4}, 55),  # AlexNet's first layer
        (224, 7, {"stride": 2, "padding": 3}, 112),  # ResNet's
        (112, 3, {"stride": 2, "ceil_mode": True}, 56),  # GoogLeNet's first pooling
        (224, 3, {"padding": "same"}, 224),  # every layer of VGG
        (7, 2, {"stride": 2, "ceil_mode": True}, 4),  # the worked example's pooling
        (5, 3, {"stride": 2, "padding": (0, 1), "dilation": 2}, 1),
        (2, 2, {"stride": 3, "padding": 1, "ceil_mode": True}, 1),  # a second one would start in the padding
    ],
)
def test_known_output_sizes(size, kernel, options, expected):
    assert ops.conv_output_size(size, kernel, **options) == expected


# --- Laws ---------------------------------------------------------------------------------------------------


@given(single(), st.data())
def test_convolution_is_linear_in_the_image_and_in_the_kernel(case, data):
    image, kernel, options = case
    other_image = data.draw(reference.arrays(image.shape, image.dtype))
    other_kernel = data.draw(reference.arrays(kernel.shape, kernel.dtype))
    result = ops.correlate2d(image, kernel, **options)
    assert_close(
        ops.correlate2d(2 * image - 3 * other_image, kernel, **options),
        2 * result - 3 * ops.correlate2d(other_image, kernel, **options),
        image.dtype,
    )
    assert_close(
        ops.correlate2d(image, 2 * kernel - 3 * other_kernel, **options),
        2 * result - 3 * ops.correlate2d(image, other_kernel, **options),
        image.dtype,
    )


@given(reference.arrays((12, 13)), reference.arrays((3, 2)), st.integers(-2, 2), st.integers(-2, 2))
def test_a_shifted_image_gives_a_shifted_map_away_from_the_borders(image, kernel, down, right):
    def shift(x):
        return np.roll(x, (down, right), axis=(0, 1))

    away = slice(4, -4)
    moved = ops.correlate2d(shift(image), kernel, padding="same")[away, away]
    assert_close(moved, shift(ops.correlate2d(image, kernel, padding="same"))[away, away])


@given(single())
def test_convolving_is_correlating_with_the_kernel_turned(case):
    image, kernel, options = case
    turned = np.rot90(kernel, 2)
    assert_close(
        ops.convolve2d(image, kernel, **options), ops.correlate2d(image, turned, **options), image.dtype
    )


@given(single())
def test_normalizing_divides_by_the_number_of_weights(case):
    image, kernel, options = case
    expected = ops.correlate2d(image, kernel, **options) / kernel.size
    assert_close(ops.correlate2d(image, kernel, **options, normalize=True), expected, image.dtype)


@given(single(), st.data())
def test_depthwise_convolution_treats_each_channel_alone(case, data):
    image, kernel, options = case
    x = data.draw(reference.arrays((2, 3, *image.shape), image.dtype))
    weight = data.draw(reference.arrays((3, 1, *kernel.shape), image.dtype))
    result = ops.conv2d(x, weight, groups=3, **options)
    for n, c in np.ndindex(2, 3):
        expected = ops.correlate2d(x[n, c], weight[c, 0], **options)
        assert_close(result[n, c], expected, image.dtype)
