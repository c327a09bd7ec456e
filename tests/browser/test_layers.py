"""Scenes of several layers: look through them, draw, and see everything answer."""

import itertools

import numpy as np
import pytest

from cnnlab.data import letters
from cnnlab.data.letters import FILTER_NAMES
from cnnlab.look import PALETTES, rgb, write_number
from tests.helpers import reference
from tests.helpers.letter_network import NINTHS, all_behind, made_of, votes_of
from tests.helpers.stills import calculated

DRAWING = "Your drawing"
SETUP = "from cnnlab.scenes import LetterNetwork\nscene = LetterNetwork()\nscene"
OTHERS = ["from cnnlab.scenes import Pipeline, Vote\nPipeline()", "Vote()"]


# --- The network of X, and what decided each of its numbers -------------------------------------------------

# The panels in order, column by column: what Python calls them, and their titles.
LAYERS = {"filter": "Filters", "map": "Maps", "relu": "ReLU", "once": "Pooled", "twice": "Twice"}
IDS = ["image", *(f"{layer} {k}" for layer in LAYERS for k in range(3)), "list", "votes"]
TITLES = [DRAWING]
TITLES += [
    name for layer in LAYERS.values() for name in (layer, *(f"{layer}, {k}" for k in FILTER_NAMES[1:]))
]
TITLES += ["List", "Votes"]


def by_panel(cells):
    return [{(row, column) for id, row, column in cells if id == panel} for panel in IDS]


def box(cells):
    """Return the frame around cells that fill it, or None."""
    if not cells:
        return None
    (top, left), (bottom, right) = np.min([*cells], axis=0), np.max([*cells], axis=0)
    assert len(cells) == (bottom - top + 1) * (right - left + 1)
    return top, left, bottom - top + 1, right - left + 1


def said(formula):
    """Return what the terms of a formula give, and the result it shows."""
    first = min(at for at in (formula.find(" = "), formula.find(" ≈ ")) if at > 0)
    return calculated(formula[:first]), calculated(formula[first + 3 :].split(" ")[0])


PLACES = {
    "map": [(0, 0), (2, 3), (6, 5)],
    "relu": [(0, 1), (3, 3), (6, 6)],
    "once": [(0, 0), (1, 1), (3, 0), (1, 3), (3, 3)],
    "twice": [*np.ndindex(2, 2)],
}


@pytest.mark.parametrize("layer", PLACES)
def test_hover_shows_what_a_number_sees_and_what_decided_it(scene, layer):
    for k, place in itertools.product(range(3), PLACES[layer]):
        cell = f"{layer} {k}", *place
        scene.cell(TITLES[IDS.index(cell[0])], *place).hover()
        seen, decided = all_behind(cell)
        assert scene.all_marked() == by_panel(decided)
        assert scene.frames() == [box(cells) for cells in by_panel(seen | {cell})]
        ninths = NINTHS[layer][k][place]
        assert said(scene.formula) == pytest.approx((ninths / 9, ninths / 9))
        assert len(scene.root.locator(".term").all()) == len(made_of(layer, k, *place)[0])
        pixels, marked = (by_panel(cells)[0] for cells in (seen, decided))
        _, _, rows, columns = box(pixels)
        assert f"is {write_number(ninths / 9, 9)}. It sees {rows} × {columns} cells" in scene.note
        assert ("Marked is what decided." in scene.note) == (pixels != marked)


def test_hover_over_the_list_and_the_votes(scene):
    twelve = [(f"twice {k}", *place) for k in range(3) for place in np.ndindex(2, 2)]
    for at in (0, 6, 11):
        scene.cell("List", at, 0).hover()
        id, row, column = twelve[at]
        value = write_number(NINTHS["twice"].ravel()[at] / 9, 9)
        title = TITLES[IDS.index(id)]
        assert scene.formula.startswith(f"{title}, row {row + 1}, column {column + 1} = {value}")
        assert scene.all_marked() == by_panel({twelve[at]} | all_behind(twelve[at])[1])
    for vote, (letter, high) in enumerate(letters.HIGH.items()):
        scene.cell("Votes", vote, 0).hover()
        assert said(scene.formula) == pytest.approx((votes_of(letters.X)[1][vote],) * 2, abs=0.005)
        assert scene.formula.startswith("(1 + " if letter == "X" else "(5/9 + ")
        decided = {("list", at, 0) for at in high} | {twelve[at] for at in high}
        assert scene.all_marked() == by_panel(decided.union(*(all_behind(twelve[at])[1] for at in high)))
        assert [frame for frame in scene.frames() if frame] == [(vote, 0, 1, 1)]  # what it sees is apart


def test_hover_over_a_pixel_marks_all_it_has_a_share_in(scene):
    """The pixel in a corner is seen by one number of each layer, and so on to the votes."""
    scene.cell(DRAWING, 0, 0).hover()
    corner = {(f"{layer} {k}", 0, 0) for layer in PLACES for k in range(3)}
    listed = {("list", at, 0) for at in (0, 4, 8)}  # 1 and 5 count for X, 9 for O
    assert scene.all_marked() == by_panel(corner | listed | {("votes", 0, 0), ("votes", 1, 0)})
    assert scene.note == "Your drawing, row 1, column 1 is −1. It has a share in the 17 marked numbers."
    scene.page.mouse.move(0, 0)
    assert scene.frames()[-1] == (0, 0, 1, 1)  # the winner is told again


def test_hover_over_a_weight_marks_all_it_has_a_share_in(scene):
    scene.cell("Filters", 0, 0).hover()
    assert scene.marked("Maps") == [*np.ndindex(7, 7)]


def test_a_weight_and_a_term_mark_their_partners(scene):
    scene.cell("Maps", 3, 3).click()  # pinned, so that the pointer can leave
    term = scene.root.locator(".term").nth(1)
    term.hover()
    assert scene.all_marked() == by_panel({("image", 3, 4), ("filter 0", 0, 1)})
    assert term.inner_text() == "(−1)·(−1)"
    scene.cell("Maps", 3, 3).click()
    scene.cell("Filters", 2, 2).hover()
    assert scene.marked(DRAWING) == [(5, 5)]
    assert scene.root.locator(".term.lit").inner_text() == "1·1"


# --- Drawing ------------------------------------------------------------------------------------------------


def middle(scene, row, column):
    place = scene.cell(DRAWING, row, column).bounding_box()
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


def drawing(scene):
    """Return the drawing as it looks: 1 where a pixel has the colour of ink."""
    colors = scene.panel(DRAWING).evaluate(
        "grid => [...grid.querySelectorAll('.cell')].map(cell => getComputedStyle(cell).backgroundColor)"
    )
    paper, _, ink = (f"rgb({', '.join(map(str, rgb(colour)))})" for colour in PALETTES["ink"]["light"])
    assert {*colors} <= {paper, ink}
    return np.array([1 if colour == ink else -1 for colour in colors]).reshape(9, 9)


def check_votes(scene):
    """Compare the list and the votes with what plain loops make of the drawing as it looks."""
    numbers, votes = votes_of(drawing(scene))
    assert scene.numbers("List") == [[write_number(number, 9)] for number in numbers]
    assert scene.numbers("Votes") == [[write_number(vote)] for vote in votes]
    best = f"{'XO'[int(np.argmax(votes))]} gets {write_number(max(votes))}"
    assert best in scene.note or np.ptp(votes) < 1e-9


def with_pixels(cells, value=1, image=letters.X):
    image = image.copy()
    image[tuple(np.transpose(cells))] = value
    return image


def drag(scene, cells, steps=1):
    """Draw one stroke with the mouse, as fast as it goes."""
    places = [middle(scene, *cell) for cell in cells]
    mouse = scene.page.mouse
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=steps)
    mouse.up()


def test_a_stroke_of_the_mouse_is_drawn_and_undone_as_one(scene):
    column = [(row, 4) for row in range(9)]  # over ink in the middle, which stays
    drag(scene, column)
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels(column))
    check_votes(scene)
    row = [(8, column) for column in range(9)]
    drag(scene, row)
    drag(scene, [(4, column) for column in range(4, 9)])  # begins on ink: wipes
    scene.steady()
    np.testing.assert_array_equal(
        drawing(scene), with_pixels([(4, c) for c in range(4, 9)], -1, with_pixels(column + row))
    )
    check_votes(scene)
    for expected in (with_pixels(column + row), with_pixels(column), letters.X):
        scene.button("Undo").click()
        scene.steady()
        np.testing.assert_array_equal(drawing(scene), expected)
        check_votes(scene)
    assert scene.button("Undo").is_disabled()


def test_a_fast_stroke_leaves_no_gaps(scene):
    drag(scene, [(0, 0), (0, 8)], steps=3)
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(0, column) for column in range(9)]))


def test_a_fast_stroke_reported_between_two_cells_leaves_no_gaps(scene):
    (left, y), (right, _) = middle(scene, 0, 4), middle(scene, 0, 5)
    mouse = scene.page.mouse
    mouse.move(*middle(scene, 0, 0))
    mouse.down()
    mouse.move((left + right) / 2, y)
    mouse.move(*middle(scene, 0, 8))
    mouse.up()
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(0, column) for column in range(9)]))


@pytest.fixture
def touch(scene):
    """Return a function that lets a finger act on a pixel, through the browser's own events."""
    client = scene.page.context.new_cdp_session(scene.page)

    def touch(kind, *cell):
        points = [dict(zip("xy", middle(scene, *cell), strict=True))] if cell else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    yield touch
    client.detach()


def test_a_finger_draws(scene, touch):
    cells = [(row, 0) for row in range(9)]
    touch("touchStart", *cells[0])
    for cell in cells[1:]:
        touch("touchMove", *cell)
    touch("touchEnd")
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels(cells))
    check_votes(scene)
    scene.button("Undo").click()
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), letters.X)


def test_a_tap_draws_one_pixel_however_late_its_click_comes(scene, touch):
    scene.page.evaluate(
        """addEventListener('click', event => {
             event.stopImmediatePropagation();
             setTimeout(() => {
               event.target.dispatchEvent(new MouseEvent('click', { bubbles: true }));
               window.clicked = true;
             }, 30);
           }, { capture: true, once: true })"""
    )
    touch("touchStart", 0, 8)
    touch("touchEnd")
    scene.page.wait_for_function("window.clicked")
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(0, 8)]))


def test_the_keyboard_draws(scene):
    scene.cell(DRAWING, 0, 0).focus()
    for key in ("Enter", "ArrowRight", "Space", "ArrowDown", "ArrowRight", "Enter", "End", "Space"):
        scene.page.keyboard.press(key)
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(0, 0), (0, 1), (1, 2), (1, 8)]))
    check_votes(scene)
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert drawing(scene)[1, 8] == -1
    scene.page.keyboard.type("b")  # not a number, and not for the notebook either
    check_votes(scene)


def test_the_first_key_after_a_stroke_draws(scene):
    drag(scene, [(0, 0), (0, 1)])
    scene.cell(DRAWING, 8, 8).focus()
    scene.page.keyboard.press("Enter")
    scene.steady()
    assert drawing(scene)[8, 8] == 1


def slow_down(notebook, seconds):
    """Let Python take its time with every picture from now on."""
    code = f"import time\ndraw = scene.draw\nscene.draw = lambda state: time.sleep({seconds}) or draw(state)"
    notebook.execute(code)


def test_all_that_follows_is_there_before_python_answers(notebook, scene):
    slow_down(notebook, 0.6)
    before = scene.numbers("Votes")
    scene.page.mouse.click(*middle(scene, 1, 4))
    assert scene.root.locator(".stage").get_attribute("aria-busy") == "true"
    np.testing.assert_array_equal(drawing(scene), with_pixels([(1, 4)]))
    check_votes(scene)
    drag(scene, [(2, 4), (3, 4)])
    np.testing.assert_array_equal(drawing(scene), with_pixels([(1, 4), (2, 4), (3, 4)]))
    assert scene.numbers("Votes") != before
    check_votes(scene)
    assert scene.root.locator(".stage").get_attribute("aria-busy") == "true"
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(1, 4), (2, 4), (3, 4)]))
    check_votes(scene)


def test_two_clicks_turn_a_pixel_and_turn_it_back(notebook, scene):
    slow_down(notebook, 0.3)
    for _ in range(2):
        scene.page.mouse.click(*middle(scene, 1, 4))
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), letters.X)


def test_after_a_long_wait_a_click_still_draws(notebook, scene):
    slow_down(notebook, 4)
    scene.page.mouse.click(*middle(scene, 1, 4))
    scene.steady()  # it has given Python up
    assert drawing(scene)[1, 4] == 1
    assert scene.root.get_by_role("radio", name="edit").is_checked()
    scene.page.mouse.click(*middle(scene, 2, 4))
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(1, 4), (2, 4)]))
    check_votes(scene)
    notebook.execute()  # Python answers late, and agrees
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(1, 4), (2, 4)]))
    check_votes(scene)


def test_absurd_strokes(scene):
    """Out of the grid and back, let go outside, over other panels, with the other button."""
    mouse = scene.page.mouse
    outside = scene.root.locator(".note").bounding_box()
    mouse.move(*middle(scene, 0, 0))
    mouse.down()
    mouse.move(outside["x"] + 5, outside["y"] + 5, steps=3)
    mouse.move(*middle(scene, 0, 8))
    scene.cell("Maps", 3, 3).hover()
    mouse.move(0, 0)
    mouse.up()
    mouse.move(*middle(scene, 8, 4), steps=5)  # no button is down any more
    mouse.click(*middle(scene, 8, 8), button="right")
    scene.page.keyboard.press("Escape")
    scene.steady()
    shown = drawing(scene)
    assert shown[0, 0] == shown[0, 8] == 1
    np.testing.assert_array_equal(shown[1:, 1:8], letters.X[1:, 1:8])
    assert shown[8, 8] == -1
    check_votes(scene)
    scene.button("Undo").click()
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), letters.X)


def test_absurd_presses(scene):
    def press(name, times):
        place = scene.button(name).bounding_box()
        for _ in range(times):
            scene.page.mouse.click(place["x"] + 5, place["y"] + 5)

    press("Move →", 30)
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), -1)
    check_votes(scene)
    assert "An empty sheet gets votes too" in scene.note
    assert scene.button("Clear").is_disabled()
    scene.control("Drawing").select_option("O")
    scene.steady()
    press("Clear", 20)
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), -1)
    check_votes(scene)


def test_absurd_use(scene):
    """Sixty random actions: what is shown still is what plain loops make of the drawing."""
    chance = np.random.default_rng(0)
    page = scene.page

    def any_cell():
        cells = scene.panel(str(chance.choice(TITLES))).get_by_role("gridcell")
        return cells.nth(int(chance.integers(cells.count())))

    def press(keys):
        # Escape hands the keyboard back to JupyterLab, where keys have another meaning.
        if scene.root.evaluate("root => root.contains(document.activeElement)"):
            page.keyboard.press(str(chance.choice(keys)))

    def click(names):
        button = scene.button(str(chance.choice(names)))
        if button.is_enabled():
            button.click()

    actions = [
        lambda: any_cell().hover(),
        lambda: any_cell().click(),
        lambda: drag(scene, chance.integers(9, size=(4, 2)).tolist()),
        lambda: scene.click_to(str(chance.choice(["pin", "edit"]))),
        lambda: scene.control("Drawing").select_option(str(chance.choice(["X", "O", "bent X"]))),
        lambda: click(["Move ←", "Move ↑", "Move ↓", "Move →", "Undo", "Undo", "Clear", "Projector"]),
        lambda: press(["3", "x", "b", "0", "Delete"]),
        lambda: press(["Enter", "Space", "Escape", "ArrowDown", "End"]),
    ]
    for action in chance.integers(len(actions), size=60):
        actions[action]()
    scene.control("Drawing").select_option("bent X")
    scene.click_to("edit")
    drag(scene, [(0, 0), (1, 0)])
    scene.page.mouse.move(0, 0)
    page.keyboard.press("Escape")
    scene.steady()
    np.testing.assert_array_equal(drawing(scene), with_pixels([(0, 0), (1, 0)], 1, letters.BENT_X))
    check_votes(scene)


# --- Other layers -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def others(open_shared):
    return open_shared(OTHERS)


@pytest.fixture
def pipeline(others):
    return others.run_all().scene(0).steady()


@pytest.fixture
def vote(others):
    return others.run_all().scene(1).steady()


def test_frames_show_all_that_a_number_sees_through_any_number_of_layers(pipeline):
    def frames_of(layer, cell):
        pipeline.cell("Image", 0, 0).hover()  # a pointer that rests is no look at a new picture
        pipeline.root.get_by_role("grid").nth(1 + layer).get_by_role("gridcell").nth(cell).hover()
        frames = pipeline.frames()
        return [frames[0], *frames[2:]]  # the filter belongs to no layer

    assert frames_of(4, 3) == [(4, 4, 5, 5), (4, 4, 3, 3), (4, 4, 3, 3), (2, 2, 2, 2), (1, 1, 1, 1)]
    assert frames_of(3, 3) == [(0, 6, 4, 3), (0, 6, 2, 1), (0, 6, 2, 1), (0, 3, 1, 1), None]
    pipeline.control("Layers").select_option("three convolutions")
    pipeline.steady()
    assert frames_of(3, 4) == [(1, 1, 7, 7), (1, 1, 5, 5), (1, 1, 3, 3), (1, 1, 1, 1)]
    assert frames_of(1, 48) == [(6, 6, 3, 3), (6, 6, 1, 1), None, None]
    pipeline.control("Layers").select_option("convolve, ReLU, pool, twice over")
    pipeline.steady()
    assert frames_of(6, 0) == [(0, 0, size, size) for size in (9, 7, 7, 4, 2, 2, 1)]
    assert pipeline.formula.startswith("max(")
    assert said(pipeline.formula)[1] == 0.09


def test_layers_of_a_pipeline_follow_the_image(pipeline):
    pipeline.click_to("edit")
    pipeline.cell("Image", 4, 4).click()
    pipeline.steady()
    image = letters.X.copy()
    image[4, 4] = -1
    expected = reference.correlate2d(image, reference.FILTERS[0]) / 9
    assert pipeline.numbers("Convolved") == [[write_number(v, 9) for v in row] for row in expected]
    pipeline.button("Reset").click()
    pipeline.steady()
    assert pipeline.numbers("Convolved") == [
        [write_number(v / 9, 9) for v in row] for row in reference.NINTHS[0]
    ]


def test_votes_are_sums_of_what_has_weight(vote):
    numbers = np.array([9, 5, 5, 9, 9, 5, 5, 5, 5, 9, 9, 5]) / 9
    weights = [np.zeros(12), np.zeros(12)]
    for row, high in zip(weights, letters.HIGH.values(), strict=True):
        row[list(high)] = 1 / len(high)

    def check(letter):
        vote.cell("Twelve numbers", 0, 0).hover()  # a pointer that rests is no look at a new picture
        vote.cell("Votes", letter, 0).hover()
        expected = numbers @ weights[letter]
        assert said(vote.formula) == pytest.approx((expected, expected), abs=0.02)
        assert len(vote.root.locator(".term").all()) == np.count_nonzero(weights[letter])
        assert vote.marked("Twelve numbers") == [(0, at) for at in np.flatnonzero(weights[letter])]

    def type_into(title, column, text):
        vote.cell(title, 0, column).focus()
        vote.page.keyboard.type(text)
        vote.page.keyboard.press("Enter")
        vote.steady()

    check(0)
    check(1)
    numbers[2], weights[0][6] = -0.25, 2
    type_into("Twelve numbers", 2, "-1/4")
    type_into("Weights of X", 6, "2")
    check(0)
    check(1)
    weights[1][:] = 0
    for column in letters.HIGH["O"]:
        type_into("Weights of O", column, "0")
    vote.cell("Twelve numbers", 0, 0).hover()
    vote.cell("Votes", 1, 0).hover()
    assert vote.formula.endswith("= 0")
    assert len(vote.root.locator(".term").all()) == 12
    vote.button("Reset").click()
    vote.steady()
    assert vote.numbers("Votes") == [["1"], ["0.56"]]
