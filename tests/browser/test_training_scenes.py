"""Scenes of lessons 09 to 13 in a real JupyterLab: they use their room, and their slider leads everything."""

import numpy as np
import pytest

SETUP = """import numpy as np
from cnnlab.data import letters
from cnnlab.nn import Adam, Conv2d, CrossEntropyLoss, Dense, Flatten, MaxPool2d, ReLU, Sequential, fit
from cnnlab.scenes import TrainingFilm


rng = np.random.default_rng(0)
pools = (MaxPool2d(2, ceil_mode=True) for _ in range(2))
network = Sequential(Conv2d(1, 3, 3, rng=rng), ReLU(), *pools, Flatten(), Dense(12, 2, rng=rng))
scene = TrainingFilm(network, 6)
fit(
    network, *letters.renditions(40, rng), loss=CrossEntropyLoss(), optimizer=Adam(0.01), epochs=6,
    batch_size=10, rng=rng, callbacks=[scene.record],
)
scene"""

COLUMNS = ("Filters", "Bias", "Maps", "Kept", "For X", "For O")  # each with a panel for each filter


def lines_of(scene):
    """Return the columns that stand beside each other: for each the boxes of its three grids."""
    lines, right = [], np.inf
    for title in COLUMNS:
        names = [title, *(f"{title}, filter {k}" for k in (2, 3))]
        boxes = [scene.panel(name).first.bounding_box() for name in names]
        if boxes[0]["x"] < right:
            lines.append([])
        right = boxes[0]["x"] + boxes[0]["width"]
        lines[-1].append(boxes)
    return lines


def test_what_belongs_to_a_filter_stands_beside_it_also_where_columns_wrap(notebook, scene):
    for width, count in ((1280, 1), (800, 2), (1280, 1)):
        notebook.page.set_viewport_size({"width": width, "height": 1000})
        scene.steady()
        lines = lines_of(scene)
        assert len(lines) == count
        for line in lines:
            middles = [[box["y"] + box["height"] / 2 for box in boxes] for boxes in line]
            assert np.ptp(middles, axis=0).max() < 3
            # No empty room: the grids of the highest column follow each other closely.
            gaps = [np.diff([box["y"] for box in boxes]) - boxes[0]["height"] for boxes in line]
            assert min(gap.max() for gap in gaps) < 40


def test_charts_use_the_room_they_have(open_notebook):
    notebook = open_notebook(["from cnnlab.scenes import LossCurve\nLossCurve()"], width=800).run_all()
    scene = notebook.scene().steady()
    room = scene.root.locator(".board").bounding_box()["width"]
    boxes = [chart.bounding_box() for chart in scene.root.locator(".chart").all()]
    assert 0.9 * room < sum(box["width"] for box in boxes) <= room
    for box in boxes:
        assert box["height"] == pytest.approx(0.72 * box["width"], rel=0.03)
    notebook.page.set_viewport_size({"width": 1280, "height": 1000})
    scene.steady()
    first, second = (chart.bounding_box() for chart in scene.root.locator(".chart").all())
    assert first["y"] == pytest.approx(second["y"], abs=2)
    assert first["x"] + first["width"] < second["x"]


FILM = SETUP.partition("fit(\n")[0].replace("TrainingFilm(network, 6)", "TrainingFilm(network, 12)") + "scene"
# An epoch must be seen before the next one is there.
TRAINING = "import time\nfit(\n" + SETUP.partition("fit(\n")[2].removesuffix("scene").replace(
    "epochs=6", "epochs=12"
).replace("[scene.record]", "[scene.record, lambda *_: time.sleep(0.15)]")
# Every place that the transport and the controls have, in each frame from when the scene has first settled.
RECORD = """() => {
  let same = 0, before = '';
  window.places = new Set();
  window.counted = new Set();
  const record = () => {
    requestAnimationFrame(record);
    const host = document.querySelector('.cnnlab-stage');
    if (!host?.querySelector('.panel[style]')) return;
    const { left, top } = host.getBoundingClientRect();
    const parts = [...host.querySelectorAll('.transport > *, .options > *, .controls > *')];
    const now = JSON.stringify(parts.map(one => one.getBoundingClientRect())
      .filter(box => box.height).map(box => [box.left - left, box.top - top]));
    // A scroll bar that comes with the scene narrows it, one or two frames later.
    if (same < 5) same = now === before ? same + 1 : 0;
    before = now;
    if (same === 5) window.places.add(now);
    window.counted.add(host.querySelector('.counter').textContent);
  };
  record();
}"""


def test_nothing_moves_while_the_film_grows(open_notebook):
    notebook = open_notebook([FILM, TRAINING], width=1366, height=768)
    page = notebook.page
    page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    page.evaluate(RECORD)  # before: on a slow machine the training ends before anybody has looked
    notebook.start_all()
    notebook.finish_all()
    notebook.scene().steady()
    assert page.evaluate("[...window.counted].at(-1)").endswith("of 12")
    assert len(page.evaluate("[...window.counted]")) > 1
    places = page.evaluate("[...window.places]")
    assert len(places) == 1, "\n".join(places)
