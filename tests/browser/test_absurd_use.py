"""Every scene, used without sense: then it still shows what Python has, and still answers."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.lab import drawn
from tests.helpers.scenes import SCENES

ROOT = Path(__file__).parents[2]
NAMES = [name for name in SCENES if "," not in name or name.startswith("Pipeline")]
SETUP = f"""import json, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.helpers.scenes import SCENES

def calm(scene):
    scene.quiz, scene.decimals, scene.step = False, False, scene.picture.steps - 1

def shown(scene):
    step = scene.picture.steps - 1
    return {{
        panel.id: [
            [panel.write(value) if panel.numbers else "−" * bool(value < 0) for value in row]
            for row in panel.at(step)
        ]
        for panel in scene.picture.panels
        if panel.kind == "grid" and not panel.follows and panel.palette != "ink"
    }}
"""
TYPED = ["0", "-3", "1/3", "2,5", "1e9", "nan", "x", "", "  ", "∞", "99999999999999999999", "0.1.2", "−1"]
KEYS = [
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Space", "Enter", "Tab"),
    *("b", "d", "x", "0", "-", "/", "Delete", "Backspace", "PageDown"),
]


@pytest.fixture(scope="module")
def all_scenes(open_shared):
    cells = [f"made_{k} = SCENES[{name!r}]()\nmade_{k}" for k, name in enumerate(NAMES)]
    # A click that misses the last stage must not meet JupyterLab's "Click to add a cell" below it.
    return open_shared([SETUP, *cells, *["0"] * 9]).run_all()


def ask(notebook, code):
    """Return what Python prints for some code, run beside the notebook's cells."""
    return notebook.page.evaluate(
        """async code => {
             const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
             const future = kernel.requestExecute({ code, store_history: false });
             let said = '';
             future.onIOPub = ({ header, content }) => {
               if (header.msg_type === 'stream') said += content.text;
               if (header.msg_type === 'error') said += content.evalue;
             };
             await future.done;
             return said;
           }""",
        code,
    )


def shown(scene):
    """Return the texts of the cells of each grid, without padding; ink is black or white, without a text."""
    return scene.root.evaluate(
        """root => Object.fromEntries([...root.querySelectorAll('[role=grid]')].filter(grid => {
             const { spec } = grid.querySelector('.cell').panel;
             return !spec.follows && spec.palette !== 'ink';
           }).map(grid => {
             const rows = [...grid.querySelectorAll('.row')].map(row =>
               [...row.querySelectorAll('.cell:not(.padding)')].map(cell => cell.textContent));
             return [grid.querySelector('.cell').panel.spec.id, rows.filter(row => row.length)];
           }))"""
    )


def differences(found, expected):
    """Return (panel, row, column, shown, right) of every cell that does not show what it should."""
    assert found.keys() == expected.keys()
    return [
        (panel, row, column, text, right)
        for panel in expected
        for row, (texts, rights) in enumerate(zip(found[panel], expected[panel], strict=True))
        for column, (text, right) in enumerate(zip(texts, rights, strict=True))
        if text != right
    ]


class Absurd:
    """Someone who tries everything."""

    def __init__(self, scene, chance):
        self.scene, self.chance, self.page = scene, chance, scene.page

    def one_of(self, choices):
        return choices[int(self.chance.integers(len(choices)))]

    def find(self, selector, then="0"):
        """Bring one of the elements into view; return a place on it, and what an expression says of it."""
        return self.scene.root.evaluate(
            """(root, [selector, chance, across, down, then]) => {
                 const all = [...root.querySelectorAll(selector)].filter(one => one.checkVisibility());
                 const element = all[Math.floor(chance * all.length)];
                 if (!element) return null;
                 element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
                 const { left, top, width, height } = element.getBoundingClientRect();
                 const value = new Function('element', `return ${then}`)(element);
                 return [left + across * width, top + down * height, value];
               }""",
            [selector, *self.chance.random(3), then],
        )

    def point(self):
        place = self.find(".cell, .raster, .chart, .term")
        if place:
            self.page.mouse.move(*place[:2])

    def click(self, selector=".cell"):
        place = self.find(selector)
        if place:
            self.page.mouse.click(*place[:2])

    def drag(self):
        self.point()
        self.page.mouse.down()
        self.point()
        self.point()
        self.page.mouse.up()

    def press(self):
        # Escape hands the keyboard back to JupyterLab, where keys have another meaning.
        for _ in range(int(self.chance.integers(1, 6))):
            if self.scene.root.evaluate("root => root.contains(document.activeElement)"):
                self.page.keyboard.press(self.one_of(KEYS))

    def set(self, selector, value):
        """Do what the browser does when somebody has chosen a value."""
        self.find(
            selector,
            f"(element.value = {value}, element.dispatchEvent(new Event('input', {{ bubbles: true }})), "
            "element.dispatchEvent(new Event('change', { bubbles: true })), 0)",
        )

    def choose(self):
        self.set(
            "select:enabled", f"element.options[Math.floor({self.chance.random()} * element.length)].value"
        )

    def slide(self):
        self.set("input[type=range]", f"Math.floor({self.chance.random()} * (Number(element.max) + 1))")

    def type(self):
        if self.find(
            ".controls input[type=text]:enabled, .controls input[type=number]:enabled",
            "(element.focus(), element.select())",
        ):
            self.page.keyboard.insert_text(self.one_of(TYPED))
            self.page.keyboard.press(self.one_of(["Enter", "Tab"]))

    def push(self):
        self.click("button:enabled")

    def tick(self):
        self.click("input[type=checkbox]:enabled, input[type=radio]:enabled")

    def act(self):
        getattr(self, self.one_of(ACTIONS))()


ACTIONS = ["point", "click", "drag", "press", "press", "choose", "type", "push", "tick", "slide"]


@pytest.mark.parametrize("name", NAMES)
def test_fifty_absurd_actions(all_scenes, name):
    k = NAMES.index(name)
    scene = all_scenes.scene(k)
    cells = all_scenes.cell_count
    someone = Absurd(scene, np.random.default_rng(k))
    for _ in range(50):
        someone.act()
    scene.page.mouse.move(0, 0)
    scene.page.keyboard.press("Escape")
    scene.steady()
    complaints, all_scenes.complaints[:] = "\n".join(all_scenes.complaints), []
    if complaints:
        pytest.fail(complaints, pytrace=False)
    assert all_scenes.cell_count == cells  # nothing leaked to the notebook
    ask(all_scenes, f"calm(made_{k})")
    scene.steady()
    for _ in range(20):  # on a busy machine the last act may still be on its way
        expected = json.loads(ask(all_scenes, f"print(json.dumps(shown(made_{k})))"))
        if shown(scene) == expected:
            break
        drawn(scene.page)
        scene.steady()
    assert differences(shown(scene), expected) == []
