"""The exercises must be able to fail: every mistake is caught, told apart, and named."""

import contextlib
import importlib
import re
import time
from copy import deepcopy

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.exercises.causes import same
from cnnlab.exercises.engine import DRAWN, Exercise, exercise, quarters
from cnnlab.exercises.layers import LayerExercise
from cnnlab.exercises.sandbox import EndlessLoop, in_time, unchanged
from tests.helpers.exercises import EXERCISES


@pytest.fixture(params=EXERCISES.values(), ids=EXERCISES)
def each(request):
    return request.param


def results(each, function):
    return [np.asarray(function(*deepcopy(case))) for case in each.cases]


def test_there_are_exercises():
    assert len(EXERCISES) >= 3


def test_solution_is_correct(each):
    verdict = each.check(each.solve)
    assert verdict.state == "correct"
    assert verdict.picture is None


def test_starter_is_not_attempted(each):
    def starter(*arguments): ...

    def with_docstring(*arguments):
        """Say what it will do."""

    assert each.check(starter).state == "not attempted"
    assert each.check(with_docstring).state == "not attempted"


def test_every_mistake_is_rejected_with_its_own_message(each):
    assert len(each.mistakes) >= 6
    for message, twin in each.mistakes.items():
        verdict = each.check(twin)
        assert verdict.state == "not yet"
        assert verdict.message.startswith(message)


def test_cases_tell_all_mistakes_apart(each):
    outcomes = [results(each, twin) for twin in each.mistakes.values()]
    outcomes.append(results(each, each.solve))
    for i, mine in enumerate(outcomes):
        for other in outcomes[:i]:
            assert not all(same(a, b) for a, b in zip(mine, other, strict=True))


def test_drawn_cases_alone_never_give_one_mistake_the_name_of_another(each):
    drawn = slice(-DRAWN, None)
    right = results(each, each.solve)[drawn]
    outcomes = [results(each, twin)[drawn] for twin in each.mistakes.values()]
    outcomes = [mine for mine in outcomes if not all(map(same, mine, right))]  # seen by the chosen ones alone
    for i, mine in enumerate(outcomes):
        for other in outcomes[:i]:
            assert not all(map(same, mine, other))


def test_one_wrong_number_is_enough(each):
    """A result that is right but for one number on one case is not correct."""
    *_, last = each.cases

    def nearly(*arguments):
        right = np.array(each.solve(*arguments), dtype=float)
        if all(map(unchanged, arguments, last)):
            right.flat[-1] += 1
        return right

    verdict = each.check(nearly)
    assert verdict.state == "not yet"
    assert "should be" in verdict.message


def test_hints_go_on_to_the_last(each, capsys):
    fresh = Exercise(each.solve, each.cases, each.hints)
    for _ in range(len(each.hints) + 2):
        fresh.hint()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == each.hints + each.hints[-1:] * 2


def test_solution_can_be_shown(each, capsys):
    each.solution()
    shown = capsys.readouterr().out
    if isinstance(each, LayerExercise):
        name = re.match(r"class (\w+)\(nn\.Layer\):\n    ", shown)[1]
    else:
        name = each.solve.__name__
        assert shown.startswith(f"def {name}({', '.join(each.takes)}):\n    ")
    assert "@exercise" not in shown
    namespace = vars(importlib.import_module(each.solve.__module__)).copy()
    exec(shown, namespace)  # it is all there, and clean
    assert each.check(namespace[name]).state == "correct"


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
        (lambda image, kernel, stride: np.zeros((9, 1)), "The shape should be (1, 2), yours is (9, 1)."),
        (lambda image, kernel, stride: slide.solve(image, kernel, stride) * np.nan, "nan"),
        (change_the_input, "changes its input"),
        (loop_for_ever, "stopped after"),
        (stubborn_loop, "stopped after"),
    ],
)
def test_every_way_to_fail_has_its_message(function, message, monkeypatch):
    monkeypatch.setattr("cnnlab.exercises.sandbox.SECONDS", 0.3)
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
    def wrong_rank(image, weight, bias, padding):
        return np.linalg.solve(image, weight[0]) + bias

    message = EXERCISES["lesson03-conv_layer"].check(wrong_rank).message
    assert 'in the line "return np.linalg.solve(image, weight[0]) + bias"' in message


def test_large_arrays_are_not_written_out():
    verdict = slide.check(lambda image, kernel, stride: np.zeros((50, 50)))
    assert "yours gives an array of shape (50, 50)" in verdict.message


def test_a_function_that_stops_on_a_later_case_is_told_what_it_did_wrong_before():
    def wrapped(image, down, right):
        out = np.zeros_like(image)
        for row, column in np.ndindex(image.shape):
            if row - down < image.shape[0] and column - right < image.shape[1]:
                out[row, column] = image[row - down, column - right]
        return out

    message = EXERCISES["lesson15-move"].check(wrapped).message
    assert message.startswith("A negative index counts from the other end")
    assert "stopped with IndexError" in message


def test_a_mistake_is_named_only_if_no_other_gives_the_same():
    def soon_over(size, kernel, stride, padding):
        if (size, kernel) != (4, 2):
            raise ValueError("too many")
        return 2

    message = EXERCISES["lesson03-output_size"].check(soon_over).message
    assert message.startswith("output_size(4, 2, 1, 0) should be 3; yours gives 2.\n")
    assert "stopped with ValueError: too many" in message


def test_a_list_that_was_changed_is_noticed_and_does_not_spoil_the_cases():
    field = EXERCISES["lesson07-receptive_field"]
    before = deepcopy(field.cases)

    def reverse(layers):
        layers.reverse()
        return field.solve(layers[::-1])

    assert "changes its input" in field.check(reverse).message
    assert field.cases == before
    assert field.check(field.solve).state == "correct"


def by_python(x):
    for _ in range(4):
        x = 2 * x - 4 * (x - 0.5) * (x > 0.5)
    return x


def with_builtin(x):
    for _ in range(4):
        x = 1 - abs(2 * x - 1) + 0 * ops.relu(x)
    return x


def by_default(x, size=np.abs):
    for _ in range(4):
        x = 1 - size(2 * x - 1) + 0 * ops.relu(x)
    return x


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (by_python, "The results are right, but this exercise asks you to use ops.relu."),
        (with_builtin, "This exercise asks you to do without abs."),
        (by_default, "This exercise asks you to do without numpy.abs"),
    ],
)
def test_what_the_text_asks_to_use_and_to_do_without_is_looked_for(function, message):
    verdict = EXERCISES["lesson05-teeth"].check(function)
    assert verdict.state == "not yet"
    assert verdict.message.startswith(message)


def test_what_is_asked_for_may_go_by_any_name():
    bends = {"bend": ops.relu}

    def fold(x, bend=bends["bend"]):
        return 2 * x - 4 * bend(x - 0.5)

    assert EXERCISES["lesson05-teeth"].check(lambda x: fold(fold(fold(fold(x))))).state == "correct"


# --- Declarations -------------------------------------------------------------------------------------------


def twice(x):
    return 2 * x


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cases": (1, 2)}, TypeError, "cases must be a list of tuples, got tuple"),
        ({"cases": [1, 2]}, TypeError, "cases of twice must be a list of tuple"),
        ({"cases": []}, ValueError, "cases of twice must not be empty"),
        ({"cases": [(1, 2)]}, ValueError, r"cases of twice must be \(x\), got \(1, 2\)"),
        ({"hints": "Try"}, TypeError, "hints of twice must be a list of str, got 'Try'"),
        ({"hints": []}, ValueError, "hints of twice must not be empty"),
        ({"hints": [1]}, TypeError, "hints of twice must be a list of str"),
        ({"draw": 3}, TypeError, "draw must be a function of a random generator, got int"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(options, error, message):
    with pytest.raises(error, match=f"exercise: {message}"):
        exercise(**{"cases": [(1,)], "hints": ["Try."]} | options)(twice)


def test_a_mistake_has_a_message_of_its_own_and_takes_what_the_solution_takes():
    declared = exercise(cases=[(1,)], hints=["Try."])(twice)
    declared.mistake("You add nothing.")(lambda x: x)
    for message in ("You add nothing.", "", 7):
        with pytest.raises(ValueError, match=r"twice\.mistake: message must be a sentence that no"):
            declared.mistake(message)
    for twin in (lambda: 0, lambda x, y: x, 7):
        with pytest.raises((TypeError, ValueError), match=r"twice\.mistake|callable"):
            declared.mistake("Another.")(twin)
    assert list(declared.mistakes) == ["You add nothing."]


def test_no_exercise_changes_the_cases_of_another():
    """Its name alone seeds its cases: declared twice, and after others, it draws the same."""

    def draw(rng):
        return (quarters(rng, 3),)

    first = exercise(cases=[(1,)], hints=["Try."], draw=draw)(twice)
    np.random.default_rng(0).random(7)
    exercise(cases=[(1,)], hints=["Try."], draw=draw)(lambda x: x)
    again = exercise(cases=[(1,)], hints=["Try."], draw=draw)(twice)
    assert len(first.cases) == 1 + DRAWN
    for one, other in zip(first.cases, again.cases, strict=True):
        np.testing.assert_array_equal(one[0], other[0])


SQUARE = {"lesson19-suppress": "how far each box overlaps each other"}
NOT_NEGATIVE = {
    "lesson05-teeth": "from 0 to 1, where the curve is asked for",
    "lesson12-batch": "numbers of images",
    "lesson14-recall": "labels",
    "lesson14-center": "ink from 0 to 1",
    "lesson19-suppress": "overlaps and scores from 0 to 1",
    "lesson21-count_leaks": "rows and columns of a photograph",
}


@pytest.mark.parametrize("name", EXERCISES)
def test_cases_have_negative_numbers_and_arrays_that_are_not_square(name):
    arrays = [item for case in EXERCISES[name].cases for item in case if isinstance(item, np.ndarray)]
    grids = [array for array in arrays if array.ndim > 1]
    if grids:
        assert any(grid.shape[-1] != grid.shape[-2] for grid in grids) == (name not in SQUARE)
    if arrays:
        assert any((array < 0).any() for array in arrays) == (name not in NOT_NEGATIVE)
