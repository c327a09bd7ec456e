"""Networks: layers in order and in reverse, one vector of parameters, residual paths, files."""

import copy
import io
import os

import numpy as np
import pytest

from cnnlab.gradcheck import gradcheck
from cnnlab.nn import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Tanh,
)
from tests.helpers.reference import assert_close


def small(seed=0, dtype=np.float32, filters=3):
    rng = np.random.default_rng(seed)
    return Sequential(
        Conv2d(1, filters, 3, padding=1, rng=rng, dtype=dtype),
        BatchNorm2d(filters, dtype=dtype),
        ReLU(),
        Residual(Conv2d(filters, filters, 3, padding=1, rng=rng, dtype=dtype), ReLU()),
        MaxPool2d(2, ceil_mode=True),
        Flatten(),
        Dense(filters * 6, 2, rng=rng, dtype=dtype),
    )


X = np.random.default_rng(9).normal(size=(4, 1, 5, 4))


# --- Forward and backward -----------------------------------------------------------------------------------


def test_layers_act_in_order_and_backward_in_reverse():
    network = small(dtype=np.float64)
    x = X
    for layer in copy.deepcopy(network):
        x = layer.forward(x)
    out = network.forward(X)
    assert_close(out, x)
    grad = np.random.default_rng(1).normal(size=out.shape)
    grad_x = network.backward(grad)
    assert gradcheck(lambda x: np.sum(grad * copy.deepcopy(network).forward(x)), X, grad_x)


def test_the_gradient_of_the_vector_is_its_slope():
    network = small(dtype=np.float64)
    grad = np.random.default_rng(1).normal(size=(4, 2))
    network.forward(X, training=True)
    network.backward(grad)
    analytic = network.gradients.copy()

    def loss(vector):
        other = copy.deepcopy(network)
        other.parameters[:] = vector
        return np.sum(grad * other.forward(X, training=True))

    assert gradcheck(loss, network.parameters, analytic, tolerance=1e-4)


def test_a_residual_adds_what_came_in():
    double = Residual(Dense(2, 2, weight=[[1, 2], [0, 3]], dtype=np.float64))
    assert_close(double.forward([[1, 10]]), [[1 + 21, 10 + 30]])
    assert_close(double.backward([[1, 100]]), [[1 + 1, 100 + 2 + 300]])
    with pytest.raises(
        ValueError, match=r"Residual: layers must keep the shape, got \(1, 2\) in and \(1, 1\) out"
    ):
        Residual(Dense(2, 1, weight=[[1, 2]])).forward([[1, 10]])


def test_a_shortcut_stands_on_the_way_around():
    made = {"rng": np.random.default_rng(5), "dtype": np.float64}
    layers = Conv2d(2, 3, 3, stride=2, padding=1, **made), ReLU()
    shortcut = Sequential(Conv2d(2, 3, 1, stride=2, bias=False, **made))
    block = Residual(*layers, shortcut=shortcut)
    assert list(block.named_parameters()) == ["0.weight", "0.bias", "shortcut.0.weight"]
    assert block.output_shape((2, 7, 6)) == (3, 4, 3)
    rng = np.random.default_rng(6)
    x, grad = rng.normal(size=(2, 2, 7, 6)), rng.normal(size=(2, 3, 4, 3))
    expected = Sequential(*copy.deepcopy(layers)).forward(x)
    for image, out in zip(x, expected, strict=True):  # the 1×1 convolution, place by place
        for row, column in np.ndindex(4, 3):
            out[:, row, column] += shortcut[0].weight[:, :, 0, 0] @ image[:, 2 * row, 2 * column]
    assert_close(block.forward(x), expected)

    block.forward(x)
    grad_x = block.backward(grad)
    analytic = block.gradients.copy()

    def loss(vector, images=x):
        other = copy.deepcopy(block)
        other.parameters[:] = vector
        return np.sum(grad * other.forward(images))

    assert gradcheck(loss, block.parameters, analytic, tolerance=1e-4)
    assert gradcheck(lambda images: loss(block.parameters, images), x, grad_x, tolerance=1e-4)
    assert repr(Residual(ReLU(), shortcut=Tanh())) == "Residual(\n    ReLU(),\n    shortcut=Tanh(),\n)"


def test_a_shortcut_must_fit():
    with pytest.raises(TypeError, match=r"^Residual: shortcut must be a layer, got str$"):
        Residual(ReLU(), shortcut="around")
    rng, relu = np.random.default_rng(1), ReLU()
    with pytest.raises(ValueError, match=r"^Residual: layers must differ, one layer stands in two places$"):
        Residual(relu, shortcut=relu)
    wrong = Residual(Dense(2, 3, weight="he", rng=rng), shortcut=Dense(2, 4, rng=rng))
    message = r"^Residual: shortcut must give the layers' shape \({}3,?\), got \({}4,?\)$"
    with pytest.raises(ValueError, match=message.format("1, ", "1, ")):
        wrong.forward([[1, 2]])
    with pytest.raises(ValueError, match=message.format("", "")):
        wrong.output_shape((2,))


# --- One vector ---------------------------------------------------------------------------------------------


def test_all_parameters_are_one_vector():
    network = small()
    layers = [*network[:3], *network[3], *network[4:]]
    expected = np.concatenate([layer.parameters for layer in layers])
    np.testing.assert_array_equal(network.parameters, expected)
    network.parameters[:] = np.arange(len(expected))
    assert_close(network[0].weight.ravel(), np.arange(27), np.float32)
    network[0].bias = [7, 8, 9]
    assert_close(network.parameters[27:30], [7, 8, 9], np.float32)


def test_what_a_layer_shows_does_not_move_with_the_vector():
    network = small()
    held = network[0].weight
    before = held.copy()
    network.parameters[:] += 1
    np.testing.assert_array_equal(held, before)
    np.testing.assert_array_equal(network[0].weight, before + 1)


def test_by_name_there_is_every_number_in_order():
    network = small()
    named = network.named_parameters()
    assert list(named)[:4] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert list(named)[-2:] == ["6.weight", "6.bias"]
    assert "3.0.weight" in named
    together = np.concatenate([array.ravel() for array in named.values()])
    np.testing.assert_array_equal(together, network.parameters)
    assert network.state_dict().keys() - named.keys() == {"1.running_mean", "1.running_var"}
    network.backward(np.ones_like(network.forward(X)))
    together = np.concatenate([array.ravel() for array in network.named_gradients().values()])
    np.testing.assert_array_equal(together, network.gradients)


def test_frozen_layers_are_left_out():
    network = small()
    everything = network.parameters.size
    network[0].trainable = False
    assert network.parameters.size == everything - 30
    kept = network[0].weight
    network.parameters[:] = 0
    np.testing.assert_array_equal(network[0].weight, kept)
    network[0].trainable = True
    assert network.parameters.size == everything
    np.testing.assert_array_equal(network.parameters[:27], kept.ravel())


def test_a_layer_may_move_to_another_network_and_stays_the_same_layer():
    first = small()
    first.parameters[:27] = 1
    second = Sequential(*first[:3], Flatten(), Dense(60, 2, rng=np.random.default_rng(5)))
    second.parameters[:27] = 2
    assert (first[0].weight == 2).all()
    first.parameters[:27] = 3
    assert (second[0].weight == 3).all()
    assert (second.parameters[:27] == 3).all()


def test_a_copy_is_a_network_of_its_own():
    network = small()
    network.parameters[:] = 1
    other = copy.deepcopy(network)
    other.parameters[:] = 2
    assert (network[0].weight == 1).all()
    assert (other[0].weight == 2).all()


# --- In words, and refused ----------------------------------------------------------------------------------


def test_the_summary_counts_and_changes_nothing():
    network = small(filters=8)
    out = network.forward(X)
    network.backward(np.ones_like(out))
    text = network.summary((1, 5, 4))
    assert [line.split()[-1] for line in text.splitlines() if "Conv2d(1" in line] == ["80"]
    assert "8×5×4" in text
    assert text.splitlines()[-1].split() == [f"{network.parameters.size:,}"]
    network.backward(np.ones_like(out))  # what was remembered is still there


def test_a_network_says_what_it_is():
    network = Sequential(ReLU(), Residual(ReLU()))
    assert repr(network) == "Sequential(\n    ReLU(),\n    Residual(\n        ReLU(),\n    ),\n)"
    assert len(network) == 2
    assert network[0] is next(iter(network))
    assert list(network[:1]) == [network[0]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Sequential(), ValueError, "Sequential: layers must not be empty"),
        (lambda: Sequential([ReLU()]), TypeError, "Sequential: layers must be layers, got list"),
        (lambda: Sequential(ReLU), TypeError, "Sequential: layers must be layers, got type"),
        (lambda: Sequential(*[ReLU()] * 2), ValueError, "one layer stands in two places"),
        (lambda: Sequential(ReLU()).parameters, ValueError, "of one dtype, got no parameters"),
        (
            lambda: Sequential(BatchNorm2d(1), BatchNorm2d(1, dtype=float)).parameters,
            ValueError,
            "one dtype, got .*float32.*64",
        ),
        (lambda: small().summary((1, 0, 4)), ValueError, "summary: input_shape must be at least 1"),
    ],
)
def test_bad_networks(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_an_error_says_in_which_layer():
    with pytest.raises(ValueError, match="dense: x has 18 inputs, weight expects 17") as raised:
        Sequential(*small()[:-1], Dense(17, 2, rng=np.random.default_rng(0))).forward(X)
    assert raised.value.__notes__ == ["(in layer 6, Dense(17, 2))"]


# --- On disk ------------------------------------------------------------------------------------------------


def state(network):
    return {name: array.copy() for name, array in network.state_dict().items()}


def assert_same_state(network, expected):
    for name, array in network.state_dict().items():
        np.testing.assert_array_equal(array, expected[name])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saved_and_loaded_is_the_same_network(tmp_path, dtype):
    first, second = small(0, dtype), small(1, dtype)
    first.forward(X, training=True)  # moves the running statistics, which are saved too
    first.save(tmp_path / "network.npz")
    assert os.listdir(tmp_path) == ["network.npz"]
    second.load(str(tmp_path / "network.npz"))
    assert_same_state(second, state(first))
    np.testing.assert_array_equal(second.forward(X), first.forward(X))
    assert second.parameters.tobytes() == first.parameters.tobytes()


def one_array():
    file = io.BytesIO()
    np.save(file, np.ones(3))
    return file.getvalue()


def damaged(contents):
    """Files that are not whole: cut short, with one byte changed, empty, something else."""
    middle = len(contents) // 2
    return {
        "cut": contents[:-30],
        "half": contents[:middle],
        "changed": contents[:middle] + bytes([contents[middle] ^ 255]) + contents[middle + 1 :],
        "empty": b"",
        "text": b"weights, weights, weights",
        "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07weights\x94.",
        "zip": b"PK\x05\x06" + bytes(18),
    }


@pytest.mark.parametrize("kind", damaged(b"PK"))
def test_a_damaged_file_is_refused_and_changes_nothing(tmp_path, kind):
    network, path = small(), tmp_path / "network.npz"
    small(1).save(path)
    path.write_bytes(damaged(path.read_bytes())[kind])
    before = state(network)
    with pytest.raises(ValueError, match=r"Sequential.load: .*network.npz (is damaged or no|was not saved)"):
        network.load(path)
    assert_same_state(network, before)


@pytest.mark.parametrize(
    ("save", "message"),
    [
        (
            lambda path: small(filters=4).save(path),
            r"0.bias must be float32 of shape \(3,\), got float32 of shape \(4,\)",
        ),
        (lambda path: small(dtype=np.float64).save(path), r"0.bias must be float32 .*, got float64"),
        (
            lambda path: Sequential(*small()[:-1]).save(path),
            r"6.bias must be float32 of shape \(2,\), got absent",
        ),
        (
            lambda path: Sequential(*small(), Dense(2, 2, rng=np.random.default_rng(0))).save(path),
            "7.bias must be absent",
        ),
        (lambda path: np.savez(path, x=np.ones(3)), "was not saved by a network"),
        (lambda path: np.savez(path, format=np.array([{}], object)), "is damaged or no file of parameters"),
        (lambda path: path.write_bytes(one_array()), "is damaged or no file of parameters"),
    ],
)
def test_another_networks_file_is_refused_and_changes_nothing(tmp_path, save, message):
    network, path = small(), tmp_path / "network.npz"
    save(path)
    before = state(network)
    with pytest.raises(ValueError, match=message):
        network.load(path)
    assert_same_state(network, before)


def test_no_file_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        small().load(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("moment", ["savez", "fsync", "replace"])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch, moment, interruption):
    path, first = tmp_path / "network.npz", small(0)
    first.save(path)
    real = np.savez

    def interrupted(*arguments, **options):
        if moment == "savez":
            real(*arguments, **dict(list(options.items())[:2]))  # a part of it
        raise interruption

    monkeypatch.setattr(np if moment == "savez" else os, moment, interrupted)
    with pytest.raises(interruption):
        small(1).save(path)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["network.npz"]
    other = small(2)
    other.load(path)
    assert_same_state(other, state(first))


def test_dropout_needs_nothing_from_disk(tmp_path):
    network = Sequential(Dense(2, 2, rng=np.random.default_rng(0)), Dropout(0.5, np.random.default_rng(0)))
    network.save(tmp_path / "n")
    network.load(tmp_path / "n")
    assert AdaptiveAvgPool2d(1).state_dict() == {}
