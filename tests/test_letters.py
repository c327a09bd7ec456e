"""The worked example as printed, recomputed; and renditions that keep their promises."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import ops
from cnnlab.data import letters
from tests.helpers import reference

seeds = st.integers(0, 2**32 - 1)
quickly = settings(max_examples=50, deadline=None)


def generator(seed=0):
    return np.random.default_rng(seed)


def stages(letter):
    """Return the maps of a letter after every step that the deck prints."""
    maps = np.array([ops.correlate2d(letter, kernel, normalize=True) for kernel in letters.FILTERS])
    active = ops.relu(maps)
    pooled, again = active[None], []
    for _ in range(2):
        pooled = ops.max_pool2d(pooled, 2, ceil_mode=True)
        again.append(pooled[0])
    return dict(zip(letters.PRINTED, (maps, active, *again), strict=True))


def cut_off(values):
    """Return two decimals, cut off as the deck does; the 1e-9 keeps 1 from becoming 0.99."""
    return np.trunc(values * 100 + np.sign(values) * 1e-9) / 100


# --- The letters --------------------------------------------------------------------------------------------


def test_x_and_filters_as_in_the_facts():
    np.testing.assert_array_equal(letters.X, reference.X)
    np.testing.assert_array_equal(letters.FILTERS, reference.FILTERS)
    assert (letters.X == 1).sum() == 13


def test_o_is_a_ring_of_radius_three():
    y, x = np.mgrid[-4:5, -4:5]
    np.testing.assert_array_equal(letters.O == 1, abs(np.hypot(x, y) - 3) <= 0.5)


def test_bent_x_has_these_pixels():
    ink = "17 21 22 26 33 35 44 53 55 56 62 67 71"
    assert [f"{row}{column}" for row, column in np.argwhere(letters.BENT_X == 1)] == ink.split()


@pytest.mark.parametrize(
    ("letter", "ninths"),
    [
        (letters.X, "9 5 5 9 9 5 5 5 5 9 9 5"),
        (letters.O, "5 9 9 5 5 5 5 5 9 5 5 9"),
        (letters.BENT_X, "9 5 5 7 9 5 5 3 5 9 9 5"),
    ],
    ids=["X", "O", "bent X"],
)
def test_vector_at_the_end_of_the_pipeline(letter, ninths):
    vector = stages(letter)["pooling again"].ravel() * 9
    assert vector == pytest.approx([int(n) for n in ninths.split()])


@pytest.mark.parametrize(
    "array",
    [
        letters.X,
        letters.O,
        letters.BENT_X,
        letters.FILTERS,
        letters.glyph("#"),
        *(maps for printed in letters.PRINTED.values() for maps in (printed.values, printed.corrected())),
    ],
)
def test_arrays_are_read_only(array):
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0


# --- What the deck prints -----------------------------------------------------------------------------------


def test_exactly_two_printed_numbers_are_wrong():
    wrong = []
    for name, true in stages(letters.X).items():
        printed = letters.PRINTED[name]
        places = list(zip(*np.nonzero(~np.isclose(printed.values, cut_off(true))), strict=True))
        assert places == [place for place, _ in printed.errors]
        assert [true[place] for place in places] == pytest.approx([value for _, value in printed.errors])
        np.testing.assert_allclose(printed.corrected(), cut_off(true))
        wrong += [(name, *place, printed.values[place]) for place in places]
    assert wrong == [("convolution", 1, 2, 3, -0.11), ("relu", 0, 6, 6, 1.77)]


def test_maps_allow_only_these_filters():
    """Of all 512 filters of 1 and −1, one gives each printed map."""
    every = np.array(list(itertools.product([-1, 1], repeat=9)))
    patches = np.lib.stride_tricks.sliding_window_view(letters.X, (3, 3)).reshape(49, 9)
    maps = cut_off(every @ patches.T / 9)
    for printed, kernel in zip(letters.PRINTED["convolution"].corrected(), letters.FILTERS, strict=True):
        fitting = every[np.isclose(maps, printed.ravel()).all(axis=1)]
        np.testing.assert_array_equal(fitting, kernel.reshape(1, 9))


# --- Pictures in text, moving -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "# .\n#", "# x", "# 1\n. ."])
def test_glyph_refuses(text):
    with pytest.raises(ValueError, match="glyph: text must be rows of equal length"):
        letters.glyph(text)


@pytest.mark.parametrize("down", [-4, -1, 0, 2, 3, 9])
@pytest.mark.parametrize("right", [-2, 0, 1, 4])
def test_moved_pixel_by_pixel(down, right):
    letter = np.where(generator().random((3, 4)) < 0.5, 1.0, -1.0)
    expected = np.full((3, 4), -1.0)
    for row, column in np.argwhere(letter == 1):
        if 0 <= row + down < 3 and 0 <= column + right < 4:
            expected[row + down, column + right] = 1
    np.testing.assert_array_equal(letters.moved(letter, down, right), expected)


# --- Renditions ---------------------------------------------------------------------------------------------

PLAIN = {"shift": 0, "bend": 0, "thick": 0, "flips": 0}


@quickly
@given(seeds, st.integers(0, 3), st.floats(0, 1), st.floats(0, 1), st.integers(0, 81))
def test_rendition_is_a_letter_and_the_same_seed_gives_the_same(seed, shift, bend, thick, flips):
    options = {"shift": shift, "bend": bend, "thick": thick, "flips": flips}
    once, again = (letters.rendition(letters.O, generator(seed), **options) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert once.shape == (9, 9)
    assert set(np.unique(once)) <= {-1, 1}


@quickly
@given(seeds)
def test_each_option_does_what_it_says_and_nothing_else(seed):
    def with_only(**option):
        return letters.rendition(letters.X, generator(seed), **PLAIN | option)

    np.testing.assert_array_equal(with_only(), letters.X)
    assert (with_only(flips=5) != letters.X).sum() <= 5
    np.testing.assert_array_equal(with_only(thick=1), np.maximum(letters.X, letters.moved(letters.X, 0, 1)))
    assert (with_only(bend=1) != letters.X).any()
    steps = itertools.product(range(-2, 3), repeat=2)
    assert any(np.array_equal(with_only(shift=2), letters.moved(letters.X, *step)) for step in steps)


def test_chance_reaches_every_shift_and_every_number_of_flips():
    rng = generator()
    shifted = {letters.rendition(letters.X, rng, **PLAIN | {"shift": 1}).tobytes() for _ in range(200)}
    flipped = {
        int((letters.rendition(letters.X, rng, **PLAIN | {"flips": 3}) != letters.X).sum())
        for _ in range(100)
    }
    assert len(shifted) == 9
    assert flipped == {0, 1, 2, 3}


def test_rendition_leaves_the_letter_alone():
    letter = letters.X.copy()
    letters.rendition(letter, generator(), bend=1, thick=1, flips=81)
    np.testing.assert_array_equal(letter, letters.X)


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_renditions_are_half_x_half_o(count):
    images, labels = letters.renditions(count, generator(), **PLAIN)
    assert images.shape == (count, 1, 9, 9)
    assert sorted(labels) == [0] * (count - count // 2) + [1] * (count // 2)
    for image, label in zip(images[:, 0], labels, strict=True):
        np.testing.assert_array_equal(image, (letters.X, letters.O)[label])


def test_renditions_are_shuffled_and_seeded():
    once, again, other = (letters.renditions(40, generator(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(once[0], again[0])
    np.testing.assert_array_equal(once[1], again[1])
    assert (once[1] != other[1]).any()


@pytest.mark.parametrize(
    ("letter", "options", "error", "message"),
    [
        (np.zeros((9, 9)), {}, ValueError, "hold 1 .ink. and −1 .paper. only"),
        (letters.X * np.nan, {}, ValueError, "hold 1"),
        (letters.X[0], {}, ValueError, r"shape \(H, W\).*got shape \(9,\)"),
        ("X", {}, TypeError, "letter must be an array"),
        ([[1], [1, 1]], {}, TypeError, "letter must be an array"),
        (letters.X, {"shift": -1}, ValueError, "shift must be at least 0, got -1"),
        (letters.X, {"shift": 0.5}, TypeError, "shift must be an integer, got 0.5"),
        (letters.X, {"bend": 1.5}, ValueError, "bend must be a probability between 0 and 1, got 1.5"),
        (letters.X, {"thick": np.nan}, ValueError, "thick must be a probability"),
        (letters.X, {"flips": -1}, ValueError, "flips must be at least 0"),
        (letters.X, {"flips": 82}, ValueError, "flips must be at most 81, .* got 82"),
    ],
)
def test_rendition_refuses(letter, options, error, message):
    with pytest.raises(error, match=f"rendition: .*{message}"):
        letters.rendition(letter, generator(), **options)


def test_chance_must_be_a_generator():
    with pytest.raises(TypeError, match=r"rendition: rng must be a numpy.random.Generator, got int"):
        letters.rendition(letters.X, 0)
    with pytest.raises(TypeError, match=r"renditions: rng must be a numpy.random.Generator, got RandomState"):
        letters.renditions(2, np.random.RandomState(0))


@pytest.mark.parametrize(("count", "error"), [(0, ValueError), (2.5, TypeError), ("2", TypeError)])
def test_renditions_refuses_a_count(count, error):
    with pytest.raises(error, match="renditions: count must be"):
        letters.renditions(count, generator())


@pytest.mark.parametrize("shape", [(1, 1), (4, 9), (5, 5)])
def test_rendition_of_a_small_picture(shape):
    letter = letters.rendition(np.ones(shape), generator(), bend=1, flips=0)
    assert letter.shape == shape
