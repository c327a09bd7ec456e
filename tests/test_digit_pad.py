"""Digits moved, centered and brought to size; and the pad they are drawn on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import ops
from cnnlab.data import digits
from cnnlab.nn import Dense, Flatten, Sequential, predict
from cnnlab.nn.experiments.readers import conv_reader, train
from cnnlab.scenes import DigitPad
from tests.helpers.acts import control, edit, everything, press
from tests.helpers.lesson_digits import recipe
from tests.helpers.scenes import digit_reader

seeds = st.integers(0, 2**32 - 1)
quickly = settings(max_examples=60, deadline=None)


def drawing(seed, shape=(8, 8)):
    """Return some ink, anywhere."""
    rng = np.random.default_rng(seed)
    image = np.zeros(shape)
    size = rng.integers(1, np.add(shape, 1))
    corner = [rng.integers(0, whole - part + 1) for whole, part in zip(shape, size, strict=True)]
    rows, columns = (slice(at, at + part) for at, part in zip(corner, size, strict=True))
    image[rows, columns] = rng.integers(0, 17, size) / 16
    return image


def middle(image):
    """Return the middle of the ink, by plain loops."""
    ink = image.sum()
    return [sum(at[axis] * image[at] for at in np.ndindex(image.shape)) / ink for axis in (0, 1)]


def box(image):
    """Return the first and the last row and column with ink."""
    return [(int(at.min()), int(at.max())) for at in np.nonzero(image)]


# --- Moved, centered, brought to size -----------------------------------------------------------------------


@quickly
@given(seeds, st.integers(-9, 9), st.integers(-9, 9))
def test_moved_is_what_plain_loops_give(seed, down, right):
    image = drawing(seed, (5, 7))
    expected = np.zeros_like(image)
    for row, column in np.ndindex(image.shape):
        if 0 <= row - down < 5 and 0 <= column - right < 7:
            expected[row, column] = image[row - down, column - right]
    np.testing.assert_array_equal(digits.moved(image, down, right), expected)
    np.testing.assert_array_equal(digits.moved(image[None, None], down, right)[0, 0], expected)


@quickly
@given(seeds)
def test_centered_keeps_all_ink_and_comes_as_close_as_whole_pixels_can(seed):
    image = drawing(seed)
    found = digits.centered(image)
    np.testing.assert_array_equal(np.sort(found.ravel()), np.sort(image.ravel()))
    if not image.any():
        return
    for axis, (first, last) in enumerate(box(found)):
        (old, _) = box(image)[axis]
        assert last - first == np.diff(box(image)[axis])[0]
        off = 3.5 - middle(found)[axis]
        stopped = (first == 0 and off < 0) or (last == 7 and off > 0)  # at the edge of the sheet
        assert abs(off) <= 0.5 + 1e-9 or stopped
        np.testing.assert_allclose(middle(found)[axis] - middle(image)[axis], first - old, atol=1e-9)


def test_centered_undoes_a_move_that_lost_nothing():
    image = np.zeros((8, 8))
    image[3:5, 2:5] = [[1, 0.5, 0.25], [0.5, 1, 1]]
    for by in np.ndindex(4, 4):
        away = digits.moved(image, by[0] - 2, by[1] - 2)
        np.testing.assert_array_equal(digits.centered(away), digits.centered(image))


@quickly
@given(seeds)
def test_to_size_fills_the_sheet_one_way_and_copies_pixels(seed):
    image = drawing(seed)
    found = digits.to_size(image)
    if not image.any():
        assert not found.any()
        return
    spans = [last - first + 1 for first, last in box(found)]
    assert max(spans) == 8
    assert set(found[found > 0]) == set(image[image > 0])
    (top, bottom), (left, right) = box(image)
    height, width = bottom - top + 1, right - left + 1
    assert abs(spans[0] / spans[1] - height / width) < 1.01 * max(height / width, 1) / min(spans)
    np.testing.assert_array_equal(digits.to_size(found), found)


def test_empty_sheet_stays_empty_and_nothing_is_changed_in_place():
    empty = np.zeros((8, 8))
    for change in (digits.centered, digits.to_size):
        assert not change(empty).any()
        image = digits.load()[0][0, 0]
        assert not np.shares_memory(change(image), image)
        assert change(image).dtype == image.dtype


@pytest.mark.parametrize("change", [digits.centered, digits.to_size])
@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros(8), r"image must be numbers of shape \(..., rows, columns\), got shape \(8,\)"),
        (np.zeros((2, 8, 8)), r"image must have shape \(rows, columns\), got \(2, 8, 8\)"),
        (-np.ones((2, 2)), r"image must hold numbers from 0 \(paper\) up, got -1"),
        ([[np.nan, 1]], r"image must hold numbers from 0 \(paper\) up, got nan"),
        ([["a"]], "image must be numbers"),
        (np.zeros((0, 3)), "image must be numbers"),
    ],
)
def test_bad_images_are_refused(change, image, message):
    with pytest.raises(ValueError, match=f"{change.__name__}: {message}"):
        change(image)


def test_moves_are_whole_pixels():
    with pytest.raises(TypeError, match=r"moved: right must be an integer, got 0\.5"):
        digits.moved(np.zeros((2, 2)), 0, 0.5)


# --- The pad ------------------------------------------------------------------------------------------------


@pytest.fixture
def scene():
    return DigitPad(digit_reader(0))


def seen_by_network(state):
    image = state.pad
    if state.to_size:
        image = digits.to_size(image)
    return digits.centered(image) if state.center else image


@pytest.mark.parametrize("to_size", [False, True])
@pytest.mark.parametrize("center", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_scores_and_shares_are_those_of_the_network(seed, center, to_size):
    network, image = digit_reader(seed), drawing(seed)
    scene = DigitPad(network, image, center=center, to_size=to_size)
    seen = seen_by_network(scene.state)
    np.testing.assert_array_equal(scene.picture.panel("seen").values, seen)
    scores = predict(network.double(), seen[None, None])[0]
    np.testing.assert_allclose(scene.scores, scores, rtol=1e-6)
    panel, shares = scene.picture.panel("shares"), ops.softmax(scores.astype(float))
    np.testing.assert_allclose(panel.values[:, 0], shares, rtol=1e-5)
    percent = np.floor(100 * shares).clip(max=99).astype(int)
    assert [panel.write(share) for share in panel.values[:, 0]] == [*map(str, percent)]
    assert scene.answer_digit == scores.argmax()
    *_, second, first = np.argsort(shares)
    said = f"It reads a {first}, with {percent[first]} %; next comes {second}, with {percent[second]} %."
    assert said in repr(scene)


def test_shares_never_grow_wider_so_that_the_pad_stays_where_it_is():
    sure = Sequential(Flatten(), Dense(64, 10, weight=np.zeros((10, 64)), bias=[0.0] * 9 + [999.0]))
    shares = DigitPad(sure).picture.panel("shares")
    assert [shares.write(value) for value in shares.values[:, 0]] == ["0"] * 9 + ["99"]


def test_every_cell_seen_is_tied_to_the_one_it_comes_from():
    image = np.zeros((8, 8))
    image[0, 6] = 1  # in the upper right corner; centered, at row 4, column 4
    picture = DigitPad(digit_reader(0), image).picture
    assert picture.taps(picture.link_to("seen"), 4, 4, 0)[0] == [("pad", 0, 6)]


@quickly
@given(seeds)
def test_the_links_bring_ink_to_the_middle_as_the_function_does(seed):
    image = drawing(seed)
    picture = DigitPad(digit_reader(0), image).picture
    link = picture.link_to("seen")
    seen = [picture.number(picture.taps(link, *at, 0)[0][0], 0) for at in np.ndindex(8, 8)]
    np.testing.assert_array_equal(np.reshape(seen, (8, 8)), digits.centered(image))


def test_edits_moves_and_switches_reach_the_network_and_are_undone(scene):
    start = scene.state
    press(scene, "Clear")
    assert "The pad is empty, and still gets an answer." in repr(scene)
    assert not control(scene, "Clear").enabled
    for row in range(3):
        edit(scene, row, 7, "1", panel="pad", stroke="a")
    drawn = scene.state.pad
    assert drawn.sum() == 3
    assert control(scene, "Move ←").enabled
    assert control(scene, "digit").value == "your own"
    press(scene, "Move ←")
    np.testing.assert_array_equal(scene.state.pad, digits.moved(drawn, 0, -1))
    np.testing.assert_array_equal(scene.picture.panel("seen").values, digits.centered(drawn))
    press(scene, "Center", False)
    np.testing.assert_array_equal(scene.picture.panel("seen").values, scene.state.pad)
    press(scene, "To size", True)
    np.testing.assert_array_equal(scene.picture.panel("seen").values, digits.to_size(scene.state.pad))
    for _ in range(5):  # the three cells are one stroke
        press(scene, "undo")
    assert scene.state is start
    assert not scene.can_undo


def test_a_click_leaves_paper_that_is_0(scene):
    row, column = np.argwhere(scene.state.pad == 1)[0]
    assert scene.picture.panel("pad").edit == "paint"
    edit(scene, int(row), int(column), "0", panel="pad")
    assert scene.state.pad[row, column] == 0


@pytest.mark.parametrize("value", ["-1", "2", "1.01", "nan", "ink"])
def test_other_numbers_than_ink_are_refused_and_change_nothing(scene, value):
    before = everything(scene)
    with pytest.raises(ValueError, match=r"Your pad, row 1, column 1 must be a (finite )?number"):
        edit(scene, 0, 0, value, panel="pad")
    assert everything(scene) == before


def test_examples_are_test_digits_of_their_class(scene):
    _, _, images, labels = digits.split()
    for label, option in enumerate(control(scene, "digit").options[:10]):
        press(scene, "digit", option)
        same = (images[:, 0] == scene.state.pad).all(axis=(1, 2))
        assert labels[same].tolist() == [label]


def test_training_on_does_not_move_the_pad(scene):
    network = digit_reader(0)
    scene = DigitPad(network)
    before = scene.scores
    network.parameters[:] += 1
    press(scene, "Move ←")
    press(scene, "undo")
    np.testing.assert_array_equal(scene.scores, before)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Sequential(Flatten(), Dense(64, 3, rng=np.random.default_rng(0))), r"it makes \(3,\) of each"),
        (Sequential(Flatten(), Dense(81, 10, rng=np.random.default_rng(0))), "got Sequential: "),
    ],
)
def test_networks_that_do_not_read_digits_are_refused(network, message):
    with pytest.raises(ValueError, match=rf"DigitPad: network must make ten scores of images .*{message}"):
        DigitPad(network)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"image": np.zeros((9, 9))}, ValueError, r"image must be 8 × 8 pixels .*got shape \(9, 9\)"),
        ({"image": -np.eye(8)}, ValueError, ".* from 0 .paper. to 1 .ink., .*from -1 to"),
        ({"center": 1}, TypeError, "center must be True or False, got 1"),
        ({"to_size": "yes"}, TypeError, "to_size must be True or False, got 'yes'"),
    ],
)
def test_bad_options_are_refused(options, error, message):
    with pytest.raises(error, match=f"DigitPad: {message}"):
        DigitPad(digit_reader(0), **options)


# --- The lesson's recipe ------------------------------------------------------------------------------------


def test_benchmark_finds_the_recipe_in_the_lesson():
    names = recipe()
    network = names["new_network"](0)
    assert network.parameters.size == 3818
    rng = np.random.default_rng(0)
    x, y = rng.random((8, 1, 8, 8)), np.arange(8)
    before = network.parameters.copy()
    assert names["train"](network, x, y, 0, epochs=2) is network
    assert not np.array_equal(network.parameters, before)
    # What other lessons import is the same network, and the same training.
    other = train(conv_reader(0), x, y, 0, epochs=2)
    np.testing.assert_array_equal(other.parameters, network.parameters)
