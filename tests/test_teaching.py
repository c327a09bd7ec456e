"""What lessons tell their teachers: minutes and plans that add up, polls, and every mistake in one table."""

import importlib
from collections import Counter

import nbformat
import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")

from book import misconceptions, record, teaching
from book.lesson import Page
from cnnlab.exercises.engine import Exercise
from cnnlab.exercises.predict import Predict, PredictCells
from tests.contents import section_minutes, stated_minutes

LESSONS = record.lessons()


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem[:2])
def lesson(request):
    return request.param


def test_what_a_lesson_tells_is_complete_and_adds_up(lesson):
    assert teaching.faults(nbformat.read(lesson, as_version=4)) == []


def test_the_minutes_of_its_sections_are_those_of_the_lesson(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    told = {
        cell.id: teaching.told(cell)["minutes"] for cell in notebook.cells if "minutes" in teaching.told(cell)
    }
    assert told == section_minutes(lesson)
    assert sum(told.values()) == stated_minutes(lesson)


def test_every_mistake_stands_in_exactly_one_table():
    """Counted from the code of all lessons, and looked for in all tables."""
    wanted, found = Counter(), Counter()
    for lesson in LESSONS:
        number = lesson.stem[:2]
        found += Counter((number, one.name, one.why, one.wrong) for one in misconceptions.of_lesson(number))
        if number == "00":
            continue
        module = importlib.import_module(f"cnnlab.exercises.lesson{number}")
        for name, one in vars(module).items():
            if isinstance(one, Predict):
                wanted.update((number, name, why) for why in one.slips.values())
            elif isinstance(one, PredictCells):
                wanted.update((number, name, why) for _, why in one.slips)
            elif isinstance(one, Exercise):
                wanted.update((number, name, why) for why in one.mistakes)
    assert max(found.values()) == 1
    assert Counter((number, name, why) for number, name, why, _ in found.elements()) == wanted
    assert sum(wanted.values()) > 1500


def test_what_uncovers_a_mistake_tells_it_from_what_is_right(lesson):
    for one in misconceptions.of_lesson(lesson.stem[:2]):
        assert one.wrong != one.right, one
        assert one.asked.startswith(f"{one.name}(") or one.name.startswith("predict_")


def test_a_call_in_a_table_gives_what_it_says():
    """By evaluating some calls that are short enough to be written out."""
    import numpy as np

    from cnnlab.exercises import lesson06

    tried = 0
    for one in misconceptions.of_lesson("06"):
        if one.name.startswith("predict_") or "<" in one.asked:
            continue
        exercise = getattr(lesson06, one.name)
        given = eval(one.asked.removeprefix(one.name), {"np": np})  # a tuple of numbers and lists
        arguments = [
            np.array(value) if isinstance(value, list) else value
            for value in (given if isinstance(given, tuple) else (given,))
        ]
        right = np.asarray(exercise.solve(*arguments), dtype=float)
        assert np.allclose(right, np.array(eval(one.right, {"nan": np.nan}), dtype=float), atol=1e-4)
        tried += 1
    assert tried > 20


def test_polls_have_one_right_option_and_the_others_say_why_not(lesson):
    slides = teaching.Teaching(Page(lesson).build()).slides
    polls = [slide.content for slide in slides if slide.kind == "poll"]
    for poll in polls:
        assert 2 <= len(poll["options"]) <= 6
        assert sum(option["right"] for option in poll["options"]) == 1
        assert all(option["why"] for option in poll["options"] if not option["right"])
        assert len({option["text"] for option in poll["options"]}) == len(poll["options"])
    if lesson.stem[:2] != "00":
        assert polls
    assert slides[0].kind == "title"
    assert any(slide.kind == "scene" for slide in slides)


def a_lesson(**changes):
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson", id="a-title"),
        nbformat.v4.new_markdown_cell("## A section", id="a-section"),
    ]
    cells[0].metadata["cnnlab"] = {
        "objectives": ["add"],
        "sheet": [0, 0, 0],
        "plan": [5, 10, 20],
        "notes": "Say it.",
    }
    cells[1].metadata["cnnlab"] = {"plan": [40, 80, 160], "notes": "Do it."} | changes
    return nbformat.v4.new_notebook(cells=cells)


def test_what_is_wrong_is_named():
    assert teaching.faults(a_lesson()) == []
    for change, words in [
        ({"plan": [41, 80, 160]}, "the plan for 45 minutes has 46"),
        ({"plan": [40, 80]}, "a-section: plan must be three whole numbers, got [40, 80]"),
        ({"plan": [40, 80, -1]}, "a-section: plan must be three whole numbers"),
        ({"notes": ""}, "a-section: notes must be a text, got ''"),
        ({"slides": "x"}, "a-section: unknown key 'slides'"),
        ({"slide": True}, "a-section: slide must be a text, texts, or false"),
        ({"book": [["no such words", "x"]]}, "a-section: book speaks of words that are not in the cell"),
    ]:
        assert words in "\n".join(teaching.faults(a_lesson(**change)))
