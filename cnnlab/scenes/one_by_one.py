"""A 1 × 1 convolution: at each pixel the numbers of all channels are mixed, and nothing around it is seen."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Cells, Control, Panel, Picture, Scale

CHANNELS = ("red", "green", "blue")
LARGEST = 8  # rows or columns of a map: three of them stand side by side

# A poppy on a lawn, under the sky: how red, green and blue each pixel is.
SKY, POPPY, LAWN = (2.0, 4.0, 8.0), (8.0, 1.0, 1.0), (2.0, 6.0, 2.0)
PICTURE = np.array(
    [
        [SKY, SKY, SKY, SKY],
        [SKY, POPPY, POPPY, SKY],
        [LAWN, POPPY, POPPY, LAWN],
        [LAWN, LAWN, LAWN, LAWN],
    ]
).transpose(2, 0, 1)
WEIGHTS = {
    "how bright; how much redder": np.array([[0.25, 0.5, 0.25], [1, -0.5, -0.5]]),
    "how much greener; how much bluer": np.array([[-0.5, 1, -0.5], [-0.5, -0.5, 1]]),
    "the red and the blue map alone": np.array([[1.0, 0, 0], [0, 0, 1]]),
}
NEW = ("one", "other")  # the maps that are made


@dataclass(frozen=True, eq=False)
class State:
    """The three maps, a row of weights for each new one, and the stride."""

    red: np.ndarray
    green: np.ndarray
    blue: np.ndarray
    weight: np.ndarray
    stride: int = 1

    def __post_init__(self):
        for name in (*CHANNELS, "weight"):
            object.__setattr__(self, name, finite_matrix("OneByOne", name, getattr(self, name)))
        shapes = [getattr(self, name).shape for name in CHANNELS]
        if len(set(shapes)) > 1 or max(shapes[0]) > LARGEST:
            raise ValueError(
                f"OneByOne: maps must be of one shape of at most {LARGEST} × {LARGEST}, got {shapes}"
            )
        expected = len(NEW), len(CHANNELS)
        if self.weight.shape != expected:
            raise ValueError(f"OneByOne: weight must have shape {expected}, got {self.weight.shape}")
        object.__setattr__(self, "stride", integer("OneByOne", "stride", self.stride, 1))


class OneByOne(Scene):
    """Mix three channels, pixel by pixel, into two new maps; edit the maps, or the weights.

    Parameters
    ----------
    maps : array_like, shape (3, H, W)
        How red, green and blue each pixel is; a poppy on a lawn unless given.
    weight : array_like, shape (2, 3), optional
        For each new map, one weight for each of the three.
    stride : int
        Only each ``stride``-th row and column is used.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For anything but finite numbers in these shapes, and for a stride below 1.
    """

    def __init__(self, maps=PICTURE, weight=None, *, stride=1, **options):
        if np.ndim(maps) != 3 or len(maps) != len(CHANNELS):
            raise ValueError(f"OneByOne: maps must have shape (3, H, W), got {np.shape(maps)}")
        first = next(iter(WEIGHTS.values()))
        super().__init__(State(*maps, first if weight is None else weight, stride), **options)

    edits = (*CHANNELS, "weight")

    @property
    def new_maps(self):
        """The two maps that are made, shape (2, OH, OW)."""
        return np.array([self.picture.panel(id).values for id in NEW])

    def draw(self, state):
        """Return the picture of ``state``."""
        maps = np.array([getattr(state, name) for name in CHANNELS])
        new = ops.conv2d(maps[None], state.weight[:, :, None, None], stride=state.stride)[0]
        rows, columns = new.shape[1:]
        places = [(i * state.stride, j * state.stride) for i, j in np.ndindex(rows, columns)]
        cells = tuple(tuple((name, *place) for name in CHANNELS) for place in places)

        def by(row):
            return (tuple(("weight", row, at) for at in range(len(CHANNELS))),) * len(places)

        return Picture(
            title="A 1 × 1 convolution mixes the channels at each pixel",
            panels=(
                *(
                    Panel(name, name.capitalize(), values, f"how {name}", scale=Scale(CHANNELS),
                          edit="number", column=at)
                    for at, (name, values) in enumerate(zip(CHANNELS, maps, strict=True))
                ),
                Panel("weight", "Weights", state.weight, scale=Scale(("weight",)), edit="number", column=3,
                      before="·", heads=("R", "G", "B"), names=("row 1", "row 2"), unit=(2, 4)),
                *(
                    Panel(id, f"New map {number}", values, f"by row {number}", column=3 + number,
                          scale=Scale(NEW), before="→" if number == 1 else "")
                    for number, (id, values) in enumerate(zip(NEW, new, strict=True), start=1)
                ),
            ),
            links=tuple(Cells(id, cells, by(row), reduce="sum") for row, id in enumerate(NEW)),
            focus=(NEW[1], rows // 2, columns // 2),
            text="Point at a number of a new map: it is made of the three at its own place, "
            "none beside them.",
            controls=(
                self.choice("weight", "Weights", WEIGHTS, state, "weight"),
                Control("stride", "whole", "Stride", state.stride, low=1),
                *self.undo_and_reset(state),
            ),
        )  # fmt: skip
