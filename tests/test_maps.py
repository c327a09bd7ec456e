"""The tables in the README and in lesson 00 are true, and each lesson leads to its neighbours."""

import re

import pytest

from tests.canonical import NOTEBOOKS, read

README = NOTEBOOKS.parent / "README.md"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
ROW = re.compile(r"^\| (\d\d) \| (.*?) \| (.*?) \|(?: (\d+) \|)?$", re.MULTILINE)


def words(path):
    return ["".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == "markdown"]


def title(path):
    return re.match(r"# (.*)", words(path)[0]).group(1)


def minutes(path):
    return int(re.search(r"^(\d+) minutes", words(path)[0], re.MULTILINE).group(1))


def rows(text):
    return {number: rest for number, *rest in ROW.findall(text)}


def test_readme_names_every_lesson_with_its_minutes():
    table = rows(README.read_text(encoding="utf-8"))
    expected = {
        path.name[:2]: (f"[{title(path)}](notebooks/{path.name})", str(minutes(path))) for path in LESSONS
    }
    assert {number: (link, time) for number, (link, _, time) in table.items()} == expected


def test_contents_name_every_lesson():
    contents = "\n".join(words(LESSONS[0]))
    expected = {path.name[:2]: f"[{title(path)}]({path.name})" for path in LESSONS}
    expected["00"] = title(LESSONS[0])  # where the reader is
    assert {number: link for number, (link, *_) in rows(contents).items()} == expected


def test_both_tables_say_what_you_will_do_in_the_same_words():
    """The README may add a clause."""
    readme = rows(README.read_text(encoding="utf-8"))
    for number, (_, contents, _) in rows("\n".join(words(LESSONS[0]))).items():
        assert readme[number][1].startswith(contents), number


@pytest.mark.parametrize("index", range(1, len(LESSONS)))
def test_every_lesson_leads_to_its_neighbours(index):
    path = LESSONS[index]
    links = [f"[← {title(LESSONS[index - 1])}]({LESSONS[index - 1].name})", f"[Contents]({LESSONS[0].name})"]
    if index + 1 < len(LESSONS):
        links.append(f"[{title(LESSONS[index + 1])} →]({LESSONS[index + 1].name})")
    way = " · ".join(links)
    first, *_, last = words(path)
    assert first.rstrip().endswith(f"{minutes(path)} minutes{pause(path)} · {way}")
    assert last.rstrip().endswith(way)


def pause(path):
    """Return what a lesson says of pauses after its minutes."""
    return re.search(r"^\d+ minutes(.*?) ·", words(path)[0], re.MULTILINE).group(1)


@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_solutions_lead_back(path):
    assert any(f"(../{path.name})" in text for text in words(NOTEBOOKS / "solutions" / path.name))
