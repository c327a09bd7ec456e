"""Maps as large as an image, beside it: what its pixels did for an answer, or would do."""

import numpy as np

from cnnlab.checks import check_shape, float_array, integer
from cnnlab.stage import Panel, Picture, field


def input_maps(title, image, rows):
    """Return a picture of an image and, row by row, of maps that say something about its pixels.

    Pointing at a number of a map frames the pixels that it is about.

    Parameters
    ----------
    title : str
    image : array_like, shape (H, W)
        From 0 (paper) to 1 (ink).
    rows : dict of str to (dict of str to (array_like, int))
        For each row's name its maps by name: the numbers, shape (H, W), and how far around its own pixel each
        of them reaches: 0 for this pixel alone, 1 for the patch of 3×3.

    Returns
    -------
    cnnlab.stage.Picture

    Raises
    ------
    TypeError, ValueError
        For maps of another size than the image's, or a reach that is no whole number from 0.
    """
    image = float_array("input_maps", "image", image)
    panels, links = [Panel("image", "Image", 2 * image - 1, palette="ink", numbers=False)], []
    for row, maps in rows.items():
        for column, (name, (numbers, reach)) in enumerate(maps.items(), 1):
            id = f"{name}, {row}"
            numbers = float_array("input_maps", id, numbers)
            check_shape("input_maps", id, numbers, image.shape, "one number for each pixel")
            reach = integer("input_maps", "reach", reach, 0)
            scale = np.abs(numbers).max() or 1.0  # each map has its own: untrained scores are small
            panels.append(Panel(id, id, numbers.round(2), scale=scale, numbers=False, column=column))
            links.append(field("image", id, *(_near(size, reach) for size in image.shape)))
    return Picture(title, tuple(panels), links=tuple(links))


def _near(size, reach):
    """Return for each row (or column) those at most ``reach`` away from it."""
    return tuple(tuple(range(max(at - reach, 0), min(at + reach + 1, size))) for at in range(size))
