"""What stands on a stage: grids of numbers that can be read (``Panel``), and photographs (``Raster``)."""

from dataclasses import dataclass, fields

import numpy as np

from cnnlab.checks import float_array
from cnnlab.look import PALETTES, write_number

EDITS = ("", "toggle", "paint", "number")
LARGEST = 40  # rows or columns that can still be told apart as numbers
LARGEST_RASTER = 1024  # rows or columns of a photograph: more than a screen has room for


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
    scale : float
        The size of number that is fully coloured.
    unit : int, optional
        Denominator of exact fractions (9 writes 0.555… as 5/9).
    padding : ((top, bottom), (left, right))
        Zeros drawn around the grid; the numbers in it keep their row and column.
    edit : "", "toggle", "paint" or "number"
        Whether a click swaps 1 and −1, swaps 1 and 0, or opens a cell to type in.
    revealed : bool
        Whether cells appear one by one as steps pass.
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
    follows : str
        A loupe: the id of the raster whose numbers this panel shows around the place looked at.
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
    follows: str = ""

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
        if not 0 < self.scale < np.inf:
            raise ValueError(f"{where}: scale must be above 0 and finite, got {self.scale}")
        if self.edit not in EDITS:
            raise ValueError(f"{where}: edit must be one of {EDITS}, got {self.edit!r}")
        if self.names and len(self.names) != values.shape[-2]:
            raise ValueError(
                f"{where}: names must name each of the {values.shape[-2]} rows, got {len(self.names)}"
            )
        object.__setattr__(self, "values", _frozen_copy(values))

    @property
    def shape(self):
        """The number of rows and columns, without padding."""
        return self.values.shape[-2:]

    def at(self, step):
        """Return the grid of ``step``, shape (rows, columns)."""
        return self.values if self.values.ndim == 2 else self.values[step]

    def write(self, value, decimals=False):
        """Write a number as this panel shows it; an empty cell is empty."""
        return "" if np.isnan(value) else write_number(value, self.unit, decimals)

    def words(self, step):
        """Return all numbers of ``step`` in one line."""
        return "; ".join(" ".join(self.write(value) for value in row) for row in self.at(step))

    def to_json(self):
        """Return the panel as the dictionary that ``stage.js`` reads."""
        values = self.values
        if np.isnan(values).any():
            values = np.where(np.isnan(values), None, values.astype(object))
        return {**vars(self), "kind": self.kind, "values": values.tolist()}


class Whole:
    """What is shown as one picture, not cell by cell: it is looked at, never typed into.

    The attributes are those that a grid can have and a whole has not.
    """

    edit, unit, revealed, in_quiz, bare, names, follows = "", None, False, False, False, (), ""
    padding, numbers = ((0, 0), (0, 0)), True

    def _to_json(self, **values):
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        shared = {each.name: getattr(self, each.name, None) for each in fields(Panel)}
        return {**shared, **own, "kind": self.kind, **values}


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
    scale : float
        The size of number that is fully coloured, or white.
    width : float
        How wide it is shown, in widths of a digit's font size.
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
            raise TypeError(f"{where}: values of colours must be of type uint8, got {values.dtype}")
        if values.dtype != np.uint8:
            if np.nanmax(np.abs(values), initial=0) > np.finfo(np.float32).max:
                raise ValueError(f"{where}: values must fit into float32, got {np.nanmax(np.abs(values))}")
            values = values.astype(np.float32)
        if not 0 < self.scale < np.inf:
            raise ValueError(f"{where}: scale must be above 0 and finite, got {self.scale}")
        object.__setattr__(self, "values", _frozen_copy(values))

    @property
    def shape(self):
        """The number of rows and columns."""
        return self.values.shape[:2]

    def at(self, step):
        """Return the values: a raster is the same at every step."""
        return self.values

    def write(self, value, decimals=False):
        """Write one number, or the three of a coloured pixel."""
        numbers = np.atleast_1d(value)
        return "none" if np.isnan(numbers).any() else " ".join(write_number(each) for each in numbers)

    def words(self, step):
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
        Which of ``cnnlab.look.LINES`` colours it has.
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

    def words(self, step):
        """Say what the chart shows."""
        return self.says

    def to_json(self):
        """Return the chart as the dictionary that ``stage.js`` reads."""
        tracks = [
            {**vars(track), "points": np.where(np.isnan(track.points), None, track.points).tolist()}
            for track in self.tracks
        ]
        return self._to_json(values=None, tracks=tracks)


def full_scale(*arrays):
    """Return the scale at which the largest number of some arrays is fully coloured; never 0.

    Examples
    --------
    >>> full_scale([[1, -3]], [2]), full_scale([0])
    (3.0, 1e-12)
    """
    return max(*(float(np.nanmax(np.abs(array))) for array in arrays), 1e-12)


def _check_palette(where, palette, known):
    if palette not in known or palette not in PALETTES:
        raise ValueError(f"{where}: palette must be one of {sorted(known)}, got {palette!r}")


def _frozen_copy(values):
    """Return a copy: what the caller does to its array later must not change the picture."""
    values = values.copy()
    values.flags.writeable = False
    return values
