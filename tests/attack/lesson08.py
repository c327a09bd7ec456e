"""Lesson 08: flatten, vote and softmax, as learners might write them."""

import math

import numpy as np


def flatten_right_1(maps):
    return maps.reshape(-1)


def flatten_right_2(maps):
    numbers = []
    for each in maps:
        for row in each:
            for number in row:
                numbers.append(number)
    return numbers


def flatten_right_3(maps):
    return np.concatenate([row for each in maps for row in each])


def flatten_right_4(maps):
    filters, rows, columns = maps.shape
    out = np.empty(filters * rows * columns)
    for k in range(filters):
        for i in range(rows):
            for j in range(columns):
                out[k * rows * columns + i * columns + j] = maps[k, i, j]
    return out


def flatten_right_5(maps):
    return maps.flatten()


def flatten_right_6(maps):
    return [number for each in maps.tolist() for row in each for number in row]


def flatten_right_7(maps):
    return np.array(list(maps.flat))


def flatten_wrong_1(maps):
    """Each map column by column."""
    return maps.transpose(0, 2, 1).ravel()


def flatten_wrong_2(maps):
    """The filters interleaved: all filters at one place, then the next place."""
    return maps.transpose(1, 2, 0).ravel()


def flatten_wrong_3(maps):
    """The first rows of all the filters, then the second rows."""
    return maps.transpose(1, 0, 2).ravel()


def flatten_wrong_4(maps):
    """One row for each filter, not one list."""
    return maps.reshape(len(maps), -1)


def flatten_wrong_5(maps):
    """The maps as they are."""
    return maps


def flatten_wrong_6(maps):
    """The first map only."""
    return maps[0].ravel()


def flatten_wrong_7(maps):
    """The last number is lost."""
    return maps.ravel()[:-1]


def flatten_wrong_8(maps):
    """A row in a table, not a list."""
    return maps.reshape(1, -1)


def flatten_wrong_9(maps):
    """Each number once only."""
    return np.unique(maps)


def flatten_wrong_10(maps):
    """As many columns as rows, whatever the map's width."""
    filters, rows, _ = maps.shape
    return np.array([maps[k, i, j] for k in range(filters) for i in range(rows) for j in range(rows)])


def flatten_wrong_11(maps):
    """Always twelve numbers."""
    return maps.ravel()[:12]


def flatten_wrong_12(maps):
    """Fractions are cut off by an array of whole numbers."""
    out = np.zeros(maps.size, dtype=int)
    out[:] = maps.ravel()
    return out


def flatten_wrong_13(maps):
    """Back to front."""
    return maps.ravel()[::-1]


def flatten_wrong_14(maps):
    """In Fortran's order."""
    return maps.ravel(order="F")


def flatten_wrong_15(maps):
    """What is below 0 becomes 0, in the caller's maps, too."""
    maps[:] = np.maximum(maps, 0)
    return maps.ravel()


def flatten_wrong_16(maps):
    """One number for each map, its mean."""
    return maps.mean(axis=(1, 2))


def flatten_wrong_17(maps):
    """Rounded to two decimals, as the deck prints them."""
    return maps.round(2).ravel()


def flatten_wrong_18(maps):
    """From the largest number to the smallest."""
    return np.sort(maps.ravel())[::-1]


def flatten_wrong_19(maps):
    """A list of rows."""
    return maps.reshape(-1, maps.shape[2])


def flatten_wrong_20(maps):
    """Every second row is written backward, like a snake."""
    return np.concatenate([row if i % 2 == 0 else row[::-1] for each in maps for i, row in enumerate(each)])


def flatten_wrong_21(maps):
    """Without the zeros."""
    numbers = maps.ravel()
    return numbers[numbers != 0]


def flatten_wrong_22(maps):
    """The maps are added up first."""
    return maps.sum(axis=0).ravel()


def flatten_wrong_23(maps):
    """Two filters' maps are in the wrong order: the last one comes first."""
    return maps[::-1].ravel()


def vote_right_1(numbers, high):
    return numbers[high].mean()


def vote_right_2(numbers, high):
    total = 0.0
    for position in high:
        total += float(numbers[position])
    return total / len(high)


def vote_right_3(numbers, high):
    weights = np.zeros(len(numbers))
    weights[high] = 1 / len(high)
    return weights @ numbers


def vote_right_4(numbers, high):
    values = list(numbers)
    return np.array(sum(values[p] for p in sorted(high)) / len(high))


def vote_right_5(numbers, high):
    mask = np.isin(np.arange(len(numbers)), high)
    return np.float32(numbers[mask].mean())


def vote_right_6(numbers, high):
    return np.mean(np.take(numbers, high))


def vote_right_7(numbers, high):
    return math.fsum(n for i, n in enumerate(numbers) if i in high) / len(high)


def vote_wrong_1(numbers, high):
    """The positions are counted from 1."""
    return numbers[[p - 1 for p in high]].mean()


def vote_wrong_2(numbers, high):
    """The sum, not the mean."""
    return numbers[high].sum()


def vote_wrong_3(numbers, high):
    """Divided by how many numbers there are in all."""
    return numbers[high].sum() / len(numbers)


def vote_wrong_4(numbers, high):
    """Always divided by 5."""
    return numbers[high].sum() / 5


def vote_wrong_5(numbers, high):
    """Cut off after two decimals."""
    return math.trunc(100 * numbers[high].mean()) / 100


def vote_wrong_6(numbers, high):
    """The largest of them."""
    return numbers[high].max()


def vote_wrong_7(numbers, high):
    """The first ones, as many as there are positions."""
    return np.mean([numbers[i] for i in range(len(high))])


def vote_wrong_8(numbers, high):
    """The middle one by size, not the mean."""
    return np.median(numbers[high])


def vote_wrong_9(numbers, high):
    """All from the first position to the last."""
    return numbers[min(high) : max(high) + 1].mean()


def vote_wrong_10(numbers, high):
    """The last position is left out, unless there is only one."""
    return numbers[high[:-1] or high].mean()


def vote_wrong_11(numbers, high):
    """The mean of the positions."""
    return np.mean(high)


def vote_wrong_12(numbers, high):
    """Negative numbers are taken for 0."""
    return np.maximum(numbers[high], 0).mean()


def vote_wrong_13(numbers, high):
    """The mean of all numbers."""
    return numbers.mean()


def vote_wrong_14(numbers, high):
    """Zeros are not counted."""
    values = [numbers[p] for p in high if numbers[p] != 0]
    return sum(values) / max(1, len(values))


def vote_wrong_15(numbers, high):
    """Divided by one less."""
    return numbers[high].sum() / max(1, len(high) - 1)


def vote_wrong_16(numbers, high):
    """Divided without a remainder."""
    return numbers[high].sum() // len(high)


def vote_wrong_17(numbers, high):
    """One number for each position, not added up."""
    return numbers[high] / len(high)


def vote_wrong_18(numbers, high):
    """Returns in the loop, after the first position."""
    for position in high:
        return numbers[position] / len(high)


def vote_wrong_19(numbers, high):
    """The other positions, which are not high."""
    others = np.delete(numbers, high)
    return others.mean() if others.size else 0.0


def vote_wrong_20(numbers, high):
    """The numbers at the positions are multiplied by them."""
    return sum(p * numbers[p] for p in high) / len(high)


def vote_wrong_21(numbers, high):
    """The list is divided in place, and the caller's numbers with it."""
    numbers /= len(high)
    return numbers[high].sum()


def vote_wrong_22(numbers, high):
    """The X's positions, whatever is asked for."""
    return numbers[[p for p in (0, 3, 4, 9, 10) if p < len(numbers)]].mean()


def vote_wrong_23(numbers, high):
    """Each size without its sign."""
    return np.abs(numbers[high]).mean()


def vote_wrong_24(numbers, high):
    """Rounded to two decimals."""
    return round(float(numbers[high].mean()), 2)


def vote_wrong_25(numbers, high):
    """Position 0 is passed over."""
    return sum(numbers[p] for p in high if p) / len(high)


def softmax_right_1(votes):
    powers = np.exp(votes - votes.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_right_2(votes):
    out = []
    for row in votes:
        largest = max(row)
        powers = [math.exp(vote - largest) for vote in row]
        out.append([power / sum(powers) for power in powers])
    return np.array(out)


def softmax_right_3(votes):
    return np.exp(votes - np.logaddexp.reduce(votes, axis=1)[:, None])


def softmax_right_4(votes):
    with np.errstate(over="ignore"):
        return 1 / np.exp(votes[:, None, :] - votes[:, :, None]).sum(axis=2)


def softmax_right_5(votes):
    powers = np.exp((votes.T - votes.max(axis=1)).astype(np.float32))
    return (powers / powers.sum(axis=0)).T


def _shares(row):
    powers = np.exp(row - np.sort(row)[-1] - 1)
    return powers / powers.sum()


def softmax_right_6(votes):
    return np.array([_shares(row) for row in votes])


def softmax_right_7(votes):
    shares = np.zeros(votes.shape)
    for i in range(votes.shape[0]):
        total = 0
        for k in range(votes.shape[1]):
            shares[i, k] = np.exp(votes[i, k] - votes[i].max() + 5)
            total += shares[i, k]
        shares[i] /= total
    return shares


def softmax_right_8(votes):
    return [[1 / np.exp(np.minimum(row - vote, 700)).sum() for vote in row] for row in votes]


def softmax_wrong_1(votes):
    """Powers of large votes are more than the computer can hold."""
    powers = np.exp(votes)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_2(votes):
    """The largest vote of the whole table is taken away, so low rows become 0 / 0."""
    powers = np.exp(votes - votes.max())
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_3(votes):
    """Shares of each column, not of each row."""
    powers = np.exp(votes - votes.max(axis=0))
    return powers / powers.sum(axis=0)


def softmax_wrong_4(votes):
    """Each column's largest vote is taken away, which changes the differences in a row."""
    powers = np.exp(votes - votes.max(axis=0))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_5(votes):
    """Divided by the sum of the whole table."""
    powers = np.exp(votes - votes.max())
    return powers / powers.sum()


def softmax_wrong_6(votes):
    """The largest size is taken away, so rows with very negative votes become 0 / 0."""
    powers = np.exp(votes - np.abs(votes).max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_7(votes):
    """The votes are divided by the largest one in size, not lowered."""
    powers = np.exp(votes / np.maximum(np.abs(votes).max(axis=1, keepdims=True), 1))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_8(votes):
    """The votes are clipped, so large ones become alike."""
    powers = np.exp(np.clip(votes, -500, 500))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_9(votes):
    """The winner gets all."""
    return (votes == votes.max(axis=1, keepdims=True)).astype(float)


def softmax_wrong_10(votes):
    """The smallest vote is taken away, which makes the powers even larger."""
    powers = np.exp(votes - votes.min(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_11(votes):
    """The mean is taken away, which does not help if the differences are large."""
    powers = np.exp(votes - votes.mean(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_12(votes):
    """Divided by the sum, without powers."""
    total = votes.sum(axis=1, keepdims=True)
    return votes / np.where(total == 0, 1, total)


def softmax_wrong_13(votes):
    """What is not a number is made 0."""
    with np.errstate(all="ignore"):
        powers = np.exp(votes)
        return np.nan_to_num(powers / powers.sum(axis=1, keepdims=True))


def softmax_wrong_14(votes):
    """The first vote of each row is taken away, not the largest."""
    powers = np.exp(votes - votes[:, :1])
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_15(votes):
    """The largest vote is taken away in place, from the caller's votes, too."""
    votes -= votes.max(axis=1, keepdims=True)
    powers = np.exp(votes)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_16(votes):
    """Powers of 2, not of e."""
    powers = 2.0 ** (votes - votes.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_17(votes):
    """The logarithms of the shares."""
    lowered = votes - votes.max(axis=1, keepdims=True)
    return lowered - np.log(np.exp(lowered).sum(axis=1, keepdims=True))


def softmax_wrong_18(votes):
    """The first image only."""
    powers = np.exp(votes[0] - votes[0].max())
    return powers / powers.sum()


def softmax_wrong_19(votes):
    """Each vote by itself: the sigmoid."""
    return 0.5 * (1 + np.tanh(votes / 2))


def softmax_wrong_20(votes):
    """The sums stand along the wrong axis: only tables with as many rows as columns work at all."""
    powers = np.exp(votes - votes.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1)


def softmax_wrong_21(votes):
    """The largest votes stand along the wrong axis."""
    powers = np.exp(votes - votes.max(axis=1))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_22(votes):
    """Always 3000 is taken away, so that usual votes become 0 / 0."""
    powers = np.exp(votes - 3000)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_23(votes):
    """The shares of whole-number votes are cut off by an array of whole numbers."""
    out = np.zeros_like(votes)
    for i, row in enumerate(votes):
        powers = np.exp(row - row.max())
        out[i] = powers / powers.sum()
    return out


def softmax_wrong_24(votes):
    """Rounded to three decimals."""
    powers = np.exp(votes - votes.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).round(3)


def softmax_wrong_25(votes):
    """Only positive votes are lowered, so rows far below 0 become 0 / 0."""
    powers = np.exp(votes - np.maximum(votes.max(axis=1, keepdims=True), 0))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_26(votes):
    """The powers are not divided by anything."""
    return np.exp(votes - votes.max(axis=1, keepdims=True))


def softmax_wrong_27(votes):
    """The powers are held at a ceiling, under which large ones become alike."""
    with np.errstate(over="ignore"):
        powers = np.minimum(np.exp(votes), 1e300)
    return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1e-300)


def softmax_wrong_28(votes):
    """Divided by the largest power, so that the winner has 1."""
    powers = np.exp(votes - votes.max(axis=1, keepdims=True))
    return powers / powers.max(axis=1, keepdims=True)


def softmax_wrong_29(votes):
    """The shares of the negative votes: a sign."""
    powers = np.exp(votes.min(axis=1, keepdims=True) - votes)
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_wrong_30(votes):
    """The largest vote is taken away only if it is above 700: rows far below 0 become 0 / 0."""
    out = []
    for row in votes:
        if row.max() > 700:
            row = row - row.max()
        powers = np.exp(row)
        out.append(powers / powers.sum())
    return np.array(out)


def softmax_wrong_31(votes):
    """Lowered by 3000 where a row has large votes, which is too much for 1000."""
    lowered = np.where(np.abs(votes).max(axis=1, keepdims=True) > 700, votes - 3000, votes)
    powers = np.exp(lowered)
    return powers / powers.sum(axis=1, keepdims=True)
