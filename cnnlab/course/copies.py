"""Working copies of the lessons: made, brought up to date, begun anew, and never at a learner's cost.

The lessons come with the package; learners work on copies in a folder of their own. Beside these,
``.cnnlab/placed.json`` records what was placed: of each file a digest of all of it, and a digest of its
*text*, which is what a learner may have written: the sources of the cells, their kinds and order,
attachments and tags. A lesson whose text is as it was placed is *untouched*: running and saving it, which
changes outputs, counts and widgets, leaves nothing that running it again would not give back. Everything
else is a learner's, above all what cannot be read.

What is a learner's is never written to, never merged and never removed; it is only ever moved, under a name
that was free. A new lesson is written in full beside its place and then moved there; the record comes last.
So whatever stops a run, power cut included, every text is still in some file, and a second run finishes.
Without a record, or with a damaged one, all that is not word for word a lesson as shipped is a learner's.
"""

import contextlib
import datetime
import functools
import hashlib
import json
import os
import re
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

HIDDEN = ".cnnlab"
RECORD = f"{HIDDEN}/placed.json"
FORMAT = 1
AND_THEN = "Move it away, and run this again."
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
FOLDING = {"collapsed", "execution", "jupyter", "scrolled", "trusted"}  # set by running and by looking


class CourseError(Exception):
    """What keeps the course from being placed or changed, in one sentence for the learner."""


@dataclass
class News:
    """What was done to the files of a folder, by their names in it."""

    placed: list[str] = field(default_factory=list)  # were missing
    replaced: list[str] = field(default_factory=list)  # untouched, and there is a new version
    removed: list[str] = field(default_factory=list)  # untouched, and no longer part of the course
    kept: dict[str, str] = field(default_factory=dict)  # a learner's, and where it stands now


@dataclass(frozen=True)
class _Shipped:
    """A file of the course: what is to be placed, its text's digest, and the digest of all of it."""

    data: bytes
    text: str
    whole: str


def lessons_folder():
    """Return the folder of the lessons that came with the package, or with the checkout it runs from.

    Raises:
        CourseError: the package came without its lessons.

    """
    package = Path(__file__).parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / "00_start_here.ipynb").is_file():
            return folder
    raise CourseError(f"The lessons are missing from {package}: install cnnlab again.")


def lesson_name(lesson, source=None):
    """Return the file name of the lesson meant by a number ("05"), a name, or a part of a name.

    Raises:
        CourseError: no lesson, or more than one, is meant.

    """
    names = [name for name in _listed(source or lessons_folder()) if name.endswith(".ipynb")]
    wanted = str(lesson).strip().replace("\\", "/").removesuffix(".ipynb")
    number = f"{wanted.zfill(2)}_" if wanted.isdecimal() else None
    top = [name for name in names if "/" not in name]
    for found in (
        [name for name in names if name == f"{wanted}.ipynb"],
        [name for name in top if number and name.startswith(number)],
        [name for name in top if wanted and not number and wanted.lower() in name.lower()],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise CourseError(f'"{lesson}" may be {" or ".join(found)}: say more of the name.')
    raise CourseError(f'There is no lesson "{lesson}". The lessons are: {", ".join(top)}.')


def _in_plain_words(function):
    """Make a ``CourseError`` of what the operating system refuses."""

    @functools.wraps(function)
    def wrapped(folder, *args, **options):
        try:
            return function(Path(folder), *args, **options)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise CourseError(
                f"The lessons in {folder} could not be written: {error.strerror or error}{where}. "
                "Nothing of yours is lost; mend this and run the same again."
            ) from error

    return wrapped


@_in_plain_words
def place(folder, source=None):
    """Copy the lessons that are missing from a folder into it; what is there stays as it is.

    Args:
        folder: where the working copies are; made if there is none.
        source: the folder of the lessons as shipped; those of the package by default.

    Returns:
        News: what was placed.

    Raises:
        CourseError: a link or a file stands where a folder should, or the folder cannot be written to.

    """
    course = _Course(folder, source)
    for name, shipped in course.shipped.items():
        if os.path.lexists(folder / name):
            if name not in course.records and course.text(name) == shipped.text:
                course.record(name)
        else:
            course.put(name)
    course.finish()
    return course.news


@_in_plain_words
def update(folder, source=None, today=None):
    """Bring the shipped version of the lessons into a folder.

    Missing lessons are placed and untouched ones replaced. Where a learner has touched a lesson that has
    changed, the new one is placed and the learner's stays beside it, as ``NAME (yours, DATE).ipynb``. So does
    a touched lesson that is no longer part of the course; an untouched one goes.

    Args:
        folder: where the working copies are.
        source: the folder of the lessons as shipped; those of the package by default.
        today: a ``datetime.date`` for the names of what is kept.

    Returns:
        News: what was placed, replaced, removed and kept.

    Raises:
        CourseError: a link or a folder stands where a lesson should, or the folder cannot be written to.

    """
    course = _Course(folder, source, today)
    course.expect_files({*course.shipped, *course.records})
    for name, shipped in course.shipped.items():
        path, record = folder / name, course.records.get(name)
        if not path.exists():
            course.put(name)
        elif record and record["whole"] == shipped.whole:
            continue  # nothing is new
        elif path.read_bytes() == shipped.data:
            course.record(name)
        elif record and course.text(name) == record["text"]:
            course.replace(name)
        elif shipped.text in (course.text(name), record and record["text"]):
            course.record(name)  # new are only outputs
        else:
            course.put(name)
    for name in sorted({*course.records} - {*course.shipped}):
        course.drop(name)
    course.finish()
    return course.news


@_in_plain_words
def reset(folder, lesson, source=None, today=None):
    """Place a lesson anew; the old one stays beside it, as ``NAME (yours, DATE).ipynb``.

    Args:
        folder: where the working copies are.
        lesson: its number ("05"), its name, or a part of it.
        source: the folder of the lessons as shipped; those of the package by default.
        today: a ``datetime.date`` for the name of what is kept.

    Returns:
        News: where the old one is now; nothing, if it was as fresh as the new one.

    Raises:
        CourseError: no such lesson, or the folder cannot be written to.

    """
    name = lesson_name(lesson, source)
    course = _Course(folder, source, today)
    course.expect_files([name])
    if not (folder / name).exists() or (folder / name).read_bytes() != course.shipped[name].data:
        course.put(name)
    course.finish()
    return course.news


def is_course(folder):
    """Whether working copies have been placed in a folder."""
    return (Path(folder) / RECORD).is_file()


def has_news(folder, source=None):
    """Whether ``update`` would bring a new version of some lesson into a folder."""
    shipped = _listed(source or lessons_folder())
    records = _read_records(Path(folder))
    return any(
        name not in shipped or record["whole"] != _digest(shipped[name].read_bytes())
        for name, record in records.items()
    )


class _Course:
    """A folder of working copies and what is shipped for it, while one of the functions above runs."""

    def __init__(self, folder, source, today=None):
        self.folder, self.news = folder, News()
        self.date = (today or datetime.date.today()).isoformat()
        files = _listed(source or lessons_folder())
        self.shipped = {name: _read_shipped(path) for name, path in files.items()}
        self._expect_folders()
        self.records = _read_records(folder)
        self._recorded = dict(self.records)
        # Left by a run that was stopped.
        for path in (folder / HIDDEN).glob("new-*"):
            os.unlink(path)

    def _expect_folders(self):
        needed = [PurePosixPath(), PurePosixPath(HIDDEN)]
        needed += sorted({PurePosixPath(name).parent for name in self.shipped})
        for part in needed:
            path = self.folder / part
            if path.is_symlink() and part != PurePosixPath():
                raise CourseError(f"{path} is a link; a folder is needed there. {AND_THEN}")
            if os.path.lexists(path) and not path.is_dir():
                raise CourseError(f"{path} is a file; a folder is needed there. {AND_THEN}")
            os.makedirs(path, exist_ok=True)

    def expect_files(self, names):
        """Refuse links and folders in the places of lessons, before anything is changed."""
        for name in sorted(names):
            path = self.folder / name
            path = path.parent if path.parent.is_symlink() and path.parent != self.folder else path
            if path.is_symlink() or (path.exists() and not path.is_file()):
                kind = "link" if path.is_symlink() else "folder"
                raise CourseError(f"{path} is a {kind}, not a lesson. {AND_THEN}")

    def text(self, name):
        """Return the digest of what a learner may have written into a file; None if it cannot be read."""
        path = self.folder / name
        return _text(path.read_bytes(), path.suffix) if path.is_file() else None

    def record(self, name):
        self.records[name] = {"text": self.shipped[name].text, "whole": self.shipped[name].whole}

    def put(self, name):
        """Write a lesson in full, move away what is in its place, and move it there."""
        new = self._write(self.shipped[name].data)
        if (self.folder / name).exists():
            self.keep(name)
        else:
            self.news.placed.append(name)
        _move(new, self.folder / name)
        self.record(name)

    def keep(self, name):
        """Move a file to a free name beside it."""
        path = PurePosixPath(name)
        for count in range(1, 10_000):
            more = f", {count}" if count > 1 else ""
            kept = str(path.with_name(f"{path.stem} (yours, {self.date}{more}){path.suffix}"))
            with contextlib.suppress(FileExistsError):
                _move(self.folder / name, self.folder / kept)
                self.news.kept[name] = kept
                return
        raise CourseError(f"There are too many copies of {name}: move some away, and run this again.")

    def replace(self, name):
        """Replace an untouched lesson."""
        self.put(name)
        if self._forget(name):
            self.news.replaced.append(name)

    def drop(self, name):
        """Take a lesson that is no longer part of the course out of its place."""
        if (self.folder / name).exists():
            self.keep(name)
            if self._forget(name):
                self.news.removed.append(name)
        del self.records[name]

    def _forget(self, name):
        """Remove what was moved away, if nothing of a learner's is in it now that nobody writes there."""
        if self.text(self.news.kept[name]) != self._recorded[name]["text"]:
            return False
        os.unlink(self.folder / self.news.kept.pop(name))
        return True

    def finish(self):
        """Write down what has been placed."""
        if self.records == self._recorded and (self.folder / RECORD).exists():
            return
        content = {"format": FORMAT, "placed": dict(sorted(self.records.items()))}
        new = self._write((json.dumps(content, indent=1) + "\n").encode())
        os.replace(new, self.folder / RECORD)

    def _write(self, data):
        """Write a file of a name of its own, so that all of it is on the disk; return its path."""
        path = self.folder / HIDDEN / f"new-{secrets.token_hex(8)}"
        with open(path, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return path


def _move(path, to):
    """Move a file to a place that is free.

    Raises:
        FileExistsError: the place is not free. Windows says so by itself; elsewhere the file gets a second
            name, which fails where there is one, and then loses the first.

    """
    if os.name == "nt":
        os.rename(path, to)
        return
    try:
        os.link(path, to)
    except FileExistsError:
        if not os.path.samefile(path, to):  # else a move that was stopped in the middle
            raise
        os.unlink(path)
    except OSError:  # a file system on which a file has one name only
        if os.path.lexists(to):
            raise FileExistsError(to) from None
        os.rename(path, to)
    else:
        os.unlink(path)


def _listed(source):
    """Return all files of the course as shipped, by their names."""
    files = {path.relative_to(source).as_posix(): path for path in sorted(Path(source).rglob("*"))}
    return {name: path for name, path in files.items() if _is_course_file(name) and path.is_file()}


def _is_course_file(name):
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and (path.suffix == ".ipynb" or path.suffix in PICTURES)


def _read_shipped(path):
    data = path.read_bytes()
    placed = _with_this_python(data) if path.suffix == ".ipynb" else data
    return _Shipped(placed, _text(data, path.suffix), _digest(data))


def _with_this_python(data):
    """Return a lesson with this Python's version, as JupyterLab would write it as soon as it opens it."""
    before, language, after = data.rpartition(b'"language_info": {')
    version = rb"\g<1>" + sys.version.split()[0].encode()
    return (
        before + language + re.sub(rb'^(   "version": ")[^"]*', version, after, count=1, flags=re.MULTILINE)
    )


def _text(data, suffix):
    """Return a digest of what a learner may have written into a file."""
    if suffix != ".ipynb":
        return _digest(data)
    try:
        text = [_written_by_hand(cell) for cell in json.loads(data)["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return f"unreadable {_digest(data)}"
    return _digest(json.dumps(text, sort_keys=True).encode())


def _written_by_hand(cell):
    source = cell["source"]
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key not in FOLDING}
    text = source if isinstance(source, str) else "".join(source)
    return [cell["cell_type"], text, cell.get("attachments") or {}, metadata]


def _digest(data):
    return hashlib.sha256(data).hexdigest()


def _read_records(folder):
    """Return what is recorded as placed; nothing where the record is missing or damaged."""
    try:
        content = json.loads((folder / RECORD).read_bytes())
        placed = content["placed"] if content["format"] == FORMAT else {}
        return {
            name: {"text": str(record["text"]), "whole": str(record["whole"])}
            for name, record in placed.items()
            if _is_inside(name)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _is_inside(name):
    """Whether a recorded name may be one of the course's: it may be moved, so it must lead nowhere else."""
    path = PurePosixPath(name)
    return _is_course_file(name) and not path.is_absolute() and not re.search(r"[\\:\0]", name)
