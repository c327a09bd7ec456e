"""Write what follows from the lessons themselves: python -m tests.contents

- the index of words in lesson 00: in the lessons a word of the field is set in bold once, where it is taught;
- the minutes in each lesson's title, as ``tests/helpers/reading.py`` counts them, to the nearest five;
- the minutes of each section, for teachers, in the metadata of its first cell: they add up to the title's;
- the table of lessons in the README: that of lesson 00, with the minutes.

`tests/test_lessons.py` and `tests/test_maps.py` assert that all of it is up to date.
"""

import re
from itertools import groupby
from urllib.parse import quote

import nbformat

from tests.canonical import NOTEBOOKS, written
from tests.helpers.reading import LESSONS, cells, minutes, sections, terms

START, *TAUGHT = LESSONS
README = NOTEBOOKS.parent / "README.md"
INDEX = "index-of-words"  # the id of its cell
HEAD = (
    "## Words\n\nTexts about these networks share a stock of words. In the lessons each is in bold where it "
    "is explained; here is where to find it.\n"
)
STATED = re.compile(r"^\d+(?= minutes)", re.MULTILINE)
PART = re.compile(r"^\*(Part \w+: .*)\*$|^\| (\d\d) \| (.*) \| (.*) \|$", re.MULTILINE)


def index():
    """Return the text of the index."""
    found = [(term, path, heading) for path in TAUGHT for term, heading in terms(path)]
    found.sort(key=lambda entry: sort_key(entry[0]))
    lines = [HEAD]
    for letter, entries in groupby(found, key=lambda entry: sort_key(entry[0])[0].upper()):
        words = " · ".join(link(*entry) for entry in entries)
        lines.append(f"*{letter}* {words}\n")
    return "\n".join(lines).rstrip()


def sort_key(term):
    """Return what a word is sorted by: its letters alone; what begins with a sign or a digit comes first."""
    letters = re.sub(r"[^a-z0-9]", "", term.lower())
    return letters if letters[:1].isalpha() else f"#{letters}"


def link(term, path, heading):
    place = "#" + quote(heading.replace(" ", "-"), safe="") if heading else ""
    return f"[{term}]({path.name}{place}) {path.name[:2]}"


def rounded_minutes(path):
    """Return the minutes of a lesson to the nearest five."""
    return 5 * round(minutes(path) / 5)


def section_minutes(path):
    """Return whole minutes for each section of a lesson, by cell id, that add up to what its title states.

    Those that lose most by rounding down get what is left.
    """
    stated, exact = stated_minutes(path), sections(path)
    scaled = {id: minutes * stated / sum(exact.values()) for id, minutes in exact.items()}
    whole = {id: int(minutes) for id, minutes in scaled.items()}
    for id in sorted(scaled, key=lambda id: whole[id] - scaled[id])[: stated - sum(whole.values())]:
        whole[id] += 1
    return whole


def stated_minutes(path):
    """Return the minutes that a lesson's title names."""
    return int(STATED.search(cells(path)[0].source)[0])


def table():
    """Return the README's table of lessons: the parts and rows of lesson 00, with links and minutes."""
    contents = "\n".join(cell.source for cell in cells(START) if cell.kind == "markdown")
    lines = []
    for part, number, title, doing in PART.findall(contents):
        if part:
            lines += ["", f"*{part}*", "", "| | lesson | you will | minutes |", "|---|---|---|---|"]
            continue
        (path,) = (path for path in LESSONS if path.name.startswith(f"{number}_"))
        name = re.sub(r"^\[(.*)\]\(.*\)$", r"\1", title)
        lines.append(f"| {number} | [{name}](notebooks/{path.name}) | {doing} | {stated_minutes(path)} |")
    return "\n".join(lines)


def with_table(readme):
    """Return the README's text with the table as it is now."""
    before, _, rest = readme.partition("## The lessons\n")
    _, _, after = rest.partition("\nAnswers to the exercises")
    return f"{before}## The lessons\n{table()}\n\nAnswers to the exercises{after}"


def tell_minutes(path):
    """Write the minutes of each section into the metadata of its first cell."""
    notebook = nbformat.read(path, as_version=4)
    found = section_minutes(path)
    for cell in notebook.cells:
        if cell.id in found:
            cell.metadata.setdefault("cnnlab", {})["minutes"] = found[cell.id]
    path.write_text(written(notebook), encoding="utf-8", newline="\n")


def change(path, id, source):
    """Give a cell of a notebook another source."""
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == id)
    cell.source = source
    path.write_text(written(notebook), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for path in TAUGHT:
        title = cells(path)[0]
        change(path, title.id, STATED.sub(str(rounded_minutes(path)), title.source, count=1))
    for path in LESSONS:
        tell_minutes(path)
    change(START, INDEX, index())
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    hours = sum(map(stated_minutes, LESSONS)) / 60
    print(f"{index().count('](')} words in the index; {hours:.1f} hours in all")
