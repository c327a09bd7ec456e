"""What a learner meets in a lesson: how long it takes, which words it teaches, which cells train networks."""

import ast
import importlib
import pkgutil
import re
from dataclasses import dataclass

import cnnlab.nn.experiments
import cnnlab.scenes
from tests.canonical import NOTEBOOKS, read

LESSONS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
WORDS_A_MINUTE = 130  # slow reading, with formulas
SECONDS_A_LINE = 6
PROMPT, SCENE, PICTURE = 1, 2, 1  # minutes; a picture on the stage has no controls of its own
EXERCISE = {"warm-up": 6, "new-place": 9, "open": 12}  # minutes, by tag
LONGEST = 20  # lines of a visible cell
TERM = re.compile(r"(?<!\*)\*\*(?!\*)([^*\n]+?)\*\*(?!\*)")
FENCE = re.compile(r"```.*?```", re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """A cell as a reader sees it."""

    lesson: str
    id: str
    kind: str  # "markdown" or "code"
    source: str
    tags: tuple
    is_folded: bool
    printed: str  # all texts of its outputs
    shows: tuple  # the names of what it displays: "ReluMap", "Stage", "Predict"

    @property
    def lines(self):
        return self.source.splitlines()


def cells(path):
    """Return the cells of a notebook."""
    return [_cell(path, cell) for cell in read(path)["cells"]]


def _cell(path, cell):
    metadata = cell["metadata"]
    outputs = cell.get("outputs", [])
    texts = [output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs]
    return Cell(
        path.stem,
        cell["id"],
        cell["cell_type"],
        "".join(cell["source"]),
        tuple(metadata.get("tags", ())),
        bool(metadata.get("jupyter", {}).get("source_hidden")),
        "\n".join(map("".join, texts)),
        tuple("".join(text).partition(":")[0] for text in texts),
    )


# --- How long it takes --------------------------------------------------------------------------------------


def minutes(path):
    """Return how many minutes a lesson takes: reading, code in sight, prompts, scenes and exercises."""
    return sum(parts(path).values())


def sections(path):
    """Return the minutes of each section, by the id of its first cell: the title, or a heading."""
    found = {}
    for cell in cells(path):
        if not found or (cell.kind == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE)):
            here = found.setdefault(cell.id, [])
        here.append(cell)
    return {id: sum(_parts(section).values()) for id, section in found.items()}


def parts(path):
    """Return the minutes of a lesson by what they are spent on; optional boxes are not counted."""
    return _parts(cells(path))


def _parts(found):
    shown = [cell for cell in found if "optional" not in cell.tags]
    code = [cell for cell in shown if cell.kind == "code"]
    return {
        "words": sum(words(cell.source) for cell in shown if cell.kind == "markdown") / WORDS_A_MINUTE,
        "code": sum(len(cell.lines) for cell in code if not cell.is_folded) * SECONDS_A_LINE / 60,
        "prompts": PROMPT * sum(is_prompt(cell) for cell in code),
        "scenes": sum(map(scene_minutes, code)),
        "exercises": sum(EXERCISE[tag] for cell in code for tag in cell.tags if tag in EXERCISE),
    }


def words(markdown):
    """Return how many words a reader reads: not the rules of tables, nor where links lead."""
    text = re.sub(r"\]\([^)]*\)", "]", markdown)
    text = re.sub(r"[|#>*_`-]+", " ", text)
    return len(text.split())


def is_prompt(cell):
    return bool(cell.lines) and bool(re.fullmatch(r"(exercises\.predict_\w+|your_reading)", cell.lines[-1]))


def scene_minutes(cell):
    """Return the minutes for what a cell shows on the stage: prompts are not among it."""
    if is_prompt(cell) or ".reveal(" in cell.source:
        return 0
    return sum(SCENE if name in cnnlab.scenes.__all__ else PICTURE * (name == "Stage") for name in cell.shows)


# --- Which words it teaches ---------------------------------------------------------------------------------


def terms(path):
    """Return the words that a lesson sets in bold, each with the heading below which it stands."""
    found, heading = [], None
    for cell in cells(path):
        if cell.kind != "markdown":
            continue
        for line in FENCE.sub("", cell.source).splitlines():
            if title := re.match(r"#+ (.*)", line):
                heading = title[1]
            found += [(term.strip(), heading) for term in TERM.findall(line)]
    return found


# --- Which cells train --------------------------------------------------------------------------------------

TRAINS = {"fit", "train_step"}
EXPERIMENTS = cnnlab.nn.experiments.__name__


def trainers(tree, known):
    """Return the names of functions of a module or a cell that train, if those of ``known`` do."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    found = set()
    while more := {f.name for f in functions if names_in(f) & (known | found)} - found:
        found |= more
    return found


def names_in(node):
    """Return all names that are looked up below a node; of attributes ``transfer.compare``, and ``fit``."""
    found = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            found.add(f"{each.value.id}.{each.attr}")
        if isinstance(each, ast.Attribute) and each.attr in TRAINS:
            found.add(each.attr)
    return found


def brought(tree, training):
    """Return the names under which imports bring what trains: ``compare``, ``transfer.compare``."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(EXPERIMENTS):
            continue
        module = node.module.removeprefix(EXPERIMENTS).removeprefix(".")
        for alias in node.names:
            name = alias.asname or alias.name
            if not module:  # from cnnlab.nn.experiments import transfer
                found |= {f"{name}.{each}" for each in training.get(alias.name, ())}
            elif alias.name in training.get(module, ()):
                found.add(name)
    return found


def experiments_that_train():
    """Return, by module of ``cnnlab.nn.experiments``, the names of its functions that train a network."""
    trees = {}
    for module in pkgutil.iter_modules(cnnlab.nn.experiments.__path__):
        path = importlib.import_module(f"{EXPERIMENTS}.{module.name}").__file__
        with open(path, encoding="utf-8") as file:
            trees[module.name] = ast.parse(file.read())
    found = dict.fromkeys(trees, frozenset())
    for _ in trees:  # they may use one another
        found = {
            name: frozenset(trainers(tree, TRAINS | brought(tree, found))) for name, tree in trees.items()
        }
    return found


def cells_that_train(path):
    """Return the cells of a lesson that train networks: those that call, or pass on, what trains."""
    training, known, found = experiments_that_train(), set(TRAINS), []
    for cell in cells(path):
        if cell.kind != "code":
            continue
        tree = ast.parse(cell.source)
        known |= brought(tree, training)
        known |= trainers(tree, known)
        skipped = (ast.FunctionDef, ast.Import, ast.ImportFrom)
        if any(names_in(node) & known for node in tree.body if not isinstance(node, skipped)):
            found.append(cell)
    return found
