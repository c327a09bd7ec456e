"""A lesson on a hub: all log in within a minute, open lesson 02, run it, edit, save; some have mishaps."""

import asyncio
import copy
import json
import os
import random
import signal
import statistics
import subprocess
from pathlib import Path

import numpy as np

from tests.helpers.processes import memory, processor
from tests.load.learner import Learner, code_of

LESSON = "02_slide_a_filter.ipynb"
MISHAPS = ("kills the kernel", "reloads in mid-run", "opens two tabs")
SAVES = 3  # of each learner before the hub restarts, and as many after


def lesson_day(hub, within=60, mishaps=5, seed=0):
    """Let all learners of a hub have their lesson; return what happened, in numbers."""
    return asyncio.run(_lesson_day(hub, within, mishaps, random.Random(seed)))


async def _lesson_day(hub, within, mishaps, chance):
    learners = [Learner(hub.url, name, hub.password(name)) for name in hub.names]
    unlucky = chance.sample(hub.names, min(mishaps, len(hub.names)))
    odd = {name: MISHAPS[k % len(MISHAPS)] for k, name in enumerate(unlucky)}
    peak = {}
    watching = asyncio.create_task(watch(hub, peak))
    try:
        come = [
            until_saved(hub, learner, within * k / len(learners), odd.get(learner.name))
            for k, learner in enumerate(learners)
        ]
        failed = await complaints(learners, come)
        going_on = asyncio.create_task(complaints(learners, [go_on(learner) for learner in learners]))
        await asyncio.to_thread(hub.stop)
        await asyncio.sleep(2)  # some save while there is no hub at all
        await asyncio.to_thread(hub.start)
        failed += await going_on
        failed += await complaints(learners, [log_in_again(hub, learner.name) for learner in learners])
        spent = spent_by(hub)
    finally:
        watching.cancel()
        for learner in learners:
            await learner.close()
    return {
        "failed": failed,
        "lost": [each for learner in learners for each in lost(hub, learner)],
        "readable": readable_by_others(hub),
        "seconds": {
            what: sorted(learner.seconds[what] for learner in learners if what in learner.seconds)
            for what in ("login", "server", "scene")
        },
        "memory": peak,
        "processor": spent,
        "odd": odd,
    }


async def complaints(learners, doings):
    """Let all do something at once; return who failed, and how."""
    ends = await asyncio.gather(*doings, return_exceptions=True)
    pairs = zip(learners, ends, strict=True)
    return [f"{learner.name}: {end!r}" for learner, end in pairs if isinstance(end, BaseException)]


async def until_saved(hub, learner, delay, mishap):
    """Come in, run the lesson, write something and save it."""
    await asyncio.sleep(delay)
    await learner.log_in()
    await learner.start_server()
    learner.notebook = await learner.open_lesson(LESSON)
    await learner.start_kernel(LESSON)
    await run_with_mishap(hub, learner, code_of(learner.notebook), mishap)
    for k in range(SAVES):
        await edit(learner, f"before the restart, {k}")


async def go_on(learner):
    """Write, save and run, while the hub goes and comes: the learner's server is there all the time."""
    for k in range(SAVES):
        await edit(learner, f"after it, {k}")
        await asyncio.sleep(1)
    socket = await learner.connect()
    await learner.run(socket, ["1 + 1"])
    socket.close()


async def log_in_again(hub, name):
    learner = Learner(hub.url, name, hub.password(name))
    try:
        await learner.log_in()
    finally:
        await learner.close()


async def watch(hub, peak):
    """Note the largest memory of each kind, again and again."""
    while True:
        for what, number in measured(hub).items():
            peak[what] = max(peak.get(what, 0), number)
        await asyncio.sleep(2)


async def run_with_mishap(hub, learner, sources, mishap):
    """Run a lesson to its end, whatever happens on the way."""
    socket = await learner.connect()
    if mishap == "kills the kernel":
        await learner.run(socket, sources, until=6)
        kernels = [
            pid
            for pid in hub.processes(learner.name)
            if b"ipykernel" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(kernels[0], signal.SIGKILL)
        await asyncio.sleep(5)  # the server starts it again by itself
        await learner.api("POST", f"kernels/{learner.kernel}/restart")
        socket.close()
        socket = await learner.connect()
    elif mishap == "reloads in mid-run":
        await learner.run(socket, sources, until=4)
        socket.close()
        socket = await learner.connect()
    elif mishap == "opens two tabs":
        other = await learner.connect()
        await learner.run(other, sources, until=6)
        other.close()
    await learner.run(socket, sources)
    socket.close()


async def edit(learner, words):
    """Write something, and save it."""
    notebook = copy.deepcopy(learner.notebook)
    notebook["cells"][0]["source"] += f"\n\nI, {learner.name}, was here {words}."
    await learner.save(LESSON, notebook)


def lost(hub, learner):
    """Return what the server said was saved and what is not in the learner's file."""
    found = []
    for name, sources in learner.saved.items():
        file = hub.home(learner.name) / "course" / name
        kept = [joined(cell["source"]) for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]]
        if kept != sources:
            found.append(f"{learner.name}: {name}")
    return found


def joined(source):
    return "".join(source) if isinstance(source, list) else source


def readable_by_others(hub):
    """Return the files of learners that the next learner can read, by trying it as that account."""
    found = []
    for name, other in zip(hub.names, hub.names[1:] + hub.names[:1], strict=True):
        if name == other:
            continue
        for file in (hub.home(name) / "course" / LESSON, hub.home(name) / ".local"):
            tried = subprocess.run(["runuser", "-u", other, "--", "ls", "-l", str(file)], capture_output=True)
            if tried.returncode == 0:
                found.append(str(file))
    return found


def measured(hub):
    """Return memory in MiB of hub, proxy, and of the largest and the mean learner."""
    learners = [sum(memory(pid) for pid in hub.processes(name)) for name in hub.names]
    there = [each for each in learners if each]
    return {
        "hub": memory(hub.hub.pid),
        "proxy": memory(hub.proxy.pid),
        "learner, mean": statistics.fmean(there) if there else 0,
        "learner, largest": max(there, default=0),
    }


def spent_by(hub):
    """Return seconds of processor time of the proxy, and of the mean learner's server and last kernel."""
    learners = [sum(processor(pid) for pid in hub.processes(name)) for name in hub.names]
    return {"proxy": processor(hub.proxy.pid), "learner, mean": statistics.fmean(learners)}


def told(result):
    """Return a result in lines."""
    lines = []
    for what, numbers in result["seconds"].items():
        if numbers:
            half, most = (quantile(numbers, share) for share in (0.5, 0.95))
            lines.append(
                f"login to {what:6}  p50 {half:5.1f} s   p95 {most:5.1f} s   ({len(numbers)} learners)"
            )
    lines += [f"memory, {what:16} {number:5.0f} MiB at most" for what, number in result["memory"].items()]
    lines += [f"processor, {what:13} {number:5.1f} s" for what, number in result["processor"].items()]
    for what, nobody in (("failed", "nobody"), ("lost", "nothing"), ("readable", "nothing")):
        lines.append(f"{what}: {result[what] or nobody}")
    return "\n".join(lines)


def quantile(numbers, share):
    """Return the smallest of the numbers that at least this share of them does not exceed."""
    return float(np.quantile(numbers, share, method="inverted_cdf"))
