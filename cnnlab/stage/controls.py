"""What a learner can change beside the panels, as plain data: its kind, its options, its bounds."""

from dataclasses import dataclass, field

import numpy as np

from cnnlab.stage.typed import read_number, read_whole

YOURS = "your own"  # the choice that stands for numbers the learner has edited


@dataclass(frozen=True)
class Control:
    """Something that a learner can change.

    Parameters
    ----------
    id : str
        What it is called; by default also the part of a scene's state that it sets.
    kind : str
        "choice" (one of ``options``, in a list), "radio" (one of them, all written out), "whole" (a whole
        number from ``low`` to ``high``), "check", "number" (anything typed), "button", or "file" (of one of
        the types in ``options``, at most ``high`` bytes).
    label : str
        What stands beside it.
    value : object
        What is chosen.
    options : tuple of str
    low, high : int, optional
    enabled : bool
        Whether it can be used; of one with ``sets`` or ``moves`` the stage finds that out.
    sets : dict of str to (dict of str to array)
        Of a choice that only puts numbers into panels: for each option the numbers of each panel, by id; of a
        button the same under "". Such a control works without Python.
    moves : (str, int, int, float), optional
        Of a button that moves what a panel shows: its id, how far down, how far to the right, and what comes
        in. It works without Python, too.
    name : str
        What an error calls it; ``id`` unless given.
    """

    id: str
    kind: str
    label: str
    value: object = None
    options: tuple = ()
    low: int | None = None
    high: int | None = None
    enabled: bool = True
    sets: dict = field(default_factory=dict, compare=False)
    moves: tuple = ()
    name: str = ""

    def read(self, value):
        """Return what was chosen or typed, as what it stands for; a ``ValueError`` says what is wrong."""
        name = self.name or self.id
        if self.kind in ("choice", "radio"):
            if value not in self.options:
                raise ValueError(f"{name} must be one of {self.options}, got {value!r}")
            return value
        if self.kind == "whole":
            return read_whole(name, value, self.low, self.high)
        if self.kind == "number":
            return read_number(name, value)
        if self.kind == "check" and not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False, got {value!r}")
        return value

    def to_json(self):
        """Return the control as the dictionary that ``stage.js`` reads."""
        sets = {
            option: {id: np.asarray(grid, dtype=float).tolist() for id, grid in grids.items()}
            for option, grids in self.sets.items()
        }
        return {**vars(self), "sets": sets}


def moved(grid, down, right, fill):
    """Return a grid moved by whole cells, with ``fill`` where nothing moved in.

    Examples
    --------
    >>> moved(np.array([[1.0, 2.0], [3.0, 4.0]]), 0, 1, -1)
    array([[-1.,  1.],
           [-1.,  3.]])
    """
    out = np.full_like(grid, fill)
    rows, columns = grid.shape
    to = slice(max(down, 0), rows + min(down, 0)), slice(max(right, 0), columns + min(right, 0))
    of = slice(max(-down, 0), rows + min(-down, 0)), slice(max(-right, 0), columns + min(-right, 0))
    out[to] = grid[of]
    return out
