"""Photographs for scenes, shared by those that show them: gray, on a shelf, or a learner's own."""

from functools import cache

import numpy as np

from cnnlab.checks import float_array
from cnnlab.data import photos
from cnnlab.stage import YOURS, Control


@cache
def photos_by_name():
    """Return all photographs that come with the course, gray, by name."""
    return {name: gray_photo("photo", photos.photo(name)) for name in photos.PHOTOS}


def chosen_photo(name):
    """Return one of the photographs that come with the course, gray."""
    if name == YOURS:
        raise ValueError('Choose a file under "Your own picture"; it stays on this computer.')
    if name not in photos_by_name():
        raise ValueError(f"photo must be one of {tuple(photos_by_name())}, got {name!r}")
    return photos_by_name()[name]


def photo_control(photo):
    """Return the control that offers these photographs, and says which of them is shown, if any."""
    known = next((name for name, one in photos_by_name().items() if one is photo), YOURS)
    return Control("photo", "choice", "Photograph", known, (*photos_by_name(), YOURS))


def gray_photo(scene, value):
    """Return a photograph as a read-only gray one of whole numbers from 0 to 255."""
    is_ours = isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 2
    if is_ours and not value.flags.writeable:
        return value  # of a state before
    photo = float_array(scene, "photo", value)
    if photo.ndim not in (2, 3) or 0 in photo.shape or (photo.ndim == 3 and photo.shape[2] != 3):
        raise ValueError(
            f"{scene}: photo must have shape (rows, columns) or (rows, columns, 3), got {photo.shape}"
        )
    if not (np.isfinite(photo).all() and photo.min() >= 0 and photo.max() <= 255):
        raise ValueError(
            f"{scene}: photo must hold numbers from 0 to 255, got {photo.min()} to {photo.max()}"
        )
    photo = photos.gray(photo) if photo.ndim == 3 else np.rint(photo).astype(np.uint8)
    photo.flags.writeable = False
    return photo
