"""Cells of lessons that need a library which is not a part of the course: tags such as ``needs-torch``.

A lesson is kept with what they print where it is installed. Where it is not, they must print exactly one line
that says so, and nothing else.
"""

import nbformat

from cnnlab import extras

NEEDS = "needs-"


def needed(cell):
    """Return the names of the libraries that a cell needs."""
    tags = cell.metadata.get("tags", ())
    return [tag.removeprefix(NEEDS) for tag in tags if tag.startswith(NEEDS)]


def missing(notebook):
    """Return the names of the libraries that a notebook needs and that are not installed, each once."""
    names = dict.fromkeys(name for cell in notebook.cells for name in needed(cell))
    return [name for name in names if not extras.is_installed(name)]


def expect_the_plain_line(cell):
    """Where a library of a cell is not installed, let its outputs be the line that says so."""
    absent = [name for name in needed(cell) if not extras.is_installed(name)]
    if absent:
        line = extras.missing(absent[0]) + "\n"
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=line)]
