"""The letters X and O on 9×9 pixels: the worked example exactly as printed, and endless renditions of it.

Ink is 1, paper is −1. All arrays here are read-only; ``.copy()`` gives one to change.

The worked example is that of a slide deck: the image ``X``, three filters, and a map for each
of them after every step. The deck prints two decimals, cut off rather than rounded (7/9 as 0.77), and two of
its numbers are wrong; ``PRINTED`` keeps what it prints and marks those (``Printed.errors``).
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer

SIZE = 9


def read_only(array):
    """Return ``array`` so that nobody can write to it by accident."""
    array.flags.writeable = False
    return array


def glyph(text):
    """Read a picture drawn in text: ``#`` is ink (1), ``.`` is paper (−1), blanks do not matter.

    Examples
    --------
    >>> glyph('''
    ... # .
    ... . #
    ... ''')
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    rows = [list(line.replace(" ", "")) for line in text.strip().splitlines()]
    if len({len(row) for row in rows}) != 1 or set().union(*rows) - {"#", "."}:
        raise ValueError(f"glyph: text must be rows of equal length made of '#' and '.', got {text!r}")
    return read_only(np.where(np.array(rows) == "#", 1.0, -1.0))


X = glyph("""
    . . . . . . . . .
    . # . . . . . # .
    . . # . . . # . .
    . . . # . # . . .
    . . . . # . . . .
    . . . # . # . . .
    . . # . . . # . .
    . # . . . . . # .
    . . . . . . . . .
""")

# The deck never prints its O. This ring gives the vector the deck prints for it, exactly; others do too.
O = glyph("""
    . . . . . . . . .
    . . . # # # . . .
    . . # . . . # . .
    . # . . . . . # .
    . # . . . . . # .
    . # . . . . . # .
    . . # . . . # . .
    . . . # # # . . .
    . . . . . . . . .
""")  # noqa: E741 - the letter it is

BENT_X = glyph("""
    . . . . . . . . .
    . . . . . . . # .
    . # # . . . # . .
    . . . # . # . . .
    . . . . # . . . .
    . . . # . # # . .
    . . # . . . . # .
    . # . . . . . . .
    . . . . . . . . .
""")

BY_NAME = {"X": X, "O": O, "bent X": BENT_X}

# In the deck's order. It prints only the first; its maps allow just these for the other two.
FILTER_NAMES = ("diagonal \\", "small x", "diagonal /")
FILTERS = read_only(
    np.array(
        [
            [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
            [[1, -1, 1], [-1, 1, -1], [1, -1, 1]],
            [[-1, -1, 1], [-1, 1, -1], [1, -1, -1]],
        ],
        dtype=float,
    )
)

FILTERS_BY_NAME = dict(zip(FILTER_NAMES, FILTERS, strict=True))

# Which of the twelve numbers that are left of a letter are high: the deck's rule for telling letters apart.
# Indices count from 0, filter by filter.
HIGH = {"X": (0, 3, 4, 9, 10), "O": (1, 2, 8, 11)}

# The twelve numbers that the deck prints for "a random letter"; no image can give them (lesson 08).
PRINTED_RANDOM = read_only(np.array([0.9, 0.65, 0.45, 0.87, 0.96, 0.73, 0.23, 0.63, 0.44, 0.89, 0.94, 0.53]))

# The image with pixels from −1 to 1 whose twelve numbers come nearest to these: none can come nearer, however
# the distance is measured (largest difference, sum of differences, or root of the sum of their squares).
NEAREST_TO_RANDOM = read_only(
    np.array(
        [
            [1, -1, -0.58, 1, -0.58, -1, -1, 1, 1],
            [-1, 1, -1, 0.78, -1, 1, -1, -1, 0.44],
            [-1, -1, 0.52, -1, -1, -1, -0.57, 1, -1],
            [0.955, 1, -1, 1, 1, -1, 1, -1, -1],
            [-1, -1, -0.735, 0.565, -1, 1, -1, 1, 1],
            [-1, 1, -1, -1, -1, 1, -1, -0.08, -1],
            [1, -1, -1, -1, -1, -0.75, 1, -1, 0.15],
            [-1, -0.19625, -0.85375, -1, 0.19625, -1, -1, 1, 1],
            [0.6075, -1, -1, 0.3575, -0.46125, 1, 1, 1, 1],
        ]
    )
)


@dataclass(frozen=True)
class Printed:
    """Three maps, one for each filter, with the two decimals the deck prints.

    ``values`` has shape (3, H, W). ``errors`` lists ``((filter, row, column), true value)`` for each number
    that is wrong even as a cut-off decimal; indices count from 0.
    """

    values: np.ndarray
    errors: tuple = ()

    def corrected(self):
        """Return the printed values with the wrong numbers replaced by the (cut-off) true ones."""
        values = self.values.copy()
        for place, true in self.errors:
            values[place] = np.trunc(true * 100) / 100
        return read_only(values)


def _printed(text, errors=()):
    maps = [[line.split() for line in block.split("\n")] for block in text.strip().split("\n\n")]
    return Printed(read_only(np.array(maps, dtype=float)), errors)


PRINTED = {
    "convolution": _printed(
        """
         0.77 -0.11  0.11  0.33  0.55 -0.11  0.33
        -0.11  1.00 -0.11  0.33 -0.11  0.11 -0.11
         0.11 -0.11  1.00 -0.33  0.11 -0.11  0.55
         0.33  0.33 -0.33  0.55 -0.33  0.33  0.33
         0.55 -0.11  0.11 -0.33  1.00 -0.11  0.11
        -0.11  0.11 -0.11  0.33 -0.11  1.00 -0.11
         0.33 -0.11  0.55  0.33  0.11 -0.11  0.77

         0.33 -0.55  0.11 -0.11  0.11 -0.55  0.33
        -0.55  0.55 -0.55  0.33 -0.55  0.55 -0.55
         0.11 -0.55  0.55 -0.11  0.55 -0.55  0.11
        -0.11  0.33 -0.77  1.00 -0.77  0.33 -0.11
         0.11 -0.55  0.55 -0.77  0.55 -0.55  0.11
        -0.55  0.55 -0.55  0.33 -0.55  0.55 -0.55
         0.33 -0.55  0.11 -0.11  0.11 -0.55  0.33

         0.33 -0.11  0.55  0.33  0.11 -0.11  0.77
        -0.11  0.11 -0.11  0.33 -0.11  1.00 -0.11
         0.55 -0.11  0.11 -0.33  1.00 -0.11  0.11
         0.33  0.33 -0.33  0.55 -0.33  0.33  0.33
         0.11 -0.11  1.00 -0.33  0.11 -0.11  0.55
        -0.11  1.00 -0.11  0.33 -0.11  0.11 -0.11
         0.77 -0.11  0.11  0.33  0.55 -0.11  0.33
        """,
        errors=(((1, 2, 3), -7 / 9),),
    ),
    "relu": _printed(
        """
         0.77  0.00  0.11  0.33  0.55  0.00  0.33
         0.00  1.00  0.00  0.33  0.00  0.11  0.00
         0.11  0.00  1.00  0.00  0.11  0.00  0.55
         0.33  0.33  0.00  0.55  0.00  0.33  0.33
         0.55  0.00  0.11  0.00  1.00  0.00  0.11
         0.00  0.11  0.00  0.33  0.00  1.00  0.00
         0.33  0.00  0.55  0.33  0.11  0.00  1.77

         0.33  0.00  0.11  0.00  0.11  0.00  0.33
         0.00  0.55  0.00  0.33  0.00  0.55  0.00
         0.11  0.00  0.55  0.00  0.55  0.00  0.11
         0.00  0.33  0.00  1.00  0.00  0.33  0.00
         0.11  0.00  0.55  0.00  0.55  0.00  0.11
         0.00  0.55  0.00  0.33  0.00  0.55  0.00
         0.33  0.00  0.11  0.00  0.11  0.00  0.33

         0.33  0.00  0.55  0.33  0.11  0.00  0.77
         0.00  0.11  0.00  0.33  0.00  1.00  0.00
         0.55  0.00  0.11  0.00  1.00  0.00  0.11
         0.33  0.33  0.00  0.55  0.00  0.33  0.33
         0.11  0.00  1.00  0.00  0.11  0.00  0.55
         0.00  1.00  0.00  0.33  0.00  0.11  0.00
         0.77  0.00  0.11  0.33  0.55  0.00  0.33
        """,
        errors=(((0, 6, 6), 7 / 9),),
    ),
    "pooling": _printed(
        """
         1.00  0.33  0.55  0.33
         0.33  1.00  0.33  0.55
         0.55  0.33  1.00  0.11
         0.33  0.55  0.11  0.77

         0.55  0.33  0.55  0.33
         0.33  1.00  0.55  0.11
         0.55  0.55  0.55  0.11
         0.33  0.11  0.11  0.33

         0.33  0.55  1.00  0.77
         0.55  0.55  1.00  0.33
         1.00  1.00  0.11  0.55
         0.77  0.33  0.55  0.33
        """
    ),
    "pooling again": _printed(
        """
         1.00  0.55
         0.55  1.00

         1.00  0.55
         0.55  0.55

         0.55  1.00
         1.00  0.55
        """
    ),
}


def twelve_numbers(images):
    """Return what the worked example's network leaves of an image: three filters, ReLU, two poolings.

    Parameters
    ----------
    images : array_like, shape (H, W) or (N, 1, H, W)
        Of 9×9 pixels, for 12 numbers.

    Returns
    -------
    numpy.ndarray, shape (12,) or (N, 12)
        Filter by filter, each row by row.

    Examples
    --------
    >>> (9 * twelve_numbers(O)).round().astype(int)
    array([5, 9, 9, 5, 5, 5, 5, 5, 9, 5, 5, 9])
    """
    images = np.asarray(images, dtype=float)
    batch = images.reshape(-1, 1, *images.shape[-2:])
    maps = ops.relu(ops.conv2d(batch, FILTERS[:, None]) / FILTERS[0].size)
    once = ops.max_pool2d(maps, 2, ceil_mode=True)
    numbers = ops.flatten(ops.max_pool2d(once, 2, ceil_mode=True))
    return numbers[0] if images.ndim == 2 else numbers


def feature_maps():
    """Return the maps of the three filters on each of the letters, by name."""
    return {
        f"{letter}, {name}": ops.correlate2d(image, kernel, normalize=True)
        for letter, image in BY_NAME.items()
        for name, kernel in zip(FILTER_NAMES, FILTERS, strict=True)
    }


def votes(numbers):
    """Return the deck's two votes: the mean of the numbers that are high in an X, and in an O.

    Parameters
    ----------
    numbers : array_like, shape (12,) or (N, 12)

    Returns
    -------
    numpy.ndarray, shape (2,) or (N, 2)
        For X and for O; the larger one wins.

    Examples
    --------
    >>> votes(PRINTED_RANDOM)
    array([0.912 , 0.5175])
    """
    numbers = np.asarray(numbers, dtype=float)
    return np.stack([numbers[..., list(high)].mean(axis=-1) for high in HIGH.values()], axis=-1)


def rendition(letter, rng, *, shift=1, bend=0.5, thick=0.25, flips=2):
    """Return one more way to write ``letter``: bent, thickened, shifted, with noise, in this order.

    Parameters
    ----------
    letter : array_like, shape (H, W)
        The picture to vary: ink 1, paper −1.
    rng : numpy.random.Generator
        The source of chance; the same state gives the same rendition.
    shift : int
        Move by up to this many pixels along each axis; ink moved beyond the border is lost.
    bend, thick : float
        The probability that the strokes are bent, and that they are two pixels thick.
    flips : int
        Up to this many pixels change from ink to paper or back.

    Returns
    -------
    numpy.ndarray, shape (H, W)
        Ink 1, paper −1.

    Raises
    ------
    TypeError, ValueError
        For a picture that is not made of 1 and −1, and for options out of range.
    """
    letter = _letter("rendition", letter)
    shift = integer("rendition", "shift", shift, 0)
    flips = integer("rendition", "flips", flips, 0)
    for name, chance in (("bend", bend), ("thick", thick)):
        if not (isinstance(chance, (int, float)) and 0 <= chance <= 1):
            raise ValueError(f"rendition: {name} must be a probability between 0 and 1, got {chance}")
    if flips > letter.size:
        raise ValueError(f"rendition: flips must be at most {letter.size}, the number of pixels, got {flips}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rendition: rng must be a numpy.random.Generator, got {type(rng).__name__}")

    if rng.random() < bend:
        letter = _bent(letter, rng)
    if rng.random() < thick:
        letter = np.maximum(letter, moved(letter, 0, 1))
    letter = moved(letter, *rng.integers(-shift, shift + 1, size=2))
    places = rng.choice(letter.size, size=rng.integers(flips + 1), replace=False)
    letter.flat[places] *= -1
    return letter


def renditions(count, rng, **options):
    """Return ``count`` renditions of X and O, half of each, shuffled, with their labels.

    Parameters
    ----------
    count : int
        How many; an odd one is an X.
    rng : numpy.random.Generator
    **options
        Those of ``rendition``.

    Returns
    -------
    images : numpy.ndarray, shape (count, 1, 9, 9)
        Ink 1, paper −1.
    labels : numpy.ndarray of int, shape (count,)
        0 for X, 1 for O.

    Examples
    --------
    >>> images, labels = renditions(6, np.random.default_rng(0))
    >>> images.shape, sorted(labels.tolist())
    ((6, 1, 9, 9), [0, 0, 0, 1, 1, 1])
    """
    count = integer("renditions", "count", count, 1)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"renditions: rng must be a numpy.random.Generator, got {type(rng).__name__}")
    labels = rng.permutation(np.arange(count) % 2)
    return np.array([[rendition((X, O)[label], rng, **options)] for label in labels]), labels


def moved(letter, down, right):
    """Return ``letter`` moved by whole pixels, with paper where nothing moved in.

    Examples
    --------
    >>> moved([[1, -1], [-1, 1]], 0, 1)
    array([[-1.,  1.],
           [-1., -1.]])
    """
    letter = _letter("moved", letter)
    down, right = integer("moved", "down", down, -letter.size), integer("moved", "right", right, -letter.size)
    height, width = letter.shape
    out = np.full_like(letter, -1)
    rows = slice(max(down, 0), min(height + down, height))
    columns = slice(max(right, 0), min(width + right, width))
    source_rows = slice(max(-down, 0), min(height - down, height))
    source_columns = slice(max(-right, 0), min(width - right, width))
    if abs(down) < height and abs(right) < width:
        out[rows, columns] = letter[source_rows, source_columns]
    return out


def _bent(letter, rng):
    """Push the rows (or the columns) beyond a random line one pixel aside."""
    aside = int(rng.choice((-1, 1)))
    axis = int(rng.integers(2))
    size = letter.shape[axis]
    line = int(rng.integers(size // 3, size - size // 3 + 1))  # somewhere in the middle third
    pushed = moved(letter, 0, aside) if axis == 0 else moved(letter, aside, 0)
    here, beyond = (
        part.take(range(size)[cut], axis)
        for part, cut in ((letter, slice(line)), (pushed, slice(line, None)))
    )
    return np.concatenate([here, beyond], axis)


def _letter(function, letter):
    try:
        array = np.array(letter, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{function}: letter must be an array of 1 (ink) and −1 (paper)") from None
    if array.ndim != 2 or not np.isin(array, (-1, 1)).all():
        raise ValueError(
            f"{function}: letter must have shape (H, W) and hold 1 (ink) and −1 (paper) only, "
            f"got shape {array.shape} with values {np.unique(array)[:5]}"
        )
    return array
