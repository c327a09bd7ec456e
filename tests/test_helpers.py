"""What tests have in common is in tests/helpers: no test module imports another one."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts)


def modules(path):
    """Return the full names of all that a file imports from tests, also in code that it keeps as text."""
    text = path.read_text(encoding="utf-8")
    found = {f"{module}.{name}" for module, name in re.findall(r"from (tests[\w.]*) import (\w+)", text)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "tests import by full names"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("tests.")}


def rooms(path):
    """Return what a file may import from tests."""
    own = ("tests.benchmarks",) if "benchmarks" in path.parts else ()
    if "load" in path.parts:  # a hub and its learners, for the tests beside them
        own += ("tests.load.hub", "tests.load.learner", "tests.load.lesson_day", "tests.load.from_the_book")
    shared = ("tests.helpers", "tests.canonical", "tests.contents", "tests.attack", "tests.release")
    return shared + own


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_tests_import_helpers_and_no_other_tests(path):
    assert [name for name in modules(path) if not name.startswith(rooms(path))] == []


def test_imports_are_found_in_code_and_in_text(tmp_path):
    file, maps = tmp_path / "some.py", "tests.test_maps"
    code = f"from {maps} import rows, words\nimport {maps}\nCELL = 'from {maps} import read'\n"
    file.write_text(code, encoding="utf-8")
    assert modules(file) == {maps, f"{maps}.rows", f"{maps}.words", f"{maps}.read"}
