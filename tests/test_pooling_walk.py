"""The pooling scene without a browser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.look import write_number, written_out
from cnnlab.scenes import PoolingWalk
from cnnlab.stage.words import formula


def test_starts_with_the_printed_4_by_4_map():
    walk = PoolingWalk()
    printed = letters.PRINTED["pooling"].values[0]
    np.testing.assert_array_equal(np.trunc(100 * walk.picture.panel("after").values) / 100, printed)


@settings(max_examples=60, deadline=None)
@given(
    keep=st.sampled_from(["largest", "mean"]),
    size=st.integers(1, 4),
    stride=st.integers(1, 4),
    ragged=st.booleans(),
    seed=st.integers(0, 999),
)
def test_every_step_keeps_one_number_of_what_it_sees(keep, size, stride, ragged, seed):
    before = np.random.default_rng(seed).normal(size=(6, 7))
    walk = PoolingWalk(before, keep=keep, size=size, stride=stride, ragged=ragged)
    picture, after = walk.picture, walk.picture.panel("after").values
    pool = {"largest": ops.max_pool2d, "mean": ops.avg_pool2d}[keep]
    np.testing.assert_array_equal(after, pool(before, size, stride=stride, ceil_mode=ragged))
    for step, ((row, column), kept) in enumerate(np.ndenumerate(after)):
        link, *cell = picture.told(step)
        assert (link.target, *cell) == ("after", row, column)
        seen = [before[tuple(place)] for _, *place in picture.taps(link, *cell)[0]]
        assert kept == pytest.approx(max(seen) if keep == "largest" else np.mean(seen))
        count = "the one number left" if len(seen) == 1 else f"{len(seen)} numbers"
        said = f"Row {row + 1}, column {column + 1}: the {keep} of {count}{written_out(kept)}."
        assert picture.sentence(step) == said
        by = f" ÷ {len(seen)}"
        total = f"{by} = {write_number(sum(seen))}{by}" if keep == "mean" else ""
        written = "".join(text for text, _ in formula(picture, step))
        assert written.endswith(f"){total} ≈ {write_number(kept)}")


@pytest.mark.parametrize(
    ("id", "value", "message"),
    [
        ("size", "9", "a kernel of 9 does not fit the map's height"),
        ("stride", "0", "stride must be at least 1, got 0"),
        ("size", "two", "size must be a whole number, got 'two'"),
        ("keep", "median", "keep must be one of"),
        ("before", "Q", "map must be one of .*got 'Q'"),
        ("colour", "red", "PoolingWalk has no control 'colour'"),
    ],
)
def test_refusals_say_why_and_change_nothing(id, value, message):
    walk = PoolingWalk()
    state, picture = walk.state, walk.picture
    with pytest.raises(ValueError, match=message):
        walk.set_control(id, value)
    assert walk.state is state
    assert walk.picture is picture
    assert not walk.can_undo


def test_options_are_undone_and_reset():
    walk = PoolingWalk()
    start = walk.state
    walk.set_control("keep", "mean")
    walk.set_control("size", "3")
    walk.undo()
    assert (walk.state.keep, walk.state.size) == ("mean", 2)
    walk.set_control("reset", True)
    assert walk.state.keep == "largest"
    walk.undo()
    walk.undo()
    assert walk.state is start
