"""The page of worksheets: it deals what Python deals, shows answers only when asked, prints the sheet."""

import io
import unicodedata

import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")
pytest.importorskip("pypdf", reason="worksheets need requirements-dev.txt")

import numpy as np
import pypdf

from book.worksheets import make, model
from book.worksheets.model import POOL, SEEDS, deal, filled
from cnnlab.look import contrast
from tests.helpers.looks import CONTRAST, TEXTS

PAGE = "worksheets.html"
PARTS = ("sheet", "key")

# What a part of the page says, as plain data of the form that book/worksheets/model.py has.
READ = """part => [...document.querySelectorAll(`#${part} .task`)].map(task => {
  const cell = one => one.querySelector('.box') ? null
    : one.querySelector('strong') ? { answer: one.textContent } : one.textContent;
  const label = one => one.querySelector('.box') ? one.querySelector('span').textContent
    : { label: one.querySelector('span').textContent, answer: one.querySelector('strong').textContent };
  const block = one => one.matches('.said') ? { text: one.textContent }
    : one.matches('.boxes') ? { boxes: [...one.querySelectorAll('.labeled')].map(label) }
    : one.matches('.grids') ? { grids: [...one.querySelectorAll('table')].map(table => ({
        caption: table.caption.textContent, rows: [...table.rows].map(row => [...row.cells].map(cell)) })) }
    : { unknown: one.outerHTML };
  const working = task.querySelector('.working');
  return {
    heading: task.querySelector('h3').textContent,
    blocks: [...task.children].filter(one => !one.matches('h3, .working')).map(block),
    working: working ? working.textContent : '',
  };
})"""


def some_deals():
    """The edges, and for each lesson a few seeds and variants at random, the same each time."""
    rng = np.random.default_rng(17)
    yield from [(2, 0, 1), (2, SEEDS - 1, POOL), (13, 0, POOL), (0, SEEDS - 1, 1)]
    for lesson in model.lessons():
        for _ in range(6):
            yield lesson, int(rng.integers(SEEDS)), int(rng.integers(1, POOL + 1))
        yield lesson, int(rng.integers(30)), int(rng.integers(1, POOL + 1))


def go(page, lesson, seed, variant):
    address = f"{lesson:02}-{seed}-{variant}"
    page.evaluate("address => { location.hash = address; }", address)
    page.locator(f"#sheet[data-sheet='{address}']").wait_for()


def shown(page):
    """Wait until a sheet is dealt; return its address."""
    page.locator("#sheet:not([data-sheet='']) .task").first.wait_for()
    return page.locator("#sheet").get_attribute("data-sheet")


def test_the_page_deals_the_sheets_and_the_keys_that_python_deals(open_page):
    page = open_page(PAGE).page
    page.get_by_role("button", name="Show the key").click()
    dealt = [*some_deals()]
    for lesson, seed, variant in dealt:
        go(page, lesson, seed, variant)
        expected = deal(lesson, seed, variant)
        headings = [f"{at}. {task.title}" for at, (task, _) in enumerate(expected, 1)]
        sheet, key = (page.evaluate(READ, part) for part in PARTS)
        assert sheet == [
            {"heading": heading, "blocks": question.blocks, "working": ""}
            for heading, (_, question) in zip(headings, expected, strict=True)
        ]
        assert key == [
            {
                "heading": heading,
                "blocks": filled(question.blocks, question.answers),
                "working": question.working,
            }
            for heading, (_, question) in zip(headings, expected, strict=True)
        ]
        title = make.title_of(lesson)
        assert page.locator("#sheet h2").text_content() == f"{title}: worksheet"
        told = f"lesson {lesson:02} · seed {seed} · variant {variant}"
        assert [page.locator(f"#{part} .which").text_content() for part in PARTS] == [told, told]
    assert len({(lesson, seed, variant) for lesson, seed, variant in dealt}) > 90


def test_an_answer_is_in_the_page_only_while_the_key_is_shown(open_page):
    page = open_page(PAGE).page
    go(page, 2, 7, 1)
    (_, first), *_ = deal(2, 7, 1)
    assert first.working
    everything = "document.documentElement.outerHTML"
    button = page.get_by_role("button", name="Show the key")
    assert first.working not in page.evaluate(everything)
    assert page.locator("#sheet strong").count() == page.locator("#key *").count() == 0
    button.click()
    assert page.get_by_text(first.working).is_visible()
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert first.working not in page.evaluate(everything)
    assert not page.locator("#key").is_visible()


def test_the_address_keeps_the_sheet_and_leads_back_to_it(open_page):
    page = open_page(PAGE).page
    assert shown(page) == "00-1-1"
    page.get_by_label("Lesson").select_option("06")
    page.get_by_label("Seed").fill(" 0041 ")
    page.get_by_label("Variant").fill("97")
    page.get_by_role("button", name="Deal").click()
    page.locator("#sheet[data-sheet='06-41-97']").wait_for()
    assert page.evaluate("location.hash") == "#06-41-97"
    assert page.get_by_role("link", name="Link to this sheet").get_attribute("href") == "#06-41-97"
    before = page.evaluate(READ, "sheet")
    page.reload()
    assert shown(page) == "06-41-97"
    assert page.evaluate(READ, "sheet") == before
    fields = [page.locator(f"#{name}").input_value() for name in ("lesson", "seed", "variant")]
    assert fields == ["06", "41", "97"]
    go(page, 11, 5, 2)
    page.go_back()
    page.locator("#sheet[data-sheet='06-41-97']").wait_for()
    page.evaluate("location.hash = 'content'")  # the link that skips to the content
    page.evaluate("new Promise(done => setTimeout(done))")
    assert shown(page) == "06-41-97"


def test_it_is_dealt_by_keyboard_alone(open_page):
    page = open_page(PAGE).page
    keys = page.keyboard
    shown(page)
    while page.evaluate("document.activeElement.id") != "lesson":
        keys.press("Tab")
    keys.type("03")
    keys.press("Tab")
    keys.type("12")
    keys.press("Tab")
    keys.type("30")
    keys.press("Enter")
    page.locator("#sheet[data-sheet='03-12-30']").wait_for()
    assert "Dealt: lesson 03 · seed 12 · variant 30" in page.get_by_role("status").text_content()
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    assert page.locator("#key").is_visible()


SEED = "Seed must be a whole number from 0 to 2147483647; "
VARIANT = "Variant must be a whole number from 1 to 97; "


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("seed", "1.5", f"{SEED}“1.5” is not one."),
        ("seed", "-1", f"{SEED}“-1” is not one."),
        ("seed", "2147483648", f"{SEED}“2147483648” is not one."),
        ("seed", "", f"{SEED}it is empty."),
        ("seed", "1e3", f"{SEED}“1e3” is not one."),
        ("variant", "98", f"{VARIANT}“98” is not one."),
        ("variant", "0", f"{VARIANT}“0” is not one."),
        ("variant", "<b>", f"{VARIANT}“<b>” is not one."),
    ],
)
def test_what_cannot_be_dealt_is_one_clear_message(open_page, field, value, complaint):
    page = open_page(PAGE).page
    shown(page)
    page.locator(f"#{field}").fill(value)
    page.get_by_role("button", name="Deal").click()
    page.locator("#dealt.wrong").wait_for()
    assert page.get_by_role("status").all_text_contents() == [complaint]
    assert page.locator("[aria-invalid]").evaluate_all("all => all.map(one => one.id)") == [field]
    assert page.evaluate("document.activeElement.id") == field
    assert not page.locator("#sheet").is_visible()
    assert not page.get_by_role("button", name="Print").is_visible()
    page.locator(f"#{field}").fill("3")
    page.keyboard.press("Enter")
    shown(page)
    assert page.locator("[aria-invalid]").count() == 0


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("14-1-1", "Lesson must be one of 00 to 13; “14” is not one."),
        ("02-1.5-1", f"{SEED}“1.5” is not one."),
        ("02-1-98", f"{VARIANT}“98” is not one."),
        ("02--1-1", f"{SEED}“-1” is not one."),
        ("02-%-1", f"{SEED}“%” is not one."),
    ],
)
def test_an_address_of_no_sheet_says_why(open_page, address, complaint):
    page = open_page(PAGE).page
    shown(page)
    page.evaluate("address => { location.hash = address; }", address)
    page.locator("#dealt.wrong").wait_for()
    assert page.get_by_role("status").text_content() == complaint
    assert not page.locator("#sheet").is_visible()


def letters(text):
    """What a text says, in any order, without ligatures: fonts and pages break it in other places."""
    return sorted("".join(unicodedata.normalize("NFKC", text).split()))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("has_key", [False, True])
def test_print_has_the_sheet_alone_and_the_key_if_it_is_shown(open_page, theme, has_key):
    opened = open_page(PAGE)
    opened.wear(theme)
    page = opened.page
    go(page, 13, 7, 2)  # it leaves room on its last page
    if has_key:
        page.get_by_role("button", name="Show the key").click()
    parts = [page.locator(f"#{part}").text_content() for part in PARTS[: 1 + has_key]]
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for text, color, behind, *_ in page.locator("main").evaluate(TEXTS):
        assert contrast(color, behind) >= CONTRAST, text
    seen = page.evaluate(
        "[...document.body.querySelectorAll('*')].filter(one => one.checkVisibility() && "
        "!one.closest('#sheet, #key') && [...one.childNodes].some(node => node.nodeType === 3 && "
        "node.data.trim())).map(one => one.outerHTML)"
    )
    assert [one for one in seen if not one.startswith("<script")] == []
    pages = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    texts = [one.extract_text() for one in pages]
    feet = [f"lesson 13 · seed 7 · variant 2 page {at}" for at in range(1, len(pages) + 1)]
    key_at = next((at for at, text in enumerate(texts) if ": key" in text), len(texts))
    assert (key_at < len(texts)) == has_key
    assert letters("".join(texts[:key_at])) == letters("".join([parts[0], *feet[:key_at]]))
    assert letters("".join(texts[key_at:])) == letters("".join([*parts[1:], *feet[key_at:]]))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_printed_sheet_has_two_pages_at_most(open_page, paper):
    page = open_page(PAGE).page
    counts = []
    for lesson in model.lessons():
        go(page, lesson, 3, 1)
        counts.append(len(pypdf.PdfReader(io.BytesIO(page.pdf(format=paper))).pages))
    assert max(counts) <= 2


def test_on_a_phone_no_sheet_scrolls_sideways_but_wide_grids_that_keys_reach(open_page):
    page = open_page(PAGE, width=320).page
    page.get_by_role("button", name="Show the key").click()
    scrolled = 0
    for lesson in model.lessons():
        go(page, lesson, 3, 1)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        wide = page.locator(".grid").evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.tabIndex)"
        )
        assert wide == [0] * len(wide)
        scrolled += len(wide)
    assert scrolled > 0


def test_boxes_are_large_enough_for_a_hand(open_page):
    page = open_page(PAGE).page
    for lesson in model.lessons():
        go(page, lesson, 3, 1)
        page.emulate_media(media="print")
        small = page.locator("#sheet :is(td.asked, .labeled .box)").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(({ width, height }) => "
            "Math.min(width, height) * 25.4 / 96).filter(size => size < 9)"
        )
        assert small == []
