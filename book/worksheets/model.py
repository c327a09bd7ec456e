"""What a worksheet is: tasks, their questions as plain data, and who gets which.

A task is a kind of question: a function that draws one with numbers of its own. Each task has a pool of
``POOL`` questions, always the same ones. A sheet takes one question of each task of a lesson; which, follows
from the seed and the number of the variant, by whole numbers of 32 bits, so that a browser deals the same.
"""

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

POOL = 97  # a prime: any step but 0 leads through all of a pool before a question comes again
SEEDS = 2**31
LARGEST = 99  # of a numerator and of a whole number, in any answer
DENOMINATOR = 16
DRAWS = 20_000  # a task whose numbers are refused this often is an error
BITS = 0xFFFFFFFF


class WorksheetError(ValueError):
    """What was asked for and cannot be made, in words."""


@dataclass(frozen=True)
class Question:
    """One question, as plain data.

    Parameters
    ----------
    blocks : list of dict
        What a learner sees, in order: ``{"text": sentence}``; ``{"grids": [{"caption": …, "rows": …}, …]}``,
        grids beside each other, whose cells are texts, or None for a box to fill in; ``{"boxes":
        [label, …]}``, a box behind each label. Nothing else, and no answer.
    answers : list of str
        What goes into the boxes, in the order in which these stand.
    working : str
        One line that tells how the answer comes about, or an empty one.
    """

    blocks: list
    answers: list
    working: str = ""

    @property
    def text(self):
        """The blocks as one text, which tells questions apart."""
        return json.dumps(self.blocks, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Task:
    """A kind of question: its ``number`` in its lesson never changes, as its numbers are drawn by it."""

    lesson: int
    number: int
    title: str
    draw: object
    space: int  # millimeters to write in

    @property
    def pool(self):
        """The questions of this task."""
        return _pool(self)


TASKS = []


def task(lesson, number, title, *, space=16):
    """Declare a function that draws a question of a lesson.

    The function takes a ``numpy.random.Generator`` and returns a ``Question``, or None where the numbers it
    has drawn make a bad one: then it is asked again.
    """

    def declared(draw):
        if any((one.lesson, one.number) == (lesson, number) for one in TASKS):
            raise ValueError(f"task: lesson {lesson} has a task {number} already")
        TASKS.append(Task(lesson, number, title, draw, space))
        return draw

    return declared


@cache
def _pool(task):
    questions, seen = [], set()
    for instance in range(POOL):
        rng = np.random.default_rng([task.lesson, task.number, instance])
        for _ in range(DRAWS):
            question = task.draw(rng)
            if question and question.text not in seen and all(map(is_simple, question.answers)):
                break
        else:
            raise RuntimeError(f"lesson {task.lesson:02}, {task.title!r}: no question {instance} was found")
        seen.add(question.text)
        questions.append(question)
    return tuple(questions)


def is_simple(answer):
    """Say whether an answer is a word, a whole number of two digits, or a simple fraction.

    Examples
    --------
    >>> is_simple("−7/9"), is_simple("100"), is_simple("1/17"), is_simple("ln 4"), is_simple("2.5")
    (True, False, False, True, True)
    """
    numbers = re.findall(r"(\d+)(?:\.\d+)?(?:/(\d+))?", answer)
    return all(int(top) <= LARGEST and int(below or 1) <= DENOMINATOR for top, below in numbers)


def tasks_of(lesson):
    """Return the tasks of a lesson, in order."""
    return sorted((one for one in TASKS if one.lesson == lesson), key=lambda one: one.number)


def lessons():
    """Return the numbers of the lessons that have tasks."""
    return sorted({one.lesson for one in TASKS})


# --- how numbers are written


def fraction(value, most=1000):
    """Return a number that is one as a ``Fraction``: floats are what computing has left of it."""
    found = Fraction(float(value)).limit_denominator(most)
    if abs(found - Fraction(float(value))) > Fraction(1, 10**9):
        raise ValueError(f"fraction: {value!r} is no simple fraction")
    return found


def written(value):
    """Return a number as learners see it: a whole number or a fraction in lowest terms.

    Examples
    --------
    >>> written(-2.0), written(-0.75), written(0.0)
    ('−2', '−3/4', '0')
    """
    return str(fraction(value)).replace("-", "−")


def signed(value):
    """Return a number for the middle of a sum or product: in parentheses, if negative."""
    return f"({written(value)})" if value < 0 else written(value)


def rows(matrix):
    """Return a matrix as the rows of a grid."""
    return [[written(number) for number in row] for row in np.atleast_2d(matrix)]


def empty(shape):
    """Return the rows of a grid of boxes."""
    return [[None] * shape[1] for _ in range(shape[0])]


def flat(matrix):
    """Return the numbers of an array as answers, row by row."""
    return [written(number) for number in np.ravel(matrix)]


def text(sentence):
    """Return a sentence as a block."""
    return {"text": sentence}


def grids(**captioned):
    """Return grids beside each other as a block; an underscore in a name is a space in its caption."""
    return {"grids": [{"caption": key.replace("_", " "), "rows": value} for key, value in captioned.items()]}


def boxes(*labels):
    """Return a row of boxes as a block, one behind each label."""
    return {"boxes": [*labels]}


def filled(blocks, answers):
    """Return the blocks with boxes, each box filled with its answer; a filled cell is ``{"answer": …}``.

    Raises ``ValueError`` if there are more boxes than answers, or fewer.
    """
    left = list(answers)
    found = []
    try:
        for block in blocks:
            if "boxes" in block:
                found.append({"boxes": [{"label": label, "answer": left.pop(0)} for label in block["boxes"]]})
            elif "grids" in block:
                made = [
                    {
                        "caption": one["caption"],
                        "rows": [
                            [{"answer": left.pop(0)} if cell is None else cell for cell in row]
                            for row in one["rows"]
                        ],
                    }
                    for one in block["grids"]
                    if any(cell is None for row in one["rows"] for cell in row)
                ]
                found += [{"grids": made}] if made else []
    except IndexError:
        raise ValueError("filled: there are more boxes than answers") from None
    if left:
        raise ValueError(f"filled: there are no boxes for {left}")
    return found


# --- the deal: worksheets.js has the same lines


def mixed(*parts):
    """Return whole numbers, stirred into one of 32 bits: the last steps of MurmurHash3, once for each.

    Examples
    --------
    >>> mixed(7, 2, 1, 0)
    2821792565
    """
    h = 0
    for part in parts:
        h = (h + part + 0x9E3779B9) & BITS
        h = ((h ^ (h >> 16)) * 0x85EBCA6B) & BITS
        h = ((h ^ (h >> 13)) * 0xC2B2AE35) & BITS
        h ^= h >> 16
    return h


def instance(lesson, number, seed, variant):
    """Return which question of its pool a task gives to a variant, from 1: all 97 differ in each task."""
    start = mixed(seed, lesson, number, 0) % POOL
    step = 1 + mixed(seed, lesson, number, 1) % (POOL - 1)
    return (start + (variant - 1) * step) % POOL


def check_lesson(lesson):
    """Return the number of a lesson that has tasks; a ``WorksheetError`` names those that have."""
    if not re.fullmatch(r"\d{1,2}", str(lesson), re.ASCII) or int(lesson) not in lessons():
        known = ", ".join(f"{one:02}" for one in lessons())
        raise WorksheetError(f"lesson: must be one that has tasks ({known}), got {lesson!r}")
    return int(lesson)


def check_number(name, value, lowest, highest):
    """Return a whole number between two others; a ``WorksheetError`` says what is wrong with it."""
    if not re.fullmatch(r"\d{1,12}", str(value), re.ASCII) or not lowest <= int(value) <= highest:
        raise WorksheetError(f"{name}: must be a whole number from {lowest} to {highest}, got {value!r}")
    return int(value)


def deal(lesson, seed, variant):
    """Return the tasks of a lesson, each with the question that a variant gets: a list of pairs."""
    lesson = check_lesson(lesson)
    seed = check_number("seed", seed, 0, SEEDS - 1)
    variant = check_number("variant", variant, 1, POOL)
    return [(one, one.pool[instance(lesson, one.number, seed, variant)]) for one in tasks_of(lesson)]
