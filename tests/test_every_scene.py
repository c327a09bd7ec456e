"""What must hold for every scene without a browser: results follow from what they are said to be made of."""

import itertools
import json
import math

import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from cnnlab import gradcheck, scenes
from cnnlab.data import letters
from cnnlab.figures import stage_still
from cnnlab.nn import Adam, Conv2d, CrossEntropyLoss, Dense, Flatten, MaxPool2d, ReLU, Sequential, fit
from cnnlab.scenes.pipeline import STACKS
from cnnlab.scenes.scene import YOURS
from tests.detectors import detector
from tests.test_figures import beyond_the_edge, overlapping
from tests.test_scenes import edit, press

rng = np.random.default_rng(0)
PHOTO = rng.integers(0, 256, (9, 12)).astype(np.uint8)
UNEVEN = rng.integers(-9, 10, (8, 9)) / 4

POINT = np.array([[1.0, -2.0], [0.5, 3.0]])


def cubes(x):
    """Return a loss whose gradient is 3 x²."""
    return (x**3).sum()


def letter_network(seed):
    """Return an untrained network of the shape that two scenes show."""
    chance = np.random.default_rng(seed)
    pools = (MaxPool2d(2, ceil_mode=True) for _ in range(2))
    network = Sequential(
        Conv2d(1, 3, 3, rng=chance), ReLU(), *pools, Flatten(), Dense(12, 2, rng=chance, bias=[0.5, -0.25])
    )
    network[0].bias = [0.5, -1, 0.25]
    return network


def digit_network(seed):
    """Return an untrained network for small images of one channel, with a stride, paddings and poolings."""
    chance = np.random.default_rng(seed)
    layers = (
        Conv2d(1, 5, 3, padding=1, rng=chance, bias=[0.5, -1, 0.25, 0, 2], dtype=float),
        ReLU(),
        MaxPool2d(2, ceil_mode=True),
        Conv2d(5, 3, 2, stride=2, padding=((1, 0), (0, 1)), rng=chance, dtype=float),
        ReLU(),
        Flatten(),
    )
    return Sequential(*layers, Dense(12, 4, rng=chance, dtype=float))


def digit_reader(seed):
    """Return an untrained network that reads digits."""
    chance = np.random.default_rng(seed)
    return Sequential(Conv2d(1, 4, 3, rng=chance), ReLU(), MaxPool2d(2), Flatten(), Dense(36, 10, rng=chance))


def film(epochs):
    """Return the film of a short training."""
    network, chance = letter_network(0), np.random.default_rng(0)
    made = scenes.TrainingFilm(network, epochs, letters.BENT_X)
    held_back = letters.renditions(20, chance)
    fit(
        network,
        *letters.renditions(40, chance),
        loss=CrossEntropyLoss(),
        optimizer=Adam(0.01),
        epochs=epochs,
        batch_size=10,
        rng=chance,
        validation=held_back,
        callbacks=[made.record],
    )
    return made


SCENES = {
    "ActivationBrowser": lambda: scenes.ActivationBrowser(
        digit_network(0), {"one": UNEVEN[:, :8], "other": UNEVEN[:, 1:]}, layer=1, channel=2
    ),
    "ActivationBrowser, deep": lambda: scenes.ActivationBrowser(
        digit_network(1), {"one": UNEVEN[:, :8], "other": UNEVEN[:, 1:]}, layer=3
    ),
    "ComputationGraph": lambda: scenes.ComputationGraph(),
    "ComputationGraph, shut": lambda: scenes.ComputationGraph(x=-2, w=0.5, b=0.25, y=1 / 3),
    "ConvBackward": lambda: scenes.ConvBackward(),
    "ConvBackward, padded": lambda: scenes.ConvBackward(
        UNEVEN, [[1, 0.5], [-0.25, 2], [-1, 3]], stride=2, padding=1
    ),
    "ConvBackward, full": lambda: scenes.ConvBackward(stride=2, view="full convolution"),
    "Detection": lambda: scenes.Detection(detector(11)),
    "Detection, two networks": lambda: scenes.Detection(
        {"digits and nothing": detector(11), "digits only": detector(10)}, seed=3
    ),
    "DigitPad": lambda: scenes.DigitPad(digit_reader(0)),
    "DigitPad, as it is": lambda: scenes.DigitPad(
        digit_reader(1), np.eye(8)[:, ::-1], centre=False, to_size=False
    ),
    "DropoutMasks": lambda: scenes.DropoutMasks(),
    "DropoutMasks, uneven": lambda: scenes.DropoutMasks(UNEVEN[:3, :4], "0.8", seed=3),
    "EdgeStrength": lambda: scenes.EdgeStrength(PHOTO),
    "GradientDashboard": lambda: scenes.GradientDashboard(
        gradcheck.gradcheck(cubes, POINT, 3 * POINT**2), gradcheck.epsilon_sweep(cubes, POINT, 3 * POINT**2)
    ),
    "GradientRouting": lambda: scenes.GradientRouting(),
    "GradientRouting, pooling": lambda: scenes.GradientRouting("max-pooling", UNEVEN, UNEVEN[:4, :5]),
    "LearnedNetwork": lambda: scenes.LearnedNetwork(letter_network(1), letters.BENT_X),
    "LetterNetwork": lambda: scenes.LetterNetwork(letters.BENT_X),
    "LossCurve": lambda: scenes.LossCurve(),
    "LossCurve, sizes": lambda: scenes.LossCurve(target="0", square="(p − y)²", axis="their size, log scale"),
    "OptimizerRace": lambda: scenes.OptimizerRace(),
    "OptimizerRace, far away": lambda: scenes.OptimizerRace(rate="4", condition="1000", turned=True),
    "PhotoFilter": lambda: scenes.PhotoFilter(PHOTO, [[1, -2, 0.5], [0, 3, -1 / 3]]),
    "PhotoFilter, even kernel": lambda: scenes.PhotoFilter(PHOTO, np.ones((2, 2)) / 4),
    "PixelInspector": lambda: scenes.PixelInspector(size=9),
    **{f"Pipeline, {name}": lambda name=name: scenes.Pipeline(stack=name) for name in STACKS},
    "Pipeline, uneven": lambda: scenes.Pipeline(UNEVEN, [[1, 0.5], [-0.25, 2], [-1, 3]]),
    "PoolingWalk": lambda: scenes.PoolingWalk(UNEVEN),
    "PoolingWalk, mean": lambda: scenes.PoolingWalk(UNEVEN, keep="mean", size=3, stride=2),
    "ReluMap": lambda: scenes.ReluMap(UNEVEN),
    "SkipFilm": lambda: scenes.SkipFilm(),
    "SkipFilm, exploding": lambda: scenes.SkipFilm(
        activation="ReLU", start="twice as large", depth="30", skips="weights as they are", norm=True
    ),
    "SlidingFilter": lambda: scenes.SlidingFilter(),
    "SlidingFilter, sums": lambda: scenes.SlidingFilter(
        UNEVEN, [[1, 2], [0, -3]], operation="convolution", divide=False, stride=2, padding=2, dilation=2
    ),
    "TrainingFilm": lambda: film(epochs=3),
    "TrainingFilm, untrained": lambda: scenes.TrainingFilm(letter_network(0), 3, letters.O),
    "Vote": lambda: scenes.Vote(rng.integers(-8, 9, 12) / 4, rng.integers(-8, 9, 12) / 4),
}


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
    "bent sum": lambda terms: max(0, sum(terms)),
    "copy": lambda terms: terms if len(terms) > 1 else terms[0],
    "magnitude": lambda terms: math.hypot(*terms),
    "angle": lambda terms: math.degrees(math.atan2(*terms)) if math.hypot(*terms) > 100 else math.nan,
}


def number(picture, step, id, row, column):
    """Return what stands in a cell; padding is 0, and only where a panel has it."""
    panel = picture.panel(id)
    if 0 <= row < panel.shape[0] and 0 <= column < panel.shape[1]:
        return panel.at(step)[row, column].astype(float)
    (top, bottom), (left, right) = panel.padding
    assert -top <= row < panel.shape[0] + bottom
    assert -left <= column < panel.shape[1] + right
    return 0.0


def test_every_number_is_what_its_taps_give(scene):
    picture = scene.picture
    links = (picture.window,) if picture.window else picture.links
    for link, step in itertools.product(links, range(picture.steps) if picture.links else [0]):
        target = picture.panel(link.target)
        grows = bool(getattr(link, "when", ()))
        for row, column in np.ndindex(target.shape):
            taps, factors = picture.taps(link, row, column, step)
            assert len(factors) in (0, len(taps))
            assert len({*taps}) == len(taps) > (-1 if grows else 0)
            terms = [number(picture, step, *tap) for tap in taps]
            if factors:
                by = [number(picture, step, *factor) for factor in factors]
                terms = [term * factor for term, factor in zip(terms, by, strict=True)]
            bias = picture.added(link, row, column)
            if bias:
                terms.append(number(picture, step, *bias))
            expected = REDUCE[link.reduce](terms)
            if expected is None:  # nothing is made of them
                continue
            np.testing.assert_allclose(target.at(step)[row, column], expected, rtol=1e-6, atol=1e-5)


def test_every_panel_is_tied_to_the_others(scene):
    picture = scene.picture
    links = (picture.window,) if picture.window else picture.links
    tied = {id for link in links for id in link.panels()}
    alone = {
        panel.id
        for panel in picture.panels
        if panel.id not in tied
        and not panel.follows
        and panel.kind != "chart"
        and panel.id not in picture.frames
    }
    # A photograph beside Gx and Gy, for the eye; a mean over steps, which no link can reach; a patch that may
    # be of another image than the one shown; and shares of a network too wide to be shown.
    assert alone <= {"photo", "means", "strongest", "shares"}


def test_what_loupes_follow_is_a_raster_of_the_picture(scene):
    picture = scene.picture
    for panel in picture.panels:
        if panel.follows:
            assert picture.panel(panel.follows).kind == "raster"
            # In the still it shows a patch of that raster.
            windows = np.lib.stride_tricks.sliding_window_view(
                picture.panel(panel.follows).values, panel.shape
            )
            assert (windows == panel.values).all(axis=(2, 3)).any()


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
    }
    assert paths == [
        ["panels", at, *path]
        for at, panel in enumerate(scene.picture.panels)
        for path in expected[panel.kind]
    ]
    expected = []
    for at, panel in enumerate(scene.picture.panels):
        expected += [["panels", at, "values"]] if panel.kind == "raster" else []
        expected += [["panels", at, "images", theme] for theme in getattr(panel, "images", ())]
    assert paths == expected
