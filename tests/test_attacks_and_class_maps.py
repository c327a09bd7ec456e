"""The experiments of lesson 20: steps against a network, images made by climbing, Grad-CAM, calibration."""

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import digits
from cnnlab.nn import AdaptiveAvgPool2d, Conv2d, Dense, Flatten, ReLU, Sequential, accuracy
from cnnlab.nn.experiments import attacks, calibration, class_maps, climbing, insides

X, Y, X_TEST, Y_TEST = digits.split()


@pytest.fixture(scope="module")
def linear():
    """Return a network that is a weighted sum for each class."""
    return Sequential(Flatten(), Dense(64, 10, rng=np.random.default_rng(0), dtype=float))


# --- Steps --------------------------------------------------------------------------------------------------


def test_a_step_against_moves_each_pixel_where_the_loss_grows(linear):
    x, y = X_TEST[:6].astype(float), Y_TEST[:6]
    moved = attacks.step_against(linear, x, y, 0.05)
    wanted = ops.softmax(linear.forward(x), axis=1) - np.eye(10)[y]  # the derivative by each score
    way = np.sign(wanted @ linear[1].weight).reshape(x.shape)
    np.testing.assert_allclose(moved, np.clip(x + 0.05 * way, 0, 1))
    assert accuracy(linear, moved, y) <= accuracy(linear, x, y)


def test_steps_stay_on_the_scale_and_leave_what_they_are_given(linear):
    x, before = X_TEST[:20].astype(float), X_TEST[:20].astype(float)
    rng = np.random.default_rng(1)
    for moved in (
        attacks.step_against(linear, x, Y_TEST[:20], 0.3),
        attacks.steps_against(linear, x, Y_TEST[:20], 0.3),
        attacks.step_by_chance(x, 0.3, rng),
    ):
        assert moved.min() >= 0
        assert moved.max() <= 1
        assert np.abs(moved - x).max() <= 0.3 + 1e-12
        assert np.abs(moved - x).mean() > 0.1
    np.testing.assert_array_equal(x, before)


def test_a_step_of_size_zero_is_none(linear):
    np.testing.assert_array_equal(attacks.step_against(linear, X_TEST[:3], Y_TEST[:3], 0), X_TEST[:3])


def test_chance_goes_both_ways():
    way = attacks.way_by_chance((100, 1, 8, 8), np.random.default_rng(0))
    assert set(np.unique(way)) == {-1, 1}
    assert abs(way.mean()) < 0.05


def test_several_steps_raise_the_loss_farther(linear):
    """On a network that bends, asking anew is better than going straight on, or as good."""
    network, x, y = insides.reader(0), X_TEST[:100], Y_TEST[:100]

    def loss(images):
        shares = ops.softmax(network.forward(np.asarray(images, dtype=float)), axis=1)
        return -np.log(shares[np.arange(len(y)), y]).mean()

    one = loss(attacks.step_against(network, x, y, 0.2))
    assert loss(x) < one < loss(attacks.steps_against(network, x, y, 0.2))


@pytest.mark.parametrize("levels", [2, 5, 17])
def test_rounding_leaves_so_many_levels(levels):
    x = np.random.default_rng(0).random(1000)
    found = attacks.rounded(x, levels)
    np.testing.assert_allclose(np.unique(found), np.arange(levels) / (levels - 1))
    assert np.abs(found - x).max() <= 0.5 / (levels - 1) + 1e-12


def test_the_scans_have_17_levels():
    np.testing.assert_array_equal(attacks.rounded(X, 17), X)


def test_sizes_give_the_shares_that_single_steps_give():
    sizes, x, y = (0, 0.1), X_TEST[:60], Y_TEST[:60]
    network = insides.reader(0)
    found = attacks.one_network(0, sizes, x, y)
    assert found["against itself"] == [
        accuracy(network, attacks.step_against(network, x, y, size), y) for size in sizes
    ]
    assert found["against another"][1] == accuracy(
        network, attacks.step_against(insides.reader(1), x, y, 0.1), y
    )
    rounded = attacks.after_rounding(0, sizes, x, y, levels=(5,))
    moved = attacks.rounded(attacks.step_against(network, x, y, 0.1), 5)
    assert rounded[5][1] == accuracy(network, moved, y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net: attacks.step_against(net, X[:2], Y[:2], -0.1), "step must be"),
        (lambda net: attacks.steps_against(net, X[:2], Y[:2], 0.1, 0), "times must be"),
        (lambda net: attacks.rounded(X[:2], 1), "levels must be"),
    ],
)
def test_what_steps_do_not_take(linear, call, message):
    with pytest.raises(ValueError, match=message):
        call(linear)


def test_chance_wants_a_generator():
    with pytest.raises(TypeError, match="rng must be"):
        attacks.step_by_chance(X[:2], 0.1, None)


# --- Climbing -----------------------------------------------------------------------------------------------


def test_free_climbing_on_a_weighted_sum_ends_at_the_best_image(linear):
    made, weight = climbing.climb(linear, np.random.default_rng(0), steps=2000), linear[1].weight
    counts = np.abs(weight) > 0.01 * np.abs(weight).max()  # the others have not arrived yet
    np.testing.assert_allclose(made.reshape(10, 64)[counts], (weight > 0)[counts])


def test_a_penalty_makes_smoother_images(linear):
    free, smooth = (climbing.climb(linear, np.random.default_rng(0), penalty=p) for p in (0, 0.5))
    assert np.abs(np.diff(smooth, axis=3)).mean() < 0.7 * np.abs(np.diff(free, axis=3)).mean()


def test_roughness_gradient_is_the_derivative_of_what_it_says():
    images = np.random.default_rng(0).random((2, 1, 4, 5))

    def rough(images):
        return sum((np.diff(images, axis=axis) ** 2).sum() / 2 for axis in (2, 3))

    gradient = climbing.roughness_gradient(images)
    for place in [(0, 0, 0, 0), (1, 0, 3, 4), (0, 0, 2, 1)]:
        nudge = np.zeros_like(images)
        nudge[place] = 1e-6
        measured = (rough(images + nudge) - rough(images - nudge)) / 2e-6
        assert gradient[place] == pytest.approx(measured, abs=1e-6)


def test_the_same_noise_makes_the_same_image(linear):
    ones, twos = (climbing.climb(linear, np.random.default_rng(3), shift=1) for _ in range(2))
    np.testing.assert_array_equal(ones, twos)


@pytest.mark.parametrize("bad", [{"penalty": -1}, {"shift": -1}, {"steps": -1}])
def test_climbing_refuses_what_is_below_the_least(linear, bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))} must be"):
        climbing.climb(linear, np.random.default_rng(0), **bad)


# --- Grad-CAM -----------------------------------------------------------------------------------------------


def network_with(end, rng):
    return Sequential(Conv2d(1, 2, 3, rng=rng, dtype=float), ReLU(), *end)


def by_nudges(network, image, label, layer=1, by_cell=False):
    """Return Grad-CAM's map from derivatives that are measured, cell by cell."""
    maps, rest = network[: layer + 1].forward(image[None]), network[layer + 1 :]
    derivatives = np.zeros_like(maps)
    for place in np.ndindex(maps.shape):
        nudge = np.zeros_like(maps)
        nudge[place] = 1e-5
        scores = [rest.forward(maps + way * nudge)[0, label] for way in (1, -1)]
        derivatives[place] = (scores[0] - scores[1]) / 2e-5
    weights = derivatives if by_cell else derivatives.mean(axis=(2, 3), keepdims=True)
    summed = sum(w * m for w, m in zip(weights[0], maps[0], strict=True))
    return np.where(summed > 0, summed, 0)


@pytest.mark.parametrize("by_cell", [False, True])
@pytest.mark.parametrize("kind", ["flat", "mean", "deep"])
def test_grad_cam_agrees_with_nudges(kind, by_cell):
    rng = np.random.default_rng(1)
    ends = {
        "flat": (Flatten(), Dense(72, 10, rng=rng, dtype=float)),
        "mean": (AdaptiveAvgPool2d(1), Flatten(), Dense(2, 10, rng=rng, dtype=float)),
        "deep": (Flatten(), Dense(72, 5, rng=rng, dtype=float), ReLU(), Dense(5, 10, rng=rng, dtype=float)),
    }
    network, images = network_with(ends[kind], rng), X_TEST[:3].astype(float)
    found = class_maps.grad_cam(network, images, [4, 0, 9], layer=1, by_cell=by_cell)
    for one, image, label in zip(found, images, (4, 0, 9), strict=True):
        np.testing.assert_allclose(one, by_nudges(network, image, label, by_cell=by_cell), atol=1e-8)


def test_grad_cam_wants_maps(linear):
    with pytest.raises(ValueError, match=r"the result of network\[0\] must have shape"):
        class_maps.grad_cam(linear, X_TEST[:2], [1, 2], layer=0)
    with pytest.raises(ValueError, match="images must have shape"):
        class_maps.grad_cam(linear, X_TEST[0], [1])


def test_at_mark_tells_maps_at_the_mark_from_empty_ones_and_others():
    """Networks made by hand: one asks for the corner of the mark, one speaks against it."""

    def looks_at(row, column, weight, top_right=0):
        kernel = np.ones((1, 1, 3, 3))
        chosen = np.zeros((10, 1, 4, 4))
        chosen[8, 0, 0, 3] = top_right
        chosen[8, 0, row, column] = weight
        return Sequential(
            Conv2d(1, 1, 3, weight=kernel, dtype=float),
            ReLU(),
            Conv2d(1, 1, 3, weight=np.eye(1)[..., None, None] * np.ones((3, 3)), dtype=float),
            ReLU(),
            Flatten(),
            Dense(16, 10, weight=chosen.reshape(10, 16), dtype=float),
        )

    blank = np.zeros((3, 1, 8, 8))
    ink_at_mark, ink_elsewhere = insides.marked(blank), blank.copy()
    ink_elsewhere[:, :, :2, 6:] = 1
    assert class_maps.at_mark(lambda *_: looks_at(3, 0, 1), 0, None, ink_at_mark) == (1, 0)
    assert class_maps.at_mark(lambda *_: looks_at(3, 0, 1), 0, None, ink_elsewhere) == (0, 0)
    assert class_maps.at_mark(lambda *_: looks_at(3, 0, -1), 0, None, ink_at_mark) == (0, 1)
    # A mean over the cells does not know which of them speak for the class; their own derivatives do.
    both = np.maximum(ink_at_mark, ink_elsewhere)

    def torn(*_):
        return looks_at(3, 0, 1, top_right=-2)

    assert class_maps.at_mark(torn, 0, None, both) == (0, 1)
    assert class_maps.at_mark(torn, 0, None, both, by_cell=True) == (1, 0)


def test_the_cells_that_see_the_mark_are_those_whose_field_reaches_it():
    from cnnlab.nn.receptive import fields

    rows, columns = fields(class_maps.averaging_network(0)[:4], (1, 8, 8))[-1][:2]
    expected = [[max(r) >= 6 and min(c) <= 1 for c in columns] for r in rows]
    np.testing.assert_array_equal(class_maps.SEES_MARK, expected)


# --- Calibration --------------------------------------------------------------------------------------------


def test_the_calibration_error_agrees_with_a_loop():
    rng = np.random.default_rng(0)
    shares, labels = rng.dirichlet(np.ones(4) / 2, 300), rng.integers(0, 4, 300)
    total = 0
    for low in np.arange(10) / 10:
        group = [
            k for k, one in enumerate(shares) if low <= max(one) < low + 0.1 or (low == 0.9 and max(one) == 1)
        ]
        if group:
            told = np.mean([max(shares[k]) for k in group])
            right = np.mean([shares[k].argmax() == labels[k] for k in group])
            total += len(group) / 300 * abs(told - right)
    assert calibration.calibration_error(shares, labels) == pytest.approx(total)


def test_certain_and_right_is_no_error_and_certain_and_wrong_is_all():
    assert calibration.calibration_error(np.eye(3), [0, 1, 2]) == 0
    assert calibration.calibration_error(np.eye(3), [1, 2, 0]) == 1


def test_chance_makes_less_error_with_more_answers():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(4), 4000)
    few, many = (calibration.error_by_chance(each, rng, times=50).mean() for each in (shares[:100], shares))
    assert 0 < many < few / 3


def test_labels_are_drawn_with_the_shares_they_have():
    """Shares of 1 leave nothing to chance, so that a perfect predictor has no error at all."""
    assert calibration.error_by_chance(np.eye(3), np.random.default_rng(0), times=20).max() == 0


@pytest.mark.parametrize("scale", [0.5, 1, 3])
def test_the_temperature_undoes_a_scale(scale):
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(3000, 5)) * 2
    labels = (rng.random((3000, 1)) > ops.softmax(scores, axis=1).cumsum(axis=1)).sum(axis=1).clip(max=4)
    assert calibration.fitted_temperature(scale * scores, labels) == pytest.approx(scale, rel=0.12)


def test_what_the_calibration_error_does_not_take():
    with pytest.raises(ValueError, match="shares must have shape"):
        calibration.calibration_error([0.5, 0.5], [0])
    with pytest.raises(ValueError, match="bins must be"):
        calibration.calibration_error([[0.5, 0.5]], [0], bins=0)
