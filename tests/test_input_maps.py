"""Maps beside an image: what is shown, what is framed, and what is refused."""

import numpy as np
import pytest

from cnnlab.scenes.input_maps import input_maps
from cnnlab.stage import Stage
from cnnlab.stage.still import stage_still
from tests.helpers.stills import beyond_the_edge, overlapping

rng = np.random.default_rng(0)
IMAGE = rng.random((4, 6))
PATCH, PIXEL = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))


def picture():
    return input_maps("Two rows", IMAGE, {"one": {"Covered": (PATCH, 1)}, "other": {"Slope": (PIXEL, 0)}})


def test_the_numbers_are_those_that_were_given():
    image, patch, pixel = picture().panels
    assert np.allclose(image.values, 2 * IMAGE - 1)
    assert np.allclose(patch.values, PATCH, atol=0.005)
    assert np.allclose(pixel.values, PIXEL, atol=0.005)
    assert (patch.title, pixel.title) == ("Covered, one", "Slope, other")


def test_a_number_frames_the_pixels_that_it_is_about():
    patch, pixel = picture().links
    for row, column in np.ndindex(4, 6):
        near = {(i, j) for i, j in np.ndindex(4, 6) if max(abs(i - row), abs(j - column)) <= 1}
        assert {tap[1:] for tap in patch.taps(row, column, 6)} == near
        assert {tap[1:] for tap in pixel.taps(row, column, 6)} == {(row, column)}


def test_a_map_of_zeros_can_be_shown():
    shown = Stage(input_maps("Nothing", IMAGE, {"none": {"Slope": (np.zeros((4, 6)), 0)}}))
    assert stage_still(shown.picture, 0)


def test_titles_wider_than_a_small_map_stay_on_the_paper():
    narrow = rng.normal(size=(8, 8))
    maps = {"occlusion": (narrow, 1), "gradient × input": (narrow, 0)}
    shown = input_maps("Long titles", narrow.clip(0, 1), {"trained": maps, "untrained": maps})
    figure = stage_still(shown, 0)
    assert beyond_the_edge(figure) == []
    assert overlapping(figure) == []


@pytest.mark.parametrize(
    ("numbers", "reach", "message"),
    [
        (np.zeros((4, 5)), 0, r"input_maps: Slope, row must have shape \(4, 6\)"),
        (np.zeros((4, 6)), -1, "input_maps: reach must be at least 0"),
    ],
)
def test_maps_that_do_not_fit_are_refused(numbers, reach, message):
    with pytest.raises(ValueError, match=message):
        input_maps("Refused", IMAGE, {"row": {"Slope": (numbers, reach)}})
