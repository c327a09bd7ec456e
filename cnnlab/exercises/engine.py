"""Check a learner's function: run it safely, compare it with the solution, and name the mistake.

A wrong function is compared with *mutants*: versions of the solution with one typical mistake each. If one of
them gives the same results on every case, its message says what is wrong.
"""

import base64
import ctypes
import dis
import html
import inspect
import io
import threading
import traceback
from dataclasses import dataclass

import numpy as np

SECONDS = 5.0  # a call that takes longer is taken for an endless loop
VIEW = "Your result is a view of the input: changing one changes the other. Return a copy: result.copy()."


@dataclass(frozen=True)
class Mutant:
    """The solution with one mistake in it, and the message for whoever made the same."""

    message: str
    function: object


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a check found: ``state`` is "not attempted", "not yet" or "correct"."""

    state: str
    message: str
    picture: object = None  # a cnnlab.stage.Picture of where the results differ

    def __repr__(self):
        return f"{self.state.capitalize()}. {self.message}"

    def _repr_html_(self):
        mark = {"not attempted": "○", "not yet": "✗", "correct": "✓"}[self.state]
        words = html.escape(self.message).replace("\n", "<br>")
        shown = f"<p><strong>{mark} {self.state.capitalize()}.</strong> {words}</p>"
        if self.picture is None:
            return shown
        from cnnlab import figures

        png = io.BytesIO()
        figures.stage_still(self.picture, 0).savefig(png, format="png")
        source = f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
        return f'{shown}<img alt="Your result and the right one, side by side" width="480" src="{source}">'


class Exercise:
    """One function for the learner to write.

    Parameters
    ----------
    solve : function
        The solution; its source is what ``solution`` shows.
    cases : list of tuple
        Arguments to call it with, smallest first; they must tell all mutants apart.
    mutants : list of Mutant
    hints : list of str
        From a nudge to nearly the answer.
    """

    def __init__(self, solve, cases, mutants, hints):
        self.solve = solve
        self.cases = cases
        self.mutants = mutants
        self.hints = hints
        self._hints_given = 0

    def check(self, function):
        """Return the ``Verdict`` on ``function``."""
        if not callable(function):
            return Verdict("not yet", f"check needs your function itself, got {type(function).__name__}.")
        if is_empty(function):
            return Verdict("not attempted", "Replace the three dots with your code, then run the cell again.")
        results, is_view = [], False
        for case in self.cases:
            result, complaint = self._run(function, case)
            if complaint == VIEW:  # the numbers come first
                is_view = True
            elif complaint:
                return Verdict("not yet", complaint)
            results.append(result)
        expected = [self.solve(*copies(case)) for case in self.cases]
        wrong = [index for index, pair in enumerate(zip(results, expected, strict=True)) if not same(*pair)]
        if is_view and not wrong:
            return Verdict("not yet", f"The numbers are right. {VIEW}")
        if not wrong:
            return Verdict("correct", f"Your function agrees with the solution on {len(self.cases)} cases.")
        first = wrong[0]
        call = f"{self.solve.__name__}({', '.join(map(written, self.cases[first]))})"
        right, yours = written(expected[first]), written(results[first])
        if right == yours:  # they differ farther behind the point
            right, yours = (written(each[first], digits=12) for each in (expected, results))
        difference = f"{call} should be {right}; yours gives {yours}."
        mistake = self._mistake(results) or self._shape_mistake(results[first], expected[first])
        return Verdict(
            "not yet",
            "\n".join(filter(None, (mistake, difference, VIEW if is_view and not mistake else None))),
            side_by_side(results[first], expected[first]),
        )

    def hint(self):
        """Print the next hint; after the last one, that one again."""
        number = min(self._hints_given, len(self.hints) - 1)
        self._hints_given = number + 1
        print(f"Hint {number + 1} of {len(self.hints)}: {self.hints[number]}")

    def solution(self):
        """Print one way to write the function."""
        print(inspect.getsource(self.solve))

    def _run(self, function, case):
        """Call ``function`` on copies of a case; return its result, or what is wrong with how it ran."""
        given = copies(case)
        call = f"{self.solve.__name__}({', '.join(map(written, case))})"
        try:
            result = in_time(function, given)
        except EndlessLoop:
            return (
                None,
                f"Your function was stopped after {SECONDS:g} seconds on {call}. Does a loop ever end?",
            )
        except Exception as error:
            line = _line_of(function, error)
            return (
                None,
                f"Your function stopped with {type(error).__name__}: {error}{line}. The call was {call}.",
            )
        if result is None:
            return None, f"Your function returns None on {call}. Is there a return at its end?"
        arrays = [(old, new) for old, new in zip(case, given, strict=True) if isinstance(old, np.ndarray)]
        if not all(np.array_equal(old, new) for old, new in arrays):
            return None, "Your function changes its input. Work on a copy, which array.copy() gives."
        if not is_numeric(result):
            return None, f"Your function should return numbers, it returns {type(result).__name__} on {call}."
        shared = isinstance(result, np.ndarray) and any(np.shares_memory(result, new) for _, new in arrays)
        return np.array(result), VIEW if shared else None

    def _mistake(self, results):
        for mutant in self.mutants:
            theirs = [mutant.function(*copies(case)) for case in self.cases]
            if all(same(mine, other) for mine, other in zip(results, theirs, strict=True)):
                return mutant.message
        return None

    def _shape_mistake(self, result, expected):
        if np.shape(result) != np.shape(expected):
            return f"The shape should be {np.shape(expected)}, yours is {np.shape(result)}."
        return None


class EndlessLoop(BaseException):
    """Raised in a function that takes too long; no Exception, so that ``except Exception`` lets it pass."""


def in_time(function, arguments, seconds=None):
    """Return ``function(*arguments)``; raise ``EndlessLoop`` in it, and here, if it takes too long.

    The function runs in a thread, into which the interpreter itself throws the exception: that ends loops
    written in Python on every platform.
    """
    outcome = {}

    def run():
        try:
            outcome["result"] = function(*arguments)
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS if seconds is None else seconds)
    for _ in range(50):  # a function may catch the exception a few times before it gives in
        if not thread.is_alive():
            break
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(EndlessLoop)
        )
        thread.join(0.1)
    else:
        raise EndlessLoop
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


def is_empty(function):
    """Whether a function does nothing yet: ``...``, ``pass`` or a docstring only."""
    code = getattr(function, "__code__", None)
    return code is not None and all(
        step.opname in ("RESUME", "NOP", "RETURN_VALUE")
        or (step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval is None)
        for step in dis.get_instructions(code)
    )


def _line_of(function, error):
    """Quote the last line of the learner's own code that an error passed through, if there is one."""
    own = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [place.line for place in traceback.extract_tb(error.__traceback__) if place.filename == own]
    return f', in the line "{lines[-1]}"' if lines and lines[-1] else ""


def is_numeric(result):
    """Whether a result is a number or a rectangular array of numbers."""
    try:
        return np.asarray(result).dtype.kind in "buif"
    except ValueError:
        return False


def same(result, expected):
    """Whether two results agree in shape and, up to rounding, in every number."""
    return np.shape(result) == np.shape(expected) and np.allclose(result, expected, equal_nan=True)


def copies(case):
    """Return a case whose arrays can be changed without harm."""
    return tuple(item.copy() if isinstance(item, np.ndarray) else item for item in case)


def written(value, digits=4):
    """Write a number, a list or an array on one line; of a large array, only its shape."""
    if isinstance(value, (list, tuple)):
        return repr(value)
    if np.size(value) > 30:
        return f"an array of shape {np.shape(value)}"
    if np.ndim(value) == 0 and np.isfinite(value) and value == int(value):
        return str(int(value))
    return np.array2string(np.asarray(value), separator=", ", precision=digits).replace("\n", "")


def side_by_side(result, expected):
    """Return a picture of a result beside the right one, or None where there is nothing to see."""
    from cnnlab.stage import Panel, Picture, full_scale
    from cnnlab.stage.panels import LARGEST

    grids = [np.asarray(result, dtype=float), np.asarray(expected, dtype=float)]
    if any(grid.ndim != 2 or not grid.size or max(grid.shape) > LARGEST for grid in grids):
        return None
    if not np.isfinite(grids[0]).all():
        return None
    if grids[0].shape == grids[1].shape:
        grids.append(grids[0] - grids[1])
    scale = full_scale(*grids)
    titles = ("Yours", "Right", "Difference")
    panels = [
        Panel(title.lower(), title, grid, scale=scale, column=column)
        for column, (title, grid) in enumerate(zip(titles, grids, strict=False))
    ]
    return Picture("Where the results differ", tuple(panels))
