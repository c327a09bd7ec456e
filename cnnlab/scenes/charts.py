"""Charts for scenes: axes drawn once, points that move over them while steps pass."""

import numpy as np

from cnnlab.look import DASHES
from cnnlab.stage import Chart, Track


def chart(
    id, title, draw, *, xlim, ylim, says, tracks=(), yscale="linear", aspect=0.72, labels=("", ""), **options
):
    """Return a chart with tracks in the numbers of its axes.

    Parameters
    ----------
    draw : function of (axes, colors, inks)
        Draws all that does not move into Matplotlib's axes; see ``figures.chart_images``.
    xlim, ylim : (low, high)
    says : str
        What the chart shows, for those who do not see it.
    tracks : sequence of (name, x, y) or (name, x, y, trail)
        Points that move: where they are at each step; NaN for nowhere. In the order of ``look.LINES``.
    labels : (str, str)
        What the axes show.
    **options
        Those of ``Chart``: ``caption``, ``column``, ``before``, ``width``.
    """
    from cnnlab import figures  # Matplotlib is loaded only where there are charts

    images = figures.chart_images(
        draw, xlim=xlim, ylim=ylim, xlabel=labels[0], ylabel=labels[1], yscale=yscale, aspect=aspect
    )

    return Chart(id, title, images, figures.AXES, aspect, moving(tracks, xlim, ylim, yscale), says, **options)


def curves_chart(title, steps, curves, *, ylim, column=0, labels=("step", ""), width=21.0, **options):
    """Return a chart of curves that are drawn while steps pass, with a key in its lower right corner.

    Parameters
    ----------
    title : str
        Also the panel's name.
    steps : array_like, shape (T,)
    curves : dict of str to array_like, shape (T,)
        Up to four, by name.
    ylim : (low, high)
        The key needs about a third of it, at the bottom right.
    column, labels, width, **options
        As in ``chart``.
    """
    names = list(curves)
    if not 1 <= len(names) <= len(DASHES):
        raise ValueError(f"curves_chart: curves must be 1 to {len(DASHES)} curves, got {len(names)}")

    def draw(axes, colors, inks):
        axes.grid(color=inks["faint"], linewidth=0.8)
        in_axes = {"transform": axes.transAxes}
        for line, name in enumerate(names):
            color, dash = colors[line], DASHES[line]
            height = 0.08 + 0.12 * (len(names) - 1 - line)
            axes.plot([0.52, 0.64], [height, height], dash, color=color, linewidth=2.6, **in_axes)
            axes.text(0.67, height, name, color=inks["text"], fontsize=16, va="center", **in_axes)

    return chart(
        title,
        title,
        draw,
        tracks=[(name, steps, curve) for name, curve in curves.items()],
        xlim=(steps[0], steps[-1]),
        ylim=ylim,
        labels=labels,
        says=f"One line each for {', '.join(names)}",
        column=column,
        width=width,
        **options,
    )


def moving(tracks, xlim, ylim, yscale="linear"):
    """Return the tracks of a chart; with ``dataclasses.replace`` they move over one that is drawn already.

    Parameters
    ----------
    tracks, xlim, ylim, yscale
        As in ``chart``.
    """

    def along(values, low, high, scale):
        values, low, high = (np.log10(each) if scale == "log" else each for each in (values, low, high))
        return (np.asarray(values, dtype=float) - low) / (high - low)

    found = []
    for line, (name, x, y, *trail) in enumerate(tracks):
        points = np.column_stack([along(x, *xlim, "linear"), along(y, *ylim, yscale)])
        found.append(Track(name, points, line, *trail))
    return tuple(found)
