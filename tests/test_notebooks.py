"""The notebooks are kept in canonical form, hang together, and a check of them can fail."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

import cnnlab.exercises
from cnnlab.exercises.predict import Prompt, Revealed
from tests import canonical
from tests.canonical import NOTEBOOKS, WIDGET_VIEW, faults, lessons, read, written

SMALL = NOTEBOOKS / "00_start_here.ipynb"
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)(?:#[^)]*)?\)")  # to a file, not to another site or place


@pytest.fixture(params=lessons(), ids=lambda path: str(path.relative_to(NOTEBOOKS)))
def lesson(request):
    return request.param


def test_lesson_is_canonical(lesson):
    assert faults(lesson) == []


def test_links_lead_somewhere(lesson):
    words = "\n".join("".join(c["source"]) for c in read(lesson)["cells"] if c["cell_type"] == "markdown")
    targets = LINK.findall(words)
    assert targets, "a lesson links at least to the contents"
    assert [target for target in targets if not (lesson.parent / target).is_file()] == []


def test_every_lesson_has_solutions():
    names = {path.name for path in NOTEBOOKS.glob("*.ipynb")} - {SMALL.name}
    assert names
    assert {path.name for path in (NOTEBOOKS / "solutions").glob("*.ipynb")} == names


# --- Run All spoils nothing ---------------------------------------------------------------------------------

PROMPT = re.compile(r"^(?:exercises\.predict_\w+|your_reading)$")  # as the last line of a cell


def prompts(notebook):
    """Return the places of the cells that show a prompt."""
    cells = notebook["cells"]
    return [k for k, cell in enumerate(cells) if cell["cell_type"] == "code" and is_prompt(cell)]


def is_prompt(cell):
    return bool(PROMPT.match("".join(cell["source"]).strip().splitlines()[-1]))


def is_folded(cell):
    metadata = cell["metadata"]
    return any([metadata.get("collapsed"), metadata.get("jupyter", {}).get("outputs_hidden")])


def is_heading(cell):
    return cell["cell_type"] == "markdown" and re.search(r"^#+ ", "".join(cell["source"]), re.MULTILINE)


def until_heading(cells):
    return list(takewhile(lambda cell: not is_heading(cell), cells))


def guarded_by_a_fold(notebook):
    """Return the ids of folded cells between a prompt and the next heading."""
    cells = notebook["cells"]
    return [c["id"] for k in prompts(notebook) for c in until_heading(cells[k + 1 :]) if is_folded(c)]


def test_every_prompt_of_a_lesson_is_found():
    found = {path.name: len(prompts(read(path))) for path in NOTEBOOKS.glob("*.ipynb") if path != SMALL}
    assert all(count >= 3 for count in found.values()), found
    asked = {f"exercises.{name}" for _, name in declared_prompts()}
    shown = "\n".join("".join(c["source"]) for p in NOTEBOOKS.glob("*.ipynb") for c in read(p)["cells"])
    assert [name for name in asked if not re.search(rf"^{re.escape(name)}$", shown, re.MULTILINE)] == []
    assert sum(found.values()) == len(declared_prompts()) + 1  # and the one about the mistakes of lesson 14


def declared_prompts():
    """Return the lesson and the name of every prompt of the course."""
    folder = Path(cnnlab.exercises.__file__).parent
    modules = [
        importlib.import_module(f"cnnlab.exercises.{p.stem}") for p in sorted(folder.glob("lesson*.py"))
    ]
    return [
        (module.__name__, name)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Prompt)
    ]


def test_no_folded_output_guards_a_prompt(lesson):
    """JupyterLab unfolds a folded output when it runs the cell: what spoils is told by ``Prompt.reveal``."""
    notebook = read(lesson)
    assert guarded_by_a_fold(notebook) == []
    assert [cell["id"] for cell in notebook["cells"] if is_folded(cell)] == []


def test_what_is_held_back_is_not_stored(lesson):
    for cell in read(lesson)["cells"]:
        if cell["cell_type"] == "code" and re.search(r"\.reveal\(", "".join(cell["source"])):
            (output,) = cell["outputs"]
            assert output["data"] == {"text/plain": Revealed.WAITING}


def test_a_folded_output_is_found():
    notebook = read(NOTEBOOKS / "12_train_a_cnn.ipynb")
    revealing = next(c for c in notebook["cells"] if c["id"] == "network-summary")
    assert guarded_by_a_fold(notebook) == []
    revealing["metadata"] = {"jupyter": {"outputs_hidden": True}}
    assert guarded_by_a_fold(notebook) == ["network-summary"]


# --- Can these checks fail? ---------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    """Return a copy of a small notebook."""
    return shutil.copy(SMALL, tmp_path / SMALL.name)


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def skip_a_count(notebook):
    code(notebook)[-1]["execution_count"] += 1


def not_run(notebook):
    code(notebook)[-1]["execution_count"] = None


def warn(notebook):
    code(notebook)[0]["outputs"].append({"name": "stderr", "output_type": "stream", "text": "Careful!\n"})


def fail(notebook):
    error = {"ename": "ValueError", "evalue": "no", "output_type": "error", "traceback": []}
    code(notebook)[0]["outputs"].append(error)


def keep_a_view(notebook):
    shown = next(output for cell in code(notebook) for output in cell["outputs"] if "data" in output)
    shown["data"][WIDGET_VIEW] = {"model_id": "0", "version_major": 2, "version_minor": 0}


def keep_widget_state(notebook):
    notebook["metadata"]["widgets"] = {}


def mention_a_path(notebook):
    notebook["cells"][0]["source"] += "\n" + "/".join(["", "home", "someone", "course"])


def mention_a_path_of_windows(notebook):
    notebook["cells"][0]["source"] += "\n" + "\\".join(["C:", "Users", "someone"])


def draw_an_id(notebook):
    notebook["cells"][0]["id"] = "3f2a9c41"


def draw_a_long_id(notebook):
    notebook["cells"][0]["id"] = "8c0b3a52-51ae-4a4e-9f0a-0d7c2f6b1e11"


def add_a_timestamp(notebook):
    notebook["cells"][0]["metadata"]["execution"] = {"iopub.execute_input": "2025-01-01T00:00:00Z"}


def grow(notebook):
    notebook["cells"][0]["source"] += "x" * canonical.LARGEST


def make_invalid(notebook):
    notebook["cells"][0]["surprise"] = 1


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (skip_a_count, "was not run in order in a fresh kernel"),
        (not_run, "was not run in order in a fresh kernel"),
        (warn, "has an error or a warning in its outputs"),
        (fail, "has an error or a warning in its outputs"),
        (keep_a_view, "carries widget views"),
        (keep_widget_state, "is not what `make notebooks` writes"),
        (mention_a_path, "mentions a path of some machine"),
        (mention_a_path_of_windows, "mentions a path of some machine"),
        (draw_an_id, "has an id drawn at random"),
        (draw_a_long_id, "has an id drawn at random"),
        (add_a_timestamp, "is not what `make notebooks` writes"),
        (grow, f"is larger than {canonical.LARGEST} bytes"),
        (make_invalid, "is not valid nbformat"),
    ],
)
def test_fault_is_found(copy, spoil, fault):
    notebook = read(copy)
    spoil(notebook)
    copy.write_text(written(notebook), encoding="utf-8")
    assert fault in faults(copy)


def test_other_formatting_is_found(copy):
    copy.write_text(json.dumps(read(copy)), encoding="utf-8")
    assert faults(copy) == ["is not what `make notebooks` writes"]


def change_a_digit(notebook):
    """Change the last digit in the words that stand in for a scene."""
    for cell in code(notebook):
        for output in cell["outputs"]:
            if "image/png" in output.get("data", ()):
                words = output["data"]["text/plain"]
                last = re.search(r"\d(?=\D*$)", words)
                digit = str((int(last[0]) + 1) % 10)
                output["data"]["text/plain"] = words[: last.start()] + digit + words[last.end() :]
                return
    pytest.fail("the notebook shows no scene")


@pytest.mark.parametrize(("spoil", "outcome"), [(None, "passed"), (change_a_digit, "failed")])
def test_rerun_notices_one_wrong_digit(copy, spoil, outcome):
    if spoil:
        notebook = read(copy)
        spoil(notebook)
        copy.write_text(written(notebook), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", copy.name]
    run = subprocess.run(command, cwd=copy.parent, capture_output=True, text=True)
    cells = len(code(read(copy)))
    counts = {"passed": f"{cells} passed", "failed": f"1 failed, {cells - 1} passed"}
    assert counts[outcome] in run.stdout, run.stdout + run.stderr
    assert run.returncode == (outcome == "failed")


def test_outputs_are_compared_with_the_kernels_that_they_were_kept_from():
    makefile = (NOTEBOOKS.parent / "Makefile").read_text(encoding="utf-8")
    for name, value in canonical.KERNELS.items():
        assert re.findall(rf"^(.+): export {name} := (.+)$", makefile, re.MULTILINE) == [
            ("test test-lowest test-torch notebooks", value)
        ]
