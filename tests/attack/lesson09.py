"""Lesson 09: derivatives of the two losses and a safe cross-entropy, as learners might write them."""

import math

import numpy as np

from cnnlab import ops


def squared_slope_right_1(z, y):
    p = ops.sigmoid(z)
    return (p - y) * p * (1 - p)


def squared_slope_right_2(z, y):
    slopes = []
    for score, target in zip(z, y, strict=True):
        p = 1 / (1 + math.exp(-score))
        slopes.append((p - target) * p * (1 - p))
    return slopes


def squared_slope_right_3(z, y):
    p = 0.5 + 0.5 * np.tanh(np.asarray(z, dtype=float) / 2)
    return p**2 - p**3 - y * (p - p**2)


def squared_slope_right_4(z, y):
    power = np.exp(z)
    return np.where(y == 1, -power / (1 + power) ** 3, power**2 / (1 + power) ** 3)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def squared_slope_right_5(z, y):
    out = np.zeros(len(z))
    for i in range(len(z)):
        p, q = _sigmoid(z[i]), _sigmoid(-z[i])
        out[i] = -(q**2) * p if y[i] else p * p * q
    return out


def squared_slope_right_6(z, y):
    p = np.exp(z) / (np.exp(z) + np.exp(0))
    return ((p - y) * p * (1 - p)).astype(np.float32)


def squared_slope_wrong_1(z, y):
    """The derivative of cross-entropy."""
    return ops.sigmoid(z) - y


def squared_slope_wrong_2(z, y):
    """Without the half, so twice as much."""
    p = ops.sigmoid(z)
    return 2 * (p - y) * p * (1 - p)


def squared_slope_wrong_3(z, y):
    """The sign: target less share."""
    p = ops.sigmoid(z)
    return (y - p) * p * (1 - p)


def squared_slope_wrong_4(z, y):
    """The logit is taken for the share in the sigmoid's derivative."""
    return (ops.sigmoid(z) - y) * z * (1 - z)


def squared_slope_wrong_5(z, y):
    """The logit is taken for the share everywhere."""
    return (z - y) * z * (1 - z)


def squared_slope_wrong_6(z, y):
    """The sigmoid's derivative alone."""
    p = ops.sigmoid(z)
    return p * (1 - p) + 0 * y


def squared_slope_wrong_7(z, y):
    """The loss itself."""
    return 0.5 * (ops.sigmoid(z) - y) ** 2


def squared_slope_wrong_8(z, y):
    """The mean of all the derivatives."""
    p = ops.sigmoid(z)
    return np.mean((p - y) * p * (1 - p))


def squared_slope_wrong_9(z, y):
    """As if each target were 1."""
    p = ops.sigmoid(z)
    return (p - 1) * p * (1 - p)


def squared_slope_wrong_10(z, y):
    """Half of the sigmoid's derivative is missing."""
    p = ops.sigmoid(z)
    return (p - y) * p


def squared_slope_wrong_11(z, y):
    """The target stands in the sigmoid's derivative, which is then 0."""
    return (ops.sigmoid(z) - y) * y * (1 - y)


def squared_slope_wrong_12(z, y):
    """The minus in the exponent is forgotten."""
    p = 1 / (1 + np.exp(z))
    return (p - y) * p * (1 - p)


def squared_slope_wrong_13(z, y):
    """Fractions are cut off by an array like that of the targets."""
    p = ops.sigmoid(z)
    out = np.zeros_like(np.asarray(y, dtype=int))
    out[:] = (p - y) * p * (1 - p)
    return out


def squared_slope_wrong_14(z, y):
    """Divided by how many there are."""
    p = ops.sigmoid(z)
    return (p - y) * p * (1 - p) / len(z)


def squared_slope_wrong_15(z, y):
    """Rounded to two decimals."""
    p = ops.sigmoid(z)
    return np.round((p - y) * p * (1 - p), 2)


def squared_slope_wrong_16(z, y):
    """The square of the difference, not the difference."""
    p = ops.sigmoid(z)
    return (p - y) ** 2 * p * (1 - p)


def squared_slope_wrong_17(z, y):
    """The size of the difference, without its sign."""
    p = ops.sigmoid(z)
    return np.abs(p - y) * p * (1 - p)


def squared_slope_wrong_18(z, y):
    """Logits beyond 5 are clipped."""
    p = ops.sigmoid(np.clip(z, -5, 5))
    return (p - y) * p * (1 - p)


def squared_slope_wrong_19(z, y):
    """The half of the loss is multiplied in once more."""
    p = ops.sigmoid(z)
    return 0.5 * (p - y) * p * (1 - p)


def squared_slope_wrong_20(z, y):
    """The derivative in the share, not in the logit, times the logit."""
    return (ops.sigmoid(z) - y) * z


def squared_slope_wrong_21(z, y):
    """The sigmoid's derivative with a plus."""
    p = ops.sigmoid(z)
    return (p - y) * p * (1 + p)


def squared_slope_wrong_22(z, y):
    """The sigmoid is applied twice: its derivative is taken at p."""
    p = ops.sigmoid(z)
    again = ops.sigmoid(p)
    return (p - y) * again * (1 - again)


def squared_slope_wrong_23(z, y):
    """The first target is used for all."""
    p = ops.sigmoid(z)
    return (p - y[0]) * p * (1 - p)


def squared_slope_wrong_24(z, y):
    """The factors are added, not multiplied."""
    p = ops.sigmoid(z)
    return (p - y) + p * (1 - p)


def squared_slope_wrong_25(z, y):
    """A walk downhill: the logits after a step, not the derivatives."""
    p = ops.sigmoid(z)
    return z - (p - y) * p * (1 - p)


def squared_slope_wrong_26(z, y):
    """Fractions are cut off by an array like that of the logits if those are whole."""
    out = np.zeros_like(z)
    for i in range(len(z)):
        p = 1 / (1 + math.exp(-z[i]))
        out[i] = (p - y[i]) * p * (1 - p)
    return out


def vote_slopes_right_1(votes, right):
    powers = np.exp(votes - votes.max())
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_right_2(votes, right):
    largest = max(votes)
    powers = [math.exp(vote - largest) for vote in votes]
    total = math.fsum(powers)
    return [power / total - (1 if k == right else 0) for k, power in enumerate(powers)]


def vote_slopes_right_3(votes, right):
    return ops.softmax(votes) - np.eye(len(votes))[right]


def vote_slopes_right_4(votes, right):
    target = np.zeros(votes.shape, dtype=int)
    target[right] = 1
    return np.exp(votes - np.logaddexp.reduce(votes)) - target


def vote_slopes_right_5(votes, right):
    slopes = np.empty(len(votes))
    with np.errstate(over="ignore"):
        for k in range(len(votes)):
            slopes[k] = 1 / np.exp(votes - votes[k]).sum()
    slopes[right] = -(slopes[:right].sum() + slopes[right + 1 :].sum())
    return slopes


def vote_slopes_right_6(votes, right):
    p = np.float32(votes - np.max(votes))
    p = np.exp(p) / np.sum(np.exp(p))
    return p - (np.arange(p.size) == right)


def vote_slopes_right_7(votes, right):
    return np.exp(ops.log_softmax(votes)) - np.array([float(k == right) for k in range(len(votes))])


def vote_slopes_wrong_1(votes, right):
    """Powers of large votes are more than the computer can hold."""
    powers = np.exp(votes)
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_2(votes, right):
    """The sign: target less share."""
    return np.eye(len(votes))[right] - ops.softmax(votes)


def vote_slopes_wrong_3(votes, right):
    """The shares, without the target."""
    return ops.softmax(votes)


def vote_slopes_wrong_4(votes, right):
    """The right class is counted from 1."""
    slopes = ops.softmax(votes)
    slopes[right - 1] -= 1
    return slopes


def vote_slopes_wrong_5(votes, right):
    """1 is taken from the winner, not from the right class."""
    slopes = ops.softmax(votes)
    slopes[slopes.argmax()] -= 1
    return slopes


def vote_slopes_wrong_6(votes, right):
    """The loss, not its derivatives."""
    return -ops.log_softmax(votes)[right]


def vote_slopes_wrong_7(votes, right):
    """1 is taken from all classes."""
    return ops.softmax(votes) - 1


def vote_slopes_wrong_8(votes, right):
    """Divided by how many classes there are."""
    return (ops.softmax(votes) - np.eye(len(votes))[right]) / len(votes)


def vote_slopes_wrong_9(votes, right):
    """The right class's derivative only."""
    return ops.softmax(votes)[right] - 1


def vote_slopes_wrong_10(votes, right):
    """The right class's derivative only, and zeros."""
    return (ops.softmax(votes) - 1) * np.eye(len(votes))[right]


def vote_slopes_wrong_11(votes, right):
    """The largest size is taken away: votes far below 0 become 0 / 0."""
    powers = np.exp(votes - np.abs(votes).max())
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_12(votes, right):
    """Large votes are clipped."""
    powers = np.exp(np.clip(votes, -500, 500))
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_13(votes, right):
    """Fractions are cut off by an array of whole numbers if the votes are whole."""
    slopes = np.zeros_like(votes)
    slopes[:] = ops.softmax(votes)
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_14(votes, right):
    """The right class gets −1, whatever its share."""
    slopes = ops.softmax(votes)
    slopes[right] = -1
    return slopes


def vote_slopes_wrong_15(votes, right):
    """The sigmoid's derivative is multiplied in."""
    p = ops.softmax(votes)
    return (p - np.eye(len(votes))[right]) * p * (1 - p)


def vote_slopes_wrong_16(votes, right):
    """The votes less the target, without softmax."""
    return votes - np.eye(len(votes))[right]


def vote_slopes_wrong_17(votes, right):
    """The caller's votes are lowered in place."""
    votes -= votes.max()
    powers = np.exp(votes)
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_18(votes, right):
    """Only positive votes are lowered: if all are far below 0, 0 / 0 is left."""
    powers = np.exp(votes - max(0, votes.max()))
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_19(votes, right):
    """The right class's derivative has the wrong sign."""
    slopes = ops.softmax(votes)
    slopes[right] = 1 - slopes[right]
    return slopes


def vote_slopes_wrong_20(votes, right):
    """What is not a number is made 0."""
    with np.errstate(all="ignore"):
        powers = np.exp(votes)
        slopes = np.nan_to_num(powers / powers.sum())
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_21(votes, right):
    """Class 0 is taken for none."""
    slopes = ops.softmax(votes)
    if right:
        slopes[right] -= 1
    return slopes


def vote_slopes_wrong_22(votes, right):
    """Rounded to three decimals, as the lesson prints them."""
    return (ops.softmax(votes) - np.eye(len(votes))[right]).round(3)


def vote_slopes_wrong_23(votes, right):
    """Each vote's sigmoid instead of softmax."""
    return ops.sigmoid(votes) - np.eye(len(votes))[right]


def vote_slopes_wrong_24(votes, right):
    """Softmax's own derivatives, of the right class's share."""
    p = ops.softmax(votes)
    return p[right] * (np.eye(len(votes))[right] - p)


def vote_slopes_wrong_25(votes, right):
    """The mean is taken away, which does not help if the differences are large."""
    powers = np.exp(votes - votes.mean())
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_26(votes, right):
    """The right class is always the second, as in the text's example."""
    return ops.softmax(votes) - np.eye(len(votes))[1]


def vote_slopes_wrong_27(votes, right):
    """A plus: the target is added."""
    return ops.softmax(votes) + np.eye(len(votes))[right]


def vote_slopes_wrong_28(votes, right):
    """Always 1000 is taken away, so that usual votes become 0 / 0."""
    powers = np.exp(votes - 1000)
    slopes = powers / powers.sum()
    slopes[right] -= 1
    return slopes


def vote_slopes_wrong_29(votes, right):
    """The step downhill is taken already."""
    return votes - (ops.softmax(votes) - np.eye(len(votes))[right])


def cross_entropy_right_1(z, y):
    return np.logaddexp(0, z) - y * z


def cross_entropy_right_2(z, y):
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))


def cross_entropy_right_3(z, y):
    losses = []
    for score, target in zip(z, y, strict=True):
        against = -score if target == 1 else score
        if against > 0:
            losses.append(against + math.log(1 + math.exp(-against)))
        else:
            losses.append(math.log(1 + math.exp(against)))
    return losses


def cross_entropy_right_4(z, y):
    votes = np.stack([np.zeros(len(z)), z], axis=1)
    largest = votes.max(axis=1)
    log_sum_exp = largest + np.log(np.exp(votes - largest[:, None]).sum(axis=1))
    return log_sum_exp - np.where(y == 1, z, 0)


def cross_entropy_right_5(z, y):
    logarithms = ops.log_softmax(np.stack([0 * z, z], axis=-1).astype(float))
    return -y * logarithms[..., 1] - (1 - y) * logarithms[..., 0]


def cross_entropy_right_6(z, y):
    out = np.empty(z.shape)
    for i in range(len(z)):
        m = max(z[i], 0)
        out[i] = m + np.log(np.exp(z[i] - m) + np.exp(-m)) - y[i] * z[i]
    return out


def cross_entropy_right_7(z, y):
    return np.logaddexp(0, np.where(y > 0.5, -z, z)).astype(np.float32)


def cross_entropy_right_8(z, y):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-np.abs(z)))
        safe = -np.log(p)
    right = (z > 0) == (y == 1)
    return np.where(right, safe, safe + np.abs(z))


def cross_entropy_wrong_1(z, y):
    """From the share, which is rounded to 0 or 1."""
    p = ops.sigmoid(z)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def cross_entropy_wrong_2(z, y):
    """The share is kept away from 0 and 1, so that no loss is above 34.5."""
    p = np.clip(ops.sigmoid(z), 1e-15, 1 - 1e-15)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def cross_entropy_wrong_3(z, y):
    """The logits are clipped."""
    z = np.clip(z, -500, 500)
    return np.logaddexp(0, z) - y * z


def cross_entropy_wrong_4(z, y):
    """The targets are swapped."""
    return np.logaddexp(0, z) - (1 - y) * z


def cross_entropy_wrong_5(z, y):
    """As if each target were 0."""
    return np.logaddexp(0, z)


def cross_entropy_wrong_6(z, y):
    """The mean of all."""
    return np.mean(np.logaddexp(0, z) - y * z)


def cross_entropy_wrong_7(z, y):
    """The power of a large logit is more than the computer can hold."""
    return np.log(1 + np.exp(z)) - y * z


def cross_entropy_wrong_8(z, y):
    """What is not a number, or infinite, is made a number."""
    with np.errstate(all="ignore"):
        p = ops.sigmoid(z)
        return np.nan_to_num(-y * np.log(p) - (1 - y) * np.log(1 - p))


def cross_entropy_wrong_9(z, y):
    """Infinite where the logit is far below 0."""
    return z + np.log1p(np.exp(-z)) - y * z


def cross_entropy_wrong_10(z, y):
    """Only the size of the wrong way, without the logarithm: right far from 0 only."""
    return np.maximum(z, 0) - y * z


def cross_entropy_wrong_11(z, y):
    """The logarithm with base 2."""
    return (np.logaddexp(0, z) - y * z) / np.log(2)


def cross_entropy_wrong_12(z, y):
    """Something small is added in the logarithm, so that no loss is above 27.6."""
    p = ops.sigmoid(z)
    return -y * np.log(p + 1e-12) - (1 - y) * np.log(1 - p + 1e-12)


def cross_entropy_wrong_13(z, y):
    """Fractions are cut off by an array of whole numbers."""
    out = np.zeros_like(np.asarray(y, dtype=int))
    out[:] = np.logaddexp(0, z) - y * z
    return out


def cross_entropy_wrong_14(z, y):
    """Rounded to two decimals."""
    return np.round(np.logaddexp(0, z) - y * z, 2)


def cross_entropy_wrong_15(z, y):
    """The derivative, not the loss."""
    return ops.sigmoid(z) - y


def cross_entropy_wrong_16(z, y):
    """The minus is forgotten."""
    return y * z - np.logaddexp(0, z)


def cross_entropy_wrong_17(z, y):
    """Only where the target is 1."""
    return y * np.logaddexp(0, -z)


def cross_entropy_wrong_18(z, y):
    """Beyond 5 the logarithm is left out, which is too early."""
    against = np.where(y == 1, -z, z)
    return np.where(np.abs(z) > 5, np.maximum(against, 0), np.logaddexp(0, against))


def cross_entropy_wrong_19(z, y):
    """Safe beyond 500 only: at 40 the share is rounded to 1, too."""
    with np.errstate(all="ignore"):
        p = ops.sigmoid(z)
        naive = np.where(y == 1, -np.log(p), -np.log(1 - p))
    return np.where(np.abs(z) > 500, np.maximum(z, 0) - y * z, naive)


def cross_entropy_wrong_20(z, y):
    """Beyond 500 always the size of the logit, even if the answer is right."""
    inside = np.clip(z, -500, 500)
    return np.where(np.abs(z) > 500, np.abs(z), np.logaddexp(0, inside) - y * inside)


def cross_entropy_wrong_21(z, y):
    """Beyond 500 no loss at all."""
    inside = np.clip(z, -500, 500)
    return np.where(np.abs(z) > 500, 0, np.logaddexp(0, inside) - y * inside)


def cross_entropy_wrong_22(z, y):
    """The sum of all."""
    return np.sum(np.logaddexp(0, z) - y * z)


def cross_entropy_wrong_23(z, y):
    """The second vote is 1, not 0."""
    return np.logaddexp(1, z) - np.where(y == 1, z, 1)


def cross_entropy_wrong_24(z, y):
    """The two votes are z and −z, which doubles the score."""
    return np.logaddexp(z, -z) - np.where(y == 1, z, -z)


def cross_entropy_wrong_25(z, y):
    """The target is taken away, not the target times the logit."""
    return np.logaddexp(0, z) - y


def cross_entropy_wrong_26(z, y):
    """The largest of all logits is taken out of each sum."""
    m = max(0, np.max(z))
    with np.errstate(divide="ignore"):
        return m + np.log(np.exp(-m) + np.exp(z - m)) - y * z


def cross_entropy_wrong_27(z, y):
    """Softmax over all logits, as if they were classes of one picture."""
    return -y * ops.log_softmax(z) - (1 - y) * np.log1p(-np.minimum(ops.softmax(z), 1 - 1e-16))


def cross_entropy_wrong_28(z, y):
    """The logits are taken for shares."""
    p = np.clip(z, 1e-6, 1 - 1e-6)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def cross_entropy_wrong_29(z, y):
    """The largest vote is taken out and not added again."""
    m = np.maximum(z, 0)
    return np.log(np.exp(z - m) + np.exp(-m)) - y * z


def cross_entropy_wrong_30(z, y):
    """Squared error."""
    return 0.5 * (ops.sigmoid(z) - y) ** 2


def cross_entropy_wrong_31(z, y):
    """The share of target 1 is safe, 1 − p is not."""
    with np.errstate(all="ignore"):
        return np.where(y == 1, np.logaddexp(0, -z), -np.log(1 - ops.sigmoid(z)))


def cross_entropy_wrong_32(z, y):
    """Where the unit is very sure, the loss is rounded."""
    loss = np.logaddexp(0, z) - y * z
    return np.where(np.abs(ops.sigmoid(z) - 0.5) > 0.49, np.round(loss), loss)


def cross_entropy_wrong_33(z, y):
    """Fractions are cut off by an array like that of the logits if those are whole."""
    out = np.zeros_like(z)
    for i in range(len(z)):
        out[i] = np.logaddexp(0, z[i]) - y[i] * z[i]
    return out
