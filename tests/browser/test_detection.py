"""The sheet with several digits: boxes follow every edit, the heat map frames its windows."""

import pytest

from cnnlab.scenes import Detection
from tests.helpers.detectors import detector

expect = pytest.importorskip("playwright.sync_api").expect  # only developers have it

SETUP = """
from tests.helpers.detectors import detector
from cnnlab.scenes import Detection

scene = Detection({"digits only": detector(10), "with nothing": detector(11)}, seed=1)
scene
"""


def same():
    """Return a scene like that of the page."""
    return Detection({"digits only": detector(10), "with nothing": detector(11)}, seed=1)


def labels(scene):
    return sorted(scene.root.locator(".box").all_inner_texts())


def drawn(python):
    return sorted(box.label for box in python.picture.boxes["sheet"])


def test_boxes_lie_around_their_cells(scene):
    python = same()
    assert labels(scene) == drawn(python)
    for number, box in enumerate(python.picture.boxes["sheet"]):
        place = scene.root.locator(".box").nth(number).bounding_box()
        first = scene.cell("Sheet", box.top, box.left).bounding_box()
        last = scene.cell("Sheet", box.bottom, box.right).bounding_box()
        assert abs(place["x"] - first["x"]) < 4
        assert abs(place["y"] - first["y"]) < 4
        assert abs(place["x"] + place["width"] - last["x"] - last["width"]) < 4
        assert abs(place["y"] + place["height"] - last["y"] - last["height"]) < 4


def test_hover_frames_the_window(scene):
    for row, column in ((0, 0), (16, 24), (5, 11)):
        scene.cell("Heat map, any digit", row, column).hover()
        assert (row, column, 8, 8) in scene.frames()
        assert 'It sees 8 × 8 cells of "Sheet".' in scene.note
        assert scene.root.locator(".formula").is_hidden()


def test_stroke_is_drawn_told_and_undone_in_one_go(scene):
    python = same()
    before = labels(scene)
    start, end = (scene.cell("Sheet", 23, column).bounding_box() for column in (2, 9))
    mouse = scene.page.mouse
    mouse.move(start["x"] + 5, start["y"] + 5)
    mouse.down()
    mouse.move(end["x"] + 5, end["y"] + 5, steps=2)  # a fast one: cells between are drawn too
    mouse.up()
    scene.steady()
    for column in range(2, 10):
        python.set_cell("sheet", 23, column, 1)
    assert labels(scene) == drawn(python)
    expect(scene.root.locator(".note")).to_have_text(python.picture.sentence(0))
    scene.button("Undo").click()
    scene.steady()
    assert labels(scene) == before
    assert scene.button("Undo").is_disabled()


def test_a_digit_is_dragged_and_put_back_in_one_go(scene):
    python = same()
    before = labels(scene)
    scene.click_to("move")
    top, left = python.picture.grips[1].top, python.picture.grips[1].left
    start = scene.cell("Sheet", top + 3, left + 3).bounding_box()
    mouse = scene.page.mouse
    mouse.move(start["x"] + 5, start["y"] + 5)
    mouse.down()
    mouse.move(start["x"] + 5 + 3 * start["width"], start["y"] + 5 + 40 * start["height"], steps=6)
    mouse.up()
    scene.steady()
    moved = python.picture.grips[1]
    python.drag(moved.id, 99, round(3 * start["width"] / (start["width"] + 2)))
    assert (
        python.picture.grips[1].bottom == python.picture.panel("sheet").shape[0] - 1
    )  # it stops at the edge
    assert labels(scene) == drawn(python)
    scene.button("Undo").click()
    scene.steady()
    assert labels(scene) == before


def test_keys_draw_too(scene):
    python = same()
    scene.cell("Sheet", 0, 0).focus()
    for key in ("Enter", "ArrowRight", "Enter"):
        scene.page.keyboard.press(key)
    scene.steady()
    python.set_cell("sheet", 0, 0, 1)
    python.set_cell("sheet", 0, 1, 1)
    assert labels(scene) == drawn(python)


def test_every_control_says_what_python_says(scene):
    python = same()
    for label, id, value in (
        ("Threshold", "threshold", "0.9"),
        ("Heat of", "heat", "nothing"),
        ("Network", "network", "digits only"),
        ("Digits", "count", "2"),
        ("Stains", "stains", "0"),
        ("Digit to move", "digit", "second"),
    ):
        scene.control(label).select_option(value)
        scene.steady()
        python.set_control(id, value)
        assert labels(scene) == drawn(python)
    scene.root.get_by_role("checkbox", name="Non-maximum suppression").uncheck()
    scene.steady()
    python.set_control("suppress", False)
    assert labels(scene) == drawn(python)
    for name in ("Move ←", "Move ↓", "Another sheet"):
        scene.button(name).click()
        scene.steady()
        python.set_control(name, True)
        assert labels(scene) == drawn(python)
    expect(scene.root.locator(".note")).to_have_text(python.picture.sentence(0))


def test_fast_and_absurd_use_ends_where_python_does(scene):
    python = same()
    for _ in range(12):  # more often than there is room, without waiting
        button = scene.button("Move →")
        if button.is_enabled():
            button.click(no_wait_after=True)
    scene.steady()
    for _ in range(12):
        python.set_control("Move →", True)
    scene.button("Another sheet").click()
    scene.button("Reset").click()
    scene.steady()
    assert labels(scene) == drawn(same())
