"""The network of the worked example, the pipeline and the votes: the numbers that are known of them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.data import letters
from cnnlab.scenes import LetterNetwork, Pipeline, Vote
from cnnlab.scenes.pipeline import STACKS
from cnnlab.scenes.scene import YOURS
from tests.helpers import reference
from tests.helpers.acts import edit, press
from tests.helpers.letter_network import NINTHS, all_behind, layers, votes_of

BLANK, INK = -np.ones((9, 9)), np.ones((9, 9))

# Twelve numbers, in ninths, and the two votes: the deck's for X and O, by hand for the even sheets.
KNOWN = {
    "X": (letters.X, [9, 5, 5, 9, 9, 5, 5, 5, 5, 9, 9, 5], (1, 5 / 9)),
    "O": (letters.O, [5, 9, 9, 5, 5, 5, 5, 5, 9, 5, 5, 9], (5 / 9, 1)),
    "bent X": (letters.BENT_X, [9, 5, 5, 7, 9, 5, 5, 3, 5, 9, 9, 5], (43 / 45, 5 / 9)),
    "blank": (BLANK, [3, 3, 3, 3, 0, 0, 0, 0, 3, 3, 3, 3], (4 / 15, 1 / 3)),
    "ink": (INK, [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0], (1 / 45, 0)),
}


# --- The network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("image", "ninths", "votes"), KNOWN.values(), ids=KNOWN)
def test_network_gives_the_known_numbers_and_votes(image, ninths, votes):
    scene = LetterNetwork(image)
    np.testing.assert_allclose(9 * scene.twelve_numbers, ninths, atol=1e-12)
    assert scene.votes == pytest.approx({"X": votes[0], "O": votes[1]})


@pytest.mark.parametrize(
    ("image", "votes"), [("bent X", (0.956, 0.556)), ("blank", (0.267, 0.333)), ("ink", (0.022, 0))]
)
def test_votes_as_the_lesson_rounds_them(image, votes):
    assert [round(vote, 3) for vote in LetterNetwork(KNOWN[image][0]).votes.values()] == list(votes)


@pytest.mark.parametrize("layer", NINTHS)
def test_every_number_knows_what_it_sees_and_what_decides_it(layer):
    picture = LetterNetwork().picture
    for k, row, column in np.ndindex(NINTHS[layer].shape):
        cell = f"{layer} {k}", row, column
        assert (picture.seen_by(cell), picture.decided_by(cell, 0)) == all_behind(cell)


def test_every_map_of_x_is_the_printed_one():
    picture = LetterNetwork().picture
    for k in range(3):
        np.testing.assert_array_equal(picture.panel(f"filter {k}").values, reference.FILTERS[k])
        for layer, ninths in NINTHS.items():
            np.testing.assert_allclose(9 * picture.panel(f"{layer} {k}").values, ninths[k], atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_network_is_that_of_plain_loops(seed):
    image = np.random.default_rng(seed).choice([-1.0, 1.0], (9, 9))
    scene = LetterNetwork(image)
    numbers, votes = votes_of(image)
    np.testing.assert_allclose(scene.twelve_numbers, numbers, atol=1e-12)
    assert list(scene.votes.values()) == pytest.approx(votes)


def moved_by(scene, down, right):
    for step, arrows in ((down, "↑↓"), (right, "←→")):
        if step:
            press(scene, f"Move {arrows[step > 0]}")


def test_an_o_that_moves_by_a_pixel_keeps_all_its_numbers():
    drawings = set()
    for down, right in itertools.product((-1, 0, 1), repeat=2):
        scene = LetterNetwork(letters.O)
        moved_by(scene, down, right)
        np.testing.assert_array_equal(scene.state.image, np.roll(letters.O, (down, right), (0, 1)))
        drawings.add(scene.state.image.tobytes())
        np.testing.assert_allclose(9 * scene.twelve_numbers, KNOWN["O"][1], atol=1e-12)
    assert len(drawings) == 9


def test_an_x_that_moves_by_a_pixel_does_not():
    scene = LetterNetwork()
    moved_by(scene, 1, 1)
    np.testing.assert_allclose(9 * scene.twelve_numbers, [9, 5, 5, 9, 5, 5, 5, 9, 5, 9, 9, 5], atol=1e-12)


def test_move_pushes_ink_off_the_sheet():
    scene = LetterNetwork()
    for _ in range(30):
        press(scene, "Move →")
    np.testing.assert_array_equal(scene.state.image, BLANK)
    assert "An empty sheet gets votes too: O gets 0.33, X gets 0.27" in repr(scene)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (
            letters.X,
            "X gets 1, O gets 0.56: it takes this for an X, by the mean of the numbers 1, 4, 5, 10, 11",
        ),
        (
            letters.O,
            "O gets 1, X gets 0.56: it takes this for an O, by the mean of the numbers 2, 3, 9, 12 of",
        ),
        (BLANK, "An empty sheet gets votes too: O gets 0.33, X gets 0.27."),
    ],
)
def test_network_says_how_the_vote_went(image, words):
    assert words in repr(LetterNetwork(image))


def test_a_tie_is_called_one():
    """An image found by search, and checked by plain loops."""
    chance = np.random.default_rng(0)
    image = next(
        image
        for image in (chance.choice([-1.0, 1.0], (9, 9)) for _ in itertools.count())
        if np.ptp(votes_of(image)[1]) < 1e-12
    )
    assert "A tie: " in repr(LetterNetwork(image))
    assert "takes this for" not in repr(LetterNetwork(image))


def test_clear_wipes_the_sheet_and_then_has_nothing_to_do():
    scene = LetterNetwork()
    press(scene, "Clear")
    np.testing.assert_array_equal(scene.state.image, BLANK)
    assert {control.id: control.enabled for control in scene.picture.controls}["Clear"] is False
    press(scene, "undo")
    np.testing.assert_array_equal(scene.state.image, letters.X)


@pytest.mark.parametrize("button", ["Clear", "Move →"])
def test_what_changes_nothing_need_not_be_undone(button):
    """A fast learner presses before the button is disabled; then Undo would seem dead."""
    scene = LetterNetwork()
    for _ in range(20):
        press(scene, button)
    press(scene, "undo")
    assert (scene.state.image == 1).any()


def test_drawing_control_names_the_drawing():
    scene = LetterNetwork()
    for name in ("O", "bent X", "X"):
        press(scene, "drawing", name)
        assert scene.picture.controls[0].value == name
        np.testing.assert_array_equal(scene.state.image, KNOWN[name][0])
    edit(scene, 0, 0, "1")
    assert scene.picture.controls[0].value == YOURS


@pytest.mark.parametrize("image", [np.ones((9, 8)), np.zeros((9, 9)), 2 * letters.X, letters.X[None]])
def test_network_takes_only_ink_and_paper(image):
    with pytest.raises(ValueError, match=r"LetterNetwork: image must .*got shape"):
        LetterNetwork(image)


def test_a_pixel_is_ink_or_paper():
    scene = LetterNetwork()
    with pytest.raises(ValueError, match=r"Your drawing, row 1, column 1 must be 1 or −1, got '0.5'"):
        edit(scene, 0, 0, "0.5")
    np.testing.assert_array_equal(scene.state.image, letters.X)


# --- The pipeline -------------------------------------------------------------------------------------------

LAYERS = {
    "convolve, ReLU, pool, pool": ("convolve", "ReLU", "pool", "pool"),
    "convolve, ReLU, pool, twice over": ("convolve", "ReLU", "pool") * 2,
    "three convolutions": ("convolve",) * 3,
    "convolve, pool, convolve": ("convolve", "pool", "convolve"),
}


def test_twice_over_leaves_one_number_of_each_filter():
    """The deck says that it repeats all three operations; then this is what would be left of its X."""
    left = []
    for kernel in letters.FILTERS:
        scene = Pipeline(kernel=kernel, stack="convolve, ReLU, pool, twice over")
        assert scene.picture.panels[-1].shape == (1, 1)
        left.append(round(scene.picture.panels[-1].values.item(), 2))
    assert left == [0.09, 0.16, 0]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(LAYERS)), st.integers(0, 2**32 - 1))
def test_every_layer_is_that_of_plain_loops(stack, seed):
    chance = np.random.default_rng(seed)
    image = chance.integers(-9, 10, chance.integers(9, 12, 2)) / 4
    kernel = chance.integers(-9, 10, chance.integers(1, 4, 2)) / 4
    scene = Pipeline(image, kernel, stack)
    assert [panel.id for panel in scene.picture.panels[:2]] == ["image", "kernel"]
    expected = layers(image, kernel, LAYERS[stack])
    for panel, values in zip(scene.picture.panels[2:], expected, strict=True):
        np.testing.assert_allclose(panel.values, values, atol=1e-12, strict=True)
    _, row, column = scene.picture.told(0)
    assert expected[-1][row, column] == pytest.approx(expected[-1].max())


@pytest.mark.parametrize("size", [3, 2])
def test_only_one_convolution_leaves_fractions_that_can_be_read(size):
    kernel = np.ones((size, size))
    once, thrice = (
        Pipeline(letters.X, kernel, stack) for stack in ("convolve, ReLU, pool, pool", "three convolutions")
    )
    assert [panel.unit for panel in once.picture.panels[2:]] == [size**2] * 4
    assert [panel.unit for panel in thrice.picture.panels[2:]] == [size**2, None, None]


def test_all_stacks_are_known_to_these_tests():
    assert list(LAYERS) == list(STACKS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stack": "pool"}, "Pipeline: stack must be one of .*got 'pool'"),
        ({"image": np.ones((2, 9))}, "a kernel of 3 does not fit image's height, which is 2"),
        ({"image": np.ones((5, 5)), "stack": "three convolutions"}, "does not fit"),
        ({"image": np.ones((41, 9))}, "at most 40 rows"),
        ({"kernel": np.ones(3)}, "Pipeline: kernel must have shape"),
        ({"image": [[1, np.nan]]}, "Pipeline: image must be finite, got nan"),
    ],
)
def test_what_has_no_room_in_the_pipeline_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Pipeline(**options)


# --- The votes ----------------------------------------------------------------------------------------------


def test_the_random_letter_of_the_deck_gets_its_votes():
    scene = Vote()
    press(scene, "numbers", "the deck's random letter")
    assert [float(f"{vote:.4f}") for vote in scene.votes] == [0.912, 0.5175]


@pytest.mark.parametrize(("name", "known"), [("X", "X"), ("O", "O"), ("bent X", "bent X")])
def test_letters_get_the_votes_of_the_network(name, known):
    scene = Vote()
    press(scene, "numbers", f"of the {name}")
    np.testing.assert_allclose(9 * scene.state.numbers, [KNOWN[known][1]], atol=1e-12)
    assert scene.votes == pytest.approx(KNOWN[known][2])


@given(st.integers(0, 2**32 - 1))
def test_votes_are_sums_of_products(seed):
    numbers, *weights = np.random.default_rng(seed).integers(-8, 9, (3, 12)) / 4
    scene = Vote(numbers, *weights)
    for vote, row in zip(scene.votes, weights, strict=True):
        assert vote == sum(number * weight for number, weight in zip(numbers, row, strict=True))
    link, *cell = scene.picture.told(0)
    assert (link.target, *cell) == ("votes", int(scene.votes[1] > scene.votes[0]), 0)


def test_a_number_without_weight_has_no_say_unless_none_has():
    scene = Vote(weights_o=np.zeros(12))
    (link,) = scene.picture.links
    said = [[column for _, _, column in scene.picture.taps(link, vote, 0, 0)[0]] for vote in (0, 1)]
    assert said == [[0, 3, 4, 9, 10], list(range(12))]
    edit(scene, 0, 6, "0.5", panel="weights_o")
    (link,) = scene.picture.links
    assert scene.picture.taps(link, 1, 0, 0) == ([("numbers", 0, 6)], [("weights_o", 0, 6)])
    assert scene.votes[1] == pytest.approx(5 / 18)


@pytest.mark.parametrize("name", ["numbers", "weights_x", "weights_o"])
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.ones(11), ValueError, r"must be 12 numbers, got shape \(11,\)"),
        (np.ones((12, 1)), ValueError, r"must be 12 numbers, got shape \(12, 1\)"),
        (np.ones((1, 1, 12)), ValueError, r"must have shape .*got shape \(1, 1, 12\)"),
        ([np.nan] * 12, ValueError, "must be finite, got nan"),
        ("twelve", TypeError, "must be an array of real numbers"),
        ([[1], [1, 2]], ValueError, "must be a rectangular array"),
    ],
)
def test_vote_wants_twelve_numbers(name, value, error, message):
    with pytest.raises(error, match=f"Vote: {name} {message}"):
        Vote(**{name: value})
