"""A photograph, a kernel to edit, and what the kernel makes of it, with a loupe for the numbers."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from cnnlab import ops
from cnnlab.checks import float_array
from cnnlab.data import photos
from cnnlab.scenes.scene import YOURS, Scene, choice_control, finite_matrix
from cnnlab.stage import Control, Panel, Picture, Raster, Window, full_scale

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
        Those of ``Stage``: ``decimals``, ``projector``.

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

    def draw(self, state):
        """Return the picture of ``state``."""
        kernel = state.kernel
        result = ops.correlate2d(state.photo.astype(np.float32), kernel)
        balanced = abs(kernel.sum()) < 1e-9  # on an even surface it gives 0: its sums have a sign
        rows, columns = state.photo.shape
        place = tuple(size * 2 // 5 for size in result.shape)
        corner = tuple(slice(at, at + size) for at, size in zip(place, kernel.shape, strict=True))
        return Picture(
            title="A filter on a photograph",
            panels=(
                Raster(
                    "photo", "Photograph", state.photo, f"{rows} × {columns} pixels, 0 dark to 255 bright"
                ),
                Panel(
                    "kernel",
                    "Filter",
                    kernel,
                    "weights",
                    scale=full_scale(kernel),
                    unit=_unit(kernel),
                    edit="number",
                    column=1,
                ),
                Panel(
                    "loupe",
                    "Loupe",
                    state.photo[corner],
                    "in the frame",
                    palette="gray",
                    scale=255,
                    column=1,
                    follows="photo",
                ),
                Raster(
                    "result",
                    "Filtered",
                    result,
                    _says(result, balanced),
                    palette="signed" if balanced else "gray",
                    scale=nearly_largest(result) if balanced else 255,
                    column=2,
                ),
            ),
            links=(Window("photo", "result", (), kernel.shape, kernel="kernel"),),
            focus=("result", *place),
            text="Move the pointer over a picture: the loupe shows the numbers there, the formula their sum.",
            controls=(
                choice_control("kernel", "Filter", KERNELS, kernel),
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
        )

    def set_control(self, id, value):
        """Choose a kernel or a photograph, or go back to the start."""
        if id == "reset":
            self.reset()
        elif id == "kernel":
            self.choose("kernel", "filter", KERNELS, value, cell="weight")
        elif id != "photo":
            raise ValueError(f"PhotoFilter has no control {id!r}")
        else:
            self.change(photo=chosen_photo(value))

    def set_file(self, id, data):
        """Take a picture of the learner's own; a file that cannot be read leaves the one before."""
        self.change(photo=photos.gray(photos.read_photo(data)))


@cache
def _shelf():
    """Return all photographs that come with the course, gray, by name."""
    return {name: gray_photo("photo", photos.photo(name)) for name in photos.PHOTOS}


def chosen_photo(name):
    """Return one of the photographs that come with the course, gray."""
    if name == YOURS:
        raise ValueError('Choose a file under "Your own picture"; it stays on this computer.')
    if name not in _shelf():
        raise ValueError(f"photo must be one of {tuple(_shelf())}, got {name!r}")
    return _shelf()[name]


def photo_control(photo):
    """Return the control that offers these photographs, and says which of them is shown, if any."""
    known = next((name for name, one in _shelf().items() if one is photo), YOURS)
    return Control("photo", "choice", "Photograph", known, (*_shelf(), YOURS))


def gray_photo(scene, value):
    """Return a photograph as a read-only gray one of whole numbers from 0 to 255."""
    is_ours = isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 2
    if is_ours and not value.flags.writeable:
        return value  # of a state before
    photo = float_array(scene, "photo", value)
    if photo.ndim not in (2, 3) or 0 in photo.shape or (photo.ndim == 3 and photo.shape[2] != 3):
        raise ValueError(
            f"{scene}: photo must have shape (rows, columns) or (rows, columns, 3), got {photo.shape}"
        )
    if not (np.isfinite(photo).all() and photo.min() >= 0 and photo.max() <= 255):
        raise ValueError(
            f"{scene}: photo must hold numbers from 0 to 255, got {photo.min()} to {photo.max()}"
        )
    photo = photos.gray(photo) if photo.ndim == 3 else np.rint(photo).astype(np.uint8)
    photo.flags.writeable = False
    return photo


def nearly_largest(sums):
    """Return the size that all but the strongest 1 % of some sums stay below: full colour from there on."""
    return full_scale(np.quantile(np.abs(sums), 0.99))


def _unit(kernel):
    """Return the denominator that makes the weights of a blur readable, if there is one."""
    fits = (unit for unit in (1, 9, 16) if np.allclose(kernel * unit, np.rint(kernel * unit)))
    unit = next(fits, None)
    return unit if unit != 1 else None


def _says(result, balanced):
    low, high = (f"{round(float(number)):,}".replace("-", "−") for number in (result.min(), result.max()))
    what = f"{result.shape[0]} × {result.shape[1]} sums, {low} to {high}"
    return what if balanced else f"{what}; shown from 0 to 255"
