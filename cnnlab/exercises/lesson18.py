"""Predictions and exercises of lesson 18, Reuse what was learned."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_moving = Predict(
    "All layers up to the 32 numbers are frozen. On top of them stands a new head with two answers, "
    "Dense(32, 2) with its biases. How many numbers learn?",
    answer=66,
    because="32 · 2 weights and 2 biases: 66. All others stay as they are.",
    slips={
        64: "The two answers have a bias each.",
        34: "Each of the two answers has 32 weights of its own.",
        96: "A bias for each answer, not for each number that comes in.",
        68: "Two biases, one for each answer; yours has four.",
        33: "That is one answer with its bias. There are two.",
        2: "Those are the biases. Each answer also has a weight for each of the 32 numbers.",
        65: "One bias for each of the two answers.",
        3394: "That is all of them; those of the frozen layers do not learn.",
        3328: "Those are the frozen ones.",
        330: "That was the head for ten answers.",
    },
)

predict_moved = Predict(
    "A layer's weights are (3, 4); after fine-tuning they are (3, 6). "
    "How far did they move, as a part of their length?",
    answer=0.4,
    because="The change is (0, 2), of length 2; the weights had length √(9 + 16) = 5.",
    slips={
        2: "That is the length of the change. Divide it by that of the weights.",
        5: "That is the length of the weights. Divide that of the change by it.",
        2.5: "The change, divided by the weights; yours is the other way round.",
        0.08: "Take the root: the length of (3, 4) is 5, not 25.",
        0.16: "Take the root of both: you have divided the squares of the lengths.",
        0.5: "Compare the length of the whole change with that of all weights, not number by number.",
        0.25: "Compare the whole change with all weights, not number by number, and do not halve it.",
        0.286: "The length of (3, 4) is the root of 9 + 16, not the sum of 3 and 4.",
        0.298: "Divide by the length before, not by the length after.",
        1.342: "That is the new length over the old one. How long is the change, beside the old one?",
        0.342: "That compares the two lengths. Take the length of the change, (0, 2).",
        1.708: "That is by how much the length grew. Take the length of the change, and divide it.",
        1.4: "Not one plus the part: only how far they moved.",
    },
)

predict_best = Predict(
    "Noisy digits, 20 of them labeled. Which gets most of 500 noisy test digits right?",
    choices=(
        "a network from scratch",
        "the clean network's layers, frozen, with a new head",
        "the clean network's layers, fine-tuned, with a new head",
        "the clean network as it is",
    ),
    answer="the clean network as it is",
    because="It has learned ten digits from 650 clean labels. Noise costs it a good part of that, but "
    "the new heads have to learn the ten anew from 20. Training it on, old head and all, changes little on "
    "average.",
    slips={
        "a network from scratch": "Twenty labels are two for each digit. The others know something already.",
        "the clean network's layers, frozen, with a new head": "Its 32 numbers are good ones. But what was "
        "cut off with the old head?",
        "the clean network's layers, fine-tuned, with a new head": "It may move everything, by 20 "
        "labels. What did it throw away before it began?",
    },
)

predict_wins = Predict(
    "Twelve comparisons: a network that knows 0 to 4, its backbone frozen, with a new head for 5 to 9 and "
    "five labels for each digit; and beside it a network from scratch on the same labels. "
    "How often does the frozen one get more right?",
    choices=("in 10 or more of the 12", "in 3 to 9 of them", "in 2 or fewer"),
    answer="in 2 or fewer",
    because="The frozen one hardly ever wins, and is little ahead of an untrained backbone. Fine-tuned, it "
    "ends about where scratch does: it is the freezing that hurts.",
    slips={
        "in 10 or more of the 12": "That is what one hopes for. Nobody can work it out: the next two "
        "cells try it.",
        "in 3 to 9 of them": "It is a clearer matter than that. Nobody can work it out: the next "
        "two cells try it.",
    },
)


predict_lost = Predict(
    "The same frozen backbones, but the new heads learn from all labels for 5 to 9, some 440, instead of 25. "
    "How many test digits do they get right?",
    choices=(
        "about as many as with 25 labels",
        "up to ten more of 100",
        "more than ten more of 100",
    ),
    answer="more than ten more of 100",
    because="What tells 5 to 9 apart is still in the 32 numbers; 25 labels do not suffice to find it "
    "there. (A network from scratch gets still more out of all labels.)",
    slips={
        "about as many as with 25 labels": "That would be so if the backbone had lost what tells 5 to 9 "
        "apart. Has it? Nobody can work it out: the next two cells try it.",
        "up to ten more of 100": "More than that. Nobody can work it out: the next two cells try it.",
    },
)


def _network(rng):
    count = rng.integers(1, 5)
    shapes = [tuple(sides(rng, 1, 8, sides_of)) for sides_of in rng.choice([2, 4], count)]
    return shapes, rng.choice([False, True], count).tolist()


@exercise(
    cases=[
        ([(2, 3)], [False]),
        ([(8, 1, 3, 3), (16, 8, 3, 3), (32, 64), (5, 32)], [True, True, True, False]),
        ([(8, 1, 3, 3), (16, 8, 3, 3), (2, 64)], [True, False, False]),
        ([(4, 2, 5, 3), (3, 4)], [False, True]),
        ([(4, 3), (2, 4)], [True, True]),
        ([(4, 1, 3, 3), (7, 36)], [False, False]),
        ([(6, 3), (2, 6)], [True, False]),
        ([(64, 32, 3, 3), (512, 128)], [False, False]),
    ],
    draw=_network,
    hints=[
        "Go through shapes and frozen side by side, and skip the frozen ones.",
        "A layer has np.prod(shape) weights and shape[0] biases.",
        "total += np.prod(shape) + shape[0]",
    ],
)
def count_learning(shapes, frozen):
    total = 0
    for shape, is_frozen in zip(shapes, frozen, strict=True):
        if not is_frozen:
            total += np.prod(shape) + shape[0]
    return int(total)


def _counted(
    shapes, frozen, count=lambda shape: np.prod(shape) + shape[0], keep=lambda is_frozen: not is_frozen
):
    return int(sum(count(shape) for shape, each in zip(shapes, frozen, strict=True) if keep(each)))


def _one_layer(shapes, frozen, which):
    """Count only one of the layers that learn."""
    moving = [shape for shape, is_frozen in zip(shapes, frozen, strict=True) if not is_frozen]
    return _counted(moving[which:][:1], [False] * min(1, len(moving)))


count_learning.mistake("The biases learn too: shape[0] of them.")(lambda s, f: _counted(s, f, np.prod))
count_learning.mistake("Those are the frozen ones. Count the others.")(lambda s, f: _counted(s, f, keep=bool))
count_learning.mistake("That counts all layers; the frozen ones do not learn.")(
    lambda s, f: _counted(s, f, keep=lambda each: True)
)
count_learning.mistake("One bias for each result: shape[0]; shape[1] is what comes in.")(
    lambda s, f: _counted(s, f, lambda shape: np.prod(shape) + shape[1])
)
count_learning.mistake("One bias for each filter or neuron, not one for the whole layer.")(
    lambda s, f: _counted(s, f, lambda shape: np.prod(shape) + 1)
)
count_learning.mistake("A convolution's weights fill all four numbers of its shape: multiply them all.")(
    lambda s, f: _counted(s, f, lambda shape: shape[0] * shape[1] + shape[0])
)
count_learning.mistake("Multiply the numbers of a shape; do not add them up.")(
    lambda s, f: _counted(s, f, lambda shape: sum(shape) + shape[0])
)
count_learning.mistake("That counts only the last layer; others may learn too.")(
    lambda s, f: _counted(s[-1:], f[-1:])
)
count_learning.mistake("Those are the biases alone.")(lambda s, f: _counted(s, f, lambda shape: shape[0]))
count_learning.mistake("The biases of frozen layers are frozen too.")(
    lambda s, f: _counted(s, f, np.prod) + sum(shape[0] for shape in s)
)
count_learning.mistake("That is the number of layers that learn. How many numbers are in them?")(
    lambda s, f: _counted(s, f, lambda shape: 1)
)
count_learning.mistake("That stops after the first layer. Is the return inside the loop?")(
    lambda s, f: _counted(s[:1], f[:1])
)
count_learning.mistake("Add to the total with +=: yours holds only the last layer that learns.")(
    lambda s, f: _one_layer(s, f, -1)
)
count_learning.mistake("That stops after the first layer that learns. Others may learn, too.")(
    lambda s, f: _one_layer(s, f, 0)
)
count_learning.mistake("That stops at the first frozen layer (break). Skip it and go on (continue).")(
    lambda s, f: _counted(s[: [*f, True].index(True)], f[: [*f, True].index(True)])
)
count_learning.mistake("That is the last layer, whether it is frozen or not.")(
    lambda s, f: _counted(s[-1:], [False])
)
count_learning.mistake("Any layer may be frozen, not only the first ones: frozen says which.")(
    lambda s, f: _counted(s[sum(f) :], [False] * (len(s) - sum(f)))
)
count_learning.mistake("Dense layers have biases, too.")(
    lambda s, f: _counted(s, f, lambda shape: np.prod(shape) + shape[0] * (len(shape) == 4))
)
count_learning.mistake("A filter has weights for each of its channels: shape[1] of them, in a convolution.")(
    lambda s, f: _counted(s, f, lambda shape: shape[0] * (np.prod(shape[1 if len(shape) == 2 else 2 :]) + 1))
)
count_learning.mistake(
    "One bias for each result, which shape[0] counts; yours takes the last of the numbers."
)(lambda s, f: _counted(s, f, lambda shape: np.prod(shape) + shape[-1]))
count_learning.mistake("The last layer is left out.")(lambda s, f: _counted(s[:-1], f[:-1]))
count_learning.mistake("One bias for each filter or neuron, not one for the whole network.")(
    lambda s, f: _counted(s, f, np.prod) + 1
)
count_learning.mistake("That is the share of the numbers that learn. How many are they?")(
    lambda s, f: _counted(s, f) / _counted(s, [False] * len(s))
)
count_learning.mistake("That is one number for each layer: add them up.")(
    lambda s, f: [_counted([shape], [each]) for shape, each in zip(s, f, strict=True)]
)
count_learning.mistake("Yours has one number for each layer that learns: add them up.")(
    lambda s, f: [_counted([shape], [each]) for shape, each in zip(s, f, strict=True) if not each]
)


def _partly_frozen(rng):
    count = rng.integers(2, 8)
    return *quarters(rng, 2, count), rng.integers(1, 10) / 10, rng.choice([False, True], count)


@exercise(
    cases=[
        (np.array([1.0, 2.0, 3.0]), np.array([4.0, -2.0, 5.0]), 0.1, np.array([True, False, False])),
        (np.array([1.0, -2.0]), np.array([0.5, 1.0]), 0.25, np.array([False, True])),
        (np.array([1.5, -0.5, 2.0]), np.array([1.0, 3.0, -2.0]), 0.5, np.array([False, False, False])),
        (np.array([0.25, -1.5]), np.array([1.0, -2.0]), 2.0, np.array([True, True])),
    ],
    draw=_partly_frozen,
    hints=[
        "Work out the step for all of them first: parameters - rate * gradients.",
        "np.where(condition, a, b) takes from a where the condition holds, and from b elsewhere.",
        "np.where(frozen, parameters, parameters - rate * gradients)",
    ],
)
def part_step(parameters, gradients, rate, frozen):
    return np.where(frozen, parameters, parameters - rate * gradients)


part_step.mistake("All of them moved; the frozen ones must stay.")(lambda p, g, r, f: p - r * g)
part_step.mistake("That moves the frozen ones, and keeps the others.")(
    lambda p, g, r, f: np.where(f, p - r * g, p)
)
part_step.mistake("Against the gradient: subtract.")(lambda p, g, r, f: np.where(f, p, p + r * g))
part_step.mistake("The learning rate is missing.")(lambda p, g, r, f: np.where(f, p, p - g))
part_step.mistake("Frozen is not erased: those numbers stay as they are, and yours became 0.")(
    lambda p, g, r, f: np.where(f, 0, p - r * g)
)
part_step.mistake("That is the change. Return the parameters after it.")(
    lambda p, g, r, f: np.where(f, 0, -r * g)
)
part_step.mistake("Nothing moved.")(lambda p, g, r, f: p.copy())
part_step.mistake("The frozen ones are left out: the result needs all, in their places.")(
    lambda p, g, r, f: (p - r * g)[~f]
)
part_step.mistake("Frozen ones do not move slowly, they do not move at all.")(
    lambda p, g, r, f: p - np.where(f, r / 10, r) * g
)
part_step.mistake("The frozen ones became their own gradients; keep the parameters there.")(
    lambda p, g, r, f: np.where(f, g, p - r * g)
)
part_step.mistake("Multiply the rate and the gradient; do not divide.")(
    lambda p, g, r, f: np.where(f, p, p - g / r)
)
part_step.mistake("One frozen number stops all of them in yours: look at each for itself.")(
    lambda p, g, r, f: p - r * g * (not f.any())
)
part_step.mistake("The first mark decides for all of them in yours: look at each for itself.")(
    lambda p, g, r, f: p - r * g * (not f[0])
)
part_step.mistake("Numbers that come after a frozen one may learn as well: skip it, and go on.")(
    lambda p, g, r, f: np.where(np.logical_or.accumulate(f), p, p - r * g)
)
part_step.mistake("Take the gradients as they are, not only their signs.")(
    lambda p, g, r, f: np.where(f, p, p - r * np.sign(g))
)
part_step.mistake("Each number has a gradient of its own; yours takes the mean of all.")(
    lambda p, g, r, f: np.where(f, p, p - r * g.mean())
)
part_step.mistake("The step is the rate times the gradient; the parameters are not multiplied.")(
    lambda p, g, r, f: np.where(f, p, p - r * g * p)
)
part_step.mistake("Use the rate that is given; yours is always 0.1.")(
    lambda p, g, r, f: np.where(f, p, p - 0.1 * g)
)
part_step.mistake("Take the gradients as they are: yours are scaled to length 1.")(
    lambda p, g, r, f: np.where(f, p, p - r * g / max(np.linalg.norm(g), 1e-12))
)
part_step.mistake("That is rate times gradient in place of the parameters: subtract it from them.")(
    lambda p, g, r, f: np.where(f, p, r * g)
)
part_step.mistake("The last number is left out: the loop ends one too early.")(
    lambda p, g, r, f: np.where(f | (np.arange(len(p)) == len(p) - 1), p, p - r * g)
)
part_step.mistake("Whole numbers hold no small steps: collect in an array of floats.")(
    lambda p, g, r, f: np.where(f, np.trunc(p), np.trunc(np.trunc(p) - r * g))
)


@part_step.mistake("The gradients of others are taken: number k of all three arrays belongs together.")
def _(parameters, gradients, rate, frozen):
    new = parameters.copy()
    new[~frozen] -= rate * gradients[: np.sum(~frozen)]
    return new


@exercise(
    cases=[
        ([0.5, 0.75], [0.75, 0.75]),
        ([0.5, 0.25, 0.75], [0.625, 0.5, 0.5]),
        ([0.9, 0.8, 0.7, 0.6], [0.5, 0.9, 0.6, 0.7]),
        ([0.5, 0.5, 0.5, 0.5, 0.5], [0.75, 0.75, 0.5, 0.0, 0.75]),
        ([0.75, 0.5, 0.25, 0.5], [0.25, 0.5, 0.125, 0.625]),
        ([0.5, 0.75, 0.25], [0.25, 0.75, 0.0]),
        ([0.25], [0.875]),
        ([0.742, 0.75, 0.5], [0.744, 0.748, 0.75]),
    ],
    draw=lambda rng: tuple((rng.integers(0, 17, (2, rng.integers(2, 8))) / 16).tolist()),
    hints=[
        "Take the difference of each pair first: np.array(reused) - np.array(plain).",
        "np.sum(difference > 0) counts the wins.",
        "np.array([np.sum(difference > 0), np.mean(difference)])",
    ],
)
def paired(plain, reused):
    difference = np.array(reused) - np.array(plain)
    return np.array([np.sum(difference > 0), np.mean(difference)])


def _pair(change):
    """Return the answer made of the differences by ``change``."""
    return lambda plain, reused: np.array(change(np.array(reused) - np.array(plain)))


paired.mistake("A tie is no win.")(_pair(lambda d: [np.sum(d >= 0), d.mean()]))
paired.mistake("The wins are right, the difference is turned round: reused minus plain.")(
    _pair(lambda d: [np.sum(d > 0), -d.mean()])
)
paired.mistake("The difference is right; the wins are those of plain.")(
    _pair(lambda d: [np.sum(d < 0), d.mean()])
)
paired.mistake("Both are turned round: how much better is reused than plain?")(
    _pair(lambda d: [np.sum(d < 0), -d.mean()])
)
paired.mistake("The number of wins, not their share.")(_pair(lambda d: [np.mean(d > 0), d.mean()]))
paired.mistake("The mean of the differences, not their sum.")(_pair(lambda d: [np.sum(d > 0), d.sum()]))
paired.mistake("Differences have a sign: those that are lost count against the others.")(
    _pair(lambda d: [np.sum(d > 0), np.abs(d).mean()])
)
paired.mistake("That is the median of the differences. The mean was asked for.")(
    _pair(lambda d: [np.sum(d > 0), np.median(d)])
)
paired.mistake("The mean over all pairs, also those that were not won.")(
    _pair(lambda d: [np.sum(d > 0), d[d > 0].sum() / np.sum(d > 0)])
)
paired.mistake("How often it is better: the wins alone. Yours are wins minus losses.")(
    _pair(lambda d: [np.sign(d).sum(), d.mean()])
)
paired.mistake("By how much it is better, than plain: subtract plain before you take the mean.")(
    lambda p, r: np.array([np.sum(np.array(r) > np.array(p)), np.mean(r)])
)
paired.mistake("The scores belong together in pairs: do not sort them.")(
    lambda p, r: np.array([np.sum(np.sort(r) > np.sort(p)), np.mean(r) - np.mean(p)])
)
paired.mistake("Compare each with its partner, not with the other's mean.")(
    lambda p, r: np.array([np.sum(np.array(r) > np.mean(p)), np.mean(r) - np.mean(p)])
)
paired.mistake("First the wins, then the difference.")(_pair(lambda d: [d.mean(), np.sum(d > 0)]))
paired.mistake("The mean over all pairs, not over the wins alone.")(
    _pair(lambda d: [np.sum(d > 0), d[d > 0].sum() / max(np.sum(d > 0), 1)])
)
paired.mistake("The mean over all pairs, not over those alone that differ.")(
    _pair(lambda d: [np.sum(d > 0), d.sum() / max(np.count_nonzero(d), 1)])
)
paired.mistake("Better is better, be it by ever so little: small differences are left out in yours.")(
    _pair(lambda d: [np.sum(d > 0.01), d.mean()])
)
paired.mistake("Divide by the number of pairs, not by one less.")(
    _pair(lambda d: [np.sum(d > 0), d.sum() / max(len(d) - 1, 1)])
)
paired.mistake("Pairs that are lost count as well, with their negative difference; in yours they count 0.")(
    _pair(lambda d: [np.sum(d > 0), np.maximum(d, 0).mean()])
)
paired.mistake("Count the pairs; yours compares the means, once.")(_pair(lambda d: [d.mean() > 0, d.mean()]))
paired.mistake("A tie is no win, and not half of one either.")(
    _pair(lambda d: [np.sum(d > 0) + np.sum(d == 0) / 2, d.mean()])
)
paired.mistake("Compare each with its partner alone, not with all the others.")(
    lambda p, r: np.array([np.sum(np.subtract.outer(r, p) > 0), np.mean(r) - np.mean(p)])
)
paired.mistake("By how much it is better, not by which part of plain.")(
    lambda p, r: np.array([np.sum(np.array(r) > np.array(p)), (np.mean(r) - np.mean(p)) / np.mean(p)])
)
paired.mistake("That is the number of wins alone: return the mean difference with it.")(
    _pair(lambda d: np.sum(d > 0))
)
paired.mistake("That is the mean difference alone: return the number of wins with it.")(
    _pair(lambda d: d.mean())
)
paired.mistake("Those are the wins and all differences: return their mean.")(
    _pair(lambda d: [np.sum(d > 0), *d])
)
paired.mistake("Pairs are compared, not the best of one with the best of the other.")(
    lambda p, r: np.array([np.sum(np.array(r) > max(p)), max(r) - max(p)])
)
