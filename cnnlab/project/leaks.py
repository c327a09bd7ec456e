"""Pictures that stand on both sides of a split: what was learned by heart looks like skill there.

Three kinds are looked for, the surest first. *Identical*: the same pixels, also mirrored or turned by
quarters. *Overlapping*: more than half of one's height and width is found, pixel by pixel, somewhere in the
other, as in patches cut from one photograph, or in copies that were moved. *Nearly identical*: shrunk to at
most 8×8, they rise and fall together (correlation 0.995 or more), as after saving a picture anew or making it
brighter.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.checks import check_rank, float_array

KINDS = ("identical", "overlapping", "nearly identical")
THUMBNAIL = 8  # pixels in height and width, at most
ALIKE = 0.995  # the most alike of different scans of digits reach 0.990
FLAT = 0.02  # of the whole range: below this standard deviation there is nothing to compare but noise
SHADES = 8  # different ones that a window must hold: what is blank, or nearly, is found everywhere
CHUNK = 500  # pictures compared with all others at once

# Odd factors: what a window holds becomes one number of 64 bits (a rolling hash, R. Karp and M. Rabin, 1987).
ACROSS, DOWN, DEEP = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


@dataclass(frozen=True)
class Leak:
    """One picture that is known from the other side.

    Attributes
    ----------
    how : str
        One of ``KINDS``.
    first, second : int
        The positions of the two pictures, each in its own array.
    """

    how: str
    first: int
    second: int


def find_leaks(first, second):
    """Return which pictures of ``second`` are also in ``first``, each with one partner.

    It finds what it looks for (see the top of this module), not all that may leak: two photographs of one cat
    look different, and yet a network can know the cat. For that there are groups (``Project.use``).

    Parameters
    ----------
    first, second : array_like, shapes (N, C, H, W) and (M, C, H, W)

    Returns
    -------
    list of Leak
        In the order of ``second``; where several kinds fit, the surest.

    Raises
    ------
    TypeError, ValueError
        For anything but finite pictures of one size.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> train, test = rng.random((5, 1, 8, 8)), rng.random((3, 1, 8, 8))
    >>> find_leaks(train, test)
    []
    >>> test[1] = train[4, :, :, ::-1]
    >>> find_leaks(train, test)
    [Leak(how='identical', first=4, second=1)]
    """
    pictures = _pictures("first", first), _pictures("second", second)
    if pictures[0].shape[1:] != pictures[1].shape[1:]:
        raise ValueError(
            "find_leaks: second must hold pictures of the size of those in first, "
            f"{pictures[0].shape[1:]}, got {pictures[1].shape[1:]}"
        )
    low = min(each.min() for each in pictures)
    span = max(each.max() for each in pictures) - low or 1.0
    pictures = [(each - low) / span for each in pictures]
    bytes_ = [np.rint(255 * each).astype(np.uint8) for each in pictures]
    found = {}
    for how, pairs in zip(
        KINDS, (_identical(*bytes_), _overlapping(*bytes_), _nearly(*pictures)), strict=True
    ):
        for i, j in pairs:
            found.setdefault(j, Leak(how, i, j))
    return [found[j] for j in sorted(found)]


def _pictures(name, value):
    array = float_array("find_leaks", name, value)
    check_rank("find_leaks", name, array, (4,), "(N, C, H, W)")
    if not np.isfinite(array).all():
        raise ValueError(f"find_leaks: {name} must be finite, got nan or infinity")
    return array


def _identical(first, second):
    """Yield pairs of positions of pictures with the same pixels, turned and mirrored ones included."""
    known = {}
    for i, image in enumerate(first):
        known.setdefault(_same_for_all_turns(image), i)
    for j, image in enumerate(second):
        i = known.get(_same_for_all_turns(image))
        if i is not None:
            yield i, j


def _same_for_all_turns(image):
    turned = [np.rot90(image, turns, axes=(1, 2)) for turns in range(4)]
    both = [*turned, *(each[:, :, ::-1] for each in turned)]
    return min((each.shape, each.tobytes()) for each in both)


def _overlapping(first, second):
    """Yield pairs of positions of pictures that share a window of more than half their height and width."""
    size = tuple(side // 2 + 1 for side in first.shape[2:])
    known, where = np.unique(_hashes(first, size), return_index=True)
    hashes = _hashes(second, size)
    places = hashes.shape[1]
    candidates, at = np.unique(hashes, return_inverse=True)
    position = np.minimum(np.searchsorted(known, candidates), len(known) - 1)
    partner = np.full(len(candidates), -1)
    for k in np.flatnonzero(known[position] == candidates):
        i, place = divmod(int(where[position[k]]), places)
        if len(np.unique(_window(first[i], place, size))) >= SHADES:
            partner[k] = i
    partner = partner[at.reshape(hashes.shape)]
    for j in np.flatnonzero((partner >= 0).any(axis=1)):
        # Two windows may have one number by chance: only equal pixels count.
        for place in np.flatnonzero(partner[j] >= 0):
            i = partner[j, place]
            window = _window(second[j], place, size)
            rows, columns = (side - part + 1 for side, part in zip(first.shape[2:], size, strict=True))
            if any(np.array_equal(_window(first[i], p, size), window) for p in range(rows * columns)):
                yield int(i), int(j)
                break


def _window(image, place, size):
    row, column = divmod(int(place), image.shape[2] - size[1] + 1)
    return image[:, row : row + size[0], column : column + size[1]]


def _hashes(images, size):
    """Return one number for each window of each picture, shape (N, windows)."""
    values = np.zeros((len(images), *images.shape[2:]), dtype=np.uint64)
    for channel in range(images.shape[1]):
        values = values * DEEP + images[:, channel]
    for axis, factor in ((2, ACROSS), (1, DOWN)):
        windows = np.lib.stride_tricks.sliding_window_view(values, size[axis - 1], axis=axis)
        summed = np.zeros(windows.shape[:-1], dtype=np.uint64)
        for k in range(size[axis - 1]):
            summed = summed * factor + windows[..., k]  # beyond 64 bits it wraps around, as it should
        values = summed
    return values.reshape(len(images), -1)


def _nearly(first, second):
    """Yield pairs of positions of pictures whose thumbnails rise and fall together."""
    (a, a_flat), (b, b_flat) = _thumbnails(first), _thumbnails(second)
    a[a_flat], b[b_flat] = 0, 0
    for start in range(0, len(b), CHUNK):
        alike = b[start : start + CHUNK] @ a.T
        best = alike.argmax(axis=1)
        for j in np.flatnonzero(alike[np.arange(len(best)), best] >= ALIKE):
            yield int(best[j]), start + int(j)


def _thumbnails(images):
    """Return small pictures as rows of length 1, each channel of mean 0, and which are too flat for that."""
    for axis in (2, 3):
        side = images.shape[axis]
        starts = np.arange(min(side, THUMBNAIL)) * side // min(side, THUMBNAIL)
        widths = np.diff([*starts, side])
        shape = [-1 if each == axis else 1 for each in range(4)]
        images = np.add.reduceat(images, starts, axis=axis) / widths.reshape(shape)
    small = images - images.mean(axis=(2, 3), keepdims=True)
    flat = small.std(axis=(1, 2, 3)) < FLAT
    rows = small.reshape(len(small), -1)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), flat
