"""What a stage shows, as plain data: panels of numbers, the links between them, controls.

Everything is checked when it is made, so that a stage never receives half a picture.
"""

from dataclasses import asdict, dataclass, field

import numpy as np

from cnnlab.look import PALETTES, WRITTEN, write_number, written_out
from cnnlab.ops.arguments import float_array

EDITS = ("", "toggle", "number")
LARGEST = 40  # rows or columns that can still be told apart as numbers


@dataclass(frozen=True, eq=False)
class Panel:
    """A grid of numbers.

    Parameters
    ----------
    id : str
        What links and edits call it.
    title, caption : str
        Above the grid.
    values : array_like, shape (rows, columns) or (steps, rows, columns)
        The numbers, or those of every step.
    palette : "ink" or "signed"
    scale : float
        The size of number that is fully coloured.
    unit : int, optional
        Denominator of exact fractions (9 writes 0.555… as 5/9).
    padding : ((top, bottom), (left, right))
        Zeros drawn around the grid; the numbers in it keep their row and column.
    edit : "", "toggle" or "number"
        Whether a click swaps 1 and −1, or opens a cell to type in.
    revealed : bool
        Whether cells appear one by one as steps pass.
    in_quiz : bool
        Whether quiz mode hides the numbers.
    column : int
        Panels of one column stand below each other.
    before : str
        A sign to draw between this column and the one before, such as "→".
    """

    id: str
    title: str
    values: np.ndarray
    caption: str = ""
    palette: str = "signed"
    scale: float = 1.0
    unit: int | None = None
    padding: tuple = ((0, 0), (0, 0))
    edit: str = ""
    revealed: bool = False
    in_quiz: bool = False
    column: int = 0
    before: str = ""

    def __post_init__(self):
        where = f"Panel {self.id!r}"
        values = float_array(where, "values", self.values)
        if values.ndim not in (2, 3):
            raise ValueError(
                f"{where}: values must have shape (rows, columns) or (steps, rows, columns), "
                f"got {values.shape}"
            )
        if not np.isfinite(values).all():
            raise ValueError(f"{where}: values must be finite, got {values[~np.isfinite(values)][0]}")
        (top, bottom), (left, right) = self.padding
        rows, columns = values.shape[-2] + top + bottom, values.shape[-1] + left + right
        if max(rows, columns) > LARGEST:
            raise ValueError(
                f"{where}: at most {LARGEST} rows and columns can be shown, got {rows} × {columns}"
            )
        if self.palette not in PALETTES:
            raise ValueError(f"{where}: palette must be one of {sorted(PALETTES)}, got {self.palette!r}")
        if not 0 < self.scale < np.inf:
            raise ValueError(f"{where}: scale must be above 0 and finite, got {self.scale}")
        if self.edit not in EDITS:
            raise ValueError(f"{where}: edit must be one of {EDITS}, got {self.edit!r}")
        values = values.copy()  # what the caller does to its array later must not change the picture
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def at(self, step):
        """Return the grid of ``step``, shape (rows, columns)."""
        return self.values if self.values.ndim == 2 else self.values[step]

    def write(self, value, decimals=False):
        """Write a number as this panel shows it."""
        return write_number(value, self.unit, decimals)


@dataclass(frozen=True)
class Window:
    """A window that slides: each step turns a patch of ``source`` into one cell of ``target``.

    ``source`` and ``target`` are panel ids. Place ``(i, j)`` of the target sees the source at
    ``(i·stride + m·dilation − top, j·stride + n·dilation − left)``; what lies beyond the source is not there
    (a ragged edge). With a ``kernel``, each pixel is multiplied by the weight above it, and ``products`` is
    the panel that shows the products. ``totals`` holds the sum (or, where nothing is added, the result) at
    each step. ``reduce`` is "sum", "mean", "max", or "relu" for a window of one cell.
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

    def panels(self):
        """Return the ids of all panels that the window hangs together."""
        return [id for id in (self.source, self.kernel, self.products, self.target) if id]

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


@dataclass(frozen=True)
class Control:
    """Something the learner can change and Python must compute.

    ``kind`` is "choice" (with ``options``), "whole" (a whole number from ``low`` to ``high``), "check",
    "number" (anything typed) or "button". A control keeps its ``id`` as long as the picture has it.
    """

    id: str
    kind: str
    label: str
    value: object = None
    options: tuple = ()
    low: int = 0
    high: int = 9
    enabled: bool = True


@dataclass(frozen=True, eq=False)
class Picture:
    """All that a stage shows: panels from left to right, how one window hangs them together, controls.

    ``text`` stands below the panels where no window speaks for itself. ``feedback`` is said about what the
    learner did last, and ``outcome`` ("correct", "not yet", …) colours it.
    """

    title: str
    panels: tuple = ()
    window: Window | None = None
    controls: tuple = ()
    text: str = ""
    feedback: str = ""
    outcome: str = ""
    steps: int = field(init=False)

    def __post_init__(self):
        panels = {panel.id: panel for panel in self.panels}
        if len(panels) != len(self.panels):
            raise ValueError(
                f"Picture {self.title!r}: panel ids must differ, got {[p.id for p in self.panels]}"
            )
        if self.window:
            missing = set(self.window.panels()) - set(panels)
            if missing:
                raise ValueError(
                    f"Picture {self.title!r}: its window names no panel of it: {sorted(missing)}"
                )
        counts = {len(panel.values) for panel in self.panels if panel.values.ndim == 3}
        if self.window:
            counts |= {panels[self.window.target].values.size, len(self.window.totals)}
        if len(counts) > 1:
            raise ValueError(
                f"Picture {self.title!r}: all panels need the same number of steps, got {sorted(counts)}"
            )
        object.__setattr__(self, "steps", counts.pop() if counts else 1)

    def panel(self, id):
        """Return the panel called ``id``."""
        return next(panel for panel in self.panels if panel.id == id)

    def to_json(self):
        """Return the picture as the dictionary that ``stage.js`` reads."""
        panels = [{**vars(panel), "values": panel.values.tolist()} for panel in self.panels]
        return {
            "title": self.title,
            "steps": self.steps,
            "panels": panels,
            "window": asdict(self.window) | {"written": WRITTEN[self.window.reduce]} if self.window else None,
            "controls": [asdict(control) for control in self.controls],
            "feedback": self.feedback,
            "outcome": self.outcome,
            "sentences": [self.sentence(step) for step in range(self.steps)],
        }

    def sentence(self, step):
        """Say in words what happens at ``step``."""
        if not self.window:
            return self.text
        window, target = self.window, self.panel(self.window.target)
        row, column = divmod(step, target.values.shape[1])
        result = target.values[row, column]
        where = f"Row {row + 1}, column {column + 1}:"
        if window.reduce == "relu":
            before = self.panel(window.source).at(step)[row, column]
            kept = "is not negative: it stays" if before >= 0 else "is negative: it becomes 0"
            return f"{where} {target.write(before)} {kept}."
        if not window.kernel:
            count = len(self.seen(step))
            numbers = "the one number left" if count == 1 else f"{count} numbers"
            what = "the largest of" if window.reduce == "max" else "the mean of"
            return f"{where} {what} {numbers}{written_out(result, target.unit)}."
        products = self.panel(window.products).at(step)
        said = f"{where} {_count_products(products)}"
        total = write_number(window.totals[step])
        if window.reduce == "sum":
            return f"{said} their sum is {total}."
        return f"{said} their sum is {total}, divided by {products.size}{written_out(result, target.unit)}."

    def seen(self, step):
        """Return the (row, column) of each cell of the source that the window sees at ``step``."""
        shapes = (self.panel(id).values.shape[-2:] for id in (self.window.source, self.window.target))
        return self.window.patch(step, *shapes)


def _count_products(products):
    """Count products of 1 and −1 in words; of any other numbers, say only how many there are."""
    if products.size == 1:
        return f"the product is {write_number(products.item())};"
    ones, minus_ones = int((products == 1).sum()), int((products == -1).sum())
    if ones + minus_ones < products.size:
        return f"{products.size} products;"
    if not minus_ones:
        return f"all {ones} products are 1;"
    if not ones:
        return f"all {minus_ones} products are −1;"
    first = "1 product is" if ones == 1 else f"{ones} products are"
    return f"{first} 1 and {minus_ones} {'is' if minus_ones == 1 else 'are'} −1;"
