"""For the book's page of worksheets: the pools of all tasks, packed. ``worksheets.js`` deals from them."""

import base64
import gzip
import json

from book.worksheets.make import title_of
from book.worksheets.model import lessons, tasks_of


def pools():
    """Return the lessons that have tasks as plain data: number, title, and their tasks, packed."""
    return [
        {"number": f"{lesson:02}", "title": title_of(lesson), "tasks": packed(tasks(lesson))}
        for lesson in lessons()
    ]


def tasks(lesson):
    """Return the tasks of a lesson as plain data, each with its whole pool."""
    return [
        {
            "number": task.number,
            "title": task.title,
            "space": task.space,
            "pool": [
                {"blocks": one.blocks, "answers": one.answers, "working": one.working} for one in task.pool
            ],
        }
        for task in tasks_of(lesson)
    ]


def packed(value):
    """Return plain data as text: JSON, by gzip, in Base64.

    That makes a thirteenth of it, and nobody reads an answer in the page's source at a glance. The same data
    make the same text: no date goes in.
    """
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return base64.b64encode(gzip.compress(told, mtime=0)).decode()
