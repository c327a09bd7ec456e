"""The file in which progress is kept: what may stand in it, and how it is changed so that nothing is lost.

It is JSON, one object with ``format``, ``version`` and ``answers``; each answer goes by the lesson's number
and the name that the prediction or exercise has there::

    {"format": "cnnlab progress", "version": 1, "answers": {
      "02/slide": {"state": "not yet", "tries": 3, "when": "2026-01-31T09:30:00Z", "slip": "…"}}}

Several kernels may write at once. Each holds a lock while it reads, changes and replaces the whole file; the
operating system takes the lock back from a process that dies, so none is ever left behind.
"""

import contextlib
import errno
import json
import os
import re
import tempfile
import time
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

NAME = "cnnlab-progress.json"
FORMAT, VERSION = "cnnlab progress", 1
STATES = ("not yet", "shown", "correct")  # from worst to best
LARGEST = 1_000_000  # bytes; a finished course takes less than 40,000
LONGEST = 200  # characters of a slip
MOST_TRIES = 1_000_000
PATIENCE = 10.0  # seconds to wait for others, each of whom needs a few hundredths
KEY = re.compile(r"[0-9]{2}/[A-Za-z_][A-Za-z0-9_]{0,79}")
WHEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class NewerVersion(ValueError):
    """The file was written by a later version of the course; only that one may change it."""


@dataclass(frozen=True)
class Answer:
    """What is known of one prediction or exercise.

    Parameters
    ----------
    state : str
        One of ``STATES``.
    tries : int
        How many times it was tried, up to the first time that it was correct.
    when : str
        The time of the last try that counts, in UTC: ``2026-01-31T09:30:00Z``.
    slip : str
        What went wrong last, in one line; empty unless the state is "not yet".

    Raises ``ValueError`` for anything else: files come from everywhere.
    """

    state: str
    tries: int
    when: str
    slip: str = ""

    def __post_init__(self):
        if not isinstance(self.state, str) or self.state not in STATES:
            raise ValueError(f"state must be one of {STATES}")
        if type(self.tries) is not int or not 1 <= self.tries <= MOST_TRIES:
            raise ValueError(f"tries must be a whole number from 1 to {MOST_TRIES:,}")
        if not isinstance(self.when, str) or not WHEN.fullmatch(self.when):
            raise ValueError("when must be a time such as 2026-01-31T09:30:00Z")
        datetime.fromisoformat(self.when)
        if not isinstance(self.slip, str) or self.slip != one_line(self.slip):
            raise ValueError(f"slip must be one line of at most {LONGEST} characters")
        if self.slip and self.state != "not yet":
            raise ValueError('slip must be empty unless the state is "not yet"')


def one_line(text):
    """Return the first line of a text, without what does not print, cut to ``LONGEST`` characters."""
    first = next(iter(text.strip().splitlines()), "")
    words = " ".join("".join(each if each.isprintable() else " " for each in first).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def merged(mine, theirs):
    """Return two dicts of answers as one.

    The better state wins: what was once right was understood, on whichever machine. Of two that are equal,
    the later one wins. ``tries`` is the larger number and not the sum, so that it does not matter how often,
    and in which order, files are merged.
    """
    both = dict(mine)
    for key, answer in theirs.items():
        one = both.get(key, answer)
        best = max(one, answer, key=lambda each: (STATES.index(each.state), each.when, each.slip))
        both[key] = replace(best, tries=max(one.tries, answer.tries))
    return both


def answers_in(data):
    """Return the answers that a file's bytes hold, by key.

    Raises ``NewerVersion``, or a ``ValueError`` that says what is wrong with the file.
    """
    if len(data) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST:,} bytes")
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError("it holds no progress of this course")
    version = told.get("version")
    if type(version) is not int or version < 1:
        raise ValueError("it does not tell its version")
    if version > VERSION:
        raise NewerVersion(f"it is of version {version}, and this course knows version {VERSION} only")
    answers = told.get("answers")
    if set(told) != {"format", "version", "answers"} or not isinstance(answers, dict):
        raise ValueError("it holds other things than progress")
    return {key: _answer(key, told) for key, told in answers.items()}


def _answer(key, told):
    if not KEY.fullmatch(key):
        raise ValueError(f"it holds an answer to {one_line(key)[:40]!r}, which is no question's name")
    if not isinstance(told, dict) or set(told) != {field.name for field in fields(Answer)}:
        raise ValueError(f"its answer to {key} does not have the fields of one")
    try:
        return Answer(**told)
    except ValueError as error:
        raise ValueError(f"its answer to {key} is none: {error}") from None


def written(answers):
    """Return the bytes of a file that holds ``answers``; raise ``ValueError`` if there are too many."""
    told = {key: asdict(answers[key]) for key in sorted(answers)}
    text = json.dumps({"format": FORMAT, "version": VERSION, "answers": told}, ensure_ascii=False, indent=1)
    data = f"{text}\n".encode()
    if len(data) > LARGEST:
        raise ValueError(f"together they are larger than {LARGEST:,} bytes")
    return data


def content(path):
    """Return what stands in a file, or the beginning of it if it is larger than any progress."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def write_whole(path, data):
    """Put ``data`` into a file so that whoever reads it, whenever, finds all of the old or all of the new."""
    handle, draft = tempfile.mkstemp(prefix=".cnnlab-progress-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _put(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def _put(draft, path):
    for _ in range(40):  # on Windows a file cannot be replaced while someone, say a virus scanner, reads it
        try:
            return os.replace(draft, path)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.05)
    return os.replace(draft, path)


class ProgressFile:
    """Progress in one file. Every method raises ``OSError`` where the file cannot be reached or changed."""

    def __init__(self, path):
        self.path = Path(os.path.realpath(path))  # a link is followed, not replaced

    def read(self):
        """Return the answers, and a line to say: empty unless the file was damaged.

        Raises ``NewerVersion``. A damaged file is set aside; where it cannot be, it counts as empty.
        """
        if not self.path.exists():
            return {}, ""
        try:
            with self._locked():
                return self._read()
        except OSError:  # a folder in which nothing can be written
            try:
                return answers_in(content(self.path)), ""
            except NewerVersion:
                raise
            except ValueError as error:
                return {}, f"Progress: {self.path.name} cannot be used: {error}."

    def update(self, change):
        """Replace the answers by ``change(answers)``; return a line to say, as ``read`` does.

        Raises ``NewerVersion``, and ``ValueError`` if there are too many answers; then nothing is changed.
        """
        with self._locked():
            answers, note = self._read()
            changed = change(answers)
            if changed != answers:
                write_whole(self.path, written(changed))
        return note

    def _read(self):
        try:
            return answers_in(content(self.path)), ""
        except FileNotFoundError:
            return {}, ""
        except NewerVersion:
            raise
        except ValueError as error:
            name = self._set_aside()
            return {}, f"Progress: {self.path.name} cannot be used, as {error}. It is kept as {name}."

    def _set_aside(self):
        """Give the file a name that is free; return it."""
        number = 1
        while True:
            free = self.path.with_name(f"{self.path.stem}-damaged-{number}{self.path.suffix}")
            try:
                os.close(os.open(free, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # now the name is ours
            except FileExistsError:
                number += 1
                continue
            try:
                _put(self.path, free)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(free)
                raise
            return free.name

    @contextlib.contextmanager
    def _locked(self):
        # Not the file itself: it is replaced. The lock's file stays; removing it would let two in at once.
        with self.path.with_name(f".{self.path.name}.lock").open("ab") as file:
            end = time.monotonic() + PATIENCE
            while not _lock(file):
                if time.monotonic() > end:
                    raise TimeoutError(f"{self.path.name} is held by another program")
                time.sleep(0.005)
            try:
                yield
            finally:
                _unlock(file)


def _lock(file):
    """Try to take a lock; return whether it is held now."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK, errno.EINTR):
            return False
        # Some network drives have no locks. Two kernels at the same instant are rarer than such drives.
    return True


def _unlock(file):
    with contextlib.suppress(OSError):
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_UN)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
