"""Links in any number: which cells make up which, what is explained, what is refused."""

import numpy as np
import pytest

from cnnlab.data import letters
from cnnlab.scenes import LetterNetwork, SlidingFilter
from cnnlab.stage import CellByCell, Gather, Panel, Picture, Raster, Stage, Window

A = Panel("a", "A", [[1, 2, 3], [4, 5, 6]])
B = Panel("b", "B", [[7, 8, 9], [10, 11, 12]])
W = Panel("w", "W", [[2], [-1]])
WINDOW = Window("a", "b", (0,) * 6, (1, 1))
BY_CELL = CellByCell(("a", "b"), "c")
LIST = Gather(
    "d",
    cells=((("a", 0, 2), ("b", 1, 0)), (("b", 0, 0), ("b", 1, 2))),
    weights=((("w", 0, 0), ("w", 1, 0)), (("w", 1, 0), ("w", 0, 0))),
    reduce="sum",
)
C = Panel("c", "C", np.zeros((2, 3)))
D = Panel("d", "D", [[-4], [17]])


# --- What makes up a cell -----------------------------------------------------------------------------------


def test_each_cell_is_made_of_those_at_the_same_place():
    picture = Picture("Test", (A, B, C), links=(BY_CELL,))
    for row, column in np.ndindex(2, 3):
        assert picture.taps(BY_CELL, row, column) == ([("a", row, column), ("b", row, column)], [])
    assert BY_CELL.panels() == ["a", "b", "c"]


def test_a_list_says_what_each_cell_is_made_of():
    picture = Picture("Test", (A, B, W, D), links=(LIST,))
    assert picture.taps(LIST, 0, 0) == (list(LIST.cells[0]), list(LIST.weights[0]))
    assert picture.taps(LIST, 1, 0) == (list(LIST.cells[1]), list(LIST.weights[1]))
    assert LIST.sources == ("a", "b")  # each once, in the order met
    assert sorted(LIST.panels()) == ["a", "b", "d", "w"]


def test_a_list_without_weights_multiplies_by_nothing():
    link = Gather("d", LIST.cells)
    picture = Picture("Test", (A, B, D), links=(link,))
    assert picture.taps(link, 1, 0) == ([("b", 0, 0), ("b", 1, 2)], [])


def test_a_list_counts_its_target_row_by_row():
    places = tuple((("a", row, column),) for row, column in np.ndindex(2, 3))
    turned = Gather("c", places[::-1])
    picture = Picture("Test", (A, C), links=(turned,))
    assert picture.taps(turned, 0, 1) == ([("a", 1, 1)], [])
    assert picture.taps(turned, 1, 0) == ([("a", 0, 2)], [])


def test_taps_of_a_window_are_its_patch_each_with_its_weight():
    picture = SlidingFilter(stride=2, padding=1).picture
    cells, weights = picture.taps(picture.window, 0, 1)
    assert cells == [("image", row, column) for row in (-1, 0, 1) for column in (1, 2, 3)]
    assert weights == [("kernel", row, column) for row in range(3) for column in range(3)]


# --- What is explained --------------------------------------------------------------------------------------


def test_a_window_that_walks_is_told_step_by_step():
    picture = SlidingFilter().picture
    assert picture.told(0) == (picture.window, 0, 0)
    assert picture.told(9) == (picture.window, 1, 2)


def test_among_links_the_focus_is_told():
    picture = Picture("Test", (A, B, C, W, D), links=(BY_CELL, LIST), focus=("d", 1, 0))
    assert picture.told(0) == (LIST, 1, 0)
    assert picture.steps == 1
    assert picture.sentence(0) == ""


def test_without_a_focus_nothing_is_told():
    assert Picture("Test", (A, B, C), links=(BY_CELL,)).told(0) is None
    assert Picture("Test", (A,)).told(0) is None


def test_the_larger_vote_is_told():
    for image, winner in ((letters.X, 0), (letters.O, 1)):
        picture = LetterNetwork(image).picture
        link, row, column = picture.told(0)
        assert (link.target, row, column) == ("votes", winner, 0)


# --- Refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        CellByCell(("a", "sky"), "b"),
        CellByCell(("a", "b"), "sky"),
        Gather("b", ((("sky", 0, 0),),)),
        Gather("sky", ((("a", 0, 0),),)),
        Gather("b", ((("a", 0, 0),),), weights=((("sky", 0, 0),),)),
        Window("a", "b", (), (1, 1), kernel="sky"),
    ],
)
def test_links_must_hang_panels_of_the_picture_together(link):
    with pytest.raises(ValueError, match=r"Picture 'Test': its window names no panel of it: \['sky'\]"):
        Picture("Test", (A, B), links=(link,))


def test_a_picture_has_a_window_or_links_but_not_both():
    with pytest.raises(ValueError, match="Picture 'Test': it can have one window that walks, or links, but"):
        Picture("Test", (A, B, C), WINDOW, links=(BY_CELL,))


@pytest.mark.parametrize("focus", [("a", 0, 0), ("w", 0, 0), ("sky", 0, 0)])
def test_only_what_a_link_makes_can_be_the_focus(focus):
    with pytest.raises(
        ValueError, match=f"focus must be a cell of a panel that a link makes, got .'{focus[0]}'"
    ):
        Picture("Test", (A, B, C, W), links=(BY_CELL,), focus=focus)
    with pytest.raises(ValueError, match="focus must be a cell of a panel that a link makes"):
        Picture("Test", (A, B), WINDOW, focus=("b", 0, 0))


HALVES = {
    "reduce must be one of .*, got 'median'": {"links": (CellByCell(("a",), "b", "median"),)},
    "cells must list what makes each cell of 'b'": {"links": (Gather("b", ((("a", 0, 0),),)),)},
    r"a list names a cell that is not there, \('a', 9, 9\)": {"links": (Gather("d", ((("a", 9, 9),),) * 2),)},
    "weights must list what makes each cell of 'd'": {"links": (Gather("d", LIST.cells, LIST.weights[:1]),)},
    r"\('a',\) must have the shape of 'd'": {"links": (CellByCell(("a",), "d"),)},
    r"focus must be a cell of its panel, got \('b', 2, 0\)": {
        "links": (CellByCell(("a",), "b"),),
        "focus": ("b", 2, 0),
    },
}


@pytest.mark.parametrize(("message", "parts"), HALVES.items())
def test_half_a_picture_is_refused_when_it_is_made(message, parts):
    with pytest.raises(ValueError, match=f"Picture 'Test': {message}"):
        Picture("Test", (A, B, W, D), **parts)


def test_a_stage_of_links_cannot_step():
    stage = Stage(Picture("Test", (A, B, C), links=(BY_CELL,), text="As you see."))
    stage.step = 5
    assert stage.step == 0
    assert repr(stage).splitlines()[:2] == ["Stage: Test, step 1 of 1", "As you see."]


def test_rasters_have_no_steps():
    photo = Raster("photo", "Photo", np.zeros((5, 4, 3), np.uint8), palette="rgb")
    assert Picture("Test", (photo,)).steps == 1
    film = Panel("film", "Film", np.zeros((3, 2, 2)))
    assert Picture("Test", (photo, film)).steps == 3
