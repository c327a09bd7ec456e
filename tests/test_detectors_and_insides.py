"""The experiments of lessons 19 and 20: detectors on sheets, and looks into a network."""

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import digits, letters
from cnnlab.nn import Dense, Flatten, Sequential
from cnnlab.nn.experiments import detectors, insides

X, Y, X_TEST, Y_TEST = digits.split()


@pytest.fixture(scope="module")
def sheets():
    return detectors.draw_sheets(3, X_TEST, Y_TEST, count=4)


# --- Detectors ----------------------------------------------------------------------------------------------


def test_held_back_digits_are_not_learned():
    (x, y), (x_held, y_held), (x_test, _) = digits.split_three()
    np.testing.assert_array_equal(np.concatenate([x, x_held]), X)
    np.testing.assert_array_equal(np.concatenate([y, y_held]), Y)
    assert len(x_held) == digits.HELD_BACK
    assert len(x_test) == len(X_TEST)


@pytest.mark.parametrize("size", [8, 11])
def test_a_network_as_convolution_gives_what_every_window_gives(size):
    network = detectors.digit_network(1, classes=11, size=size)
    pixels = np.random.default_rng(0).random((size + 2, size + 3))
    cut = np.lib.stride_tricks.sliding_window_view(pixels, (size, size)).reshape(-1, 1, size, size)
    wide = detectors.as_convolution(network).forward(pixels[None, None])[0]
    np.testing.assert_allclose(wide.reshape(11, -1).T, network.forward(cut), atol=1e-12)


def test_letters_lie_where_they_are_said_to():
    ink, places = detectors.letter_sheets(0, count=50)
    row, column = places[0]
    agree = ink[0, row : row + 9, column : column + 9] == (letters.X > 0)
    assert 0.6 < agree.mean() < 0.95  # a fifth of the pixels is turned
    clean = np.zeros((1, 24, 24))
    clean[0, row : row + 9, column : column + 9] = letters.X > 0
    assert detectors.share_located(clean, letters.X, places[:1]) == 1


def test_subtracting_the_mean_helps_where_the_level_says_nothing():
    raw, mean_0 = detectors.locate_the_letter(0).T
    assert (mean_0[[0, 2]] > raw[[0, 2]] + 0.2).all()


def test_shares_of_a_sheet_add_up_to_one(sheets):
    shares = detectors.shares_on(detectors.as_convolution(detectors.digit_network(0)), sheets)
    assert shares.shape == (4, 10, 17, 25)
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def perfect(sheets):
    """Return shares of 1 for the right digit at its place, and for nothing elsewhere."""
    shares = np.zeros((len(sheets), 11, 17, 25))
    shares[:, 10] = 1
    for given, one in zip(shares, sheets, strict=True):
        for label, (row, column) in zip(one.labels, one.places, strict=True):
            given[:, row, column] = np.arange(11) == label
    return shares


def test_perfect_shares_have_precision_and_recall_one(sheets):
    assert detectors.precision_recall(perfect(sheets), sheets, 0.5) == (1, 1)
    assert detectors.precision_recall(np.zeros((4, 11, 17, 25)), sheets, 0.5) == (1, 0)


def test_the_threshold_is_chosen_on_one_curve_and_used_on_the_other():
    held_back = np.array([[0.1, 1.0], [0.9, 0.8], [1.0, 0.1]])
    tested = np.array([[0.2, 0.9], [0.7, 0.6], [0.9, 0.2]])
    np.testing.assert_array_equal(detectors.chosen(held_back, tested), [0.7, 0.6])


def test_a_better_detector_is_measured(capsys, monkeypatch):
    detectors.measure(lambda seed: None)
    assert capsys.readouterr().out.startswith("Not attempted.")
    monkeypatch.setattr(detectors, "shares_on", lambda network, drawn: perfect(drawn))
    for kind in ("held-back", "new"):
        detectors.measure(lambda seed: "perfect", seeds=2, new=kind == "new")
        assert (
            capsys.readouterr().out
            == f"F1 on {kind} sheets: 1.000 (1.000 to 1.000, 2 seeds). The target is 0.93. Reached.\n"
        )


def test_test_digits_are_seen_only_when_asked_for(monkeypatch):
    parts = digits.split_three()
    drawn = []
    monkeypatch.setattr(detectors, "draw_sheets", lambda seed, x, y: drawn.append((seed, len(y))) or [])
    for new in (False, True):
        detectors.measure(lambda seed: None, new=new)
    (_, held_back), (_, test) = parts[1:]
    assert drawn == [(100, len(held_back)), (101, len(held_back)), (100, len(held_back)), (7, len(test))]


def test_pixels_have_the_label_of_their_digit(sheets):
    labels = detectors.pixel_labels(sheets[0])
    assert set(np.unique(labels)) == {10, *sheets[0].labels}
    x, y = detectors.pixel_windows(0, X, Y, size=5, count=3, pixels=8)
    assert x.shape == (24, 1, 5, 5)
    assert (y == 10).sum() == 12
    assert (x[y < 10, 0, 2, 2] > 0.3).all()  # ink in the middle


def test_iou_of_classes():
    truth = np.array([[0, 0, 10], [1, 10, 10]])
    assert detectors.class_iou(truth, truth) == pytest.approx(0.2)  # two of ten classes are there
    assert detectors.class_iou(np.array([[0, 10, 10], [10, 10, 10]]), truth) == pytest.approx(0.05)


# --- Looks inside -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linear():
    """Return a network that is a weighted sum for each class."""
    return Sequential(Flatten(), Dense(64, 10, rng=np.random.default_rng(0), dtype=float))


def test_maps_of_a_weighted_sum(linear):
    image, weight = X_TEST[0].astype(float), linear[1].weight[3].reshape(8, 8)
    products = image[0] * weight
    np.testing.assert_allclose(insides.gradient_map(linear, image, 3), weight)
    np.testing.assert_allclose(insides.product_map(linear, image, 3), products)
    np.testing.assert_allclose(insides.occlusion_map(linear, image, 3, reach=0), products, atol=1e-12)
    patches = ops.correlate2d(np.pad(products, 1), np.ones((3, 3)))
    np.testing.assert_allclose(insides.occlusion_map(linear, image, 3), patches, atol=1e-12)
    assert {name: reach for name, (_, reach) in insides.maps_of(linear, image, 3).items()} == {
        "occlusion": 1,
        "gradient": 0,
        "gradient × input": 0,
    }


def test_the_nearest_image_is_found():
    distances = insides.distance_to_nearest(np.concatenate([X[:2], X[:1] + 0.5]), X)
    np.testing.assert_allclose(distances[:2], 0, atol=1e-6)
    assert 0 < distances[2] <= 4 + 1e-9  # 64 pixels, each 0.5 off


def test_a_mark_is_four_pixels_and_leaves_the_original():
    before = X_TEST[:3].copy()
    changed = insides.marked(X_TEST[:3]) != before
    np.testing.assert_array_equal(X_TEST[:3], before)
    assert changed[:, :, 6:, :2].any()
    assert not changed[:, :, :6].any()
    assert not changed[:, :, :, 2:].any()


def test_largest_at_mark_sees_a_network_that_looks_nowhere_else():
    weight = np.zeros((10, 64))
    weight[8, 6 * 8] = 1  # a pixel of the mark
    network = Sequential(Flatten(), Dense(64, 10, weight=weight, dtype=float))
    np.testing.assert_array_equal(insides.largest_at_mark(network, insides.marked(X_TEST[:4])), 1)


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_the_share_of_pairs(seed):
    rng = np.random.default_rng(seed)
    numbers, is_it = rng.integers(0, 5, 30), rng.random(30) < 0.4
    ours, others = numbers[is_it][:, None], numbers[~is_it][None]
    assert insides.auc(numbers, is_it) == pytest.approx(np.mean(ours > others) + np.mean(ours == others) / 2)


def test_nearness_is_minus_the_squared_distance():
    rng = np.random.default_rng(0)
    x, points = rng.normal(size=(5, 3)), rng.normal(size=(2, 3))
    expected = -((x[:, None] - points) ** 2).sum(axis=-1)
    np.testing.assert_allclose(insides.nearness(points)(x), expected, atol=1e-12)


def test_units_without_labels_have_the_shape_that_is_asked_for():
    x = X[:100].reshape(-1, 64).astype(float)
    for unit in insides.units_without_labels(x, 7, 0).values():
        assert unit(x[:9]).shape == (9, 7)


def test_the_gradient_of_the_loss_is_uphill(linear):
    x, y = X_TEST[:8].astype(float), Y_TEST[:8]
    gradient = insides.loss_gradient(linear, x, y)

    def loss(x):
        return -np.log(ops.softmax(linear.forward(x), axis=1)[np.arange(8), y]).mean()

    nudge = np.zeros_like(x)
    nudge[2, 0, 3, 4] = 1e-6
    assert (loss(x + nudge) - loss(x - nudge)) / 2e-6 == pytest.approx(gradient[2, 0, 3, 4], rel=1e-4)
