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
        6: "The three pixels of neighbouring places overlap.",
        9: "The three pixels of neighbouring places overlap: they move on by one.",
        7: "Three filters in a row act like one that is 7 wide. Here there are two.",
        25: "That is how many weights it has in all. How many in a row?",
    },
)

predict_xor = Predict(
    "What does the network ReLU(x+y) + ReLU(−x−y) − ReLU(x−y) − ReLU(y−x) give for x = 2, y = 1?",
    answer=2,
    because="3 + 0 − 1 − 0 = 2: positive, because 2 and 1 have the same sign.",
    slips={
        4: "The last two terms are subtracted.",
        0: "Without ReLU all four cancel. Replace the negative ones, −3 and −1, by 0 first.",
        -2: "The first two terms are added, the last two subtracted.",
        3: "ReLU(x − y) = 1 still has to be subtracted.",
        -1: "ReLU(x + y) = 3 is added.",
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

NUMBERS = [
    (np.array([2.0, -3.0]),),
    (np.array([-3.0, -1.0]),),
    (np.array([-0.5, 0.0, 0.5]),),
    (np.array([[-2.0, 3.0], [0.25, -7.0]]),),
    (np.array([[-1.0, 1000.0, -1000.0]]),),
]


@exercise(
    cases=NUMBERS,
    draw=lambda rng: (3 * quarters(rng, *sides(rng, 1, 6)),),
    hints=[
        "np.maximum compares two arrays, or an array and a number, cell by cell.",
        "Which is larger, x or 0?",
        "np.maximum(x, 0)",
    ],
)
def relu(x):
    return np.where(x > 0, x, 0)


relu.mistake("The sign is lost: negative numbers should become 0, not positive.")(lambda x: np.abs(x))
relu.mistake("It is the wrong way round: keep the positive numbers.")(lambda x: np.minimum(x, 0))
relu.mistake("Positive numbers should stay as they are; yours are cut off at 1.")(lambda x: np.clip(x, 0, 1))
relu.mistake("Positive numbers should stay as they are; yours all become 1.")(lambda x: (x > 0).astype(float))
relu.mistake("Nothing is bent: negative numbers should become 0.")(lambda x: x.copy())
relu.mistake("The negative numbers are left out; each should become a 0 in its place.")(lambda x: x[x > 0])
relu.mistake("All positive numbers count, not only those above 1.")(lambda x: np.where(x > 1, x, 0))
relu.mistake("Only the largest number is kept.")(lambda x: np.where(x == x.max(), np.maximum(x, 0), 0))


@exercise(
    cases=[(*case, slope) for case, slope in zip(NUMBERS, (0.1, 0.1, 0.5, 0.01, 0.3), strict=True)],
    draw=lambda rng: (3 * quarters(rng, *sides(rng, 1, 6)), rng.integers(1, 20) / 20),
    hints=[
        "np.where(condition, a, b) takes from a where the condition holds, and from b elsewhere.",
        "Where x is positive the result is x; elsewhere it is slope * x.",
        "np.where(x > 0, x, slope * x)",
    ],
)
def leaky_relu(x, slope):
    return np.where(x > 0, x, slope * x)


leaky_relu.mistake("That is ReLU: the negative numbers should be shrunk, not lost.")(
    lambda x, s: np.maximum(x, 0)
)
leaky_relu.mistake("The slope is fixed at 0.01; use the one that is given.")(
    lambda x, s: np.where(x > 0, x, 0.01 * x)
)
leaky_relu.mistake("All numbers are shrunk; the positive ones should stay.")(lambda x, s: s * x)
leaky_relu.mistake("The negative numbers turn positive.")(lambda x, s: np.where(x > 0, x, -s * x))
leaky_relu.mistake("The positive numbers are shrunk; it should be the negative ones.")(
    lambda x, s: np.where(x > 0, s * x, x)
)
leaky_relu.mistake("The slope is put in place of the negative numbers; multiply them by it.")(
    lambda x, s: np.where(x > 0, x, s)
)
leaky_relu.mistake("Positive numbers get both parts, x and slope · x; they should stay as they are.")(
    lambda x, s: np.maximum(x, 0) + s * x
)
leaky_relu.mistake("The slope is subtracted; multiply by it.")(lambda x, s: np.where(x > 0, x, x - s))
leaky_relu.mistake("You divide, which makes it larger in size; multiply by the slope.")(
    lambda x, s: np.where(x > 0, x, x / s)
)


@exercise(
    cases=[
        (np.array([2.0]), np.array([1.0])),
        (np.array([1.0, -1.0, 1.0, -1.0]), np.array([1.0, -1.0, -1.0, 1.0])),
    ],
    draw=lambda rng: tuple(quarters(rng, 2, *sides(rng, 1, 5))),
    hints=[
        "Where the signs agree, x + y is larger in size than x − y; where they do not, it is smaller.",
        "ReLU(a) + ReLU(−a) is the size of a.",
        "ops.relu(x + y) + ops.relu(-x - y) - ops.relu(x - y) - ops.relu(y - x)",
    ],
)
def same_sign(x, y):
    return ops.relu(x + y) + ops.relu(-x - y) - ops.relu(x - y) - ops.relu(y - x)


same_sign.mistake("The last two terms should be subtracted.")(lambda x, y: np.abs(x + y) + np.abs(x - y))
same_sign.mistake("ReLU(−x − y) is missing: two negative numbers have the same sign too.")(
    lambda x, y: ops.relu(x + y) - np.abs(x - y)
)
same_sign.mistake("ReLU(y − x) is missing.")(lambda x, y: np.abs(x + y) - ops.relu(x - y))
same_sign.mistake("ReLU(x − y) is missing.")(lambda x, y: np.abs(x + y) - ops.relu(y - x))
same_sign.mistake("Half is missing. If you wrote all four: in ReLU(−x − y) both signs turn.")(
    lambda x, y: ops.relu(x + y) - ops.relu(x - y)
)
same_sign.mistake("The last term should be subtracted too.")(
    lambda x, y: np.abs(x + y) - ops.relu(x - y) + ops.relu(y - x)
)
same_sign.mistake("Without ReLU everything cancels: a straight line cannot do it.")(lambda x, y: 0 * (x + y))
same_sign.mistake("The sign is turned: the result should be positive where the signs agree.")(
    lambda x, y: np.abs(x - y) - np.abs(x + y)
)
same_sign.mistake("The right sign, but x · y is not this network. Use ops.relu four times.")(
    lambda x, y: x * y
)
