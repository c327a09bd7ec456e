"""The filter hunt: set nine weights of ±1 until the map that they make is the one that is printed."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Cells, Panel, Picture, Scale, cell_by_cell, slide
from cnnlab.stage.panels import Hidden

START = np.array([[-1.0, -1, -1], [-1, 1, -1], [-1, -1, -1]])  # one dot of ink
START.flags.writeable = False


def in_ninths(printed):
    """Return a printed map in whole ninths: its decimals are cut off, and tell each ninth apart.

    Examples
    --------
    >>> in_ninths([0.77, -0.11, 1.0])
    array([ 7., -1.,  9.])
    """
    return np.rint(9 * np.asarray(printed)) + 0.0  # no −0


MAPS = {f"map {f + 1}": in_ninths(values) for f, values in enumerate(letters.PRINTED["convolution"].values)}
for _map in MAPS.values():
    _map.flags.writeable = False


@dataclass(frozen=True, eq=False)
class State:
    """The weights, and the printed map, in ninths."""

    kernel: np.ndarray
    printed: np.ndarray

    def __post_init__(self):
        for name, shape in (("kernel", (3, 3)), ("printed", (7, 7))):
            matrix = finite_matrix("FilterHunt", name, getattr(self, name))
            if matrix.shape != shape:
                raise ValueError(f"FilterHunt: {name} must have shape {shape}, got {matrix.shape}")
            object.__setattr__(self, name, matrix)
        if not np.isin(self.kernel, (-1, 1)).all():
            raise ValueError(f"FilterHunt: kernel must hold 1 and −1 only, got {np.unique(self.kernel)[:5]}")


class FilterHunt(Scene):
    """Find the filter that made a printed map of the X: click its weights, and watch the difference go.

    Parameters
    ----------
    printed : array_like, shape (7, 7), optional
        The map to make, in ninths; the printed one of the worked example's second filter unless given.
    kernel : array_like, shape (3, 3)
        The weights to begin with, each 1 or −1.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For anything but a map of 7×7 finite numbers and a kernel of 3×3 that holds 1 and −1 only.
    """

    def __init__(self, printed=None, kernel=START, **options):
        super().__init__(State(kernel, MAPS["map 2"] if printed is None else printed), **options)

    edits = ("kernel", "printed")

    @property
    def differing(self):
        """In how many cells the two maps differ."""
        return int(np.count_nonzero(self.picture.panel("difference").values))

    def draw(self, state):
        """Return the picture of ``state``."""
        values = ops.correlate2d(letters.X, state.kernel)
        look = {"scale": 9.0, "caption": "in ninths"}
        image = Panel("image", "Image", letters.X, "9 × 9 pixels, ink 1, paper −1", palette="ink")
        kernel = Panel("kernel", "Your filter", state.kernel, "click: 1 or −1", palette="ink", edit="toggle")
        made = Panel("map", "Your map", values, column=1, before="→", **look)
        printed = Panel("printed", "Printed map", state.printed, edit="number", column=2, before="−",
                        low=-99, high=99, **look)  # fmt: skip
        difference = Panel("difference", "Difference", values - state.printed, "0 where they agree",
                           scale=Scale(least=9.0), column=3, before="=")  # fmt: skip
        size, differs = Hidden("size", made.shape), Hidden("differs", made.shape)
        places = tuple(np.ndindex(made.shape))
        return Picture(
            title="Which filter made this map?",
            panels=(
                image, kernel, made, printed, difference, size, differs, Hidden("count", (1, 1)),
                Hidden("signs", (1, 2), np.array([[1.0, -1.0]])),
            ),
            links=(
                slide(image, made, (3, 3), kernel="kernel", reduce="sum"),
                Cells(
                    "difference",
                    tuple((("map", *at), ("printed", *at)) for at in places),
                    ((("signs", 0, 0), ("signs", 0, 1)),) * len(places),
                    reduce="sum",
                ),
                cell_by_cell(("difference",), size, "magnitude"),
                cell_by_cell(("size",), differs, "gate"),
                Cells("count", (tuple(("differs", *at) for at in places),), reduce="sum"),
            ),
            focus=("map", 3, 3),
            text=f"Your map differs from the printed one in {{count}} of {values.size} cells.",
            controls=(
                self.choice("printed", "Find the filter of", MAPS, state, "printed", name="map"),
                *self.undo_and_reset(state),
            ),
            edit_first=True,
        )  # fmt: skip
