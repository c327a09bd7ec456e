"""From an act to what follows from it, in scenes of layers and of photographs, beside the bars to meet.

    python -m tests.benchmarks.scenes

Measured as in ``tests.benchmarks.stage``: from the browser's own time stamp of the act to the first frame
that shows the change, in JupyterLab with a kernel that computes it.
"""

import numpy as np

from cnnlab.look import write_number
from cnnlab.scenes import Detection
from tests.benchmarks.stage import STEPS, latencies, report, watch
from tests.helpers.detectors import detector
from tests.helpers.lab import running_chromium, running_lab
from tests.helpers.letter_network import votes_of

SIZE = 512
LETTERS = "from cnnlab.scenes import LetterNetwork\nLetterNetwork(-np.ones((9, 9)))"
PHOTO = f"""
from cnnlab.scenes import PhotoFilter
PhotoFilter(np.random.default_rng(0).integers(0, 256, ({SIZE}, {SIZE})))"""

PAD = """
from cnnlab.nn import Conv2d, Dense, Flatten, MaxPool2d, ReLU, Sequential
from cnnlab.scenes import DigitPad
rng = np.random.default_rng(0)
DigitPad(Sequential(
    Conv2d(1, 16, 3, padding=1, rng=rng), ReLU(), Conv2d(16, 32, 3, padding=1, rng=rng), ReLU(),
    MaxPool2d(2), Flatten(), Dense(512, 10, rng=rng),
), np.zeros((8, 8)))"""
SHEET = """
from cnnlab.scenes import Detection
from tests.helpers.detectors import detector
Detection(detector(11))"""

GRIDS = "[...document.querySelectorAll('.cnnlab-stage [role=grid]')]"
VOTES = f"() => {GRIDS}.slice(-2).map(grid => grid.textContent).join()"  # the list and the votes
SECOND = f"() => [...{GRIDS}[1].querySelectorAll('.cell')].map(cell => cell.style.background).join()"
PIXELS = f"() => [...{GRIDS}[0].querySelectorAll('.cell')].map(cell => cell.style.background).join()"
FORMULA = "() => document.querySelector('.cnnlab-stage .formula').textContent"
RESULT = """() => {
  const canvas = [...document.querySelectorAll('.cnnlab-stage canvas')].at(-1);
  return canvas.getContext('2d').getImageData(200, 200, 8, 8).data.join();
}"""


def telling_pixels(chance):
    """Return pixels each of which, turned after those before it, changes the list as it is written."""
    image, chosen = -np.ones((9, 9)), []
    while len(chosen) < STEPS:
        turned = image.copy()
        row, column = chance.integers(9, size=2).tolist()
        turned[row, column] *= -1
        before, after = ([write_number(n, 9) for n in votes_of(each)[0]] for each in (image, turned))
        if before != after:
            image = turned
            chosen.append((row, column))
    return chosen


def telling_ink():
    """Return pixels of ink each of which, wiped after those before it, changes the heat map's colors."""
    scene, chosen = Detection(detector(11)), []
    for row, column in np.argwhere(scene.picture.panel("sheet").values > 0).tolist():
        before = scene.picture.panel("heat").values
        scene.set_cell("sheet", row, column, "-1")
        if np.abs(scene.picture.panel("heat").values - before).max() > 0.02:
            chosen.append((row, column))
        else:
            scene.undo()
    return chosen[:STEPS]


def strokes(lab, chromium, shown):
    """Turn one pixel after another; return the latencies until ``shown`` changes."""
    notebook = lab.open(chromium, ["import numpy as np", LETTERS]).run_all()
    scene = notebook.scene().steady()
    watch(notebook.page, shown, ["pointerdown"])
    pixels = telling_pixels(np.random.default_rng(0))
    places = {pixel: scene.cell("Your drawing", *pixel).bounding_box() for pixel in set(pixels)}

    def click(number):
        box = places[pixels[number]]
        notebook.page.mouse.click(box["x"] + 9, box["y"] + 9)

    times = latencies(notebook.page, click)
    notebook.close()
    return times


def drawings(lab, chromium, code, panel, places, shown):
    """Draw one pixel after another on a sheet; return the latencies until ``shown`` changes."""
    notebook = lab.open(chromium, ["import numpy as np", code]).run_all()
    scene = notebook.scene().steady()
    watch(notebook.page, shown, ["pointerdown"])

    def click(number):
        scene.steady()
        box = scene.cell(panel, *places[number]).bounding_box()
        notebook.page.mouse.click(box["x"] + 6, box["y"] + 6)

    times = latencies(notebook.page, click, len(places))
    notebook.close()
    return times


def main():
    chance = np.random.default_rng(0)
    with running_lab() as lab, running_chromium() as chromium:
        votes = strokes(lab, chromium, VOTES)
        pixels = strokes(lab, chromium, PIXELS)
        # Python's answer brings the network's input and its shares at once; the input always changes.
        pad = [divmod(7 * k % 64, 8) for k in range(STEPS)]
        inputs = drawings(lab, chromium, PAD, "Your pad", pad, SECOND)
        heat = drawings(lab, chromium, SHEET, "Sheet", telling_ink(), SECOND)

        notebook = lab.open(chromium, ["import numpy as np", PHOTO]).run_all()
        scene = notebook.scene().steady()
        watch(notebook.page, FORMULA, ["pointermove"])
        places = chance.integers(SIZE, size=(STEPS, 2)).tolist()
        hovers = latencies(notebook.page, lambda number: scene.point_at("Photograph", *places[number]))
        notebook.close()

        notebook = lab.open(chromium, ["import numpy as np", PHOTO]).run_all()
        scene = notebook.scene().steady()
        watch(notebook.page, RESULT, ["keydown"])

        def type_weight(number):
            scene.steady()
            scene.cell("Filter", 1, 1).focus()
            notebook.page.keyboard.type(str(number % 9 + 1))
            notebook.page.evaluate("window.pressed.length = 0")  # what counts is Enter
            notebook.page.keyboard.press("Enter")

        edits = latencies(notebook.page, type_weight)
        notebook.close()

    report("front page, stroke to changed votes", votes, "(bar: median 100)")
    report("front page, stroke to the pixel itself", pixels)
    report("digit pad, stroke to changed input and shares", inputs, "(bar: median 100)")
    report("sheet of digits, stroke to changed heat map", heat, "(bar: median 100)")
    report(f"photo of {SIZE} × {SIZE}, hover to changed formula", hovers, "(bar: median 16)")
    report(f"photo of {SIZE} × {SIZE}, weight to new picture", edits, "(bar: median 150)")


if __name__ == "__main__":
    main()
