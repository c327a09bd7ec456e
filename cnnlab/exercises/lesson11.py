"""Predictions and exercises of lesson 11, Walk downhill."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_overshoot = Predict(
    "The same bowl, ½ · 4 · w², again from w = 1, but with a learning rate of 0.4. "
    "Where is w after one step?",
    answer=-0.6,
    because="The slope is 4, the step 0.4 · 4 = 1.6, and 1 − 1.6 = −0.6: on the other side, but lower.",
    slips={
        0.6: "That is where 0.1 leads. The rate is 0.4 now.",
        2.6: "Against the slope: subtract the step.",
        -3: "The step is the rate times the slope: 0.4 · 4.",
        0.2: "The step is 0.4 times the slope, and the slope at 1 is 4, not 2.",
        1.6: "That is the step. Where does it lead?",
        -1.6: "That is the step. Where does it lead, from 1?",
        0.36: "That is where two steps of rate 0.1 lead; and so do two of 0.4, but one does not.",
    },
)

predict_limit = Predict(
    "Above which learning rate does gradient descent diverge in the bowl ½ · 8 · w²?",
    answer=0.25,
    because="2/λ = 2/8 = 0.25: there the factor is 1 − 0.25 · 8 = −1, and above it, it is below −1.",
    slips={
        0.125: "1/8 leads to the lowest point in one step. How far beyond it is still all right?",
        4: "Divide: the steeper the bowl, the smaller the limit.",
        16: "Divide: the steeper the bowl, the smaller the limit.",
        0.5: "That is the limit for a curvature of 4.",
        2: "That is rate times curvature at the limit.",
        8: "That is the curvature.",
    },
)

predict_velocity = Predict(
    "The slope is 1 at every step, momentum 0.9, and the velocity starts at 0. "
    "How large is the velocity at the third step?",
    answer=2.71,
    because="1, then 0.9 · 1 + 1 = 1.9, then 0.9 · 1.9 + 1 = 2.71.",
    slips={
        1.9: "That is the second step.",
        3: "A tenth is lost at each step: 0.9 times the velocity, plus the slope.",
        3.44: "That is the fourth step.",
        0.81: "The slope is added at every step.",
        1.71: "The slope is added at every step, at the third one, too.",
        0.271: "In this form the slope is added in full, not a tenth of it.",
        2.9: "The 0.9 holds for the whole velocity so far, 1.9.",
    },
)

predict_adam_step = PredictCells(
    "Adam starts at (1, 0.37), where the slopes are 1 and 37. Its learning rate is 0.1. "
    "Where is it after its first step?",
    answer=[[0.9, 0.27]],
    names=("u", "v"),
    because="At first mean′ is the slope and √square′ its size: their quotient is 1, and each moves by 0.1.",
    slips=[
        (
            [[0.9, -3.33]],
            "Adam divides each slope by its own size: how large it is does not matter at first.",
        ),
        (
            [[0.99, 0.36]],
            "Without bias correction of the mean it would be a tenth. With it, the step is whole.",
        ),
        ([[0.68, 0.05]], "mean and square are both too small at first, and both are corrected."),
        ([[1.1, 0.47]], "Against the slope: subtract."),
        ([[0, -0.63]], "Do not forget the learning rate, 0.1."),
        ([[0.997, 0.27]], "Each number is divided by the size of its own slope."),
    ],
)


def _walk(rng):
    steps, weights = sides(rng, 1, 5)
    rate, keep = (rng.integers([1, 6], 10) / 10).tolist()
    return quarters(rng, weights), quarters(rng, steps, weights), rate, keep


@exercise(
    cases=[
        (np.array([0.0]), np.array([[1.0], [1.0], [1.0]]), 0.1, 0.9),
        (np.array([1.0, -1.0]), np.array([[2.0, 0.5], [-1.0, 0.5]]), 0.5, 0.8),
        (np.array([2500.0, -0.125]), np.array([[0.0, 0.0], [3e3, -0.1], [-1e3, 0.0]]), 2.0, 0.25),
        (np.array([1.5]), np.array([[-2.0]]), 0.3, 0.0),
        (np.array([0.5, 2.0, -1.0]), np.array([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0]]), 0.25, 0.5),
        (np.array([3, -1]), np.array([[1.0, -1.0], [-0.5, 0.0], [1.0, 2.0]]), 0.3, 0.75),
        (np.array([0.0, 1.0]), np.array([[1.0, -2.0], [1.0, 0.5], [0.5, 0.0]]), 0.1, 1.0),
    ],
    draw=_walk,
    hints=[
        "The velocity starts with zeros: np.zeros(len(start)).",
        "At each step: velocity = keep * velocity + slope",
        "Then: point = point - rate * velocity. Go on with the next of the slopes.",
    ],
)
def momentum(start, slopes, rate, keep):
    point, velocity = start.copy(), np.zeros(len(start))
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def _momentum(update, *, sign=-1, late=False, rated=True):
    """Return ``momentum`` with another velocity."""

    def run(start, slopes, rate, keep):
        point, velocity = start.copy(), np.zeros(len(start))
        for slope in slopes:
            before = velocity
            velocity = update(velocity, slope, rate, keep)
            point = point + sign * (rate if rated else 1) * (before if late else velocity)
        return point

    return run


def _velocity(slopes, keep):
    velocity = 0
    for slope in slopes:
        velocity = keep * velocity + slope
    return velocity


momentum.mistake("That is plain gradient descent: the velocity remembers nothing.")(
    _momentum(lambda v, g, rate, keep: g)
)
momentum.mistake("Uphill: subtract the rate times the velocity.")(
    _momentum(lambda v, g, rate, keep: keep * v + g, sign=1)
)
momentum.mistake("The velocity forgets nothing: multiply it by keep first.")(
    _momentum(lambda v, g, rate, keep: v + g)
)
momentum.mistake("The slope is added in full here, not 1 − keep of it.")(
    _momentum(lambda v, g, rate, keep: keep * v + (1 - keep) * g)
)
momentum.mistake("keep belongs to the velocity, not to the slope.")(
    _momentum(lambda v, g, rate, keep: v + keep * g)
)
momentum.mistake("keep and 1 − keep are swapped, or 1 − keep is what is kept.")(
    _momentum(lambda v, g, rate, keep: (1 - keep) * v + g)
)
momentum.mistake("keep multiplies the sum; multiply the old velocity only.")(
    _momentum(lambda v, g, rate, keep: keep * (v + g))
)
momentum.mistake(
    "The last step is missing, or each moves by the velocity before it: update the velocity first."
)(_momentum(lambda v, g, rate, keep: keep * v + g, late=True))
momentum.mistake("The learning rate is left out.")(
    _momentum(lambda v, g, rate, keep: keep * v + g, rated=False)
)
momentum.mistake("The learning rate is used twice: in the velocity and in the step.")(
    _momentum(lambda v, g, rate, keep: keep * v + rate * g)
)


@momentum.mistake("That looks one step ahead, as Nesterov does; here the plain velocity is wanted.")
def _(start, slopes, rate, keep):
    point, velocity = start.copy(), 0
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * (slope + keep * velocity)
    return point


@momentum.mistake("start holds whole numbers, and yours drops the fractions: begin with start.astype(float).")
def _(start, slopes, rate, keep):
    point, velocity = start.copy(), 0
    for slope in slopes:
        velocity = keep * velocity + slope
        point[:] = point - rate * velocity
    return point


@momentum.mistake("The velocity starts at 0: in yours the first slope counts twice.")
def _(start, slopes, rate, keep):
    point, velocity = start.copy(), slopes[0]
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


@momentum.mistake("Return the last point only, not those of all steps.")
def _(start, slopes, rate, keep):
    return np.array([momentum.solve(start, slopes[: t + 1], rate, keep) for t in range(len(slopes))])


@momentum.mistake("The slope of the step before counts, and what lies farther back is lost: keep a velocity.")
def _(start, slopes, rate, keep):
    before = np.vstack([np.zeros(len(start)), slopes[:-1]])
    return start - rate * (slopes + keep * before).sum(axis=0)


@momentum.mistake("The rate belongs to the whole velocity, to what is kept of it, too.")
def _(start, slopes, rate, keep):
    point, velocity = start.copy(), 0
    for slope in slopes:
        point = point - rate * slope - keep * velocity
        velocity = keep * velocity + slope
    return point


momentum.mistake("keep is an argument: yours always keeps 0.9.")(
    _momentum(lambda v, g, rate, keep: 0.9 * v + g)
)
momentum.mistake("Each weight has a velocity of its own: yours adds up the slopes of all weights.")(
    _momentum(lambda v, g, rate, keep: keep * v + g.sum())
)
momentum.mistake("A velocity that turns around is lost in yours: add the slope, whatever its sign.")(
    _momentum(lambda v, g, rate, keep: keep * np.where(v * g < 0, 0, v) + g)
)
momentum.mistake("Yours stands still where all slopes are 0, though the velocity carries it on.")(
    lambda start, slopes, rate, keep: momentum.solve(start, slopes[slopes.any(axis=1)], rate, keep)
)
momentum.mistake("The number of steps is that of the rows of slopes, not that of the weights.")(
    lambda start, slopes, rate, keep: momentum.solve(start, slopes[: len(start)], rate, keep)
)
momentum.mistake("Begin at start; yours begins at 0.")(
    lambda start, slopes, rate, keep: momentum.solve(0 * start, slopes, rate, keep)
)
momentum.mistake("The rows of slopes are gone through from the last to the first in yours.")(
    lambda start, slopes, rate, keep: momentum.solve(start, slopes[::-1], rate, keep)
)
momentum.mistake("That is the velocity. Where does it lead?")(
    lambda start, slopes, rate, keep: _velocity(slopes, keep)
)
momentum.mistake("The point moves once, at the end: it moves at every step.")(
    lambda start, slopes, rate, keep: start - rate * _velocity(slopes, keep)
)
momentum.mistake("Only the last slope counts in yours: take the steps one after the other.")(
    lambda start, slopes, rate, keep: start - rate * slopes[-1]
)


def _climb(rng):
    keep_square = float(rng.choice([0.95, 0.99, 0.999]))
    return (*_walk(rng), keep_square, int(rng.integers(0, 7)))


@exercise(
    cases=[
        (np.array([1.0, 0.37]), np.array([[1.0, 37.0]]), 0.1, 0.9, 0.999, 0),
        (np.array([0.0, 0.0]), np.array([[1.0, -2.0], [1.0, 3.0]]), 0.1, 0.9, 0.99, 4),
        (np.array([1.0, 0.5]), np.array([[0.0, 2.0], [0.0, -1.0]]), 0.1, 0.9, 0.99, 1),
        (np.array([0.0]), np.array([[0.01]]), 0.1, 0.9, 0.9, 2),
        (np.array([5000.0, -2.5]), np.array([[3e3, -0.2], [1e3, 0.1], [-2e3, 0.4]]), 10.0, 0.5, 0.9, 2),
        (
            np.array([1.0, -1.0]),
            np.array([[1.0, 2.0], [-3.0, 0.5], [2.0, -1.5], [1.0, 1.0]]),
            0.4,
            0.8,
            0.95,
            3,
        ),
        (np.array([0.0]), np.array([[2e-8], [1e-8]]), 0.1, 0.9, 0.99, 1),
        (np.array([3, -1]), np.array([[1.0, -1.0], [-0.5, 0.0], [1.0, 2.0]]), 0.3, 0.5, 0.9, 2),
    ],
    draw=_climb,
    hints=[
        "mean = keep_mean * mean + (1 - keep_mean) * slope, and the same for square with slope**2.",
        "Count the steps from t = 1. Divide mean by 1 - keep_mean**t, and square by 1 - keep_square**t.",
        "The rate of this step: rate * t / rise if t < rise else rate. A rise of 0 is never above t.",
        "point = point - step_rate * corrected_mean / (np.sqrt(corrected_square) + 1e-8)",
    ],
)
def adam(start, slopes, rate, keep_mean, keep_square, rise):
    point = start.copy()
    mean, square = np.zeros(len(start)), np.zeros(len(start))
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        corrected_mean = mean / (1 - keep_mean**t)
        corrected_square = square / (1 - keep_square**t)
        step_rate = rate * t / rise if t < rise else rate
        point = point - step_rate * corrected_mean / (np.sqrt(corrected_square) + 1e-8)
    return point


def _adam(
    *,
    mean_at=lambda t: t,
    square_at=lambda t: t,
    root=np.sqrt,
    tiny=1e-8,
    sign=-1,
    rated=True,
    power=np.square,
    whole=False,
    whole_mean=False,
    swap=False,
    shared=False,
    by=lambda mean, slope: mean,
    warmed=lambda t, rise: t / rise if t < rise else 1,
):
    """Return ``adam`` with one thing done otherwise; ``*_at`` say for which t to correct, None for not."""

    def run(start, slopes, rate, keep_mean, keep_square, rise):
        if swap:
            keep_mean, keep_square = keep_square, keep_mean
        point, mean, square = start.copy(), np.zeros(len(start)), np.zeros(len(start))
        for t, slope in enumerate(slopes, start=1):
            mean = keep_mean * mean + (1 if whole or whole_mean else 1 - keep_mean) * slope
            square = keep_square * square + (1 if whole else 1 - keep_square) * power(slope)
            m = mean if mean_at(t) is None else mean / (1 - keep_mean ** mean_at(t))
            s = square if square_at(t) is None else square / (1 - keep_square ** square_at(t))
            if shared:
                s = np.full(len(s), s.mean())
            step = (rate if rated else 1) * warmed(t, rise)
            point = point + sign * step * by(m, slope) / (root(s) + tiny)
        return point

    return run


adam.mistake("The mean is not corrected: divide it by 1 − keep_mean to the power of t.")(
    _adam(mean_at=lambda t: None)
)
adam.mistake("The square is not corrected: divide it by 1 − keep_square to the power of t.")(
    _adam(square_at=lambda t: None)
)
adam.mistake("Neither mean nor square is corrected for having started at 0.")(
    _adam(mean_at=lambda t: None, square_at=lambda t: None)
)
adam.mistake("Both are divided by 1 − keep at every step; it should be keep to the power of t.")(
    _adam(mean_at=lambda t: 1, square_at=lambda t: 1)
)
adam.mistake("t is one too large: it is 1 at the first step.")(
    _adam(mean_at=lambda t: t + 1, square_at=lambda t: t + 1)
)
adam.mistake("t is 0 at the first step in yours, and 1 − keep to the power of 0 is 0. Count from 1.")(
    _adam(mean_at=lambda t: t - 1, square_at=lambda t: t - 1)
)
adam.mistake("Take the root of the square before you divide.")(_adam(root=lambda s: s))
adam.mistake("The tiny number is missing: a weight whose slopes are all 0 divides 0 by 0.")(_adam(tiny=0))
adam.mistake("The tiny number is added to the root, not to what stands under it.")(
    _adam(root=lambda s: np.sqrt(s + 1e-8), tiny=0)
)
adam.mistake("Uphill: subtract the step.")(_adam(sign=1))
adam.mistake("The learning rate is left out.")(_adam(rated=False))
adam.mistake("square is a mean of the squares of the slopes, not of their sizes.")(_adam(power=np.abs))
adam.mistake("mean and square are means: only 1 − keep of the new number is added.")(_adam(whole=True))
adam.mistake("keep_mean and keep_square are swapped.")(_adam(swap=True))
adam.mistake("Each number is divided by its own root, not by a common one.")(_adam(shared=True))
adam.mistake("The slope is divided, not the mean of the slopes.")(_adam(by=lambda m, g: g))
adam.mistake("Only the sign of the mean counts in yours.")(_adam(by=lambda m, g: np.sign(m)))
adam.mistake("The mean is not divided by anything: that is momentum.")(_adam(root=lambda s: np.ones(len(s))))
adam.mistake("There is no warm-up: below rise the rate is rate · t / rise.")(_adam(warmed=lambda t, rise: 1))
adam.mistake("The rate starts at 0 in yours: at the first step t is 1.")(
    _adam(warmed=lambda t, rise: (t - 1) / rise if t - 1 < rise else 1)
)
adam.mistake("The warm-up is over one step too soon.")(
    _adam(warmed=lambda t, rise: (t + 1) / rise if t + 1 < rise else 1)
)
adam.mistake("The rate goes on climbing: from step rise on it is rate.")(
    _adam(warmed=lambda t, rise: t / rise if rise else 1)
)
adam.mistake("The rate is 0 during the warm-up in yours: it climbs in a straight line.")(
    _adam(warmed=lambda t, rise: 0 if t < rise else 1)
)
adam.mistake("The rate falls in yours: it climbs from rate / rise to rate.")(
    _adam(warmed=lambda t, rise: 1 - t / rise if t < rise else 1)
)
adam.mistake("During the warm-up the rate is the same at each step in yours: it climbs with t.")(
    _adam(warmed=lambda t, rise: 1 / rise if t < rise else 1)
)
adam.mistake("mean is a mean: only 1 − keep_mean of the slope is added to it.")(_adam(whole_mean=True))
adam.mistake("The warm-up lasts too long: it divides by rise, not by rise + 1.")(
    _adam(warmed=lambda t, rise: min(1, t / (rise + 1)))
)
adam.mistake("With a rise of 0 nothing moves in yours: the rate is whole from the first step.")(
    _adam(warmed=lambda t, rise: min(1, t / rise) if rise else 0)
)
adam.mistake("Yours corrects only after the warm-up: mean and square are corrected at each step.")(
    lambda start, slopes, rate, keep_mean, keep_square, rise: _adam(
        mean_at=lambda t: t if t >= rise else None, square_at=lambda t: t if t >= rise else None
    )(start, slopes, rate, keep_mean, keep_square, rise)
)
adam.mistake("t is the same at each step in yours, the number of all steps: it counts from 1.")(
    lambda start, slopes, rate, keep_mean, keep_square, rise: _adam(
        mean_at=lambda t: len(slopes), square_at=lambda t: len(slopes)
    )(start, slopes, rate, keep_mean, keep_square, rise)
)


def _other_adam(step, *, replace=False, squared=lambda mean, slope: slope, drops=False, shrinks=False):
    """Return ``adam`` with another ``step``, or with one thing done otherwise around it."""

    def run(start, slopes, rate, keep_mean, keep_square, rise):
        point = start.copy() if drops else start.astype(float)
        mean, square, left = np.zeros(len(start)), np.zeros(len(start)), rate
        for t, slope in enumerate(slopes, start=1):
            mean = keep_mean * mean + (1 - keep_mean) * slope
            square = keep_square * square + (1 - keep_square) * squared(mean, slope) ** 2
            if replace:
                mean, square = mean / (1 - keep_mean**t), square / (1 - keep_square**t)
            share = t / rise if t < rise else 1
            left = left * share if shrinks else rate * share
            point[:] = point - left * step(mean, square, slope, t, keep_mean, keep_square)
        return point

    return run


def _plain(mean, square, slope, t, keep_mean, keep_square):
    return mean / (1 - keep_mean**t) / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)


adam.mistake("start holds whole numbers, and yours drops the fractions: begin with start.astype(float).")(
    _other_adam(_plain, drops=True)
)
adam.mistake("square takes in the slope squared, not the mean squared.")(
    _other_adam(_plain, squared=lambda mean, slope: mean)
)
adam.mistake("The warm-up multiplies what the step before has left of the rate: begin with rate each time.")(
    _other_adam(_plain, shrinks=True)
)
adam.mistake("Corrected numbers are for the step alone: keep mean and square themselves uncorrected.")(
    _other_adam(lambda m, s, g, t, km, ks: m / (np.sqrt(s) + 1e-8), replace=True)
)
adam.mistake("Correct with keep_mean and keep_square; yours does it with 0.9 and 0.999.")(
    _other_adam(lambda m, s, g, t, km, ks: _plain(m, s, g, t, 0.9, 0.999))
)
adam.mistake("Correct the square first, and then take the root.")(
    _other_adam(lambda m, s, g, t, km, ks: m / (1 - km**t) / (np.sqrt(s) / (1 - ks**t) + 1e-8))
)
adam.mistake("The tiny number is added to each root, not only put in place of one that is smaller.")(
    _other_adam(lambda m, s, g, t, km, ks: m / (1 - km**t) / np.maximum(np.sqrt(s / (1 - ks**t)), 1e-8))
)
adam.mistake("Divide by the root of the mean square, not by the size of this step's slope.")(
    _other_adam(lambda m, s, g, t, km, ks: m / (1 - km**t) / (np.abs(g) + 1e-8))
)
adam.mistake("A weight whose slope is 0 moves on, too: its mean still pulls.")(
    _other_adam(lambda m, s, g, t, km, ks: np.where(g == 0, 0, _plain(m, s, g, t, km, ks)))
)
