"""Layers in a row: what each makes of the one before, and how much of the image a number can see."""

from dataclasses import dataclass

import numpy as np

from cnnlab.data import letters
from cnnlab.scenes.layers import bent, feature_map, pooled
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Control, Panel, Picture, Scale

# The stacks a learner can choose: "c" convolves, "r" is ReLU, "p" pools 2 × 2, ragged edges kept.
STACKS = {
    "convolve, ReLU, pool, pool": "crpp",
    "convolve, ReLU, pool, twice over": "crpcrp",
    "three convolutions": "ccc",
    "convolve, pool, convolve": "cpc",
}
TITLES = {"c": "Convolved", "r": "ReLU", "p": "Pooled"}


@dataclass(frozen=True, eq=False)
class State:
    """The image, the kernel of every convolution, and the name of the stack."""

    image: np.ndarray
    kernel: np.ndarray
    stack: str

    def __post_init__(self):
        object.__setattr__(self, "image", finite_matrix("Pipeline", "image", self.image))
        object.__setattr__(self, "kernel", finite_matrix("Pipeline", "kernel", self.kernel))
        if not isinstance(self.stack, str) or self.stack not in STACKS:
            raise ValueError(f"Pipeline: stack must be one of {tuple(STACKS)}, got {self.stack!r}")


class Pipeline(Scene):
    """Follow one filter's numbers through a stack of layers, and any number back to the pixels it sees.

    Parameters
    ----------
    image : array_like, shape (H, W)
        The image; the X of the worked example unless given.
    kernel : array_like, shape (KH, KW)
        The weights of every convolution of the stack.
    stack : str
        One of ``STACKS``.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For anything but matrices of finite numbers, and where a layer has no room left.
    """

    def __init__(
        self, image=letters.X, kernel=letters.FILTERS[0], stack="convolve, ReLU, pool, pool", **options
    ):
        super().__init__(State(image, kernel, stack), **options)

    edits = ("image", "kernel")

    def draw(self, state):
        """Return the picture of ``state``."""
        rows, columns = state.image.shape
        is_letter = all(np.isin(each.image, (-1, 1)).all() for each in (self.start, state))
        image = Panel(
            "image", "Image", state.image, f"{rows} × {columns} pixels",
            palette="ink" if is_letter else "signed",
            scale=Scale(("image",)), edit="toggle", numbers=False,
        )  # fmt: skip
        kernel = Panel(
            "kernel", "Filter", state.kernel, "weights", scale=Scale(("kernel",)), column=1, numbers=False,
        )  # fmt: skip
        panels, links = [image, kernel], []
        last = image
        convolutions = 0
        for depth, layer in enumerate(STACKS[state.stack], start=1):
            # In a deep stack only the small maps, which come last, have room for their numbers.
            numbers = len(STACKS[state.stack]) <= 4 or last.values.size <= 16
            earlier = STACKS[state.stack][: depth - 1].count(layer)
            title = TITLES[layer] + (f" {earlier + 1}" if earlier else "")
            look = {"title": title, "column": depth + 1, "numbers": numbers}
            convolutions += layer == "c"
            # Ninths after one convolution can be read; after two (81sts) decimals are easier.
            unit = state.kernel.size if convolutions == 1 else None
            if layer == "c":
                new, link = feature_map(last, kernel, f"layer {depth}", unit=unit, **look)
            else:
                new, link = {"r": bent, "p": pooled}[layer](last, f"layer {depth}", unit=unit, **look)
            panels.append(new)
            links.append(link)
            last = new
        return Picture(
            title="Layer upon layer",
            panels=tuple(panels),
            links=tuple(links),
            focus=(last.id, "largest"),
            text="Point at a number in any layer: the frames show all that it can see.",
            controls=(
                Control("stack", "choice", "Layers", state.stack, tuple(STACKS)),
                self.choice("kernel", "Filter", letters.FILTERS_BY_NAME, state, "kernel", name="filter"),
                self.choice("image", "Image", letters.BY_NAME, state, "image"),
                *self.undo_and_reset(state),
            ),
        )
