"""The widget without a browser: what it answers, and what stands in for it where widgets do not run."""

import base64
import io
import itertools
import json

import matplotlib.image
import numpy as np
import pytest

from cnnlab.data import letters
from cnnlab.scenes import SlidingFilter
from cnnlab.stage import Control, Panel, Picture, Stage, slide

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
FILM = Picture("Film", (Panel("film", "Numbers", np.arange(12).reshape(3, 2, 2)),), text="Numbers pass.")
WORDS = Picture("Words", controls=(Control("go", "button", "Go"),), text="Shall we?")


class Door(Stage):
    """Opens to its name only."""

    def answer(self, message):
        if message["name"] != "Sesame":
            raise ValueError("Not that name.")


@pytest.fixture
def replies(monkeypatch):
    """Return the list of what stages send to the browser from now on."""
    sent = []
    monkeypatch.setattr(Stage, "send", lambda self, message: sent.append(message))
    return sent


# --- Messages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ({"type": "hello"}, {"type": "done"}),
        ({"type": "open", "name": "Sesame"}, {"type": "done"}),
        ({"type": "open", "name": "Barley"}, {"type": "refused", "text": "Not that name."}),
        ({"type": "say", "step": 2}, {"type": "done", "sentence": "Numbers pass."}),
        ({"type": "say", "step": 99}, {"type": "done", "sentence": "Numbers pass."}),
    ],
)
def test_every_message_gets_its_reply(replies, message, reply):
    Door(FILM)._receive(None, message | {"message": "m1"}, [])
    assert replies == [{"answers": "m1", "step": message.get("step", 0)} | reply]


@pytest.mark.parametrize(("message", "error"), [({"type": "open"}, KeyError), ("open", AttributeError)])
def test_what_nobody_expected_is_sent_and_raised(replies, message, error):
    with pytest.raises(error):
        Door(FILM)._receive(None, message, [])
    (reply,) = replies
    assert reply["type"] == "refused"
    assert reply["text"].startswith(error.__name__)


def test_a_plain_stage_says_that_it_cannot_be_changed(replies):
    Stage(FILM)._receive(None, {"type": "edit"}, [])
    assert replies == [
        {"type": "refused", "text": "This picture cannot be changed.", "answers": "", "step": 0}
    ]


@pytest.mark.parametrize(("value", "reply"), [("1", "done"), ("one", "refused")])
def test_a_scene_replies_to_an_edit(replies, value, reply):
    edit = {"type": "edit", "panel": "image", "row": 0, "column": 0, "value": value, "stroke": "a"}
    SlidingFilter()._receive(None, edit, [])
    assert [sent["type"] for sent in replies] == [reply]


# --- Python is the judge ------------------------------------------------------------------------------------


def work(scene, **message):
    """Send what the browser sends when it has done the work already."""
    plain = {"type": "edit", "panel": "image", "row": 0, "column": 0, "value": "1", "stroke": "a"}
    scene._receive(None, plain | {"message": "m1", "work": True, "step": 3} | message, [])


@pytest.fixture
def states(monkeypatch):
    """Return the list of the traits that are sent from now on."""
    sent = []
    monkeypatch.setattr(Stage, "send_state", lambda self, key=None: sent.append(set(key)))
    return sent


def test_what_the_browser_has_worked_out_is_confirmed_in_a_few_bytes(replies, states):
    scene = SlidingFilter()
    work(scene)
    (reply,) = replies
    assert reply["type"] == "done"
    assert reply["answers"] == "m1"
    assert reply["digest"] == scene.picture.digest(3)
    assert set(reply["controls"]) == {"undo", "reset image", "reset all"}
    assert len(json.dumps(reply)) < 1000
    assert not any("_picture" in keys for keys in states)
    assert scene._picture is scene.picture  # whoever comes next gets the new one


@pytest.mark.parametrize(
    "message",
    [
        {"value": "abc"},
        {"value": "1e9"},
        {"row": 9},
        {"panel": "sky"},
        {"type": "control", "id": "filter", "value": "?"},
    ],
)
def test_what_must_not_be_is_refused_and_set_right(replies, states, message):
    scene = SlidingFilter()
    before = scene.picture
    work(scene, **message)
    assert scene.picture is before
    assert replies[0]["type"] == "refused"
    assert {"_picture", "_answered"} in states
    assert scene._answered == "m1"


def test_what_changes_more_than_numbers_is_sent(replies, states):
    scene = SlidingFilter()
    work(scene, type="control", id="stride", value="2")
    assert any("_picture" in keys for keys in states)
    assert "digest" not in replies[0]
    states.clear()
    scene.change(stride=1)  # from a cell: nobody in the browser has asked
    assert any("_picture" in keys for keys in states)


def test_the_picture_is_sent_to_who_asks(replies, states):
    scene = SlidingFilter()
    scene._receive(None, {"type": "show", "message": "m2"}, [])
    assert {"_picture", "_answered"} in states
    assert replies == [{"type": "done", "answers": "m2", "step": 0}]


# --- Pictures and steps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", ["x", None, {}])
def test_only_a_picture_is_a_picture(picture):
    with pytest.raises(TypeError, match=rf"Stage: picture must be .*got {type(picture).__name__}$"):
        Stage(picture)
    stage = Stage(FILM, step=1)
    with pytest.raises(TypeError, match="Stage: picture must be"):
        stage.show(picture)
    assert (stage.picture, stage._picture, stage.step) == (FILM, FILM, 1)


def test_show_replaces_the_picture_and_keeps_the_step_if_it_can():
    stage = Stage(FILM, step=2)
    stage.show(Picture("Shorter", (Panel("film", "Numbers", np.ones((2, 1, 1))),)))
    assert (stage.step, stage._picture.title) == (1, "Shorter")
    stage.show(FILM)
    assert stage.step == 1


@pytest.mark.parametrize(("asked", "got"), [(-1, 0), (1, 1), (3, 2), (99, 2)])
def test_step_stays_within_the_picture(asked, got):
    assert Stage(FILM, step=asked).step == got
    stage = Stage(FILM)
    stage.step = asked
    assert stage.step == got


# --- What stands in for the view ----------------------------------------------------------------------------


def test_words_state_the_numbers_of_the_still():
    stage = Stage(FILM, still_step=2, step=0)
    assert repr(stage).splitlines() == [
        "Stage: Film, step 3 of 3",
        "Numbers pass.",
        "Numbers: 8 9; 10 11",
    ]
    assert "step 2 of 3" in repr(Stage(FILM))
    assert "step 3 of 3" in repr(Stage(FILM, still_step=99))


def test_still_step_below_0_is_refused():
    with pytest.raises(ValueError, match="Stage: still_step must be at least 0, got -3"):
        SlidingFilter(still_step=-3)


def test_words_change_with_every_pixel_weight_and_step():
    def flipped(array):
        for place in np.ndindex(array.shape):
            changed = array.copy()
            changed[place] *= -1
            yield changed

    scenes = itertools.chain(
        [SlidingFilter()],
        (SlidingFilter(image) for image in flipped(letters.X)),
        (SlidingFilter(kernel=kernel) for kernel in flipped(letters.FILTERS[0])),
        (SlidingFilter(still_step=step) for step in range(49) if step != 24),
    )
    words = [repr(scene) for scene in scenes]
    assert len(set(words)) == len(words) == 1 + 81 + 9 + 48


def test_bundle_has_view_words_and_an_opaque_picture():
    scene = SlidingFilter()
    data, metadata = scene._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "text/plain", "image/png"}
    assert data[WIDGET_VIEW]["model_id"] == scene.model_id
    assert data["text/plain"] == repr(scene)
    words = "Row 4, column 4: 7 products are 1 and 2 are −1; their sum is 5, divided by 9 is 5/9 ≈ 0.56."
    assert metadata["image/png"]["alt"] == f"{scene.picture.title}: {words}"
    picture = matplotlib.image.imread(io.BytesIO(base64.b64decode(data["image/png"])))
    height, width = picture.shape[:2]
    assert 600 < height < width < 3000
    assert picture.shape[2] == 3 or (picture[:, :, 3] == 1).all()
    assert (picture[0, 0, :3] == 1).all()


def test_the_same_scene_gives_the_same_picture():
    pictures = [SlidingFilter()._repr_mimebundle_()[0]["image/png"] for _ in range(2)]
    assert pictures[0] == pictures[1]


def test_words_alone_need_no_picture():
    data, _ = Stage(WORDS)._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "text/plain"}
    assert "Shall we?" in data["text/plain"]


def test_quiz_gives_nothing_away():
    """Pictures that differ in the hidden numbers only have the same words and the same still."""

    def stand_ins(hidden, quiz):
        panels = (
            Panel("image", "Image", [[3, 4]]),
            Panel("kernel", "Filter", [[1, 1]]),
            Panel("products", "Products", [[0, 0]], in_quiz=True, follows="map"),
            Panel("map", "Map", [[2 * hidden]], in_quiz=True, revealed=True),
        )
        links = (slide(panels[0], panels[3], (1, 2), kernel="kernel"),)
        data, metadata = Stage(Picture("Quiz", panels, links, walk="map"), quiz=quiz)._repr_mimebundle_()
        return data["text/plain"], data["image/png"], metadata["image/png"]["alt"]

    assert stand_ins(3, quiz=True) == stand_ins(4, quiz=True)
    assert "their sum" not in stand_ins(3, quiz=True)[-1]
    for one, other in zip(stand_ins(3, quiz=False)[:2], stand_ins(4, quiz=False)[:2], strict=True):
        assert one != other
