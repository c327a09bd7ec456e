"""Four ways to walk down the same bowl, side by side: gradient descent, with noise, with momentum, Adam."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cnnlab.look import DASHES, write_number
from cnnlab.nn.experiments.bowls import WALKERS, bowl, race
from cnnlab.scenes.charts import chart, moving
from cnnlab.scenes.scene import Scene, true_or_false
from cnnlab.stage import Control, Picture

STEPS = 60
RATES = ("0.1", "0.5", "1", "1.9", "2", "2.1", "4")  # in units of 1/λmax
ADAM_RATES = ("0.01", "0.03", "0.1", "0.3", "1")
CONDITIONS = ("1", "10", "100", "1000")
FIELD = (-1.5, 1.5), (-1.0, 1.0)
HEIGHTS = 1e-8, 1e2


@dataclass(frozen=True)
class State:
    """The learning rates, and the shape of the bowl."""

    rate: str = "1"
    adam_rate: str = "0.1"
    condition: str = "10"
    turned: bool = False

    def __post_init__(self):
        for name, known in (("rate", RATES), ("adam_rate", ADAM_RATES), ("condition", CONDITIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"OptimizerRace: {name} must be one of {known}, got {getattr(self, name)!r}")
        object.__setattr__(self, "turned", true_or_false("OptimizerRace", "turned", self.turned))


class OptimizerRace(Scene):
    """Watch four optimizers walk down a bowl of curvatures 1 and κ, and their heights beside it.

    Parameters
    ----------
    rate : str
        One of ``RATES``: the learning rate of all but Adam, in units of 1/λmax.
    adam_rate : str
        One of ``ADAM_RATES``.
    condition : str
        One of ``CONDITIONS``: κ, the steepest curvature over the least steep.
    turned : bool
        Whether the bowl is turned by 30°.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but these.
    """

    def __init__(self, *, rate="1", adam_rate="0.1", condition="10", turned=False, **options):
        super().__init__(State(rate, adam_rate, condition, turned), **{"step": STEPS} | options)

    def draw(self, state):
        """Return the picture of ``state``."""
        steepest = float(state.condition)
        points, heights = race(
            steepest, float(state.rate) / steepest, float(state.adam_rate), state.turned, steps=STEPS
        )
        walks = [(name, *way.T) for name, way in zip(WALKERS, points, strict=True)]
        # What is lower than the chart stays just below its edge: 0 has no logarithm.
        low = np.maximum(heights, HEIGHTS[0] / 10)
        falls = [(name, np.arange(STEPS + 1), fall) for name, fall in zip(WALKERS, low, strict=True)]
        return Picture(
            title="Four ways down a bowl",
            panels=(
                replace(_field(state.condition, state.turned), tracks=moving(walks, *FIELD)),
                replace(_heights(), tracks=moving(falls, (0, STEPS), HEIGHTS, "log")),
            ),
            text=tuple(
                f"Step {step}. Height, as a part of the start's: "
                + ", ".join(f"{name} {_height(one)}" for name, one in zip(WALKERS, now, strict=True))
                + f". {_why(state)}"
                for step, now in enumerate(heights.T)
            ),
            first_step=0,
            controls=(
                Control("rate", "choice", "Learning rate · λmax", state.rate, RATES),
                Control("adam_rate", "choice", "Adam's learning rate", state.adam_rate, ADAM_RATES),
                Control("condition", "choice", "κ", state.condition, CONDITIONS),
                Control("turned", "check", "Turned by 30°", state.turned),
            ),
        )


@cache
def _field(condition, turned):
    """Return the chart of a bowl seen from above, without walkers: there are eight of them."""
    slopes = bowl(float(condition), turned)
    x, y = np.meshgrid(np.linspace(*FIELD[0], 300), np.linspace(*FIELD[1], 200))
    grid = np.stack([x, y], axis=-1)
    height = np.einsum("...i,ij,...j", grid, slopes, grid) / 2

    def draw(axes, colors, inks):
        axes.contour(x, y, height, levels=0.02 * 4.0 ** np.arange(10), colors=inks["faint"], linewidths=1.4)
        axes.plot(0, 0, "+", color=inks["text"], markersize=14, markeredgewidth=2)

    where = "turned by 30°" if turned else "along the axes"
    return chart(
        "field", "The bowl from above", draw, xlim=FIELD[0], ylim=FIELD[1],
        says=f"Lines of equal height of a bowl {where}, κ = {condition}; the lowest point is in the middle",
        caption="each line 4 times as high as the one inside", width=24,
    )  # fmt: skip


@cache
def _heights():
    """Return the chart of heights against steps, without the walkers."""

    def draw(axes, colors, inks):
        for name, color, dash in zip(WALKERS, colors, DASHES, strict=True):
            axes.plot([], [], dash, color=color, label=name, linewidth=2.4)
        axes.axhline(1, color=inks["quiet"], linewidth=1)
        axes.grid(color=inks["faint"], linewidth=0.8)
        axes.legend()

    return chart(
        "heights", "Height", draw, xlim=(0, STEPS), ylim=HEIGHTS, yscale="log", labels=("step", ""),
        says="Height against the step, from 100 times the start's down to a hundred-millionth of it",
        caption="1 is the start; each line 100 times the one below", column=1, width=24,
    )  # fmt: skip


def _height(value):
    return "far away" if np.isnan(value) else write_number(value)


def _why(state):
    """Say which walkers diverge, and why; or how large a learning rate may be."""
    rate, steepest = float(state.rate), float(state.condition)
    factor = write_number(1 - rate)
    limit = f"2/λmax = {2 / steepest:g}"
    if rate < 2:
        return f"GD's learning rate, {rate / steepest:g}, is below {limit}."
    if rate == 2:
        return (
            f"GD's learning rate is {limit}: along the steep way each step leads to the other side, "
            "exactly as far out."
        )
    momentum = " Momentum's limit is 3.8/λmax, and it diverges too." if rate > 3.8 else ""
    return (
        f"GD and SGD diverge: {rate / steepest:g} is above {limit}, "
        f"and each step multiplies the distance along the steep way by 1 − {rate:g} = {factor}.{momentum}"
    )
