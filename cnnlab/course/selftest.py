"""``cnnlab check``: does everything work here? Each check returns what is wrong, or nothing."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from cnnlab import __version__, ops
from cnnlab.course.copies import CourseError, lessons_folder

KERNEL = "python3"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
AGAIN = "Install cnnlab again: pip install --force-reinstall cnnlab"


def run():
    """Run all checks, print what each has found, and return the exit code: 0 if all is well."""
    print(f"cnnlab {__version__}, Python {sys.version.split()[0]}, {Path(sys.prefix)}")
    faults = 0
    for what, check in CHECKS.items():
        try:
            fault = check()
        except Exception as error:  # the check of an installation must not end at the first thing broken
            fault = f"{type(error).__name__}: {error}"
        faults += bool(fault)
        print(f"{'WRONG' if fault else 'ok   '}  {what}{f': {fault}' if fault else ''}")
    print("All is well." if not faults else f"{faults} of these are wrong.")
    return min(faults, 1)


def versions():
    """Compare the versions of the packages with those that cnnlab asks for."""
    from packaging.requirements import Requirement

    wrong = []
    for requirement in map(Requirement, metadata.requires("cnnlab") or ()):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            there = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            there = "nothing"
        if there == "nothing" or not requirement.specifier.contains(there, prereleases=True):
            wrong.append(f"{requirement.name} should be {requirement.specifier}, and is {there}")
    return "; ".join(wrong)


def operations():
    """Compare operations with plain loops."""
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 3, 2))
    fast, slow = ops.conv2d(x, weight), ops.conv2d_loops(x, weight)
    if not np.allclose(fast, slow):
        return f"conv2d is off by {np.abs(fast - slow).max():.2g}"
    largest = [[x[0, 0, i : i + 2, j : j + 2].max() for j in (0, 2, 4)] for i in (0, 2, 4)]
    if not np.array_equal(ops.max_pool2d(x, 2)[0, 0], largest):
        return "max_pool2d does not find the largest number"
    return ""


def lessons():
    """Read every lesson, and look for its solutions."""
    try:
        paths = sorted(lessons_folder().rglob("[0-9][0-9]_*.ipynb"))
        paths = [path for path in paths if path.parent.name != ".ipynb_checkpoints"]
    except CourseError as error:
        return str(error)
    for path in paths:
        if not json.loads(path.read_bytes())["cells"]:
            return f"{path} has no cells. {AGAIN}"
    without = {path.name for path in paths if "solutions" not in path.parts} - {"00_start_here.ipynb"}
    without -= {path.name for path in paths if "solutions" in path.parts}
    return f"there are no solutions for {', '.join(sorted(without))}. {AGAIN}" if without else ""


def settings():
    """Look for the course's settings where JupyterLab does."""
    from jupyterlab.commands import get_app_dir

    path = Path(get_app_dir(), "settings", "overrides.d", "cnnlab.json")
    if not path.is_file():
        return f"{path} is missing, so scenes are not saved with a lesson. {AGAIN}"
    if not json.loads(path.read_bytes())["@jupyter-widgets/jupyterlab-manager:plugin"]["saveState"]:
        return f"by {path}, scenes are not saved with a lesson. {AGAIN}"
    return ""


def widgets():
    """Look for the extensions that show scenes."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions

    there = get_federated_extensions(jupyter_path("labextensions"))
    needed = {
        "@jupyter-widgets/jupyterlab-manager": "ipywidgets",
        "anywidget": "anywidget",
        "cnnlab-lab": "cnnlab",
    }
    missing = [package for extension, package in needed.items() if extension not in there]
    return f"pip install --force-reinstall {' '.join(missing)}" if missing else ""


def front_page():
    """Run the first scene of the course in a kernel, as a notebook does."""
    from jupyter_client.manager import start_new_kernel

    cells = json.loads((lessons_folder() / "00_start_here.ipynb").read_bytes())["cells"]
    source = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    manager, client = start_new_kernel(kernel_name=KERNEL, stderr=subprocess.DEVNULL)
    shown = []
    try:
        for code in ("import cnnlab\nprint(cnnlab.__file__)", source):
            reply = client.execute_interactive(code, timeout=60, output_hook=shown.append)["content"]
            if reply["status"] != "ok":
                return f"{reply['ename']}: {reply['evalue']}"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    package = "".join(m["content"]["text"] for m in shown if m["msg_type"] == "stream").strip()
    if Path(package).resolve().parent != Path(__file__).resolve().parents[1]:
        return f"notebooks use {package}: the kernel {KERNEL} is another Python's (jupyter kernelspec list)"
    views = [message["content"]["data"] for message in shown if message["msg_type"] == "execute_result"]
    return "" if any(WIDGET_VIEW in view and "image/png" in view for view in views) else "no scene was shown"


CHECKS = {
    "The packages are new enough": versions,
    "The operations agree with plain loops": operations,
    "The lessons are there and can be read": lessons,
    "JupyterLab has the course's settings": settings,
    "JupyterLab can show scenes": widgets,
    "A notebook runs in this Python and draws the first scene": front_page,
}
