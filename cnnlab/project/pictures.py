"""Pictures of a project's pictures: examples of each class, and what went wrong."""

import numpy as np

COLUMNS = 8


def shown(image, low, high):
    """Return a picture as numbers from 0 to 1, shape (H, W) or (H, W, 3), for the range of its data."""
    scaled = np.clip((image - low) / ((high - low) or 1), 0, 1)
    return np.moveaxis(scaled, 0, -1) if len(scaled) == 3 else scaled[0]


def limits(project):
    """Return the lowest and the highest number of the train pictures."""
    x = project.parts["train"].x
    return float(x.min()), float(x.max())


def some_of_each(project, each):
    """Return for every class the positions of its first train pictures."""
    y = project.parts["train"].y
    return [np.flatnonzero(y == label)[:each] for label in range(len(project.classes))]


def wrong(project, name, part):
    """Return which pictures of a part a method gets wrong, and the labels that it gives."""
    given = project.labels_of("errors", name, part)
    return np.flatnonzero(given != project.parts[part].y), given


def some_of(places, most):
    """Return at most ``most`` positions, spread over all: the first ones may be of one class."""
    return places[np.linspace(0, len(places) - 1, min(most, len(places))).astype(int)]


def class_name(project, label):
    """Return the name of a class; a training that burst has answered nothing."""
    return project.classes[label] if 0 <= label < len(project.classes) else "nothing"


def examples(project, each):
    """Return a ``Drawing``: a row for each class."""
    from cnnlab.figures import Drawing  # loads Matplotlib

    rows = some_of_each(project, each)
    figure = Drawing(
        f"{each} train pictures of each class: {', '.join(project.classes)}",
        figsize=(1.6 + 0.75 * each, 0.8 * len(rows)),
    )
    axes = figure.subplots(len(rows), each, squeeze=False)
    for label, places in enumerate(rows):
        for column in range(each):
            _show(axes[label, column], project, "train", places[column] if column < len(places) else None)
        axes[label, 0].set_ylabel(
            project.classes[label], rotation=0, ha="right", va="center", fontsize=12, labelpad=8
        )
    return figure


def errors(project, name, part, most):
    """Return a ``Drawing`` of some pictures that a method gets wrong, with both labels."""
    from cnnlab.figures import Drawing  # loads Matplotlib

    places, given = wrong(project, name, part)
    # How many they are hangs on the processor: a notebook's text must not.
    words = (
        f"Pictures of the {part} part that {name} gets wrong, each with its class and what it was taken for"
    )
    if not len(places):
        figure = Drawing(f"{name} gets no picture of the {part} part wrong", figsize=(4, 0.6))
        figure.text(0.5, 0.5, "none is wrong", ha="center", va="center", fontsize=13)
        return figure
    taken = some_of(places, most)
    rows = -(-len(taken) // COLUMNS)
    figure = Drawing(words, figsize=(9, 1.6 * rows))
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for k, axis in enumerate(axes):
        _show(axis, project, part, taken[k] if k < len(taken) else None)
        if k < len(taken):
            right = class_name(project, project.parts[part].y[taken[k]])
            axis.set_title(f"{right}\nas {class_name(project, given[taken[k]])}", fontsize=11)
    return figure


def _show(axis, project, part, place):
    if place is None:
        axis.set_axis_off()
        return
    image = shown(project.parts[part].x[place], *limits(project))
    axis.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
