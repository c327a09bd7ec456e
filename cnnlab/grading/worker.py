"""Run what a learner wrote, in a process that is thrown away: ``python -m cnnlab.grading.worker``.

It reads one line of JSON, ``{"exercise": "05.ring", "sources": […]}``, then lines such as ``{"case": 0}`` and
``{"verdict": true}``, and answers each with a line. ``judge`` starts it in a sandbox, and believes nothing
that it says but what can only hurt the learner.
"""

import contextlib
import importlib
import json
import os
import re
import sys

from cnnlab.exercises import sandbox
from cnnlab.exercises.engine import Exercise

CPU_SECONDS = 120  # for everything: the system ends the process then
MEMORY = 2 * 1024**3  # bytes of address space: what asks for more gets a MemoryError
LONGEST = 8_000_000  # characters of an answer


def exercise_named(name):
    """Return the ``Exercise`` that "05.ring" names; raise ``ValueError`` if it names none."""
    lesson, _, function = name.partition(".")
    found = None
    if re.fullmatch(r"\d\d", lesson):
        with contextlib.suppress(ModuleNotFoundError):
            found = getattr(importlib.import_module(f"cnnlab.exercises.lesson{lesson}"), function, None)
    if not isinstance(found, Exercise):
        raise ValueError(f'exercise_named: name must be that of an exercise, such as "05.ring", got {name!r}')
    return found


def function_in(sources, name):
    """Run the cells of a notebook one after the other, and return the function that they define."""
    scope = {"__name__": "__main__"}
    for source in sources:
        exec(compile(source, "<your notebook>", "exec"), scope)
    return scope.get(name)


def answers(requests, exercise, function):
    """Yield an answer for each request."""
    cases = exercise.cases
    for request in requests:
        if "case" in request:
            case = cases[request["case"]]
            try:
                result = sandbox.run(function, case, exercise.call(case), request["seconds"])
                yield {"dtype": result.dtype.str, "shape": result.shape, "data": result.tobytes().hex()}
            except sandbox.Refused as refusal:
                yield {"refused": str(refusal)}
        elif "explain" in request:
            yield {"explained": exercise.explained(function)}
        else:
            verdict = exercise.judge(function)
            yield {"state": verdict.state, "message": verdict.message}


def main():
    """Answer what comes in; what the learner's code prints goes nowhere."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    requests = (json.loads(line) for line in os.fdopen(os.dup(0), encoding="utf-8"))
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    first = next(requests)
    exercise = exercise_named(first["exercise"])
    try:
        function = function_in(first["sources"], exercise.solve.__name__)
        said = {"ready": True}
    except BaseException as error:  # exit() at the top of a cell, too
        function, said = None, {"error": f"{type(error).__name__}: {error}"[:300]}
    replies.write(json.dumps(said) + "\n")
    replies.flush()
    for answer in answers(requests, exercise, function):
        text = json.dumps(answer)
        replies.write(
            (text if len(text) <= LONGEST else json.dumps({"refused": "The result is too large."})) + "\n"
        )
        replies.flush()


if __name__ == "__main__":
    main()
