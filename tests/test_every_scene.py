"""What must hold for every scene without a browser: results follow from what they are said to be made of."""

import itertools
import json
import math

import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from cnnlab import scenes
from cnnlab.scenes.pipeline import STACKS
from cnnlab.stage import YOURS
from cnnlab.stage.links import value_of
from cnnlab.stage.still import stage_still
from tests.helpers.acts import edit, press
from tests.helpers.scenes import SCENES
from tests.helpers.stills import beyond_the_edge, overlapping


@pytest.fixture(params=SCENES.values(), ids=SCENES)
def scene(request):
    return request.param()


def test_every_scene_is_here():
    assert {name.partition(",")[0] for name in SCENES} == set(scenes.__all__)


# --- Results follow from what they are made of --------------------------------------------------------------

REDUCE = {
    "sum": sum,
    "mean": lambda terms: sum(terms) / len(terms),
    "max": max,
    "relu": lambda terms: max(0, *terms),
    "beside": lambda terms: None,
    "field": lambda terms: None,
    "half square": lambda terms: sum(terms) ** 2 / 2,
    "bent sum": lambda terms: max(0, sum(terms)),
    "copy": lambda terms: terms if len(terms) > 1 else terms[0],
    "magnitude": lambda terms: math.hypot(*terms),
    "angle": lambda terms: math.degrees(math.atan2(*terms)) if math.hypot(*terms) > 100 else math.nan,
}


def number(picture, step, id, row, column):
    """Return what stands in a cell; padding is 0, and only where a panel has it."""
    panel = picture.panel(id)
    if getattr(panel, "palette", "") == "rgb":  # three of them, which are only looked at
        return math.nan
    if 0 <= row < panel.shape[0] and 0 <= column < panel.shape[1]:
        return float(
            panel.values[row, column]
            if panel.kind == "grid" and panel.known
            else picture.grid(id, step)[row, column]
        )
    (top, bottom), (left, right) = panel.padding
    assert -top <= row < panel.shape[0] + bottom
    assert -left <= column < panel.shape[1] + right
    return 0.0


@pytest.mark.parametrize("name", [name for name in SCENES if not name.startswith(("Detection", "DigitPad"))])
def test_every_number_is_what_its_taps_give(name):
    picture = SCENES[name]().picture
    for link, step in itertools.product(picture.links, range(picture.steps) if not picture.walk else [0]):
        target = picture.panel(link.target)
        if target.kind == "hidden":  # nobody but the link knows its numbers
            continue
        for row, column in np.ndindex(target.shape):
            taps, factors = picture.taps(link, row, column, step)
            assert len(factors) in (0, len(taps))
            assert len({*taps}) == len(taps) > (-1 if link.when else 0)
            steps = range(step + 1) if link.so_far else [step]
            terms = [number(picture, at, *tap) for at in steps for tap in taps]
            if factors:
                by = [number(picture, step, *factor) for factor in factors]
                terms = [term * factor for term, factor in zip(terms, by, strict=True)]
            bias = picture.added(link, row, column)
            if bias:
                terms.append(number(picture, step, *bias))
            expected = REDUCE[link.reduce](terms)
            value = target.at(step)[row, column]
            if expected is not None and not (getattr(target, "known", ()) and np.isnan(value)):
                np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-5)
                np.testing.assert_allclose(value_of(link, terms), expected, rtol=1e-6, atol=1e-5)


def test_every_panel_is_tied_to_the_others(scene):
    picture = scene.picture
    tied = {id for link in picture.links for id in (*link.parts, link.target)}
    alone = {
        panel.id
        for panel in picture.panels
        if panel.id not in tied and not panel.follows and panel.kind != "chart"
    }
    # A photograph beside Gx and Gy, for the eye; a patch that may be of another image than the one shown; and
    # the slope of a loss in itself, which is 1.
    assert alone <= {"photo", "strongest", "slope in loss"}


def test_what_loupes_show_is_there_to_be_seen(scene):
    picture = scene.picture
    for panel in picture.panels:
        if not panel.follows:
            continue
        followed = picture.panel(panel.follows)
        grid = picture.grid(panel.id, 0)
        assert grid.shape == panel.shape
        if followed.kind == "raster":  # a patch of it
            windows = np.lib.stride_tricks.sliding_window_view(followed.values, panel.shape)
            assert (windows == grid).all(axis=(2, 3)).any()
        else:  # products that add up to what is made of them
            link = picture.link_to(followed.id)
            count = grid.size if link.reduce == "mean" else 1
            assert grid.sum() / count == pytest.approx(followed.values[0, 0])


# --- Controls and edits -------------------------------------------------------------------------------------


def parts(scene):
    """Return the state as text, so that states can be compared."""
    return json.dumps(vars(scene.state), default=np.ndarray.tolist)


@pytest.mark.parametrize("make", SCENES.values(), ids=SCENES)
def test_every_control_leads_somewhere_or_says_why_not(make):
    for control in make().picture.controls:
        scene = make()
        before = parts(scene)
        if control.kind == "button":
            press(scene, control.id)
            assert (parts(scene) != before) == control.enabled
        elif control.kind == "check":
            press(scene, control.id, not control.value)
            assert parts(scene) != before
        elif control.kind == "whole":
            press(scene, control.id, str(control.value + 1))
            assert parts(scene) != before
            with pytest.raises(ValueError, match=f"{control.id} must be a whole number, got 'two'"):
                press(scene, control.id, "two")
        elif control.kind == "choice":
            assert control.value in control.options
            for option in control.options:
                if option == YOURS:
                    with pytest.raises(ValueError, match="own"):
                        press(scene, control.id, option)
                else:
                    press(scene, control.id, option)
                    (now,) = (one for one in scene.picture.controls if one.id == control.id)
                    assert now.value == option
            with pytest.raises(ValueError, match=r"must be one of .*got 'Q'"):
                press(scene, control.id, "Q")
        elif control.kind == "number":
            press(scene, control.id, "7.5")
            assert parts(scene) != before
            with pytest.raises(ValueError, match=f"{control.id} must be a number such as .*got 'two'"):
                press(scene, control.id, "two")
        else:
            assert control.kind == "file"
            with pytest.raises(ValueError, match="not a picture"):
                scene.answer({"type": "file", "id": control.id, "name": "x", "data": b"x"})


@pytest.mark.parametrize("name", scenes.__all__)
def test_unknown_control_is_refused_and_changes_nothing(name):
    scene = SCENES[name if name != "Pipeline" else "Pipeline, uneven"]()
    state = scene.state
    with pytest.raises(ValueError, match=f"{name} has no control 'colour'"):
        press(scene, "colour", "red")
    assert scene.state is state


def typed_or_turned(panel, row, column):
    """Return what a click makes of a cell: ink of paper, or paper of ink; or a number that is typed."""
    if panel.edit == "number":
        return "0.625"
    off = {"toggle": -1.0, "paint": 0.0}[panel.edit]
    return off if panel.values[row, column] > 0 else 1.0


def edits(scene):
    """Return (panel, row, column, value) for each cell that can be edited."""
    return [
        (panel.id, row, column, typed_or_turned(panel, row, column))
        for panel in scene.picture.panels
        if panel.edit
        for row, column in np.ndindex(panel.shape)
    ]


def test_every_edit_shows_and_is_undone(scene):
    start, picture = scene.state, scene.picture.to_json()
    for panel, row, column, value in edits(scene)[::7]:
        edit(scene, row, column, value, panel=panel, stroke=f"{panel} {row} {column}")
        assert scene.picture.panel(panel).values[row, column] == float(value)
        press(scene, "undo")
        assert scene.state is start
    assert not scene.can_undo
    assert scene.picture.to_json() == picture


def test_everything_is_reset_and_that_undone(scene):
    start = parts(scene)
    for panel, row, column, value in edits(scene)[:3]:
        edit(scene, row, column, value, panel=panel, stroke=f"{row} {column}")
    for control in scene.picture.controls:
        if control.kind == "choice":
            press(scene, control.id, control.options[1 - control.options.index(control.value) % 2])
        elif control.kind == "number":
            press(scene, control.id, "7.5")
    changed = parts(scene)
    if not scene.picture.controls:  # a scene to be looked at
        return
    assert changed != start
    resets = [control.id for control in scene.picture.controls if control.id in ("reset", "reset all")]
    if resets:
        press(scene, resets[0])
    else:
        scene.reset()
    assert parts(scene) == start
    press(scene, "undo")
    assert parts(scene) == changed


# --- What stands in for the view ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "LetterNetwork",
        "PhotoFilter",
        "Pipeline, uneven",
        *(f"Pipeline, {name}" for name in STACKS),
        "Vote",
    ],
)
def test_words_change_with_every_edit(name):
    scene = SCENES[name]() if name != "Vote" else scenes.Vote()
    words = repr(scene)
    for panel, row, column, value in edits(scene):
        if float(value) != scene.picture.panel(panel).values[row, column]:
            edit(scene, row, column, value, panel=panel, stroke=f"{panel} {row} {column}")
            assert repr(scene) != words
            press(scene, "undo")
    assert repr(scene) == words


def test_text_of_the_still_has_room(scene):
    figure = stage_still(scene.picture, scene.picture.steps // 2)
    assert beyond_the_edge(figure) == []
    assert overlapping(figure) == []


def test_picture_is_json_but_for_the_bytes_of_rasters_and_charts(scene):
    state, paths, _ = _remove_buffers(scene.picture.to_json())
    json.dumps(state, allow_nan=False)
    expected = {
        "grid": [],
        "raster": [["values"]],
        "chart": [["images", "light"], ["images", "dark"]],
        "hidden": [["values"]],
    }
    assert paths == [
        ["panels", at, *path]
        for at, panel in enumerate(scene.picture.panels)
        for path in (expected[panel.kind] if panel.kind != "hidden" or panel.values is not None else [])
    ]
    expected = []
    for at, panel in enumerate(scene.picture.panels):
        has_bytes = panel.kind == "raster" or (panel.kind == "hidden" and panel.values is not None)
        expected += [["panels", at, "values"]] if has_bytes else []
        expected += [["panels", at, "images", theme] for theme in getattr(panel, "images", ())]
    assert paths == expected
