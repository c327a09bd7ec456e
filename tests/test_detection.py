"""Boxes, sheets, and the scene that finds digits on them, held to plain loops over every window."""

import itertools
import json

import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from cnnlab import detection, ops
from cnnlab.data import digits, sheets
from cnnlab.detection import find, shares_of
from cnnlab.nn import Conv2d, Flatten, Sequential
from cnnlab.scenes import Detection
from cnnlab.scenes.detection import DIGITS, sheet_of
from cnnlab.stage import Box, Panel, Picture, Raster
from cnnlab.stage.still import stage_still
from tests.helpers.acts import edit, press
from tests.helpers.detectors import detector, trained

rng = np.random.default_rng(0)
TEST = digits.split()[2:]


# --- Boxes --------------------------------------------------------------------------------------------------


def painted(box):
    """Return which pixels of a sheet a box covers."""
    paper = np.zeros((20, 20), bool)
    paper[box[0] : box[2], box[1] : box[3]] = True
    return paper


def random_boxes(count):
    corners = rng.integers(0, 12, (count, 2))
    return np.concatenate([corners, corners + rng.integers(1, 9, (count, 2))], axis=1)


def test_iou_counts_pixels():
    boxes, others = random_boxes(30), random_boxes(20)
    overlaps = detection.iou(boxes[:, None], others[None])
    assert overlaps.shape == (30, 20)
    for (i, box), (j, other) in itertools.product(enumerate(boxes), enumerate(others)):
        one, two = painted(box), painted(other)
        assert overlaps[i, j] == pytest.approx((one & two).sum() / (one | two).sum())


def suppressed_by_loops(boxes, scores, limit):
    kept = []
    for k in sorted(range(len(boxes)), key=lambda k: -scores[k]):
        if all(detection.iou(boxes[k], boxes[other]) <= limit for other in kept):
            kept.append(k)
    return kept


@pytest.mark.parametrize("limit", [0, 0.1, 0.3, 0.6, 1])
def test_suppression_is_that_of_plain_loops(limit):
    for _ in range(10):
        boxes, scores = random_boxes(25), rng.integers(0, 9, 25) / 8  # with ties
        kept = detection.non_max_suppression(boxes, scores, limit)
        assert kept.tolist() == suppressed_by_loops(boxes, scores, limit)


def test_nothing_found_is_nothing_kept_and_nothing_right():
    assert detection.non_max_suppression(np.zeros((0, 4)), np.zeros(0)).shape == (0,)
    assert detection.match_boxes(np.zeros((0, 4)), [], [[0, 0, 1, 1]], [3]).shape == (0,)
    assert detection.match_boxes([[0, 0, 1, 1]], [3], np.zeros((0, 4)), []).tolist() == [-1]


def test_each_true_box_is_found_once_and_by_the_best():
    true = [[0, 0, 8, 8], [0, 9, 8, 17]]
    found = [[0, 1, 8, 9], [0, 0, 8, 8], [0, 9, 8, 17], [0, 8, 8, 16]]
    assert detection.match_boxes(found, [1, 1, 2, 1], true, [1, 1]).tolist() == [0, -1, -1, 1]
    assert detection.match_boxes([[0, 0, 2, 2]], [1], [[0, 0, 2, 4]], [1]).tolist() == [0]  # just a half
    assert detection.match_boxes([[0, 0, 2, 2]], [1], [[0, 0, 2, 5]], [1]).tolist() == [-1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: detection.iou([0, 0, 2], [0, 0, 1, 1]), r"iou: boxes must have shape \(…, 4\)"),
        (lambda: detection.iou([0, 0, 1, 1], [2, 0, 1, 1]), "iou: others must have top < bottom"),
        (lambda: detection.iou([0, 0, np.nan, 1], [0, 0, 1, 1]), "iou: boxes must have top < bottom"),
        (lambda: detection.non_max_suppression([0, 0, 1, 1], [1]), r"boxes must have shape \(N, 4\)"),
        (lambda: detection.non_max_suppression([[0, 0, 1, 1]], [1, 2]), r"scores must have shape \(1,\)"),
        (lambda: detection.non_max_suppression([[0, 0, 1, 1]], [np.inf]), "scores must be finite, got inf"),
        (lambda: detection.non_max_suppression([[0, 0, 1, 1]], [1], -1), "overlap must be at least 0"),
        (
            lambda: detection.match_boxes([[0, 0, 1, 1]], [1, 2], [[0, 0, 1, 1]], [1]),
            r"match_boxes: labels must have shape \(1,\)",
        ),
    ],
)
def test_bad_boxes_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- Sheets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_digits_lie_where_a_sheet_says_and_apart(seed):
    sheet = sheets.draw(np.random.default_rng(seed), *TEST)
    assert sheet.pixels.shape == (24, 32)
    assert ((sheet.pixels >= 0) & (sheet.pixels <= 1)).all()
    for image, (top, left, bottom, right) in zip(sheet.images, sheet.boxes, strict=True):
        assert (sheet.pixels[top:bottom, left:right] >= image).all()
    for one, other in itertools.combinations(sheet.boxes, 2):
        assert detection.iou(one, other) == 0
    assert sheet.places.tolist() == sorted(sheet.places.tolist())


def test_a_digit_moves_and_stops_at_the_edge():
    sheet = sheets.draw(np.random.default_rng(0), *TEST)
    assert (sheet.moved(1, -99, 99).places[1] == (0, 24)).all()
    assert (sheet.moved(1, 0, 0).pixels == sheet.pixels).all()
    assert (sheet.moved(2, 1, 0).places - sheet.places).sum() <= 1


def test_windows_to_learn_hold_a_digit_or_none():
    x, y = sheets.windows_to_learn(np.random.default_rng(0), *TEST, sheets=10)
    assert x.shape == (160, 1, 8, 8)
    assert (y == 10).sum() == 120
    for window, label in zip(x[:4], y[:4], strict=True):
        same = TEST[0][TEST[1] == label, 0]
        assert (window[0] >= same - 1e-9).all(axis=(1, 2)).any()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"rng": 0}, TypeError, "rng must be a numpy.random.Generator"),
        ({"count": 40}, ValueError, "count must leave room on the sheet, got 40 on 24 × 32"),
        ({"shape": (7, 32)}, ValueError, r"shape must be at least that of the images, got \(7, 32\)"),
        ({"noise": -1}, ValueError, "noise must be at least 0"),
        ({"labels": [1]}, ValueError, r"images must have shape \(N, 1, h, w\), with a label for each"),
    ],
)
def test_sheets_that_cannot_be_are_refused(changes, error, message):
    arguments = {"rng": np.random.default_rng(0), "images": TEST[0], "labels": TEST[1]} | changes
    with pytest.raises(error, match=message):
        sheets.draw(**arguments)


# --- The scene ----------------------------------------------------------------------------------------------


def test_one_run_gives_what_every_window_gives():
    pixels = sheets.draw(np.random.default_rng(3), *TEST).pixels
    shares = shares_of(detector(11), pixels)
    for row, column in ((0, 0), (5, 20), (16, 24)):
        window = pixels[row : row + 8, column : column + 8][None, None]
        np.testing.assert_allclose(shares[:, row, column], ops.softmax(trained(11).forward(window))[0])


def found_by_loops(network, sheet, pixels, threshold, suppress):
    """Return (label, top, left) of each box that is found, window by window; and how many are right."""
    found = []
    for top, left in np.ndindex(17, 25):
        window = pixels[top : top + 8, left : left + 8][None, None]
        shares = ops.softmax(network.forward(window))[0, :10]
        if shares.max() >= threshold:
            found.append((shares.max(), int(shares.argmax()), top, left))
    kept = []
    for _, label, top, left in sorted(found, key=lambda one: -one[0]):
        box = painted_at(top, left)
        if not suppress or all(overlap(box, painted_at(*other[1:])) <= 0.3 for other in kept):
            kept.append((label, top, left))
    free, right = list(range(len(sheet.labels))), 0
    for label, top, left in kept:
        same = [k for k in free if sheet.labels[k] == label]
        best = max(
            same, key=lambda k: overlap(painted_at(top, left), painted_at(*sheet.places[k])), default=None
        )
        if best is not None and overlap(painted_at(top, left), painted_at(*sheet.places[best])) >= 0.5:
            right += 1
            free.remove(best)
    return kept, right


def painted_at(top, left):
    paper = np.zeros((24, 32), bool)
    paper[top : top + 8, left : left + 8] = True
    return paper


def overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize(("seed", "suppress"), [(0, True), (1, True), (2, False)])
def test_boxes_and_counts_are_those_of_plain_loops(seed, suppress):
    scene = Detection(detector(11), seed)
    if not suppress:
        press(scene, "suppress", False)
    for change in (lambda: None, lambda: press(scene, "Move ↓"), lambda: edit(scene, 3, 4, 1, panel="sheet")):
        change()
        pixels = (scene.picture.panel("sheet").values + 1) / 2
        sheet = sheet_of(scene.state)
        kept, right = found_by_loops(trained(11), sheet, pixels, 0.5, suppress)
        found = scene.findings
        assert [
            (label, *box[:2]) for label, box in zip(found.labels, found.boxes.tolist(), strict=True)
        ] == kept
        missed = len(sheet.labels) - right
        rates = f"Precision {right / len(kept):.2f}. Recall {right / 4:.2f}."
        assert rates in repr(scene)
        assert f"{right} right, {len(kept) - right} too many; {missed} of 4 digits missed" in repr(scene)


def test_boxes_are_drawn_where_they_are_and_say_whether_they_are_right():
    scene = Detection(detector(11), seed=1)
    drawn, found = scene.picture.boxes["sheet"], scene.findings
    for box, (top, left, bottom, right), truth in zip(drawn, found.boxes.tolist(), found.truth, strict=False):
        assert (box.top, box.left, box.bottom, box.right) == (top, left, bottom - 1, right - 1)
        assert (box.line, box.label[-1]) == (("solid", "✓") if truth >= 0 else ("dashed", "✗"))
    assert sum(box.line == "dotted" for box in drawn) == found.digits - found.right


def test_heat_map_shows_the_share_of_what_was_chosen():
    scene = Detection(detector(11))
    pixels = (scene.picture.panel("sheet").values + 1) / 2
    shares = shares_of(detector(11), pixels)
    for choice, expected in (
        ("3", shares[3]),
        ("nothing", shares[10]),
        ("any digit", shares[:10].max(axis=0)),
    ):
        press(scene, "heat", choice)
        np.testing.assert_allclose(scene.picture.panel("heat").values, expected, atol=0.0051)


def test_a_digit_is_moved_by_hand_and_back():
    scene = Detection(detector(11))
    before = sheet_of(scene.state).places
    press(scene, "digit", DIGITS[2])
    press(scene, "Move ↑")
    press(scene, "Move ↑")
    press(scene, "Move ←")
    moved = sheet_of(scene.state).places - before
    assert moved.tolist() == [[0, 0], [0, 0], [-2, -1], [0, 0]]
    for _ in range(4):
        press(scene, "undo")
    assert scene.state == scene.start


def test_drawing_stays_while_digits_move_and_goes_with_the_sheet():
    scene = Detection(detector(11))
    edit(scene, 23, 31, 1, panel="sheet")
    press(scene, "Move ←")
    assert scene.picture.panel("sheet").values[23, 31] == 1
    press(scene, "Another sheet")
    assert scene.state.drawn == ()


def test_empty_sheet_has_nothing_to_find_or_to_move():
    scene = Detection({"digits only": detector(10), "with nothing": detector(11)})
    press(scene, "count", "0")
    press(scene, "stains", "0")
    assert "0 boxes" in repr(scene)
    assert "Precision" not in repr(scene)
    assert "Recall" not in repr(scene)
    assert not any(control.enabled for control in scene.picture.controls if control.id.startswith("Move"))
    press(scene, "network", "digits only")
    assert next(c.options for c in scene.picture.controls if c.id == "heat")[-1] == "9"


def test_another_network_forgets_the_heat_of_nothing():
    scene = Detection({"digits only": detector(10), "with nothing": detector(11)})
    press(scene, "heat", "nothing")
    press(scene, "network", "digits only")
    assert scene.state.heat == "any digit"


def test_scene_keeps_a_copy_of_its_networks():
    network = Sequential(Conv2d(1, 10, 8, rng=np.random.default_rng(0), dtype=float))
    scene = Detection(network)
    words = repr(scene)
    network[0].weight = np.zeros((10, 1, 8, 8))
    press(scene, "Another sheet")
    press(scene, "undo")
    assert repr(scene) == words


CHANCE = np.random.default_rng(0)


@pytest.mark.parametrize(
    "network",
    [
        Sequential(Conv2d(1, 10, 7, rng=CHANCE)),
        Sequential(Conv2d(1, 9, 8, rng=CHANCE)),
        Sequential(Conv2d(1, 10, 8, rng=CHANCE), Flatten()),
        Sequential(Conv2d(2, 10, 8, rng=CHANCE)),
    ],
    ids=["smaller windows", "nine classes", "flat", "two channels"],
)
def test_other_networks_are_refused(network):
    with pytest.raises(ValueError, match="Detection: network 'your network' must make 10 or 11 maps"):
        Detection(network)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda scene: edit(scene, 0, 0, 2, panel="sheet"),
            "Sheet, row 1, column 1 must be a number from −1 to 1, got 2",
        ),
        (lambda scene: edit(scene, 24, 0, 1, panel="sheet"), "sheet: no row 25, column 1 in shape"),
        (lambda scene: edit(scene, 0, 0, 1, panel="heat"), "'heat' is not a panel that can be edited"),
    ],
)
def test_bad_edits_change_nothing(change, message):
    scene = Detection(detector(11))
    with pytest.raises(ValueError, match=message):
        change(scene)
    assert scene.state is scene.start


def test_what_goes_to_the_browser_is_small():
    scene = Detection({"digits only": detector(10), "with nothing": detector(11)})
    press(scene, "network", "digits only")
    press(scene, "suppress", False)
    plain, _, numbers = _remove_buffers(scene.picture.to_json())
    assert len(json.dumps(plain)) < 100_000
    assert sum(map(len, numbers)) < 100_000  # the network that the browser runs


def test_find_takes_any_shares():
    sheet = sheets.draw(np.random.default_rng(0), *TEST, count=1)
    shares = np.zeros((10, 17, 25))
    shares[sheet.labels[0], *sheet.places[0]] = 0.8
    assert find(shares, sheet, 0.5).precision == 1
    assert find(shares, sheet, 0.9).recall == 0


# --- Boxes on the stage -------------------------------------------------------------------------------------

GRID = Panel("grid", "Grid", np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ({"other": (Box(0, 0, 1, 1),)}, "boxes must be on a grid of it, got 'other'"),
        ({"photo": (Box(0, 0, 1, 1),)}, "boxes must be on a grid of it, got 'photo'"),
        ({"grid": (Box(0, 0, 3, 1),)}, "boxes must lie within the 3 × 4 cells of 'grid'"),
        ({"grid": (Box(2, 0, 1, 1),)}, "boxes must lie within the 3 × 4 cells of 'grid'"),
        ({"grid": (Box(0, 0, 1, 1, line="wavy"),)}, "a box's line must be one of .*got 'wavy'"),
    ],
)
def test_boxes_must_be_there(boxes, message):
    with pytest.raises(ValueError, match=message):
        Picture("Boxes", (GRID, Raster("photo", "Photo", np.zeros((3, 4)))), boxes=boxes)


def test_boxes_are_in_the_still():
    picture = Picture("Boxes", (GRID,), boxes={"grid": (Box(0, 1, 2, 3, "seven", "dashed"),)})
    texts = [text.get_text() for text in stage_still(picture, 0).axes[0].texts]
    assert "seven" in texts
    assert picture.to_json()["boxes"]["grid"][0]["label"] == "seven"


def drag(scene, id, down, right, stroke="s"):
    scene.answer({"type": "drag", "id": id, "down": down, "right": right, "stroke": stroke})


def test_a_digit_is_dragged_by_its_grip_and_one_drag_is_one_step_back():
    scene = Detection(detector(11), seed=1)
    first, *others = scene.picture.grips
    for _ in range(3):
        drag(scene, first.id, 0, -1)
    moved, *rest = scene.picture.grips
    assert (moved.top, moved.left) == (first.top, max(0, first.left - 3))
    assert rest == others
    assert scene.state.digit == first.id
    drag(scene, first.id, 99, 0, stroke="another")
    assert scene.picture.grips[0].bottom == scene.picture.panel("sheet").shape[0] - 1
    scene.undo()
    assert scene.picture.grips[0] == moved
    scene.undo()
    assert scene.picture.grips[0] == first


@pytest.mark.parametrize(
    ("id", "down", "what"),
    [("fifth", 1, "a grip must be one of"), ("second", 0.5, "down must be an integer")],
)
def test_what_cannot_be_dragged_changes_nothing(id, down, what):
    scene = Detection(detector(11), seed=1)
    before = scene.state
    with pytest.raises((TypeError, ValueError), match=what):
        drag(scene, id, down, 0)
    assert scene.state is before
