"""The fast path against the plain layers: the same numbers up to rounding, and nothing it reuses leaks."""

import copy
import itertools
import re
import textwrap
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnlab.nn import (
    SGD,
    Adam,
    AdamW,
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    CrossEntropyLoss,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2d,
    MSELoss,
    ReLU,
    Residual,
    RMSprop,
    Sequential,
    Sigmoid,
    Tanh,
    predict,
    train_step,
)
from cnnlab.nn.fast import plan_for
from cnnlab.nn.fast.correlation import BLOCK_BYTES, Correlation
from cnnlab.nn.fast.layers import FastConv2d, FastMaxPool2d, FastReLU, Unchanged
from tests.helpers import reference
from tests.helpers.reference import assert_close


def rng(seed=0):
    return np.random.default_rng(seed)


def whole(shape, dtype, seed=0, scale=1):
    """Random multiples of 1/4: with such weights too, sums are exact, in whatever order they are taken."""
    return (scale * rng(seed).integers(-8, 9, shape) / 4).astype(dtype)


def assert_same(network, x, grad_out, exact=True):
    """Raise unless a plan, used twice, does what the layers of a copy do; return the plan."""
    plain = copy.deepcopy(network)
    plan = plan_for(network, x.shape)
    for _ in range(2):
        out = plain.forward(x, training=True)
        plain.backward(grad_out)
        result = plan.forward(x, training=True)
        plan.backward(grad_out)
        pairs = [(result, out)]
        pairs += [
            (gradient, plain.named_gradients()[name]) for name, gradient in network.named_gradients().items()
        ]
        for actual, expected in pairs:
            if exact:
                np.testing.assert_array_equal(actual, expected, strict=True)
            else:
                # Not of each: a bias before batch normalization has the gradient 0, up to rounding.
                largest = max(np.abs(expected).max() for _, expected in pairs)
                tolerance = 100 * np.finfo(x.dtype).eps * largest
                np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance, strict=True)
    return plan


# --- Convolution --------------------------------------------------------------------------------------------


@st.composite
def convolutions(draw):
    """A network of one or two convolutions, and images it takes."""
    dtype, seed = draw(reference.dtypes), draw(st.integers(0, 2**32 - 1))
    count, channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 9)), draw(st.integers(1, 9))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = tuple((draw(st.integers(0, k)), draw(st.integers(0, k))) for k in kernel)
    size = [
        draw(st.integers(max(1, k - sum(p)), max(1, k - sum(p)) + 6))
        for k, p in zip(kernel, padding, strict=True)
    ]
    weight = whole((filters, channels, *kernel), dtype, seed)
    bias = draw(st.sampled_from([False, whole(filters, dtype, seed)]))
    layer = Conv2d(
        channels, filters, kernel, stride=stride, padding=padding, weight=weight, bias=bias, dtype=dtype
    )
    first = Conv2d(1, channels, 1, weight=whole((channels, 1, 1, 1), dtype, seed + 1), dtype=dtype)
    layers = [first, layer] if draw(st.booleans()) else [layer]  # with a layer before it, grad_x matters
    return Sequential(*layers), whole((count, layers[0].in_channels, *size), dtype, seed + 2)


@settings(max_examples=120)
@given(convolutions())
def test_convolutions_agree_exactly(case):
    network, x = case
    out = copy.deepcopy(network).forward(x)
    plan = assert_same(network, x, whole(out.shape, x.dtype, 5))
    padding, kernel = network[-1].options["padding"], network[-1].kernel_size
    sees_data = all(max(ends) < size for ends, size in zip(padding, kernel, strict=True))
    assert isinstance(plan.layers[-1], FastConv2d if sees_data else Unchanged)


@pytest.mark.parametrize("channels", [1, 8])  # copied side by side, and not
@pytest.mark.parametrize("stride", [1, 2])
def test_blocks_of_rows_fit_together(channels, stride, monkeypatch):
    monkeypatch.setattr("cnnlab.nn.fast.correlation.BLOCK_BYTES", 4000)
    conv = Conv2d(
        channels, 3, 3, stride=stride, padding=1, weight=whole((3, channels, 3, 3), float), dtype=float
    )
    first = Conv2d(channels, channels, 1, weight=whole((channels, channels, 1, 1), float), dtype=float)
    network, x = Sequential(first, conv), whole((2, channels, 43, 9), float)
    plan = assert_same(network, x, whole(copy.deepcopy(network).forward(x).shape, float, 5))
    assert len(plan.layers[1].correlation.blocks) > 2


@pytest.mark.parametrize("options", [{"groups": 2}, {"dilation": 2}, {"padding": 3}])
def test_what_has_no_fast_layer_runs_as_it_is(options):
    conv = Conv2d(
        4, 4, 3, **options, weight=whole((4, 4 // options.get("groups", 1), 3, 3), float), dtype=float
    )
    network, x = Sequential(conv), whole((2, 4, 6, 7), float)
    plan = assert_same(network, x, whole(copy.deepcopy(network).forward(x).shape, float, 5))
    assert isinstance(plan.layers[0], Unchanged)


def test_a_convolutions_working_memory_stays_within_a_block():
    tracemalloc.start()
    try:
        for channels, stride in [(1, 1), (3, 1), (16, 1), (64, 2)]:
            source = np.zeros((66, channels, 66, 32), np.float32)
            size = (64, 64) if stride == 1 else (32, 32)
            before, _ = tracemalloc.get_traced_memory()
            planned = Correlation(source, (3, 3), (stride, stride), size, 32)
            after, _ = tracemalloc.get_traced_memory()
            one_row = 9 * channels * size[1] * 32 * 4 if planned.spread else 32 * size[1] * 32 * 4
            rest = (
                planned.weights.nbytes
                + planned.gradients.nbytes
                + planned.products.nbytes
                + planned.bias.nbytes
            )
            assert after - before - rest <= max(BLOCK_BYTES, one_row) + 100_000
    finally:
        tracemalloc.stop()


# --- Max-pooling --------------------------------------------------------------------------------------------


@st.composite
def poolings(draw):
    """ReLU and max-pooling side by side, over few different numbers: full of ties."""
    window = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    size = [draw(st.integers(k, k + 7)) for k in window]
    x = draw(reference.dtypes)(rng(draw(st.integers(0, 2**32 - 1))).integers(-2, 3, (2, 3, *size)))
    pool = MaxPool2d(window, ceil_mode=draw(st.booleans()))
    return draw(st.sampled_from([[pool], [ReLU(), pool], [pool, ReLU()]])), x


@settings(max_examples=150)
@given(poolings())
def test_ties_in_max_pooling_go_where_the_layer_sends_them(case):
    layers, x = case
    one = Conv2d(3, 3, 1, weight=np.eye(3)[:, :, None, None], dtype=x.dtype)
    network = Sequential(one, *layers)
    out = copy.deepcopy(network).forward(x)
    grad_out = np.arange(1, out.size + 1, dtype=x.dtype).reshape(out.shape)
    plan = assert_same(network, x, grad_out)
    # Sums over cells do not show which cell got it: compare what the convolution before gets.
    grad_x = grad_out
    for layer in reversed(network.layers[1:]):
        layer.forward(x) if layer is network[1] else layer.forward(network[1].forward(x))
        grad_x = layer.backward(grad_x)
    np.testing.assert_array_equal(plan.layers[0].grad_out.transpose(3, 1, 0, 2), grad_x)


def test_many_rows_are_pooled_in_blocks(monkeypatch):
    monkeypatch.setattr(FastMaxPool2d, "BLOCK_BYTES", 3000)
    network = Sequential(
        Conv2d(1, 2, 1, weight=[[[[1]]], [[[-1]]]], dtype=float), MaxPool2d(2, ceil_mode=True)
    )
    x = rng().integers(-2, 3, (3, 1, 25, 7)).astype(float)
    plan = assert_same(network, x, whole((3, 2, 13, 4), float, 5))
    assert len(plan.layers[1].rows) > 3


def test_relu_comes_after_max_pooling_but_not_after_a_padded_one():
    def kinds(pool):
        network = Sequential(Conv2d(1, 1, 1, weight=[[[[1]]]], dtype=float), ReLU(), pool)
        assert_same(network, whole((1, 1, 5, 5), float), whole((1, 1, *out_size(pool)), float))
        return [type(layer) for layer in plan_for(network, (1, 1, 5, 5)).layers]

    def out_size(pool):
        return pool.forward(np.ones((1, 1, 5, 5))).shape[2:]

    assert kinds(MaxPool2d(2)) == [FastConv2d, FastMaxPool2d, FastReLU]
    assert kinds(MaxPool2d(2, padding=1)) == [FastConv2d, FastReLU, Unchanged]
    assert kinds(MaxPool2d(3, stride=2)) == [FastConv2d, Unchanged, FastReLU]


# --- Batch normalization ------------------------------------------------------------------------------------


@st.composite
def normalizations(draw):
    """A convolution, batch normalization and a convolution with padding; or the same for vectors."""
    dtype, seed = draw(reference.dtypes), draw(st.integers(0, 2**32 - 1))
    made, channels, count = (
        {"rng": rng(seed), "dtype": dtype},
        draw(st.integers(1, 5)),
        draw(st.integers(2, 5)),
    )
    norm = BatchNorm2d(channels, eps=draw(st.sampled_from([1e-5, 0.5])), momentum=0.3, dtype=dtype)
    norm.weight, norm.bias = rng(seed + 1).normal(size=(2, channels))
    if draw(st.booleans()):
        return Sequential(Dense(4, channels, **made), norm, Dense(channels, 3, **made)), (count, 4)
    stride, padding = draw(st.integers(1, 2)), draw(st.integers(0, 1))
    first = Conv2d(2, channels, 3, stride=stride, padding=1, **made)
    size = draw(st.integers(3, 8)), draw(st.integers(3, 8))
    return Sequential(first, norm, Conv2d(channels, 3, 2, padding=padding, **made)), (count, 2, *size)


@settings(max_examples=80)
@given(normalizations(), st.booleans())
def test_batch_normalization_agrees_up_to_rounding(case, training):
    network, shape = case
    plain, x = copy.deepcopy(network), 3 + rng(1).normal(size=shape).astype(network[1].weight.dtype)
    if not training:
        for each in (network, plain):
            each[1].running_mean = each[1].running_mean + each[1].bias
            each[1].running_var = each[1].running_var + each[1].weight ** 2
    # Numbers that lie close together are what normalization has to stretch, and it stretches their rounding
    # with them: once forward by |numbers| / spread, and backward by another 1 / spread.
    numbers = network[0].forward(x)
    spread = numbers.std(axis=tuple({*range(numbers.ndim)} - {1})).min() if training else 1
    stretched = max(1, np.abs(numbers).max() / spread) * max(1, 1 / spread)
    assume(stretched < 1000)
    plan, tolerance = plan_for(network, shape), 200 * np.finfo(x.dtype).eps * stretched
    for _ in range(2):  # what the first leaves behind must not reach the second
        out, expected = plan.forward(x, training), plain.forward(x, training)
        grad_out = rng(2).normal(size=out.shape).astype(x.dtype)
        plan.backward(grad_out)
        plain.backward(grad_out)
        for actual, wanted in [
            (out, expected),
            (network.gradients, plain.gradients),
            *((array, plain.state_dict()[name]) for name, array in network.state_dict().items()),
        ]:
            np.testing.assert_allclose(
                actual, wanted, rtol=0, atol=tolerance * max(1, np.abs(wanted).max()), strict=True
            )
    assert not any(isinstance(layer, Unchanged) for layer in plan.layers)


def test_a_channel_of_one_number_is_refused_in_the_operations_words():
    network = Sequential(BatchNorm2d(2))
    with pytest.raises(ValueError, match="batch_norm_training: x must have at least two numbers in each"):
        plan_for(network, (1, 2, 1, 1)).forward(np.ones((1, 2, 1, 1)), training=True)
    assert network[0].running_mean.tolist() == [0, 0]
    flat = plan_for(Sequential(BatchNorm2d(2, eps=0)), (3, 2, 2, 2))
    with pytest.raises(ValueError, match=r"batch_norm_training: var \+ eps must be above 0"):
        flat.forward(np.ones((3, 2, 2, 2)), training=True)


# --- Whole networks -----------------------------------------------------------------------------------------


def zoo(dtype):
    """Return networks with every layer there is, and images for each."""
    random = rng(3)
    made = {"rng": random, "dtype": dtype}
    yield (
        Sequential(Conv2d(1, 8, 3, **made), ReLU(), MaxPool2d(2), Flatten(), Dense(72, 2, **made)),
        (16, 1, 9, 9),
    )
    yield (
        Sequential(
            Conv2d(3, 6, 3, padding="same", **made),
            BatchNorm2d(6, dtype=dtype),
            ReLU(),
            Residual(
                Conv2d(6, 6, 3, padding=1, **made), ReLU(), Conv2d(6, 6, 3, padding=1, bias=False, **made)
            ),
            LeakyReLU(0.1),
            Sequential(MaxPool2d(2, ceil_mode=True), Conv2d(6, 5, 2, stride=2, **made)),
            Sigmoid(),
            AdaptiveAvgPool2d(1),
            Flatten(),
            Dense(5, 3, bias=False, **made),
        ),
        (4, 3, 11, 10),
    )
    yield (
        Sequential(
            Residual(Residual(Conv2d(2, 2, 3, padding=1, **made)), Tanh()),
            AvgPool2d(3, stride=2, padding=1, ceil_mode=True),
            Flatten(),
            Dense(24, 4, **made),
            Dropout(0.3, random),
            ReLU(),
            Residual(Dense(4, 4, **made)),
        ),
        (3, 2, 6, 5),
    )
    yield (
        Sequential(
            Conv2d(1, 4, 3, padding=1, **made),
            ReLU(),
            MaxPool2d(2),
            ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1, **made),
            ReLU(),
            ConvTranspose2d(3, 2, (1, 2), groups=1, bias=False, **made),
            Flatten(),
            Dense(84, 3, **made),
        ),
        (5, 1, 6, 6),
    )
    yield Sequential(Dense(6, 5, **made), ReLU(), Dense(5, 1, **made)), (7, 6)
    yield Residual(Conv2d(2, 2, 3, padding=1, **made), ReLU()), (3, 2, 4, 5)
    yield (
        Sequential(
            Conv2d(1, 3, 3, padding=1, **made),
            Residual(
                Conv2d(3, 4, 3, stride=2, padding=1, **made),
                ReLU(),
                Conv2d(4, 4, 3, padding=1, **made),
                shortcut=Sequential(Conv2d(3, 4, 1, stride=2, **made), BatchNorm2d(4, dtype=dtype)),
            ),
            Residual(Conv2d(4, 2, 1, **made), shortcut=Conv2d(4, 2, 1, bias=False, **made)),
            ReLU(),
        ),
        (3, 1, 7, 6),
    )
    yield (  # at the front, where no gradient is wanted
        Residual(MaxPool2d(2), shortcut=Conv2d(2, 2, 3, stride=2, padding=1, **made)),
        (3, 2, 6, 6),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("number", range(8))
def test_networks_agree_up_to_rounding(number, dtype):
    network, shape = list(zoo(dtype))[number]
    x = rng(1).normal(size=shape).astype(dtype)
    out = copy.deepcopy(network).forward(x)
    grad_out = rng(2).normal(size=out.shape).astype(dtype)
    assert_same(network, x, grad_out, exact=False)
    # Asked for it, a plan also tells the gradient with respect to x.
    plain, plan = copy.deepcopy(network), plan_for(network, shape, input_gradient=True)
    plain.forward(x)
    expected = plain.backward(grad_out)
    for _ in range(2):
        plan.forward(x)
        found = plan.backward(grad_out)
        tolerance = 2000 * np.finfo(dtype).eps * np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance, strict=True)
    assert plan_for(network, shape).backward(grad_out) is None


OPTIMIZERS = [
    SGD(0.125),
    SGD(0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    RMSprop(eps=1e-3),
    Adam(eps=1e-3),  # where a gradient is 0 up to rounding, a smaller one would show the rounding alone
    AdamW(eps=1e-3),
]


def four_lines(network, loss, optimizer, x, y):
    """Do what the docstring of ``train_step`` says; return the loss."""
    (said,) = re.findall(r"::\n\n((?: {8}.*\n){4})", train_step.__doc__)
    names = {"network": network, "loss": loss, "optimizer": optimizer, "x": x, "y": y}
    exec(textwrap.dedent(said), names)
    return names["value"]


def assert_steps_agree(network, loss, optimizer, x, y, steps, **tolerance):
    plain, plain_loss, plain_optimizer = copy.deepcopy((network, loss, optimizer))
    for _ in range(steps):
        value = train_step(network, loss, optimizer, x, y)
        expected = four_lines(plain, plain_loss, plain_optimizer, x, y)
        np.testing.assert_allclose(value, expected, **tolerance)
        for name, array in network.state_dict().items():
            np.testing.assert_allclose(array, plain.state_dict()[name], **tolerance)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__)
@pytest.mark.parametrize("number", range(5))
def test_a_step_is_the_four_lines_it_stands_for(number, optimizer):
    network, shape = list(zoo(np.float64))[number]
    classes = network.output_shape(shape[1:])[0]
    x, y = rng(1).normal(size=shape), rng(2).integers(0, classes, shape[0])
    tolerance = {"rtol": 1e-9, "atol": 1e-12}
    assert_steps_agree(network, CrossEntropyLoss(), copy.deepcopy(optimizer), x, y, 3, **tolerance)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__)
def test_a_step_is_the_four_lines_to_the_last_bit_where_sums_are_exact(optimizer):
    network = Sequential(
        Conv2d(1, 2, 3, weight=whole((2, 1, 3, 3), float), dtype=float),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dense(8, 2, weight=whole((2, 8), float, 1), dtype=float),
    )
    x, y = whole((4, 1, 6, 6), float, 2), whole((4, 2), float, 3)
    assert_steps_agree(network, MSELoss(), copy.deepcopy(optimizer), x, y, 1, rtol=0)


def test_evaluation_uses_the_running_statistics_and_drops_nothing():
    network, shape = list(zoo(np.float64))[1]
    x = rng(1).normal(size=shape)
    network.forward(x, training=True)
    assert_close(predict(network, x), network.forward(x))
    network, shape = list(zoo(np.float64))[2]
    x = rng(1).normal(size=shape)
    assert_close(predict(network, x), network.forward(x))


def test_images_of_another_dtype_are_taken_in_the_networks():
    network, shape = next(zoo(np.float32))
    x = rng().integers(0, 5, shape)
    assert predict(network, x).dtype == np.float32
    np.testing.assert_allclose(predict(network, x), network.forward(x), rtol=1e-5, atol=1e-5)


# --- What is reused -----------------------------------------------------------------------------------------


def test_what_one_holds_stays_as_it_was():
    network, shape = next(zoo(np.float32))
    random, loss = rng(), CrossEntropyLoss()
    x, y = random.normal(size=shape).astype(np.float32), random.integers(0, 2, shape[0])
    held = []
    for _ in range(3):
        plan = plan_for(network, shape)
        out = plan.forward(x)
        loss.forward(out, y)
        grad_out = loss.backward()
        plan.backward(grad_out)
        held.append(
            [
                out,
                grad_out,
                predict(network, x),
                network[0].weight,
                network[0].named_gradients()["weight"],
                x,
                y,
            ]
        )
        kept = copy.deepcopy(held)
        train_step(network, loss, SGD(0.5), x, y)
        train_step(network, loss, SGD(0.5), x[:5], y[:5])
        for now, before in zip(itertools.chain(*held), itertools.chain(*kept), strict=True):
            np.testing.assert_array_equal(now, before)
    assert (held[0][0] != held[1][0]).any()
    owned = [layer.x for layer in plan.layers] + [layer.grad_out for layer in plan.layers]
    assert not any(np.shares_memory(array, mine) for array in itertools.chain(*held) for mine in owned)


def test_a_plan_is_made_once_for_a_shape_and_only_a_few_are_kept():
    network, shape = next(zoo(np.float32))
    plan = plan_for(network, shape)
    assert plan_for(network, shape) is plan
    for count in range(1, 6):
        plan_for(network, (count, *shape[1:]))
    assert plan_for(network, shape) is not plan


def test_plans_of_many_networks_do_not_pile_up():
    """Thirty networks that a lesson keeps must not keep thirty times the memory of a batch."""
    x = rng().normal(size=(256, 1, 12, 12)).astype(np.float32)
    networks = [Sequential(Conv2d(1, 8, 3, padding=1, rng=rng(seed)), ReLU()) for seed in range(30)]
    expected = [network.forward(x[:4]) for network in networks]
    tracemalloc.start()
    try:
        predict(networks[0], x)
        one, _ = tracemalloc.get_traced_memory()
        for network in networks:
            predict(network, x)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after < 8 * one
    for network, wanted in zip(networks, expected, strict=True):  # planned anew, and as right as before
        np.testing.assert_allclose(predict(network, x[:4]), wanted, atol=1e-5)


def test_a_plan_follows_the_layers_wherever_their_parameters_are():
    network, shape = next(zoo(np.float64))
    x = rng().normal(size=shape)
    predict(network, x)
    other = Sequential(*network[:4], Dense(72, 3, rng=rng(), dtype=np.float64))
    other.parameters[:80] *= 2  # the shared layer now lives in the other network's vector
    assert_close(predict(network, x), network.forward(x))
    network[0].trainable = False
    network[0].weight = -network[0].weight
    assert_close(predict(network, x), network.forward(x))


def test_a_copy_of_a_network_has_plans_of_its_own():
    network, shape = next(zoo(np.float64))
    x = rng().normal(size=shape)
    before = predict(network, x)
    other = copy.deepcopy(network)
    other.parameters[:] = 0
    assert_close(predict(other, x), np.zeros((16, 2)))
    assert_close(predict(network, x), before)


# --- Refused ------------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_in_the_layers_words():
    network, shape = next(zoo(np.float32))
    with pytest.raises(ValueError, match=r"Conv2d: each image .* \(1, H, W\), got \(2, 9, 9\)"):
        predict(network, np.ones((1, 2, 9, 9)))
    with pytest.raises(ValueError, match=r"Dense: each row of x must have shape \(72,\), got \(128,\)"):
        predict(network, np.ones((1, 1, 10, 11)))
    with pytest.raises(ValueError, match=r"predict: x must have shape \(N, in\) or \(N, C, H, W\)"):
        predict(network, np.ones(shape[1:]))
    assert_close(predict(Sequential(ReLU()), [[-1, 2]]), [[0, 2]])
