"""A scene's state as a text: it restores all that was changed, and what is no such text changes nothing."""

import base64
import json
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import scenes
from cnnlab.data import photos
from cnnlab.scenes import LetterNetwork, PhotoFilter, SlidingFilter, TrainingFilm, state_text
from cnnlab.stage import YOURS, Stage
from tests.helpers.acts import edit, press
from tests.helpers.scenes import PHOTO, SCENES, UNEVEN, letter_network

SLOW = ("Detection", "LossCurve", "OptimizerRace", "GradientDashboard", "SkipFilm")  # to draw
TYPED = ("1", "−1", "0.5", "1/3", "2", "-0.25", "0", "7.5", "12,054", "1e-7", "-3/7", "0.1")


@pytest.fixture(scope="module")
def made():
    """Return a function that returns two scenes of a name, always the same: some take long to make."""
    known = {}

    def make(name):
        if name not in known:
            known[name] = SCENES[name](), SCENES[name]()
        for scene in known[name]:  # as if it were new: no test hangs on another
            scene.reset()
            scene.step, scene.quiz, scene.decimals, scene._past = 0, False, False, []
        return known[name]

    return make


@pytest.fixture
def slider():
    return SlidingFilter(UNEVEN, [[1, 1 / 3], [-0.0, 1e-9]], stride=2, padding=1, quiz=True, step=3)


def parts(scene):
    """Return all that a text restores, so that it can be compared: arrays by their bytes, and their kinds."""

    def told(value):
        is_array = isinstance(value, np.ndarray)
        return (value.dtype.str, value.shape, value.tobytes()) if is_array else (type(value), value)

    state = {name: told(value) for name, value in vars(scene.state).items()}
    return state, scene.step, scene.quiz, scene.decimals


def use_at_random(scene, rng, count):
    """Edit numbers, press and choose: what a learner does, and what is refused."""
    for act in range(count):
        panels = [panel for panel in scene.picture.panels if panel.edit]
        controls = [control for control in scene.picture.controls if control.kind != "file"]
        try:
            if panels and (rng.random() < 0.6 or not controls):
                panel = panels[rng.integers(len(panels))]
                row, column = (int(rng.integers(size)) for size in panel.shape)
                typed = (
                    TYPED[rng.integers(len(TYPED))] if panel.edit == "number" else float(rng.choice([-1, 1]))
                )
                edit(scene, row, column, typed, panel=panel.id, stroke=str(act))
            elif controls:
                control = controls[rng.integers(len(controls))]
                value = {
                    "choice": lambda one: one.options[rng.integers(len(one.options))],
                    "check": lambda one: not one.value,
                    "whole": lambda one: str(one.value + int(rng.integers(-1, 3))),
                    "number": lambda _: TYPED[rng.integers(len(TYPED))],
                    "button": lambda _: True,
                }[control.kind](control)
                press(scene, control.id, value)
        except ValueError:
            pass  # a scene may refuse: another test looks at that
    scene.step = int(rng.integers(scene.picture.steps))
    scene.quiz, scene.decimals = map(bool, rng.integers(0, 2, 2))


def check_restores(used, other):
    """Restore in one scene what another one is, in one step."""
    before, text = (*vars(other.state).values(),), used.state_text
    was, could_undo = other.state, other.can_undo
    other.restore(text)
    assert parts(other) == parts(used)
    assert other.picture.to_json().keys() == used.picture.to_json().keys()
    for step in {0, used.step}:
        assert other.picture.digest(step) == used.picture.digest(step)
    assert other.state_text == text
    if other.can_undo != could_undo:
        other.undo()
        assert other.state is was
        assert all(one is two for one, two in zip(vars(other.state).values(), before, strict=True))


# --- There and back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENES)
def test_every_state_comes_back(name, made):
    used, other = made(name)
    rng = np.random.default_rng(len(name))
    for _ in range(1 if name.startswith(SLOW) else 2):
        use_at_random(used, rng, 3 if name.startswith(SLOW) else 8)
        check_restores(used, other)
        assert len(used.state_text) < 1000
        assert used.state_text.isascii()


def test_a_scene_is_made_of_a_text_and_what_it_was_made_with(slider):
    copy = SlidingFilter.from_text(slider.state_text, controls=("stride", "reset"), decimals=True, step=1)
    assert parts(copy) == parts(slider)  # what the text says goes before the options
    assert copy.controls == ("stride", "reset")
    assert not copy.can_undo
    copy.reset()
    assert copy.state.image.shape == (9, 9)
    film = TrainingFilm.from_text(TrainingFilm(letter_network(0), 3).state_text, letter_network(1), 5)
    assert film.epochs == 5


@pytest.mark.parametrize("name", ["LearnedNetwork", "DigitPad", "TrainingFilm"])
def test_a_bad_text_is_told_before_a_network_is_asked_for(name):
    with pytest.raises(ValueError, match=f"{name}: text must begin with \"cnnlab:{name}:1:\", got 'hello'"):
        getattr(scenes, name).from_text("hello")


def test_restoring_is_one_step_and_undone(slider):
    other = SlidingFilter()
    start = other.state
    other.restore(slider.state_text)
    other.undo()
    assert other.state is start
    assert not other.can_undo
    other.restore(other.state_text)
    assert not other.can_undo  # what changes nothing need not be undone


def test_a_step_beyond_the_last_leads_to_the_last(made):
    film = made("TrainingFilm")[0]
    film.step = film.picture.steps - 1
    assert TrainingFilm.from_text(film.state_text, letter_network(0), 3).step == 0


def test_a_stroke_ends_where_a_state_is_restored(slider):
    other = SlidingFilter(UNEVEN, [[1, 2], [3, 4]])
    edit(other, 0, 0, "1", stroke="a")
    other.restore(slider.state_text)
    restored = other.state
    edit(other, 0, 1, "1", stroke="a")
    other.undo()
    assert other.state is restored


# Kept as they were made by the first version: whoever changes a state raises its version, or reads these.
OLD = {
    "SlidingFilter": (
        "cnnlab:SlidingFilter:1:sOOaFY1Quw7CMAz8F89mKGN-peoQNaayGpKQRwcq_p0kQpS2FCFFls_ns52bQVHPV6kDiEuO"
        "hHBLfH-DEGUkEDMo1jKyNSAazGBilcvRp9yT5UMGbXtq8OB1WMgdsVBrdqX6KG0HbgX_y46W_T7x69c6hJG8IV0s2A1bNpZ"
        "G68i_bITemsnqVBGCk0qxGaq9Ifpq7_lRcnIlewI",
        {"stride": 2, "padding": 1, "operation": "convolution", "divide": True, "dilation": 1},
    ),
    "LossCurve": (
        "cnnlab:LossCurve:1:3yrUuatWSklNzsxNzClWskoDkqk6SoWlmVVwTnFJYkmqklW1UmJFJlCJUklGamaRQnFmVaqOQk5-"
        "ukJxcmJOqhJQXWFpYhFQoZJGgcKjjkkKlZqHNgGFSxKL0lNLgMIGSrUgw1ILlKyMagE",
        {"target": "0", "square": "(p − y)²", "axis": "their size, log scale"},
    ),
}


@pytest.mark.parametrize("name", OLD)
def test_texts_of_before_are_still_read(name):
    text, expected = OLD[name]
    scene = getattr(scenes, name).from_text(text)
    assert {part: getattr(scene.state, part) for part in expected} == expected
    assert scene.step == 2


def test_e_mail_and_chat_may_break_and_quote_the_line(slider):
    text = slider.state_text
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    for broken in ("\n> ".join(["", *lines]), f"  {text}\u200b\n", "\r\n".join(lines), "\u00a0".join(lines)):
        assert parts(SlidingFilter.from_text(broken)) == parts(slider)


def test_the_browser_gets_the_text_in_the_reply(slider, monkeypatch):
    replies, state = [], slider.state
    monkeypatch.setattr(Stage, "send", lambda self, message: replies.append(message))
    slider._receive(None, {"type": "state", "message": "m1"}, [])
    assert replies == [{"type": "done", "answers": "m1", "step": 0, "state": slider.state_text}]
    assert slider.state is state


# --- Photographs --------------------------------------------------------------------------------------------


def test_photographs_of_the_course_are_called_by_name():
    scene = PhotoFilter()
    press(scene, "photo", "dahlia")
    assert len(scene.state_text) < 200
    copy = PhotoFilter.from_text(scene.state_text)
    assert copy.state.photo is scene.state.photo
    assert next(each for each in copy.picture.controls if each.id == "photo").value == "dahlia"
    assert len(PhotoFilter(photos.photo("pavilion")).state_text) < 200


def test_small_photographs_are_carried():
    copy = PhotoFilter.from_text(PhotoFilter(PHOTO).state_text)
    assert copy.state.photo.dtype == np.uint8
    np.testing.assert_array_equal(copy.state.photo, PHOTO)
    assert next(each for each in copy.picture.controls if each.id == "photo").value == YOURS


def test_large_photographs_are_refused_and_said_so_in_the_browser(monkeypatch):
    scene, replies = PhotoFilter(np.random.default_rng(0).integers(0, 256, (150, 200))), []
    message = r"PhotoFilter: this state is too large for a text: .* at most 16,000 .* send the picture itself"
    with pytest.raises(ValueError, match=message):
        assert scene.state_text
    monkeypatch.setattr(Stage, "send", lambda self, message: replies.append(message))
    scene._receive(None, {"type": "state", "message": "m1"}, [])
    assert replies[0]["type"] == "refused"
    assert "too large for a text" in replies[0]["text"]


def test_what_is_written_can_be_read_and_what_cannot_be_read_is_not_written():
    blank = PhotoFilter(np.zeros((300, 300)))  # few letters for a great many numbers
    assert parts(PhotoFilter.from_text(blank.state_text)) == parts(blank)
    with pytest.raises(ValueError, match="too large for a text"):
        assert PhotoFilter(np.zeros((500, 500))).state_text


# --- Hostile texts ------------------------------------------------------------------------------------------


def as_it_was(scene):
    return scene.state, scene.picture, scene._picture, scene.step, scene.quiz, scene.decimals, scene.can_undo


def check_refuses(scene, text):
    """Whether a text is refused: in a few words, and nothing has changed. What is taken is a whole state."""
    before, said = as_it_was(scene), None
    try:
        scene.restore(text)
    except (ValueError, TypeError) as error:
        said = str(error)
    if said is not None:
        assert all(one is two or one == two for one, two in zip(as_it_was(scene), before, strict=True))
        assert 0 < len(said) < 500
        return True
    assert state_text.unseal(type(scene).__name__, 1, scene.state_text).keys() == {
        "state", "step", "quiz", "decimals",
    }  # fmt: skip
    return False


def check_mutant(scene, good, text):
    """A text that is not quite a good one is refused."""
    cleaned = "".join(text.replace(">", "").replace("\u200b", "").split())
    assert check_refuses(scene, text) == (cleaned != good)


def forged(scene, **changes):
    """Return a text whose checksum is right, but not its content."""
    content = state_text.unseal(scene, 1, getattr(scenes, scene)().state_text)
    return state_text.seal(scene, 1, content | changes)


def sealed(told, scene="SlidingFilter", version=1, more=b""):
    """Return a text around these bytes."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = state_text._checksum(scene, version, told) + squeezed.compress(told) + squeezed.flush() + more
    return f"cnnlab:{scene}:{version}:{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}"


@st.composite
def mutants(draw, good):
    """A text that is a good one but for some letters that are lost, new or others."""
    text = good
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        letters = draw(st.text(st.characters() | st.sampled_from("AZaz09-_:=+/ \n>"), max_size=3))
        text = text[:at] + letters + text[at + draw(st.integers(0, 4)) :]
    return text


GOOD = SlidingFilter(UNEVEN, stride=2).state_text
ANY = SlidingFilter()  # nothing of it may change: it can serve for all examples


@settings(max_examples=60, deadline=None)
@given(mutants(GOOD))
def test_no_altered_text_is_taken(text):
    check_mutant(ANY, GOOD, text)


@settings(max_examples=50, deadline=None)
@given(st.text() | st.binary() | st.none() | st.integers())
def test_nothing_else_is_taken(text):
    assert check_refuses(ANY, text)


def test_every_cut_off_text_and_every_other_letter_is_refused(slider):
    scene, good = SlidingFilter(), slider.state_text
    for at in range(len(good)):
        check_mutant(scene, good, good[:at])
        check_mutant(scene, good, good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :])
    for more in ("A", "AA", "=", "."):
        check_mutant(scene, good, good + more)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


CONTENT = state_text.unseal("SlidingFilter", 1, GOOD)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*CONTENT, *CONTENT["state"], "more"]), st.booleans(), JSON)
def test_no_forged_content_does_harm(name, is_part, came):
    content = CONTENT | {"state": CONTENT["state"] | {name: came}} if is_part else CONTENT | {name: came}
    check_refuses(SlidingFilter(), sealed(json.dumps(content).encode()))


STRANGE = [
    None, True, -1, 0, 41, 2**53 - 1, 0.5, -1e300, 1e-300, "", "x", "__class__", {}, {"a": 1}, [], [[]], [1],
    ["x"], [[True]], [[None]], [[1, 2], [3]], [[2.5]], [[-1]], [[256]], [[1e7]], [[[1]]], [[[[[1]]]]],
    [[0] * 41] * 2, [[0] * 60] * 60, [["0", 0]], [[0, 0, 0]], [[99, 99, 0.5]], [[0, 0]] * 4, [[9, 9]] * 5,
    [[1] * 12], [[1] * 8] * 8, [[0.5] * 9] * 9,
]  # fmt: skip


FIRST = {name.partition(",")[0]: name for name in SCENES}  # of each scene one variant


@pytest.mark.parametrize("name", FIRST.values())
def test_strange_parts_are_refused_or_shown(name, made):
    scene = made(name)[1]
    good = state_text.unseal(type(scene).__name__, 1, scene.state_text)
    refused = 0
    for part in good["state"]:
        for strange in STRANGE:
            content = good | {"state": good["state"] | {part: strange}}
            told = json.dumps(content).encode()
            refused += check_refuses(scene, sealed(told, type(scene).__name__))
    assert refused > 0.7 * len(STRANGE) * len(good["state"])


HEAD = "SlidingFilter: text must "


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (7, TypeError, HEAD + 'be a str that begins with "cnnlab:SlidingFilter:1:", got int'),
        (b"cnnlab", TypeError, HEAD + "be a str .*, got bytes"),
        ("", ValueError, HEAD + 'begin with "cnnlab:SlidingFilter:1:", got \'\''),
        ("x" * 1000, ValueError, HEAD + "begin with .*, got 'x{59}…"),
        ("x" * 10**6, ValueError, HEAD + "have at most 16,000 characters, got 1,000,000"),
        (LetterNetwork().state_text, ValueError, HEAD + "be that of a SlidingFilter, got .* 'LetterNetwork'"),
        (sealed(b"{}", version=2), ValueError, HEAD + "be of version 1, got version 2: it comes from"),
        ("cnnlab:SlidingFilter:1:", ValueError, HEAD + "be whole and as it was copied, got 0 characters"),
        ("cnnlab:SlidingFilter:1:!!!!", ValueError, HEAD + "be whole and as it was copied"),
        (SlidingFilter().state_text[:-9], ValueError, HEAD + "be whole .* checksum: copy it again"),
        (sealed(b"{}", more=b"more"), ValueError, HEAD + "be whole"),
        (sealed(b"no JSON"), ValueError, HEAD + "hold a state as JSON"),
        (sealed(b"\xff"), ValueError, HEAD + "hold a state as JSON"),
        (sealed(b"[" * 100_000), ValueError, HEAD + "hold a state as JSON"),
        (sealed(b'{"step":NaN}'), ValueError, "numbers must be finite, got 'NaN'"),
        (sealed(b'{"step":1e999}'), ValueError, "numbers must be finite, got '1e999'"),
        (sealed(b'{"step":' + b"9" * 5000 + b"}"), ValueError, "whole numbers must be at most 9007199"),
        (sealed(b'{"step":1,"step":1}'), ValueError, "a name stands there twice"),
        (sealed(b"[]"), ValueError, HEAD + r"have the parts state, step, quiz, decimals, got \[\]"),
        (sealed(b"{}"), ValueError, HEAD + "have the parts state, step, quiz, decimals, got none"),
        (forged("SlidingFilter", more=1), ValueError, HEAD + "have the parts .*, got 'decimals, more"),
        (forged("SlidingFilter", state={"image": 1}), ValueError, "state must have .*, got 'image'"),
        (forged("SlidingFilter", step=-1), ValueError, "SlidingFilter: step must be at least 0, got -1"),
        (forged("SlidingFilter", quiz=1), ValueError, "SlidingFilter: quiz must be true or false, got 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, error, message):
    scene = SlidingFilter()
    with pytest.raises(error, match=message):
        scene.restore(text)
    with pytest.raises(error, match=message):
        SlidingFilter.from_text(text)


@pytest.mark.parametrize(
    ("name", "part", "value", "message"),
    [
        (
            "SlidingFilter",
            "image",
            [[1, 2], [3]],
            "SlidingFilter: image must be rows of numbers, got rows of unequal",
        ),
        ("SlidingFilter", "image", "X", "SlidingFilter: image must be numbers, got 'X'"),
        ("SlidingFilter", "image", [1, 2], "image must have shape .rows, columns., got shape .2,."),
        ("SlidingFilter", "image", [[1] * 50], "image: at most 40 rows and columns can be shown, got 1 × 50"),
        ("SlidingFilter", "padding", 10**9, "image: at most 40 rows and columns can be shown"),
        ("SlidingFilter", "stride", 0, "SlidingFilter: stride must be at least 1, got 0"),
        ("SlidingFilter", "stride", True, "SlidingFilter: stride must be a whole number, got True"),
        ("SlidingFilter", "operation", "eval", "SlidingFilter: operation must be one of .*, got 'eval'"),
        ("ConvBackward", "padding", 10**9, "x: at most 40 rows and columns can be shown"),
        ("LetterNetwork", "image", [[1]], "LetterNetwork: image must be 9 × 9 pixels"),
        (
            "PhotoFilter",
            "photo",
            "Mona Lisa",
            "PhotoFilter: photo must be numbers or one of .*, got 'Mona Lisa'",
        ),
        ("PhotoFilter", "photo", [[1, 300]], "PhotoFilter: photo must hold numbers from 0 to 255"),
        ("PhotoFilter", "photo", [[1, 2.5]], "PhotoFilter: photo must be rows of whole numbers"),
        ("ComputationGraph", "x", "1", "ComputationGraph: x must be a number, got '1'"),
        ("ComputationGraph", "x", 1e7, "x must be a number of at most 1,000,000, got 10000000.0"),
    ],
)
def test_states_are_checked_as_by_the_constructor(name, part, value, message):
    scene = getattr(scenes, name)()
    content = state_text.unseal(name, 1, scene.state_text)
    content["state"][part] = value
    with pytest.raises(ValueError, match=message):
        scene.restore(state_text.seal(name, 1, content))


def test_networks_and_images_must_have_what_a_text_says(made):
    for name, part, value, message in [
        ("ActivationBrowser", "layer", 6, "ActivationBrowser: layer must be below 5"),
        (
            "ActivationBrowser",
            "channel",
            64,
            "ActivationBrowser: channel must be below 5, the channels of layer 1, got 64",
        ),
        (
            "ActivationBrowser",
            "image",
            [[1] * 7] * 7,
            r"image must have shape \(8, 8\) .that of the given images",
        ),
        ("Detection", "network", "another", "network must be one of .*, got 'another'"),
        (
            "Detection",
            "drawn",
            [[30, 0, 1]],
            "Detection: drawn must be .* within 24 × 32 pixels, got 1.0 in row 31",
        ),
        ("Detection", "moves", [[0, 0]], "Detection: moves must be of 4 digits, got 1"),
    ]:
        scene = made(name)[1]
        content = state_text.unseal(name, 1, scene.state_text)
        content["state"][part] = value
        with pytest.raises(ValueError, match=message):
            scene.restore(state_text.seal(name, 1, content))


def test_a_bomb_does_not_go_off():
    bomb = sealed(b" " * 10_000_000)
    assert len(bomb) < state_text.MOST_CHARACTERS
    scene = SlidingFilter()
    tracemalloc.start()
    with pytest.raises(ValueError, match="SlidingFilter: text must hold at most 200,000 bytes, got more"):
        scene.restore(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


# --- The tests can fail -------------------------------------------------------------------------------------


def test_a_text_that_rounds_is_found(monkeypatch):
    plain = state_text._plain
    monkeypatch.setattr(
        state_text, "_plain", lambda value: round(value, 6) if isinstance(value, float) else plain(value)
    )
    used = SlidingFilter(UNEVEN, [[1 / 3, 1], [0, 1]])
    with pytest.raises(AssertionError):
        check_restores(used, SlidingFilter())


def test_a_checksum_that_checks_nothing_is_found(monkeypatch):
    monkeypatch.setattr(state_text, "_checksum", lambda *_: b"same")
    monkeypatch.setattr(state_text.zlib, "crc32", lambda *_: 0)
    good = SlidingFilter().state_text
    told = json.dumps(state_text.unseal("SlidingFilter", 1, good) | {"step": 7}).encode()
    with pytest.raises(AssertionError):
        check_mutant(SlidingFilter(), good, sealed(told))


def test_a_state_that_is_half_changed_is_found(monkeypatch):
    def hasty(self, text):
        self.quiz = True
        raise ValueError("too late")

    monkeypatch.setattr(SlidingFilter, "restore", hasty)
    with pytest.raises(AssertionError):
        check_refuses(SlidingFilter(), "cnnlab")
