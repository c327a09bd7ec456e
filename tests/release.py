"""Is this wheel the course? Where a learner would use it: ``python -m tests.release dist/cnnlab-….whl``

It is measured and compared with the lessons, installed into a fresh environment outside the checkout, tests
itself there, and serves the front page. `.github/workflows/release.yml` runs this before it publishes.
"""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LARGEST = 12_000_000  # bytes: 24 lessons with their pictures, 1.5 MB of photographs
SHARED = {
    "lab/settings/overrides.d/cnnlab.json",
    "labextensions/cnnlab-lab/package.json",
    "labextensions/cnnlab-lab/static/without_kernel.js",
}
OUTSIDE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
FRONT_PAGE = "00_start_here.ipynb"


def faults(wheel):
    """Return what is wrong with a wheel, in words."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    carried = _below("cnnlab/notebooks/", files)
    paths = [path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    shipped = {path.relative_to(NOTEBOOKS).as_posix(): path.read_bytes() for path in paths}
    lacking, surplus = shipped.keys() - carried.keys(), carried.keys() - shipped.keys()
    size = Path(wheel).stat().st_size
    commands = next((data for name, data in files.items() if name.endswith("entry_points.txt")), b"")
    shared = {name.partition(".data/data/share/jupyter/")[2] for name in files}
    found = {
        f"is larger than {LARGEST} bytes: {size}": size > LARGEST,
        f"lacks lessons: {sorted(lacking)}": lacking,
        f"carries more than lessons: {sorted(surplus)}": surplus,
        "carries lessons of another version": any(shipped.get(name) != carried[name] for name in carried),
        "lacks what is for JupyterLab": not shared >= SHARED,
        "lacks the command": b"cnnlab = cnnlab.course.command:main" not in commands,
    }
    return [fault for fault, is_so in found.items() if is_so]


def _below(folder, files):
    return {name.removeprefix(folder): data for name, data in files.items() if name.startswith(folder)}


def install(wheel, folder):
    """Install a wheel into a new environment, and return where its commands are."""
    venv.create(folder, with_pip=True)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([commands / "python", "-m", "pip", "install", "--quiet", wheel], check=True, env=OUTSIDE)
    return commands


def front_page(command, folder):
    """Start ``cnnlab lab`` in a folder; return where its front page leads, and what it shows there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(16)
    address = f"http://127.0.0.1:{port}"
    options = ["--no-browser", f"--port={port}", "--ip=127.0.0.1", f"--IdentityProvider.token={token}"]
    options += ["--allow-root"]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "lab", *options], cwd=folder, env=OUTSIDE, stdout=log, stderr=log
        )
    try:
        end = time.monotonic() + 120
        while server.poll() is None and time.monotonic() < end:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                with urllib.request.urlopen(f"{address}/?token={token}") as page:
                    page.read()
                    place = page.url.partition("?")[0].removeprefix(address)
                with urllib.request.urlopen(f"{address}/api/contents/{FRONT_PAGE}?token={token}") as lesson:
                    return place, json.load(lesson)["content"]["cells"]
            time.sleep(0.2)
        said = (folder / "lab.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"`cnnlab lab` did not serve its front page:\n{said[-2000:]}")
    finally:
        server.terminate()
        server.wait()


def main(wheel):
    """Print what was found, and return an exit code."""
    wheel = Path(wheel).resolve()
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB {faults(wheel) or ''}", flush=True)
    if faults(wheel):
        return 1
    with tempfile.TemporaryDirectory(prefix="a learner's folder ü ", ignore_cleanup_errors=True) as name:
        commands, here = install(wheel, Path(name, "environment")), Path(name, "an empty folder")
        here.mkdir()

        def run(command, *arguments):
            subprocess.run([commands / command, *arguments], cwd=here, env=OUTSIDE, check=True)

        run("python", "-c", "import cnnlab, sys; sys.exit(sys.prefix not in cnnlab.__file__)")
        run("cnnlab", "check")
        place, cells = front_page([commands / "cnnlab"], here)
        print(f"`cnnlab lab --no-browser` leads to {place}, a lesson of {len(cells)} cells", flush=True)
        run("cnnlab", "reset", "05")
        run("cnnlab", "update")
    return 0 if place == f"/lab/tree/{FRONT_PAGE}" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
