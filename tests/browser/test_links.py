"""The teacher's page makes links for a class: each is taken apart, and what is no address is refused."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

pytest.importorskip("latex2mathml", reason="the book needs requirements-dev.txt")

LESSON = "02_slide_a_filter.ipynb"


@pytest.fixture
def page(open_page):
    return open_page("teachers.html").page


def fill(page, **fields):
    for name, value in fields.items():
        field = page.locator(f"#links [name={name}]")
        if name in ("kind", "lesson"):
            field.select_option(value)
        else:
            field.fill(value)


def link(page):
    return page.locator("#link").text_content() if page.locator("#made").is_visible() else None


def test_a_link_to_the_learners_own_copy(page):
    assert link(page) is None
    fill(page, hub="hub.school.example/jupyter/", lesson=LESSON)
    assert link(page) == f"https://hub.school.example/jupyter/hub/user-redirect/lab/tree/{LESSON}"
    assert not page.locator("#repository").is_visible()


@pytest.mark.parametrize("branch", ["main", "class/2026-27", "v1.0+a&b=c#d"])
@pytest.mark.parametrize("ending", ["", "/", ".git"])
def test_a_link_for_nbgitpuller(page, branch, ending):
    repository = f"https://git.school.example/~ada/cnn lab's{ending}".replace(" ", "%20")
    fill(page, kind="pull", hub="http://127.0.0.1:8000", repository=repository, branch=branch, lesson=LESSON)
    parts = urlsplit(link(page))
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}" == "http://127.0.0.1:8000/hub/user-redirect/git-pull"
    )
    query = {name: value for name, (value,) in parse_qs(parts.query, strict_parsing=True).items()}
    folder = query.pop("targetpath")
    assert folder == "cnn lab's"
    assert query == {
        "repo": repository.rstrip("/"),
        "branch": branch,
        "urlpath": f"lab/tree/{folder}/notebooks/{LESSON}",
    }


def test_a_link_to_binder(page):
    fill(page, kind="binder", branch="class/2026", lesson=LESSON)
    assert not page.locator("#hub").is_visible()
    parts = urlsplit(link(page))
    assert f"{parts.scheme}://{parts.netloc}" == "https://mybinder.org"
    assert [unquote(part) for part in parts.path.split("/")] == [
        "",
        "v2",
        "gh",
        "NAME",
        "cnnlab",
        "class/2026",
    ]
    assert parse_qs(parts.query) == {"urlpath": [f"lab/tree/notebooks/{LESSON}"]}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hub": ""}, "Address of the hub must be the address of a hub"),
        ({"hub": "ftp://hub.example.org"}, "“ftp://hub.example.org” is not one"),
        ({"hub": "javascript:alert(1)"}, "Address of the hub"),
        ({"hub": "https://hub.example.org/?a=1"}, "Address of the hub"),
        ({"hub": "my hub"}, "Address of the hub"),
        ({"hub": "https://https://hub.example.org"}, "Address of the hub"),
        ({"hub": "https://ada:secret@hub.example.org"}, "Address of the hub"),
        ({"kind": "pull", "hub": "hub.example.org", "repository": ""}, "Address of the repository"),
        ({"kind": "pull", "hub": "hub.example.org", "branch": ""}, "Branch must be the name of a branch"),
        ({"kind": "pull", "hub": "hub.example.org", "branch": "a..b"}, "“a..b” is not one"),
        ({"kind": "pull", "hub": "hub.example.org", "branch": "-x"}, "Branch"),
        ({"kind": "binder", "repository": "https://gitlab.example.org/a/b"}, "a repository on GitHub"),
        ({"kind": "binder", "repository": "https://github.com/NAME"}, "a repository on GitHub"),
    ],
)
def test_what_is_no_address_is_named_and_makes_no_link(page, fields, words):
    fill(page, **fields)
    assert link(page) is None
    assert page.locator("#trouble").text_content() == ""  # while somebody types, nothing is wrong yet
    page.get_by_role("button", name="Make the link").click()
    assert words in page.locator("#trouble").text_content()
    marked = page.locator("#links [aria-invalid]")
    assert marked.count() == 1
    assert marked.evaluate("field => field === document.activeElement")
    marked.fill("main" if "branch" in fields else "https://github.com/a/b")
    assert link(page)
    assert page.locator("#trouble").text_content() == ""
