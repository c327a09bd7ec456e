"""Maps, fields and strongest cells of a network, held to loops and to what changes when a pixel does."""

import numpy as np
import pytest

from cnnlab.nn import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
)
from cnnlab.scenes import ActivationBrowser
from cnnlab.stage import Panel, Picture, field
from tests.helpers import reference
from tests.helpers.acts import edit, press
from tests.helpers.scenes import UNEVEN, digit_network

rng = np.random.default_rng(14)
IMAGES = {name: rng.integers(0, 17, (8, 8)) / 16 for name in ("a 0", "a 1", "a 2")}


def positive(*layers):
    """Return a network whose weights are all above 0, so that a larger pixel makes what sees it larger."""
    network = Sequential(*layers)
    for layer in network:
        if isinstance(layer, (Conv2d, ConvTranspose2d)):
            layer.weight = rng.random(layer.weight.shape) + 0.1
    return network


def conv(*sizes, **options):
    return Conv2d(*sizes, rng=rng, dtype=float, **options)


NETWORKS = {
    "one convolution": lambda: positive(conv(1, 2, 3)),
    "padded": lambda: positive(conv(1, 2, 3, padding=1), ReLU(), conv(2, 3, 3, padding="same")),
    "strides": lambda: positive(conv(1, 2, 3, stride=2), ReLU(), conv(2, 2, 2, stride=(1, 2))),
    "uneven padding": lambda: positive(conv(1, 2, (2, 3), padding=((1, 0), (0, 2))), AvgPool2d(2, stride=1)),
    "holes": lambda: positive(conv(1, 2, 2, dilation=2), AvgPool2d((1, 2), stride=(3, 2))),
    "averages, ragged": lambda: positive(conv(1, 2, 2), AvgPool2d(2, ceil_mode=True), conv(2, 1, 2)),
    "averages, padded": lambda: positive(AvgPool2d(3, stride=2, padding=1), conv(1, 2, 2, padding=1)),
    "enlarged": lambda: positive(
        conv(1, 2, 3, stride=2), ConvTranspose2d(2, 3, 3, 2, 1, 1, rng=rng, dtype=float), ReLU()
    ),
    "rows cut off": lambda: positive(conv(1, 1, 3, stride=2), AvgPool2d(2), Flatten()),
}


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_a_cell_sees_the_pixels_that_move_it_and_no_others(make):
    network = make()
    image = rng.random((8, 7)) + 1
    scene = ActivationBrowser(network, {"image": image})
    for layer in range(scene.depth):
        before = network[: layer + 1].forward(image[None, None])[0]
        moved = np.zeros((*before.shape[1:], 8, 7), bool)
        for row, column in np.ndindex(8, 7):
            brighter = image.copy()
            brighter[row, column] += 1
            changed = network[: layer + 1].forward(brighter[None, None])[0] != before
            assert (changed.all(axis=0) == changed.any(axis=0)).all()  # all channels see the same
            moved[:, :, row, column] = changed[0]
        rows, columns = scene.fields[layer]
        for at in np.ndindex(moved.shape[:2]):
            expected = np.zeros((8, 7), bool)
            expected[np.ix_(rows[at[0]], columns[at[1]])] = True
            np.testing.assert_array_equal(moved[at], expected)


def test_a_map_that_was_enlarged_says_so_also_where_nothing_is_seen():
    layers = conv(1, 2, 3), ConvTranspose2d(2, 1, 1, stride=2, rng=rng, dtype=float)
    scene = ActivationBrowser(Sequential(*layers), {"image": rng.random((5, 5))}, layer=1)
    assert "whose kernels are stamped on its place" in repr(scene)
    rows, _ = scene.fields[1]
    assert rows == ((0, 1, 2), (), (1, 2, 3), (), (2, 3, 4))


def test_the_largest_of_a_ragged_window_can_come_from_any_pixel_it_sees():
    network = positive(conv(1, 1, 2), MaxPool2d(2, ceil_mode=True), MaxPool2d(3, stride=2, padding=1))
    scene = ActivationBrowser(network, {"image": np.zeros((8, 7))})
    for layer in (1, 2):
        rows, columns = scene.fields[layer]
        for row, column in np.ndindex(8, 7):  # a single bright pixel is the largest wherever it is seen
            image = np.zeros((8, 7))
            image[row, column] = 1
            found = network[: layer + 1].forward(image[None, None])[0, 0] > 0
            expected = np.outer([row in each for each in rows], [column in each for each in columns])
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("layer", range(5))
def test_maps_are_those_of_the_network_by_loops(layer):
    network = digit_network(3)
    scene = ActivationBrowser(network, {"one": UNEVEN[:, :8]}, layer=layer)
    maps = UNEVEN[None, :, :8]
    for each in network[: layer + 1]:
        if isinstance(each, Conv2d):
            pads = ((1, 0), (0, 1)) if each.in_channels == 5 else ((1, 1), (1, 1))
            wide = [np.pad(one, pads) for one in maps]
            stride = each.options["stride"]
            maps = np.array(
                [
                    sum(map(reference.correlate2d, wide, kernels))[::stride, ::stride] + bias
                    for kernels, bias in zip(each.weight, each.bias, strict=True)
                ]
            )
        elif isinstance(each, ReLU):
            maps = np.maximum(maps, 0)
        else:
            maps = np.array([reference.max_pool2d(one, 2, ceil_mode=True) for one in maps])
    for k, expected in enumerate(maps):
        np.testing.assert_allclose(scene.picture.panel(f"map {k}").values, expected, atol=1e-12)
    np.testing.assert_allclose(scene.picture.panel("channel").values, maps[0], atol=1e-12)


def test_the_strongest_cell_and_its_patch():
    network, (rows, columns) = digit_network(0), (slice(4, 6), slice(2, 7))
    network[0].weight = abs(network[0].weight)
    images = {"dark": np.zeros((8, 8)), "spot": np.zeros((8, 8)), "faint": np.zeros((8, 8))}
    images["spot"][rows, columns] = 1
    images["faint"][rows, columns] = 0.5
    scene = ActivationBrowser(network, images, layer=0, channel=1)
    network_says = network[0].forward(np.array(list(images.values()))[:, None])[:, 1]
    value, name, row, column = scene.strongest(0, 1)
    assert (value, name) == (network_says.max(), "spot")
    assert network_says[1, row, column] == value
    patch = images["spot"][max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    shown = scene.picture.panel("strongest")
    assert shown.caption == "patch, in “spot”"
    np.testing.assert_array_equal(shown.values, patch)
    where = f"channel 1 is largest in “spot”, row {row + 1}, column {column + 1}"
    assert where in scene.picture.text


def test_dead_channels_are_said_to_be_dead():
    network = digit_network(0)
    network[0].bias = [0.5, -9, 0.25, -9, 2]
    scene = ActivationBrowser(network, IMAGES, layer=1)
    assert scene.dead(0) == scene.dead(1) == scene.dead(2) == (1, 3)
    assert "Dead on all 3 images: channels 1, 3." in scene.picture.text
    assert [panel.title for panel in scene.picture.shown[1:6]] == ["0 →", "1 dead", "2", "3 dead", "4"]
    press(scene, "channel", "3")
    assert "Channel 3 is 0 everywhere on all 3 images: it is dead. Dead on all" in scene.picture.text
    assert "channel 1." in scene.picture.text
    press(scene, "layer", scene.picture.controls[1].options[0])
    assert "never above 0 on all 3 images: ReLU leaves nothing of it" in scene.picture.text
    network[0].bias = [9] * 5
    assert ActivationBrowser(network, IMAGES).dead(0) == ()


def test_a_drawn_pixel_runs_through_all_layers():
    network = digit_network(0)
    scene = ActivationBrowser(network, IMAGES, layer=4, channel=2)
    edit(scene, 3, 4, "1", panel="image")
    image = IMAGES["a 0"].copy()
    image[3, 4] = 1
    expected = network[:5].forward(image[None, None])[0]
    np.testing.assert_array_equal(scene.maps(), expected)
    np.testing.assert_array_equal(scene.picture.panel("channel").values, expected[2])
    scores = network.forward(image[None, None])[0]
    assert f"largest score is that of class {scores.argmax()}." in scene.picture.text
    assert scene.picture.controls[0].value == "your own"
    press(scene, "undo")
    np.testing.assert_array_equal(scene.picture.panel("image").values, IMAGES["a 0"])
    edit(scene, 0, 0, "0", panel="image", stroke="another")
    press(scene, "reset")
    assert scene.picture.controls[0].value == "a 0"


def test_a_layer_with_fewer_channels_shows_its_last():
    scene = ActivationBrowser(digit_network(0), IMAGES, layer=1, channel=4)
    press(scene, "layer", scene.picture.controls[1].options[4])
    assert (scene.state.layer, scene.state.channel) == (4, 2)
    press(scene, "undo")
    assert (scene.state.layer, scene.state.channel) == (1, 4)


def test_it_shows_a_copy():
    network = digit_network(0)
    scene = ActivationBrowser(network, IMAGES)
    before = scene.maps()
    network[0].weight = np.zeros((5, 1, 3, 3))
    press(scene, "image", "a 1")
    press(scene, "image", "a 0")
    np.testing.assert_array_equal(scene.maps(), before)


def test_a_number_straight_from_the_image_is_written_out():
    scene = ActivationBrowser(digit_network(0), IMAGES, layer=1, channel=0)
    link = scene.picture.link_to("channel")
    assert (link.reduce, link.kernels, link.bias) == ("bent sum", ("filter",), "bias")
    assert scene.picture.panel("image").padding == ((1, 1), (1, 1))
    press(scene, "layer", scene.picture.controls[1].options[2])
    assert scene.picture.link_to("channel").reduce == "field"
    assert scene.picture.panel("image").padding == ((0, 0), (0, 0))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((conv(1, 2, 3),), "a sum of 9 products and a bias: 3 × 3 numbers of the image"),
        ((conv(1, 2, 3), conv(2, 1, 2, bias=False)), "a sum of 8 products: 2 × 2 numbers of 2 channels of"),
        (
            (conv(1, 4, 1), conv(4, 2, 3, groups=4 // 2)),
            "a sum of 18 products and a bias: 3 × 3 numbers of 2",
        ),
        ((conv(1, 2, 3), AvgPool2d(2)), "the mean of up to 2 × 2 numbers of the same channel of layer [0]"),
        ((MaxPool2d(2),), "the largest of up to 2 × 2 numbers of the same channel of the image"),
        ((conv(1, 2, 3), ReLU()), "made of the one at its place in the same channel of layer [0]"),
        ((conv(1, 2, 3), AdaptiveAvgPool2d(1)), "is the mean of the same channel of layer [0]."),
        ((conv(1, 2, 3), Residual(ReLU())), "channel of layer [0], plus what the layers inside make."),
    ],
)
def test_it_says_what_a_number_is_made_of(layers, words):
    scene = ActivationBrowser(Sequential(*layers), IMAGES, layer=len(layers) - 1)
    assert words in scene.picture.text
    assert "score" not in scene.picture.text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((None, IMAGES), TypeError, "network must be a Sequential, got NoneType"),
        ((Sequential(Flatten()), IMAGES), ValueError, r"must begin with layers that make maps, got Flatten"),
        (
            (Sequential(conv(3, 2, 3)), IMAGES),
            ValueError,
            r"must have shape \(3, H, W\), got \(1, 8, 8\) .*layer 0",
        ),
        (
            (Sequential(conv(1, 2, 3), conv(3, 2, 3)), IMAGES),
            ValueError,
            r"\(3, H, W\), got \(2, 6, 6\) .*layer 1",
        ),
        ((Sequential(conv(1, 65, 3)), IMAGES), ValueError, "at most 64 channels, got 65"),
        ((Sequential(conv(1, 2, 9)), IMAGES), ValueError, "a kernel of 9 does not fit x's height"),
        (
            (digit_network(0), {"a": UNEVEN}),
            ValueError,
            "images of 8 × 9 do not suit the network: Dense: each",
        ),
        ((Sequential(conv(1, 2, 3)), []), TypeError, "images must be a dict of images by name, got list"),
        ((Sequential(conv(1, 2, 3)), {}), TypeError, "images must be a dict .* got an empty one"),
        ((Sequential(conv(1, 2, 3)), {7: UNEVEN}), TypeError, "images must be named by strings"),
        ((Sequential(conv(1, 2, 3)), {"your own": UNEVEN}), TypeError, "named by strings other than"),
        ((Sequential(conv(1, 2, 3)), {"a": UNEVEN, "b": UNEVEN.T}), ValueError, "must be of one size"),
        ((Sequential(conv(1, 2, 3)), {"a": np.zeros((2, 8, 8))}), ValueError, r"images\['a'\]"),
        ((Sequential(conv(1, 2, 3)), {"a": np.full((8, 8), np.nan)}), ValueError, "must be finite"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        ActivationBrowser(*arguments)


@pytest.mark.parametrize(("name", "most"), [("layer", 5), ("channel", 5)])
def test_only_what_is_there_can_be_chosen(name, most):
    for wrong in (-1, most, 1.5):
        with pytest.raises((ValueError, TypeError), match=f"ActivationBrowser: {name} must be"):
            ActivationBrowser(digit_network(0), IMAGES, **{name: wrong})
    scene = ActivationBrowser(digit_network(0), IMAGES)
    with pytest.raises(ValueError, match=f"{name} must be one of"):
        press(scene, name, "7")
    assert scene.state is scene.start


# --- A field: what can be seen through layers that are not shown --------------------------------------------

A, B = Panel("a", "A", np.zeros((3, 4))), Panel("b", "B", [[1.0, 2.0]])


def test_a_field_is_where_rows_and_columns_cross():
    link = field("a", "b", rows=((0, 2),), columns=((0, 1), (3,)))
    picture = Picture("Test", (A, B), links=(link,), focus=("b", 0, 0))
    assert picture.taps(link, 0, 0) == ([("a", 0, 0), ("a", 0, 1), ("a", 2, 0), ("a", 2, 1)], [])
    assert picture.seen_by(("b", 0, 1)) == {("a", 0, 3), ("a", 2, 3)}
    assert picture.decided_by(("b", 0, 1), 0) == set()


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        (((0,), (1,)), ((0,), (1,)), "the link to 'b' must list the rows of each of 1, got 2"),
        (((0,),), ((0,),), "the link to 'b' must list the columns of each of 2, got 1"),
        (((3,),), ((0,), (1,)), "names rows that are not in 'a': 3"),
        (((0,),), ((0,), (-2,)), "names columns that are not in 'a': -2"),
    ],
)
def test_a_field_must_be_there(rows, columns, message):
    with pytest.raises(ValueError, match=message):
        Picture("Test", (A, B), links=(field("a", "b", rows, columns),))
