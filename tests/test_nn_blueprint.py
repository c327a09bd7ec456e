"""Blueprints: counted as published, as PyTorch counts them, and as networks that are built turn out."""

import dataclasses
import math
import tracemalloc

import numpy as np
import pytest

from cnnlab import nn
from cnnlab.nn import architectures
from cnnlab.nn import blueprint as bp
from cnnlab.nn.receptive import receptive_field

PHOTO = (3, 224, 224)
# From torchvision's documentation of its weights (parameters, GFLOPS) and from the papers.
PUBLISHED = {
    "AlexNet": (architectures.alexnet(), PHOTO, 61_100_840, 0.71),
    "VGG-16": (architectures.vgg16(), PHOTO, 138_357_544, 15.47),
    "ResNet-50": (architectures.resnet50(), PHOTO, 25_557_032, 4.09),
    "MobileNetV2": (architectures.mobilenet_v2(), PHOTO, 3_504_872, 0.30),
    "AlexNet, 2012": (architectures.alexnet("2012"), (3, 227, 227), 60_965_224, 0.72),
    "ResNet-50, 2015": (architectures.resnet50("2015"), PHOTO, 25_557_032, 3.86),
    "LeNet-5": (architectures.lenet5(), (1, 32, 32), 61_706, 0.00),
}
UP = bp.Sequential(
    bp.Conv2d(2, 4, 3, padding=1), bp.ConvTranspose2d(4, 6, (3, 2), 2, 1, (1, 0), groups=2), bp.MaxPool2d(2)
)


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_multiplications_are_the_published_ones(name):
    plan, shape, parameters, billions = PUBLISHED[name]
    found = nn.summary(plan, shape)
    assert found.parameters == plan.parameters == parameters
    assert round(found.multiplications / 1e9, 2) == billions


def test_lenet_of_1998_has_the_parameters_and_connections_that_its_paper_tells():
    rows = nn.summary(architectures.lenet5("1998"), (1, 32, 32), depth=1).rows
    told = {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48_120, "F6": 10_164, "output": 0}
    assert {row.layer.name: row.parameters for row in rows} == told
    assert sum(told.values()) == 60_000
    # "LeNet-5 contains 340,908 connections": each cell has its weights' and its bias's, and each sum of four.
    connections = 0
    for row in rows:
        cells = math.prod(row.output_shape)
        if row.layer.name.startswith("S"):
            connections += cells * (4 + 1)
        else:
            connections += row.multiplications + (cells if row.parameters else 0)
    assert connections == 340_908


def test_shapes_of_vgg_and_resnet_are_those_of_their_papers_tables():
    shapes = {row.layer.name: row.output_shape for row in _blocks(architectures.resnet50())}
    assert shapes == {
        "conv1": (64, 56, 56),
        "conv2_x": (256, 56, 56),
        "conv3_x": (512, 28, 28),
        "conv4_x": (1024, 14, 14),
        "conv5_x": (2048, 7, 7),
        "dense": (1000,),
    }
    sides = [row.output_shape[-1] for row in _blocks(architectures.vgg16())]
    assert sides == [112, 56, 28, 14, 7, 4096, 4096, 1000]


@pytest.mark.parametrize(
    ("plan", "shape", "size", "step"),
    [
        (architectures.alexnet(), PHOTO, 195, 32),
        (architectures.vgg16(), PHOTO, 212, 32),
        (architectures.resnet50("2015"), PHOTO, 483, 32),
    ],
)
def test_last_maps_see_what_araujo_and_others_published(plan, shape, size, step):
    maps = [row for row in _blocks(plan, shape) if len(row.output_shape) == 3][-1]
    assert (maps.receptive_field, maps.step) == ((size, size), (step, step))


def test_receptive_fields_are_what_nudges_show():
    plan = bp.Sequential(
        bp.Conv2d(1, 2, (3, 2), stride=2, padding=1),
        bp.Residual(bp.Conv2d(2, 2, 3, padding=2, dilation=2), bp.ReLU()),
        bp.AvgPool2d(2, stride=1),
        bp.Residual(bp.Conv2d(2, 2, 3, padding=1), bp.Residual(bp.Conv2d(2, 2, 1))),
    )
    network = plan.build(np.random.default_rng(0))
    shape = (1, 41, 43)
    row = nn.summary(plan, shape).rows[-1]
    for leaf in network.leaves.values():
        if hasattr(leaf, "weight"):
            leaf.weight = np.ones(leaf.weight.shape)  # so that nothing cancels out
    out = network.forward(np.ones((1, *shape)))
    grad_out = np.zeros_like(out)
    middle = [size // 2 for size in out.shape[2:]]
    grad_out[0, 0, middle[0], middle[1]] = 1
    seen = np.argwhere(network.backward(grad_out)[0, 0])
    assert tuple(np.ptp(seen, axis=0) + 1) == row.receptive_field
    grad_out = np.roll(grad_out, (1, 1), axis=(2, 3))
    network.forward(np.ones((1, *shape)))
    moved = np.argwhere(network.backward(grad_out)[0, 0])
    assert tuple(moved[0] - seen[0]) == row.step


def test_a_built_network_is_counted_as_its_blueprint_is():
    plan = architectures.lenet5()
    network = plan.build(np.random.default_rng(0))
    assert network.parameters.size == plan.parameters
    assert network.forward(np.zeros((2, 1, 32, 32))).shape == (2, 10)
    ours, described = nn.summary(network, (1, 32, 32)), nn.summary(plan, (1, 32, 32))
    for row, expected in zip(ours.rows, described.rows, strict=True):
        assert (row.where, row.output_shape) == (expected.where, expected.output_shape)
        assert (row.parameters, row.multiplications) == (expected.parameters, expected.multiplications)
    maps = nn.Sequential(*network.layers[:2])
    assert (ours.rows[5].receptive_field, ours.rows[5].step) == receptive_field(maps)
    assert set(network.leaves) == {row.where for row in ours.rows}


def test_every_layer_can_be_built_and_described_again():
    plan = bp.Sequential(
        bp.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=1, groups=2, bias=False),
        bp.BatchNorm2d(4), bp.LeakyReLU(0.2), bp.Sigmoid(), bp.Tanh(), bp.Dropout(0.25),
        bp.MaxPool2d(2, 1, 1, dilation=2), bp.AvgPool2d(2, ceil_mode=True, count_include_pad=False),
        bp.AdaptiveAvgPool2d(1), bp.Flatten(), bp.Dense(4, 3, bias=False),
    )  # fmt: skip
    network = plan.build(np.random.default_rng(0))
    again = bp.describe(network)
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in plan.layers]
    expected = nn.summary(plan, (2, 9, 9))
    assert nn.summary(again, (2, 9, 9)).rows == tuple(
        dataclasses.replace(row, layer=layer) for row, layer in zip(expected.rows, again.layers, strict=True)
    )
    assert network.parameters.size == plan.parameters


def test_what_cells_behind_a_transposed_convolution_see_is_not_told():
    rows = nn.summary(UP, (2, 7, 6)).rows
    assert [row.receptive_field for row in rows] == [(3, 3), None, None]
    network = UP.build(np.random.default_rng(0))
    assert network.output_shape((2, 7, 6)) == rows[-1].output_shape
    assert [row.parameters for row in nn.summary(network, (2, 7, 6)).rows] == [row.parameters for row in rows]


def test_no_weight_is_ever_drawn():
    tracemalloc.start()
    nn.summary(architectures.vgg16(), PHOTO)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2e6


def test_a_block_tells_the_sums_of_its_layers():
    plan = architectures.resnet50()
    whole, blocks = nn.summary(plan, PHOTO), nn.summary(plan, PHOTO, depth=1)
    assert len(blocks.rows) == 6 < len(nn.summary(plan, PHOTO, depth=2).rows) < len(whole.rows)
    assert (whole.parameters, whole.multiplications) == (blocks.parameters, blocks.multiplications)
    assert whole.rows[-2].output_shape == (2048,)
    assert [row.input_shape for row in blocks.rows[1:]] == [row.output_shape for row in blocks.rows[:-1]]


# --- Beside PyTorch -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PUBLISHED, "with a transposed convolution"])
def test_pytorch_counts_the_same(name):
    """Layers of PyTorch on its device "meta", which holds no numbers: shapes, parameters, FLOPs."""
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    plan, shape, *_ = PUBLISHED.get(name, (UP, (2, 7, 6)))
    shapes = []

    def run(layer, x):
        if isinstance(layer, bp.Sequential):
            out = x
            for inner in layer.layers:
                out = run(inner, out)
            if isinstance(layer, bp.Residual):
                out = out + (x if layer.shortcut is None else run(layer.shortcut, x))
            return out
        module = _to_torch(torch, layer)
        modules.append(module)
        out = module(x)
        shapes.append(tuple(out.shape[1:]))
        return out

    modules = []
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        run(plan, torch.empty(1, *shape))
    found = nn.summary(plan, shape)
    assert sum(p.numel() for module in modules for p in module.parameters()) == found.parameters
    assert counter.get_total_flops() == 2 * found.multiplications
    assert sorted(shapes) == sorted(row.output_shape for row in found.rows)


def _to_torch(torch, layer):
    if isinstance(layer, bp.Dense):
        return torch.nn.Linear(layer.in_features, layer.out_features, layer.bias)
    options = vars(layer) | ({} if not isinstance(layer, bp.Dropout) else {"p": layer.p})
    return getattr(torch.nn, type(layer).__name__)(**options)


# --- Bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: bp.Conv2d(3, 8, 0), ValueError, "Conv2d: kernel_size must be at least 1, got 0"),
        (lambda: bp.Conv2d(3, 8, 3, groups=2), ValueError, "groups must divide in_channels and out_channels"),
        (lambda: bp.Dense(2.5, 3), TypeError, "Dense: in_features must be an integer, got 2.5"),
        (lambda: bp.Sequential(), ValueError, "Sequential: layers must not be empty"),
        (lambda: bp.Sequential(nn.ReLU()), TypeError, "layers must be blueprints, got ReLU"),
        (lambda: bp.Residual(bp.ReLU(), shortcut=3), TypeError, "shortcut must be a blueprint, got int"),
        (lambda: nn.summary("VGG", PHOTO), TypeError, "description must be blueprints or layers .*, got str"),
        (lambda: nn.summary(bp.ReLU(), 5), ValueError, r"input_shape must be \(C, H, W\) or \(in,\), got 5"),
        (lambda: nn.summary(bp.ReLU(), (5, 0, 3)), ValueError, "input_shape must be at least 1, got 0"),
        (lambda: nn.summary(bp.ReLU(), (5,), depth=0), ValueError, "depth must be at least 1, got 0"),
        (
            lambda: nn.summary(architectures.alexnet(), (3, 40, 40)),
            ValueError,
            r"summary: layer 4.2, MaxPool2d\(3, stride=2\): MaxPool2d: a kernel of 3 does not fit",
        ),
        (
            lambda: nn.summary(architectures.vgg16(), (1, 224, 224)),
            ValueError,
            r"layer 0.0, Conv2d\(3, 64, 3, padding=1\): .* must have shape \(3, H, W\), got \(1, 224, 224\)",
        ),
        (
            lambda: nn.summary(bp.Sequential(bp.Residual(bp.Conv2d(1, 2, 1))), (1, 4, 4)),
            ValueError,
            r"layer 0: layers must keep the shape that is added, got \(2, 4, 4\) and \(1, 4, 4\)",
        ),
        (lambda: architectures.vgg16().build(), ValueError, "at most 10,000,000 parameters, got 138"),
        (lambda: architectures.mobilenet_v2().build(np.random.default_rng(0)), ValueError, "no layer ReLU6"),
        (lambda: bp.Conv2d(1, 1, 3).build(), TypeError, "rng must be"),
        (lambda: architectures.lenet5("1989"), ValueError, "variant must be one of"),
    ],
)  # fmt: skip
def test_bad_input_is_told(make, error, words):
    with pytest.raises(error, match=words):
        make()


def _blocks(plan, shape=PHOTO):
    return nn.summary(plan, shape, depth=1).rows
