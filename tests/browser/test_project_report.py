"""The report of a project in a browser: valid, accessible, on a phone, in both themes, printed."""

import subprocess

import pytest

from tests.helpers.book import RULES
from tests.helpers.lab import AXE, TESTS
from tests.helpers.projects import finished, project

HTML_VALIDATE = TESTS / "browser" / "node_modules" / ".bin" / "html-validate"


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    finished().report(folder / "finished.html")
    project(budget="<b>…</b>").report(folder / "begun.html")
    return folder


def test_it_is_valid_html(reports):
    command = [HTML_VALIDATE, "--config", TESTS / "browser" / "html-validate.json", f"{reports}/*.html"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("name", ["finished", "begun"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(chromium, reports, name, theme):
    """axe-core finds nothing; nothing is asked for; at 320 pixels and on paper it is not cut off."""
    page = chromium.new_page()
    page.emulate_media(color_scheme=theme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((reports / f"{name}.html").as_uri())
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )["violations"]
    assert found == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.emulate_media(media="print")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    page.close()
