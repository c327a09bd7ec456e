"""Predictions and exercises of lesson 09, Measure the error."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_derivative = Predict(
    "What is the derivative of 3u² − 5u at u = 2?",
    answer=7,
    because="The factors stay, and the terms go one by one: 3 · 2u − 5 = 6u − 5, which is 7 at u = 2.",
    slips={
        12: "That is the derivative of 3u². The term −5u has one, too.",
        2: "That is 3u² − 5u itself at 2, or 6u − 5u. How fast does each term change there?",
        17: "The second term is −5u, so its derivative is −5.",
        -1: "The derivative of u² is 2u, and the factor 3 stays: 6u for the first term.",
        1: "The derivative of u² is 2u, not u.",
        11: "The derivative of u is 1, and the factor −5 stays: −5 for the second term.",
        -3: "The derivative of 3u² is 6u, which is 12 at u = 2; and that of −5u is −5.",
        3: "The derivative of 3u² is 6u, and that of −5u is −5.",
        6: "Put in u = 2: the first term gives 12.",
    },
)

predict_first_step = Predict(
    "A unit with target 1 starts at z = −8 and takes one step against the derivative of its cross-entropy, "
    "z ← z − derivative, where p is nearly 0. Where is z now? Two decimals are enough.",
    answer=-7.0003,
    because="The derivative is p − y ≈ 0 − 1 = −1, so z becomes −8 + 1 = −7, but for 0.0003.",
    slips={
        -9: "Minus a negative derivative is a plus: z grows.",
        -8: "That is what squared error would do: its derivative is nearly 0. Here it is p − y.",
        -7.5: "The derivative is p − y, and p is nearly 0, not ½.",
        8: "The derivative is p − y, about −1: one step moves z by about 1.",
        0: "The derivative is p − y, about −1: one step moves z by about 1.",
        -1: "That is the derivative. Where does the step lead?",
    },
)

predict_slopes = PredictCells(
    "The target is 0 and p is 0.8. What is the derivative of cross-entropy in z, and what is that of "
    "½(p − y)²? Three decimals, please.",
    answer=[[0.8, 0.128]],
    names=("cross-entropy", "½(p − y)²"),
    because="p − y = 0.8, and (p − y) · p · (1 − p) = 0.8 · 0.8 · 0.2 = 0.128.",
    slips=[
        ([[-0.8, -0.128]], "With target 0 the loss grows as z grows: the derivative is positive."),
        ([[-0.2, -0.032]], "That would be for target 1."),
        ([[0.2, 0.032]], "p − y is 0.8 here."),
        ([[1.61, 0.32]], "That is the loss itself. How fast does it change with z?"),
        ([[5, 0.8]], "That is how fast the loss changes with p. How fast does p change with z?"),
        ([[0.16, 0.16]], "That is p · (1 − p), how fast p changes. What is it multiplied by?"),
        ([[0.128, 0.128]], "The factor p · (1 − p) belongs to squared error; in cross-entropy it cancels."),
        ([[0.8, 0.64]], "Squared error has all three factors: p − y, p and 1 − p."),
    ],
)

predict_softmax_slope = PredictCells(
    "Three votes 0, 0 and ln 2 ≈ 0.693; the third class is the right one. The powers of e are 1, 1 and 2. "
    "What are the partial derivatives of cross-entropy in the three votes?",
    answer=[[0.25, 0.25, -0.5]],
    names=("first vote", "second vote", "third vote"),
    because="The shares are 1/4, 1/4 and 1/2. Take 1 away from the right one.",
    slips=[
        ([[0.25, 0.25, 0.5]], "Those are the shares. Take 1 away from that of the right class."),
        ([[-0.25, -0.25, 0.5]], "The signs are reversed: a larger wrong vote makes the loss larger."),
        ([[-0.75, -0.75, -0.5]], "Only the right class has a target of 1. The others have 0."),
        ([[1, 1, 1]], "Make shares of the powers first: divide by their sum, 4."),
        ([[0, 0, -0.5]], "The wrong classes have a share, too, and it should shrink."),
        ([[0.25, 0.25, -1]], "The right class has a share, too. Take 1 away from that."),
        ([[0.33, 0.33, -0.67]], "The three powers are 1, 1 and 2: their sum is 4."),
    ],
    unit=4,
)


LOGITS = [
    (np.array([0.0]), np.array([1.0])),
    (np.array([-8.0, 8.0]), np.array([1.0, 1.0])),
    (np.array([-2.0, 2.0]), np.array([1.0, 1.0])),
    (np.array([1.0, 0.5, -3.0]), np.array([0.0, 1.0, 0.0])),
    (np.array([2, -1, 0]), np.array([1, 1, 0])),
]


def _logits(rng):
    count = rng.integers(1, 7)
    return 2 * quarters(rng, count), rng.integers(0, 2, count).astype(float)


@exercise(
    cases=LOGITS,
    draw=_logits,
    hints=[
        "First p = 1 / (1 + np.exp(-z)).",
        "How fast does ½(p − y)² change with p? And p with z? Multiply the two.",
        "(p - y) * p * (1 - p)",
    ],
)
def squared_slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return (p - y) * p * (1 - p)


squared_slope.mistake(
    "That is the derivative of cross-entropy. Squared error has the factor p · (1 − p) as well."
)(lambda z, y: ops.sigmoid(z) - y)
squared_slope.mistake("That is the loss. What is its derivative in z?")(
    lambda z, y: (ops.sigmoid(z) - y) ** 2 / 2
)
squared_slope.mistake("The ½ cancels the 2 of the square: yours is twice too large.")(
    lambda z, y: 2 * (ops.sigmoid(z) - y) * ops.sigmoid(z) * ops.sigmoid(-z)
)
squared_slope.mistake("The square brings a factor 2, and the ½ cancels it: yours is half as large.")(
    lambda z, y: (ops.sigmoid(z) - y) * ops.sigmoid(z) * ops.sigmoid(-z) / 2
)
squared_slope.mistake("The sign is reversed: the difference is p − y.")(
    lambda z, y: (y - ops.sigmoid(z)) * ops.sigmoid(z) * ops.sigmoid(-z)
)
squared_slope.mistake(
    "That is how fast p changes with z. Multiply it by how fast the loss changes with p, p − y."
)(lambda z, y: ops.sigmoid(z) * ops.sigmoid(-z))
squared_slope.mistake("The factor 1 − p is missing.")(lambda z, y: (ops.sigmoid(z) - y) * ops.sigmoid(z))
squared_slope.mistake("The factor p is missing.")(lambda z, y: (ops.sigmoid(z) - y) * ops.sigmoid(-z))
squared_slope.mistake("z is taken for p: bend it with the sigmoid first.")(lambda z, y: (z - y) * z * (1 - z))
squared_slope.mistake("The difference is that of p and y, not of z and y.")(
    lambda z, y: (z - y) * ops.sigmoid(z) * ops.sigmoid(-z)
)
squared_slope.mistake("The sigmoid is 1 / (1 + e to the power of minus z): the minus is missing.")(
    lambda z, y: (ops.sigmoid(-z) - y) * ops.sigmoid(z) * ops.sigmoid(-z)
)
squared_slope.mistake("One derivative for each logit: do not add them up.")(
    lambda z, y: ((ops.sigmoid(z) - y) * ops.sigmoid(z) * ops.sigmoid(-z)).sum()
)


def _squared(change):
    """Return a twin with something else in place of p − y and of p · (1 − p)."""
    return lambda z, y: change(z, y, ops.sigmoid(z), ops.sigmoid(z) * ops.sigmoid(-z))


squared_slope.mistake("p changes as fast as p · (1 − p), not as z · (1 − z).")(
    _squared(lambda z, y, p, d: (p - y) * z * (1 - z))
)
squared_slope.mistake(
    "Yours are all 0. Does y · (1 − y) stand where p · (1 − p) should, or does an array of integers cut the "
    "fractions off?"
)(_squared(lambda z, y, p, d: 0 * d))
squared_slope.mistake("p changes as fast as p · (1 − p), not as z.")(_squared(lambda z, y, p, d: (p - y) * z))
squared_slope.mistake("p changes as fast as p · (1 − p): yours has a plus in it.")(
    _squared(lambda z, y, p, d: (p - y) * p * (1 + p))
)
squared_slope.mistake("p · (1 − p) needs p as it is: you take the sigmoid of it once more.")(
    _squared(lambda z, y, p, d: (p - y) * ops.sigmoid(p) * ops.sigmoid(-p))
)
squared_slope.mistake("Every target is taken for 1 in yours: the difference is p − y.")(
    _squared(lambda z, y, p, d: (p - 1) * d)
)
squared_slope.mistake("Every target is taken for 0 in yours: the difference is p − y.")(
    _squared(lambda z, y, p, d: p * d)
)
squared_slope.mistake("The first target is taken for all: each logit has its own.")(
    _squared(lambda z, y, p, d: (p - y[0]) * d)
)
squared_slope.mistake("The derivative of ½(p − y)² in p is p − y, without the square.")(
    _squared(lambda z, y, p, d: (p - y) ** 2 * d)
)
squared_slope.mistake("The derivative of ½(p − y)² in p is p − y: half a square is left in yours.")(
    _squared(lambda z, y, p, d: (p - y) ** 2 / 2 * d)
)
squared_slope.mistake("The difference p − y has a sign: it has been lost in yours.")(
    _squared(lambda z, y, p, d: np.abs(p - y) * d)
)
squared_slope.mistake("How fast the loss moves with p, and how fast p moves with z: these multiply.")(
    _squared(lambda z, y, p, d: p - y + d)
)
squared_slope.mistake("That is z after a step downhill; return the derivative itself.")(
    _squared(lambda z, y, p, d: z - (p - y) * d)
)
squared_slope.mistake("They are divided by how many logits there are: leave that out.")(
    _squared(lambda z, y, p, d: (p - y) * d / len(z))
)
squared_slope.mistake(
    "Where z and y hold whole numbers, the derivatives are cut to whole ones: np.zeros_like makes an array "
    "of integers of them. Take np.zeros(z.shape)."
)(_squared(lambda z, y, p, d: ((p - y) * d).astype(z.dtype)))


@exercise(
    cases=[
        *LOGITS,
        (np.array([-1000.0, 1000.0]), np.array([1.0, 1.0])),
        (np.array([-1000.0, 1000.0]), np.array([0.0, 0.0])),
        (np.array([40.0, -40.0, 3.0]), np.array([0.0, 1.0, 1.0])),
    ],
    draw=_logits,
    hints=[
        "For y = 1 the loss is −ln p = ln(1 + e^(−z)), for y = 0 ln(1 + e^z). Each suits one sign of z.",
        "ln(1 + e^z) = z + ln(1 + e^(−z)): so a power of e with a positive z can be avoided.",
        "np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z)))",
    ],
)
def cross_entropy(z, y):
    return np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z)))


def _naive(z, y):
    p = 1 / (1 + np.exp(-z))
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _clipped(least):
    """Return the loss with p kept ``least`` away from 0 and 1, as is often seen."""

    def loss(z, y):
        p = np.clip(ops.sigmoid(z), least, 1 - least)
        return -y * np.log(p) - (1 - y) * np.log(1 - p)

    return loss


cross_entropy.mistake(
    "Right, until logits get large: then p is rounded to 0 or 1, and its logarithm is lost. "
    "Write the loss in z, without p."
)(_naive)
cross_entropy.mistake(
    "Right, but for large z: e to the power of 1000 is too big. Take the power of minus the size of z."
)(lambda z, y: np.log(1 + np.exp(z)) - z * y)
cross_entropy.mistake(
    "Right, but for very negative z: e to the power of 1000 is too big. "
    "Take the power of minus the size of z."
)(lambda z, y: np.log(1 + np.exp(-z)) + z * (1 - y))
cross_entropy.mistake(
    "z is cut off at ±30 in yours, so the loss stops growing: it should be 1000 at z = −1000 with target 1."
)(lambda z, y: _naive(np.clip(z, -30, 30), y))
for least in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6):
    cross_entropy.mistake(
        f"p is kept {least:g} away from 0 and 1 in yours, so the loss stops growing: it should be "
        "1000 at z = −1000 with target 1. Write it in z, without p."
    )(_clipped(least))
cross_entropy.mistake("The sign is reversed: a loss is never negative.")(
    lambda z, y: -cross_entropy.solve(z, y)
)
cross_entropy.mistake("The two targets are swapped.")(lambda z, y: cross_entropy.solve(z, 1 - y))
cross_entropy.mistake("That is ½(p − y)². Cross-entropy is −ln p for target 1.")(
    lambda z, y: (ops.sigmoid(z) - y) ** 2 / 2
)
cross_entropy.mistake("That is the derivative, p − y. What is the loss?")(lambda z, y: ops.sigmoid(z) - y)
cross_entropy.mistake("Only targets of 1 count in yours; with target 0 the loss is −ln(1 − p).")(
    lambda z, y: y * np.logaddexp(0, -z)
)
cross_entropy.mistake("With target 0 the loss is −ln(1 − p); yours is −ln p for both.")(
    lambda z, y: np.logaddexp(0, -z)
)
for base in (2, 10):
    cross_entropy.mistake(f"That is the logarithm to the base {base}: take the natural one, np.log.")(
        lambda z, y, base=base: cross_entropy.solve(z, y) / np.log(base)
    )
cross_entropy.mistake("The mean of all: return one loss for each logit.")(
    lambda z, y: cross_entropy.solve(z, y).mean()
)
cross_entropy.mistake("The sum of all: return one loss for each logit.")(
    lambda z, y: cross_entropy.solve(z, y).sum()
)
cross_entropy.mistake("The part with the logarithm is missing.")(lambda z, y: np.maximum(z, 0) - z * y)
cross_entropy.mistake("With target 1 the loss is −ln p; yours is −ln(1 − p) for both.")(
    lambda z, y: np.logaddexp(0, z)
)
cross_entropy.mistake(
    "What was infinite or not a number is replaced by another number in yours, but the loss is 1000 at "
    "z = −1000 with target 1. Write it in z, without p."
)(lambda z, y: np.nan_to_num(_naive(z, y)))
cross_entropy.mistake("Such a unit compares z with 0, not with −z: yours is the loss of 2z.")(
    lambda z, y: cross_entropy.solve(2 * z, y)
)
cross_entropy.mistake("Such a unit compares z with 0, not with 1: yours is the loss of z − 1.")(
    lambda z, y: cross_entropy.solve(z - 1, y)
)
cross_entropy.mistake("Take away the vote of the right class: that is z · y, not y.")(
    lambda z, y: np.logaddexp(0, z) - y
)
cross_entropy.mistake("The largest vote was taken out of the logarithm: add it again.")(
    lambda z, y: np.log(1 + np.exp(-np.abs(z))) - z * y
)
cross_entropy.mistake(
    "Where z and y hold whole numbers, the losses are cut to whole ones: np.zeros_like makes an array of "
    "integers of them. Take np.zeros(z.shape)."
)(lambda z, y: cross_entropy.solve(z, y).astype(z.dtype))
cross_entropy.mistake("z is taken for p: bend it with the sigmoid first.")(
    lambda z, y: -y * np.log(z) - (1 - y) * np.log(1 - z)
)
cross_entropy.mistake(
    "z is cut off at ±500 in yours, so the loss stops growing: it should be 1000 at z = −1000 with target 1."
)(lambda z, y: cross_entropy.solve(np.clip(z, -500, 500), y))
cross_entropy.mistake("Right, but at z = 40 with target 0 it is infinite: there p is rounded to 1, too.")(
    lambda z, y: np.where(np.abs(z) > 500, np.maximum(z, 0) - z * y, _naive(z, y))
)


def _votes(rng):
    right, count = sorted(sides(rng, 0, 6))
    return 2 * quarters(rng, count), right


@exercise(
    cases=[
        (np.array([0.0, 0.0]), 0),
        (np.array([2.0, 1.0, 0.0]), 1),
        (np.array([0.5, -1.0, 3.0, 0.25]), 2),
        (np.array([1.0, 1000.0]), 0),
        (np.array([0.0, 1000.0, 1.0, -1.0, 2.0]), 3),
        (np.array([-1000.0, -1002.0, -1001.0]), 2),
        (np.array([-400.0, -401.0, -399.0]), 1),
        (np.array([1, 0, -1]), 0),
    ],
    draw=_votes,
    hints=[
        "First the shares, as in lesson 08: the powers of e, divided by their sum.",
        "Each of them is p − y, where y is 1 for the right class and 0 for all others.",
        "shares[right] -= 1, then return shares",
    ],
)
def vote_slopes(votes, right):
    powers = np.exp(votes - votes.max())
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def _one_hot(votes, right):
    return np.eye(len(votes))[right]


vote_slopes.mistake("Those are the shares: take 1 away from that of the right class.")(
    lambda z, k: ops.softmax(z)
)
vote_slopes.mistake("The sign is reversed: shares minus targets.")(
    lambda z, k: _one_hot(z, k) - ops.softmax(z)
)
vote_slopes.mistake("1 is taken away from every class; only the right one has a target of 1.")(
    lambda z, k: ops.softmax(z) - 1
)
vote_slopes.mistake("1 is taken away from the wrong classes; it belongs to the right one.")(
    lambda z, k: ops.softmax(z) - 1 + _one_hot(z, k)
)
vote_slopes.mistake("Only the right class has a derivative in yours. The wrong votes should shrink, too.")(
    lambda z, k: (ops.softmax(z) - 1) * _one_hot(z, k)
)
vote_slopes.mistake("1 is added to the right share: take it away.")(
    lambda z, k: ops.softmax(z) + _one_hot(z, k)
)
vote_slopes.mistake("That is the loss. What are its derivatives in the votes?")(
    lambda z, k: -ops.log_softmax(z)[k]
)
vote_slopes.mistake("1 is taken away from the largest share: take it from that of the right class.")(
    lambda z, k: ops.softmax(z) - _one_hot(z, z.argmax())
)
vote_slopes.mistake("Classes count from 0 here: votes[right] is the right one.")(
    lambda z, k: ops.softmax(z) - _one_hot(z, k - 1)
)
vote_slopes.mistake("Divide the powers of e by their sum before you take 1 away.")(
    lambda z, k: np.exp(z - z.max()) - _one_hot(z, k)
)
vote_slopes.mistake("1 is taken away from the vote; make shares of the votes first.")(
    lambda z, k: z - _one_hot(z, k)
)
vote_slopes.mistake("That is the sigmoid of each vote by itself; shares depend on all votes.")(
    lambda z, k: ops.sigmoid(z) - _one_hot(z, k)
)
vote_slopes.mistake("The factor p · (1 − p) belongs to squared error; in cross-entropy it cancels.")(
    lambda z, k: (ops.softmax(z) - _one_hot(z, k)) * ops.softmax(z) * (1 - ops.softmax(z))
)
vote_slopes.mistake("They are divided by the number of classes in yours: leave that out.")(
    lambda z, k: (ops.softmax(z) - _one_hot(z, k)) / len(z)
)
vote_slopes.mistake("Subtract the largest vote, not the mean: the powers still grow too big.")(
    lambda z, k: np.exp(z - z.mean()) / np.exp(z - z.mean()).sum() - _one_hot(z, k)
)
vote_slopes.mistake("Right, until votes get large: subtract the largest vote from all of them first.")(
    lambda z, k: np.exp(z) / np.exp(z).sum() - _one_hot(z, k)
)
vote_slopes.mistake("Subtract the largest vote where it is negative, too: far below 0, nothing is left.")(
    lambda z, k: np.exp(z - max(0, z.max())) / np.exp(z - max(0, z.max())).sum() - _one_hot(z, k)
)
vote_slopes.mistake("Subtract the largest vote, not the largest size: far below 0, nothing is left.")(
    lambda z, k: np.exp(z - np.abs(z).max()) / np.exp(z - np.abs(z).max()).sum() - _one_hot(z, k)
)
vote_slopes.mistake(
    "Votes far from 0 are cut off in yours, so that they become alike: subtract the largest from all of them "
    "instead."
)(lambda z, k: ops.softmax(np.clip(z, -500, 500)) - _one_hot(z, k))
vote_slopes.mistake(
    "What was not a number is replaced by 0 in yours, but a share is missing then: subtract the largest vote "
    "from all of them first."
)(lambda z, k: np.nan_to_num(np.exp(z) / np.exp(z).sum()) - _one_hot(z, k))
vote_slopes.mistake("One derivative for each vote: yours is that of the right class alone.")(
    lambda z, k: ops.softmax(z)[k] - 1
)
vote_slopes.mistake("The right share is replaced by −1: take 1 away from it.")(
    lambda z, k: np.where(_one_hot(z, k) == 1, -1, ops.softmax(z))
)
vote_slopes.mistake("The right class has the wrong sign: it is its share less 1.")(
    lambda z, k: np.where(_one_hot(z, k) == 1, 1 - ops.softmax(z), ops.softmax(z))
)
vote_slopes.mistake("Class 0 is a class like the others: if right is 0, take 1 away, too.")(
    lambda z, k: ops.softmax(z) - (_one_hot(z, k) if k else 0)
)
vote_slopes.mistake("1 is always taken away from the second class: take it from the right one.")(
    lambda z, k: ops.softmax(z) - (np.arange(len(z)) == 1)
)
vote_slopes.mistake("1 is always taken away from the first class: take it from the right one.")(
    lambda z, k: ops.softmax(z) - _one_hot(z, 0)
)
vote_slopes.mistake("1 is always taken away from the last class: take it from the right one.")(
    lambda z, k: ops.softmax(z) - _one_hot(z, -1)
)
vote_slopes.mistake("Those are the derivatives of the right share; the loss is minus its logarithm.")(
    lambda z, k: ops.softmax(z)[k] * (_one_hot(z, k) - ops.softmax(z))
)
vote_slopes.mistake("Those are the votes after a step downhill; return the derivatives themselves.")(
    lambda z, k: z - ops.softmax(z) + _one_hot(z, k)
)
vote_slopes.mistake(
    "Where the votes are whole numbers, the derivatives are cut to whole ones: np.zeros_like(votes) makes an "
    "array of integers then. Take np.zeros(votes.shape)."
)(lambda z, k: ops.softmax(z).astype(z.dtype) - _one_hot(z, k))
