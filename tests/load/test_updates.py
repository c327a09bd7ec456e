"""nbgitpuller's rules, tried with the real one, beside a learner's own copies. Needs no root and no hub.

Our own rule is another: what a learner has written is never merged, never renamed in silence, never written
over (`tests/test_copies.py`). README.md of deploy/ tells both.
"""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.course import copies
from tests.load.hub import need

GITPULLER = Path(sys.executable).with_name("gitpuller")
need(*([] if GITPULLER.exists() else ["nbgitpuller (deploy/one-machine/requirements.txt)"]))

NAME = "02_slide_a_filter.ipynb"
ENVIRONMENT = os.environ | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "teacher",
    "GIT_AUTHOR_EMAIL": "teacher@example.org",
    "GIT_COMMITTER_NAME": "teacher",
    "GIT_COMMITTER_EMAIL": "teacher@example.org",
}


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=ENVIRONMENT)


class Teacher:
    """A repository with lessons, and what a learner pulls from it."""

    def __init__(self, folder):
        self.repository, self.pulled = folder / "lessons", folder / "course" / "lessons"
        (self.repository / "notebooks").mkdir(parents=True)
        git(self.repository, "init", "--quiet", "--initial-branch", "main")
        self.publish(NAME, text(lesson("The first version.", "x = 1")))

    def publish(self, name, content):
        (self.repository / "notebooks" / name).write_text(content, encoding="utf-8")
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "--quiet", "--message", f"{name} is new")

    def pull(self):
        command = [GITPULLER, f"file://{self.repository}", "main", self.pulled]
        ended = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def there(self, name):
        return self.pulled / "notebooks" / name


def lesson(prose, code):
    between = ["Between them.\n", "And more of it."]
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": [prose]},
        {"cell_type": "markdown", "id": "b", "metadata": {}, "source": between},
        {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "outputs": []},
    ]
    cells[-1]["source"] = [code]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def text(notebook):
    return json.dumps(notebook, indent=1) + "\n"


@pytest.fixture
def teacher(tmp_path):
    made = Teacher(tmp_path)
    made.pull()
    assert made.there(NAME).exists()
    return made


def test_untouched_files_are_replaced(teacher):
    teacher.publish(NAME, text(lesson("The second version.", "x = 2")))
    teacher.pull()
    assert "The second version." in teacher.there(NAME).read_text(encoding="utf-8")


def test_what_both_changed_in_other_lines_is_merged_into_one_file(teacher):
    teacher.there(NAME).write_text(text(lesson("The first version.", "x = 'mine'")), encoding="utf-8")
    teacher.publish(NAME, text(lesson("The second version.", "x = 1")))
    teacher.pull()
    merged = teacher.there(NAME).read_text(encoding="utf-8")
    assert "The second version." in merged
    assert "x = 'mine'" in merged


def test_where_both_changed_a_line_the_learners_stays(teacher):
    teacher.there(NAME).write_text(text(lesson("The first version.", "x = 'mine'")), encoding="utf-8")
    teacher.publish(NAME, text(lesson("The first version.", "x = 2")))
    teacher.pull()
    assert "x = 'mine'" in teacher.there(NAME).read_text(encoding="utf-8")
    assert "x = 2" not in teacher.there(NAME).read_text(encoding="utf-8")


def test_a_merge_of_lines_can_spoil_a_notebook(teacher):
    """Both add a cell at the end: the lines of one are taken, and what belongs to the other is gone."""
    mine, theirs = lesson("The first version.", "x = 1"), lesson("The first version.", "x = 1")
    for notebook, source in ((mine, "mine"), (theirs, "theirs")):
        added = copy.deepcopy(notebook["cells"][-1])
        notebook["cells"].append(added | {"id": source, "source": [source]})
    teacher.there(NAME).write_text(text(mine), encoding="utf-8")
    teacher.publish(NAME, text(theirs))
    teacher.pull()
    cells = json.loads(teacher.there(NAME).read_text(encoding="utf-8"))["cells"]
    assert [cell["source"] for cell in cells[3:]] == [["mine"]]  # the teacher's new cell never comes


def test_a_file_in_the_way_is_renamed_without_a_word(teacher):
    teacher.there("notes.ipynb").write_text("my notes", encoding="utf-8")
    teacher.publish("notes.ipynb", "the teacher's")
    teacher.pull()
    assert teacher.there("notes.ipynb").read_text(encoding="utf-8") == "the teacher's"
    (renamed,) = teacher.pulled.glob("notebooks/notes__*.ipynb")
    assert re.fullmatch(r"notes__\d{14}\.ipynb", renamed.name)
    assert renamed.read_text(encoding="utf-8") == "my notes"


def test_a_deleted_file_comes_back(teacher):
    teacher.there(NAME).unlink()
    teacher.pull()
    assert "The first version." in teacher.there(NAME).read_text(encoding="utf-8")


def test_copies_beside_what_is_pulled_keep_what_a_learner_wrote(teacher, tmp_path):
    """As on a hub: copies in ~/course, what nbgitpuller pulls in a folder there; each minds its own."""
    course, notebooks = tmp_path / "course", teacher.repository / "notebooks"
    (notebooks / "00_start_here.ipynb").write_text(text(lesson("Start here.", "1")), encoding="utf-8")
    copies.place(course, notebooks)
    (course / NAME).write_text(text(lesson("The first version.", "x = 'mine'")), encoding="utf-8")
    (course / "notes.ipynb").write_text(text(lesson("My notes.", "2")), encoding="utf-8")
    teacher.publish(NAME, text(lesson("The second version.", "x = 2")))
    teacher.publish("notes.ipynb", text(lesson("The teacher's notes.", "3")))

    teacher.pull()
    assert "x = 'mine'" in (course / NAME).read_text(encoding="utf-8")  # pulling never touches a copy
    assert "The second version." in teacher.there(NAME).read_text(encoding="utf-8")

    news = copies.update(course, notebooks)
    assert "The second version." in (course / NAME).read_text(encoding="utf-8")
    kept = course / news.kept[NAME]
    assert "x = 'mine'" in kept.read_text(encoding="utf-8")
    assert "(yours, " in kept.name
    notes = [file.read_text(encoding="utf-8") for file in course.glob("notes*.ipynb")]
    assert sum("My notes." in each for each in notes) == 1
    assert "The second version." in teacher.there(NAME).read_text(encoding="utf-8")  # nor updating the pulled
    teacher.pull()
    assert "x = 'mine'" in kept.read_text(encoding="utf-8")
