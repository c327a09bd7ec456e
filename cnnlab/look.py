"""How numbers look, in one place for the live stage and its still picture: colors, and how they are written.

The stage's JavaScript receives ``PALETTES`` from here and mixes colors and writes numbers by the same rules;
a browser test compares the two.
"""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

# Photographs look the same in both themes: from 0 (black) to the scale (white); nothing is below 0.
BLACK_TO_WHITE = ["#000000", "#000000", "#ffffff"]
# Directions from −180° to 180°, which are the same: right is blue, up yellow, left red, down green.
AROUND = ["#c8402f", "#8d5aa8", "#3f9e4f", "#159a9c", "#3f6fd8", "#8fa860", "#f0c020", "#e88a24", "#c8402f"]

# Each palette lists colors at even distances from −1 to 1 of a panel's scale. Blue and orange stay apart for
# people who cannot tell red from green; ink is dark on paper, and chalk on a blackboard in the dark theme.
PALETTES = {
    "ink": {
        "light": ["#fafaf7", "#9095a0", "#20242f"],
        "dark": ["#20242c", "#6d7480", "#eceef2"],
    },
    # Ink where 0 is paper: of what is never below 0.
    "pencil": {
        "light": ["#fafaf7", "#fafaf7", "#20242f"],
        "dark": ["#20242c", "#20242c", "#eceef2"],
    },
    "signed": {
        "light": ["#b8551f", "#f3f4f7", "#2b65a8"],
        "dark": ["#f0965a", "#2b2f38", "#79b0ee"],
    },
    "gray": {"light": BLACK_TO_WHITE, "dark": BLACK_TO_WHITE},
    "rgb": {"light": BLACK_TO_WHITE, "dark": BLACK_TO_WHITE},
    "angle": {"light": AROUND, "dark": AROUND},
}


# Line colors that stay apart for everyone, in this order; each also has its own dash.
LINES = {
    "light": ("#2b65a8", "#b8551f", "#3d3d3d", "#7a3fa0"),
    "dark": ("#79b0ee", "#f0965a", "#d8d8d8", "#d7a8ff"),
}
DASHES = ("-", "--", ":", "-.")

# What else is drawn in charts: paper, words, and lines that are only there to be read against.
INKS = {
    "light": {"paper": "#ffffff", "text": "#16191f", "quiet": "#4c5462", "faint": "#d9dde4"},
    "dark": {"paper": "#15181e", "text": "#eceff4", "quiet": "#b9c0cc", "faint": "#4b525f"},
}

# How a window makes one number of many, in words of a formula: before the terms, between them, after them.
WRITTEN = {
    "sum": ("", " + ", ""),
    "mean": ("(", " + ", ") ÷ {count}"),
    "max": ("max(", ", ", ")"),
    "relu": ("max(0, ", "", ")"),
    "bent sum": ("max(0, ", " + ", ")"),
    "half square": ("½ (", " + ", ")²"),
    "sigmoid": ("1 ÷ (1 + e^−", "", ")"),
    "tanh": ("tanh(", "", ")"),
    "softmax": ("softmax(", ", ", ")"),
    "magnitude": ("√(", "² + ", "²)"),
    "angle": ("atan2(", ", ", ")"),
    "copy": ("", ", ", ""),
    "gate": ("is ", "", " above 0?"),
    "first largest": ("the first largest of ", ", ", ""),
    "centering": ("to the middle: ", ", ", ""),
    "beside": ("", ", ", ""),  # told one by one; nothing is made of them
    "field": ("", ", ", ""),  # seen through layers that are not shown
}


# Sums added in another order differ in their last bits: what lies so close to a tie is taken for one, in the
# browser as in Python, so that both write and color the same.
NOISE = 1e-9


def rgb(color):
    """Return ``"#rrggbb"`` as an array of three numbers from 0 to 255."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])


def shade(value, scale, palette, theme="light"):
    """Return the color (three numbers from 0 to 255) of ``value`` where ``±scale`` is fully colored."""
    colors = PALETTES[palette][theme]
    place = (np.clip(value / scale, -1, 1) + 1) / 2 * (len(colors) - 1)
    first = min(int(place), len(colors) - 2)
    one, other = rgb(colors[first]), rgb(colors[first + 1])
    return np.floor(one + (place - first) * (other - one) + 0.5 + 1e-6).astype(int)


def luminance(color):
    """Return the relative luminance (0 to 1) of three numbers from 0 to 255, as WCAG 2 defines it."""
    channels = np.asarray(color) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    """Return the contrast ratio (1 to 21) of two colors, as WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(color):
    """Return the one of black and white that is easier to read on ``color``; never below 4.58 : 1."""
    return "#000000" if luminance(color) > 0.179 else "#ffffff"


def is_whole(value):
    """Whether a number is whole, but for noise."""
    return abs(value - round(value)) < max(NOISE, 1e-12 * abs(value))


def write_number(value, unit=None, decimals=False):
    """Write a number as learners write it: ``−1``, ``5/9``, ``0.56``.

    Parameters
    ----------
    value : float
    unit : int or tuple of int, optional
        The denominator of exact fractions: with 9, 0.555… is ``5/9`` (and 1 is ``1``, not ``9/9``); of
        several, the first that is exact.
    decimals : bool
        Write two decimals even where a fraction would be exact.

    Examples
    --------
    >>> write_number(-1), write_number(5 / 9, unit=9), write_number(5 / 9), write_number(-3 / 9, 9, True)
    ('−1', '5/9', '0.56', '−0.33')
    >>> write_number(3 / 16, (9, 16)), write_number(1.005)
    ('3/16', '1.01')
    """
    sign = "−" if value < 0 else ""
    size = abs(float(value))
    if is_whole(size):
        return f"{sign if round(size) else ''}{round(size)}"
    for whole in () if decimals or not unit else np.atleast_1d(unit).tolist():
        if is_whole(size * whole):
            return f"{sign}{round(size * whole)}/{whole}"
    if size + NOISE < 0.005:
        return f"{sign}{size * (1 + NOISE):.0e}".replace("e-0", "e−").replace("e-", "e−")
    # Ties round up, as in JavaScript's toFixed.
    return f"{sign}{Decimal(size + NOISE).quantize(Decimal('0.01'), ROUND_HALF_UP)}"


def written_out(value, unit=None, decimals=False, is_=" is ", is_about=" is about "):
    """Write "equals" and a number, and say where it is rounded: ``is 5/9 ≈ 0.56``, ``is about 0.33``.

    Examples
    --------
    >>> written_out(5 / 9, 9), written_out(1 / 4, 4), written_out(1 / 3)
    (' is 5/9 ≈ 0.56', ' is 1/4 = 0.25', ' is about 0.33')
    """
    written = write_number(value, unit, decimals)
    has_two_decimals = is_whole(value * 100)
    if "/" in written:
        return f"{is_}{written} {'=' if has_two_decimals else '≈'} {write_number(value)}"
    return f"{is_ if has_two_decimals else is_about}{written}"
