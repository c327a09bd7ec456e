"""Readers of color patches, and eight trainings that went wrong."""

import numpy as np
import pytest

from cnnlab.nn.experiments import color, illnesses
from cnnlab.nn.experiments.illnesses import CAUSES, EPOCHS, HEALTHY
from cnnlab.scenes import LossDoctor
from cnnlab.scenes.loss_doctor import ASKED, CASES, ORDER

rng = np.random.default_rng(0)
IMAGES = rng.uniform(size=(6, 3, 4, 5)).astype(np.float32)


def test_standardized_images_have_mean_0_and_deviation_1_in_each_channel():
    out = color.standardized(IMAGES, color.channel_stats(IMAGES))
    for channel in range(3):
        assert out[:, channel].mean() == pytest.approx(0, abs=1e-5)
        assert out[:, channel].std() == pytest.approx(1, abs=1e-5)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(color.standardized(IMAGES, (0, 1)), IMAGES)


def test_histograms_count_each_color():
    """By a dictionary, pixel by pixel."""
    for bins in (1, 2, 5):
        for image, counted in zip(IMAGES, color.color_histogram(IMAGES, bins), strict=True):
            counts = np.zeros((bins, bins, bins))
            for pixel in image.reshape(3, -1).T:
                counts[tuple(min(int(value * bins), bins - 1) for value in pixel)] += 1 / 20
            np.testing.assert_allclose(counted, np.sqrt(counts).ravel(), rtol=1e-5)
    order = rng.permutation(20)
    mixed = IMAGES.reshape(6, 3, 20)[:, :, order].reshape(IMAGES.shape)
    np.testing.assert_allclose(color.color_histogram(mixed), color.color_histogram(IMAGES), rtol=1e-5)


def test_nearest_is_found_by_hand():
    x, new = rng.uniform(size=(9, 3, 4, 4)), rng.uniform(size=(5, 3, 4, 4))
    labels = np.arange(9) % 4
    for shrink in (1, 2, 4):

        def small(image, shrink=shrink):
            return np.array(
                [
                    [
                        [plane[i : i + shrink, j : j + shrink].mean() for j in range(0, 4, shrink)]
                        for i in range(0, 4, shrink)
                    ]
                    for plane in image
                ]
            )

        expected = [
            labels[min(range(9), key=lambda k, one=one: ((small(one) - small(x[k])) ** 2).sum())]
            for one in new
        ]
        np.testing.assert_array_equal(color.nearest(x, labels, new, shrink), expected)


def test_turned_images_have_the_same_pixels_and_the_argument_stays():
    square = rng.uniform(size=(60, 3, 4, 4)).astype(np.float32)
    before = square.copy()
    turned = color.flipped(square, np.random.default_rng(0))
    np.testing.assert_array_equal(square, before)
    for one, other in zip(square, turned, strict=True):
        ways = [np.rot90(way, k, (1, 2)) for k in range(4) for way in (one, one[:, ::-1])]
        assert sum(np.array_equal(way, other) for way in ways) == 1
    kinds = {next(k for k, way in enumerate(ways_of(one)) if np.array_equal(way, other)) for one, other in
             zip(square, turned, strict=True)}  # fmt: skip
    assert len(kinds) == 8


def ways_of(image):
    return [np.rot90(way, k, (1, 2)) for k in range(4) for way in (image, image[:, ::-1])]


def test_other_light_multiplies_each_channel_by_one_number():
    dark = np.linspace(0.1, 0.5, 240).reshape(5, 3, 4, 4).astype(np.float32)
    factors = color.relit(dark, np.random.default_rng(0)) / dark
    for one in factors.reshape(15, -1):
        np.testing.assert_allclose(one, one[0], rtol=1e-5)
        assert 0.7 * 0.8 <= one[0] <= 1.3 * 1.2
    assert color.relit(np.ones((9, 3, 2, 2)), np.random.default_rng(0)).max() == 1


def test_gray_images_are_as_bright_and_have_no_color():
    out = color.grays(IMAGES)
    np.testing.assert_allclose(out[:, 0], np.tensordot([0.299, 0.587, 0.114], IMAGES, (0, 1)), rtol=1e-5)
    np.testing.assert_array_equal(out[:, 0], out[:, 2])


def test_smooth_and_colored_filters_are_told_from_others():
    chance = rng.normal(size=(200, 3, 5, 5))
    assert abs(color.smoothness(chance)) < 0.1
    assert color.smoothness(np.cumsum(chance, axis=3)) > 0.5
    assert color.colorfulness(chance) == pytest.approx(2 / 3, abs=0.03)
    assert color.colorfulness(chance.mean(axis=1, keepdims=True).repeat(3, axis=1)) < 1e-12
    pictures = color.as_pictures(chance)
    assert pictures.shape == (200, 5, 5, 3)
    assert pictures.min() >= 0
    assert pictures.max() <= 1


# --- Illnesses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [*CAUSES, HEALTHY])
def test_kept_curves_are_those_of_a_training(cause):
    """Another processor adds up otherwise: the first epochs agree closely, the last ones in the large."""
    kept, anew = illnesses.curves(cause), illnesses.train(cause)
    assert kept.train.shape == kept.validation.shape == anew.train.shape == (EPOCHS + 1,)
    np.testing.assert_allclose(anew.train[0], kept.train[0], rtol=0.01)
    np.testing.assert_allclose(anew.validation[0], kept.validation[0], rtol=0.01)
    assert anew.right == pytest.approx(kept.right, abs=0.15)
    assert np.median(np.abs(anew.train - kept.train)) < 0.3


def test_each_illness_looks_as_its_text_says():
    guess = np.log(6)
    told = [illnesses.curves(cause) for cause in CAUSES]
    high, low, in_order, shuffled, few, dead, otherwise, leak = told
    well = illnesses.curves(HEALTHY)
    assert high.train[1:].max() > 10
    assert abs(high.train[-8:] - guess).max() < 0.2
    assert (np.diff(low.train) < 0).all()
    assert low.train[-1] > 0.6 * low.train[0]
    assert in_order.train[5] > 2 * well.train[5]
    assert guess > shuffled.train[-1] > 1
    assert (shuffled.validation[-5:] > guess).all()
    assert few.train[-1] < 0.02
    assert few.validation[-1] > few.validation.min() + 1
    assert np.ptp(dead.train) < 0.05
    assert abs(dead.train - guess).max() < 0.05
    assert otherwise.validation.min() > 1.5
    np.testing.assert_array_equal(otherwise.train, well.train)
    assert leak.validation[-1] < 0.5 < well.validation[-1]
    assert leak.right > well.right + 0.1


def test_unknown_cause():
    for function in (illnesses.train, illnesses.curves):
        with pytest.raises(ValueError, match=r"cause must be one of .*got 'a cold'"):
            function("a cold")


# --- The scene ----------------------------------------------------------------------------------------------


def test_every_case_has_one_right_diagnosis_and_the_others_are_told_why_not():
    assert sorted(ORDER) == list(range(len(CAUSES))) == list(range(len(CASES)))
    for number, case in enumerate(CASES):
        right = [
            cause
            for cause in CAUSES
            if "Yes: " in LossDoctor(case=case, diagnosis=cause).picture.sentence(EPOCHS)
        ]
        assert right == [tuple(CAUSES)[ORDER[number]]]
        assert "What is the matter?" in LossDoctor(case=case).picture.sentence(0)
        wrong = tuple(CAUSES)[ORDER[number - 1]]
        assert CAUSES[wrong] in LossDoctor(case=case, diagnosis=wrong).picture.sentence(3)


def test_the_curve_put_right_stands_beside_a_right_diagnosis_only():
    cause = tuple(CAUSES)[ORDER[0]]
    assert [panel.id for panel in LossDoctor(diagnosis=cause).picture.panels] == ["ill", "well"]
    assert [panel.id for panel in LossDoctor(diagnosis=ASKED).picture.panels] == ["ill"]


@pytest.mark.parametrize("bad", [{"case": "9"}, {"diagnosis": "a cold"}])
def test_bad_state(bad):
    with pytest.raises(ValueError, match=r"LossDoctor: (case|diagnosis) must be one of"):
        LossDoctor(**bad)
