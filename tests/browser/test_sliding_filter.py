"""The sliding-filter scene, operated as a learner does: mouse, keyboard, wrong input."""

import re
from pathlib import Path

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.look import write_number
from cnnlab.scenes import SlidingFilter

expect = pytest.importorskip("playwright.sync_api").expect  # only developers have it

SETUP = "from cnnlab.scenes import SlidingFilter\nscene = SlidingFilter()\nscene"
EXPECTED = ops.correlate2d(letters.X, letters.FILTERS[0], normalize=True)


def number(text):
    """Read what the stage wrote."""
    text = text.replace("−", "-").strip("() ")
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)


def value_of(formula):
    """Return what the terms of a formula add up to, divided if it says so, and the result it shows."""
    terms, result = re.split(" [=≈] ", formula, maxsplit=1)
    body, _, divisor = terms.partition("÷")
    products = [
        number(pixel) * number(weight)
        for pixel, weight in re.findall(r"(\(−[\d./]+\)|[\d./]+)·(\(−?[\d./]+\)|[\d./]+)", body)
    ]
    return sum(products) / float(divisor or 1), number(re.split(" [=≈] ", result)[0]), len(products)


def test_every_place_adds_up(scene):
    scene.slider.focus()
    for place in range(49):
        total, shown, terms = value_of(scene.formula)
        assert terms == 9
        assert total == pytest.approx(shown)
        assert shown == pytest.approx(EXPECTED.flat[place])
        assert f"place {place + 1} of 49" in scene.root.inner_text()
        scene.page.keyboard.press("ArrowRight")
    assert scene.numbers("Feature map") == [[write_number(v, 9) for v in row] for row in EXPECTED]


def test_map_grows_with_the_steps(scene):
    scene.slider.focus()
    for _ in range(9):
        scene.page.keyboard.press("ArrowRight")
    shown = [text for row in scene.numbers("Feature map") for text in row]
    assert [bool(text) for text in shown] == [True] * 10 + [False] * 39
    scene.page.keyboard.press("Home")
    assert scene.step == 0
    scene.page.keyboard.press("End")
    assert scene.step == 48
    scene.page.keyboard.press("PageUp")
    assert scene.step == 41


@pytest.mark.parametrize(
    ("name", "step"), [("First place", 0), ("One place back", 23), ("One place on", 25), ("Last place", 48)]
)
def test_step_buttons(scene, name, step):
    scene.slider.fill("24")
    scene.button(name).click()
    assert scene.step == step
    scene.slider.fill("24")
    scene.button(name).focus()
    scene.page.keyboard.press("Enter")
    assert scene.step == step


def test_play_and_pause(scene):
    scene.control("Speed").select_option("4×")
    scene.slider.focus()
    scene.page.keyboard.press("Space")
    scene.page.wait_for_function("document.querySelector('.cnnlab-stage input[type=range]').value >= 4")
    assert scene.button("Pause").is_visible()
    assert scene.root.locator(".spoken").inner_text() == ""  # silent while it plays
    scene.button("Pause").click()
    stopped = scene.step
    scene.page.wait_for_timeout(500)  # no event tells that nothing will happen
    assert scene.step == stopped
    assert f"column {stopped % 7 + 1}" in scene.root.locator(".spoken").inner_text()


def test_play_stops_at_the_end_and_starts_over(scene):
    scene.control("Speed").select_option("4×")
    scene.slider.fill("47")
    scene.button("Play").click()
    scene.button("Play").wait_for()
    assert scene.step == 48
    scene.button("Play").click()
    scene.page.wait_for_function("document.querySelector('.cnnlab-stage input[type=range]').value < 5")


def test_hover_from_the_map_to_its_patch(scene):
    scene.slider.fill("48")
    scene.cell("Feature map", 3, 3).hover()
    assert scene.marked("Image") == [(r, c) for r in (3, 4, 5) for c in (3, 4, 5)]
    assert value_of(scene.formula)[1] == pytest.approx(5 / 9)
    assert "5/9" in scene.note
    scene.page.mouse.move(0, 0)
    assert value_of(scene.formula)[1] == pytest.approx(7 / 9)


def test_hover_does_not_uncover_what_comes_later(scene):
    scene.cell("Feature map", 3, 3).hover()
    assert scene.cell("Feature map", 3, 3).inner_text() == ""
    assert "will come from the framed pixels" in scene.note


def test_hover_from_a_pixel_to_all_it_feeds(scene):
    scene.slider.fill("24")
    scene.cell("Image", 4, 4).hover()
    assert scene.marked("Feature map") == [(r, c) for r in (2, 3, 4) for c in (2, 3, 4)]
    assert scene.marked("Filter") == [(1, 1)]
    assert scene.marked("Patch × filter") == [(1, 1)]
    assert scene.root.locator(".term.lit").inner_text() == "1·1"
    assert "feeds 9 places" in scene.note
    scene.cell("Image", 0, 0).hover()
    assert scene.marked("Feature map") == [(0, 0)]
    assert "feeds 1 place " in scene.note


def test_hover_from_a_weight_to_every_product(scene):
    scene.cell("Filter", 0, 2).hover()
    assert scene.marked("Image") == [(r, c) for r in range(7) for c in range(2, 9)]
    assert scene.marked("Patch × filter") == [(0, 2)]
    assert scene.root.locator(".term.lit").count() == 1


def test_hover_over_a_term_of_the_formula(scene):
    scene.slider.fill("24")
    scene.root.locator(".term").nth(2).hover()
    assert scene.marked("Image") == [(3, 5)]
    assert scene.marked("Filter") == [(0, 2)]
    assert scene.note == "Pixel 1 times weight −1 is −1."


def test_pin_stays_until_unpinned(scene):
    scene.slider.fill("24")
    scene.cell("Image", 4, 4).click()
    scene.cell("Filter", 0, 0).hover()
    assert scene.marked("Feature map") == [(r, c) for r in (2, 3, 4) for c in (2, 3, 4)]
    scene.cell("Image", 4, 4).click()
    scene.page.mouse.move(0, 0)
    assert scene.marked("Feature map") == []
    scene.cell("Filter", 0, 0).click()
    scene.cell("Filter", 0, 0).press("Escape")
    scene.page.mouse.move(0, 0)
    assert scene.marked("Patch × filter") == []


def test_look_and_pin_by_keyboard(scene):
    scene.slider.fill("24")
    scene.cell("Image", 0, 0).focus()
    for key in ["ArrowDown"] * 4 + ["ArrowRight"] * 4:
        scene.page.keyboard.press(key)
    assert "The pixel at row 5, column 5 is 1." in scene.note
    assert "row 5, column 5" in scene.root.locator(".spoken").inner_text()
    scene.page.keyboard.press("Enter")
    scene.page.keyboard.press("Tab")
    assert scene.marked("Patch × filter") == [(1, 1)]


def test_click_edits_a_pixel_and_undo_takes_it_back(scene):
    image = letters.X.copy()
    image[3, 4] = 1
    edited = ops.correlate2d(image, letters.FILTERS[0], normalize=True)
    scene.slider.fill("48")
    scene.click_to("edit")
    scene.cell("Image", 3, 4).click()
    scene.steady()
    assert scene.numbers("Feature map") == [[write_number(v, 9) for v in row] for row in edited]
    scene.button("Undo").click()
    scene.steady()
    assert scene.numbers("Feature map") == [[write_number(v, 9) for v in row] for row in EXPECTED]
    assert scene.button("Undo").is_disabled()


def test_drag_draws_a_line_that_is_undone_at_once(scene):
    scene.click_to("edit")
    start, end = (scene.cell("Image", 0, column).bounding_box() for column in (0, 8))
    mouse = scene.page.mouse
    mouse.move(start["x"] + 9, start["y"] + 9)
    mouse.down()
    mouse.move(end["x"] + 9, end["y"] + 9, steps=30)
    mouse.up()
    scene.steady()
    assert scene.numbers("Image")[0] == ["1"] * 9
    scene.button("Undo").click()
    scene.steady()
    assert scene.numbers("Image")[0] == ["−1"] * 9
    assert scene.button("Undo").is_disabled()


def test_type_a_weight(scene):
    scene.click_to("edit")
    scene.cell("Filter", 1, 1).click()
    scene.page.keyboard.type("1/2")
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert scene.numbers("Filter")[1][1] == "0.50"
    assert scene.control("Filter").locator("option:checked").inner_text() == "your own"
    scene.button("Reset filter").click()
    scene.steady()
    assert scene.numbers("Filter")[1][1] == "1"


def test_type_a_pixel_by_keyboard_without_edit_mode(scene):
    scene.cell("Image", 0, 0).focus()
    scene.page.keyboard.type("0.5")
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert scene.numbers("Image")[0][0] == "0.50"
    assert scene.page.evaluate("document.activeElement.classList.contains('cell')")


@pytest.mark.parametrize("typed", ["nan", "inf", "1e999", "abc", "1/0", "--1"])
def test_refused_weight_leaves_the_last_good_state(scene, typed):
    before = scene.numbers("Feature map")
    scene.click_to("edit")
    scene.cell("Filter", 0, 1).click()
    scene.page.keyboard.type(typed)
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert "Filter, row 1, column 2 must be a" in scene.message.inner_text()
    assert typed in scene.message.inner_text()
    assert scene.numbers("Filter")[0][1] == "−1"
    assert scene.numbers("Feature map") == before


def test_escape_leaves_a_number_as_it_was(scene):
    scene.click_to("edit")
    scene.cell("Filter", 0, 1).click()
    scene.page.keyboard.type("7")
    scene.page.keyboard.press("Escape")
    scene.steady()
    assert scene.numbers("Filter")[0][1] == "−1"


@pytest.mark.parametrize("name", letters.FILTER_NAMES)
def test_choose_a_filter(scene, name):
    scene.control("Filter").select_option(name)
    scene.steady()
    scene.slider.fill("48")
    kernel = letters.FILTERS[letters.FILTER_NAMES.index(name)]
    expected = ops.correlate2d(letters.X, kernel, normalize=True)
    assert scene.numbers("Feature map") == [[write_number(v, 9) for v in row] for row in expected]


def test_stride_padding_dilation_and_no_division(scene):
    for label, value in (("Stride", "2"), ("Padding", "1"), ("Dilation", "2")):
        scene.control(label).fill(value)
        scene.control(label).press("Enter")
        scene.steady()
    scene.control("Divide by 9").uncheck()
    scene.steady()
    expected = ops.correlate2d(letters.X, letters.FILTERS[0], stride=2, padding=1, dilation=2)
    assert scene.root.get_by_text("place 1 of 16").is_visible()
    for place in range(16):
        scene.slider.fill(str(place))
        total, shown, _ = value_of(scene.formula)
        assert total == shown == expected.flat[place]
    assert scene.numbers("Feature map") == [[write_number(v) for v in row] for row in expected]
    assert scene.marked("Image", "seen") == [(r, c) for r in (5, 7, 9) for c in (5, 7, 9)][:9]


def test_convolution_turns_the_kernel(open_notebook):
    kernel = np.array([[1, 2, 0], [0, 0, -1], [3, 0, 0]])
    cells = [
        f"from cnnlab.scenes import SlidingFilter\nSlidingFilter(kernel={kernel.tolist()}, divide=False)"
    ]
    scene = open_notebook(cells).run_all().scene().steady()
    scene.control("Operation").select_option("convolution")
    scene.steady()
    scene.slider.fill("48")
    expected = ops.convolve2d(letters.X, kernel)
    assert scene.numbers("Feature map") == [[write_number(v) for v in row] for row in expected]
    assert scene.numbers("Filter") == [[write_number(v) for v in row] for row in kernel[::-1, ::-1]]
    total, shown, _ = value_of(scene.formula)
    assert total == shown == expected[-1, -1]


@pytest.mark.parametrize(
    ("label", "value", "why"),
    [
        ("Dilation", "5", "a kernel of 3 (dilation 5 spreads it over 11) does not fit"),
        ("Stride", "0", "stride must be at least 1, got 0"),
        ("Padding", "-1", "padding must be at least 0, got -1"),
        ("Padding", "99", "at most 40 rows and columns can be shown"),
    ],
)
def test_impossible_combination_says_why(scene, label, value, why):
    before = scene.root.locator(".board").inner_text()
    last_good = scene.control(label).input_value()
    scene.control(label).fill(value)
    scene.control(label).press("Enter")
    scene.steady()
    assert why in scene.message.inner_text()
    assert scene.control(label).input_value() == last_good
    assert scene.root.locator(".board").inner_text() == before
    scene.control("Divide by 9").uncheck()
    scene.steady()
    assert scene.message.is_hidden()  # the next change that works clears it


def test_a_smaller_map_keeps_the_step_inside(scene):
    scene.slider.fill("48")
    scene.control("Stride").fill("3")
    scene.control("Stride").press("Enter")
    scene.steady()
    assert scene.root.get_by_text("place 9 of 9").is_visible()


def test_fractions_and_decimals(scene):
    scene.slider.fill("48")
    scene.root.get_by_role("radio", name="0.56").check()
    assert scene.numbers("Feature map") == [[write_number(v, 9, True) for v in row] for row in EXPECTED]
    assert scene.formula.endswith("÷ 9 = 7 ÷ 9 ≈ 0.78")


def test_quiz_hides_results_until_asked(scene):
    scene.slider.fill("24")
    scene.button("Quiz").click()
    assert {text for row in scene.numbers("Patch × filter") for text in row} == {"?"}
    assert {text for row in scene.numbers("Feature map") for text in row} == {"?", ""}
    text = scene.root.locator(".formula, .note, .spoken").all_inner_texts()
    assert "5" not in "".join(text).replace("row 5", "")
    assert scene.formula.endswith("= ?")
    colors = scene.panel("Patch × filter").evaluate(
        "grid => [...new Set([...grid.querySelectorAll('.cell')].map("
        "cell => getComputedStyle(cell).backgroundColor))]"
    )
    assert len(colors) == 1  # a colour would give the sign away
    scene.cell("Feature map", 3, 3).click()
    assert scene.cell("Feature map", 3, 3).inner_text() == "5/9"
    assert value_of(scene.formula)[1] == pytest.approx(5 / 9)


def middle(cell):
    box = cell.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_frame_is_dragged(scene):
    mouse = scene.page.mouse
    mouse.move(*middle(scene.cell("Image", 1, 1)))
    mouse.down()
    for row, column in ((1, 2), (3, 2), (3, 5)):  # the middle of the frame follows the pointer
        mouse.move(*middle(scene.cell("Image", row, column)), steps=3)
        assert scene.step == 7 * (row - 1) + column - 1
    mouse.move(5, 5)  # far outside it stays at the edge
    assert scene.step == 0
    mouse.move(*middle(scene.cell("Image", 8, 8)))
    mouse.up()
    assert scene.step == 48
    assert scene.root.locator(".pinned").count() == 0
    assert "Row 7, column 7" in scene.note
    mouse.move(*middle(scene.cell("Image", 0, 0)))  # not in the frame: nothing to take hold of
    mouse.down()
    mouse.move(*middle(scene.cell("Image", 3, 3)))
    mouse.up()
    assert scene.step == 48


def test_a_click_on_the_map_goes_there_and_shift_pins(scene):
    scene.cell("Feature map", 4, 2).click()
    assert scene.step == 7 * 4 + 2
    assert "Row 5, column 3" in scene.note
    scene.cell("Feature map", 1, 1).click(modifiers=["Shift"])
    assert scene.step == 7 * 4 + 2
    assert scene.root.locator(".pinned").count() == 1
    scene.button("Unpin").click()
    assert scene.root.locator(".pinned").count() == 0


def test_it_is_taken_away_as_state_numbers_and_picture(scene):
    page = scene.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    taken = "navigator.clipboard.readText()"
    scene.slider.fill("5")
    scene.control("Take away").select_option("state")
    expect(scene.message).to_have_text("Copied the state.")
    copy = SlidingFilter.from_text(page.evaluate(taken))
    assert (copy.step, copy.state.kernel.tolist()) == (5, SlidingFilter().state.kernel.tolist())
    scene.control("Take away").select_option("table kernel")
    expect(scene.message).to_have_text('Copied the numbers of "Filter".')
    assert page.evaluate(taken) == "1\t-1\t-1\n-1\t1\t-1\n-1\t-1\t1"
    scene.control("Take away").select_option("numpy kernel")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('np'))")
    assert eval(page.evaluate(taken), {"np": np}).tolist() == copy.state.kernel.tolist()
    scene.cell("Filter", 0, 1).focus()
    page.keyboard.press("Control+c")
    expect(scene.message).to_have_text("Copied Filter, row 1, column 2: -1.")
    assert page.evaluate(taken) == "-1"
    with page.expect_download() as download:
        scene.control("Take away").select_option("picture")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    scene.button("Quiz").click()
    scene.control("Take away").select_option("table map")
    expect(scene.message).to_have_text("In a quiz, the results stay here.")
    scene.button("Quiz").click()


def test_it_plays_in_a_loop(scene):
    scene.button("Loop: begin again at the end").click()
    scene.control("Speed").select_option("16")
    scene.slider.fill("46")
    scene.button("Play").click()
    scene.page.wait_for_function(
        "root => root.querySelector('input[type=range]').value === '2'", arg=scene.root.element_handle()
    )
    scene.button("Pause").click()
    scene.button("Loop: begin again at the end").click()
    scene.control("Speed").select_option("1")


def test_projected_it_fills_the_screen_until_escape(scene):
    before = scene.root.bounding_box()
    scene.root.locator(".stage").focus()
    scene.page.keyboard.press("f")
    scene.page.wait_for_function("document.querySelector('.cnnlab-stage').classList.contains('projected')")
    window = scene.page.evaluate("[innerWidth, innerHeight]")
    place = scene.root.bounding_box()
    assert [place["x"], place["y"], place["width"], place["height"]] == [0, 0, *window]
    assert scene.root.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    assert scene.button("Projector").get_attribute("aria-pressed") == "true"
    scene.page.keyboard.press("ArrowRight")
    assert scene.step == 1
    scene.button("Projector").click()
    scene.page.wait_for_function("!document.querySelector('.cnnlab-stage').classList.contains('projected')")
    assert scene.root.bounding_box()["width"] == before["width"]


def test_digits_are_large_enough(scene):
    for title in ("Image", "Filter", "Patch × filter", "Feature map"):
        size = scene.cell(title, 0, 0).evaluate("cell => parseFloat(getComputedStyle(cell).fontSize)")
        assert size >= 16


def test_python_can_lead(notebook, scene):
    notebook.execute("scene.step = 30; scene.quiz = True; scene.change(stride=2)")
    scene.steady()
    assert scene.root.get_by_text("place 16 of 16").is_visible()
    assert scene.button("Quiz").get_attribute("aria-pressed") == "true"


def test_a_resting_mouse_does_not_hide_what_a_step_says(scene):
    scene.cell("Filter", 1, 1).hover()
    scene.slider.focus()
    for column in (2, 3, 4):
        scene.page.keyboard.press("ArrowRight")
        scene.steady()
        assert scene.note.startswith(f"Row 1, column {column}:")


def test_absurd_use(scene):
    """Two hundred random actions, in the middle of playing too: what is shown still adds up."""
    chance = np.random.default_rng(0)
    page = scene.page

    def any_cell():
        title = chance.choice(["Image", "Filter", "Patch × filter", "Feature map"])
        cells = scene.panel(title).get_by_role("gridcell")
        return cells.nth(int(chance.integers(cells.count())))

    def press(keys):
        # Escape hands the keyboard back to JupyterLab, where keys have another meaning.
        if scene.root.evaluate("root => root.contains(document.activeElement)"):
            page.keyboard.press(str(chance.choice(keys)))

    def fill(label):
        scene.control(label).fill(str(chance.integers(-1, 6)))
        scene.control(label).press("Enter")

    actions = [
        lambda: any_cell().click(),
        lambda: any_cell().hover(),
        lambda: scene.click_to(str(chance.choice(["pin", "edit"]))),
        lambda: scene.control("Filter").select_option(str(chance.choice(letters.FILTER_NAMES))),
        lambda: scene.control("Operation").select_option(
            str(chance.choice(["convolution", "cross-correlation"]))
        ),
        lambda: fill(str(chance.choice(["Stride", "Padding", "Dilation"]))),
        lambda: scene.root.get_by_role("button", name=re.compile("^(Play|Pause)$")).click(),
        lambda: scene.root.get_by_role("checkbox").click(),
        lambda: scene.button(
            str(chance.choice(["Quiz", "Projector", "First place", "One place on"]))
        ).click(),
        lambda: scene.button("Undo").click() if scene.button("Undo").is_enabled() else None,
        lambda: press(["3", "x", "-", "Q", "b"]),
        lambda: press(["Enter", "Escape", "ArrowDown", "End", "Space"]),
    ]
    for action in chance.integers(len(actions), size=200):
        actions[action]()
    page.keyboard.press("Escape")
    page.mouse.move(0, 0)
    scene.steady()
    if scene.button("Quiz").get_attribute("aria-pressed") == "true":
        scene.button("Quiz").click()
    if scene.button("Pause").is_visible():
        scene.button("Pause").click()
    scene.button("First place").click()
    for _ in range(int(scene.slider.get_attribute("max"))):
        total, shown, _ = value_of(scene.formula)
        assert total == pytest.approx(shown, abs=0.005)
        scene.button("One place on").click()
