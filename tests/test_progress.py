"""Progress: remembered once and for all, in one file that no second writer, crash or stranger can spoil."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnnlab.exercises import lesson01, lesson02, lesson03, progress, progress_file
from cnnlab.exercises.engine import Exercise
from cnnlab.exercises.predict import Prompt
from cnnlab.exercises.progress_file import STATES, Answer, ProgressFile, answers_in, merged, written
from tests.canonical import NOTEBOOKS, read

NOON = "2026-01-31T12:00:00Z"
LATER = "2026-02-01T08:00:00Z"


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Keep progress in a file of the test's own, which is not there yet."""
    path = tmp_path / "kept.json"
    monkeypatch.setenv("CNNLAB_PROGRESS", str(path))
    return path


@pytest.fixture
def ramp(monkeypatch):
    """Return a prediction of lesson 02 that nobody has answered, in the place of the real one."""
    old = lesson02.predict_ramp
    fresh = type(old)(old.question, old.right, old.because, slips=old.slips, unit=old.unit)
    monkeypatch.setattr(lesson02, "predict_ramp", fresh)
    return fresh


def press(prompt, id, value=True):
    prompt.answer({"type": "control", "id": id, "value": value})


def wrong(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride


def starter(size, kernel, stride, padding): ...


def kept(path):
    return answers_in(path.read_bytes())


def names(folder):
    """Return the files that a learner sees in a folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


# --- what is remembered -------------------------------------------------------------------------------------


def test_a_prediction_is_remembered_try_by_try(file, ramp):
    press(ramp, "typed", "10")
    first = kept(file)["02/predict_ramp"]
    assert (first.state, first.tries) == ("not yet", 1)
    assert "subtract only one 2" in first.slip
    press(ramp, "typed", "6")
    answer = kept(file)["02/predict_ramp"]
    assert (answer.state, answer.tries, answer.slip) == ("correct", 2, "")
    assert answer.when >= first.when
    press(ramp, "typed", "10")
    assert kept(file) == {"02/predict_ramp": answer}  # what was right stays right


def test_what_was_shown_is_no_correct_answer_and_no_open_one(file, ramp):
    press(ramp, "typed", "7")
    press(ramp, "reveal")
    assert kept(file)["02/predict_ramp"].state == "shown"
    press(ramp, "typed", "7")
    assert kept(file)["02/predict_ramp"].state == "shown"
    assert "after a look at the answer" in repr(progress.map())


def test_cells_are_remembered_once_they_are_checked(file, monkeypatch):
    from cnnlab.exercises import lesson04

    old = lesson04.predict_row
    fresh = type(old)(old.question, old.right, old.because, given=old.given, unit=old.unit)
    monkeypatch.setattr(lesson04, "predict_row", fresh)
    rows, columns = old.right.shape
    for row in range(rows):
        for column in range(columns):
            edit = {"panel": "cells", "row": row, "column": column, "value": 1e3, "stroke": 0}
            fresh.answer({"type": "edit", **edit})
    assert not file.exists()
    press(fresh, "check")
    assert kept(file)["04/predict_row"].state == "not yet"
    fresh.put({"cells": old.right})
    press(fresh, "check")
    assert kept(file)["04/predict_row"].state == "correct"


def test_an_exercise_is_remembered_with_the_first_line_of_its_verdict(file):
    lesson03.output_size.check(starter)
    assert not file.exists()  # running a lesson through is no attempt
    verdict = lesson03.output_size.check(wrong)
    answer = kept(file)["03/output_size"]
    assert "\n" in verdict.message
    assert (answer.state, answer.slip) == ("not yet", verdict.message.splitlines()[0])
    lesson03.output_size.check(lesson03.output_size.solve)
    lesson03.output_size.check(starter)
    assert kept(file)["03/output_size"].state == "correct"


def test_what_no_lesson_holds_is_forgotten(file):
    old = lesson03.output_size
    Exercise(old.solve, old.cases, old.hints).check(old.solve)
    assert not file.exists()


def test_an_error_message_cannot_spoil_the_file(file):
    def hostile(*arguments):
        raise ValueError("\ud800\x1b[31m\u202e" + "<b>" * 1000)

    lesson03.output_size.check(hostile)
    slip = kept(file)["03/output_size"].slip
    assert slip.isprintable()
    assert len(slip) <= progress_file.LONGEST
    assert "<b>" not in progress.map()._repr_html_()


def test_the_answer_does_not_get_into_the_file(file, ramp):
    press(ramp, "typed", "6")
    assert ramp.because not in file.read_text(encoding="utf-8")


# --- on and off ---------------------------------------------------------------------------------------------


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """Let this process be the kernel of a notebook that somebody has opened in ``tmp_path``."""
    monkeypatch.delenv("CNNLAB_PROGRESS")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "02_slide_a_filter.ipynb"))
    return tmp_path / progress_file.NAME


def test_it_lies_beside_the_notebook_that_is_open(learner):
    assert progress.path() == learner


def test_tests_keep_none():
    assert progress.path() is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CNNLAB_PROGRESS", "off"),
        ("CNNLAB_PROGRESS", " OFF "),
        ("CI", "true"),
        ("CI", "1"),
        ("JPY_SESSION_NAME", ""),
        ("JPY_SESSION_NAME", "/course/solutions/02_slide_a_filter.ipynb"),
    ],
)
def test_it_is_off(learner, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    assert progress.path() is None
    lesson03.output_size.check(wrong)
    assert names(learner.parent) == []
    assert progress.map().answers == {}
    for refuse in (progress.export, progress.load):
        with pytest.raises(ValueError, match="no progress is kept here"):
            refuse("file.json")


def test_a_path_that_is_set_counts_in_ci_too(learner, monkeypatch, tmp_path):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path / "elsewhere.json"))
    assert progress.path() == tmp_path / "elsewhere.json"


def test_vs_code_tells_its_notebook_in_another_way(learner, monkeypatch):
    import IPython

    shell = SimpleNamespace(user_ns={"__vsc_ipynb_file__": str(learner.parent / "02_slide_a_filter.ipynb")})
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert progress.path() is None
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    assert progress.path() == learner


def test_a_notebook_run_by_a_program_keeps_none_and_shows_none(learner, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.delenv("JPY_SESSION_NAME")
    learner.write_bytes(written({"01/dense": Answer("correct", 1, NOON)}))
    before = learner.read_bytes()
    lines = ["from cnnlab.exercises import lesson03, progress"]
    lines += ["lesson03.output_size.check(lesson03.output_size.solve)", "print(progress.map().answers)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines))])
    NotebookClient(notebook, resources={"metadata": {"path": str(learner.parent)}}).execute()
    assert notebook.cells[0].outputs[0].text == "{}\n"
    assert learner.read_bytes() == before


# --- several at once ----------------------------------------------------------------------------------------

WRITER = """
import sys
from cnnlab.exercises import lesson01, lesson02, progress
asked = {"01": lesson01.dense, "02": lesson02.slide}[sys.argv[1]]
for _ in range(30):
    progress.remember(asked, "not yet", "Once more.")
    progress.remember(lesson01.agreement, "not yet", "Both of us.")
"""


def test_two_processes_at_once_lose_nothing(file):
    command = [sys.executable, "-c", WRITER]
    env = {**os.environ, "PYTHONPATH": str(NOTEBOOKS.parent)}
    both = [subprocess.Popen([*command, number], env=env) for number in ("01", "02")]
    before = {}
    while any(process.poll() is None for process in both):
        with contextlib.suppress(OSError):  # not there yet; or, on Windows, being replaced
            now = {key: answer.tries for key, answer in kept(file).items()}
            assert all(now[key] >= tries for key, tries in before.items())  # whoever looks finds it whole
            before = now
    assert [process.returncode for process in both] == [0, 0]
    tries = {key: answer.tries for key, answer in kept(file).items()}
    assert tries == {"01/dense": 30, "02/slide": 30, "01/agreement": 60}
    assert names(file.parent) == [file.name]


def test_a_killed_process_leaves_it_whole(file):
    env = {**os.environ, "PYTHONPATH": str(NOTEBOOKS.parent)}
    code = WRITER.replace("range(30)", "iter(int, 1)")  # for ever
    with subprocess.Popen([sys.executable, "-c", code, "01"], env=env) as process:
        while not file.exists():
            assert process.poll() is None
        process.kill()
    before = kept(file)["01/dense"].tries
    progress.remember(lesson01.dense, "not yet", "After the fall.")
    assert kept(file)["01/dense"].tries == before + 1


ANSWERS = st.builds(
    lambda state, tries, when, slip: Answer(state, tries, when, slip if state == "not yet" else ""),
    st.sampled_from(STATES),
    st.integers(1, 9),
    st.sampled_from([NOON, LATER]),
    st.sampled_from(["", "Mind the sign.", "−5/9 ✓ <b>"]),
)
KEPT = st.dictionaries(st.sampled_from(["01/dense", "02/slide", "16/iou"]), ANSWERS)
EXERCISES = {"01/dense": "dense", "01/agreement": "agreement", "01/parameters": "parameters"}


untimed = settings(max_examples=100, deadline=None)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(sorted(EXERCISES)), st.sampled_from(STATES)), max_size=6),
        min_size=2,
        max_size=4,
    )
)
def test_interleaved_writers_lose_nothing(histories):
    """Threads, each with the file open for itself: what is there in the end holds every try of every one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kept.json")

        def write(history):
            for key, state in history:
                ProgressFile(path).update(lambda answers: progress._tried(answers, key, state, ""))  # noqa: B023

        threads = [threading.Thread(target=write, args=(history,)) for history in histories]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tried = [each for history in histories for each in history]
        answers = kept(path) if tried else {}
        assert set(answers) == {key for key, _ in tried}
        for key, answer in answers.items():
            states = [state for name, state in tried if name == key]
            assert answer.state == max(states, key=STATES.index)
            if "correct" not in states:
                assert answer.tries == len(states)
        assert not list(Path(folder).glob("*.tmp")) + list(Path(folder).glob(".*.tmp"))


@untimed
@given(KEPT, KEPT, KEPT)
@example({"01/dense": Answer("correct", 1, NOON)}, {"01/dense": Answer("not yet", 9, LATER, "No.")}, {})
def test_merging_depends_on_no_order(a, b, c):
    assert merged(a, b) == merged(b, a)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))
    assert merged(a, a) == a
    assert merged(merged(a, b), b) == merged(a, b)
    for key, answer in merged(a, b).items():
        states = [each[key].state for each in (a, b) if key in each]
        assert answer.state == max(states, key=STATES.index)


@untimed
@given(KEPT)
def test_what_is_written_is_read_again(answers):
    assert answers_in(written(answers)) == answers


def test_who_waits_too_long_gives_up_quietly(file, monkeypatch, capsys):
    monkeypatch.setattr(progress_file, "PATIENCE", 0.05)
    with ProgressFile(file)._locked():
        assert lesson03.output_size.check(wrong).state == "not yet"
        assert not file.exists()
    assert capsys.readouterr().out == ""
    lesson03.output_size.check(wrong)
    assert file.exists()


def test_the_lock_of_a_dead_process_is_free(file):
    code = "import os, sys\nfrom cnnlab.exercises.progress_file import ProgressFile\n"
    code += "with ProgressFile(sys.argv[1])._locked():\n    os._exit(3)"
    env = {**os.environ, "PYTHONPATH": str(NOTEBOOKS.parent)}
    assert subprocess.run([sys.executable, "-c", code, file], env=env).returncode == 3
    lesson03.output_size.check(wrong)
    assert file.exists()


# --- files that are not as they should be -------------------------------------------------------------------

GOOD = {"state": "not yet", "tries": 1, "when": NOON, "slip": "No."}


def told(**changes):
    return json.dumps({"format": "cnnlab progress", "version": 1, "answers": {}, **changes}).encode()


def told_of(key="02/slide", **changes):
    return told(answers={key: GOOD | changes})


NOT_PROGRESS = {
    "empty": b"",
    "cut": written({"02/slide": Answer("correct", 1, NOON)})[:-9],
    "nul": bytes(4096),
    "latin": '{"format": "é"}'.encode("latin-1"),
    "deep": b"[" * 100_000,
    "digits": b"1" * 10_000,
    "list": b"[]",
    "null": b"null",
    "foreign": b'{"cells": [], "nbformat": 4}',
    "huge": told() + b" " * progress_file.LARGEST,
    "no version": told(version=None),
    "true version": told(version=True),
    "version zero": told(version=0),
    "more": told(more=1),
    "answers list": told(answers=[]),
    "strange key": told_of("../../etc/passwd"),
    "markup key": told_of("02/<script>"),
    "long key": told_of("02/" + "a" * 999),
    "answer none": told(answers={"02/slide": None}),
    "field lacking": told(answers={"02/slide": {"state": "correct"}}),
    "field more": told_of(more=1),
    "state": told_of(state="perfect"),
    "state list": told_of(state=["correct"]),
    "tries 0": told_of(tries=0),
    "tries many": told_of(tries=10**30),
    "tries half": told_of(tries=0.5),
    "tries nan": told_of(tries=float("nan")),
    "tries true": told_of(tries=True),
    "when number": told_of(when=5),
    "when never": told_of(when="2026-02-31T12:00:00Z"),
    "when ten o'clock": told_of(when="10 o'clock"),
    "slip number": told_of(slip=5),
    "slip long": told_of(slip="a" * 201),
    "slip lines": told_of(slip="a\nb"),
    "slip half a letter": told_of(slip="\ud800"),
    "slip escape": told_of(slip="\x1b[31m"),
    "slip of a right one": told_of(state="correct"),
}


@pytest.fixture(params=NOT_PROGRESS.values(), ids=NOT_PROGRESS)
def data(request):
    return request.param


def test_a_good_one_is_taken():
    assert answers_in(told_of()) == {"02/slide": Answer(**GOOD)}
    assert answers_in(b"\xef\xbb\xbf" + told_of()) == {"02/slide": Answer(**GOOD)}  # as Windows may save it


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([NOON, "correct"]),
    lambda each: (
        st.lists(each) | st.dictionaries(st.text() | st.sampled_from([*GOOD, "answers", "02/slide"]), each)
    ),
)


@untimed
@given(
    st.binary()
    | st.builds(lambda it: told(answers=it), JSON)
    | JSON.map(lambda it: told_of(**GOOD | {"slip": it}))
)
def test_whatever_it_holds_is_read_or_refused(data):
    try:
        answers = answers_in(data)
    except ValueError:
        return
    assert answers_in(written(answers)) == answers


def test_a_damaged_file_is_set_aside_and_said_in_one_line(file, data, capsys):
    file.write_bytes(data)
    assert lesson03.output_size.check(wrong).state == "not yet"
    (line,) = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"Progress: kept\.json cannot be used, as .+\. It is kept as kept-damaged-1\.json\.", line
    )
    assert (file.parent / "kept-damaged-1.json").read_bytes() == data
    assert list(kept(file)) == ["03/output_size"]
    lesson03.output_size.check(wrong)
    assert capsys.readouterr().out == ""


def test_a_damaged_file_takes_no_name_that_is_taken(file):
    for number in (1, 2):
        (file.parent / f"kept-damaged-{number}.json").write_text("mine", encoding="utf-8")
    file.write_text("spoiled", encoding="utf-8")
    assert "kept-damaged-3.json" in repr(progress.map())
    assert names(file.parent) == [f"kept-damaged-{number}.json" for number in (1, 2, 3)]
    assert (file.parent / "kept-damaged-1.json").read_text(encoding="utf-8") == "mine"


def test_loading_what_is_no_progress_is_refused_and_changes_nothing(file, data, tmp_path):
    lesson03.output_size.check(wrong)
    before = file.read_bytes()
    source = tmp_path / "theirs.json"
    source.write_bytes(data)
    with pytest.raises(ValueError, match=r"load: .*theirs\.json cannot be used, as .*; nothing was changed"):
        progress.load(source)
    assert (file.read_bytes(), source.read_bytes()) == (before, data)
    assert names(tmp_path) == ["kept.json", "theirs.json"]


def test_a_newer_file_is_left_alone(file, tmp_path, capsys):
    newer = told(version=2, answers={"02/slide": "in another way"}, more=1)
    file.write_bytes(newer)
    assert lesson03.output_size.check(wrong).state == "not yet"
    assert capsys.readouterr().out == ""
    assert "left as it is: it is of version 2" in " ".join(repr(progress.map()).split())
    mine = tmp_path / "mine.json"
    mine.write_bytes(told_of())
    with pytest.raises(ValueError, match=r"load: kept\.json cannot be changed.*version 2"):
        progress.load(mine)
    with pytest.raises(ValueError, match=r"export: kept\.json cannot be used.*version 2"):
        progress.export(tmp_path / "out.json")
    file.replace(tmp_path / "newer.json")
    with pytest.raises(ValueError, match=r"load: .*newer\.json cannot be used.*version 2"):
        progress.load(tmp_path / "newer.json")
    assert (tmp_path / "newer.json").read_bytes() == newer
    assert names(tmp_path) == ["mine.json", "newer.json"]


@pytest.mark.skipif(os.name == "nt", reason="chmod does not keep anybody from writing into a folder there")
@pytest.mark.parametrize("before", [None, told_of(), b"spoiled"], ids=["none", "good", "damaged"])
def test_in_a_read_only_folder_nothing_happens(monkeypatch, before, capsys):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kept.json")
        lesson03.output_size.check(wrong)  # all that is imported late is, before rights are given up
        progress.map()
        monkeypatch.setenv("CNNLAB_PROGRESS", str(path))
        if before is not None:
            path.write_bytes(before)
            path.chmod(0o444)
        Path(folder).chmod(0o555)
        user = os.geteuid()
        if user == 0:  # root may write everywhere
            os.seteuid(65534)
        try:
            assert lesson03.output_size.check(wrong).state == "not yet"
            shown = progress.map()
        finally:
            os.seteuid(user)
            Path(folder).chmod(0o755)
        assert capsys.readouterr().out == ""
        assert len(shown.answers) == (before == told_of())
        assert ("cannot be used: it is not JSON" in repr(shown)) == (before == b"spoiled")
        assert os.listdir(folder) == ([] if before is None else ["kept.json"])
        assert before is None or path.read_bytes() == before


def test_a_full_disk_leaves_the_old_file_whole(file, monkeypatch):
    lesson03.output_size.check(wrong)
    before = file.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    lesson03.output_size.check(lesson03.output_size.solve)
    assert file.read_bytes() == before
    assert sorted(os.listdir(file.parent)) == [".kept.json.lock", "kept.json"]


def test_a_folder_or_pipe_in_its_place_is_nothing_to_wait_for(file, capsys):
    file.mkdir()
    lesson03.output_size.check(wrong)
    assert "cannot be read" in repr(progress.map())
    file.rmdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(file)
        lesson03.output_size.check(wrong)
        assert "cannot be read" in repr(progress.map())
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_followed(file, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    file.symlink_to(there / "synced.json")
    lesson03.output_size.check(wrong)
    assert file.is_symlink()
    assert "03/output_size" in kept(there / "synced.json")


def test_a_drive_without_locks_will_do(file, monkeypatch):
    if progress_file.fcntl is None:
        pytest.skip("tells what fcntl does")

    def none(*arguments):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(progress_file.fcntl, "flock", none)
    lesson03.output_size.check(wrong)
    assert list(kept(file)) == ["03/output_size"]


class LocksOfWindows:
    """Stands in for ``msvcrt``: a byte that is locked is refused to others, until it is unlocked."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self):
        self.held, self.refused = set(), 0

    def locking(self, handle, how, count):
        place = os.fstat(handle).st_ino, os.lseek(handle, 0, os.SEEK_CUR), count
        if how == self.LK_UNLCK:
            self.held.remove(place)
        elif place in self.held:
            self.refused += 1
            raise PermissionError(13, "Permission denied")
        else:
            self.held.add(place)


def test_it_locks_on_windows_too(file, monkeypatch):
    """What Windows itself does, the same tests say on Windows."""
    locks = LocksOfWindows()
    monkeypatch.setattr(progress_file, "fcntl", None)
    monkeypatch.setattr(progress_file, "msvcrt", locks, raising=False)
    monkeypatch.setattr(progress_file, "PATIENCE", 0.05)
    lesson03.output_size.check(wrong)
    with ProgressFile(file)._locked():
        lesson03.output_size.check(wrong)
    assert locks.refused > 0
    lesson03.output_size.check(wrong)
    assert kept(file)["03/output_size"].tries == 2
    assert locks.held == set()


# --- export and import --------------------------------------------------------------------------------------


def test_there_and_back(file, tmp_path, capsys):
    lesson03.output_size.check(wrong)
    progress.export(str(tmp_path / "file.json"))
    assert capsys.readouterr().out == f"1 answer written to {tmp_path / 'file.json'}.\n"
    before = kept(file)
    file.unlink()
    assert progress.map().answers == {}
    assert progress.load(str(tmp_path / "file.json")).answers == before
    assert progress.load(tmp_path / "file.json").answers == before  # twice is once
    assert kept(file) == before


def test_the_better_wins_then_the_later(file, tmp_path):
    mine = {"01/dense": Answer("correct", 2, NOON), "02/slide": Answer("not yet", 5, NOON, "Early.")}
    theirs = {
        "01/dense": Answer("not yet", 4, LATER, "Late."),
        "02/slide": Answer("not yet", 2, LATER, "Late."),
        "77/unknown": Answer("shown", 1, NOON),  # of another edition
    }
    file.write_bytes(written(mine))
    (tmp_path / "theirs.json").write_bytes(written(theirs))
    progress.load(tmp_path / "theirs.json")
    assert kept(file) == {
        "01/dense": Answer("correct", 4, NOON),
        "02/slide": Answer("not yet", 5, LATER, "Late."),
        "77/unknown": theirs["77/unknown"],
    }


def test_export_overwrites_nothing(file, tmp_path):
    other = tmp_path / "02_slide_a_filter.ipynb"
    other.write_text("{}", encoding="utf-8")
    with pytest.raises(FileExistsError, match="exists already"):
        progress.export(other)
    assert other.read_text(encoding="utf-8") == "{}"


def test_what_is_no_path_is_refused(file, tmp_path):
    for function in (progress.export, progress.load):
        with pytest.raises(TypeError, match=f"{function.__name__}: file must be a path, got int"):
            function(1)
    with pytest.raises(FileNotFoundError):
        progress.load(tmp_path / "nowhere.json")


def test_more_than_a_file_may_hold_is_refused(file, tmp_path):
    def many(lesson):
        return {f"{lesson}/a{k}": Answer("not yet", 1, NOON, "x" * 200) for k in range(2000)}

    file.write_bytes(written(many(10)))
    before = file.read_bytes()
    (tmp_path / "more.json").write_bytes(written(many(11)))
    with pytest.raises(ValueError, match="together they are larger"):
        progress.load(tmp_path / "more.json")
    assert file.read_bytes() == before


# --- the map ------------------------------------------------------------------------------------------------


def asked_in(path):
    """Return the names of what a notebook asks: predictions, and what it calls ``check`` of."""
    code = "\n".join(cell["source"] for cell in read(path)["cells"] if cell["cell_type"] == "code")
    return set(re.findall(r"\bexercises\.(predict_\w+|\w+(?=\.check\())", code))


def test_it_knows_what_the_notebooks_ask():
    lessons = progress.course()
    asking = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if asked_in(path)]
    assert [lesson.file for lesson in lessons] == [path.name for path in asking]
    for lesson, path in zip(lessons, asking, strict=True):
        assert read(path)["cells"][0]["source"].splitlines()[0] == f"# {lesson.title}"
        assert {key[3:] for key in lesson.predictions + lesson.exercises} == asked_in(path)


def full(lesson, state="correct", when=NOON):
    return {key: Answer(state, 1, when) for key in lesson.predictions + lesson.exercises}


def test_where_to_go_on():
    one, two, three, *rest = lessons = progress.course()
    assert progress.Map(lessons, {}).next == one
    last = {two.exercises[0]: Answer("not yet", 1, LATER, "No.")}
    assert progress.Map(lessons, full(one) | last).next == two
    assert progress.Map(lessons, full(one) | full(two, "shown")).next == three
    assert progress.Map(lessons, full(three, when=LATER)).next == rest[0]  # who jumps ahead, stays ahead
    everything = {key: answer for lesson in lessons for key, answer in full(lesson).items()}
    assert progress.Map(lessons, everything | {"77/unknown": Answer("shown", 1, LATER)}).next is None
    assert "The course is done." in repr(progress.Map(lessons, everything))
    skipped = {key: answer for key, answer in everything.items() if key not in full(two)}
    assert progress.Map(lessons, skipped | full(rest[-1], when=LATER)).next == two


def test_what_it_says():
    lessons = progress.course()
    two = lessons[1]
    slips = {
        two.exercises[0]: Answer("not yet", 3, NOON, "Early."),
        two.exercises[1]: Answer("not yet", 3, LATER, "Late <b>& bold</b>, " + ("and on " * 20).strip()),
        two.predictions[0]: Answer("shown", 2, NOON),
        two.predictions[1]: Answer("correct", 2, NOON),
    }
    shown = progress.Map(lessons, slips, ["One line."])
    text = repr(shown)
    assert re.search(r"^◐ 02 Slide a filter +2 of 6 +0 of 2$", text, re.M)
    assert f"{two.exercises[1][3:]}: Late" in text
    assert "Early." not in text
    assert f"2 of {sum(map(len, map(full, lessons)))} done, 1 of them after a look at the answer." in text
    assert "Go on with 02 Slide a filter: 02_slide_a_filter.ipynb" in text
    assert "One line." in text
    assert max(map(len, text.splitlines())) <= 80


class Reader(HTMLParser):
    """Notes what a page's markup says, and that it is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.tags, self.words = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.append((tag, dict(attributes)))
        self.links += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_its_table_can_be_read_aloud_and_in_the_dark():
    lessons = progress.course()
    answers = {lessons[1].exercises[0]: Answer("not yet", 3, NOON, "<script>alert(1)</script> & more")}
    page = progress.Map(lessons, answers | full(lessons[0]))._repr_html_()
    seen = Reader(page)
    assert "script" not in {tag for tag, _ in seen.tags}
    assert "<script>alert(1)</script> & more" in "".join(seen.words)
    assert [link for link in seen.links if not (NOTEBOOKS / link).is_file()] == []
    assert len(set(seen.links)) == len(lessons)
    heads = [attributes["scope"] for tag, attributes in seen.tags if tag == "th"]
    assert (heads.count("col"), heads.count("row")) == (4, len(lessons))
    assert {"✓ done", "◐ begun", "○ not begun"} <= set(seen.words)  # a word beside every mark
    assert "color:" not in page
    assert "background" not in page


def test_every_prediction_and_exercise_is_remembered_by_its_own_name():
    for lesson in progress.course():
        module = sys.modules[f"cnnlab.exercises.lesson{lesson.number}"]
        for key in lesson.predictions + lesson.exercises:
            held = getattr(module, key[3:])
            assert isinstance(held, (Prompt, Exercise))
            assert progress.key_of(held) == key


def test_the_map_says_where_it_is_kept_only_where_it_is(file, monkeypatch):
    assert "nothing is sent anywhere" in repr(progress.map())
    monkeypatch.setenv("CNNLAB_PROGRESS", "off")
    assert "nothing is sent" not in repr(progress.map())
    assert "nothing is sent" not in progress.map()._repr_html_()
