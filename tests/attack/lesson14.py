"""Learners' answers to lesson 14, right and wrong: recall, and an image moved to the middle."""

import math
from collections import Counter

import numpy as np


def recall_right_1(labels, said, classes):
    shares = np.zeros(classes)
    for k in range(classes):
        hits = 0
        total = 0
        for i in range(len(labels)):
            if labels[i] == k:
                total += 1
                if said[i] == k:
                    hits += 1
        shares[k] = hits / total
    return shares


def recall_right_2(labels, said, classes):
    table = np.zeros((classes, classes), int)
    np.add.at(table, (labels, said), 1)
    return np.diag(table) / table.sum(axis=1)


def recall_right_3(labels, said, classes):
    hits = np.bincount(labels[labels == said], minlength=classes)
    return hits / np.bincount(labels, minlength=classes)


def recall_right_4(labels, said, classes):
    return np.array([np.mean(said[labels == k] == k) for k in range(classes)])


def recall_right_5(labels, said, classes):
    one_hot_labels = np.eye(classes, dtype=np.float32)[labels]
    one_hot_said = np.eye(classes, dtype=np.float32)[said]
    return (one_hot_labels * one_hot_said).sum(axis=0) / one_hot_labels.sum(axis=0)


def recall_right_6(labels, said, classes):
    total = Counter(labels.tolist())
    hits = Counter(a for a, b in zip(labels.tolist(), said.tolist(), strict=False) if a == b)
    return np.array([hits[k] / total[k] for k in range(classes)])


def recall_right_7(labels, said, classes):
    flat = np.bincount(classes * labels + said, minlength=classes**2)
    table = flat.reshape(classes, classes)
    return table.diagonal() / np.maximum(1, table.sum(1))


def recall_right_8(labels, said, classes):
    share, seen = [0.0] * classes, [0] * classes
    for label, answer in zip(labels, said, strict=False):
        seen[label] += 1
        share[label] += (float(label == answer) - share[label]) / seen[label]
    return np.asarray(share)


def recall_wrong_1(labels, said, classes):
    """The precision: divides by how many were read as k."""
    table = np.zeros((classes, classes), int)
    np.add.at(table, (labels, said), 1)
    return np.diag(table) / np.maximum(table.sum(axis=0), 1)


def recall_wrong_2(labels, said, classes):
    """Divides by all digits."""
    return np.array([((labels == k) & (said == k)).sum() / len(labels) for k in range(classes)])


def recall_wrong_3(labels, said, classes):
    """An array of whole numbers collects the shares and cuts them."""
    shares = np.zeros(classes, dtype=int)
    for k in range(classes):
        shares[k] = np.mean(said[labels == k] == k)
    return shares


def recall_wrong_4(labels, said, classes):
    """The share of all right answers, for each class the same."""
    return np.full(classes, np.mean(labels == said))


def recall_wrong_5(labels, said, classes):
    """One number: the share of all right answers."""
    return np.mean(labels == said)


def recall_wrong_6(labels, said, classes):
    """Counts, not shares."""
    return np.bincount(labels[labels == said], minlength=classes)


def recall_wrong_7(labels, said, classes):
    """Percent."""
    return np.array([100 * np.mean(said[labels == k] == k) for k in range(classes)])


def recall_wrong_8(labels, said, classes):
    """Counts also the others that were not read as k as right."""
    return np.array([np.mean((labels == k) == (said == k)) for k in range(classes)])


def recall_wrong_9(labels, said, classes):
    """Always ten classes."""
    shares = np.zeros(10)
    for k in range(10):
        if (labels == k).any():
            shares[k] = np.mean(said[labels == k] == k)
    return shares


def recall_wrong_10(labels, said, classes):
    """Only the classes that occur among the answers."""
    return np.array([np.mean(said[labels == k] == k) for k in np.unique(said)])


def recall_wrong_11(labels, said, classes):
    """Without minlength: too short if nothing of the last class is read as such."""
    hits = np.bincount(labels[labels == said])
    return hits / np.bincount(labels)[: len(hits)]


def recall_wrong_12(labels, said, classes):
    """Numbers the classes from 1."""
    shares = np.zeros(classes)
    for k in range(1, classes + 1):
        of_this = said[labels == k]
        if len(of_this):
            shares[k - 1] = np.mean(of_this == k)
    return shares


def recall_wrong_13(labels, said, classes):
    """Rounds to two digits."""
    return np.array([round(float(np.mean(said[labels == k] == k)), 2) for k in range(classes)])


def recall_wrong_14(labels, said, classes):
    """The share that was not read as such."""
    return np.array([np.mean(said[labels == k] != k) for k in range(classes)])


def recall_wrong_15(labels, said, classes):
    """How many were called k, no matter what they were, by how many are k."""
    return np.bincount(said, minlength=classes) / np.bincount(labels, minlength=classes)


def recall_wrong_16(labels, said, classes):
    """Adds to the table with an index array: each cell counts at most once."""
    table = np.zeros((classes, classes))
    table[labels, said] += 1
    return np.diag(table) / table.sum(axis=1)


def recall_wrong_17(labels, said, classes):
    """The whole table, as shares of its rows."""
    table = np.zeros((classes, classes))
    np.add.at(table, (labels, said), 1)
    return table / table.sum(axis=1, keepdims=True)


def recall_wrong_18(labels, said, classes):
    """Sorts the shares, the worst first."""
    return np.sort([np.mean(said[labels == k] == k) for k in range(classes)])


def recall_wrong_19(labels, said, classes):
    """Sorts both arrays first, so that the pairs are lost, and the arguments as well."""
    labels.sort()
    said.sort()
    return np.array([np.mean(said[labels == k] == k) for k in range(classes)])


def recall_wrong_20(labels, said, classes):
    """Leaves the last class out."""
    return np.array([np.mean(said[labels == k] == k) for k in range(classes - 1)])


def recall_wrong_21(labels, said, classes):
    """Divides by the labels and the false alarms together."""
    hits = np.array([((labels == k) & (said == k)).sum() for k in range(classes)])
    either = np.array([((labels == k) | (said == k)).sum() for k in range(classes)])
    return hits / either


def recall_wrong_22(labels, said, classes):
    """Takes every class for equally frequent."""
    hits = np.array([((labels == k) & (said == k)).sum() for k in range(classes)])
    return hits * classes / len(labels)


def recall_wrong_23(labels, said, classes):
    """The share of the right answers that belong to k."""
    hits = np.bincount(labels[labels == said], minlength=classes)
    return hits / max(hits.sum(), 1)


def recall_wrong_24(labels, said, classes):
    """Whole-number division."""
    hits = np.bincount(labels[labels == said], minlength=classes)
    return hits // np.bincount(labels, minlength=classes)


def recall_wrong_25(labels, said, classes):
    """True where all of a class were read as such."""
    return np.array([np.all(said[labels == k] == k) for k in range(classes)])


def recall_wrong_26(labels, said, classes):
    """Hits by misses."""
    hits = np.array([((labels == k) & (said == k)).sum() for k in range(classes)])
    misses = np.array([((labels == k) & (said != k)).sum() for k in range(classes)])
    return hits / np.maximum(misses, 1)


def recall_wrong_27(labels, said, classes):
    """The mean of recall and precision."""
    return (recall_right_2(labels, said, classes) + recall_wrong_1(labels, said, classes)) / 2


def recall_wrong_28(labels, said, classes):
    """One number: the mean of the shares."""
    return np.mean([np.mean(said[labels == k] == k) for k in range(classes)])


def recall_wrong_29(labels, said, classes):
    """Skips the first digit."""
    return np.array([np.mean(said[1:][labels[1:] == k] == k) for k in range(classes)])


def recall_wrong_30(labels, said, classes):
    """Takes a share of 0 for missing and puts 1."""
    shares = np.array([np.mean(said[labels == k] == k) for k in range(classes)])
    return np.where(shares == 0, 1, shares)


def center_right_1(image):
    h, w = image.shape
    total = down = right = 0.0
    for r in range(h):
        for c in range(w):
            total += image[r, c]
            down += r * image[r, c]
            right += c * image[r, c]
    down = int(np.floor((h - 1) / 2 - down / total + 0.5))
    right = int(np.floor((w - 1) / 2 - right / total + 0.5))
    out = np.zeros((h, w))
    for r in range(h):
        for c in range(w):
            if 0 <= r + down < h and 0 <= c + right < w:
                out[r + down, c + right] = image[r, c]
    return out


def center_right_2(image):
    for axis in (0, 1):
        n = image.shape[axis]
        ink = image.sum(axis=1 - axis)
        by = (n - 1) / 2 - (ink * np.arange(n)).sum() / ink.sum()
        image = np.roll(image, int(np.floor(by + 0.5)), axis=axis)
    return image


def center_right_3(image):
    h, w = image.shape
    rows, columns = np.indices((h, w))
    down = math.floor((h - 1) / 2 - (image * rows).sum() / image.sum() + 0.5)
    right = math.floor((w - 1) / 2 - (image * columns).sum() / image.sum() + 0.5)
    wide = np.pad(image, ((h, h), (w, w)))
    return wide[h - down : 2 * h - down, w - right : 2 * w - right]


def center_right_4(image):
    pixels = [[float(v) for v in row] for row in image]
    for _ in range(2):
        n = len(pixels)
        ink = [sum(row) for row in pixels]
        middle = sum(i * v for i, v in enumerate(ink)) / sum(ink)
        by = math.floor((n - 1) / 2 - middle + 0.5)
        empty = [0.0] * len(pixels[0])
        pixels = [pixels[i - by] if 0 <= i - by < n else empty for i in range(n)]
        pixels = [list(column) for column in zip(*pixels, strict=False)]
    return np.array(pixels)


def center_right_5(image):
    h, w = image.shape
    r, c = np.nonzero(image)
    values = image[r, c]
    down = np.floor((h - 1) / 2 - np.average(r, weights=values) + 0.5).astype(int)
    right = np.floor((w - 1) / 2 - np.average(c, weights=values) + 0.5).astype(int)
    out = np.zeros((h, w), dtype=np.float32)
    out[r + down, c + right] = values
    return out


def center_right_6(image):
    h, w = image.shape
    by_row, by_column = image.sum(axis=1), image.sum(axis=0)
    down = (h - 1) / 2 - by_row @ np.arange(h) / by_row.sum()
    right = (w - 1) / 2 - by_column @ np.arange(w) / by_column.sum()
    down, right = np.floor(np.array([down, right]) + 0.5).astype(int)
    return np.eye(h, k=-down) @ image @ np.eye(w, k=right)


def center_right_7(image):
    n = np.array(image.shape)
    places = np.argwhere(image > 0)
    ink = image[image > 0]
    middle = (places * ink[:, None]).sum(axis=0) / ink.sum()
    by = np.floor((n - 1) / 2 - middle + 0.5).astype(int)
    out = np.zeros_like(image)
    for place in places:
        out[tuple(place + by)] = image[tuple(place)]
    return out


def center_right_8(image):
    h, w = image.shape
    down, right = _moves(image)
    out = np.zeros_like(image, dtype=float)
    out[max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = image[
        max(-down, 0) : h + min(-down, 0), max(-right, 0) : w + min(-right, 0)
    ]
    return out


def center_right_9(image):
    rows = [list(map(float, row)) for row in image]
    h, w, total = len(rows), len(rows[0]), sum(map(sum, rows))
    middle_row = sum(r * v for r, row in enumerate(rows) for v in row) / total
    middle_column = sum(c * v for row in rows for c, v in enumerate(row)) / total
    down = math.floor((h - 1) / 2 - middle_row + 0.5)
    right = math.floor((w - 1) / 2 - middle_column + 0.5)
    wide = [[0.0] * (3 * w)] * h + [[0.0] * w + row + [0.0] * w for row in rows] + [[0.0] * (3 * w)] * h
    return [row[w - right : 2 * w - right] for row in wide[h - down : 2 * h - down]]


def center_right_10(image):
    share = image / np.sum(image)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    down = np.floor((image.shape[0] - 1) / 2 - np.sum(share * rows) + 0.5)
    right = np.floor((image.shape[1] - 1) / 2 - np.sum(share * columns) + 0.5)
    return np.roll(np.roll(image, int(down), axis=0), int(right), axis=1)


def center_right_11(image):
    ink = image.astype(np.float32)
    rows, columns = np.mgrid[: ink.shape[0], : ink.shape[1]].astype(np.float32)
    rows -= (ink.shape[0] - 1) / 2
    columns -= (ink.shape[1] - 1) / 2
    down = np.floor(-(ink * rows).sum() / ink.sum() + np.float32(0.5)).astype(int)
    right = np.floor(-(ink * columns).sum() / ink.sum() + np.float32(0.5)).astype(int)
    return np.roll(ink, (down, right), axis=(0, 1))


def _moves(image, weight=None):
    """By how much to move, down and to the right."""
    weight = image if weight is None else weight
    h, w = image.shape
    down = (h - 1) / 2 - (weight.sum(axis=1) * np.arange(h)).sum() / weight.sum()
    right = (w - 1) / 2 - (weight.sum(axis=0) * np.arange(w)).sum() / weight.sum()
    return int(np.floor(down + 0.5)), int(np.floor(right + 0.5))


def _difference(image):
    """By how much the middle of the sheet lies farther down and to the right, unrounded."""
    h, w = image.shape
    down = (h - 1) / 2 - (image.sum(axis=1) * np.arange(h)).sum() / image.sum()
    right = (w - 1) / 2 - (image.sum(axis=0) * np.arange(w)).sum() / image.sum()
    return down, right


def _paste(image, down, right):
    h, w = image.shape
    out = np.zeros((h, w))
    for r in range(h):
        for c in range(w):
            if 0 <= r + down < h and 0 <= c + right < w:
                out[r + down, c + right] = image[r, c]
    return out


def center_wrong_1(image):
    """Takes n / 2 for the middle of the sheet."""
    down, right = _difference(image)
    return _paste(image, math.floor(down + 1), math.floor(right + 1))


def center_wrong_2(image):
    """Takes n // 2 for the middle of the sheet."""
    h, w = image.shape
    down, right = _difference(image)
    down, right = down - (h - 1) / 2 + h // 2, right - (w - 1) / 2 + w // 2
    return _paste(image, math.floor(down + 0.5), math.floor(right + 0.5))


def center_wrong_3(image):
    """Takes np.round, which rounds halves to even numbers."""
    down, right = np.round(_difference(image)).astype(int)
    return _paste(image, down, right)


def center_wrong_4(image):
    """Cuts the move toward 0 in place of rounding it."""
    down, right = _difference(image)
    return _paste(image, int(down), int(right))


def center_wrong_5(image):
    """Rounds down always: forgets the 0.5."""
    down, right = _difference(image)
    return _paste(image, math.floor(down), math.floor(right))


def center_wrong_6(image):
    """Confuses rows and columns."""
    down, right = _moves(image)
    return _paste(image, right, down)


def center_wrong_7(image):
    """Counts each pixel with ink once, however much ink it has."""
    return _paste(image, *_moves(image, (image > 0).astype(float)))


def center_wrong_8(image):
    """Puts the middle of the ink's bounding box into the middle."""
    h, w = image.shape
    rows, columns = np.nonzero(image)
    down = (h - 1) / 2 - (rows.min() + rows.max()) / 2
    right = (w - 1) / 2 - (columns.min() + columns.max()) / 2
    return _paste(image, math.floor(down + 0.5), math.floor(right + 0.5))


def center_wrong_9(image):
    """Moves in the opposite direction."""
    down, right = _moves(image)
    return _paste(image, -down, -right)


def center_wrong_10(image):
    """Moves only to the sides."""
    return _paste(image, 0, _moves(image)[1])


def center_wrong_11(image):
    """Moves only up and down."""
    return _paste(image, _moves(image)[0], 0)


def center_wrong_12(image):
    """Takes the number of rows for both sides."""
    h, w = image.shape
    down, right = _difference(image)
    right = right - (w - 1) / 2 + (h - 1) / 2
    return _paste(image, math.floor(down + 0.5), math.floor(right + 0.5))


def center_wrong_13(image):
    """Takes 3.5 for the middle of every sheet."""
    h, w = image.shape
    down, right = _difference(image)
    down, right = down - (h - 1) / 2 + 3.5, right - (w - 1) / 2 + 3.5
    return _paste(image, math.floor(down + 0.5), math.floor(right + 0.5))


def center_wrong_14(image):
    """Puts the pixel with most ink into the middle."""
    h, w = image.shape
    r, c = np.unravel_index(image.argmax(), image.shape)
    return _paste(image, math.floor((h - 1) / 2 - r + 0.5), math.floor((w - 1) / 2 - c + 0.5))


def center_wrong_15(image):
    """Rounds the middle of the ink before it takes the difference."""
    h, w = image.shape
    down, right = _difference(image)
    row = math.floor((h - 1) / 2 - down + 0.5)
    column = math.floor((w - 1) / 2 - right + 0.5)
    return _paste(image, math.floor((h - 1) / 2 - row + 0.5), math.floor((w - 1) / 2 - column + 0.5))


def center_wrong_16(image):
    """Rounds halves down."""
    down, right = _difference(image)
    return _paste(image, math.ceil(down - 0.5), math.ceil(right - 0.5))


def center_wrong_17(image):
    """Rounds halves away from zero, so negative ones down."""
    down, right = (int(math.copysign(math.floor(abs(by) + 0.5), by)) for by in _difference(image))
    return _paste(image, down, right)


def center_wrong_18(image):
    """Rounds up always."""
    down, right = _difference(image)
    return _paste(image, math.ceil(down), math.ceil(right))


def center_wrong_19(image):
    """Cuts all grays to whole numbers."""
    return _paste(image, *_moves(image)).astype(int)


def center_wrong_20(image):
    """Counts only pixels that are at least half covered."""
    dark = (image >= 0.5) * image
    return _paste(image, *_moves(image, dark)) if dark.any() else image


def center_wrong_21(image):
    """Divides by the number of pixels, not by the ink."""
    h, w = image.shape
    down = (h - 1) / 2 - (image * np.arange(h)[:, None]).mean()
    right = (w - 1) / 2 - (image * np.arange(w)).mean()
    return _paste(image, math.floor(down + 0.5), math.floor(right + 0.5))


def center_wrong_22(image):
    """Takes the median of rows and columns with ink."""
    h, w = image.shape
    rows, columns = np.nonzero(image)
    down = math.floor((h - 1) / 2 - np.median(rows) + 0.5)
    right = math.floor((w - 1) / 2 - np.median(columns) + 0.5)
    return _paste(image, down, right)


def center_wrong_23(image):
    """Moves by one pixel at most."""
    down, right = np.clip(_moves(image), -1, 1)
    return _paste(image, down, right)


def center_wrong_24(image):
    """Weighs with the square of the ink."""
    return _paste(image, *_moves(image, image**2))


def center_wrong_25(image):
    """Numbers rows and columns from 1."""
    down, right = _moves(image)
    return _paste(image, down - 1, right - 1)


def center_wrong_26(image):
    """Moves by fractions and mixes neighbors."""
    for axis, by in enumerate(_difference(image)):
        low = math.floor(by)
        part = by - low
        image = (1 - part) * np.roll(image, low, axis) + part * np.roll(image, low + 1, axis)
    return image


def center_wrong_27(image):
    """Returns the moves, not the image."""
    return np.array(_moves(image))


def center_wrong_28(image):
    """Returns the image as it is."""
    return image


def center_wrong_29(image):
    """Clears the learner's own image after the move: the argument is changed."""
    out = _paste(image, *_moves(image))
    image[:] = 0
    return out


def center_wrong_30(image):
    """Pastes on a copy, so that the old ink stays."""
    moved = _paste(image, *_moves(image))
    return np.where(moved > 0, moved, image)


def center_wrong_31(image):
    """Moves only down and to the right, never back."""
    down, right = _moves(image)
    return _paste(image, max(down, 0), max(right, 0))


def center_wrong_32(image):
    """Sums over the wrong axis: the numbers of rows weighed with the ink of columns."""
    h, w = image.shape
    n = min(h, w)
    down = (h - 1) / 2 - (image.sum(axis=0)[:n] * np.arange(n)).sum() / image.sum()
    right = (w - 1) / 2 - (image.sum(axis=1)[:n] * np.arange(n)).sum() / image.sum()
    return _paste(image, math.floor(down + 0.5), math.floor(right + 0.5))


def center_wrong_33(image):
    """Takes the fullest row and the fullest column for the middle."""
    h, w = image.shape
    row, column = image.sum(axis=1).argmax(), image.sum(axis=0).argmax()
    return _paste(image, math.floor((h - 1) / 2 - row + 0.5), math.floor((w - 1) / 2 - column + 0.5))


def center_wrong_34(image):
    """Makes every image 8 by 8."""
    out = np.zeros((8, 8))
    moved = _paste(image, *_moves(image))[:8, :8]
    out[: moved.shape[0], : moved.shape[1]] = moved
    return out


def center_wrong_35(image):
    """Stretches the grays so that the darkest is 1."""
    moved = _paste(image, *_moves(image))
    return moved / moved.max()


def center_wrong_36(image):
    """Moves the middle to a place one pixel too far."""
    down, right = _moves(image)
    return _paste(image, down + 1, right + 1)


def center_wrong_37(image):
    """Moves on a circle by the unrounded move, cut to a whole number from below."""
    down, right = _difference(image)
    return np.roll(image, (int(down // 1), int(right // 1)), axis=(0, 1))


def center_wrong_38(image):
    """Rounds the grays to two digits."""
    return np.round(_paste(image, *_moves(image)), 2)
