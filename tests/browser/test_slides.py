"""Slides on the wall: nothing sticks out, scenes live, polls have turns, the speaker's window follows."""

import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")

from book.site import Site
from tests.helpers.lab import until
from tests.helpers.slides import SIZES, shown, what_sticks_out

NAMES = [page.path.stem for page in Site().pages]
DECK = "slides/02_slide_a_filter.html"


def turn_to(page, selector):
    """Turn slides from the first on until there is what ``selector`` finds."""
    page.keyboard.press("Home")
    for _ in range(60):
        if page.locator(selector).count():
            return
        page.keyboard.press("PageDown")
    raise AssertionError(f"no slide has {selector}")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_of_a_slide(open_page, name):
    """Each deck at one size and theme; all of them: python -m tests.benchmarks.slides."""
    at = NAMES.index(name)
    width, height = SIZES[at % len(SIZES)]
    page = open_page(f"slides/{name}.html", width=width, height=height).page
    page.emulate_media(color_scheme=["light", "dark"][at % 2])
    found, smallest = what_sticks_out(page)
    assert found == []
    assert smallest > 0.5  # of the size that most slides have


@pytest.mark.parametrize(
    "name",
    [
        "slides/02_slide_a_filter.html",
        "teach/02_slide_a_filter.html",
        "teach/16_keep_deep_networks_alive.html",
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_slides_and_plans(open_page, name, theme):
    opened = open_page(name, height=720)
    opened.wear(theme)
    assert opened.violations() == []
    for _ in range(4):  # a text, a poll in its turns
        opened.page.keyboard.press("PageDown")
    assert opened.violations() == []


def test_a_poll_shows_question_options_and_answer_in_turn(open_page):
    page = open_page(DECK, height=720).page
    turn_to(page, ".slide.current.of-poll")
    slide = page.locator(".slide.current")
    options, answer = slide.locator(".options"), slide.locator(".because")
    first, _ = shown(page)
    assert (options.is_visible(), answer.is_visible()) == (False, False)
    page.keyboard.press("Space")
    assert (options.is_visible(), answer.is_visible()) == (True, False)
    assert slide.locator(".right").count() == 1
    border = "one => getComputedStyle(one).borderTopColor"
    colors = {one.evaluate(border) for one in options.locator("li").all()}
    assert len(colors) == 1  # nothing tells the right one yet
    page.keyboard.press("PageDown")
    assert answer.is_visible()
    assert len({one.evaluate(border) for one in options.locator("li").all()}) == 2
    page.keyboard.press("ArrowLeft")
    assert not answer.is_visible()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    assert shown(page) == [first + 1, 0]
    page.keyboard.press("PageUp")
    assert shown(page) == [first, 2]


def test_a_scene_on_a_slide_lives_and_the_remote_still_turns_slides(open_page):
    page = open_page(DECK, height=720).page
    turn_to(page, ".slide.current .SlidingFilter")
    at, _ = shown(page)
    page.locator(".slide.current").get_by_role("button", name="One place on").click()
    assert "place 2 of 49" in page.locator(".slide.current .counter").inner_text()
    page.keyboard.press("ArrowRight")  # belongs to the scene
    assert shown(page)[0] == at
    page.keyboard.press("PageDown")
    assert shown(page)[0] == at + 1


def test_the_speakers_window_follows_and_leads(open_page):
    page = open_page(DECK, height=720).page
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    with page.expect_popup() as told:
        page.keyboard.press("s")
    desk = told.value
    until(desk, "document.getElementById('current').textContent.startsWith('2.')")
    desk.locator("#notes").get_by_text("crossing").first.wait_for()
    assert shown(page) == [2, 0]  # the wall stays where it is
    desk.keyboard.press("PageDown")
    until(page, "document.querySelector('.slide.current').id === 'slide-3'")
    page.keyboard.press("PageUp")
    until(desk, "document.getElementById('current').textContent.startsWith('2.')")
    desk.locator("#plan").select_option("45")
    assert "ends after 15 min" in desk.locator("#due").inner_text()
    assert "0:" in desk.locator("#since").inner_text()
    desk.close()


def test_a_link_opens_the_scene_as_it_is(open_page):
    """Steps, an edit and what is pinned are in the address; a damaged one begins anew and says so."""
    page = open_page(DECK, height=720).page
    turn_to(page, ".slide.current .SlidingFilter")
    slide = page.locator(".slide.current")
    slide.get_by_role("button", name="Last place").click()
    slide.get_by_label("edit").first.check()
    slide.get_by_role("grid", name="Image").locator(".cell").first.click()
    page.keyboard.press("Escape")
    numbers = (
        slide.get_by_role("grid", name="Feature map")
        .locator(".cell")
        .evaluate_all("all => all.map(one => one.ariaLabel ?? one.textContent)")
    )
    slide.evaluate("document.querySelector('.slide.current [data-stage]').focus?.()")
    page.locator("#code").click()
    link = page.locator("#handed a").get_attribute("href")
    assert "02_slide_a_filter.html#walking-filter~" in link
    other = open_page("02_slide_a_filter.html#" + link.partition("#")[2]).page
    scene = other.locator("#walking-filter .scene")
    scene.locator(".counter").get_by_text("place 49 of 49").wait_for()
    there = (
        scene.get_by_role("grid", name="Feature map")
        .locator(".cell")
        .evaluate_all("all => all.map(one => one.ariaLabel ?? one.textContent)")
    )
    assert there == numbers
    broken = open_page("02_slide_a_filter.html#walking-filter~eyJhIjotMX0").page
    broken.get_by_text("This link is damaged").wait_for()
    assert "place 1 of 49" in broken.locator("#walking-filter .counter").inner_text()


def test_in_print_slides_are_a_handout_without_answers(open_page):
    page = open_page(DECK, height=720).page
    page.emulate_media(media="print")
    polls = page.locator(".slide.of-poll")
    assert all(poll.locator(".options").is_visible() for poll in polls.all())
    assert not any(poll.locator(".because").is_visible() for poll in polls.all())
    assert not page.locator(".notes").first.is_visible()
    assert page.locator(".slide .still").first.is_visible()
