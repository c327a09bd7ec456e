"""The book: notebooks become pages, or a message says why not."""

import base64
import copy
import doctest
import io
import json
import re

import nbformat
import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")
pytest.importorskip("mdit_py_plugins", reason="the book needs requirements-dev.txt")

from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

import book.changes
from book import record, text
from book.changes import difference
from book.lesson import BookError, Page, figure
from book.site import Site

PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers(-9, 9) | some.text(max_size=3),
    lambda one: some.lists(one, max_size=4) | some.dictionaries(some.sampled_from("abc"), one, max_size=3),
    max_leaves=12,
)


def applied(old, change):
    """Apply a change, as scenes.js does."""
    if change is None:
        return old
    if "by" in change:
        return change["by"]
    made = copy.copy(old)
    for key, part in change["in"].items():
        key = int(key) if isinstance(old, list) else key
        made[key] = applied(old[key], part)
    return made


@given(PLAIN, PLAIN)
def test_a_difference_leads_from_one_to_the_other(old, new):
    made = applied(old, difference(old, new))
    assert json.dumps(made, sort_keys=True) == json.dumps(new, sort_keys=True)


def test_the_examples_in_the_book_are_right():
    assert doctest.testmod(book.changes).failed == 0


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("02_slide_a_filter.ipynb", "02_slide_a_filter.html"),
        ("02_slide_a_filter.ipynb#One-place%3A-line-up", "02_slide_a_filter.html#One-place%3A-line-up"),
        ("solutions/02_slide_a_filter.ipynb", "solutions/02_slide_a_filter.html"),
        ("../02_slide_a_filter.ipynb", "../02_slide_a_filter.html"),
        ("https://example.org/02_a.ipynb", "https://example.org/02_a.ipynb"),
        ("#here", "#here"),
    ],
)
def test_links_between_notebooks_are_links_between_pages(link, page):
    assert f'href="{page}"' in text.Text().html(f"[x]({link})")


def test_headings_have_the_anchors_of_jupyterlab():
    words = text.Text()
    made = words.html("## Is it true? `relu` of $x$\n\ntext\n\n### Next")
    assert [level for level, *_ in words.headings] == [2, 3]
    assert 'id="Next"' in made
    assert 'id="Is-it-true?-relu-of-x"' in made


def test_formulas_become_mathml_and_code_stays_code():
    made = text.Text().html(
        "Costs `$5$`: $a_1 \\cdot 2$.\n\n$$\\sum_k x_k = (-1)$$\n\n```python\nx = 1  # $y$\n```"
    )
    assert made.count("<math ") == 2
    assert 'display="block"' in made
    assert "<code>$5$</code>" in made
    assert "$y$" in made


def test_every_formula_of_the_course_can_be_set():
    for path in [*record.lessons(), *(record.NOTEBOOKS / "solutions").glob("*.ipynb")]:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                made = text.Text().html(cell.source)
                assert "\\frac" not in re.sub(r'alttext="[^"]*"', "", made), path


# --- what stops it ------------------------------------------------------------------------------------------


def a_page(tmp_path, *cells, name="02_a_page.ipynb"):
    """Return a solution's page of some cells: no scenes are looked for."""
    folder = tmp_path / "solutions"
    folder.mkdir(exist_ok=True)
    cells = [nbformat.v4.new_markdown_cell("# A page"), *cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / name)
    return Page(folder / name)


def code(source="1", count=1, outputs=()):
    return nbformat.v4.new_code_cell(source, execution_count=count, outputs=[*outputs])


def result(data, **metadata):
    return nbformat.v4.new_output("execute_result", data=data, execution_count=1, metadata=metadata)


PNG = io.BytesIO()
Image.new("RGBA", (4, 3), "red").save(PNG, "PNG")
PNG = base64.b64encode(PNG.getvalue()).decode()


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (code(count=None), "was not executed"),
        (nbformat.v4.new_raw_cell("raw"), "cell of type 'raw'"),
        (code(outputs=[result({"image/png": PNG})]), "no words for those who cannot see it"),
        (code(outputs=[result({"image/png": "bm8=", "text/plain": "words"})]), "picture cannot be read"),
        (code(outputs=[result({"application/x": "1"})]), "cannot show application/x"),
        (
            code(outputs=[nbformat.v4.new_output("stream", name="stderr", text="careful")]),
            "written to stderr",
        ),
        (
            code(outputs=[nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]),
            "of type 'error'",
        ),
    ],
)
def test_what_cannot_be_shown_stops_the_book(tmp_path, cell, why):
    with pytest.raises(BookError, match=re.escape(why)) as found:
        a_page(tmp_path, cell).build()
    assert "02_a_page.ipynb, cell " in str(found.value)


def test_a_notebook_without_a_heading_stops_it(tmp_path):
    path = tmp_path / "02_a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("no heading")]), path)
    with pytest.raises(BookError, match="must begin with a heading"):
        _ = Page(path).title


def test_scenes_that_were_not_recorded_stop_it(tmp_path):
    path = tmp_path / "77_none.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# None")]), path)
    with pytest.raises(BookError, match=r"python -m book\.record"):
        Page(path).build()


def test_a_lesson_changed_since_its_scenes_were_recorded_stops_it(tmp_path, monkeypatch):
    lesson = next(path for path in record.lessons() if path.name.startswith("00"))
    notebook = nbformat.read(lesson, as_version=4)
    next(cell for cell in notebook.cells if cell.cell_type == "code").source += "\n"
    nbformat.write(notebook, tmp_path / lesson.name)
    with pytest.raises(BookError, match="has changed since its scenes were recorded"):
        Page(tmp_path / lesson.name).build()


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("mine")
    site = Site()
    for part in ("pages", "solutions"):
        site.__dict__[part] = []
    for part in ("_index", "_words", "_scenes", "_teachers", "_search", "_others"):
        monkeypatch.setattr(site, part, lambda: None)
    with pytest.raises(BookError, match="holds other things than a book"):
        site.build(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


# --- what it makes ------------------------------------------------------------------------------------------


def test_a_picture_is_made_small_and_stays_what_it_is():
    made = figure(PNG, "here")
    assert (made["width"], made["height"]) == (4, 3)
    with Image.open(io.BytesIO(base64.b64decode(made["source"].partition(",")[2]))) as picture:
        assert picture.convert("RGB").getpixel((1, 1))[0] > 240


def test_navigation_of_notebooks_is_left_to_the_page(tmp_path):
    first = "# A\n\nA problem.\n\n60 minutes · [← B](01_b.ipynb) · [C →](03_c.ipynb)"
    page = a_page(tmp_path, nbformat.v4.new_markdown_cell(first)).build()
    shown = "".join(part.html for part in page.parts)
    assert "A problem." in shown
    assert "03_c" not in shown
    assert "60 minutes" not in shown


@pytest.mark.parametrize("number", ["00", "06"])
def test_recorded_scenes_are_those_of_today(number):
    """What is kept of a lesson is what running it gives; whoever changes a scene records it again."""
    import subprocess
    import sys

    lesson = next(path for path in record.lessons() if path.name.startswith(number))
    program = (
        "import json, sys; from book import record; "
        "sys.stdout = sys.stderr; made = record.record(sys.argv[1]); "
        "sys.__stdout__.write(json.dumps(made))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(lesson)],
        capture_output=True,
        text=True,
        cwd=record.ROOT,
        check=True,
    )
    assert_same(json.loads(done.stdout), record.read(lesson))


def assert_same(found, kept, where=""):
    """Compare plain data; numbers may differ in their last digits from one machine to another."""
    if isinstance(kept, dict):
        assert found.keys() == kept.keys(), where
        for key in kept:
            assert_same(found[key], kept[key], f"{where}.{key}")
    elif isinstance(kept, list):
        assert len(found) == len(kept), where
        for at, one in enumerate(kept):
            assert_same(found[at], one, f"{where}[{at}]")
    elif isinstance(kept, float):
        assert found == pytest.approx(kept, rel=1e-9, abs=1e-12), where
    else:
        assert found == kept, where


def test_all_lessons_have_recorded_scenes():
    for lesson in record.lessons():
        recorded = record.read(lesson)
        assert recorded["cells"], lesson
        questions = [one["asks"]["key"] for one in recorded["stages"] if "asks" in one]
        assert all(key is None or key.startswith(lesson.name[:2]) for key in questions), lesson
        assert sum(key is None for key in questions) <= 1, lesson  # lesson 14 makes one of its results


def test_answers_cannot_be_read_at_a_glance():
    from cnnlab.exercises import lesson02

    told = json.dumps(record.question(lesson02.predict_bend), ensure_ascii=False)
    for secret in (lesson02.predict_bend.because, *lesson02.predict_bend.slips.values(), "0.111"):
        assert secret not in told
