"""Scenes of photographs: loupes and sums wherever the pointer is, your own files, life without a kernel."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from cnnlab.data import photos
from cnnlab.look import shade, write_number
from cnnlab.scenes.photo_filter import SOBEL_X, SOBEL_Y
from tests.helpers import reference
from tests.helpers.photo_files import FILES, png_of_claimed_size
from tests.helpers.stills import calculated

PHOTO = np.random.default_rng(0).integers(0, 256, (24, 30)).astype(np.uint8)
SETUP = f"""
import numpy as np
from cnnlab.scenes import EdgeStrength, PhotoFilter, PixelInspector
photo = np.random.default_rng(0).integers(0, 256, {PHOTO.shape}).astype(np.uint8)
scene = PhotoFilter(photo)
scene"""


@pytest.fixture(scope="module")
def others(open_shared):
    smooth = f"{SETUP}\nphoto[:, :12] = 90\nEdgeStrength(photo)"
    return open_shared([smooth, "PixelInspector(size=40)"])


def said(formula):
    """Return what the terms of a formula give, and the result it shows."""
    terms, result = re.split(" [=≈] ", formula, maxsplit=1)
    return calculated(terms), float(result.replace("−", "-"))


def written(array):
    return [[write_number(value) for value in row] for row in array]


# --- A filter on a photograph -------------------------------------------------------------------------------

# Where the pointer is in the photograph, and the corner of the patch that is looked at.
PLACES = {
    (11, 7): (10, 6),
    (0, 0): (0, 0),
    (0, 29): (0, 27),
    (23, 0): (21, 0),
    (23, 29): (21, 27),
    (1, 1): (0, 0),
    (12, 29): (11, 27),
    (22, 3): (21, 2),
}


def check_place(scene, row, column, photo=PHOTO, kernel=SOBEL_X):
    """Check that everything tells about the place of the result that is given."""
    patch = photo[row : row + 3, column : column + 3].astype(float)
    total = (patch * kernel).sum()
    assert scene.numbers("Loupe") == written(patch)
    assert said(scene.formula) == pytest.approx((total, total))
    assert len(scene.root.locator(".term").all()) == 9
    assert f"Filtered, row {row + 1}, column {column + 1} is {write_number(total)}." in scene.note
    assert scene.frames() == [(row, column, 3, 3), None, None, (row, column, 1, 1)]


def test_pointer_on_the_photograph_shows_the_numbers_there_and_their_sum(scene):
    for pixel, corner in PLACES.items():
        scene.point_at("Photograph", *pixel)
        check_place(scene, *corner)


def test_pointer_on_the_result_shows_what_it_is_made_of(scene):
    for place in [(0, 0), (0, 27), (21, 0), (21, 27), (10, 15)]:
        scene.point_at("Filtered", *place)
        check_place(scene, *place)
    scene.page.mouse.move(0, 0)  # the last place stays, so that the pointer can go to the formula
    assert said(scene.formula)[1] == (PHOTO[10:13, 15:18] * SOBEL_X).sum()
    assert scene.frames()[3] == (10, 15, 1, 1)


def test_arrow_keys_move_the_place_and_stop_at_the_edges(scene):
    scene.point_at("Photograph", 12, 12)
    scene.raster("Photograph").focus()
    at = np.array([12, 12])
    moves = {"ArrowRight": (0, 1), "ArrowLeft": (0, -1), "ArrowDown": (1, 0), "ArrowUp": (-1, 0)}
    keys = ["ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowUp", "Shift+ArrowUp"]
    keys += ["ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"]
    keys += ["Shift+ArrowDown", "Shift+ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowUp"]
    for key in keys:
        scene.page.keyboard.press(key)
        far = 10 if key.startswith("Shift") else 1
        at = np.clip(at + far * np.array(moves[key.removeprefix("Shift+")]), 0, (23, 29))
        check_place(scene, *np.clip(at - 1, 0, (21, 27)))
        assert scene.root.locator(".spoken").inner_text() == scene.note
    assert at.tolist() == [22, 27]


def test_a_place_can_be_pinned_by_mouse_and_keyboard(scene):
    scene.point_at("Photograph", 5, 5)
    scene.page.mouse.down()
    scene.page.mouse.up()
    scene.point_at("Photograph", 15, 15)
    check_place(scene, 4, 4)
    scene.raster("Filtered").focus()
    scene.page.keyboard.press("Escape")
    scene.page.keyboard.press("ArrowUp")
    check_place(scene, 10, 14)  # from the middle, where the keyboard starts


@pytest.mark.parametrize("tap", [0, 5, 8])
def test_a_number_of_the_loupe_its_weight_and_its_term_mark_each_other(scene, tap):
    place = divmod(tap, 3)
    terms = scene.root.locator(".term")
    scene.point_at("Photograph", 9, 9)

    def check():
        assert scene.marked("Loupe") == scene.marked("Filter") == [place]
        lit = terms.evaluate_all("all => all.map(term => term.classList.contains('lit'))")
        assert lit == [at == tap for at in range(9)]
        assert scene.frames()[0] == (8, 8, 3, 3)

    for look in (scene.cell("Loupe", *place), scene.cell("Filter", *place), terms.nth(tap)):
        look.hover()
        check()
    scene.page.mouse.move(0, 0)
    assert scene.marked("Loupe") == scene.marked("Filter") == []


def test_pictures_have_the_colors_of_python(scene):
    result = reference.correlate2d(PHOTO.astype(float), SOBEL_X)
    scale = np.quantile(np.abs(result), 0.99)
    shown = np.array(scene.colors("Photograph"))
    np.testing.assert_array_equal(shown, np.dstack([*[PHOTO] * 3, np.full_like(PHOTO, 255)]))
    expected = [[shade(value, scale, "signed") for value in row] for row in result]
    np.testing.assert_allclose(np.array(scene.colors("Filtered"))[..., :3], expected, atol=1)


def test_weights_are_typed_chosen_undone_and_reset(scene):
    def check(kernel):
        result = reference.correlate2d(PHOTO.astype(float), np.array(kernel))
        low, high = (f"{round(value):,}".replace("-", "−") for value in (result.min(), result.max()))
        caption = scene.root.locator(".panel").nth(3).locator(".caption")
        assert caption.inner_text().startswith(f"22 × 28 sums, {low} to {high}")
        scene.point_at("Filtered", 3, 4)
        check_place(scene, 3, 4, kernel=kernel)
        scene.point_at("Filtered", 20, 20)

    kernel = SOBEL_X.copy()
    kernel[1, 1] = 0.5
    scene.click_to("edit")
    scene.cell("Filter", 1, 1).click()
    scene.page.keyboard.type("1/2")
    scene.page.keyboard.press("Enter")
    scene.steady()
    check(kernel)
    assert scene.control("Filter").input_value() == "your own"
    scene.control("Filter").select_option("Sobel Gy")
    scene.steady()
    check(SOBEL_Y)
    scene.button("Undo").click()
    scene.steady()
    check(kernel)
    scene.button("Reset").click()
    scene.steady()
    check(SOBEL_X)
    scene.cell("Filter", 0, 0).click()
    scene.page.keyboard.type("round")
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert "Filter, row 1, column 1 must be a number" in scene.message.inner_text()
    check(SOBEL_X)


# --- Files --------------------------------------------------------------------------------------------------


def choose_file(scene, folder, data, name="mine.png"):
    """Choose a file, and wait until something is said about it or something else is shown."""
    (folder / name).write_bytes(data)
    words = "e => [...e.querySelectorAll('.message, .caption')].map(e => e.innerText).join()"
    stage = scene.root.element_handle()
    before = stage.evaluate(words)
    scene.control("Your own picture").set_input_files(folder / name)
    scene.page.wait_for_function(f"([e, before]) => ({words})(e) !== before", arg=[stage, before])
    scene.steady()


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


BAD_FILES = {
    "text": (b"Dear diary", "This is not a picture in one of the formats PNG, JPEG, GIF, WEBP, BMP."),
    "cut short": (png(PHOTO)[:400], "The picture cannot be read to its end:"),
    "empty": (b"", "This is not a picture in one of the formats PNG, JPEG, GIF, WEBP, BMP."),
    "a bomb": (png_of_claimed_size(90_000, 90_000), "too many pixels; at most 50,000,000 can be read."),
    "too large": (
        bytes(photos.MOST_BYTES + 1),
        f"MB large; at most {photos.MOST_BYTES / 1e6:.1f} MB can be read.",
    ),
    "too small": (png(PHOTO[:2]), "kernel of shape (3, 3) does not fit into the photo, (2, 30)"),
}


def test_a_bad_file_says_why_and_leaves_the_picture(scene, tmp_path):
    before = scene.colors("Photograph"), scene.colors("Filtered")
    for data, message in BAD_FILES.values():
        choose_file(scene, tmp_path, data)
        assert message in scene.message.inner_text()
        assert (scene.colors("Photograph"), scene.colors("Filtered")) == before
        assert scene.button("Undo").is_disabled()
    scene.point_at("Photograph", 5, 5)
    check_place(scene, 4, 4)
    assert scene.control("Your own picture").is_enabled()


def test_a_good_file_is_shown_and_undone(scene, tmp_path):
    scene.point_at("Photograph", 20, 20)
    colors = np.random.default_rng(1).integers(0, 256, (13, 9, 3)).astype(np.uint8)
    gray = np.rint(colors @ [0.299, 0.587, 0.114]).astype(np.uint8)
    choose_file(scene, tmp_path, png(colors))
    np.testing.assert_array_equal(np.array(scene.colors("Photograph"))[..., 0], gray)
    assert scene.control("Photograph").input_value() == "your own"
    scene.point_at("Photograph", 12, 8)
    check_place(scene, 10, 6, photo=gray)
    scene.button("Undo").click()
    scene.steady()
    scene.point_at("Photograph", 12, 8)
    check_place(scene, 11, 7)
    choose_file(scene, tmp_path, FILES["JPEG"], "photo.jpg")  # and again, of another format
    assert np.array(scene.colors("Photograph")).shape == (5, 7, 4)


def test_the_largest_file_allowed_arrives(open_notebook, tmp_path):
    scene = open_notebook([SETUP]).run_all().scene().steady()
    choose_file(scene, tmp_path, png(PHOTO[:9]).ljust(photos.MOST_BYTES, b"\0"))
    assert scene.message.is_hidden()
    assert np.array(scene.colors("Photograph")).shape == (9, 30, 4)


# --- Strength, direction, three colors ---------------------------------------------------------------------


def test_strength_and_direction_of_every_place(others):
    scene = others.run_all().scene(0).steady()
    photo = PHOTO.copy()
    photo[:, :12] = 90
    gx, gy = (reference.correlate2d(photo.astype(float), kernel) for kernel in (SOBEL_X, SOBEL_Y))
    for place in [(0, 0), (21, 27), (7, 15), (20, 11)]:
        right, up = gx[place], gy[place]
        for title in ("Photograph", "Gx", "Gy", "Magnitude"):
            scene.point_at("Direction", 10, 3)
            scene.point_at(title, *place)
            terms, shown = said(scene.formula)
            assert terms == pytest.approx(np.hypot(right, up))
            assert shown == pytest.approx(np.hypot(right, up), abs=0.005)
            assert scene.frames() == [(*place, 1, 1)] * 5
        scene.point_at("Direction", *place)
        inside, shown = re.fullmatch(r"atan2\((.*)\) [=≈] (.*)", scene.formula).groups()
        assert inside == f"{write_number(up)}, {write_number(right)}"
        if np.hypot(right, up) > 100:
            assert float(shown.replace("−", "-")) == pytest.approx(
                np.degrees(np.arctan2(up, right)), abs=0.005
            )
        else:
            assert shown == "none"
    angles = np.degrees(np.arctan2(gy, gx))
    colors = np.array(scene.colors("Direction"))
    strong = np.hypot(gx, gy) > 100
    assert (colors[~strong, 3] == 0).all()  # no direction: the ground shows through
    expected = [shade(angle, 180, "angle") for angle in angles[strong]]
    np.testing.assert_allclose(colors[strong, :3], expected, atol=2)


def test_three_numbers_of_every_pixel(others):
    scene = others.run_all().scene(1).steady()
    colors = photos.photo("dahlia", 40)
    rows, columns, _ = colors.shape
    np.testing.assert_array_equal(np.array(scene.colors("Photograph"))[..., :3], colors)
    padded = np.pad(colors.astype(object), ((1, 1), (1, 1), (0, 0)), constant_values=None)
    for title in ("Photograph", "Red", "Blue"):
        for row, column in [(0, 0), (rows - 1, columns - 1), (0, columns - 1), (rows // 3, columns // 2)]:
            scene.point_at(title, row, column)
            red, green, blue = colors[row, column]
            assert scene.note == f"Row {row + 1}, column {column + 1}: red {red}, green {green}, blue {blue}."
            for k, plane in enumerate(("Red", "Green", "Blue")):
                around = padded[row : row + 3, column : column + 3, k]
                expected = [["" if value is None else str(value) for value in line] for line in around]
                assert scene.numbers(f"{plane}, close") == expected
    scene.raster("Green").focus()
    scene.page.keyboard.press("Home")
    scene.page.keyboard.press("ArrowUp")
    assert scene.note.startswith("Row ")


# --- Without a kernel ---------------------------------------------------------------------------------------


def test_saved_and_reopened_the_photo_is_there_and_can_be_looked_at(open_notebook, lab):
    notebook = open_notebook([SETUP]).run_all()
    page = notebook.page
    scene = notebook.scene().steady()
    scene.control("Filter").select_option("Sobel Gy")
    scene.steady()
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    saved = json.loads((lab.root / notebook.name).read_text(encoding="utf-8"))
    page.goto("about:blank")
    lab.shut_down(notebook.name)
    unknown = {"kernelspec": {"name": "none", "display_name": "none"}, "language_info": {"name": "none"}}
    lab.replace(notebook.name, saved | {"metadata": saved["metadata"] | unknown})
    notebook.open()
    page.locator(".jp-Dialog").get_by_role("button", name="No Kernel").click()

    scene = notebook.scene()
    scene.message.wait_for()
    np.testing.assert_array_equal(np.array(scene.colors("Photograph"))[..., 0], PHOTO)
    scene.point_at("Photograph", 12, 20)
    check_place(scene, 11, 19, kernel=SOBEL_Y)
    assert scene.control("Your own picture").is_disabled()
    assert scene.control("Photograph").is_disabled()
    assert "run this notebook's cells" in scene.message.inner_text()
    kernel = np.array(SOBEL_Y, dtype=float)
    kernel[0, 0] = 7  # what needs no Python works without it
    scene.cell("Filter", 0, 0).focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    scene.point_at("Photograph", 12, 20)
    check_place(scene, 11, 19, kernel=kernel)
    scene.control("Filter").select_option("Sobel Gx")
    scene.point_at("Photograph", 14, 22)
    check_place(scene, 13, 21, kernel=SOBEL_X)
