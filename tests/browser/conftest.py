"""One server and one browser serve the whole run; tests of one file share what they do not change."""

import os
from pathlib import Path

import pytest

from tests.helpers.book import Opened
from tests.helpers.lab import running_chromium, running_lab, what_is_lacking

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config, items):
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker("browser")
    lacking = what_is_lacking()
    if lacking and mine and os.environ.get("CI") != "true":
        # One of them stands for all, so that the report says it in one line.
        mine[0].add_marker(pytest.mark.skip(reason=f"{len(mine)} browser tests: {lacking}"))
        config.hook.pytest_deselected(items=mine[1:])
        items[:] = [item for item in items if item not in mine[1:]]


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


@pytest.fixture(scope="module")
def notebook(request, open_shared):
    """A page that all tests of a file share; what it runs first is the file's ``SETUP``."""
    return open_shared([request.module.SETUP])


@pytest.fixture
def scene(notebook):
    """Return the scene of ``SETUP``, made anew in the shared page."""
    notebook.page.mouse.move(0, 0)
    return notebook.run_all().scene().steady()


@pytest.fixture
def open_notebook(lab, chromium):
    """Return a function that opens cells or a lesson in a fresh page; what the page complains of fails."""
    yield from _opener(lab, chromium)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Return the folder of a book that was built for these tests."""
    from book.site import Site

    folder = tmp_path_factory.mktemp("book")
    Site("https://example.org/course/", "https://github.com/NAME/cnnlab").build(folder)
    return folder


@pytest.fixture
def open_page(chromium, site):
    """Return a function that opens a page of the book from its file."""
    opened = []

    def open_page(name, **options):
        opened.append(Opened(chromium, site, name, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()


def _opener(lab, chromium):
    opened = []

    def open_notebook(source, **options):
        opened.append(lab.open(chromium, source, **options))
        return opened[-1]

    yield open_notebook
    for notebook in opened:
        notebook.close()
    for notebook in opened:
        said = lab.log.read_text(encoding="utf-8", errors="replace")[-3000:]
        assert notebook.complaints == [], f"the browser's console shows errors; the server's log:\n{said}"
        assert notebook.strangers == [], "requests left the machine"
