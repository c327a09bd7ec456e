"""Small color patches of twelve materials, cut out of photographs: to learn from, to choose by, to test on.

The photographs come from scikit-image and scikit-learn and may be passed on; ``materials/README.md`` names
who made each and under which license. Only the rectangles of ``REGIONS`` are kept, one lossless file each,
1.5 MB in all. Depending on scikit-image instead would cost every learner 14 MB, and the packages that it
needs, for a few pictures. ``python -m tests.cut_patches`` cuts the files anew and compares them.

Each rectangle belongs to one part, and no two parts share a pixel: what a network is tested on, it has never
seen, not even its neighbors. But nearly all materials come from one photograph each. What can be learned here
is how *this* fur and *this* brick look in *this* light, at another place; not what fur is.
"""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.checks import integer

FOLDER = Path(__file__).with_name("materials")
PARTS = ("train", "val", "test")

# Where each part of a class lies: (photograph, top, left, rows, columns), in pixels of the photograph, after
# retina was made smaller by 3 and hubble by 2. Brick, grass and gravel are gray photographs.
REGIONS = {
    "fur": {
        "train": [("chelsea", 4, 70, 72, 140), ("chelsea", 152, 55, 60, 150)],
        "val": [("chelsea", 4, 218, 88, 44)],
        "test": [("chelsea", 4, 270, 84, 66), ("chelsea", 225, 0, 75, 40)],
    },
    "wood": {
        "train": [("coffee", 150, 500, 240, 100)],
        "val": [("coffee", 300, 0, 95, 95)],
        "test": [("coffee", 24, 455, 110, 145), ("coffee", 130, 0, 110, 70)],
    },
    "tissue": {
        "train": [("ihc", 25, 0, 150, 140), ("ihc", 100, 150, 110, 100)],
        "val": [("ihc", 330, 262, 150, 104)],
        "test": [("ihc", 330, 55, 180, 92), ("ihc", 0, 365, 150, 70)],
    },
    "retina": {
        "train": [("retina", 45, 110, 165, 260)],
        "val": [("retina", 220, 260, 45, 160)],
        "test": [("retina", 275, 90, 140, 290)],
    },
    "brick": {
        "train": [("brick", 0, 0, 270, 320)],
        "val": [("brick", 280, 0, 90, 320)],
        "test": [("brick", 380, 0, 132, 320)],
    },
    "grass": {
        "train": [("grass", 0, 0, 270, 320)],
        "val": [("grass", 280, 0, 90, 320)],
        "test": [("grass", 380, 0, 132, 320)],
    },
    "gravel": {
        "train": [("gravel", 0, 0, 270, 320)],
        "val": [("gravel", 280, 0, 90, 320)],
        "test": [("gravel", 380, 0, 132, 320)],
    },
    "petals": {
        "train": [("dahlia", 106, 245, 102, 120)],
        "val": [("dahlia", 216, 182, 44, 240)],
        "test": [("dahlia", 268, 220, 76, 165), ("dahlia", 396, 308, 31, 120)],
    },
    "leaves": {
        "train": [("pavilion", 352, 0, 75, 205), ("pavilion", 330, 390, 97, 60)],
        "val": [("pavilion", 300, 460, 100, 80)],
        "test": [("pavilion", 160, 572, 240, 66)],
    },
    "pavilion": {
        "train": [("pavilion", 242, 95, 100, 230)],
        "val": [("pavilion", 194, 108, 44, 206)],
        "test": [("pavilion", 104, 125, 84, 170)],
    },
    "sky": {
        "train": [("pavilion", 0, 400, 150, 160), ("pavilion", 0, 0, 80, 100)],
        "val": [("pavilion", 0, 580, 120, 60)],
        "test": [("pavilion", 0, 270, 80, 120), ("pavilion", 160, 350, 40, 200)],
    },
    "stars": {
        "train": [("hubble", 0, 0, 240, 400)],
        "val": [("hubble", 250, 0, 80, 400)],
        "test": [("hubble", 340, 0, 96, 400)],
    },
}
# Places that belong to no part: what no class is right for, and a sky in another photograph, at dusk.
STRANGERS = {
    "cup": [("coffee", 60, 180, 160, 210)],
    "space suit": [("astronaut", 330, 20, 170, 105)],
    "sky at dusk": [("rocket", 20, 60, 200, 200)],
}
NAMES = tuple(REGIONS)
COUNTS = {"train": 400, "val": 100, "test": 150}  # of patches of each class
MOST_STRANGERS = 1000
LARGEST = 31  # so high is the lowest of the rectangles


def split(size=16, *, leak=False):
    """Return patches to learn from, patches to choose by, and patches to test on, always the same ones.

    Their places are drawn at random within the rectangles of ``REGIONS``. Patches of one part may overlap,
    those of different parts never do.

    Parameters
    ----------
    size : int
        Patches have ``size`` × ``size`` pixels, at least 4 and at most 31.
    leak : bool
        The control: draw all three parts from the same rectangles, as many patches of each. Then nearly every
        patch of the test shares pixels with some that are learned from, and what is measured on it pretends.

    Returns
    -------
    tuple of (images, labels)
        For training, validation and test: 4,800, 1,200 and 1,800 images of float32, shape (N, 3, size, size),
        from 0 (dark) to 1 (bright), red, green and blue; labels of int, positions in ``NAMES``. In random
        order, and read-only.

    Raises
    ------
    TypeError, ValueError
        For a size that is no whole number from 4 to 31, or a ``leak`` that is neither True nor False.

    Examples
    --------
    >>> [images.shape for images, labels in split(size=16)]
    [(4800, 3, 16, 16), (1200, 3, 16, 16), (1800, 3, 16, 16)]
    >>> NAMES[:3]
    ('fur', 'wood', 'tissue')
    """
    size = _size("split", size)
    if not isinstance(leak, (bool, np.bool_)):
        raise TypeError(f"split: leak must be True or False, got {leak!r}")
    return _split(size, bool(leak))


@cache
def _split(size, leak):
    found = []
    for number, part in enumerate(PARTS):
        rng = np.random.default_rng([size, number])
        images = np.concatenate([_draw(rng, _areas(name, part, leak), size, COUNTS[part]) for name in NAMES])
        labels = np.repeat(np.arange(len(NAMES)), COUNTS[part])
        order = rng.permutation(len(labels))
        found.append((_read_only(images[order]), _read_only(labels[order])))
    return tuple(found)


def strangers(name, size=16, count=100):
    """Return patches of what belongs to no class, or of a sky in another photograph.

    Parameters
    ----------
    name : one of ``STRANGERS``
    size : int
        As in ``split``.
    count : int
        How many.

    Returns
    -------
    numpy.ndarray of float32, shape (count, 3, size, size)

    Raises
    ------
    TypeError, ValueError
        For another name, a size as in ``split``, or more patches than there are places.

    Examples
    --------
    >>> strangers("cup", count=5).shape
    (5, 3, 16, 16)
    """
    if name not in STRANGERS:
        raise ValueError(f"strangers: name must be one of {tuple(STRANGERS)}, got {name!r}")
    size, count = _size("strangers", size), integer("strangers", "count", count, 1)
    areas = [region(name, None, number) for number in range(len(STRANGERS[name]))]
    if count > MOST_STRANGERS:
        raise ValueError(f"strangers: count must be at most {MOST_STRANGERS}, got {count}")
    return _draw(np.random.default_rng([size, len(PARTS)]), areas, size, count)


@cache
def region(name, part, number):
    """Return one of the rectangles of ``REGIONS`` (or, with ``part`` None, of ``STRANGERS``).

    Returns
    -------
    numpy.ndarray of uint8, shape (rows, columns, 3)
        Read-only.

    Examples
    --------
    >>> region("fur", "train", 0).shape
    (72, 140, 3)
    """
    with Image.open(FOLDER / file_name(name, part, number)) as image:
        return _read_only(np.array(image.convert("RGB")))


def file_name(name, part, number):
    """Return the name of the file that holds a rectangle."""
    return f"{name.replace(' ', '_')}_{part or 'stranger'}_{number + 1}.png"


def _areas(name, part, leak):
    return [
        region(name, each, number)
        for each in (PARTS if leak else (part,))
        for number in range(len(REGIONS[name][each]))
    ]


def _draw(rng, areas, size, count):
    """Draw places for patches, each at most once: every one within an area is as likely as any other."""
    places = [(len(area) - size + 1) * (area.shape[1] - size + 1) for area in areas]
    out = np.empty((count, 3, size, size), dtype=np.float32)
    for patch, place in zip(out, rng.choice(sum(places), count, replace=False), strict=True):
        number = int(np.searchsorted(np.cumsum(places), place, side="right"))
        row, column = divmod(place - sum(places[:number]), areas[number].shape[1] - size + 1)
        cut = areas[number][row : row + size, column : column + size]
        patch[...] = cut.transpose(2, 0, 1) / np.float32(255)
    return out


def _size(function, size):
    size = integer(function, "size", size, 4)
    if size > LARGEST:
        raise ValueError(f"{function}: size must be at most {LARGEST}, as the regions are small; got {size}")
    return size


def _read_only(array):
    array.setflags(write=False)
    return array
