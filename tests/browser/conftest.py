"""One server and one browser serve the whole run; tests of one file share what they do not change."""

import os
from pathlib import Path

import pytest

from tests.browser.lab import running_chromium, running_lab, what_is_lacking

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config, items):
    mine = [item for item in items if HERE in item.path.parents]
    lacking = what_is_lacking()
    for item in mine:
        item.add_marker("browser")
        if lacking and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason=lacking))


@pytest.fixture(scope="session")
def lab():
    lacking = what_is_lacking()
    if lacking:  # in CI, a missing Chromium is a failure
        pytest.fail(lacking, pytrace=False)
    with running_lab() as lab:
        yield lab


@pytest.fixture(scope="session")
def chromium():
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def open_shared(lab, chromium):
    """Like ``open_notebook``, for a page that all tests of a file share."""
    yield from _opener(lab, chromium)


@pytest.fixture
def open_notebook(lab, chromium):
    """Return a function that opens cells or a lesson in a fresh page; what the page complains of fails."""
    yield from _opener(lab, chromium)


def _opener(lab, chromium):
    opened = []

    def open_notebook(source, **options):
        opened.append(lab.open(chromium, source, **options))
        return opened[-1]

    yield open_notebook
    for notebook in opened:
        notebook.close()
    for notebook in opened:
        assert notebook.complaints == [], "the browser's console shows errors"
        assert notebook.strangers == [], "requests left the machine"
