"""A plan: the fast layers of a network for one shape of batch, with all their memory."""

import weakref

import numpy as np

from cnnlab.nn.fast.layers import batch_first, batch_last, chain, laid_out

# Plans live as long as their networks, but only those of the networks that were planned last: each holds
# arrays for a whole batch, and a lesson may keep thirty trained networks. Of each, a few shapes: whole
# batches, the last one, those to validate.
_PLANS = weakref.WeakKeyDictionary()
KEPT, NETWORKS = 4, 4


def plan_for(network, shape, input_gradient=False):
    """Return the network's plan for batches of ``shape``, made anew unless there is one.

    Parameters
    ----------
    network : Sequential
    shape : tuple of int
        (N, C, H, W) or (N, in).
    input_gradient : bool
        Whether ``backward`` is to return the gradient with respect to ``x``, which training does not need.

    Raises
    ------
    TypeError, ValueError
        For a shape that does not suit the network's layers, as their ``forward``.
    """
    plans, wanted = _PLANS.get(network, {}), (shape, input_gradient)
    if wanted not in plans:
        plan = Plan(network, shape, input_gradient)
        while len(plans) >= KEPT:
            del plans[next(iter(plans))]
        plans[wanted] = plan
        _PLANS.pop(network, None)
        _PLANS[network] = plans  # the youngest, now
        while len(_PLANS) > NETWORKS:
            del _PLANS[next(iter(_PLANS))]
    return plans[wanted]


class Plan:
    """A network laid out for batches of one shape.

    Parameters
    ----------
    network : Sequential
        It keeps its parameters and gets its gradients; its layers remember nothing of what a plan does.
    shape : tuple of int
        (N, C, H, W) or (N, in).
    input_gradient : bool
        As for ``plan_for``.
    """

    def __init__(self, network, shape, input_gradient=False):
        dtypes = {leaf.parameters.dtype for leaf in network.leaves.values() if leaf.parameters.size}
        if len(dtypes) > 1:
            raise ValueError(f"Plan: parameters must be of one dtype, got {sorted(map(str, dtypes))}")
        dtype = dtypes.pop() if dtypes else np.dtype(np.float64)
        count, *image = shape
        network.output_shape(image)  # refuses what does not fit, and says in which layer
        self.layers = chain([network], image, count, dtype)
        self.shape, last = shape, self.layers[-1]
        last.out = np.empty_like(last.grad_out)
        if input_gradient:
            self.layers[0].grad_x = np.zeros(laid_out(image, count), dtype)

    def forward(self, x, training=False):
        """Return the network's result for the batch ``x``, an array of its own."""
        self.layers[0].x[...] = batch_last(x)
        for layer in self.layers:
            layer.forward(training)
        return batch_first(self.layers[-1].out)

    def backward(self, grad_out):
        """Push the gradient of the last ``forward``'s result back; the layers get their gradients.

        Returns the gradient with respect to ``x``, an array of its own, if the plan was asked for it.
        """
        self.layers[-1].grad_out[...] = batch_last(grad_out)
        for layer in reversed(self.layers):
            layer.backward()
        grad_x = self.layers[0].grad_x
        return None if grad_x is None else batch_first(grad_x)
