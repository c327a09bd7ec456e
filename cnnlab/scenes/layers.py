"""One layer of a network as a panel and the link that makes it, for scenes that show several layers."""

import numpy as np

from cnnlab import ops
from cnnlab.stage import Panel, Window, full_scale


def feature_map(source, kernel, id, *, bias=None, unit=9, **options):
    """Return the panel of a feature map, and its link.

    Each sum is divided by the number of weights; or, where there is a ``bias``, that is added to it.
    ``source``, ``kernel`` and ``bias`` are panels; ``options`` are those of ``Panel``.
    """
    if bias is not None:
        values = ops.correlate2d(source.values, kernel.values) + bias.values.item()
        panel = _panel(id, values, None, np.abs(values).max(), options)
        return panel, Window(
            source.id, id, (), kernel.shape, kernel=kernel.id, bias=(bias.id, 0, 0), reduce="sum"
        )
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
        scale=full_scale(scale),
        **{"caption": f"{rows} × {columns}"} | options,
    )
