"""What learners get wrong: the slips of predictions, the mistakes of exercises, and what shows them.

Both are taken from the code that answers the learners, so that the table holds whatever they can be told.
"""

import importlib
import re
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from cnnlab.exercises.causes import same
from cnnlab.exercises.engine import Exercise, written
from cnnlab.exercises.predict import Predict, PredictCells
from cnnlab.look import write_number

LONGEST = 150  # characters of a case: one that is longer is told by the shapes of its arrays


@dataclass(frozen=True)
class Misconception:
    """A wrong answer or function: where it comes up, what comes of it, and what is wrong with it."""

    name: str  # of the prediction or the exercise
    asked: str  # the question, or the call, that uncovers it
    wrong: str  # what is answered
    right: str  # what is right
    why: str  # what the learner is told


def of_lesson(number):
    """Return all misconceptions of a lesson, in the order of its code."""
    try:
        module = importlib.import_module(f"cnnlab.exercises.lesson{number}")
    except ModuleNotFoundError as error:
        if error.name != f"cnnlab.exercises.lesson{number}":
            raise
        return []  # a lesson without exercises
    found = []
    for name, one in vars(module).items():
        if isinstance(one, Predict | PredictCells):
            found += _slips(name, one)
        elif isinstance(one, Exercise):
            cases = one.cases
            rights = [np.asarray(one.solve(*deepcopy(case))) for case in cases]
            found += [_uncovered(name, cases, rights, why, twin) for why, twin in one.mistakes.items()]
    return found


def _slips(name, prompt):
    if isinstance(prompt, PredictCells):
        right = _cells(prompt.right, prompt.unit)
        return [
            Misconception(name, prompt.question, _cells(wrong, prompt.unit), right, why)
            for wrong, why in prompt.slips
        ]

    def answer(value):
        return value if prompt.choices else write_number(value, prompt.unit)

    right = answer(prompt.right)
    return [
        Misconception(name, prompt.question, answer(wrong), right, why) for wrong, why in prompt.slips.items()
    ]


def _uncovered(name, cases, rights, why, twin):
    """Return a mistake with the shortest of the cases in which it gives something else."""
    found = []
    for case, right in zip(cases, rights, strict=True):
        wrong = twin(*deepcopy(case))
        if not same(wrong, right):
            call = f"{name}({', '.join(_shown(one, LONGEST / len(case)) for one in case)})"
            found.append((call, *_results(np.asarray(wrong), right)))
    asked, wrong, right = min(found, key=lambda one: ("".join(one).count("<"), len("".join(one))))
    return Misconception(name, asked, wrong, right, why)


def _results(wrong, right):
    """Return a wrong and a right result as texts that differ; of large ones, the first number that does."""
    texts = tuple(_shown(one, LONGEST) for one in (wrong, right))
    tell = texts[0] != texts[1] and "<" not in "".join(texts)
    if tell or wrong.shape != right.shape or not right.size:
        return texts
    differ = np.argwhere(~np.isclose(wrong.astype(float), right.astype(float), equal_nan=True))
    if not len(differ):  # of another type
        return f"{texts[0]}, {wrong.dtype}", f"{texts[1]}, {right.dtype}"
    at = tuple(differ[0].tolist())
    place = f" at {list(at)}" if at else ""
    digits = next(count for count in range(4, 18) if written(wrong[at], count) != written(right[at], count))
    return f"{written(wrong[at], digits)}{place}", f"{written(right[at], digits)}{place}"


def _shown(value, most):
    """Return a value on one line; of a large array, only its shape."""
    is_array = isinstance(value, np.ndarray)
    text = re.sub(r"\s+", " ", repr(value) if isinstance(value, str) else written(value))
    if is_array and (value.size > 30 or len(text) > most):
        return f"<{' × '.join(map(str, value.shape))}>"
    return text if len(text) <= most else f"{text[: int(most) - 1]}…"


def _cells(grid, unit):
    return "; ".join(" ".join(write_number(value, unit) for value in row) for row in grid)
