"""The pooling scene: a window without a kernel, with ragged edges."""

import re

import pytest

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.look import write_number

BEFORE = ops.relu(ops.correlate2d(letters.X, letters.FILTERS[0], normalize=True))


SETUP = "from cnnlab.scenes import PoolingWalk\nPoolingWalk()"


def numbers_in(text):
    """Read the numbers a formula shows, fractions too."""
    found = re.findall(r"(−?)(\d+(?:\.\d+)?)(?:/(\d+))?", text)
    return [(-1 if sign else 1) * float(top) / float(bottom or 1) for sign, top, bottom in found]


def test_every_step_keeps_the_largest_it_shows(scene):
    scene.slider.focus()
    for place in range(16):
        shown, result = re.fullmatch(r"max\((.*)\) = (.*)", scene.formula).groups()
        terms = numbers_in(shown)
        assert len(terms) == (2 if place % 4 < 3 else 1) * (2 if place < 12 else 1)  # ragged at the edges
        assert max(terms) == numbers_in(result)[0]
        scene.page.keyboard.press("ArrowRight")
    expected = ops.max_pool2d(BEFORE, 2, ceil_mode=True)
    assert scene.numbers("After") == [[write_number(v, 9) for v in row] for row in expected]


def test_every_mean_adds_up(scene):
    scene.control("Keep the").select_option("mean")
    scene.steady()
    scene.root.get_by_role("radio", name="0.56").check()
    for place in range(16):
        scene.slider.fill(str(place))
        terms, divisor, result = re.fullmatch(r"\((.*)\) ÷ (\d) (.*)", scene.formula).groups()
        values = numbers_in(terms)
        assert len(values) == int(divisor)
        assert sum(values) / len(values) == pytest.approx(numbers_in(result)[-1], abs=0.011)


def test_hover_in_both_directions(scene):
    scene.slider.fill("15")
    scene.cell("After", 0, 3).hover()
    assert scene.marked("Before") == [(0, 6), (1, 6)]
    assert "the largest of 2 numbers" in scene.note
    scene.cell("Before", 6, 6).hover()
    assert scene.marked("After") == [(3, 3)]
    scene.root.locator(".term").first.hover()
    assert scene.marked("After") == [(3, 3)]


def test_without_ragged_edges_fewer_places(scene):
    scene.control("Ragged edges count").uncheck()
    scene.steady()
    assert scene.root.get_by_text("place 1 of 9").is_visible()
    scene.control("Window").fill("8")
    scene.control("Window").press("Enter")
    scene.steady()
    assert "does not fit" in scene.message.inner_text()
    assert scene.control("Window").input_value() == "2"
