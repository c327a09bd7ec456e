"""A network small enough to write on one line: its numbers flow forward, its slopes flow back."""

from dataclasses import dataclass

import numpy as np

from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene, read_number
from cnnlab.stage import Control, Panel, Picture, full_scale

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


class ComputationGraph(Scene):
    """Step through one neuron and its loss: forward, number by number; then backward, slope by slope.

    The network is ``L = ½ (ReLU(w·x + b) − y)²``. Each node shows its number above and, once it is known, the
    slope of the loss in it below.

    Parameters
    ----------
    x, w, b, y : float
        Input, weight, bias and target.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``speed``, ``projector``.

    Raises
    ------
    ValueError
        For numbers that are not finite, or too large to read.
    """

    def __init__(self, x=2, w=3, b=-1, y=3, **options):
        given = zip(GIVEN, (x, w, b, y), strict=True)
        super().__init__(State(*(read_number(name, value) for name, value in given)), **options)

    @property
    def slopes(self):
        """The slope of the loss in each node, by the node's name."""
        return {name: float(self.picture.panel(name).values[-1, 1, 0]) for name in NODES if name != "y"}

    def draw(self, state):
        """Return the picture of ``state``."""
        events = _events(state)
        films = {name: np.full((len(events), 2, 1), np.nan) for name in NODES}
        frames = {name: [None] * len(events) for name in NODES}
        for name in GIVEN:
            films[name][:, 0, 0] = getattr(state, name)
        for step, (_, known) in enumerate(events):
            for name, row, value in known:
                films[name][step:, row, 0] = value
                frames[name][step] = (row, 0, row, 0)
        panels = tuple(
            Panel(
                name,
                title,
                films[name],
                caption,
                scale=full_scale(films[name]),
                names=("number", "slope") if name in ("x", "w") else (),
                column=column,
                before="→" if column and name not in ("b", "y") else "",
            )
            for name, (column, title, caption) in NODES.items()
        )
        return Picture(
            title="Forward, then back",
            panels=panels,
            frames={name: tuple(boxes) for name, boxes in frames.items()},
            text=tuple(sentence for sentence, _ in events),
            controls=(
                *(Control(name, "number", name, write_number(getattr(state, name))) for name in GIVEN),
                *self.undo_and_reset(state),
            ),
        )

    def set_control(self, id, value):
        """Set one of the given numbers, or go back to the start."""
        if id == "reset":
            self.reset()
        elif id in GIVEN:
            self.change(**{id: read_number(id, value)})
        else:
            raise ValueError(f"ComputationGraph has no control {id!r}")


def _events(state):
    """Return what happens at each step: a sentence, and what becomes known, as (node, row, number)."""
    x, w, b, y = state.x, state.w, state.b, state.y
    u, z = w * x, w * x + b
    a = max(0.0, z)
    loss = 0.5 * (a - y) ** 2
    grad_a = a - y
    open_gate = 1.0 if z > 0 else 0.0
    grad_z = grad_a * open_gate

    def n(value):
        text = write_number(value)
        return f"({text})" if text.startswith("−") else text

    def is_(value):
        return f"{'=' if abs(value * 100 - round(value * 100)) < 1e-9 else '≈'} {write_number(value)}"

    gate = f"z is {n(z)}, so ReLU's slope is {n(open_gate)}"
    return [
        ("Given: the input x, the weight w, the bias b, and y, what a should be.", []),
        (f"Forward: u = w · x = {n(w)} · {n(x)} {is_(u)}.", [("u", 0, u)]),
        (f"Forward: z = u + b = {n(u)} + {n(b)} {is_(z)}.", [("z", 0, z)]),
        (f"Forward: a = max(0, z) = max(0, {n(z)}) {is_(a)}.", [("a", 0, a)]),
        (f"Forward: L = ½ (a − y)² = ½ ({n(a)} − {n(y)})² {is_(loss)}.", [("loss", 0, loss)]),
        ("Back: the slope of L in itself is 1.", [("loss", 1, 1.0)]),
        (f"Back: the slope in a is a − y = {n(a)} − {n(y)} {is_(grad_a)}.", [("a", 1, grad_a)]),
        (f"Back: {gate}; slope in z = {n(grad_a)} · {n(open_gate)} {is_(grad_z)}.", [("z", 1, grad_z)]),
        (
            f"Back: z = u + b grows as fast as either, so both get the slope {n(grad_z)}.",
            [("u", 1, grad_z), ("b", 1, grad_z)],
        ),
        (
            f"Back: u = w · x: slope in w = {n(grad_z)} · x = {n(grad_z)} · {n(x)} {is_(grad_z * x)}; "
            f"slope in x = {n(grad_z)} · w = {n(grad_z)} · {n(w)} {is_(grad_z * w)}.",
            [("w", 1, grad_z * x), ("x", 1, grad_z * w)],
        ),
    ]
