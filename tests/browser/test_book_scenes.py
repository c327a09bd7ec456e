"""Scenes and questions in the book: used at random, they show and say what Python does, to the last word.

Each stands alone in a page as the book makes it, with what `book.record` keeps of it. What the page was asked
for is told to the scene in Python, act by act, and both are compared; what the page says that it cannot do is
left out.
"""

import json

import numpy as np
import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")

from book import record
from book.site import asset
from cnnlab.exercises import progress
from cnnlab.exercises.predict import Predict, Revealed
from cnnlab.look import LINES, PALETTES
from tests.helpers.bare import STAGE, STYLE
from tests.helpers.lab import blameless_page
from tests.helpers.play import PLAY, VARIANTS, compare
from tests.helpers.scenes import SCENES

ACTS, OF_A_VARIANT = 80, 30

# What the stage asks for, and what it is answered.
LISTEN = """() => {
  const [model] = window.cnnlabModels;
  window.model = { sent: [], get: name => model.get(name) };
  const asked = new Map();
  const { send } = model;
  model.send = message => {
    window.model.sent.push(message);
    asked.set(message.message, message);
    send.call(model, message);
  };
  const { tell } = model;
  model.tell = (name, said) => {
    if (name === 'msg:custom' && asked.has(said.answers)) asked.get(said.answers).refused = said.text ?? '';
    tell.call(model, name, said);
  };
}"""


def open_in_book(page, *stages):
    """Show stages in a page with the scripts of the book; return what they were told to it as."""
    told = [record.told(stage, [*stages]) for stage in stages]
    data = json.dumps(told).replace("</", "<\\/")
    look = json.dumps({"_palettes": PALETTES, "_lines": LINES})
    places = "".join(f'<div class="scene" data-stage="{k}"></div>' for k in range(len(stages)))
    page.goto("about:blank")
    page.set_content(
        f"<body data-jp-theme-light='true'><style>{STYLE}</style>{places}"
        f"<script type='application/json' id='scenes'>{data}</script>"
        f"<script>window.cnnlabLook = {look};</script>"
        f"<script type='module'>{STAGE}{asset('scenes.js')}</script></body>"
    )
    page.wait_for_function("window.cnnlabModels")
    page.evaluate("window.cnnlabRender()")
    page.wait_for_function(
        "document.querySelectorAll('.cnnlab-stage').length === document.querySelectorAll('.scene').length"
    )
    page.evaluate(LISTEN)
    return told


NEEDS_PYTHON = ("This needs Python", "With numbers of your own, this needs Python")


def tell(scene, message):
    """Let Python do what the page was asked for; both must refuse the same, in the same words."""
    refused = ""
    try:
        scene.answer(message)
    except (ValueError, TypeError) as error:
        refused = str(error)
    assert message.get("refused", "") == refused, message


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Keep few pictures of each scene: others say that they need Python, and it is quick."""
    monkeypatch.setattr(record, "MOST_PICTURES", 25)


@pytest.fixture(scope="module")
def page(chromium):
    with blameless_page(chromium, 1600, 3000) as page:
        yield page


def use_at_random(page, scene, seed, count):
    """Use a scene in the page and in Python; return how often the page did what needs Python elsewhere."""
    open_in_book(page, scene)
    acts = page.evaluate(PLAY, [seed, count])
    scene.close()
    cache, mirror, done = {}, {}, 0
    for act in acts:
        for message in act["sent"]:
            if message["type"] in ("edit", "control") and not message.get("refused", "").startswith(
                NEEDS_PYTHON
            ):
                tell(scene, message)
                done += message["type"] == "control" and "work" not in message
        compare(scene.picture, act, cache, mirror)
    return done


@pytest.mark.parametrize("name", SCENES)
def test_a_page_shows_what_python_has(page, name):
    use_at_random(page, SCENES[name](), len(name), OF_A_VARIANT if name in VARIANTS else ACTS)


@pytest.mark.parametrize("name", ["SlidingFilter", "PoolingWalk", "ConvBackward", "DropoutMasks"])
def test_controls_that_need_python_work_in_a_page(page, name):
    assert use_at_random(page, SCENES[name](), 3, 200) > 3


def test_a_wrong_picture_of_a_control_is_found(page, monkeypatch):
    monkeypatch.setattr(record, "difference", lambda old, new: None)  # each leads to the first one
    with pytest.raises(AssertionError):
        use_at_random(page, SCENES["SlidingFilter"](), 3, 200)


# --- questions ----------------------------------------------------------------------------------------------


def questions():
    """Return every prediction of the course, by the name it is kept under."""
    import importlib

    found = {}
    for lesson in progress.course():
        module = importlib.import_module(f"cnnlab.exercises.lesson{lesson.number}")
        found |= {key: getattr(module, key.partition("/")[2]) for key in lesson.predictions}
    return found


QUESTIONS = questions()
JUNK = [
    "",
    "  ",
    "x",
    "1/0",
    "nan",
    "1e9",
    "0,5",
    "12,054",
    "−1/4",
    "50 %",
    "48\u2009000",
    "1/3/2",
    "−−1",
    "99.994",
]
ASK = """([id, value]) => new Promise(done => {
  const [model] = window.cnnlabModels;
  const listen = said => {
    if (said.answers !== 'asked') return;
    model.off('msg:custom', listen);
    const { feedback, outcome, controls } = model.get('_picture');
    const shown = controls.map(({ id, value, enabled }) => [id, value, enabled]);
    done([said.text ?? '', feedback, outcome, shown]);
  };
  model.on('msg:custom', listen);
  model.send({ type: 'control', id, value, message: 'asked' });
})"""


def both_answer(page, prompt, id, value):
    """Ask the page and Python the same; both must say the same."""
    in_page = page.evaluate(ASK, [id, value])
    refused = ""
    try:
        prompt.answer({"type": "control", "id": id, "value": value})
    except (ValueError, TypeError) as error:
        refused = str(error)
    picture = prompt.picture
    controls = [[control.id, control.value, control.enabled] for control in picture.controls]
    assert in_page == [refused, picture.feedback, picture.outcome, controls], (id, value)


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_says_what_python_says(page, key):
    prompt = QUESTIONS[key]
    prompt.go_to(prompt.start)
    told = open_in_book(page, prompt)[0]
    assert prompt.because not in json.dumps(told, ensure_ascii=False)
    both_answer(page, prompt, "reveal", True)
    both_answer(page, prompt, "check", True)
    if isinstance(prompt, Predict):
        wrong = [*prompt.slips]
        right = [prompt.right]
        if not prompt.choices:
            wrong = [each for slip in wrong for each in (repr(slip), f"{slip + 0.009}", f"{slip:.3g}")]
            right = [
                repr(prompt.right),
                f"{prompt.right + 0.009}",
                f"{prompt.right - 0.0101}",
                f"{prompt.right} %",
            ]
        for typed in [*wrong, *(JUNK if not prompt.choices else []), *right]:
            both_answer(page, prompt, "typed", typed)
            both_answer(page, prompt, "check", True)
    else:
        fill(page, prompt, np.full(prompt.right.shape, 0.123))
        for grid, _ in prompt.slips:
            fill(page, prompt, grid)
        one_off = prompt.right.copy()
        one_off[-1, -1] += 1
        fill(page, prompt, one_off)
    both_answer(page, prompt, "reveal", True)
    if not isinstance(prompt, Predict):
        fill(page, prompt, prompt.right)
    prompt.go_to(prompt.start)


def fill(page, prompt, grid):
    """Type a grid into the boxes of the page, hand it to Python, and check it in both."""
    for row, column in np.ndindex(*grid.shape):
        typed = repr(float(grid[row, column]))
        page.evaluate(
            """([row, column, typed]) => {
                 const grids = [...document.querySelectorAll('.grid')];
                 const find = grid => [...grid.querySelectorAll('.cell')];
                 const cell = grids.flatMap(find).find(one => one.panel.spec.id === 'cells'
                   && one.row === row && one.column === column);
                 cell.click();
                 const input = cell.querySelector('input');
                 input.value = typed;
                 input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
               }""",
            [row, column, typed],
        )
        prompt.answer(
            {"type": "edit", "panel": "cells", "row": row, "column": column, "value": typed, "stroke": "s"}
        )
    page.evaluate("new Promise(done => setTimeout(done))")
    both_answer(page, prompt, "check", True)


def test_what_a_question_holds_back_comes_with_the_answer(page):
    prompt = Predict("What is 1 + 1?", 2, "Count.")
    held = prompt.reveal("a line", "another line")
    told = open_in_book(page, prompt, held)
    assert "a line" not in json.dumps(told)
    assert Revealed.WAITING in page.locator(".cnnlab-stage").nth(1).inner_text()
    page.evaluate(ASK, ["typed", "3"])
    assert Revealed.WAITING in page.locator(".cnnlab-stage").nth(1).inner_text()
    page.evaluate(ASK, ["typed", "2"])
    page.wait_for_function("document.querySelectorAll('.cnnlab-stage')[1].innerText.includes('another line')")
