"""A lesson as an assignment: what nbgrader is given. nbgrader itself: tests/load/test_grading.py."""

import re

import nbformat
import numpy as np
import pytest

from cnnlab.course import command
from cnnlab.grading import assignment
from cnnlab.grading.assignment import AssignmentError
from cnnlab.grading.worker import exercise_named, function_in
from tests.canonical import NOTEBOOKS

LESSONS = [path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")) if not path.name.startswith("00")]
MARKED = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL | re.MULTILINE)
STUB = "{0}# Write your code here, in place of the three dots.\n{0}..."


def cleared(source):
    """Return what nbgrader makes of a cell, by the configuration that comes with the assignment."""
    found, count = MARKED.subn(lambda match: STUB.format(match[1]), source)
    assert count == 1
    return found


@pytest.fixture(autouse=True)
def what_lessons_set_stays_here():
    """A lesson's first cell sets how arrays are printed: for itself, not for the tests that come later."""
    with np.printoptions():
        yield


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem[:2], scope="module")
def notebook(request):
    return assignment.made(nbformat.read(request.param, as_version=4), request.param.name[:2])


def test_it_is_a_notebook_that_nbgrader_can_read(notebook):
    nbformat.validate(notebook)
    notes = [cell.metadata.nbgrader for cell in notebook.cells]
    assert len({note.grade_id for note in notes}) == len(notes)
    for note in notes:
        assert note.schema_version == 3
        assert not (note.grade and note.solution)
        assert note.locked is not note.solution  # learners write in the cells of solutions alone
        assert ("points" in note) is note.grade
    asked = [note for note in notes if note.solution]
    assert len(asked) == sum(note.grade for note in notes) >= 1


def test_each_exercise_is_right_with_its_solution_and_empty_without(notebook):
    """Each answer runs after the cells above it, as the worker runs it."""
    above, bare = [], []
    for cell in notebook.cells:
        note = cell.metadata.nbgrader
        if note.grade:
            exercise = exercise_named(note.grade_id.replace("-", ".", 1))
            name = exercise.solve.__name__
            assert cell.source == f"exercises.{name}.check({name})"
            assert exercise.judge(function_in(above, name)).state == "correct"
            assert exercise.judge(function_in(bare, name)).state == "not attempted"
        elif cell.cell_type == "code":
            above.append(cell.source)
            bare.append(cleared(cell.source) if note.solution else cell.source)


def test_nothing_of_the_solution_is_left_when_it_is_cleared(notebook):
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            rest = cleared(cell.source)
            body = rest.partition("def ")[2].partition("\n")[2]
            assert "return" not in body
            assert body.count("\n") == rest.partition("def ")[2].count("\n") - 1


def test_a_lesson_without_exercises_is_refused(tmp_path):
    with pytest.raises(AssignmentError, match="Lesson 00 has no exercise"):
        assignment.write(NOTEBOOKS / "00_start_here.ipynb", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_assignment_is_not_written_over(tmp_path):
    lesson = NOTEBOOKS / "05_bend_the_line_with_relu.ipynb"
    path = assignment.write(lesson, tmp_path)
    assert path == tmp_path / "source" / "lesson05" / "05_bend_the_line_with_relu.ipynb"
    path.write_text("mine", encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text("mine, too", encoding="utf-8")
    with pytest.raises(AssignmentError, match="is there already"):
        assignment.write(lesson, tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"
    path.unlink()
    assignment.write(lesson, tmp_path)
    assert (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8") == "mine, too"


def test_the_command_says_what_comes_next_and_what_is_wrong(tmp_path, capsys):
    course = tmp_path / "grading"
    assert command.main(["assignment", "relu", "--course", str(course)]) == 0
    assert "nbgrader generate_assignment lesson05" in capsys.readouterr().out
    for lesson, words in (("05", "is there already"), ("00", "no exercise"), ("77", "There is no lesson")):
        assert command.main(["assignment", lesson, "--course", str(course)]) == 1
        assert words in capsys.readouterr().err
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert command.main(["assignment", "06", "--course", str(tmp_path / "file")]) == 1
    assert "file" in capsys.readouterr().err


def test_points_are_those_of_the_kind_of_exercise():
    path = NOTEBOOKS / "05_bend_the_line_with_relu.ipynb"
    notebook = assignment.made(nbformat.read(path, as_version=4), "05")
    notes = [cell.metadata.nbgrader for cell in notebook.cells]
    points = {note.grade_id: note.points for note in notes if note.grade}
    assert points == {"05-leaky_clipped": 2, "05-ring": 3, "05-teeth": 4}


@pytest.mark.parametrize(
    "name", ["", "05", "05.", "05.nothing", "05.np", "99.ring", "x.ring", "05-ring", "../05.ring"]
)
def test_what_is_no_exercise_is_named(name):
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        exercise_named(name)
