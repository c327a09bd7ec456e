"""Networks in PyTorch and in ONNX Runtime give what they give here; files of others are read, or refused."""

import os
import sys

import numpy as np
import pytest

from cnnlab import nn
from cnnlab.nn import exchange
from tests.helpers.hostile_files import DENSE, GOOD, HOSTILE, changed, entry, file_of, sparse
from tests.helpers.networks import liven, random_network

# Of float32 results that are about as large as 1: an error counts relative to a result beyond that.
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
SEEDS = range(200)


def batch(image, seed, dtype=np.float32):
    return np.random.default_rng([seed, 1]).normal(size=(3, *image)).astype(dtype)


def small(seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    network = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, rng=rng, dtype=dtype),
        nn.BatchNorm2d(4, dtype=dtype),
        nn.ReLU(),
        nn.Residual(
            nn.Conv2d(4, 6, 3, stride=2, padding=1, rng=rng, dtype=dtype),
            shortcut=nn.Sequential(
                nn.Conv2d(4, 6, 1, stride=2, bias=False, rng=rng, dtype=dtype), nn.BatchNorm2d(6, dtype=dtype)
            ),
        ),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dense(6, 3, rng=rng, dtype=dtype),
    )
    liven(network, rng)
    return network


NAMES = [
    "0.bias", "0.weight", "1.bias", "1.num_batches_tracked", "1.running_mean", "1.running_var", "1.weight",
    "3.0.bias", "3.0.weight", "3.shortcut.0.weight", "3.shortcut.1.bias",
    "3.shortcut.1.num_batches_tracked", "3.shortcut.1.running_mean", "3.shortcut.1.running_var",
    "3.shortcut.1.weight", "6.bias", "6.weight",
]  # fmt: skip


def numbers(network):
    """Return a copy of all that a network is made of."""
    return {name: array.copy() for name, array in network.state_dict().items()}


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], strict=True)


# --- The bar: 200 random networks, three times --------------------------------------------------------------


def test_the_random_networks_are_of_all_kinds_and_sizes():
    kinds, options, paddings, outputs = set(), set(), set(), []
    for seed in SEEDS:
        network, image = random_network(seed)
        outputs.append(np.abs(network.forward(batch(image, seed))).max())
        kinds |= {type(layer).__name__ for layer in network}
        for leaf in network.leaves.values():
            kinds.add(type(leaf).__name__)
            for name, value in getattr(leaf, "options", {}).items():
                options.add((type(leaf).__name__, name, str(value)))
                if name == "padding":
                    paddings.add(type(value).__name__ + str(np.ndim(value)))
    ends = set(nn.__all__) & {name for name in dir(nn) if isinstance(getattr(nn, name), type)}
    layers = {name for name in ends if issubclass(getattr(nn, name), nn.Layer)}
    assert kinds == layers - {"Layer"}
    assert {"MaxPool2d", "AvgPool2d"} <= {kind for kind, *rest in options if rest == ["ceil_mode", "True"]}
    assert ("AvgPool2d", "count_include_pad", "False") in options
    assert ("ConvTranspose2d", "output_padding", "1") in options
    assert {("Conv2d", "groups", "2"), ("Conv2d", "dilation", "2"), ("Conv2d", "stride", "3")} <= options
    assert paddings == {"int0", "str0", "tuple1", "tuple2"}
    assert 0.01 < np.median(outputs) < 100


@pytest.fixture(scope="module")
def runtime():
    """ONNX Runtime, quiet, on one core."""
    check_model = pytest.importorskip("onnx").checker.check_model
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3

    def run(path, x):
        check_model(str(path), full_check=True)
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        (out,) = session.run(None, {"x": x})
        return out

    return run


@pytest.mark.parametrize("seed", SEEDS)
def test_onnx_runtime_gives_our_results(seed, runtime, tmp_path):
    network, image = random_network(seed)
    exchange.save_onnx(network, tmp_path / "n.onnx", image)
    x = batch(image, seed)
    np.testing.assert_allclose(runtime(tmp_path / "n.onnx", x), network.forward(x), strict=True, **CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_pytorch_gives_our_results(seed, tmp_path):
    torch = pytest.importorskip("torch")
    network, image = random_network(seed)
    module, x = exchange.to_torch(network), batch(image, seed)
    with torch.no_grad():
        out = module(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(out, network.forward(x), strict=True, **CLOSE)
    before = numbers(network)
    for array in network.state_dict().values():
        array[...] = 0.5
    exchange.from_torch(network, module)
    assert_same(network.state_dict(), before)


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_numbers_made_in_pytorch_give_its_results_here(seed, tmp_path):
    """Weights that PyTorch has drawn and trained for a step, by a file that PyTorch's library has written."""
    torch = pytest.importorskip("torch")
    save_file = pytest.importorskip("safetensors.torch").save_file
    network, image = random_network(seed)
    torch.manual_seed(seed)
    module, x = exchange.to_torch(network).train(), torch.from_numpy(batch(image, seed))
    module(x.requires_grad_()).square().mean().backward()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter -= 0.05 * parameter.grad
    save_file(module.eval().state_dict(), tmp_path / "n.safetensors")
    exchange.load_safetensors(network, tmp_path / "n.safetensors")
    with torch.no_grad():
        out = module(x).numpy()
    np.testing.assert_allclose(network.forward(x.detach().numpy()), out, strict=True, **CLOSE)


# --- Names --------------------------------------------------------------------------------------------------


def test_a_file_has_the_names_and_shapes_of_pytorchs_state_dict(tmp_path):
    exchange.save_safetensors(small(), tmp_path / "n")
    saved = exchange.read_safetensors(tmp_path / "n")
    assert list(saved) == NAMES
    assert saved["1.num_batches_tracked"].dtype == np.int64
    assert saved["1.num_batches_tracked"].shape == ()


def test_a_plain_sequential_of_pytorch_takes_the_file_as_it_is(tmp_path):
    torch = pytest.importorskip("torch")
    load_file = pytest.importorskip("safetensors.torch").load_file
    rng = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, rng=rng), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dense(64, 10, rng=rng),
    )  # fmt: skip
    liven(network, rng)
    twin = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(),
        torch.nn.MaxPool2d(2), torch.nn.Flatten(), torch.nn.Linear(64, 10),
    )  # fmt: skip
    exchange.save_safetensors(network, tmp_path / "n")
    twin.load_state_dict(load_file(tmp_path / "n"), strict=True)
    x = batch((1, 8, 8), 0)
    with torch.no_grad():
        out = twin.eval()(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(out, network.forward(x), **CLOSE)
    made = exchange.to_torch(network)
    kinds = [type(layer).__name__ for layer in made]
    assert kinds == [type(layer).__name__ for layer in twin]
    assert list(made.state_dict()) == list(twin.state_dict())


def test_the_twin_of_a_way_around_has_the_same_names():
    pytest.importorskip("torch")
    assert sorted(exchange.to_torch(small()).state_dict()) == NAMES


def test_a_single_layer_and_its_twin():
    torch = pytest.importorskip("torch")
    layer = nn.Dense(2, 1, weight=[[3, 4]])
    twin = exchange.to_torch(layer)
    assert list(twin.state_dict()) == ["weight", "bias"]
    assert not twin.training
    assert type(twin) is torch.nn.Linear


def test_a_twin_holds_a_copy():
    torch = pytest.importorskip("torch")
    network = small()
    before, module = numbers(network), exchange.to_torch(network)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    assert_same(numbers(network), before)


def test_a_twin_of_a_float64_network_computes_in_float64():
    torch = pytest.importorskip("torch")
    network, x = small(dtype=np.float64), batch((2, 7, 8), 0, np.float64)
    out = exchange.to_torch(network)(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(out, network.forward(x), rtol=1e-12, strict=True)


def test_the_state_of_a_module_by_hand():
    torch = pytest.importorskip("torch")
    network, layer = nn.Dense(2, 1, weight=[[0, 0]]), torch.nn.Linear(2, 1)
    exchange.load_state(network, layer.state_dict())
    np.testing.assert_array_equal(network.weight, layer.weight.detach().numpy())
    half = {name: value.bfloat16() for name, value in layer.state_dict().items()}
    exchange.load_state(network, half)
    np.testing.assert_array_equal(network.weight, half["weight"].float().numpy())


# --- The same bytes, whole at every moment ------------------------------------------------------------------


def test_the_same_network_gives_the_same_bytes(tmp_path):
    pytest.importorskip("onnx")
    for name in ("one", "other"):
        exchange.save_safetensors(small(), tmp_path / f"{name}.safetensors")
        exchange.save_onnx(small(), tmp_path / f"{name}.onnx", (2, 9, 8))
    for kind in ("safetensors", "onnx"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"other.{kind}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("kind", ["safetensors", "onnx"])
def test_an_interrupted_save_leaves_the_old_file(kind, tmp_path, monkeypatch):
    pytest.importorskip("onnx")
    save = {
        "safetensors": exchange.save_safetensors,
        "onnx": lambda network, path: exchange.save_onnx(network, path, (2, 9, 8)),
    }[kind]
    save(small(), tmp_path / "n")
    before = (tmp_path / "n").read_bytes()

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(small(1), tmp_path / "n")
    assert (tmp_path / "n").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_saved_and_loaded_is_the_same_network(dtype, tmp_path):
    exchange.save_safetensors(small(3, dtype), tmp_path / "n")
    network = small(4, dtype)
    exchange.load_safetensors(network, str(tmp_path / "n"))
    assert_same(network.state_dict(), small(3, dtype).state_dict())
    for array in network.state_dict().values():
        assert array.dtype == dtype


def test_optimizers_still_move_what_was_loaded(tmp_path):
    exchange.save_safetensors(small(3), tmp_path / "n")
    network = small(4)
    vector = network.parameters
    exchange.load_safetensors(network, tmp_path / "n")
    assert network.parameters is vector
    np.testing.assert_array_equal(vector, small(3).parameters)


# --- Files made by hand, from the description of the format -------------------------------------------------


def dense():
    return nn.Dense(2, 1, weight=[[0.5, 0.25]], bias=[0.125])


def test_a_file_by_hand_is_read(tmp_path):
    path, network = tmp_path / "n", dense()
    path.write_bytes(file_of(DENSE, GOOD))
    exchange.load_safetensors(network, path)
    np.testing.assert_array_equal(network.forward([[1, 10]]), [[48]])
    path.write_bytes(file_of(DENSE | {"__metadata__": {"format": "pt", "by": "hand"}}, GOOD))
    assert list(exchange.read_safetensors(path)) == ["bias", "weight"]


@pytest.mark.parametrize(
    ("dtype", "data"),
    [
        ("F64", np.array([3, 4, 5], "<f8").tobytes()),
        ("F16", np.array([3, 4, 5], "<f2").tobytes()),
        ("BF16", bytes.fromhex("4040 8040 a040")),  # 3, 4, 5: the upper halves of 40400000 and so on
    ],
)
def test_other_floats_are_cast(dtype, data, tmp_path):
    path, network, size = tmp_path / "n", dense(), len(data) // 3
    header = {"weight": entry(dtype, [1, 2], 0, 2 * size), "bias": entry(dtype, [1], 2 * size, 3 * size)}
    path.write_bytes(file_of(header, data))
    exchange.load_safetensors(network, path)
    np.testing.assert_array_equal(network.weight, [[3, 4]])
    np.testing.assert_array_equal(network.bias, [5])
    assert network.weight.dtype == np.float32
    assert exchange.read_safetensors(path)["bias"].dtype == {"F64": "f8", "F16": "f2", "BF16": "f4"}[dtype]


def test_nan_and_infinity_are_taken_as_they_are(tmp_path):
    path, network = tmp_path / "n", dense()
    path.write_bytes(file_of(DENSE, np.array([np.nan, -np.inf, 5], "<f4").tobytes()))
    exchange.load_safetensors(network, path)
    np.testing.assert_array_equal(network.weight, [[np.nan, -np.inf]])


def test_integers_truths_and_nothing_are_read(tmp_path):
    header = {
        "a": entry("I16", [2], 0, 4), "b": entry("BOOL", [], 4, 5), "c": entry("F32", [0, 3], 5, 5),
    }  # fmt: skip
    (tmp_path / "n").write_bytes(file_of(header, bytes([1, 0, 255, 255, 1])))
    read = exchange.read_safetensors(tmp_path / "n")
    np.testing.assert_array_equal(read["a"], np.array([1, -1], np.int16), strict=True)
    assert read["b"].shape == ()
    assert read["b"]
    assert read["c"].shape == (0, 3)


@pytest.mark.parametrize(("data", "message"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_such_file_is_refused_and_changes_nothing(data, message, tmp_path):
    path, network = tmp_path / "n.safetensors", dense()
    before = numbers(network)
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"^load_safetensors: .*n.safetensors .*{message}"):
        exchange.load_safetensors(network, path)
    assert_same(network.state_dict(), before)
    with pytest.raises(ValueError, match=f"^read_safetensors: .*n.safetensors .*{message}"):
        exchange.read_safetensors(path)


MISFITS = {
    "another shape": (
        {"weight": entry("F32", [2, 1], 0, 8)},
        r"weight must be of shape \(1, 2\), got of shape \(2, 1\)",
    ),
    "integers": ({"bias": entry("I32", [1], 8, 12)}, "bias must be of dtype F64, F32, F16, BF16, got I32"),
    "one more": ({"weight": entry("F32", [1], 0, 4), "more": entry("F32", [1], 4, 8)}, "more must be absent"),
}


@pytest.mark.parametrize(("entries", "message"), MISFITS.values(), ids=MISFITS)
def test_another_networks_file_is_refused_and_changes_nothing(entries, message, tmp_path):
    path, network = tmp_path / "n.safetensors", dense()
    before = numbers(network)
    path.write_bytes(changed(**entries))
    with pytest.raises(ValueError, match=f"load_safetensors: .*n.safetensors does not fit: {message}"):
        exchange.load_safetensors(network, path)
    assert_same(network.state_dict(), before)


def test_a_missing_tensor_is_named(tmp_path):
    (tmp_path / "n").write_bytes(file_of({"weight": DENSE["weight"]}, GOOD[:8]))
    with pytest.raises(ValueError, match=r"does not fit: bias must be of shape \(1,\), got absent"):
        exchange.load_safetensors(dense(), tmp_path / "n")


def test_numbers_that_would_become_infinite_are_refused(tmp_path):
    header = {"weight": entry("F64", [1, 2], 0, 16), "bias": entry("F64", [1], 16, 24)}
    (tmp_path / "n").write_bytes(file_of(header, np.array([1, 2, -1e300], "<f8").tobytes()))
    network = dense()
    before = numbers(network)
    with pytest.raises(ValueError, match=r"bias must fit into float32, got numbers up to 1e\+300"):
        exchange.load_safetensors(network, tmp_path / "n")
    assert_same(network.state_dict(), before)


def test_a_sparse_file_of_5_gb_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "n"
    try:
        sparse(path)
    except OSError:
        pytest.skip("this file system has no room for sparse files")
    with pytest.raises(ValueError, match="does not fit: bias must be"):
        exchange.load_safetensors(dense(), path)
    with pytest.raises(ValueError, match="must have at most max_bytes 1,073,741,824, got 5,368,709,"):
        exchange.read_safetensors(path)
    path.unlink()


def test_only_as_much_is_read_as_is_wanted(tmp_path):
    (tmp_path / "n").write_bytes(file_of(DENSE, GOOD))
    size = (tmp_path / "n").stat().st_size
    with pytest.raises(ValueError, match=f"must have at most max_bytes {size - 1}, got {size}"):
        exchange.read_safetensors(tmp_path / "n", max_bytes=size - 1)
    assert len(exchange.read_safetensors(tmp_path / "n", max_bytes=size)) == 2


def test_the_hostile_headers_are_as_long_as_a_header_may_be():
    lengths = [int.from_bytes(data[:8], "little") for name, (data, _) in HOSTILE.items() if "many " in name]
    assert len(lengths) == 5
    assert all(100_000 < length <= 1 << 17 for length in lengths[1:])


def test_folders_and_nothing_are_refused(tmp_path):
    with pytest.raises(ValueError, match="must be a file of safetensors, got a folder"):
        exchange.load_safetensors(dense(), tmp_path)
    with pytest.raises(FileNotFoundError):
        exchange.read_safetensors(tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on POSIX alone")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="must be a file of safetensors, got no ordinary file"):
        exchange.read_safetensors(tmp_path / "pipe")


@pytest.mark.parametrize("seed", range(300))
def test_a_file_with_a_changed_byte_is_read_or_refused(seed, tmp_path):
    """Whatever the byte, the library never stumbles over what passes our own checks."""
    rng, network = np.random.default_rng(seed), dense()
    data = bytearray(file_of(DENSE, GOOD))
    for _ in range(rng.integers(1, 4)):
        data[rng.integers(len(data))] = rng.integers(256)
    (tmp_path / "n").write_bytes(data[: rng.integers(len(data)) if rng.random() < 0.3 else None])
    before = numbers(network)
    try:
        exchange.load_safetensors(network, tmp_path / "n")
    except ValueError:
        assert_same(network.state_dict(), before)


# --- What is refused otherwise ------------------------------------------------------------------------------


class Swish(nn.Layer):
    """A layer of one's own."""

    def forward(self, x, training=False):
        return x / (1 + np.exp(-x))


def test_layers_of_ones_own_are_named(tmp_path):
    network = nn.Sequential(nn.ReLU(), nn.Residual(nn.ReLU(), Swish()))
    pytest.importorskip("onnx")
    with pytest.raises(TypeError, match=r"save_onnx: layers must be .*cnnlab\.nn, got Swish \(layer 1\.1\)"):
        exchange.save_onnx(network, tmp_path / "n", (3,))
    assert not list(tmp_path.iterdir())
    pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"to_torch: layers must be .*cnnlab\.nn, got Swish \(layer 1\.1\)"):
        exchange.to_torch(network)


def test_windows_of_padding_only_are_refused(tmp_path):
    pytest.importorskip("onnx")
    network = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2, padding=1, dilation=2, stride=1))
    assert np.isneginf(network.forward(np.ones((1, 1, 1, 1)))).all()
    with pytest.raises(ValueError, match=r"save_onnx: each window must meet a number, .*MaxPool2d"):
        exchange.save_onnx(network, tmp_path / "n", (1, 1, 1))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda path: exchange.save_onnx("net", path, (1,)), TypeError, "network must be a .*, got str"),
        (lambda path: exchange.save_onnx(dense(), path, 2), TypeError, "must be a tuple .* got 2"),
        (lambda path: exchange.save_onnx(dense(), path, (0,)), ValueError, "input_shape must be at least 1"),
        (lambda path: exchange.save_onnx(dense(), path, (3,)), ValueError, r"shape \(2,\), got \(3,\)"),
        (lambda path: exchange.save_safetensors(None, path), TypeError, "network must be a .*, got NoneType"),
        (lambda path: exchange.load_safetensors([], path), TypeError, "network must be a .*, got list"),
        (lambda path: exchange.to_torch(7), TypeError, "network must be a .*, got int"),
        (lambda path: exchange.from_torch(dense(), {}), TypeError, "module must be .*Module, got dict"),
        (lambda path: exchange.load_state(dense(), [1]), TypeError, "state must be a dict .*, got list"),
        (lambda path: exchange.load_state(dense(), {}), ValueError, r"bias must be .*, got absent"),
        (
            lambda path: exchange.load_state(dense(), {"weight": [["a", "b"]], "bias": [1]}),
            TypeError,
            r"state\['weight'\] must be an array of real numbers",
        ),
        (
            lambda path: exchange.load_state(dense(), {"weight": [1, 2], "bias": [1]}),
            ValueError,
            r"state does not fit: weight must be of shape \(1, 2\), got of shape \(2,\)",
        ),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(call, error, message, tmp_path):
    with pytest.raises(error, match=message):
        call(tmp_path / "n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("package", "call", "message"),
    [
        ("torch", lambda path: exchange.to_torch(dense()), "to_torch needs PyTorch: pip install torch"),
        (
            "onnx",
            lambda path: exchange.save_onnx(dense(), path, (2,)),
            r'save_onnx needs the package onnx: pip install "cnnlab\[exchange\]"',
        ),
    ],
)
def test_a_missing_package_is_told_with_what_to_install(package, call, message, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=message):
        call(tmp_path / "n")
