"""Right and wrong answers to the exercises of lesson 19."""

import itertools
import math
from fractions import Fraction

import numpy as np

# --- iou


def iou_right_1(box, other):
    height = min(box[2], other[2]) - max(box[0], other[0])
    width = min(box[3], other[3]) - max(box[1], other[1])
    if height <= 0 or width <= 0:
        return 0
    shared = height * width
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return shared / (area + other_area - shared)


def iou_right_2(box, other):
    box, other = np.asarray(box, float), np.asarray(other, float)
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    shared = np.prod(np.clip(sides, 0, None))
    union = np.prod(box[2:] - box[:2]) + np.prod(other[2:] - other[:2]) - shared
    return shared / union


def iou_right_3(box, other):
    def length(start, end, start_2, end_2):
        return max(0.0, min(end, end_2) - max(start, start_2))

    def area(top, left, bottom, right):
        return (bottom - top) * (right - left)

    shared = length(box[0], box[2], other[0], other[2]) * length(box[1], box[3], other[1], other[3])
    return shared / (area(*box) + area(*other) - shared)


def iou_right_4(box, other):
    rows = sorted({box[0], box[2], other[0], other[2]})
    columns = sorted({box[1], box[3], other[1], other[3]})

    def covers(one, y, x):
        return one[0] <= y < one[2] and one[1] <= x < one[3]

    both = either = 0
    for y, next_y in itertools.pairwise(rows):
        for x, next_x in itertools.pairwise(columns):
            area = (next_y - y) * (next_x - x)
            first, second = covers(box, y, x), covers(other, y, x)
            both += area * (first and second)
            either += area * (first or second)
    return both / either


def iou_right_5(box, other):
    box, other = [Fraction(float(v)) for v in box], [Fraction(float(v)) for v in other]
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    union = sum((b - t) * (r - e) for t, e, b, r in (box, other)) - height * width
    return float(height * width / union)


def iou_right_6(box, other):
    two = np.array([box, other], dtype=np.float64)
    top, left = two[:, :2].max(axis=0)
    bottom, right = two[:, 2:].min(axis=0)
    if top >= bottom or left >= right:
        return np.float32(0)
    shared = (bottom - top) * (right - left)
    areas = (two[:, 2] - two[:, 0]) * (two[:, 3] - two[:, 1])
    return np.float32(shared / (areas.sum() - shared))


def iou_wrong_1(box, other):
    """Never sets negative sides to 0."""
    height = min(box[2], other[2]) - max(box[0], other[0])
    width = min(box[3], other[3]) - max(box[1], other[1])
    shared = height * width
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return shared / (areas - shared)


def iou_wrong_2(box, other):
    """Sets only a negative product to 0, so two negative sides share something."""
    height = min(box[2], other[2]) - max(box[0], other[0])
    width = min(box[3], other[3]) - max(box[1], other[1])
    shared = max(0, height * width)
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return shared / (areas - shared)


def iou_wrong_3(box, other):
    """Counts the shared part twice in the union."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return height * width / areas


def iou_wrong_4(box, other):
    """Takes bottom and right as inclusive, one pixel too many on each side."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]) + 1)
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]) + 1)
    shared = height * width
    area = (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
    other_area = (other[2] - other[0] + 1) * (other[3] - other[1] + 1)
    return shared / (area + other_area - shared)


def iou_wrong_5(box, other):
    """Divides by the area of the box around both."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    around = (max(box[2], other[2]) - min(box[0], other[0])) * (max(box[3], other[3]) - min(box[1], other[1]))
    return height * width / around


def iou_wrong_6(box, other):
    """Divides by the smaller area."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    areas = (box[2] - box[0]) * (box[3] - box[1]), (other[2] - other[0]) * (other[3] - other[1])
    return height * width / min(areas)


def iou_wrong_7(box, other):
    """Divides by the area of the first box."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    return height * width / ((box[2] - box[0]) * (box[3] - box[1]))


def iou_wrong_8(box, other):
    """Takes the last two numbers for height and width."""
    height = max(0, min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0]))
    width = max(0, min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1]))
    shared = height * width
    union = box[2] * box[3] + other[2] * other[3] - shared
    return shared / union if union else 0.0


def iou_wrong_9(box, other):
    """Cuts all numbers to whole pixels."""
    box, other = [int(v) for v in box], [int(v) for v in other]
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    union = areas - height * width
    return height * width / union if union else 0


def iou_wrong_10(box, other):
    """Gives twice the shared area by the sum of both areas."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return 2 * height * width / areas


def iou_wrong_11(box, other):
    """Says 0 when neither box has a corner in the other, as in a cross."""

    def corner_inside(one, two):
        rows = [two[0] <= one[k] <= two[2] for k in (0, 2)]
        columns = [two[1] <= one[k] <= two[3] for k in (1, 3)]
        return any(rows) and any(columns)

    if not (corner_inside(box, other) or corner_inside(other, box)):
        return 0.0
    return iou_right_3(box, other)


def iou_wrong_12(box, other):
    """Multiplies the overlaps of rows and of columns, each by its own union."""

    def along(start, end, start_2, end_2):
        shared = max(0, min(end, end_2) - max(start, start_2))
        return shared / (end - start + end_2 - start_2 - shared)

    return along(box[0], box[2], other[0], other[2]) * along(box[1], box[3], other[1], other[3])


def iou_wrong_13(box, other):
    """Takes it that the first box lies above and left of the other."""
    height = max(0, box[2] - other[0])
    width = max(0, box[3] - other[1])
    shared = height * width
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return shared / (areas - shared) if areas != shared else 1.0


def iou_wrong_14(box, other):
    """Rounds to two decimals."""
    return round(float(iou_right_1(box, other)), 2)


def iou_wrong_15(box, other):
    """Reads the boxes as left, right, top, bottom pairs: top with left, bottom with right."""
    height = max(0, min(box[1], other[1]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[2], other[2]))
    shared = height * width
    areas = (box[1] - box[0]) * (box[3] - box[2]) + (other[1] - other[0]) * (other[3] - other[2])
    return shared / (areas - shared) if areas != shared else 0.0


def iou_wrong_16(box, other):
    """Paints the boxes on a sheet that begins at 0 and has whole pixels only."""
    size = int(max(*box, *other, 1)) + 1
    painted = np.zeros((2, min(size, 2000), min(size, 2000)), bool)
    for sheet, (top, left, bottom, right) in zip(painted, (box, other), strict=True):
        sheet[max(0, round(top)) : max(0, round(bottom)), max(0, round(left)) : max(0, round(right))] = True
    either = (painted[0] | painted[1]).sum()
    return (painted[0] & painted[1]).sum() / either if either else 0.0


def iou_wrong_17(box, other):
    """Gives the shared area itself."""
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    return height * width


def iou_wrong_18(box, other):
    """Sets coordinates below 0 to 0, as if the sheet ended there."""
    box, other = [max(0, v) for v in box], [max(0, v) for v in other]
    height = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    width = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return height * width / (areas - height * width) if areas else 0


# --- suppress


def suppress_right_1(overlaps, scores, limit):
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    kept = []
    while order:
        best = order.pop(0)
        kept.append(best)
        order = [k for k in order if overlaps[best, k] <= limit]
    return kept


def suppress_right_2(overlaps, scores, limit):
    left = np.asarray(scores, float).copy()
    kept = []
    while np.isfinite(left).any():
        best = int(np.argmax(left))
        kept.append(best)
        left[overlaps[best] > limit] = -np.inf
    return kept


def suppress_right_3(overlaps, scores, limit):
    def rest(these):
        if not these:
            return []
        best = these[0]
        for k in these:
            if scores[k] > scores[best]:
                best = k
        return [best, *rest([k for k in these if k != best and not overlaps[best, k] > limit])]

    return rest(list(range(len(scores))))


def suppress_right_4(overlaps, scores, limit):
    kept = []
    for k in np.argsort(-np.asarray(scores), kind="stable"):
        if all(overlaps[k, j] <= limit for j in kept):
            kept.append(k)
    return kept


def suppress_right_5(overlaps, scores, limit):
    n = len(scores)
    order = np.lexsort((np.arange(n), -np.array(scores)))
    sorted_overlaps = overlaps[np.ix_(order, order)]
    dropped = np.zeros(n, bool)
    for k in range(n):
        if not dropped[k]:
            dropped[k + 1 :] |= sorted_overlaps[k, k + 1 :] > limit
    return order[~dropped].tolist()


def suppress_wrong_1(overlaps, scores, limit):
    """Drops at an overlap of exactly the limit, too."""
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    kept = []
    while order:
        best = order.pop(0)
        kept.append(best)
        order = [k for k in order if overlaps[best, k] < limit]
    return kept


def suppress_wrong_2(overlaps, scores, limit):
    """Lets dropped stretches drop others."""
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    return [k for i, k in enumerate(order) if all(overlaps[k, j] <= limit for j in order[:i])]


def suppress_wrong_3(overlaps, scores, limit):
    """Of equal scores the larger number comes first."""
    order = list(np.argsort(scores, kind="stable")[::-1])
    kept = []
    while order:
        best = int(order.pop(0))
        kept.append(best)
        order = [k for k in order if overlaps[best, k] <= limit]
    return kept


def suppress_wrong_4(overlaps, scores, limit):
    """Returns the kept in the order of their numbers."""
    return sorted(suppress_right_1(overlaps, scores, limit))


def suppress_wrong_5(overlaps, scores, limit):
    """Goes through the stretches in the order of their numbers, not of their scores."""
    kept = []
    for k in range(len(scores)):
        if all(overlaps[k, j] <= limit for j in kept):
            kept.append(k)
    return kept


def suppress_wrong_6(overlaps, scores, limit):
    """Begins with the lowest score."""
    order = sorted(range(len(scores)), key=lambda k: (scores[k], k))
    kept = []
    while order:
        best = order.pop(0)
        kept.append(best)
        order = [k for k in order if overlaps[best, k] <= limit]
    return kept


def suppress_wrong_7(overlaps, scores, limit):
    """Only the best drops others, once."""
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    best = order[0]
    return [best] + [k for k in order[1:] if overlaps[best, k] <= limit]


def suppress_wrong_8(overlaps, scores, limit):
    """Compares each one with the one kept last only."""
    kept = []
    for k in sorted(range(len(scores)), key=lambda k: (-scores[k], k)):
        if not kept or overlaps[kept[-1], k] <= limit:
            kept.append(k)
    return kept


def suppress_wrong_9(overlaps, scores, limit):
    """Uses the lesson's limit of 0.3 instead of the one that is given."""
    return suppress_right_1(overlaps, scores, 0.3)


def suppress_wrong_10(overlaps, scores, limit):
    """Returns places in the sorted list instead of the stretches' own numbers."""
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    return [order.index(k) for k in suppress_right_1(overlaps, scores, limit)]


def suppress_wrong_11(overlaps, scores, limit):
    """Marks the dropped by a score of 0 and stops there, so a stretch with a share of 0 is lost."""
    left = np.array(scores, float)
    kept = []
    while left.max() > 0:
        best = int(left.argmax())
        kept.append(best)
        left[overlaps[best] > limit] = 0
    return kept


def suppress_wrong_12(overlaps, scores, limit):
    """Returns the stretches that are dropped."""
    kept = suppress_right_1(overlaps, scores, limit)
    return [k for k in range(len(scores)) if k not in kept]


def suppress_wrong_13(overlaps, scores, limit):
    """Returns a list of True and False."""
    kept = suppress_right_1(overlaps, scores, limit)
    return [k in kept for k in range(len(scores))]


def suppress_wrong_14(overlaps, scores, limit):
    """Takes the limit for the least share, too."""
    order = [k for k in sorted(range(len(scores)), key=lambda k: (-scores[k], k)) if scores[k] >= limit]
    kept = []
    while order:
        best = order.pop(0)
        kept.append(best)
        order = [k for k in order if overlaps[best, k] <= limit]
    return kept


def suppress_wrong_15(overlaps, scores, limit):
    """Keeps those that overlap, and drops the others."""
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    kept = []
    while order:
        best = order.pop(0)
        kept.append(best)
        order = [k for k in order if overlaps[best, k] > limit]
    return kept


def suppress_wrong_16(overlaps, scores, limit):
    """Sorts the scores and forgets to sort the overlaps."""
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
    places = list(range(len(scores)))
    kept = []
    while places:
        best = places.pop(0)
        kept.append(order[best])
        places = [k for k in places if overlaps[best, k] <= limit]
    return kept


def suppress_wrong_17(overlaps, scores, limit):
    """Drops both of two stretches that overlap with equal scores."""
    n = len(scores)
    order = sorted(range(n), key=lambda k: (-scores[k], k))
    kept = []
    for k in order:
        rivals = [j for j in range(n) if j != k and overlaps[k, j] > limit]
        if all(overlaps[k, j] <= limit for j in kept) and all(scores[j] != scores[k] for j in rivals):
            kept.append(k)
    return kept


def suppress_wrong_18(overlaps, scores, limit):
    """Returns the scores of the kept."""
    return [float(scores[k]) for k in suppress_right_1(overlaps, scores, limit)]


# --- precision_and_recall


def precision_and_recall_right_1(truth, digits):
    right = len({int(t) for t in truth if t >= 0})
    return np.array([right / len(truth), right / digits])


def precision_and_recall_right_2(truth, digits):
    truth = np.asarray(truth)
    right = np.unique(truth[truth >= 0]).size
    return right / np.array([truth.size, digits])


def precision_and_recall_right_3(truth, digits):
    found = [False] * digits
    for one in truth:
        if one != -1:
            found[one] = True
    result = np.zeros(2)
    result[0] = sum(found) / len(truth)
    result[1] = sum(found) / digits
    return result


def precision_and_recall_right_4(truth, digits):
    right = np.isin(np.arange(digits), truth).sum()
    return np.array([right / len(truth), right / digits], dtype=np.float32)


def precision_and_recall_right_5(truth, digits):
    seen, right = [], 0
    for k in range(truth.shape[0]):
        if truth[k] < 0 or truth[k] in seen:
            continue
        seen.append(truth[k])
        right = right + 1
    return np.divide([right, right], [len(truth), digits])


def precision_and_recall_right_6(truth, digits):
    right = int((truth >= 0).sum())
    return np.array([right / len(truth), right / digits])


def precision_and_recall_wrong_1(truth, digits):
    """Does not count digit 0 as found."""
    right = np.unique(truth[truth > 0]).size
    return np.array([right / len(truth), right / digits])


def precision_and_recall_wrong_2(truth, digits):
    """Gives recall first."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([right / digits, right / len(truth)])


def precision_and_recall_wrong_3(truth, digits):
    """Divides by the wrong boxes instead of all boxes."""
    right = np.unique(truth[truth >= 0]).size
    wrong = len(truth) - right
    return np.array([right / wrong if wrong else 1.0, right / digits])


def precision_and_recall_wrong_4(truth, digits):
    """Collects the two in an array of whole numbers."""
    right = np.unique(truth[truth >= 0]).size
    result = np.zeros(2, int)
    result[:] = right / len(truth), right / digits
    return result


def precision_and_recall_wrong_5(truth, digits):
    """Gives percent."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([100 * right / len(truth), 100 * right / digits])


def precision_and_recall_wrong_6(truth, digits):
    """Takes the highest number among the boxes for the number of digits."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([right / len(truth), right / max(1, truth.max() + 1)])


def precision_and_recall_wrong_7(truth, digits):
    """Gives the precision twice."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([right / len(truth)] * 2)


def precision_and_recall_wrong_8(truth, digits):
    """Counts the missed digits for the recall."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([right / len(truth), (digits - right) / digits])


def precision_and_recall_wrong_9(truth, digits):
    """Gives the shares of wrong boxes and of missed digits."""
    right = np.unique(truth[truth >= 0]).size
    return 1 - np.array([right / len(truth), right / digits])


def precision_and_recall_wrong_10(truth, digits):
    """Adds up the numbers in truth instead of counting."""
    right = truth[truth > 0].sum()
    return np.array([right / len(truth), right / digits])


def precision_and_recall_wrong_11(truth, digits):
    """Counts every box as right."""
    right = len(truth)
    return np.array([right / len(truth), min(1, right / digits)])


def precision_and_recall_wrong_12(truth, digits):
    """Takes the last number for -1: counts digit `digits - 1` as not found."""
    right = sum(1 for k in range(digits - 1) if k in truth)
    return np.array([right / len(truth), right / digits])


def precision_and_recall_wrong_13(truth, digits):
    """Rounds to two decimals."""
    right = np.unique(truth[truth >= 0]).size
    return np.round([right / len(truth), right / digits], 2)


def precision_and_recall_wrong_14(truth, digits):
    """Counts -1 as one more digit found."""
    right = len(set(truth.tolist()))
    return np.array([right / len(truth), min(1, right / digits)])


def precision_and_recall_wrong_15(truth, digits):
    """Gives F1 in place of the recall."""
    right = np.unique(truth[truth >= 0]).size
    p, r = right / len(truth), right / digits
    return np.array([p, 2 * p * r / (p + r) if p + r > 0 else 0.0])


def precision_and_recall_wrong_16(truth, digits):
    """Gives a precision of 1 when no box is right."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([right / len(truth) if right else 1.0, right / digits])


def precision_and_recall_wrong_17(truth, digits):
    """Says nan where nothing is found."""
    right = np.unique(truth[truth >= 0]).size
    return np.array([right / len(truth), right / digits]) if right else np.array([math.nan, 0.0])


# --- ring


def ring_right_1(loudness, sound, gap):
    length = gap * (len(loudness) - 1) + len(sound)
    return np.array(
        [
            sum(
                loudness[k] * sound[at - k * gap]
                for k in range(len(loudness))
                if 0 <= at - k * gap < len(sound)
            )
            for at in range(length)
        ]
    )


def ring_right_2(loudness, sound, gap):
    spread = np.zeros((len(loudness) - 1) * gap + 1)
    spread[::gap] = loudness
    return np.convolve(spread, sound)


def ring_right_3(loudness, sound, gap):
    out = [0.0] * (len(sound) + gap * (len(loudness) - 1))
    for k, loud in enumerate(loudness):
        for m, number in enumerate(sound):
            out[k * gap + m] += float(loud) * float(number)
    return out


def ring_right_4(loudness, sound, gap):
    rows = np.outer(loudness, sound)
    out = np.zeros(len(sound) + gap * (len(loudness) - 1))
    at = gap * np.arange(len(loudness))[:, None] + np.arange(len(sound))
    np.add.at(out, at, rows)
    return out


def ring_wrong_1(loudness, sound, gap):
    """Overwrites."""
    out = np.zeros((len(loudness) - 1) * gap + len(sound))
    for k in range(len(loudness)):
        out[k * gap : k * gap + len(sound)] = loudness[k] * sound
    return out


def ring_wrong_2(loudness, sound, gap):
    """Takes no notice of the gap."""
    return np.convolve(loudness, sound)


def ring_wrong_3(loudness, sound, gap):
    """Makes it as long as all gaps, and a sound."""
    out = np.zeros(len(loudness) * gap + len(sound))
    for k in range(len(loudness)):
        out[k * gap : k * gap + len(sound)] += loudness[k] * sound
    return out


def ring_wrong_4(loudness, sound, gap):
    """Plays one note after the other."""
    return np.concatenate([loud * sound for loud in loudness])


def ring_wrong_5(loudness, sound, gap):
    """Fancy indices with += add each place once only."""
    out = np.zeros((len(loudness) - 1) * gap + len(sound))
    at = gap * np.arange(len(loudness))[:, None] + np.arange(len(sound))
    out[at] += np.outer(loudness, sound)
    return out


def ring_wrong_6(loudness, sound, gap):
    """Turns the sound around, as a mathematical convolution would be turned back."""
    spread = np.zeros((len(loudness) - 1) * gap + 1)
    spread[::gap] = loudness
    return np.correlate(spread, sound, "full")


def ring_wrong_7(loudness, sound, gap):
    """Leaves the loudness out."""
    out = np.zeros((len(loudness) - 1) * gap + len(sound))
    for k in range(len(loudness)):
        out[k * gap : k * gap + len(sound)] += sound
    return out


def ring_wrong_8(loudness, sound, gap):
    """Puts gap zeros between two loudnesses, not gap − 1."""
    spread = np.zeros((len(loudness) - 1) * (gap + 1) + 1)
    spread[:: gap + 1] = loudness
    return np.convolve(spread, sound)


def ring_wrong_9(loudness, sound, gap):
    """Keeps whole numbers only."""
    out = np.zeros((len(loudness) - 1) * gap + len(sound), int)
    for k in range(len(loudness)):
        out[k * gap : k * gap + len(sound)] += (loudness[k] * sound).astype(int)
    return out
