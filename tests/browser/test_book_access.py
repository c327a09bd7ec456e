"""The book for everybody: by keyboard alone, zoomed, with forced colors, without motion, without scripts."""

import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")

from cnnlab.exercises import lesson02
from cnnlab.look import contrast, write_number
from tests.helpers.lab import drawn
from tests.helpers.looks import CONTRAST, TEXTS

LESSON = "02_slide_a_filter.html"

# Where the focus is: what it is in, what it is, whether it can be seen and nothing lies on it.
FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const { left, top, right, bottom, width, height } = one.getBoundingClientRect();
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const above = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
  const style = getComputedStyle(one);
  const isThere = width > 0 && height > 0;
  return {
    tag: one.tagName, words: one.innerText?.slice(0, 40), label: one.getAttribute('aria-label'),
    asks: one.closest('[data-asks]')?.dataset.asks, cell: one.closest('.grid')?.ariaLabel,
    exercise: one.closest('[data-exercise]')?.dataset.exercise, open: one.parentElement.open, rel: one.rel,
    inSight: isThere && right > 0 && left < innerWidth && bottom > 0 && top < innerHeight,
    uncovered: !!above && (one.contains(above) || above.contains(one)),
    ring: one.matches(':focus-visible') && (style.outlineStyle !== 'none' || style.boxShadow !== 'none'),
  };
}"""


def test_a_lesson_can_be_worked_to_its_end_by_keyboard_alone(open_page):
    """Nothing is focused, clicked or scrolled but by keys: questions, a scene, hints, the next lesson."""
    opened = open_page(LESSON, height=800)
    page, keys = opened.page, opened.page.keyboard
    page.emulate_media(reduced_motion="reduce")  # what is focused is in sight at once
    page.evaluate("localStorage.clear()")
    answered, solved, walked, unseen = [], set(), [], []
    for _ in range(1500):
        keys.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None:
            continue
        if not (at["inSight"] and at["uncovered"]):
            unseen.append(at)
        if at["asks"] and at["tag"] == "INPUT" and at["asks"] not in answered:
            question = getattr(lesson02, at["asks"].partition("/")[2])
            keys.type("99")
            keys.press("Enter")
            page.locator(f"[data-asks='{at['asks']}']").get_by_text("Not yet.").wait_for()
            keys.press("Control+a")
            keys.type(write_number(question.right, question.unit))
            keys.press("Enter")
            page.locator(f"[data-asks='{at['asks']}']").get_by_text("Yes.").wait_for()
            answered.append(at["asks"])
        elif at["tag"] == "SUMMARY" and at["exercise"] and not at["open"]:
            keys.press("Enter")
        elif at["exercise"] and at["words"] == "I have solved it" and at["exercise"] not in solved:
            keys.press("Space")
            solved.add(at["exercise"])
        elif at["cell"] == "Feature map" and not walked:
            walked = [page.evaluate("window.cnnlabModels.map(one => one.get('step'))")]
            keys.press("ArrowRight")
            walked.append(page.evaluate("window.cnnlabModels.map(one => one.get('step'))"))
        elif at["rel"] == "next":
            break
    kept = page.evaluate("window.cnnlabProgress.answers()")
    assert unseen == []
    assert {key: kept[key]["state"] for key in answered} == dict.fromkeys(answered, "correct")
    assert {f"02/{name}" for name in vars(lesson02) if name.startswith("predict_")} <= {*answered}
    assert len(solved) == page.locator("[data-exercise]").count() > 1
    with page.expect_navigation():
        keys.press("Enter")
    assert "03_stride_pad_and_stack_channels.html" in page.url
    opened.asked[:] = [url for url in opened.asked if "03_" not in url]  # it is a page, which was asked for


@pytest.mark.parametrize("name", ["index.html", LESSON, "search.html", "teachers.html", "worksheets.html"])
def test_at_four_times_the_size_nothing_is_hidden_or_scrolled_sideways(open_page, name):
    opened = open_page(name)
    opened.zoom(4)
    page = opened.page
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    hidden = []
    for _ in range(120):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at and not (at["inSight"] and at["uncovered"]):
            hidden.append(at)
    assert hidden == []


@pytest.mark.parametrize("name", ["index.html", LESSON, "12_train_a_cnn.html", "worksheets.html"])
def test_every_focus_has_a_ring(open_page, name):
    page = open_page(name).page
    bare = []
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at and not at["ring"]:
            bare.append(at)
    assert bare == []


SMALL = """() => [...document.querySelectorAll('button, .button, summary, select, input:not(.quiet), nav a')]
  .filter(one => one.checkVisibility())
  .map(one => [(/radio|checkbox/.test(one.type) ? one.labels[0] : one).getBoundingClientRect(), one])
  .filter(([{ width, height }]) => width && height && (width < 23.5 || height < 23.5))
  .map(([{ width, height }, one]) => [one.outerHTML.slice(0, 120), width, height])"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        LESSON,
        "08_vote_with_a_dense_layer.html",
        "14_read_real_digits.html",
        "worksheets.html",
    ],
)
def test_what_is_pressed_is_as_large_as_a_fingertip_needs(open_page, name, width):
    assert open_page(name, width=width).page.evaluate(SMALL) == []


@pytest.mark.parametrize("name", ["index.html", LESSON, "worksheets.html"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_with_forced_colors_all_words_can_be_read(open_page, name, theme):
    opened = open_page(name)
    page = opened.page
    page.emulate_media(forced_colors="active", color_scheme=theme)
    drawn(page)
    faint = [
        (text, round(contrast(color, behind), 2))
        for text, color, behind, *_ in page.locator("body").evaluate(TEXTS)
        if contrast(color, behind) < CONTRAST
    ]
    assert faint == []
    assert opened.violations() == []


def test_who_wants_no_motion_sees_none(open_page):
    page = open_page(LESSON).page
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.get_by_role("button", name="One place on").first.click()
    assert page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "smooth"


@pytest.mark.parametrize("name", [LESSON, "10_push_the_error_back.html"])
def test_without_scripts_everything_can_be_read(open_page, name):
    page = open_page(name, scripts=False).page
    assert not page.evaluate("window.cnnlabModels")
    stills = page.locator(".scene .still")
    assert stills.count() >= 4
    assert all(still.is_visible() for still in stills.all())
    assert all(image.get_attribute("alt") for image in page.locator(".scene .still img").all())
    assert page.locator(".block > .source pre.code").first.is_visible()
    assert page.locator("math").first.is_visible()
    dead = page.locator("button, input, form, .js")
    assert not [one.evaluate("one => one.outerHTML") for one in dead.all() if one.is_visible()]
    page.locator(".hint summary").first.press("Enter")
    assert page.locator(".hint p").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
