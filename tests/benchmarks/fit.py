"""How every scene of every lesson lies on the screens that people have.

    python -m tests.benchmarks.fit                      # all lessons
    python -m tests.benchmarks.fit 00 02 11             # some
    CONTROL=../first-edition python -m tests.benchmarks.fit

Each lesson is executed in JupyterLab with its file browser open (but not on a phone); then the window takes
one size after the other, in both themes, plain and projected. A line a scene: the height from board to
transport, of the room there is; how wide the board is filled; the smallest digits; how far anything moves
from step to step. What misses its bar is marked. With CONTROL, a checkout of the first edition is measured as
well.
"""

import os
import sys

from tests.helpers.fit import LARGE, MEASURE, SCREENS, STEP_THROUGH, project
from tests.helpers.lab import NOTEBOOKS, drawn, running_chromium, running_lab


def misses(found, screen, moved, projected):
    """Return what a scene misses its bars by, in words."""
    height, is_phone = screen[1], screen == SCREENS[-1]
    said = []
    if found["sideways"]:
        said.append(f"{found['sideways']} px too wide")
    if screen in LARGE and found["together"] > found["room"]:
        said.append(f"{found['together'] - found['room']} px out of sight")
    if moved:
        said.append(f"moves {moved:.0f} px")
    if len(found["pitches"]) > 1:
        said.append(f"pitches {found['pitches']}")
    if projected and not is_phone and found["whole"] > height:
        said.append(f"{found['whole'] - height} px too high")
    if projected and not is_phone and max(found["width"], found["height"]) < 0.8:
        said.append("not filled")
    if projected and height == 1080 and found["digits"] and found["digits"] < 24:
        said.append("small digits")
    return said


def measure(chromium, lab, lesson, label):
    """Print a line for each scene, screen and mode; return how many there were, and how many missed a bar."""
    notebook = lab.open(chromium, lesson, width=1366, height=768)
    page = notebook.page
    page.set_default_timeout(60_000)
    page.evaluate("jupyterapp.commands.execute('filebrowser:activate')")
    notebook.run_all()
    scenes = page.locator(".cnnlab-stage:has(.options:not([hidden]))")  # prompts have none
    hosts = [scenes.nth(number) for number in range(scenes.count())]
    count = missed = 0
    for theme in ("light", "dark"):
        notebook.wear(theme)
        for screen in SCREENS:
            if (screen == SCREENS[-1]) != page.evaluate("jupyterapp.shell.leftCollapsed"):
                page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
            notebook.resize(*screen)
            for number, host in enumerate(hosts):
                host.scroll_into_view_if_needed()
                drawn(page)
                for projected in (False, True):
                    project(page, host, projected)
                    found = host.evaluate(MEASURE)
                    steps = theme == "light" and screen == SCREENS[0]
                    moved = host.evaluate(STEP_THROUGH) if steps else 0
                    project(page, host, on=False)
                    said = misses(found, screen, moved, projected)
                    count, missed = count + 1, missed + bool(said)
                    if said or steps:
                        print(
                            f"{label}{lesson[:2]}.{number:<2} {screen[0]:4} × {screen[1]:<4} {theme:5} "
                            f"{'full ' if projected else 'plain'} {found['together']:4} of {found['room']}, "
                            f"filled {100 * found['width']:3.0f} %, digits {found['digits'] or 0:4.1f} px"
                            f"  {'; '.join(said)}",
                            flush=True,
                        )
    notebook.complaints.clear()
    notebook.close()
    return count, missed


def main():
    chosen = sys.argv[1:]
    lessons = [
        path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb")) if not chosen or path.stem[:2] in chosen
    ]
    runs = [("", None)] + ([("first edition ", os.environ["CONTROL"])] if "CONTROL" in os.environ else [])
    for label, checkout in runs:
        if checkout:
            os.environ["PYTHONPATH"] = os.path.abspath(checkout)
        with running_chromium() as chromium, running_lab() as lab:
            results = [measure(chromium, lab, lesson, label) for lesson in lessons]
        count, missed = map(sum, zip(*results, strict=True))
        print(f"{label}{count - missed} of {count} pass")


if __name__ == "__main__":
    main()
