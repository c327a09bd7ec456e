"""Files that are whole at every moment: written beside, then put in place."""

import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path):
    """Open a file to be written in binary, which takes the place of ``path`` when all went well.

    Until then it stands beside ``path``, with ".part" at the end of its name; an interruption leaves the old
    file whole.

    Examples
    --------
    >>> with replacing("notes") as file:  # doctest: +SKIP
    ...     file.write(b"done")
    """
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
