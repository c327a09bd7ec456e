"""The command ``cnnlab``, in a process of its own and in this one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cnnlab
from cnnlab.course import command, copies, selftest

ROOT = Path(cnnlab.__file__).parents[1]


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "cnnlab", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Be in an empty folder, of a name that is not simple."""
    folder = tmp_path / "a folder ü"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return folder


@pytest.fixture
def jupyterlab(monkeypatch):
    """Let nothing start; return the options that JupyterLab would have got."""
    calls = []
    monkeypatch.setattr("jupyterlab.labapp.main", lambda options: calls.append(options) or 0)
    return calls


def test_reset_and_update_in_a_process(here):
    copies.place(here / command.FOLDER)
    lesson = here / command.FOLDER / "06_shrink_with_pooling.ipynb"
    lesson.write_text("mine", encoding="utf-8")
    reset = run(here, "reset", "06")
    assert (reset.returncode, reset.stderr) == (0, "")
    kept = re.search(
        r"06_shrink_with_pooling.ipynb is now (06_shrink_with_pooling \(yours, .*\).ipynb)", reset.stdout
    )
    assert lesson.with_name(kept[1]).read_text(encoding="utf-8") == "mine"
    update = run(here, "update")
    assert (update.returncode, update.stdout, update.stderr) == (0, "Nothing is new.\n", "")


def test_check_says_that_all_is_well(here):
    """In a process of its own, and in it a kernel."""
    check = run(here, "check")
    assert check.stderr == ""
    assert check.stdout.splitlines()[-1] == "All is well.", check.stdout
    assert check.returncode == 0


@pytest.mark.parametrize(
    "arguments", [[], ["lab"], ["--no-browser"], ["lab", "--port", "9999", "--ip=0.0.0.0"]]
)
def test_the_course_opens_in_an_empty_folder(here, jupyterlab, capsys, arguments):
    assert command.main(arguments) == 0
    (options,) = jupyterlab
    course = here / command.FOLDER
    assert options[:2] == [
        f"--ServerApp.root_dir={course.resolve()}",
        "--LabApp.default_url=/lab/tree/00_start_here.ipynb",
    ]
    given = {"--port=9999": "9999", "--no-browser": "--no-browser", "--ip=0.0.0.0": "--ip=0.0.0.0"}
    assert {*options[2:]} == {option for option, word in given.items() if word in arguments}
    assert (course / "00_start_here.ipynb").is_file()
    assert "47 lessons and solutions are now in" in capsys.readouterr().out


def test_the_second_time_nothing_is_said(here, jupyterlab, capsys):
    command.main([])
    capsys.readouterr()
    command.main([])
    assert capsys.readouterr().out == ""


def test_inside_a_course_this_is_the_folder(here, jupyterlab, monkeypatch):
    command.main(["lab", "--folder", "mine"])
    monkeypatch.chdir("mine")
    command.main([])
    assert jupyterlab[0] == jupyterlab[1]
    assert not (here / "mine" / command.FOLDER).exists()


def test_news_is_announced(here, jupyterlab, capsys, monkeypatch):
    monkeypatch.setattr(copies, "has_news", lambda folder: True)
    command.main([])
    assert "`cnnlab update` brings it in" in capsys.readouterr().out


def test_what_was_done_is_told(here, capsys, monkeypatch):
    news = copies.News(["a"], ["b"], ["c"], {"d": "d (yours)"})
    monkeypatch.setattr(copies, "update", lambda folder: news)
    assert command.main(["update", "--folder", "."]) == 0
    said = capsys.readouterr().out
    for sentence in (
        "New in your copies: a.",
        "up to date in your copies: b.",
        "gone from your copies: c.",
        "d is now d (yours)",
    ):
        assert sentence in said


@pytest.mark.parametrize("arguments", [["update"], ["reset", "05"]])
def test_where_there_are_no_copies(here, capsys, arguments):
    assert command.main(arguments) == 1
    assert "There are no copies in" in capsys.readouterr().err
    assert not [*here.iterdir()]


def test_one_sentence_for_a_learner(here, capsys):
    Path(command.FOLDER).write_text("a file", encoding="utf-8")
    assert command.main([]) == 1
    said = capsys.readouterr().err
    sentence = f"{command.FOLDER} is a file; a folder is needed there. Move it away, and run this again."
    assert said == f"cnnlab: {sentence}\n"


@pytest.mark.parametrize("arguments", [["udpate"], ["update", "--port=1"], ["reset"], ["check", "05"]])
def test_what_is_not_understood(here, capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    assert stop.value.code == 2
    assert "usage: cnnlab" in capsys.readouterr().err


def test_versions_agree(capsys):
    with pytest.raises(SystemExit):
        command.main(["--version"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"cnnlab {project['version']}\n"
    assert f"\nversion: {project['version']}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[(.*?)\]", changes, re.MULTILINE)[1] == project["version"]


# --- each check can fail


def test_a_wrong_operation_is_found(monkeypatch):
    monkeypatch.setattr(selftest.ops, "conv2d", lambda x, weight: selftest.ops.conv2d_loops(x, weight) + 0.1)
    assert selftest.operations() == "conv2d is off by 0.1"
    monkeypatch.undo()
    monkeypatch.setattr(selftest.ops, "max_pool2d", lambda x, size: x[..., ::2, ::2])
    assert "max_pool2d" in selftest.operations()


def test_an_old_package_is_found(monkeypatch):
    monkeypatch.setattr(
        selftest.metadata, "requires", lambda name: ["numpy>=99", "nosuchpackage", 'x; extra == "dev"']
    )
    assert re.fullmatch(
        r"numpy should be >=99, and is [\d.]+; nosuchpackage should be .*, and is nothing",
        selftest.versions(),
    )


def test_a_missing_lesson_is_found(tmp_path, monkeypatch):
    copies.place(tmp_path)
    monkeypatch.setattr(selftest, "lessons_folder", lambda: tmp_path)
    assert selftest.lessons() == ""
    (tmp_path / "solutions" / "06_shrink_with_pooling.ipynb").unlink()
    assert "no solutions for 06_shrink_with_pooling.ipynb" in selftest.lessons()


def test_missing_settings_and_extensions_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr("jupyterlab.commands.get_app_dir", lambda: str(tmp_path))
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda name: [str(tmp_path)])
    assert "cnnlab.json is missing" in selftest.settings()
    assert selftest.widgets() == "pip install --force-reinstall ipywidgets anywidget cnnlab"


def test_another_kernel_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(selftest, "__file__", str(tmp_path / "cnnlab" / "course" / "selftest.py"))
    assert "is another Python's" in selftest.front_page()


def test_checks_go_on_after_one_that_breaks(monkeypatch, capsys):
    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(selftest, "CHECKS", {"This": broken, "That": lambda: "", "More": lambda: "it is off"})
    assert selftest.run() == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "WRONG  This: RuntimeError: no",
        "ok     That",
        "WRONG  More: it is off",
        "2 of these are wrong.",
    ]
