"""Which cells of a lesson its stages need: the browser runs these, and strict nbval runs all of them."""

import ast

import cnnlab.scenes
from tests.canonical import read

STAGES = {*cnnlab.scenes.__all__, "Stage", "Predict"}
MUTATES = {"fit", "train_step"}  # what trains its arguments in place


def stages_alone(path):
    """Return a notebook whose code cells are those that its stages need; the others have become raw text."""
    notebook = read(path)
    needed = needed_by_stages(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["id"] not in needed:
            cell["cell_type"] = "raw"
            del cell["outputs"], cell["execution_count"]
    return notebook


def needed_by_stages(notebook):
    """Return the ids of the code cells that show a stage, and of all that these follow from."""
    found, needed = set(), set()
    for cell in reversed(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        reads, writes = reads_and_writes("".join(cell["source"]))
        if shows_a_stage(cell) or writes & needed:
            found.add(cell["id"])
            needed |= reads
    return found


def shows_a_stage(cell):
    """Whether a stored output is that of a stage: of a scene, some panels, or a question.

    What a question holds back is left out: a line that says so, often after a minute of training.
    """
    texts = ["".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]]
    return any(text.partition(":")[0] in STAGES for text in texts)


def reads_and_writes(source):
    """Return the names that a cell looks up, and those that it binds or may change in place."""
    tree = ast.parse(source)
    reads = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    writes = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            writes.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            writes |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            writes |= base(node)
        elif isinstance(node, ast.AugAssign):
            writes |= base(node.target)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Attribute):  # scene.show(...), names.append(...)
                writes |= base(node.value.func)
        elif isinstance(node, ast.Call) and name_of(node.func) in MUTATES:  # history = fit(network, ...)
            writes |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return reads, writes


def name_of(function):
    return getattr(function, "id", getattr(function, "attr", None))


def base(node):
    """Return the name whose part a target is, in a set."""
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()
