"""What scenes ask of the networks they show, wherever these were trained: shared by those that take any."""

import copy

import numpy as np

from cnnlab.nn import Layer, Sequential


def own_copy(scene, network):
    """Return a copy of a network for a scene to keep, in float64: as exact as the browser.

    A single layer, or a ``Residual``, becomes a ``Sequential`` that holds it.

    Raises
    ------
    TypeError
        For anything that is no network.
    ValueError
        If some of its numbers are not finite: nothing can be shown then.
    """
    if not isinstance(network, Layer):
        raise TypeError(f"{scene}: network must be a Sequential, got {type(network).__name__}")
    for name, array in network.state_dict().items():
        if not np.isfinite(array).all():
            wrong = array[~np.isfinite(array)][0]
            raise ValueError(f"{scene}: network must hold finite numbers only, got {wrong} in {name}")
    network = copy.deepcopy(network).double()
    return network if type(network) is Sequential else Sequential(network)
