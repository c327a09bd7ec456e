"""Make worksheets: ``python -m book.worksheets --lesson 02 --seed 7 --variants 30``."""

import argparse
import sys

from book.worksheets import make, model


def main(arguments=None):
    """Write the worksheets that are asked for; return the exit code."""
    parser = argparse.ArgumentParser(
        "python -m book.worksheets", description="Write worksheets and their key."
    )
    parser.add_argument("--lesson", default="", help="such as 02; all lessons that have tasks, if empty")
    parser.add_argument("--seed", default="1", help="another seed deals other numbers (1)")
    parser.add_argument(
        "--variants", default="1", help=f"how many sheets, each with its own numbers, up to {model.POOL}"
    )
    parser.add_argument("--paper", default="a4", help="a4 or letter")
    parser.add_argument(
        "--to", default="worksheets", metavar="FOLDER", help="where to write them (worksheets)"
    )
    told = parser.parse_args(arguments)
    lessons = [told.lesson] if told.lesson else model.lessons()
    try:
        for lesson in lessons:
            for path in make.write(lesson, told.seed, told.variants, told.paper, told.to):
                print(path)
    except model.WorksheetError as error:
        print(f"No worksheets were made: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
