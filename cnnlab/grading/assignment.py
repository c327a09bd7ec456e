"""Make an nbgrader assignment of a lesson: for each exercise a cell to write in and a cell that is graded.

nbgrader (https://nbgrader.readthedocs.io) hands it out, takes it in, and keeps the grades. Points come from
the lesson's checker: all for a function that is correct, none otherwise; the feedback names the mistake.
Predictions and the map of what is done are what learners say of themselves, and no part of a grade.
"""

import ast
import inspect
import re
import textwrap
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cnnlab.grading.worker import exercise_named

POINTS = {"warm-up": 2, "new-place": 3, "open": 4}  # by the tag of the exercise's cell
USUAL_POINTS = 3
CHECK = re.compile(r"^exercises\.(\w+)\.check\((\w+)\)$", re.MULTILINE)
CONFIGURATION = '''\
"""How nbgrader grades the exercises of cnnlab: made by `cnnlab assignment`; yours to change."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "cnnlab"
c.ClearSolutions.code_stub = {"python": "# Write your code here, in place of the three dots.\\n..."}
# Where nbgrader hands out and takes in, if you use its exchange. Code that is graded must not see it.
c.Exchange.root = "/srv/nbgrader/exchange"
c.Judge.hidden = [c.Exchange.root]
# What learners wrote runs in a sandbox that is thrown away (bubblewrap), never in a kernel of this account.
c.Autograde.autograde_preprocessors = [
    "cnnlab.grading.preprocessor.Judge",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
'''


class AssignmentError(Exception):
    """What keeps an assignment from being made, in one sentence for the teacher."""


def write(lesson, folder):
    """Write the assignment of a lesson into a course of nbgrader.

    Parameters
    ----------
    lesson : path
        Its notebook.
    folder : str or path
        The course's folder: gets ``source/lesson05/``, and ``nbgrader_config.py`` unless there is one.

    Returns
    -------
    pathlib.Path
        Of the notebook.

    Raises
    ------
    AssignmentError
        If the lesson has nothing to be checked, or the assignment is there already: whoever hands out a
        second version after the first has been handed in loses the grades.
    """
    lesson, folder = Path(lesson), Path(folder)
    number = lesson.name[:2]
    path = folder / "source" / f"lesson{number}" / lesson.name
    if path.exists():
        raise AssignmentError(f"{path} is there already. Move it away to make it anew.")
    notebook = made(nbformat.read(lesson, as_version=4), number)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    configuration = folder / "nbgrader_config.py"
    if not configuration.exists():
        configuration.write_text(CONFIGURATION, encoding="utf-8")
    return path


def made(lesson, number):
    """Return the assignment's notebook of a lesson's."""
    title = lesson.cells[0].source.splitlines()[0].removeprefix("# ")
    words = (
        f"# {title}\n\nExercises of lesson {number}. Write your code in place of the three dots, and run the "
        "cell below it: it tells you what is wrong. What counts is what it says in the end."
    )
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    cells = [
        _locked(new_markdown_cell(words, id="title"), f"{number}-title"),
        _locked(new_code_cell(code[0].source, id="setup"), f"{number}-setup"),
    ]
    for place, cell in enumerate(lesson.cells):
        found = CHECK.search(cell.source) if cell.cell_type == "code" else None
        if found and found[1] == found[2]:  # a class of the learner's own has a name of its own
            exercise = exercise_named(f"{number}.{found[1]}")
            cells += _cells(exercise, cell, _text_above(lesson.cells, place), number)
    if len(cells) == 2:
        raise AssignmentError(f"Lesson {number} has no exercise that is checked.")
    metadata = {
        key: lesson.metadata[key] for key in ("kernelspec", "language_info") if key in lesson.metadata
    }
    return new_notebook(cells=cells, metadata=metadata)


def _cells(exercise, cell, text, number):
    name = exercise.solve.__name__
    points = next((POINTS[tag] for tag in cell.metadata.get("tags", []) if tag in POINTS), USUAL_POINTS)
    answer = new_code_cell(_with_solution(cell.source, exercise), id=f"answer-{name}"[:64].replace("_", "-"))
    answer.metadata["nbgrader"] = _note(f"{number}-{name}-answer", solution=True)
    check = new_code_cell(f"exercises.{name}.check({name})", id=f"check-{name}"[:64].replace("_", "-"))
    check.metadata["nbgrader"] = _note(f"{number}-{name}", grade=True, locked=True, points=points)
    asked = new_markdown_cell(text, id=f"text-{name}"[:64].replace("_", "-"))
    return [_locked(asked, f"{number}-{name}-text"), answer, check]


def _locked(cell, identity):
    cell.metadata["nbgrader"] = _note(identity, locked=True)
    return cell


def _note(identity, *, grade=False, locked=False, solution=False, **more):
    return {"schema_version": 3, "grade_id": identity, "grade": grade, "locked": locked, "solution": solution,
            "task": False, **more}  # fmt: skip


def _text_above(cells, place):
    """Return what stands between the last heading above a cell and the cell."""
    parts = []
    for cell in reversed(cells[:place]):
        if cell.cell_type != "markdown":
            break
        parts.insert(0, cell.source)
        if re.search(r"^#+ ", cell.source, re.MULTILINE):
            break
    text = "\n\n".join(parts)
    return (
        text[[match.start() for match in re.finditer(r"^#+ ", text, re.MULTILINE)][-1] :]
        if "# " in text
        else text
    )


def _with_solution(source, exercise):
    """Return the learner's cell without its check, the solution between the marks that nbgrader clears."""
    stub = source[: CHECK.search(source).start()].rstrip()
    definition = ast.parse(stub).body[-1]
    head = "\n".join(stub.splitlines()[: definition.body[0].lineno - 1])
    head = re.sub(r"\n\s*# Write your code here.*", "", head)
    text = textwrap.dedent(inspect.getsource(exercise.solve))
    solution = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    body = textwrap.dedent("\n".join(text.splitlines()[solution.body[0].lineno - 1 :]))
    inside = f"### BEGIN SOLUTION\n{body}\n### END SOLUTION"
    return f"{head}\n{textwrap.indent(inside, '    ')}\n"
