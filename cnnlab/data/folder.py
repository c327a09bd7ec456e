"""A folder of your own pictures: one folder in it for each class, named after it."""

from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.checks import integer
from cnnlab.data.photos import gray, read_photo

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")


def load(path, size=32, *, colors=False):
    """Read all pictures in the folders of a folder.

    Each is cut to a square around its middle and brought to one size. They come class by class, the files of
    a class in the order of their names.

    Parameters
    ----------
    path : str or path
        Holds a folder for each class; other files beside them, and hidden ones, do not matter.
    size : int
        The pictures become ``size`` × ``size`` pixels.
    colors : bool
        Whether to keep red, green and blue; otherwise how bright each pixel is.

    Returns
    -------
    images : numpy.ndarray of float32, shape (N, 1, size, size) or (N, 3, size, size)
        From 0 (dark) to 1 (bright).
    labels : numpy.ndarray of int, shape (N,)
        Positions in ``names``.
    names : tuple of str
        The classes in the order of the alphabet.

    Raises
    ------
    ValueError
        If there is no such folder, fewer than two classes in it, a class without a picture, or a file that
        cannot be read; it names the file.
    """
    size, path = integer("load", "size", size, 1), Path(path)
    if not path.is_dir():
        raise ValueError(f"load: path must be a folder, got {str(path)!r}")
    classes = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
    if len(classes) < 2:
        raise ValueError(
            f"load: path must hold at least two folders, one for each class; {str(path)!r} holds "
            f"{[each.name for each in classes]}"
        )
    images, labels = [], []
    for label, folder in enumerate(classes):
        files = sorted(
            each
            for each in folder.iterdir()
            if each.suffix.lower() in SUFFIXES and not each.name.startswith(".")
        )
        if not files:
            raise ValueError(f"load: the folder {folder.name!r} holds no picture ({', '.join(SUFFIXES)})")
        for file in files:
            try:
                images.append(_square(file.read_bytes(), size, colors))
            except (ValueError, OSError) as error:
                raise ValueError(f"load: {folder.name}/{file.name}: {error}") from None
            labels.append(label)
    return np.stack(images), np.array(labels), tuple(folder.name for folder in classes)


def _square(data, size, colors):
    """Return the middle of a picture, shape (1 or 3, size, size), from 0 to 1."""
    pixels = read_photo(data, 4 * size)
    rows, columns = pixels.shape[:2]
    side = min(rows, columns)
    top, left = (rows - side) // 2, (columns - side) // 2
    square = Image.fromarray(pixels[top : top + side, left : left + side])
    small = np.asarray(square.resize((size, size), Image.Resampling.BOX if side > size else 3))
    channels = np.moveaxis(small, -1, 0) if colors else gray(small)[None]
    return (channels / 255).astype(np.float32)
