"""Right and wrong answers to the exercises of lesson 18: count_learning, part_step, paired."""

# ruff: noqa: B905  (learners write zip as they have met it)

import math

import numpy as np


def count_learning_right_1(shapes, frozen):
    total = 0
    for shape, stays in zip(shapes, frozen):
        if not stays:
            total += math.prod(shape) + shape[0]
    return total


def count_learning_right_2(shapes, frozen):
    return sum(int(np.prod(shapes[k])) + shapes[k][0] for k in range(len(shapes)) if not frozen[k])


def count_learning_right_3(shapes, frozen):
    numbers = np.array([shape[0] * (math.prod(shape[1:]) + 1) for shape in shapes], dtype=np.int64)
    return numbers[~np.array(frozen, dtype=bool)].sum()


def count_learning_right_4(shapes, frozen):
    def of(shape):
        product = 1.0
        for side in shape:
            product = product * side
        return product + shape[0]

    all_of_them = sum(of(shape) for shape in shapes)
    return all_of_them - sum(of(shape) for shape, stays in zip(shapes, frozen) if stays)


def count_learning_right_5(shapes, frozen):
    if len(shapes) == 0:
        return 0
    first, *others = shapes
    if len(first) == 4:
        filters, channels, rows, columns = first
        here = filters * (channels * rows * columns + 1)
    else:
        outputs, inputs = first
        here = outputs * (inputs + 1)
    return (0 if frozen[0] else here) + count_learning_right_5(others, frozen[1:])


def count_learning_wrong_1(shapes, frozen):
    """Counts the frozen numbers."""
    return sum(math.prod(shape) + shape[0] for shape, stays in zip(shapes, frozen) if stays)


def count_learning_wrong_2(shapes, frozen):
    """Without the biases."""
    return sum(math.prod(shape) for shape, stays in zip(shapes, frozen) if not stays)


def count_learning_wrong_3(shapes, frozen):
    """Counts all numbers, frozen or not."""
    return sum(math.prod(shape) + shape[0] for shape in shapes)


def count_learning_wrong_4(shapes, frozen):
    """One bias for each layer."""
    return sum(math.prod(shape) + 1 for shape, stays in zip(shapes, frozen) if not stays)


def count_learning_wrong_5(shapes, frozen):
    """A bias for each channel or input."""
    return sum(math.prod(shape) + shape[1] for shape, stays in zip(shapes, frozen) if not stays)


def count_learning_wrong_6(shapes, frozen):
    """Counts the layers that learn."""
    return sum(1 for stays in frozen if not stays)


def count_learning_wrong_7(shapes, frozen):
    """The biases of frozen layers are counted, too."""
    return sum((0 if stays else math.prod(shape)) + shape[0] for shape, stays in zip(shapes, frozen))


def count_learning_wrong_8(shapes, frozen):
    """The last layer alone, whatever is frozen."""
    return math.prod(shapes[-1]) + shapes[-1][0]


def count_learning_wrong_9(shapes, frozen):
    """Stops at the first frozen layer."""
    total = 0
    for shape, stays in zip(shapes, frozen):
        if stays:
            break
        total += math.prod(shape) + shape[0]
    return total


def count_learning_wrong_10(shapes, frozen):
    """Takes the frozen layers for the first ones."""
    return sum(math.prod(shape) + shape[0] for shape in shapes[sum(bool(stays) for stays in frozen) :])


def count_learning_wrong_11(shapes, frozen):
    """Dense layers get no bias."""
    return sum(
        math.prod(shape) + (shape[0] if len(shape) == 4 else 0)
        for shape, stays in zip(shapes, frozen)
        if not stays
    )


def count_learning_wrong_12(shapes, frozen):
    """Adds the sides of a shape instead of multiplying them."""
    return sum(sum(shape) + shape[0] for shape, stays in zip(shapes, frozen) if not stays)


def count_learning_wrong_13(shapes, frozen):
    """Forgets the channels of the filters."""
    return sum(
        shape[0] * (math.prod(shape[-2:] if len(shape) == 4 else shape[1:]) + 1)
        for shape, stays in zip(shapes, frozen)
        if not stays
    )


def count_learning_wrong_14(shapes, frozen):
    """Counts in 16 bits, which wraps around."""
    return sum(
        int(np.prod(np.array(shape, dtype=np.int16), dtype=np.int16)) + shape[0]
        for shape, stays in zip(shapes, frozen)
        if not stays
    )


def count_learning_wrong_15(shapes, frozen):
    """A number for each layer instead of one for all."""
    return [0 if stays else math.prod(shape) + shape[0] for shape, stays in zip(shapes, frozen)]


def count_learning_wrong_16(shapes, frozen):
    """Leaves out the last layer."""
    total = 0
    for k in range(len(shapes) - 1):
        if not frozen[k]:
            total += math.prod(shapes[k]) + shapes[k][0]
    return total


def count_learning_wrong_17(shapes, frozen):
    """The last of the layers that learn, not their sum."""
    total = 0
    for shape, stays in zip(shapes, frozen):
        if not stays:
            total = math.prod(shape) + shape[0]
    return total


def count_learning_wrong_18(shapes, frozen):
    """The share of the numbers that learn."""
    numbers = [math.prod(shape) + shape[0] for shape in shapes]
    return sum(n for n, stays in zip(numbers, frozen) if not stays) / sum(numbers)


def count_learning_wrong_19(shapes, frozen):
    """One bias for the whole network."""
    return 1 + sum(math.prod(shape) for shape, stays in zip(shapes, frozen) if not stays)


def count_learning_wrong_20(shapes, frozen):
    """Right with the lesson's layers alone: everything but a head of two is frozen."""
    return 66


def part_step_right_1(parameters, gradients, rate, frozen):
    return np.where(frozen, parameters, parameters - rate * gradients)


def part_step_right_2(parameters, gradients, rate, frozen):
    return parameters - rate * gradients * ~frozen


def part_step_right_3(parameters, gradients, rate, frozen):
    new = []
    for p, g, stays in zip(parameters, gradients, frozen):
        new.append(p if stays else p - rate * g)
    return np.array(new)


def part_step_right_4(parameters, gradients, rate, frozen):
    new = np.array(parameters, dtype=float)
    learning = np.logical_not(frozen)
    new[learning] -= rate * gradients[learning]
    return new


def part_step_right_5(parameters, gradients, rate, frozen):
    return [float(p) - rate * float(g) * (1 - int(s)) for p, g, s in zip(parameters, gradients, frozen)]


def part_step_right_6(parameters, gradients, rate, frozen):
    slopes = gradients.astype(np.float32)
    slopes[frozen] = 0
    return parameters.astype(np.float32) - np.float32(rate) * slopes


def part_step_wrong_1(parameters, gradients, rate, frozen):
    """Moves the frozen ones, too."""
    return parameters - rate * gradients


def part_step_wrong_2(parameters, gradients, rate, frozen):
    """Moves the frozen ones alone."""
    return np.where(frozen, parameters - rate * gradients, parameters)


def part_step_wrong_3(parameters, gradients, rate, frozen):
    """Uphill."""
    return np.where(frozen, parameters, parameters + rate * gradients)


def part_step_wrong_4(parameters, gradients, rate, frozen):
    """Writes into the parameters."""
    learning = ~np.asarray(frozen, dtype=bool)
    for k in np.flatnonzero(learning):
        parameters[k] = parameters[k] - rate * gradients[k]
    return parameters


def part_step_wrong_5(parameters, gradients, rate, frozen):
    """Writes zeros into the gradients."""
    gradients[np.asarray(frozen, dtype=bool)] = 0
    return parameters - rate * gradients


def part_step_wrong_6(parameters, gradients, rate, frozen):
    """Frozen parameters become 0."""
    return np.where(frozen, 0, parameters - rate * gradients)


def part_step_wrong_7(parameters, gradients, rate, frozen):
    """Without the rate."""
    return np.where(frozen, parameters, parameters - gradients)


def part_step_wrong_8(parameters, gradients, rate, frozen):
    """Keeps the type of the parameters, so that whole ones collect whole steps."""
    new = np.array([int(p) for p in parameters])
    for k in range(len(new)):
        if not frozen[k]:
            new[k] = new[k] - rate * gradients[k]
    return new


def part_step_wrong_9(parameters, gradients, rate, frozen):
    """Returns the step instead of the parameters."""
    return np.where(frozen, 0, -rate * gradients)


def part_step_wrong_10(parameters, gradients, rate, frozen):
    """Returns the parameters that learn alone."""
    learning = ~np.asarray(frozen, dtype=bool)
    return parameters[learning] - rate * gradients[learning]


def part_step_wrong_11(parameters, gradients, rate, frozen):
    """A single frozen number stops all."""
    return parameters.copy() if np.any(frozen) else parameters - rate * gradients


def part_step_wrong_12(parameters, gradients, rate, frozen):
    """Looks at the first mark alone."""
    return parameters.copy() if frozen[0] else parameters - rate * gradients


def part_step_wrong_13(parameters, gradients, rate, frozen):
    """The sign of the gradient, not its size."""
    return np.where(frozen, parameters, parameters - rate * np.sign(gradients))


def part_step_wrong_14(parameters, gradients, rate, frozen):
    """The mean of the gradients for all."""
    return np.where(frozen, parameters, parameters - rate * np.mean(gradients))


def part_step_wrong_15(parameters, gradients, rate, frozen):
    """Shrinks by the parameter: multiplied by the parameters as well."""
    return np.where(frozen, parameters, parameters - rate * gradients * parameters)


def part_step_wrong_16(parameters, gradients, rate, frozen):
    """Divides by the rate."""
    return np.where(frozen, parameters, parameters - gradients / rate)


def part_step_wrong_17(parameters, gradients, rate, frozen):
    """A rate of its own."""
    return np.where(frozen, parameters, parameters - 0.1 * gradients)


def part_step_wrong_18(parameters, gradients, rate, frozen):
    """Frozen ones move at a tenth of the rate."""
    return parameters - np.where(frozen, rate / 10, rate) * gradients


def part_step_wrong_19(parameters, gradients, rate, frozen):
    """Scales the gradient to length one."""
    return np.where(frozen, parameters, parameters - rate * gradients / max(np.linalg.norm(gradients), 1e-12))


def part_step_wrong_20(parameters, gradients, rate, frozen):
    """Sets the parameters where the slope is, instead of moving them."""
    return np.where(frozen, parameters, rate * gradients)


def part_step_wrong_21(parameters, gradients, rate, frozen):
    """Pairs the gradients with the wrong parameters: those that learn, counted from the first."""
    new = np.array(parameters, dtype=float)
    learning = np.flatnonzero(~np.asarray(frozen, dtype=bool))
    new[learning] -= rate * gradients[: len(learning)]
    return new


def part_step_wrong_22(parameters, gradients, rate, frozen):
    """The last number is left out."""
    new = np.array(parameters, dtype=float)
    for k in range(len(new) - 1):
        if not frozen[k]:
            new[k] -= rate * gradients[k]
    return new


def part_step_wrong_23(parameters, gradients, rate, frozen):
    """Rounds to two places."""
    return np.round(np.where(frozen, parameters, parameters - rate * gradients), 2)


def part_step_wrong_24(parameters, gradients, rate, frozen):
    """Freezes whatever comes after the first frozen number."""
    new = np.array(parameters, dtype=float)
    for k in range(len(new)):
        if frozen[k]:
            break
        new[k] -= rate * gradients[k]
    return new


def paired_right_1(plain, reused):
    gain = np.array(reused) - np.array(plain)
    return np.array([(gain > 0).sum(), gain.mean()])


def paired_right_2(plain, reused):
    wins, total = 0, 0
    for p, r in zip(plain, reused):
        if r > p:
            wins += 1
        total += r - p
    return np.array([wins, total / len(plain)])


def paired_right_3(plain, reused):
    better = [r > p for p, r in zip(plain, reused)]
    return np.array([sum(better), np.mean(reused) - np.mean(plain)])


def paired_right_4(plain, reused):
    def gains():
        for k in range(len(plain)):
            yield reused[k] - plain[k]

    out = np.zeros(2, dtype=np.float32)
    out[0] = len([gain for gain in gains() if gain > 0])
    out[1] = sum(gains()) / len(list(gains()))
    return out


def paired_right_5(plain, reused):
    lost = np.subtract(plain, reused)
    return np.stack([np.count_nonzero(lost < 0), -np.average(lost)])


def paired_wrong_1(plain, reused):
    """A tie counts as a win."""
    gain = np.subtract(reused, plain)
    return np.array([(gain >= 0).sum(), gain.mean()])


def paired_wrong_2(plain, reused):
    """How much it is worse: the other way round."""
    gain = np.subtract(plain, reused)
    return np.array([(gain > 0).sum(), gain.mean()])


def paired_wrong_3(plain, reused):
    """The mean over the wins alone."""
    gain = np.subtract(reused, plain)
    wins = gain > 0
    return np.array([wins.sum(), gain[wins].mean() if wins.any() else 0])


def paired_wrong_4(plain, reused):
    """The sum of the gains, not their mean."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), gain.sum()])


def paired_wrong_5(plain, reused):
    """The two numbers in the other order."""
    gain = np.subtract(reused, plain)
    return np.array([gain.mean(), (gain > 0).sum()])


def paired_wrong_6(plain, reused):
    """The median gain."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), np.median(gain)])


def paired_wrong_7(plain, reused):
    """Sorts both, which breaks the pairs."""
    gain = np.sort(reused) - np.sort(plain)
    return np.array([(gain > 0).sum(), gain.mean()])


def paired_wrong_8(plain, reused):
    """The size of the gains, without their sign."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), np.abs(gain).mean()])


def paired_wrong_9(plain, reused):
    """Whole numbers."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), gain.mean()], dtype=int)


def paired_wrong_10(plain, reused):
    """Whether the mean is better, as a single win."""
    gain = np.mean(reused) - np.mean(plain)
    return np.array([int(gain > 0), gain])


def paired_wrong_11(plain, reused):
    """Wins less losses."""
    gain = np.subtract(reused, plain)
    return np.array([np.sign(gain).sum(), gain.mean()])


def paired_wrong_12(plain, reused):
    """A tie counts half."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum() + (gain == 0).sum() / 2, gain.mean()])


def paired_wrong_13(plain, reused):
    """Each score against each: not in pairs."""
    gain = np.subtract.outer(np.asarray(reused), np.asarray(plain))
    return np.array([(gain > 0).sum(), gain.mean()])


def paired_wrong_14(plain, reused):
    """The gain as a part of the plain score."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), gain.mean() / np.mean(plain)])


def paired_wrong_15(plain, reused):
    """One number: the wins."""
    return (np.asarray(reused) > np.asarray(plain)).sum()


def paired_wrong_16(plain, reused):
    """The gain of each pair instead of their mean."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), *gain])


def paired_wrong_17(plain, reused):
    """The mean of the reused scores, not what they gain."""
    return np.array([(np.asarray(reused) > np.asarray(plain)).sum(), np.mean(reused)])


def paired_wrong_18(plain, reused):
    """Divides by one less than the number of pairs."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), gain.sum() / max(len(gain) - 1, 1)])


def paired_wrong_19(plain, reused):
    """Sorts its arguments."""
    plain.sort()
    reused.sort()
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), gain.mean()])


def paired_wrong_20(plain, reused):
    """Divides by the pairs that are not tied."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), gain.sum() / max(np.count_nonzero(gain), 1)])


def paired_wrong_21(plain, reused):
    """Leaves out the last pair."""
    gain = np.subtract(reused, plain)
    return np.array([(gain[:-1] > 0).sum(), gain.mean()])


def paired_wrong_22(plain, reused):
    """Rounds to two places."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), round(float(gain.mean()), 2)])


def paired_wrong_23(plain, reused):
    """The best of the one against the best of the other."""
    return np.array([(np.asarray(reused) > max(plain)).sum(), max(reused) - max(plain)])


def paired_wrong_24(plain, reused):
    """Losses count as no gain."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).sum(), np.maximum(gain, 0).mean()])


def paired_wrong_25(plain, reused):
    """The losses are counted."""
    gain = np.subtract(reused, plain)
    return np.array([(gain < 0).sum(), gain.mean()])


def paired_wrong_26(plain, reused):
    """The share of the wins, where the lesson counts how often."""
    gain = np.subtract(reused, plain)
    return np.array([(gain > 0).mean(), gain.mean()])


def paired_wrong_27(plain, reused):
    """Differences of less than 0.01 count as ties."""
    gain = np.subtract(reused, plain)
    return np.array([(gain >= 0.01).sum(), gain.mean()])
