"""A scene goes into one line of text and comes back out of it; other texts are refused."""

import base64
import json
import random
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.scenes import LetterNetwork, SlidingFilter, state_text
from tests.helpers.scenes import SCENES

TEXT = SlidingFilter(step=5).state_text


def same(one, other):
    return type(one) is type(other) and (
        np.array_equal(one, other) and one.dtype == other.dtype
        if isinstance(one, np.ndarray)
        else one == other
    )


def act(scene, chance):
    """Choose, or put a number into a cell, as a learner would."""
    for _ in range(8):
        picture = scene.picture
        choices = [control for control in picture.controls if control.kind == "choice" and control.options]
        panels = [panel for panel in picture.panels if panel.edit]
        try:
            if choices and chance.random() < 0.5:
                control = chance.choice(choices)
                scene.set_control(control.id, chance.choice(control.options))
            elif panels:
                panel = chance.choice(panels)
                row, column = (chance.randrange(size) for size in panel.shape)
                scene.set_cell(panel.id, row, column, "1")
        except ValueError:  # "your own", for instance
            continue


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_comes_back(name):
    scene, chance = SCENES[name](), random.Random(name)
    if hasattr(scene.state, "photo") and isinstance(scene.state.photo, np.ndarray):
        scene.change(photo=scene.state.photo[:40, :40])  # a whole one of a learner's own is too large
    act(scene, chance)
    scene.step = chance.randrange(scene.picture.steps)
    text = scene.state_text
    assert text.isascii()
    assert " " not in text
    other = SCENES[name]()
    other.restore(text)
    for part, value in vars(scene.state).items():
        assert same(getattr(other.state, part), value), part
    assert (other.step, repr(other)) == (scene.step, repr(scene))
    other.restore(SCENES[name]().state_text)  # and the other way


def test_restoring_is_undone_and_a_new_scene_has_nothing_to_undo():
    scene = LetterNetwork(-np.ones((9, 9)))
    before = scene.state
    scene.restore(LetterNetwork(np.ones((9, 9))).state_text)
    assert (scene.state.image == 1).all()
    scene.undo()
    assert (scene.state.image == before.image).all()
    new = LetterNetwork.from_text(scene.state_text, np.ones((9, 9)))
    assert (new.state.image == -1).all()
    assert not new.picture.controls[-1].enabled or new.state is not None
    new.undo()
    assert (new.state.image == -1).all()


def packed(content, scene="SlidingFilter", version=1):
    plain = json.dumps(content).encode()
    data = base64.urlsafe_b64encode(zlib.compress(plain)).decode().rstrip("=")
    return f"cnnlab:{scene}:{version}:{zlib.crc32(plain):08x}:{data}"


def content(**state):
    whole = json.loads(zlib.decompress(base64.urlsafe_b64decode(TEXT.rpartition(":")[2] + "===")))
    whole["state"] |= state
    return whole


def array(values, kind="float64", shape=None):
    values = np.asarray(values, kind)
    data = base64.b64encode(values.tobytes()).decode()
    return {"array": data, "kind": kind, "shape": list(shape or values.shape)}


BOMB = packed("0" * 50_000_000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be a line such as"),
        ("cnnlab:SlidingFilter:1:00000000", "must be a line such as"),
        (TEXT[:-3], "cut off or has been altered"),
        (TEXT.replace(":1:", ":2:", 1), "must be of version 1, got 2"),
        (
            LetterNetwork(np.ones((9, 9))).state_text,
            "must hold a state of SlidingFilter, got one of LetterNetwork",
        ),
        (BOMB[:50_000], "cut off or has been altered"),
        (packed("0" * 5_000_000), "cut off or has been altered"),
        ("x" * 200_000, "must be a line such as"),
        (packed(7), "holds no state"),
        (packed([7]), "altered"),
        (packed({"state": {}, "looks": {}}), "must hold \\['image'"),
        (packed(content(stride=-1)), "stride"),
        (packed(content(image={"choice": {"tuple": ["image", "no such"]}})), "must be one of its choices"),
        (packed(content(image={"choice": 7})), "must be one of its choices"),
        (packed(content(stride="__import__('os')")), "stride must be of type int, got str"),
        (packed(content(image=array(np.nan * np.ones((9, 9))))), "altered"),
        (packed(content(image=array([1, 2, 3]))), "image"),
        (packed(content(image=array([["a"]], "U1"))), "altered"),
        (packed(content(image=array(np.ones(4), shape=(2, 3)))), "altered"),
        (
            packed(content() | {"looks": {"step": -1, "decimals": False, "quiz": False}}),
            "step must be at least 0",
        ),
    ],
)
def test_other_texts_are_refused_and_change_nothing(text, message):
    scene = SlidingFilter(step=2)
    before = scene.state, scene.step, repr(scene)
    with pytest.raises(ValueError, match=message):
        scene.restore(text)
    assert (scene.state, scene.step, repr(scene)) == before


def test_a_text_must_be_a_text():
    with pytest.raises(TypeError, match="text must be a str, got bytes"):
        SlidingFilter.from_text(TEXT.encode())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_no_altered_letter_goes_unnoticed(place, letter):
    text = TEXT[:place] + letter + TEXT[place + 1 :]
    try:
        read = state_text.read("SlidingFilter", text)
    except ValueError:
        return
    same_state = all(same(read["state"][part], value) for part, value in vars(SlidingFilter().state).items())
    assert same_state  # an unused bit at the very end of the content


def test_too_large_a_state_is_refused_when_written():
    with pytest.raises(ValueError, match="must fit into 100000 characters"):
        state_text.write("S", {"x": np.random.default_rng(0).random((200, 200))})


def test_the_browser_is_told():
    scene = SlidingFilter(step=3)
    sent = []
    scene.send = lambda reply, *_: sent.append(reply)
    scene._receive(scene, {"type": "state", "message": "m"}, [])
    assert sent[-1]["state"] == scene.state_text
