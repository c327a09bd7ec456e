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
import builtins
import dis
import html
import inspect
import sys
import textwrap
import time
from copy import deepcopy
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from cnnlab.exercises import progress, sandbox
from cnnlab.exercises.causes import cause, same
from cnnlab.exercises.sandbox import Refused

DRAWN = 12  # cases that are drawn at random, after the chosen ones
ALL_SECONDS = 10.0  # how long all calls of a check may take together


def exercise(*, cases, hints, draw=None, without=(), uses=(), explain=None):
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
    without : tuple of str, optional
        What the text of the exercise asks to do without, by full names: ``("cnnlab.ops", "numpy.convolve")``.
    uses : tuple of function, optional
        What the text asks to use: functions written in Python, such as ``ops.relu``.
    explain : function, optional
        Takes a learner's function whose results are wrong and are those of no twin; returns a sentence on
        what it did, or None. For functions that are watched at work, such as a training loop.

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
        drawn = (draw(rng) for _ in range(DRAWN if draw else 0))
        return Exercise(solve, [*cases, *drawn], hints, without, uses, explain)

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
    without : tuple of str
        What a function must not use.
    uses : tuple of function
        What it has to call.
    mistakes : dict of str to function
        Wrong twins of the solution, by the message for whoever made the same mistake; the cases must tell
        them all apart.
    takes : tuple of str
        The names of its arguments.
    """

    def __init__(self, solve, cases, hints, without=(), uses=(), explain=None):
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
        self._solve = solve
        self.takes = takes
        self._cases = tuple(cases)
        self.hints = hints
        self.without = tuple(without)
        self.uses = tuple(uses)
        self._explain = explain
        self._mistakes = {}
        self._hints_given = 0

    # Handed out as copies: what a learner's function does to them must not change what it is judged by.
    solve = property(lambda self: self._solve)
    cases = property(lambda self: list(deepcopy(self._cases)))
    mistakes = property(lambda self: dict(self._mistakes))

    def mistake(self, message):
        """Return a decorator that notes a wrong twin of the solution, and returns it as it is.

        Raises ``ValueError`` for a message that another twin has already, and for a twin that does not take
        the solution's arguments.
        """
        name = f"{self.solve.__name__}.mistake"
        if not isinstance(message, str) or not message or message in self._mistakes:
            raise ValueError(f"{name}: message must be a sentence that no other twin has, got {message!r}")

        def note(twin):
            try:
                inspect.signature(twin).bind(*self.takes)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"{name}: the twin for {message!r} must take ({', '.join(self.takes)}): {error}"
                ) from None
            # No warnings: what a twin divides by 0, or lets overflow, shows in its results.
            self._mistakes[message] = np.errstate(all="ignore")(twin)
            return twin

        return note

    def check(self, function):
        """Return the ``Verdict`` on ``function``; a learner's progress remembers it (``progress``)."""
        verdict = self.judge(function)
        progress.remember(self, verdict.state, verdict.message)
        return verdict

    def judge(self, function):
        """Return the ``Verdict`` on ``function``, and let nobody remember it."""
        if not callable(function):
            return Verdict("not yet", f"check needs your function itself, got {type(function).__name__}.")
        if is_empty(function):
            return Verdict("not attempted", "Replace the three dots with your code, then run the cell again.")
        used = names_used(function, self.without)
        if used:
            names = " and ".join(name.removeprefix("builtins.") for name in used)
            return Verdict("not yet", f"This exercise asks you to do without {names}.")
        first = []  # what it gives for the first case

        def result(number, seconds):
            case = self._cases[number]
            found = sandbox.run(function, case, self.call(case), seconds)
            first[:] = first or [found]
            return found

        return self.compare(result, lambda: self.explained(function)) or self._again(function, first[0])

    def compare(self, result, explain=lambda: None):
        """Return the ``Verdict`` on results that differ from the solution's, or None if all are right.

        ``result(number, seconds)`` returns what a function gives for one of ``cases``, as an array, or raises
        ``sandbox.Refused`` with what is wrong with how it ran. ``explain()`` returns a sentence on results
        that are wrong and are those of no twin, or None.
        """
        results, expected, stopped = [], [], None
        deadline = time.monotonic() + ALL_SECONDS
        for number, case in enumerate(self._cases):
            try:
                results.append(result(number, max(0.0, min(sandbox.SECONDS, deadline - time.monotonic()))))
            except Refused as refusal:
                stopped = str(refusal)
                break
            expected.append(np.asarray(self._solve(*deepcopy(case))))
        wrong = [k for k, pair in enumerate(zip(results, expected, strict=True)) if not same(*pair)]
        if wrong:
            return self._difference(wrong[0], results, expected, stopped, explain)
        return Verdict("not yet", stopped) if stopped else None

    def explained(self, function):
        """Return a sentence on what a function whose results are wrong did, or None."""
        return self._explain and self._explain(function)

    def _again(self, function, first):
        """Return the verdict on a function that is right on all cases: is it so when it is called again?"""
        call = self.call(self._cases[0])
        called = set()
        watched = noting_calls(function, called) if self.uses else function
        try:
            repeated = sandbox.run(watched, self._cases[0], call)
        except Refused as refusal:
            return Verdict("not yet", f"Called again, it fails. {refusal}")
        if not same(repeated, first):
            return Verdict(
                "not yet",
                f"{call} gives another result when it is called again: {written(repeated)} instead of "
                f"{written(first)}. Does it keep something from one call to the next, in a list or an array "
                "that is made outside it?",
            )
        missing = [f"ops.{each.__name__}" for each in self.uses if each.__code__ not in called]
        if missing:
            names = " and ".join(missing)
            return Verdict("not yet", f"The results are right, but this exercise asks you to use {names}.")
        return Verdict("correct", f"Your function agrees with the solution on {len(self._cases)} cases.")

    def _difference(self, first, results, expected, stopped, explain):
        """Return the verdict on wrong results; ``first`` is the first call that goes wrong."""
        call = self.call(self._cases[first])
        right, yours = written(expected[first]), written(results[first])
        if right == yours:  # they differ farther behind the point
            right, yours = (written(each[first], digits=12) for each in (expected, results))
        difference = f"{call} should be {right}; yours gives {yours}."
        is_little = stopped and len(results) < 2  # one result may agree with anything by chance
        twins = [] if is_little else self._twins(results)
        lines = [twins[0]] if len(twins) == 1 else []
        if not twins:
            lines.append(explain())
        if not twins and not any(lines):
            cases = self._cases[: len(results)]
            lines.append(None if is_little else cause(results, expected, cases, self.takes))
            lines.append(self._shape_mistake(results[first], expected[first]))
        picture = side_by_side(results[first], expected[first])
        return Verdict("not yet", "\n".join(filter(None, (*lines, difference, stopped))), picture)

    def hint(self):
        """Print the next hint; after the last one, that one again."""
        number = min(self._hints_given, len(self.hints) - 1)
        self._hints_given = number + 1
        print(f"Hint {number + 1} of {len(self.hints)}: {self.hints[number]}")

    def solution(self):
        """Print one way to write the function."""
        source = textwrap.dedent(inspect.getsource(self._solve))
        first = ast.parse(source).body[0].lineno  # of "def": what stands above it declares the exercise
        print("\n".join(source.splitlines()[first - 1 :]))

    def call(self, case):
        """Return a call of the function as it is written."""
        return f"{self._solve.__name__}({', '.join(map(written, case))})"

    def _twins(self, results):
        """Return the messages of all twins that give these results."""
        cases = self._cases[: len(results)]
        return [
            message
            for message, twin in self._mistakes.items()
            if all(same(mine, twin(*deepcopy(case))) for mine, case in zip(results, cases, strict=True))
        ]

    def _shape_mistake(self, result, expected):
        if np.shape(result) != np.shape(expected):
            return f"The shape should be {np.shape(expected)}, yours is {np.shape(result)}."
        return None


def is_empty(function):
    """Whether a function does nothing yet: ``...``, ``pass`` or a docstring only."""
    code = getattr(function, "__code__", None)
    return code is not None and all(
        step.opname in ("RESUME", "NOP", "RETURN_VALUE")
        or (step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval is None)
        for step in dis.get_instructions(code)
    )


def noting_calls(function, called):
    """Return a function that does what ``function`` does, and adds the code of all that it calls to a set."""

    def noting(*arguments):
        sys.setprofile(lambda frame, event, _: called.add(frame.f_code) if event == "call" else None)
        try:
            return function(*arguments)
        finally:
            sys.setprofile(None)

    return noting


def names_used(function, forbidden):
    """Return which of some forbidden names a function uses, itself or by functions beside it.

    Parameters
    ----------
    function : callable
    forbidden : tuple of str
        Full names of modules or functions: ``("cnnlab.ops", "numpy.convolve")``.
    """
    found, seen, left = [], set(), [function]
    while left and forbidden:
        one = left.pop()
        code = getattr(one, "__code__", None)
        if code is None or code in seen:
            continue
        seen.add(code)
        names, modules = _names_and_modules(code)
        held = [cell.cell_contents for cell in one.__closure__ or () if _is_filled(cell)]
        known = {**vars(builtins), **one.__globals__}
        values = [known[name] for name in names if name in known] + held
        values += [*(one.__defaults__ or ()), *(one.__kwdefaults__ or {}).values()]
        full = modules | {f"{module}.{name}" for module in modules for name in names}
        for value in values:
            if isinstance(value, ModuleType):
                full |= {f"{value.__name__}.{name}" for name in names if name in vars(value)}
            elif callable(value) and getattr(value, "__module__", None):
                full.add(f"{value.__module__}.{getattr(value, '__name__', '')}")
                if value.__module__ == one.__module__:
                    left.append(value)
        found += [each for each in forbidden if any(_is_below(name, each) for name in full)]
    return sorted(set(found))


def _names_and_modules(code):
    """Return all names that a piece of code and the functions in it look up, and the modules they import."""
    names = set(code.co_names)
    modules = {step.argval for step in dis.get_instructions(code) if step.opname == "IMPORT_NAME"}
    for inner in filter(inspect.iscode, code.co_consts):
        inner_names, inner_modules = _names_and_modules(inner)
        names, modules = names | inner_names, modules | inner_modules
    return names, modules


def _is_filled(cell):
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _is_below(name, module):
    return name == module or name.startswith(f"{module}.")


def written(value, digits=4):
    """Write a number, a list or an array on one line; of a large array its shape, of an object its kind."""
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, np.ndarray) for item in value):
            return f"({', '.join(map(written, value))})"
        return repr(value)
    if not isinstance(value, (np.ndarray, np.generic, int, float)):
        return type(value).__name__
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
