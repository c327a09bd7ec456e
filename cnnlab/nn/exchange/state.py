"""A network's numbers by PyTorch's names: what there is, what is expected, and how others are taken over.

PyTorch's ``BatchNorm2d`` also counts the batches it has seen, as "num_batches_tracked". Nothing here depends
on that count: it is written as 0, and ignored when read.
"""

import numpy as np

from cnnlab.checks import float_array
from cnnlab.nn.layers import BatchNorm2d, Layer

COUNT = "num_batches_tracked"


def check_network(where, network):
    """Raise ``TypeError`` for anything that is no network and no layer."""
    if not isinstance(network, Layer):
        raise TypeError(f"{where}: network must be a network or a layer, got {type(network).__name__}")


def counts(network):
    """Return the names under which PyTorch's twin of the network counts batches."""
    found = (where for where, leaf in network.leaves.items() if type(leaf) is BatchNorm2d)
    return [f"{where}.{COUNT}".removeprefix(".") for where in found]


def check_fit(where, network, came):
    """Raise ``ValueError`` unless all that the network is made of came, in its shape, and nothing else.

    ``came`` holds shapes by name. The first name that does not fit is told, in alphabetical order.
    """
    expected = {name: array.shape for name, array in network.state_dict().items()}
    ignored = set(counts(network)) - expected.keys()
    for name in sorted((expected.keys() | came.keys()) - ignored):
        one, other = (
            f"of shape {shapes[name]}" if name in shapes else "absent" for shapes in (expected, came)
        )
        if one != other:
            raise ValueError(f"{where} does not fit: {name} must be {one}, got {other}")


def take_over(where, network, arrays):
    """Let the network have these numbers, in its own dtype; ``where`` begins what errors say.

    Everything is checked first, so that nothing is half-changed. NaN and ±∞ are taken as they are, but a
    finite number must stay one.
    """
    check_fit(where, network, {name: array.shape for name, array in arrays.items()})
    state, cast = network.state_dict(), {}
    for name, array in state.items():
        with np.errstate(over="ignore", under="ignore"):  # told below; too small a number is 0
            cast[name] = arrays[name].astype(array.dtype)
        if np.any(np.isfinite(arrays[name]) & ~np.isfinite(cast[name])):
            raise ValueError(
                f"{where} does not fit: {name} must fit into {array.dtype}, got numbers up to "
                f"{np.nanmax(np.abs(arrays[name])):.3g}"
            )
    for name, array in state.items():
        array[...] = cast[name]


def load_state(network, state):
    """Take all numbers from a dict, such as PyTorch's ``module.state_dict()``.

    Parameters
    ----------
    network : Layer
        Whose numbers are replaced; their dtype stays.
    state : dict of str to array_like or torch.Tensor
        By the names of ``network.state_dict()``, which are PyTorch's for ``to_torch(network)``. Where another
        module has other names, rename: ``{new: state[old], …}``. "num_batches_tracked" of batch normalization
        may be there, and is ignored.

    Raises
    ------
    TypeError, ValueError
        For a name that is missing or not expected, a wrong shape, and what is no array of real numbers. Then
        nothing is changed.

    Examples
    --------
    >>> from cnnlab.nn import Dense
    >>> layer = Dense(2, 1, weight=[[0, 0]])
    >>> load_state(layer, {"weight": [[3, 4]], "bias": [5]})
    >>> layer.forward([[1, 10]])
    array([[48.]], dtype=float32)
    >>> load_state(layer, {"weight": [[3, 4]]})
    Traceback (most recent call last):
    ValueError: load_state: state does not fit: bias must be of shape (1,), got absent
    """
    check_network("load_state", network)
    if not hasattr(state, "items"):
        raise TypeError(f"load_state: state must be a dict of arrays, got {type(state).__name__}")
    ignored = set(counts(network))
    arrays = {
        name: float_array("load_state", f"state[{name!r}]", _in_numpy(value))
        for name, value in state.items()
        if name not in ignored
    }
    take_over("load_state: state", network, arrays)


def _in_numpy(value):
    """Return the NumPy array of a PyTorch tensor, wherever it is; anything else as it is."""
    if not hasattr(value, "detach"):
        return value
    value = value.detach().cpu()
    # NumPy has no bfloat16; each such number is a float32 as well.
    return (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
