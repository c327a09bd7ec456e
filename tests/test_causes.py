"""Causes that can be read off the results: each is said of what has it, and of nothing else."""

import numpy as np
import pytest

from cnnlab.exercises.causes import cause
from cnnlab.exercises.engine import exercise, quarters, sides


@exercise(
    cases=[(np.array([[1.0, 2.0, 4.0], [-0.5, 3.0, 300.25]]), 1.5)],
    draw=lambda rng: (100 * quarters(rng, *sides(rng, 2, 6)), float(quarters(rng))),
    hints=["Multiply and add."],
)
def shifted(x, by):
    return 1.3 * x + by


@exercise(
    cases=[(2.0,), (-3.5,), (0.0,), (1.0,), (-1.0,), (7.25,), (900.0,)],
    hints=["Square."],
)
def squared(z):
    return z**2


def integers(x, by):
    out = np.zeros(x.shape, dtype=int)
    for place in np.ndindex(x.shape):
        out[place] = shifted.solve(x, by)[place]
    return out


WRONG = {
    "cut to whole numbers": integers,
    "returns x as it came": lambda x, by: x,
    "same on every call": lambda x, by: np.ones((2, 2)),
    "transposed": lambda x, by: shifted.solve(x, by).T,
    "The last row is missing": lambda x, by: shifted.solve(x, by)[:-1],
    "The last column is missing": lambda x, by: shifted.solve(x, by)[:, :-1],
    "sum of the right numbers": lambda x, by: shifted.solve(x, by).sum(),
    "only the shape is another": lambda x, by: shifted.solve(x, by).ravel(),
    "rim around": lambda x, by: np.pad(shifted.solve(x, by), 1),
    "overflows": lambda x, by: np.where(x > 0, np.nan, shifted.solve(x, by)),
    "sign is turned": lambda x, by: -shifted.solve(x, by),
    "lost their sign": lambda x, by: np.abs(shifted.solve(x, by)),
    "Negative results become 0": lambda x, by: np.maximum(shifted.solve(x, by), 0),
    "rounded to one place": lambda x, by: np.round(shifted.solve(x, by), 1),
    "turned by 180": lambda x, by: shifted.solve(x, by)[::-1, ::-1],
    "2 times the right": lambda x, by: 2 * shifted.solve(x, by),
    "1/9 times the right": lambda x, by: shifted.solve(x, by) / 9,
    "larger than the right numbers by 3": lambda x, by: shifted.solve(x, by) + 3,
    "cut off": lambda x, by: np.clip(shifted.solve(x, by), 0, 255),
    "array made anew in the loop": lambda x, by: np.pad(
        np.zeros(x.size - 1), (0, 1), constant_values=shifted.solve(x, by).flat[-1]
    ).reshape(x.shape),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_each_cause_is_named(sentence):
    found = shifted.check(WRONG[sentence])
    assert found.state == "not yet"
    assert sentence in found.message.splitlines()[0]


def test_along_the_edges():
    right = [np.arange(20.0).reshape(4, 5), np.ones((3, 3))]
    yours = [one.copy() for one in right]
    for one in yours:
        one[0] += 7
    yours[0][0, 2] -= 1
    assert "along the edges" in cause(yours, right, [(1,), (2,)], ("x",))


def test_where_it_goes_wrong():
    found = squared.check(lambda z: z**2 if z >= 0 else z)
    assert "right except where some number is negative" in found.message
    found = squared.check(lambda z: z**2 if z == int(z) else z)
    assert "right except where some number is no whole one" in found.message


def test_nothing_is_said_of_what_nothing_explains():
    rng = np.random.default_rng(3)
    found = shifted.check(lambda x, by: rng.normal(size=x.shape))
    assert found.message.startswith("shifted(")


def test_one_wrong_number_among_many_has_no_cause():
    def nearly(x, by):
        out = shifted.solve(x, by)
        out[0, -1] += 1
        return out

    assert "times the right" not in shifted.check(nearly).message
    assert "larger than" not in shifted.check(nearly).message


@exercise(
    cases=[([2, 3], [True, False]), ([4], [True]), ([5, 1], [True, True]), ([6], [False]), ([7], [True])],
    draw=lambda rng: (rng.integers(2, 9, 3).tolist(), [True, False, True]),
    hints=["Skip what is not kept."],
)
def kept(numbers, keep):
    return sum(number for number, is_kept in zip(numbers, keep, strict=True) if is_kept)


def test_truth_values_are_no_numbers():
    found = kept.check(lambda numbers, keep: sum(numbers))
    assert found.message.startswith("kept(")
