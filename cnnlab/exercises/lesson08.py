"""Predictions and exercises of lesson 08, Vote with a dense layer."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_vote = Predict(
    "Another list has 0.9, 0.2, 0.7 and 0.8 at the four positions that are high in an O. "
    "What is its vote for O?",
    answer=0.65,
    because="0.9 + 0.2 + 0.7 + 0.8 = 2.6, and 2.6 / 4 = 0.65.",
    slips={
        2.6: "That is the sum. The vote is the mean of the four.",
        0.52: "There are four numbers, not five.",
        2.6 / 12: "Divide by the four that are added, not by twelve.",
        0.8: "That is one of the four. Take the mean of all of them.",
    },
)

predict_softmax = Predict(
    "Softmax of two equal votes, say 3 and 3: what does each get?",
    answer=0.5,
    because="Each is e³, the sum is 2 · e³, and the shares are equal: 1/2.",
    slips={
        1: "Both together get 1.",
        3: "Softmax gives shares: they add up to 1.",
        0: "Neither gets 0: e³ is above 0.",
        6: "That is their sum. Softmax gives shares.",
        20.09: "That is e³. Divide it by the sum of both.",
    },
)

predict_blank = Predict(
    "On an empty sheet a filter gives the same number everywhere. Which one is it for the first filter? "
    "It has 3 weights of 1 and 6 of −1, paper is −1, and the sum is divided by 9.",
    answer=1 / 3,
    because="3 · (1 · −1) + 6 · (−1 · −1) = 3, and 3/9 = 1/3.",
    slips={
        -1 / 3: "Minus times minus is plus: the six weights of −1 win on paper.",
        3: "Divide by 9.",
        0: "The weights do not add up to 0: there are three of 1 and six of −1.",
        1: "Only a perfect match gives 1.",
        -1: "Not all weights are opposite to paper: six of them are −1 as well, and match it.",
        -3: "Minus times minus is plus, and divide by 9.",
    },
    unit=3,
)

predict_calibration = Predict(
    "You have just seen how large the winner's share is on average, at scale 1. How often is the winner "
    "the right letter?",
    choices=("about as often as its share says", "more often than it says", "less often than it says"),
    answer="more often than it says",
    because="The votes differ by little, so at scale 1 the shares stay close to ½, and yet the order of the "
    "votes is right on most letters.",
    slips={
        "about as often as its share says": "Softmax has not seen how often the votes are right, and at "
        "scale 1 it can hardly leave ½: look at its curve.",
        "less often than it says": "Its shares are close to ½. A network that guessed would be right half "
        "the time; does this one guess?",
    },
)


@exercise(
    cases=[
        (np.arange(12.0).reshape(3, 2, 2),),
        (np.array([[[1.0, -2.0, 3.0]], [[0.0, 5.0, -4.0]]]),),
        (np.array([[[1.0, 5 / 9], [5 / 9, 1.0], [1 / 3, 7 / 9]]]),),
    ],
    draw=lambda rng: (quarters(rng, *sides(rng, 1, 5, 3)),),
    hints=[
        "Three loops, one inside the other: filters, rows, columns.",
        "Which of the loops is the outermost? The one that changes last.",
        "maps.reshape(-1).copy() does the same at once.",
    ],
)
def flatten(maps):
    numbers = []
    for each in maps:
        for row in each:
            for number in row:
                numbers.append(number)
    return np.array(numbers)


flatten.mistake("Go row by row, not column by column.")(lambda m: m.transpose(0, 2, 1).flatten())
flatten.mistake("Go filter by filter: first all numbers of the first map.")(
    lambda m: m.transpose(1, 2, 0).flatten()
)
flatten.mistake("The filters come from last to first.")(lambda m: m[::-1].flatten())
flatten.mistake("The axes are taken in the reverse order: the filters change last.")(lambda m: m.flatten("F"))
flatten.mistake("The rows come from bottom to top.")(lambda m: m[:, ::-1].flatten())
flatten.mistake("Only the first map is listed.")(lambda m: m[0].flatten())
flatten.mistake("The last number is missing.")(lambda m: m.flatten()[:-1])
flatten.mistake("One row for each filter: make one long list of them.")(
    lambda m: m.reshape(len(m), -1).copy()
)
flatten.mistake("The numbers are sorted: keep them in their places.")(lambda m: np.sort(m.ravel()))
flatten.mistake("The numbers are sorted, the largest first: keep them in their places.")(
    lambda m: np.sort(m.ravel())[::-1]
)
flatten.mistake("Finish one map before the next: the first rows of all maps come first in yours.")(
    lambda m: m.transpose(1, 0, 2).flatten()
)
flatten.mistake("Every second row is listed from right to left: go from left to right in each.")(
    lambda m: np.concatenate([row[:: (-1) ** i] for each in m for i, row in enumerate(each)])
)
flatten.mistake("Equal numbers are listed only once: list every place.")(lambda m: np.unique(m))
flatten.mistake("A map need not be square: as many columns as rows are listed in yours.")(
    lambda m: m[:, :, : m.shape[1]].flatten()
)
flatten.mistake("Not every list has twelve numbers: the rest is cut off in yours.")(
    lambda m: m.flatten()[:12]
)
flatten.mistake("The maps are added up: list one after the other.")(lambda m: m.sum(axis=0).flatten())
flatten.mistake("One number for each map, its mean: list all numbers of the maps.")(
    lambda m: m.mean(axis=(1, 2))
)
flatten.mistake("One number for each map, its largest: list all numbers of the maps.")(
    lambda m: m.max(axis=(1, 2))
)


RANDOM = np.array([0.9, 0.65, 0.45, 0.87, 0.96, 0.73, 0.23, 0.63, 0.44, 0.89, 0.94, 0.53])


def _list_and_places(rng):
    count, high = sorted(sides(rng, 1, 9), reverse=True)
    return quarters(rng, count), sides(rng, 0, count - 1, high)


@exercise(
    cases=[
        (np.array([1.0, 4.0, 10.0]), [0, 1]),
        (np.array([3.0, 1.0, 8.0, 5.0]), [1, 2]),
        (RANDOM, [0, 3, 4, 9, 10]),
        (RANDOM, [1, 2, 8]),
    ],
    draw=_list_and_places,
    hints=[
        "Add up numbers[position] for each position in high.",
        "len(high) is how many there are.",
        "total / len(high)",
    ],
)
def vote(numbers, high):
    total = 0
    for position in high:
        total += numbers[position]
    return total / len(high)


vote.mistake("That is the sum: divide it by how many positions are high.")(lambda v, h: v[list(h)].sum())
vote.mistake("Divide by how many positions are high, not by how many numbers there are.")(
    lambda v, h: v[list(h)].sum() / len(v)
)
vote.mistake("All numbers are averaged: take those at the high positions.")(lambda v, h: v.mean())
vote.mistake("Positions count from 0: numbers[0] is the first.")(
    lambda v, h: v[[position - 1 for position in h]].mean()
)
vote.mistake("That is the largest of them; take the mean.")(lambda v, h: v[list(h)].max())
vote.mistake("That is the smallest of them; take the mean.")(lambda v, h: v[list(h)].min())
vote.mistake("That is the mean of the others, which are not high.")(lambda v, h: np.delete(v, list(h)).mean())
vote.mistake("The first len(high) numbers are averaged: take those at the positions in high.")(
    lambda v, h: v[: len(h)].mean()
)
vote.mistake("Divide by how many positions are high: that is not always 5.")(
    lambda v, h: v[list(h)].sum() / 5
)
vote.mistake("Divide by how many positions are high, not by one less.")(
    lambda v, h: v[list(h)].sum() / max(1, len(h) - 1)
)
vote.mistake("The result is cut off after two decimals: return all of it.")(
    lambda v, h: np.trunc(100 * v[list(h)].mean()) / 100
)
vote.mistake("That is the one in the middle when they are sorted; take the mean.")(
    lambda v, h: np.median(v[list(h)])
)
vote.mistake("All numbers from the first high position to the last are averaged: take the high ones only.")(
    lambda v, h: v[min(h) : max(h) + 1].mean()
)
vote.mistake("The last position in high is left out.")(lambda v, h: v[h[:-1] or h].mean())
vote.mistake("The first position in high is left out.")(lambda v, h: v[h[1:] or h].mean())
vote.mistake("Position 0 adds nothing in yours: it is a position like the others.")(
    lambda v, h: sum(v[place] for place in h if place) / len(h)
)
vote.mistake("That is the mean of the positions; take the numbers at them.")(lambda v, h: np.mean(h))
vote.mistake("The numbers are multiplied by their positions: just add them up.")(
    lambda v, h: (v[h] * h).sum() / len(h)
)
vote.mistake("Negative numbers count as 0 in yours.")(lambda v, h: np.maximum(v[h], 0).mean())
vote.mistake("Negative numbers lose their sign in yours.")(lambda v, h: np.abs(v[h]).mean())
vote.mistake("Zeros are not counted in yours: divide by len(high).")(
    lambda v, h: v[h].sum() / max(1, np.count_nonzero(v[h]))
)
vote.mistake("Add up the numbers at the high positions: yours returns them one by one.")(
    lambda v, h: v[h] / len(h)
)
vote.mistake("Only the first position counts: is return inside the loop?")(lambda v, h: v[h[0]] / len(h))


def _rows(rng):
    votes = 3 * quarters(rng, *sides(rng, 1, 6))
    votes[rng.integers(len(votes))] += rng.choice([-3000, -800, -400, 0, 900, 2900])
    return (votes,)


@exercise(
    cases=[
        (np.array([[0.0, 0.0]]),),
        (np.array([[1.0, 5 / 9], [5 / 9, 1.0], [-2.0, 1.0]]),),
        (np.array([[2.0, -1.0, 0.5, 3.0], [0.0, 1.0, 0.0, -1.0]]),),
        (np.array([[1000.0, 1001.0], [0.0, 2.0], [-1.0, -1.0]]),),
        (np.array([[800.0, 0.0, -1.0], [1.0, 1.5, 2.0]]),),
        (np.array([[0.0, 2500.0, 1.0], [-1000.0, -1002.0, -3000.0]]),),
        (np.array([[2500.0, 0.0, 1.0], [-400.0, -401.0, -402.0]]),),
        (np.array([[2.0], [-3.0]]),),
        (np.array([[2, 0, -1], [0, 1, 1]]),),
    ],
    draw=_rows,
    hints=[
        "np.exp(votes) works number by number; votes.sum(axis=1, keepdims=True) is one sum for each row.",
        "Divide each row of powers by its own sum.",
        "For large votes subtract each row's largest first: votes - votes.max(axis=1, keepdims=True). The "
        "shares stay the same. Why?",
    ],
)
def softmax(votes):
    shifted = votes - votes.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=1, keepdims=True)


def _of_rows(change):
    """Return the solution with another number than the largest taken away from the votes."""

    def run(votes):
        powers = np.exp(votes - change(votes))
        return powers / powers.sum(axis=1, keepdims=True)

    return run


def _largest(votes):
    return votes.max(axis=1, keepdims=True)


softmax.mistake(
    "Right, until numbers get large: e¹⁰⁰⁰ is too big for the computer. "
    "Subtract the largest vote of each row from that row first."
)(_of_rows(lambda z: 0))
softmax.mistake("Divide the powers by their sum.")(lambda z: np.exp(z - _largest(z)))
softmax.mistake("Divide the powers by their sum. (And for large votes, subtract the largest first.)")(
    lambda z: np.exp(z)
)
softmax.mistake("All numbers together add up to 1 in yours: each row should.")(
    lambda z: np.exp(z - _largest(z)) / np.exp(z - _largest(z)).sum()
)
softmax.mistake(
    "All numbers together add up to 1 in yours: each row should. (And for large votes, subtract each row's "
    "largest first.)"
)(lambda z: np.exp(z) / np.exp(z).sum())
softmax.mistake("The columns add up to 1 in yours: the rows should. (And an image is a row.)")(
    lambda z: ops.softmax(z, axis=0)
)
softmax.mistake(
    "Subtract the largest vote of each row, not that of the whole table: of a row far below it, nothing "
    "is left."
)(_of_rows(np.max))
softmax.mistake("Subtract the largest vote of each row, not the largest of each column.")(
    _of_rows(lambda z: z.max(axis=0))
)
softmax.mistake("Subtract the largest vote of each row, not the smallest: the powers still grow too big.")(
    _of_rows(lambda z: z.min(axis=1, keepdims=True))
)
softmax.mistake("Subtract the largest vote of each row, not the mean: the powers still grow too big.")(
    _of_rows(lambda z: z.mean(axis=1, keepdims=True))
)
softmax.mistake(
    "Subtract the largest vote, not the largest size: where all votes are far below 0, nothing is left."
)(_of_rows(lambda z: np.abs(z).max(axis=1, keepdims=True)))
softmax.mistake("Take the powers of e first, then divide by their sum.")(
    lambda z: z / z.sum(axis=1, keepdims=True)
)
softmax.mistake("Divide by the sum of the powers, not by how many there are.")(
    lambda z: np.exp(z - _largest(z)) / z.shape[1]
)
softmax.mistake("The signs are reversed: the largest vote gets the largest share.")(lambda z: ops.softmax(-z))
softmax.mistake("That is the sigmoid of each vote by itself.")(lambda z: ops.sigmoid(z))
softmax.mistake("Those are powers of 2; softmax takes powers of e.")(lambda z: ops.softmax(z * np.log(2)))
softmax.mistake("The winner takes all in yours: each class gets a share.")(
    lambda z: (z == _largest(z)) / (z == _largest(z)).sum(axis=1, keepdims=True)
)
softmax.mistake("That is log-softmax: leave the logarithm out.")(lambda z: ops.log_softmax(z))
softmax.mistake(
    "All numbers together add up to 1 in yours: each row should. (And subtract each row's own largest vote.)"
)(lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum())
softmax.mistake("The winner takes 1 in yours, and so does each that is as large: give each class a share.")(
    lambda z: (z == _largest(z)) * 1.0
)
softmax.mistake("Only the shares of the first image are returned: return one row for each image.")(
    lambda z: ops.softmax(z[0])
)
softmax.mistake(
    "Where the votes are whole numbers, the shares are cut to 0 and 1: np.zeros_like(votes) makes an array "
    "of integers then. Take np.zeros(votes.shape)."
)(lambda z: ops.softmax(z).astype(z.dtype))
softmax.mistake(
    "What was not a number is replaced by 0 in yours, but its share is not 0: subtract the largest vote of "
    "each row first."
)(lambda z: np.nan_to_num(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)))
softmax.mistake("Subtract the largest vote of each row: if you divide by it, other shares come out.")(
    lambda z: ops.softmax(z / _largest(z))
)
softmax.mistake(
    "Subtract the largest vote of each row, not its first one: the powers may still grow too big."
)(_of_rows(lambda z: z[:, :1]))
softmax.mistake("Subtract the largest vote where it is negative, too: far below 0, nothing is left.")(
    _of_rows(lambda z: np.maximum(_largest(z), 0))
)
softmax.mistake(
    "Votes far from 0 are cut off in yours, so that they become alike: subtract the largest vote of each row "
    "instead."
)(lambda z: ops.softmax(np.clip(z, -500, 500)))
