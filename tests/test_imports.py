"""Imports point one way, and ``import cnnlab`` loads NumPy and nothing else."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cnnlab

PACKAGE = Path(cnnlab.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

JUPYTER = {"jupyter_client", "jupyter_core", "jupyterlab", "jupyterlab_server"}
# What each part may import: parts of cnnlab, and other packages. Parts in FUNCTIONS_ONLY are loaded late.
ALLOWED = {
    "__init__": {"ops"},
    "__main__": {"course"},
    "checks": {"numpy"},
    "look": {"numpy"},
    "extras": set(),
    "ops": {"checks", "ops", "numpy"},
    "gradcheck": {"checks", "numpy"},
    "detection": {"checks", "ops", "numpy"},
    "nn": {"checks", "nn", "ops", "numpy", "safetensors", "onnx", "torch", "threadpoolctl", "tqdm"},
    "data": {"checks", "data", "ops", "numpy", "PIL", "sklearn"},
    "figures": {"look", "numpy", "matplotlib", "PIL"},
    "stage": {"stage", "checks", "figures", "look", "numpy", "anywidget", "traitlets"},
    "scenes": {"scenes", "checks", "data", "detection", "figures", "look", "nn", "ops", "stage", "numpy"},
    "project": {"project", "__version__", "checks", "figures", "nn", "numpy", "PIL", "jinja2"},
    "grading": {"grading", "exercises", "numpy", "nbformat", "nbgrader", "traitlets"},
    "course": {"course", "grading", "__version__", "ops", "numpy", "packaging", "nbconvert", *JUPYTER},
    "exercises": {
        "exercises",
        "checks",
        "data",
        "figures",
        "gradcheck",
        "look",
        "nn",
        "ops",
        "scenes",
        "stage",
        "numpy",
    },
}
EXPERIMENTS = {"data", "detection"}  # nn/experiments alone tries things out on digits and sheets
ON_PAPER = {"matplotlib", "PIL"}  # stage/still.py alone draws
# Within nn and within stage, each module may import those that stand before it.
STAGE = ["typed", "links", "panels", "controls", "words", "picture", "still", "stage", "__init__"]
NN = [
    "files",
    "layers",
    "losses",
    "receptive",
    "network",
    "blueprint",
    "architectures",
    "exchange",
    "optimizers",
    "fast",
    "training",
    "__init__",
]
NN += ["experiments"]
FUNCTIONS_ONLY = {
    "figures",
    "safetensors",
    "onnx",
    "torch",
    "sklearn",
    "threadpoolctl",
    "tqdm",
    "packaging",
    "jinja2",
    *JUPYTER,
}


def part(path):
    """Return the part of cnnlab that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(tree):
    """Return all that is imported below a node: parts of cnnlab, and names of other packages."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "cnnlab imports by full names"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("cnnlab.").partition(".")[0] for name in names} - sys.stdlib_module_names


def imported_at_once(tree):
    """Return what is imported outside functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [child for child in value if not isinstance(child, functions)]
    return imported(tree)


def imported_from(name, tree):
    """Return the modules of a part that are imported; what comes from the part itself, by its own name."""
    within, names = f"cnnlab.{name}", set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            paths = {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            paths = {alias.name for alias in node.names}
        else:
            continue
        names |= {path.split(".")[2] for path in paths if path.startswith(f"{within}.")}
        names |= {"__init__" for path in paths if path == within}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    extra = ON_PAPER if path.name == "still.py" else set()
    extra |= EXPERIMENTS if path.parent.name == "experiments" else set()
    assert imported(tree) <= ALLOWED[part(path)] | extra
    late = FUNCTIONS_ONLY | ({"grading"} if part(path) == "course" else set())
    assert not imported_at_once(tree) & late


@pytest.mark.parametrize(
    "path", [*(PACKAGE / "nn").rglob("*.py"), *(PACKAGE / "stage").glob("*.py")], ids=lambda path: path.name
)
def test_modules_of_a_part_import_those_before_them(path):
    order = {"nn": NN, "stage": STAGE}[part(path)]
    module = path.relative_to(PACKAGE / part(path)).with_suffix("").parts[0]
    names = imported_from(part(path), ast.parse(path.read_text(encoding="utf-8")))
    assert names <= set(order[: order.index(module) + (module in ("exchange", "fast", "experiments"))])


def test_every_part_is_there():
    assert {part(path) for path in FILES} == set(ALLOWED)


def loaded_by(statement):
    """Return the packages that a fresh Python loads for a statement."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import cnnlab",
        "import cnnlab.data.letters",
        "import cnnlab.look",
        "import cnnlab.nn, cnnlab.gradcheck",
        "import cnnlab.course.command",
    ],
)
def test_numpy_and_nothing_else(statement):
    assert loaded_by(statement) - sys.stdlib_module_names == {"cnnlab", "numpy"}


@pytest.mark.parametrize("statement", ["import cnnlab.scenes", "from cnnlab.exercises import lesson02"])
def test_scenes_load_widgets_but_nothing_that_draws_or_tests(statement):
    loaded = loaded_by(statement)
    assert {"cnnlab", "anywidget", "ipywidgets"} <= loaded
    assert not loaded & {"matplotlib", "scipy", "pytest", "hypothesis"}
