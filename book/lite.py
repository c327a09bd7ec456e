"""The lessons in JupyterLite, where Python itself runs in the browser: behind a switch, see CONTRIBUTING.

`make book LITE=1` puts it into ``lite/`` of the site. Unlike the book's own pages it asks others for what it
needs when it is opened: Pyodide and its NumPy come from where ``jupyterlite-pyodide-kernel`` says.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

from book.lesson import BookError
from book.record import NOTEBOOKS, ROOT

FOLDER = "lite"
NEEDS = ("jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6")
INSTALL = "# JupyterLite starts without the course's package.\n%pip install -q cnnlab"


def build(site):
    """Write JupyterLite with all lessons and the package itself into ``site``/lite.

    Raises
    ------
    BookError
        If what it needs is not installed, or it could not be built.
    """
    program = Path(sys.executable).with_name("jupyter-lite")
    if not program.exists():
        raise BookError(f"JupyterLite is not installed: pip install {' '.join(NEEDS)} jupyter-server")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uv = Path(sys.executable).with_name("uv")
        _run(folder, uv, "build", "--quiet", "--wheel", "--out-dir", folder / "wheels", ROOT)
        _lessons(folder / "contents")
        (wheel,) = (folder / "wheels").glob("*.whl")
        _run(
            folder, program, "build", "--contents", folder / "contents", "--piplite-wheels", wheel,
            "--lite-dir", folder, "--output-dir", Path(site).resolve() / FOLDER,
        )  # fmt: skip


def _lessons(folder):
    """Copy the notebooks; each first installs the package into the browser's Python."""
    for path in sorted(NOTEBOOKS.rglob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(1, nbformat.v4.new_code_cell(INSTALL, id="install-the-package"))
        to = folder / path.relative_to(NOTEBOOKS)
        to.parent.mkdir(parents=True, exist_ok=True)
        # JupyterLite reads texts in one piece only.
        to.write_text(nbformat.v4.writes(notebook, split_lines=False), encoding="utf-8")


def _run(folder, *command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        raise BookError(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr)[-2000:]}")
