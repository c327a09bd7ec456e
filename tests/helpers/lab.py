"""A real JupyterLab and a real Chromium, for the tests in tests/browser and for the benchmarks."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat

TESTS = Path(__file__).parents[1]
NOTEBOOKS = TESTS.parent / "notebooks"
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = TESTS / "browser" / "node_modules" / "axe-core" / "axe.min.js"


def what_is_lacking():
    """Return what keeps the browser tests from running, and how to get it; None if nothing does."""
    if not CHROMIUM:
        return "no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"
    if not AXE.exists():
        return "no axe-core: install Node.js with npm, then run `npm ci` in tests/browser"
    return None


@contextlib.contextmanager
def running_lab():
    """Start JupyterLab on loopback, with settings and lessons of its own; yield its ``Lab``."""
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(socket.socket()) as probe:
        root, home = Path(folder, "lessons"), Path(folder, "home")
        # The project's own Lab settings (widget state saved, no news) come with the package.
        settings = home / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
        settings.parent.mkdir(parents=True)
        every_cell = {"windowingMode": "none"}  # is in the page, seen or not
        settings.write_text(json.dumps(every_cell), encoding="utf-8")
        root.mkdir()
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(16)
        probe.close()
        env = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(home),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTERLAB_SETTINGS_DIR": f"{home}/settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{home}/workspaces",
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
        command += ["--allow-root", "--expose-app-in-browser", f"--ServerApp.root_dir={root}"]
        command += [f"--IdentityProvider.token={token}"]
        log = home / "jupyterlab.log"
        with log.open("w", encoding="utf-8") as out:
            server = subprocess.Popen(command, env=env, stdout=out, stderr=out)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
            yield Lab(f"http://127.0.0.1:{port}", token, root, home / "data", log)
        finally:
            server.terminate()
            server.wait()


def _wait_for(url, server, log, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.05)
    said = log.read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"JupyterLab did not start:\n{said[-2000:]}")


@contextlib.contextmanager
def running_chromium():
    """Start Chromium with a profile that keeps JupyterLab's scripts; yield Playwright's context."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(folder, executable_path=CHROMIUM, args=FLAGS)
        yield context
        context.close()


def new_page(chromium, width=1280, height=1000):
    """Open a page. Nothing of another one matters to it: JupyterLab keeps its state on the server."""
    page = chromium.new_page()
    page.set_viewport_size({"width": width, "height": height})
    return page


@contextlib.contextmanager
def blameless_page(chromium, width=1280, height=1000):
    """Yield a page for as long as tests share it, and fail if any script has thrown an error in it."""
    page = new_page(chromium, width, height)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(error.stack or str(error)))
    yield page
    page.close()
    assert complaints == []


def until(page, expression, seconds=30):
    """Wait until an expression is true in a page whose policy allows no evaluation by the page itself."""
    for _ in range(20 * seconds):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"after {seconds} seconds still not: {expression}")


def drawn(page):
    """Wait until what has changed so far is on the screen."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


class Lab:
    """A running server: where it listens, the folder it serves, and what it writes."""

    def __init__(self, url, token, root, data, log):
        self.url, self.token, self.root, self.data, self.log = url, token, root, data, log
        self.placed = 0

    def place(self, source):
        """Put a lesson (by name), a notebook or a list of code cells where it is served; return its name."""
        self.placed += 1
        if isinstance(source, str):
            name = f"{self.placed:03d}_{source}.ipynb"
            shutil.copy(NOTEBOOKS / f"{source}.ipynb", self.root / name)
            return name
        name = f"{self.placed:03d}_cells.ipynb"
        if isinstance(source, dict):
            self.replace(name, source)
            return name
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in source]
        nbformat.write(notebook, self.root / name)
        return name

    def replace(self, name, content):
        """Write a notebook to the served folder and sign it, as if the learner had saved it there."""
        from nbformat.sign import NotebookNotary

        (self.root / name).write_text(json.dumps(content), encoding="utf-8")
        NotebookNotary(data_dir=str(self.data)).sign(nbformat.read(self.root / name, as_version=4))

    def shut_down(self, name):
        """End the kernel of a notebook."""
        with urllib.request.urlopen(f"{self.url}/api/sessions?token={self.token}") as response:
            sessions = json.load(response)
        for session in sessions:
            if session["path"] == name:
                url = f"{self.url}/api/sessions/{session['id']}?token={self.token}"
                urllib.request.urlopen(urllib.request.Request(url, method="DELETE")).close()

    def open(self, chromium, source, *, width=1280, height=1000, dark=False):
        """Open a lesson (by name), a notebook or a list of code cells in a page; return its ``Notebook``."""
        page = new_page(chromium, width, height)
        page.set_default_timeout(10_000)
        notebook = Notebook(page, self, self.place(source))
        notebook.open(dark)
        return notebook


class Notebook:
    """A notebook open in a page of JupyterLab, and everything the page complained about."""

    def __init__(self, page, lab, name):
        self.page, self.lab, self.name = page, lab, name
        self.complaints, self.strangers = [], []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(error.stack or str(error)))
        page.on("request", self._watch)

    def _hear(self, message):
        if message.type == "error":
            place = message.location["url"]
            self.complaints.append(f"{message.text} ({place})" if place not in message.text else message.text)

    def _watch(self, request):
        if not request.url.startswith((self.lab.url, "data:", "blob:", "ws://127.0.0.1")):
            self.strangers.append(request.url)

    def open(self, dark=False):
        page = self.page
        page.goto(f"{self.lab.url}/doc/tree/{self.name}?token={self.lab.token}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
        self.wear("dark" if dark else "light")

    def wear(self, theme):
        """Choose JupyterLab's light or dark theme; wait until every stage wears it."""
        name = f"JupyterLab {theme.capitalize()}"
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
        self.page.wait_for_function(
            """theme => [...document.querySelectorAll('.cnnlab-stage')].every(
                 stage => stage.dataset.theme === theme
               ) && document.body.dataset.jpThemeLight === String(theme === 'light')""",
            arg=theme,
        )

    def resize(self, width, height=1000):
        """Make the window larger or smaller; wait until it is drawn anew."""
        self.page.set_viewport_size({"width": width, "height": height})
        drawn(self.page)
        self.page.wait_for_function(
            """() => [...document.querySelectorAll('.cnnlab-stage')].every(
                 host => !host.clientWidth || Number(host.firstChild.dataset.width) === host.clientWidth)"""
        )
        drawn(self.page)

    def run_all(self):
        """Run every cell, wait for the kernel, and fail on any error a cell shows."""
        self.start_all()
        return self.finish_all()

    def start_all(self):
        """Let JupyterLab run every cell, as soon as the kernel is ready."""
        self.page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'", timeout=60_000
        )
        self.page.evaluate("void (window.running = jupyterapp.commands.execute('notebook:run-all-cells'))")

    def finish_all(self):
        """Wait until every cell has run, and fail on any error a cell shows."""
        page = self.page
        page.evaluate("window.running")  # a promise
        # What follows is about what is shown: empty cells have no number, folded ones have no editor.
        page.wait_for_function(
            """() => [...document.querySelectorAll('.jp-CodeCell')].every(
                 cell => /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent)
                   || !cell.querySelector('.cm-content')?.textContent.trim())""",
            timeout=120_000,
        )
        kinds = ["error", "stderr"]
        shown = ",".join(
            f".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.{kind}']" for kind in kinds
        )
        errors = page.eval_on_selector_all(shown, "all => all.map(one => one.innerText)")
        assert errors == []
        return self

    def execute(self, code="pass"):
        """Run code beside the notebook; wait until Python is done with it and all it was asked before."""
        self.page.evaluate(
            """code => {
                 const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
                 return kernel.requestExecute({ code }).done;
               }""",
            code,
        )

    def close(self):
        """Close the page, then shut its kernel down: a page would complain of losing it."""
        self.page.close()
        self.lab.shut_down(self.name)

    @property
    def cell_count(self):
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")

    def scene(self, index=0):
        """Return the stage with this index once it talks to Python."""
        root = self.page.locator(".cnnlab-stage").nth(index)
        root.wait_for()
        root.scroll_into_view_if_needed()
        return Scene(root, self.page)


class Scene:
    """A stage in the page, and short words for what tests do with it."""

    def __init__(self, root, page):
        self.root, self.page = root, page
        self.slider = root.get_by_role("slider")

    def panel(self, title):
        return self.root.get_by_role("grid", name=title, exact=True)

    def cell(self, title, row, column):
        """Return a cell; rows and columns count from 0, padding is negative."""
        top, left = self.root.evaluate(
            """(root, title) => {
                 const name = grid => document.getElementById(grid.getAttribute('aria-labelledby')).innerText;
                 const grid = [...root.querySelectorAll('[role=grid]')].find(grid => name(grid) === title);
                 const first = grid.querySelector('.cell');
                 return [first.row, first.column];
               }""",
            title,
        )
        return self.panel(title).get_by_role("row").nth(row - top).get_by_role("gridcell").nth(column - left)

    def raster(self, title):
        return self.root.get_by_role("application", name=f"{title}: the arrow keys move the place looked at")

    def point_at(self, title, row, column):
        """Move the pointer to the middle of a pixel of a photograph."""
        place = self.raster(title).evaluate(
            """({ panel }, [row, column]) => {
                 const { left, top, width, height } = panel.canvas.getBoundingClientRect();
                 const across = left + ((column + 0.5) * width) / panel.columns;
                 return [across, top + ((row + 0.5) * height) / panel.rows];
               }""",
            [row, column],
        )
        self.page.mouse.move(*place)

    def colors(self, title):
        """Return the colors of a photograph's pixels: red, green, blue and opacity, row by row."""
        return self.raster(title).evaluate(
            """({ panel: { canvas, rows, columns } }) => {
                 const { data } = canvas.getContext('2d').getImageData(0, 0, columns, rows);
                 const pixel = k => [...data.slice(4 * k, 4 * k + 4)];
                 return Array.from({ length: rows }, (_, row) =>
                   Array.from({ length: columns }, (_, column) => pixel(row * columns + column)));
               }"""
        )

    def frames(self):
        """Return what is framed in each panel, in order: (row, column, rows, columns), or None."""
        found = self.root.evaluate(
            """root => [...root.querySelectorAll('.panel')].map(panel => {
                 const frame = panel.querySelector('.outline, .mark');
                 if (frame.hidden) return null;
                 const raster = panel.querySelector('.raster')?.panel;
                 const read = name => parseFloat(frame.style.getPropertyValue(`--${name}`));
                 if (!raster) return ['row', 'column', 'height', 'width'].map(read);
                 const { rows, columns } = raster;
                 const size = { top: rows, left: columns, height: rows, width: columns };
                 return Object.keys(size).map(name => Math.round((read(name) / 100) * size[name]));
               })"""
        )
        return [frame and tuple(frame) for frame in found]

    def all_marked(self, kind="lit"):
        """Return the (row, column) of the cells marked in each panel, in order."""
        found = self.root.evaluate(
            """(root, kind) => [...root.querySelectorAll('.panel')].map(panel =>
                 [...panel.querySelectorAll('.cell.' + kind)].map(cell => [cell.row, cell.column]))""",
            kind,
        )
        return [{*map(tuple, cells)} for cells in found]

    def numbers(self, title):
        """Return a panel's cell texts, row by row."""
        return self.panel(title).evaluate(
            "grid => [...grid.querySelectorAll('.row')].map("
            "row => [...row.querySelectorAll('.cell')].map(cell => cell.textContent))"
        )

    def marked(self, title, kind="lit"):
        """Return the (row, column) of a panel's cells that are marked."""
        cells = self.panel(title).evaluate(
            "(grid, kind) => [...grid.querySelectorAll('.cell.' + kind)].map(c => [c.row, c.column])", kind
        )
        return sorted(map(tuple, cells))

    @property
    def step(self):
        return int(self.slider.input_value())

    @property
    def formula(self):
        return self.root.locator(".formula").inner_text()

    @property
    def note(self):
        return self.root.locator(".note").inner_text()

    @property
    def message(self):
        return self.root.locator(".message")

    def control(self, label):
        return self.root.locator(".controls, .transport, .options").get_by_label(label, exact=True)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def click_to(self, what):
        self.root.get_by_role("radio", name=what).check()

    def steady(self):
        """Wait until Python has answered everything asked so far, then return the scene."""
        stage = self.root.locator(".stage").element_handle()
        self.page.wait_for_function("stage => stage.getAttribute('aria-busy') === 'false'", arg=stage)
        drawn(self.page)
        return self
