"""A network small enough to write on one line: its numbers flow forward, its derivatives flow back."""

from dataclasses import dataclass, replace

import numpy as np

from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene
from cnnlab.stage import Cells, Control, Hidden, Panel, Picture, Scale
from cnnlab.stage.typed import read_number

GIVEN = ("x", "w", "b", "y")
# Where each node stands, and what it is called: what a column holds stands below each other.
NODES = {
    "x": (0, "x", "input"),
    "w": (0, "w", "weight"),
    "u": (1, "u", "w·x"),
    "b": (1, "b", "bias"),
    "z": (2, "z", "u+b"),
    "a": (3, "a", "ReLU(z)"),
    "y": (3, "y", "target"),
    "loss": (4, "L", "½(a−y)²"),
}


@dataclass(frozen=True)
class State:
    """The numbers that are given."""

    x: float
    w: float
    b: float
    y: float

    def __post_init__(self):
        for name in GIVEN:
            object.__setattr__(self, name, read_number(name, getattr(self, name)))


class ComputationGraph(Scene):
    """Step through one neuron and its loss: forward, number by number; then back, derivative by derivative.

    The network is ``L = ½ (ReLU(w·x + b) − y)²``. Each node shows its number above and, once it is known, the
    derivative of the loss in it below.

    Parameters
    ----------
    x, w, b, y : float
        Input, weight, bias and target.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``speed``.

    Raises
    ------
    ValueError
        For numbers that are not finite, or too large to read.
    """

    def __init__(self, x=2, w=3, b=-1, y=3, **options):
        super().__init__(State(x, w, b, y), **options)

    @property
    def slopes(self):
        """The slope of the loss in each node, by the node's name."""
        return {name: float(self.picture.panel(slope_of(name)).values[0, 0]) for name in NODES if name != "y"}

    def draw(self, state):
        """Return the picture of ``state``."""
        numbers, slopes = _worked_out(state)
        known = {id: step for step, (_, *ids) in enumerate(EVENTS) for id in ids}
        frames = {
            id: tuple((0, 0, 0, 0) if id in ids else None for _, *ids in EVENTS)
            for id in (*NODES, *map(slope_of, slopes))
        }
        panels = []
        for name, (column, title, caption) in NODES.items():
            number = Panel(
                name, title, [[numbers[name]]], caption, scale=_scale(name, name in slopes), column=column,
                before="→" if column and name not in ("b", "y") else "", known=((known.get(name, 0),),),
                names=("number",) if name in ("x", "w") else (),
            )  # fmt: skip
            panels.append(number)
            if name in slopes:
                panels.append(
                    replace(
                        number, id=slope_of(name), title=f"∂L/∂{title}",
                        values=np.array([[slopes[name]]]), caption="", bare=True, before="",
                        known=((known[slope_of(name)],),), names=(f"∂L/∂{title}",) if number.names else (),
                    )
                )  # fmt: skip
        return Picture(
            title="Forward, then back",
            panels=(*panels, Hidden("signs", (2, 1), [[1.0], [-1.0]]), Hidden("gate", (1, 1))),
            links=LINKS,
            frames=frames,
            text=tuple(sentence for sentence, *_ in EVENTS),
            controls=(
                *(
                    Control(
                        name, "number", name, write_number(getattr(state, name)),
                        sets={"": {name: [[getattr(state, name)]]}},
                    )
                    for name in GIVEN
                ),
                *self.undo_and_reset(state),
            ),
        )  # fmt: skip

    def put(self, grids):
        """Put numbers into the given nodes."""
        self.change(**{name: float(np.asarray(grid).item()) for name, grid in grids.items()})


def slope_of(name):
    """Return the id of the panel that shows the slope of the loss in a node."""
    return f"slope in {name}"


def _worked_out(state):
    """Return the number of every node, and the slopes of the loss in them, by name."""
    x, w, b, y = state.x, state.w, state.b, state.y
    u = w * x
    z = u + b
    a = max(0.0, z)
    grad_a = a - y
    grad_z = grad_a * float(z > 0)
    numbers = {"x": x, "w": w, "u": u, "b": b, "z": z, "a": a, "y": y, "loss": 0.5 * (a - y) ** 2}
    slopes = {
        "loss": 1.0,
        "a": grad_a,
        "z": grad_z,
        "u": grad_z,
        "b": grad_z,
        "w": grad_z * x,
        "x": grad_z * w,
    }
    return numbers, slopes


def _scale(name, has_slope):
    return Scale((name, slope_of(name)) if has_slope else (name,))


def _link(target, cells, weights=(), bias=(), reduce="sum"):
    """Return the link of a panel of one number; cells are (id, row) or ids."""

    def at(cell):
        id, row = cell if isinstance(cell, tuple) else (cell, 0)
        return id, row, 0

    return Cells(
        target, (tuple(map(at, cells)),), weights=(tuple(map(at, weights)),) if weights else (),
        bias=tuple(map(at, bias)), reduce=reduce,
    )  # fmt: skip


# How each number follows from others: forward, and then back.
LINKS = (
    _link("u", ["w"], ["x"]),
    _link("z", ["u"], bias=["b"]),
    _link("a", ["z"], reduce="relu"),
    _link("loss", ["a", "y"], [("signs", 0), ("signs", 1)], reduce="half square"),
    _link("slope in a", ["a", "y"], [("signs", 0), ("signs", 1)]),
    _link("gate", ["z"], reduce="gate"),
    _link("slope in z", ["slope in a"], ["gate"]),
    _link("slope in u", ["slope in z"], reduce="copy"),
    _link("slope in b", ["slope in z"], reduce="copy"),
    _link("slope in w", ["slope in z"], ["x"]),
    _link("slope in x", ["slope in z"], ["w"]),
)

# What happens at each step: a sentence, and which panels become known.
EVENTS = (
    ("Given: the input x, the weight w, the bias b, and y, what a should be.",),
    ("Forward: u = w · x = {(w} · {(x} {=u}.", "u"),
    ("Forward: z = u + b = {(u} + {(b} {=z}.", "z"),
    ("Forward: a = max(0, z) = max(0, {(z}) {=a}.", "a"),
    ("Forward: L = ½ (a − y)² = ½ ({(a} − {(y})² {=loss}.", "loss"),
    ("Back: the derivative of L in itself is 1.", "slope in loss"),
    ("Back: ∂L/∂a = a − y = {(a} − {(y} {=slope in a}.", "slope in a"),
    (
        "Back: z is {(z}, so ReLU's derivative is {gate}; ∂L/∂z = {(slope in a} · {gate} {=slope in z}.",
        "slope in z",
    ),
    (
        "Back: z = u + b grows as fast as either, so ∂L/∂u and ∂L/∂b are both {(slope in z}.",
        "slope in u",
        "slope in b",
    ),
    (
        "Back: u = w · x, so ∂L/∂w = {(slope in z} · x = {(slope in z} · {(x} {=slope in w}; "
        "∂L/∂x = {(slope in z} · w = {(slope in z} · {(w} {=slope in x}.",
        "slope in w",
        "slope in x",
    ),
)
