"""Matplotlib pictures: arrays in, a Figure out. Nothing here computes or trains.

``curves`` draws functions, ``histograms`` how numbers lie, ``ranges`` and ``bands`` what several trainings
gave, ``chart_images`` the axes of a stage's chart. The still picture of a stage is drawn in
``cnnlab.stage.still``.
"""

import base64
import io

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cnnlab.look import DASHES, INKS, LINES

QUIET = INKS["light"]["quiet"]


def png_of(figure):
    """Return a Matplotlib figure as the bytes of a PNG; the same figure gives the same bytes."""
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


class Drawing(Figure):
    """A figure that shows itself in a notebook, and says in words what it shows."""

    def __init__(self, words, **options):
        super().__init__(**{"layout": "constrained", "facecolor": "white", "dpi": 110} | options)
        FigureCanvasAgg(self)
        self.words = words

    def __repr__(self):
        return self.words

    def _repr_mimebundle_(self, **_):
        data = {"text/plain": repr(self), "image/png": base64.b64encode(png_of(self)).decode()}
        metadata = {"image/png": {"alt": self.words}}
        if not any(axes.images for axes in self.axes):
            # JupyterLab marks it; in the dark theme of lessons, lab/without_kernel.js darkens what is marked.
            # Photographs and other images stay as they are.
            metadata["needs_background"] = "light"
        return data, metadata


def plain(axes):
    """Leave out what frames the axes above and on the right; write their numbers large enough to read."""
    axes.tick_params(labelsize=11)
    axes.spines[["top", "right"]].set_visible(False)


def key(axes, **place):
    """Tell which line is which, on paper of its own: where lines are dense, none runs through the words."""
    axes.legend(fontsize=11, facecolor="white", edgecolor="none", framealpha=0.9, borderpad=0.1, **place)


BESIDE = {"loc": "upper left", "bbox_to_anchor": (1, 1)}  # where a key stands that would lie on lines
MARKS = "os^D"


def curves(x, panels, *, words, dots=(), beside=False):
    """Draw several curves over the same x in each of a row of panels; a single one needs no key.

    Parameters
    ----------
    x : array_like, shape (N,)
    panels : dict of str to (dict of str to array_like of shape (N,))
        For each panel's title, the curves by name.
    words : str
        What the picture shows, for those who do not see it.
    dots : collection of str
        Names of curves that are marks without a line. Then x only counts what they stand for.
    beside : bool
        Whether one key for all panels stands to the right of them, where lines would leave no room for it.

    Returns
    -------
    Drawing
    """
    figure = Drawing(words, figsize=(4.6 * len(panels) + 1.8 * beside, 3.4))
    for axes, (title, named) in zip(np.ravel(figure.subplots(1, len(panels))), panels.items(), strict=True):
        for (name, y), color, dash, mark in zip(named.items(), LINES["light"], DASHES, MARKS, strict=False):
            style = mark if name in dots else dash
            axes.plot(x, y, style, color=color, label=name, linewidth=2.2, markersize=7)
        axes.axhline(0, color=QUIET, linewidth=0.8)
        if dots:
            axes.set_xticks(x)
        else:
            axes.axvline(0, color=QUIET, linewidth=0.8)
            if isinstance(axes.xaxis.get_major_locator(), MaxNLocator):  # numbers, not names
                axes.locator_params(axis="x", nbins=6)  # more would run into each other
        axes.set_title(title, fontsize=13)
        plain(axes)
        if len(named) > 1 and not beside:
            key(axes)
    if beside:
        key(axes, **BESIDE)
    return figure


def histograms(panels, *, limit, words, bins=41):
    """Draw how many of the numbers lie where, in a row of panels with the same axes.

    Parameters
    ----------
    panels : dict of str to array_like
        For each panel's title, the numbers.
    limit : float
        From −limit to limit they are counted; what lies beyond is not shown.
    words : str
        What the picture shows, for those who do not see it.
    bins : int
        Into how many bars.

    Returns
    -------
    Drawing
    """
    figure = Drawing(words, figsize=(4.0 * len(panels), 3.2))
    rows = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)
    for axes, (title, values), color in zip(rows[0], panels.items(), LINES["light"], strict=False):
        axes.hist(np.ravel(values), bins=np.linspace(-limit, limit, bins + 1), color=color)
        axes.axvline(0, color=QUIET, linewidth=0.8)
        axes.set_title(title, fontsize=13)
        plain(axes)
    rows[0][0].set_ylabel("how many", fontsize=12)
    return figure


def ranges(panels, *, words, label="", shared=True):
    """Draw numbers that several trainings gave, a row for each name: each a dot, and their mean a bar.

    Parameters
    ----------
    panels : dict of str to (dict of str to array_like of shape (seeds,))
        For each panel's title, the numbers by name; the names are the same in all panels.
    words : str
        What the picture shows, for those who do not see it.
    label : str
        What the numbers are.
    shared : bool
        Whether all panels have the same axis.

    Returns
    -------
    Drawing
    """
    rows = max(map(len, panels.values()))
    figure = Drawing(words, figsize=(max(3.2 * len(panels), 5.5), 1.1 + 0.42 * rows))
    figure.get_layout_engine().set(wspace=0.12)  # numbers below two panels do not run into one
    for axes, (title, named) in zip(
        figure.subplots(1, len(panels), sharex=shared, sharey=True, squeeze=False)[0],
        panels.items(),
        strict=True,
    ):
        for row, values in enumerate(named.values()):
            color = LINES["light"][row % len(LINES["light"])]
            axes.plot(values, np.full(np.size(values), row), "o", color=color, alpha=0.45, markersize=6)
            axes.plot(np.mean(values), row, "|", color=color, markersize=20, markeredgewidth=2.5)
        axes.set_yticks(range(len(named)), list(named))
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_title(title, fontsize=12)
        axes.set_xlabel(label, fontsize=11)
        axes.grid(axis="x", color=INKS["light"]["faint"])
        axes.set_axisbelow(True)
        plain(axes)
    return figure


def bands(x, named, *, words, xlabel="", ylabel="", log=False, ylim=None):
    """Draw means over several trainings as lines, and from the lowest to the highest as a band.

    Parameters
    ----------
    x : array_like, shape (N,)
    named : dict of str to array_like of shape (seeds, N)
    words : str
        What the picture shows, for those who do not see it.
    xlabel, ylabel : str
    log : bool
        Whether equal factors of x are equally far apart.
    ylim : (low, high), optional

    Returns
    -------
    Drawing
    """
    figure = Drawing(words, figsize=(6.4, 3.6))
    axes = figure.subplots()
    for (name, values), color, dash in zip(named.items(), LINES["light"], DASHES, strict=False):
        values = np.asarray(values)
        axes.fill_between(x, values.min(axis=0), values.max(axis=0), color=color, alpha=0.15, linewidth=0)
        axes.plot(x, values.mean(axis=0), dash, marker="o", color=color, label=name, linewidth=2.2)
    axes.set_xscale("log" if log else "linear")
    axes.set_xticks(x, [f"{each:g}" for each in x])
    axes.minorticks_off()
    axes.set_xlabel(xlabel, fontsize=12)
    axes.set_ylabel(ylabel, fontsize=12)
    axes.set_ylim(ylim)
    axes.grid(axis="y", color=INKS["light"]["faint"])
    plain(axes)
    key(axes)
    return figure


AXES = (0.16, 0.16, 0.81, 0.79)  # where a chart's axes lie: left, bottom, width, height


def legend_style(inks):
    """Return Matplotlib's settings of a key that stands on paper, so that no line runs through its words."""
    style = {"fontsize": 13, "facecolor": inks["paper"], "edgecolor": "none", "framealpha": 1}
    style |= {"borderpad": 0.1, "labelcolor": inks["text"]}
    return {f"legend.{name}": value for name, value in style.items()}


def chart_images(draw, *, xlim, ylim, xlabel="", ylabel="", yscale="linear", aspect=0.72):
    """Draw all of a chart that does not move, once for each theme.

    Parameters
    ----------
    draw : function of (axes, colors, inks)
        Draws into Matplotlib's axes, with the theme's line colors and inks.
    xlim, ylim : (low, high)
    yscale : "linear" or "log"
    aspect : float
        Height as a part of the width.

    Returns
    -------
    dict of str to bytes
        A PNG for "light" and one for "dark"; the axes fill ``AXES`` of it.
    """
    images = {}
    for theme, inks in INKS.items():
        figure = Figure(figsize=(6, 6 * aspect), dpi=110, facecolor=inks["paper"])
        FigureCanvasAgg(figure)
        axes = figure.add_axes(AXES, facecolor=inks["paper"])
        axes.set(xlim=xlim, yscale=yscale)
        with rc_context(legend_style(inks)):
            draw(axes, LINES[theme], inks)
        axes.set(ylim=ylim)
        axes.set_xlabel(xlabel, color=inks["text"], fontsize=14, labelpad=1)
        axes.set_ylabel(ylabel, color=inks["text"], fontsize=14, labelpad=2)
        axes.tick_params(colors=inks["text"], labelsize=13)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(inks["quiet"])
        images[theme] = png_of(figure)
    return images
