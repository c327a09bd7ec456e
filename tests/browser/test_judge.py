"""Python is the judge: it confirms, corrects, refuses, comes late or never; no half state is ever shown.

The stage stands in a bare page, and the tests answer as Python would.
"""

import pytest

from cnnlab.data import letters
from cnnlab.scenes import LetterNetwork, SlidingFilter
from tests.helpers.bare import mount, state_of
from tests.helpers.lab import Scene, blameless_page


@pytest.fixture
def page(chromium):
    with blameless_page(chromium) as page:
        page.set_default_timeout(5000)
        yield page


@pytest.fixture
def scene(page):
    return Scene(mount(page, LetterNetwork(letters.X).picture), page)


def click(scene, row, column):
    box = scene.cell("Your drawing", row, column).bounding_box()
    scene.page.mouse.click(box["x"] + 6, box["y"] + 6)


def sent(scene):
    return scene.page.evaluate("window.model.sent")


def answer(scene, number, python, *, digest=None):
    """Answer the message with this number as Python does whose scene is ``python``."""
    message = sent(scene)[number]
    reply = python._confirmation(0, python.picture) | {
        "type": "done",
        "answers": message["message"],
        "step": 0,
    }
    reply["digest"] = python.picture.digest(0) if digest is None else digest
    scene.page.evaluate("reply => window.model.answer(reply)", reply)


def send_picture(scene, picture, answered):
    """Send a picture that takes everything into account up to the message ``answered``."""
    state = state_of(picture)
    scene.page.evaluate(
        "([picture, answered]) => { window.model.set('_answered', answered);"
        " window.model.set('_picture', unpack(picture)); }",
        [state["_picture"], answered],
    )


def drawing(scene):
    backgrounds = (
        scene.panel("Your drawing")
        .locator(".cell")
        .evaluate_all("cells => cells.map(cell => cell.style.background)")
    )
    return ["rgb(32, 36, 47)" in background for background in backgrounds]


def inked(python):
    return (python.state.image == 1).ravel().tolist()


def shows(scene, python):
    """Whether the page shows the drawing and the votes of a scene in Python."""
    votes = [text for row in scene.numbers("Votes") for text in row]
    panel = python.picture.panel("votes")
    same = votes == [panel.write(value) for value in panel.values.ravel()]
    return same and drawing(scene) == inked(python) and scene.note == python.picture.sentence(0)


def after(*pixels):
    """Return the scene in Python after these pixels were turned."""
    python = LetterNetwork(letters.X)
    for row, column in pixels:
        python.set_cell("image", row, column, str(-python.state.image[row, column]))
    return python


def test_what_python_confirms_stays(scene):
    click(scene, 1, 4)
    answer(scene, 1, after((1, 4)))
    assert shows(scene, after((1, 4)))
    assert [message["type"] for message in sent(scene)] == ["hello", "edit"]


def test_what_python_does_not_confirm_is_asked_for_and_set_right(scene):
    click(scene, 1, 4)
    answer(scene, 1, after((1, 4)), digest=7)
    assert sent(scene)[-1]["type"] == "show"
    send_picture(scene, after((2, 2)).picture, sent(scene)[-1]["message"])
    assert shows(scene, after((2, 2)))


def test_an_answer_to_an_earlier_edit_is_no_news(scene):
    click(scene, 1, 4)
    click(scene, 2, 4)
    answer(scene, 1, after((1, 4)))
    assert shows(scene, after((1, 4), (2, 4)))
    assert "show" not in [message["type"] for message in sent(scene)]
    answer(scene, 2, after((1, 4), (2, 4)))
    assert shows(scene, after((1, 4), (2, 4)))


def test_a_correction_in_the_middle_of_a_stroke_keeps_what_came_after(scene):
    click(scene, 1, 4)
    click(scene, 2, 4)
    first = sent(scene)[1]["message"]
    send_picture(scene, after((0, 0)).picture, first)  # Python saw the first edit otherwise
    assert shows(scene, after((0, 0), (2, 4)))


def test_a_refusal_takes_the_edit_back_and_says_why(scene):
    click(scene, 1, 4)
    message = sent(scene)[1]["message"]
    send_picture(scene, after().picture, message)
    refusal = {"type": "refused", "text": "Not there.", "answers": message, "step": 0}
    scene.page.evaluate("reply => window.model.answer(reply)", refusal)
    assert shows(scene, after())
    assert scene.message.inner_text() == "Not there."


def test_when_the_kernel_dies_between_two_edits_nothing_stops(scene):
    click(scene, 1, 4)
    answer(scene, 1, after((1, 4)))
    scene.page.evaluate("() => { window.model.send = () => { throw new Error('gone'); }; }")
    click(scene, 2, 4)
    assert shows(scene, after((1, 4), (2, 4)))
    scene.button("Undo").click()
    assert shows(scene, after((1, 4)))
    scene.button("Undo").click()
    assert shows(scene, after())
    scene.control("Drawing").select_option("O")
    python = LetterNetwork(letters.O)
    assert shows(scene, python)
    scene.button("Move →").click()
    assert drawing(scene) == (letters.moved(letters.O, 0, 1) == 1).ravel().tolist()
    scene.button("Clear").click()
    assert not any(drawing(scene))


def test_what_needs_python_is_said_once_and_the_rest_works(page):
    python = SlidingFilter()
    scene = Scene(mount(page, python.picture, alone=True, step=48), page)
    said = scene.message.inner_text()
    assert "run this notebook's cells" in said
    for label in ("Operation", "Divide by 9", "Stride", "Padding", "Dilation"):
        assert label in said
        assert scene.control(label).is_disabled()
    for label in ("Filter", "Undo", "Reset"):
        assert label not in said
    scene.click_to("edit")
    scene.cell("Filter", 0, 0).click()
    page.keyboard.type("1/2")
    page.keyboard.press("Enter")
    python.set_cell("kernel", 0, 0, "1/2")
    panel = python.picture.panel("map")
    shown = [text for row in scene.numbers("Feature map") for text in row]
    assert shown == [panel.write(value) for value in panel.values.ravel()]
    assert scene.control("Filter").input_value() == "your own"
    for name in ("Undo", "Reset filter", "Reset all"):
        assert scene.button(name).is_enabled()
    scene.button("Reset filter").click()
    assert scene.control("Filter").input_value() == "diagonal \\"


@pytest.mark.parametrize("typed", ["nan", "-inf", "1e999", "abc", "1/0", "1e7", "9" * 400 + "/1", "1 1/2"])
def test_what_is_no_number_is_refused_in_the_words_of_python(page, typed):
    python = SlidingFilter()
    scene = Scene(mount(page, python.picture, alone=True), page)
    scene.click_to("edit")
    before = scene.numbers("Feature map")
    scene.cell("Filter", 1, 2).click()
    page.keyboard.insert_text(typed)
    page.keyboard.press("Enter")
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - its words are compared
        python.set_cell("kernel", 1, 2, typed)
    assert scene.message.inner_text() == str(refused.value)
    assert scene.numbers("Feature map") == before


def test_edits_faster_than_frames_end_where_the_last_one_left(scene):
    frames = scene.page.evaluate(
        """async () => {
          const grid = document.querySelector('.grid');
          const cells = [...grid.querySelectorAll('.cell')];
          for (let turn = 0; turn < 30; turn += 1) cells[(7 * turn) % 81].click();
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        }"""
    )
    assert frames is None
    assert shows(scene, after(*(divmod(7 * turn % 81, 9) for turn in range(30))))
