"""Run a learner's function: in time, on its own copies, and make an array of what it returns, or say why not.

What is run here may do anything: loop for ever, call ``exit()``, change what it is given, return a view of a
billion elements. None of that may hurt the notebook, the exercise or the next check.
"""

import builtins
import contextlib
import ctypes
import gc
import numbers
import sys
import threading
import traceback
from copy import deepcopy

import numpy as np

from cnnlab import ops

SECONDS = 5.0  # a call that takes longer is taken for an endless loop
GRACE = 0.5  # how long a thread is asked to end before it is put to sleep
MANY = 1_000_000  # no exercise asks for more numbers than that
MORE_MEMORY = 4 << 30  # bytes that a call may take on top of what is taken


class EndlessLoop(BaseException):
    """Raised in a function that takes too long; no Exception, so that ``except Exception`` lets it pass."""


class Refused(Exception):
    """What is wrong with how a function ran, or with what it returned, in a sentence for its writer."""


def run(function, arguments, call, seconds=SECONDS):
    """Return what ``function`` gives for copies of ``arguments``, as an array of its own.

    Parameters
    ----------
    function : callable
    arguments : tuple
    call : str
        The call as an error quotes it.
    seconds : float
        How long it may take.

    Raises
    ------
    Refused
        If it does not end, stops with an error, changes its arguments, or returns no numbers.
    """
    given = deepcopy(arguments)
    try:
        with guarded():
            result = in_time(lambda: as_numbers(function(*given), call), (), seconds)
    except EndlessLoop:
        raise Refused(
            f"Your function was stopped after {SECONDS:g} seconds on {call}. Does a loop ever end?"
        ) from None
    except Refused:
        raise
    except BaseException as error:  # SystemExit, too: exit() in a function is no reason to end the notebook
        said = _said(error)
        line = _line_of(function, error)
        name = type(error).__name__
        raise Refused(f"Your function stopped with {name}{said}{line}. The call was {call}.") from None
    if not unchanged(given, arguments):
        raise Refused("Your function changes its input. Work on a copy, which .copy() gives.")
    return result


@contextlib.contextmanager
def guarded():
    """Keep memory within bounds; put back what a function may have put elsewhere, into NumPy for instance.

    Meanwhile no garbage is collected: that would run what cleans up after others in the function's thread, as
    deep as it may have called itself, and with an exception perhaps on its way.
    """
    modules = [vars(module) for module in (builtins, np, np.linalg, np.random, ops)]
    before = [dict(module) for module in modules]
    limit, collects = sys.getrecursionlimit(), gc.isenabled()
    gc.disable()
    try:
        with bounded_memory():
            yield
    finally:
        sys.setrecursionlimit(limit)
        (gc.enable if collects else gc.disable)()
        for module, kept in zip(modules, before, strict=True):
            changed = [name for name, value in kept.items() if module.get(name, module) is not value]
            module.update({name: kept[name] for name in changed})


@contextlib.contextmanager
def bounded_memory():
    """Let no more than ``MORE_MEMORY`` be taken, where the system can see to it (Linux)."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    except (ImportError, OSError):
        yield
        return
    if soft == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (taken + MORE_MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def in_time(function, arguments, seconds=SECONDS):
    """Return ``function(*arguments)``; raise ``EndlessLoop`` in it, and here, if it takes too long.

    The function runs in a thread, into which the interpreter itself throws the exception: that ends loops
    written in Python on every platform. One that catches everything is put to sleep instead: a trace
    function, set for its thread from the start, waits for ever at its next line.
    """
    call = _Call(function, arguments)
    thread = threading.Thread(target=call.run, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:  # also if somebody interrupts the notebook
        if thread.is_alive():
            call.end(thread)
    if call.error is not None:
        raise call.error
    if not call.has_returned:
        raise EndlessLoop
    return call.result


class _Call:
    """A call in a thread of its own, which can be ended from outside as long as it goes on, and not after.

    Both sides hold the lock for that, and only the function's own frames are put to sleep. Else an exception
    meant for it could come up when it is through, in the thread's own last lines, or put the thread to sleep
    there with a lock of Python's in hand, without which no thread starts again.
    """

    def __init__(self, function, arguments):
        self.function = function
        self.arguments = arguments
        self.result = None
        self.has_returned = False
        self.error = None
        self.goes_on = True
        self.lock = threading.Lock()

    def run(self):
        sys.settrace(lambda *_: None)  # costs little, and without it frames could not be traced later
        try:
            try:
                self._attempt()
            finally:
                self._close()
        except EndlessLoop:  # thrown when the function was just through; another may be on its way
            while self.goes_on:
                with contextlib.suppress(EndlessLoop):
                    self._close()

    def _attempt(self):
        try:
            self.result = self.function(*self.arguments)
            self.has_returned = True
        except BaseException as error:
            self.error = error

    def _close(self):
        with self.lock:
            self.goes_on = False

    def end(self, thread):
        for _ in range(10):  # a function may catch the exception a few times before it gives in
            with self.lock:
                if self.goes_on:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(thread.ident), ctypes.py_object(EndlessLoop)
                    )
            thread.join(GRACE / 10)
            if not thread.is_alive():
                return
        for frame in self._frames(thread):
            frame.f_trace = _sleep

    def _frames(self, thread):
        """Return the frames of the function and of what it called; none if it is through."""
        frames = []
        frame = sys._current_frames().get(thread.ident)
        while frame is not None and frame.f_code is not _Call._attempt.__code__:
            frames.append(frame)
            frame = frame.f_back
        return frames if frame is not None else []


def _sleep(frame, event, argument):
    threading.Event().wait()


def as_numbers(result, call):
    """Return an array of its own of what a function returned: real numbers, all rows equally long.

    Raises ``Refused`` for anything else, and for more than ``MANY`` numbers before any of them is copied.
    """
    if result is None:
        raise Refused(f"Your function returns None on {call}. Is there a return at its end?")
    name = type(result).__name__
    try:
        array = np.asarray(result)
    except ValueError:
        raise Refused(
            f"Your function should return numbers, it returns {name} on {call}: its rows differ in length."
        ) from None
    if array.size > MANY:
        raise Refused(
            f"Your function returns an array of shape {array.shape} on {call}: {array.size:,} numbers."
        )
    if array.dtype == object and array.size and all(isinstance(item, numbers.Real) for item in array.flat):
        array = array.astype(float)  # fractions, and whole numbers of any size
    if array.dtype.kind == "c":
        raise Refused(f"Your function should return real numbers, it returns complex ones on {call}.")
    if array.dtype.kind not in "buif":
        of = f" of {array.dtype.name}" if isinstance(result, np.ndarray) else ""
        raise Refused(f"Your function should return numbers, it returns {name}{of} on {call}.")
    return np.array(array, subok=False)


def unchanged(given, before):
    """Whether an argument is still what it was: of the same type and shape, each number the same."""
    if isinstance(before, np.ndarray):
        return isinstance(given, np.ndarray) and given.dtype == before.dtype and _is_equal(given, before)
    if isinstance(before, (list, tuple)):
        same_kind = type(given) is type(before) and len(given) == len(before)
        return same_kind and all(map(unchanged, given, before))
    if isinstance(before, dict):
        same_kind = isinstance(given, dict) and list(given) == list(before)
        return same_kind and all(map(unchanged, given.values(), before.values()))
    if isinstance(before, (numbers.Number, str, bytes, type(None))):
        return type(given) is type(before) and (given == before or given != given)
    return True  # a function, a network: nothing that could be compared by its numbers


def _is_equal(one, other):
    return np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")


def _said(error):
    """Return what an error says, cut where it becomes too long to read."""
    words = ""
    with contextlib.suppress(Exception):  # also one whose own words fail
        words = str(error)
    if not words:
        return ""
    return f": {words}" if len(words) <= 300 else f": {words[:300]} …"


def _line_of(function, error):
    """Quote the last line of the learner's own code that an error passed through, if there is one."""
    function = getattr(function, "__wrapped__", function)
    own = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [place.line for place in traceback.extract_tb(error.__traceback__) if place.filename == own]
    return f', in the line "{lines[-1]}"' if lines and lines[-1] else ""
