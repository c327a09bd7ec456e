"""The pages of the book, from files: they ask for nothing, break nothing, and everybody can use them."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")

from book.site import Site
from tests.helpers.lab import TESTS, until

HTML_VALIDATE = TESTS / "browser" / "node_modules" / ".bin" / "html-validate"
NAMES = [page.file for page in Site().pages]
OTHERS = [
    "index.html",
    "words.html",
    "teachers.html",
    "404.html",
    "search.html",
    "worksheets.html",
    "scenes/letter_network.html",
]


@pytest.mark.parametrize("name", [*OTHERS, *NAMES, "solutions/02_slide_a_filter.html"])
def test_everybody_can_use_a_page(open_page, name):
    """axe-core finds nothing, with what is folded closed and open; at 320 pixels no page scrolls sideways."""
    opened = open_page(name)
    themes = (
        ["light", "dark"]
        if name in OTHERS
        else ["dark" if NAMES.index(name) % 2 else "light"]
        if name in NAMES
        else ["dark"]
    )
    for theme in themes:
        if not name.startswith("scenes/"):  # these have no switch: they stand in another page
            opened.wear(theme)
        assert opened.violations() == []
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert opened.violations() == []
    opened.page.set_viewport_size({"width": 320, "height": 640})
    opened.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_page_is_valid_html(site):
    command = [HTML_VALIDATE, "--config", TESTS / "browser" / "html-validate.json", f"{site}/**/*.html"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_two_builds_are_equal_byte_for_byte(site, tmp_path):
    """Also by another process, whose sets and dictionaries are in another order."""
    command = [sys.executable, "-m", "book", "--to", tmp_path / "again"]
    command += ["--url", "https://example.org/course/", "--repository", "https://github.com/NAME/cnnlab"]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run(command, check=True, cwd=TESTS.parent, env=environment, capture_output=True)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (site, tmp_path / "again")
    )
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


class Anchors(HTMLParser):
    """The ids and the links of a page."""

    def __init__(self, source):
        super().__init__()
        self.ids, self.links = [], []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if "id" in told:
            self.ids.append(told["id"])
        if tag == "a" and "href" in told:
            self.links.append(told["href"])


def test_every_link_leads_somewhere(site):
    pages = {path: Anchors(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            if link.startswith("http"):
                assert link.startswith(("https://github.com/NAME/", "https://mybinder.org/")) or "." in link
                continue
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target in pages, f"{path.name}: {link}"
            if target.name == "worksheets.html" and re.fullmatch(r"\d\d-\d+-\d+", anchor):
                continue  # a sheet, which that page deals
            assert not anchor or unquote(anchor) in pages[target].ids, f"{path.name}: {link}"


def test_a_stroke_on_the_front_page_changes_the_votes(open_page):
    page = open_page("index.html").page
    votes = page.get_by_role("grid", name="Votes", exact=True)
    before = votes.inner_text()
    page.get_by_role("button", name="Clear", exact=True).click()
    taken = "document.querySelector('.cnnlab-stage').innerText.includes('it takes this')"
    until(page, f"!{taken} || !document.querySelector('.cnnlab-stage').innerText.includes({before!r})")
    assert votes.inner_text() != before


def test_a_prediction_is_answered_and_remembered(open_page):
    page = open_page("02_slide_a_filter.html").page
    place = page.locator("[data-asks='02/predict_bend']")
    place.get_by_label("Your answer").fill("1")
    place.get_by_role("button", name="Check").click()
    place.get_by_text("One step is left: divide by 9").wait_for()
    place.get_by_label("Your answer").fill("1/9")
    place.get_by_role("button", name="Check").click()
    place.get_by_text("Five products are 1 and four are").wait_for()
    kept = page.evaluate("window.cnnlabProgress.answers()['02/predict_bend']")
    assert (kept["state"], kept["tries"], kept["slip"]) == ("correct", 2, "")


def test_hints_come_one_by_one_and_the_solution_takes_two_clicks(open_page):
    page = open_page("02_slide_a_filter.html").page
    exercise = page.locator("[data-exercise='02/match']")
    hints = exercise.locator(":scope > .hint")
    solution = exercise.get_by_text("return (patch * kernel).sum() / kernel.size")
    shown = [hint.is_visible() for hint in hints.all()]
    assert shown == [True, *[False] * (len(shown) - 1)]
    for at in range(len(shown)):
        assert not solution.is_visible()
        hints.nth(at).locator("summary").first.click()
    assert not solution.is_visible()
    exercise.get_by_text("Show it all the same").click()
    assert solution.is_visible()


def test_search_finds_words_without_a_server(open_page):
    page = open_page("search.html").page
    page.evaluate("history.replaceState(null, '', '?q=receptive%20field'); location.reload()")
    page.locator("#results li").first.wait_for()
    assert "receptive field" in page.locator("#results").inner_text().lower()


def test_progress_goes_to_a_file_and_back(open_page, tmp_path):
    from cnnlab.exercises.progress_file import answers_in

    page = open_page("index.html").page
    page.evaluate("localStorage.clear()")  # what other tests have answered
    page.evaluate("window.cnnlabProgress.remember('02/match', 'not yet', 'Not yet. One step is missing.')")
    assert "One step is missing." in page.locator("#wrong").inner_text()
    with page.expect_download() as told:
        page.get_by_role("button", name="Save to a file").click()
    file = tmp_path / "progress.json"
    told.value.save_as(file)
    answers = answers_in(file.read_bytes())  # as JupyterLab's lessons read it
    assert answers["02/match"].slip == "One step is missing."
    page.get_by_role("button", name="Forget it").click()
    page.get_by_role("button", name="Really forget all of it?").click()
    assert page.evaluate("Object.keys(window.cnnlabProgress.answers()).length") == 0
    page.locator("#load").set_input_files(file)
    until(page, "window.cnnlabProgress.answers()['02/match']")
    file.write_text('{"format": "other"}')
    page.locator("#load").set_input_files(file)
    page.get_by_text("cannot be used, as it holds no progress of this course; nothing was changed").wait_for()
    assert page.evaluate("Object.keys(window.cnnlabProgress.answers()).length") == 1
