"""The race: every path is walked once more with plain formulas, and what diverges breaks nothing."""

import json

import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from cnnlab.nn.experiments.bowls import WALKERS, bowl, race
from cnnlab.scenes import OptimizerRace
from cnnlab.scenes.optimizer_race import ADAM_RATES, CONDITIONS, RATES, STEPS
from tests.helpers.acts import press

TURN = np.array([[np.sqrt(3), -1], [1, np.sqrt(3)]]) / 2  # by 30°


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("condition", [1.0, 10.0, 100.0, 1000.0])
def test_paths_by_plain_formulas(condition, turned):
    rate, adam_rate = 1.9 / condition, 0.1
    points, heights = race(condition, rate, adam_rate, turned)
    turn = TURN if turned else np.eye(2)
    curved = np.array([1, condition])
    start = np.array([1, 0.37])  # in the directions of the bowl's own axes

    def slope(point):
        return turn @ (curved * (turn.T @ point))

    gd = [turn @ (start * (1 - rate * curved) ** step) for step in range(STEPS + 1)]
    np.testing.assert_allclose(points[0], gd, atol=1e-9)

    point, velocity = turn @ start, 0
    for step in range(STEPS):
        velocity = 0.9 * velocity + slope(point)
        point = point - rate * velocity
        np.testing.assert_allclose(points[1, step + 1], point, atol=1e-9)

    point, mean, square = turn @ start, 0, 0
    for t in range(1, STEPS + 1):
        g = slope(point)
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g**2
        point = point - adam_rate * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        np.testing.assert_allclose(points[2, t], point, atol=1e-9)

    own = points @ turn  # seen along the bowl's axes
    np.testing.assert_allclose(heights, (own**2 @ curved) / (start**2 @ curved), rtol=1e-6, atol=1e-12)


def test_only_adam_cares_about_the_turn():
    straight, turned = (race(100.0, 0.01, 0.1, turn)[1] for turn in (False, True))
    same = [np.allclose(a, b) for a, b in zip(straight, turned, strict=True)]
    assert dict(zip(WALKERS, same, strict=True)) == {
        "GD": True,
        "momentum 0.9": True,
        "Adam": False,
        "SGD": True,
    }


def test_noise_has_a_seed():
    assert np.array_equal(race(10.0, 0.1, 0.1)[0], race(10.0, 0.1, 0.1)[0])
    assert not np.array_equal(race(10.0, 0.1, 0.1)[0][3], race(10.0, 0.1, 0.1, seed=1)[0][3])


def test_bowl_has_its_curvatures():
    for turned in (False, True):
        np.testing.assert_allclose(np.linalg.eigvalsh(bowl(100.0, turned)), [1, 100])


@pytest.mark.parametrize("rate", RATES)
def test_words_say_what_diverges_and_why(rate):
    for condition in CONDITIONS:
        scene = OptimizerRace(rate=rate, condition=condition)
        words = scene.picture.sentence(STEPS)
        _, heights = race(float(condition), float(rate) / float(condition), 0.1)
        assert ("GD and SGD diverge" in words) == (float(rate) > 2) == bool(not heights[0, -1] <= 1)
        assert ("it diverges too" in words) == (float(rate) > 3.8) == bool(not heights[1, -1] <= 1)
        limit = f"2/λmax = {2 / float(condition):g}"
        assert limit in words


def test_far_away_is_left_out_and_the_picture_stays_whole():
    scene = OptimizerRace(rate="4", condition="1000")
    field, heights = scene.picture.panels
    assert np.isnan(field.tracks[0].points[-1]).all()
    assert np.isnan(heights.tracks[0].points[-1, 1])
    assert "GD far away" in scene.picture.sentence(STEPS)
    state, _, _ = _remove_buffers(scene.picture.to_json())
    json.dumps(state, allow_nan=False)
    scene.still_step = STEPS
    assert "image/png" in scene._repr_mimebundle_()[0]


def test_heights_are_drawn_where_the_axis_says():
    chart = OptimizerRace().picture.panel("heights")
    _, heights = race(10.0, 0.1, 0.1)
    for track, expected in zip(chart.tracks, heights, strict=True):
        np.testing.assert_allclose(10 ** (track.points[:, 1] * 10 - 8), np.maximum(expected, 1e-9))


def test_every_choice_is_drawn():
    scene = OptimizerRace()
    for id, options in (("condition", CONDITIONS), ("rate", RATES), ("adam_rate", ADAM_RATES)):
        for option in options:
            press(scene, id, option)
            assert vars(scene.state)[id] == option
