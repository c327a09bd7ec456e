"""Small pictures in two rows, each with its caption: what a network learns from, or gets wrong."""

import numpy as np

from cnnlab.stage import Panel, Picture, Stage


def gallery(title, images, captions, *, palette="pencil"):
    """Return a ``Stage`` with some pictures in two rows, read from left to right.

    Parameters
    ----------
    title : str
    images : sequence of array_like, each of shape (rows, columns) or (1, rows, columns)
    captions : sequence
        One for each picture.
    palette : str
        ``"pencil"`` for paper 0 and pencil 1, ``"ink"`` for paper −1 and ink 1.

    Raises
    ------
    ValueError
        For no pictures, or another number of captions.

    Examples
    --------
    >>> print(gallery("Two dots", np.eye(2).reshape(2, 1, 2, 1), ["up", "down"]))
    Stage: Two dots, step 1 of 1
    up: 1; 0
    down: 0; 1
    """
    images = [np.squeeze(image, 0) if np.ndim(image) == 3 else image for image in images]
    captions = list(map(str, captions))
    if not images or len(images) != len(captions):
        raise ValueError(
            f"gallery: captions must be as many as images, got {len(captions)} for {len(images)}"
        )
    per_row = -(-len(images) // 2)  # half of them, rounded up
    panels = (
        Panel(f"picture {k}", caption, image, palette=palette, numbers=False, column=k % per_row)
        for k, (image, caption) in enumerate(zip(images, captions, strict=True))
    )
    return Stage(Picture(title, tuple(panels)))
