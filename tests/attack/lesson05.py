"""Functions for the exercises of lesson 05: a leak with a top, a ring, and teeth."""

import math

import numpy as np

from cnnlab import ops

# leaky_clipped(x, slope, top)


def leaky_clipped_right_1(x, slope, top):
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] < 0:
            out[place] = slope * x[place]
        elif x[place] > top:
            out[place] = top
        else:
            out[place] = x[place]
    return out


def leaky_clipped_right_2(x, slope, top):
    return np.where(x < 0, slope * x, np.where(x > top, top, x))


def leaky_clipped_right_3(x, slope, top):
    out = np.array(x, dtype=float)
    out[out < 0] *= slope
    out[out > top] = top
    return out


def leaky_clipped_right_4(x, slope, top):
    return ops.leaky_relu(np.minimum(x, top), slope)


def leaky_clipped_right_5(x, slope, top):
    return np.clip(x, slope * x, top)


def leaky_clipped_right_6(x, slope, top):
    return ops.relu(x) - slope * ops.relu(-x) - ops.relu(x - top)


def leaky_clipped_right_7(x, slope, top):
    def one(number):
        return min(number, top) if number >= 0 else number * slope

    return np.array([one(number) for number in x.ravel().tolist()]).reshape(x.shape)


def leaky_clipped_right_8(x, slope, top):
    below, above = x < 0, x >= top
    return below * slope * x + above * top + ~(below | above) * x


def leaky_clipped_wrong_1(x, slope, top):
    """The leak is forgotten: negative numbers become 0, as with ReLU6."""
    return np.clip(x, 0, top)


def leaky_clipped_wrong_2(x, slope, top):
    """The top is forgotten."""
    return np.where(x < 0, slope * x, x)


def leaky_clipped_wrong_3(x, slope, top):
    """Cuts off at 6, whatever the top."""
    return np.minimum(np.where(x < 0, slope * x, x), 6)


def leaky_clipped_wrong_4(x, slope, top):
    """Leaks with 0.01, whatever the slope."""
    return np.minimum(ops.leaky_relu(x), top)


def leaky_clipped_wrong_5(x, slope, top):
    """An integer array collects the fractions and cuts them off."""
    out = x.copy()
    out[x < 0] = slope * x[x < 0]
    out[x > top] = top
    return out


def leaky_clipped_wrong_6(x, slope, top):
    """Numbers above the top become 0."""
    return np.where(x < 0, slope * x, np.where(x > top, 0, x))


def leaky_clipped_wrong_7(x, slope, top):
    """The sign is lost: negative numbers come out positive."""
    return np.where(x < 0, -slope * x, np.minimum(x, top))


def leaky_clipped_wrong_8(x, slope, top):
    """Cuts off at the bottom too, before the leak: nothing is below minus the top."""
    cut = np.clip(x, -top, top)
    return np.where(cut < 0, slope * cut, cut)


def leaky_clipped_wrong_9(x, slope, top):
    """Leaks above the top as well, where it should be flat."""
    return np.where(x < 0, slope * x, np.where(x > top, top + slope * (x - top), x))


def leaky_clipped_wrong_10(x, slope, top):
    """Flattens the array into one row."""
    return np.array([slope * each if each < 0 else min(each, top) for each in x.ravel()])


def leaky_clipped_wrong_11(x, slope, top):
    """Writes into the array that it was given."""
    x[x < 0] *= slope
    x[x > top] = top
    return x


def leaky_clipped_wrong_12(x, slope, top):
    """Takes slope and top for each other."""
    return np.where(x < 0, top * x, np.minimum(x, slope))


def leaky_clipped_wrong_13(x, slope, top):
    """Takes a slope of 0 for a missing one."""
    return np.minimum(np.maximum(x, (slope or 0.01) * x), top)


def leaky_clipped_wrong_14(x, slope, top):
    """Multiplies all numbers by the slope if any of them is negative."""
    return np.minimum(slope * x if (x < 0).any() else x, top)


def leaky_clipped_wrong_15(x, slope, top):
    """Divides negative numbers by the slope."""
    return np.where(x < 0, x / max(slope, 1e-9), np.minimum(x, top))


def leaky_clipped_wrong_16(x, slope, top):
    """Knows matrices only, no other shapes."""
    out = np.zeros(x.shape)
    for i in range(len(x)):
        for j in range(len(x[0])):
            out[i, j] = slope * x[i, j] if x[i, j] < 0 else min(x[i, j], top)
    return out


def leaky_clipped_wrong_17(x, slope, top):
    """Negative numbers become the slope itself."""
    return np.where(x < 0, slope, np.minimum(x, top))


def leaky_clipped_wrong_18(x, slope, top):
    """Cuts the fraction of the top off."""
    return np.minimum(np.where(x < 0, slope * x, x), int(top))


def leaky_clipped_wrong_19(x, slope, top):
    """Takes the larger where it should take the smaller: small numbers are raised to the top."""
    return np.maximum(np.where(x < 0, slope * x, x), top)


def leaky_clipped_wrong_20(x, slope, top):
    """Divides by the top, so that the largest number becomes 1."""
    return np.where(x < 0, slope * x, np.minimum(x, top) / top)


def leaky_clipped_wrong_21(x, slope, top):
    """The leak begins below 1, not below 0."""
    return np.where(x < 1, slope * x, np.minimum(x, top))


def leaky_clipped_wrong_22(x, slope, top):
    """Rounds to whole numbers."""
    return np.round(np.minimum(np.where(x < 0, slope * x, x), top))


# ring(x, y, inner, outer)


def size_of(a):
    return ops.relu(a) + ops.relu(-a)


def ring_right_1(x, y, inner, outer):
    d = ops.relu(x) + ops.relu(-x) + ops.relu(y) + ops.relu(-y)
    off = d - (inner + outer) / 2
    return (outer - inner) / 2 - (ops.relu(off) + ops.relu(-off))


def ring_right_2(x, y, inner, outer):
    return (outer - inner) / 2 - size_of(size_of(x) + size_of(y) - (inner + outer) / 2)


def ring_right_3(x, y, inner, outer):
    d = 2 * ops.relu(x) - x + 2 * ops.relu(y) - y
    middle = (inner + outer) / 2
    return (outer - inner) / 2 - (2 * ops.relu(d - middle) - (d - middle))


def ring_right_4(x, y, inner, outer, bend=ops.relu):
    points = np.stack([x, y], axis=-1)
    d = bend(points @ np.array([[1, -1, 0, 0], [0, 0, 1, -1]])).sum(axis=-1)
    middle = 0.5 * (inner + outer)
    return 0.5 * (outer - inner) - bend(d - middle) - bend(middle - d)


def ring_right_5(x, y, inner, outer):
    def one(a, b):
        d = float(ops.relu(a) + ops.relu(-a) + ops.relu(b) + ops.relu(-b))
        off = d - (inner + outer) / 2
        return (outer - inner) / 2 - float(ops.relu(off)) - float(ops.relu(-off))

    results = [one(a, b) for a, b in zip(np.ravel(x).tolist(), np.ravel(y).tolist(), strict=True)]
    return np.array(results).reshape(np.shape(x))


def ring_right_6(x, y, inner, outer):
    # d - inner inside the middle, outer - d beyond it: the rise turns over at the middle.
    d = ops.relu(x) + ops.relu(-x) + ops.relu(y) + ops.relu(-y)
    return d - inner - 2 * ops.relu(d - (inner + outer) / 2)


def ring_right_7(x, y, inner, outer):
    x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
    off = size_of(x) + size_of(y) - np.float32((inner + outer) / 2)
    return np.float32((outer - inner) / 2) - size_of(off)


def ring_wrong_1(x, y, inner, outer):
    """Uses np.abs, not ops.relu."""
    return (outer - inner) / 2 - np.abs(np.abs(x) + np.abs(y) - (inner + outer) / 2)


def ring_wrong_2(x, y, inner, outer):
    """Uses Python's abs, not ops.relu."""
    return (outer - inner) / 2 - abs(abs(x) + abs(y) - (inner + outer) / 2)


def ring_wrong_3(x, y, inner, outer):
    """Measures as the crow flies, not along the axes."""
    return (outer - inner) / 2 - size_of(np.sqrt(x**2 + y**2) - (inner + outer) / 2)


def ring_wrong_4(x, y, inner, outer):
    """Takes ReLU for the size: negative coordinates count 0."""
    return (outer - inner) / 2 - size_of(ops.relu(x) + ops.relu(y) - (inner + outer) / 2)


def ring_wrong_5(x, y, inner, outer):
    """Subtracts the second ReLU of each size, so the sign stays."""

    def size(a):
        return ops.relu(a) - ops.relu(-a)

    return (outer - inner) / 2 - size(size(x) + size(y) - (inner + outer) / 2)


def ring_wrong_6(x, y, inner, outer):
    """Forgets the hole: positive everywhere inside the outer border."""
    return outer - (size_of(x) + size_of(y))


def ring_wrong_7(x, y, inner, outer):
    """The sign is turned over: negative in the ring, positive outside."""
    return size_of(size_of(x) + size_of(y) - (inner + outer) / 2) - (outer - inner) / 2


def ring_wrong_8(x, y, inner, outer):
    """Does not halve the width of the ring."""
    return (outer - inner) - size_of(size_of(x) + size_of(y) - (inner + outer) / 2)


def ring_wrong_9(x, y, inner, outer):
    """Halves in whole numbers and drops the rest."""
    return (outer - inner) // 2 - size_of(size_of(x) + size_of(y) - (inner + outer) // 2)


def ring_wrong_10(x, y, inner, outer):
    """Bends the result: 0 outside instead of negative."""
    return ops.relu((outer - inner) / 2 - size_of(size_of(x) + size_of(y) - (inner + outer) / 2))


def ring_wrong_11(x, y, inner, outer):
    """Returns only the sign."""
    return np.sign((outer - inner) / 2 - size_of(size_of(x) + size_of(y) - (inner + outer) / 2))


def ring_wrong_12(x, y, inner, outer):
    """The last size is a single ReLU: the hole is as positive as the ring."""
    return (outer - inner) / 2 - ops.relu(size_of(x) + size_of(y) - (inner + outer) / 2)


def ring_wrong_13(x, y, inner, outer):
    """Adds up all points and returns one number."""
    return ((outer - inner) / 2 - size_of(size_of(x) + size_of(y) - (inner + outer) / 2)).sum()


def ring_wrong_14(x, y, inner, outer):
    """Takes the longer of the two ways, not their sum: a square ring."""
    return (outer - inner) / 2 - size_of(np.maximum(size_of(x), size_of(y)) - (inner + outer) / 2)


def ring_wrong_15(x, y, inner, outer):
    """Takes the size of the sum, not the sum of the sizes."""
    return (outer - inner) / 2 - size_of(size_of(x + y) - (inner + outer) / 2)


def ring_wrong_16(x, y, inner, outer):
    """The middle of the ring is at the sum of the borders, not at its half."""
    return (outer - inner) / 2 - size_of(size_of(x) + size_of(y) - (inner + outer))


def ring_wrong_17(x, y, inner, outer):
    """Squares and takes the root, no ReLU."""
    off = np.sqrt(x**2.0) + np.sqrt(y**2.0) - (inner + outer) / 2
    return (outer - inner) / 2 - np.sqrt(off**2)


def ring_wrong_18(x, y, inner, outer):
    """Uses np.where, no ReLU."""
    d = np.where(x < 0, -x, x) + np.where(y < 0, -y, y)
    off = d - (inner + outer) / 2
    return (outer - inner) / 2 - np.where(off < 0, -off, off)


def ring_wrong_19(x, y, inner, outer):
    """ReLU for x and y, but np.abs for the last size."""
    return (outer - inner) / 2 - np.abs(size_of(x) + size_of(y) - (inner + outer) / 2)


def ring_wrong_20(x, y, inner, outer):
    """Collects the results in an array like x, which cuts fractions off where x is of integers."""
    out = np.zeros_like(x)
    out[...] = (outer - inner) / 2 - size_of(size_of(x) + size_of(y) - (inner + outer) / 2)
    return out


def ring_wrong_21(x, y, inner, outer):
    """Forgets y."""
    return (outer - inner) / 2 - size_of(size_of(x) - (inner + outer) / 2)


def ring_wrong_22(x, y, inner, outer):
    """Only whether the point is in the ring, as True or False."""
    d = size_of(x) + size_of(y)
    return (d > inner) & (d < outer)


def ring_wrong_23(x, y, inner, outer):
    """Multiplies the distances from both borders."""
    d = size_of(x) + size_of(y)
    return (d - inner) * (outer - d)


def ring_wrong_24(x, y, inner, outer):
    """Measures from the inner border, not from the middle of the ring."""
    return (outer - inner) / 2 - size_of(size_of(x) + size_of(y) - inner)


def ring_wrong_25(x, y, inner, outer):
    """Works with the borders 1 and 3, whatever is asked."""
    return 1 - size_of(size_of(x) + size_of(y) - 2)


def ring_wrong_26(x, y, inner, outer):
    """Makes x and y absolute in place, and so changes its arguments."""
    x[...] = size_of(x)
    y[...] = size_of(y)
    return (outer - inner) / 2 - size_of(x + y - (inner + outer) / 2)


def ring_wrong_27(x, y, inner, outer):
    """ReLU for x and y, but Python's abs for the last size."""
    return (outer - inner) / 2 - abs(size_of(x) + size_of(y) - (inner + outer) / 2)


# teeth(x)


def tooth(x):
    return 2 * ops.relu(x) - 4 * ops.relu(x - 0.5)


def teeth_right_1(x):
    for _ in range(4):
        x = 2 * ops.relu(x) - 4 * ops.relu(x - 0.5)
    return x


def teeth_right_2(x):
    for _ in range(4):
        x = 2 * x - 4 * ops.relu(x - 1 / 2)
    return x


def teeth_right_3(x):
    return tooth(tooth(tooth(tooth(x))))


def teeth_right_4(x):
    for _ in range(4):
        x = 1 - ops.relu(2 * x - 1) - ops.relu(1 - 2 * x)
    return x


def teeth_right_5(x):
    # Two teeth of two teeth: 3 ReLUs and 3.
    for _ in range(2):
        x = 4 * x - 8 * ops.relu(x - 0.25) + 8 * ops.relu(x - 0.5) - 8 * ops.relu(x - 0.75)
    return x


def teeth_right_6(x):
    def fold(values, times):
        return values if times == 0 else fold(2 * values - 4 * ops.relu(values - 0.5), times - 1)

    return fold(np.asarray(x, dtype=float), 4)


def teeth_right_7(x):
    def one(number):
        for _ in range(4):
            number = float(2 * number - 4 * ops.relu(number - 0.5))
        return number

    return np.array([one(number) for number in np.ravel(x).tolist()]).reshape(np.shape(x))


def teeth_right_8(x, bend=ops.relu):
    # A layer: all weighted sums at once, one bend, and a weighted sum of the results.
    for _ in range(4):
        x = bend(np.stack([x, x - 0.5], axis=-1)) @ np.array([2.0, -4.0])
    return x


def teeth_right_9(x):
    # Four teeth first, in one layer, and a tooth of them: 7 ReLUs and 1.
    corners = np.arange(1, 8) / 8
    ups = np.where(np.arange(1, 8) % 2, -16.0, 16.0)
    four = 8 * x + sum(up * ops.relu(x - corner) for up, corner in zip(ups, corners, strict=True))
    return 2 * four - 4 * ops.relu(four - 0.5)


def teeth_wrong_1(x):
    """Four teeth: one fold is missing."""
    return tooth(tooth(tooth(x)))


def teeth_wrong_2(x):
    """Sixteen teeth: one fold too many."""
    return tooth(tooth(tooth(tooth(tooth(x)))))


def teeth_wrong_3(x):
    """Upside down: 1 where it should be 0."""
    return 1 - tooth(tooth(tooth(tooth(x))))


def teeth_wrong_4(x):
    """Half as high."""
    return tooth(tooth(tooth(tooth(x)))) / 2


def teeth_wrong_5(x):
    """Uses np.abs, no ReLU."""
    for _ in range(4):
        x = 1 - np.abs(2 * x - 1)
    return x


def teeth_wrong_6(x):
    """Takes the rest of a division, no ReLU, and it is a saw: up, and straight down at once."""
    return 8 * x % 1


def teeth_wrong_7(x):
    """Draws the teeth by np.interp, no ReLU."""
    corners = np.arange(17) / 16
    return np.interp(x, corners, np.arange(17) % 2)


def teeth_wrong_8(x):
    """Does not come down: each tooth stays at 1."""
    for _ in range(4):
        x = 2 * x - 2 * ops.relu(x - 0.5)
    return x


def teeth_wrong_9(x):
    """One tooth only."""
    return tooth(x)


def teeth_wrong_10(x):
    """Rounds to sixteenths first: right at the tips and between two teeth, and steps elsewhere."""
    x = np.round(16 * x) / 16
    for _ in range(4):
        x = tooth(x)
    return x


def teeth_wrong_11(x):
    """Waves of a sine instead of straight lines."""
    return (1 - np.cos(16 * math.pi * x)) / 2


def teeth_wrong_12(x):
    """Builds the first tooth alone, and goes down for good."""
    return 16 * ops.relu(x) - 32 * ops.relu(x - 1 / 16)


def teeth_wrong_13(x):
    """Eight times as high instead of eight teeth."""
    return 8 * tooth(x)


def teeth_wrong_14(x):
    """Falls half as steep as it has to: the factor 4 is forgotten."""
    for _ in range(4):
        x = 2 * x - 3 * ops.relu(x - 0.5)
    return x


def teeth_wrong_15(x):
    """Adds up teeth of four widths instead of putting them into each other."""
    return tooth(x) + tooth(x / 2) + tooth(x / 4) + tooth(x / 8)


def teeth_wrong_16(x):
    """Integers collect the values: everything but the tips is cut off to 0."""
    return tooth(tooth(tooth(tooth(x)))).astype(int)


def teeth_wrong_17(x):
    """Returns the mean height of all points, one number."""
    return tooth(tooth(tooth(tooth(x)))).mean()


def teeth_wrong_18(x):
    """Shifted by half a tooth: starts with a tip."""
    return tooth(tooth(tooth(tooth(x + 1 / 16))))


def teeth_wrong_19(x):
    """A layer with a corner forgotten: the last tooth goes on rising."""
    out = 16 * ops.relu(x)
    for k in range(1, 15):
        out = out + (-1) ** k * 32 * ops.relu(x - k / 16)
    return out


def teeth_wrong_20(x):
    """The fold by np.minimum, no ReLU."""
    for _ in range(4):
        x = np.minimum(2 * x, 2 - 2 * x)
    return x


def teeth_wrong_21(x):
    """The result is bent by a threshold: 1 near a tip, else 0."""
    return (tooth(tooth(tooth(tooth(x)))) > 0.5) * 1.0
