"""The real nbgrader, from the assignment to the feedback: twenty submissions, some hostile. As test_hub.py.

Submissions are laid where nbgrader's collecting puts them; release, fetch, submit and collect by way of an
exchange folder are tried once, for one learner.
"""

import getpass
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cnnlab.exercises import lesson05
from tests.load.hub import need

absent = []
TRIED = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
if shutil.which("bwrap") is None or subprocess.run(TRIED).returncode:
    absent.append("bubblewrap, and leave to use it")
if not Path(sys.executable).with_name("nbgrader").exists():
    absent.append("nbgrader")
need(*absent)

ASSIGNMENT, NOTEBOOK = "lesson05", "05_bend_the_line_with_relu"
CLIPPED = "import numpy as np\n\n\ndef leaky_clipped(x, slope, top):\n    {}\n"
RIGHT = CLIPPED.format("x = np.asarray(x)\n    return np.where(x > top, top, np.where(x < 0, slope * x, x))")
# Others, by what they do: the code of the first exercise, its points, and words of the verdict.
SUBMISSIONS = {
    "right": (RIGHT, 2, "Correct."),
    "right-too": (CLIPPED.format("return np.minimum(np.maximum(x, slope * x), top)"), 2, "Correct."),
    "in-a-loop": (
        CLIPPED.format(
            "out = np.empty_like(x, dtype=float)\n"
            "    for at, value in np.ndenumerate(x):\n"
            "        out[at] = top if value > top else slope * value if value < 0 else value\n"
            "    return out"
        ),
        2,
        "Correct.",
    ),
    "prints": (RIGHT.replace("    x =", "    print('{\"ready\": true}')\n    x ="), 2, "Correct."),
    "empty": (None, 0, "Not attempted."),
    "identity": (CLIPPED.format("return x"), 0, "Your function returns x as it came."),
    "always-six": (
        CLIPPED.format("return np.minimum(np.maximum(x, slope * x), 6)"),
        0,
        "The top is 6 in yours, whatever is given.",
    ),
    "no-leak": (CLIPPED.format("return np.clip(x, 0, top)"), 0, "Negative numbers become 0 in yours"),
    "no-top": (CLIPPED.format("return np.where(x < 0, slope * x, x)"), 0, "Nothing is cut off at the top."),
    "raises": (CLIPPED.format("return undefined"), 0, "NameError"),
    "syntax": ("def leaky_clipped(x, slope, top:\n", 0, "SyntaxError"),
    "changes-its-input": (
        CLIPPED.format("x[x > top] = top\n    x[x < 0] *= slope\n    return x"),
        0,
        "changes its input",
    ),
    "text": (CLIPPED.format("return 'correct'"), 0, "should return numbers, it returns str"),
    "loops": (CLIPPED.format("while True:\n        pass"), 0, "stopped"),
    "hostile-exit": ("import os\nos._exit(0)\n", 0, "has ended"),
    "hostile-checker": (
        "from cnnlab.exercises import engine\n"
        "engine.Exercise.judge = lambda self, function: engine.Verdict('correct', 'all right')\n"
        "engine.same = lambda one, other: True\n" + CLIPPED.format("return x"),
        0,
        "Your function returns x as it came.",
    ),
    "hostile-answers": (
        "import os, json\n"
        "for file in range(3, 30):\n"
        "    try:\n"
        "        os.write(file, (json.dumps({'state': 'correct', 'message': 'yes'}) + '\\n').encode() * 9)\n"
        "    except OSError:\n"
        "        pass\n" + CLIPPED.format("return x"),
        0,
        "Not yet.",
    ),
    "hostile-files": (
        "import glob, os, shutil, sys\n"
        "from pathlib import Path\n"
        "for file in glob.glob({root!r} + '/**/*', recursive=True) + [os.path.expanduser('~')]:\n"
        "    try:\n"
        "        Path(file).write_text('gone')\n"
        "    except Exception:\n"
        "        shutil.rmtree(file, ignore_errors=True)\n" + CLIPPED.format("return x"),
        0,
        "Your function returns x as it came.",
    ),
    "hostile-memory": ("x = []\nwhile True:\n    x.append(bytes(10**8))\n", 0, "MemoryError"),
    "hostile-disk": (
        "from pathlib import Path\n"
        "written = 0\n"
        "for folder in ('/var/tmp', '/tmp', '/home', '/root', '/dev/shm', '/dev', '/run'):\n"
        "    try:\n"
        "        with open(folder + '/full', 'wb', buffering=0) as file:\n"
        "            while True:\n"
        "                written += file.write(bytes(10**6))\n"
        "    except OSError:\n"
        "        pass\n"
        "raise ValueError(f'all of it is little: {written < 80_000_000}')\n",
        0,
        "all of it is little: True",
    ),
    "hostile-forks": (
        "import os\nfor _ in range(50):\n    if os.fork() == 0:\n        while True: pass\n"
        + CLIPPED.format("return x"),
        0,
        "Your function returns x as it came.",
    ),
    "hostile-points": ("{points}", 0, "Not attempted."),  # raises its own points in the metadata
}


def nbgrader(folder, *arguments):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader runs others beside it
    environment = os.environ | {"PATH": path, "HOME": str(folder.parent / "home")}
    (folder.parent / "home").mkdir(exist_ok=True)
    command = [Path(sys.executable).with_name("nbgrader"), *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, timeout=900)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def handed_in(released, name, folder):
    """Write what a learner hands in, made of what was handed out."""
    source, *_ = SUBMISSIONS[name]
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        if (
            cell.metadata.nbgrader.grade_id == "05-leaky_clipped-answer"
            and source
            and name != "hostile-points"
        ):
            cell.source = source.replace("{root!r}", repr(str(folder)))
        if name == "hostile-points" and cell.metadata.nbgrader.grade:
            cell.metadata.nbgrader.points = 1000
            cell.source = "1000"
    path = folder / "submitted" / name / ASSIGNMENT / released.name
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which the assignment was handed out, handed in by twenty, graded, and fed back."""
    folder = tmp_path_factory.mktemp("nbgrader") / "course"
    subprocess.run([sys.executable, "-m", "cnnlab", "assignment", "05", "--course", folder], check=True)
    nbgrader(folder, "generate_assignment", ASSIGNMENT)
    released = folder / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    for name in SUBMISSIONS:
        handed_in(released, name, folder)
    nbgrader(folder, "autograde", ASSIGNMENT)
    nbgrader(folder, "generate_feedback", ASSIGNMENT)
    return folder


def test_what_is_handed_out_holds_no_solution(course):
    notebook = nbformat.read(course / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
    answers = [cell.source for cell in notebook.cells if cell.metadata.nbgrader.solution]
    assert len(answers) == 3
    for source in answers:
        assert "# Write your code here, in place of the three dots.\n    ..." in source
        assert "SOLUTION" not in source
        assert "return" not in source
    assert all("def " in source for source in answers)


def graded(course):
    """Return points by learner and exercise, as the gradebook has them."""
    rows = sqlite3.connect(course / "gradebook.db").execute(
        "select submitted_assignment.student_id, grade_cell_name, score from ("
        "  select grade.auto_score as score, base_cell.name as grade_cell_name,"
        "  submitted_notebook.assignment_id as a"
        "  from grade join base_cell on grade.cell_id = base_cell.id"
        "  join submitted_notebook on grade.notebook_id = submitted_notebook.id)"
        " join submitted_assignment on submitted_assignment.id = a"
    )
    return {(student, cell): score for student, cell, score in rows}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_points_and_the_name_of_the_mistake(course, name):
    _, points, words = SUBMISSIONS[name]
    found = graded(course)
    assert found[name, "05-leaky_clipped"] == points
    assert found[name, "05-ring"] == 0  # nobody has tried it
    feedback = (course / "feedback" / name / ASSIGNMENT / f"{NOTEBOOK}.html").read_text(encoding="utf-8")
    assert words.replace("'", "&#39;") in feedback or words in feedback


def test_a_hostile_submission_has_harmed_nobody(course):
    """Each of the others still has what it handed in; the gradebook has all twenty."""
    for name, (source, *_) in SUBMISSIONS.items():
        notebook = nbformat.read(course / "submitted" / name / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
        answer = next(c for c in notebook.cells if c.metadata.nbgrader.grade_id == "05-leaky_clipped-answer")
        if source and name not in ("hostile-files", "hostile-points"):
            assert answer.source == source
    assert len({student for student, _ in graded(course)}) == len(SUBMISSIONS)
    left = subprocess.run(
        ["pgrep", "-f", "cnnlab.grading.worker"], capture_output=True, text=True
    ).stdout.split()
    assert left == []


def test_it_goes_through_the_exchange(course, tmp_path):
    """Release, fetch, submit, collect: as on a hub, where all share one folder."""
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f'c.Exchange.root = "{exchange}"\n')
    nbgrader(course, "release_assignment", ASSIGNMENT)
    learner = tmp_path / "learner"
    learner.mkdir()
    shutil.copy(course / "nbgrader_config.py", learner)
    nbgrader(learner, "fetch_assignment", ASSIGNMENT)
    nbgrader(learner, "submit", ASSIGNMENT)
    nbgrader(course, "collect", ASSIGNMENT)
    assert (course / "submitted" / getpass.getuser() / ASSIGNMENT / f"{NOTEBOOK}.ipynb").exists()


def test_the_solution_itself_is_worth_all_points():
    from cnnlab.grading.judge import judge

    source = "import numpy as np\nfrom cnnlab.exercises.lesson05 import leaky_clipped as e\n"
    assert judge("05.leaky_clipped", [source + "leaky_clipped = e.solve"]).state == "correct"
    assert lesson05.leaky_clipped.judge(lesson05.leaky_clipped.solve).state == "correct"
