"""Still pictures: everything is on the paper, the formula is right, and quiz mode hides what it must."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.patches import FancyBboxPatch

from cnnlab.data import letters
from cnnlab.look import contrast, rgb, shade
from cnnlab.scenes import (
    EdgeStrength,
    LetterNetwork,
    PhotoFilter,
    Pipeline,
    PixelInspector,
    SlidingFilter,
    Vote,
)
from cnnlab.stage import Cells, Panel, Picture, Raster, slide, still
from cnnlab.stage.still import stage_still
from tests.helpers.stills import beyond_the_edge, calculated, formula, overlapping, texts

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
    assert re.search(r"\) ÷ 9 ?= 5 ÷ 9 ≈ 0\.56$", formula(figure))
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


PHOTO = rng.integers(0, 256, (9, 12)).astype(np.uint8)
LAYERS = {
    "letters": LetterNetwork(letters.BENT_X),
    "photo": PhotoFilter(PHOTO),
    "blurred photo": PhotoFilter(PHOTO, np.ones((3, 3)) / 9),
    "edges": EdgeStrength(PHOTO),
    "pipeline": Pipeline(),
    "sums of products": Pipeline(stack="three convolutions"),
    "votes": Vote(rng.integers(-8, 9, 12) / 4),
}


@pytest.mark.parametrize("scene", LAYERS.values(), ids=LAYERS)
def test_terms_of_layers_give_the_number_in_focus(scene):
    link, row, column = scene.picture.told(0)
    value = scene.picture.panel(link.target).values[row, column]
    terms, said = re.split(r"\s*[=≈] ", formula(stage_still(scene.picture, 0)), maxsplit=1)
    assert len(re.split("[+,] ", terms)) == len(scene.picture.taps(link, row, column, 0)[0])
    assert calculated(terms) == pytest.approx(value, abs=0.006)  # where terms are rounded
    assert calculated(said.split(" ")[0]) == pytest.approx(value, abs=0.005 + 1e-9)


def test_what_is_handed_on_needs_no_formula():
    assert formula(stage_still(PixelInspector(size=9).picture, 0)) == ""


def test_cells_without_numbers_keep_a_minus_for_the_sign():
    for palette, minus in (("signed", "−"), ("ink", "")):
        panel = Panel("a", "A", [[-1, 1], [0.5, -0.25]], palette=palette, numbers=False)
        shown = [text.get_text() for text in texts(stage_still(Picture("Test", (panel,)), 0))]
        assert shown == ["A", *filter(None, [minus, minus])]


def test_bare_panels_have_no_heading_and_names_stand_beside_rows():
    panels = Panel("a", "A", [[1], [2]], "two", names=("X", "O")), Panel("b", "B", [[3]], "one", bare=True)
    shown = [text.get_text() for text in texts(stage_still(Picture("Test", panels), 0))]
    assert sorted(shown) == ["1", "2", "3", "A", "O", "X", "two"]


def painted(figure):
    """Return the colors in the middle of each pixel of each raster, as they come out on paper."""
    figure.canvas.draw()
    paper = np.asarray(figure.canvas.buffer_rgba())
    found = []
    for image in figure.findobj(AxesImage):
        rows, columns = image.get_array().shape[:2]
        left, right, *ends = image.get_extent()
        top, bottom = sorted(ends)  # on paper y grows downwards
        x = left + (right - left) * (np.arange(columns) + 0.5) / columns
        y = top + (bottom - top) * (np.arange(rows) + 0.5) / rows
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        across, up = image.axes.transData.transform(grid).T
        colors = paper[(paper.shape[0] - up).astype(int), across.astype(int), :3]
        found.append(colors.reshape(rows, columns, 3))
    return found


def test_photographs_are_drawn_the_right_way_up_in_their_colors():
    colors = rng.integers(0, 256, (3, 4, 3)).astype(np.uint8)
    sums = np.array([[-90.0, 0, 45], [30, 200, -300]])
    angles = np.array([[-180.0, np.nan], [45, 90]])
    picture = Picture(
        "Test",
        (
            Raster("photo", "Photo", colors, palette="rgb"),
            Raster("gray", "Gray", colors[..., 0], column=1),
            Raster("sums", "Sums", sums, palette="signed", scale=90, column=1),
            Raster("angles", "Angles", angles, palette="angle", scale=180, column=2),
        ),
    )
    photo, gray, signed, angle = painted(stage_still(picture, 0))
    np.testing.assert_array_equal(photo, colors)
    np.testing.assert_array_equal(gray, np.dstack([colors[..., 0]] * 3))
    expected = [[shade(value, 90, "signed") for value in row] for row in sums]
    np.testing.assert_allclose(signed, expected, atol=1)  # from a table of 511 shades
    assert angle[0, 1].tolist() == [255, 255, 255]  # no direction
    for place in ((0, 0), (1, 0), (1, 1)):
        np.testing.assert_allclose(angle[place], shade(angles[place], 180, "angle"), atol=1)


def boxes(figure):
    """Return left, top, width and height of each frame drawn around cells, in pixels of a screen."""
    frames = [
        patch
        for patch in figure.findobj(FancyBboxPatch)
        if not patch.get_fill() and to_hex(patch.get_edgecolor()) == still.FRAME
    ]
    return [[round(value) for value in patch.get_bbox().bounds] for patch in frames]


def test_layers_frame_what_the_focus_is_made_of():
    scene = PhotoFilter(PHOTO)
    _, _, column = scene.picture.told(0)
    photo, result = boxes(stage_still(scene.picture, 0))
    cell = 18 * 18 / 12, 18 * 18 / 10  # the width shown, by the pixels in it
    assert photo[2:] == [round(3 * cell[0] + 2)] * 2
    assert result[2:] == [round(cell[1] + 2)] * 2
    assert photo[0] == round(still.MARGIN + column * cell[0] - 1)


def test_cells_here_and_there_have_no_frame():
    panels = Panel("a", "A", [[1, 2], [3, 4]]), Panel("b", "B", [[2.5], [2.5]], column=1)
    corners = ("a", 0, 0), ("a", 1, 1)
    column = ("a", 0, 1), ("a", 1, 1)
    for cells in (corners, column):  # nor have those that happen to lie in a row
        link = Cells("b", (cells, cells), reduce="mean")
        picture = Picture("Test", panels, links=(link,), focus=("b", 0, 0))
        assert len(boxes(stage_still(picture, 0))) == 1


def test_what_is_seen_here_and_there_through_layers_has_no_frame_either():
    order = ("a", 0, 0), ("a", 0, 2), ("a", 0, 1), ("a", 0, 3)
    panels = Panel("a", "A", [[1, 2, 3, 4]]), Panel("b", "B", [[1, 3, 2, 4]]), Panel("c", "C", [[2, 2.5, 3]])
    links = Cells("b", tuple((cell,) for cell in order)), slide(*panels[1:], (1, 2), reduce="mean")
    for column, count in ((0, 2), (1, 3)):  # 1 and 3, which are apart; 3 and 2, which are not
        picture = Picture("Test", panels, links=links, focus=("c", 0, column))
        assert len(boxes(stage_still(picture, 0))) == count


@pytest.mark.parametrize(("dilation", "span"), [(1, 3), (2, 5)])
def test_a_window_that_walks_has_its_frame_with_holes_too(dilation, span):
    image, _ = boxes(stage_still(SlidingFilter(dilation=dilation).picture, 0))
    assert image[2:] == [span * 34 + 2] * 2  # cells of one digit are 34 pixels wide


@pytest.mark.parametrize("color", [still.INK, still.QUIET, *still.SIGNS.values()])
def test_words_are_readable(color):
    for paper in ("#ffffff", still.SUNKEN):
        assert contrast(rgb(color), rgb(paper)) >= 4.5
