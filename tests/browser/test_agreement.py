"""Whatever is edited, drawn or chosen: the browser alone shows what Python has, to the last digit and color.

Each scene stands in a bare page, without a kernel, and is used at random. All that the stage would have told
Python is then told to the scene, act by act, and what the page showed is compared with what Python draws.
"""

import re

import pytest

from tests.helpers.bare import STAGE, mount, state_of
from tests.helpers.lab import blameless_page
from tests.helpers.play import PLAY, VARIANTS, compare
from tests.helpers.scenes import SCENES

ACTS, OF_A_VARIANT = 200, 60


def use_at_random(page, scene, seed, count=ACTS, **mutant):
    """Use a scene in the page, and tell the scene in Python all that was sent; compare after every act."""
    mount(page, scene.picture, alone=True, **mutant)
    acts = page.evaluate(PLAY, [seed, count])
    scene.close()  # nobody listens: pictures need not be written out for a browser
    cache, mirror, worked = {}, {}, 0
    for act in acts:
        for message in act["sent"]:
            if message["type"] in ("edit", "control"):
                before = scene.state
                scene.answer(message)
                assert (scene.state is not before) == message.get("work", False), message
                worked += 1
        compare(scene.picture, act, cache, mirror)
    return worked


@pytest.fixture(scope="module")
def page(chromium):
    with blameless_page(chromium, 1600, 3000) as page:
        yield page


ALONE = [name for name, make in SCENES.items() if any(panel.edit for panel in make().picture.panels)]


@pytest.mark.parametrize("name", ALONE)
def test_the_browser_alone_shows_what_python_has(page, name):
    scene = SCENES[name]()
    count = OF_A_VARIANT if name in VARIANTS else ACTS
    assert use_at_random(page, scene, len(name), count) >= (
        count // 4 if not scene.picture.python_only else 0
    )


@pytest.mark.parametrize("name", sorted(set(SCENES) - set(ALONE)))
def test_scenes_without_anything_to_edit_agree_as_well(page, name):
    use_at_random(page, SCENES[name](), len(name), 20)


# --- The test can fail --------------------------------------------------------------------------------------


def another_reduce(state):
    """Tell the sum of a link that is a mean, or the other way round."""
    link = next(link for link in state["_picture"]["links"] if link["reduce"] in ("mean", "sum"))
    link["reduce"] = {"mean": "sum", "sum": "mean"}[link["reduce"]]


def off_by_one(state):
    """Let one row of a target see the rows below those that it sees."""
    link = next(
        link for link in state["_picture"]["links"] if link["form"] == "axes" and len(link["rows"]) > 3
    )
    link["rows"][2] = [row + 1 for row in link["rows"][2]]


@pytest.mark.parametrize("name", ["LetterNetwork", "SlidingFilter, sums", "Pipeline, uneven"])
@pytest.mark.parametrize("mutate", [another_reduce, off_by_one])
def test_a_wrong_link_is_found(page, name, mutate):
    scene = SCENES[name]()
    state = state_of(scene.picture)
    mutate(state)
    with pytest.raises(AssertionError):
        use_at_random(page, scene, seed=1, count=60, state=state)


@pytest.mark.parametrize("name", ["LetterNetwork", "GradientRouting", "DigitPad, as it is"])
def test_a_stale_panel_is_found(page, name):
    stale, count = re.subn(
        r"panel\.worked\.clear\(\);\n\s*this\.forget\(next\);", "panel.worked.clear();", STAGE
    )
    assert count == 1
    scene = SCENES[name]()
    with pytest.raises(AssertionError):
        use_at_random(page, scene, seed=1, count=60, source=stale)
