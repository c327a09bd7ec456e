"""What a stage shows as plain data: refused when wrong, and said in true sentences when right."""

import json

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes import SlidingFilter
from cnnlab.stage import Cases, Control, Hidden, Panel, Picture, Raster, Scale, cell_by_cell, slide
from cnnlab.stage.panels import full_scale
from cnnlab.stage.words import filled, formula, holds


def panel(id="a", values=((1,),), **options):
    return Panel(id, f"Title of {id}", values, **options)


def sliding(products, result, *, reduce="sum", unit=None):
    """Return a picture of one place with these products."""
    image = panel("image", np.array(products, dtype=float))
    kernel, found = panel("kernel", np.ones(image.shape)), panel("map", [[result]], unit=unit)
    link = slide(image, found, image.shape, kernel="kernel", reduce=reduce)
    loupe = panel("products", np.zeros(image.shape), follows="map")
    return Picture("Test", (image, kernel, loupe, found), links=(link,), walk="map")


def walk(before, after, kernel_size, **options):
    """Return a picture of a walk over one panel without a kernel."""
    return Picture("Test", (before, after), links=(slide(before, after, kernel_size, **options),), walk="map")


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


def test_scale_must_be_finite():
    with pytest.raises(ValueError, match="Panel 'a': scale must be"):
        panel(scale=np.inf)


@pytest.mark.parametrize(
    ("steps", "places", "sentences", "counts"),
    [((2, 3), 0, 0, "2, 3"), ((4,), 6, 0, "4, 6"), ((), 4, 3, "3, 4"), ((2,), 0, 5, "2, 5")],
)
def test_all_parts_need_the_same_number_of_steps(steps, places, sentences, counts):
    panels = [panel(f"film {count}", np.ones((count, 1, 1))) for count in steps]
    parts = {"text": ("",) * sentences} if sentences else {}
    if places:
        panels += [panel("image", np.ones((1, places))), panel("map", np.ones((1, places)))]
        parts |= {"links": (slide(*panels[-2:], (1, 1), reduce="relu"),), "walk": "map"}
    with pytest.raises(ValueError, match=f"Picture 'Test': .*same number of steps, got .{counts}.$"):
        Picture("Test", tuple(panels), **parts)


def test_steps_of_a_picture():
    assert Picture("Test").steps == 1
    assert Picture("Test", (panel(),)).steps == 1
    film = panel("film", np.arange(12).reshape(3, 2, 2))
    picture = Picture("Test", (panel(), film))
    assert picture.steps == 3
    assert picture.panel("film") is film
    np.testing.assert_array_equal(film.at(2), [[8, 9], [10, 11]])
    np.testing.assert_array_equal(picture.panel("a").at(2), [[1]])


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
    maps = panel("before", np.array([[7, -1], [-3, 1]]) / 9, unit=9), panel("map", [[result]], unit=9)
    assert walk(*maps, (2, 2), reduce=reduce).sentence(0) == f"Row 1, column 1: {words}"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (-1 / 9, "−1/9 is negative: it becomes 0."),
        (5 / 9, "5/9 is not negative: it stays."),
        (0, "0 is not negative: it stays."),
    ],
)
def test_sentence_of_relu(before, words):
    maps = panel("before", [[before]], unit=9), panel("map", [[max(0, before)]], unit=9)
    assert walk(*maps, (1, 1), reduce="relu").sentence(0) == f"Row 1, column 1: {words}"


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
    feature_map = picture.panel("map")
    assert picture.steps == 49
    for step in range(picture.steps):
        total = picture.grid("products", step).sum()
        assert total / 9 == pytest.approx(feature_map.values.flat[step])
        assert total / 9 == pytest.approx(expected.flat[step])


# --- Templates ----------------------------------------------------------------------------------------------

SCORES = Panel("my scores", "Scores", [[0.25], [-1.5], [1 / 3]], names=("X", "O", "T"), unit=3)
PHOTO = Raster("photo", "Photo", np.array([[-1234.4, 20.5]]))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{my scores}", "0.25"),
        ("{my scores|O} < {my scores|T}", "−1.50 < 1/3"),
        ("{my scores|1,0}", "−1.50"),
        ("{?my scores|largest}, then {?my scores|second}", "T, then X"),
        ("{my scores|largest}, then {my scores|second}", "1/3, then 0.25"),
        ("{=my scores}; {=my scores|T}", "= 0.25; = 1/3 ≈ 0.33"),
        ("{(my scores|O} · {(my scores}", "(−1.50) · 0.25"),
        ("from {<photo} to {>photo}", "from −1,234 to 21"),
        ("none", "none"),
    ],
)
def test_blanks_are_filled_in(template, text):
    assert filled(template, Picture("Test", (SCORES, PHOTO)), 0) == text


@pytest.mark.parametrize(
    ("values", "true"),
    [
        ([[-1, 0], [0, -2]], {"blank"}),
        ([[2, 1], [2, 1]], {"even", "first"}),
        ([[3, -3], [1, -1]], {"first", "balanced"}),
        ([[1], [1 + 1e-12]], {"even", "first"}),
        ([[1], [2]], set()),
    ],
)
def test_conditions(values, true):
    picture = Picture("Test", (panel("my numbers", values),))
    kinds = ("blank", "even", "first", "balanced")
    assert {kind for kind in kinds if holds(f"{kind} my numbers", picture, 0)} == true | (
        {"even"} if values == [[-1, 0], [0, -2]] else set()
    )


def test_the_first_case_that_holds_is_said():
    cases = Cases((("blank a", "nothing but {a}"), ("first a", "first")), "other")
    for values, text in (([[-1], [-2]], "nothing but −1"), ([[2], [1]], "first"), ([[1], [2]], "other")):
        assert Picture("Test", (panel(values=values),), text=cases).sentence(0) == text


def test_a_panel_looks_as_its_case_says():
    other = {"palette": "gray", "scale": Scale(("a",), factor=2), "caption": "balanced"}
    for values, look in (([[1], [-1]], ("gray", 2, "balanced")), ([[1], [2]], ("signed", 5, "1"))):
        made = panel(values=values, scale=5, caption="{a}", cases=(("balanced a", other),))
        shown = Picture("Test", (made,)).look(made)
        assert (shown.palette, shown.scale, shown.caption) == look


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (Scale(("a",)), 3),
        (Scale(("a", "b")), 4),
        (Scale(("a",), times="b"), 12),
        (Scale(("a",), total="b", factor=1 / 2), 3 * 7 / 2),
        (Scale(("a",), least=10), 10),
        (Scale(("zero",)), 1e-12),
        (Scale(times="b", factor=0.5), 2),
    ],
)
def test_scales_follow_the_numbers(scale, expected):
    panels = panel("a", [[1, -3]]), panel("b", [[2, -4], [0, 1]]), panel("zero", [[0]])
    assert Picture("Test", panels).scale(panel("z", scale=scale)) == pytest.approx(expected)


def test_nearly_largest_leaves_the_strongest_one_in_a_hundred_out():
    numbers = np.concatenate([np.linspace(-1, 1, 990), np.full(10, 50.0)])
    scale = Scale(("photo",), nearly=True)
    picture = Picture("Test", (Raster("photo", "Photo", numbers[None]),))
    assert 1 <= picture.scale(panel("z", scale=scale)) < 1.1
    assert full_scale(numbers) == 50


# --- What follows from what ---------------------------------------------------------------------------------


def two(values=((1, -2),), caption="", **options):
    """Return a picture of an edited panel, and of ReLU of it."""
    edited = panel("a", values, caption=caption, edit="number")
    made = panel("b", np.maximum(values, 0))
    return Picture("Test", (edited, made), links=(cell_by_cell(("a",), made, "relu"),), **options)


def test_a_picture_follows_from_another_if_only_numbers_differ_that_the_browser_knows():
    assert two([[3, 4]]).follows_from(two())
    controls = [Control("c", "choice", "C", value, ("1", "2")) for value in "12"]
    assert two(controls=controls[:1]).follows_from(two(controls=controls[1:]))
    assert two(text="new").follows_from(two(text="old"))
    for other in (
        two([[1, -2, 3]]),
        two(caption="new"),
        two(python_only=True),
        two(edit_first=True),
        Picture("Test", two().panels),
        two(controls=controls[:1]),
    ):
        assert not other.follows_from(two())
    given = panel("given", [[1]]), panel("given", [[2]])
    assert not Picture("Test", given[1:]).follows_from(Picture("Test", given[:1]))


def test_a_digest_tells_numbers_apart():
    digests = {two([[a, b]]).digest(0) for a in range(-9, 10) for b in range(-9, 10)}
    assert len(digests) == 19 * 19
    assert two([[1 / 3, 2]]).digest(0) == two([[1 / 3 + 1e-12, 2]]).digest(0)
    assert all(0 <= digest < 2**32 for digest in digests)


def test_the_formula_of_a_cell():
    picture = sliding([[0.5, -2, 1 / 3]], (0.5 - 2 + 1 / 3) / 3, reduce="mean")
    signs = [sign for _, sign in formula(picture, 0) if sign]
    assert signs == ["positive", "negative", "positive"]
    written = "(0.50·1 + (−2)·1 + 0.33·1) ÷ 3 = −1.17 ÷ 3 ≈ −0.39"
    assert "".join(text for text, _ in formula(picture, 0)) == written
    quiz = sliding([[1]], 1)
    hidden = Picture(
        "Test", (*quiz.panels[:3], panel("map", [[1]], in_quiz=True)), links=quiz.links, walk="map"
    )
    assert formula(hidden, 0, quiz=True)[-1][0] == " = ?"


# --- To the browser -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "picture",
    [
        SlidingFilter().picture,
        sliding([[0.5, 2]], 2.5),
        Picture("Test", controls=(Control("size", "whole", "Size", 3),), feedback="Yes.", outcome="correct"),
        Picture("Test", (panel(values=np.ones((2, 1, 1), np.float32), scale=np.float64(2)),)),
        Picture("Test", (panel(scale=Scale(("a",))),), text=Cases((("blank a", "x"),), "y")),
    ],
    ids=["scene", "sum", "controls", "film", "cases"],
)
def test_to_json_is_json(picture):
    data = picture.to_json()
    assert [control["id"] for control in data["controls"]] == [control.id for control in picture.controls]
    through = json.loads(json.dumps(data, allow_nan=False))
    for sent, made in zip(through["panels"], picture.panels, strict=True):
        np.testing.assert_array_equal(sent["values"], made.values)


def test_hidden_numbers_go_as_bytes():
    values = np.arange(6.0).reshape(2, 3)
    sent = Hidden("h", (2, 3), values).to_json()
    np.testing.assert_array_equal(np.frombuffer(sent["values"]).reshape(sent["shape"]), values)
