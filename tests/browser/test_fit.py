"""Every scene on every screen: what belongs together is in sight, and nothing moves."""

import pytest

from tests.helpers.bare import mount
from tests.helpers.fit import LARGE, MEASURE, SCREENS, STEP_THROUGH, project
from tests.helpers.lab import blameless_page, drawn
from tests.helpers.scenes import SCENES

# Of a window, what JupyterLab leaves to a notebook's outputs with its file browser open.
BESIDE, ABOVE = 400, 121
# Of each scene the first, as it comes.
FIRST = sorted({name.partition(",")[0]: name for name in reversed(SCENES)}.values())


@pytest.fixture(scope="module")
def page(chromium):
    with blameless_page(chromium) as page:
        yield page


def room(width, height):
    return (width - BESIDE if width > 1000 else width, height - ABOVE)


def shown(page, name, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    host = mount(page, SCENES[name]().picture)
    drawn(page)
    return host


@pytest.mark.parametrize("name", FIRST)
def test_what_belongs_together_is_in_sight_and_nothing_moves(page, name):
    host = shown(page, name, room(*SCREENS[0]))
    for screen in SCREENS:
        page.set_viewport_size(dict(zip(("width", "height"), room(*screen), strict=True)))
        drawn(page)
        found = host.evaluate(MEASURE)
        assert found["sideways"] == 0, (screen, found)
        if screen in LARGE:
            assert found["together"] <= found["room"], (screen, found)
        assert found["digits"] is None or found["digits"] >= 11.5, (screen, found)
        if screen in (SCREENS[0], SCREENS[-1]):
            assert host.evaluate(STEP_THROUGH) == 0, screen


@pytest.mark.parametrize("name", FIRST)
def test_projected_it_fills_the_screen(page, name):
    host = shown(page, name, (1920, 1080))
    project(page, host)
    found = host.evaluate(MEASURE)
    assert found["whole"] <= 1080
    assert found["sideways"] == 0
    assert max(found["width"], found["height"]) >= 0.8
    assert found["digits"] is None or found["digits"] >= 24 * 0.85
    project(page, host, on=False)
    assert host.evaluate(MEASURE)["whole"] < 1080


def test_where_full_screen_is_refused_it_fills_the_window(page):
    host = shown(page, "SlidingFilter", (1000, 700))
    host.evaluate("host => (host.requestFullscreen = () => Promise.reject(new TypeError('refused')))")
    project(page, host)
    assert host.bounding_box() == {"x": 0, "y": 0, "width": 1000, "height": 700}
    page.keyboard.press("ArrowRight")
    assert host.get_by_role("slider").input_value() == "1"
    page.keyboard.press("Escape")
    drawn(page)
    assert host.bounding_box()["width"] < 1000


def test_maps_before_and_after_have_one_pitch(page):
    for name in ("ReluMap", "PoolingWalk", "SlidingFilter", "GradientRouting"):
        for screen in SCREENS:
            found = shown(page, name, room(*screen)).evaluate(MEASURE)
            assert len(found["pitches"]) == 1, (name, screen, found)


def test_the_measure_notices_cells_that_are_too_large(page):
    host = shown(page, "SlidingFilter", room(*SCREENS[0]))
    page.add_style_tag(
        content=".cnnlab-stage .panel { --pitch: 90px !important; --across: 90px !important; }"
    )
    found = host.evaluate(MEASURE)
    assert found["together"] > found["room"]


def test_the_measure_notices_words_that_push(page):
    host = shown(page, "OptimizerRace, far away", room(*SCREENS[3]))
    assert host.evaluate(STEP_THROUGH) == 0
    page.add_style_tag(content=".cnnlab-stage .note { height: auto !important; }")
    assert host.evaluate(STEP_THROUGH) > 0
