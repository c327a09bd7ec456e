"""Inside a trained network: the maps of a layer, one channel close up, and what each of its cells can see."""

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
from cnnlab.scenes.hidden import Untold, map_of, told
from cnnlab.scenes.networks import own_copy
from cnnlab.scenes.scene import Scene, check_room, finite_matrix
from cnnlab.stage import YOURS, Control, Panel, Picture, Raster, Scale, field, full_scale, slide

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
        object.__setattr__(self, "image", _image("image", self.image))
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
        Of any layers, from images of one channel or of three; its numbers may come from elsewhere
        (``nn.exchange``). What its first layers make is shown, as long as it is maps: up to 64 of them, of up
        to 40 × 40. Layers from the first on that makes no maps (such as ``Flatten``) are not shown, but
        their answer is told.
    images : dict of str to array_like, shape (H, W), (1, H, W) or (3, H, W)
        Images by name, all of one size, up to 40 × 40. The first is shown; among all of them the scene looks
        for the strongest cell of each channel. Those of three channels, red, green and blue, are shown in
        color, and cannot be painted on; numbers outside 0 to 1, as of standardized images, are brought there.
    layer, channel : int
        What is shown at first: ``network[layer]``, and its map number ``channel``, both counted from 0 as in
        ``network[layer].weight[channel]``.
    **options
        Those of ``Stage``.

    Raises
    ------
    TypeError, ValueError
        For a network that makes no maps, or more or larger ones, or that holds numbers that are not finite,
        and for images that do not suit it.
    """

    edits = ("image",)

    def __init__(self, network, images, *, layer=0, channel=0, **options):
        self.network = own_copy(WHERE, network)
        self.images = _named_images(images)
        self._known = {}
        first = next(iter(self.images.values()))
        self.in_color = first.ndim == 3
        if self.in_color:
            self.edits = ()
            self._darkest = min(0.0, *(float(image.min()) for image in self.images.values()))
            self._brightest = max(1.0, *(float(image.max()) for image in self.images.values()))
        self._input_shape = first.shape if self.in_color else (1, *first.shape)
        try:
            self.network.output_shape(self._input_shape)
        except ValueError as error:
            why = " ".join([str(error), *error.__notes__])
            size = f"{'3 × ' if self.in_color else ''}{first.shape[-2]} × {first.shape[-1]}"
            raise ValueError(f"{WHERE}: images of {size} do not suit the network: {why}") from None
        self.fields = fields(self.network, self._input_shape)
        if not self.fields:
            raise ValueError(
                f"{WHERE}: network must begin with layers that make maps, got {self.network[0]!r}"
            )
        shapes = [self.network[: k + 1].output_shape(self._input_shape) for k in range(self.depth)]
        most = max(maps for maps, *_ in shapes)
        if most > MOST:
            raise ValueError(f"{WHERE}: network must have at most {MOST} channels, got {most}")
        for k, (_, rows, columns) in enumerate(shapes):
            check_room(WHERE, f"network's maps of layer {k}", rows, columns)
        self._results = [self._maps(np.array(list(self.images.values())), k) for k in range(self.depth)]
        for k, results in enumerate(self._results):
            if not np.isfinite(results).all():
                wrong = results[~np.isfinite(results)][0]
                raise ValueError(
                    f"{WHERE}: network must make finite maps of the images, got {wrong} in layer {k}"
                )
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
        image = self._draw_image(state)
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
                self._image_choice(state),
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
        """Choose an image in color, a layer or a channel."""
        if id == "image":
            self.change(image=self.images[value])
        elif id == "channel":
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
        if self.in_color and not any(np.array_equal(state.image, image) for image in self.images.values()):
            raise ValueError(f"{WHERE}: image must be one of the given ones: {', '.join(self.images)}")

    def _told(self, layer):
        """Return the layers up to one as hidden panels and links; they stay the same."""
        if layer not in self._known:
            shape = self._input_shape[1:]
            layers = self.network[: layer + 1]
            self._known[layer] = Untold() if self.in_color else told(layers, "image", shape)
        return self._known[layer]

    def _maps(self, images, layer):
        """Return what a layer makes of images of shape (N, …): shape (N, channels, rows, columns)."""
        return self.network[: layer + 1].forward(images.reshape(-1, *self._input_shape)).astype(float)

    def _label(self, layer):
        return f"[{layer}] {self.network[layer]!r}"

    def _labels(self):
        return tuple(self._label(layer) for layer in range(self.depth))

    def _is_bent_next(self, layer):
        return layer + 1 < self.depth and isinstance(self.network[layer + 1], ReLU)

    def _writes_out(self, state):
        """Whether the chosen channel comes straight from the image: its products can be written out."""
        if self.in_color:  # three images at once
            return False
        is_bent = state.layer == 1 and isinstance(self.network[1], ReLU)
        return isinstance(self.network[0], Conv2d) and (state.layer == 0 or is_bent)

    def _padding(self, state):
        if not self._writes_out(state):
            return ((0, 0), (0, 0))
        return self.network[0].places((1, *state.image.shape)).padding

    def _draw_image(self, state):
        """Return the panel of the image."""
        height, width = state.image.shape[-2:]
        size = f"{height} × {width} pixels"
        if self.in_color:
            return Raster("image", "Image", self._colors(state.image), size, palette="rgb")
        return Panel(
            "image", "Image", state.image, size, palette=self._palette,
            scale=full_scale(*self.images.values()), padding=self._padding(state), edit="paint",
            numbers=False,
        )  # fmt: skip

    def _colors(self, image):
        """Return an image of three channels in whole numbers from 0 to 255, the channels last."""
        share = (np.moveaxis(image, 0, -1) - self._darkest) / (self._brightest - self._darkest)
        return np.rint(255 * share).astype(np.uint8)

    def _image_choice(self, state):
        """Return the control that offers the images."""
        if not self.in_color:
            return self.choice("image", "Image", self.images, state, "image")
        known = next(name for name, image in self.images.items() if np.array_equal(image, state.image))
        return Control("image", "choice", "Image", known, tuple(self.images))

    def named(self, part):
        """Return the images in color: a text calls them by name."""
        return self.images if part == "image" and self.in_color else {}

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
        rows, columns = (axis[place] for axis, place in zip(self.fields[state.layer], at, strict=True))
        patch = self.images[name][..., np.array(rows, int)[:, None], np.array(columns, int)]
        if not patch.size:
            patch = np.zeros((*patch.shape[:-2], 1, 1))
        caption = f"patch, in “{name}”"
        if self.in_color:
            width = max(1.0, Raster.width * patch.shape[-1] / self._input_shape[-1])  # pixels as large
            return Raster(
                "strongest",
                "Strongest",
                self._colors(patch),
                caption,
                palette="rgb",
                width=width,
                column=column,
            )
        return Panel(
            "strongest",
            "Strongest",
            patch,
            caption,
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
        scores = self.network.forward(state.image.reshape(1, *self._input_shape))
        if len(self.network) > self.depth and scores.ndim == 2 and scores.shape[1] > 1:
            said.append(f"For this image the network's largest score is that of class {scores[0].argmax()}.")
        return " ".join(said)


def _origin(layer, number):
    """Say what a number of a layer is made of."""
    if type(layer) is Conv2d:
        rows, columns = layer.kernel_size
        maps = layer.in_channels // layer.options["groups"]
        bias = "" if layer.bias is None else " and a bias"
        of = (
            ("the image" if maps == 1 else f"{maps} channels of the image")
            if number == 0
            else f"{maps} channel{'s' if maps > 1 else ''} of layer [{number - 1}]"
        )
        return (
            f"Each number is a sum of {rows * columns * maps} products{bias}: {rows} × {columns} numbers "
            f"of {of}, each times its weight."
        )
    if type(layer) is ConvTranspose2d:
        of = "the image" if number == 0 else f"layer [{number - 1}]"
        return (
            f"Each number is a sum: of the numbers of {of} whose kernels are stamped on its place, each "
            "times the weight that falls there."
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
        around = ""
        if isinstance(layer, Residual):
            around = f"the one at its place in {before}, plus "
            if layer.shortcut is not None:
                around = "what the shortcut makes, plus "
        return f"Each number is {around}what the layers inside make."
    return f"Each number is made of the one at its place in {before}."


def _image(name, image):
    """Return an image as a read-only matrix, or three of them in one array, or refuse it."""
    if np.ndim(image) != 3:
        return finite_matrix(WHERE, name, image)
    if len(image) == 1:
        return finite_matrix(WHERE, name, image[0])
    if len(image) != 3:
        raise ValueError(
            f"{WHERE}: {name} must have shape (H, W), (1, H, W) or (3, H, W), got {np.shape(image)}"
        )
    channels = np.array([finite_matrix(WHERE, name, channel) for channel in image])
    channels.flags.writeable = False
    return channels


def _named_images(images):
    """Return images by name, all of one shape, or refuse them."""
    if not isinstance(images, dict) or not images:
        kind = "an empty one" if images == {} else type(images).__name__
        raise TypeError(f"{WHERE}: images must be a dict of images by name, got {kind}")
    found = {}
    for name, image in images.items():
        if not isinstance(name, str) or name == YOURS:
            raise TypeError(f"{WHERE}: images must be named by strings other than {YOURS!r}, got {name!r}")
        found[name] = _image(f"images[{name!r}]", image)
    shapes = {image.shape for image in found.values()}
    if len(shapes) > 1:
        raise ValueError(f"{WHERE}: images must be of one size, got {sorted(shapes)}")
    return found
