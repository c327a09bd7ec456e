"""Write the index of words into lesson 00: python -m tests.words

In the lessons a word of the field is set in bold once, where it is taught. The index lists all of them, each
with a link to the section; `tests/test_lessons.py` asserts that it is up to date.
"""

import re
from itertools import groupby
from urllib.parse import quote

import nbformat

from tests.canonical import written
from tests.helpers.reading import LESSONS, terms

START = LESSONS[0]
INDEX = "index-of-words"  # the id of its cell
HEAD = (
    "## Words\n\nTexts about these networks share a stock of words. In the lessons each is in bold where it "
    "is explained; here is where to find it.\n"
)


def index():
    """Return the text of the index."""
    found = sorted((term, path, heading) for path in LESSONS[1:] for term, heading in terms(path))
    found.sort(key=lambda entry: sort_key(entry[0]))
    lines = [HEAD]
    for letter, entries in groupby(found, key=lambda entry: sort_key(entry[0])[0].upper()):
        words = " · ".join(link(*entry) for entry in entries)
        lines.append(f"*{letter}* — {words}\n")
    return "\n".join(lines).rstrip()


def sort_key(term):
    """Return what a word is sorted by: its letters alone; what begins with a sign or a digit comes first."""
    letters = re.sub(r"[^a-z0-9]", "", term.lower())
    return letters if letters[:1].isalpha() else f"#{letters}"


def link(term, path, heading):
    place = "#" + quote(heading.replace(" ", "-"), safe="") if heading else ""
    return f"[{term}]({path.name}{place}) {path.name[:2]}"


if __name__ == "__main__":
    notebook = nbformat.read(START, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == INDEX)
    cell.source = index()
    START.write_text(written(notebook), encoding="utf-8", newline="\n")
    print(START, "lists", cell.source.count("]("), "words")
