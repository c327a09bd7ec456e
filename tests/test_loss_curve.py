"""The loss curves: heights and slopes are recomputed without the course's functions."""

import math
import re

import numpy as np
import pytest

from cnnlab import gradcheck
from cnnlab.nn.experiments.units import unit_losses
from cnnlab.scenes import LossCurve
from cnnlab.scenes.loss_curve import AXES, LOGITS, SQUARES
from tests.helpers.acts import press


def by_hand(z, target, factor):
    """Return (cross-entropy, squared error) of one logit."""
    p = 1 / (1 + math.exp(-z))
    return -math.log(p if target else 1 - p), factor * (p - target) ** 2


@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("factor", [0.5, 1.0])
def test_losses_and_slopes(target, factor):
    loss, slope = unit_losses(LOGITS, target, factor)
    np.testing.assert_allclose(loss.T, [by_hand(z, target, factor) for z in LOGITS], rtol=1e-9)
    for which in range(2):

        def total(z, which=which):
            return unit_losses(z, target, factor)[0][which].sum()

        assert gradcheck.gradcheck(total, LOGITS, slope[which])


@pytest.mark.parametrize("target", ["1", "0"])
def test_points_move_along_the_curves(target):
    scene = LossCurve(target=target)
    chart = scene.picture.panel("loss")
    low, high = -0.3, 8.6
    for which, track in enumerate(chart.tracks):
        heights = low + (high - low) * track.points[:, 1]
        expected = [by_hand(z, int(target), 0.5)[which] for z in LOGITS]
        np.testing.assert_allclose(heights, expected, atol=1e-9)
    np.testing.assert_allclose(-8.4 + 16.8 * chart.tracks[0].points[:, 0], LOGITS)


def test_no_point_leaves_its_chart():
    for target in ("1", "0"):
        for square in SQUARES:
            for axis in AXES:
                for chart in LossCurve(target=target, square=square, axis=axis).picture.panels:
                    for track in chart.tracks:
                        assert (np.abs(track.points - 0.5) <= 0.5).all()


def test_words_tell_the_numbers():
    first = LossCurve().picture.sentence(0)
    assert first == (
        "z = −8, p = 3.35e−4, target 1. "
        "Cross-entropy 8.0003, slope −0.9997; ½(p − y)² 0.4997, slope −3.35e−4."
    )
    for step, z in enumerate(LOGITS):
        words = LossCurve(target="0").picture.sentence(step).replace("−", "-")
        shown = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", words)]
        p = 1 / (1 + math.exp(-z))
        entropy, square = by_hand(z, 0, 0.5)
        exact = [z, p, 0, entropy, p, square, p * p * (1 - p)]
        np.testing.assert_allclose(shown, exact, rtol=6e-3, atol=6e-5)


def test_whole_square_has_twice_the_slope():
    scene = LossCurve()
    half = scene.picture.panel("slope").tracks[1].points[:, 1] * 1.2 - 1.08
    press(scene, "square", "(p − y)²")
    whole = scene.picture.panel("slope").tracks[1].points[:, 1] * 1.2 - 1.08
    np.testing.assert_allclose(whole, 2 * half, atol=1e-12)


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="target must be one of"):
        LossCurve(target="2")
