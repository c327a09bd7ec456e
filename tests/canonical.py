"""Execute notebooks and bring them into the one form in which they are kept.

    python -m tests.canonical [NOTEBOOK …]              all of notebooks/ if none is named
    python -m tests.canonical --form-only [NOTEBOOK …]  without running them: after a merge, for instance

A notebook in canonical form has been run in order in a fresh kernel; its cells have stable, telling ids; it
carries no widget state, no timestamps, no error, no path of the machine it ran on. `tests/test_notebooks.py`
asserts all of that with the functions below.

In every other respect the form is JupyterLab's: a lesson that is opened and saved stays the same, byte for
byte (`tests/browser/test_saved_as_stored.py`). Hence the lines of a source each on a line of its own, what a
kernel tells about its language, and an empty widget state: JupyterLab writes these, whether one wants it or
not. Only the version of Python is the learner's own; `cnnlab.course` sets it when it hands a lesson out.
"""

import os
import platform
import re
import sys
import unicodedata
from pathlib import Path

import nbformat
from nbformat.v4.rwbase import rejoin_lines

from tests.helpers import without

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.11.0",
    },
    "widgets": {
        "application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}
    },
}
# The kernels of OpenBLAS that outputs are kept from and compared with (Makefile). Others round otherwise, and
# a training carries each rounding on. Every x86 processor since 2013 has these.
KERNELS = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_L2_SIZE": "512"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
LARGEST = 2_000_000  # bytes of one notebook; GitHub shows them quickly up to about this size
MACHINE_PATH = re.compile(r"(?:/home/|/root/|/Users/|/tmp/|/work/|[A-Z]:\\\\Users)")


def lessons():
    """Return the paths of all notebooks, solutions included, in the order they are read."""
    return sorted(path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def read(path):
    """Return a notebook as it is, valid or not, each source and each text in one piece."""
    return rejoin_lines(nbformat.v4.nbjson.reads(path.read_text(encoding="utf-8")))


def canonical(notebook):
    """Return an executed notebook in canonical form."""
    notebook.metadata = nbformat.from_dict(METADATA)
    names = set()
    for index, cell in enumerate(notebook.cells):
        if not is_telling(cell.id) or cell.id in names:
            cell.id = _name(cell, index)
            while cell.id in names:
                cell.id += "-b"
        names.add(cell.id)
        kept = {"tags", "jupyter", "collapsed", "cnnlab"}
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in kept}
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "metadata" in output:  # of all that a display may carry, what a picture shows in words stays
                words = output.metadata.get("image/png", {}).get("alt")
                output.metadata = {"image/png": {"alt": words}} if words else {}
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    return notebook


def _joined(outputs):
    """Join what a cell has printed: it arrives in as many pieces as chance will have it."""
    joined = []
    for output in outputs:
        same = joined and "stream" == output.output_type == joined[-1].output_type
        if same and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def is_telling(id):
    """Whether a cell id was given by hand or by this module, rather than drawn at random by Jupyter."""
    return bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", id)) and not re.fullmatch(r"[0-9a-f-]{36}", id)


def _name(cell, index):
    text = next((line for line in cell.source.splitlines() if line.strip()), cell.cell_type)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)[:5]
    return "-".join([f"c{index:02d}", *words, *([] if words else [cell.cell_type])])[:60].strip("-")


def faults(path):
    """Return what keeps the notebook at ``path`` from being canonical, in words."""
    raw = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(raw, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [output for cell in code for output in cell.outputs]
    found = {
        "is not valid nbformat": _is_invalid(notebook),
        f"is larger than {LARGEST} bytes": len(raw.encode()) > LARGEST,
        "was not run in order in a fresh kernel": (
            [cell.execution_count for cell in code] != list(range(1, len(code) + 1))
        ),
        "has an error or a warning in its outputs": any(
            output.output_type == "error" or output.get("name") == "stderr" for output in outputs
        ),
        "carries widget views": any(WIDGET_VIEW in output.get("data", {}) for output in outputs),
        "mentions a path of some machine": bool(MACHINE_PATH.search(_without_pictures(raw))),
        "has an id drawn at random": not all(is_telling(cell.id) for cell in notebook.cells),
        "is not what `make notebooks` writes": raw != written(canonical(nbformat.reads(raw, as_version=4))),
    }
    return [fault for fault, is_so in found.items() if is_so]


def _without_pictures(raw):
    """Return a notebook's text without its PNGs, which may spell anything."""
    return re.sub(r'"image/png": "[^"]*"', "", raw)


def _is_invalid(notebook):
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError:
        return True
    return False


def written(notebook):
    """Return the text of a notebook as the Jupyter server would write it."""
    return nbformat.v4.writes(nbformat.from_dict(notebook)) + "\n"


def refresh(path):
    """Run a notebook in a fresh kernel, in its own folder, and write it back in canonical form."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    if absent := without.missing(notebook):
        raise SystemExit(
            f"{path} is kept with the outputs of all its cells; install {', '.join(absent)} first"
        )
    os.environ.update(ONE_THREAD, **(KERNELS if platform.machine() == "x86_64" else {}))
    client = NotebookClient(
        notebook, timeout=300, record_timing=False, store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute()
    path.write_text(written(canonical(notebook)), encoding="utf-8", newline="\n")


def reform(path):
    """Bring a notebook into canonical form as it is, without running it."""
    path.write_text(written(canonical(nbformat.read(path, as_version=4))), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    names = sys.argv[1:]
    bring = reform if names[:1] == ["--form-only"] else refresh
    for path in map(Path, names[bring is reform :] or lessons()):
        bring(path)
        print(path, "refreshed", faults(path) or "")
