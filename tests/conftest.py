"""How `make test` spreads the suite over its workers (`pytest -n 4 --dist loadscope --no-loadscope-reorder`).

A file is one piece of work: its tests may share a page, a notebook's cells share a kernel, and what a module
has computed is computed once. Where each test is long and stands alone, each is a piece of its own. What
takes longest is handed out first, so that no worker is left alone with it at the end.
"""

import os
import re
from collections import Counter

import hypothesis
import pytest

# A busy machine may take its time: speed is the benchmarks' business. New examples are looked for where
# somebody sees them; in CI the same come each time, so that a change is refused only for what it changes.
hypothesis.settings.register_profile("cnnlab", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("cnnlab")

APART = {"tests/browser/test_every_scene.py", "tests/browser/test_agreement.py", "tests/test_notebooks.py"}
os.environ["CNNLAB_PROGRESS"] = "off"  # also in every kernel and server that a test starts
FIRST_TRAINING = 10  # from this lesson on, notebooks train networks for up to half a minute


@pytest.hookimpl(optionalhook=True)  # there only with pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    if config.getvalue("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = file_of(nodeid)
            return nodeid if file in APART else file

    return ByFile(config, log)


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        sizes = Counter(file_of(item.nodeid) for item in items)
        items.sort(key=lambda item: urgency(item.nodeid, sizes))


def file_of(nodeid):
    return nodeid.partition("::")[0]


def urgency(nodeid, sizes):
    """Return what to sort by: late lessons, other lessons and pages, then the many that compute only."""
    file = file_of(nodeid)
    lesson = re.search(r"[\[/](\d\d)_\w+(?:\]|\.ipynb::)", nodeid)
    number = int(lesson[1]) if lesson and "solutions" not in nodeid else 0
    runs_jupyter = file.endswith(".ipynb") or file.startswith("tests/browser")
    return -max(number, FIRST_TRAINING), not runs_jupyter, -sizes[file] * (file not in APART)
