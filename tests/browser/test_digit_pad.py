"""The digit pad in use: draw with mouse and keyboard, wipe, and see the network's input follow."""

import numpy as np
import pytest

from cnnlab.data import digits
from cnnlab.look import PALETTES, rgb

PAD, INPUT = "Your pad", "Network input"
SETUP = """
import numpy as np
from cnnlab.nn import Dense, Flatten, Sequential
from cnnlab.scenes import DigitPad
network = Sequential(Flatten(), Dense(64, 10, rng=np.random.default_rng(0)))
scene = DigitPad(network, np.zeros((8, 8)))
scene
"""


def middle(scene, row, column):
    place = scene.cell(PAD, row, column).bounding_box()
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


def ink(scene, title):
    """Return 1 where a pixel has the colour of ink, 0 where it has that of paper."""
    colors = scene.panel(title).evaluate(
        "grid => [...grid.querySelectorAll('.cell')].map(cell => getComputedStyle(cell).backgroundColor)"
    )
    _, paper, full = (f"rgb({', '.join(map(str, rgb(colour)))})" for colour in PALETTES["pencil"]["light"])
    assert {*colors} <= {paper, full}
    return np.array([int(colour == full) for colour in colors]).reshape(8, 8)


def drag(scene, *places):
    mouse = scene.page.mouse
    mouse.move(*middle(scene, *places[0]))
    mouse.down()
    for place in places[1:]:
        mouse.move(*middle(scene, *place), steps=2)
    mouse.up()
    scene.steady()


def test_strokes_are_drawn_wiped_centered_and_undone(scene):
    expected = np.zeros((8, 8), int)
    drag(scene, (0, 6), (6, 6))
    expected[:7, 6] = 1
    np.testing.assert_array_equal(ink(scene, PAD), expected)
    np.testing.assert_array_equal(ink(scene, INPUT), digits.centered(expected))
    drag(scene, (0, 6), (1, 6))  # begins on ink: wipes, and leaves paper
    expected[:2, 6] = 0
    np.testing.assert_array_equal(ink(scene, PAD), expected)
    np.testing.assert_array_equal(ink(scene, INPUT), digits.centered(expected))
    scene.control("Center").uncheck()
    scene.steady()
    np.testing.assert_array_equal(ink(scene, INPUT), expected)
    scene.control("To size").check()
    scene.steady()
    np.testing.assert_array_equal(ink(scene, INPUT), digits.to_size(expected))
    for _ in range(4):
        scene.button("Undo").click()
        scene.steady()
    assert not ink(scene, PAD).any()
    assert scene.note.startswith("The pad is empty") or scene.button("Undo").is_disabled()


def test_keyboard_draws_and_wipes(scene):
    scene.cell(PAD, 3, 3).focus()
    for key, value in (("Enter", 1), (" ", 0), ("Enter", 1)):
        scene.page.keyboard.press(key)
        scene.steady()
        assert ink(scene, PAD)[3, 3] == value


@pytest.mark.parametrize("center", [True, False])
def test_pointing_at_the_input_shows_where_it_comes_from(scene, center):
    drag(scene, (0, 6), (6, 6))
    scene.control("Center").set_checked(center)
    scene.steady()
    scene.cell(INPUT, 4, 4).hover()
    scene.steady()
    moved = digits.centered_places(ink(scene, PAD)) if center else (range(8), range(8))
    assert scene.marked(PAD) == [(moved[0][4], moved[1][4])]
