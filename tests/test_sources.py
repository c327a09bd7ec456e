"""Where the course teaches what its two source texts (a blog post, A1, and a slide deck, A2) contain.

Each item names the lesson and the heading under which it is taught; a heading that is renamed or dropped
fails here. An item that no lesson teaches yet is not in the table.
"""

import re

import nbformat
import pytest

from tests.canonical import NOTEBOOKS

SLIDE, BEND, POOL = "02_slide_a_filter", "04_bend_the_line_with_relu", "05_shrink_with_pooling"
IS_IT_TRUE = "Is it true?"

TAUGHT = {
    "A1.3 convolution is a form of matrix multiplication": (SLIDE, "The same thing as one matrix"),
    "A1.5 convolution: slide, multiply, add": (SLIDE, "One place: line up, multiply, add, divide"),
    "A1.5 erratum: it reduces the dimensions": (SLIDE, "Stride, padding, dilation"),
    "A1.6 the formula, sign by sign": (SLIDE, "Every place: the feature map"),
    "A1.6 erratum: the formula is cross-correlation": (
        SLIDE,
        "Turn the filter: cross-correlation or convolution?",
    ),
    "A1.7 worked example; erratum: 6, not 10, and no edge": (SLIDE, "Without dividing: is there an edge?"),
    "A1.8 terms: kernel, feature map, channel, layer": (SLIDE, "Colours and several filters at once"),
    "A1.9 pooling: largest and mean": (POOL, "Keep one number of each window"),
    "A1.9 claim: keeps what matters, robust": (POOL, 'Is it true? "Max-pooling is robust"'),
    "A1.10 activations, formulas, slopes": (BEND, "Other bends, and how steep they are"),
    "A1.10 claims: critical data, probability, vanishing gradient": (BEND, IS_IT_TRUE),
    "A2.12 the four steps": (SLIDE, "One place: line up, multiply, add, divide"),
    "A2.12 erratum: equivariant, not invariant": (
        SLIDE,
        'Is it true? "Convolution is translation invariant"',
    ),
    "A2.13 the products in a buffer": (SLIDE, "Every place: the feature map"),
    "A2.14 the 9×9 X": (SLIDE, "One place: line up, multiply, add, divide"),
    "A2.15 perfect match and 5/9": (SLIDE, "Every place: the feature map"),
    "A2.16 the three maps; errata: −0.11, truncation": (SLIDE, "Check the printed example"),
    "A2.17 repeat for every filter; a moved letter": (
        SLIDE,
        'Is it true? "Convolution is translation invariant"',
    ),
    "A2.19 ReLU maps": (BEND, "Keep what is positive"),
    "A2.19 erratum: 1.77": (SLIDE, "Check the printed example"),
    "A2.20 pooling in four steps, ragged edges": (POOL, "How large is the result?"),
    "A2.20 the printed 4×4 maps; erratum: window 2 or 3": (POOL, "Check the printed example"),
}


@pytest.mark.parametrize("item", TAUGHT)
def test_item_is_taught_where_the_table_says(item):
    lesson, heading = TAUGHT[item]
    notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert heading in re.findall(r"^## (.*)$", text, re.MULTILINE)
