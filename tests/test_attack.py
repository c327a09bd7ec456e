"""The checkers cannot be fooled: right functions pass, wrong ones are told why, hostile ones do no harm.

The functions are those of ``tests/attack``, written by people who had read the lessons and not the checkers.
"""

import importlib
import inspect
import pkgutil
import re
from collections import Counter

import pytest

import tests.attack
from cnnlab.exercises import sandbox
from tests.attack import hostile
from tests.helpers.exercises import EXERCISES

LEAST = {"right": 3, "wrong": 6}  # of an exercise
NAMED = 0.6  # the share of the wrong ones that must be told their cause


def attacks():
    """Return all functions of the attack: exercise, kind, and the function, by its full name."""
    found = {}
    for module in pkgutil.iter_modules(tests.attack.__path__):
        if not module.name.startswith("lesson"):
            continue
        functions = vars(importlib.import_module(f"tests.attack.{module.name}"))
        for name, function in functions.items():
            match = re.fullmatch(r"(\w+)_(right|wrong)_\d+", name)
            if match and callable(function):
                found[f"{module.name}-{name}"] = f"{module.name}-{match[1]}", match[2], function
    return found


ATTACKS = attacks()


def verdict(exercise, function):
    """Return what a fresh look at a function finds; nothing is kept of it."""
    return EXERCISES[exercise].judge(function)


def is_named(found, exercise):
    """Whether a verdict says what went wrong, and not only that it did, or in which shape."""
    call = f"{EXERCISES[exercise].solve.__name__}("
    return not found.message.startswith((call, "The shape should be"))


@pytest.mark.parametrize("name", ATTACKS)
def test_right_is_accepted_and_wrong_is_not(name):
    exercise, kind, function = ATTACKS[name]
    found = verdict(exercise, function)
    assert found.state == {"right": "correct", "wrong": "not yet"}[kind], f"{function.__doc__}: {found}"


def test_most_of_the_wrong_ones_are_told_their_cause():
    wrong = {name: attack for name, attack in ATTACKS.items() if attack[1] == "wrong"}
    named = [
        name
        for name, (exercise, _, function) in wrong.items()
        if is_named(verdict(exercise, function), exercise)
    ]
    share = len(named) / len(wrong)
    print(f"{len(named)} of {len(wrong)} wrong functions are told their cause: {share:.0%}")
    assert share >= NAMED, sorted(set(wrong) - set(named))


def test_every_exercise_is_attacked():
    counts = Counter((exercise, kind) for exercise, kind, _ in ATTACKS.values())
    missing = [(name, kind) for name in EXERCISES for kind in LEAST if counts[name, kind] < LEAST[kind]]
    assert missing == []


def told(exercise):
    """Return what an exercise is made of, in words; where in memory its objects lie is left out."""
    return re.sub(r" at 0x\w+", "", repr(exercise.cases)), tuple(exercise.mistakes), exercise.without


@pytest.mark.parametrize("exercise", EXERCISES)
def test_hostile_functions_do_no_harm(exercise, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    each = EXERCISES[exercise]
    before = told(each)
    for function in hostile.ALL:
        found = verdict(exercise, function)
        assert found.state == "not yet", function.__name__
        assert found.message, function.__name__
    assert told(each) == before
    assert verdict(exercise, each.solve).state == "correct"


def test_wrong_functions_say_what_is_wrong_with_them():
    for name, (_, kind, function) in ATTACKS.items():
        if kind == "wrong":
            assert inspect.getdoc(function), name
