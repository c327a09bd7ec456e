"""Predictions: fair to every spelling, exact about every slip, silent about the answer until it is due."""

import importlib
import json
import pkgutil

import pytest

import cnnlab.exercises
from cnnlab.exercises.predict import Predict

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
