"""What a picture says: the formula of a cell with its numbers, a sentence about it, and templates.

A template is a sentence whose blanks are cells: ``{votes|X}`` is the number in row "X" of panel "votes",
``{x|2,0}`` that in row 2, column 0, ``{votes|largest}`` the largest (``second`` the next), ``{votes}`` the
first; ``{?votes|largest}`` is the name of that row. With ``=`` first (``{=u}``) a sign of equality stands
before the number, with ``(`` brackets around it where it is negative; ``{<result}`` and ``{>result}`` are the
smallest and the largest of a photograph, as whole numbers. ``stage.js`` writes the same.
"""

import math
import re

import numpy as np

from cnnlab.look import NOISE, WRITTEN, is_whole, write_number, written_out

BLANK = re.compile(r"\{([?=(<>]?)([^|{}]+)(?:\|([^{}]+))?\}")


def holds(condition, picture, step):
    """Return whether a condition holds: "blank image", "even votes", "first votes", "balanced kernel".

    "blank": no number of the panel is above 0; "even": its two largest numbers are the same; "first": its
    first number is the largest; "balanced": its numbers add up to 0.
    """
    kind, _, id = condition.partition(" ")
    numbers = np.sort(picture.grid(id, step).ravel())
    if kind == "blank":
        return bool(numbers[-1] <= 0)
    if kind == "even":
        return bool(numbers[-1] - numbers[-2] < NOISE)
    if kind == "first":
        return bool(picture.grid(id, step)[0, 0] >= numbers[-1] - NOISE)
    return bool(abs(numbers.sum()) < NOISE)


def filled(template, picture, step):
    """Return a template with its blanks filled in."""
    return BLANK.sub(lambda found: _blank(picture, step, *found.groups()), template)


def _blank(picture, step, how, id, which):
    panel, grid = picture.panel(id), picture.grid(id, step)
    if how in ("<", ">") and how:
        number = math.floor(float(grid.min() if how == "<" else grid.max()) + 0.5)  # as in JavaScript
        return f"{number:,}".replace("-", "−")
    row, column = _cell(panel, grid, which)
    if how == "?":
        return panel.names[row]
    value = float(grid[row, column])
    if how == "=":
        return written_out(value, panel.unit, False, "= ", "≈ ")
    text = panel.write(value)
    return bracketed(text) if how == "(" else text


def largest_at(numbers):
    """Return where the largest number is; of those that differ by noise alone, the first."""
    return int(np.argmax(numbers >= np.nanmax(numbers) - NOISE))


def _cell(panel, grid, which):
    if which is None:
        return 0, 0
    if re.fullmatch(r"\d+,\d+", which):
        return tuple(map(int, which.split(",")))
    if which in ("largest", "second"):
        first = largest_at(grid[:, 0])
        others = np.where(np.arange(len(grid)) == first, -np.inf, grid[:, 0])
        return (largest_at(others) if which == "second" else first), 0
    return panel.names.index(which), 0


def bracketed(text):
    """Return a number as it stands in a product: ``(−1)``, ``(5/9)``, ``2``."""
    return f"({text})" if text.startswith("−") or "/" in text else text


# --- The formula --------------------------------------------------------------------------------------------


def formula(picture, step, *, quiz=False, decimals=False):
    """Return the formula of the cell that is told at a step, as a list of (text, sign).

    ``sign`` is "positive", "negative" or "zero" for a term, and "" for what stands between. The list is
    empty where there is nothing to write out.
    """
    told = picture.told(step)
    if not told or not picture.has_formula(told[0]) or told[0].reduce == "copy":
        return []
    link, row, column = told
    target = picture.panel(link.target)
    taps, factors = picture.taps(link, row, column, step)
    values = [picture.number(tap, step) for tap in taps]
    texts = [picture.write(tap, step, decimals) for tap in taps]
    rounded = False
    if factors:
        by = [picture.number(factor, step) for factor in factors]
        written = [picture.write(factor, step, decimals) for factor in factors]
        rounded = any(
            value * other and (_is_rounded(text, value) or _is_rounded(other_text, other))
            for value, other, text, other_text in zip(values, by, texts, written, strict=True)
        )
        texts = [f"{bracketed(text)}·{bracketed(other)}" for text, other in zip(texts, written, strict=True)]
        values = [value * other for value, other in zip(values, by, strict=True)]
    elif link.reduce == "magnitude":
        texts = [bracketed(text) for text in texts]
    bias = picture.added(link, row, column)
    if bias:
        values.append(picture.number(bias, step))
        texts.append(bracketed(picture.write(bias, step, decimals)))
    opening, between, closing = (part.format(count=len(taps)) for part in WRITTEN[link.reduce])
    parts = [(opening, "")]
    for k, (text, value) in enumerate(zip(texts, values, strict=True)):
        parts += [(between, "")] if k else []
        parts.append((text, "positive" if value > 0 else "negative" if value < 0 else "zero"))
    value = picture.number((link.target, row, column), step)
    shown = "?" if quiz and target.in_quiz else target.write(value, decimals)
    is_exact = shown == "?" or "/" in shown or not _is_rounded("", value)
    before = " = " if is_exact and not rounded else " ≈ "
    if picture.walk and link.reduce == "mean" and not is_exact:  # the sentence speaks of the sum, too
        total = write_number(sum(values), picture.panel(taps[0][0]).unit, decimals)
        before = f" = {total} ÷ {len(taps)}{before}"
    after = f" {'≈' if _is_rounded('', value) else '='} {write_number(value)}" if "/" in shown else ""
    return [
        part for part in (*parts, (closing, ""), (f"{before if texts else ''}{shown}{after}", "")) if part[0]
    ]


def _is_rounded(text, value):
    return "/" not in text and not is_whole(value * 100)


# --- The sentence -------------------------------------------------------------------------------------------


def sentence(picture, link, row, column, step):
    """Say in words how a cell of a link's target, at which a walk has arrived, is made."""
    target = picture.panel(link.target)
    taps, factors = picture.taps(link, row, column, step)
    values = [picture.number(tap, step) for tap in taps]
    result = picture.number((link.target, row, column), step)
    where = f"Row {row + 1}, column {column + 1}:"
    if link.reduce == "relu":
        kept = "is not negative: it stays" if values[0] >= 0 else "is negative: it becomes 0"
        return f"{where} {picture.write(taps[0], step)} {kept}."
    if not factors:
        numbers = "the one number left" if len(taps) == 1 else f"{len(taps)} numbers"
        what = "the largest of" if link.reduce == "max" else "the mean of"
        return f"{where} {what} {numbers}{written_out(result, target.unit)}."
    products = [value * picture.number(factor, step) for value, factor in zip(values, factors, strict=True)]
    said = f"{where} {_count_products(products)} their sum is {write_number(sum(products))}"
    if link.reduce == "sum":
        return f"{said}."
    return f"{said}, divided by {len(products)}{written_out(result, target.unit)}."


def _count_products(products):
    """Count products of 1 and −1 in words; of any other numbers, say only how many there are."""
    count = len(products)
    if count == 1:
        return f"the product is {write_number(products[0])};"
    ones, minus_ones = products.count(1), products.count(-1)
    if ones + minus_ones < count:
        return f"{count} products;"
    if not minus_ones:
        return f"all {ones} products are 1;"
    if not ones:
        return f"all {minus_ones} products are −1;"
    first = "1 product is" if ones == 1 else f"{ones} products are"
    return f"{first} 1 and {minus_ones} {'is' if minus_ones == 1 else 'are'} −1;"
