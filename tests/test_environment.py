"""The ways to install the course cannot drift apart."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name):
    """Return the packages a requirements file pins, with their versions."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(
        re.fullmatch(r"([\w.-]+)(?:\[.*])?==([^ ;]+).*", line).groups()
        for line in lines
        if line[:1].isalnum()
    )


def names(requirements):
    return {re.match(r"[\w.-]+", requirement).group() for requirement in requirements}


def test_environment_yml_hands_everything_to_pip():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert re.fullmatch(r"python=3\.1[1-4]", python)
    assert pip == "pip"
    assert from_pip == {"pip": ["-r requirements.txt", "-e ."]}


def test_no_binder_folder_hides_it():
    assert not [name for name in ("binder", ".binder") if (ROOT / name).exists()]


def test_learners_lock_holds_what_the_package_and_ci_need():
    extras = PROJECT["optional-dependencies"]
    assert names(PROJECT["dependencies"]) | names(extras["test"]) <= set(locked("requirements.txt"))
    assert names(extras["dev"]) <= set(locked("requirements-dev.txt"))


def test_the_two_locks_agree():
    learners, developers = locked("requirements.txt"), locked("requirements-dev.txt")
    both = learners.keys() & developers.keys()
    assert both
    assert {name: learners[name] for name in both} == {name: developers[name] for name in both}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_locks_name_no_index(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", text)


def test_the_installed_versions_are_the_locked_ones():
    from importlib.metadata import version

    for name in names(PROJECT["dependencies"]):
        assert version(name) == locked("requirements.txt")[name]


def test_lab_settings_are_installed():
    """Widget state is saved with a notebook, and nothing asks the network for news."""
    installed = Path(sys.prefix, "share/jupyter/lab/settings/overrides.d/cnnlab.json")
    kept = ROOT / "cnnlab" / "lab" / "settings.json"
    assert installed.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("repo2docker", path=str(Path(sys.executable).parent)),
                    reason="repo2docker is not installed (requirements-dev.txt)")  # fmt: skip
def test_binder_reads_environment_yml_alone():
    command = [Path(sys.executable).with_name("repo2docker"), "--no-build", "--debug", str(ROOT)]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=120)
    text = printed.stdout + printed.stderr
    assert printed.returncode == 0, text[-2000:]
    assert "Building conda environment for python=3.13" in text
    assert re.search(r"env update -p \$\{?NB_PYTHON_PREFIX\}? --file .*environment.yml", text)
