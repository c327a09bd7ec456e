"""The maps of a network: what a cell sees, what a pixel feeds, drawing, and choosing layer and channel."""

import numpy as np
import pytest

from cnnlab.scenes import ActivationBrowser
from tests.helpers.bare import mount
from tests.helpers.lab import new_page
from tests.helpers.scenes import SCENES, digit_network

expect = pytest.importorskip("playwright.sync_api").expect  # only developers have it

SETUP = """
import numpy as np
from cnnlab.scenes import ActivationBrowser
from tests.helpers.scenes import digit_network

image = np.arange(64).reshape(8, 8) % 7 / 6
images = {"one": image, "other": image.T}
scene = ActivationBrowser(digit_network(2), images, layer=3, channel=1)
scene
"""
IMAGE = np.arange(64).reshape(8, 8) % 7 / 6


def browser(**options):
    return ActivationBrowser(digit_network(2), {"one": IMAGE, "other": IMAGE.T}, **options)


def test_hover_frames_the_field_in_the_image(scene):
    same = browser(layer=3, channel=1)
    rows, columns = same.fields[3]
    for title, at in (("Channel 1", (0, 0)), ("Channel 1", (1, 1)), ("2", (1, 0))):
        scene.cell(title, *at).hover()
        seen, across = rows[at[0]], columns[at[1]]
        assert scene.frames()[0] == (seen[0], across[0], len(seen), len(across))
        assert f'It sees {len(seen)} × {len(across)} cells of "Image".' in scene.note
        assert scene.root.locator(".formula").is_hidden()


def test_hover_over_a_pixel_marks_all_it_feeds(scene):
    same = browser(layer=3, channel=1)
    rows, columns = same.fields[3]
    for row, column in ((0, 0), (7, 7), (3, 2)):
        scene.cell("Image", row, column).hover()
        expected = [at for at in np.ndindex(2, 2) if row in rows[at[0]] and column in columns[at[1]]]
        assert scene.marked("Channel 1") == expected
        assert scene.marked("0") == expected
        if expected:
            assert f"It has a share in the {4 * len(expected)} marked numbers." in scene.note


def test_a_number_straight_from_the_image_is_written_out(scene):
    scene.control("Layer").select_option(index=1)
    scene.steady()
    scene.control("Channel").select_option("4")
    scene.steady()
    scene.cell("Channel 4", 0, 0).hover()
    assert scene.formula.startswith("max(0, 0·")
    assert len(scene.root.locator(".term").all()) == 10
    value = browser(layer=1, channel=4).picture.panel("channel").values[0, 0]
    assert scene.note.startswith(f"Channel 4, row 1, column 1 is {value:.2f}.")
    assert scene.frames()[0] == (0, 0, 3, 3)  # in the padded image: its first row is of zeros


@pytest.mark.parametrize("key", [False, True])
def test_drawing_swaps_one_and_nothing(scene, key):
    scene.click_to("edit")
    before = scene.numbers("Channel 1")
    cell = scene.cell("Image", 4, 4)
    assert IMAGE[4, 4] > 0
    for value in (0.0, 1.0):
        if key:
            cell.focus()
            scene.page.keyboard.press("Enter")
        else:
            cell.click()
        scene.steady()
        changed = IMAGE.copy()
        changed[4, 4] = value
        expected = digit_network(2)[:4].forward(changed[None, None])[0, 1]
        np.testing.assert_allclose(
            [float(text.replace("−", "-")) for row in scene.numbers("Channel 1") for text in row],
            expected.ravel(),
            atol=0.006,
        )
    scene.button("Undo").click()
    scene.steady()
    scene.button("Undo").click()
    scene.steady()
    assert scene.numbers("Channel 1") == before
    expect(scene.button("Undo")).to_be_disabled()


def test_the_layer_may_change_while_a_cell_has_the_focus(scene):
    """The cell is removed with its panel; what is no longer there is not looked at (a complaint fails)."""
    scene.cell("Channel 1", 1, 1).focus()
    scene.control("Layer").select_option(index=0)
    scene.steady()
    scene.cell("Image", 4, 4).focus()
    scene.control("Layer").select_option(index=4)
    scene.steady()
    assert scene.cell("Image", 4, 4).evaluate("cell => cell === document.activeElement")
    assert scene.note.startswith("Image, row 5, column 5 is ")


def test_a_pixel_in_color_marks_all_it_feeds(chromium):
    made = SCENES["ActivationBrowser, color"]()
    rows, columns = made.fields[3]
    page = new_page(chromium)
    stage = mount(page, made.picture)
    height, width = made.state.image.shape[1:]
    box = stage.locator(".raster").first.bounding_box()
    for row, column in ((0, 0), (8, 6), (3, 2)):
        page.mouse.move(
            box["x"] + box["width"] * (column + 0.5) / width, box["y"] + box["height"] * (row + 0.5) / height
        )
        fed = sum(row in seen for seen in rows) * sum(column in seen for seen in columns)
        count = fed * (made.channels(3) + 1)  # in the maps, and in the chosen one close up
        expect(stage).to_contain_text(f"It has a share in the {count} marked numbers.")
    page.close()
