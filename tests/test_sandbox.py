"""A learner's function may do anything; the notebook, the exercise and the next check are none the worse."""

import gc
import sys
import threading
import time
from copy import deepcopy
from fractions import Fraction

import numpy as np
import pytest

from cnnlab.exercises import sandbox
from cnnlab.exercises.engine import exercise, quarters

OPS = pytest.importorskip("cnnlab.ops")


@exercise(
    cases=[([3, 1, 2], np.array([1.5, -2.0]))],
    draw=lambda rng: (rng.integers(1, 9, 4).tolist(), quarters(rng, 5)),
    hints=["Multiply."],
    without=("cnnlab.ops", "numpy.cumsum"),
)
def scaled(sizes, x):
    return sum(sizes) * x


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.3)


def verdict(function):
    """Return what is said of a function; afterwards everything must be as it was."""
    before = deepcopy(scaled.cases)
    limit = sys.getrecursionlimit()
    found = scaled.check(function)
    assert repr(scaled.cases) == repr(before)
    assert sys.getrecursionlimit() == limit
    assert scaled.check(scaled.solve).state == "correct"
    return found


def leave(sizes, x):
    raise SystemExit


def interrupt(sizes, x):
    raise KeyboardInterrupt


def swallow(sizes, x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def swallow_deep(sizes, x):
    try:
        while True:
            time.sleep(0.001)
    finally:
        swallow(sizes, x)


def deep(sizes, x):
    sys.setrecursionlimit(2000)
    return deep(sizes, x)


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError


def speechless(sizes, x):
    raise Speechless


def talkative(sizes, x):
    raise ValueError("so much to say " * 10_000)


def empties_the_exercise(sizes, x):
    scaled.cases.clear()
    scaled.mistakes.clear()
    return x


def patches(sizes, x):
    np.allclose = np.array_equal = lambda *_, **__: True
    return x


def bomb(sizes, x):
    return np.ones(1 << 31)


def slow(sizes, x):
    time.sleep(0.25)
    return sum(sizes) * x


class Stubborn:
    def __array__(self, *_, **__):
        while True:
            pass


HOSTILE = {
    "leaves": (leave, "stopped with SystemExit"),
    "interrupts": (interrupt, "stopped with KeyboardInterrupt"),
    "swallows": (swallow, "stopped after"),
    "swallows in layers": (swallow_deep, "stopped after"),
    "recurses": (deep, "RecursionError"),
    "speechless": (speechless, "stopped with Speechless, in the line"),
    "talkative": (talkative, "so much to say"),
    "empties the exercise": (empties_the_exercise, "should be"),
    "patches NumPy": (patches, "should be"),
    "takes all memory": (bomb, "MemoryError"),
    "a billion by a view": (lambda s, x: np.broadcast_to(1.0, (40_000, 40_000)), "1,600,000,000 numbers"),
    "does not let itself be read": (lambda s, x: Stubborn(), "stopped after"),
    "sorts": (lambda s, x: sum(sorted(s)) * x if s.sort() is None else x, "changes its input"),
    "empties": (lambda s, x: x * sum(s.pop() for _ in range(len(s))), "changes its input"),
    "replaces in the array": (lambda s, x: np.multiply(x, sum(s), out=x), "changes its input"),
    "changes the type of an item": (lambda s, x: s.__setitem__(0, float(s[0])) or sum(s) * x, "changes its"),
    "complex": (lambda s, x: sum(s) * x + 0j, "real numbers, it returns complex ones"),
    "ragged": (lambda s, x: [[1.0], [1.0, 2.0]], "its rows differ in length"),
    "ragged as objects": (lambda s, x: np.array([[1], [1, 2]], dtype=object), "it returns ndarray of object"),
    "words": (lambda s, x: "nine", "should return numbers, it returns str"),
    "a generator": (lambda s, x: (one for one in x), "should return numbers, it returns generator"),
    "a dictionary": (lambda s, x: {1: 2}, "should return numbers, it returns dict"),
    "a function": (lambda s, x: sum, "should return numbers, it returns builtin"),
    "nothing": (lambda s, x: print(end=""), "returns None"),
    "itself": (lambda s, x: (itself := [], itself.append(itself))[0], "should return numbers"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_survived_and_told(name):
    function, message = HOSTILE[name]
    begun = time.monotonic()
    found = verdict(function)
    assert found.state == "not yet"
    assert message in found.message
    assert len(found.message) < 2000
    assert time.monotonic() - begun < 60  # it ends; how soon, on a quiet machine, is the benchmarks' business


def test_numpy_is_put_back():
    before = np.allclose
    scaled.check(patches)
    assert np.allclose is before


def test_many_slow_calls_are_bounded_together(monkeypatch):
    monkeypatch.setattr("cnnlab.exercises.engine.ALL_SECONDS", 1.0)
    found = scaled.check(slow)
    assert found.state == "not yet"
    assert "stopped after" in found.message


def test_what_swallows_everything_sleeps_in_the_end():
    before = set(threading.enumerate())
    scaled.check(swallow)
    (thread,) = set(threading.enumerate()) - before
    for _ in range(1000):  # it falls asleep at its next line
        if "_sleep" in names_of_frames(thread):
            break
        time.sleep(0.01)
    for _ in range(20):
        assert "_sleep" in names_of_frames(thread)
        time.sleep(0.01)


def names_of_frames(thread):
    """Return the names of the functions in which a thread is."""
    names, frame = [], sys._current_frames().get(thread.ident)
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


# --- What is right is accepted ------------------------------------------------------------------------------


@exercise(
    cases=[(np.array([[1.5, 2.0], [3.0, -4.0]]),)], draw=lambda rng: (quarters(rng, 2, 3),), hints=["."]
)
def first_row(x):
    return x[0].copy()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[0],  # a view
        lambda x: x.ravel()[: x.shape[1]],
        lambda x: list(x[0]),
        lambda x: tuple(float(one) for one in x[0]),
        lambda x: [Fraction(float(one)) for one in x[0]],
        lambda x: np.ma.masked_array(x[0]),
        lambda x: x[0].astype(np.float32),
        lambda x: x[0].astype(object),
    ],
)
def test_right_numbers_are_right_in_any_dress(function):
    assert first_row.check(function).state == "correct"


def test_what_remembers_an_earlier_call_is_found():
    collected = []

    def remembers(x):
        collected.append(1)
        return x[0] if len(collected) <= len(first_row.cases) else x[1]

    assert "another result when it is called again" in first_row.check(remembers).message


# --- What a text forbids ------------------------------------------------------------------------------------


def by_import(sizes, x):
    from cnnlab.ops import relu

    return sum(sizes) * (relu(x) - relu(-x))


def by_module(sizes, x):
    from cnnlab import ops

    return sum(sizes) * (ops.relu(x) - ops.relu(-x))


def by_global(sizes, x):
    return sum(sizes) * (OPS.relu(x) - OPS.relu(-x))


def helper(x):
    return OPS.relu(x) - OPS.relu(-x)


def by_helper(sizes, x):
    return sum(sizes) * helper(x)


def by_numpy(sizes, x):
    return np.cumsum(sizes)[-1] * x


@pytest.mark.parametrize("function", [by_import, by_module, by_global, by_helper])
def test_what_is_forbidden_is_seen_wherever_it_is_used(function):
    assert scaled.check(function).message == "This exercise asks you to do without cnnlab.ops."


def test_a_single_function_can_be_forbidden():
    assert scaled.check(by_numpy).message == "This exercise asks you to do without numpy.cumsum."


def test_words_that_only_look_alike_are_allowed():
    def ops(sizes, x):
        relu = sum(sizes)
        return relu * x

    assert scaled.check(ops).state == "correct"


@pytest.mark.parametrize("collects", [True, False])
def test_no_garbage_is_collected_in_a_functions_thread(collects):
    """What cleans up after others would run there, as deep as the function may have called itself."""
    seen = []

    def turns_it_on(sizes, x):
        seen.append(gc.isenabled())
        gc.enable()
        return 0

    was = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        scaled.check(turns_it_on)
        assert gc.isenabled() == collects
    finally:
        (gc.enable if was else gc.disable)()
    assert seen
    assert not seen[0]


# --- A call that ends as it is stopped ----------------------------------------------------------------------


@pytest.mark.parametrize("result", [1, None])
def test_nothing_is_thrown_into_a_call_that_is_through(result, monkeypatch):
    """Its thread may live on for a moment; a late exception would hit the thread's own last lines."""
    monkeypatch.setattr(sandbox, "GRACE", 0.05)
    call = sandbox._Call(lambda: result, ())
    is_through, may_end, thrown = threading.Event(), threading.Event(), []

    def run_and_stay():
        call.run()
        is_through.set()
        try:
            while not may_end.wait(0.001):
                pass
        except sandbox.EndlessLoop:
            thrown.append(True)

    thread = threading.Thread(target=run_and_stay)
    thread.start()
    assert is_through.wait(10)
    call.end(thread)
    may_end.set()
    thread.join(10)
    assert not thread.is_alive()  # not put to sleep either
    assert not thrown
    assert call.has_returned
    assert call.result is result


@pytest.mark.parametrize("late", [1, 2, 3])
def test_exceptions_that_come_as_a_call_ends_stay_within(late, monkeypatch):
    """The interpreter may deliver what was thrown only when the function has returned."""
    close = sandbox._Call._close

    def interrupted(call):
        nonlocal late
        late -= 1
        if late >= 0:
            raise sandbox.EndlessLoop
        close(call)

    monkeypatch.setattr(sandbox._Call, "_close", interrupted)
    call = sandbox._Call(lambda: 7, ())
    trace = sys.gettrace()
    try:
        call.run()
    finally:
        sys.settrace(trace)
    assert call.result == 7
    assert not call.goes_on


def test_a_call_that_catches_everything_is_put_to_sleep_and_others_start(monkeypatch):
    monkeypatch.setattr(sandbox, "GRACE", 0.05)

    turns = 0

    def stubborn():
        nonlocal turns
        while True:
            try:
                while True:
                    turns += 1
            except BaseException:
                continue

    with pytest.raises(sandbox.EndlessLoop):
        sandbox.in_time(stubborn, (), seconds=0.05)
    before = turns
    time.sleep(0.2)
    assert turns == before > 0
    assert sandbox.in_time(lambda: 3, ()) == 3
