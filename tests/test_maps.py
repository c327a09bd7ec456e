"""The table of lessons in 00 is true, and each lesson leads to its neighbors."""

import re

import pytest

from tests.canonical import NOTEBOOKS, read
from tests.contents import stated_minutes

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
ROW = re.compile(r"^\| (\d\d) \| (.*?) \| (.*?) \|(?: (\d+) \|)?$", re.MULTILINE)


def words(path):
    return ["".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == "markdown"]


def title(path):
    return re.match(r"# (.*)", words(path)[0]).group(1)


def rows(text):
    return {number: rest for number, *rest in ROW.findall(text)}


def test_contents_name_every_lesson():
    contents = "\n".join(words(LESSONS[0]))
    expected = {path.name[:2]: f"[{title(path)}]({path.name})" for path in LESSONS}
    expected["00"] = title(LESSONS[0])  # where the reader is
    assert {number: link for number, (link, *_) in rows(contents).items()} == expected


@pytest.mark.parametrize("index", range(1, len(LESSONS)))
def test_every_lesson_leads_to_its_neighbors(index):
    path = LESSONS[index]
    links = [f"[← {title(LESSONS[index - 1])}]({LESSONS[index - 1].name})", f"[Contents]({LESSONS[0].name})"]
    if index + 1 < len(LESSONS):
        links.append(f"[{title(LESSONS[index + 1])} →]({LESSONS[index + 1].name})")
    way = " · ".join(links)
    first, *_, last = words(path)
    assert first.rstrip().endswith(f"{stated_minutes(path)} minutes{pause(path)} · {way}")
    assert last.rstrip().endswith(way)


def pause(path):
    """Return what a lesson says of pauses after its minutes."""
    return re.search(r"^\d+ minutes(.*?) ·", words(path)[0], re.MULTILINE).group(1)


@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_solutions_lead_back(path):
    assert any(f"(../{path.name})" in text for text in words(NOTEBOOKS / "solutions" / path.name))
