"""Still pictures: everything is on the paper, the formula is right, and quiz mode hides what it must."""

import re

import numpy as np
import pytest
from matplotlib.text import Text

from cnnlab import figures
from cnnlab.data import letters
from cnnlab.figures import stage_still
from cnnlab.look import contrast, rgb
from cnnlab.scenes import SlidingFilter
from cnnlab.stage import Panel, Picture

rng = np.random.default_rng(0)
SCENES = {
    "default": SlidingFilter(),
    "turned sums": SlidingFilter(kernel=[[1, 2], [0, -3]], operation="convolution", divide=False),
    "5×5 kernel, padding": SlidingFilter(kernel=rng.integers(-2, 3, (5, 5)), padding=2),
    "decimals": SlidingFilter(rng.integers(-999, 999, (12, 12)) / 100, divide=False),
    "stride and dilation": SlidingFilter(stride=2, padding=1, dilation=2),
}


@pytest.fixture(params=SCENES.values(), ids=SCENES)
def picture(request):
    return request.param.picture


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text()]


def formula(figure):
    """Return the characters of the formula, which stand one by one in a monospaced font."""
    return "".join(text.get_text() for text in texts(figure) if "DejaVu Sans Mono" in text.get_family())


def calculated(terms):
    """Return the value of terms such as ``(1·1 + (−1)·(5/9)) ÷ 2``."""
    return eval(terms.translate(str.maketrans("·−÷", "*-/")))


def edges(figure):
    """Return left, bottom, right and top of every text, each as an array."""
    return np.array([text.get_window_extent().extents for text in texts(figure)]).T


def beyond_the_edge(figure):
    """Return the texts that are not wholly on the paper."""
    left, bottom, right, top = edges(figure)
    paper = figure.bbox
    outside = (left < paper.x0) | (bottom < paper.y0) | (right > paper.x1) | (top > paper.y1)
    return [texts(figure)[index].get_text() for index in np.flatnonzero(outside)]


def overlapping(figure):
    """Return the pairs of texts whose boxes have more than a pixel in common."""
    left, bottom, right, top = edges(figure)
    across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    along = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
    pairs = np.argwhere(np.triu((across > 1) & (along > 1), 1))
    return [tuple(texts(figure)[index].get_text() for index in pair) for pair in pairs]


def test_terms_of_the_formula_give_the_number_of_the_map(picture):
    for step in (0, picture.steps // 2):
        terms, result = re.split(r"\s*[=≈] ", formula(stage_still(picture, step)), maxsplit=1)
        assert terms.count("·") == picture.panel("kernel").values.size
        value = picture.panel("map").values.flat[step]
        assert calculated(terms) == pytest.approx(value, abs=1e-9)
        for said in re.split(" [=≈] ", result):
            assert calculated(said) == pytest.approx(value, abs=0.005 + 1e-9)


def test_decimals_instead_of_fractions():
    figure = stage_still(SlidingFilter().picture, 24, decimals=True)
    assert formula(figure).endswith(") ÷ 9 ≈ 0.56")
    assert "5/9" not in [text.get_text() for text in texts(figure)]


def test_text_has_room(picture):
    figure = stage_still(picture, picture.steps // 2)
    assert len(texts(figure)) > 50
    assert beyond_the_edge(figure) == []
    assert overlapping(figure) == []


@pytest.mark.parametrize(
    ("image", "kernel"), [(np.ones((3, 3)), letters.FILTERS[0]), ([[1.25, 2], [3, 4]], [[1, 2], [3, 4.5]])]
)
def test_text_of_a_small_picture_has_room(image, kernel):
    assert beyond_the_edge(stage_still(SlidingFilter(image, kernel).picture, 0)) == []


def test_paper_is_opaque_and_white(picture):
    assert stage_still(picture, 0).get_facecolor() == (1, 1, 1, 1)


def test_map_appears_cell_by_cell():
    scene = SlidingFilter(np.full((4, 4), 7), np.ones((1, 1)), divide=False)
    for step in (0, 6, 15):
        shown = [text.get_text() for text in texts(stage_still(scene.picture, step))]
        # The image, the one product, and the map up to here all read 7.
        assert shown.count("7") - formula(stage_still(scene.picture, step)).count("7") == 16 + 1 + step + 1


@pytest.mark.parametrize("step", [0, 24, 48])
def test_quiz_hides_products_map_and_result(step):
    picture = SlidingFilter().picture
    plain, quiz = (stage_still(picture, step, quiz=quiz) for quiz in (False, True))
    revealed = step + 1
    assert sum(text.get_text() == "?" for text in texts(quiz)) == 9 + revealed + 1
    assert formula(quiz) == re.split("(?<== )", formula(plain))[0] + "?"
    assert picture.sentence(step) in [text.get_text() for text in texts(plain)]
    said = " ".join(text.get_text() for text in texts(quiz) if len(text.get_text()) > 1)
    assert "/" not in said
    assert "sum is" not in said


def test_a_film_shows_the_grid_of_its_step_and_needs_no_formula():
    film = Picture("Film", (Panel("film", "Numbers", np.arange(8).reshape(2, 2, 2)),))
    for step, numbers in enumerate(["0123", "4567"]):
        figure = stage_still(film, step)
        assert [text.get_text() for text in texts(figure)] == ["Numbers", *numbers]
        assert formula(figure) == ""


def test_padding_is_drawn_as_zeros():
    image = Panel("image", "Image", np.ones((2, 3)), padding=((1, 0), (2, 1)))
    shown = [text.get_text() for text in texts(stage_still(Picture("Padded", (image,)), 0))]
    assert shown == ["Image", *"000000", *"001110", *"001110"]


@pytest.mark.parametrize("colour", ["INK", "QUIET", "POSITIVE", "NEGATIVE"])
def test_words_are_readable(colour):
    for paper in ("#ffffff", figures.SUNKEN):
        assert contrast(rgb(getattr(figures, colour)), rgb(paper)) >= 4.5
