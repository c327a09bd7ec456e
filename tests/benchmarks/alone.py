"""From an act to what follows from it where there is no kernel: in a bare page around ``stage.js``.

    python -m tests.benchmarks.alone
    CONTROL=../first-edition python -m tests.benchmarks.alone

Measured as in ``tests.benchmarks.stage``: from the browser's own time stamp of the act to the first frame
that shows the change. With CONTROL, a checkout of the first edition, the same acts are done there, too, in
JupyterLab with a kernel that computes every answer: that edition knew no other way.
"""

import os

import numpy as np

from cnnlab.nn import Conv2d, Dense, Flatten, MaxPool2d, ReLU, Sequential
from cnnlab.scenes import DigitPad, LetterNetwork, PhotoFilter, SlidingFilter
from tests.benchmarks.scenes import FORMULA, RESULT, SECOND, SIZE, VOTES, telling_pixels
from tests.benchmarks.stage import MAP, NOTE, STEPS, latencies, report, watch
from tests.helpers.bare import mount
from tests.helpers.lab import Scene, new_page, running_chromium, running_lab

WITH_IMPORTS = """
try:
    from cnnlab.nn import Conv2d, Dense, Flatten, MaxPool2d, ReLU, Sequential
except ImportError:
    from cnnlab.layers import Conv2D as Conv2d, Dense, Flatten, MaxPool2D as MaxPool2d, ReLU
    from cnnlab.network import Sequential
import numpy as np
from cnnlab.scenes import DigitPad, LetterNetwork, PhotoFilter, SlidingFilter
"""


def network():
    """Return an untrained network of the size that lesson 14 trains."""
    rng = np.random.default_rng(0)
    convolutions = Conv2d(1, 8, 3, padding=1, rng=rng), ReLU(), Conv2d(8, 16, 3, padding=1, rng=rng), ReLU()
    return Sequential(*convolutions, MaxPool2d(2), Flatten(), Dense(256, 10, rng=rng))


PHOTO = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE))
SCENES = {
    "letters": ("LetterNetwork(-np.ones((9, 9)))", lambda: LetterNetwork(-np.ones((9, 9)))),
    "filter": ("SlidingFilter(step=48)", lambda: SlidingFilter()),
    "photo": (
        f"PhotoFilter(np.random.default_rng(0).integers(0, 256, ({SIZE}, {SIZE})))",
        lambda: PhotoFilter(PHOTO),
    ),
    "pad": (
        "rng = np.random.default_rng(0)\n"
        "DigitPad(Sequential(Conv2d(1, 8, 3, padding=1, rng=rng), ReLU(), Conv2d(8, 16, 3, padding=1, "
        "rng=rng), ReLU(), MaxPool2d(2), Flatten(), Dense(256, 10, rng=rng)), np.zeros((8, 8)))",
        lambda: DigitPad(network(), np.zeros((8, 8))),
    ),
}


def clicks(page, scene, panel, places, shown):
    """Click one cell after another; return the latencies until ``shown`` changes."""
    watch(page, shown, ["pointerdown"])

    def click(number):
        box = scene.cell(panel, *places[number]).bounding_box()
        page.mouse.click(box["x"] + 6, box["y"] + 6)

    return latencies(page, click, len(places))


def weights(page, scene):
    watch(page, RESULT, ["keydown"])

    def type_weight(number):
        scene.cell("Filter", 1, 1).focus()
        page.keyboard.type(str(number % 9 + 1))
        page.evaluate("window.pressed.length = 0")  # what counts is Enter
        page.keyboard.press("Enter")

    return latencies(page, type_weight)


def looks(page, scene):
    watch(page, FORMULA, ["pointermove"])
    places = np.random.default_rng(1).integers(SIZE, size=(STEPS, 2)).tolist()
    return latencies(page, lambda number: scene.point_at("Photograph", *places[number]))


def drags(page, scene):
    """Drag the frame of the sliding filter, row by row; return the latencies until another place is told."""
    watch(page, NOTE, ["pointermove"])
    boxes = [scene.cell("Image", *divmod(k, 9)).bounding_box() for k in range(81)]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    row, column = divmod(scene.step, 7)
    page.mouse.move(*middles[9 * (row + 1) + column + 1])
    page.mouse.down()

    def move(number):
        down, right = divmod(number, 7)
        page.mouse.move(*middles[9 * (down + 1) + right + 1])

    found = latencies(page, move)
    page.mouse.up()
    return found


def places(page, scene):
    """Click one place of the map after another; return the latencies until it is told."""
    watch(page, NOTE, ["click"])
    return latencies(page, lambda number: scene.cell("Feature map", *divmod(number, 7)).click())


def hands(opened):
    """Work the sliding filter by hand: what the first edition could not do."""
    found = {"sliding filter, frame dragged to sentence": drags(*opened("filter"))}
    found["sliding filter, click on the map to sentence"] = places(*opened("filter"))
    return found


def measure(opened):
    """Do all acts; ``opened(name)`` returns a page and the scene in it."""
    page, scene = opened("letters")
    found = {"front page, stroke to changed votes": clicks(
        page, scene, "Your drawing", telling_pixels(np.random.default_rng(0)), VOTES
    )}  # fmt: skip
    page, scene = opened("filter")
    scene.click_to("edit")
    pixels = [divmod(number, 9) for number in range(STEPS)]
    found["sliding filter, pixel to map"] = clicks(page, scene, "Image", pixels, MAP)
    page, scene = opened("photo")
    found[f"photo of {SIZE} × {SIZE}, weight to new picture"] = weights(page, scene)
    page, scene = opened("photo")
    found[f"photo of {SIZE} × {SIZE}, hover to formula"] = looks(page, scene)
    page, scene = opened("pad")
    strokes = [divmod(7 * k % 64, 8) for k in range(STEPS)]
    found["digit pad, stroke to shares"] = clicks(page, scene, "Your pad", strokes, SECOND)
    return found


def main():
    bars = ["16, p95 33", "16", "33", "12", "16"]
    with running_chromium() as chromium:

        def alone(name):
            page = new_page(chromium)
            step = {"step": 48} if name == "filter" else {}
            return page, Scene(mount(page, SCENES[name][1]().picture, alone=True, **step), page)

        for (name, times), bar in zip(measure(alone).items(), bars, strict=True):
            report(f"no kernel: {name}", times, f"(bar: median {bar})")
        for name, times in hands(alone).items():
            report(f"no kernel: {name}", times, "(bar: median 16)")
        if "CONTROL" not in os.environ:
            return
        os.environ["PYTHONPATH"] = os.path.abspath(os.environ["CONTROL"])
        with running_lab() as lab:

            def control(name):
                notebook = lab.open(chromium, [WITH_IMPORTS, SCENES[name][0]]).run_all()
                return notebook.page, notebook.scene().steady()

            for name, times in measure(control).items():
                report(f"first edition, with Python: {name}", times)


if __name__ == "__main__":
    main()
