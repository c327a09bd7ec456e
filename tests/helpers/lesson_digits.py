"""The network of lesson 14 and its training, out of the lesson's own cells."""

import nbformat
import numpy as np

from tests.canonical import NOTEBOOKS

LESSON = NOTEBOOKS / "14_read_real_digits.ipynb"
# What the network is, and how it is trained.
CELLS = ("real-setup", "network-layers", "new-network", "train-recipe")


def recipe():
    """Return the names that the lesson's cells define, ``new_network`` and ``train`` among them."""
    notebook = nbformat.read(LESSON, as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    names = {}
    with np.printoptions():  # how the lesson writes numbers is no business of who asks
        for id in CELLS:
            exec(compile(sources[id], f"{LESSON.name}, {id}", "exec"), names)
    return names
