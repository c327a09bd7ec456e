"""A deck of slides in a browser: what sticks out of a slide."""

from tests.helpers.lab import drawn, until

SIZES = ((1280, 720), (1024, 768), (1920, 1080))

# What lies outside the window or under the bar, and what has to be scrolled, on the slide that is shown.
STICKS_OUT = """() => {
  const slide = document.querySelector('.slide.current');
  const { top: floor } = document.querySelector('.deck-bar').getBoundingClientRect();
  const found = [];
  for (const one of slide.querySelectorAll('.sheet *')) {
    if (one.closest('math, .still, .spoken, .quiet, svg, .cnnlab-stage .stage *')) continue;
    if (!one.checkVisibility()) continue;
    const { left, top, right, bottom, width } = one.getBoundingClientRect();
    if (width && (left < -1 || top < -1 || right > innerWidth + 1 || bottom > floor + 1))
      found.push(`${slide.id}: ${one.tagName}.${one.className} ${Math.round(right)} ${Math.round(bottom)}`);
  }
  const room = slide.querySelector('.cnnlab-room');
  const width = room ? room.scrollWidth - room.clientWidth : 0;
  const height = room ? room.scrollHeight - room.clientHeight : 0;
  if (width > 1 || height > 1) found.push(`${slide.id}: a scene is ${width} too wide and ${height} too high`);
  return found;
}"""


def shown(page):
    """Return the number of the slide that is shown, and its turn."""
    slide = page.locator(".slide.current")
    return slide.evaluate("({ id, dataset }) => [Number(id.split('-')[1]), Number(dataset.turn)]")


def walk(page):
    """Yield each slide of an open deck as it stands, from the first to the last, polls with their answers."""
    page.keyboard.press("Home")
    count = page.locator(".slide").count()
    while True:
        until(
            page,
            "[...document.querySelectorAll('.slide.current [data-stage]')]"
            ".every(one => one.querySelector('.cnnlab-stage .stage[data-width], .cnnlab-stage'))",
        )
        for _ in range(4):  # what is too high is shown smaller, and looked at again
            drawn(page)
        at, turn = shown(page)
        yield at
        page.keyboard.press("PageDown")
        if at == count and [at, turn] == shown(page):
            return


def what_sticks_out(page):
    """Return what sticks out of any slide of an open deck, and by how much letters shrank on the fullest."""
    found, sizes = [], []
    for _ in walk(page):
        found += page.evaluate(STICKS_OUT)
        sizes.append(float(page.evaluate("document.body.style.getPropertyValue('--fit')")))
    return found, min(sizes)
