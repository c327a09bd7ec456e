"""How `make test` spreads the suite over its workers (`pytest -n 4 --dist loadgroup --no-loadscope-reorder`).

A file is one piece of work: its tests may share a page, a notebook's cells share a kernel, and what a module
has computed is computed once. Where each test is long and stands alone, each is a piece of its own. What
takes longest is handed out first, so that no worker is left alone with it at the end.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
APART = {TESTS / "browser" / "test_every_scene.py", TESTS / "test_notebooks.py"}
FIRST_TRAINING = 10  # from this lesson on, notebooks train networks for up to half a minute


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config, items):
    if not getattr(config.option, "loadgroup", False):
        return
    sizes = Counter(item.path for item in items)
    for item in items:
        if item.path not in APART:
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))
    items.sort(key=lambda item: urgency(item, sizes))


def urgency(item, sizes):
    """Return what to sort by: late lessons, other lessons and pages, then the many that compute only."""
    lesson = re.search(r"[\[/](\d\d)_\w+(?:\]|\.ipynb::)", item.nodeid)
    number = int(lesson[1]) if lesson and "solutions" not in item.nodeid else 0
    runs_jupyter = item.path.suffix == ".ipynb" or TESTS / "browser" in item.path.parents
    return -max(number, FIRST_TRAINING), not runs_jupyter, -sizes[item.path] * (item.path not in APART)
