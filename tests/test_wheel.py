"""The wheel is the course: it carries every lesson, and is small. ``tests/release.py`` tries one out."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.release import faults

ROOT = Path(__file__).parents[1]
pytest.importorskip("hatchling", reason="hatchling is not installed (requirements-dev.txt)")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_the_wheel_carries_the_course(wheel):
    assert faults(wheel) == []


def changed(wheel, folder, change):
    """Copy a wheel; ``change`` gets each name and content, and returns the content to write, or None."""
    copy = folder / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return copy


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda name, data: None if "/05_" in name else data, "lacks lessons"),
        (lambda name, data: data + b" " if "/05_" in name else data, "carries lessons of another version"),
        (lambda name, data: None if name.endswith("cnnlab.json") else data, "lacks what is for JupyterLab"),
        (lambda name, data: None if name.endswith("entry_points.txt") else data, "lacks the command"),
        (lambda name, data: data * 40 if name.endswith("look.py") else data, "is larger than"),
    ],
    ids=["no 05", "another 05", "no settings", "no command", "too large"],
)
def test_what_is_wrong_with_a_wheel_is_found(wheel, tmp_path, change, fault):
    assert any(found.startswith(fault) for found in faults(changed(wheel, tmp_path, change)))
