"""What the book's pages weigh and how fast they live, beside nbconvert's: python -m tests.benchmarks.book

The control is the same lesson through ``nbconvert --to html`` as it comes, with the widget manager that it
asks of the network: its weight and its requests can be told, but its scenes need what is not there.
"""

import contextlib
import functools
import gzip
import statistics
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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


@contextlib.contextmanager
def served(folder):
    """Serve a folder on loopback; yield its address."""
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def asked_by(chromium, address):
    """Return how many requests a page makes beside itself, and how many errors its console shows."""
    page, asked, errors = new_page(chromium), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.wait_for_timeout(500)  # what a page asks for, it asks for soon
    page.close()
    beside = [url for url in asked if url != address and not url.startswith(("data:", "blob:"))]
    return len(beside), len(errors)


def living(chromium, address):
    """Return the milliseconds from stroke to votes; the seconds until it lives, at a quarter of the speed."""
    page = new_page(chromium)
    page.goto(address)
    page.locator(".cnnlab-stage .cell").first.wait_for()
    strokes = page.evaluate(STROKE)
    slow = chromium.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    alive = []
    for _ in range(5):
        page.goto("about:blank")
        page.goto(address, wait_until="commit")
        page.locator(".cnnlab-stage .cell").first.wait_for()
        alive.append(page.evaluate("performance.now()") / 1000)
    page.close()
    return statistics.median(strokes), statistics.median(alive)


def main():
    """Build the book, and print each figure beside its bar."""
    with tempfile.TemporaryDirectory() as name, served(name) as server, running_chromium() as chromium:
        folder = Path(name)
        begun = time.perf_counter()
        Site().build(folder)
        print(f"built in {time.perf_counter() - begun:.0f} s (bar {BUILD_BAR})")
        front = compressed((folder / "index.html").read_bytes())
        print(f"front page {front:,} bytes compressed (bar {FRONT_BAR:,})")
        places = {"from a file": folder.as_uri(), "over http": server}
        for how, place in places.items():
            stroke, alive = living(chromium, f"{place}/index.html")
            print(f"{how}: stroke to votes {stroke:.1f} ms (median; bar {STROKE_BAR}), "
                  f"alive after {alive:.2f} s at a quarter of the speed (bar {ALIVE_BAR})")  # fmt: skip
        print("compressed bytes · requests beside the page and errors, from a file and over http")
        exporter = HTMLExporter(embed_widgets=True)
        for lesson in lessons():
            control = folder / f"control_{lesson.stem}.html"
            control.write_text(exporter.from_filename(str(lesson))[0], encoding="utf-8")
            told = []
            for file in (f"{lesson.stem}.html", control.name):
                counts = (asked_by(chromium, f"{place}/{file}") for place in places.values())
                asked = ", ".join(f"{requests}/{errors}" for requests, errors in counts)
                told.append(f"{compressed((folder / file).read_bytes()):9,} · {asked}")
            print(f"{lesson.stem:40} {told[0]} (bar {LESSON_BAR:,}; none)   nbconvert {told[1]}")


if __name__ == "__main__":
    main()
