"""Predictions and exercises of lesson 19, Find digits on a sheet."""

import numpy as np

from cnnlab.exercises.engine import exercise
from cnnlab.exercises.predict import Predict, PredictCells

predict_bright = Predict(
    "The template [[1, 0], [0, 1]] minus its mean is [[0.5, −0.5], [−0.5, 0.5]]. It lies on "
    "four bright pixels, all of them 4. What is the sum of the products?",
    answer=0,
    because="0.5 · 4 − 0.5 · 4 − 0.5 · 4 + 0.5 · 4 = 0: the weights add up to 0, so what is even gives 0.",
    slips={
        8: "That is the score without subtracting the mean.",
        2: "Add all four products, those with −0.5 too.",
        4: "Two products are 2, and two are −2.",
        -4: "Two products are −2, and two are 2.",
        1: "The weights add up to 0, not to 1.",
        16: "Multiply each pixel by its weight first.",
        0.5: "That is one of the weights.",
    },
)

predict_places = Predict(
    "A sheet of 24 × 32 pixels. At how many places can a window of 8 × 8 stand? (Multiply it out.)",
    answer=425,
    because="24 − 8 + 1 = 17 rows of places and 32 − 8 + 1 = 25 columns: 17 · 25.",
    slips={
        384: "One more in each direction: the first place counts too.",
        12: "The windows may overlap: the next place is one pixel on, not eight.",
        768: "That is the number of pixels. Near the edge the window does not fit.",
        192: "The windows may overlap, and the last place is size − 8 + 1, in each direction.",
        42: "Multiply rows of places by columns of places.",
        400: "17 rows of places, not 16.",
        408: "25 columns of places, not 24.",
        17: "Those are the rows of places. How many columns?",
        25: "Those are the columns of places. How many rows?",
    },
)

predict_products = Predict(
    "A sheet of 10 × 10, one filter of 3 × 3. To run it on each of the nine windows of 8 × 8 takes "
    "9 · 36 · 9 = 2916 multiplications. How many does it take to run it once over the whole sheet? "
    "(Multiply it out.)",
    answer=576,
    because="The filter has 8 · 8 = 64 places on the sheet, with nine multiplications each: about a fifth.",
    slips={
        900: "Without padding the filter has 8 × 8 places, not 10 × 10.",
        64: "Those are the places. Nine multiplications each.",
        324: "That is for one window of 8 × 8, with 36 places.",
        2916: "Windows overlap, and what they share is computed once here.",
        729: "8 places fit into 10 pixels, not 9.",
        81: "That is for nine places. How many are there?",
        100: "That is the number of pixels.",
    },
)

predict_iou = Predict(
    "Two boxes of 4 × 4 pixels; the second lies two rows below and two columns to the right of the first. "
    "What is their intersection over union? (A fraction will do.)",
    answer=1 / 7,
    because="They share 2 · 2 = 4 pixels and cover 16 + 16 − 4 = 28: 4/28 = 1/7.",
    slips={
        0.25: "4 of 16 is the share of one box. Divide by all that the two cover.",
        3 / 7: "12 of the 28 pixels belong to one box alone. How many belong to both?",
        100 / 7: "As a fraction of 1, not in percent.",
        0.125: "What both cover counts once: 16 + 16 − 4.",
        4: "Those are the pixels they share. Divide by those they cover together.",
        28: "Those are the pixels they cover. Which part of them do they share?",
        7: "Turn it around.",
        0.5: "They share two rows and two columns: 2 · 2 pixels, not half of them.",
        1 / 3: "4 of 12? The union is what at least one of them covers.",
        0: "They overlap in a corner.",
    },
)

predict_kept = Predict(
    "Three boxes: A with share 0.9, B with 0.8, C with 0.7. A and B have an IoU of 0.6, "
    "B and C of 0.5, A and C of 0.1. Drop what overlaps a kept box by more than 0.3. How many are kept?",
    answer=2,
    because="A is kept, and drops B. C overlaps A by 0.1 only; and B, which is gone, drops nothing: A and C.",
    slips={
        1: "B is gone when C has its turn: only kept boxes drop others.",
        3: "A and B overlap by more than 0.3.",
        0: "The best one is always kept.",
        0.9: "How many boxes, not which share.",
    },
)

predict_scores = PredictCells(
    "A detector draws five boxes. Three of them are right. On the sheet there are four digits. "
    "How large are precision and recall?",
    answer=[[0.6, 0.75]],
    names=("precision", "recall"),
    because="Three of five boxes are right, and three of four digits were found.",
    slips=[
        ([[0.75, 0.6]], "Precision divides by the boxes, recall by the digits."),
        ([[0.4, 0.25]], "That is the share of wrong boxes, and of missed digits."),
        ([[0.8, 0.8]], "Divide by the boxes for precision, by the digits for recall."),
        (
            [[3, 3]],
            "That is the number of right ones. Precision divides it by the boxes, recall by the digits.",
        ),
        ([[5, 4]], "Divide the three right ones by it."),
        ([[60, 75]], "As shares between 0 and 1, not in percent."),
    ],
)


predict_larger = Predict(
    "A transposed convolution stamps a kernel of 3 × 3 for each number of a 5 × 5 map, with stride 2. "
    "How many rows does the result have?",
    answer=11,
    because="The last stamp begins 4 · 2 = 8 rows below the first, and reaches over 3 rows: 8 + 3.",
    slips={
        10: "With stamps of 2 × 2 it would be twice the rows. Where does the last stamp of 3 × 3 end?",
        15: "That would be stamps side by side, 3 apart. They lie 2 apart, and overlap.",
        7: "That would be stamps 1 apart.",
        12: "The first stamp begins at row 0, the last one 8 rows below it.",
        13: "Between five stamps lie four steps, not five.",
        121: "That is the number of all pixels. How many rows?",
        2: "An ordinary convolution would make 2 of 5. The transposed one makes the map larger.",
        3: "An ordinary convolution makes maps smaller. The transposed one makes them larger.",
        5: "That is what comes in.",
        8: "There the last stamp begins. It reaches over 3 rows.",
    },
)


def _found(rng):
    digits, found, none = rng.integers([1, 0, 1], [9, 9, 5]).tolist()
    truth = np.append(rng.permutation(digits)[:found], [-1] * none)
    return rng.permutation(truth), digits


@exercise(
    cases=[
        (np.array([0, -1, 2, 1, -1]), 4),
        (np.array([-1, 0]), 2),
        (np.array([3, 0, -1]), 5),
        (np.array([-1, -1, -1]), 4),
        (np.array([1, 0, 2]), 3),
        (np.array([2]), 6),
    ],
    draw=_found,
    hints=[
        "How many boxes are right? Those whose number in truth is not −1.",
        "Precision divides them by the boxes, len(truth), recall by the digits.",
        "right = np.sum(truth >= 0), then np.array([right / len(truth), …])",
    ],
)
def precision_and_recall(truth, digits):
    right = np.sum(truth >= 0)
    return np.array([right / len(truth), right / digits])


def _rates(right, boxes, digits):
    return np.array([right / boxes, right / digits])


precision_and_recall.mistake("The digit with the number 0 was found too: −1 alone means none.")(
    lambda t, d: _rates(np.sum(t > 0), len(t), d)
)
precision_and_recall.mistake(
    "Turned around: first the precision (of the boxes), then the recall (of the digits)."
)(lambda t, d: _rates(np.sum(t >= 0), len(t), d)[::-1].copy())
precision_and_recall.mistake("Recall is about the digits: divide by how many there are on the sheet.")(
    lambda t, d: _rates(np.sum(t >= 0), len(t), len(t))
)
precision_and_recall.mistake("Precision is about the boxes: divide by how many were drawn.")(
    lambda t, d: _rates(np.sum(t >= 0), d, d)
)
precision_and_recall.mistake("That is the share of wrong boxes, and of missed digits.")(
    lambda t, d: 1 - _rates(np.sum(t >= 0), len(t), d)
)
precision_and_recall.mistake("Those are the boxes that are wrong: −1 means that a box has found no digit.")(
    lambda t, d: _rates(np.sum(t < 0), len(t), d)
)
precision_and_recall.mistake(
    "A number in truth says which digit was found; do not add these numbers, count them."
)(lambda t, d: _rates(t[t >= 0].sum(), len(t), d))
precision_and_recall.mistake(
    "np.count_nonzero counts −1 too, and leaves out the digit 0: ask which are at least 0."
)(lambda t, d: _rates(np.count_nonzero(t), len(t), d))
precision_and_recall.mistake(
    "Precision is about all boxes: len(truth), not only the different numbers in it."
)(lambda t, d: _rates(np.sum(t >= 0), len(set(t.tolist())), d))
precision_and_recall.mistake("As shares between 0 and 1, not in percent.")(
    lambda t, d: 100 * _rates(np.sum(t >= 0), len(t), d)
)
precision_and_recall.mistake("That is how many are right. Divide by the boxes, and by the digits.")(
    lambda t, d: np.array([np.sum(t >= 0)] * 2)
)
precision_and_recall.mistake(
    "Boxes and digits are not to be added up: two quotients, each with its own divisor."
)(lambda t, d: _rates(np.sum(t >= 0), len(t) + d, len(t) + d))
precision_and_recall.mistake("One number: return both, the precision and the recall.")(
    lambda t, d: np.sum(t >= 0) / len(t)
)
precision_and_recall.mistake("Whole numbers only: // cuts off what is behind the point.")(
    lambda t, d: np.array([np.sum(t >= 0) // len(t), np.sum(t >= 0) // d])
)


precision_and_recall.mistake(
    "Precision divides by all boxes, the right ones among them, not by the wrong ones."
)(lambda t, d: _rates(np.sum(t >= 0), np.sum(t < 0), d) if np.any(t < 0) else _rates(len(t), len(t), d))
precision_and_recall.mistake(
    "The argument digits says how many there are. The largest number in truth does not: others may be missed."
)(lambda t, d: _rates(np.sum(t >= 0), len(t), max(1, t.max() + 1)))
precision_and_recall.mistake("The recall is the share of the digits that were found, not of those missed.")(
    lambda t, d: np.array([np.sum(t >= 0) / len(t), 1 - np.sum(t >= 0) / d])
)
precision_and_recall.mistake("The last digit has the number digits − 1, and it may be found, too.")(
    lambda t, d: _rates(np.sum((t >= 0) & (t < d - 1)), len(t), d)
)
precision_and_recall.mistake("If no box is right, the precision is 0: none of the boxes.")(
    lambda t, d: _rates(np.sum(t >= 0), len(t), d) if np.any(t >= 0) else np.array([1.0, 0.0])
)


@precision_and_recall.mistake("The second number is the F1 score. Return the recall.")
def _(truth, digits):
    precision, recall = _rates(np.sum(truth >= 0), len(truth), digits)
    return np.array([precision, 2 * precision * recall / (precision + recall) if recall else 0.0])


def _box(rng):
    """Return a box at random: whole numbers, or quarters, some of them negative."""
    top, left, height, width = rng.integers([0, 0, 1, 1], [6, 6, 9, 9]).tolist()
    if rng.random() < 0.5:
        top, left, height, width = top - 2.75, left - 3.5, height / 2 + 0.25, width / 4 + 1
    return [top, left, top + height, left + width]


@exercise(
    cases=[
        ([0, 0, 2, 2], [0, 1, 2, 3]),
        ([0, 0, 4, 4], [2, 2, 6, 6]),
        ([1, 1, 5, 3], [2, 0, 3, 9]),
        ([3, 1, 5, 4], [0, 2, 4, 6]),
        ([0, 0, 2, 2], [3, 3, 5, 6]),
        ([0, 0, 3, 2], [1, 4, 2, 7]),
        ([0, 0, 2, 2], [2, 0, 5, 1]),
        ([2, 3, 6, 9], [2, 3, 6, 9]),
        ([0, 0, 8, 8], [2, 2, 4, 5]),
        ([-3, -2, 1, 2.5], [-1, 0.5, 4, 2]),
        ([2000, 1000, 5000, 4000], [3000, 500, 6000, 2500]),
        ([0.25, 0.25, 0.75, 1], [0.5, 0, 1.5, 0.5]),
    ],
    draw=lambda rng: (_box(rng), _box(rng)),
    hints=[
        "What they share is a box too: its top is the larger top, its bottom the smaller bottom.",
        "If its bottom is above its top, they share nothing: max(height, 0) * max(width, 0).",
        "The union is one area plus the other, minus what they share, which was counted twice.",
    ],
)
def iou(box, other):
    height = min(box[2], other[2]) - max(box[0], other[0])
    width = min(box[3], other[3]) - max(box[1], other[1])
    shared = max(height, 0) * max(width, 0)
    areas = [(each[2] - each[0]) * (each[3] - each[1]) for each in (box, other)]
    return shared / (areas[0] + areas[1] - shared)


def _parts(a, b):
    """Return the shared height and width, which may be negative, and both areas; a twin may divide by 0."""
    return (
        min(a[2], b[2]) - max(a[0], b[0]),
        min(a[3], b[3]) - max(a[1], b[1]),
        np.float64((a[2] - a[0]) * (a[3] - a[1])),
        np.float64((b[2] - b[0]) * (b[3] - b[1])),
    )


def _shared(a, b):
    height, width, _, _ = _parts(a, b)
    return max(height, 0) * max(width, 0)


def _hull(a, b):
    return (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))


iou.mistake("That is the area they share. Divide it by the area they cover together.")(_shared)
iou.mistake("What both cover counts once in the union: take the shared area away from the sum.")(
    lambda a, b: _shared(a, b) / sum(_parts(a, b)[2:])
)
iou.mistake("That divides by the first box alone. The union is what at least one of them covers.")(
    lambda a, b: _shared(a, b) / _parts(a, b)[2]
)
iou.mistake("That divides by the smaller box. The union is what at least one of them covers.")(
    lambda a, b: _shared(a, b) / min(_parts(a, b)[2:])
)
iou.mistake("That divides by the larger box. The union is what at least one of them covers.")(
    lambda a, b: _shared(a, b) / max(_parts(a, b)[2:])
)


@iou.mistake("Boxes that do not meet: height or width is negative. Take 0 then.")
def _(a, b):
    height, width, one, other = _parts(a, b)
    return height * width / (one + other - height * width)


@iou.mistake("Two negative sides give a positive area: each side must be at least 0, before you multiply.")
def _(a, b):
    height, width, one, other = _parts(a, b)
    shared = max(height * width, 0)
    return shared / (one + other - shared)


@iou.mistake("Bottom and right are exclusive, as in slices: the height is bottom − top, without 1 more.")
def _(a, b):
    a, b = ([*each[:2], each[2] + 1, each[3] + 1] for each in (a, b))
    return _shared(a, b) / (_parts(a, b)[2] + _parts(a, b)[3] - _shared(a, b))


@iou.mistake("Bottom and right are exclusive: what they share has no 1 more in height and width either.")
def _(a, b):
    height, width, one, other = _parts(a, b)
    shared = max(height + 1, 0) * max(width + 1, 0)
    return shared / (one + other - shared)


@iou.mistake(
    "min and max changed places: what they share begins at the larger top and left, and ends "
    "at the smaller bottom and right."
)
def _(a, b):
    height, width = max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1])
    return height * width / (sum(_parts(a, b)[2:]) - height * width)


@iou.mistake("A box need not begin in the corner: its area is (bottom − top) · (right − left).")
def _(a, b):
    return _shared(a, b) / (a[2] * a[3] + b[2] * b[3] - _shared(a, b))


@iou.mistake("The last two numbers are bottom and right, not height and width.")
def _(a, b):
    a, b = ([top, left, top + height, left + width] for top, left, height, width in (a, b))
    return _shared(a, b) / (_parts(a, b)[2] + _parts(a, b)[3] - _shared(a, b))


iou.mistake("The union is no rectangle: areas of both, minus what they share.")(
    lambda a, b: _shared(a, b) / _hull(a, b)
)
iou.mistake("Twice the shared area by the sum of both is another measure (Dice).")(
    lambda a, b: 2 * _shared(a, b) / sum(_parts(a, b)[2:])
)
iou.mistake("Turned around: shared by covered, a number from 0 to 1.")(
    lambda a, b: (sum(_parts(a, b)[2:]) - _shared(a, b)) / max(_shared(a, b), 1)
)
iou.mistake("That is the union. Which part of it do they share?")(
    lambda a, b: sum(_parts(a, b)[2:]) - _shared(a, b)
)
iou.mistake("1 minus it would be a distance; the overlap itself is asked for.")(
    lambda a, b: 1 - _shared(a, b) / (sum(_parts(a, b)[2:]) - _shared(a, b))
)


def _quotient(a, b):
    """Return the IoU of two boxes; 0 if neither has an area."""
    union = sum(_parts(a, b)[2:]) - _shared(a, b)
    return _shared(a, b) / union if union else 0.0


iou.mistake("The numbers need not be whole: yours cuts off what is behind the point.")(
    lambda a, b: _quotient([int(number) for number in a], [int(number) for number in b])
)
iou.mistake("The numbers may be negative: a box goes on beyond 0.")(
    lambda a, b: _quotient([max(0, number) for number in a], [max(0, number) for number in b])
)
iou.mistake("The order is top, left, bottom, right. Yours takes the first two for top and bottom.")(
    lambda a, b: _quotient([a[k] for k in (0, 2, 1, 3)], [b[k] for k in (0, 2, 1, 3)])
)


@iou.mistake(
    "Yours takes the first box to lie above and left of the other. The shared part begins at the larger top "
    "and left, and ends at the smaller bottom and right."
)
def _(a, b):
    shared = max(a[2] - b[0], 0) * max(a[3] - b[1], 0)
    return shared / (sum(_parts(a, b)[2:]) - shared)


@iou.mistake(
    "Two boxes can cross with no corner of either one in the other: they share something there, too."
)
def _(a, b):
    def has_corner_in(one, two):
        rows = any(two[0] <= one[k] <= two[2] for k in (0, 2))
        return rows and any(two[1] <= one[k] <= two[3] for k in (1, 3))

    return _quotient(a, b) if has_corner_in(a, b) or has_corner_in(b, a) else 0.0


iou.mistake("The numbers need not be whole: yours rounds them.")(
    lambda a, b: _quotient([round(number) for number in a], [round(number) for number in b])
)
iou.mistake("A negative side means that the boxes do not meet: take 0 then, not its size.")(
    lambda a, b: _of_sides(np.abs(_parts(a, b)[0]), np.abs(_parts(a, b)[1]), a, b)
)
iou.mistake("It is enough that one of the two sides is negative: then the boxes do not meet.")(
    lambda a, b: 0.0 if max(_parts(a, b)[:2]) < 0 else _of_sides(*_parts(a, b)[:2], a, b)
)
iou.mistake("One box inside the other does not make it 1: the rest of the larger one counts, too.")(
    lambda a, b: 1.0 if _shared(a, b) == min(_parts(a, b)[2:]) else _quotient(a, b)
)


def _of_sides(height, width, a, b):
    """Return what the IoU would be if the shared part had these sides."""
    return height * width / (sum(_parts(a, b)[2:]) - height * width)


def _matrix(*upper):
    """Return a symmetric matrix of overlaps from the numbers above its diagonal, row by row."""
    size = int((1 + np.sqrt(1 + 8 * len(upper))) / 2)
    matrix = np.eye(size)
    matrix[np.triu_indices(size, 1)] = upper
    return np.maximum(matrix, matrix.T)


def _overlapping(rng):
    count = int(rng.integers(3, 7))
    overlaps = _matrix(*rng.integers(0, 9, count * (count - 1) // 2) / 8)
    return overlaps, rng.integers(0, 13, count) / 12, int(rng.integers(0, 8)) / 8


@exercise(
    cases=[
        (_matrix(0.6, 0.1, 0.5), np.array([0.9, 0.8, 0.7]), 0.3),
        (_matrix(0.6, 0.6, 0.6), np.array([0.9, 0.8, 0.7]), 0.3),
        (_matrix(0.1, 0.6, 0.5), np.array([0.2, 0.8, 0.7]), 0.3),
        (_matrix(0.3, 0, 0.2), np.array([0.5, 0.9, 0.6]), 0.3),
        (_matrix(0, 0.4, 0, 0.1, 0.2, 0.6, 0.2, 0, 0.7, 0), np.array([0.3, 0.9, 0.6, 0.8, 0.95]), 0.35),
        (_matrix(0.5, 0.5, 0.5, 0, 0.4, 0.4), np.array([0.4, 0.6, 0.7, 0.5]), 0.45),
        (_matrix(0.6, 0, 0.1), np.array([0.5, 0.5, 0.5]), 0.3),
        (np.array([[1.0]]), np.array([0.25]), 0.5),
        (_matrix(0.6, 0.1, 0.2), np.array([0.75, 0.5, 0]), 0.3),  # a share of 0
    ],
    draw=_overlapping,
    hints=[
        "np.argsort(-scores, kind='stable') lists the stretches, the best first.",
        "Go through that list. Keep a stretch if it overlaps none of those kept so far by more than limit.",
        "for one in order: if all(overlaps[one, other] <= limit for other in kept): kept.append(one)",
    ],
)
def suppress(overlaps, scores, limit):
    left = list(np.argsort(-scores, kind="stable"))
    kept = []
    while left:
        best = left.pop(0)
        kept.append(int(best))
        left = [other for other in left if overlaps[best, other] <= limit]
    return kept


def _best_first(scores):
    return [int(k) for k in np.argsort(-scores, kind="stable")]


def _walk(overlaps, scores, limit, order, against):
    """Go through boxes in order; drop one that overlaps any of those that ``against`` lists."""
    kept, seen = [], []
    for box in order:
        if all(overlaps[box, other] <= limit for other in against(kept, seen)):
            kept.append(box)
        seen.append(box)
    return kept


def _kept(o, s, limit):
    return _walk(o, s, limit, _best_first(s), lambda kept, seen: kept)


suppress.mistake("Begin with the largest score, not the smallest.")(
    lambda o, s, m: _walk(o, s, m, _best_first(-s), lambda kept, seen: kept)
)
suppress.mistake("Go through them by score, not in the order they come in.")(
    lambda o, s, m: _walk(o, s, m, range(len(s)), lambda kept, seen: kept)
)
suppress.mistake(
    "Of equal scores the smaller number comes first: np.argsort(-scores, kind='stable'). Turning a sorted "
    "list around with [::-1] turns ties around, too."
)(lambda o, s, m: _walk(o, s, m, np.argsort(s, kind="stable")[::-1].tolist(), lambda kept, seen: kept))
suppress.mistake("Return the kept ones best first, not in the order they came in.")(
    lambda o, s, m: sorted(_kept(o, s, m))
)
suppress.mistake(
    "Nothing is dropped: leave out what overlaps a kept stretch by more than the limit. (A for loop "
    "goes on over the old list when you make a new one.)"
)(lambda o, s, m: _best_first(s))
suppress.mistake("Only the best of all is left. Those that do not overlap it have their turn too.")(
    lambda o, s, m: [int(np.argmax(s))]
)
suppress.mistake("What was dropped drops nothing: compare with what is kept only.")(
    lambda o, s, m: _walk(o, s, m, _best_first(s), lambda kept, seen: seen)
)
suppress.mistake("Compare with every kept stretch, not with the very best only.")(
    lambda o, s, m: _walk(o, s, m, _best_first(s), lambda kept, seen: kept[:1])
)
suppress.mistake("Compare with every kept stretch, not with the last one only.")(
    lambda o, s, m: _walk(o, s, m, _best_first(s), lambda kept, seen: kept[-1:])
)
suppress.mistake("An overlap that equals the limit is allowed: drop what is above it.")(
    lambda o, s, m: _walk(o, s, m - 1e-9, _best_first(s), lambda kept, seen: kept)
)
suppress.mistake("That keeps what overlaps and drops the rest.")(
    lambda o, s, m: [k for k in _best_first(s) if o[k, int(np.argmax(s))] > m]
)


@suppress.mistake(
    "You remove from the list that the loop walks over: then the loop skips the next one. "
    "Build a new list of those that stay."
)
def _(overlaps, scores, limit):
    """Take boxes out of the list that the loop walks over: the one behind each of them is skipped."""
    left, kept = _best_first(scores), []
    while left:
        best = left.pop(0)
        kept.append(best)
        for other in left:
            if overlaps[best, other] > limit:
                left.remove(other)
    return kept


@suppress.mistake(
    "Both loops walk over the one list while you remove from it, and skip some of them. "
    "Build a new list of those that are kept."
)
def _(overlaps, scores, limit):
    """Do the same with two loops over the one list; each can skip boxes of the other."""
    left = _best_first(scores)
    for best in left:
        for other in left:
            if other != best and overlaps[best, other] > limit:
                left.remove(other)
    return left


@suppress.mistake(
    "You remove from the list that the loops walk over, the best one itself included, "
    "and they skip some. Build a new list of those that are kept."
)
def _(overlaps, scores, limit):
    """Forget that the best box is in the list, too."""
    left, kept = _best_first(scores), []
    for best in left:
        kept.append(best)
        for other in left:
            if overlaps[best, other] > limit:
                left.remove(other)
    return kept


suppress.mistake("Every stretch overlaps itself by 1: do not compare it with itself.")(
    lambda o, s, m: [k for k in _best_first(s) if (o[k] <= m).all()]
)


@suppress.mistake("Those are places in the list of what is left. Which stretches are they?")
def _(overlaps, scores, limit):
    """Say where each kept box stands among those that are left, not which box it is."""
    kept = []
    while len(scores):
        kept.append(int(np.argmax(scores)))
        left = overlaps[kept[-1]] <= limit
        overlaps, scores = overlaps[left][:, left], scores[left]
    return kept


suppress.mistake("Drop what overlaps a kept stretch, not all that overlaps any.")(
    lambda o, s, m: [k for k in _best_first(s) if (o[k] > m).sum() == 1]
)
suppress.mistake("Return the numbers of the stretches, not their scores.")(lambda o, s, m: s[_kept(o, s, m)])


@suppress.mistake("Return the numbers of the kept boxes, not 1 and 0 for each.")
def _(overlaps, scores, limit):
    mask = np.zeros(len(scores), dtype=int)
    mask[_kept(overlaps, scores, limit)] = 1
    return mask


suppress.mistake("Count from 0.")(lambda o, s, m: [k + 1 for k in _kept(o, s, m)])
suppress.mistake("That is how many are kept. Which ones?")(lambda o, s, m: len(_kept(o, s, m)))


suppress.mistake("The limit is an argument: use it, whatever it is, not 0.3.")(
    lambda o, s, m: _kept(o, s, 0.3)
)
suppress.mistake("Those are places in the sorted list. Which stretches stand there?")(
    lambda o, s, m: [_best_first(s).index(k) for k in _kept(o, s, m)]
)
suppress.mistake("Those are the stretches that are dropped. Return the others.")(
    lambda o, s, m: [k for k in range(len(s)) if k not in _kept(o, s, m)]
)
suppress.mistake(
    "The limit is for overlaps only: a stretch with a low share stays if it overlaps none that is kept."
)(lambda o, s, m: _walk(o, s, m, [k for k in _best_first(s) if s[k] >= m], lambda kept, seen: kept))
suppress.mistake("Turned around: what overlaps by more than the limit is dropped, the rest stays.")(
    lambda o, s, m: _walk(-o, s, -m - 1e-9, _best_first(s), lambda kept, seen: kept)
)


@suppress.mistake("A share of 0 counts, too: such a stretch is kept if it overlaps none that is kept.")
def _(overlaps, scores, limit):
    return [k for k in _kept(overlaps, scores, limit) if scores[k] > 0]


@suppress.mistake(
    "The scores are sorted, the overlaps are not: overlaps[i, j] speaks of stretches by their own numbers."
)
def _(overlaps, scores, limit):
    order = _best_first(scores)
    return [order[k] for k in _walk(overlaps, scores, limit, range(len(order)), lambda kept, seen: kept)]


@suppress.mistake("Two that overlap and have equal scores do not drop each other: the smaller number stays.")
def _(overlaps, scores, limit):
    kept = []
    for one in _best_first(scores):
        equal = (overlaps[one] > limit) & (scores == scores[one])
        if all(overlaps[one, other] <= limit for other in kept) and equal.sum() == 1:
            kept.append(one)
    return kept


def _notes(rng):
    loudness = rng.integers(-4, 9, rng.integers(1, 6)) / rng.choice([1, 2, 4])
    sound = rng.integers(-8, 9, rng.integers(1, 7)) / rng.choice([1, 2, 4])
    return loudness, sound, int(rng.integers(1, 6))


@exercise(
    cases=[
        (np.array([1.0, 10]), np.array([1.0, 2, 3]), 2),
        (np.array([2.0, 0, 1]), np.array([4.0, 2, 1]), 2),
        (np.array([1.0, -1, 0.5]), np.array([1.0, 0.5]), 4),
        (np.array([3.0]), np.array([1.0, -2, 0.5]), 3),
        (np.array([1.0, 2, 3, 4]), np.array([5.0, 1, -1, 2, 3]), 1),
        (np.array([0.5, 0.25, 1]), np.array([2.0]), 3),
        (np.array([1.0, 1, 1, 1]), np.array([1.0, 1, 1]), 2),
        (np.array([1, 2, 3]), np.array([1, 0, 2, 5]), 3),
    ],
    draw=_notes,
    hints=[
        "How long is it all? The last note begins (len(loudness) − 1) · gap numbers after the first.",
        "Begin with zeros of that length plus the length of the sound, and add one note after the other.",
        "for k, loud in enumerate(loudness): out[k * gap : k * gap + len(sound)] += loud * sound",
    ],
)
def ring(loudness, sound, gap):
    out = np.zeros((len(loudness) - 1) * gap + len(sound))
    for k, loud in enumerate(loudness):
        out[k * gap : k * gap + len(sound)] += loud * sound
    return out


def _ring(loudness, sound, gap, length=None, join=np.add):
    """Return what ``ring`` returns, or what it would with another length, or another sum."""
    starts = [k * gap for k in range(len(loudness))]
    whole = np.zeros(max(starts) + len(sound))
    for start, loud in zip(starts, loudness, strict=True):
        here = whole[start : start + len(sound)]
        here[:] = join(here, loud * sound)
    length = len(whole) if length is None else length
    return np.concatenate([whole, np.zeros(max(length - len(whole), 0))])[:length]


ring.mistake("What sounds at the same time adds up: use += where yours replaces what was there.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap, join=lambda _, new: new)
)
ring.mistake("What sounds at the same time adds up; yours keeps what was there first.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap, join=lambda old, new: np.where(old, old, new))
)
ring.mistake("What sounds at the same time adds up; yours keeps the larger of the two.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap, join=np.maximum)
)
ring.mistake("Notes begin gap numbers apart; yours begin 1 apart.")(
    lambda loudness, sound, gap: _ring(loudness, sound, 1)
)
ring.mistake("Notes begin gap numbers apart, while the one before may still sound; yours waits for its end.")(
    lambda loudness, sound, gap: _ring(loudness, sound, len(sound))
)
ring.mistake("gap counts from the beginning of one note to the beginning of the next, not from its end.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap + len(sound))
)
ring.mistake("Between two beginnings lie gap steps, not gap + 1.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap + 1)
)
ring.mistake("The first note begins at once, not after a gap.")(
    lambda loudness, sound, gap: np.concatenate([np.zeros(gap), _ring(loudness, sound, gap)])
)
ring.mistake("Each note sounds times its loudness; yours are all equally loud.")(
    lambda loudness, sound, gap: _ring(np.ones(len(loudness)), sound, gap)
)
ring.mistake("The sound is played as it is; yours runs from its end to its beginning.")(
    lambda loudness, sound, gap: _ring(loudness, sound[::-1], gap)
)
ring.mistake("The notes come in their order; yours from the last to the first.")(
    lambda loudness, sound, gap: _ring(loudness[::-1], sound, gap)
)
ring.mistake("It ends with the last number of the last note; yours goes on too long.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap, len(loudness) * gap + len(sound))
)
ring.mistake("It ends with the last number of the last note; yours makes one number too many.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap, (len(loudness) - 1) * gap + len(sound) + 1)
)
ring.mistake("The last note sounds to its end; yours is cut off one number too early.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap)[:-1]
)
ring.mistake("The last note is missing.")(lambda loudness, sound, gap: _ring([*loudness[:-1], 0], sound, gap))
ring.mistake("The length is (number of notes − 1) · gap, and then one whole sound.")(
    lambda loudness, sound, gap: _ring(loudness, sound, gap, len(loudness) * gap)
)
ring.mistake("The numbers need not be whole: yours cuts off what is behind the point.")(
    lambda loudness, sound, gap: np.trunc(_ring(loudness, sound, gap))
)
ring.mistake("Numbers may be negative, too: yours takes their sizes.")(
    lambda loudness, sound, gap: np.abs(_ring(loudness, sound, gap))
)
ring.mistake(
    "That is an ordinary convolution with a stride: it makes the list shorter. Here each number stamps."
)(
    lambda loudness, sound, gap: np.array(
        [
            np.dot(loudness[at : at + len(sound)], sound)
            for at in range(0, max(len(loudness) - len(sound) + 1, 0), gap)
        ]
    )
)
