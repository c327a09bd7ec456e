"""Links in any number: which cells make up which, what is explained, what is refused."""

import itertools

import numpy as np
import pytest

from cnnlab.data import letters
from cnnlab.nn import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Flatten,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from cnnlab.scenes import LetterNetwork, SlidingFilter
from cnnlab.scenes.hidden import Told, map_of
from cnnlab.stage import Axes, Cells, Hidden, Panel, Picture, Raster, Scale, Stage, cell_by_cell, slide
from tests.helpers import reference

A = Panel("a", "A", [[1, 2, 3], [4, 5, 6]])
B = Panel("b", "B", [[7, 8, 9], [10, 11, 12]])
W = Panel("w", "W", [[2], [-1]])
C = Panel("c", "C", np.zeros((2, 3)))
D = Panel("d", "D", [[-4], [17]])
BY_CELL = cell_by_cell(("a", "b"), C, "beside")
LIST = Cells(
    "d",
    cells=((("a", 0, 2), ("b", 1, 0)), (("b", 0, 0), ("b", 1, 2))),
    weights=((("w", 0, 0), ("w", 1, 0)), (("w", 1, 0), ("w", 0, 0))),
    reduce="sum",
)


# --- What makes up a cell -----------------------------------------------------------------------------------


def test_each_cell_is_made_of_those_at_the_same_place():
    picture = Picture("Test", (A, B, C), links=(BY_CELL,))
    for row, column in np.ndindex(2, 3):
        assert picture.taps(BY_CELL, row, column) == ([("a", row, column), ("b", row, column)], [])
    assert BY_CELL.parts == ("a", "b")


def test_a_list_says_what_each_cell_is_made_of():
    picture = Picture("Test", (A, B, W, D), links=(LIST,))
    assert picture.taps(LIST, 0, 0) == (list(LIST.cells[0]), list(LIST.weights[0]))
    assert picture.taps(LIST, 1, 0) == (list(LIST.cells[1]), list(LIST.weights[1]))
    assert LIST.sources == ("a", "b")  # each once, in the order met
    assert sorted(LIST.parts) == ["a", "b", "w"]


def test_a_list_without_weights_multiplies_by_nothing():
    link = Cells("d", LIST.cells, reduce="sum")
    picture = Picture("Test", (A, B, D), links=(link,))
    assert picture.taps(link, 1, 0) == ([("b", 0, 0), ("b", 1, 2)], [])


def test_a_list_counts_its_target_row_by_row():
    places = tuple((("a", row, column),) for row, column in np.ndindex(2, 3))
    turned = Cells("c", places[::-1])
    picture = Picture("Test", (A, C), links=(turned,))
    assert picture.taps(turned, 0, 1) == ([("a", 1, 1)], [])
    assert picture.taps(turned, 1, 0) == ([("a", 0, 2)], [])


def test_a_lean_list_leaves_out_what_has_no_weight_unless_nothing_has():
    for weights, left in (([[2], [0]], [0]), ([[0], [0]], [0, 1])):
        link = Cells("d", LIST.cells, LIST.weights, reduce="sum", lean=True)
        picture = Picture("Test", (A, B, Panel("w", "W", weights), D), links=(link,))
        taps, factors = picture.taps(link, 0, 0, 0)
        assert taps == [LIST.cells[0][k] for k in left]
        assert factors == [LIST.weights[0][k] for k in left]


def test_taps_of_a_window_are_its_patch_each_with_its_weight():
    picture = SlidingFilter(stride=2, padding=1).picture
    cells, weights = picture.taps(picture.link_to("map"), 0, 1)
    assert cells == [("image", row, column) for row in (-1, 0, 1) for column in (1, 2, 3)]
    assert weights == [("kernel", row, column) for row in range(3) for column in range(3)]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": (2, 3)},
        {"dilation": (2, 1), "padding": ((1, 1), (0, 0))},
        {"stride": (1, 2), "dilation": (1, 3), "padding": ((2, 0), (1, 3))},
    ],
)
def test_patch_is_where_a_plain_count_finds_it(options):
    usual = {"stride": (1, 1), "dilation": (1, 1), "padding": ((0, 0), (0, 0))} | options
    rows, columns = (
        reference.positions(size, kernel, stride, padding, dilation)
        for size, kernel, stride, padding, dilation in zip(
            (7, 9), (2, 3), usual["stride"], usual["padding"], usual["dilation"], strict=True
        )
    )
    assert len(rows) * len(columns) > 3
    image = Panel("image", "Image", np.zeros((7, 9)), padding=usual["padding"])
    link = slide(image, Panel("map", "Map", np.zeros((len(rows), len(columns)))), (2, 3), **options)
    for (i, seen_rows), (j, seen_columns) in itertools.product(enumerate(rows), enumerate(columns)):
        patch = [("image", row, column) for row, column in itertools.product(seen_rows, seen_columns)]
        assert link.taps(i, j, len(columns)) == patch


def test_patch_at_a_ragged_edge_is_what_is_left():
    before, after = Panel("a", "A", np.zeros((7, 7))), Panel("b", "B", np.zeros((4, 4)))
    link = slide(before, after, (2, 2), stride=(2, 2), reduce="max")
    assert link.taps(0, 0, 4) == [("a", 0, 0), ("a", 0, 1), ("a", 1, 0), ("a", 1, 1)]
    assert link.taps(0, 3, 4) == [("a", 0, 6), ("a", 1, 6)]
    assert link.taps(3, 3, 4) == [("a", 6, 6)]


def test_a_link_can_be_moved_by_numbers_of_the_picture():
    moved = cell_by_cell(("a",), C, moved=("down", "right"))
    down, right = Hidden("down", (1, 1), [[1]]), Hidden("right", (1, 1), [[-1]])
    picture = Picture("Test", (A, C, down, right), links=(moved,))
    # What stands in row 1 comes from row 0; what leaves on one side comes in on the other.
    assert picture.taps(moved, 1, 0, 0) == ([("a", 0, 1)], [])
    assert picture.taps(moved, 0, 2, 0) == ([("a", 1, 0)], [])


# --- The value, and what is seen through layers that are not shown ------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": (2, 1)}])
def test_a_network_told_as_links_gives_what_the_network_gives(seed, options):
    rng = np.random.default_rng(seed)
    network = Sequential(
        Conv2d(1, 3, 3, rng=rng, bias=rng.normal(size=3), **options),
        BatchNorm2d(3),
        ReLU(),
        Residual(Conv2d(3, 3, 3, padding=1, rng=rng), Tanh()),
        MaxPool2d(2, ceil_mode=True, padding=1),
        AvgPool2d((1, 2)),
        Sigmoid(),
        Flatten(),
    ).double()
    network[1].running_mean, network[1].running_var = rng.normal(size=3), rng.uniform(1, 2, 3)
    x = rng.normal(size=(9, 8))
    features = network.output_shape((1, 9, 8))[0]
    network = Sequential(*network, Dense(features, 4, rng=rng, bias=rng.normal(size=4))).double()
    told = Told(network, "x", x.shape)
    picture = Picture("Test", (Hidden("x", x.shape, x), *told.panels), links=tuple(told.links))
    for depth, (id, maps, size) in enumerate(told.stacks):
        expected = network[: depth + 1].forward(x[None, None])[0]
        got = picture.grid(id, 0)
        assert got.shape == (maps * size[0], size[1])
        np.testing.assert_allclose(got.ravel(), expected.ravel(), atol=1e-12)


def test_layers_that_are_not_shown_are_seen_through():
    network = Sequential(Conv2d(1, 2, 3, weight=np.ones((2, 1, 3, 3))), MaxPool2d(2)).double()
    image, shown = Panel("image", "Image", np.eye(6)), Panel("map", "Map", np.zeros((2, 2)))
    told = Told(network, "image", (6, 6))
    picture = Picture(
        "Test", (image, *told.panels, shown), links=(*told.links, map_of(told.stacks[-1], 1, "map"))
    )
    link = picture.link_to("map")
    assert (link.reduce, link.sources) == ("field", ("image",))
    assert link.rows == link.columns == ((0, 1, 2, 3), (2, 3, 4, 5))
    assert [field["target"] for field in picture.to_json()["fields"]] == ["map"]


# --- What is explained --------------------------------------------------------------------------------------


def test_a_walk_is_a_focus_that_moves():
    picture = SlidingFilter().picture
    assert picture.steps == 49
    assert picture.told(0) == (picture.link_to("map"), 0, 0)
    assert picture.told(9) == (picture.link_to("map"), 1, 2)


def test_among_links_the_focus_is_told():
    picture = Picture("Test", (A, B, C, W, D), links=(BY_CELL, LIST), focus=("d", 1, 0))
    assert picture.told(0) == (LIST, 1, 0)
    assert picture.steps == 1
    assert picture.sentence(0) == ""


@pytest.mark.parametrize(
    ("values", "rule", "row"),
    [([[-4], [17]], "largest", 1), ([[-40], [17]], "strongest", 0), ([[1], [1 + 1e-15]], "largest", 0)],
)
def test_the_focus_can_follow_the_numbers(values, rule, row):
    picture = Picture("Test", (A, B, W, Panel("d", "D", values)), links=(LIST,), focus=("d", rule))
    assert picture.told(0) == (LIST, row, 0)


def test_without_a_focus_nothing_is_told():
    assert Picture("Test", (A, B, C), links=(BY_CELL,)).told(0) is None
    assert Picture("Test", (A,)).told(0) is None


def test_the_larger_vote_is_told():
    for image, winner in ((letters.X, 0), (letters.O, 1)):
        picture = LetterNetwork(image).picture
        link, row, column = picture.told(0)
        assert (link.target, row, column) == ("votes", winner, 0)


# --- Refused ------------------------------------------------------------------------------------------------


SAME = ((0,), (1,)), ((0,), (1,), (2,))  # rows and columns of A and B


@pytest.mark.parametrize(
    "link",
    [
        Axes("b", ("a", "sky"), *SAME),
        Axes("sky", ("a", "b"), *SAME),
        Axes("b", ("a",), *SAME, kernels=("sky",)),
        Axes("b", ("a",), *SAME, bias="sky"),
        Axes("b", ("a",), *SAME, moved=("sky", "a")),
        Cells("b", ((("sky", 0, 0),),)),
        Cells("sky", ((("a", 0, 0),),)),
        Cells("b", ((("a", 0, 0),),), weights=((("sky", 0, 0),),)),
    ],
)
def test_links_must_hang_panels_of_the_picture_together(link):
    with pytest.raises(ValueError, match=r"Picture 'Test': a link names no panel of it: \['sky'\]"):
        Picture("Test", (A, B), links=(link,))


@pytest.mark.parametrize("focus", [("a", 0, 0), ("w", 0, 0), ("sky", 0, 0)])
def test_only_what_a_link_makes_can_be_the_focus(focus):
    with pytest.raises(
        ValueError, match=f"focus must be a cell of a panel that a link makes, got .'{focus[0]}'"
    ):
        Picture("Test", (A, B, C, W), links=(BY_CELL,), focus=focus)


@pytest.mark.parametrize("walk", ["a", "sky"])
def test_only_what_a_link_makes_can_be_walked_over(walk):
    with pytest.raises(ValueError, match=f"walk must be a panel that a link makes, got '{walk}'"):
        Picture("Test", (A, B, C), links=(BY_CELL,), walk=walk)


TO_B = Axes("b", ("a",), *SAME, reduce="copy")
HALVES = {
    "reduce must be one of .*, got 'median'": {"links": (Axes("b", ("a",), *SAME, reduce="median"),)},
    "cells must list what makes each cell of 'b'": {"links": (Cells("b", ((("a", 0, 0),),)),)},
    r"the link to 'd' names a cell that is not there, \('a', 9, 9\)": {
        "links": (Cells("d", ((("a", 9, 9),),) * 2),)
    },
    "weights must list what makes each cell of 'd'": {"links": (Cells("d", LIST.cells, LIST.weights[:1]),)},
    "bias must name a cell for each cell of 'd'": {"links": (Cells("d", LIST.cells, bias=(("w", 0, 0),)),)},
    "the link to 'd' must list the rows of each of 2, got 1": {
        "links": (Axes("d", ("a",), ((0,),), ((0,),)),)
    },
    "the link to 'b' names columns that are not in 'a': 3": {
        "links": (Axes("b", ("a",), SAME[0], ((0,), (1,), (3,))),)
    },
    "the link to 'b' names rows that are not in 'a': -2": {
        "links": (Axes("b", ("a",), ((-2,), (1,)), SAME[1]),)
    },
    "the link to 'b' must have one kernel for each of": {
        "links": (Axes("b", ("a", "a"), *SAME, kernels=("w",)),)
    },
    "the link to 'b' needs 1 × 2 numbers of 'w'": {
        "links": (Axes("b", ("a",), SAME[0], ((0, 1), (1, 2), (0, 2)), kernels=("w",)),)
    },
    "the link to 'b' needs 4 × 1 numbers of 'w'": {
        "links": (Axes("b", ("a",), *SAME, bias="w", bias_rows=(0, 3)),)
    },
    "two links make 'b'": {"links": (TO_B, TO_B)},
    "'a' would follow from itself: a → b → a": {"links": (Axes("a", ("b",), *SAME, reduce="copy"), TO_B)},
    "'b' would follow from itself: b → b": {"links": (Axes("b", ("b",), *SAME, reduce="copy"),)},
    r"focus must be a cell of its panel, got \('b', 2, 0\)": {"links": (TO_B,), "focus": ("b", 2, 0)},
}


@pytest.mark.parametrize(("message", "parts"), HALVES.items())
def test_half_a_picture_is_refused_when_it_is_made(message, parts):
    with pytest.raises(ValueError, match=f"Picture 'Test': .*{message}"):
        Picture("Test", (A, B, W, D), **parts)


def test_what_a_link_makes_cannot_be_edited():
    panels = A, Panel("b", "B", B.values, edit="number")
    with pytest.raises(ValueError, match="'b' is made by a link, and so it cannot be edited"):
        Picture("Test", panels, links=(TO_B,))


def test_hidden_numbers_must_come_from_somewhere():
    with pytest.raises(ValueError, match="'h' has no numbers, and no link makes it"):
        Picture("Test", (A, Hidden("h", (2, 3))))
    with pytest.raises(ValueError, match=r"Hidden 'h': values must have shape \(2, 3\), got \(3, 2\)"):
        Hidden("h", (2, 3), np.zeros((3, 2)))


@pytest.mark.parametrize("panel", [Panel("l", "Loupe", [[0]], follows="sky"),
                                   Panel("l", "Scaled", [[0]], scale=Scale(("a", "sky")))])  # fmt: skip
def test_loupes_and_scales_speak_of_panels_that_are_there(panel):
    with pytest.raises(ValueError, match=r"'l' names no panel of it: \['sky'\]"):
        Picture("Test", (A, panel))


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
