"""From a key press to the changed picture: the stage beside `interact` with inline Matplotlib.

    python -m tests.benchmarks.stage

Both run in the same JupyterLab and the same Chromium. A latency is the time from the browser's own time stamp
of the key press to the first frame that shows the change. "Held" presses the key 40 times at 30 a second and
counts the places that were ever shown.
"""

import statistics

from tests.helpers.lab import running_chromium, running_lab

STEPS, HELD = 45, 40

SCENE = "from cnnlab.scenes import SlidingFilter\nscene = SlidingFilter()\nscene"
CONTROL = """
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import IntSlider, interact
from cnnlab import ops
from cnnlab.data import letters

image, kernel = letters.X, letters.FILTERS[0]
feature_map = ops.correlate2d(image, kernel, normalize=True)

def draw(place):
    i, j = divmod(place, 7)
    shown = np.where(np.arange(49).reshape(7, 7) <= place, feature_map, np.nan)
    panels = image, kernel, image[i : i + 3, j : j + 3] * kernel, shown
    figure, axes = plt.subplots(1, 4, figsize=(10, 3))
    for axis, panel in zip(axes, panels):
        axis.imshow(panel, vmin=-1, vmax=1, cmap="RdBu")
        for (r, c), value in np.ndenumerate(panel):
            if np.isfinite(value):
                axis.text(c, r, f"{value:.2g}", ha="center", va="center", fontsize=6)
    plt.show()

interact(draw, place=IntSlider(min=0, max=48))
"""

# Note when the learner acts, and in each frame what is shown: the note below the grids, or the picture.
WATCH = """(shown, acts) => {
  window.pressed = [];
  window.frames = [];
  window.shownLast = shown();
  for (const act of acts) addEventListener(act, event => window.pressed.push(event.timeStamp), true);
  const look = now => {
    const seen = shown();
    if (seen && seen !== window.shownLast) {
      window.shownLast = seen;
      window.frames.push([performance.now(), seen]);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
NOTE = "() => document.querySelector('.cnnlab-stage .note').textContent"
PICTURE = """() => {
  const image = document.querySelector('.jp-OutputArea-output img');
  return image?.complete ? image.src : null;
}"""
MAP = "() => [...document.querySelectorAll('.cnnlab-stage [role=grid]')].at(-1).textContent"


def latencies(page, act, times=STEPS, longest=3000):
    """Do ``act`` again and again, each time waiting for the change; return the latencies in milliseconds."""
    found = []
    for number in range(times):
        before = page.evaluate("window.frames.length")
        page.evaluate("window.pressed.length = 0")
        act(number)
        page.wait_for_function(f"window.frames.length > {before}", timeout=longest)
        found.append(page.evaluate(f"window.frames[{before}][0] - window.pressed[0]"))
        page.wait_for_timeout(60)
    return found


def held(page, press):
    """Press 40 times at 30 a second; return how many different things were shown."""
    page.wait_for_timeout(500)
    page.evaluate("window.frames.length = 0")
    for _ in range(HELD):
        press()
        page.wait_for_timeout(33)
    page.wait_for_timeout(2000)
    return page.evaluate("new Set(window.frames.map(([, seen]) => seen)).size")


def watch(page, shown, acts=("keydown", "pointerdown")):
    page.evaluate(f"({WATCH})({shown}, {list(acts)})")


def report(name, times, bar=""):
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{name}: median {statistics.median(ordered):.1f} ms, p95 {p95:.1f} ms, n = {len(ordered)} {bar}")
    return statistics.median(ordered)


def main():
    with running_lab() as lab, running_chromium() as chromium:
        notebook = lab.open(chromium, [SCENE]).run_all()
        scene = notebook.scene().steady()
        watch(notebook.page, NOTE)
        scene.slider.focus()
        stage = latencies(notebook.page, lambda _: notebook.page.keyboard.press("ArrowRight"))
        notebook.page.keyboard.press("Home")
        stage_held = held(notebook.page, lambda: notebook.page.keyboard.press("ArrowRight"))
        notebook.close()

        notebook = lab.open(chromium, [SCENE]).run_all()
        scene = notebook.scene().steady()
        scene.slider.fill("48")
        scene.click_to("edit")
        watch(notebook.page, MAP)
        boxes = [scene.cell("Image", *divmod(number, 9)).bounding_box() for number in range(STEPS)]

        def click(number):
            notebook.page.mouse.click(boxes[number]["x"] + 9, boxes[number]["y"] + 9)

        notebook.page.mouse.move(boxes[0]["x"] + 9, boxes[0]["y"] + 9)
        edits = latencies(notebook.page, click)
        notebook.close()

        notebook = lab.open(chromium, [CONTROL]).run_all()
        handle = notebook.page.locator(".noUi-handle")
        handle.wait_for()
        notebook.page.wait_for_timeout(1000)
        watch(notebook.page, PICTURE)
        handle.focus()
        control = latencies(notebook.page, lambda _: notebook.page.keyboard.press("ArrowRight"))
        for _ in range(48):
            notebook.page.keyboard.press("ArrowLeft")
        notebook.page.wait_for_timeout(8000)
        control_held = held(notebook.page, lambda: notebook.page.keyboard.press("ArrowRight"))
        notebook.close()

    ours = report("key to changed view, stage", stage, "(bars: median 16, p95 33)")
    theirs = report("key to changed view, control: interact + inline Matplotlib", control)
    print(f"ratio of medians: {ours / theirs:.2f}")
    print(
        f"places shown while the key is held: stage {stage_held} of {HELD}, control {control_held} of {HELD}"
    )
    report("click on a pixel to the recomputed map", edits, "(bar: median 100)")


if __name__ == "__main__":
    main()
