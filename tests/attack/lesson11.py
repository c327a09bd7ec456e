"""Momentum and Adam with a warm-up, as learners might write them."""

import math

import numpy as np


def momentum_right_1(start, slopes, rate, keep):
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def momentum_right_2(start, slopes, rate, keep):
    result = []
    for column in range(len(start)):
        w, velocity = float(start[column]), 0.0
        for step in range(len(slopes)):
            velocity = keep * velocity + float(slopes[step][column])
            w -= rate * velocity
        result.append(w)
    return np.array(result)


def momentum_right_3(start, slopes, rate, keep):
    slopes = np.asarray(slopes, dtype=float)
    steps = len(slopes)
    how_often = [sum(keep**k for k in range(steps - i)) for i in range(steps)]
    return start - rate * (np.array(how_often)[:, None] * slopes).sum(axis=0)


def momentum_right_4(start, slopes, rate, keep):
    before = now = np.asarray(start, dtype=float)
    for slope in slopes:
        before, now = now, now - rate * slope + keep * (now - before)
    return now


def momentum_right_5(start, slopes, rate, keep):
    velocity = 0
    for slope in slopes:
        velocity = velocity * keep - rate * slope
        start = start + velocity
    return start


def momentum_right_6(start, slopes, rate, keep):
    def go(point, velocity, rest):
        if len(rest) == 0:
            return point
        velocity = keep * velocity + rest[0]
        return go(point - rate * velocity, velocity, rest[1:])

    return go(start, np.zeros(len(start)), slopes)


def momentum_right_7(start, slopes, rate, keep):
    point, velocity = list(start), [0] * len(start)
    for slope in slopes:
        velocity = [keep * v + s for v, s in zip(velocity, slope, strict=True)]
        point = [w - rate * v for w, v in zip(point, velocity, strict=True)]
    return np.array(point)


def momentum_wrong_1(start, slopes, rate, keep):
    """Plain gradient descent, with no velocity."""
    point = np.array(start, dtype=float)
    for slope in slopes:
        point -= rate * slope
    return point


def momentum_wrong_2(start, slopes, rate, keep):
    """Takes a running mean: the slope counts only 1 - keep."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * velocity + (1 - keep) * slope
        point = point - rate * velocity
    return point


def momentum_wrong_3(start, slopes, rate, keep):
    """Moves before the velocity has taken in the slope of this step."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        point = point - rate * velocity
        velocity = keep * velocity + slope
    return point


def momentum_wrong_4(start, slopes, rate, keep):
    """Climbs: adds the velocity to the point."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point + rate * velocity
    return point


def momentum_wrong_5(start, slopes, rate, keep):
    """Nesterov's variant: looks ahead by one more velocity."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * (slope + keep * velocity)
    return point


def momentum_wrong_6(start, slopes, rate, keep):
    """Always keeps 0.9, whatever keep says."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = 0.9 * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_7(start, slopes, rate, keep):
    """Starts with the first slope as velocity, and then takes it in again."""
    point = np.array(start, dtype=float)
    velocity = np.array(slopes[0], dtype=float)
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_8(start, slopes, rate, keep):
    """Moves the array start itself."""
    velocity = np.zeros(len(start))
    for slope in slopes:
        velocity = keep * velocity + slope
        start[:] = start - rate * velocity
    return start.copy()


def momentum_wrong_9(start, slopes, rate, keep):
    """Whole numbers to start from stay whole: the fractions are cut off at each step."""
    point = np.array(start)
    velocity = np.zeros(len(start))
    for slope in slopes:
        velocity = keep * velocity + slope
        point[:] = point - rate * velocity
    return point


def momentum_wrong_10(start, slopes, rate, keep):
    """Leaves out the last step."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for step in range(len(slopes) - 1):
        velocity = keep * velocity + slopes[step]
        point = point - rate * velocity
    return point


def momentum_wrong_11(start, slopes, rate, keep):
    """Returns the last velocity, not the point."""
    velocity = np.zeros(len(start))
    for slope in slopes:
        velocity = keep * velocity + slope
    return velocity


def momentum_wrong_12(start, slopes, rate, keep):
    """Returns the points of all steps."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    way = []
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * velocity
        way.append(point)
    return np.array(way)


def momentum_wrong_13(start, slopes, rate, keep):
    """Keeps part of the new slope only: keep multiplies the sum."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * (velocity + slope)
        point = point - rate * velocity
    return point


def momentum_wrong_14(start, slopes, rate, keep):
    """One velocity for all weights, of the sum of their slopes."""
    point = np.array(start, dtype=float)
    velocity = 0.0
    for slope in slopes:
        velocity = keep * velocity + slope.sum()
        point = point - rate * velocity
    return point


def momentum_wrong_15(start, slopes, rate, keep):
    """Takes as many steps as there are weights."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for step in range(min(len(start), len(slopes))):
        velocity = keep * velocity + slopes[step]
        point = point - rate * velocity
    return point


def momentum_wrong_16(start, slopes, rate, keep):
    """Remembers one step back only."""
    point = np.array(start, dtype=float)
    last = np.zeros_like(point)
    for slope in slopes:
        point = point - rate * (keep * last + slope)
        last = slope
    return point


def momentum_wrong_17(start, slopes, rate, keep):
    """Stands still in a step whose slopes are all 0, though the velocity is not."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        if not np.any(slope):
            continue
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_18(start, slopes, rate, keep):
    """Begins at 0, not at start."""
    point = velocity = np.zeros(len(start))
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_19(start, slopes, rate, keep):
    """Leaves out the learning rate."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * velocity + slope
        point = point - velocity
    return point


def momentum_wrong_20(start, slopes, rate, keep):
    """Adds everything up first, and takes one step with the last velocity."""
    velocity = 0
    for slope in slopes:
        velocity = keep * velocity + slope
    return start - rate * velocity


def momentum_wrong_21(start, slopes, rate, keep):
    """By a formula that divides by 1 - keep: no number if all is kept."""
    steps = len(slopes)
    left = np.arange(steps, 0, -1)
    with np.errstate(all="ignore"):
        how_often = np.divide(1 - float(keep) ** left, 1 - np.float64(keep))
    return start - rate * how_often @ slopes


def momentum_wrong_22(start, slopes, rate, keep):
    """Loses the velocity of a weight whose slope changes its sign."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = np.where(velocity * slope < 0, 0, velocity)
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_23(start, slopes, rate, keep):
    """Keeps 1 - keep of the velocity."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = (1 - keep) * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_24(start, slopes, rate, keep):
    """Shrinks the step and not what is kept: subtracts the velocity in full, the slope times rate."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        point = point - rate * slope - keep * velocity
        velocity = keep * velocity + slope
    return point


def momentum_wrong_25(start, slopes, rate, keep):
    """Goes through the steps backwards."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes[::-1]:
        velocity = keep * velocity + slope
        point = point - rate * velocity
    return point


def momentum_wrong_26(start, slopes, rate, keep):
    """Rounds the point to four decimals."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = keep * velocity + slope
        point = np.round(point - rate * velocity, 4)
    return point


def momentum_wrong_27(start, slopes, rate, keep):
    """Clips long velocities to between -10 and 10."""
    point = np.array(start, dtype=float)
    velocity = np.zeros_like(point)
    for slope in slopes:
        velocity = np.clip(keep * velocity + slope, -10, 10)
        point = point - rate * velocity
    return point


def adam_right_1(start, slopes, rate, keep_mean, keep_square, rise):
    point = np.array(start, dtype=float)
    mean = np.zeros_like(point)
    square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        corrected = mean / (1 - keep_mean**t)
        size = np.sqrt(square / (1 - keep_square**t)) + 1e-8
        point = point - now * corrected / size
    return point


def adam_right_2(start, slopes, rate, keep_mean, keep_square, rise):
    result = []
    for column in range(len(start)):
        w = float(start[column])
        mean = square = 0.0
        for t in range(1, len(slopes) + 1):
            g = float(slopes[t - 1][column])
            mean += (1 - keep_mean) * (g - mean)
            square += (1 - keep_square) * (g * g - square)
            factor = min(1, t / max(rise, 1))
            top = mean / (1 - keep_mean**t)
            bottom = math.sqrt(square / (1 - keep_square**t)) + 1e-8
            w -= rate * factor * top / bottom
        result.append(w)
    return np.array(result)


def adam_right_3(start, slopes, rate, keep_mean, keep_square, rise):
    def running_mean(values, keep, t):
        weights = keep ** np.arange(t - 1, -1, -1.0)
        return weights @ values[:t] / weights.sum()

    slopes = np.asarray(slopes, dtype=float)
    point = np.asarray(start, dtype=float)
    for t in range(1, len(slopes) + 1):
        mean = running_mean(slopes, keep_mean, t)
        size = running_mean(slopes**2, keep_square, t) ** 0.5 + 1e-8
        point = point - (rate if t >= rise else rate / rise * t) * mean / size
    return point


def adam_right_4(start, slopes, rate, keep_mean, keep_square, rise):
    mean = square = 0
    kept_mean = kept_square = 1
    for t, slope in enumerate(slopes):
        kept_mean *= keep_mean
        kept_square *= keep_square
        mean = keep_mean * mean + slope - keep_mean * slope
        square = keep_square * square + slope * slope - keep_square * slope * slope
        step = mean / (1 - kept_mean) / ((square / (1 - kept_square)) ** 0.5 + 1e-8)
        start = start - rate * (min(t + 1, rise) / rise if rise else 1) * step
    return start


def adam_right_5(start, slopes, rate, keep_mean, keep_square, rise):
    count = len(slopes)
    rates = np.full(count, float(rate))
    for i in range(min(rise - 1, count)):
        rates[i] = rate * (i + 1) / rise
    means = np.zeros((count + 1, len(start)))
    squares = np.zeros((count + 1, len(start)))
    for i in range(count):
        means[i + 1] = keep_mean * means[i] + (1 - keep_mean) * slopes[i]
        squares[i + 1] = keep_square * squares[i] + (1 - keep_square) * slopes[i] ** 2
    t = np.arange(1, count + 1)[:, None]
    means = means[1:] / (1 - keep_mean**t)
    squares = squares[1:] / (1 - keep_square**t)
    return start - (rates[:, None] * means / (np.sqrt(squares) + 1e-8)).sum(axis=0)


def adam_wrong_1(start, slopes, rate, keep_mean, keep_square, rise):
    """No bias correction."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        point = point - now * mean / (np.sqrt(square) + 1e-8)
    return point


def adam_wrong_2(start, slopes, rate, keep_mean, keep_square, rise):
    """Corrects the mean and not the square."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        point = point - now * mean / (1 - keep_mean**t) / (np.sqrt(square) + 1e-8)
    return point


def adam_wrong_3(start, slopes, rate, keep_mean, keep_square, rise):
    """Corrects the square and not the mean."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        point = point - now * mean / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_4(start, slopes, rate, keep_mean, keep_square, rise):
    """Counts the steps of the warm-up from 0."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * (t - 1) / rise if t - 1 < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_5(start, slopes, rate, keep_mean, keep_square, rise):
    """The rate goes on climbing after the warm-up."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / max(rise, 1)
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_6(start, slopes, rate, keep_mean, keep_square, rise):
    """No warm-up."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        top = mean / (1 - keep_mean**t)
        point = point - rate * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_7(start, slopes, rate, keep_mean, keep_square, rise):
    """Divides by a rise of 0."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * min(1, t / rise)
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_8(start, slopes, rate, keep_mean, keep_square, rise):
    """Puts 1e-8 under the root."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / np.sqrt(square / (1 - keep_square**t) + 1e-8)
    return point


def adam_wrong_9(start, slopes, rate, keep_mean, keep_square, rise):
    """Leaves out 1e-8: no number where all slopes so far are 0."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    with np.errstate(all="ignore"):
        for t, slope in enumerate(slopes, start=1):
            mean = keep_mean * mean + (1 - keep_mean) * slope
            square = keep_square * square + (1 - keep_square) * slope**2
            now = rate * t / rise if t < rise else rate
            top = mean / (1 - keep_mean**t)
            point = point - now * top / np.sqrt(square / (1 - keep_square**t))
    return point


def adam_wrong_10(start, slopes, rate, keep_mean, keep_square, rise):
    """Forgets the root."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (square / (1 - keep_square**t) + 1e-8)
    return point


def adam_wrong_11(start, slopes, rate, keep_mean, keep_square, rise):
    """Takes keep_mean for the square, and keep_square for the mean."""
    keep_mean, keep_square = keep_square, keep_mean
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_12(start, slopes, rate, keep_mean, keep_square, rise):
    """Corrects with 0.9 and 0.999, whatever is kept."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - 0.9**t)
        point = point - now * top / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
    return point


def adam_wrong_13(start, slopes, rate, keep_mean, keep_square, rise):
    """Keeps the corrected mean and square for the next step."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        mean = mean / (1 - keep_mean**t)
        square = square / (1 - keep_square**t)
        now = rate * t / rise if t < rise else rate
        point = point - now * mean / (np.sqrt(square) + 1e-8)
    return point


def adam_wrong_14(start, slopes, rate, keep_mean, keep_square, rise):
    """Adds the whole slope to the mean, as momentum does."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_15(start, slopes, rate, keep_mean, keep_square, rise):
    """Corrects with the same power in all steps: the number of steps."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    steps = len(slopes)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**steps)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**steps)) + 1e-8)
    return point


def adam_wrong_16(start, slopes, rate, keep_mean, keep_square, rise):
    """Whole division in the warm-up: the rate is 0 until its end."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * (t // rise) if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_17(start, slopes, rate, keep_mean, keep_square, rise):
    """The warm-up lasts one step too long: divides by rise + 1."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * min(1, t / (rise + 1))
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_18(start, slopes, rate, keep_mean, keep_square, rise):
    """Climbs: adds the step."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point + now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_19(start, slopes, rate, keep_mean, keep_square, rise):
    """Only the mean is a running mean; the slope is divided by its own size at this step."""
    point = np.array(start, dtype=float)
    mean = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        now = rate * t / rise if t < rise else rate
        point = point - now * mean / (1 - keep_mean**t) / (np.abs(slope) + 1e-8)
    return point


def adam_wrong_20(start, slopes, rate, keep_mean, keep_square, rise):
    """RMSprop with correction: takes the slope of this step, and not the mean."""
    point = np.array(start, dtype=float)
    square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        point = point - now * slope / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_21(start, slopes, rate, keep_mean, keep_square, rise):
    """Divides all weights by one size, from the mean of all squares."""
    point = np.array(start, dtype=float)
    mean, square = np.zeros_like(point), 0.0
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * np.mean(slope**2)
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (math.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_22(start, slopes, rate, keep_mean, keep_square, rise):
    """Squares the mean, not the slope."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * mean**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_23(start, slopes, rate, keep_mean, keep_square, rise):
    """Whole numbers to start from stay whole: the fractions are cut off."""
    point = np.array(start)
    mean = square = np.zeros(len(point))
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point[:] = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_24(start, slopes, rate, keep_mean, keep_square, rise):
    """Moves the array start itself."""
    mean = square = np.zeros(len(start))
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        start[:] = start - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return np.array(start)


def adam_wrong_25(start, slopes, rate, keep_mean, keep_square, rise):
    """A rise of 0 gives a rate of 0: nothing moves."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * min(t, rise) / rise if rise > 0 else 0
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_26(start, slopes, rate, keep_mean, keep_square, rise):
    """Counts the steps of the correction from 2: one too far."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean ** (t + 1))
        point = point - now * top / (np.sqrt(square / (1 - keep_square ** (t + 1))) + 1e-8)
    return point


def adam_wrong_27(start, slopes, rate, keep_mean, keep_square, rise):
    """Takes 1e-6 for 1e-8, which counts where slopes are tiny."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-6)
    return point


def adam_wrong_28(start, slopes, rate, keep_mean, keep_square, rise):
    """Takes 1e-8 as the least size, and does not add it: other steps where slopes are tiny."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / np.maximum(np.sqrt(square / (1 - keep_square**t)), 1e-8)
    return point


def adam_wrong_29(start, slopes, rate, keep_mean, keep_square, rise):
    """Remembers the largest square and divides by that."""
    point = np.array(start, dtype=float)
    mean = square = largest = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        largest = np.maximum(largest, square / (1 - keep_square**t))
        now = rate * t / rise if t < rise else rate
        point = point - now * mean / (1 - keep_mean**t) / (np.sqrt(largest) + 1e-8)
    return point


def adam_wrong_30(start, slopes, rate, keep_mean, keep_square, rise):
    """Corrects the root of the square, and not the square."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square) / (1 - keep_square**t) + 1e-8)
    return point


def adam_wrong_31(start, slopes, rate, keep_mean, keep_square, rise):
    """The warm-up multiplies on: each rate is that of the step before times t / rise."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    now = rate
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        if t < rise:
            now = now * t / rise
        top = mean / (1 - keep_mean**t)
        point = point - now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point


def adam_wrong_32(start, slopes, rate, keep_mean, keep_square, rise):
    """Skips weights whose slope is 0, though their mean still moves them."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        now = rate * t / rise if t < rise else rate
        top = mean / (1 - keep_mean**t)
        step = now * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
        point = np.where(slope == 0, point, point - step)
    return point


def adam_wrong_33(start, slopes, rate, keep_mean, keep_square, rise):
    """Counts the bias correction only from the end of the warm-up on."""
    point = np.array(start, dtype=float)
    mean = square = np.zeros_like(point)
    for t, slope in enumerate(slopes, start=1):
        mean = keep_mean * mean + (1 - keep_mean) * slope
        square = keep_square * square + (1 - keep_square) * slope**2
        if t < rise:
            point = point - rate * t / rise * mean / (np.sqrt(square) + 1e-8)
        else:
            top = mean / (1 - keep_mean**t)
            point = point - rate * top / (np.sqrt(square / (1 - keep_square**t)) + 1e-8)
    return point
