"""Scenes show networks of one's own, of any layers, wherever they were trained; Python and browser agree."""

import numpy as np
import pytest

from cnnlab import nn, ops
from cnnlab.data import digits
from cnnlab.detection import find, shares_of
from cnnlab.nn import exchange
from cnnlab.nn.receptive import fields
from cnnlab.scenes import ActivationBrowser, Detection, DigitPad
from cnnlab.scenes.detection import sheet_of
from cnnlab.stage.links import value_of
from cnnlab.stage.still import stage_still
from tests.helpers.acts import edit, press
from tests.helpers.networks import liven, random_network

COLORS = {name: np.random.default_rng(seed).random((3, 9, 7)) for seed, name in enumerate(("a", "b"))}


def worked_out(picture, id, row, column):
    """Return the number in a cell as the links give it: as the browser works it out, through all layers."""
    link = next(link for link in picture.links if link.target == id)
    taps, factors = picture.taps(link, row, column, 0)
    terms = [picture.number(tap, 0) for tap in taps]
    if factors:
        terms = [term * picture.number(by, 0) for term, by in zip(terms, factors, strict=True)]
    bias = picture.added(link, row, column)
    return value_of(link, [*terms, picture.number(bias, 0)] if bias else terms)


# --- The activation browser ---------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("seed", range(40))
def test_any_small_network_is_shown_layer_by_layer(seed, channels):
    network, (_, height, width) = random_network(seed, (channels, 9, 8), dtype=float)
    rng = np.random.default_rng(seed)
    images = {name: rng.random((channels, height, width)) for name in ("one", "other")}
    scene = ActivationBrowser(network, images)
    shape = (channels, height, width)
    x = images["one"][None]
    for number in range(scene.depth):
        x = network[number].forward(x)
        scene.change(layer=number, channel=x.shape[1] - 1)
        for channel, expected in enumerate(x[0]):
            shown = scene.picture.panel(f"map {channel}").values
            np.testing.assert_allclose(shown, expected, rtol=1e-9, atol=1e-12)
        assert scene.picture.text
        if not scene.picture.python_only:
            at = tuple(int(rng.integers(size)) for size in x.shape[2:])
            told = worked_out(scene.picture, "channel", *at)
            np.testing.assert_allclose(told, x[0, -1][at], rtol=1e-9, atol=1e-9)
        assert scene.fields[number] == fields(network[: number + 1], shape)[-1]
        values = scene._results[number][:, -1]
        assert scene.strongest(number, x.shape[1] - 1)[0] == values.max()
    press(scene, "image", "other")
    np.testing.assert_allclose(
        scene.maps(), network[: scene.depth].forward(images["other"][None])[0], rtol=1e-9, atol=1e-12
    )


def test_an_image_in_color_is_shown_in_color():
    network = nn.Sequential(nn.Conv2d(3, 4, 3, rng=np.random.default_rng(0)), nn.ReLU())
    scene = ActivationBrowser(network, COLORS)
    shown = scene.picture.panel("image")
    assert shown.palette == "rgb"
    np.testing.assert_array_equal(shown.values, np.rint(255 * np.moveaxis(COLORS["a"], 0, -1)))
    _, name, row, column = scene.strongest(0, 0)
    patch = scene.picture.panel("strongest")
    expected = COLORS[name][:, row : row + 3, column : column + 3]
    np.testing.assert_array_equal(patch.values, np.rint(255 * np.moveaxis(expected, 0, -1)))
    assert "a sum of 27 products and a bias: 3 × 3 numbers of 3 channels of the image" in scene.picture.text
    assert scene.picture.controls[0].options == ("a", "b")
    with pytest.raises(ValueError, match="not a panel that can be edited"):
        edit(scene, 0, 0, "1", panel="image")
    stage_still(scene.picture, 0)


def test_standardized_colors_keep_their_order():
    network = nn.Sequential(nn.Conv2d(3, 2, 1, rng=np.random.default_rng(0)))
    image = 4 * COLORS["a"] - 2
    scene = ActivationBrowser(network, {"a": image})
    shown = np.moveaxis(scene.picture.panel("image").values, -1, 0).astype(float)
    np.testing.assert_allclose(
        shown, 255 * (image - image.min()) / (image.max() - image.min()), atol=0.5 + 1e-9
    )


def test_a_color_image_stands_in_a_text_by_its_name():
    network = nn.Sequential(nn.Conv2d(3, 2, 1, rng=np.random.default_rng(0)))
    scene = ActivationBrowser(network, COLORS)
    press(scene, "image", "b")
    assert len(scene.state_text) < 300
    copy = ActivationBrowser.from_text(scene.state_text, network, COLORS)
    np.testing.assert_array_equal(copy.state.image, COLORS["b"])
    press(scene, "reset")
    np.testing.assert_array_equal(scene.state.image, COLORS["a"])
    with pytest.raises(ValueError, match="image must be one of the given ones: a, b"):
        scene.change(image=np.zeros((3, 9, 7)))


def test_a_way_around_with_layers_is_told_to_the_page():
    rng = np.random.default_rng(0)
    around = nn.Sequential(nn.Conv2d(2, 3, 1, stride=2, rng=rng), nn.BatchNorm2d(3))
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3, rng=rng),
        nn.Residual(
            nn.Conv2d(2, 3, 3, stride=2, padding=1, rng=rng), nn.BatchNorm2d(3), nn.ReLU(), shortcut=around
        ),
        nn.AvgPool2d(2, ceil_mode=True),  # no window is cut off: the maps are 4 × 4
        nn.Flatten(),
        nn.Dense(12, 10, rng=rng),
    )
    liven(network, rng)
    image = rng.random((10, 10))
    scene = ActivationBrowser(network, {"a": image}, layer=2, channel=1)
    assert not scene.picture.python_only
    expected = network[:3].double().forward(image[None, None])[0, 1]
    for at in np.ndindex(2, 2):
        np.testing.assert_allclose(worked_out(scene.picture, "channel", *at), expected[at], rtol=1e-9)


def test_one_layer_and_one_residual_are_networks_too():
    conv = nn.Conv2d(1, 1, 3, padding=1, weight=np.ones((1, 1, 3, 3)))
    image = np.arange(20.0).reshape(4, 5)
    for layer in (conv, nn.Residual(conv)):
        expected = layer.forward(image[None, None])[0]
        np.testing.assert_array_equal(ActivationBrowser(layer, {"a": image}).maps(), expected)


class Own(nn.Layer):
    """A layer of one's own."""

    def forward(self, x, training=False):
        return x**3


class Sharper(nn.ReLU):
    """A layer that is more than what it is made from."""

    def forward(self, x, training=False):
        return 2 * super().forward(x, training)


@pytest.mark.parametrize("layer", [Own(), Sharper()])
def test_layers_of_ones_own_are_left_to_python(layer):
    conv = nn.Conv2d(1, 2, 3, rng=np.random.default_rng(0), dtype=float)
    network, image = nn.Sequential(conv, layer, nn.AvgPool2d(2)), np.random.default_rng(1).random((6, 6))
    scene = ActivationBrowser(network, {"a": image}, layer=2)
    np.testing.assert_allclose(scene.maps(), network.forward(image[None, None])[0])
    assert scene.picture.python_only


def broken(value):
    network = nn.Sequential(nn.Conv2d(1, 2, 3, rng=np.random.default_rng(0)), nn.Flatten())
    network.parameters[3] = value
    return network


@pytest.mark.parametrize(
    ("network", "image", "message"),
    [
        (broken(np.nan), np.zeros((8, 8)), "network must hold finite numbers only, got nan in 0.weight"),
        (
            nn.Sequential(nn.ConvTranspose2d(1, 2, 3, stride=6, rng=np.random.default_rng(0))),
            np.zeros((8, 8)),
            "network's maps of layer 0: at most 40 rows and columns can be shown, got 45 × 45",
        ),
        (
            nn.Sequential(nn.MaxPool2d(2, padding=1, dilation=2, stride=1)),
            np.zeros((1, 1)),
            "network must make finite maps of the images, got -inf in layer 0",
        ),
        (nn.Sequential(nn.ReLU()), np.zeros((2, 8, 8)), r"must have shape \(H, W\), .* got \(2, 8, 8\)"),
        (
            nn.Sequential(nn.Conv2d(1, 2, 3, rng=np.random.default_rng(0))),
            np.zeros((3, 8, 8)),
            r"images of 3 × 8 × 8 do not suit the network: .* must have shape \(1, H, W\)",
        ),
    ],
)
def test_what_cannot_be_shown_is_told(network, image, message):
    with pytest.raises(ValueError, match=f"ActivationBrowser: .*{message}"):
        ActivationBrowser(network, {"a": image})


# --- The digit pad ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_the_pad_takes_any_network_that_reads_digits(seed):
    network, _ = random_network(seed, (1, 8, 8), classes=10, dtype=float)
    scene = DigitPad(network)
    for row in range(3):
        edit(scene, row, 7, "1", panel="pad")
    seen = scene.picture.panel("seen").values
    expected = network.forward(seen[None, None])[0]
    np.testing.assert_allclose(scene.scores, expected, rtol=1e-9, atol=1e-12)
    shares = scene.picture.panel("shares").values[:, 0]
    np.testing.assert_allclose(shares, ops.softmax(expected), rtol=1e-9)
    if not scene.picture.python_only:
        np.testing.assert_allclose(worked_out(scene.picture, "shares", 3, 0), shares[3], rtol=1e-9)


def no_dense_layer(seed=0):
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1, rng=rng),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Conv2d(6, 10, 1, rng=rng),
        nn.AdaptiveAvgPool2d(1),
    )


def ten_in_one_map():
    rng = np.random.default_rng(0)
    return nn.Sequential(nn.Conv2d(1, 1, (7, 4), rng=rng), nn.Flatten())


@pytest.mark.parametrize("make", [no_dense_layer, ten_in_one_map])
def test_the_pad_takes_scores_that_are_maps(make):
    network = make()
    scene = DigitPad(network)
    seen = scene.picture.panel("seen").values
    np.testing.assert_allclose(scene.scores, network.double().forward(seen[None, None])[0].ravel())
    assert scene.answer_digit == scene.scores.argmax()


def test_a_pad_of_a_network_with_nan_is_refused():
    with pytest.raises(ValueError, match=r"DigitPad: network must hold finite numbers only, got nan in"):
        DigitPad(nn.Sequential(broken(np.nan), nn.Dense(72, 10, rng=np.random.default_rng(0))))


def test_no_page_is_given_a_large_network():
    rng = np.random.default_rng(0)
    large = nn.Sequential(nn.Flatten(), nn.Dense(64, 4000, rng=rng), nn.Dense(4000, 10, rng=rng))
    scene = DigitPad(large)
    assert scene.picture.python_only
    seen = scene.picture.panel("seen").values
    np.testing.assert_allclose(scene.scores, large.double().forward(seen[None, None])[0])


# --- The detector -------------------------------------------------------------------------------------------


def striding(seed=0):
    """Return a network of windows of 8 × 8 pixels, two apart."""
    rng = np.random.default_rng(seed)
    network = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=rng, dtype=float),
        nn.BatchNorm2d(6, dtype=float),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Residual(nn.Conv2d(6, 6, 1, rng=rng, dtype=float)),
        nn.Conv2d(6, 11, 3, rng=rng, dtype=float),
    )
    liven(network, rng)
    return network


def test_a_detector_may_leave_places_out():
    network = striding()
    scene = Detection(network, seed=1)
    press(scene, "threshold", "0.1")
    sheet = sheet_of(scene.state)
    windows = np.lib.stride_tricks.sliding_window_view(sheet.pixels, (8, 8))[::2, ::2]
    found = scene.findings
    assert len(found.boxes)
    for (top, left, bottom, right), label, share in zip(found.boxes, found.labels, found.shares, strict=True):
        assert (bottom - top, right - left) == (8, 8)
        alone = ops.softmax(network.forward(windows[top // 2, left // 2][None, None])[0, :, 0, 0])
        np.testing.assert_allclose(share, alone[:10].max(), rtol=1e-9)
        assert label == alone[:10].argmax()
    assert scene.picture.panel("heat").shape == windows.shape[:2]
    stage_still(scene.picture, 0)


def test_find_knows_steps_and_windows():
    network, sheet = striding(), sheet_of(Detection(striding()).state)
    shares = shares_of(network, sheet.pixels)
    given = find(shares, sheet, 0, suppress=False, stride=2, window=(8, 8))
    places = {tuple(box[:2].tolist()) for box in given.boxes}
    assert places == {(2 * row, 2 * column) for row, column in np.ndindex(shares.shape[1:])}
    with pytest.raises(ValueError, match="find: stride must be at least 1, got 0"):
        find(shares, sheet, 0, stride=0)


def test_a_detector_is_told_how_dense_layers_become_maps():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="a dense layer takes one size only; as a convolution of the same"):
        Detection(nn.Sequential(nn.Flatten(), nn.Dense(64, 10, rng=rng)))
    with pytest.raises(
        TypeError, match=r"Detection: network 'your network': network must be .*, got NoneType"
    ):
        Detection(None)


# --- Trained elsewhere --------------------------------------------------------------------------------------


def test_a_network_trained_in_pytorch_is_opened_in_all_three(tmp_path):
    torch = pytest.importorskip("torch")
    save_file = pytest.importorskip("safetensors.torch").save_file
    layers = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.Conv2d(8, 10, 6)
    )
    torch.manual_seed(0)
    x, y, *_ = digits.split()
    inputs, labels = torch.from_numpy(x[:200].copy()).float(), torch.from_numpy(y[:200].copy()).long()
    optimizer = torch.optim.Adam(layers.parameters(), 0.01)
    for _ in range(10):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(layers(inputs)[:, :, 0, 0], labels).backward()
        optimizer.step()
    save_file(layers.state_dict(), tmp_path / "n.safetensors")
    rng = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 10, 6, rng=rng)
    )
    exchange.load_safetensors(network, tmp_path / "n.safetensors")
    with torch.no_grad():
        theirs = layers.eval()(inputs[:1])[0, :, 0, 0].numpy()
    pad = DigitPad(network, x[0, 0], center=False)
    np.testing.assert_allclose(pad.scores, theirs, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        ActivationBrowser(network, {"a": x[0]}, layer=3).maps()[:, 0, 0], theirs, rtol=1e-4, atol=1e-4
    )
    assert Detection(network).picture.panel("heat").values.max() > 0.5
