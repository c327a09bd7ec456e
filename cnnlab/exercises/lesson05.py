"""Predictions and exercises of lesson 05, Bend the line with ReLU."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_sum = Predict(
    "A map holds 5/9, −3/9, −1/9 and 1/9. Bend each number with ReLU, then add the four up. "
    "Write a fraction.",
    answer=6 / 9,
    unit=9,
    because="5/9 and 1/9 stay, the other two become 0: 6/9.",
    slips={
        2 / 9: "That is the sum before bending: the negative numbers still take away from it.",
        10 / 9: "The negative numbers become 0; they do not become positive.",
        -4 / 9: "ReLU keeps the positive numbers, not the negative ones.",
        6: "Six of what? Write it as ninths.",
        4 / 9: "There are two positive numbers: 5/9 and 1/9. Add them.",
    },
)

predict_two_filters = Predict(
    "Two 3 × 3 filters in a row, with nothing between them, do what one larger filter does. "
    "How many weights wide is that filter?",
    answer=5,
    because="The second filter sees 3 × 3 places of the first, and these see 5 × 5 pixels.",
    slips={
        3: "A 3 × 3 filter sees three pixels across. Each of those has itself seen three.",
        6: "The three pixels of neighboring places overlap.",
        9: "The three pixels of neighboring places overlap: they move on by one.",
        7: "Three filters in a row act like one that is 7 wide. Here there are two.",
        25: "That is how many weights it has in all. How many in a row?",
    },
)

predict_xor = Predict(
    "What does the network ReLU(x+y) + ReLU(−x−y) − ReLU(x−y) − ReLU(y−x) give for x = 5, y = 2?",
    answer=4,
    because="7 + 0 − 3 − 0 = 4: positive, because 5 and 2 have the same sign.",
    slips={
        10: "The last two terms are subtracted.",
        0: "Without ReLU all four cancel. Replace the negative ones, −7 and −3, by 0 first.",
        -4: "The first two terms are added, the last two subtracted.",
        7: "ReLU(x − y) = 3 still has to be subtracted.",
        -3: "ReLU(x + y) = 7 is added.",
    },
)

predict_slope = Predict(
    "How steep is the sigmoid where it is steepest, at 0? "
    "(Its slope is sigmoid(x) · (1 − sigmoid(x)), and sigmoid(0) is 1/2.)",
    answer=1 / 4,
    unit=4,
    because="1/2 · (1 − 1/2) = 1/4.",
    slips={
        1 / 2: "That is its height at 0, not its slope.",
        1: "That is the slope of tanh at 0, and of ReLU to the right of it.",
        0: "It is flat far out, not at 0.",
    },
)

predict_silent = Predict(
    "A 3 × 3 filter of weights 1 and −1 looks at pixels of 1 and −1. A bias is added to its sum, then comes "
    "ReLU. What is the highest bias for which the result is 0, whatever the image?",
    answer=-9,
    because="A perfect match sums to 9, and nothing sums to more: 9 − 9 = 0.",
    slips={
        -10: "It is silent at −10, too, but is there no higher bias?",
        -8: "A perfect match sums to 9, and 9 − 8 = 1 is above 0.",
        9: "A bias of 9 raises every sum. It has to be pulled down.",
        0: "Without a bias a perfect match gives 9.",
        -1: "Only if the sum were divided by nine. Here it is not: a perfect match gives 9.",
        -12: "It is silent at −12, too, but is there no higher bias?",
    },
)

# Fractions, zeros, thousands, one number alone, a column; and a slope of 0 and of 1 beside them.
NUMBERS = [
    (np.array([2.0, -3.0]),),
    (np.array([-3.0, -1.0]),),
    (np.array([-0.5, 0.0, 0.5]),),
    (np.array([[-2.0, 3.0, 1.0], [0.25, -7.0, -1.0]]),),
    (np.array([[-1.0, 1000.0, -1000.0]]),),
    (np.array([[-4.0], [6.0]]),),
    (np.array([-2500.5, 7.125]),),
    (np.array([3, -5, 8, 0]),),  # whole numbers, which must not make whole numbers of the results
]
SLOPES = (0.1, 0.1, 0.5, 0.01, 0.3, 0.0, 1.0, 0.25)
TOPS = (6, 6, 0.25, 1.5, 250, 6.0, 7.0, 4.5)


def _numbers(rng):
    """Return an array of one or two axes: fractions, and sometimes thousands."""
    shape = sides(rng, 1, 6) if rng.integers(2) else sides(rng, 1, 6, 1)
    return 3 * quarters(rng, *shape) * (1 if rng.integers(4) else 1000)


@exercise(
    cases=[(*case, slope, top) for case, slope, top in zip(NUMBERS, SLOPES, TOPS, strict=True)],
    draw=lambda rng: (_numbers(rng), float(rng.integers(21) / 20), float(rng.integers(1, 25) / 4)),
    hints=[
        "np.where(condition, a, b) takes from a where the condition holds, and from b elsewhere.",
        "First the leak: x where x is above 0, else slope * x. Then what is above top becomes top.",
        "np.minimum(np.where(x > 0, x, slope * x), top)",
    ],
)
def leaky_clipped(x, slope, top):
    return np.minimum(np.where(x > 0, x, slope * x), top)


def _both(below, above=np.minimum, first=lambda x, t: x):
    """Return a twin that does something else with the numbers below 0, or above the top, or with all."""
    return lambda x, s, t: np.where(x < 0, below(first(x, t), s), above(first(x, t), t))


leaky_clipped.mistake("Negative numbers become 0 in yours; they should be multiplied by slope.")(
    _both(lambda x, s: 0 * x)
)
leaky_clipped.mistake(
    "Negative numbers are always multiplied by 0.01 in yours; use the slope that is given."
)(_both(lambda x, s: 0.01 * x))
leaky_clipped.mistake("Negative numbers stay as they are in yours; multiply them by slope.")(
    _both(lambda x, s: x)
)
leaky_clipped.mistake("Negative numbers turn positive in yours.")(_both(lambda x, s: -s * x))
leaky_clipped.mistake("The slope stands in place of the negative numbers; multiply them by it.")(
    _both(lambda x, s: s + 0 * x)
)
leaky_clipped.mistake("The slope is subtracted from negative numbers; multiply them by it.")(
    _both(lambda x, s: x - s)
)
leaky_clipped.mistake("Nothing is cut off at the top.")(_both(lambda x, s: s * x, lambda x, t: x))
leaky_clipped.mistake("Beyond top yours falls back to 0; it should stay at top.")(
    _both(lambda x, s: s * x, lambda x, t: np.where(x > t, 0, x))
)
leaky_clipped.mistake("The top is 6 in yours, whatever is given.")(
    _both(lambda x, s: s * x, lambda x, t: np.minimum(x, 6))
)
leaky_clipped.mistake("Numbers from 0 to top are all raised to top: take the smaller of the two.")(
    _both(lambda x, s: s * x, np.maximum)
)
leaky_clipped.mistake("Beyond top yours goes on with the slope; it should stay at top.")(
    lambda x, s, t: np.where(x < 0, s * x, np.minimum(x, t) + s * np.maximum(x - t, 0))
)
leaky_clipped.mistake("Yours is cut off at −top as well; below 0 only the slope counts.")(
    lambda x, s, t: np.clip(np.where(x < 0, s * x, x), -t, t)
)
leaky_clipped.mistake("All numbers are multiplied by slope in yours; the positive ones should stay.")(
    lambda x, s, t: np.minimum(s * x, t)
)

leaky_clipped.mistake("Yours cuts off at −top before the leak; below 0 only the slope counts.")(
    _both(lambda x, s: s * x, np.minimum, first=lambda x, t: np.clip(x, -t, t))
)
leaky_clipped.mistake("slope and top have changed places in yours.")(
    lambda x, s, t: np.where(x < 0, t * x, np.minimum(x, s))
)
leaky_clipped.mistake("A slope of 0 is a slope like any other: yours takes it for a missing one.")(
    _both(lambda x, s: (s or 0.01) * x)
)
leaky_clipped.mistake("If one number is negative yours multiplies all of them: look at each by itself.")(
    lambda x, s, t: np.minimum(s * x if (x < 0).any() else x, t)
)
leaky_clipped.mistake("Negative numbers are divided by slope; multiply them by it.")(
    _both(lambda x, s: np.divide(x, s))
)
leaky_clipped.mistake("The fraction of top is lost in yours.")(
    lambda x, s, t: np.minimum(np.where(x < 0, s * x, x), int(t))
)
leaky_clipped.mistake("All numbers below top are raised to top: take the smaller of the two.")(
    lambda x, s, t: np.maximum(np.where(x < 0, s * x, x), t)
)
leaky_clipped.mistake("Positive numbers are divided by top in yours; up to top they should stay.")(
    _both(lambda x, s: s * x, lambda x, t: np.minimum(x, t) / t)
)
leaky_clipped.mistake("Numbers from 0 to 1 are multiplied by slope, too: the leak begins below 0.")(
    lambda x, s, t: np.where(x < 1, s * x, np.minimum(x, t))
)


@leaky_clipped.mistake(
    "Where x holds whole numbers, its copy does so too, and drops the fractions of what is put into it: "
    "collect in an array of floats."
)
def _(x, slope, top):
    out = x.copy()
    out[...] = np.minimum(np.where(x > 0, x, slope * x), top)
    return out


ABSOLUTE = ("numpy.abs", "numpy.absolute", "numpy.fabs", "math.fabs", "builtins.abs")


def _plane(rng):
    inner, outer = sorted(sides(rng, 0, 24))
    x, y = (1 if rng.integers(4) else 500) * quarters(rng, 2, *sides(rng, 1, 5))
    return x, y, inner / 4, outer / 4


@exercise(
    cases=[
        (np.array([3.0]), np.array([0.0]), 2, 4),
        (np.array([0.0, 1.0, -1.0, 5.0]), np.array([0.0, -1.0, 2.0, -3.0]), 2, 4),
        (np.array([[0.5, -2.25, 0.0]]), np.array([[-0.5, 0.0, -7.0]]), 0.5, 1.75),
        (np.array([1000.0, -20.0]), np.array([-3000.0, 0.25]), 0, 2000),
        (np.array([[-1.5], [4.0]]), np.array([[-1.5], [-4.0]]), 1, 3),
        (np.array([2, -1]), np.array([0, -3]), 0.5, 2.25),  # whole numbers, the results are none
    ],
    draw=_plane,
    hints=[
        "The size of a number a is ops.relu(a) + ops.relu(-a).",
        "First d, from x and y by four ReLUs. Then the size of d minus the middle, by two more.",
        "d = relu(x) + relu(-x) + relu(y) + relu(-y); away = d - (inner + outer) / 2; "
        "(outer - inner) / 2 - relu(away) - relu(-away)",
    ],
    without=ABSOLUTE,
    uses=(ops.relu,),
)
def ring(x, y, inner, outer):
    d = ops.relu(x) + ops.relu(-x) + ops.relu(y) + ops.relu(-y)
    away = d - (inner + outer) / 2
    return (outer - inner) / 2 - ops.relu(away) - ops.relu(-away)


def _size(a):
    return ops.relu(a) + ops.relu(-a)


def _along(x, y):
    return _size(x) + _size(y)


def _ring(distance, bent=_size):
    """Return a twin that measures the distance from the middle in another way, or bends it otherwise."""
    return lambda x, y, i, o: (o - i) / 2 - bent(distance(x, y) - (i + o) / 2)


ring.mistake("Negative x and y are left out: ReLU(−x) and ReLU(−y) belong to d, too.")(
    _ring(lambda x, y: ops.relu(x) + ops.relu(y))
)
ring.mistake("Yours takes the size of x + y; take those of x and of y, and add them.")(
    _ring(lambda x, y: _size(x + y))
)
ring.mistake("Yours is a band along x alone: y is left out of d.")(_ring(lambda x, y: _size(x)))
ring.mistake("d is x + y in yours: take the size of each first.")(_ring(lambda x, y: x + y))
ring.mistake("Yours measures in a straight line; the way along the axes is |x| + |y|.")(_ring(np.hypot))
ring.mistake("Yours takes the larger of |x| and |y|; d is their sum.")(
    _ring(lambda x, y: np.maximum(_size(x), _size(y)))
)
ring.mistake(
    "The hole is missing: inside the ring yours goes on rising. Subtract ReLU of −(d − middle), too."
)(_ring(_along, ops.relu))
ring.mistake("Outside the ring yours goes on rising: subtract ReLU of d − middle, too.")(
    _ring(_along, lambda a: ops.relu(-a))
)
ring.mistake("Yours subtracts d − middle as it is, or two ReLUs that add up to that: subtract its size.")(
    _ring(_along, lambda a: a)
)
ring.mistake("It is the wrong way around: positive should be inside the ring.")(
    lambda x, y, i, o: _size(_along(x, y) - (i + o) / 2) - (o - i) / 2
)
ring.mistake("Half of outer − inner comes first; yours takes all of it, and the ring gets too wide.")(
    lambda x, y, i, o: (o - i) - _size(_along(x, y) - (i + o) / 2)
)
ring.mistake("The middle of the ring lies at half of inner + outer; yours forgets the half.")(
    lambda x, y, i, o: (o - i) / 2 - _size(_along(x, y) - (i + o))
)
ring.mistake("The ring is measured from inner, not from its middle, in yours.")(
    lambda x, y, i, o: (o - i) / 2 - _size(_along(x, y) - i)
)

ring.mistake("ReLU(a) − ReLU(−a) is a itself: for the size of a, add the two.")(
    _ring(lambda x, y: x + y, lambda a: a)
)
ring.mistake("Half of a whole number need not be whole: divide by / 2, not by // 2.")(
    lambda x, y, i, o: (o - i) // 2 - _size(_along(x, y) - (i + o) // 2)
)
ring.mistake("Yours are only the signs of the right numbers.")(
    lambda x, y, i, o: np.sign((o - i) / 2 - _size(_along(x, y) - (i + o) / 2))
)
ring.mistake("Yours multiplies the distances from both borders; subtract the one from the middle.")(
    lambda x, y, i, o: (_along(x, y) - i) * (o - _along(x, y))
)
ring.mistake("The borders are 2 and 4 in yours, whatever is given.")(
    lambda x, y, i, o: 1 - _size(_along(x, y) - 3)
)


@ring.mistake(
    "Where x holds whole numbers, an array like it does so too, and drops the fractions of what is put into "
    "it: collect in an array of floats."
)
def _(x, y, inner, outer):
    out = np.zeros_like(x)
    out[...] = (outer - inner) / 2 - _size(_along(x, y) - (inner + outer) / 2)
    return out


def _tooth(x):
    return np.where(x < 0.5, 2 * x, 2 - 2 * x)


def _times(count, first=lambda x: x, last=lambda x: x):
    """Return a twin that puts so many teeth into each other, beginning and ending with something else."""

    def twin(x):
        x = first(x)
        for _ in range(count):
            x = _tooth(x)
        return last(x)

    return twin


@exercise(
    cases=[
        (np.array([0.0, 1 / 16, 1 / 8, 3 / 16]),),
        (np.arange(17) / 16,),
        (np.arange(33) / 32,),
        (np.array([[0.01, 0.3, 0.99], [0.5, 0.77, 0.26]]),),
        (np.array([0.03]),),
    ],
    draw=lambda rng: (rng.random(sides(rng, 1, 6)),),
    hints=[
        "One tooth goes from 0 up to 1 at 1/2 and down to 0: 2x − 4 ReLU(x − 1/2).",
        "Put the result of a tooth into a tooth: while x goes from 0 to 1, the first goes up and down once, "
        "and the second does so twice.",
        "Four times: x = 2 * x - 4 * ops.relu(x - 1/2)",
    ],
    without=(*ABSOLUTE, "numpy.minimum", "numpy.maximum", "numpy.clip", "numpy.interp", "numpy.mod"),
    uses=(ops.relu,),
)
def teeth(x):
    for _ in range(4):
        x = 2 * x - 4 * ops.relu(x - 1 / 2)
    return x


teeth.mistake("That is one tooth; there should be eight.")(_times(1))
teeth.mistake("Those are two teeth; there should be eight.")(_times(2))
teeth.mistake("Those are four teeth; there should be eight.")(_times(3))
teeth.mistake("Those are sixteen teeth; there should be eight.")(_times(5))
teeth.mistake("Upside down: it should be 0 at 0, and 1 at the tips.")(_times(4, last=lambda y: 1 - y))
teeth.mistake("The teeth are half as high as they should be: the tips are 1.")(
    _times(4, last=lambda y: y / 2)
)
teeth.mistake("The teeth are twice as high as they should be: the tips are 1.")(
    _times(4, last=lambda y: 2 * y)
)
teeth.mistake("Yours goes from 0 up to 1 and drops to 0 at once: it should come down as it went up.")(
    lambda x: 8 * x % 1
)
teeth.mistake("Yours goes up for the first sixteenth and never comes down.")(
    lambda x: 16 * x - 16 * ops.relu(x - 1 / 16)
)
teeth.mistake("Yours goes on rising: from each tip a ReLU has to bend it down.")(lambda x: 16 * x)
teeth.mistake("The other seven teeth are missing: after the first one yours stays at 0.")(
    lambda x: ops.relu(1 - _size(16 * x - 1))
)
teeth.mistake("Yours are the waves of a cosine; the teeth go up and down in straight lines.")(
    lambda x: (1 - np.cos(16 * np.pi * x)) / 2
)
teeth.mistake("After the first tip yours goes down for good: it has to turn up again at 1/8.")(
    lambda x: 16 * x - 32 * ops.relu(x - 1 / 16)
)
teeth.mistake("That is one tooth, eight times as high; there should be eight, each 1 high.")(
    _times(1, last=lambda y: 8 * y)
)
teeth.mistake("The last bend is missing, at 15/16: from there yours goes on rising.")(
    lambda x: _times(4)(x) + 32 * ops.relu(x - 15 / 16)
)
