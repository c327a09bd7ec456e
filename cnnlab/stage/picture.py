"""What a stage shows, as plain data: panels of numbers, the links between them, controls.

Everything is checked when it is made, so that a stage never receives half a picture.
"""

from dataclasses import asdict, dataclass, field

from cnnlab.look import WRITTEN, write_number, written_out
from cnnlab.stage.links import Window, link_to_json


@dataclass(frozen=True)
class Control:
    """Something the learner can change and Python must compute.

    ``kind`` is "choice" (with ``options``), "whole" (a whole number from ``low`` to ``high``), "check",
    "number" (anything typed), "button", or "file" (of one of the types in ``options``, at most ``high``
    bytes). A control keeps its ``id`` as long as the picture has it.
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
    """All that a stage shows: panels from left to right, how they hang together, controls.

    Either one ``window`` walks over the panels, step by step; or ``links`` tie them together in any number
    of layers, and ``focus``, (panel id, row, column), is the cell that is explained as long as nobody looks
    at another. Then steps pass only if panels show another grid at each of them, or charts have tracks;
    ``frames`` says what to frame at each step: for panel ids, (top, left, bottom, right) or None.

    ``text`` stands below the panels where no window speaks for itself, one or one for each step. ``feedback``
    is said about what the
    learner did last, and ``outcome`` ("correct", "not yet", …) colours it. With ``edit_first`` a click edits
    from the start, until the learner chooses that it should pin.
    """

    title: str
    panels: tuple = ()
    window: Window | None = None
    links: tuple = ()
    focus: tuple = ()
    frames: dict = field(default_factory=dict)
    controls: tuple = ()
    text: str | tuple = ""
    feedback: str = ""
    outcome: str = ""
    edit_first: bool = False
    steps: int = field(init=False)

    def __post_init__(self):
        where = f"Picture {self.title!r}"
        panels = {panel.id: panel for panel in self.panels}
        if len(panels) != len(self.panels):
            raise ValueError(f"{where}: panel ids must differ, got {[p.id for p in self.panels]}")
        if self.window and self.links:
            raise ValueError(f"{where}: it can have one window that walks, or links, but not both")
        for link in self._links():
            missing = set(link.panels()) - set(panels)
            if missing:
                raise ValueError(f"{where}: its window names no panel of it: {sorted(missing)}")
        for link in self.links:
            _check_link(where, link, panels)
        if self.focus and self.focus[0] not in {link.target for link in self.links}:
            raise ValueError(f"{where}: focus must be a cell of a panel that a link makes, got {self.focus}")
        if self.focus and not _is_in(self.focus, panels):
            raise ValueError(f"{where}: focus must be a cell of its panel, got {self.focus}")
        counts = {
            len(panel.values) for panel in self.panels if panel.kind == "grid" and panel.values.ndim == 3
        }
        counts |= {
            len(track.points) for panel in self.panels if panel.kind == "chart" for track in panel.tracks
        }
        counts |= {len(boxes) for boxes in self.frames.values()}
        if not isinstance(self.text, str):
            counts.add(len(self.text))
        if self.window:
            counts |= {panels[self.window.target].values.size, len(self.window.totals)}
        if len(counts) > 1:
            raise ValueError(f"{where}: all panels need the same number of steps, got {sorted(counts)}")
        object.__setattr__(self, "steps", counts.pop() if counts else 1)

    def _links(self):
        return (self.window,) if self.window else self.links

    def panel(self, id):
        """Return the panel called ``id``."""
        return next(panel for panel in self.panels if panel.id == id)

    def told(self, step):
        """Return the link whose formula is written out at ``step``, and the cell of its target; or None."""
        if self.window:
            return self.window, *divmod(step, self.panel(self.window.target).shape[1])
        if not self.focus:
            return None
        panel, row, column = self.focus
        return next(link for link in self.links if link.target == panel), row, column

    def taps(self, link, row, column, step=None):
        """Return the cells that make up a cell of a link's target, and their weights, if there are any.

        Each cell is (panel id, row, column). Where a sum grows while steps pass, what counts at ``step``.
        """
        shapes = {id: self.panel(id).shape for id in (*link.sources, link.target)}
        cell = row * shapes[link.target][1] + column
        taps, factors = link.taps(cell, shapes), link.factors(cell, shapes)
        if link.kind != "list" or step is None:
            return taps, factors
        count = link.counted(cell, step)
        return taps[:count], factors[:count]

    def added(self, link, row, column):
        """Return the cell, (panel id, row, column), that is added to the sum of a cell; or an empty tuple."""
        return link.added(row * self.panel(link.target).shape[1] + column)

    def seen_by(self, cell, step=0):
        """Return all cells, (panel id, row, column), that a cell is made of, through every layer.

        What a list gathers here and there is not followed: it has no field that could be framed.
        """
        return self._reach(
            cell, step, lambda link, taps, _: taps if link.kind != "list" or len(taps) == 1 else []
        )

    def decided_by(self, cell, step):
        """Return those of the cells that it is made of which decided: of a maximum, only the largest.

        Of all that a cell can see through layers that are not shown, nobody can tell: none.
        """

        def number(at):
            return self.panel(at[0]).at(step)[at[1:]]

        return self._reach(
            cell,
            step,
            lambda link, taps, made: [
                tap
                for tap in taps
                if link.kind != "field" and (link.reduce != "max" or number(tap) == number(made))
            ],
        )

    def _reach(self, cell, step, choose):
        """Return all cells that are reached from a cell by ``choose(link, taps, cell)``, again and again."""
        makes = {link.target: link for link in self._links()}
        found, ahead = set(), [tuple(cell)]
        while ahead:
            made = ahead.pop()
            if made[0] in makes:
                link = makes[made[0]]
                new = set(choose(link, self.taps(link, *made[1:], step)[0], made)) - found
                found |= new
                ahead += new
        return found

    def to_json(self):
        """Return the picture as the dictionary that ``stage.js`` reads."""
        return {
            "title": self.title,
            "steps": self.steps,
            "panels": [panel.to_json() for panel in self.panels],
            "window": link_to_json(self.window) if self.window else None,
            "links": [link_to_json(link) for link in self.links],
            "focus": self.focus,
            "frames": self.frames,
            "controls": [asdict(control) for control in self.controls],
            "feedback": self.feedback,
            "outcome": self.outcome,
            "edit_first": self.edit_first,
            "sentences": [self.sentence(step) for step in range(self.steps)],
        }

    def sentence(self, step):
        """Say in words what happens at ``step``."""
        if not self.window:
            return self.text if isinstance(self.text, str) else self.text[step]
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


def _check_link(where, link, panels):
    """Refuse a link that speaks of cells that are not there, or makes of them what nobody knows."""
    shapes = {id: panel.shape for id, panel in panels.items()}
    if link.reduce not in WRITTEN:
        raise ValueError(f"{where}: reduce must be one of {tuple(WRITTEN)}, got {link.reduce!r}")
    if link.kind == "cells" and any(shapes[id] != shapes[link.target] for id in link.sources):
        raise ValueError(f"{where}: {link.sources} must have the shape of {link.target!r}")
    rows, columns = shapes[link.target]
    if link.kind == "field":
        for axis, (name, seen) in enumerate((("rows", link.rows), ("columns", link.columns))):
            if len(seen) != shapes[link.target][axis]:
                raise ValueError(f"{where}: {name} must list what each of those of {link.target!r} sees")
            if any(not 0 <= at < shapes[link.source][axis] for each in seen for at in each):
                raise ValueError(f"{where}: {name} name what is not in {link.source!r}")
    if getattr(link, "bias", ()):
        biases = link.bias if link.kind == "list" else (link.bias,)
        if link.kind == "list" and len(biases) != rows * columns:
            raise ValueError(f"{where}: bias must name a cell for each cell of {link.target!r}")
        for cell in biases:
            if not _is_in(cell, panels):
                raise ValueError(f"{where}: bias names a cell that is not there, {cell}")
    if link.kind != "list":
        return
    for name in ("cells", "weights"):
        lists = getattr(link, name)
        lengths = [len(each) for each in lists]
        if (lists and lengths != [len(each) for each in link.cells]) or len(link.cells) != rows * columns:
            raise ValueError(f"{where}: {name} must list what makes each cell of {link.target!r}")
    for cell in (cell for lists in (link.cells, link.weights) for each in lists for cell in each):
        if not _is_in(cell, panels):
            raise ValueError(f"{where}: a list names a cell that is not there, {cell}")


def _is_in(cell, panels):
    """Whether a panel has a cell, (panel id, row, column), padding included."""
    id, *at = cell
    ends = zip(at, panels[id].shape, panels[id].padding, strict=True)
    return all(-before <= place < size + after for place, size, (before, after) in ends)


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
