"""What makes up the cells of a panel: a link is a formula.

A link has one of two forms. ``Axes`` lists, for each row of its target, the rows of the source that it sees,
and likewise for columns: short also for photographs. ``Cells`` lists the cells for each cell of its target.
Stride, padding, dilation and channels are known here only: ``slide``, ``slide_stack`` and ``cell_by_cell``
compile them into lists. From the lists follow what is framed and lit, the formula with its numbers, its
words, the still picture, and the value: in Python as in ``stage.js``.
"""

import math
from dataclasses import dataclass

from cnnlab.look import WRITTEN

BEYOND = -1  # a row (or column) beyond the edge of one map of a stack: what stands there is 0


@dataclass(frozen=True)
class Axes:
    """Each cell of ``target`` sees some rows and some columns of each of ``sources``, which are panel ids.

    Row ``i`` of the target sees the rows that ``rows[i]`` lists, column ``j`` the columns of ``columns[j]``;
    what lies beyond the edge of the source is 0. ``kernels``, if given, names a panel of weights for each
    source; those of row ``i`` begin at its row ``kernel_rows[i]`` (0 unless given). ``bias``, if given, is a
    panel, whose row ``bias_rows[i]`` (0 unless given) row ``i`` adds. ``reduce``, one of
    ``cnnlab.look.WRITTEN``, says what the terms become; an "angle" of a length below ``least`` is not told.
    ``moved``, if given, names two panels of one cell: by so many rows and columns the source is moved first,
    and what leaves it on one side comes in on the other.
    """

    target: str
    sources: tuple
    rows: tuple
    columns: tuple
    kernels: tuple = ()
    kernel_rows: tuple = ()
    bias: str = ""
    bias_rows: tuple = ()
    reduce: str = "sum"
    least: float = 0.0
    moved: tuple = ()

    form, when, so_far, lean = "axes", (), False, False

    @property
    def parts(self):
        """The ids of all panels that the target follows from."""
        return (*self.sources, *self.kernels, *([self.bias] if self.bias else ()), *self.moved)

    def taps(self, row, column, width):
        """Return (panel id, row, column) of all that makes up one cell of the target, in reading order."""
        return [(id, r, c) for id in self.sources for r in self.rows[row] for c in self.columns[column]]

    def factors(self, row, column, width):
        """Return (panel id, row, column) of the weight of each tap, or an empty list."""
        first = self.kernel_rows[row] if self.kernel_rows else 0
        tall, wide = len(self.rows[row]), len(self.columns[column])
        return [(id, first + m, n) for id in self.kernels for m in range(tall) for n in range(wide)]

    def added(self, row, column, width):
        """Return the cell that is added to the sum of a cell of the target, or an empty tuple."""
        return (self.bias, self.bias_rows[row] if self.bias_rows else 0, 0) if self.bias else ()

    def seen_along(self, axis, shape):
        """Return which rows (0) or columns (1) of each source each of the target's sees, by panel id."""
        return [dict.fromkeys(self.sources, seen) for seen in (self.rows, self.columns)[axis]]

    def check(self, where, panels):
        """Refuse lists that do not fit the panels; ``panels`` holds them by id."""
        where = f"{where}: the link to {self.target!r}"
        for axis, (name, lists) in enumerate((("rows", self.rows), ("columns", self.columns))):
            count = panels[self.target].shape[axis]
            if len(lists) != count:
                raise ValueError(f"{where} must list the {name} of each of {count}, got {len(lists)}")
            for id in self.sources:
                before, after = panels[id].padding[axis]
                low, high = min(-before, BEYOND), panels[id].shape[axis] + after
                wrong = next((at for each in lists for at in each if not low <= at < high), None)
                if wrong is not None:
                    raise ValueError(f"{where} names {name} that are not in {id!r}: {wrong}")
        if self.kernels and len(self.kernels) != len(self.sources):
            raise ValueError(f"{where} must have one kernel for each of {self.sources}, got {self.kernels}")
        tall, wide = max(map(len, self.rows), default=0), max(map(len, self.columns), default=0)
        for id, needs in (
            *((id, (max(self.kernel_rows, default=0) + tall, wide)) for id in self.kernels),
            *([(self.bias, (max(self.bias_rows, default=0) + 1, 1))] if self.bias else ()),
        ):
            if any(have < need for have, need in zip(panels[id].shape, needs, strict=True)):
                raise ValueError(f"{where} needs {needs[0]} × {needs[1]} numbers of {id!r}")


@dataclass(frozen=True)
class Cells:
    """Each cell of ``target``, row by row, is made of the cells that ``cells`` lists for it.

    ``cells`` holds, for each cell of the target, a tuple of (panel id, row, column), and ``weights``, if
    there are any, the cell by which each of them is multiplied. ``when``, if given, holds the step from which
    each of them counts: the sum grows while steps pass; with ``so_far`` each of them counts again at every
    step up to now. With ``lean`` terms whose weight is 0 are left out of the formula, unless all are.
    ``bias`` holds, for each cell of the target, the cell that is added to its sum. ``reduce`` is as in
    ``Axes``.
    """

    target: str
    cells: tuple
    weights: tuple = ()
    when: tuple = ()
    bias: tuple = ()
    so_far: bool = False
    lean: bool = False
    reduce: str = "copy"

    form, moved, least = "cells", (), 0.0

    @property
    def sources(self):
        """The ids of the panels that the target is made of, each once."""
        return tuple(dict.fromkeys(id for cells in self.cells for id, _, _ in cells))

    @property
    def parts(self):
        """The ids of all panels that the target follows from."""
        by = (*self.bias, *(cell for cells in self.weights for cell in cells))
        return (*self.sources, *dict.fromkeys(id for id, _, _ in by))

    def taps(self, row, column, width):
        """Return (panel id, row, column) of all that makes up one cell of the target, in the end."""
        return list(self.cells[row * width + column])

    def factors(self, row, column, width):
        """Return (panel id, row, column) of the weight of each tap, or an empty list."""
        return list(self.weights[row * width + column]) if self.weights else []

    def added(self, row, column, width):
        """Return the cell that is added to the sum of a cell of the target, or an empty tuple."""
        return self.bias[row * width + column] if self.bias else ()

    def seen_along(self, axis, shape):
        """Return which rows (0) or columns (1) of each source each of the target's sees, by panel id."""
        found = [{} for _ in range(shape[axis])]
        for cell, taps in enumerate(self.cells):
            for id, *place in taps:
                found[divmod(cell, shape[1])[axis]].setdefault(id, set()).add(place[axis])
        return found

    def check(self, where, panels):
        """Refuse lists that do not fit the panels; ``panels`` holds them by id."""
        count = math.prod(panels[self.target].shape)
        lengths = [len(each) for each in self.cells]
        for name in ("cells", "weights", "when"):
            lists = getattr(self, name)
            if (lists or name == "cells") and ([*map(len, lists)] != lengths or len(lists) != count):
                raise ValueError(f"{where}: {name} must list what makes each cell of {self.target!r}")
        if self.bias and len(self.bias) != count:
            raise ValueError(f"{where}: bias must name a cell for each cell of {self.target!r}")
        by = (cell for lists in (self.cells, self.weights) for each in lists for cell in each)
        for cell in (*by, *self.bias):
            if not is_in(cell, panels):
                raise ValueError(
                    f"{where}: the link to {self.target!r} names a cell that is not there, {cell}"
                )


def is_in(cell, panels):
    """Whether a panel has a cell, (panel id, row, column), padding included."""
    id, *at = cell
    ends = zip(at, panels[id].shape, panels[id].padding, strict=True)
    return all(-before <= place < size + after for place, size, (before, after) in ends)


# --- Compiled here, and nowhere else ------------------------------------------------------------------------


def slide(source, target, kernel_size, *, kernel="", bias="", stride=(1, 1), dilation=(1, 1),
          padding=((0, 0), (0, 0)), reduce="sum"):  # fmt: skip
    """Return the link of a window that slides over ``source``: each place gives one cell of ``target``.

    Place ``(i, j)`` sees the source at ``(i·stride + m·dilation − top, j·stride + n·dilation − left)``; what
    lies beyond the padding is not there (a ragged edge). ``source`` and ``target`` are panels, ``kernel`` and
    ``bias`` ids of panels.
    """
    rows, columns = (
        _seen(*each)
        for each in zip(target.shape, source.shape, kernel_size, stride, dilation, padding, strict=True)
    )
    kernels = (kernel,) if kernel else ()
    return Axes(target.id, (source.id,), rows, columns, kernels, bias=bias, reduce=reduce)


def slide_stack(source, target, channels, kernel_size, *, kernel="", bias="", stride=(1, 1),
                dilation=(1, 1), padding=((0, 0), (0, 0)), reduce="sum"):  # fmt: skip
    """Return the link of a window that slides over a stack of maps, as ``slide`` does over one.

    A stack holds the maps of all channels below each other; ``channels`` is their number in ``source`` and in
    ``target``. With a kernel each cell of the target sees all maps, and map ``f``'s weights, those of all
    channels below each other, begin at its row ``f · channels · KH``; without one it sees the map of its own
    channel.
    """
    maps, filters = channels
    heights = source.shape[0] // maps, target.shape[0] // filters
    rows = _seen(heights[1], heights[0], kernel_size[0], stride[0], dilation[0], padding[0])
    columns = _seen(target.shape[1], source.shape[1], kernel_size[1], stride[1], dilation[1], padding[1])

    def within(numbers, seen, size):
        places = (number * size + at if 0 <= at < size else BEYOND for number in numbers for at in seen)
        return tuple(at for at in places if at != BEYOND or reduce != "max")  # padding never is the largest

    seen = tuple(
        within(range(maps) if kernel else (f,), row, heights[0]) for f in range(filters) for row in rows
    )
    columns = tuple(within((0,), column, source.shape[1]) for column in columns)
    by_filter = [f for f in range(filters) for _ in rows]
    return Axes(
        target.id,
        (source.id,),
        seen,
        columns,
        kernels=(kernel,) if kernel else (),
        kernel_rows=tuple(f * maps * kernel_size[0] for f in by_filter) if kernel else (),
        bias=bias,
        bias_rows=tuple(by_filter) if bias else (),
        reduce=reduce,
    )


def cell_by_cell(sources, target, reduce="copy", *, least=0.0, moved=()):
    """Return the link of a panel whose cells are made of those at the same place in ``sources``, ids."""
    rows, columns = (tuple((at,) for at in range(size)) for size in target.shape)
    return Axes(target.id, tuple(sources), rows, columns, reduce=reduce, least=least, moved=moved)


def field(source, target, rows, columns):
    """Return the link of cells that see rows and columns of ``source``, told without a formula."""
    return Axes(target, (source,), rows, columns, reduce="field")


def _seen(places, size, taps, stride, dilation, padding):
    """Return for each place along one axis what it sees of ``size`` cells with padding around them."""
    before, after = padding
    each = ([at * stride + tap * dilation - before for tap in range(taps)] for at in range(places))
    return tuple(tuple(at for at in seen if -before <= at < size + after) for seen in each)


# --- The value ----------------------------------------------------------------------------------------------


def value_of(link, terms, own=0):
    """Return what a link makes of the terms of a cell; NaN where that is no number.

    The same, term by term and in the same order, as ``valueOf`` in ``stage.js``. ``own`` is the number of the
    term that stands at the cell's own place, for links whose cells are compared with their neighbors.
    """
    return REDUCE[link.reduce](terms, link, own)


def _sum(terms):
    total = 0.0
    for term in terms:  # from left to right: `sum` adds otherwise
        total += term
    return total


def _softmax(terms):
    own, *others = terms
    largest = max(others)
    return math.exp(own - largest) / _sum(math.exp(other - largest) for other in others)


def _angle(terms, least):
    down, across = terms
    return math.degrees(math.atan2(down, across)) if math.hypot(down, across) > least else math.nan


def _centering(terms):
    """Return by how much ink must be moved so that its middle comes closest to the middle, all of it kept."""
    inked = [at for at, ink in enumerate(terms) if ink]
    if not inked:
        return 0.0
    middle = (len(terms) - 1) / 2
    by = math.floor(middle - _sum(at * ink for at, ink in enumerate(terms)) / _sum(terms) + 0.5)
    return float(min(max(by, -inked[0]), len(terms) - 1 - inked[-1]))


REDUCE = {
    "sum": lambda terms, *_: _sum(terms),
    "mean": lambda terms, *_: _sum(terms) / len(terms),
    "max": lambda terms, *_: max(terms),
    "relu": lambda terms, *_: max(0.0, terms[0]),
    "bent sum": lambda terms, *_: max(0.0, _sum(terms)),
    "sigmoid": lambda terms, *_: 1 / (1 + math.exp(-terms[0])) if terms[0] > -700 else 0.0,
    "tanh": lambda terms, *_: math.tanh(terms[0]),
    "softmax": lambda terms, *_: _softmax(terms),
    "magnitude": lambda terms, *_: math.hypot(*terms),
    "angle": lambda terms, link, _: _angle(terms, link.least),
    "copy": lambda terms, *_: terms[0],
    "half square": lambda terms, *_: _sum(terms) ** 2 / 2,
    "gate": lambda terms, *_: float(terms[0] > 0),
    "first largest": lambda terms, _, own: float(terms.index(max(terms)) == own),
    "centering": lambda terms, *_: _centering(terms),
    "beside": lambda *_: math.nan,
    "field": lambda *_: math.nan,
}
MADE = frozenset(REDUCE) - {"beside", "field"}  # those that a value follows from


def link_to_json(link):
    """Return a link as the dictionary that ``stage.js`` reads."""
    shared = ("form", "sources", "parts", "when", "so_far", "lean", "moved", "least")
    found = {**vars(link), **{name: getattr(link, name) for name in shared}, "written": WRITTEN[link.reduce]}
    return found | {"rows": _once(link.rows)} if link.form == "axes" else found


def _once(rows):
    """Return the rows without their repetitions: every map of a stack sees the same, and it is sent once."""
    counts = (count for count in range(1, len(rows)) if len(rows) % count == 0)
    return next((rows[:count] for count in counts if rows[:count] * (len(rows) // count) == rows), rows)
