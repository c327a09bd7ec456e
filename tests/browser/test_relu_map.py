"""The ReLU scene: a window of one cell, without a kernel."""

import numpy as np

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.look import write_number

BEFORE = ops.correlate2d(letters.X, letters.FILTERS[0], normalize=True)


SETUP = "from cnnlab.scenes import ReluMap\nReluMap()"


def test_every_place_is_the_larger_of_0_and_the_number(scene):
    scene.slider.focus()
    for before in BEFORE.flat:
        after = write_number(max(0, before), 9)
        rounded = f" ≈ {write_number(before)}" if "/" in after else ""
        assert scene.formula == f"max(0, {write_number(before, 9)}) = {after}{rounded}"
        scene.page.keyboard.press("ArrowRight")
    assert scene.numbers("After") == [[write_number(v, 9) for v in row] for row in np.maximum(BEFORE, 0)]


def test_hover_links_the_two_maps(scene):
    scene.slider.fill("48")
    scene.cell("After", 2, 3).hover()
    assert scene.marked("Before") == [(2, 3)]
    assert scene.note == "Row 3, column 4: −3/9 is negative: it becomes 0."
    scene.cell("Before", 4, 4).hover()
    assert scene.marked("After") == [(4, 4)]
    assert "feeds 1 place" in scene.note


def test_edit_choose_and_reset(scene):
    scene.slider.fill("48")
    scene.click_to("edit")
    scene.cell("Before", 0, 1).click()
    scene.page.keyboard.type("2/9")
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert scene.numbers("After")[0][1] == "2/9"
    scene.control("Map of").select_option("O, diagonal /")
    scene.steady()
    expected = ops.relu(ops.correlate2d(letters.O, letters.FILTERS[2], normalize=True))
    assert scene.numbers("After") == [[write_number(v, 9) for v in row] for row in expected]
    scene.button("Reset").click()
    scene.steady()
    assert scene.numbers("Before")[0][1] == "−1/9"


def test_quiz_hides_the_result_and_not_the_question(scene):
    scene.slider.fill("1")
    scene.button("Quiz").click()
    assert scene.formula == "max(0, −1/9) = ?"
    assert scene.numbers("After")[0][:2] == ["?", "?"]
    assert scene.numbers("Before")[0][1] == "−1/9"
