"""Use a scene at random in a page, and compare what it shows with what Python has."""

import numpy as np

from cnnlab.look import shade
from cnnlab.stage import words
from tests.helpers.scenes import SCENES

# Use the scene `count` times; return what was sent, and what is shown, after each act. Frames come at once.
PLAY = """async ([seed, count]) => {
  Element.prototype.releasePointerCapture = () => {};  // of a pointer that is not there
  window.requestAnimationFrame = act => (queueMicrotask(() => act(0)), 1);
  const root = document.querySelector('.stage');
  let state = seed;
  const chance = () => ((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648);
  const one = list => list[Math.floor(chance() * list.length)];
  const any = selector => {
    const all = [...root.querySelectorAll(selector)];
    for (let turn = 0; all.length && turn < 20; turn += 1) {
      const found = one(all);
      if (found.checkVisibility()) return found;
    }
    return undefined;
  };
  const fire = (element, type, options = {}) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2 };
    element.dispatchEvent(new PointerEvent(type, { bubbles: true, ...at, ...options }));
  };
  const editMode = root.querySelectorAll('.either[aria-label="Click to"] input')[1];
  if (editMode.checkVisibility() && !editMode.checked) editMode.click();
  const typed = [
    '1', '−1', '0.5', '1/3', '2', '-0.25', '0', '7.5', '12,054', '1e7', 'x', 'nan', '0,1', '-3/4', '1/0',
    '50 %', '1/4%', '48\u2009000',
  ];
  const edit = () => {
    const cell = any('.editing .cell:not(.padding)');
    if (!cell) return;
    if (cell.panel.spec.edit !== 'number') {  // a stroke over some cells
      const over = [cell, ...Array.from({ length: Math.floor(3 * chance()) }, () => one(cell.panel.all))];
      fire(cell, 'pointerdown');
      for (const next of over.slice(1)) fire(next, 'pointermove');
      window.dispatchEvent(new PointerEvent('pointerup'));
      cell.click();
      return;
    }
    cell.click();
    const input = cell.querySelector('input');
    input.value = one(typed);
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  };
  const choose = () => {
    const select = any('.controls select:enabled, .controls input[type=text]:enabled');
    if (!select) return;
    const options = select.options && [...select.options].filter(option => !option.disabled);
    select.value = options ? one(options).value : one(typed);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const press = () => any('.controls button:enabled')?.click();
  const step = () => {
    const slider = any('.transport input');
    if (!slider) return;
    slider.value = Math.floor(chance() * (Number(slider.max) + 1));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const rasters = () => [...root.querySelectorAll('.raster')].map(({ panel }) => {
    const { data } = panel.canvas.getContext('2d').getImageData(0, 0, panel.columns, panel.rows);
    return [panel.spec.id, { pixels: [...data], caption: panel.caption.textContent }];
  });
  const seen = new Map();  // of each cell only what is new is told: it is painted when its key changes
  const grids = () => [...root.querySelectorAll('.grid')].map(grid => {
    const isNew = cell => !cell.key || seen.get(cell) !== cell.key;
    const cells = [...grid.querySelectorAll('.cell')].filter(isNew);
    for (const cell of cells) seen.set(cell, cell.key);
    const shown = cells.map(cell => [cell.row, cell.column, cell.textContent, cell.style.background]);
    return [grid.querySelector('.cell').panel.spec.id, { cells: shown }];
  });
  const shown = () => Object.fromEntries([...rasters(), ...grids()]);
  const found = [];
  for (let act = 0; act < count; act += 1) {
    const before = window.model.sent.length;
    one([edit, edit, edit, edit, edit, choose, press, press, step])();
    document.activeElement?.blur();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    const formula = root.querySelector('.formula');
    found.push({
      sent: window.model.sent.slice(before), shown: shown(), step: window.model.get('step'),
      formula: formula.hidden ? '' : formula.textContent, note: root.querySelector('.note').textContent,
    });
  }
  return found;
}"""


def expected_cells(picture, panel, step, cache):
    """Return what a panel's cells show: text and background, by row and column."""
    panel = picture.look(panel)
    grid = picture.grid(panel.id, step)
    (top, bottom), (left, right) = panel.padding
    found = {}
    for row in range(-top, panel.shape[0] + bottom):
        for column in range(-left, panel.shape[1] + right):
            inside = 0 <= row < panel.shape[0] and 0 <= column < panel.shape[1]
            value = float(grid[row, column]) if inside else 0.0
            if np.isnan(value) or (panel.revealed and row * panel.shape[1] + column > step):
                found[row, column] = ("", "")
                continue
            minus = "−" if value < 0 and panel.palette == "signed" else ""
            text = panel.write(value) if panel.numbers else minus
            key = value, panel.scale, panel.palette
            if key not in cache:
                cache[key] = f"rgb({', '.join(map(str, shade(value, panel.scale, panel.palette)))})"
            found[row, column] = (text, cache[key] if inside else "")
    return found


def compare(picture, act, cache, mirror):
    """Compare what the page shows with what Python has; an ``AssertionError`` says where they differ."""
    step = min(act["step"], picture.steps - 1)
    assert act["shown"].keys() == {panel.id for panel in picture.shown if panel.kind != "chart"}
    for id, shown in act["shown"].items():
        panel = picture.panel(id)
        if "cells" in shown:
            expected = expected_cells(picture, panel, step, cache)
            found = mirror.setdefault(id, {})
            found |= {(row, column): (text, color) for row, column, text, color in shown["cells"]}
            wrong = {at: (found[at], expected[at]) for at in expected if found[at] != expected[at]}
            assert not wrong, f"{panel.id}: (shown, right) is {dict(list(wrong.items())[:3])}"
        elif picture.look(panel).palette not in ("rgb", "angle"):
            look = picture.look(panel)
            levels = np.array([shade(level - 255, 255, look.palette) for level in range(511)])
            index = np.floor(look.values.astype(float) * (255 / look.scale) + 0.5).astype(int) + 255
            pixels = np.array(shown["pixels"]).reshape(*panel.shape, 4)[..., :3]
            np.testing.assert_array_equal(pixels, levels[index.clip(0, 510)], err_msg=panel.id)
            assert shown["caption"] == look.caption
    assert act["formula"] == "".join(text for text, _ in words.formula(picture, step))
    if not picture.python_text:
        assert act["note"] == picture.sentence(step)


FIRST = {name.partition(",")[0]: name for name in reversed(SCENES)}  # of each scene the first, as it comes
VARIANTS = set(SCENES) - set(FIRST.values())
