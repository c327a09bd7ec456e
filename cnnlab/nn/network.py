"""Networks: layers in order, backwards in reverse, all their parameters in one vector; saved and loaded.

``Residual`` adds what came in to what its layers make of it. Source: K. He et al., "Deep residual learning
for image recognition" (2016).
"""

import zipfile
import zlib
from contextlib import contextmanager

import numpy as np

from cnnlab.checks import float_array, integer
from cnnlab.nn.files import replacing
from cnnlab.nn.layers import Layer
from cnnlab.nn.receptive import fields

FORMAT = "cnnlab network 1"  # written into every file that is saved


class Sequential(Layer):
    """Layers one after the other.

    Parameters
    ----------
    *layers : Layer
        In order. A slice of a network, ``network[:3]``, is a network of the same layers, not of copies.

    Examples
    --------
    >>> from cnnlab.nn.layers import Dense, ReLU
    >>> network = Sequential(Dense(2, 2, weight=[[1, 0], [0, -1]]), ReLU(), Dense(2, 1, weight=[[1, 1]]))
    >>> network.forward([[3, 4]])
    array([[3.]], dtype=float32)
    >>> network.backward([[1]])
    array([[1., 0.]], dtype=float32)
    """

    def __init__(self, *layers):
        super().__init__()
        where = type(self).__name__
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"{where}: layers must be layers, got {type(layer).__name__}")
        if not layers:
            raise ValueError(f"{where}: layers must not be empty")
        self.layers = layers
        self._leaves = {}
        for number, layer in enumerate(layers):
            self._take_in(str(number), layer)

    def _take_in(self, name, layer):
        """Add a layer's leaves to the network's, below ``name``."""
        self._leaves |= {f"{name}.{where}".removesuffix("."): leaf for where, leaf in layer.leaves.items()}
        if len({id(leaf) for leaf in self._leaves.values()}) < len(self._leaves):
            raise ValueError(f"{type(self).__name__}: layers must differ, one layer stands in two places")

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Sequential(*self.layers[index])
        return self.layers[index]

    def __repr__(self):
        inside = ",\n".join(self._inside()).replace("\n", "\n    ")
        return f"{type(self).__name__}(\n    {inside},\n)"

    def _inside(self):
        """Return what stands between the brackets of its ``repr``, in order."""
        return [repr(layer) for layer in self.layers]

    def forward(self, x, training=False):
        """Return the last layer's result for the batch ``x``."""
        for number, layer in enumerate(self.layers):
            with _telling_where(number, layer):
                x = layer.forward(x, training)
        return x

    def backward(self, grad_out):
        """Return the gradient with respect to ``x``; each layer keeps those of its parameters."""
        for layer in reversed(self.layers):
            grad_out = layer.backward(grad_out)
        return grad_out

    def output_shape(self, input_shape):
        """Return the shape of the last layer's result for one image (C, H, W) or one vector (in,)."""
        for number, layer in enumerate(self.layers):
            with _telling_where(number, layer):
                input_shape = layer.output_shape(input_shape)
        return input_shape

    def seen(self, input_shape):
        """Return the rows and the columns that the last layer's cells see, through all layers."""
        found = fields(self.layers, input_shape)
        return found[-1] if len(found) == len(self.layers) else None

    # --- Parameters -----------------------------------------------------------------------------------------

    @property
    def leaves(self):
        """All layers that hold no layers, in order, by where they stand, such as "2.0"."""
        return self._leaves

    @property
    def parameters(self):
        """The parameters of all layers that are ``trainable``, in one vector: the numbers themselves."""
        return self._gather()[0]

    @property
    def gradients(self):
        """The gradients of ``parameters``, in the same order: again the numbers themselves."""
        return self._gather()[1]

    def _gather(self):
        """Let all layers keep their parameters as parts of one vector; return it and the gradients'."""
        layers = [leaf for leaf in self._leaves.values() if leaf.trainable and leaf.parameters.size]
        vectors = [layer.parameters for layer in layers]
        # No layer may have been frozen, thawed or copied since, or moved to another network's vector.
        whole = self._vectors[0]
        if (
            not vectors
            or sum(map(len, vectors)) != whole.size
            or any(vector.base is not whole for vector in vectors)
        ):
            dtypes = {vector.dtype for vector in vectors}
            if len(dtypes) != 1:
                came = sorted(map(str, dtypes)) or "no parameters"
                raise ValueError(f"{type(self).__name__}: parameters must be of one dtype, got {came}")
            self._vectors = np.concatenate(vectors), np.concatenate([layer.gradients for layer in layers])
            ends = np.cumsum([0, *map(len, vectors)])
            for layer, start, stop in zip(layers, ends[:-1], ends[1:], strict=True):
                layer.keep_in(*(vector[start:stop] for vector in self._vectors))
        return self._vectors

    # --- In words -------------------------------------------------------------------------------------------

    def summary(self, input_shape):
        """Return a table of the layers, the shapes of their results and the numbers of their parameters.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one image, (C, H, W), or of one vector, (in,).

        Returns
        -------
        str

        Examples
        --------
        >>> from cnnlab.nn.layers import Conv2d, Flatten
        >>> network = Sequential(Conv2d(1, 2, 3, weight=np.ones((2, 1, 3, 3))), Flatten())
        >>> print(network.summary((1, 5, 4)))
        layer             result   parameters
        ─────────────────────────────────────
        Conv2d(1, 2, 3)   2×3×2            20
        Flatten()         12                0
        ─────────────────────────────────────
                                           20
        """
        shape = tuple(integer("summary", "input_shape", size, 1) for size in input_shape)
        rows = [("layer", "result", "parameters")]
        for layer in self.layers:
            text = repr(layer).splitlines()
            shape = layer.output_shape(shape)
            for line in text[:-1]:
                rows.append((line, "", ""))
            rows.append((text[-1], "×".join(map(str, shape)), f"{_count(layer):,}"))
        rows.append(("", "", f"{_count(self):,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [f"{a:{widths[0]}}   {b:{widths[1]}}   {c:>{widths[2]}}" for a, b, c in rows]
        rule = "─" * len(lines[0])
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

    # --- On disk --------------------------------------------------------------------------------------------

    def save(self, path):
        """Write all parameters to a file, in NumPy's ``.npz`` format.

        The file is written beside ``path`` first and then put in its place, so that an interruption leaves
        the old one whole.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        """
        with replacing(path) as file:
            np.savez(file, format=np.array(FORMAT), **self.state_dict())

    def load(self, path):
        """Take all parameters from a file that a network of the same layers has saved.

        Parameters
        ----------
        path : str or Path
            What ``save`` wrote.

        Raises
        ------
        FileNotFoundError
            If there is none.
        ValueError
            If the file is damaged, was not saved by a network, or by one of other layers or another dtype.
            Then nothing is changed.
        """
        where = f"{type(self).__name__}.load: {path}"
        try:
            with open(path, "rb") as opened:
                file = np.load(opened, allow_pickle=False)
                saved = {name: file[name] for name in file.files}
        except (AttributeError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"{where} is damaged or no file of parameters ({error})") from None
        if str(saved.pop("format", None)) != FORMAT:
            raise ValueError(f"{where} was not saved by a network")
        state = self.state_dict()
        for name in sorted(state.keys() | saved.keys()):
            expected, came = (_described(arrays.get(name)) for arrays in (state, saved))
            if expected != came:
                raise ValueError(f"{where} does not fit: {name} must be {expected}, got {came}")
        for name, array in state.items():
            array[...] = saved[name]


class Residual(Sequential):
    """Layers with a way around them: ``x + f(x)``, so that they learn only what is to be added.

    Where ``f`` changes the shape of ``x``, something must change it on the way around, too:
    ``shortcut(x) + f(x)``, often with a convolution of kernel size 1 and a stride.

    Parameters
    ----------
    *layers : Layer
        What ``f`` consists of; its result must have the shape of ``x``, or of the shortcut's result.
    shortcut : Layer, optional
        What stands on the way around; nothing unless given. Its parameters are named "shortcut.…".

    Examples
    --------
    >>> from cnnlab.nn.layers import Dense
    >>> Residual(Dense(2, 2, weight=[[1, 0], [0, -1]])).forward([[3, 4]])
    array([[6., 0.]], dtype=float32)
    >>> around = Dense(1, 2, weight=[[10], [10]], bias=False)
    >>> wider = Residual(Dense(1, 2, weight=[[1], [2]]), shortcut=around)
    >>> wider.forward([[3]])
    array([[33., 36.]], dtype=float32)
    >>> list(wider.named_parameters())
    ['0.weight', '0.bias', 'shortcut.weight']
    """

    def __init__(self, *layers, shortcut=None):
        super().__init__(*layers)
        self.shortcut = shortcut
        if shortcut is not None:
            if not isinstance(shortcut, Layer):
                raise TypeError(f"Residual: shortcut must be a layer, got {type(shortcut).__name__}")
            self._take_in("shortcut", shortcut)

    def _inside(self):
        return super()._inside() + ([] if self.shortcut is None else [f"shortcut={self.shortcut!r}"])

    def forward(self, x, training=False):
        """Return what comes around the layers plus what they make of ``x``."""
        x = float_array("Residual", "x", x)
        out = super().forward(x, training)
        around = x if self.shortcut is None else self.shortcut.forward(x, training)
        self._check_sum(around.shape, out.shape)
        return around.astype(out.dtype, copy=False) + out

    def backward(self, grad_out):
        """Return the gradient with respect to ``x``: around the layers and through them."""
        around = grad_out if self.shortcut is None else self.shortcut.backward(grad_out)
        return around + super().backward(grad_out)

    def output_shape(self, input_shape):
        """Return the shape of the sum."""
        shape = super().output_shape(input_shape)
        around = input_shape if self.shortcut is None else self.shortcut.output_shape(input_shape)
        self._check_sum(tuple(around), shape)
        return shape

    def seen(self, input_shape):
        """Return what the layers see, and what comes around them: the cell at the same place, say."""
        through = super().seen(input_shape)
        around = Layer.seen(self, input_shape) if self.shortcut is None else self.shortcut.seen(input_shape)
        if through is None or around is None:
            return None
        return tuple(
            tuple(tuple(sorted({*one, *other})) for one, other in zip(*both, strict=True))
            for both in zip(through, around, strict=True)
        )

    def _check_sum(self, around, through):
        if around != through:
            if self.shortcut is None:
                raise ValueError(f"Residual: layers must keep the shape, got {around} in and {through} out")
            raise ValueError(f"Residual: shortcut must give the layers' shape {through}, got {around}")


@contextmanager
def _telling_where(number, layer):
    """Add to an error in which layer it came up."""
    try:
        yield
    except (TypeError, ValueError) as error:
        error.add_note(f"(in layer {number}, {layer!r})")
        raise


def _count(layer):
    return sum(leaf.parameters.size for leaf in layer.leaves.values())


def _described(array):
    return "absent" if array is None else f"{array.dtype} of shape {array.shape}"
