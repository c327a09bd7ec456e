"""Photographs: some that come with Matplotlib and scikit-learn, and your own.

All are arrays of whole numbers from 0 (dark) to 255 (bright): shape (rows, columns, 3), the last axis being
red, green and blue. Pillow reads the files. ``patches`` (see ``cnnlab.data.patches``) are small pieces of
photographs, with labels.
"""

import importlib.util
import io
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from cnnlab.checks import integer
from cnnlab.data.patches import split as patches

__all__ = ["BRIGHTNESS", "PHOTOS", "gray", "patches", "photo", "read_photo"]

# Which package brings which photograph, and where in it.
PHOTOS = {
    "pavilion": ("sklearn", "datasets/images/china.jpg"),
    "dahlia": ("sklearn", "datasets/images/flower.jpg"),
    "Grace Hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MOST_BYTES = 9_000_000  # JupyterLab closes connections that send more than 10 MiB at once
MOST_PIXELS = 50_000_000  # a telephone's camera has fewer; a file that claims more is not worth the memory

# How bright red, green and blue look to the eye (ITU-R BT.601).
BRIGHTNESS = (0.299, 0.587, 0.114)


def photo(name, size=512):
    """Return one of ``PHOTOS``, at most ``size`` pixels high and wide.

    Parameters
    ----------
    name : str
    size : int

    Returns
    -------
    numpy.ndarray of uint8, shape (rows, columns, 3)

    Raises
    ------
    ValueError
        For a name that is not in ``PHOTOS``.

    Examples
    --------
    >>> photo("pavilion", 320).shape
    (214, 320, 3)
    """
    size = integer("photo", "size", size, 1)
    if name not in PHOTOS:
        raise ValueError(f"photo: name must be one of {tuple(PHOTOS)}, got {name!r}")
    package, place = PHOTOS[name]
    # Found without importing the package, which would take longer than reading the file.
    folder = Path(importlib.util.find_spec(package).submodule_search_locations[0])
    return read_photo((folder / place).read_bytes(), size)


def read_photo(data, size=512):
    """Read a picture file.

    Parameters
    ----------
    data : bytes
        The content of a PNG, JPEG, GIF, WebP or BMP file of at most 9 MB and 50 million pixels.
    size : int
        The picture is made smaller until it is at most this many pixels high and wide.

    Returns
    -------
    numpy.ndarray of uint8, shape (rows, columns, 3)
        Turned the right way up; what is transparent becomes white.

    Raises
    ------
    ValueError
        For a file that is too large, of another type, cut short or broken.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"The file has {len(data):,} bytes; at most {MOST_BYTES:,} can be read.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is lower
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(
                f"The picture has {image.width:,} × {image.height:,} pixels; "
                f"at most {MOST_PIXELS:,} can be read."
            )
        image.draft("RGB", (2 * size, 2 * size))  # large JPEGs are read at a fraction of their size
        image.load()  # here a file that was cut short is found out
        image = _upright(image)
        if image.mode.startswith("I"):  # 16 bits for each pixel: keep the upper eight
            image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
        image = image.convert("RGBA")
    except UnidentifiedImageError:
        raise ValueError(f"This is not a picture in one of the formats {', '.join(FORMATS)}.") from None
    except Image.DecompressionBombError:
        raise ValueError(f"The picture has too many pixels; at most {MOST_PIXELS:,} can be read.") from None
    except (OSError, SyntaxError, EOFError, KeyError, IndexError, OverflowError) as error:
        raise ValueError(f"The picture cannot be read to its end: {error}.") from None
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    image.thumbnail((size, size), Image.Resampling.LANCZOS)
    return np.array(image)


def _upright(image):
    """Turn a picture as its camera has noted; any other note, garbled or not, is left out."""
    try:
        notes = image.getexif()
        turned = notes.get(ExifTags.Base.Orientation, 1)
        image.info.pop("exif", None)
        notes.clear()
        notes[ExifTags.Base.Orientation] = turned
        return ImageOps.exif_transpose(image)
    except Exception:  # a garbled note must not cost the picture
        return image


def gray(colors):
    """Return how bright each pixel is, as a whole number: 0.299 red + 0.587 green + 0.114 blue.

    Parameters
    ----------
    colors : array_like of uint8, shape (rows, columns, 3)

    Returns
    -------
    numpy.ndarray of uint8, shape (rows, columns)

    Examples
    --------
    >>> gray([[[255, 0, 0], [255, 255, 255]]])
    array([[ 76, 255]], dtype=uint8)
    """
    colors = np.asarray(colors)
    if colors.ndim != 3 or colors.shape[2] != 3:
        raise ValueError(f"gray: colors must have shape (rows, columns, 3), got {colors.shape}")
    return np.rint(colors @ np.array(BRIGHTNESS)).astype(np.uint8)
