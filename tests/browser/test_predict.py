"""The prediction prompt, answered as learners do."""

import pytest

SETUP = "from importlib import reload\nfrom cnnlab.exercises import lesson02\nreload(lesson02).predict_ramp"


@pytest.fixture
def prompt(notebook):
    return notebook.run_all().scene().steady()


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
