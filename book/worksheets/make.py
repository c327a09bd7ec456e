"""What stands on the sheets and in the key, as plain data, and the files that are made of it."""

from pathlib import Path

import nbformat

import book.worksheets.tasks  # noqa: F401  (declares them)
from book.record import lessons as notebooks
from book.worksheets.model import POOL, SEEDS, WorksheetError, check_lesson, check_number, deal, filled

PAPERS = ("a4", "letter")


def title_of(lesson):
    """Return the title of a lesson."""
    path = next(path for path in notebooks() if path.stem.startswith(f"{lesson:02}_"))
    return nbformat.read(path, as_version=4).cells[0].source.partition("\n")[0].removeprefix("# ")


def sheets(lesson, seed, variants):
    """Return the student sheets as plain data; answers are no part of it."""
    lesson, seed, variants = _checked(lesson, seed, variants)
    title = title_of(lesson)
    return {
        "key": False,
        "title": f"Lesson {lesson:02}: {title}: worksheets",
        "sheets": [
            {
                "heading": f"{title}: worksheet",
                "footer": f"lesson {lesson:02} · seed {seed} · variant {variant}",
                "questions": [
                    {
                        "heading": f"{at}. {task.title}",
                        "blocks": question.blocks,
                        "space": task.space,
                    }
                    for at, (task, question) in enumerate(deal(lesson, seed, variant), 1)
                ],
            }
            for variant in range(1, variants + 1)
        ],
    }


def key(lesson, seed, variants):
    """Return the key to these sheets as plain data: the boxes, filled in, and a line of working."""
    lesson, seed, variants = _checked(lesson, seed, variants)
    return {
        "key": True,
        "title": f"Lesson {lesson:02}: {title_of(lesson)}: key to the worksheets",
        "footer": f"key · lesson {lesson:02} · seed {seed}",
        "sheets": [
            {
                "heading": f"Variant {variant}",
                "questions": [
                    {
                        "heading": f"{at}. {task.title}",
                        "blocks": filled(question.blocks, question.answers),
                        "working": question.working,
                    }
                    for at, (task, question) in enumerate(deal(lesson, seed, variant), 1)
                ],
            }
            for variant in range(1, variants + 1)
        ],
    }


def write(lesson, seed, variants, paper, folder):
    """Write the sheets and the key of a lesson into a folder, as PDF and .docx; return the paths.

    Nothing is written unless all of it can be made. A ``WorksheetError`` says what cannot be.
    """
    from book.worksheets import document as editable
    from book.worksheets import typeset

    if paper not in PAPERS:
        raise WorksheetError(f"paper: must be a4 or letter, got {paper!r}")
    stem = f"{check_lesson(lesson):02}-seed-{check_number('seed', seed, 0, SEEDS - 1)}"
    made = {}
    for name, document in (
        ("sheets", sheets(lesson, seed, variants)),
        ("key", key(lesson, seed, variants)),
    ):
        made[f"{stem}-{name}.pdf"] = typeset.pdf(document, paper)
        made[f"{stem}-{name}.docx"] = editable.docx(document, paper)
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise WorksheetError(f"to: cannot write there: {error}") from None
    return [folder / name for name in made]


def _checked(lesson, seed, variants):
    return (
        check_lesson(lesson),
        check_number("seed", seed, 0, SEEDS - 1),
        check_number("variants", variants, 1, POOL),
    )
