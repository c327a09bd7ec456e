"""Opening a lesson in JupyterLab does not mark it as changed, and saving it changes no byte."""

import pytest

from cnnlab.course import copies
from tests.helpers.lab import Notebook, new_page

FOLDER = "course"

# The shortest with a scene; one with folded outputs, HTML and pictures; solutions.
NAMES = ["00_start_here", "14_read_real_digits", "solutions/06_shrink_with_pooling"]


@pytest.fixture(scope="module")
def course(lab):
    """Working copies, as `cnnlab lab` places them."""
    copies.place(lab.root / FOLDER)
    return lab.root / FOLDER


@pytest.fixture
def open_copy(lab, chromium, course):
    """Return a function that opens a working copy, and waits until JupyterLab has heard of its kernel."""
    opened = []

    def open_copy(name):
        page = new_page(chromium)
        notebook = Notebook(page, lab, f"{FOLDER}/{name}.ipynb")
        opened.append(notebook)
        notebook.open()
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'", timeout=60_000
        )
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.info")  # a promise
        notebook.execute()  # what JupyterLab does with the answer is done before another message is answered
        return notebook

    yield open_copy
    for notebook in opened:
        notebook.close()


def is_changed(notebook):
    return notebook.page.evaluate("jupyterapp.shell.currentWidget.context.model.dirty")


def save(notebook):
    notebook.page.evaluate("jupyterapp.shell.currentWidget.context.save()")  # a promise


@pytest.mark.parametrize("name", NAMES)
def test_opened_and_saved_a_lesson_stays_as_it_was(open_copy, course, name):
    path = course / f"{name}.ipynb"
    before = path.read_bytes()
    notebook = open_copy(name)
    assert not is_changed(notebook)
    save(notebook)
    assert path.read_bytes() == before
    assert notebook.complaints == []


def test_a_lesson_in_another_form_is_changed_by_opening(open_copy, course):
    """The control: what the first edition stored, and what another Python would."""
    path = course / "01_images_are_numbers.ipynb"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"nbconvert_exporter": "python"', b'"nbconvert_exporter": "other"'))
    notebook = open_copy("01_images_are_numbers")
    notebook.page.wait_for_function("jupyterapp.shell.currentWidget.context.model.dirty")
    save(notebook)
    assert path.read_bytes() == before
