"""Check a learner's function: run it safely, compare it with the solution, and name the mistake.

An exercise is declared by its solution, and by wrong twins of it with one typical mistake each. A function
that gives the same results as a twin on every case is told what that twin does wrong::

    @exercise(
        cases=[(4, 2, 1), (9, 3, 2)],
        draw=lambda rng: tuple(rng.integers([5, 1, 1], [31, 6, 5]).tolist()),
        hints=["How often does the kernel move?", "Count the place it starts from, too."],
    )
    def places(size, kernel, stride):
        return (size - kernel) // stride + 1

    @places.mistake("You count the moves, but the place it starts from counts too.")
    def _(size, kernel, stride):
        return (size - kernel) // stride

A twin that is one expression may as well follow its message: ``places.mistake("…")(lambda n, k, s: …)``.
"""

import ast
import base64
import ctypes
import dis
import html
import inspect
import textwrap
import threading
import traceback
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from cnnlab.exercises import progress

DRAWN = 12  # cases that are drawn at random, after the chosen ones
SECONDS = 5.0  # a call that takes longer is taken for an endless loop
VIEW = "Your result is a view of the input: changing one changes the other. Return a copy: result.copy()."


def exercise(*, cases, hints, draw=None):
    """Return a decorator that makes an ``Exercise`` of its solution.

    Parameters
    ----------
    cases : list of tuple
        Arguments to call it with, the most readable first: the first one that goes wrong is shown.
    hints : list of str
        From a nudge to nearly the answer.
    draw : function, optional
        Returns one more case by a ``numpy.random.Generator``; ``DRAWN`` of them come after ``cases``. The
        generator is seeded by the solution's name, so that no exercise changes another one's cases.

    Raises
    ------
    TypeError
        For cases and hints that are no lists, a case that is no tuple, a hint that is no sentence.
    ValueError
        For no cases or no hints, and for a case that has not as many arguments as the solution takes.
    """
    if not isinstance(cases, list):
        raise TypeError(f"exercise: cases must be a list of tuples, got {type(cases).__name__}")
    if draw is not None and not callable(draw):
        raise TypeError(f"exercise: draw must be a function of a random generator, got {type(draw).__name__}")

    def declare(solve):
        rng = np.random.default_rng(list(solve.__name__.encode()))
        return Exercise(solve, [*cases, *(draw(rng) for _ in range(DRAWN if draw else 0))], hints)

    return declare


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
        from cnnlab.figures import png_of
        from cnnlab.stage.still import stage_still

        png = png_of(stage_still(self.picture, 0))
        source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        return f'{shown}<img alt="Your result and the right one, side by side" width="480" src="{source}">'


class Exercise:
    """One function for the learner to write, as ``exercise`` declares it.

    Attributes
    ----------
    solve : function
        The solution; its source is what ``solution`` shows.
    cases : list of tuple
    hints : list of str
    mistakes : dict of str to function
        Wrong twins of the solution, by the message for whoever made the same mistake; the cases must tell
        them all apart.
    takes : tuple of str
        The names of its arguments.
    """

    def __init__(self, solve, cases, hints):
        name, takes = solve.__name__, tuple(inspect.signature(solve).parameters)
        for argument, values, kind in (("cases", cases, tuple), ("hints", hints, str)):
            if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
                raise TypeError(
                    f"exercise: {argument} of {name} must be a list of {kind.__name__}, got {values!r}"
                )
            if not values:
                raise ValueError(f"exercise: {argument} of {name} must not be empty")
        for case in cases:
            if len(case) != len(takes):
                raise ValueError(f"exercise: cases of {name} must be ({', '.join(takes)}), got {case!r}")
        self.solve = solve
        self.takes = takes
        self.cases = cases
        self.hints = hints
        self.mistakes = {}
        self._hints_given = 0

    def mistake(self, message):
        """Return a decorator that notes a wrong twin of the solution, and returns it as it is.

        Raises ``ValueError`` for a message that another twin has already, and for a twin that does not take
        the solution's arguments.
        """
        name = f"{self.solve.__name__}.mistake"
        if not isinstance(message, str) or not message or message in self.mistakes:
            raise ValueError(f"{name}: message must be a sentence that no other twin has, got {message!r}")

        def note(twin):
            try:
                inspect.signature(twin).bind(*self.takes)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"{name}: the twin for {message!r} must take ({', '.join(self.takes)}): {error}"
                ) from None
            # No warnings: what a twin divides by 0, or lets overflow, shows in its results.
            self.mistakes[message] = np.errstate(all="ignore")(twin)
            return twin

        return note

    def check(self, function):
        """Return the ``Verdict`` on ``function``; a learner's progress remembers it (``progress``)."""
        verdict = self._judge(function)
        progress.remember(self, verdict.state, verdict.message)
        return verdict

    def _judge(self, function):
        if not callable(function):
            return Verdict("not yet", f"check needs your function itself, got {type(function).__name__}.")
        if is_empty(function):
            return Verdict("not attempted", "Replace the three dots with your code, then run the cell again.")
        results, expected = [], []
        first, is_view, stopped = None, False, None
        for index, case in enumerate(self.cases):
            result, complaint = self._run(function, case)
            is_view = is_view or complaint == VIEW  # the numbers come first
            if complaint and complaint != VIEW:
                stopped = complaint
                break
            results.append(result)
            expected.append(self.solve(*deepcopy(case)))
            if first is None and not same(result, expected[-1]):
                first = index
        if first is None:
            if stopped or is_view:
                return Verdict("not yet", stopped or f"The numbers are right. {VIEW}")
            return Verdict("correct", f"Your function agrees with the solution on {len(self.cases)} cases.")
        call = self._call(self.cases[first])
        right, yours = written(expected[first]), written(results[first])
        if right == yours:  # they differ farther behind the point
            right, yours = (written(each[first], digits=12) for each in (expected, results))
        difference = f"{call} should be {right}; yours gives {yours}."
        mistake = self._mistake(results) or self._shape_mistake(results[first], expected[first])
        lines = (mistake, difference, stopped, VIEW if is_view and not mistake else None)
        picture = side_by_side(results[first], expected[first])
        return Verdict("not yet", "\n".join(filter(None, lines)), picture)

    def hint(self):
        """Print the next hint; after the last one, that one again."""
        number = min(self._hints_given, len(self.hints) - 1)
        self._hints_given = number + 1
        print(f"Hint {number + 1} of {len(self.hints)}: {self.hints[number]}")

    def solution(self):
        """Print one way to write the function."""
        source = textwrap.dedent(inspect.getsource(self.solve))
        first = ast.parse(source).body[0].lineno  # of "def": what stands above it declares the exercise
        print("\n".join(source.splitlines()[first - 1 :]))

    def _run(self, function, case):
        """Call ``function`` on copies of a case; return its result, or what is wrong with how it ran."""
        given = deepcopy(case)
        call = self._call(case)
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
        if not all(map(unchanged, given, case)):
            return None, "Your function changes its input. Work on a copy, which .copy() gives."
        if not is_numeric(result):
            return None, f"Your function should return numbers, it returns {type(result).__name__} on {call}."
        arrays = [item for item in given if isinstance(item, np.ndarray)]
        shared = isinstance(result, np.ndarray) and any(np.shares_memory(result, item) for item in arrays)
        return np.array(result), VIEW if shared else None

    def _call(self, case):
        return f"{self.solve.__name__}({', '.join(map(written, case))})"

    def _mistake(self, results):
        """Return the message of the one twin that gives these results; later cases may not have been run."""
        found = [
            message
            for message, twin in self.mistakes.items()
            if all(same(mine, twin(*deepcopy(case))) for mine, case in zip(results, self.cases, strict=False))
        ]
        return found[0] if len(found) == 1 else None

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


def unchanged(given, case):
    """Whether an argument is still what it was, number by number."""
    return np.array_equal(given, case) if isinstance(case, np.ndarray) else given == case


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


# --- What random cases are made of --------------------------------------------------------------------------


def quarters(rng, *shape):
    """Return quarters from −3 to 3 at random: some negative, some fractions, now and then 0 or two alike."""
    return rng.integers(-12, 13, shape) / 4


def sides(rng, least, most, count=2):
    """Return ``count`` numbers from ``least`` to ``most`` at random, no two alike: so nothing is square."""
    return rng.choice(np.arange(least, most + 1), count, replace=False).tolist()
