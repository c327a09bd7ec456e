"""One layer of a network as a panel and the link that makes it, for scenes that show several layers."""

import numpy as np

from cnnlab import ops
from cnnlab.stage import Panel, Window


def feature_map(source, kernel, id, *, unit=9, **options):
    """Return the panel of a feature map (each sum divided by the number of weights), and its link.

    ``source`` and ``kernel`` are panels; ``options`` are those of ``Panel``.
    """
    values = ops.correlate2d(source.values, kernel.values, normalize=True)
    bound = np.abs(source.values).max() * np.abs(kernel.values).mean()
    panel = _panel(id, values, unit, bound, options)
    return panel, Window(source.id, id, (), kernel.shape, kernel=kernel.id, reduce="mean")


def bent(source, id, *, unit=9, **options):
    """Return the panel of ReLU of another panel, and its link."""
    panel = _panel(id, ops.relu(source.values), unit, source.scale, options)
    return panel, Window(source.id, id, (), (1, 1), reduce="relu")


def pooled(source, id, *, unit=9, **options):
    """Return the panel of 2×2 max-pooling with stride 2 and ragged edges, and its link."""
    values = ops.max_pool2d(source.values, 2, ceil_mode=True)
    panel = _panel(id, values, unit, source.scale, options)
    return panel, Window(source.id, id, (), (2, 2), stride=(2, 2), reduce="max")


def _panel(id, values, unit, scale, options):
    rows, columns = values.shape
    return Panel(
        id,
        values=values,
        unit=unit,
        scale=max(scale, 1e-12),
        **{"caption": f"{rows} × {columns}"} | options,
    )
