"""Numbers that learners type: what is understood, and what is said of the rest; the same in ``stage.js``."""

import math
import re

LARGEST = 1_000_000  # no learner needs more, and its products can still be shown

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# Thousands set apart: by a comma, an apostrophe, or any of the spaces that people and programs write there.
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}([ ,'’\u00a0\u2007-\u200a\u202f]\d{3})+", re.ASCII)
_ENDLESS = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def read_number(name, typed, low=-LARGEST, high=LARGEST, only=()):
    """Read what a learner typed: ``−1``, ``0.5``, ``1/3``, ``12,054``, ``50 %``.

    Parameters
    ----------
    name : str
        What the number is for, as an error calls it.
    typed : object
        What was typed, mostly a string.
    low, high : float
        The smallest and the largest number allowed.
    only : tuple of float
        The only numbers allowed, if there are any.

    Raises
    ------
    ValueError
        For what is no number, not finite, or not allowed.

    Examples
    --------
    >>> read_number("It", "−1/4"), read_number("It", "12,054"), read_number("It", "0,5")
    (-0.25, 12054.0, 0.5)
    >>> read_number("It", "50 %"), read_number("It", "48\u2009000")
    (0.5, 48000.0)
    """
    got = f"got '{typed}'" if isinstance(typed, str) else f"got {typed!r}"
    text = str(typed).strip().replace("−", "-")
    percent = text.endswith("%")
    text = text.removesuffix("%").rstrip()
    if _THOUSANDS.fullmatch(text):
        text = re.sub(r"[^-\d]", "", text)
    parts = [part.strip() for part in text.replace(",", ".").split("/")]
    if any(map(_ENDLESS.fullmatch, parts)):
        raise ValueError(f"{name} must be a finite number, {got}")
    if len(parts) > 2 or not all(map(_NUMBER.fullmatch, parts)):
        raise ValueError(f"{name} must be a number such as −1, 0.5 or 1/3, {got}")
    number, *by = map(float, parts)
    if by == [0.0]:
        raise ValueError(f"{name} must be a number such as −1, 0.5 or 1/3, {got}")
    number = (number / by[0] if by else number) / (100 if percent else 1)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, {got}")
    if only and number not in only:
        raise ValueError(f"{name} must be {' or '.join(map(_written, only))}, {got}")
    if not low <= number <= high:
        if high == LARGEST:
            raise ValueError(f"{name} must be a number of at most {high:,}, {got}")
        raise ValueError(f"{name} must be a number from {_written(low)} to {_written(high)}, {got}")
    return number


def read_whole(name, typed, low=None, high=None):
    """Read a whole number that a learner typed; anything else, and what is out of bounds, is refused.

    Raises
    ------
    ValueError
        For what is no whole number, below ``low`` or above ``high``.
    """
    text = str(typed).strip().replace("−", "-")
    if isinstance(typed, float) or not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise ValueError(f"{name} must be a whole number, got {typed!r}")
    number = int(text)
    if low is not None and number < low:
        raise ValueError(f"{name} must be at least {low}, got {number}")
    if high is not None and number > high:
        raise ValueError(f"{name} must be at most {high}, got {number}")
    return number


def _written(number):
    return f"{number:g}".replace("-", "−")
