"""Progress, end to end: a prediction and an exercise in one lesson, the map in another."""

import json
import shutil

import pytest

from cnnlab.exercises.progress_file import NAME
from tests.helpers.lab import AXE, NOTEBOOKS

ON = "import os\nfor name in ('CNNLAB_PROGRESS', 'CI'):\n    os.environ.pop(name, None)\n"
LESSON = "02_slide_a_filter.ipynb"


@pytest.fixture
def file(lab):
    """Return the file beside the notebooks; neither it nor the lesson there is left to other tests.

    Ask for it before ``open_notebook``: pages are closed first, so that none complains of what it loses.
    """
    yield lab.root / NAME
    lab.shut_down(LESSON)
    for path in (*lab.root.glob("*cnnlab-progress*"), lab.root / LESSON):
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_is_answered_in_one_notebook_stands_on_the_map_in_another(lab, file, open_notebook, dark):
    shutil.copy(NOTEBOOKS / LESSON, lab.root)
    check = "lesson02.match.check(lambda patch, kernel: 5)"
    lesson = open_notebook(
        [ON + "from cnnlab.exercises import lesson02\nlesson02.predict_ramp", check]
    ).run_all()
    prompt = lesson.scene().steady()
    prompt.control("Your answer").fill("6")
    prompt.control("Your answer").press("Enter")
    prompt.steady()
    states = {key: answer["state"] for key, answer in json.loads(file.read_bytes())["answers"].items()}
    assert states == {"02/match": "not yet", "02/predict_ramp": "correct"}

    notebook = open_notebook(
        [ON + "from cnnlab.exercises import progress\nprogress.map()"], dark=dark
    ).run_all()
    page = notebook.page
    row = page.get_by_role("table", name="Progress, lesson by lesson").get_by_role("row", name="02 Slide")
    assert row.inner_text().split("\t")[1:] == ["◐ begun", "1 of 6", "0 of 2"]
    wrong = page.get_by_role("listitem").filter(has_text="match: ")
    assert wrong.inner_text().startswith("02 Slide a filter: match: ")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.jp-OutputArea-output').then(result => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page.get_by_role("paragraph").get_by_role("link", name="02 Slide a filter").click()
    page.wait_for_function(
        "name => jupyterapp.shell.currentWidget?.context?.path === name", arg=LESSON, timeout=30_000
    )
