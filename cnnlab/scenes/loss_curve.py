"""Two ways to measure how wrong one answer is, and how steep each is, while the logit moves."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from cnnlab import ops
from cnnlab.look import DASHES, write_number
from cnnlab.nn.experiments.units import unit_losses
from cnnlab.scenes.charts import chart, moving
from cnnlab.scenes.scene import Scene
from cnnlab.stage import Control, Picture

LOGITS = np.linspace(-8, 8, 65)
XLIM = -8.4, 8.4
TARGETS = ("1", "0")
HALF, WHOLE = "½(p − y)²", "(p − y)²"
SQUARES = {HALF: 0.5, WHOLE: 1.0}
AXES = ("as they are", "their size, log scale")
NAMES = ("cross-entropy", "squared error")


@dataclass(frozen=True)
class State:
    """The right answer, the factor before the square, and how slopes are shown."""

    target: str = TARGETS[0]
    square: str = HALF
    axis: str = AXES[0]

    def __post_init__(self):
        for name, known in (("target", TARGETS), ("square", tuple(SQUARES)), ("axis", AXES)):
            if getattr(self, name) not in known:
                raise ValueError(f"LossCurve: {name} must be one of {known}, got {getattr(self, name)!r}")


class LossCurve(Scene):
    """Move the logit of one unit, and read cross-entropy, squared error and the slope of each.

    Parameters
    ----------
    target : "1" or "0"
        The right answer.
    square : "½(p − y)²" or "(p − y)²"
    axis : str
        One of ``AXES``: whether slopes are drawn as they are, or their size on an axis where each line is
        ten times the next.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``speed``.

    Raises
    ------
    ValueError
        For anything but these.
    """

    def __init__(self, *, target=TARGETS[0], square=HALF, axis=AXES[0], **options):
        super().__init__(State(target, square, axis), **{"still_step": 0} | options)

    def draw(self, state):
        """Return the picture of ``state``."""
        target = int(state.target)
        loss, slope = unit_losses(LOGITS, target, SQUARES[state.square])
        sizes = state.axis == AXES[1]
        drawn = np.abs(slope) if sizes else slope
        names = (NAMES[0], state.square)

        limits = (1e-7, 4) if sizes else (-1.08, 0.12) if target else (-0.12, 1.08)
        scale = "log" if sizes else "linear"
        return Picture(
            title="Loss against logit",
            panels=(
                _shown("loss", "Loss", f"of {names[0]} and {names[1]}", state, loss, (-0.3, 8.6)),
                _shown(
                    "size" if sizes else "slope",
                    "Slope, without its sign" if sizes else "Slope",
                    "how fast each loss changes with z",
                    state,
                    drawn,
                    limits,
                    scale,
                    column=1,
                ),
            ),
            text=tuple(
                _sentence(z, target, names, *numbers)
                for z, *numbers in zip(LOGITS, loss.T, slope.T, strict=True)
            ),
            controls=(
                Control("target", "choice", "Target y", state.target, TARGETS),
                Control("square", "choice", "Squared error", state.square, tuple(SQUARES)),
                Control("axis", "choice", "Slopes", state.axis, AXES),
            ),
        )


def _shown(id, title, caption, state, values, ylim, yscale="linear", column=0):
    """Return a chart of two curves with a point on each."""
    drawn = _curves(id, title, caption, state, values.tobytes(), ylim, yscale, column)
    tracks = [(name, LOGITS, line, False) for name, line in zip(NAMES, values, strict=True)]
    return replace(drawn, tracks=moving(tracks, XLIM, ylim, yscale))


@lru_cache(maxsize=32)
def _curves(id, title, caption, state, values, ylim, yscale, column):
    """Return the chart without its points: drawing takes long, and there are few of them."""
    values = np.frombuffer(values).reshape(2, -1)

    def draw(axes, colors, inks):
        for name, line, color, dash in zip((NAMES[0], state.square), values, colors, DASHES, strict=False):
            axes.plot(LOGITS, line, dash, color=color, label=name, linewidth=2.4)
        axes.grid(color=inks["faint"], linewidth=0.8)
        axes.axvline(0, color=inks["quiet"], linewidth=1)
        if id == "loss":
            axes.legend()

    return chart(
        id, title, draw, xlim=XLIM, ylim=ylim, yscale=yscale, labels=("logit z", ""), width=24,
        says=f"{caption}, for z from −8 to 8 and target {state.target}", caption=caption, column=column,
    )  # fmt: skip


def _sentence(z, target, names, loss, slope):
    p = ops.sigmoid(np.array([z]))[0]
    each = "; ".join(
        f"{name} {_digits(height)}, slope {_digits(steep)}"
        for name, height, steep in zip(names, loss, slope, strict=True)
    )
    return f"z = {write_number(z)}, p = {_digits(p)}, target {target}. {each[0].upper()}{each[1:]}."


def _digits(value):
    """Write four decimals, or three digits and a power of ten where these would hide the number.

    Examples
    --------
    >>> _digits(-0.99966), _digits(-0.00033524), _digits(0.0), _digits(1)
    ('−0.9997', '−3.35e−4', '0', '1')
    """
    if value == round(value):
        return write_number(value)
    written = f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.2e}".replace("e-0", "e-")
    return written.replace("-", "−")
