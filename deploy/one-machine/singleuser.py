"""Start one learner's server: first their copies of the lessons, in ~/course, then JupyterLab.

The hub runs this as the learner. What they have written is never touched (see `cnnlab update`); if something
goes wrong with the copies, the server starts all the same, so that nobody is locked out of their own work.
"""

import json
import os
import sys
import time
from pathlib import Path

from jupyterhub.singleuser import main

from cnnlab.course import copies

COURSE = Path.home() / "course"


def prepare(course, shared):
    """Place or update the copies in ``course``; let ``course/shared`` lead to the files that all may read."""
    copies.place(course)
    copies.update(course)
    link = course / "shared"
    if shared and not os.path.lexists(link):
        link.symlink_to(shared, target_is_directory=True)


def mend(course):
    """Put back what was saved last where a save was cut short, say by a power cut; the torn file is kept.

    Jupyter copies a notebook to ``.~name`` before it writes over it, and takes the copy away afterwards.
    """
    for copy in course.rglob(".~*.ipynb"):
        notebook = copy.with_name(copy.name.removeprefix(".~"))
        if _is_whole(copy) and not _is_whole(notebook):
            if notebook.exists():
                notebook.rename(notebook.with_name(f"{notebook.stem} (torn, {int(time.time())}).ipynb"))
            copy.rename(notebook)


def _is_whole(path):
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def private_sockets():
    """Keep the kernels' sockets where only the learner gets in, and where their names stay short enough.

    The name of a socket has at most 107 characters, and a home folder's may be long.
    """
    runtime = Path("/tmp") / f"cnnlab-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    status = runtime.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        sys.exit(f"{runtime} belongs to somebody else, or others may read it")
    os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime)


def nbgrader_pages(assignments):
    """Return the argument that leaves out nbgrader's pages, all or all but a learner's assignments."""
    pages = dict.fromkeys(("course_list", "formgrader", "validate_assignment"), False)
    pages["assignment_list"] = bool(assignments)
    pages = {f"nbgrader.server_extensions.{page}": wanted for page, wanted in pages.items()}
    return f"--ServerApp.jpserver_extensions={pages}"


if __name__ == "__main__":
    os.umask(0o077)  # what learners write is theirs alone
    private_sockets()
    COURSE.mkdir(exist_ok=True)
    try:
        mend(COURSE)
        prepare(COURSE, os.environ.get("CNNLAB_SHARED"))
    except (copies.CourseError, OSError) as error:
        print(f"cnnlab: the copies in {COURSE} could not be brought up to date: {error}", file=sys.stderr)
    sys.argv.append(nbgrader_pages(os.environ.get("CNNLAB_LIST_OF_ASSIGNMENTS")))
    main()
