"""How scenes lie on a screen: what is in sight together, how large, and whether anything moves."""

from tests.helpers.lab import drawn

SCREENS = [(1366, 768), (1280, 800), (1920, 1080), (1024, 768), (390, 844)]
LARGE = SCREENS[:3]  # 1366 × 768 and larger: here everything must be in sight

# What counts of one stage, in pixels. ``together`` is the height from the top of the board to the end of what
# must be seen at once: board, formula, sentence, transport.
MEASURE = """host => {
  const box = element => element.getBoundingClientRect();
  const seen = selector => [...host.querySelectorAll(selector)].filter(one => box(one).height > 0);
  const stage = host.querySelector('.stage'), board = host.querySelector('.board');
  const around = host.closest('.jp-WindowedPanel-outer');
  const isProjected = host.classList.contains('projected') || Boolean(host.closest('.projector'));
  const panels = seen('.panel');
  const parts = panels.map(box);
  const most = (key, all) => Math.max(...all.map(one => one[key]));
  const least = (key, all) => Math.min(...all.map(one => one[key]));
  const together = seen('.board, .formula, .note, .transport').map(box);
  const font = cell => parseFloat(getComputedStyle(cell).fontSize);
  const written = panels.flatMap(panel => {
    const cell = [...panel.querySelectorAll('.cell')].find(one => /\\d/.test(one.textContent));
    return cell && font(cell) > 0 && !panel.querySelector('.grid.colors') ? [font(cell)] : [];
  });
  // The pitch of panels that stand alone in their columns and are tied to each other row by row.
  const pitch = panel => {
    const [one, next] = [0, 1].map(k => panel.querySelectorAll('.row')[k]?.querySelector('.cell'));
    return one && next ? Math.round((box(next).top - box(one).top) * 10) / 10 : null;
  };
  const alone = seen('.column').filter(column => column.querySelectorAll('.panel').length === 1);
  const pitches = alone.map(column => pitch(column.querySelector('.panel'))).filter(Boolean);
  return {
    title: stage.getAttribute('aria-label'),
    room: isProjected ? innerHeight : around?.clientHeight ?? innerHeight,
    together: together.length ? Math.round(most('bottom', together) - least('top', together)) : 0,
    whole: Math.round(box(stage).height),
    sideways: Math.max(0, ...parts.map(part => Math.round(part.right - box(host).right))),
    width: parts.length ? (most('right', parts) - least('left', parts)) / box(board).width : 1,
    height: (most('bottom', together) - least('top', together)) / innerHeight,
    digits: written.length ? Math.min(...written) : null,
    pitches: [...new Set(pitches)],
  };
}"""

# Step through all places; return how far the transport and the controls have moved, in pixels.
STEP_THROUGH = """async host => {
  const slider = host.querySelector('.transport input');
  if (!slider.offsetHeight) return 0;
  const parts = '.transport, .transport > *, .options > *, .controls, .controls > *';
  const still = [...host.querySelectorAll(parts)].filter(one => one.offsetHeight);
  const places = () => still.flatMap(one => {
    const { left, top } = one.getBoundingClientRect();
    const { left: x, top: y } = host.getBoundingClientRect();
    return [left - x, top - y];
  });
  const before = places();
  let moved = 0;
  const last = Number(slider.max);
  for (let step = 0; step <= last; step += Math.max(1, Math.round(last / 30))) {
    slider.value = step;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    if (step % 8 === 0) await new Promise(requestAnimationFrame);
    places().forEach((place, k) => (moved = Math.max(moved, Math.abs(place - before[k]))));
  }
  slider.value = 0;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  return moved;
}"""


def project(page, host, on=True):
    """Let a scene fill the screen, or leave it again."""
    is_on = "host => host.classList.contains('projected') || Boolean(host.closest('.projector'))"
    if host.evaluate(is_on) == on:
        return
    host.evaluate("(host, on) => host.querySelector('.stage').focus()", on)
    host.get_by_role("button", name="Projector", exact=True).click()
    page.wait_for_function(f"([host, on]) => ({is_on})(host) === on", arg=[host.element_handle(), on])
    for _ in range(2):  # one for the browser to give the room, one for the stage to fill it
        drawn(page)
