"""The command ``cnnlab``: open the course, renew it or a lesson of it, test it, write a project's report."""

import argparse
import sys
from pathlib import Path

from cnnlab import __version__
from cnnlab.course import copies

FOLDER = "cnnlab-course"
FRONT_PAGE = "00_start_here.ipynb"
COMMANDS = ("lab", "update", "reset", "check", "report", "assignment")
USUAL = "lab"


def main(arguments=None):
    """Run the command with these arguments (those of the shell by default), and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    _print_all_names()
    # Without a command, as with `uvx cnnlab`, the course opens; options are then those of `lab`.
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments.insert(0, USUAL)
    chosen, others = _parser().parse_known_args(arguments)
    if others and chosen.command != USUAL:
        _parser().error(f"unrecognized arguments: {' '.join(others)}")
    try:
        commands = {
            "lab": _lab,
            "update": _update,
            "reset": _reset,
            "check": _check,
            "report": _report,
            "assignment": _assignment,
        }
        return commands[chosen.command](chosen, others)
    except copies.CourseError as error:
        print(f"cnnlab: {error}", file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(
        prog="cnnlab",
        description="A course on the mathematics of convolutional neural networks. Without a command: lab.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cnnlab {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    lab = commands.add_parser(
        "lab",
        help="place what is missing of your own copies of the lessons, and open them in JupyterLab",
        epilog="Any other option is handed to JupyterLab: cnnlab lab --ip=0.0.0.0",
        allow_abbrev=False,
    )
    lab.add_argument("--port", type=int, help="where JupyterLab listens (8888, or the next free one)")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    update = commands.add_parser(
        "update",
        help="bring the installed version of the lessons in; what you have touched is kept beside it",
    )
    reset = commands.add_parser("reset", help="begin a lesson anew; the old one is kept beside it")
    reset.add_argument("lesson", metavar="LESSON", help='its number ("05"), its name, or a part of it')
    commands.add_parser("check", help="test in a few seconds whether everything works here")
    report = commands.add_parser(
        "report",
        help="run the notebook of a project from its beginning, and write its report, a page of HTML",
    )
    report.add_argument("notebook", metavar="NOTEBOOK", type=Path, help="it is run, and not changed")
    report.add_argument("--to", type=Path, help="the file to write (report.html beside the notebook)")
    assignment = commands.add_parser(
        "assignment", help="for teachers: make an nbgrader assignment of a lesson's exercises"
    )
    assignment.add_argument("lesson", metavar="LESSON", help="as for reset")
    assignment.add_argument(
        "--course", type=Path, default=Path("grading"), help="the folder of nbgrader's course (grading)"
    )
    for command in (lab, update, reset):
        command.add_argument(
            "--folder", type=Path, help=f"where your copies are ({FOLDER}, unless you are in such a folder)"
        )
    return parser


def _lab(chosen, others):
    folder = _folder(chosen)
    placed = copies.place(folder).placed
    if placed:
        print(f"{len(placed)} lessons and solutions are now in {folder}: they are yours.")
    if copies.has_news(folder):
        print("There is a new version of the lessons: `cnnlab update` brings it in, and keeps what is yours.")
    options = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{FRONT_PAGE}"]
    options += [f"--port={chosen.port}"] if chosen.port is not None else []
    options += ["--no-browser"] if chosen.no_browser else []

    from jupyterlab.labapp import main as run_jupyterlab

    sys.stdout.flush()
    return run_jupyterlab([*options, *others])


def _update(chosen, _):
    folder = _existing(chosen)
    news = copies.update(folder)
    _tell("New in", news.placed)
    _tell("Brought up to date in", news.replaced)
    _tell("No longer part of the course, and gone from", news.removed)
    _tell_kept(news)
    if news == copies.News():
        print("Nothing is new.")
    else:
        print("Lessons that are open in JupyterLab: close their tabs without saving, and open them again.")
    return 0


def _reset(chosen, _):
    folder = _existing(chosen)
    name = copies.lesson_name(chosen.lesson)
    news = copies.reset(folder, name)
    print(f"{name} is fresh. If it is open in JupyterLab, close its tab without saving, and open it again.")
    _tell_kept(news)
    return 0


def _assignment(chosen, _):
    from cnnlab.grading import assignment

    lesson = copies.lessons_folder() / copies.lesson_name(chosen.lesson)
    try:
        path = assignment.write(lesson, chosen.course)
    except (assignment.AssignmentError, OSError) as error:
        raise copies.CourseError(str(error)) from error
    print(f"{path} is made. Next, in {chosen.course}: nbgrader generate_assignment {path.parent.name}")
    return 0


def _check(chosen, _):
    from cnnlab.course import selftest

    return selftest.run()


def _report(chosen, _):
    from cnnlab.course import projects

    path = chosen.to or chosen.notebook.with_name("report.html")
    print(f"Running {chosen.notebook.name} …", flush=True)
    print(projects.report(chosen.notebook, path))
    return 0


def _tell(what, names):
    if names:
        print(f"{what} your copies: {', '.join(names)}.")


def _tell_kept(news):
    for name, kept in news.kept.items():
        print(f"Yours, kept: {name} is now {kept}")


def _folder(chosen):
    """Return the folder of the copies: the one that was named, this one if it is one, or the usual one."""
    return chosen.folder or (Path() if copies.is_course(Path()) else Path(FOLDER))


def _existing(chosen):
    folder = _folder(chosen)
    if not folder.exists():
        raise copies.CourseError(f"There are no copies in {folder.absolute()}. `cnnlab lab` makes them.")
    return folder


def _print_all_names():
    """Let a console that lacks a letter of a file name show a question mark, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
