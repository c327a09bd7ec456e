"""What cells see: held to where a pixel that is not a number spoils the result."""

import copy
import itertools

import numpy as np
import pytest

from cnnlab.nn import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from cnnlab.nn.receptive import fields, receptive_field

RNG = np.random.default_rng(0)
MADE = {"rng": RNG, "dtype": float}

LAYERS = [
    (Conv2d(2, 3, (2, 3), stride=(1, 2), padding=((1, 0), (2, 1)), **MADE), (2, 4, 5)),
    (Conv2d(4, 4, 2, dilation=2, groups=2, bias=False, **MADE), (4, 5, 4)),
    (Conv2d(1, 2, (3, 1), padding="same", **MADE), (1, 4, 3)),
    (ConvTranspose2d(2, 3, (2, 3), stride=(1, 2), padding=(0, 1), **MADE), (2, 4, 3)),
    (ConvTranspose2d(4, 4, 3, 2, 1, 1, groups=2, **MADE), (4, 3, 2)),
    (ConvTranspose2d(1, 2, 2, stride=4, output_padding=3, **MADE), (1, 2, 3)),  # some cells see nothing
    (ConvTranspose2d(1, 1, (3, 2), dilation=2, **MADE), (1, 3, 4)),
    (Sequential(MaxPool2d(2), ConvTranspose2d(1, 2, 3, stride=2, **MADE), ReLU()), (1, 7, 6)),
    (MaxPool2d(2, ceil_mode=True), (2, 5, 3)),
    (MaxPool2d(3, stride=2, padding=1), (1, 5, 4)),
    (MaxPool2d((1, 2), stride=1, dilation=2), (1, 3, 6)),
    (AvgPool2d((2, 1), ceil_mode=True, count_include_pad=False), (2, 5, 3)),
    (AvgPool2d(3, stride=2, padding=1), (1, 6, 5)),
    (AdaptiveAvgPool2d(1), (3, 2, 3)),
    (BatchNorm2d(3, dtype=float), (3, 2, 3)),
    (Dropout(0.5, RNG), (1, 2, 3)),
    *((kind(), (1, 3, 2)) for kind in (ReLU, LeakyReLU, Sigmoid, Tanh)),
    (Sequential(MaxPool2d(2), Conv2d(1, 2, 2, padding=1, **MADE), ReLU()), (1, 7, 6)),
    (Residual(Conv2d(2, 2, 3, padding=1, **MADE), Tanh()), (2, 4, 5)),
    (
        Residual(
            Conv2d(2, 3, 3, stride=2, padding=1, **MADE),
            Tanh(),
            shortcut=Sequential(Conv2d(2, 3, 1, stride=2, **MADE), BatchNorm2d(3, dtype=float)),
        ),
        (2, 7, 6),
    ),
]
VECTORS = [
    (Dense(6, 3, **MADE), (6,)),
    (Flatten(), (2, 3, 2)),
    (BatchNorm2d(3, dtype=float), (3,)),
    (ReLU(), (4,)),
    (Sequential(MaxPool2d(2), Flatten(), Dense(4, 2, **MADE), Tanh()), (1, 4, 4)),
]


def spoiled_by(network, shape, row, column):
    """Return which cells of the maps are spoiled by one pixel of all channels."""
    x = RNG.normal(size=(1, *shape))
    x[:, :, row, column] = np.nan
    return np.isnan(copy.deepcopy(network).forward(x)[0]).any(axis=0)


def assert_seen(network, shape, rows, columns):
    for row, column in np.ndindex(shape[1:]):
        expected = np.outer([row in cell for cell in rows], [column in cell for cell in columns])
        np.testing.assert_array_equal(spoiled_by(network, shape, row, column), expected)
    assert all(list(cell) == sorted(set(cell)) for cell in (*rows, *columns))


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=repr)
def test_a_cell_sees_what_can_spoil_it(layer, shape):
    assert_seen(layer, shape, *layer.seen(shape))


@pytest.mark.parametrize(("layer", "shape"), LAYERS + VECTORS, ids=repr)
def test_shapes_are_those_of_results(layer, shape):
    assert layer.output_shape(shape) == copy.deepcopy(layer).forward(np.ones((2, *shape))).shape[1:]


@pytest.mark.parametrize(("layer", "shape"), VECTORS, ids=repr)
def test_what_is_no_maps_sees_no_rows(layer, shape):
    assert layer.seen(shape) is None


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            Conv2d(1, 1, 2, **MADE),
            (2, 5, 5),
            r"Conv2d: each image of x must have shape \(1, H, W\), got \(2,",
        ),
        (Conv2d(1, 1, 2, **MADE), (5, 5), r"Conv2d: each image .* got \(5, 5\)"),
        (Conv2d(1, 1, 4, **MADE), (1, 5, 3), "Conv2d: a kernel of 4 does not fit x's width, which is 3"),
        (ConvTranspose2d(1, 1, 2, **MADE), (2, 5, 5), r"ConvTranspose2d: each image .* got \(2, 5, 5\)"),
        (
            ConvTranspose2d(1, 1, 2, padding=(1, 2), **MADE),
            (1, 5, 3),
            "ConvTranspose2d: padding takes away all that a kernel of 2 makes of x's width, which is 3",
        ),
        (MaxPool2d(4), (1, 3, 5), "MaxPool2d: a kernel of 4 does not fit x's height, which is 3"),
        (MaxPool2d(2, padding=2), (1, 5, 5), "MaxPool2d: padding must be at most half the window"),
        (AvgPool2d(2), (9,), r"AvgPool2d: each image of x must have shape \(C, H, W\), got \(9,\)"),
        (AdaptiveAvgPool2d(1), (9, 9), r"AdaptiveAvgPool2d: each image .* got \(9, 9\)"),
        (BatchNorm2d(3), (2, 5, 5), r"BatchNorm2d: each image .* \(3, H, W\), got \(2, 5, 5\)"),
        (Dense(6, 3, **MADE), (2, 3), r"Dense: each row of x must have shape \(6,\), got \(2, 3\)"),
        (Residual(MaxPool2d(2)), (1, 4, 4), r"Residual: layers must keep the shape, got \(1, 4, 4\) in and"),
    ],
)
def test_what_a_layer_does_not_take_has_no_shape(layer, shape, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        layer.output_shape(shape)
    if len(shape) > 1 and not isinstance(layer, AdaptiveAvgPool2d):  # poolings of single maps are no mistake
        with pytest.raises(ValueError, match=r"."):
            layer.forward(np.ones((2, *shape)))
    with pytest.raises(ValueError, match=message) as raised:
        Sequential(ReLU(), layer).output_shape(shape)
    assert f"(in layer 1, {layer!r})" in raised.value.__notes__


NETWORK = Sequential(
    Conv2d(1, 2, 3, padding=1, **MADE),
    ReLU(),
    MaxPool2d(2),
    Residual(Conv2d(2, 2, 3, padding=1, **MADE), ReLU(), shortcut=Conv2d(2, 2, 1, **MADE)),
    Conv2d(2, 3, (1, 2), stride=2, dilation=2, **MADE),
    Flatten(),
    Dense(9, 2, **MADE),
)


def test_fields_are_followed_through_all_layers():
    shape = 1, 11, 17
    found = fields(NETWORK, shape)
    assert len(found) == 5  # up to Flatten
    for k, (rows, columns) in enumerate(found):
        assert_seen(NETWORK[: k + 1], shape, rows, columns)


@pytest.mark.parametrize("layers", range(1, 6))
def test_size_and_step_are_those_of_fields_away_from_the_edges(layers):
    body = NETWORK[:layers]
    size, step = receptive_field(body)
    found = fields(body, (1, 60, 60))[-1]
    for axis, cells in enumerate(found):
        inside = [cell for cell in cells if cell[0] > 0 and cell[-1] < 59]
        assert {cell[-1] - cell[0] + 1 for cell in inside} == {size[axis]}
        assert {b[0] - a[0] for a, b in itertools.pairwise(inside)} == {step[axis]}


def test_a_transposed_convolution_has_no_one_size():
    network = Sequential(MaxPool2d(2), ConvTranspose2d(1, 1, 3, stride=2, **MADE))
    with pytest.raises(
        ValueError, match=r"^receptive_field: network must .* got ConvTranspose2d\(1, 1, 3, stri"
    ):
        receptive_field(network)
    rows, _ = fields(network, (1, 6, 6))[-1]
    assert rows == ((0, 1), (0, 1), (0, 1, 2, 3), (2, 3), (2, 3, 4, 5), (4, 5), (4, 5))
