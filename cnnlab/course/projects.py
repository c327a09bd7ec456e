"""``cnnlab report``: run the notebook of a project from its beginning, and write what came of it."""

import json
import subprocess
from pathlib import Path

from cnnlab.course.copies import CourseError

# Run in the kernel after the last cell: the notebook's project is the last one that was made there.
WRITE = """
from cnnlab.project import Project as _Project
_projects = [_each for _each in list(globals().values()) if isinstance(_each, _Project)]
assert _projects, "there is no Project in this notebook"
print(_projects[-1].report({path!r}))
"""


def report(notebook, path):
    """Run a notebook in a kernel of its own, in its folder, and write the report of its project.

    The notebook itself stays as it is.

    Parameters
    ----------
    notebook, path : pathlib.Path
        What to run, and the file to write.

    Returns
    -------
    str
        How the checklist stands.

    Raises
    ------
    CourseError
        For a file that is no notebook, a cell that fails (with its error), and a notebook without a project.
    """
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{notebook} cannot be read as a notebook: {error}") from None
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(notebook.parent.resolve()), stderr=subprocess.DEVNULL
    )
    try:
        for number, source in enumerate(sources, start=1):
            _run(client, source, f"cell {number} of {notebook.name}")
        return _run(client, WRITE.format(path=str(Path(path).resolve())), "the report").strip()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _run(client, source, what):
    """Run one cell, and return what it printed."""
    printed = []

    def hear(message):
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            printed.append(message["content"]["text"])

    # A training takes as long as it takes; whoever has had enough presses Ctrl-C.
    reply = client.execute_interactive(source, allow_stdin=False, output_hook=hear, timeout=None)
    content = reply["content"]
    if content["status"] != "ok":
        raise CourseError(f"{what} failed: {content.get('ename')}: {content.get('evalue')}")
    return "".join(printed)
