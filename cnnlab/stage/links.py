"""How the panels of a stage hang together: which cells of one make up a cell of another."""

from dataclasses import asdict, dataclass

from cnnlab.look import WRITTEN


@dataclass(frozen=True)
class Window:
    """A window that slides: each place turns a patch of ``source`` into one cell of ``target``.

    ``source`` and ``target`` are panel ids. Place ``(i, j)`` of the target sees the source at
    ``(i·stride + m·dilation − top, j·stride + n·dilation − left)``; what lies beyond the source is not there
    (a ragged edge). With a ``kernel``, each pixel is multiplied by the weight above it, and ``products`` is
    the panel that shows the products. ``totals`` holds the sum (or, where nothing is added, the result) at
    each place, if the sum is to be told too. ``reduce`` is "sum", "mean", "max", "relu" for a window of one
    cell, or "bent sum" for a sum that ReLU bends at once. ``bias`` is the cell, (panel id, row, column), that
    is added to every sum.
    """

    source: str
    target: str
    totals: tuple
    size: tuple
    kernel: str = ""
    products: str = ""
    stride: tuple = (1, 1)
    dilation: tuple = (1, 1)
    padding: tuple = ((0, 0), (0, 0))
    reduce: str = "sum"
    bias: tuple = ()

    kind = "window"

    @property
    def sources(self):
        """The ids of the panels that the target is made of."""
        return (self.source,)

    def panels(self):
        """Return the ids of all panels that the window hangs together."""
        return [id for id in (self.source, self.kernel, self.products, *self.bias[:1], self.target) if id]

    def added(self, cell):
        """Return the cell that is added to the sum of a cell of the target, or an empty tuple."""
        return self.bias

    def patch(self, step, source_shape, target_shape):
        """Return the (row, column) of each cell of the source, padding included, seen at ``step``."""
        place = divmod(step, target_shape[1])
        axes = [
            [at * stride + tap * dilation - ends[0] for tap in range(size)]
            for at, size, stride, dilation, ends in zip(
                place, self.size, self.stride, self.dilation, self.padding, strict=True
            )
        ]
        rows, columns = (
            [at for at in axis if -before <= at < size + after]
            for axis, size, (before, after) in zip(axes, source_shape, self.padding, strict=True)
        )
        return [(row, column) for row in rows for column in columns]

    def taps(self, step, shapes):
        """Return (panel id, row, column) of all that makes up cell ``step`` of the target."""
        return [(self.source, *at) for at in self.patch(step, shapes[self.source], shapes[self.target])]

    def factors(self, step, shapes):
        """Return (panel id, row, column) of the weight of each tap, or an empty list."""
        count = self.size[0] * self.size[1] if self.kernel else 0
        return [(self.kernel, *divmod(k, self.size[1])) for k in range(count)]


@dataclass(frozen=True)
class CellByCell:
    """Each cell of ``target`` is made of the cells at the same place in ``sources``.

    ``reduce`` is "copy" (they are its parts), "beside" (they are told, one by one), "magnitude" (the root of
    the sum of their squares) or "angle" (of the point with them as second and first coordinate).
    """

    sources: tuple
    target: str
    reduce: str = "copy"

    kind = "cells"
    totals = ()

    def panels(self):
        """Return the ids of all panels that the link hangs together."""
        return [*self.sources, self.target]

    def added(self, cell):
        """Return an empty tuple: nothing is added."""
        return ()

    def taps(self, step, shapes):
        """Return (panel id, row, column) of all that makes up cell ``step`` of the target."""
        return [(id, *divmod(step, shapes[self.target][1])) for id in self.sources]

    def factors(self, step, shapes):
        """Return an empty list: nothing is multiplied by weights."""
        return []


@dataclass(frozen=True)
class Gather:
    """Each cell of ``target``, row by row, is made of the cells that ``cells`` lists for it.

    ``cells`` holds, for each cell of the target, a tuple of (panel id, row, column), and ``weights``, if
    there are any, the cell by which each of them is multiplied. ``when``, if given, holds the step from which
    each of them counts: the sum grows while steps pass. ``bias`` holds, for each cell of the target, the
    cell that is added to its sum. ``reduce`` is "copy" for a cell that is handed on, "mean", "sum" or "max".
    """

    target: str
    cells: tuple
    weights: tuple = ()
    when: tuple = ()
    bias: tuple = ()
    reduce: str = "copy"

    kind = "list"
    totals = ()

    @property
    def sources(self):
        """The ids of the panels that the target is made of, each once."""
        return tuple(dict.fromkeys(id for cells in self.cells for id, _, _ in cells))

    def panels(self):
        """Return the ids of all panels that the link hangs together."""
        weights = {id for cells in self.weights for id, _, _ in cells}
        return [*self.sources, *weights, *{id for id, _, _ in self.bias}, self.target]

    def added(self, cell):
        """Return the cell that is added to the sum of a cell of the target, or an empty tuple."""
        return self.bias[cell] if self.bias else ()

    def taps(self, step, shapes):
        """Return (panel id, row, column) of all that makes up cell ``step`` of the target in the end."""
        return list(self.cells[step])

    def factors(self, step, shapes):
        """Return (panel id, row, column) of the weight of each tap, or an empty list."""
        return list(self.weights[step]) if self.weights else []

    def counted(self, cell, step):
        """Return how many of the taps of a cell of the target count at ``step``: the first ones."""
        return sum(when <= step for when in self.when[cell]) if self.when else len(self.cells[cell])


@dataclass(frozen=True)
class Field:
    """What each cell of ``target`` can see of ``source``, through layers in between that are not shown.

    Row ``i`` of the target sees the rows of the source that ``rows[i]`` lists, column ``j`` the columns that
    ``columns[j]`` lists. How the cell follows from them is not told: no formula is written.
    """

    source: str
    target: str
    rows: tuple
    columns: tuple

    kind, reduce = "field", "beside"
    totals = ()

    @property
    def sources(self):
        """The ids of the panels that the target is made of."""
        return (self.source,)

    def panels(self):
        """Return the ids of all panels that the link hangs together."""
        return [self.source, self.target]

    def added(self, cell):
        """Return an empty tuple: nothing is added that is shown."""
        return ()

    def taps(self, step, shapes):
        """Return (panel id, row, column) of all that cell ``step`` of the target can see."""
        row, column = divmod(step, shapes[self.target][1])
        return [(self.source, i, j) for i in self.rows[row] for j in self.columns[column]]

    def factors(self, step, shapes):
        """Return an empty list: no weights are shown."""
        return []


def link_to_json(link):
    """Return a link as the dictionary that ``stage.js`` reads."""
    return asdict(link) | {
        "kind": link.kind,
        "sources": link.sources,
        "reduce": link.reduce,
        "written": WRITTEN[link.reduce],
    }
