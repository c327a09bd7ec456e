"""The ReLU scene without a browser, and the curves of its lesson."""

import base64

import numpy as np
import pytest

from cnnlab import figures, ops
from cnnlab.data import letters
from cnnlab.scenes import ReluMap


def test_starts_with_the_first_map_of_the_worked_example():
    scene = ReluMap()
    before = ops.correlate2d(letters.X, letters.FILTERS[0], normalize=True)
    np.testing.assert_array_equal(scene.picture.panel("before").values, before)
    np.testing.assert_array_equal(scene.picture.panel("after").values, np.maximum(before, 0))


def test_every_choice_can_be_made_and_undone():
    scene = ReluMap()
    start = scene.state
    for name, expected in scene.choices.items():
        scene.set_control("before", name)
        np.testing.assert_array_equal(scene.picture.panel("after").values, np.maximum(expected, 0))
        assert scene.picture.controls[0].value == name
    while scene.can_undo:
        scene.undo()
    assert scene.state is start


@pytest.mark.parametrize(
    ("id", "value", "message"),
    [
        ("before", "Q", "map must be one of .*got 'Q'"),
        ("before", "your own", "click a number"),
        ("size", 3, "ReluMap has no control 'size'"),
    ],
)
def test_refusals_change_nothing(id, value, message):
    scene = ReluMap()
    start = scene.state
    with pytest.raises(ValueError, match=message):
        scene.set_control(id, value)
    assert scene.state is start
    assert not scene.can_undo


@pytest.mark.parametrize("before", [[[1, np.nan]], [1, 2], [], [["a"]], np.ones((41, 2))])
def test_what_cannot_be_shown_is_refused(before):
    with pytest.raises((ValueError, TypeError), match=r"before must|at most 40"):
        ReluMap(before)


def test_curves_draw_every_line_and_say_what_they_show():
    x = np.linspace(-1, 1, 5)
    drawing = figures.curves(x, {"value": {"a": x, "b": x**2}, "slope": {"a": 0 * x}}, words="Two panels.")
    assert repr(drawing) == "Two panels."
    assert [axes.get_title() for axes in drawing.axes] == ["value", "slope"]
    drawn = [line for axes in drawing.axes for line in axes.get_lines() if len(line.get_xdata()) == 5]
    np.testing.assert_array_equal([line.get_ydata() for line in drawn], [x, x**2, 0 * x])
    dashes = {line.get_linestyle() for line in drawn[:2]}
    assert len(dashes) == 2  # told apart without colour
    data, metadata = drawing._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == repr(drawing)
    assert metadata == {"image/png": {"alt": repr(drawing)}, "needs_background": "light"}
