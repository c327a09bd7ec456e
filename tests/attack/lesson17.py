"""Right and wrong answers to the exercises of lesson 17."""

import numpy as np

# --- residual_backward


def residual_backward_right_1(grad_out, x, weight):
    gate = x @ weight.T > 0
    return grad_out + (grad_out * gate) @ weight


def residual_backward_right_2(grad_out, x, weight):
    z = np.dot(x, np.transpose(weight))
    through = np.where(z > 0, grad_out, 0.0)
    return np.add(grad_out, np.dot(through, weight))


def residual_backward_right_3(grad_out, x, weight):
    count, n = x.shape
    result = np.array(grad_out, dtype=float)
    for one in range(count):
        for i in range(n):
            z = sum(weight[i, j] * x[one, j] for j in range(n))
            if z > 0:
                for j in range(n):
                    result[one, j] += grad_out[one, i] * weight[i, j]
    return result


def residual_backward_right_4(grad_out, x, weight):
    rows = []
    for g, one in zip(grad_out, x, strict=True):
        jacobian = np.eye(len(one)) + weight * (weight @ one > 0)[:, None]
        rows.append(jacobian.T @ g)
    return np.array(rows).reshape(x.shape)


def residual_backward_right_5(grad_out, x, weight):
    gate = np.heaviside(np.einsum("nj,ij->ni", x, weight), 0.0)
    return grad_out + np.einsum("ni,ni,ij->nj", grad_out, gate, weight)


def residual_backward_wrong_1(grad_out, x, weight):
    """Forgets the skip."""
    return (grad_out * (x @ weight.T > 0)) @ weight


def residual_backward_wrong_2(grad_out, x, weight):
    """Opens the gate at 0."""
    return grad_out + (grad_out * (x @ weight.T >= 0)) @ weight


def residual_backward_wrong_3(grad_out, x, weight):
    """Goes back with the transposed weights."""
    return grad_out + (grad_out * (x @ weight.T > 0)) @ weight.T


def residual_backward_wrong_4(grad_out, x, weight):
    """Forgets the gate."""
    return grad_out + grad_out @ weight


def residual_backward_wrong_5(grad_out, x, weight):
    """Takes the gate from x instead of from x @ weight.T."""
    return grad_out + (grad_out * (x > 0)) @ weight


def residual_backward_wrong_6(grad_out, x, weight):
    """Takes the gate behind the sum: y instead of what ReLU got."""
    y = x + np.maximum(x @ weight.T, 0)
    return grad_out + (grad_out * (y > 0)) @ weight


def residual_backward_wrong_7(grad_out, x, weight):
    """Adds x instead of the gradient on the way around."""
    return x + (grad_out * (x @ weight.T > 0)) @ weight


def residual_backward_wrong_8(grad_out, x, weight):
    """Adds 1 instead of the gradient on the way around."""
    return 1 + (grad_out * (x @ weight.T > 0)) @ weight


def residual_backward_wrong_9(grad_out, x, weight):
    """Shuts the gate on the skip, too."""
    gate = x @ weight.T > 0
    return gate * grad_out + (grad_out * gate) @ weight


def residual_backward_wrong_10(grad_out, x, weight):
    """Puts the gate behind the weights."""
    return grad_out + (grad_out @ weight) * (x @ weight.T > 0)


def residual_backward_wrong_11(grad_out, x, weight):
    """Goes forward with the weights not transposed."""
    return grad_out + (grad_out * (x @ weight > 0)) @ weight


def residual_backward_wrong_12(grad_out, x, weight):
    """Gives the gradient in the weights."""
    return (grad_out * (x @ weight.T > 0)).T @ x


def residual_backward_wrong_13(grad_out, x, weight):
    """Multiplies the gradient by itself: (1 + f') taken as 1 + f'(x) · grad · grad."""
    gate = x @ weight.T > 0
    return grad_out * (1 + (grad_out * gate) @ weight)


def residual_backward_wrong_14(grad_out, x, weight):
    """Multiplies by ReLU's value instead of its gate."""
    return grad_out + (grad_out * np.maximum(x @ weight.T, 0)) @ weight


def residual_backward_wrong_15(grad_out, x, weight):
    """Takes the gate from the gradient's sign."""
    return grad_out + np.maximum(grad_out, 0) @ weight


def residual_backward_wrong_16(grad_out, x, weight):
    """Counts the way around twice."""
    return 2 * grad_out + (grad_out * (x @ weight.T > 0)) @ weight


def residual_backward_wrong_17(grad_out, x, weight):
    """Averages over the batch."""
    return (grad_out + (grad_out * (x @ weight.T > 0)) @ weight) / len(x)


def residual_backward_wrong_18(grad_out, x, weight):
    """Gives the forward pass."""
    return x + np.maximum(x @ weight.T, 0)


def residual_backward_wrong_19(grad_out, x, weight):
    """Subtracts what comes through the layer."""
    return grad_out - (grad_out * (x @ weight.T > 0)) @ weight


# --- one_by_one


def one_by_one_right_1(x, weight, stride):
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride])


def one_by_one_right_2(x, weight, stride):
    picked = x[:, :, ::stride, ::stride]
    return np.moveaxis(np.tensordot(picked, weight, axes=(1, 1)), -1, 1)


def one_by_one_right_3(x, weight, stride):
    n, channels, height, width = x.shape
    rows, columns = range(0, height, stride), range(0, width, stride)
    result = np.zeros((n, len(weight), len(rows), len(columns)))
    for image in range(n):
        for f in range(len(weight)):
            for i, row in enumerate(rows):
                for j, column in enumerate(columns):
                    result[image, f, i, j] = sum(
                        weight[f, c] * x[image, c, row, column] for c in range(channels)
                    )
    return result


def one_by_one_right_4(x, weight, stride):
    n, _, height, width = x.shape
    rows, columns = (height - 1) // stride + 1, (width - 1) // stride + 1
    result = np.zeros((n, weight.shape[0], rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[:, :, i, j] = x[:, :, i * stride, j * stride] @ weight.T
    return result


def one_by_one_right_5(x, weight, stride):
    small = x[..., ::stride, ::stride]
    n, c, h, w = small.shape
    return (weight @ small.reshape(n, c, h * w)).reshape(n, len(weight), h, w)


def one_by_one_right_6(x, weight, stride):
    full = (weight[None, :, :, None, None] * x[:, None]).sum(axis=2)
    return full[:, :, ::stride, ::stride]


def one_by_one_wrong_1(x, weight, stride):
    """Forgets the stride."""
    return np.einsum("fc,nchw->nfhw", weight, x)


def one_by_one_wrong_2(x, weight, stride):
    """Strides along the rows only."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride])


def one_by_one_wrong_3(x, weight, stride):
    """Leaves out the last pixels if the stride does not divide the size."""
    height, width = x.shape[2:]
    rows, columns = height // stride, width // stride
    picked = x[:, :, ::stride, ::stride][:, :, :rows, :columns]
    return np.einsum("fc,nchw->nfhw", weight, picked)


def one_by_one_wrong_4(x, weight, stride):
    """Begins at row and column stride - 1."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, stride - 1 :: stride, stride - 1 :: stride])


def one_by_one_wrong_5(x, weight, stride):
    """Gives the mean over the maps instead of the sum."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride]) / x.shape[1]


def one_by_one_wrong_6(x, weight, stride):
    """Leaves the filters in the last place."""
    return np.tensordot(x[:, :, ::stride, ::stride], weight, axes=(1, 1))


def one_by_one_wrong_7(x, weight, stride):
    """Gives each filter the sum of the maps times the sum of its weights."""
    total = x[:, :, ::stride, ::stride].sum(axis=1, keepdims=True)
    return total * weight.sum(axis=1)[None, :, None, None]


def one_by_one_wrong_8(x, weight, stride):
    """Takes the mean of each stride × stride block instead of one pixel."""
    n, c, h, w = x.shape
    rows, columns = -(-h // stride), -(-w // stride)
    picked = np.zeros((n, c, rows, columns))
    for i in range(rows):
        for j in range(columns):
            block = x[:, :, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            picked[:, :, i, j] = block.mean(axis=(2, 3))
    return np.einsum("fc,nchw->nfhw", weight, picked)


def one_by_one_wrong_9(x, weight, stride):
    """Takes the largest pixel of each stride × stride block."""
    n, c, h, w = x.shape
    rows, columns = -(-h // stride), -(-w // stride)
    picked = np.zeros((n, c, rows, columns))
    for i in range(rows):
        for j in range(columns):
            block = x[:, :, i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            picked[:, :, i, j] = block.max(axis=(2, 3))
    return np.einsum("fc,nchw->nfhw", weight, picked)


def one_by_one_wrong_10(x, weight, stride):
    """Bends with ReLU at the end."""
    return np.maximum(np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride]), 0)


def one_by_one_wrong_11(x, weight, stride):
    """Swaps rows and columns of the maps."""
    return np.einsum("fc,nchw->nfwh", weight, x[:, :, ::stride, ::stride])


def one_by_one_wrong_12(x, weight, stride):
    """Strides over the maps of the filters as well."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride])[:, ::stride]


def one_by_one_wrong_13(x, weight, stride):
    """Uses a stride of 2 whatever is given."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, ::2, ::2])


def one_by_one_wrong_14(x, weight, stride):
    """Collects the maps in an array of whole numbers."""
    maps = np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride])
    result = np.zeros(maps.shape, int)
    result[:] = maps
    return result


def one_by_one_wrong_15(x, weight, stride):
    """Works on the first image only."""
    maps = np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride])
    maps[1:] = 0
    return maps


def one_by_one_wrong_16(x, weight, stride):
    """Adds the images of the batch up."""
    return np.einsum("fc,nchw->fhw", weight, x[:, :, ::stride, ::stride])


def one_by_one_wrong_17(x, weight, stride):
    """Pads with one ring of zeros."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return np.einsum("fc,nchw->nfhw", weight, padded[:, :, ::stride, ::stride])


def one_by_one_wrong_18(x, weight, stride):
    """Takes the first pixels, as many as there should be, one beside the other."""
    h, w = x[0, 0, ::stride, ::stride].shape
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, :h, :w])


def one_by_one_wrong_19(x, weight, stride):
    """Reads the weights as (C, F)."""
    other = np.reshape(weight, weight.shape[::-1])
    return np.einsum("cf,nchw->nfhw", other, x[:, :, ::stride, ::stride])


def one_by_one_wrong_20(x, weight, stride):
    """Strides over columns only."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, :, ::stride])


def one_by_one_wrong_21(x, weight, stride):
    """Gives each filter the maximum over the maps instead of the sum."""
    return (weight[None, :, :, None, None] * x[:, None, :, ::stride, ::stride]).max(axis=2)


def one_by_one_wrong_22(x, weight, stride):
    """Skips one pixel fewer: takes a stride of stride + 1."""
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, :: stride + 1, :: stride + 1])
