"""What can be read on a still picture, and whether it has room."""

import math

import numpy as np
from matplotlib.text import Text


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text()]


def formula(figure):
    """Return the characters of the formula, which stand one by one in a monospaced font."""
    return "".join(text.get_text() for text in texts(figure) if "DejaVu Sans Mono" in text.get_family())


def calculated(terms):
    """Return the value of terms such as ``(1·1 + (−1)·(5/9)) ÷ 2`` or ``√(3² + (−4)²)``."""
    plain = terms.translate(str.maketrans("·−÷", "*-/")).replace("²", "**2").replace("√", "math.sqrt")
    return eval(plain, {"math": math, "max": lambda *numbers: max(numbers)})


def edges(figure):
    """Return left, bottom, right and top of every text, each as an array."""
    return np.array([text.get_window_extent().extents for text in texts(figure)]).T


def beyond_the_edge(figure):
    """Return the texts that are not wholly on the paper."""
    left, bottom, right, top = edges(figure)
    paper = figure.bbox
    outside = (left < paper.x0) | (bottom < paper.y0) | (right > paper.x1) | (top > paper.y1)
    return [texts(figure)[index].get_text() for index in np.flatnonzero(outside)]


def overlapping(figure):
    """Return the pairs of texts whose boxes have more than a pixel in common."""
    left, bottom, right, top = edges(figure)
    across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    along = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
    pairs = np.argwhere(np.triu((across > 1) & (along > 1), 1))
    return [tuple(texts(figure)[index].get_text() for index in pair) for pair in pairs]
