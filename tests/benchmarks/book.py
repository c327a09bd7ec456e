"""What the book's pages weigh and how fast they live, beside nbconvert's: python -m tests.benchmarks.book

The control is the same lesson through ``nbconvert --to html`` as it comes, with the widget manager that it
asks of the network: here only its weight can be told, since its scenes need what is not there.
"""

import gzip
import statistics
import tempfile
import time
from pathlib import Path

from nbconvert import HTMLExporter

from book.record import lessons
from book.site import Site
from tests.helpers.lab import new_page, running_chromium

FRONT_BAR, LESSON_BAR = 150_000, 900_000  # bytes, compressed
ALIVE_BAR, STROKE_BAR, BUILD_BAR = 1.0, 16, 60  # seconds at a quarter of the speed; milliseconds; seconds
STROKE = """async () => {
  const root = document.querySelector('.cnnlab-stage');
  const grid = root.querySelector('.grid.editing');
  const cells = [...grid.querySelectorAll('.cell:not(.padding)')];
  const fire = (cell, type) => {
    const { left, top } = cell.getBoundingClientRect();
    cell.dispatchEvent(new PointerEvent(type, { bubbles: true, clientX: left + 3, clientY: top + 3 }));
  };
  const times = [];
  for (let turn = 0; turn < 60; turn += 1) {
    const cell = cells[(turn * 7) % cells.length];
    const votes = root.innerText;
    const begun = performance.now();
    fire(cell, 'pointerdown');
    window.dispatchEvent(new PointerEvent('pointerup'));
    cell.click();
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - begun);
    if (root.innerText === votes) times.pop();
  }
  return times;
}"""


def compressed(data):
    """Return how many bytes a page takes on the way."""
    return len(gzip.compress(data, 9))


def main():
    """Build the book, and print each figure beside its bar."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        Site().build(folder)
        print(f"built in {time.perf_counter() - begun:.0f} s (bar {BUILD_BAR})")
        front = compressed(Path(folder, "index.html").read_bytes())
        print(f"front page {front:,} bytes compressed (bar {FRONT_BAR:,})")
        exporter = HTMLExporter(embed_widgets=True)
        for lesson in lessons():
            page = compressed(Path(folder, f"{lesson.stem}.html").read_bytes())
            control = compressed(exporter.from_filename(str(lesson))[0].encode())
            print(f"{lesson.stem:40} {page:9,} (bar {LESSON_BAR:,}; nbconvert, without scenes, {control:,})")
        with running_chromium() as chromium:
            page = new_page(chromium)
            page.goto(Path(folder, "index.html").as_uri())
            page.locator(".cnnlab-stage .cell").first.wait_for()
            strokes = page.evaluate(STROKE)
            middle = statistics.median(strokes)
            print(f"stroke to votes: median {middle:.1f} ms of {len(strokes)} (bar {STROKE_BAR})")
            slow = chromium.new_cdp_session(page)
            slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            alive = []
            for _ in range(5):
                page.goto("about:blank")
                page.goto(Path(folder, "index.html").as_uri(), wait_until="commit")
                page.locator(".cnnlab-stage .cell").first.wait_for()
                alive.append(page.evaluate("performance.now()") / 1000)
            print(f"alive after {statistics.median(alive):.2f} s at a quarter of the speed (bar {ALIVE_BAR})")


if __name__ == "__main__":
    main()
