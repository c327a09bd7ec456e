"""Where the system forces its own colors, a scene keeps those that mean something; words can be read."""

import pytest

from cnnlab.look import contrast
from tests.helpers.bare import mount
from tests.helpers.lab import drawn, new_page
from tests.helpers.looks import CONTRAST, TEXTS, axe_violations
from tests.helpers.scenes import SCENES


@pytest.fixture(scope="module")
def page(chromium):
    page = new_page(chromium, 1280, 900)
    yield page
    page.close()


@pytest.fixture(params=["light", "dark"])
def forced(page, request):
    page.emulate_media(forced_colors="active", color_scheme=request.param)
    return request.param


def shown(page, name, theme, **options):
    host = mount(page, SCENES[name]().picture, dark=theme == "dark", **options)
    drawn(page)
    return host


def style(host, cell, name):
    return host.locator(cell).first.evaluate("(cell, name) => getComputedStyle(cell)[name]", name)


def test_drawing_maps_and_marks_are_there(page, forced):
    host = shown(page, "LetterNetwork", forced)
    ink, paper = (style(host, f"[aria-label={word}]", "backgroundColor") for word in ("ink", "paper"))
    assert contrast(*([*map(int, color[4:-1].split(","))] for color in (ink, paper))) > 3
    maps = host.get_by_role("grid", name="Maps").locator(".cell").all()
    assert len({cell.evaluate("cell => getComputedStyle(cell).backgroundColor") for cell in maps}) > 5
    assert "inset" in style(host, ".cell.lit", "boxShadow")
    host = shown(page, "SlidingFilter", forced)
    assert style(host, ".outline", "borderTopColor") != style(host, ".cell", "backgroundColor")


@pytest.mark.parametrize(
    "name", ["LetterNetwork", "SlidingFilter, sums", "Detection", "ComputationGraph", "LossCurve"]
)
def test_all_words_can_be_read_and_axe_finds_nothing(page, forced, name):
    host = shown(page, name, forced)
    faint = [
        (text, round(contrast(color, behind), 2))
        for text, color, behind, *_ in host.evaluate(TEXTS)
        if contrast(color, behind) < CONTRAST
    ]
    assert faint == []
    assert axe_violations(page) == []


def test_the_test_can_fail(page):
    page.emulate_media(forced_colors="active", color_scheme="dark")
    host = shown(page, "LetterNetwork", "dark")
    page.add_style_tag(content=".cnnlab-stage .cell { forced-color-adjust: auto !important; }")
    ink, paper = (style(host, f"[aria-label={word}]", "backgroundColor") for word in ("ink", "paper"))
    assert ink == paper
