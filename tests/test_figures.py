"""Matplotlib pictures of lessons: what they take, without a warning that would stand in a lesson."""

from itertools import pairwise

import numpy as np
import pytest

from cnnlab import figures


@pytest.mark.parametrize("x", [[0, 1, 2], np.linspace(-1, 1, 3), ["weak", "middle", "strong"]])
def test_curves_over_numbers_and_over_names(x, recwarn):
    drawing = figures.curves(x, {"one": {"up": [1, 2, 3], "down": [3, 2, 1]}}, words="Two lines.")
    assert figures.png_of(drawing).startswith(b"\x89PNG")
    assert [str(warning.message) for warning in recwarn] == []
    (axes,) = drawing.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["up", "down"]


def test_a_single_curve_needs_no_key():
    (axes,) = figures.curves([0, 1, 2], {"a line": {"line": [0, 1, 2]}}, words="A line.").axes
    assert axes.get_legend() is None


def test_dots_are_not_joined_and_each_has_its_number():
    numbered = range(1, 6)
    named = {"found": [3, 1, 2, 5, 4], "known": [2] * 5}
    (axes,) = figures.curves(numbered, {"five": named}, dots=["found"], words="Dots, and a line.").axes
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["found"].get_linestyle() == "None"
    assert lines["found"].get_marker() == "o"
    assert lines["known"].get_linestyle() == "--"
    assert list(axes.get_xticks()) == list(numbered)


@pytest.mark.parametrize("dots", [(), ("one of several", "the other")])
def test_a_key_beside_lies_on_no_line_and_all_is_in_the_picture(dots):
    named = {"one of several": [5, 5, 5], "the other": [0, 3, 5]}
    title = "what a share of the letters is"
    drawing = figures.curves([0, 1, 2], {title: named}, dots=dots, beside=True, words="Two.")
    figures.png_of(drawing)
    (axes,) = drawing.axes
    key, heading = axes.get_legend().get_window_extent(), axes.title.get_window_extent()
    assert key.x0 >= axes.get_window_extent().x1
    assert key.x1 <= drawing.bbox.x1
    assert drawing.bbox.x0 <= heading.x0
    assert heading.x1 <= drawing.bbox.x1


def test_one_key_beside_is_enough_for_all_panels():
    named = {"up": [0, 1, 2], "down": [2, 1, 0]}
    drawing = figures.curves([0, 1, 2], {"left": named, "right": named}, beside=True, words="Two panels.")
    left, right = drawing.axes
    assert left.get_legend() is None
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["up", "down"]


def test_ticks_of_curves_do_not_run_into_each_other():
    drawing = figures.curves(np.linspace(-1, 1, 9), {"one": {"up": np.arange(9.0)}}, words="A line.")
    figures.png_of(drawing)
    renderer = drawing.canvas.get_renderer()
    boxes = [label.get_window_extent(renderer) for label in drawing.axes[0].get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_a_charts_key_stays_where_it_was_put():
    placed = []

    def draw(axes, colors, inks):
        axes.plot([0, 1], [0, 1], label="a line")
        placed.append(axes.legend(loc="upper right", bbox_to_anchor=(1, 0.7)))

    figures.chart_images(draw, xlim=(0, 1), ylim=(0, 1))
    for key in placed:
        assert key.axes.get_legend() is key  # nobody has made another one
        assert key.get_frame().get_alpha() == 1
