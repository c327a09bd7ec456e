"""Find digits on a sheet: boxes around them, how far two overlap, which of many to keep, which are right.

A box is ``(top, left, bottom, right)``. As in slices, bottom and right are no longer part of it: the box
``(0, 0, 2, 3)`` covers the pixels ``image[0:2, 0:3]``.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import ops
from cnnlab.checks import check_shape, float_array, number, pair

DIGITS = 10  # classes; the network may know more, such as "nothing"


def iou(boxes, others):
    """Intersection over union: the area that two boxes share, divided by the area that they cover together.

    Parameters
    ----------
    boxes, others : array_like, shapes (…, 4)
        Boxes (top, left, bottom, right); the two broadcast against each other.

    Returns
    -------
    numpy.ndarray, shape (…)
        From 0 (no pixel in common) to 1 (the same box).

    Raises
    ------
    TypeError, ValueError
        For anything but boxes of four finite numbers with ``top < bottom`` and ``left < right``.

    Examples
    --------
    >>> float(iou([0, 0, 2, 2], [0, 1, 2, 3]))  # two pixels of six
    0.3333333333333333
    """
    boxes, others = _boxes("iou", "boxes", boxes), _boxes("iou", "others", others)
    top_left = np.maximum(boxes[..., :2], others[..., :2])
    bottom_right = np.minimum(boxes[..., 2:], others[..., 2:])
    shared = np.maximum(bottom_right - top_left, 0).prod(axis=-1)
    areas = [(each[..., 2:] - each[..., :2]).prod(axis=-1) for each in (boxes, others)]
    return shared / (areas[0] + areas[1] - shared)


def non_max_suppression(boxes, scores, overlap=0.3):
    """Keep the best box of each heap: take the one of the highest score, drop what overlaps it, and again.

    Parameters
    ----------
    boxes : array_like, shape (N, 4)
    scores : array_like, shape (N,)
        Of equal scores, the first comes first.
    overlap : float
        A box is dropped if its ``iou`` with a kept one is above this, from 0 to 1.

    Returns
    -------
    numpy.ndarray of int
        Which boxes are kept, the best first.

    Raises
    ------
    TypeError, ValueError
        As ``iou``, and for scores that are not one finite number for each box.

    Examples
    --------
    >>> non_max_suppression([[0, 0, 8, 8], [0, 1, 8, 9], [0, 9, 8, 17]], [0.8, 0.9, 0.7])
    array([1, 2])
    """
    where = "non_max_suppression"
    overlap = number(where, "overlap", overlap, 0)
    if not np.size(boxes) and not np.size(scores):  # nothing was found: nothing is kept
        return np.zeros(0, dtype=int)
    boxes = _boxes(where, "boxes", boxes, count=True)
    scores = float_array(where, "scores", scores)
    check_shape(where, "scores", scores, (len(boxes),), "one for each box")
    if not np.isfinite(scores).all():
        raise ValueError(f"{where}: scores must be finite, got {scores[~np.isfinite(scores)][0]}")
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[iou(boxes[left], boxes[best]) <= overlap] if len(left) else left
    return np.array(kept)


def match_boxes(boxes, labels, true_boxes, true_labels, overlap=0.5):
    """Say which of the boxes found are right: each true box makes at most one of them right.

    Parameters
    ----------
    boxes : array_like, shape (N, 4)
        What was found, the best first.
    labels : array_like of int, shape (N,)
        As what.
    true_boxes, true_labels : array_like, shapes (M, 4) and (M,)
        What is there.
    overlap : float
        The least ``iou`` with a true box of the same label that counts as found.

    Returns
    -------
    numpy.ndarray of int, shape (N,)
        The number of the true box that each one has found, or −1.

    Raises
    ------
    TypeError, ValueError
        As ``iou``, and for labels that are not one for each box.

    Examples
    --------
    >>> match_boxes([[0, 0, 8, 8], [0, 1, 8, 9]], [7, 7], [[0, 0, 8, 8]], [7])
    array([ 0, -1])
    """
    where = "match_boxes"
    overlap = number(where, "overlap", overlap, 0)
    found = np.full(len(boxes), -1)
    if not len(boxes) or not len(true_boxes):
        return found
    boxes, true_boxes = (
        _boxes(where, name, each, count=True) for name, each in (("boxes", boxes), ("true_boxes", true_boxes))
    )
    labels, true_labels = np.asarray(labels), np.asarray(true_labels)
    check_shape(where, "labels", labels, (len(boxes),), "one for each box")
    check_shape(where, "true_labels", true_labels, (len(true_boxes),), "one for each box")
    overlaps = iou(boxes[:, None], true_boxes[None])
    overlaps[labels[:, None] != true_labels[None]] = 0
    for k, row in enumerate(overlaps):
        row[found[found >= 0]] = 0  # taken by a better one
        if row.max() >= overlap:
            found[k] = row.argmax()
    return found


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found on a sheet, the best first, and which of it is right.

    ``boxes`` has shape (N, 4), ``truth`` holds the number of the true digit that each has found, or −1.
    """

    boxes: np.ndarray
    labels: np.ndarray
    shares: np.ndarray
    truth: np.ndarray
    digits: int

    @property
    def right(self):
        """How many of the boxes are right."""
        return int((self.truth >= 0).sum())

    @property
    def precision(self):
        """The share of the boxes that are right; NaN if there are none."""
        return self.right / len(self.boxes) if len(self.boxes) else np.nan

    @property
    def recall(self):
        """The share of the digits that were found; NaN if there are none."""
        return self.right / self.digits if self.digits else np.nan


def shares_of(network, pixels):
    """Return the share of each class at each place of a sheet.

    Parameters
    ----------
    network : Sequential
        Makes maps of scores, one for each class.
    pixels : numpy.ndarray, shape (H, W)

    Returns
    -------
    numpy.ndarray, shape (classes, rows, columns)
        They sum to 1 at each place.
    """
    return ops.softmax(network.forward(pixels[None, None]), axis=1)[0]


def find(shares, sheet, threshold, suppress=True, *, stride=1, window=None):
    """Turn shares into boxes: those above a threshold, of each heap the best one, compared with the truth.

    Parameters
    ----------
    shares : numpy.ndarray, shape (classes, rows, columns)
        Those of the digits first, as ``shares_of`` returns them.
    sheet : cnnlab.data.sheets.Sheet
        Where they come from.
    threshold : float
        The least share that makes a box.
    suppress : bool
        Whether boxes that overlap a better one are dropped: ``non_max_suppression``.
    stride : int or (rows, columns)
        How far apart the windows are that two neighboring shares belong to: that of all layers together.
    window : (rows, columns), optional
        How large they are; such that they fill the sheet unless given.

    Returns
    -------
    Findings

    Raises
    ------
    TypeError, ValueError
        For a threshold that is no number.
    """
    threshold, stride = number("find", "threshold", threshold, 0), pair("find", "stride", stride, 1)
    best, said = shares[:DIGITS].max(axis=0), shares[:DIGITS].argmax(axis=0)
    at = np.argwhere(best >= threshold)
    at = at[np.argsort(-best[tuple(at.T)], kind="stable")]
    if window is None:
        window = np.subtract(sheet.pixels.shape, np.multiply(np.subtract(best.shape, 1), stride))
    corners = at * stride
    boxes = np.concatenate([corners, corners + window], axis=1)
    if suppress:
        kept = non_max_suppression(boxes, best[tuple(at.T)])
        at, boxes = at[kept], boxes[kept]
    labels = said[tuple(at.T)]
    truth = match_boxes(boxes, labels, sheet.boxes, sheet.labels)
    return Findings(boxes, labels, best[tuple(at.T)], truth, len(sheet.labels))


def _boxes(where, name, value, count=False):
    """Return boxes as an array, or refuse what is none."""
    boxes = float_array(where, name, value)
    if boxes.shape[-1:] != (4,) or (count and boxes.ndim != 2):
        expected = "(N, 4)" if count else "(…, 4)"
        raise ValueError(
            f"{where}: {name} must have shape {expected}, top, left, bottom, right, got shape {boxes.shape}"
        )
    if not (np.isfinite(boxes).all() and (boxes[..., :2] < boxes[..., 2:]).all()):
        raise ValueError(f"{where}: {name} must have top < bottom and left < right, got {boxes.tolist()}")
    return boxes
