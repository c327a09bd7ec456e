"""Layers: they do what their operations do, remember what they need, and give nothing away that moves."""

import copy
import pickle

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.gradcheck import gradcheck
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
    Sigmoid,
    Tanh,
)
from tests.helpers.reference import assert_close


def rng(seed=0):
    return np.random.default_rng(seed)


def float64(make):
    """One layer of each kind in float64, and the shape of a batch that it takes."""
    return [
        (
            make(Conv2d, 2, 3, (2, 3), stride=(1, 2), padding=((1, 0), (2, 1)), rng=rng(), dtype=np.float64),
            (2, 2, 4, 5),
        ),
        (make(Conv2d, 4, 4, 2, dilation=2, groups=2, bias=False, rng=rng(), dtype=np.float64), (2, 4, 4, 4)),
        (
            make(ConvTranspose2d, 2, 3, (2, 3), stride=(2, 1), padding=(0, 1), rng=rng(), dtype=np.float64),
            (2, 2, 3, 4),
        ),
        (
            make(ConvTranspose2d, 4, 2, 3, 3, 1, 2, 2, False, 2, rng=rng(), dtype=np.float64),
            (2, 4, 2, 3),
        ),
        (make(Dense, 6, 3, rng=rng(), dtype=np.float64), (4, 6)),
        (make(Dense, 6, 3, bias=False, rng=rng(), dtype=np.float64), (4, 6)),
        (make(BatchNorm2d, 3, dtype=np.float64), (2, 3, 2, 3)),
        (make(ReLU), (3, 4)),
        (make(LeakyReLU, 0.2), (3, 4)),
        (make(Sigmoid), (3, 4)),
        (make(Tanh), (3, 4)),
        (make(MaxPool2d, 2, ceil_mode=True), (2, 2, 5, 3)),
        (make(MaxPool2d, 3, stride=2, padding=1), (2, 2, 5, 4)),
        (make(AvgPool2d, (2, 1), ceil_mode=True, count_include_pad=False), (2, 2, 5, 3)),
        (make(AdaptiveAvgPool2d, 1), (2, 3, 2, 3)),
        (make(Flatten), (2, 3, 2, 2)),
    ]


EVERY = float64(lambda layer, *arguments, **options: layer(*arguments, **options))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("layer", "shape"), EVERY, ids=lambda value: repr(value))
def test_gradients_are_slopes(layer, shape, training):
    layer = copy.deepcopy(layer)
    x = (
        rng(1).permutation(np.prod(shape)).reshape(shape) / 4.0 - np.prod(shape) / 8 + 0.1
    )  # no ties, no zeros
    out = layer.forward(x, training)
    grad_out = rng(2).normal(size=out.shape)
    grad_x = layer.backward(grad_out)
    gradients = layer.named_gradients()

    def loss(x):
        return np.sum(grad_out * copy.deepcopy(layer).forward(x, training))

    assert gradcheck(loss, x, grad_x)
    for name, gradient in gradients.items():

        def loss_of_parameter(array, name=name):
            other = copy.deepcopy(layer)
            setattr(other, name, array)
            return np.sum(grad_out * other.forward(x, training))

        assert gradcheck(loss_of_parameter, layer.named_parameters()[name], gradient)


def test_a_layer_is_its_operation():
    x = rng().normal(size=(2, 3, 7, 6))
    conv = Conv2d(3, 4, 3, stride=2, padding=1, rng=rng(), dtype=np.float64)
    assert_close(conv.forward(x), ops.conv2d(x, conv.weight, conv.bias, stride=2, padding=1))
    up = ConvTranspose2d(3, 4, 3, 2, 1, 1, rng=rng(), dtype=np.float64)
    options = {"stride": 2, "padding": 1, "output_padding": 1}
    assert_close(up.forward(x), ops.conv_transpose2d(x, up.weight, up.bias, **options))
    dense = Dense(6, 4, rng=rng(), dtype=np.float64)
    assert_close(dense.forward(x[0, 0]), ops.dense(x[0, 0], dense.weight, dense.bias))
    assert_close(
        MaxPool2d(3, stride=2, ceil_mode=True).forward(x), ops.max_pool2d(x, 3, stride=2, ceil_mode=True)
    )
    assert_close(LeakyReLU(0.3).forward(x), ops.leaky_relu(x, 0.3))
    assert_close(Flatten().forward(x), x.reshape(2, -1))


# --- Parameters ---------------------------------------------------------------------------------------------


def test_he_and_xavier_have_the_spread_they_promise():
    he = Conv2d(64, 32, 5, weight="he", rng=rng(), dtype=np.float64).weight
    assert he.shape == (32, 64, 5, 5)
    assert he.std() == pytest.approx(np.sqrt(2 / (64 * 25)), rel=0.02)
    grouped = Conv2d(64, 32, 5, groups=2, weight="he", rng=rng()).weight
    assert grouped.std() == pytest.approx(np.sqrt(2 / (32 * 25)), rel=0.02)
    stamps = ConvTranspose2d(64, 32, 4, stride=2, groups=2, rng=rng()).weight
    assert stamps.shape == (64, 16, 4, 4)
    assert stamps.std() == pytest.approx(np.sqrt(2 / (32 * 16 / 4)), rel=0.02)
    xavier = Dense(300, 100, weight="xavier", rng=rng()).weight
    assert np.abs(xavier).max() == pytest.approx(np.sqrt(6 / 400), rel=0.01)
    assert xavier.std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    spread = Conv2d(4, 8, 3, weight="xavier", rng=rng()).weight
    assert np.abs(spread).max() == pytest.approx(np.sqrt(6 / (4 * 9 + 8 * 9)), rel=0.02)


def test_a_transposed_convolution_keeps_the_size_of_numbers_as_he_promises():
    x = np.abs(
        rng(1).normal(size=(4, 16, 8, 8))
    )  # as after ReLU: a mean square of 1, half of all it stands for
    for kernel_size, stride in [(2, 2), (4, 2), (3, 1), (3, 2), ((2, 4), (1, 2))]:
        out = ConvTranspose2d(16, 64, kernel_size, stride, rng=rng()).forward(x)[:, :, 4:-4, 4:-4]
        assert np.mean(out**2) == pytest.approx(2 * np.mean(x**2), rel=0.25)


def test_biases_start_at_zero_or_where_they_are_told_or_not_at_all():
    assert_close(Dense(2, 3, rng=rng()).bias, np.zeros(3), np.float32)
    assert_close(Dense(2, 3, rng=rng(), bias=[1, 2, 3]).bias, [1, 2, 3], np.float32)
    assert Dense(2, 3, rng=rng(), bias=False).bias is None
    assert set(Dense(2, 3, rng=rng(), bias=False).named_gradients()) == {"weight"}


def test_the_same_seed_gives_the_same_weights_and_the_generator_moves_on():
    one = rng()
    first, second = Conv2d(1, 2, 3, rng=one), Conv2d(1, 2, 3, rng=one)
    assert (first.weight != second.weight).all()
    np.testing.assert_array_equal(Conv2d(1, 2, 3, rng=rng()).weight, first.weight)


def test_parameters_are_the_numbers_themselves_in_one_vector():
    layer = Dense(2, 1, weight=[[1, 2]], bias=[3])
    held = layer.named_parameters()
    layer.parameters[:] += 10
    assert_close(layer.parameters, [11, 12, 13], np.float32)
    assert_close(layer.weight, [[11, 12]], np.float32)
    assert_close(held["weight"], [[1, 2]], np.float32)
    layer.forward([[5, 7]])
    layer.backward([[1]])
    assert_close(layer.gradients, [5, 7, 1], np.float32)
    assert ReLU().parameters.size == ReLU().gradients.size == 0


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copys_parameters_are_its_own(copied):
    layer = Dense(2, 1, weight=[[1, 2]])
    other = copied(layer)
    other.parameters[:] = 5
    assert_close(other.forward([[1, 1]]), [[15]], np.float32)
    other.backward([[1]])
    assert_close(other.gradients, [1, 1, 1], np.float32)
    assert_close(layer.parameters, [1, 2, 0], np.float32)


def test_given_weights_are_copied_and_what_is_read_never_moves():
    given = np.ones((1, 2))
    layer = Dense(2, 1, weight=given)
    given[:] = 5
    held = layer.weight
    assert_close(held, [[1, 1]], np.float32)
    with pytest.raises(ValueError, match="read-only"):
        held[0, 0] = 3
    layer.weight = [[3, 4]]
    assert_close(held, [[1, 1]], np.float32)
    assert_close(layer.forward([[1, 1]]), [[7]], np.float32)
    layer.backward([[1]])
    gradient = layer.named_gradients()["weight"]
    layer.forward([[5, 5]])
    layer.backward([[1]])
    assert_close(gradient, [[1, 1]], np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_with_parameters_compute_in_their_dtype(dtype):
    for layer, x in [
        (Conv2d(1, 1, 2, rng=rng(), dtype=dtype), np.ones((1, 1, 3, 3))),
        (Dense(2, 2, rng=rng(), dtype=dtype), np.ones((1, 2), int)),
        (BatchNorm2d(2, dtype=dtype), np.ones((1, 2, 2, 2), np.float32)),
    ]:
        out = layer.forward(x)
        assert out.dtype == dtype
        assert layer.backward(np.ones(out.shape, dtype)).dtype == dtype


# --- While training -----------------------------------------------------------------------------------------


def test_dropout_acts_while_training_only():
    layer, x = Dropout(0.5, rng()), np.ones((4, 50))
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)
    out = layer.forward(x, training=True)
    assert set(np.unique(out)) == {0, 2}
    np.testing.assert_array_equal(layer.backward(x), out)
    assert (layer.forward(x, training=True) != out).any()


def test_batch_normalization_remembers_while_training():
    layer, x = BatchNorm2d(2, momentum=0.5, dtype=np.float64), rng().normal(3, 2, (8, 2, 4, 4))
    held = layer.running_mean
    layer.forward(x)
    assert_close(layer.running_mean, [0, 0])
    out = layer.forward(x, training=True)
    assert_close(layer.running_mean, x.mean((0, 2, 3)) / 2)
    assert_close(held, [0, 0])
    np.testing.assert_allclose(out.mean((0, 2, 3)), 0, atol=1e-12)
    assert_close(
        layer.forward(x), ops.batch_norm(x, [1, 1], [0, 0], mean=layer.running_mean, var=layer.running_var)
    )


# --- In words, and refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Conv2d(1, 8, 3, rng=rng()), "Conv2d(1, 8, 3)"),
        (
            Conv2d(2, 4, (1, 3), padding="same", groups=2, bias=False, rng=rng()),
            "Conv2d(2, 4, (1, 3), padding='same', groups=2, bias=False)",
        ),
        (ConvTranspose2d(8, 4, 2, stride=2, rng=rng()), "ConvTranspose2d(8, 4, 2, stride=2)"),
        (
            ConvTranspose2d(8, 4, (2, 3), 3, 1, 2, 4, False, rng=rng()),
            "ConvTranspose2d(8, 4, (2, 3), stride=3, padding=1, output_padding=2, groups=4, bias=False)",
        ),
        (Dense(72, 2, rng=rng(), bias=False), "Dense(72, 2, bias=False)"),
        (MaxPool2d(2, ceil_mode=True), "MaxPool2d(2, ceil_mode=True)"),
        (MaxPool2d((2, 3), stride=1), "MaxPool2d((2, 3), stride=1)"),
        (AvgPool2d(3, count_include_pad=False), "AvgPool2d(3, count_include_pad=False)"),
        (LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)"),
        (Dropout(0.25, rng()), "Dropout(0.25)"),
        (BatchNorm2d(3), "BatchNorm2d(3)"),
        (ReLU(), "ReLU()"),
    ],
)
def test_a_layer_says_what_it_is(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Conv2d(1, 8, 3), TypeError, "Conv2d: rng must be a numpy.random.Generator.*got NoneType"),
        (lambda: Conv2d(0, 8, 3, rng=rng()), ValueError, "Conv2d: in_channels must be at least 1, got 0"),
        (lambda: Conv2d(1, 8.0, 3, rng=rng()), TypeError, "Conv2d: out_channels must be an integer, got 8.0"),
        (
            lambda: Conv2d(3, 8, 3, groups=2, rng=rng()),
            ValueError,
            "Conv2d: groups must divide.*got groups 2 for 3",
        ),
        (lambda: Conv2d(1, 1, 2, weight="hee", rng=rng()), ValueError, "weight must be .* got 'hee'"),
        (
            lambda: Conv2d(1, 1, 2, weight=np.ones((2, 2))),
            ValueError,
            r"shape \(1, 1, 2, 2\).*got shape \(2, 2\)",
        ),
        (
            lambda: ConvTranspose2d(4, 3, 2, groups=2, rng=rng()),
            ValueError,
            "ConvTranspose2d: groups must divide in_channels and out_channels, got groups 2 for 4 and 3",
        ),
        (
            lambda: ConvTranspose2d(1, 8, 2, weight=np.ones((8, 1, 2, 2))),
            ValueError,
            r"ConvTranspose2d: weight must have shape \(1, 8, 2, 2\).*got shape \(8, 1, 2, 2\)",
        ),
        (
            lambda: ConvTranspose2d(1, 8, 2, stride=0, rng=rng()),
            ValueError,
            "ConvTranspose2d: stride must be at least 1, got 0",
        ),
        (lambda: Dense(2, 3, weight=np.ones((2, 3))), ValueError, r"Dense: weight must have shape \(3, 2\)"),
        (lambda: Dense(2, 3, rng=rng(), bias=[1]), ValueError, r"Dense: bias must have shape \(3,\)"),
        (lambda: Dropout(1, rng()), ValueError, "Dropout: p must be at least 0 and below 1"),
        (lambda: Dropout(0.5, 0), TypeError, "Dropout: rng must be a numpy.random.Generator"),
        (lambda: MaxPool2d(0), ValueError, "MaxPool2d: kernel_size must be at least 1"),
        (lambda: LeakyReLU("steep"), TypeError, "LeakyReLU: negative_slope must be"),
        (lambda: BatchNorm2d(2.5), TypeError, "BatchNorm2d: num_features must be an integer"),
        (
            lambda: setattr(Dense(2, 3, rng=rng()), "weight", [[1]]),
            ValueError,
            r"Dense: weight must have shape \(3, 2\)",
        ),
        (lambda: setattr(Dense(2, 3, rng=rng(), bias=False), "bias", [1]), ValueError, "bias cannot be set"),
        (
            lambda: Conv2d(3, 1, 2, rng=rng()).forward(np.ones((1, 1, 4, 4))),
            ValueError,
            "conv2d: x has 1 channels",
        ),
        (
            lambda: Dense(3, 1, rng=rng()).forward([["a"] * 3]),
            TypeError,
            "Dense: x must be an array of real numbers",
        ),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(("layer", "shape"), EVERY, ids=lambda value: repr(value))
def test_backward_needs_forward_and_a_gradient_of_its_shape(layer, shape):
    layer = copy.deepcopy(layer)
    with pytest.raises(RuntimeError, match=rf"^{type(layer).__name__}: backward\(grad_out\) needs a forward"):
        layer.backward(np.ones(shape))
    out = layer.forward(rng().normal(size=shape))
    with pytest.raises(ValueError, match="grad_out must have shape"):
        layer.backward(np.ones((*out.shape, 2)))
