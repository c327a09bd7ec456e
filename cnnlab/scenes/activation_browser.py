"""Inside a trained network: the maps of a layer, one channel close up, and what each of its cells can see."""

import copy
from dataclasses import dataclass

import numpy as np

from cnnlab.checks import check_shape, integer
from cnnlab.look import write_number
from cnnlab.nn import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
)
from cnnlab.nn.receptive import fields
from cnnlab.scenes.hidden import map_of, told
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import YOURS, Control, Panel, Picture, Scale, field, full_scale, slide

WHERE = "ActivationBrowser"
MOST = 64  # channels
IN_A_COLUMN = 4  # maps below each other


@dataclass(frozen=True, eq=False)
class State:
    """The image, and which layer and channel are shown."""

    image: np.ndarray
    layer: int
    channel: int

    def __post_init__(self):
        object.__setattr__(self, "image", finite_matrix(WHERE, "image", self.image))
        for name in ("layer", "channel"):
            object.__setattr__(self, name, integer(WHERE, name, getattr(self, name), 0))


class ActivationBrowser(Scene):
    """Look into a trained network: the maps of any layer, one channel of it close up, and what a cell sees.

    Pointing at a cell of a map frames its receptive field in the image, through all layers before it;
    pointing at a pixel marks all cells it feeds. The scene shows a copy: training the network further does
    not move it.

    Parameters
    ----------
    network : Sequential
        Its first layers are convolutions, activations and poolings, from images of one channel; layers from
        the first on that makes no maps (such as ``Flatten``) are not shown, but their answer is told.
    images : dict of str to array_like, shape (H, W) or (1, H, W)
        Images by name, all of one size, up to 40 × 40. The first is shown; among all of them the scene looks
        for the strongest cell of each channel.
    layer, channel : int
        What is shown at first: ``network[layer]``, and its map number ``channel``, both counted from 0 as in
        ``network[layer].weight[channel]``.
    **options
        Those of ``Stage``.

    Raises
    ------
    TypeError, ValueError
        For a network with other layers, and for images that do not suit it.
    """

    edits = ("image",)

    def __init__(self, network, images, *, layer=0, channel=0, **options):
        if not isinstance(network, Sequential):
            raise TypeError(f"{WHERE}: network must be a Sequential, got {type(network).__name__}")
        self.network = copy.deepcopy(network).double()  # as exact as the browser
        self.images = _named_images(images)
        self._known = {}
        height, width = next(iter(self.images.values())).shape
        try:
            self.network.output_shape((1, height, width))
        except ValueError as error:
            why = " ".join([str(error), *error.__notes__])
            raise ValueError(
                f"{WHERE}: images of {height} × {width} do not suit the network: {why}"
            ) from None
        self.fields = fields(self.network, (1, height, width))
        if not self.fields:
            raise ValueError(f"{WHERE}: network must begin with layers that make maps, got {network[0]!r}")
        self._results = [self._maps(np.array(list(self.images.values())), k) for k in range(self.depth)]
        most = max(map(self.channels, range(self.depth)))
        if most > MOST:
            raise ValueError(f"{WHERE}: network must have at most {MOST} channels, got {most}")
        super().__init__(State(next(iter(self.images.values())), layer, channel), **options)

    @property
    def depth(self):
        """How many layers, from the first on, make maps."""
        return len(self.fields)

    def channels(self, layer):
        """Return how many maps a layer makes."""
        return self._results[layer].shape[1]

    def maps(self, layer=None):
        """Return the maps of the image shown, shape (channels, rows, columns); by default of its layer."""
        layer = self.state.layer if layer is None else layer
        return self._maps(self.state.image[None], layer)[0]

    def strongest(self, layer, channel):
        """Return the largest number of a channel over all given images.

        Returns
        -------
        value : float
        name : str
            That of the image.
        row, column : int
            Where it is in the map.
        """
        results = self._results[layer][:, channel]
        at, row, column = np.unravel_index(results.argmax(), results.shape)
        return float(results[at, row, column]), tuple(self.images)[at], int(row), int(column)

    def dead(self, layer):
        """Return the channels of a layer that pass nothing on, whichever of the given images is shown."""
        results = self._results[layer]
        if self._is_bent_next(layer):
            results = np.maximum(results, 0)
        return tuple(int(k) for k in np.flatnonzero((results == 0).all(axis=(0, 2, 3))))

    def draw(self, state):
        """Return the picture of ``state``."""
        self._check(state)
        maps = self._maps(state.image[None], state.layer)[0]
        ids = tuple(f"map {k}" for k in range(len(maps)))
        scale = Scale(ids, least=full_scale(self._results[state.layer]))
        dead = self.dead(state.layer)
        last = 1 + (len(maps) - 1) // IN_A_COLUMN
        layers = self._told(state.layer)
        seen = self.fields[state.layer]
        height, width = state.image.shape
        image = Panel(
            "image", "Image", state.image, f"{height} × {width} pixels", palette=self._palette,
            scale=full_scale(*self.images.values()), padding=self._padding(state), edit="paint",
            numbers=False,
        )  # fmt: skip
        small, links = [], []
        for k, (id, values) in enumerate(zip(ids, maps, strict=True)):
            mark = " →" if k == state.channel else " dead" if k in dead else ""
            small.append(
                Panel(id, f"{k}{mark}", values, scale=scale, numbers=False, column=1 + k // IN_A_COLUMN)
            )
            links.append(map_of(layers.stacks[-1], k, id) if layers.stacks else field("image", id, *seen))
        chosen, weights, link = self._draw_chosen(state, image, maps[state.channel], scale, layers, last + 1)
        return Picture(
            title="What each channel makes of an image",
            panels=(image, *layers.panels, *small, chosen, *weights, self._draw_strongest(state, last + 2)),
            links=(*layers.links, *links, link),
            focus=("channel", "largest"),
            text=self._sentences(state),
            python_text=True,
            python_only=not layers.stacks,
            controls=(
                self.choice("image", "Image", self.images, state, "image"),
                Control("layer", "choice", "Layer", self._label(state.layer), self._labels()),
                Control(
                    "channel",
                    "choice",
                    "Channel",
                    str(state.channel),
                    tuple(str(k) for k in range(len(maps))),
                ),
                *self.undo_and_reset(state),
            ),
        )

    def act(self, id, value):
        """Choose a layer or a channel."""
        if id == "channel":
            self.change(channel=int(value))
        else:
            layer = self._labels().index(value)
            self.change(layer=layer, channel=min(self.state.channel, self.channels(layer) - 1))

    def _check(self, state):
        """Refuse what this network and these images do not have."""
        layer, channel = state.layer, state.channel
        if layer >= self.depth:
            raise ValueError(f"{WHERE}: layer must be below {self.depth}, the layers with maps, got {layer}")
        if channel >= self.channels(layer):
            raise ValueError(
                f"{WHERE}: channel must be below {self.channels(layer)}, the channels of layer {layer}, "
                f"got {channel}"
            )
        expected = next(iter(self.images.values())).shape
        check_shape(WHERE, "image", state.image, expected, "that of the given images")

    def _told(self, layer):
        """Return the layers up to one as hidden panels and links; they stay the same."""
        if layer not in self._known:
            shape = next(iter(self.images.values())).shape
            self._known[layer] = told(self.network[: layer + 1], "image", shape)
        return self._known[layer]

    def _maps(self, images, layer):
        """Return what a layer makes of images of shape (N, H, W): shape (N, channels, rows, columns)."""
        return self.network[: layer + 1].forward(images[:, None]).astype(float)

    def _label(self, layer):
        return f"[{layer}] {self.network[layer]!r}"

    def _labels(self):
        return tuple(self._label(layer) for layer in range(self.depth))

    def _is_bent_next(self, layer):
        return layer + 1 < self.depth and isinstance(self.network[layer + 1], ReLU)

    def _writes_out(self, state):
        """Whether the chosen channel comes straight from the image: its products can be written out."""
        is_bent = state.layer == 1 and isinstance(self.network[1], ReLU)
        return isinstance(self.network[0], Conv2d) and (state.layer == 0 or is_bent)

    def _padding(self, state):
        if not self._writes_out(state):
            return ((0, 0), (0, 0))
        return self.network[0].places((1, *state.image.shape)).padding

    def _draw_chosen(self, state, image, values, scale, layers, column):
        """Return the panel of the chosen channel, those of its weights, and the link that makes it."""
        first = self.network[0]
        panel = Panel(
            "channel", f"Channel {state.channel}", values, f"{values.shape[0]} × {values.shape[1]}",
            scale=scale, column=column,
        )  # fmt: skip
        if not self._writes_out(state):
            if not layers.stacks:
                return panel, (), field("image", "channel", *self.fields[state.layer])
            return panel, (), map_of(layers.stacks[-1], state.channel, "channel")
        places = first.places((1, *state.image.shape))
        filters = first.weight[:, 0].astype(float)
        weights = [
            Panel(
                "filter", "Its filter", filters[state.channel], " × ".join(map(str, first.kernel_size)),
                scale=full_scale(filters), column=column + 1,
            )
        ]  # fmt: skip
        if first.bias is not None:
            bias = first.bias.astype(float)
            its_own = bias[state.channel : state.channel + 1, None]
            weights.append(Panel("bias", "Its bias", its_own, scale=full_scale(bias), column=column + 1))
        link = slide(
            image, panel, first.kernel_size, kernel="filter", bias="bias" if len(weights) > 1 else "",
            stride=places.stride, dilation=places.dilation, padding=places.padding,
            reduce="bent sum" if state.layer == 1 else "sum",
        )  # fmt: skip
        return panel, weights, link

    def _draw_strongest(self, state, column):
        """Return the panel of the patch at which the channel's number is largest, over all images."""
        _, name, *at = self.strongest(state.layer, state.channel)
        seen = (axis[place] for axis, place in zip(self.fields[state.layer], at, strict=True))
        patch = self.images[name][np.ix_(*seen)]
        if not patch.size:
            patch = np.zeros((1, 1))
        return Panel(
            "strongest",
            "Strongest",
            patch,
            f"patch, in “{name}”",
            palette=self._palette,
            scale=full_scale(*self.images.values()),
            numbers=False,
            column=column,
        )

    @property
    def _palette(self):
        """Ink on paper, unless there are negative numbers to tell."""
        return "signed" if min(image.min() for image in self.images.values()) < 0 else "pencil"

    def _sentences(self, state):
        """Say where the channel comes from, what it responds to most, what is dead, what the network says."""
        layer, channel = self.network[state.layer], state.channel
        value, name, row, column = self.strongest(state.layer, channel)
        dead = self.dead(state.layer)
        count = f"all {len(self.images)} images"
        said = [_origin(layer, state.layer)]
        if channel in dead and self._is_bent_next(state.layer):
            said.append(
                f"Channel {channel} is never above 0 on {count}: ReLU leaves nothing of it, it is dead."
            )
        elif channel in dead:
            said.append(f"Channel {channel} is 0 everywhere on {count}: it is dead.")
        else:
            said.append(
                f"Over {count}, channel {channel} is largest in “{name}”, row {row + 1}, "
                f"column {column + 1}: {write_number(value)}. “Strongest” shows what it sees there."
            )
        others = [str(k) for k in dead if k != channel]
        if others:
            said.append(f"Dead on {count}: channel{'s' if len(others) > 1 else ''} {', '.join(others)}.")
        scores = self.network.forward(state.image[None, None])
        if len(self.network) > self.depth and scores.ndim == 2 and scores.shape[1] > 1:
            said.append(f"For this image the network's largest score is that of class {scores[0].argmax()}.")
        return " ".join(said)


def _origin(layer, number):
    """Say what a number of a layer is made of."""
    if isinstance(layer, Conv2d):
        rows, columns = layer.kernel_size
        maps = layer.in_channels // layer.options["groups"]
        bias = "" if layer.bias is None else " and a bias"
        of = (
            "the image" if number == 0 else f"{maps} channel{'s' if maps > 1 else ''} of layer [{number - 1}]"
        )
        return (
            f"Each number is a sum of {rows * columns * maps} products{bias}: {rows} × {columns} numbers "
            f"of {of}, each times its weight."
        )
    if isinstance(layer, ConvTranspose2d):
        rows, columns = layer.kernel_size
        return (
            f"Each number adds up what kernels of {rows} × {columns} stamp there, one for each number and "
            f"channel of {'the image' if number == 0 else f'layer [{number - 1}]'} that reaches it."
        )
    kinds = {MaxPool2d: "the largest", AvgPool2d: "the mean"}
    if type(layer) in kinds:
        rows, columns = layer.kernel_size
        return (
            f"Each number is {kinds[type(layer)]} of up to {rows} × {columns} numbers of the same channel of "
            f"{'the image' if number == 0 else f'layer [{number - 1}]'}."
        )
    before = "the image" if number == 0 else f"the same channel of layer [{number - 1}]"
    if isinstance(layer, AdaptiveAvgPool2d):
        return f"Each number is the mean of {before}."
    if isinstance(layer, Sequential):
        around = f"the one at its place in {before}, plus " if isinstance(layer, Residual) else ""
        return f"Each number is {around}what the layers inside make."
    return f"Each number is made of the one at its place in {before}."


def _named_images(images):
    """Return images by name as read-only matrices, or refuse them."""
    if not isinstance(images, dict) or not images:
        kind = "an empty one" if images == {} else type(images).__name__
        raise TypeError(f"{WHERE}: images must be a dict of images by name, got {kind}")
    found = {}
    for name, image in images.items():
        if not isinstance(name, str) or name == YOURS:
            raise TypeError(f"{WHERE}: images must be named by strings other than {YOURS!r}, got {name!r}")
        if np.ndim(image) == 3 and len(image) == 1:  # one channel
            image = image[0]
        found[name] = finite_matrix(WHERE, f"images[{name!r}]", image)
    shapes = {image.shape for image in found.values()}
    if len(shapes) > 1:
        raise ValueError(f"{WHERE}: images must be of one size, got {sorted(shapes)}")
    return found
