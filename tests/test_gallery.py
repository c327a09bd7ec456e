"""Pictures side by side: two rows, read from left to right."""

import numpy as np
import pytest

from cnnlab.scenes.gallery import gallery

IMAGES = np.arange(5 * 6).reshape(5, 1, 2, 3) / 30


def test_pictures_stand_in_two_rows_in_reading_order():
    stage = gallery("Five", IMAGES, range(5))
    panels = stage.picture.panels
    assert [panel.title for panel in panels] == list("01234")
    assert [panel.column for panel in panels] == [0, 1, 2, 0, 1]
    for panel, image in zip(panels, IMAGES, strict=True):
        np.testing.assert_array_equal(panel.values, image[0])


def test_pictures_may_have_a_channel_or_none():
    one, other = (gallery("Two", images, "ab") for images in (IMAGES[:2], IMAGES[:2, 0]))
    assert repr(one) == repr(other)


@pytest.mark.parametrize(("images", "captions"), [([], []), (IMAGES, "abc")])
def test_each_picture_needs_its_caption(images, captions):
    with pytest.raises(ValueError, match="gallery: captions must be as many as images, got"):
        gallery("Five", images, captions)
