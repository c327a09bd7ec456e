"""A network of the worked example's shape whose numbers were learned, from a drawing to the scores."""

from dataclasses import dataclass

import numpy as np

from cnnlab.data import letters
from cnnlab.nn import Conv2d, Dense, Flatten, MaxPool2d, ReLU
from cnnlab.scenes.layers import feature_map
from cnnlab.scenes.letter_network import LetterNetwork
from cnnlab.stage import Cases, Cells, Hidden, Panel, Scale, full_scale

NAMES = tuple(letters.HIGH)  # of the two classes, in order
SHAPE = "Conv2d(1, 3, 3), ReLU, MaxPool2d(2, ceil_mode=True) twice, Flatten, Dense(12, 2)"


@dataclass(frozen=True, eq=False)
class Parameters:
    """A copy of the 56 numbers of a network: three filters and their biases, the head and its biases."""

    filters: np.ndarray  # (3, 3, 3)
    bias: np.ndarray  # (3,)
    head: np.ndarray  # (2, 12)
    head_bias: np.ndarray  # (2,)


def parameters_of(scene, network):
    """Return a copy of the numbers of ``network``, or refuse a network of another shape."""
    kinds = (Conv2d, ReLU, MaxPool2d, MaxPool2d, Flatten, Dense)
    if not hasattr(network, "layers") or [type(layer) for layer in network.layers] != list(kinds):
        raise ValueError(f"{scene}: network must consist of {SHAPE}, got {network!r}")
    convolution, _, *pools, _, dense = network.layers
    usual = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": True}
    fits = (
        convolution.options == {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        and all(pool.options == {"kernel_size": (2, 2)} | usual for pool in pools)
        and convolution.bias is not None
        and dense.bias is not None
        and convolution.weight.shape == (3, 1, 3, 3)
        and dense.weight.shape == (2, 12)
    )
    if not fits:
        raise ValueError(f"{scene}: network must consist of {SHAPE}, each with its bias, got {network!r}")
    numbers = (convolution.weight[:, 0], convolution.bias, dense.weight, dense.bias)
    return Parameters(*(np.array(each, dtype=float) for each in numbers))


# What softmax makes of the two scores: not shown, but told.
SHARES = Hidden("shares", (len(NAMES), 1), written="share")
_SCORES = tuple(("scores", k, 0) for k in range(len(NAMES)))
SHARES_LINK = Cells("shares", tuple((own, *_SCORES) for own in _SCORES), reduce="softmax")
SHARES_IN_WORDS = "Softmax gives " + ", ".join(f"{{shares|{k},0}} for {name}" for k, name in enumerate(NAMES))


def head_link(last, target="scores"):
    """Return the link of the two scores: each of the twelve numbers times its weight, and a bias."""
    places = [(k, row, column) for k in range(len(last)) for row, column in np.ndindex(2, 2)]
    return Cells(
        target,
        cells=tuple(tuple((last[k], *at) for k, *at in places) for _ in NAMES),
        weights=tuple(tuple((f"for {name} {k}", *at) for k, *at in places) for name in NAMES),
        bias=tuple(("score bias", row, 0) for row in range(len(NAMES))),
        reduce="sum",
    )


class LearnedNetwork(LetterNetwork):
    """Draw on 9×9 pixels and see a network answer that was trained.

    It shows a copy: training the network further does not move it.

    Parameters
    ----------
    network : Sequential
        ``Conv2d(1, 3, 3)``, ``ReLU()``, ``MaxPool2d(2, ceil_mode=True)`` twice, ``Flatten()``,
        ``Dense(12, 2)``.
    image : array_like, shape (9, 9)
        The drawing, ink 1 and paper −1.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For a network of another shape, and for anything but 9×9 pixels of 1 and −1.
    """

    title = "From a drawing to two scores, by learned numbers"
    filter_names = ("filter 1", "filter 2", "filter 3")
    unit = None

    def __init__(self, network, image=letters.X, **options):
        self.numbers = parameters_of("LearnedNetwork", network)
        super().__init__(image, **options)

    @property
    def twelve_numbers(self):
        """What is left of the drawing after pooling twice, filter by filter, shape (12,)."""
        return np.concatenate([self.picture.panel(f"twice {k}").values.ravel() for k in range(3)])

    @property
    def votes(self):
        """The score of each letter, by name."""
        return dict(zip(NAMES, self.picture.panel("scores").values[:, 0].tolist(), strict=True))

    def _draw_map(self, image, k, heads, look):
        filters, bias = self.numbers.filters, self.numbers.bias
        weights = Panel(
            f"filter {k}", heads["Filters"], filters[k], "3 × 3", scale=full_scale(filters), column=1, **look
        )
        added = Panel(
            f"bias {k}",
            heads["Bias"],
            bias[k : k + 1, None],
            "1 × 1",
            scale=full_scale(bias),
            **look | {"numbers": True},
            column=2,
        )
        found, to_found = feature_map(
            image, weights, f"map {k}", bias=added, title=heads["Maps"], column=3, **look
        )
        return [weights, added], found, to_found

    def _draw_answer(self, last):
        head, bias = self.numbers.head, self.numbers.head_bias
        scores = head @ np.concatenate([panel.values.ravel() for panel in last]) + bias
        panels = [
            Panel(
                f"for {name} {k}", f"For {name}" + (f", {self.filter_names[k]}" if k else ""),
                head[row, 4 * k : 4 * k + 4].reshape(2, 2), "2 × 2", scale=full_scale(head), numbers=False,
                bare=k > 0, column=7 + row,
            )
            for row, name in enumerate(NAMES)
            for k in range(3)
        ]  # fmt: skip
        panels += [
            Panel("score bias", "Bias", bias[:, None], names=NAMES, column=9),
            Panel(
                "scores", "Scores", scores[:, None], names=NAMES, scale=Scale(("scores",), least=1), column=10
            ),
            SHARES,
        ]
        links = [head_link([panel.id for panel in last]), SHARES_LINK]
        verdict = f"{SHARES_IN_WORDS}: it takes this for an {{?scores|largest}}."
        text = Cases((("blank image", f"An empty sheet gets scores too. {verdict}"),), verdict)
        return panels, links, ("scores", "largest"), text
