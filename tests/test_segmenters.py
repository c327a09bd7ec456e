"""Masks of ink: what is drawn, what rules choose, and that networks learn more than nothing."""

import numpy as np
import pytest

from cnnlab.data import digits
from cnnlab.detection import mask_iou
from cnnlab.nn.experiments import segmenters

TRAIN, HELD_BACK, TEST = digits.split_three()


def test_masks_are_the_ink_of_the_digits():
    clean, masks = segmenters.draw_sheets(0, *TEST, ruled=False, count=5)
    np.testing.assert_array_equal(masks, clean[:, 0] > segmenters.INK)
    assert clean.shape == (5, 1, 24, 32)
    assert masks.any(axis=(1, 2)).all()


def test_lines_lie_on_the_paper_and_leave_the_ink():
    pixels, masks = segmenters.draw_sheets(3, *TEST, count=30)
    assert (pixels[:, 0][masks] > segmenters.INK).all()
    away = np.where(masks, np.nan, pixels[:, 0])
    rows = np.nanmin(away, axis=2) >= 0.4  # rows that are dark all along, but for the digits
    columns = np.nanmin(away, axis=1) >= 0.4
    assert ((rows.sum(axis=1) >= 3) & (rows.sum(axis=1) <= 7)).all()
    assert 5 < (columns.sum(axis=1) >= 3).sum() < 25  # on about half of the sheets
    for lines in rows:
        assert len(set(np.diff(np.flatnonzero(lines)))) == 1


def test_the_sheets_of_a_seed_are_always_the_same_and_of_another_others():
    one, again, other = (segmenters.draw_sheets(seed, *TEST, count=2)[0] for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_a_neighborhood_is_a_mean_of_what_lies_on_the_sheet():
    pixels = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    found = segmenters.against_its_neighborhood(pixels, 3)[0, 0]
    assert found[0, 0] == pytest.approx(0 - (0 + 1 + 4 + 5) / 4)
    assert found[1, 1] == pytest.approx(0, abs=1e-5)


def test_lines_are_taken_away_and_strokes_stay():
    pixels = np.zeros((1, 1, 7, 9))
    pixels[0, 0, 3], pixels[0, 0, :, 2] = 0.8, 0.6
    pixels[0, 0, 5, 5] = 1
    assert np.argwhere(segmenters.lines_taken_away(pixels, None)[0, 0] > 0.3).tolist() == [[5, 5]]


@pytest.mark.parametrize("name", segmenters.RULES)
def test_a_rule_chooses_on_held_back_sheets_alone(name):
    held_back = segmenters.draw_sheets(0, *HELD_BACK, count=6)
    pixels, truth = segmenters.draw_sheets(1, *TEST, count=4)
    mask = segmenters.by_rule(name, held_back, pixels)
    assert mask.shape == truth.shape
    # As good on the sheets it has chosen on as any other choice.
    best = mask_iou(segmenters.by_rule(name, held_back, held_back[0]), held_back[1])
    darkness, choices = segmenters.RULES[name]
    for choice in choices:
        for threshold in segmenters.THRESHOLDS:
            assert mask_iou(darkness(held_back[0], choice)[:, 0] > threshold, held_back[1]) <= best


@pytest.mark.parametrize(("made", "rate"), segmenters.NETWORKS.values())
def test_a_little_training_finds_more_than_a_threshold(made, rate):
    pixels, truth = segmenters.draw_sheets(1, *TEST, count=10)
    network = segmenters.train(made(0), 0, rate, sheets_to_learn=100, epochs=6)
    held_back = segmenters.draw_sheets(0, *HELD_BACK, count=10)
    threshold = segmenters.by_rule("threshold", held_back, pixels)
    assert mask_iou(segmenters.masks_by(network, pixels), truth) > mask_iou(threshold, truth) + 0.1
