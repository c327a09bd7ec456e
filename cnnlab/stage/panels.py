"""What stands on a stage: grids of numbers that can be read (``Panel``), photographs (``Raster``), drawings
with axes (``Chart``); and, behind the scenes, numbers that others follow from (``Hidden``)."""

from dataclasses import asdict, dataclass, fields

import numpy as np

from cnnlab.checks import float_array
from cnnlab.look import NOISE, PALETTES, write_number
from cnnlab.stage.typed import LARGEST as LARGEST_NUMBER
from cnnlab.stage.typed import read_number

EDITS = ("", "toggle", "paint", "number")
WAYS_TO_WRITE = ("number", "share", "percent")
LARGEST = 40  # rows or columns that can still be told apart as numbers
LARGEST_RASTER = 1024  # rows or columns of a photograph: more than a screen has room for


@dataclass(frozen=True)
class Scale:
    """How large a number must be to be fully colored, where that depends on numbers that can be edited.

    The largest size of all numbers of the panels ``of`` (1 if there are none), times the largest size in
    panel ``times``, times the sum of all sizes in panel ``total``, each if it is given, times ``factor``; at
    least ``least``. With ``nearly`` the strongest 1 % are left out.
    """

    of: tuple = ()
    times: str = ""
    total: str = ""
    factor: float = 1.0
    least: float = 1e-12
    nearly: bool = False

    def value(self, numbers):
        """Return the scale; ``numbers`` are all the numbers of a panel, as a function of its id."""
        scale = 1.0
        if self.of and self.nearly:
            scale = nearly_largest(numbers(self.of[0]))
        elif self.of:
            scale = full_scale(*map(numbers, self.of))
        if self.times:
            scale *= full_scale(numbers(self.times))
        if self.total:
            scale *= float(np.abs(numbers(self.total)).sum())
        return max(scale * self.factor, self.least)


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
        The numbers, or those of every step. NaN is an empty cell, in panels to type numbers into, and in
        those of every step what is not known yet.
    palette : "ink", "pencil", "signed" or "gray"
    scale : float or Scale
        The size of number that is fully colored.
    unit : int or tuple of int, optional
        Denominator of exact fractions (9 writes 0.555… as 5/9); of several, the first that is exact.
    padding : ((top, bottom), (left, right))
        Zeros drawn around the grid; the numbers in it keep their row and column.
    edit : "", "toggle", "paint" or "number"
        Whether a click swaps 1 and −1, swaps 1 and 0, or opens a cell to type in.
    low, high : float
        The smallest and the largest number that can be typed.
    only : tuple of float
        The only numbers that can be typed, if there are any.
    revealed : bool
        Whether cells appear one by one as steps pass.
    known : tuple of tuple of int, optional
        For each cell, row by row, the step from which its number is known.
    in_quiz : bool
        Whether quiz mode hides the numbers.
    column : int
        Panels of one column stand below each other.
    before : str
        A sign to draw between this column and the one before, such as "→".
    numbers : bool
        Whether the numbers are written. If not, the cells are small, and negative ones carry a minus.
    bare : bool
        Leave title and caption out; the title remains the grid's name for screen readers.
    names : tuple of str
        What the rows are called, beside them.
    heads : tuple of str
        What the columns are called, above them, in the place of a caption.
    follows : str
        A loupe: the id of the raster whose numbers this panel shows around the place looked at; or of a panel
        that a link makes, whose terms it then shows, each where the kernel has it. Of ``values`` only the
        shape counts.
    written : "number", "share" or "percent"
        How the numbers are written: as all are; shares, with three decimals and never quite 0 or 1; or as
        two digits, whole percent.
    cases : tuple of (str, dict)
        What is different when a condition holds (see ``cnnlab.stage.words.holds``): attributes by name.
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
    numbers: bool = True
    bare: bool = False
    names: tuple = ()
    heads: tuple = ()
    follows: str = ""
    written: str = "number"
    low: float = -LARGEST_NUMBER
    high: float = LARGEST_NUMBER
    only: tuple = ()
    known: tuple = ()
    cases: tuple = ()

    kind = "grid"

    def __post_init__(self):
        where = f"Panel {self.id!r}"
        values = float_array(where, "values", self.values)
        if values.ndim not in (2, 3):
            raise ValueError(
                f"{where}: values must have shape (rows, columns) or (steps, rows, columns), "
                f"got {values.shape}"
            )
        may_be_empty = self.edit == "number" or values.ndim == 3
        wrong = np.isinf(values) if may_be_empty else ~np.isfinite(values)
        if wrong.any():
            raise ValueError(f"{where}: values must be finite, got {values[wrong][0]}")
        (top, bottom), (left, right) = self.padding
        rows, columns = values.shape[-2] + top + bottom, values.shape[-1] + left + right
        if max(rows, columns) > LARGEST:
            raise ValueError(
                f"{where}: at most {LARGEST} rows and columns can be shown, got {rows} × {columns}"
            )
        _check_palette(where, self.palette, ("ink", "pencil", "signed", "gray"))
        _check_scale(where, self.scale)
        if self.written not in WAYS_TO_WRITE:
            raise ValueError(f"{where}: written must be one of {WAYS_TO_WRITE}, got {self.written!r}")
        if self.edit not in EDITS:
            raise ValueError(f"{where}: edit must be one of {EDITS}, got {self.edit!r}")
        if self.names and len(self.names) != values.shape[-2]:
            raise ValueError(
                f"{where}: names must name each of the {values.shape[-2]} rows, got {len(self.names)}"
            )
        if self.heads and (len(self.heads) != values.shape[-1] or self.caption):
            raise ValueError(
                f"{where}: heads must name each of the {values.shape[-1]} columns, and take the place of a "
                f"caption, got {len(self.heads)} and the caption {self.caption!r}"
            )
        object.__setattr__(self, "values", _frozen_copy(values))

    @property
    def shape(self):
        """The number of rows and columns, without padding."""
        return self.values.shape[-2:]

    def at(self, step):
        """Return the grid of ``step``, shape (rows, columns)."""
        grid = self.values if self.values.ndim == 2 else self.values[step]
        return np.where(np.array(self.known) <= step, grid, np.nan) if self.known else grid

    def write(self, value, decimals=False):
        """Write a number as this panel shows it; an empty cell is empty."""
        return "" if np.isnan(value) else _write(self.written, value, self.unit, decimals)

    def read(self, row, column, typed):
        """Read what was typed into a cell; a ``ValueError`` says what is wrong with it."""
        name = f"{self.title}, row {row + 1}, column {column + 1}"
        return read_number(name, typed, self.low, self.high, self.only)

    def words(self, grid):
        """Return the numbers of a grid, as the panel shows them, in one line."""
        return "; ".join(" ".join(self.write(value) for value in row) for row in grid)

    def to_json(self):
        """Return the panel as the dictionary that ``stage.js`` reads."""
        values = self.values
        if np.isnan(values).any():
            values = np.where(np.isnan(values), None, values.astype(object))
        own = {"kind": self.kind, "values": values.tolist(), "shape": self.shape}
        return {**vars(self), **own, **_looks_to_json(self)}


class Whole:
    """What is shown as one picture, not cell by cell: it is looked at, never typed into.

    The attributes are those that a grid can have and a whole has not.
    """

    edit, unit, revealed, in_quiz, bare, names, heads, follows = "", None, False, False, False, (), (), ""
    padding, numbers, cases = ((0, 0), (0, 0)), True, ()

    def _to_json(self, **values):
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        shared = {each.name: getattr(self, each.name, None) for each in fields(Panel)}
        return {**shared, **own, "kind": self.kind, **_looks_to_json(self), **values}


@dataclass(frozen=True, eq=False)
class Raster(Whole):
    """A photograph, or what a filter made of it: too many numbers to write, so they are shown as pixels.

    Parameters
    ----------
    id, title, caption, column, before
        As in ``Panel``.
    values : array_like, shape (rows, columns) or (rows, columns, 3)
        Finite numbers; for "rgb" whole ones from 0 to 255, the last axis being red, green and blue. For
        "angle" degrees, and NaN where there is no direction.
    palette : "gray", "rgb", "signed" or "angle"
    scale : float or Scale
        The size of number that is fully colored, or white.
    width : float
        How wide it is shown, in widths of a digit's font size.
    cases
        As in ``Panel``.
    """

    id: str
    title: str
    values: np.ndarray
    caption: str = ""
    palette: str = "gray"
    scale: float = 255.0
    column: int = 0
    before: str = ""
    width: float = 18.0
    cases: tuple = ()

    kind = "raster"

    def __post_init__(self):
        where = f"Raster {self.id!r}"
        _check_palette(where, self.palette, ("gray", "rgb", "signed", "angle"))
        values = self.values
        if not (isinstance(values, np.ndarray) and values.dtype == np.uint8):
            values = float_array(where, "values", values)
        expected = "(rows, columns, 3)" if self.palette == "rgb" else "(rows, columns)"
        if values.ndim != (3 if self.palette == "rgb" else 2) or (values.ndim == 3 and values.shape[2] != 3):
            raise ValueError(f"{where}: values must have shape {expected}, got {values.shape}")
        if max(values.shape) > LARGEST_RASTER or not values.size:
            raise ValueError(
                f"{where}: 1 to {LARGEST_RASTER} rows and columns can be shown, got shape {values.shape}"
            )
        wrong = np.isinf(values) if self.palette == "angle" else ~np.isfinite(values)
        if wrong.any():
            raise ValueError(f"{where}: values must be finite, got {values[wrong][0]}")
        if self.palette == "rgb" and values.dtype != np.uint8:
            raise TypeError(f"{where}: values of colors must be of type uint8, got {values.dtype}")
        if values.dtype != np.uint8:
            if np.nanmax(np.abs(values), initial=0) > np.finfo(np.float32).max:
                raise ValueError(f"{where}: values must fit into float32, got {np.nanmax(np.abs(values))}")
            values = values.astype(np.float32)
        _check_scale(where, self.scale)
        object.__setattr__(self, "values", _frozen_copy(values))

    @property
    def shape(self):
        """The number of rows and columns."""
        return self.values.shape[:2]

    def at(self, step):
        """Return the values: a raster is the same at every step."""
        return self.values

    def write(self, value, decimals=False):
        """Write one number, or the three of a colored pixel."""
        numbers = np.atleast_1d(value)
        return "none" if np.isnan(numbers).any() else " ".join(write_number(each) for each in numbers)

    def words(self, grid):
        """Say how large it is, and how its numbers lie; there are too many to tell them all."""
        rows, columns = self.shape
        if self.values.dtype != np.uint8 and np.isnan(self.values).all():
            return f"{rows} × {columns} pixels without a number"
        low, middle, high = (write_number(f(self.values)) for f in (np.nanmin, np.nanmean, np.nanmax))
        return f"{rows} × {columns} pixels from {low} to {high}, {middle} on average"

    def to_json(self):
        """Return the raster as the dictionary that ``stage.js`` reads; its numbers go as plain bytes."""
        return self._to_json(
            values=self.values.tobytes(), shape=self.values.shape, dtype=str(self.values.dtype)
        )


@dataclass(frozen=True, eq=False)
class Track:
    """A point that moves over a chart while steps pass.

    Parameters
    ----------
    name : str
    points : array_like, shape (steps, 2)
        Where it is at each step: from 0 (left) to 1 and from 0 (bottom) to 1 of the chart's axes. NaN where
        it is not there; what lies outside the axes is cut off.
    line : int
        Which of ``cnnlab.look.LINES`` colors it has.
    trail : bool
        Whether the way so far is drawn too.
    """

    name: str
    points: np.ndarray
    line: int = 0
    trail: bool = True

    def __post_init__(self):
        points = float_array(f"Track {self.name!r}", "points", self.points).astype(float)
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"Track {self.name!r}: points must have shape (steps, 2), got {points.shape}")
        object.__setattr__(self, "points", _frozen_copy(points))


@dataclass(frozen=True, eq=False)
class Chart(Whole):
    """A drawing with axes, and points that move over it.

    Parameters
    ----------
    id, title, caption, column, before
        As in ``Panel``.
    images : dict of str to bytes
        For each theme ("light", "dark") a PNG of the axes and of all that does not move.
    axes : (left, bottom, width, height)
        Where the axes lie in the picture, as parts of it.
    aspect : float
        The picture's height as a part of its width.
    tracks : tuple of Track
    says : str
        What the chart shows, for those who do not see it.
    width : float
        How wide it is shown, in widths of a digit's font size.
    """

    id: str
    title: str
    images: dict
    axes: tuple
    aspect: float
    tracks: tuple = ()
    says: str = ""
    caption: str = ""
    column: int = 0
    before: str = ""
    width: float = 20.0

    kind = "chart"
    shape = (1, 1)
    scale = 1.0

    def at(self, step):
        """Return nothing: a chart has no cells."""
        return None

    def words(self, grid):
        """Say what the chart shows."""
        return self.says

    def to_json(self):
        """Return the chart as the dictionary that ``stage.js`` reads."""
        tracks = [
            {**vars(track), "points": np.where(np.isnan(track.points), None, track.points).tolist()}
            for track in self.tracks
        ]
        return self._to_json(values=None, tracks=tracks)


@dataclass(frozen=True, eq=False)
class Hidden:
    """Numbers that are not shown, but that shown ones follow from: the layers in between, and their weights.

    Parameters
    ----------
    id : str
    shape : (rows, columns)
    values : array_like, optional
        The numbers, or those of every step; none of what a link makes, since it follows from the rest.
    written
        As in ``Panel``, for sentences.
    """

    id: str
    shape: tuple
    values: np.ndarray | None = None
    written: str = "number"

    kind = "hidden"
    title, caption, edit, unit, revealed, in_quiz, follows = "", "", "", None, False, False, ""
    padding, cases, scale = ((0, 0), (0, 0)), (), 1.0

    def __post_init__(self):
        if self.values is None:
            return
        values = float_array(f"Hidden {self.id!r}", "values", self.values).astype(float)
        if values.ndim not in (2, 3) or values.shape[-2:] != tuple(self.shape):
            raise ValueError(f"Hidden {self.id!r}: values must have shape {self.shape}, got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"Hidden {self.id!r}: values must be finite")
        object.__setattr__(self, "values", _frozen_copy(values))

    def write(self, value, decimals=False):
        """Write a number for a sentence."""
        return _write(self.written, value, self.unit, decimals)

    def at(self, step):
        """Return the grid of ``step``; None if a link makes it."""
        return self.values if self.values is None or self.values.ndim == 2 else self.values[step]

    def to_json(self):
        """Return the numbers as the dictionary that ``stage.js`` reads: as plain bytes."""
        values = None if self.values is None else self.values.tobytes()
        steps = len(self.values) if self.values is not None and self.values.ndim == 3 else 0
        return {
            "id": self.id, "kind": self.kind, "shape": self.shape, "values": values, "dtype": "float64",
            "steps": steps, "padding": self.padding, "cases": (), "written": self.written, "unit": None,
        }  # fmt: skip


def nearly_largest(sums):
    """Return the size that all but the strongest 1 % of some sums stay below: full color from there on.

    It is found on a grid of 1,024 steps up to the largest, which ``stage.js`` counts in the same way.
    """
    sizes = np.abs(np.asarray(sums, dtype=float)).ravel()
    largest = full_scale(sizes)
    counts = np.bincount((sizes / largest * 1023).astype(int), minlength=1024)
    enough = int(np.searchsorted(np.cumsum(counts), 0.99 * sizes.size))
    return largest * (enough + 1) / 1024


def full_scale(*arrays):
    """Return the scale at which the largest number of some arrays is fully colored; never 0.

    Examples
    --------
    >>> full_scale([[1, -3]], [2]), full_scale([0])
    (3.0, 1e-12)
    """
    return max(*(float(np.nanmax(np.abs(array))) for array in arrays), 1e-12)


def _write(written, value, unit, decimals):
    if written == "percent":
        return str(min(99, int(100 * value + NOISE)))
    if written == "share":
        return "under 0.001" if value < 0.001 else "over 0.999" if value > 0.999 else f"{value + NOISE:.3f}"
    return write_number(value, unit, decimals)


def _check_scale(where, scale):
    if not isinstance(scale, Scale) and not 0 < scale < np.inf:
        raise ValueError(f"{where}: scale must be above 0 and finite, got {scale}")


def _looks_to_json(panel):
    def plain(scale):
        return asdict(scale) if isinstance(scale, Scale) else scale

    cases = [(when, {name: plain(value) for name, value in what.items()}) for when, what in panel.cases]
    return {"scale": plain(panel.scale), "cases": cases}


def _check_palette(where, palette, known):
    if palette not in known or palette not in PALETTES:
        raise ValueError(f"{where}: palette must be one of {sorted(known)}, got {palette!r}")


def _frozen_copy(values):
    """Return a copy: what the caller does to its array later must not change the picture."""
    values = values.copy()
    values.flags.writeable = False
    return values
