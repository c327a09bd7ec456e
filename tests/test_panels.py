"""Panels with empty cells, and photographs: refused when wrong, told truly, sent as they are."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _put_buffers, _remove_buffers

from cnnlab.scenes import EdgeStrength, PhotoFilter, PixelInspector
from cnnlab.stage import Panel, Picture, Raster

rng = np.random.default_rng(0)
COLOURS = rng.integers(0, 256, (2, 3, 3)).astype(np.uint8)


def raster(values=((1,),), **options):
    return Raster("a", "Title", values, **options)


# --- Empty cells --------------------------------------------------------------------------------------------


def test_an_empty_cell_is_written_and_sent_as_nothing():
    panel = Panel("a", "Title", [[np.nan, 1], [-0.5, np.nan]], edit="number")
    assert panel.words(panel.values) == " 1; −0.50 "
    assert panel.to_json()["values"] == [[None, 1], [-0.5, None]]
    json.dumps(panel.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": [[np.nan]]}, "values must be finite, got nan"),
        ({"values": [[np.nan]], "edit": "toggle"}, "values must be finite, got nan"),
        ({"values": [[np.nan, -np.inf]], "edit": "number"}, "values must be finite, got -inf"),
        (
            {"values": [[1]], "edit": "draw"},
            r"edit must be one of \('', 'toggle', 'paint', 'number'\), got 'draw'",
        ),
        ({"values": [[1], [2]], "names": ("one",)}, "names must name each of the 2 rows, got 1"),
        ({"values": [[1, 2]], "names": ("one", "two")}, "names must name each of the 1 rows, got 2"),
    ],
)
def test_panel_refuses(options, message):
    with pytest.raises(ValueError, match=f"Panel 'a': {message}"):
        Panel("a", "Title", **options)


# --- Photographs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"values": [1, 2]}, ValueError, r"values must have shape \(rows, columns\), got \(2,\)"),
        ({"values": COLOURS}, ValueError, r"values must have shape \(rows, columns\), got \(2, 3, 3\)"),
        (
            {"values": COLOURS[..., 0], "palette": "rgb"},
            ValueError,
            r"values must have shape \(rows, columns, 3\), got \(2, 3\)",
        ),
        ({"values": np.zeros((2, 3, 4), np.uint8), "palette": "rgb"}, ValueError, r"3\), got \(2, 3, 4\)"),
        ({"values": COLOURS / 255, "palette": "rgb"}, TypeError, "must be of type uint8, got float64"),
        ({"values": np.zeros((0, 3), np.uint8)}, ValueError, r"1 to 1024 rows .*got shape \(0, 3\)"),
        ({"values": np.zeros((0, 3))}, ValueError, r"values must not be empty, got shape \(0, 3\)"),
        ({"values": np.zeros((1025, 1))}, ValueError, r"1 to 1024 rows .*got shape \(1025, 1\)"),
        ({"values": np.zeros((1, 1025), np.uint8)}, ValueError, r"1 to 1024 rows .*got shape \(1, 1025\)"),
        ({"values": [[1], [1, 2]]}, ValueError, "values must be a rectangular array"),
        ({"values": [["1"]]}, TypeError, "values must be an array of real numbers, got dtype <U1"),
        ({"values": [[np.nan]]}, ValueError, "values must be finite, got nan"),
        ({"values": [[np.nan, np.inf]], "palette": "angle"}, ValueError, "values must be finite, got inf"),
        ({"palette": "ink"}, ValueError, r"one of \['angle', 'gray', 'rgb', 'signed'\], got 'ink'"),
        ({"scale": 0}, ValueError, "scale must be above 0 and finite, got 0"),
        ({"scale": np.nan}, ValueError, "scale must be above 0 and finite, got nan"),
    ],
)
def test_raster_refuses(options, error, message):
    with pytest.raises(error, match=f"Raster 'a': .*{message}"):
        raster(**options)


def test_largest_raster_is_shown():
    assert raster(np.zeros((1024, 1))).shape == (1024, 1)
    assert raster(np.zeros((1, 1024, 3), np.uint8), palette="rgb").shape == (1, 1024)


def test_raster_keeps_a_copy_that_nobody_can_write_to():
    values = np.zeros((2, 2), np.uint8)
    panel = raster(values)
    values[0, 0] = 7
    assert panel.at(0).max() == 0
    with pytest.raises(ValueError, match="read-only"):
        panel.values[0, 0] = 7


def test_raster_says_how_large_it_is_and_how_its_numbers_lie():
    assert raster([[0, 10, -5], [1, 2, 7]]).words(None) == "2 × 3 pixels from −5 to 10, 2.50 on average"
    angles = raster([[np.nan, 90], [-45, np.nan]], palette="angle")
    assert angles.words(None) == "2 × 2 pixels from −45 to 90, 22.50 on average"


@pytest.mark.filterwarnings("ignore:(All-NaN|Mean of empty)")
def test_raster_without_any_direction_can_be_told():
    assert "2 × 2 pixels" in raster(np.full((2, 2), np.nan), palette="angle").words(None)


def test_pixels_are_written_as_numbers():
    assert raster([[-1.5]]).write(-1.5) == "−1.50"
    assert raster(COLOURS, palette="rgb").write(np.array([1, 20, 255], np.uint8)) == "1 20 255"


def received(picture):
    """Return the picture as it arrives in the browser: text, with arrays beside it as plain bytes."""
    state, paths, buffers = _remove_buffers(picture.to_json())
    state = json.loads(json.dumps(state, allow_nan=False))
    _put_buffers(state, paths, [memoryview(bytes(one)) for one in buffers])
    return state


@given(
    st.sampled_from(["gray", "signed", "angle", "rgb"]),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.booleans(),
    st.integers(0, 99),
)
def test_numbers_of_a_raster_arrive_as_they_were(palette, shape, whole, seed):
    chance = np.random.default_rng(seed)
    if palette == "rgb":
        values = chance.integers(0, 256, (*shape, 3)).astype(np.uint8)
    elif whole:
        values = chance.integers(0, 256, shape).astype(np.uint8)
    else:
        values = chance.normal(0, 100, shape).astype(np.float32)
    if palette == "angle" and not whole:
        values[0, 0] = np.nan
    picture = Picture("Test", (raster(values, palette=palette, scale=300, width=7, before="→"),))
    (sent,) = received(picture)["panels"]
    arrived = np.frombuffer(sent["values"], sent["dtype"]).reshape(sent["shape"])
    np.testing.assert_array_equal(arrived, values, strict=True)
    assert (sent["kind"], sent["palette"], sent["scale"], sent["width"]) == ("raster", palette, 300, 7)
    assert (sent["edit"], sent["names"], sent["before"]) == ("", [], "→")


@pytest.mark.parametrize("scene", [PhotoFilter, EdgeStrength, PixelInspector])
def test_a_scene_of_photographs_arrives_whole(scene):
    picture = scene().picture
    sent = received(picture)
    assert sent["focus"] == list(picture.focus)
    assert [control["id"] for control in sent["controls"]] == [control.id for control in picture.controls]
    for panel, shown in zip(sent["panels"], picture.panels, strict=True):
        assert panel["kind"] == shown.kind
        if shown.kind == "raster":
            numbers = np.frombuffer(panel["values"], panel["dtype"]).reshape(panel["shape"])
            np.testing.assert_array_equal(numbers, shown.values, strict=True)
        else:
            np.testing.assert_array_equal(panel["values"], shown.values)


def test_heads_name_every_column_in_the_place_of_a_caption():
    panel = Panel("p", "P", [[1, 2]], names=("a",), heads=("left", "right"))
    assert panel.to_json()["heads"] == ("left", "right")
    with pytest.raises(ValueError, match=r"heads must name each of the 2 columns.*got 1"):
        Panel("p", "P", [[1, 2]], heads=("left",))
    with pytest.raises(ValueError, match="caption"):
        Panel("p", "P", [[1, 2]], "said", heads=("left", "right"))
