"""The prediction prompt, answered as learners do."""

import pytest

from tests.helpers.lab import AXE

SETUP = "from importlib import reload\nfrom cnnlab.exercises import lesson02\nreload(lesson02).predict_ramp"


@pytest.fixture
def prompt(notebook):
    return notebook.run_all().scene().steady()


@pytest.fixture(scope="module")
def lesson18(open_shared):
    return open_shared(
        [
            "from importlib import reload\nfrom cnnlab.exercises import lesson18\nreload(lesson18)",
            "lesson18.predict_wins",
            'lesson18.predict_wins.reveal("scratch  0.866", "frozen   0.726")',
        ]
    )


@pytest.fixture
def choice(lesson18):
    """Return a prompt of three answers, and the scene that holds the result back."""
    lesson18.run_all()
    return lesson18.scene(0).steady(), lesson18.scene(1).steady()


@pytest.fixture(scope="module")
def lesson19(open_shared):
    setup = "from importlib import reload\nfrom cnnlab.exercises import lesson19\nreload(lesson19)"
    return open_shared([setup, "lesson19.predict_scores"])


@pytest.fixture
def boxes(lesson19):
    """Return a prompt of two boxes, each with its name."""
    return lesson19.run_all().scene().steady()


def axe_violations(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.cnnlab-stage').then(result => result.violations)")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def radio(prompt, name):
    return prompt.root.get_by_role("radio", name=name, exact=True)


def check(prompt):
    prompt.button("Check").click()
    prompt.steady()
    return prompt.root.locator(".feedback").inner_text()


def is_above(one, other):
    """Whether all of one element is shown above all of another, and read before it."""
    upper, lower = one.bounding_box(), other.bounding_box()
    before = one.evaluate(
        "(one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)",
        other.element_handle(),
    )
    return before and upper["y"] + upper["height"] <= lower["y"]


def answer(prompt, typed):
    prompt.control("Your answer").fill(typed)
    prompt.control("Your answer").press("Enter")
    prompt.steady()
    return prompt.root.locator(".feedback").inner_text()


def test_right_answer_is_explained(prompt):
    assert answer(prompt, "6").startswith("Yes. Each of the three rows gives")
    assert prompt.root.locator(".feedback").get_attribute("data-outcome") == "correct"


def test_known_slip_is_named_and_can_be_mended(prompt):
    assert "subtract only one 2" in answer(prompt, "10")
    assert prompt.button("Show me").is_enabled()
    assert answer(prompt, "6").startswith("Yes.")


def test_show_me_comes_after_a_try(prompt):
    assert prompt.button("Show me").is_disabled()
    assert answer(prompt, "7").startswith("Not yet.")
    prompt.button("Show me").click()
    prompt.steady()
    assert prompt.control("Your answer").input_value() == "6"
    assert "so the sum is 6" in prompt.root.locator(".feedback").inner_text()


def test_check_without_an_answer_says_so(prompt):
    prompt.button("Check").click()
    prompt.steady()
    assert "Type your answer first" in prompt.message.inner_text()


def test_check_button_takes_what_was_typed(prompt):
    prompt.control("Your answer").fill("6")
    prompt.button("Check").click()
    prompt.steady()
    assert prompt.root.locator(".feedback").inner_text().startswith("Yes.")
    assert prompt.message.is_hidden()


def test_nonsense_is_refused_and_kept_for_mending(prompt):
    prompt.control("Your answer").fill("six")
    prompt.control("Your answer").press("Enter")
    prompt.steady()
    assert "must be a number" in prompt.message.inner_text()
    assert prompt.root.locator(".feedback").is_hidden()


# --- the question, and what its boxes are called


def test_question_stands_above_the_box_and_names_the_group(prompt):
    question = prompt.root.locator(".question")
    assert question.inner_text().startswith("Predict: ")
    assert is_above(question, prompt.control("Your answer"))
    assert prompt.root.get_by_role("group", name=question.inner_text(), exact=True).count() == 1
    assert prompt.root.get_by_text("Your answer", exact=True).is_visible()


def test_question_stands_above_the_grid(boxes):
    assert is_above(boxes.root.locator(".question"), boxes.panel("Your answer"))


def test_every_box_has_its_name(boxes):
    for name in ("precision", "recall"):
        assert boxes.root.get_by_text(name, exact=True).is_visible()
        assert boxes.panel("Your answer").get_by_role("row", name=name).count() == 1


def test_named_boxes_are_filled_in_by_keyboard(boxes):
    boxes.cell("Your answer", 0, 0).click()
    for typed in ("0.6", "0.7"):
        boxes.page.keyboard.type(typed)
        boxes.page.keyboard.press("Enter")
        boxes.steady()
        boxes.page.keyboard.press("ArrowDown")
    assert check(boxes).startswith("Not yet. One cell is not right. Recall: ")


def test_nothing_moves_while_boxes_are_pointed_at(boxes):
    heights = set()
    for row in (0, 1):
        boxes.cell("Your answer", row, 0).hover()
        boxes.steady()
        heights.add(boxes.root.bounding_box()["height"])
    boxes.button("Check").hover()
    heights.add(boxes.root.bounding_box()["height"])
    assert len(heights) == 1


# --- answers to choose from


def test_answers_are_radio_buttons_in_a_named_group(choice):
    prompt, _ = choice
    group = prompt.root.get_by_role("group", name="Your answer", exact=True)
    assert group.get_by_role("radio").count() == 3
    assert group.get_by_role("radio", checked=True).count() == 0
    assert is_above(prompt.root.locator(".question"), group)


def test_choosing_is_no_answer_until_check(choice):
    prompt, _ = choice
    radio(prompt, "in 2 or fewer").click()
    prompt.steady()
    assert prompt.root.locator(".feedback").is_hidden()
    assert check(prompt).startswith("Yes. The frozen one hardly ever wins,")


def test_the_words_of_an_answer_can_be_clicked(choice):
    prompt, _ = choice
    prompt.root.get_by_text("in 3 to 9 of them", exact=True).click()
    prompt.steady()
    assert radio(prompt, "in 3 to 9 of them").is_checked()
    assert check(prompt).startswith("Not yet. It is a clearer matter than that.")


def test_check_without_a_choice_says_so(choice):
    prompt, _ = choice
    prompt.button("Check").click()
    prompt.steady()
    assert prompt.message.inner_text() == "Choose an answer first."


def test_choices_by_keyboard_alone(choice, lesson18):
    prompt, _ = choice
    cells = lesson18.cell_count
    first, second, third = (prompt.root.get_by_role("radio").nth(k) for k in range(3))
    first.focus()
    for key, chosen in (("Space", first), ("ArrowDown", second), ("ArrowDown", third), ("ArrowUp", second)):
        prompt.page.keyboard.press(key)
        prompt.steady()
        assert chosen.is_checked()
        assert chosen.evaluate("radio => radio === document.activeElement")
    prompt.page.keyboard.press("b")  # JupyterLab would insert a cell
    prompt.page.keyboard.press("ArrowDown")
    prompt.page.keyboard.press("Tab")
    prompt.page.keyboard.press("Enter")
    prompt.steady()
    assert prompt.root.locator(".feedback").inner_text().startswith("Yes.")
    assert lesson18.cell_count == cells


def test_fast_keys_end_on_the_last_choice(choice):
    prompt, _ = choice
    prompt.root.get_by_role("radio").first.focus()
    for _ in range(20):  # 20 steps on from the first of three: the third
        prompt.page.keyboard.press("ArrowDown")
    prompt.steady()
    assert prompt.root.get_by_role("radio").nth(2).is_checked()
    assert check(prompt).startswith("Yes.")


def test_a_choice_made_in_python_is_shown(choice, lesson18):
    prompt, _ = choice
    lesson18.execute("lesson18.predict_wins.set_control('typed', 'in 3 to 9 of them')")
    prompt.steady()
    prompt.root.locator(".radios input:checked").wait_for()
    assert radio(prompt, "in 3 to 9 of them").is_checked()


# --- what is held back


def test_nothing_is_told_before_an_answer(choice):
    _, result = choice
    assert "Answer the question above first" in result.root.inner_text()
    assert "0.866" not in result.root.inner_html()


def test_a_wrong_answer_leaves_the_question_open(choice):
    prompt, result = choice
    radio(prompt, "in 10 or more of the 12").click()
    assert check(prompt).startswith("Not yet.")
    assert "0.866" not in result.steady().root.inner_html()


def test_the_right_answer_shows_the_result(choice):
    prompt, result = choice
    radio(prompt, "in 2 or fewer").click()
    check(prompt)
    result.root.get_by_text("scratch  0.866").wait_for()
    lines = result.root.locator(".feedback").inner_text().split("\n")
    assert lines == ["scratch  0.866", "frozen   0.726"]
    assert "Answer the question" not in result.root.inner_text()
    gap = result.root.locator(".feedback").bounding_box()["y"] - result.root.bounding_box()["y"]
    assert gap < 20  # no room is kept for a board and a sentence that are not there


def test_prompts_are_accessible(choice, boxes):
    prompt, _ = choice
    radio(prompt, "in 2 or fewer").click()
    check(prompt)
    for page in (prompt.page, boxes.page):
        assert axe_violations(page) == []


def test_show_me_chooses_the_answer_and_shows_the_result(choice):
    prompt, result = choice
    radio(prompt, "in 3 to 9 of them").click()
    check(prompt)
    prompt.button("Show me").click()
    prompt.steady()
    assert radio(prompt, "in 2 or fewer").is_checked()
    result.root.get_by_text("scratch  0.866").wait_for()
