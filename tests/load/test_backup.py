"""The machine dies in the middle of many saves; what was reported saved is in the backup. As test_hub.py."""

import asyncio
import copy
import json
import os
import shutil
import signal
import subprocess

from tests.helpers.modules import module_from
from tests.load.hub import DEPLOY, Hub, missing, need
from tests.load.learner import Learner
from tests.load.lesson_day import LESSON, joined

SAVES = 20
need(*missing(), *([] if shutil.which("restic") else ["restic"]))


async def save_until_it_dies(hub, kill):
    """Let all learners save again and again; end everything at once in the midst of it."""
    learners = [Learner(hub.url, name, hub.password(name)) for name in hub.names]

    async def come(learner):
        await learner.log_in()
        await learner.start_server()
        learner.notebook = await learner.open_lesson(LESSON)
        learner.asked = []

    async def write(learner):
        for k in range(SAVES):
            notebook = copy.deepcopy(learner.notebook)
            # A long text takes long to write: more of it is under way when the end comes.
            notebook["cells"][0]["source"] += f"\n\nsave {k} of {learner.name} " + "and so on " * 200_000
            learner.asked.append([cell["source"] for cell in notebook["cells"]])
            await learner.save(LESSON, notebook)

    await asyncio.gather(*(come(learner) for learner in learners))
    writing = [asyncio.create_task(write(learner)) for learner in learners]
    while sum(len(learner.asked) for learner in learners) < SAVES:
        await asyncio.sleep(0.01)
    kill()
    for task in writing:
        task.cancel()
    await asyncio.gather(*writing, return_exceptions=True)
    for learner in learners:
        await learner.close()
    return learners


def test_what_was_reported_saved_survives_the_machine(tmp_path):
    environment = os.environ | {
        "RESTIC_REPOSITORY": str(tmp_path / "repository"),
        "RESTIC_PASSWORD": "a long word",
        "HOMES": "/home",
        "SHARED": "/nowhere",
        "RESTIC_CACHE_DIR": str(tmp_path / "cache"),
    }
    with Hub(4, tmp_path / "hub") as hub:

        def kill():
            for process in (hub.hub, hub.proxy):
                process.send_signal(signal.SIGKILL)
            for name in hub.names:
                subprocess.run(["pkill", "-KILL", "-u", name], check=False)

        learners = asyncio.run(save_until_it_dies(hub, kill))
        assert any(len(learner.asked) > 1 for learner in learners)
        homes = {name: hub.home(name) for name in hub.names}
        subprocess.run([DEPLOY / "backup"], env=environment, check=True)
    for home in homes.values():
        assert not home.exists()  # the machine is gone
    back = tmp_path / "back"
    subprocess.run([DEPLOY / "backup", "restore", back], env=environment, check=True)
    mend = module_from(DEPLOY / "singleuser.py").mend
    saved = 0
    for learner in learners:
        course = back / homes[learner.name].relative_to("/") / "course"
        mend(course)
        kept = [joined(cell["source"]) for cell in json.loads((course / LESSON).read_bytes())["cells"]]
        # What was reported saved, or what came after it and was not answered any more.
        if LESSON in learner.saved:
            saved += 1
            last = learner.asked.index(learner.saved[LESSON])
            assert kept in learner.asked[last : last + 2]
    assert saved


def test_a_torn_notebook_is_mended_and_kept(tmp_path):
    mend = module_from(DEPLOY / "singleuser.py").mend
    whole, torn = '{"cells": [1]}', '{"cells": ['
    (tmp_path / "a.ipynb").write_text(torn, encoding="utf-8")
    (tmp_path / ".~a.ipynb").write_text(whole, encoding="utf-8")
    (tmp_path / "b.ipynb").write_text('{"cells": [2]}', encoding="utf-8")
    (tmp_path / ".~b.ipynb").write_text(whole, encoding="utf-8")  # left over, but b is whole: newer, and kept
    (tmp_path / "c.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / ".~c.ipynb").write_text("{", encoding="utf-8")  # both torn: nothing is touched
    mend(tmp_path)
    assert (tmp_path / "a.ipynb").read_text(encoding="utf-8") == whole
    kept = [file for file in tmp_path.iterdir() if file.name.startswith("a (torn, ")]
    assert [file.read_text(encoding="utf-8") for file in kept] == [torn]
    assert (tmp_path / "b.ipynb").read_text(encoding="utf-8") == '{"cells": [2]}'
    assert (tmp_path / "c.ipynb").read_text(encoding="utf-8") == "{"


def test_all_but_caches_is_kept_and_comes_back(tmp_path):
    homes, shared, back = tmp_path / "homes", tmp_path / "shared", tmp_path / "back"
    kept = {
        homes / "ada" / "course" / "a file, with “quotes”.ipynb": "1",
        homes / "ada" / "course" / "essay.unfinished": "2",
        homes / "ada" / "course" / ".cache" / "mine": "3",
        homes / "ada" / ".ipynb_checkpoints" / "a.ipynb": "4",
        homes / "ada" / "cnnlab-progress.json": "5",
        shared / "pictures" / "cat.txt": "6",
    }
    lost = homes / "ada" / ".cache" / "pip" / "wheel"
    for file, text in (kept | {lost: "7"}).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    environment = os.environ | {
        "RESTIC_REPOSITORY": str(tmp_path / "repository"),
        "RESTIC_PASSWORD": "a long word",
        "HOMES": str(homes),
        "SHARED": str(shared),
    }
    for _ in range(2):  # the first one makes the repository
        subprocess.run([DEPLOY / "backup"], env=environment, check=True)
    listed = subprocess.run([DEPLOY / "backup", "list"], env=environment, check=True, capture_output=True)
    assert str(homes).encode() in listed.stdout
    subprocess.run([DEPLOY / "backup", "restore", back], env=environment, check=True)
    for file, text in kept.items():
        assert (back / file.relative_to("/")).read_text(encoding="utf-8") == text
    assert not (back / lost.relative_to("/")).exists()
    only = tmp_path / "only"
    subprocess.run([DEPLOY / "backup", "restore", only, shared], env=environment, check=True)
    assert [file.name for file in only.rglob("*") if file.is_file()] == ["cat.txt"]


def test_backup_says_how_it_is_used():
    for arguments in (["restore"], ["everything"]):
        ended = subprocess.run([DEPLOY / "backup", *arguments], capture_output=True, text=True)
        assert ended.returncode == 2
        assert "backup" in ended.stderr
