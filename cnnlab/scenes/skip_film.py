"""What happens to numbers on the way through a deep network, and to slopes on the way back; skips or none."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cnnlab.data import digits
from cnnlab.look import DASHES
from cnnlab.nn.experiments.deep import ACTIVATIONS, NONE, SCALED, SKIPS, STARTS, deep_network, there_and_back
from cnnlab.scenes.charts import chart, moving
from cnnlab.scenes.scene import Scene, true_or_false
from cnnlab.stage import Control, Picture

COUNT = 100  # digits that are sent through
DEPTHS = ("2", "8", "16", "30")
NAMES = "plain", "with skips"
ALONG, HEIGHTS = (-0.03, 1.03), (1e-20, 1e15)


@dataclass(frozen=True)
class State:
    """What the networks are made of."""

    activation: str = "sigmoid"
    start: str = "He, Xavier"
    depth: str = "16"
    skips: str = SCALED
    norm: bool = False

    def __post_init__(self):
        known = {"activation": tuple(ACTIVATIONS), "start": tuple(STARTS), "depth": DEPTHS, "skips": SKIPS}
        for name, options in known.items():
            if getattr(self, name) not in options:
                raise ValueError(f"SkipFilm: {name} must be one of {options}, got {getattr(self, name)!r}")
        object.__setattr__(self, "norm", true_or_false("SkipFilm", "norm", self.norm))


class SkipFilm(Scene):
    """Follow digits through a deep untrained network, and their error back, without and with skips.

    Layer by layer: first the size of the numbers, on the way to the scores; then the length of the gradient
    in the weights, on the way back.

    Parameters
    ----------
    activation : "sigmoid", "tanh" or "ReLU"
    start : "half as large", "He, Xavier" or "twice as large"
        The weights' size.
    depth : "2", "8", "16" or "30"
        How many layers with skips lie between the first layer and the last.
    skips : "none", "weights ÷ √depth" or "weights as they are"
        What is shown beside the plain network.
    norm : bool
        Whether both networks have batch normalization.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For anything but these.
    """

    def __init__(
        self, *, activation="sigmoid", start="He, Xavier", depth="16", skips=SCALED, norm=False, **options
    ):
        state = State(activation, start, depth, skips, norm)
        steps = 2 * int(state.depth) + 4
        super().__init__(state, **{"still_step": steps - 1, "step": steps - 1} | options)

    def draw(self, state):
        """Return the picture of ``state``."""
        layers = int(state.depth) + 2
        sizes, lengths = _measured(state)
        # First forward, where nothing comes back yet; then back, where all sizes stay.
        away = np.full(layers, np.nan)
        order, there = np.linspace(0, 1, layers), np.ones(layers)
        forward = [
            (name, np.append(order, there), np.append(each, np.full(layers, each[-1])))
            for name, each in zip(NAMES, sizes, strict=True)
        ]
        back = [
            (name, np.append(away, order[::-1]), np.append(away, each[::-1]))
            for name, each in zip(NAMES, lengths, strict=True)
        ]
        return Picture(
            title="Through a deep network, and back",
            panels=tuple(
                replace(_axes(id), tracks=moving(_inside(tracks), ALONG, HEIGHTS, "log"))
                for id, tracks in (("sizes", forward), ("lengths", back))
            ),
            text=(
                *(_sentence("Forward", at, layers, sizes) for at in range(layers)),
                *(_sentence("Back", at, layers, lengths) for at in reversed(range(layers))),
            ),
            controls=(
                Control("activation", "choice", "Activation", state.activation, tuple(ACTIVATIONS)),
                Control("start", "choice", "Weights", state.start, tuple(STARTS)),
                Control("depth", "choice", "Depth", state.depth, DEPTHS),
                Control("skips", "choice", "Skips around", state.skips, SKIPS),
                Control("norm", "check", "Batch normalization", state.norm),
            ),
        )

    def act(self, id, value):
        """Choose another network."""
        at_the_end = self.step == self.picture.steps - 1
        self.change(**{id: value})
        if at_the_end:  # who looks at the whole way wants to see all of the other network's too
            self.step = self.picture.steps - 1


@cache
def _measured(state):
    """Return sizes and lengths, each of shape (2, depth + 2), of the plain network and that with skips."""
    images, labels, _, _ = digits.split()
    x, y = images[:COUNT].reshape(COUNT, -1).astype(float), labels[:COUNT]
    options = {"start": state.start, "norm": state.norm}
    found = [
        there_and_back(deep_network(state.activation, int(state.depth), skips=skips, **options), x, y)
        for skips in dict.fromkeys((NONE, state.skips))
    ]
    if len(found) == 1:  # nothing but the plain network
        found.append(np.full_like(found[0], np.nan))
    return tuple(np.array(each) for each in zip(*found, strict=True))


def _inside(tracks):
    """Keep what lies far below the chart just below its edge: there is no logarithm of 0."""
    return [(name, x, np.maximum(y, HEIGHTS[0] / 10)) for name, x, y in tracks]


@cache
def _axes(id):
    """Return one of the two charts without its lines; the same for all depths, as drawing takes long."""
    title, caption, says, left = {
        "sizes": (
            "Forward: size of the numbers",
            "root of the mean square, after each layer",
            "The size of the numbers after each layer, from the first on the left to the last",
            0.08,
        ),
        "lengths": (
            "Back: length of the gradient",
            "of the loss, in the weights of each layer",
            "The length of the gradient in each layer's weights, from the last on the right to the first",
            0.58,
        ),
    }[id]

    def draw(axes, colors, inks):
        # The lines are explained where they hardly ever pass; Matplotlib's legend would stand at the top.
        for name, color, dash, y in zip(NAMES, colors, DASHES, (0.16, 0.07), strict=False):
            axes.plot([left, left + 0.08], [y, y], dash, color=color, lw=2.4, transform=axes.transAxes)
            axes.text(
                left + 0.1, y, name, color=inks["text"], fontsize=14, va="center", transform=axes.transAxes
            )
        axes.axhline(1, color=inks["quiet"], linewidth=1)
        axes.set_yticks([10.0**power for power in range(-20, 16, 5)])
        axes.minorticks_off()
        axes.set_xticks([0, 0.5, 1], ["first layer", "in the middle", "last"])
        axes.set_xlim(ALONG)
        axes.grid(color=inks["faint"], linewidth=0.8)

    return chart(
        id, title, draw, xlim=ALONG, ylim=HEIGHTS, yscale="log",
        says=f"{says}, from 10 to the power of −20 up to 10 to the power of 15",
        caption=caption, column=int(id == "lengths"), width=24,
    )  # fmt: skip


def _sentence(way, at, layers, values):
    """Say how far the digits or their error have come, and what is measured there."""
    where = f"{way}, layer {at + 1} of {layers}"
    what = "Size of the numbers" if way == "Forward" else "Length of the gradient in its weights"
    each = ", ".join(
        f"{name} {_digits(value)}" for name, value in zip(NAMES, values[:, at], strict=True) if value == value
    )
    end = ""
    if way == "Back" and at == 0:
        shares = [
            f"{_digits(value)} times ({name})"
            for name, value in zip(NAMES, values[:, 0] / values[:, -1], strict=True)
            if value == value
        ]
        end = f" That is {' and '.join(shares)} what the last layer gets."
    return f"{where}. {what}: {each}.{end}"


def _digits(value):
    """Write two digits that count, as a power of ten where that is shorter.

    Examples
    --------
    >>> _digits(0.5312), _digits(26.14), _digits(3.21e-7), _digits(5.96e6), _digits(0.0)
    ('0.53', '26', '3.2e−7', '6.0e6', '0')
    """
    if value == 0:
        return "0"
    if 0.01 <= value < 1000:
        return f"{value:.2g}" if value < 99.5 else f"{value:.0f}"
    number, power = f"{value:.1e}".split("e")
    return f"{number}e{int(power)}".replace("-", "−")
