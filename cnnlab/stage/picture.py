"""What a stage shows, as plain data: panels of numbers, the links between them, controls.

Everything is checked when it is made, so that a stage never receives half a picture.
"""

import copy
from dataclasses import asdict, dataclass, field, fields, replace

import numpy as np

from cnnlab.look import WRITTEN
from cnnlab.stage import words
from cnnlab.stage.controls import Control
from cnnlab.stage.links import MADE, is_in, link_to_json, value_of
from cnnlab.stage.links import field as field_link
from cnnlab.stage.panels import Scale


@dataclass(frozen=True)
class Box:
    """A box drawn around cells of a panel, from row ``top`` to row ``bottom``, both of them inside.

    ``label`` stands in its top left corner, or, if it is dotted, in the one below. ``line`` is "solid",
    "dashed" or "dotted", each in a color of its own.
    """

    top: int
    left: int
    bottom: int
    right: int
    label: str = ""
    line: str = "solid"


BOX_LINES = ("solid", "dashed", "dotted")


@dataclass(frozen=True)
class Grip:
    """A part of a panel that can be dragged, from row ``top`` to row ``bottom``, both of them inside.

    Dragged, it is Python that moves it: see ``Scene.drag``.
    """

    id: str
    panel: str
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Cases:
    """A text that depends on numbers: the first template whose condition holds, or ``otherwise``.

    ``when`` holds pairs of a condition (see ``words.holds``) and a template.
    """

    when: tuple
    otherwise: str


@dataclass(frozen=True, eq=False)
class Picture:
    """All that a stage shows: panels from left to right, how they hang together, controls.

    ``links`` tie panels together in any number of layers: each says what the cells of one panel are made of.
    ``walk`` is the id of a panel that a link makes: each step is at the next of its cells, which is
    explained. Without one, ``focus``, (panel id, row, column) or (panel id, "largest" or "strongest"), is the
    cell that is explained as long as nobody looks at another; then steps pass only if panels show another
    grid at each of them, or charts have tracks. ``frames`` says what to frame at each step: for panel ids,
    (top, left, bottom, right) or None. ``boxes`` are drawn on panels at every step: for panel ids, a tuple of
    ``Box``. ``grips`` are parts of panels that can be dragged.

    ``text`` stands below the panels where no walk speaks for itself: a sentence, one for each step, or
    ``Cases``; each may have blanks (see ``words``). ``feedback`` is said about what the learner did last, and
    ``outcome`` ("correct", "not yet", …) colors it; ``question`` stands above everything. With
    ``edit_first`` a click edits from the start, until the learner chooses that it should pin. Steps are
    counted from ``first_step``, and each is called a ``step_name``. ``python_only`` says that what follows
    from an edit hangs on more than this picture holds: the browser leaves it to Python; ``python_text`` says
    so of the text alone.
    """

    title: str
    panels: tuple = ()
    links: tuple = ()
    walk: str = ""
    focus: tuple = ()
    frames: dict = field(default_factory=dict)
    boxes: dict = field(default_factory=dict)
    grips: tuple = ()
    controls: tuple = ()
    text: str | tuple | Cases = ""
    question: str = ""
    feedback: str = ""
    outcome: str = ""
    edit_first: bool = False
    python_only: bool = False
    python_text: bool = False
    step_name: str = ""
    first_step: int = 1
    steps: int = field(init=False)

    def __post_init__(self):
        where = f"Picture {self.title!r}"
        panels = {panel.id: panel for panel in self.panels}
        if len(panels) != len(self.panels):
            raise ValueError(f"{where}: panel ids must differ, got {[p.id for p in self.panels]}")
        object.__setattr__(self, "_by_id", panels)
        object.__setattr__(self, "_fields", {})
        object.__setattr__(self, "_worked", {})
        object.__setattr__(self, "_made", {link.target: link for link in self.links})
        _check_links(where, self.links, panels)
        object.__setattr__(self, "_told_by", {})  # worked out when asked for: most edits never ask
        for panel in self.panels:
            _check_follows(where, panel, panels)
        made = self._made
        if self.walk and self.walk not in made:
            raise ValueError(f"{where}: walk must be a panel that a link makes, got {self.walk!r}")
        if self.focus and self.focus[0] not in made:
            raise ValueError(f"{where}: focus must be a cell of a panel that a link makes, got {self.focus}")
        rule = self.focus[1:] in (("largest",), ("strongest",))
        if self.focus and not rule and not is_in(self.focus, panels):
            raise ValueError(f"{where}: focus must be a cell of its panel, got {self.focus}")
        for id, boxes in self.boxes.items():
            for box in boxes:
                _check_box(where, id, box, panels)
        for grip in self.grips:
            _check_place(where, f"grip {grip.id!r}", grip.panel, grip, panels)
        counts = {len(panel.values) for panel in self.panels if _is_film(panel)}
        counts |= {
            len(track.points) for panel in self.panels if panel.kind == "chart" for track in panel.tracks
        }
        counts |= {len(boxes) for boxes in self.frames.values()}
        if isinstance(self.text, tuple):
            counts.add(len(self.text))
        if self.walk:
            counts.add(int(np.prod(panels[self.walk].shape)))
        if len(counts) > 1:
            raise ValueError(f"{where}: all panels need the same number of steps, got {sorted(counts)}")
        object.__setattr__(self, "steps", counts.pop() if counts else 1)

    @property
    def shown(self):
        """The panels that are shown."""
        return tuple(panel for panel in self.panels if panel.kind != "hidden")

    def panel(self, id):
        """Return the panel called ``id``."""
        return self._by_id[id]

    def link_to(self, id):
        """Return the link that tells what the cells of a panel are made of, or None.

        Where layers in between are not shown, it only tells what each cell can see through them.
        """
        if id in self._made and id not in self._told_by:
            self._told_by[id] = self._seen_through(self._made[id])
        return self._told_by.get(id)

    def _seen_through(self, link):
        """Return a link as it can be told: of one whose sources are hidden, the field of each cell."""
        if self.panel(link.target).kind == "hidden" or all(
            self.panel(id).kind != "hidden" for id in link.sources
        ):
            return link
        rows, columns = self._seen_along(link.target, 0), self._seen_along(link.target, 1)
        first = next((panel.id for panel in self.shown if panel.id in rows[0]), None)
        if first is None:
            return link
        lists = (tuple(_places(seen.get(first, 0)) for seen in along) for along in (rows, columns))
        return field_link(first, link.target, *lists)

    def _seen_along(self, id, axis):
        """Return which rows (or columns) of each shown panel each row (or column) of a panel follows from.

        They are the bits of a whole number, by panel id: what many layers see is put together quickly.
        """
        if (id, axis) not in self._fields:
            known = {}  # many rows see the same: every map of a stack does
            lists = self._made[id].seen_along(axis, self.panel(id).shape)
            keys = [tuple((source, tuple(places)) for source, places in seen.items()) for seen in lists]
            for key in keys:
                if key not in known:
                    known[key] = self._seen_by(key, axis)
            self._fields[id, axis] = [known[key] for key in keys]
        return self._fields[id, axis]

    def _seen_by(self, seen, axis):
        found = {}
        for source, places in seen:
            panel = self.panel(source)
            is_made = panel.kind == "hidden" and source in self._made
            below = self._seen_along(source, axis) if is_made else None
            for place in places:
                if not 0 <= place < panel.shape[axis]:
                    continue
                for shown, bits in below[place].items() if below else ():
                    found[shown] = found.get(shown, 0) | bits
                if panel.kind != "hidden":
                    found[source] = found.get(source, 0) | 1 << place
        return found

    # --- numbers

    def grid(self, id, step):
        """Return the numbers of a panel at a step, shape (rows, columns)."""
        panel = self.panel(id)
        if panel.kind == "grid" and panel.follows:
            return self._followed(panel, step)
        if panel.kind == "hidden" and panel.values is None:
            if (id, step) not in self._worked:
                cells = [self._worked_out(id, row, column, step) for row, column in np.ndindex(*panel.shape)]
                self._worked[id, step] = np.array(cells).reshape(panel.shape)
            return self._worked[id, step]
        return panel.at(step)

    def number(self, cell, step):
        """Return the number in a cell, (panel id, row, column); what lies beyond a panel is 0."""
        id, row, column = cell
        rows, columns = self.panel(id).shape
        if not (0 <= row < rows and 0 <= column < columns):
            return 0.0
        return float(self.grid(id, step)[row, column])

    def write(self, cell, step, decimals=False):
        """Write the number in a cell as its panel shows it; of a colored pixel, all three."""
        panel, (_, row, column) = self.panel(cell[0]), cell
        if panel.kind == "raster" and panel.values.ndim == 3:
            return panel.write(panel.values[row, column])
        return panel.write(self.number(cell, step), decimals)

    def _worked_out(self, id, row, column, step):
        """Return what the link to a panel gives for one of its cells."""
        link = self._made[id]
        taps, factors = self.taps(link, row, column, step)
        steps = range(step + 1) if link.so_far else [step]
        terms = [self.number(tap, at) for at in steps for tap in taps]
        if factors:
            by = [self.number(factor, step) for factor in factors]
            terms = [term * other for term, other in zip(terms, by, strict=True)]
        bias = self.added(link, row, column)
        own = [tap[1:] for tap in taps].index((row, column)) if link.reduce == "first largest" else 0
        return value_of(link, [*terms, self.number(bias, step)] if bias else terms, own)

    def _followed(self, panel, step):
        """Return what a loupe shows: terms of the cell that is told, or numbers of a photograph."""
        link, row, column = self.told(step)
        if panel.follows == link.target:
            taps, factors = self.taps(link, row, column, step)
            terms = [self.number(tap, step) for tap in taps]
            by = [self.number(factor, step) for factor in factors] or [1.0] * len(terms)
            return np.array([a * b for a, b in zip(terms, by, strict=True)]).reshape(panel.shape)
        if panel.follows in link.sources and link.reduce in MADE:
            row, column = self.taps(link, row, column, step)[0][0][1:]
        else:
            row, column = row - panel.shape[0] // 2, column - panel.shape[1] // 2
        return self.panel(panel.follows).values[row : row + panel.shape[0], column : column + panel.shape[1]]

    def scale(self, panel):
        """Return the size of number that is fully colored in a panel."""
        if not isinstance(panel.scale, Scale):
            return panel.scale
        return panel.scale.value(lambda id: self.panel(id).values)

    def look(self, panel):
        """Return a panel as it is shown, now that its scale, its caption and its cases are known."""
        found = next((what for when, what in panel.cases if words.holds(when, self, 0)), {})
        shown = copy.copy(panel)  # it has been checked: nothing of it needs to be checked again
        for name, value in found.items():
            object.__setattr__(shown, name, value)
        object.__setattr__(shown, "scale", self.scale(shown))
        object.__setattr__(shown, "caption", words.filled(shown.caption, self, 0))
        return shown

    # --- what hangs together

    def told(self, step):
        """Return the link whose formula is written out at ``step``, and the cell of its target; or None."""
        if self.walk:
            return self.link_to(self.walk), *divmod(step, self.panel(self.walk).shape[1])
        if not self.focus:
            return None
        id, *at = self.focus
        if len(at) == 1:
            grid = self.panel(id).at(self.steps - 1)
            at = divmod(
                words.largest_at((np.abs(grid) if at == ["strongest"] else grid).ravel()), grid.shape[1]
            )
        return self.link_to(id), *map(int, at)

    def has_formula(self, link):
        """Whether the cells of a link can be written out: nothing of it is hidden, and something is made."""
        return link.reduce in MADE and all(self.panel(id).kind != "hidden" for id in link.sources)

    def taps(self, link, row, column, step=None):
        """Return the cells that make up a cell of a link's target, and their weights, if there are any.

        Each cell is (panel id, row, column). Where a sum grows while steps pass, what counts at ``step``.
        """
        width = self.panel(link.target).shape[1]
        taps, factors = link.taps(row, column, width), link.factors(row, column, width)
        if link.moved and step is not None:
            by = [int(self.number((id, 0, 0), step)) for id in link.moved]
            rows, columns = self.panel(link.sources[0]).shape
            taps = [(id, (r - by[0]) % rows, (c - by[1]) % columns) for id, r, c in taps]
        if step is None or not (link.when or link.lean):
            return taps, factors
        if link.when:
            counts = [when <= step for when in link.when[row * width + column]]
        else:
            counts = [self.number(factor, step) != 0 for factor in factors]
            counts = counts if any(counts) else [True] * len(counts)
        return tuple(
            [cell for cell, counted in zip(cells, counts, strict=True) if counted] if cells else []
            for cells in (taps, factors)
        )

    def added(self, link, row, column):
        """Return the cell, (panel id, row, column), that is added to the sum of a cell; or an empty tuple."""
        return link.added(row, column, self.panel(link.target).shape[1])

    def seen_by(self, cell, step=0):
        """Return all cells, (panel id, row, column), that a cell is made of, through every layer.

        What a list gathers here and there is not followed: it has no field that could be framed.
        """
        return self._reach(
            cell, step, lambda link, taps, _: taps if link.form != "cells" or len(taps) == 1 else []
        )

    def decided_by(self, cell, step):
        """Return those of the cells that it is made of which decided: of a maximum, only the largest.

        Of all that a cell can see through layers that are not shown, nobody can tell: none.
        """

        def decisive(link, taps, made):
            if not self.has_formula(link) and link.reduce != "beside":
                return []
            if link.reduce != "max":
                return taps
            return [tap for tap in taps if self.number(tap, step) == self.number(made, step)]

        return self._reach(cell, step, decisive)

    def _reach(self, cell, step, choose):
        """Return all cells that are reached from a cell by ``choose(link, taps, cell)``, again and again."""
        found, ahead = set(), [tuple(cell)]
        while ahead:
            made = ahead.pop()
            link = self.link_to(made[0])
            if link and is_in(made, self._by_id):
                new = set(choose(link, self.taps(link, *made[1:], step)[0], made)) - found
                found |= new
                ahead += new
        return found

    # --- words, and what the browser gets

    def sentence(self, step):
        """Say in words what happens at ``step``."""
        if self.walk:
            return words.sentence(self, *self.told(step), step)
        text = self.text[step] if isinstance(self.text, tuple) else self.text
        if isinstance(text, Cases):
            text = next((what for when, what in text.when if words.holds(when, self, step)), text.otherwise)
        return words.filled(text, self, step)

    def follows_from(self, other):
        """Whether the browser can have made this picture of another one: only numbers differ that it can set.

        What a learner edits, and what a control sets, is told it; what a link makes, it works out; boxes come
        with Python's answer.
        """
        same = ("title", "links", "walk", "focus", "frames", "edit_first", "python_only", "steps")
        if self.python_only or any(getattr(self, name) != getattr(other, name) for name in same):
            return False
        if [panel.id for panel in self.panels] != [panel.id for panel in other.panels]:
            return False
        if [*map(_without_value, self.controls)] != [*map(_without_value, other.controls)]:
            return False
        free = {id for id, link in self._made.items() if link.reduce in MADE}
        free |= {panel.id for panel in self.panels if panel.edit or panel.follows}
        free |= {id for control in self.controls for sets in control.sets.values() for id in sets}
        pairs = zip(self.panels, other.panels, strict=True)
        return all(_differs_at_most_in_numbers(one, two, one.id in free) for one, two in pairs)

    def digest(self, step):
        """Return one whole number that tells the shown numbers of a step from others, as in ``stage.js``."""
        total = 0
        for panel in self.shown:
            if panel.kind == "chart" or panel.follows or (panel.values.ndim == 3 and not _is_film(panel)):
                continue
            values = np.nan_to_num(np.asarray(panel.at(step), dtype=float).ravel(), nan=0.0)
            whole = np.mod(np.floor(values * 1000 + 0.5 + 1e-7), 65521).astype(np.int64)
            weights = (np.arange(values.size, dtype=np.int64) * 40503 + 12345) % 65521 + 1
            total = (total * 31 + int(whole @ weights)) % 2**32
        return total

    def boxes_to_json(self):
        """Return the boxes as ``stage.js`` reads them."""
        return {id: [asdict(box) for box in boxes] for id, boxes in self.boxes.items()}

    def to_json(self):
        """Return the picture as the dictionary that ``stage.js`` reads."""
        return {
            "title": self.title,
            "steps": self.steps,
            "panels": [panel.to_json() for panel in self.panels],
            "links": [link_to_json(link) for link in self.links],
            "fields": [link_to_json(one) for one in map(self.link_to, self._made) if one.reduce == "field"],
            "walk": self.walk,
            "focus": self.focus,
            "frames": self.frames,
            "boxes": self.boxes_to_json(),
            "grips": [asdict(grip) for grip in self.grips],
            "controls": [control.to_json() for control in self.controls],
            "question": self.question,
            "feedback": self.feedback,
            "outcome": self.outcome,
            "edit_first": self.edit_first,
            "python_only": self.python_only,
            "python_text": self.python_text,
            "step_name": self.step_name,
            "first_step": self.first_step,
            "text": asdict(self.text) if isinstance(self.text, Cases) else self.text,
        }


def _places(bits):
    """Return which bits of a whole number are set, as a tuple."""
    return tuple(at for at in range(bits.bit_length()) if bits >> at & 1)


def _is_film(panel):
    return panel.kind in ("grid", "hidden") and panel.values is not None and panel.values.ndim == 3


def _without_value(control):
    return replace(control, value=None, enabled=True), [*control.sets]


def _differs_at_most_in_numbers(one, other, may_differ):
    """Whether two panels of one id differ in nothing but their numbers, and in these only if they may."""
    if one is other:
        return True
    if type(one) is not type(other) or one.shape != other.shape:
        return False
    for each in fields(one):
        mine, others = getattr(one, each.name), getattr(other, each.name)
        if each.name == "values":
            if mine is None or others is None:
                alike = mine is others
            else:
                alike = mine.shape == others.shape and (may_differ or np.array_equal(mine, others))
        elif each.name == "tracks":  # a point of a chart is drawn by Python
            alike = len(mine) == len(others) and all(map(_same_points, mine, others))
        else:
            alike = mine == others
        if not alike:
            return False
    return True


def _same_points(one, other):
    return one.name == other.name and np.array_equal(one.points, other.points, equal_nan=True)


def _check_links(where, links, panels):
    """Refuse links that contradict each other, or speak of panels or cells that are not there."""
    made = {}
    for link in links:
        missing = {*link.parts, link.target} - set(panels)
        if missing:
            raise ValueError(f"{where}: a link names no panel of it: {sorted(missing)}")
        if link.reduce not in WRITTEN:
            raise ValueError(f"{where}: reduce must be one of {tuple(WRITTEN)}, got {link.reduce!r}")
        if link.target in made:
            raise ValueError(f"{where}: two links make {link.target!r}")
        if panels[link.target].edit:
            raise ValueError(f"{where}: {link.target!r} is made by a link, and so it cannot be edited")
        link.check(where, panels)
        made[link.target] = link
    done = set()

    def visit(id, path):
        if id in path:
            raise ValueError(f"{where}: {id!r} would follow from itself: {' → '.join((*path, id))}")
        if id not in done and id in made:
            for part in dict.fromkeys(made[id].parts):
                visit(part, (*path, id))
        done.add(id)

    for id in made:
        visit(id, ())
    for panel in panels.values():
        if panel.kind == "hidden" and panel.values is None and panel.id not in made:
            raise ValueError(f"{where}: {panel.id!r} has no numbers, and no link makes it")


def _check_follows(where, panel, panels):
    """Refuse a loupe, or a scale, that speaks of a panel that is not there."""
    follows = [panel.follows] if panel.follows else []
    follows += (
        [panel.scale.times, panel.scale.total, *panel.scale.of] if isinstance(panel.scale, Scale) else []
    )
    missing = {id for id in follows if id} - set(panels)
    if missing:
        raise ValueError(f"{where}: {panel.id!r} names no panel of it: {sorted(missing)}")


def _check_place(where, what, id, place, panels):
    """Refuse what does not lie on a grid of the picture."""
    if id not in panels or panels[id].kind != "grid":
        raise ValueError(f"{where}: {what} must be on a grid of it, got {id!r}")
    rows, columns = panels[id].shape
    if not (0 <= place.top <= place.bottom < rows and 0 <= place.left <= place.right < columns):
        raise ValueError(
            f"{where}: {what} must lie within the {rows} × {columns} cells of {id!r}, got {place}"
        )


def _check_box(where, id, box, panels):
    _check_place(where, "boxes", id, box, panels)
    if box.line not in BOX_LINES:
        raise ValueError(f"{where}: a box's line must be one of {BOX_LINES}, got {box.line!r}")


__all__ = ["BOX_LINES", "Box", "Cases", "Control", "Grip", "Picture"]
