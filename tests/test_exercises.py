"""The exercises must be able to fail: every mutant is caught, told apart, and named."""

import contextlib
import importlib
import pkgutil
import time

import numpy as np
import pytest

import cnnlab.exercises
from cnnlab.exercises.engine import EndlessLoop, Exercise, copies, in_time, same

LESSONS = [
    module.name for module in pkgutil.iter_modules(cnnlab.exercises.__path__) if module.name != "engine"
]
EXERCISES = {
    f"{lesson}-{name}": value
    for lesson in LESSONS
    for name, value in vars(importlib.import_module(f"cnnlab.exercises.{lesson}")).items()
    if isinstance(value, Exercise)
}


@pytest.fixture(params=EXERCISES.values(), ids=EXERCISES)
def exercise(request):
    return request.param


def results(exercise, function):
    return [np.asarray(function(*copies(case))) for case in exercise.cases]


def test_there_are_exercises():
    assert len(EXERCISES) >= 3


def test_solution_is_correct(exercise):
    verdict = exercise.check(exercise.solve)
    assert verdict.state == "correct"
    assert verdict.picture is None


def test_starter_is_not_attempted(exercise):
    def starter(*arguments): ...

    def with_docstring(*arguments):
        """Say what it will do."""

    assert exercise.check(starter).state == "not attempted"
    assert exercise.check(with_docstring).state == "not attempted"


def test_every_mutant_is_rejected_with_its_own_message(exercise):
    messages = [mutant.message for mutant in exercise.mutants]
    assert len(set(messages)) == len(messages) >= 6
    for mutant in exercise.mutants:
        verdict = exercise.check(mutant.function)
        assert verdict.state == "not yet"
        assert verdict.message.startswith(mutant.message)


def test_cases_tell_all_mutants_apart(exercise):
    outcomes = [results(exercise, mutant.function) for mutant in exercise.mutants]
    outcomes.append(results(exercise, exercise.solve))
    for i, mine in enumerate(outcomes):
        for other in outcomes[:i]:
            assert not all(same(a, b) for a, b in zip(mine, other, strict=True))


def test_one_wrong_number_is_enough(exercise):
    """A result that is right but for one number on one case is not correct."""
    *_, last = exercise.cases

    def nearly(*arguments):
        right = np.array(exercise.solve(*arguments), dtype=float)
        if all(np.array_equal(a, b) for a, b in zip(arguments, last, strict=True)):
            right.flat[-1] += 1
        return right

    verdict = exercise.check(nearly)
    assert verdict.state == "not yet"
    assert "should be" in verdict.message


def test_hints_go_on_to_the_last(exercise, capsys):
    fresh = Exercise(exercise.solve, exercise.cases, exercise.mutants, exercise.hints)
    for _ in range(len(exercise.hints) + 2):
        fresh.hint()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == exercise.hints + exercise.hints[-1:] * 2


def test_solution_can_be_shown(exercise, capsys):
    exercise.solution()
    assert f"def {exercise.solve.__name__}(" in capsys.readouterr().out


slide = EXERCISES["lesson02-slide"]


def loop_for_ever(image, kernel, stride):
    while True:
        pass


def stubborn_loop(image, kernel, stride):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.001)


def change_the_input(image, kernel, stride):
    image[:] = 0
    return slide.solve(image, kernel, stride)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda image, kernel, stride: print(end=""), "returns None"),
        (lambda image, kernel, stride: image[99], "IndexError"),
        (lambda image: image, "TypeError"),
        (lambda image, kernel, stride: "nine", "should return numbers, it returns str"),
        (lambda image, kernel, stride: [[1, 2], [3]], "should return numbers, it returns list"),
        (lambda image, kernel, stride: image[:1], "view of the input"),
        (lambda image, kernel, stride: np.zeros((9, 1)), "The shape should be (1, 2), yours is (9, 1)."),
        (lambda image, kernel, stride: slide.solve(image, kernel, stride) * np.nan, "nan"),
        (change_the_input, "changes its input"),
        (loop_for_ever, "stopped after"),
        (stubborn_loop, "stopped after"),
    ],
)
def test_every_way_to_fail_has_its_message(function, message, monkeypatch):
    monkeypatch.setattr("cnnlab.exercises.engine.SECONDS", 0.3)
    verdict = slide.check(function)
    assert verdict.state == "not yet"
    assert message in verdict.message


def test_not_a_function():
    assert "your function itself" in slide.check(3).message


def test_difference_is_drawn():
    verdict = slide.check(lambda image, kernel, stride: -slide.solve(image, kernel, stride))
    assert [panel.title for panel in verdict.picture.panels] == ["Yours", "Right", "Difference"]
    assert "<img alt=" in verdict._repr_html_()


def test_messages_cannot_carry_markup():
    def crash(image, kernel, stride):
        raise ValueError("<script>")

    assert "<script>" not in slide.check(crash)._repr_html_()


def test_in_time_returns_and_raises():
    assert in_time(lambda a: a + 1, (1,)) == 2
    with pytest.raises(ZeroDivisionError):
        in_time(lambda a: a / 0, (1,))
    with pytest.raises(EndlessLoop):
        in_time(loop_for_ever, (1, 2, 3), seconds=0.1)


def test_an_error_quotes_the_learners_own_line():
    from cnnlab import ops

    def wrong_rank(image, kernel, bias):
        return ops.correlate2d(image, kernel) + bias

    message = EXERCISES["lesson02-filter_channels"].check(wrong_rank).message
    assert 'in the line "return ops.correlate2d(image, kernel) + bias"' in message


def test_large_arrays_are_not_written_out():
    verdict = slide.check(lambda image, kernel, stride: np.zeros((50, 50)))
    assert "yours gives an array of shape (50, 50)" in verdict.message
