"""A photograph, a kernel to edit, and what the kernel makes of it, with a loupe for the numbers."""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.data import photos
from cnnlab.scenes.photographs import chosen_photo, gray_photo, photo_control, photos_by_name
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Control, Panel, Picture, Raster, Scale, slide

SOBEL_X = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
KERNELS = {
    "Sobel Gx": SOBEL_X,
    "Sobel Gy": SOBEL_Y,
    "Prewitt": np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "Laplacian": np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "soft blur": np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "sharpen": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "emboss": np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    "identity": np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
}
for _kernel in KERNELS.values():
    _kernel.flags.writeable = False


@dataclass(frozen=True, eq=False)
class State:
    """The photograph, gray, and the kernel."""

    photo: np.ndarray
    kernel: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "photo", gray_photo("PhotoFilter", self.photo))
        kernel = finite_matrix("PhotoFilter", "kernel", self.kernel)
        if max(kernel.shape) > 5:
            raise ValueError(f"PhotoFilter: kernel must be at most 5 × 5, got {kernel.shape}")
        if min(np.subtract(self.photo.shape, kernel.shape)) < 0:
            raise ValueError(
                f"PhotoFilter: kernel of shape {kernel.shape} does not fit into the photo, {self.photo.shape}"
            )
        object.__setattr__(self, "kernel", kernel)


class PhotoFilter(Scene):
    """Lay a kernel on a photograph, pixel by pixel; look at any place through the loupe.

    Parameters
    ----------
    photo : str or array_like
        One of ``cnnlab.data.photos.PHOTOS``, or numbers from 0 to 255 of shape (rows, columns) or
        (rows, columns, 3).
    kernel : array_like, shape (KH, KW)
        The weights; Sobel's Gx unless given.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For anything but a photograph and a matrix of finite numbers of at most 5 × 5.
    """

    def __init__(self, photo="pavilion", kernel=SOBEL_X, **options):
        super().__init__(State(chosen_photo(photo) if isinstance(photo, str) else photo, kernel), **options)

    @property
    def filtered(self):
        """What the kernel makes of the photograph: one sum for each place, shape (OH, OW)."""
        return self.picture.panel("result").values

    edits = ("kernel",)

    def draw(self, state):
        """Return the picture of ``state``."""
        values = ops.correlate2d(state.photo.astype(float), state.kernel)
        rows, columns = state.photo.shape
        place = tuple(size * 2 // 5 for size in values.shape)
        photo = Raster("photo", "Photograph", state.photo, f"{rows} × {columns} pixels, 0 dark to 255 bright")
        says = f"{values.shape[0]} × {values.shape[1]} sums, {{<result}} to {{>result}}"
        # A kernel that adds up to 0 gives 0 on an even surface: its sums have a sign.
        signed = {"palette": "signed", "scale": Scale(("result",), nearly=True), "caption": says}
        result = Raster(
            "result", "Filtered", values, f"{says}; shown from 0 to 255", column=2,
            cases=(("balanced kernel", signed),),
        )  # fmt: skip
        return Picture(
            title="A filter on a photograph",
            panels=(
                photo,
                Panel("kernel", "Filter", state.kernel, "weights", scale=Scale(("kernel",)), unit=(9, 16),
                      edit="number", column=1),
                Panel("loupe", "Loupe", np.zeros(state.kernel.shape), "in the frame", palette="gray",
                      scale=255, column=1, follows="photo"),
                result,
            ),
            links=(slide(photo, result, state.kernel.shape, kernel="kernel"),),
            focus=("result", *place),
            text="Move the pointer over a picture: the loupe shows the numbers there, the formula their sum.",
            controls=(
                self.choice("kernel", "Filter", KERNELS, state, "kernel", name="filter"),
                photo_control(state.photo),
                Control(
                    "file",
                    "file",
                    "Your own picture",
                    options=("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"),
                    high=photos.MOST_BYTES,
                ),
                *self.undo_and_reset(state),
            ),
        )  # fmt: skip

    def named(self, part):
        """Return the photographs that come with the course: a text calls them by name."""
        return photos_by_name() if part == "photo" else {}

    def act(self, id, value):
        """Take another photograph."""
        self.change(photo=chosen_photo(value))

    def set_file(self, id, data):
        """Take a picture of the learner's own; a file that cannot be read leaves the one before."""
        self.change(photo=photos.gray(photos.read_photo(data)))
