"""Predictions: fair to every spelling, exact about every slip, silent about the answer until it is due."""

import importlib
import json
import pkgutil
import re

import numpy as np
import pytest

import cnnlab.exercises
from cnnlab.exercises import lesson14
from cnnlab.exercises.predict import Predict, PredictCells

SLIPS = {5: "Divide by nine.", "−5/9": "Mind the sign."}
BECAUSE = "Seven minus two is five ninths."

# Every prediction of every lesson.
PREDICTIONS = {
    f"{module.name}-{name}": value
    for module in pkgutil.iter_modules(cnnlab.exercises.__path__)
    for name, value in vars(importlib.import_module(f"cnnlab.exercises.{module.name}")).items()
    if isinstance(value, Predict)
}


def ninths():
    return Predict("How much is it?", 5 / 9, BECAUSE, slips=SLIPS, unit=9)


def press(prompt, id, value=True):
    prompt.answer({"type": "control", "id": id, "value": value})


def control(prompt, id):
    return next(control for control in prompt.picture.controls if control.id == id)


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        (5 / 9, "5/9"),
        (5 / 9, " 10/18 "),
        (5 / 9, "0.56"),
        (5 / 9, "0.55"),
        (5 / 9, ".5556"),
        (-1, "−1"),
        (-1, "-1"),
        (-1, "-1.0"),
        (0.5, "0,5"),
        ("1/2", "1/2"),
        (24, "24"),
    ],
)
def test_right_in_any_spelling(answer, typed):
    prompt = Predict("How much is it?", answer, BECAUSE)
    press(prompt, "typed", typed)
    assert prompt.state.outcome == "correct"
    assert BECAUSE in prompt.picture.feedback
    assert control(prompt, "typed").value == typed


@pytest.mark.parametrize(
    ("typed", "said"), [("5", "Divide by nine."), ("−0.56", "Mind the sign."), ("-5/9", "Mind the sign.")]
)
def test_slip_gets_its_message(typed, said):
    prompt = ninths()
    press(prompt, "typed", typed)
    assert prompt.state.outcome == "not yet"
    assert said in prompt.picture.feedback


@pytest.mark.parametrize("typed", ["0.57", "0.54", "0", "4.9", "1e5"])
def test_any_other_number_is_not_yet_right(typed):
    prompt = ninths()
    press(prompt, "typed", typed)
    assert prompt.state.outcome == "not yet"
    assert prompt.picture.feedback
    assert not any(said in prompt.picture.feedback for said in (*SLIPS.values(), BECAUSE))


@pytest.mark.parametrize("typed", ["five", "1/0", "nan", "inf", "5/9/2"])
def test_what_is_no_number_is_refused(typed):
    prompt = ninths()
    with pytest.raises(ValueError, match=f"Your answer must be a .*number.*, got '{typed}'"):
        press(prompt, "typed", typed)
    assert prompt.state.outcome == "not answered"


def test_check_of_nothing_is_refused():
    prompt = ninths()
    with pytest.raises(ValueError, match="Type your answer first"):
        press(prompt, "check")
    press(prompt, "typed", " ")
    assert prompt.state.outcome == "not answered"
    press(prompt, "typed", "5/9")
    press(prompt, "check")  # the field was sent when it lost the focus
    assert prompt.state.outcome == "correct"


def test_reveal_is_offered_after_a_wrong_attempt_only():
    prompt = ninths()
    assert not control(prompt, "reveal").enabled
    press(prompt, "typed", "5")
    assert control(prompt, "reveal").enabled
    press(prompt, "reveal")
    assert (control(prompt, "typed").value, prompt.picture.feedback) == ("5/9", BECAUSE)
    assert prompt.state.outcome == "shown"
    assert not control(prompt, "reveal").enabled
    press(prompt, "typed", "0.56")
    assert not control(prompt, "reveal").enabled


def test_stand_ins_say_not_answered_and_no_answer():
    data, _ = ninths()._repr_mimebundle_()
    assert data["text/plain"] == repr(ninths())
    assert "How much is it?" in repr(ninths())
    assert "not answered" in repr(ninths())
    for secret in ("5/9", "0.5", BECAUSE, *SLIPS.values()):
        assert secret not in repr(ninths())


def test_confirm_says_only_that_it_agrees(capsys):
    prompt = ninths()
    prompt.confirm(5 / 9)
    said = capsys.readouterr().out
    assert "agrees" in said
    assert not any(digit in said for digit in "0123456789")
    for other in (5, 0.57, float("nan")):
        with pytest.raises(ValueError, match=f"confirm: computed {other}"):
            prompt.confirm(other)
    assert prompt.state.outcome == "not answered"


@pytest.mark.parametrize(
    ("answer", "slips", "message"),
    [
        ("five", None, "Predict: answer must be a number .*, got 'five'"),
        (float("nan"), None, "Predict: answer must be a finite number"),
        (1, {"one": "Why?"}, "Predict: slips must be a number .*, got 'one'"),
        (5 / 9, {"0.56": "Why?"}, "Predict: slips must differ from the answer"),
        (5 / 9, {5: "Why?", 0.553: "Why?"}, "Predict: slips must differ from the answer"),
    ],
)
def test_a_prompt_that_cannot_be_fair_is_refused(answer, slips, message):
    with pytest.raises(ValueError, match=message):
        Predict("How much is it?", answer, BECAUSE, slips=slips)


# --- Answers to choose from ---------------------------------------------------------------------------------

CHOICES = ("red", "green", "blue")


def colors():
    slips = {"red": "That is stop.", "blue": "That is the sky."}
    return Predict("Which light means go?", "green", BECAUSE, slips=slips, choices=CHOICES)


def test_choices_are_written_out_as_radio_buttons():
    group = control(colors(), "typed")
    assert (group.kind, group.options, group.value) == ("radio", CHOICES, "")
    assert repr(colors()) == "Predict: Which light means go?\n○ red\n○ green\n○ blue\n(not answered)"


def test_choice_is_judged_by_check_alone():
    prompt = colors()
    press(prompt, "typed", "green")
    assert (prompt.state.outcome, prompt.picture.feedback) == ("not answered", "")
    press(prompt, "check")
    assert (prompt.state.outcome, prompt.picture.feedback) == ("correct", f"Yes. {BECAUSE}")
    press(prompt, "typed", "red")  # what was said of the choice before no longer holds
    assert (prompt.state.outcome, prompt.picture.feedback) == ("not answered", "")
    press(prompt, "check")
    assert (prompt.state.outcome, prompt.picture.feedback) == ("not yet", "Not yet. That is stop.")
    press(prompt, "reveal")
    assert (control(prompt, "typed").value, prompt.state.outcome) == ("green", "shown")


def test_check_without_a_choice_is_refused():
    with pytest.raises(ValueError, match="Choose an answer first"):
        press(colors(), "check")


@pytest.mark.parametrize("value", ["yellow", "", 1, None, ["green"]])
def test_what_is_no_choice_is_refused(value):
    prompt = colors()
    with pytest.raises(ValueError, match=r"Your answer must be one of \('red', 'green', 'blue'\), got"):
        press(prompt, "typed", value)
    assert prompt.state.typed == ""


def test_confirm_takes_the_choice_or_its_place(capsys):
    prompt = colors()
    for right in ("green", 1, np.argmax([0, 1, 0])):
        prompt.confirm(right)
    said = capsys.readouterr().out
    assert said.count("agrees") == 3
    assert "green" not in said
    for wrong in ("red", 0, 2, 3, "yellow"):
        with pytest.raises(ValueError, match=f"confirm: computed {wrong}"):
            prompt.confirm(wrong)


@pytest.mark.parametrize(
    ("answer", "slips", "message"),
    [
        ("yellow", {}, "answer must be one of the choices"),
        (1, {}, "answer must be one of the choices"),
        ("green", {"red": "Why?"}, "slips must be all choices but the answer 'green'"),
        ("green", {"red": "Why?", "green": "Why?"}, "slips must be all choices but the answer 'green'"),
    ],
)
def test_choices_that_cannot_be_fair_are_refused(answer, slips, message):
    with pytest.raises(ValueError, match=message):
        Predict("Which?", answer, BECAUSE, slips=slips, choices=CHOICES)


# --- What the answer is shown by ----------------------------------------------------------------------------

SECRET = "scratch  0.866"


def holds(scene, text):
    """Whether a text is anywhere in what the browser gets of a scene, or in what a notebook stores of it."""
    data, _ = scene._repr_mimebundle_()
    return text in json.dumps([scene.get_state(), data["text/plain"]], default=str, ensure_ascii=False)


def test_result_is_held_back_until_the_right_answer():
    prompt = ninths()
    result = prompt.reveal(SECRET, "frozen   0.726")
    assert not holds(result, SECRET)
    assert not holds(prompt, SECRET)
    assert repr(result) == "Answer the question above first; then the result stands here."
    press(prompt, "typed", "5")  # wrong: a hint, and another try
    assert not holds(result, SECRET)
    press(prompt, "typed", "5/9")
    assert repr(result) == f"{SECRET}\nfrozen   0.726"
    assert holds(result, SECRET)
    assert result.picture.outcome == "revealed"


def test_show_me_reveals_and_another_answer_hides_nothing():
    prompt = ninths()
    result = prompt.reveal(SECRET)
    press(prompt, "typed", "5")
    press(prompt, "reveal")
    press(prompt, "typed", "7")
    assert holds(result, SECRET)


def test_result_of_an_answered_prompt_is_shown_at_once():
    prompt = ninths()
    press(prompt, "typed", "5/9")
    assert holds(prompt.reveal(SECRET), SECRET)


def test_choosing_reveals_nothing_before_check():
    prompt = colors()
    result = prompt.reveal(SECRET)
    press(prompt, "typed", "green")
    assert not holds(result, SECRET)
    press(prompt, "check")
    assert holds(result, SECRET)


# --- Grids of boxes -----------------------------------------------------------------------------------------


def scores():
    slips = [([[0.75, 0.6]], "The other way round.")]
    names = ("precision", "recall")
    return PredictCells("How large are they?", [[0.6, 0.75]], BECAUSE, names=names, slips=slips)


def fill(prompt, *typed):
    for row, text in enumerate(typed):
        prompt.answer(
            {"type": "cell", "panel": "cells", "row": row, "column": 0, "value": text, "stroke": None}
        )


def test_question_stands_above_what_is_asked():
    for prompt in (ninths(), colors(), scores()):
        assert prompt.picture.question == f"Predict: {prompt.question}"
        assert not prompt.picture.text


def test_each_number_of_a_named_row_has_its_box_and_name():
    prompt = scores()
    boxes = prompt.picture.panel("cells")
    assert (boxes.shape, boxes.names) == ((2, 1), ("precision", "recall"))
    fill(prompt, "0.75")
    with pytest.raises(ValueError, match="Fill in every cell first: recall is empty"):
        press(prompt, "check")
    fill(prompt, "0.75", "0.75")
    press(prompt, "check")
    assert prompt.state.feedback == "Not yet. One cell is not right. Precision: The other way round."
    fill(prompt, "0.6", "0.75")
    press(prompt, "check")
    assert prompt.state.outcome == "correct"


def test_named_row_is_confirmed_as_a_row(capsys):
    scores().confirm([[0.6, 0.75]])
    assert "agrees" in capsys.readouterr().out
    for wrong in ([[0.75, 0.6]], [0.6, 0.75], [[0.6, 0.75, 1]]):
        with pytest.raises(ValueError, match="confirm: "):
            scores().confirm(wrong)


def test_grid_holds_back_and_reveals_too():
    prompt = scores()
    result = prompt.reveal(SECRET)
    fill(prompt, "1", "1")
    press(prompt, "check")
    assert not holds(result, SECRET)
    press(prompt, "reveal")
    assert holds(result, SECRET)


def test_mistakes_of_a_network_are_read_before_they_are_told():
    prompt = lesson14.read_the_mistakes(np.array([8, 4]), np.array([1, 9]))
    assert prompt.picture.panel("cells").names == ("picture 1", "picture 2")
    fill(prompt, "8", "9")
    press(prompt, "check")
    assert "Picture 2: That is what the network takes it for, too." in prompt.state.feedback
    fill(prompt, "8", "5")
    press(prompt, "check")
    assert "Picture 2: The label is another" in prompt.state.feedback
    fill(prompt, "8", "4")
    press(prompt, "check")
    assert prompt.state.outcome == "correct"


# --- Every prediction of every lesson -----------------------------------------------------------------------


@pytest.fixture(params=PREDICTIONS.values(), ids=PREDICTIONS)
def prompt(request):
    """Return a fresh copy: the lesson's own prompt must stay unanswered."""
    given = request.param
    options = {"slips": given.slips, "unit": given.unit, "choices": given.choices}
    return Predict(given.question, given.right, given.because, **options)


def test_lessons_have_predictions():
    assert len(PREDICTIONS) >= 5


def test_the_browser_is_not_told_before_an_answer(prompt):
    state = json.dumps(prompt.get_state(), default=str, ensure_ascii=False)
    assert prompt.question in json.loads(state)["_picture"]["question"]
    for secret in (prompt.because, *prompt.slips.values()):
        assert json.dumps(secret, ensure_ascii=False)[1:-1] not in state


def test_every_slip_of_a_lesson_is_recognised(prompt):
    assert len(prompt.slips) >= (len(prompt.choices) - 1 or 2)
    for wrong, why in prompt.slips.items():
        press(prompt, "typed", wrong if prompt.choices else repr(wrong))
        press(prompt, "check")
        assert prompt.state.outcome == "not yet"
        assert why in prompt.state.feedback
    press(prompt, "reveal")
    press(prompt, "typed", control(prompt, "typed").value)
    press(prompt, "check")
    assert prompt.state.outcome == "correct"


def test_no_question_asks_for_the_number_of_an_answer(prompt):
    assert not re.search(r"\b[Tt]ype \d|\(2\)|\b[01]: |[Tt]ype its number", prompt.question)
