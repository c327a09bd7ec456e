"""One layer of a network as a panel and the link that makes it: shared by scenes that show several layers."""

from cnnlab import ops
from cnnlab.stage import Panel, Scale, slide


def feature_map(source, kernel, id, *, bias=None, unit=9, **options):
    """Return the panel of a feature map, and its link.

    Each sum is divided by the number of weights; or, where there is a ``bias``, that is added to it.
    ``source``, ``kernel`` and ``bias`` are panels; ``options`` are those of ``Panel``.
    """
    count = kernel.values.size
    if bias is None:
        values = ops.correlate2d(source.values, kernel.values, normalize=True)
        scale = Scale((source.id,), total=kernel.id, factor=1 / count)
    else:
        values = ops.correlate2d(source.values, kernel.values) + bias.values.item()
        unit, scale = None, Scale((id,))
    panel = _panel(id, values, unit, scale, options)
    reduce = "mean" if bias is None else "sum"
    return panel, slide(
        source, panel, kernel.shape, kernel=kernel.id, bias="" if bias is None else bias.id, reduce=reduce
    )


def bent(source, id, *, unit=9, **options):
    """Return the panel of ReLU of another panel, and its link."""
    panel = _panel(id, ops.relu(source.values), unit, source.scale, options)
    return panel, slide(source, panel, (1, 1), reduce="relu")


def pooled(source, id, *, unit=9, **options):
    """Return the panel of 2×2 max-pooling with stride 2 and ragged edges, and its link."""
    panel = _panel(id, ops.max_pool2d(source.values, 2, ceil_mode=True), unit, source.scale, options)
    return panel, slide(source, panel, (2, 2), stride=(2, 2), reduce="max")


def _panel(id, values, unit, scale, options):
    rows, columns = values.shape
    return Panel(id, values=values, unit=unit, scale=scale, **{"caption": f"{rows} × {columns}"} | options)
