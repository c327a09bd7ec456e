"""What a stage shows as plain data: refused when wrong, and said in true sentences when right."""

import itertools
import json

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes import SlidingFilter
from cnnlab.stage import Control, Panel, Picture, Window
from tests import reference


def panel(id="a", values=((1,),), **options):
    return Panel(id, f"Title of {id}", values, **options)


def sliding(products, result, *, reduce="sum", unit=None):
    """Return a picture of one place with these products."""
    products = np.array(products, dtype=float)
    panels = (
        panel("image", products),
        panel("kernel", np.ones(products.shape)),
        panel("products", products[None]),
        panel("map", [[result]], unit=unit),
    )
    total = (float(products.sum()),)
    roles = {"source": "image", "kernel": "kernel", "products": "products", "target": "map"}
    return Picture("Test", panels, Window(**roles, totals=total, size=products.shape, reduce=reduce))


# --- Refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"values": [[1, np.nan]]}, ValueError, "values must be finite, got nan"),
        ({"values": [[-np.inf]]}, ValueError, "values must be finite, got -inf"),
        ({"values": [1, 2]}, ValueError, r"values must have shape \(rows, columns\).*got \(2,\)"),
        ({"values": np.ones((1, 1, 1, 1))}, ValueError, r"values must have shape .*got \(1, 1, 1, 1\)"),
        ({"values": np.ones((0, 3))}, ValueError, r"values must not be empty, got shape \(0, 3\)"),
        ({"values": [[1], [1, 2]]}, ValueError, "values must be a rectangular array"),
        ({"values": [["1"]]}, TypeError, "values must be an array of real numbers, got dtype <U1"),
        ({"values": [[1j]]}, TypeError, "values must be an array of real numbers, got dtype complex"),
        ({"values": np.ones((41, 1))}, ValueError, "at most 40 rows and columns .*, got 41 × 1"),
        (
            {"values": np.ones((1, 39)), "padding": ((0, 0), (1, 1))},
            ValueError,
            "at most 40 rows and columns .*, got 1 × 41",
        ),
        (
            {"palette": "red"},
            ValueError,
            r"palette must be one of \['gray', 'ink', 'pencil', 'signed'\], got 'red'",
        ),
        ({"scale": 0}, ValueError, "scale must be above 0 and finite, got 0"),
        ({"scale": -1.5}, ValueError, "scale must be above 0 and finite, got -1.5"),
        ({"scale": np.nan}, ValueError, "scale must be above 0 and finite, got nan"),
    ],
)
def test_panel_refuses(options, error, message):
    with pytest.raises(error, match=f"Panel 'a': {message}"):
        panel(**options)


def test_largest_panel_is_shown():
    assert panel(values=np.ones((36, 40)), padding=((2, 2), (0, 0))).values.shape == (36, 40)


def test_panel_ids_must_differ():
    with pytest.raises(ValueError, match=r"Picture 'Test': panel ids must differ, got \['a', 'b', 'a'\]"):
        Picture("Test", (panel("a"), panel("b"), panel("a")))


@pytest.mark.parametrize("role", ["source", "kernel", "products", "target"])
def test_window_must_hang_panels_of_the_picture_together(role):
    roles = dict.fromkeys(("source", "kernel", "products", "target"), "a") | {role: "sky"}
    with pytest.raises(ValueError, match="sky"):
        Picture("Test", (panel("a"),), Window(**roles, totals=(1,), size=(1, 1)))


def test_scale_must_be_finite():
    with pytest.raises(ValueError, match="Panel 'a': scale must be"):
        panel(scale=np.inf)


@pytest.mark.parametrize(
    ("steps", "places", "totals", "counts"),
    [((2, 3), 1, None, "2, 3"), ((4,), 6, 6, "4, 6"), ((), 4, 3, "3, 4")],
)
def test_all_parts_need_the_same_number_of_steps(steps, places, totals, counts):
    panels = [panel(f"film {count}", np.ones((count, 1, 1))) for count in steps]
    panels.append(panel("map", np.ones((1, places))))
    window = totals and Window("map", "map", totals=(0,) * totals, size=(1, 1))
    with pytest.raises(ValueError, match=f"Picture 'Test': .*same number of steps, got .{counts}.$"):
        Picture("Test", tuple(panels), window)


def test_steps_of_a_picture():
    assert Picture("Test").steps == 1
    assert Picture("Test", (panel(),)).steps == 1
    film = panel("film", np.arange(12).reshape(3, 2, 2))
    picture = Picture("Test", (panel(), film))
    assert picture.steps == 3
    assert picture.panel("film") is film
    np.testing.assert_array_equal(film.at(2), [[8, 9], [10, 11]])
    np.testing.assert_array_equal(picture.panel("a").at(2), [[1]])


# --- The window ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "window",
    [
        {},
        {"stride": (2, 3)},
        {"dilation": (2, 1), "padding": ((1, 1), (0, 0))},
        {"stride": (1, 2), "dilation": (1, 3), "padding": ((2, 0), (1, 3))},
    ],
)
def test_patch_is_where_a_plain_count_finds_it(window):
    options = {"stride": (1, 1), "dilation": (1, 1), "padding": ((0, 0), (0, 0))} | window
    rows, columns = (
        reference.positions(size, kernel, stride, padding, dilation)
        for size, kernel, stride, padding, dilation in zip(
            (7, 9), (2, 3), options["stride"], options["padding"], options["dilation"], strict=True
        )
    )
    places = list(itertools.product(rows, columns))
    assert len(places) > 3
    sliding = Window("image", "map", (0,) * len(places), (2, 3), **window)
    for step, place in enumerate(places):
        patch = sliding.patch(step, (7, 9), (len(rows), len(columns)))
        assert patch == list(itertools.product(*place))


def test_patch_at_a_ragged_edge_is_what_is_left():
    window = Window("image", "map", (0,) * 16, (2, 2), stride=(2, 2), reduce="max")
    assert window.patch(0, (7, 7), (4, 4)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert window.patch(3, (7, 7), (4, 4)) == [(0, 6), (1, 6)]
    assert window.patch(15, (7, 7), (4, 4)) == [(6, 6)]


# --- Sentences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("products", "result", "options", "words"),
    [
        ([[1, 1, -1]], 1, {}, ["2 products are 1", "1 is −1", "sum is 1."]),
        ([[1, -1, -1]], -1, {}, ["1 product is 1", "2 are −1", "sum is −1."]),
        ([[1, 1]], 2, {}, ["all 2 products are 1", "sum is 2."]),
        ([[-1, -1]], -2, {}, ["all 2 products are −1", "sum is −2."]),
        ([[1, 0, -1]], 0, {}, ["3 products;", "sum is 0."]),
        ([[0.5, 2]], 2.5, {}, ["2 products;", "sum is 2.50."]),
        ([[1, 1, -1]], 1 / 3, {"reduce": "mean", "unit": 3}, ["sum is 1,", "divided by 3 is 1/3 ≈ 0.33."]),
        ([[1, 1, 1]], 1, {"reduce": "mean", "unit": 3}, ["all 3 products are 1", "divided by 3 is 1."]),
        ([[0.5, 0, 0]], 0.5 / 3, {"reduce": "mean", "unit": 3}, ["sum is 0.50", "0.17."]),
    ],
)
def test_sentence(products, result, options, words):
    said = sliding(products, result, **options).sentence(0)
    assert said.startswith("Row 1, column 1: ")
    for part in words:
        assert part in said


@pytest.mark.parametrize(
    ("reduce", "result", "words"),
    [
        ("max", 7 / 9, "the largest of 4 numbers is 7/9 ≈ 0.78."),
        ("mean", 1 / 9, "the mean of 4 numbers is 1/9 ≈ 0.11."),
    ],
)
def test_sentence_of_a_window_without_a_kernel(reduce, result, words):
    maps = panel("map", np.array([[7, -1], [-3, 1]]) / 9, unit=9), panel("pooled", [[result]], unit=9)
    window = Window("map", "pooled", totals=(result,), size=(2, 2), reduce=reduce)
    assert Picture("Test", maps, window).sentence(0) == f"Row 1, column 1: {words}"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (-1 / 9, "−1/9 is negative: it becomes 0."),
        (5 / 9, "5/9 is not negative: it stays."),
        (0, "0 is not negative: it stays."),
    ],
)
def test_sentence_of_relu(before, words):
    maps = panel("map", [[before]], unit=9), panel("bent", [[max(0, before)]], unit=9)
    window = Window("map", "bent", totals=(max(0, before),), size=(1, 1), reduce="relu")
    assert Picture("Test", maps, window).sentence(0) == f"Row 1, column 1: {words}"


@pytest.mark.parametrize(
    ("products", "result", "unit"), [([[1, 0], [0, 0]], 1 / 4, 4), ([[1.5, 0, 0]], 0.5, 3)]
)
def test_sentence_says_nearly_only_where_it_is_so(products, result, unit):
    assert "≈" not in sliding(products, result, reduce="mean", unit=unit).sentence(0)


def test_without_a_window_the_text_speaks():
    assert Picture("Test", (panel(),), text="As you see.").sentence(0) == "As you see."


def test_products_of_the_worked_example_add_up_at_every_step():
    picture = SlidingFilter().picture
    expected = ops.correlate2d(letters.X, letters.FILTERS[0], normalize=True)
    products, feature_map = picture.panel("products"), picture.panel("map")
    assert picture.steps == 49
    for step in range(picture.steps):
        total = products.at(step).sum()
        assert total == picture.window.totals[step]
        assert total / 9 == pytest.approx(feature_map.values.flat[step])
        assert total / 9 == pytest.approx(expected.flat[step])


# --- To the browser -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "picture",
    [
        SlidingFilter().picture,
        sliding([[0.5, 2]], 2.5),
        Picture("Test", controls=(Control("size", "whole", "Size", 3),), feedback="Yes.", outcome="correct"),
        Picture("Test", (panel(values=np.ones((2, 1, 1), np.float32), scale=np.float64(2)),)),
    ],
    ids=["scene", "sum", "controls", "film"],
)
def test_to_json_is_json(picture):
    data = picture.to_json()
    assert data["sentences"] == [picture.sentence(step) for step in range(picture.steps)]
    assert [control["id"] for control in data["controls"]] == [control.id for control in picture.controls]
    through = json.loads(json.dumps(data, allow_nan=False))
    for sent, made in zip(through["panels"], picture.panels, strict=True):
        np.testing.assert_array_equal(sent["values"], made.values)
