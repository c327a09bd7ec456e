"""The report of a project: one page of HTML that needs nothing else, and sends nothing anywhere.

It is made from the record, at any time. What is not there yet is named as missing. Every text is escaped by
the template (``report.html``); pictures are in the page itself, as data; there is no script.
"""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab import __version__
from cnnlab.nn.files import replacing
from cnnlab.project.checklist import MARKS, checklist, covers
from cnnlab.project.pictures import class_name, limits, shown, some_of, some_of_each, wrong
from cnnlab.project.record import claim_in_words, in_words, range_in_words, weight_in_words

EXAMPLES, ERRORS = 6, 32  # pictures of each class, and of what went wrong
SIDE = 72  # pixels of a picture in the page, at least
SHADES = 5  # of the confusion table


@dataclass(frozen=True)
class Report:
    """A report that was written: where, and how many items of its checklist are in which state."""

    path: Path
    states: str

    def __repr__(self):
        return f"{self.path.name} is written: {self.states}"


def write(project, path):
    """Write the page of a project to a file, and return a ``Report``.

    Raises
    ------
    OSError
        If the file cannot be written; an older one is then still whole.
    """
    path = Path(path)
    text = page(project)
    with replacing(path) as file:
        file.write(text.encode())
    items = checklist(project)
    return Report(path, ", ".join(f"{items.count(state)} {state}" for state in MARKS))


def page(project):
    """Return the page of a project, as a text of HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    claims = project.claims()
    favorite = claims[0].name if claims else next(reversed(project.methods), None)
    return environment.get_template("report.html").render(
        project=project,
        version=__version__,
        counts=_counts(project),
        examples=_examples(project),
        methods=_methods(project),
        chart=_chart(project),
        confusion=_confusion(project, favorite),
        errors=_errors(project, favorite),
        favorite=favorite,
        claims=[_claimed(project, claim) for claim in claims],
        items=checklist(project),
        marks=MARKS,
        said=project.said,
    )


def picture(image, low, high):
    """Return a picture as a data URL of a PNG: its pixels are enlarged to squares."""
    from PIL import Image

    pixels = np.rint(255 * shown(image, low, high)).astype(np.uint8)
    times = max(1, -(-SIDE // max(pixels.shape[:2])))
    out = io.BytesIO()
    Image.fromarray(pixels.repeat(times, axis=0).repeat(times, axis=1)).save(out, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def _counts(project):
    return {
        name: np.bincount(part.y, minlength=len(project.classes)).tolist()
        for name, part in project.parts.items()
    }


def _examples(project):
    if not project.parts:
        return []
    x, ends = project.parts["train"].x, limits(project)
    return [
        (name, [picture(x[place], *ends) for place in places])
        for name, places in zip(project.classes, some_of_each(project, EXAMPLES), strict=True)
    ]


def _methods(project):
    found = []
    for name, method in project.methods.items():
        right = project.results.get(name)
        shares = None if right is None else right.mean(axis=1)
        found.append(
            {
                "name": name,
                "tries": method.count,
                "settings": in_words(method.best.settings),
                "validation": f"{method.best.score:.3f}",
                "test": "not yet" if shares is None else f"{shares.mean():.3f}",
                "range": "" if shares is None else f"{shares.min():.3f} to {shares.max():.3f}",
            }
        )
    return found


def _chart(project):
    """Return where the dots of the seeds lie: places in percent of the width, and the numbers of the axis."""
    if not project.results:
        return None
    shares = {name: right.mean(axis=1) for name, right in project.results.items()}
    every = np.concatenate(list(shares.values()))
    room = max(0.1 * (every.max() - every.min()), 0.005)
    low, high = max(every.min() - room, 0), min(every.max() + room, 1)
    step = next(
        step for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if (high - low) / step <= 6
    )
    marks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    digits = 3 if step < 0.01 else 2

    def place(value):
        return round(float(100 * (value - low) / (high - low)), 2)

    return {
        "from_0": bool(low == 0),
        "axis": [(place(mark), f"{mark:.{digits}f}") for mark in marks],
        "rows": [
            {"name": name, "dots": [place(share) for share in each], "mean": place(each.mean())}
            for name, each in shares.items()
        ],
        "words": "; ".join(
            f"{name}: mean {each.mean():.3f}, from {each.min():.3f} to {each.max():.3f}"
            for name, each in shares.items()
        ),
    }


def _confusion(project, favorite):
    """Return counts over all seeds, row by row, each with a shade from 0 to ``SHADES``."""
    if favorite not in project.answers:
        return None
    classes, y = len(project.classes), project.parts["test"].y
    table = np.zeros((classes, classes), dtype=int)
    for labels in project.answers[favorite]:
        known = (labels >= 0) & (labels < classes)
        np.add.at(table, (y[known], labels[known]), 1)
    off = np.where(np.eye(classes, dtype=bool), 0, table)
    shade = np.ceil(SHADES * off / max(off.max(), 1)).astype(int)
    return [
        (name, list(zip(row.tolist(), shades.tolist(), strict=True)))
        for name, row, shades in zip(project.classes, table, shade, strict=True)
    ]


def _errors(project, favorite):
    if favorite is None:
        return None
    part = "test" if favorite in project.answers else "validation"
    places, given = wrong(project, favorite, part)
    x, y, ends = project.parts[part].x, project.parts[part].y, limits(project)
    return {
        "part": part,
        "count": len(places),
        "of": len(y),
        "pictures": [
            (picture(x[k], *ends), class_name(project, y[k]), class_name(project, given[k]))
            for k in some_of(places, ERRORS)
        ],
    }


def _claimed(project, claim):
    points = project.differences(claim.name, claim.facts["control"])
    return {
        "words": claim_in_words(claim),
        "measured": range_in_words(points),
        "weight": weight_in_words(len(project.parts["test"].y)),
        "covers": covers(claim, points),
        "reached": bool(points.mean() >= project.success),
        "ahead": int((points > 0).sum()),
        "seeds": len(points),
    }
