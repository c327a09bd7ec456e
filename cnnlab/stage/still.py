"""The picture for paper: what a stage shows at one step, drawn with Matplotlib for wherever it cannot run."""

import io
import textwrap

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.textpath import TextPath
from PIL import Image

from cnnlab.look import DASHES, LINES, shade, text_on
from cnnlab.stage import words

INK, QUIET, FAINT, SUNKEN, FRAME = "#16191f", "#4c5462", "#d9dde4", "#f1f3f7", "#14763a"
SIGNS = {"positive": "#1c5490", "negative": "#9c3f10", "zero": QUIET, "": INK}
LIT = "#8a2be2"

BOX_LINES = {
    "solid": (SIGNS["positive"], "-"),
    "dashed": (SIGNS["negative"], (0, (4, 2))),
    "dotted": (INK, (0, (1, 1.5))),
}

# All lengths below are in pixels of a screen at 100 %; the picture is drawn twice as fine.
MARGIN, GAP, COLUMN_GAP, HEADING, TEXT = 18, 16, 34, 46, 15
QUESTION = 560  # as wide as a question's lines at least
SMALL_CELL, NAME = 20, 9  # a cell without its number; a letter of a row's name
POINTS = 0.72  # points per such pixel, at 100 dots per inch


def stage_still(picture, step, *, quiz=False, decimals=False):
    """Draw a stage's picture at one step.

    Parameters
    ----------
    picture : cnnlab.stage.Picture
    step : int
        Which step, from 0.
    quiz : bool
        Hide the numbers that quiz mode hides.
    decimals : bool
        Write decimals where a fraction would be exact.

    Returns
    -------
    matplotlib.figure.Figure
        On an opaque white background.
    """
    columns = _columns(picture, step, decimals)
    width = 2 * MARGIN + sum(column["width"] for column in columns) + COLUMN_GAP * (len(columns) - 1)
    # Titles may be wider than their column; none is cut at the picture's edge.
    titles = max(_title_width(panel) for panel, _, _ in columns[-1]["panels"])
    width += max(0, titles - columns[-1]["width"])
    width = max(width, QUESTION if picture.question else 0)
    question = textwrap.wrap(picture.question, int((width - 2 * MARGIN) / 8))
    above = MARGIN + (22 * len(question) + GAP if question else 0)
    board = max(column["height"] for column in columns)
    formula = _formula_lines(picture, step, quiz, decimals, width - 2 * MARGIN - 24)
    sentence = _sentence_lines(picture, step, quiz, width - 2 * MARGIN) if picture.links else []
    if any(panel.kind == "chart" for panel in picture.panels):  # its numbers stand in the words alone
        sentence = textwrap.wrap(picture.sentence(step), int((width - 2 * MARGIN) / 8))
    words = 24 * len(formula) + 16 if formula else 0
    words += 22 * len(sentence) + 8 if sentence else 0
    height = above + board + GAP + words + MARGIN // 2
    # Photographs fill files: they are drawn as fine as the screen has pixels, numbers finer.
    fine = 90 if any(panel.kind == "raster" for panel in picture.panels) else 160
    figure = Figure(figsize=(width / 100, height / 100), dpi=fine, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")

    for number, line in enumerate(question):
        _write(axes, MARGIN, MARGIN + 10 + 22 * number, line, size=TEXT, align="left")
    x = MARGIN
    for column in columns:
        # Where links tie layers together, columns are centered; a window that walks starts at the top.
        y = above + (0 if picture.walk else (board - column["height"]) / 2)
        if column["before"]:
            sign = above + (HEADING + 140 if picture.walk else board / 2)
            _write(axes, x - COLUMN_GAP / 2, sign, column["before"], size=22, color=QUIET)
        for panel, cell, slot in column["panels"]:
            heading = 0 if panel.bare else HEADING
            aside = 0 if picture.walk else (slot - _height(panel, cell)) / 2
            _draw_panel(axes, picture, panel, x, y, y + heading + aside, cell, step, quiz, decimals)
            y += heading + slot + GAP
        x += column["width"] + COLUMN_GAP
    if formula:
        _draw_formula(axes, formula, above + board + GAP, width)
    top = above + board + GAP + (24 * len(formula) + 26 if formula else 10)
    for number, line in enumerate(sentence):
        _write(axes, MARGIN, top + 22 * number, line, size=TEXT - 1, align="left")
    return figure


def _columns(picture, step, decimals):
    """Return each column's panels with their cell size and the height they have room in; width, height."""
    columns = {}
    for panel in map(picture.look, picture.shown):
        column = columns.setdefault(panel.column, {"panels": [], "width": 0, "before": ""})
        cell = _cell_size(picture, panel, step, decimals)
        heading = 0 if panel.bare else 8.2 * max(len(panel.title), 0.9 * len(panel.caption))
        column["panels"].append([panel, cell, _height(panel, cell)])
        column["width"] = max(column["width"], cell * _cells(panel)[1] + _names_width(panel), heading)
        column["before"] = column["before"] or panel.before
    columns = [columns[key] for key in sorted(columns)]
    for column in columns:  # cells below each other are of one size
        widest = max(cell for panel, cell, _ in column["panels"])
        for entry in column["panels"]:
            if entry[0].kind == "grid" and entry[0].numbers:
                entry[1:] = widest, _height(entry[0], widest)
        column["width"] = max(
            column["width"],
            *(_cells(panel)[1] * cell + _names_width(panel) for panel, cell, _ in column["panels"]),
        )
    for column in columns:
        # Columns of as many panels each are aligned, panel by panel.
        alike = [other for other in columns if len(other["panels"]) == len(column["panels"]) > 1]
        if len(alike) > 1 and not picture.walk:
            tallest = max(_height(panel, cell) for other in alike for panel, cell, _ in other["panels"])
            column["panels"] = [(panel, cell, tallest) for panel, cell, _ in column["panels"]]
        headings = sum(0 if panel.bare else HEADING for panel, _, _ in column["panels"])
        column["height"] = sum(slot + GAP for _, _, slot in column["panels"]) - GAP + headings
    return columns


def _cell_size(picture, panel, step, decimals):
    if panel.kind != "grid":
        return 18 * panel.width / panel.shape[1]
    if not panel.numbers:
        return SMALL_CELL
    values = picture.grid(panel.id, step) if panel.follows else panel.values
    longest = max(len(panel.write(value, decimals)) for value in set(values.ravel().tolist()))
    return max(34, 9 * longest + 10)


def _height(panel, cell):
    return _cells(panel)[0] * cell


def _names_width(panel):
    return NAME * max((len(name) + 1 for name in panel.names), default=0)


def _title_width(panel):
    if panel.bare or not panel.title:
        return 0
    bold = FontProperties(weight="bold")
    return TextPath((0, 0), panel.title, size=TEXT + 1, prop=bold).get_extents().x1


def _cells(panel):
    """Return how many rows and columns of cells a panel has, padding included."""
    if panel.kind == "chart":  # one large cell
        return panel.aspect, 1
    (top, bottom), (left, right) = panel.padding
    return panel.shape[0] + top + bottom, panel.shape[1] + left + right


def _draw_panel(axes, picture, panel, x, top, y, cell, step, quiz, decimals):
    if not panel.bare:
        _write(axes, x, top + 8, panel.title, size=TEXT + 1, align="left", weight="bold")
        _write(axes, x, top + 28, panel.caption, size=TEXT - 2, color=QUIET, align="left")
    x += _names_width(panel)
    (top, _), (left, _) = panel.padding
    if panel.kind == "raster":
        _draw_raster(axes, panel, x, y, cell)
    elif panel.kind == "chart":
        _draw_chart(axes, panel, x, y, cell, step)
    else:
        _draw_cells(axes, picture, panel, x, y, cell, step, quiz, decimals)
    if picture.focus and panel.kind == "grid":
        told = picture.told(step)
        for id, row, column in picture.decided_by((told[0].target, *told[1:]), step):
            if id == panel.id:
                _outline(
                    axes, x + (column + left) * cell + 2, y + (row + top) * cell + 2, cell - 4, cell - 4, LIT
                )
    for box in picture.boxes.get(panel.id, ()):
        _draw_box(axes, box, x + left * cell, y + top * cell, cell)
    frame = _frame(picture, panel, step)
    if frame:
        first_row, first_column, height, width = frame
        place = x + (first_column + left) * cell - 1, y + (first_row + top) * cell - 1
        _outline(axes, *place, width * cell + 2, height * cell + 2, FRAME)


def _outline(axes, x, y, width, height, color):
    axes.add_artist(
        FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=3",
            fill=False,
            edgecolor=color,
            linewidth=2.2,
        )
    )


def _draw_box(axes, box, x, y, cell):
    """Draw a box and its label on the cells of a panel that begins at (x, y)."""
    color, line = BOX_LINES[box.line]
    x, y = x + box.left * cell, y + box.top * cell
    size = (box.right - box.left + 1) * cell, (box.bottom - box.top + 1) * cell
    axes.add_artist(Rectangle((x, y), *size, fill=False, edgecolor=color, linewidth=2.2, linestyle=line))
    if box.label:
        width = NAME * len(box.label) + 8
        y += size[1] - 20 if box.line == "dotted" else 0  # beside another box's
        axes.add_artist(Rectangle((x, y), width, 20, facecolor=color, edgecolor="none"))
        _write(axes, x + width / 2, y + 10, box.label, size=TEXT - 1, color="white", weight="bold")


def _draw_cells(axes, picture, panel, x, y, cell, step, quiz, decimals):
    (top, _), (left, _) = panel.padding
    rows, columns = _cells(panel)
    values = picture.grid(panel.id, step)
    for row, name in enumerate(panel.names):
        middle = y + (row + 0.5) * cell
        _write(axes, x - NAME / 2, middle, name, size=TEXT - 1, color=QUIET, align="right")
    for column, name in enumerate(panel.heads):
        _write(axes, x + (column + left + 0.5) * cell, y - 10, name, size=TEXT - 1, color=QUIET)
    for row in range(-top, rows - top):
        for column in range(-left, columns - left):
            inside = 0 <= row < values.shape[0] and 0 <= column < values.shape[1]
            value = values[row, column] if inside else 0
            blank = np.isnan(value) or (panel.revealed and row * values.shape[1] + column > step)
            hidden = quiz and panel.in_quiz and not blank
            place = (x + (column + left) * cell + 1, y + (row + top) * cell + 1)
            minus = "−" if value < 0 and panel.palette == "signed" else ""
            text = panel.write(value, decimals) if panel.numbers else minus
            if blank or hidden or not inside:
                fill, ink = (SUNKEN if inside else "white"), QUIET
                text = "" if blank else "?" if hidden else text
            else:
                color = shade(value, panel.scale, panel.palette)
                fill, ink = "#" + "".join(f"{channel:02x}" for channel in color), text_on(color)
            axes.add_artist(
                Rectangle(
                    place,
                    cell - 2,
                    cell - 2,
                    facecolor=fill,
                    edgecolor=FAINT if inside else QUIET,
                    linewidth=0.6,
                    linestyle="-" if inside else ":",
                )
            )
            _write(axes, place[0] + cell / 2 - 1, place[1] + cell / 2 - 1, text, size=TEXT, color=ink)


def _draw_raster(axes, panel, x, y, cell):
    """Draw a photograph; ``cell`` is the size of one of its pixels."""
    rows, columns = panel.shape
    colors = panel.values
    if panel.palette != "rgb":
        levels = np.linspace(-panel.scale, panel.scale, 511)
        table = np.array([shade(level, panel.scale, panel.palette) for level in levels])
        known = np.isfinite(colors)
        index = np.rint((np.clip(np.where(known, colors, 0) / panel.scale, -1, 1) + 1) * 255).astype(int)
        colors = np.where(known[..., None], table[index], 255)  # what is no number stays white
    axes.imshow(colors.astype(np.uint8), extent=(x, x + columns * cell, y + rows * cell, y), zorder=1)
    axes.set_aspect("auto")


def _draw_chart(axes, panel, x, y, width, step):
    """Draw a chart with its tracks as of ``step``, ``width`` wide."""
    height = width * panel.aspect
    image = np.array(Image.open(io.BytesIO(panel.images["light"])).convert("RGB"))
    axes.imshow(image, extent=(x, x + width, y + height, y), zorder=1)
    axes.set_aspect("auto")
    left, bottom, across, up = panel.axes
    edges = Rectangle(
        (x + width * left, y + height * (1 - bottom - up)),
        width * across,
        height * up,
        transform=axes.transData,
    )
    for track in panel.tracks:
        points = track.points[: step + 1]
        places = np.column_stack(
            [
                x + width * (left + across * points[:, 0]),
                y + height * (1 - bottom - up * points[:, 1]),
            ]
        )
        color = LINES["light"][track.line]
        if track.trail:
            (way,) = axes.plot(*places.T, DASHES[track.line], color=color, linewidth=1.6, zorder=2)
            way.set_clip_path(edges)
        if (np.abs(points[-1] - 0.5) <= 0.5).all():  # what leaves the axes is cut off
            axes.plot(*places[-1], "o", color=color, markersize=6, zorder=3)


def _frame(picture, panel, step):
    """Return first row, first column, height and width of the frame in a panel, or None."""
    if picture.frames:
        box = picture.frames.get(panel.id, [None] * picture.steps)[step]
        return box and (box[0], box[1], box[2] - box[0] + 1, box[3] - box[1] + 1)
    told = picture.told(step)
    if not told:
        return None
    link, row, column = told
    if panel.id == link.target:
        return row, column, 1, 1
    seen = [at for id, *at in picture.seen_by((link.target, row, column), step) if id == panel.id]
    if not seen:
        return None
    (top, left), (bottom, right) = np.min(seen, axis=0), np.max(seen, axis=0)
    height, width = bottom - top + 1, right - left + 1
    is_full = height * width == len(seen)
    return (top, left, height, width) if is_full or picture.walk else None  # dilation leaves holes


def _formula_lines(picture, step, quiz, decimals, width):
    """Return the formula as lines of (text, color), broken where they get too long."""
    lines, used = [[]], 0
    for text, sign in words.formula(picture, step, quiz=quiz, decimals=decimals):
        if used + 9 * len(text) > width:
            lines.append([])
            used = 0
            text = text.lstrip()
        lines[-1].append((text, SIGNS[sign]))
        used += 9 * len(text)
    return lines if used else []


def _sentence_lines(picture, step, quiz, width):
    """Return what is said about a step, broken into lines."""
    said = picture.sentence(step)
    if quiz and picture.told(step):
        _, row, column = picture.told(step)
        said = f"Row {row + 1}, column {column + 1}: what is the result?"
    return textwrap.wrap(said, int(width / 8))


def _draw_formula(axes, lines, y, width):
    axes.add_artist(
        FancyBboxPatch(
            (MARGIN, y),
            width - 2 * MARGIN,
            24 * len(lines) + 10,
            boxstyle="round,pad=0,rounding_size=6",
            facecolor=SUNKEN,
            edgecolor="none",
        )
    )
    for number, line in enumerate(lines):
        x = MARGIN + 12
        for text, color in line:
            for character in text:  # a monospaced font, placed by hand, so that colors can change in a line
                _write(axes, x + 4.5, y + 17 + 24 * number, character, size=TEXT - 1, color=color, mono=True)
                x += 9


def _write(axes, x, y, text, *, size, color=INK, align="center", weight="normal", mono=False):
    axes.text(
        x,
        y,
        text,
        fontsize=size * POINTS,
        color=color,
        ha=align,
        va="center",
        weight=weight,
        family="DejaVu Sans Mono" if mono else "DejaVu Sans",
    )
