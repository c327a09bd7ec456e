"""Functions for the exercises of lesson 07: sizes through a stack, and a receptive field with gaps."""

import functools
import itertools
import math

import numpy as np

from cnnlab import ops

# sizes(size, layers)


def sizes_right_1(size, layers):
    found = [size]
    for window, stride in layers:
        size = (size - window) // stride + 1
        found.append(size)
    return np.array(found)


def sizes_right_2(size, layers):
    if not layers:
        return np.array([size])
    (window, stride), *others = layers
    return np.concatenate([[size], sizes_right_2((size - window) // stride + 1, others)])


def sizes_right_3(size, layers):
    steps = itertools.accumulate(layers, lambda n, layer: (n - layer[0]) // layer[1] + 1, initial=size)
    return np.fromiter(steps, dtype=int)


def sizes_right_4(size, layers):
    out = np.zeros(len(layers) + 1)
    out[0] = size
    for k, (window, stride) in enumerate(layers):
        out[k + 1] = np.floor((out[k] - window) / stride) + 1
    return out


def sizes_right_5(size, layers):
    found = [size]
    for layer in layers:
        found.append(len(range(0, found[-1] - layer[0] + 1, layer[1])))
    return np.asarray(found, dtype=np.int32)


def sizes_right_6(size, layers):
    found = [size]
    for window, stride in layers:
        found += [ops.conv_output_size(found[-1], window, stride=stride)]
    return np.array(found)


def sizes_right_7(size, layers):
    found = np.array([size])
    for window, stride in layers:
        count, start = 0, 0
        while start + window <= found[-1]:
            count, start = count + 1, start + stride
        found = np.append(found, count)
    return found


def sizes_right_8(size, layers):
    found = [float(size)]
    for window, stride in layers:
        found.append(math.floor((found[-1] - window + stride) / stride))
    return np.array(found, dtype=np.float32)


def sizes_right_9(size, layers):
    # Fractions may be carried along: rounded down in the end, they give the same.
    found = [size]
    for window, stride in layers:
        found.append((found[-1] - window) / stride + 1)
    return np.floor(np.array(found) + 1e-9)


def sizes_wrong_1(size, layers):
    """Leaves the image's own size out."""
    return sizes_right_1(size, layers)[1:]


def sizes_wrong_2(size, layers):
    """Leaves the last layer out."""
    return sizes_right_1(size, layers[:-1])


def sizes_wrong_3(size, layers):
    """Rounds up: partial windows count."""
    found = [size]
    for window, stride in layers:
        found.append(math.ceil((found[-1] - window) / stride) + 1)
    return np.array(found)


def sizes_wrong_4(size, layers):
    """Forgets the first window: the 1 is not added."""
    found = [size]
    for window, stride in layers:
        found.append((found[-1] - window) // stride)
    return np.array(found)


def sizes_wrong_5(size, layers):
    """Adds 1 before the division, not after it."""
    found = [size]
    for window, stride in layers:
        found.append((found[-1] - window + 1) // stride)
    return np.array(found)


def sizes_wrong_6(size, layers):
    """Every layer looks at the image itself, not at the layer before."""
    return np.array([size] + [(size - window) // stride + 1 for window, stride in layers])


def sizes_wrong_7(size, layers):
    """Forgets the stride."""
    found = [size]
    for window, _ in layers:
        found.append(found[-1] - window + 1)
    return np.array(found)


def sizes_wrong_8(size, layers):
    """Forgets the window: only divides by the stride."""
    found = [size]
    for _, stride in layers:
        found.append(found[-1] // stride)
    return np.array(found)


def sizes_wrong_9(size, layers):
    """Returns the last size only."""
    return sizes_right_1(size, layers)[-1]


def sizes_wrong_10(size, layers):
    """Takes window and stride for each other."""
    found = [size]
    for stride, window in layers:
        found.append((found[-1] - window) // stride + 1)
    return np.array(found)


def sizes_wrong_12(size, layers):
    """Does not round at all."""
    found = [size]
    for window, stride in layers:
        found.append((found[-1] - window) / stride + 1)
    return np.array(found)


def sizes_wrong_13(size, layers):
    """Starts from 9, whatever the size."""
    return sizes_right_1(9, layers)


def sizes_wrong_14(size, layers):
    """Poolings, windows as wide as their stride, keep their ragged edges."""
    found = [size]
    for window, stride in layers:
        rest = found[-1] - window
        found.append((-(-rest // stride) if window == stride else rest // stride) + 1)
    return np.array(found)


def sizes_wrong_15(size, layers):
    """Takes the layers out of the list that it was given."""
    found = [size]
    while layers:
        window, stride = layers.pop(0)
        found.append((found[-1] - window) // stride + 1)
    return np.array(found)


def sizes_wrong_16(size, layers):
    """Begins with the last layer."""
    return sizes_right_1(size, layers[::-1])


def sizes_wrong_17(size, layers):
    """Returns a pair for each layer, rows and columns."""
    return np.array([(n, n) for n in sizes_right_1(size, layers)])


def sizes_wrong_18(size, layers):
    """Rounds to the nearest."""
    found = [size]
    for window, stride in layers:
        found.append(round((found[-1] - window) / stride) + 1)
    return np.array(found)


def sizes_wrong_19(size, layers):
    """Every layer has a padding of 1."""
    found = [size]
    for window, stride in layers:
        found.append((found[-1] + 2 - window) // stride + 1)
    return np.array(found)


def sizes_wrong_20(size, layers):
    """Small integers: sizes above 255 begin again at 0."""
    return sizes_right_1(size, layers).astype(np.uint8)


def sizes_wrong_21(size, layers):
    """Counts the numbers of each layer, not the numbers along an axis."""
    return sizes_right_1(size, layers) ** 2


def sizes_wrong_22(size, layers):
    """Knows the two layers of the example only."""
    return sizes_right_1(size, layers[:2])


def sizes_wrong_23(size, layers):
    """Lets every layer step as far as all strides before it together."""
    found, step = [size], 1
    for window, stride in layers:
        step *= stride
        found.append(max((found[-1] - window) // step + 1, 1))
    return np.array(found)


def sizes_wrong_24(size, layers):
    """Returns how much each layer takes away."""
    found = sizes_right_1(size, layers)
    return np.concatenate([found[:1], found[:-1] - found[1:]])


def sizes_wrong_11(size, layers):
    """Divides first, and then takes the window away."""
    found = [size]
    for window, stride in layers:
        found.append(found[-1] // stride - window + 1)
    return np.array(found)


# receptive_field(layers)


def receptive_field_right_1(layers):
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * dilation * step
        step *= stride
    return field


def receptive_field_right_2(layers):
    field = 1
    for window, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (window - 1) * dilation + 1
    return field


def receptive_field_right_3(layers):
    first = last = 0
    for window, stride, dilation in layers[::-1]:
        first, last = first * stride, last * stride + (window - 1) * dilation
    return last - first + 1


def receptive_field_right_4(layers):
    if len(layers) == 0:
        return 1
    window, stride, dilation = np.array(layers).T
    steps = np.cumprod(np.concatenate([[1], stride[:-1]]))
    return 1 + ((window - 1) * dilation * steps).sum()


def receptive_field_right_5(layers):
    def add(state, layer):
        field, step = state
        return field + layer[2] * (layer[0] - 1) * step, step * layer[1]

    return functools.reduce(add, layers, (1, 1))[0]


def receptive_field_right_6(layers):
    seen = {0}
    for window, stride, dilation in reversed(layers):
        seen = {place * stride + k * dilation for place in seen for k in range(window)}
    return max(seen) - min(seen) + 1


def receptive_field_right_7(layers):
    field = 1.0
    for k, (window, _, dilation) in enumerate(layers):
        field += (dilation * (window - 1) + 1 - 1) * math.prod(stride for _, stride, _ in layers[:k])
    return field


def receptive_field_right_8(layers):
    if not layers:
        return 1
    (window, stride, dilation), *others = layers
    return (receptive_field_right_8(others) - 1) * stride + (window - 1) * dilation + 1


def receptive_field_wrong_1(layers):
    """Forgets the gaps: a dilation changes nothing."""
    field, step = 1, 1
    for window, stride, _ in layers:
        field += (window - 1) * step
        step *= stride
    return field


def receptive_field_wrong_2(layers):
    """The dilation lengthens the step for the layers after, too."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * dilation * step
        step *= stride * dilation
    return field


def receptive_field_wrong_3(layers):
    """Forgets the strides."""
    return 1 + sum((window - 1) * dilation for window, _, dilation in layers)


def receptive_field_wrong_4(layers):
    """Lengthens the step before the layer's own window is counted."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        step *= stride
        field += (window - 1) * dilation * step
    return field


def receptive_field_wrong_5(layers):
    """Starts at 0: the pixel itself is not counted."""
    return receptive_field_right_1(layers) - 1


def receptive_field_wrong_6(layers):
    """Takes the dilated window for window times dilation."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window * dilation - 1) * step
        step *= stride
    return field


def receptive_field_wrong_7(layers):
    """Adds the whole window, not only its further numbers."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += ((window - 1) * dilation + 1) * step
        step *= stride
    return field


def receptive_field_wrong_8(layers):
    """Adds strides up instead of multiplying them."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * dilation * step
        step += stride - 1
    return field


def receptive_field_wrong_9(layers):
    """Counts the pixels that are seen: the gaps are left out."""
    seen = {0}
    for window, stride, dilation in reversed(layers):
        seen = {place * stride + k * dilation for place in seen for k in range(window)}
    return len(seen)


def receptive_field_wrong_10(layers):
    """Begins with the last layer."""
    return receptive_field_right_1(layers[::-1])


def receptive_field_wrong_11(layers):
    """Only the stride of the layer before counts, not those of all before."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * dilation * step
        step = stride
    return field


def receptive_field_wrong_12(layers):
    """Takes a dilation for the number of places left out between two numbers."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * (dilation + 1) * step
        step *= stride
    return field


def receptive_field_wrong_13(layers):
    """Returns field and step."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * dilation * step
        step *= stride
    return field, step


def receptive_field_wrong_14(layers):
    """Multiplies the windows."""
    return math.prod((window - 1) * dilation + 1 for window, _, dilation in layers)


def receptive_field_wrong_15(layers):
    """Returns the widest layer's window alone."""
    return max([1] + [(window - 1) * dilation + 1 for window, _, dilation in layers])


def receptive_field_wrong_16(layers):
    """Returns the fields after every layer."""
    return [receptive_field_right_1(layers[: k + 1]) for k in range(len(layers))]


def receptive_field_wrong_17(layers):
    """Empties the list that it was given."""
    field, step = 1, 1
    while layers:
        window, stride, dilation = layers.pop(0)
        field += (window - 1) * dilation * step
        step *= stride
    return field


def receptive_field_wrong_18(layers):
    """Leaves the last layer out."""
    return receptive_field_right_1(layers[:-1])


def receptive_field_wrong_19(layers):
    """Returns the step, how far apart two neighbors' fields begin."""
    return math.prod(stride for _, stride, _ in layers)


def receptive_field_wrong_20(layers):
    """Reads a layer as (window, dilation, stride)."""
    return receptive_field_right_1([(window, stride, dilation) for window, dilation, stride in layers])


def receptive_field_wrong_21(layers):
    """Counts the pixels of the whole square, not its width."""
    return receptive_field_right_1(layers) ** 2


def receptive_field_wrong_22(layers):
    """The gap of a dilated window stands after its last number as well."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += ((window - 1) * dilation + dilation - 1) * step
        step *= stride
    return field


def receptive_field_wrong_23(layers):
    """Adds the gaps once for a window, not once between any two of its numbers."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1 + dilation - 1) * step
        step *= stride
    return field


def receptive_field_wrong_24(layers):
    """Gaps are not stretched by the strides before them."""
    field, step = 1, 1
    for window, stride, dilation in layers:
        field += (window - 1) * step + (window - 1) * (dilation - 1)
        step *= stride
    return field


def receptive_field_wrong_25(layers):
    """Only the last layer's dilation counts, for all layers."""
    last = layers[-1][2] if layers else 1
    return receptive_field_right_1([(window, stride, last) for window, stride, _ in layers])
