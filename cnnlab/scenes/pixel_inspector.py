"""A photograph and its red, green and blue numbers, looked at through three loupes."""

from dataclasses import dataclass

import numpy as np

from cnnlab.data import photos
from cnnlab.scenes.scene import Scene
from cnnlab.stage import Control, Panel, Picture, Raster, cell_by_cell

COLORS = ("Red", "Green", "Blue")


@dataclass(frozen=True)
class State:
    """The name of the photograph."""

    photo: str

    def __post_init__(self):
        if not isinstance(self.photo, str) or self.photo not in photos.PHOTOS:
            raise ValueError(
                f"PixelInspector: photo must be one of {tuple(photos.PHOTOS)}, got {self.photo!r}"
            )


class PixelInspector(Scene):
    """Point at any pixel of a photograph and read the three numbers it is made of.

    Parameters
    ----------
    photo : str
        One of ``cnnlab.data.photos.PHOTOS``.
    size : int
        How many pixels high and wide it is at most; few, so that they can be seen.
    **options
        Those of ``Stage``.

    Raises
    ------
    ValueError
        For another name.
    """

    def __init__(self, photo="dahlia", *, size=160, **options):
        self.size = size
        super().__init__(State(photo), **options)

    def draw(self, state):
        """Return the picture of ``state``."""
        colors = photos.photo(state.photo, self.size)
        rows, columns, _ = colors.shape
        planes = [
            panel
            for k, name in enumerate(COLORS)
            for panel in (
                Raster(name.lower(), name, colors[..., k], "0 none to 255 full", column=1 + k, width=10),
                Panel(
                    f"{name} loupe",
                    f"{name}, close",
                    np.zeros((3, 3)),
                    "3 × 3 pixels",
                    palette="gray",
                    scale=255,
                    column=1 + k,
                    follows=name.lower(),
                ),
            )
        ]
        photo = Raster("photo", "Photograph", colors, f"{rows} × {columns} pixels", "rgb", width=13)
        return Picture(
            title="A pixel is three numbers",
            panels=(photo, *planes),
            links=(cell_by_cell(tuple(name.lower() for name in COLORS), photo, "beside"),),
            focus=("photo", rows // 2, columns // 2),
            text="Move the pointer over a picture; with the keyboard, Tab to it and use the arrow keys.",
            controls=(Control("photo", "choice", "Photograph", state.photo, tuple(photos.PHOTOS)),),
        )
