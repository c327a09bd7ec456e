"""Judge what a learner wrote without running it here: a worker does that, where it can harm nobody.

The worker runs in a sandbox made by bubblewrap (https://github.com/containers/bubblewrap): it sees the file
system read-only, without the folders that are to be hidden, it has no network, and it ends with its parent.
From it come the results of single calls. They are compared with the solution here, in a process that no
learner's code has touched: nothing it may do to the checker in its own process makes a wrong function right.
"""

import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from cnnlab.exercises.engine import Verdict
from cnnlab.exercises.sandbox import Refused
from cnnlab.grading.worker import LONGEST, exercise_named

PACKAGE = Path(__file__).parents[1]
SECONDS = 90.0  # for all of one exercise
GRACE = 5.0  # on top of what a call may take, for a busy machine
SCRATCH = "/var/tmp"  # the folder to write to: empty, in memory, and gone afterwards
ROOM, NO_ROOM = 64 * 1024**2, 64 * 1024  # bytes that fit into it, and into what only hides something
MISSING = "bwrap is not installed, and learners' code is not run without it: apt install bubblewrap"


def judge(name, sources, hidden=()):
    """Return the ``Verdict`` on an exercise.

    Parameters
    ----------
    name : str
        Lesson and function: "05.ring".
    sources : list of str
        The code of the cells up to the check, in order.
    hidden : iterable of path
        Folders that the learner's code must not see: the gradebook, what others handed in.

    Raises
    ------
    FileNotFoundError
        If bubblewrap is not installed; it says how to get it.
    ValueError
        If ``name`` is not that of an exercise.
    """
    exercise = exercise_named(name)
    with _Worker(hidden) as worker:
        try:
            said = worker.ask({"exercise": name, "sources": sources}, GRACE * 4)
            if not said.get("ready"):
                return Verdict(
                    "not yet", f"Your code stops before anything is checked: {said.get('error', '')}"
                )
            function = exercise.solve.__name__
            verdict = exercise.compare(
                lambda case, seconds: worker.result(case, seconds, f"{function}(…)"), worker.explanation
            )
            # Whether it keeps to what the text forbids, or is empty, its own process says.
            inside = worker.ask({"verdict": True}, SECONDS)
        except Refused as refusal:
            return Verdict("not yet", str(refusal))
    state, message = inside.get("state"), inside.get("message")
    if state not in ("not attempted", "not yet", "correct") or not isinstance(message, str):
        return Verdict("not yet", "Your function's process answered nonsense.")
    if verdict is None or state == "not attempted":  # all results are right, or there is no function yet
        return Verdict(state, message[:2000])
    return verdict


class _Worker:
    """The process that runs the learner's code; it is killed at the end, whatever it does."""

    def __init__(self, hidden):
        self.hidden = [Path(folder).resolve() for folder in hidden]

    def __enter__(self):
        self.deadline = time.monotonic() + SECONDS
        environment = {
            "PATH": os.defpath,
            "PYTHONPATH": str(PACKAGE.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "CNNLAB_PROGRESS": "off",
            "MPLCONFIGDIR": SCRATCH,
            "TMPDIR": SCRATCH,
        }
        self.process = subprocess.Popen(
            [*sandboxed(self.hidden), sys.executable, "-m", "cnnlab.grading.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.came = b""
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.selector.close()
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, request, seconds):
        """Return what the worker answers, a dict; raise ``Refused`` if it does not."""
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self._line(min(time.monotonic() + seconds, self.deadline)))
        except (BrokenPipeError, ValueError, RecursionError):
            raise Refused(
                "Your function's process has ended. Does it call exit, or use up all memory?"
            ) from None
        if not isinstance(answer, dict):
            raise Refused("Your function's process answered nonsense.")
        return answer

    def _line(self, until):
        while b"\n" not in self.came:
            if len(self.came) > LONGEST or time.monotonic() > until:
                raise Refused("Your function was stopped: it took too long. Does a loop ever end?")
            if self.selector.select(0.2):
                part = os.read(self.process.stdout.fileno(), 1 << 16)
                if not part:
                    raise BrokenPipeError
                self.came += part
        line, _, self.came = self.came.partition(b"\n")
        return line

    def explanation(self):
        """Return what the exercise says about how a wrong function works, if it has something to say."""
        said = self.ask({"explain": True}, SECONDS).get("explained")
        return said[:1000] if isinstance(said, str) else None

    def result(self, case, seconds, call):
        """Return the array that the function gives for a case, by its number."""
        answer = self.ask({"case": case, "seconds": seconds}, seconds + GRACE)
        if "refused" in answer:
            raise Refused(str(answer["refused"])[:1000])
        try:
            dtype, shape = np.dtype(answer["dtype"]), tuple(answer["shape"])
            if dtype.kind not in "biufc":
                raise ValueError(dtype)
            return np.frombuffer(bytes.fromhex(answer["data"]), dtype).reshape(shape).copy()
        except (KeyError, TypeError, ValueError):
            raise Refused(f"{call} gave no numbers.") from None


def sandboxed(hidden):
    """Return the start of a command that runs in a sandbox.

    Homes, ``/tmp`` and folders to be hidden are empty there, but for Python and this package where they stand
    in one of these.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise FileNotFoundError(MISSING)
    empty = [Path(SCRATCH), Path("/tmp"), Path("/home"), Path("/root"), *hidden]
    needed = {Path(sys.prefix), Path(sys.base_prefix), PACKAGE}
    mounts = {path: ["--ro-bind", str(path), str(path)] for path in needed}
    for folder in filter(Path.is_dir, empty):
        size = ROOM if str(folder) == SCRATCH else NO_ROOM
        mounts[folder] = ["--size", str(size), "--tmpfs", str(folder)]
    command = [bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for path in sorted(mounts, key=lambda path: len(path.parts)):  # what stands deeper comes later
        command += mounts[path]
    command += ["--remount-ro", "/dev"]  # its folder for shared memory would hold half of the machine's
    return [*command, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
