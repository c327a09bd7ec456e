"""Working copies: 200 random histories in which no text of a learner's is ever lost; one thing at a time."""

import contextlib
import datetime
import errno
import functools
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cnnlab.course import CourseError, News, copies
from tests.canonical import NOTEBOOKS, canonical, lessons, written

TODAY = datetime.date(2026, 11, 27)
YOURS = "01_pool (yours, 2026-11-27).ipynb"
FIRST = {"00_start_here.ipynb": (0, 0), "01_pool.ipynb": (0, 0), "solutions/01_pool.ipynb": (0, 0)}


@functools.cache
def lesson(name, text=0, outputs=0):
    """Return a small lesson in the form in which they are kept: a revision of its text and of its outputs."""
    cells = [
        nbformat.v4.new_markdown_cell(f"# {name}\n\nrevision {text}"),
        nbformat.v4.new_code_cell("1 + 1"),
    ]
    cells[1].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": str(outputs)})]
    for cell, id in zip(cells, ("the-title", "the-sum"), strict=True):
        cell.id = id
    return written(canonical(nbformat.v4.new_notebook(cells=cells))).encode()


def version(folder, contents):
    """Write a version of the course into a folder: names, each with its revisions of text and outputs."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, revisions in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(lesson(name, *revisions))
    return folder


def files(folder):
    """Return the content of every file in a folder, by name, but for the course's own notes."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if copies.HIDDEN not in path.relative_to(folder).parts
    }


def edited(content, words):
    """Return a notebook with a cell more, as JupyterLab saves it; what is no notebook gets a line more."""
    try:
        notebook = json.loads(content)
    except ValueError:
        return content + words.encode()
    notebook["cells"].append({"cell_type": "markdown", "id": "more", "metadata": {}, "source": [words]})
    return as_saved(notebook)


def ran(content):
    """Return a notebook that was run and saved; what is no notebook cannot be run."""
    try:
        notebook = json.loads(content)
    except ValueError:
        return content
    for cell in notebook["cells"]:
        cell["metadata"] |= {"execution": {"iopub.status.idle": "now"}, "scrolled": True}
        if cell["cell_type"] == "code":
            cell |= {"outputs": [{"name": "stdout", "output_type": "stream", "text": ["new"]}]}
            cell |= {"execution_count": 7}
    notebook["metadata"]["widgets"] = {"state": {"a": "scene"}}
    return as_saved(notebook)


def as_saved(notebook):
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


# --- a disk that stops, or refuses


class Stopped(BaseException):
    """The process has ended here; nothing may catch it."""


class Disk:
    """The operating system, as ``copies`` sees it, with a fault at one operation that changes files."""

    def __init__(self, at=None, fault="before"):
        self.at, self.fault, self.count = at, fault, 0

    def __getattr__(self, name):
        return getattr(os, name)

    def _do(self, operation, *args, **options):
        self.count += 1
        if self.count - 1 != self.at:
            return operation(*args, **options)
        if self.fault == "refuse":
            raise OSError(errno.EIO, "input/output error")
        if self.fault == "after":
            operation(*args, **options)
        raise Stopped

    def link(self, *args):
        return self._do(os.link, *args)

    def unlink(self, *args):
        return self._do(os.unlink, *args)

    def rename(self, *args):
        return self._do(os.rename, *args)

    def replace(self, *args):
        return self._do(os.replace, *args)

    def makedirs(self, *args, **options):
        return self._do(os.makedirs, *args, **options)

    def fsync(self, handle):
        return self._do(lambda handle: None, handle)  # tests need not wait for the real disk

    @contextlib.contextmanager
    def open(self, path, mode):
        with open(path, mode) as file, mock.patch.object(self, "file", file, create=True):
            yield self

    def write(self, data):
        half = data[: len(data) // 2] if self.count == self.at else data
        self.file.write(half)
        self.file.flush()
        self._do(lambda: None)

    def flush(self):
        self.file.flush()

    def fileno(self):
        return self.file.fileno()


@contextlib.contextmanager
def on(disk):
    with mock.patch.object(copies, "os", disk), mock.patch.object(copies, "open", disk.open, create=True):
        yield disk


# --- histories

NAMES = [
    "00_start_here.ipynb",
    "01_pool.ipynb",
    "02_vote.ipynb",
    "solutions/01_pool.ipynb",
    "solutions/02_vote.ipynb",
]
revisions = st.tuples(st.integers(0, 2), st.integers(0, 1))
versions = st.dictionaries(st.sampled_from(NAMES[1:]), revisions, min_size=1).map(
    lambda contents: {NAMES[0]: (0, 0)} | contents
)
faults = st.none() | st.tuples(st.integers(0, 40), st.sampled_from(["before", "after", "refuse"]))
acts = st.one_of(
    st.tuples(st.sampled_from(["edit", "edit", "run", "spoil", "delete", "rename"]), st.integers(0, 9)),
    st.tuples(st.just("release"), versions),
    st.tuples(st.sampled_from(["place", "update", "update"]), faults),
    st.tuples(st.just("reset"), faults, st.integers(0, 4)),
    st.tuples(
        st.just("damage"), st.sampled_from([None, b"", b"{", b"[]", b'{"format": 1, "placed": {"x": 1}}'])
    ),
)


class History:
    """A learner, a folder, and versions of the course that come and go."""

    def __init__(self, place, update, reset):
        self.ours = {"place": place, "update": update, "reset": reset}
        self.root = Path(tempfile.mkdtemp(prefix="cnnlab copies ü "))
        self.folder, self.source = self.root / "my course", self.root / "shipped"
        self.written = set()  # every content that the learner has made by hand
        version(self.source, FIRST)
        self.own = {"notes.txt": b"mine", "01_pool (copy).ipynb": lesson("mine"), "solutions/x.txt": b"mine"}
        for name, content in self.own.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        self.do("place", None)

    def act(self, kind, *args):
        if kind in self.ours:
            self.do(kind, *args)
        elif kind == "release":
            version(self.source, args[0])
        elif kind == "damage":
            record = self.folder / copies.RECORD
            record.unlink(missing_ok=True)
            if args[0] is not None:
                record.write_bytes(args[0])
        else:
            self.learn(kind, args[0])

    def learn(self, kind, index):
        there = [name for name in files(self.folder) if name.endswith(".ipynb") and name not in self.own]
        if not there:
            return
        path = self.folder / there[index % len(there)]
        if kind == "delete":
            path.unlink()
        elif kind == "rename":
            path.rename(path.with_name(f"renamed {len(self.written)} {path.name}"))
        elif kind == "run":
            was_written = path.read_bytes() in self.written
            path.write_bytes(ran(path.read_bytes()))
            self.written |= {path.read_bytes()} if was_written else set()
        else:
            words = f"what I think, {len(self.written)}"
            content = path.read_bytes()
            path.write_bytes(edited(content, words) if kind == "edit" else content[:-50] + words.encode())
            self.written.add(path.read_bytes())

    def do(self, kind, fault, index=0):
        """Place, update or reset, stopped or refused on the way; then once more, to the end."""
        args = [self.folder]
        if kind == "reset":
            names = [name for name in NAMES if (self.source / name).exists()]
            args.append(names[index % len(names)])
        expected = args[1:] or files(self.source)
        if fault:
            with on(Disk(*fault)), contextlib.suppress(Stopped, CourseError):
                self.watched(kind, args)
        with on(Disk()):
            self.watched(kind, args)
            self.check_whole(expected)
            if kind == "update":
                self.check_new()
                before = files(self.folder)
                assert self.watched(kind, args) == News()
                assert files(self.folder) == before

    def watched(self, kind, args):
        """Do it, and see to it that every text that was there is there afterwards, whatever happens."""
        before = {content for content in files(self.folder).values() if content in self.written}
        try:
            return self.ours[kind](*args, source=self.source)
        finally:
            after = files(self.folder)
            assert before <= {*after.values()}, "a text of the learner's is lost"
            assert {name: after.get(name) for name in self.own} == self.own

    def check_whole(self, expected):
        there = files(self.folder)
        for name in expected:
            assert name in there, f"{name} is missing"
            assert there[name] in self.written or json.loads(there[name])["cells"]
        assert [path.name for path in (self.folder / copies.HIDDEN).iterdir()] == ["placed.json"]

    def check_new(self):
        there = files(self.folder)
        for name, content in files(self.source).items():
            if there[name] not in self.written:
                assert copies._text(there[name], ".ipynb") == copies._text(content, ".ipynb")


def live(history, acts):
    try:
        for act in acts:
            history.act(*act)
    finally:
        shutil.rmtree(history.root)


OURS = (copies.place, copies.update, copies.reset)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, min_size=3, max_size=14))
def test_no_text_is_ever_lost_and_no_lesson_missing(acts):
    live(History(*OURS), acts)


def overwrite(folder, source):
    """Update by copying over whatever is there."""
    for name, content in files(source).items():
        (folder / name).write_bytes(content)
    return News()


def one_name(self, name):
    """Keep what is the learner's, always under the same name."""
    path = (self.folder / name).with_suffix(".yours.ipynb")
    os.replace(self.folder / name, path)
    self.news.kept[name] = path.relative_to(self.folder).as_posix()
    return self.news.kept[name]


def trust(folder):
    """Take every lesson in a folder for one as shipped."""
    there = {name: data for name, data in files(folder).items() if name in NAMES}
    return {name: {"text": copies._text(data, ".ipynb"), "whole": ""} for name, data in there.items()}


@pytest.mark.parametrize("mistake", ["overwrite", "one name", "trust"])
def test_these_histories_find_who_loses_a_text(mistake):
    changed = {
        "overwrite": contextlib.nullcontext(),
        "one name": mock.patch.object(copies._Course, "keep", one_name),
        "trust": mock.patch.object(copies, "_read_records", trust),
    }
    ours = (copies.place, overwrite, copies.reset) if mistake == "overwrite" else OURS

    @settings(max_examples=200, deadline=None, phases=[Phase.generate], database=None, derandomize=True)
    @given(st.lists(acts, min_size=3, max_size=14))
    def histories(acts):
        live(History(*ours), acts)

    with changed[mistake], pytest.raises(AssertionError, match="a text of the learner's is lost"):
        histories()


def busy(ours=OURS):
    """Return a history just before an update of what is touched, run, unreadable, dropped and new."""
    history = History(*ours)
    version(history.source, dict.fromkeys(NAMES, (0, 0)))
    history.do("place", None)
    there = [name for name in files(history.folder) if name in NAMES]
    assert there == sorted(NAMES)
    for kind, name in [("edit", NAMES[1]), ("run", NAMES[2]), ("spoil", NAMES[3]), ("edit", NAMES[4])]:
        candidates = [
            name for name in files(history.folder) if name.endswith(".ipynb") and name not in history.own
        ]
        history.learn(kind, candidates.index(name))
    changed = {name: (1, 1) for name in NAMES if name != NAMES[4]}
    version(history.source, changed | {"03_new.ipynb": (0, 0)})
    return history


def operations():
    history = busy()
    with on(Disk()) as disk:
        copies.update(history.folder, source=history.source)
    shutil.rmtree(history.root)
    return disk.count


def test_stopped_or_refused_at_every_single_operation():
    count = operations()
    assert count > 30
    for fault in [(at, how) for at in range(count) for how in ("before", "after", "refuse")]:
        history = busy()
        live(history, [("update", fault)])


def test_without_hard_links_a_free_name_is_looked_for():
    def refuse(*_):
        raise OSError(errno.EPERM, "operation not permitted")

    with mock.patch.object(os, "link", refuse):
        history = busy()
        live(history, [("update", None), ("edit", 3), ("reset", None, 1), ("edit", 3), ("reset", None, 1)])


# --- one thing at a time


@pytest.fixture
def source(tmp_path):
    return version(tmp_path / "shipped", FIRST)


@pytest.fixture
def folder(tmp_path, source):
    copies.place(tmp_path / "course", source)
    return tmp_path / "course"


def touch(path, words="my words"):
    path.write_bytes(edited(path.read_bytes(), words))
    return path.read_bytes()


def test_the_first_time_everything_is_placed(tmp_path, source):
    news = copies.place(tmp_path / "course", source)
    assert news == News(placed=sorted(FIRST))
    assert copies.place(tmp_path / "course", source) == News()


def test_what_is_missing_is_placed_and_nothing_else(folder, source):
    mine = touch(folder / "01_pool.ipynb")
    (folder / "00_start_here.ipynb").unlink()
    assert copies.place(folder, source) == News(placed=["00_start_here.ipynb"])
    assert (folder / "01_pool.ipynb").read_bytes() == mine


def test_untouched_is_replaced_touched_is_kept_beside(folder, source):
    mine = touch(folder / "01_pool.ipynb")
    version(source, dict.fromkeys(FIRST, (1, 0)))
    assert copies.has_news(folder, source)
    news = copies.update(folder, source, TODAY)
    assert news.replaced == ["00_start_here.ipynb", "solutions/01_pool.ipynb"]
    assert news.kept == {"01_pool.ipynb": YOURS}
    assert (folder / YOURS).read_bytes() == mine
    assert b"revision 1" in (folder / "01_pool.ipynb").read_bytes()
    assert not copies.has_news(folder, source)


def test_running_a_lesson_does_not_touch_it(folder, source):
    path = folder / "01_pool.ipynb"
    path.write_bytes(ran(path.read_bytes()))
    version(source, dict.fromkeys(FIRST, (1, 0)))
    assert copies.update(folder, source).replaced == sorted(FIRST)


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells[0].update(source=cells[0].source + " "),
        lambda cells: cells.reverse(),
        lambda cells: cells.pop(),
        lambda cells: cells[0].update(cell_type="raw"),
        lambda cells: cells[0].update(attachments={"a.png": {"image/png": "AA=="}}),
        lambda cells: cells[0].metadata.update(tags=["for-class"]),
    ],
    ids=["a space", "order", "a cell less", "kind", "attachment", "tag"],
)
def test_whatever_is_changed_by_hand_touches_it(folder, source, change):
    path = folder / "01_pool.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook.cells)
    path.write_text(written(notebook), encoding="utf-8")
    version(source, dict.fromkeys(FIRST, (1, 0)))
    assert [*copies.update(folder, source).kept] == ["01_pool.ipynb"]


def test_a_touched_lesson_stays_in_its_place_where_nothing_is_new(folder, source):
    mine = touch(folder / "01_pool.ipynb")
    assert copies.update(folder, source) == News()
    version(source, FIRST | {"01_pool.ipynb": (0, 1)})  # another output, the same text
    assert copies.update(folder, source) == News()
    assert (folder / "01_pool.ipynb").read_bytes() == mine
    assert not copies.has_news(folder, source)


def test_a_better_picture_reaches_who_has_not_touched_the_lesson(folder, source):
    version(source, FIRST | {"01_pool.ipynb": (0, 1)})
    assert copies.update(folder, source) == News(replaced=["01_pool.ipynb"])


def test_a_lesson_that_is_dropped_goes_or_is_kept(folder, source):
    mine = touch(folder / "01_pool.ipynb")
    version(source, {"00_start_here.ipynb": (0, 0), "02_pool.ipynb": (0, 0)})
    news = copies.update(folder, source, TODAY)
    assert news == News(
        placed=["02_pool.ipynb"], removed=["solutions/01_pool.ipynb"], kept={"01_pool.ipynb": YOURS}
    )
    assert sorted(files(folder)) == ["00_start_here.ipynb", YOURS, "02_pool.ipynb"]
    assert (folder / YOURS).read_bytes() == mine


def test_reset_keeps_the_old_under_a_free_name_each_time(folder, source):
    fresh = (folder / "01_pool.ipynb").read_bytes()
    mine = []
    for words in ("one", "two"):
        mine.append(touch(folder / "01_pool.ipynb", words))
        copies.reset(folder, "01", source, TODAY)
        assert (folder / "01_pool.ipynb").read_bytes() == fresh
    assert (folder / YOURS).read_bytes() == mine[0]
    assert (folder / "01_pool (yours, 2026-11-27, 2).ipynb").read_bytes() == mine[1]
    assert copies.reset(folder, "01", source, TODAY) == News()


def test_what_is_saved_during_an_update_is_kept(folder, source):
    """JupyterLab saves between the look at a lesson and its move."""
    version(source, FIRST | {"01_pool.ipynb": (1, 0)})
    keep = copies._Course.keep

    def late(self, name):
        touch(self.folder / name, "at the last moment")
        return keep(self, name)

    with mock.patch.object(copies._Course, "keep", late):
        assert copies.update(folder, source, TODAY) == News(kept={"01_pool.ipynb": YOURS})
    assert b"at the last moment" in (folder / YOURS).read_bytes()


@pytest.mark.parametrize("record", [None, b"", b"\xff", b"[]", b'{"format": 2, "placed": {}}'])
def test_without_a_record_everything_is_the_learners(folder, source, record):
    path = folder / copies.RECORD
    path.unlink() if record is None else path.write_bytes(record)
    mine = touch(folder / "01_pool.ipynb")
    assert copies.place(folder, source) == News()
    assert copies.update(folder, source, TODAY) == News(kept={"01_pool.ipynb": YOURS})
    assert (folder / YOURS).read_bytes() == mine


def test_a_record_leads_nowhere_else(folder, source, tmp_path):
    outside = tmp_path / "outside.ipynb"
    shutil.copy(folder / "01_pool.ipynb", outside)
    content = json.loads((folder / copies.RECORD).read_bytes())
    entry = content["placed"]["01_pool.ipynb"]
    content["placed"] |= dict.fromkeys(["../outside.ipynb", str(outside), "a\\b.ipynb", "notes.txt"], entry)
    (folder / copies.RECORD).write_text(json.dumps(content), encoding="utf-8")
    (folder / "notes.txt").write_bytes(outside.read_bytes())
    copies.update(folder, source)
    assert outside.exists()
    assert (folder / "notes.txt").exists()


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("06", "06_shrink_with_pooling.ipynb"),
        ("6", "06_shrink_with_pooling.ipynb"),
        ("06_shrink_with_pooling", "06_shrink_with_pooling.ipynb"),
        ("06_shrink_with_pooling.ipynb", "06_shrink_with_pooling.ipynb"),
        ("Sobel", "04_find_edges_with_sobel.ipynb"),
        ("solutions/06_shrink_with_pooling.ipynb", "solutions/06_shrink_with_pooling.ipynb"),
        ("solutions\\06_shrink_with_pooling", "solutions/06_shrink_with_pooling.ipynb"),
    ],
)
def test_a_lesson_is_found_by_number_and_name(wanted, name):
    assert copies.lesson_name(wanted) == name


@pytest.mark.parametrize(
    ("wanted", "message"), [("77", "no lesson"), ("", "no lesson"), ("with", "say more")]
)
def test_a_lesson_that_is_not_found(wanted, message):
    with pytest.raises(CourseError, match=message):
        copies.lesson_name(wanted)


# --- what is refused, in one sentence

links = pytest.mark.skipif(os.name == "nt", reason="making a symbolic link on Windows needs rights")


@pytest.mark.parametrize("name", [".", copies.HIDDEN, "solutions"])
def test_a_file_where_a_folder_should_be(tmp_path, source, name):
    path = tmp_path / "course" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"mine")
    with pytest.raises(CourseError, match="is a file; a folder is needed"):
        copies.place(tmp_path / "course", source)
    assert path.read_bytes() == b"mine"


@links
@pytest.mark.parametrize("name", [copies.HIDDEN, "solutions"])
def test_a_link_where_a_folder_should_be(tmp_path, source, name):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CourseError, match="is a link; a folder is needed"):
        copies.place(tmp_path / "course", source)
    assert not [*(tmp_path / "elsewhere").iterdir()]


@links
def test_a_link_or_a_folder_where_a_lesson_should_be(folder, source, tmp_path):
    before = files(folder)
    path = folder / "01_pool.ipynb"
    elsewhere = path.rename(tmp_path / "elsewhere.ipynb")
    version(source, dict.fromkeys(FIRST, (1, 0)))
    for make, kind in ((lambda: path.symlink_to(elsewhere), "link"), (path.mkdir, "folder")):
        make()
        with pytest.raises(CourseError, match=f"is a {kind}, not a lesson"):
            copies.update(folder, source)
        with pytest.raises(CourseError, match=f"is a {kind}, not a lesson"):
            copies.reset(folder, "01", source)
        path.unlink() if kind == "link" else path.rmdir()
    path.write_bytes(elsewhere.read_bytes())
    assert files(folder) == before, "nothing may be changed before all is looked at"


@links
def test_the_course_itself_may_be_a_link(tmp_path, source):
    (tmp_path / "disk").mkdir()
    (tmp_path / "course").symlink_to(tmp_path / "disk")
    assert copies.place(tmp_path / "course", source).placed == sorted(FIRST)


def test_a_folder_that_cannot_be_written_to(folder, source):
    version(source, dict.fromkeys(FIRST, (1, 0)))
    before = files(folder)
    with (
        mock.patch.object(
            copies, "open", side_effect=PermissionError(errno.EACCES, "Permission denied"), create=True
        ),
        pytest.raises(
            CourseError, match=r"could not be written: Permission denied.*Nothing of yours is lost"
        ),
    ):
        copies.update(folder, source)
    assert files(folder) == before
    assert copies.update(folder, source).replaced == sorted(FIRST)


# --- the course as shipped


def test_all_lessons_are_placed_as_jupyterlab_writes_them(tmp_path):
    copies.place(tmp_path)
    placed = {
        name: (tmp_path / name).read_bytes()
        for name in (p.relative_to(NOTEBOOKS).as_posix() for p in lessons())
    }
    assert len(placed) == len(lessons())
    for name, content in placed.items():
        shipped = (NOTEBOOKS / name).read_text(encoding="utf-8")
        stored = json.loads(shipped)["metadata"]["language_info"]["version"]
        here = sys.version.split()[0]
        assert content.decode() == shipped.replace(f'   "version": "{stored}"', f'   "version": "{here}"')
        assert json.loads(content)["metadata"]["language_info"]["version"] == here
    assert sorted(files(tmp_path)) == sorted(placed)


def test_lessons_link_to_nothing_that_is_not_shipped():
    """The working copies and the wheel hold the files below notebooks/ alone."""
    for path in lessons():
        text = "".join("".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"])
        up = "../../" if path.parent != NOTEBOOKS else "../"
        assert f"({up}" not in text, path.name
        assert f'src="{up}' not in text, path.name
