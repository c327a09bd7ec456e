"""Famous networks as blueprints: what they learn, how long they compute, what their cells see.

Each function returns a blueprint (``cnnlab.nn.blueprint``), which has no weights. Where an architecture has
been written down in more ways than one, an argument says which is meant.

Sources: Y. LeCun et al., "Gradient-based learning applied to document recognition" (1998); A. Krizhevsky,
I. Sutskever and G. Hinton, "ImageNet classification with deep convolutional neural networks" (2012) and
A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014), which torchvision
follows; K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition"
(2014); K. He et al., "Deep residual learning for image recognition" (2015); M. Sandler et al., "MobileNetV2:
inverted residuals and linear bottlenecks" (2018).
"""

from cnnlab.nn.blueprint import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Blueprint,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    ReLU,
    ReLU6,
    Residual,
    Sequential,
    Tanh,
    blueprint,
)

# --- LeNet-5 ------------------------------------------------------------------------------------------------


@blueprint
class Subsampling(AvgPool2d):
    """LeNet-5's pooling: the sum of each window times a weight, plus a bias, both learned for each map."""

    channels: int = 1

    @property
    def parameters(self):
        """A weight and a bias for each map."""
        return 2 * self.channels

    def multiplications(self, input_shape):
        """Return one for each cell of the result."""
        maps, height, width = self.output_shape(input_shape)
        return maps * height * width


@blueprint
class PartialConv2d(Conv2d):
    """A convolution whose filters look at some of the maps only; ``pairs`` of map and filter in all."""

    pairs: int = 1

    @property
    def connections(self):
        """How many maps the filters look at, all filters together."""
        return self.pairs


@blueprint
class Distances(Blueprint):
    """How far a vector is from each of some fixed ones: LeNet-5's last layer, which learns nothing."""

    in_features: int
    out_features: int

    def output_shape(self, input_shape):
        """Return (out_features,)."""
        return Dense(self.in_features, self.out_features).output_shape(input_shape)

    def multiplications(self, input_shape):
        """Return one for each difference that is squared."""
        return self.in_features * self.out_features


def lenet5(variant="modern"):
    """Return LeNet-5, for scans of digits, (1, 32, 32).

    Parameters
    ----------
    variant : "modern" or "1998"
        As it is written today, 61,706 parameters; or as it was published, 60,000: its filters in C3 look at
        three, four or six of six maps, its poolings learn two numbers for each map, and its last layer
        compares with ten fixed pictures.

    Examples
    --------
    >>> lenet5().parameters, lenet5("1998").parameters
    (61706, 60000)
    """
    if variant == "1998":
        pairs = 6 * 3 + 9 * 4 + 1 * 6  # filters that look at three, at four, and at all six maps
        return Sequential(
            Sequential(Conv2d(1, 6, 5), name="C1"),
            Sequential(Subsampling(2, channels=6), Tanh(), name="S2"),
            Sequential(PartialConv2d(6, 16, 5, pairs=pairs), name="C3"),
            Sequential(Subsampling(2, channels=16), Tanh(), name="S4"),
            Sequential(Conv2d(16, 120, 5), Tanh(), Flatten(), name="C5"),
            Sequential(Dense(120, 84), Tanh(), name="F6"),
            Sequential(Distances(84, 10), name="output"),
            name="LeNet-5 (1998)",
        )
    _one_of("lenet5", "variant", variant, ("modern", "1998"))
    return Sequential(
        Sequential(Conv2d(1, 6, 5), Tanh(), AvgPool2d(2), name="C1, S2"),
        Sequential(Conv2d(6, 16, 5), Tanh(), AvgPool2d(2), name="C3, S4"),
        Sequential(Flatten(), Dense(400, 120), Tanh(), name="C5"),
        Sequential(Dense(120, 84), Tanh(), name="F6"),
        Sequential(Dense(84, 10), name="output"),
        name="LeNet-5",
    )


# --- AlexNet and VGG-16 -------------------------------------------------------------------------------------


def alexnet(variant="torchvision"):
    """Return AlexNet, for photographs, (3, 224, 224), or (3, 227, 227) as of 2012.

    Parameters
    ----------
    variant : "torchvision" or "2012"
        One column, 61,100,840 parameters; or the published one, 60,965,224, whose second, fourth and fifth
        convolutions are halved between two graphics cards (``groups=2``). The paper's normalization of
        neighboring maps, which learns nothing, is left out.

    Examples
    --------
    >>> alexnet().parameters, alexnet("2012").parameters
    (61100840, 60965224)
    """
    _one_of("alexnet", "variant", variant, ("torchvision", "2012"))
    one, two, three, four, five = (
        (64, 192, 384, 256, 256) if variant == "torchvision" else (96, 256, 384, 384, 256)
    )
    padding, groups = (2, 1) if variant == "torchvision" else (0, 2)
    return Sequential(
        Sequential(Conv2d(3, one, 11, 4, padding), ReLU(), MaxPool2d(3, 2), name="conv 1"),
        Sequential(Conv2d(one, two, 5, padding=2, groups=groups), ReLU(), MaxPool2d(3, 2), name="conv 2"),
        Sequential(Conv2d(two, three, 3, padding=1), ReLU(), name="conv 3"),
        Sequential(Conv2d(three, four, 3, padding=1, groups=groups), ReLU(), name="conv 4"),
        Sequential(Conv2d(four, five, 3, padding=1, groups=groups), ReLU(), MaxPool2d(3, 2), name="conv 5"),
        Sequential(Flatten(), Dropout(), Dense(9216, 4096), ReLU(), name="dense 1"),
        Sequential(Dropout(), Dense(4096, 4096), ReLU(), name="dense 2"),
        Sequential(Dense(4096, 1000), name="dense 3"),
        name="AlexNet",
    )


def vgg16():
    """Return VGG-16 without batch normalization, for photographs, (3, 224, 224).

    Examples
    --------
    >>> vgg16().parameters
    138357544
    """
    blocks, channels = [], 3
    for number, (wide, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1):
        layers = []
        for _ in range(count):
            layers += [Conv2d(channels, wide, 3, padding=1), ReLU()]
            channels = wide
        blocks.append(Sequential(*layers, MaxPool2d(2), name=f"block {number}"))
    return Sequential(
        *blocks,
        Sequential(Flatten(), Dense(25088, 4096), ReLU(), Dropout(), name="dense 1"),
        Sequential(Dense(4096, 4096), ReLU(), Dropout(), name="dense 2"),
        Sequential(Dense(4096, 1000), name="dense 3"),
        name="VGG-16",
    )


# --- ResNet-50 ----------------------------------------------------------------------------------------------


def resnet50(variant="torchvision"):
    """Return ResNet-50, for photographs, (3, 224, 224); 25,557,032 parameters.

    Parameters
    ----------
    variant : "torchvision" or "2015"
        Where a block halves the maps: in its convolution of 3 × 3, or, as published, in the first one of
        1 × 1. That leaves the parameters, and changes the multiply-adds and what cells see.

    Examples
    --------
    >>> resnet50().parameters
    25557032
    """
    _one_of("resnet50", "variant", variant, ("torchvision", "2015"))
    stages, channels = [], 64
    for number, (narrow, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], start=2):
        layers = []
        for block in range(blocks):
            stride = 2 if number > 2 and block == 0 else 1
            layers += [_bottleneck(channels, narrow, stride, variant), ReLU()]
            channels = 4 * narrow
        stages.append(Sequential(*layers, name=f"conv{number}_x"))
    return Sequential(
        Sequential(*_norm(3, 64, 7, stride=2, padding=3), ReLU(), MaxPool2d(3, 2, padding=1), name="conv1"),
        *stages,
        Sequential(AdaptiveAvgPool2d(1), Flatten(), Dense(2048, 1000), name="dense"),
        name="ResNet-50",
    )


def _bottleneck(channels, narrow, stride, variant):
    """Return 1×1 to fewer maps, 3×3, 1×1 to four times as many, and a way around."""
    wide = 4 * narrow
    first, second = (1, stride) if variant == "torchvision" else (stride, 1)
    change = stride != 1 or channels != wide
    return Residual(
        *_norm(channels, narrow, 1, stride=first), ReLU(),
        *_norm(narrow, narrow, 3, stride=second, padding=1), ReLU(),
        *_norm(narrow, wide, 1),
        shortcut=Sequential(*_norm(channels, wide, 1, stride=stride)) if change else None,
    )  # fmt: skip


def _norm(*sizes, **options):
    """Return a convolution without biases, and batch normalization, which has its own."""
    return Conv2d(*sizes, **options, bias=False), BatchNorm2d(sizes[1])


# --- MobileNetV2 --------------------------------------------------------------------------------------------


def mobilenet_v2():
    """Return MobileNetV2, for photographs, (3, 224, 224).

    Its convolutions are *depthwise separable*: one kernel of 3 × 3 for each map by itself (``groups`` as many
    as maps), and 1 × 1 convolutions that mix maps.

    Examples
    --------
    >>> mobilenet_v2().parameters
    3504872
    """
    stages, channels = [], 32
    plan = [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]
    for number, (expansion, wide, blocks, stride) in enumerate(plan, start=1):
        layers = []
        for block in range(blocks):
            layers.append(_inverted(channels, wide, expansion, stride if block == 0 else 1))
            channels = wide
        stages.append(Sequential(*layers, name=f"stage {number}"))
    return Sequential(
        Sequential(*_norm(3, 32, 3, stride=2, padding=1), ReLU6(), name="conv 1"),
        *stages,
        Sequential(*_norm(320, 1280, 1), ReLU6(), name="conv 2"),
        Sequential(AdaptiveAvgPool2d(1), Flatten(), Dropout(0.2), Dense(1280, 1000), name="dense"),
        name="MobileNetV2",
    )


def _inverted(channels, wide, expansion, stride):
    """Return 1×1 to more maps, 3×3 on each by itself, 1×1 to few; with a way around where shapes allow."""
    inside = expansion * channels
    layers = (
        *((*_norm(channels, inside, 1), ReLU6()) if expansion > 1 else ()),
        *_norm(inside, inside, 3, stride=stride, padding=1, groups=inside), ReLU6(),
        *_norm(inside, wide, 1),
    )  # fmt: skip
    return Residual(*layers) if stride == 1 and channels == wide else Sequential(*layers)


def _one_of(where, name, value, allowed):
    if value not in allowed:
        raise ValueError(f"{where}: {name} must be one of {allowed}, got {value!r}")


# Each with the shape of the images it was made for.
ARCHITECTURES = {
    "LeNet-5": (lenet5, (1, 32, 32)),
    "AlexNet": (alexnet, (3, 224, 224)),
    "VGG-16": (vgg16, (3, 224, 224)),
    "ResNet-50": (resnet50, (3, 224, 224)),
    "MobileNetV2": (mobilenet_v2, (3, 224, 224)),
}
