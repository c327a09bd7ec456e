"""Sobel's two sums of a photograph, and what follows from the two: how strong an edge is, where it points."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.scenes.photo_filter import SOBEL_X, SOBEL_Y
from cnnlab.scenes.photographs import chosen_photo, gray_photo, photo_control, photos_by_name
from cnnlab.scenes.scene import Scene
from cnnlab.stage import Picture, Raster, Scale, cell_by_cell

WEAK = 100.0  # below this magnitude a direction is chance


@dataclass(frozen=True, eq=False)
class State:
    """The photograph, gray."""

    photo: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "photo", gray_photo("EdgeStrength", self.photo))
        if min(self.photo.shape) < 3:
            raise ValueError(f"EdgeStrength: photo must be at least 3 × 3, got {self.photo.shape}")


class EdgeStrength(Scene):
    """Look at a photograph, its Gx and Gy, and the magnitude and direction that follow from the two.

    Parameters
    ----------
    photo : str or array_like
        One of ``cnnlab.data.photos.PHOTOS``, or numbers from 0 to 255 of shape (rows, columns) or
        (rows, columns, 3), at least 3 × 3.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For anything but a photograph.
    """

    def __init__(self, photo="pavilion", **options):
        super().__init__(State(chosen_photo(photo) if isinstance(photo, str) else photo), **options)

    def draw(self, state):
        """Return the picture of ``state``."""
        photo = state.photo.astype(float)
        gx, gy = ops.correlate2d(photo, SOBEL_X), ops.correlate2d(photo, SOBEL_Y)
        magnitude = np.hypot(gx, gy)
        direction = np.where(magnitude > WEAK, np.degrees(np.arctan2(gy, gx)), np.nan)
        scale = Scale(("magnitude",), nearly=True)
        panels = (
            # Without its border, so that every picture has the same pixels at the same places.
            Raster("photo", "Photograph", state.photo[1:-1, 1:-1], "without its border", width=16),
            Raster("gx", "Gx", gx, "brighter to the right", "signed", scale, column=1, width=14),
            Raster("gy", "Gy", gy, "brighter above", "signed", scale, column=1, width=14),
            Raster("magnitude", "Magnitude", magnitude, "√(Gx² + Gy²)", "gray", scale, column=2, width=14),
            Raster("direction", "Direction", direction, "→ blue ↑ yellow ← red ↓ green", "angle",
                   180.0, column=2, width=14),
        )  # fmt: skip
        return Picture(
            title="How strong an edge is, and where it points",
            panels=panels,
            links=(
                cell_by_cell(("gx", "gy"), panels[3], "magnitude"),
                cell_by_cell(("gy", "gx"), panels[4], "angle", least=WEAK),
            ),
            focus=("magnitude", "largest"),
            text="The strongest edge is marked. Move the pointer to any other place, in any of the pictures.",
            controls=(photo_control(state.photo),),
        )

    def named(self, part):
        """Return the photographs that come with the course: a text calls them by name."""
        return photos_by_name() if part == "photo" else {}

    def act(self, id, value):
        """Take another photograph."""
        self.change(photo=chosen_photo(value))
