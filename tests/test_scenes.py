"""Scenes without a browser: the map is right, every change can be undone, a refused one changes nothing.

Messages are those that ``stage.js`` sends.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes import SlidingFilter
from cnnlab.scenes.scene import Scene
from cnnlab.scenes.sliding_filter import CONTROLS, OPERATIONS
from cnnlab.stage import YOURS
from cnnlab.stage.typed import read_number
from tests.helpers import reference
from tests.helpers.acts import control, edit, everything, press


@pytest.fixture
def scene():
    return SlidingFilter()


# --- The map ------------------------------------------------------------------------------------------------


@st.composite
def sliding(draw):
    """An image, a kernel that fits into it, and options."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    options = {
        "stride": draw(st.integers(1, 4)),
        "padding": draw(st.integers(0, 3)),
        "dilation": draw(st.integers(1, 3)),
    }
    spans = [options["dilation"] * (k - 1) + 1 - 2 * options["padding"] for k in kernel]
    size = tuple(max(1, span) + draw(st.integers(0, 5)) for span in spans)
    return draw(reference.arrays(size)), draw(reference.arrays(kernel)), options


@settings(max_examples=60, deadline=None)
@given(sliding(), st.sampled_from(OPERATIONS), st.booleans())
def test_map_is_what_ops_computes(case, operation, divide):
    image, kernel, options = case
    scene = SlidingFilter(image, kernel, operation=operation, divide=divide, **options)
    slide = {"cross-correlation": ops.correlate2d, "convolution": ops.convolve2d}[operation]
    expected = slide(image, kernel, normalize=divide, **options)
    np.testing.assert_array_equal(scene.feature_map, expected)
    divisor = kernel.size if divide else 1
    for step in range(scene.picture.steps):
        total = scene.picture.grid("products", step).sum()
        assert total == pytest.approx(expected.flat[step] * divisor, abs=1e-9)


def test_turning_an_asymmetric_kernel_shows():
    image, kernel = np.zeros((3, 3)), [[1, 2], [3, 4]]
    image[1, 1] = 1
    scene = SlidingFilter(image, kernel, divide=False)
    np.testing.assert_array_equal(scene.feature_map, [[4, 3], [2, 1]])
    press(scene, "operation", "convolution")
    np.testing.assert_array_equal(scene.feature_map, kernel)
    np.testing.assert_array_equal(scene.picture.panel("kernel").values, [[4, 3], [2, 1]])


def test_own_arrays_are_neither_changed_nor_watched():
    image = np.ones((4, 4))
    scene = SlidingFilter(image, np.ones((2, 2), dtype=int))
    image[3, 3] = 7
    assert scene.state.image.max() == scene.picture.panel("image").values.max() == 1
    edit(scene, 0, 0, "0.5")
    edit(scene, 0, 0, "0.5", panel="kernel")
    assert image[0, 0] == 1
    assert scene.state.kernel[0, 0] == 0.5


# --- Edits --------------------------------------------------------------------------------------------------


def test_edit_a_pixel(scene):
    edit(scene, 0, 0, "1")
    expected = letters.X.copy()
    expected[0, 0] = 1
    np.testing.assert_array_equal(scene.state.image, expected)
    np.testing.assert_array_equal(scene.picture.panel("image").values, expected)
    assert scene._picture.to_json()["panels"][0]["values"] == expected.tolist()
    assert scene.feature_map[0, 0] == 1


def test_edit_any_shown_weight():
    for operation in OPERATIONS:
        for place in np.ndindex(2, 3):
            scene = SlidingFilter(kernel=np.zeros((2, 3)), operation=operation)
            edit(scene, *place, "1/4", panel="kernel")
            shown = scene.picture.panel("kernel").values
            assert np.argwhere(shown).tolist() == [list(place)]
            assert shown[place] == 0.25
            turned = shown[::-1, ::-1] if operation == "convolution" else shown
            np.testing.assert_array_equal(scene.state.kernel, turned)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1", 1),
        (" −1 ", -1),
        ("-1", -1),
        ("0,5", 0.5),
        ("1/3", 1 / 3),
        ("−5/9", -5 / 9),
        ("5 / 9", 5 / 9),
        ("1e-3", 1e-3),
        ("50 %", 0.5),
        ("50%", 0.5),
        ("−12.5\u202f%", -0.125),
        *((f"48{apart}000", 48000) for apart in " ,'’\u00a0\u2007\u2008\u2009\u200a\u202f"),
        ("1\u2009234\u2009567 %", 12345.67),
        (2, 2),
    ],
)
def test_numbers_as_learners_type_them(typed, number):
    assert read_number("It", typed) == pytest.approx(number)


@pytest.mark.parametrize("typed", ["1 1/2", "1 2", "5 % 3", "%", "4%%", "48\u20090000"])
def test_two_numbers_are_not_one(typed):
    with pytest.raises(ValueError, match="It must be a number"):
        read_number("It", typed)


# --- Undo and reset -----------------------------------------------------------------------------------------


def test_one_stroke_is_undone_in_one_go_and_two_in_two(scene):
    for column in range(4):
        edit(scene, 0, column, "1", stroke="first")
    edit(scene, 8, 0, "1", stroke="second")
    edit(scene, 8, 1, "1", stroke="second")
    press(scene, "undo")
    assert scene.state.image[8].max() == -1
    assert scene.state.image[0, :4].min() == 1
    assert scene.can_undo
    press(scene, "undo")
    np.testing.assert_array_equal(scene.state.image, letters.X)
    assert not scene.can_undo
    before = everything(scene)
    press(scene, "undo")
    assert everything(scene) == before


def test_undo_button_knows_whether_there_is_anything_to_undo(scene):
    assert not control(scene, "undo").enabled
    press(scene, "stride", "2")
    assert control(scene, "undo").enabled
    press(scene, "undo")
    assert not control(scene, "undo").enabled


@pytest.mark.parametrize(
    ("id", "value", "part", "expected"),
    [
        ("stride", "2", "stride", 2),
        ("padding", " 1 ", "padding", 1),
        ("dilation", 2, "dilation", 2),
        ("divide", False, "divide", False),
        ("operation", "convolution", "operation", "convolution"),
        ("filter", "small x", "kernel", letters.FILTERS[1]),
    ],
)
def test_every_control_sets_its_part_and_is_undone(scene, id, value, part, expected):
    start = scene.state
    press(scene, id, value)
    np.testing.assert_array_equal(getattr(scene.state, part), expected)
    others = {name: value for name, value in vars(scene.state).items() if name != part}
    assert others == {name: value for name, value in vars(start).items() if name != part}
    press(scene, "undo")
    assert scene.state is start


def test_reset_parts_and_all(scene):
    def changed():
        parts = ("image", "kernel", "stride")
        return [p for p in parts if not np.array_equal(vars(scene.state)[p], vars(scene.start)[p])]

    def enabled():
        return [c.label for c in scene.picture.controls if c.id.startswith("reset") and c.enabled]

    assert enabled() == []
    edit(scene, 0, 0, "1", stroke="a")
    edit(scene, 0, 0, "0.5", panel="kernel", stroke="b")
    press(scene, "stride", "2")
    assert enabled() == ["Reset image", "Reset filter", "Reset all"]
    press(scene, "reset image")
    assert changed() == ["kernel", "stride"]
    assert enabled() == ["Reset filter", "Reset all"]
    press(scene, "undo")
    assert changed() == ["image", "kernel", "stride"]
    press(scene, "reset filter")
    assert changed() == ["image", "stride"]
    press(scene, "reset all")
    assert changed() == enabled() == []
    press(scene, "undo")
    assert changed() == ["image", "stride"]


def test_filter_control_names_the_filter(scene):
    for name in letters.FILTERS_BY_NAME:
        press(scene, "filter", name)
        assert control(scene, "filter").value == name
    edit(scene, 1, 1, "0.5", panel="kernel")
    assert control(scene, "filter").value == YOURS


@pytest.mark.parametrize("wanted", [(), ("stride", "undo"), CONTROLS])
def test_a_lesson_chooses_the_controls(wanted):
    shown = [control.id.partition(" ")[0] for control in SlidingFilter(controls=wanted).picture.controls]
    assert list(dict.fromkeys(shown)) == list(wanted)


# --- Refused ------------------------------------------------------------------------------------------------

REFUSED = [
    ("edit", {"value": "nan"}, "Image, row 1, column 1 must be a finite number, got 'nan'"),
    ("edit", {"value": "-inf"}, "must be a finite number, got '-inf'"),
    ("edit", {"value": "1e999"}, "must be a finite number"),
    ("edit", {"value": "abc"}, "must be a number such as .*, got 'abc'"),
    ("edit", {"value": ""}, "must be a number"),
    ("edit", {"value": None}, "must be a number .*, got None"),
    ("edit", {"value": "1/0"}, "must be a number"),
    ("edit", {"value": "9" * 400 + "/1"}, "must be a finite number"),
    ("edit", {"value": "1/inf"}, "must be a finite number, got '1/inf'"),
    ("edit", {"row": 9}, r"image: no row 10, column 1 in shape \(9, 9\)"),
    ("edit", {"column": 9}, "image: no row 1, column 10"),
    ("edit", {"row": -1}, "image: row must be at least 0, got -1"),
    ("edit", {"row": 0.5}, "image: row must be an integer, got 0.5"),
    ("edit", {"panel": "kernel", "row": 3}, r"kernel: no row 4, column 1 in shape \(3, 3\)"),
    ("control", {"id": "colour"}, "no control 'colour'"),
    ("control", {"id": "filter", "value": "round"}, "filter must be one of .*, got 'round'"),
    ("control", {"id": "filter", "value": YOURS}, "a filter of your own"),
    ("control", {"id": "operation", "value": "division"}, "operation must be one of .*, got 'division'"),
    ("control", {"id": "stride", "value": "0"}, "stride must be at least 1, got 0"),
    ("control", {"id": "stride", "value": "1.5"}, "stride must be a whole number, got '1.5'"),
    ("control", {"id": "padding", "value": "-1"}, "padding must be at least 0, got -1"),
    ("control", {"id": "padding", "value": "16"}, "at most 40 rows and columns .*, got 41 × 41"),
    ("control", {"id": "dilation", "value": "5"}, r"kernel of 3 \(dilation 5 .*does not fit"),
]
EDIT = {"panel": "image", "row": 0, "column": 0, "value": "1", "stroke": "new"}


@pytest.fixture
def used():
    """Return a scene with a past, in the middle of its steps."""
    scene = SlidingFilter()
    edit(scene, 4, 4, "-1", stroke="old")
    scene.step = 30
    return scene


@pytest.mark.parametrize(("kind", "details", "message"), REFUSED)
def test_refused_message_changes_nothing(used, kind, details, message):
    start, before = used.start, everything(used)
    with pytest.raises((ValueError, TypeError), match=message):
        used.answer({"type": kind, "value": True} | (EDIT if kind == "edit" else {}) | details)
    assert everything(used) == before
    press(used, "undo")
    assert used.state is start


@pytest.mark.parametrize("panel", ["sky", "map", "stride"])
def test_unknown_panel_is_refused(used, panel):
    before = everything(used)
    try:
        with pytest.raises(ValueError, match=panel):
            edit(used, 0, 0, "1", panel=panel)
    finally:
        assert everything(used) == before


def test_a_refused_edit_does_not_join_the_stroke(used):
    with pytest.raises(ValueError, match="finite"):
        edit(used, 0, 0, "inf", stroke="new")
    edit(used, 0, 0, "1", stroke="new")
    edit(used, 0, 1, "1", stroke="new")
    press(used, "undo")
    assert used.state.image[0].max() == -1
    assert used.state.image[4, 4] == -1
    assert used.can_undo


def with_centre(value):
    image = letters.X.copy()
    image[4, 4] = value
    return image


BAD_MATRICES = [
    (with_centre(np.nan), ValueError, "finite, got nan"),
    (with_centre(-np.inf), ValueError, "finite, got -inf"),
    ([[1, 2], [3]], ValueError, "rectangular"),
    ([["1", "2"]], TypeError, "real numbers"),
    ("picture", TypeError, "real numbers"),
    (np.ones((2, 3, 3)), ValueError, r"shape \(2, 3, 3\)"),
    (np.ones(3), ValueError, r"shape \(3,\)"),
    (np.ones((0, 3)), ValueError, "empty"),
]


@pytest.mark.parametrize("name", ["image", "kernel"])
@pytest.mark.parametrize(("value", "error", "message"), [*BAD_MATRICES, (None, TypeError, "real numbers")])
def test_scene_refuses_a_bad_matrix(name, value, error, message):
    with pytest.raises(error, match=f"{name}.*{message}"):
        SlidingFilter(**{name: value})


@pytest.mark.parametrize("name", ["image", "kernel"])
@pytest.mark.parametrize(("value", "error", "message"), BAD_MATRICES)
def test_change_to_a_bad_matrix_changes_nothing(used, name, value, error, message):
    before = everything(used)
    with pytest.raises(error, match=f"{name}.*{message}"):
        used.change(**{name: value})
    assert everything(used) == before


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"stride": 0}, ValueError, "SlidingFilter: stride must be at least 1"),
        ({"stride": True}, TypeError, "SlidingFilter: stride must be an integer"),
        ({"padding": "same"}, TypeError, "SlidingFilter: padding must be an integer"),
        ({"dilation": 9}, ValueError, "does not fit"),
        ({"operation": "pooling"}, ValueError, "SlidingFilter: operation must be one of"),
        ({"controls": ("stride", "size")}, ValueError, r"controls must be among .*, got \['size'\]"),
        ({"image": np.ones((41, 9))}, ValueError, "at most 40 rows"),
        ({"kernel": np.ones((10, 2))}, ValueError, "a kernel of 10 does not fit image's height, which is 9"),
    ],
)
def test_bad_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        SlidingFilter(**options)


def test_change_of_an_unknown_part_is_refused(used):
    before = everything(used)
    with pytest.raises(TypeError, match="colour"):
        used.change(colour="red")
    assert everything(used) == before


def test_change_takes_what_the_constructor_takes(scene):
    scene.change(kernel=[[1, 0], [0, 1]])
    edit(scene, 0, 0, "0.5", panel="kernel")
    assert scene.state.kernel.tolist() == [[0.5, 0], [0, 1]]


def test_edit_after_change_to_integers(scene):
    scene.change(kernel=np.array([[1, 0], [0, 1]]))
    edit(scene, 0, 0, "0.5", panel="kernel")
    assert scene.state.kernel[0, 0] == 0.5


@pytest.mark.filterwarnings("ignore:overflow")
def test_a_number_too_large_to_show_is_refused(used):
    before = everything(used)
    with pytest.raises(ValueError, match="Image"):
        edit(used, 0, 0, "1e308")
    assert everything(used) == before


def test_divide_may_be_a_boolean_of_numpy():
    json.dumps(SlidingFilter(divide=np.bool_(True)).picture.to_json())


# --- Steps and messages -------------------------------------------------------------------------------------


def test_step_stays_within_the_map(scene):
    for asked, got in [(-5, 0), (48, 48), (49, 48), (1000, 48), (7, 7)]:
        scene.step = asked
        assert scene.step == got
    assert SlidingFilter(step=99).step == 48


def test_step_follows_a_map_that_shrinks(scene):
    scene.step = 20
    press(scene, "stride", "2")
    assert scene.step == 15
    press(scene, "padding", "1")
    assert scene.step == 15


def test_a_change_is_sent_in_one_message(scene, monkeypatch):
    scene.step = 48
    messages = []
    monkeypatch.setattr(scene, "send_state", lambda keys: messages.append(set(keys)))
    press(scene, "stride", "2")
    assert messages == [{"_picture", "step"}]


def test_draw_is_for_subclasses():
    with pytest.raises(NotImplementedError):
        Scene(None)
