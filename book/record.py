"""Record the scenes of lessons: what each shows once its lesson has run, and what its controls lead to.

    python -m book.record [NOTEBOOK …]      all lessons if none is named

A notebook keeps a still picture of each scene, and none of its numbers. So each lesson is run once more, and
the state of every scene it shows is written to ``book/scenes/NAME.json.gz``. `make book` reads these files;
it stops if the lesson has been changed since, and a test runs some of them again.
"""

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np

from book import teaching
from book.changes import difference
from cnnlab.scenes.scene import Scene
from cnnlab.stage import YOURS
from cnnlab.stage.links import MADE

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
SCENES = Path(__file__).parent / "scenes"
MOST_PICTURES = 400  # of one scene; beyond them a control says that it needs Python
MOST_BYTES = 400_000  # of the pictures of one scene's controls, before they are compressed
LARGEST = 200_000  # of one of them: another photograph of half a megapixel is more
WHOLE = 6  # values of a control for whole numbers: from the lowest one on


def lessons():
    """Return the paths of the lessons, in order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def fingerprint(notebook):
    """Return what changes whenever the code of a lesson does."""
    code = [[cell.id, cell.source] for cell in notebook.cells if cell.cell_type == "code"]
    code += [[cell.id, state] for cell in notebook.cells if (state := state_of(cell))]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def state_of(cell):
    """Return the state text that a teacher starts the scene of a cell from, or None."""
    return teaching.told(cell).get("state")


def path_of(lesson):
    """Return where the scenes of a lesson are kept."""
    return SCENES / f"{Path(lesson).stem}.json.gz"


def read(lesson, notebook=None):
    """Return what was recorded of a lesson; a ``ValueError`` says what to do if that is out of date."""
    path = path_of(lesson)
    how = f"run `python -m book.record notebooks/{Path(lesson).name}`"
    if not path.exists():
        raise ValueError(f"the scenes of {Path(lesson).name} have not been recorded: {how}")
    recorded = json.loads(gzip.decompress(path.read_bytes()))
    if recorded["fingerprint"] != fingerprint(notebook or nbformat.read(lesson, as_version=4)):
        raise ValueError(f"the code of {Path(lesson).name} has changed since its scenes were recorded: {how}")
    return recorded


def write(lesson, recorded):
    """Keep what was recorded; the same content always makes the same bytes."""
    SCENES.mkdir(exist_ok=True)
    text = json.dumps(recorded, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    path_of(lesson).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


# --- running a lesson ---------------------------------------------------------------------------------------


def record(lesson):
    """Run a lesson; return its scenes as plain data, and which cell shows which of them."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    from cnnlab.stage import Stage

    notebook = nbformat.read(lesson, as_version=4)
    os.chdir(Path(lesson).parent)
    shell = InteractiveShell.instance()
    stages, cells, shown = [], {}, []

    def show(stage):
        if not any(one is stage for one in stages):
            stages.append(stage)
        shown.append({"text": repr(stage), "stage": place(stages, stage)})
        return {"text/plain": repr(stage)}

    shell.display_formatter.mimebundle_formatter.for_type(Stage, show)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        shown.clear()
        with capture_output():
            result = shell.run_cell(cell.source, store_history=True)
        result.raise_error()
        if shown:
            cells[cell.id] = [*shown]
    data = [told(stage, stages) for stage in stages]
    for cell in notebook.cells:
        if state_of(cell):
            at = cells[cell.id][0]["stage"]
            data[at]["start"] = start(stages[at], state_of(cell), data[at])
    return {"fingerprint": fingerprint(notebook), "cells": cells, "stages": data}


def start(scene, state, data):
    """Return where a state text begins, as `scenes.js` takes it; its picture joins the others."""
    scene.restore(state)
    found = picture_of(scene)
    pictures = data.setdefault("pictures", [None])
    change = difference(data["picture"], found)
    if change not in pictures:
        pictures.append(change)
        data.setdefault("ways", [{}]).append({})
    return {"a": pictures.index(change), "s": scene.step, "q": scene.quiz, "d": scene.decimals}


def place(all, one):
    """Return where an object itself stands in a list, or None."""
    return next((at for at, other in enumerate(all) if other is one), None)


def told(stage, stages):
    """Return a stage as plain data: its state, and what its controls lead to."""
    from cnnlab.exercises.predict import Predict, PredictCells, Revealed

    traits = {name: getattr(stage, name) for name in ("step", "speed", "decimals", "quiz")}
    if isinstance(stage, Scene):
        stage.go_to(stage.state)
    base = picture_of(stage)
    data = {"kind": type(stage).__name__, "title": stage.picture.title, "traits": traits, "picture": base}
    if isinstance(stage, (Predict, PredictCells)):
        held_back = place(stages, stage.held_back)
        return {**data, "asks": question(stage), "reveals": held_back}
    if isinstance(stage, Revealed):
        return {**data, "lines": hidden("\n".join(stage.lines))}
    return {**data, **paths(stage, base)} if isinstance(stage, Scene) else data


def picture_of(stage):
    """Return the picture of a stage as JSON can hold it; what the browser works out of it is left out."""
    picture = stage.picture.to_json()
    made = {link["target"] for link in picture["links"] if link["reduce"] in MADE}
    panels = []
    for panel in picture["panels"]:
        if panel["kind"] == "raster" and panel["id"] in made and not picture["python_only"]:
            panel = {**panel, "values": None}
        elif isinstance(panel.get("values"), (bytes, memoryview)):
            panel = {**panel, "values": packed(bytes(panel["values"]), panel["dtype"])}
        panels.append(panel)
    return json.loads(json.dumps({**picture, "panels": panels}, allow_nan=False, default=image_of))


def image_of(data):
    """Return the bytes of a chart's picture as text."""
    return {"bytes": base64.b64encode(bytes(data)).decode()}


def packed(data, dtype):
    """Return the bytes of a photograph as text; where numbers are whole, or 255ths, in half the room.

    All their low bytes come first, then all high ones, which are much alike: a sixth less once compressed.
    """
    for over in (1, 255) if dtype == "float32" else ():
        values = np.frombuffer(data, np.float32)
        counts = np.rint(values.astype(float) * over)
        if np.array_equal((counts / over).astype(np.float32), values) and np.abs(counts).max() < 2**15:
            bytes_of = counts.astype("<i2").view(np.uint8).reshape(-1, 2).T
            return {"int16": base64.b64encode(bytes_of.tobytes()).decode(), "over": over}
    return {"bytes": base64.b64encode(data).decode()}


def hidden(value):
    """Return what must not be read at a glance in a page's source; ``scenes.js`` reads it again."""
    text = json.dumps(value, ensure_ascii=False).encode()
    return base64.b64encode(bytes(byte ^ 0x5A for byte in text)).decode()


# --- questions ----------------------------------------------------------------------------------------------


def question(prompt):
    """Return what judges the answers to a question, out of sight."""
    from cnnlab.exercises import progress
    from cnnlab.exercises.predict import TERM_BY_TERM, Predict
    from cnnlab.look import write_number

    if isinstance(prompt, Predict):
        judge = {
            "right": prompt.right,
            "slips": [[wrong, why] for wrong, why in prompt.slips.items()],
            "hint": TERM_BY_TERM,
            "shown": prompt.right if prompt.choices else write_number(prompt.right, prompt.unit),
            "percent": bool(re.search(r"percent|%", prompt.question)),
        }
    else:
        places = [
            [prompt.place_of(row, column) for column in range(prompt.right.shape[1])]
            for row in range(len(prompt.right))
        ]
        judge = {
            "right": prompt.right.tolist(),
            "slips": [[wrong.tolist(), why] for wrong, why in prompt.slips],
            "hint": prompt.hint,
            "places": places,
        }
    return {"key": progress.key_of(prompt), "judge": hidden({**judge, "because": prompt.because})}


# --- controls -----------------------------------------------------------------------------------------------


def paths(scene, base):
    """Return the pictures that a scene's controls lead to, as far as they can be kept.

    ``pictures`` holds what makes each of them of the first one; ``ways`` says, for each picture, by control
    and value, which picture comes next and which of ``carries`` tells what becomes of the learner's own
    numbers, or the words of a refusal.
    """
    start = scene.state
    pictures, states, known, size = [None], [start], {_mark(base, start): 0}, 0
    ways, carries, seen = [], [], {}
    while len(ways) < len(states):
        here = states[len(ways)]
        ways.append({})
        scene.go_to(here)
        before = _edited(scene)
        for control, value in [*tries(scene.picture)]:
            word = value if isinstance(value, str) else json.dumps(value)
            scene.go_to(here)
            try:
                scene.set_control(control, value)
            except (ValueError, TypeError) as error:
                ways[-1].setdefault(control, {})[word] = str(error)
                continue
            state = scene.state
            scene.go_to(state)  # without a past, as all others: it counts what can be undone in the page
            found = picture_of(scene)
            mark = _mark(found, state)
            if mark not in known:
                change = difference(base, found)
                more = len(json.dumps(change))
                if len(states) >= MOST_PICTURES or more > LARGEST or size + more > MOST_BYTES:
                    continue
                size += more
                known[mark] = len(states)
                states.append(state)
                pictures.append(change)
            # What becomes of edits is the same wherever the same panels, of the same sizes, are shown.
            key = json.dumps([control, word, before, _edited(scene)])
            if key not in seen:
                carried = carry(scene, here, control, value)
                if carried not in carries:
                    carries.append(carried)
                seen[key] = carries.index(carried)
            ways[-1].setdefault(control, {})[word] = [known[mark], seen[key]]
    scene.go_to(start)
    return {"pictures": pictures, "ways": ways, "carries": carries} if any(ways) else {}


def _edited(scene):
    """Return the panels that learners can put numbers into, with their shapes."""
    return [[panel.id, *panel.shape] for panel in own_panels(scene.picture)]


def own_panels(picture):
    """Return the panels that learners can put numbers into, by hand or by a control."""
    by_control = {id for control in picture.controls for grids in control.sets.values() for id in grids}
    by_control |= {control.moves[0] for control in picture.controls if control.moves}
    return [panel for panel in picture.panels if getattr(panel, "edit", "") or panel.id in by_control]


def _mark(picture, state):
    """Return what tells a state from all others, also where they look alike."""
    parts = [
        [name, value.tobytes().hex() if isinstance(value, np.ndarray) else repr(value)]
        for name, value in vars(state).items()
    ]
    return hashlib.sha256(json.dumps([picture, parts], sort_keys=True).encode()).hexdigest()


def tries(picture):
    """Yield every control of a picture that the browser leaves to Python, with each of its values."""
    for control in picture.controls:
        ids = [id for grids in control.sets.values() for id in grids]
        shown = {panel.id for panel in picture.panels}
        alone = ids and not picture.python_only and {*ids} <= shown
        if control.id == "undo" or control.moves or control.kind in ("number", "file"):
            continue
        if control.kind in ("choice", "radio"):
            values = [one for one in control.options if one != YOURS and not (alone and one in control.sets)]
        elif alone:
            continue
        elif control.kind == "whole":
            values = [*range(control.low or 0, (control.low or 0) + WHOLE)]
            values = [one for one in values if control.high is None or one <= control.high]
        else:
            values = [False, True] if control.kind == "check" else [True]
        for value in values:
            yield control.id, value


def carry(scene, state, control, value):
    """Return what becomes of a learner's numbers when a control is used.

    Panels that ``keep`` them show them in the next picture, too; others lose them, in Python as well. Where
    an edit shows in any other way, it ``blocks`` the control: only Python knows the next picture.
    """
    found = {"keeps": [], "blocks": []}
    scene.go_to(state)
    for panel in own_panels(scene.picture):
        after, states = [], []
        try:
            for edits in (False, True):
                scene.go_to(state)
                if edits:
                    put_other(scene, panel)
                    own = scene.picture.panel(panel.id).values
                scene.set_control(control, value)
                after.append(scene.picture)
                states.append(_mark(None, scene.state))
        except (ValueError, TypeError):
            found["blocks"].append(panel.id)
            continue
        plain, edited = ({one.id: one for one in picture.panels} for picture in after)
        made = {link.target for link in after[0].links if link.reduce in MADE}
        given = [id for id in plain if id not in made and not _is_made(plain[id])]
        if plain.keys() != edited.keys():
            found["blocks"].append(panel.id)
            continue
        differ = [
            id for id in given if not np.array_equal(plain[id].values, edited[id].values, equal_nan=True)
        ]
        if differ == [panel.id] and np.array_equal(edited[panel.id].values, own, equal_nan=True):
            found["keeps"].append(panel.id)
        elif differ or states[0] != states[1]:  # it is out of sight, and would come back
            found["blocks"].append(panel.id)
    return found


def _is_made(panel):
    """Whether a panel has no numbers of its own: a chart, a loupe, or a hidden one that is worked out."""
    return panel.kind == "chart" or bool(getattr(panel, "follows", "")) or panel.values is None


def put_other(scene, panel):
    """Put another number into the first cell of a panel, as far as the scene lets one."""
    now = float(np.asarray(panel.values)[..., 0, 0])
    other = next(one for one in (getattr(panel, "only", ()) or (1.0, -1.0, 0.5)) if one != now)
    if getattr(panel, "edit", ""):
        scene.set_cell(panel.id, 0, 0, str(other))
    else:
        grid = np.array(panel.values, dtype=float)
        grid[0, 0] = other
        scene.put({panel.id: grid})


def record_all(paths):
    """Record lessons, each in a process of its own, as in a fresh kernel."""
    for lesson in paths:
        subprocess.run([sys.executable, "-m", "book.record", str(lesson)], check=True, cwd=ROOT)


if __name__ == "__main__":
    names = [Path(name).resolve() for name in sys.argv[1:]]
    if len(names) == 1:
        write(names[0], record(names[0]))
        print(f"{path_of(names[0]).name} {path_of(names[0]).stat().st_size:,} bytes")
    else:
        record_all(names or lessons())
