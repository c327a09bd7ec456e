"""SkipFilm's sizes and gradients, held to plain NumPy and to nudged weights."""

import numpy as np
import pytest

from cnnlab.data import digits
from cnnlab.nn.experiments.deep import (
    ACTIVATIONS,
    NONE,
    SCALED,
    SKIPS,
    STARTS,
    WHOLE,
    deep_network,
    there_and_back,
)
from cnnlab.scenes import SkipFilm
from cnnlab.scenes.skip_film import HEIGHTS, _digits
from tests.helpers.acts import press

images, LABELS = (part[:100] for part in digits.split()[:2])
X = images.reshape(100, 64).astype(float)

BENDS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


def by_hand(network, activation, skips):
    """Return sizes and gradient lengths of a network without normalization, in plain NumPy."""
    bend, slope = BENDS[activation]
    weights = [layer.weight for layer in network.leaves.values() if hasattr(layer, "weight")]
    came, sums, x = [], [], X
    for at, w in enumerate(weights):
        z = x @ w.T
        came.append(x)
        sums.append(z)
        inside = 0 < at < len(weights) - 1
        x = (bend(z) + (x if skips != NONE else 0)) if inside else z
    sizes = [np.sqrt((each**2).mean()) for each in [*came[1:], x]]
    shares = np.exp(x - x.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    grad = (shares - np.eye(10)[LABELS]) / len(X)
    lengths = []
    for at in reversed(range(len(weights))):
        inside = 0 < at < len(weights) - 1
        through = grad * slope(sums[at]) if inside else grad
        lengths.append(np.linalg.norm(through.T @ came[at]))
        grad = through @ weights[at] + (grad if inside and skips != NONE else 0)
    return sizes, lengths[::-1]


@pytest.mark.parametrize("skips", SKIPS)
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_sizes_and_lengths_are_those_of_plain_numpy(activation, start, skips):
    network = deep_network(activation, 5, start=start, skips=skips)
    sizes, lengths = there_and_back(network, X, LABELS)
    expected = by_hand(network, activation, skips)
    np.testing.assert_allclose(sizes, expected[0], rtol=1e-9)
    np.testing.assert_allclose(lengths, expected[1], rtol=1e-7)


def test_weights_are_as_large_as_their_names_say():
    for activation, gain in (("sigmoid", 1), ("tanh", 1), ("ReLU", 2)):
        one, half, twice = (
            deep_network(activation, 4, start=start)[1].weight
            for start in ("He, Xavier", "half as large", "twice as large")
        )
        assert abs((one**2).mean() / (gain / 32) - 1) < 0.15
        np.testing.assert_allclose(half, one / 2)
        np.testing.assert_allclose(twice, one * 2)
    scaled, whole = (deep_network("ReLU", 4, skips=skips)[1][0].weight for skips in (SCALED, WHOLE))
    np.testing.assert_allclose(scaled, whole / 2)


@pytest.mark.parametrize("norm", [False, True])
def test_one_layer_that_is_normalized_has_slopes_that_nudges_agree_with(norm):
    from cnnlab.gradcheck import numeric_gradient
    from cnnlab.nn import CrossEntropyLoss

    network, loss = deep_network("tanh", 2, skips=SCALED, norm=norm), CrossEntropyLoss()
    _, lengths = there_and_back(network, X[:8], LABELS[:8])
    start = network[0].weight.copy()

    def nudged(weight):
        network[0].weight = weight
        return loss.forward(network.forward(X[:8], training=True), LABELS[:8])

    assert np.linalg.norm(numeric_gradient(nudged, start)) == pytest.approx(lengths[0], rel=1e-4)


def numbers(network_options, skips):
    return there_and_back(deep_network(skips=skips, **network_options), X, LABELS)


@pytest.mark.parametrize(
    "options",
    [{}, {"activation": "ReLU", "depth": "8", "skips": WHOLE}, {"start": "half as large", "norm": True}],
)
def test_points_lie_where_the_numbers_are(options):
    scene = SkipFilm(**options)
    state = scene.state
    layers = int(state.depth) + 2
    made = {"activation": state.activation, "depth": layers - 2, "start": state.start, "norm": state.norm}
    for line, skips in enumerate((NONE, state.skips)):
        for id, values in zip(("sizes", "lengths"), numbers(made, skips), strict=True):
            points = scene.picture.panel(id).tracks[line].points
            assert len(points) == 2 * layers
            shown = points[:layers] if id == "sizes" else points[layers:][::-1]
            np.testing.assert_allclose(10 ** (35 * shown[:, 1] - 20), values, rtol=1e-6)
            assert (np.diff(shown[:, 0]) > 0).all()
            if id == "lengths":
                assert np.isnan(points[:layers]).all()
            else:
                assert (points[layers:] == points[layers - 1]).all()


def test_words_say_the_numbers_of_their_step():
    scene = SkipFilm()
    made = {"activation": "sigmoid", "depth": 16}
    plain, skip = numbers(made, NONE), numbers(made, SCALED)
    text = scene.picture.text
    assert len(text) == 36
    assert text[4] == (
        "Forward, layer 5 of 18. Size of the numbers: "
        f"plain {_digits(plain[0][4])}, with skips {_digits(skip[0][4])}."
    )
    assert text[18 + 17 - 4] == (
        "Back, layer 5 of 18. Length of the gradient in its weights: "
        f"plain {_digits(plain[1][4])}, with skips {_digits(skip[1][4])}."
    )
    share = _digits(plain[1][0] / plain[1][-1])
    assert f"That is {share} times (plain) and " in text[-1]
    assert text[-1] in repr(scene)
    assert plain[1][0] < 1e-8 < 0.1 < skip[1][0]


def test_without_skips_there_is_one_line():
    scene = SkipFilm()
    press(scene, "skips", NONE)
    for id in ("sizes", "lengths"):
        assert np.isnan(scene.picture.panel(id).tracks[1].points[:, 1]).all()
    assert "with skips" not in repr(scene)
    assert "nan" not in repr(scene)
    press(scene, "undo")
    assert "with skips" in repr(scene)


def test_who_sees_the_whole_way_sees_that_of_another_depth():
    scene = SkipFilm()
    scene.step = 35
    press(scene, "depth", "30")
    assert scene.step == scene.picture.steps - 1 == 63
    press(scene, "depth", "2")
    assert scene.step == scene.picture.steps - 1 == 7
    scene.step = 3
    press(scene, "depth", "8")
    assert scene.step == 3


def test_even_what_explodes_most_is_on_the_chart():
    scene = SkipFilm(activation="ReLU", start="twice as large", depth="30", skips=WHOLE)
    for id in ("sizes", "lengths"):
        for track in scene.picture.panel(id).tracks:
            assert np.nanmax(track.points[:, 1]) < 1


def test_what_is_too_small_stays_just_below_the_edge_and_is_told():
    scene = SkipFilm(depth="30", start="half as large")
    lowest = scene.picture.panel("lengths").tracks[0].points[-1, 1]
    assert lowest == pytest.approx(-1 / 35)
    assert numbers({"activation": "sigmoid", "depth": 30, "start": "half as large"}, NONE)[1][0] < HEIGHTS[0]
    assert "plain 2.1e−28" in scene.picture.text[-1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "GELU"}, r"activation must be one of \('sigmoid', 'tanh', 'ReLU'\), got 'GELU'"),
        ({"start": "zero"}, "start must be one of .*got 'zero'"),
        ({"depth": "4"}, "depth must be one of .*got '4'"),
        ({"depth": "deep"}, "depth must be one of .*got 'deep'"),
        ({"skips": True}, "skips must be one of .*got True"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=f"SkipFilm: {message}"):
        SkipFilm(**options)


def test_norm_is_true_or_false():
    with pytest.raises(TypeError, match="SkipFilm: norm must be True or False, got 'yes'"):
        SkipFilm(norm="yes")
    scene = SkipFilm()
    before = scene.state
    with pytest.raises(TypeError, match="norm must be True or False"):
        press(scene, "norm", 1)
    assert scene.state is before


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.5312, "0.53"), (26.14, "26"), (277.4, "277"), (3.21e-7, "3.2e−7"), (5.96e6, "6.0e6"), (0.0, "0")],
)
def test_two_digits_are_written(value, written):
    assert _digits(value) == written
