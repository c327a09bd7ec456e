"""Photographs: read as they are, the right way up; what is no picture is refused in one sentence."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_sample_image

from cnnlab.data import photos
from cnnlab.data.photos import gray, read_photo
from tests.helpers.photo_files import FILES, LOSSLESS, UPRIGHT, file_of, png_of_claimed_size

rng = np.random.default_rng(0)


def file_with_exif(pixels, *entries):
    """Return a PNG with Exif entries (tag, type, content of at most 4 bytes), written by hand."""
    exif = b"II*\0" + struct.pack("<IH", 8, len(entries))
    for tag, kind, content in entries:
        exif += struct.pack("<HHI", tag, kind, 1) + content.ljust(4, b"\0")
    return file_of(pixels, exif=b"Exif\0\0" + exif + b"\0\0\0\0")


def turned(number):
    """Return the Exif entry that says how the camera was held."""
    return (0x0112, 3, bytes([number]))


# --- What comes with the course -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "file"), [("pavilion", "china.jpg"), ("dahlia", "flower.jpg")])
def test_photos_are_those_of_scikit_learn(name, file):
    np.testing.assert_array_equal(photos.photo(name, 640), load_sample_image(file), strict=True)


@pytest.mark.parametrize("name", photos.PHOTOS)
@pytest.mark.parametrize("size", [512, 100])
def test_photos_are_at_most_so_large(name, size):
    photo = photos.photo(name, size)
    assert (photo.dtype, photo.shape[2], max(photo.shape)) == (np.uint8, 3, size)
    assert photo.std() > 30  # something is to be seen


def test_unknown_photo_is_refused():
    with pytest.raises(ValueError, match=r"photo: name must be one of \('pavilion', .*, got 'cat'"):
        photos.photo("cat")


# --- Every format, every way up -----------------------------------------------------------------------------


@pytest.mark.parametrize("format", LOSSLESS)
def test_every_format_gives_its_pixels(format):
    np.testing.assert_array_equal(read_photo(FILES[format]), UPRIGHT, strict=True)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_jpeg_gives_nearly_its_pixels(options):
    ramp = np.repeat(np.arange(0, 160, 10, dtype=np.uint8)[:, None, None], 16, axis=1) + np.uint8([0, 40, 90])
    read = read_photo(file_of(ramp, "JPEG", quality=95, **options)).astype(int)
    assert np.abs(read - ramp).max() < 8


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_every_kind_of_pixel_becomes_red_green_and_blue(mode):
    black_or_white = np.where(UPRIGHT[..., :1] > 127, 255, 0).astype(np.uint8).repeat(3, axis=2)
    image = Image.fromarray(black_or_white).convert(mode)
    read = read_photo(file_of(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert read.shape == UPRIGHT.shape
    if mode == "CMYK":  # a JPEG: nearly
        read = np.where(read > 127, 255, 0)
    np.testing.assert_array_equal(read, black_or_white)


def test_gray_of_16_bits_keeps_its_shades():
    shades = np.arange(0, 256, 15, dtype=np.uint8)
    read = read_photo(file_of(shades[None].astype(np.uint16) * 256 + 77))
    np.testing.assert_allclose(read[0, :, 0], shades, atol=1)


# What the numbers mean (Exif 2.3, tag 274): where the stored first row and first column are in the picture.
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],  # top, right
    3: lambda a: a[::-1, ::-1],  # bottom, right
    4: lambda a: a[::-1],  # bottom, left
    5: lambda a: a.swapaxes(0, 1),  # left, top
    6: lambda a: a.swapaxes(0, 1)[::-1],  # right, top
    7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],  # right, bottom
    8: lambda a: a.swapaxes(0, 1)[:, ::-1],  # left, bottom
}


@pytest.mark.parametrize("number", STORED)
def test_photos_are_turned_the_right_way_up(number):
    stored = np.ascontiguousarray(STORED[number](UPRIGHT))
    assert np.array_equal(stored, UPRIGHT) == (number == 1)
    np.testing.assert_array_equal(read_photo(file_with_exif(stored, turned(number))), UPRIGHT)


@pytest.mark.parametrize("tag", [0x011A, 0x0100], ids=["resolution", "width"])
def test_garbled_exif_does_not_cost_the_photo(tag):
    read = read_photo(file_with_exif(UPRIGHT, (tag, 2, b"a"), turned(3)))
    np.testing.assert_array_equal(read, UPRIGHT[::-1, ::-1])


def test_what_is_transparent_becomes_white():
    opacity = np.uint8([[0, 255, 128]])
    image = np.dstack(
        [np.full((1, 3), 200, np.uint8), np.zeros((1, 3), np.uint8), np.full((1, 3), 100, np.uint8)]
    )
    (read,) = read_photo(file_of(np.dstack([image, opacity])))
    half = [200 * 128 / 255 + 127, 127, 100 * 128 / 255 + 127]
    np.testing.assert_allclose(read, [[255, 255, 255], [200, 0, 100], half], atol=1)


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_transparent_colour_becomes_white(format):
    image = Image.fromarray(np.uint8([[0, 1, 2]]), "P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    read = read_photo(file_of(image, format, transparency=1))
    np.testing.assert_array_equal(read, [[[10, 20, 30], [255, 255, 255], [70, 80, 90]]])


def test_of_a_film_the_first_picture_is_read():
    first, second = (Image.fromarray(np.full((2, 2, 3), value, np.uint8)) for value in (10, 200))
    film = file_of(first, "GIF", save_all=True, append_images=[second])
    np.testing.assert_array_equal(read_photo(film), np.asarray(first))


@pytest.mark.parametrize(
    ("shape", "size", "made"), [((30, 60), 20, (10, 20)), ((9, 5), 9, (9, 5)), ((1, 600), 512, (1, 512))]
)
def test_large_pictures_are_made_smaller_and_keep_their_proportions(shape, size, made):
    even = np.full((*shape, 3), 77, np.uint8)
    np.testing.assert_array_equal(read_photo(file_of(even), size), np.full((*made, 3), 77))


# --- Refused ------------------------------------------------------------------------------------------------

FORMATS = r"This is not a picture in one of the formats PNG, JPEG, GIF, WEBP, BMP\.$"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"Dear diary",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        file_of(UPRIGHT, "TIFF"),
    ],
    ids=["empty", "zero", "text", "PDF", "SVG", "TIFF"],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ValueError, match=FORMATS):
        read_photo(data)


@pytest.mark.parametrize("format", FILES)
def test_a_file_cut_short_is_refused(format):
    whole = file_of(rng.integers(0, 256, (60, 50, 3)).astype(np.uint8), format)
    for length in (len(whole) // 2, len(whole) * 9 // 10):
        with pytest.raises(ValueError, match=r"The picture cannot be read to its end: .*\.$"):
            read_photo(whole[:length])


def test_an_interlaced_file_cut_short_is_refused():
    with pytest.raises(ValueError, match="The picture cannot be read to its end"):
        read_photo(png_of_claimed_size(9, 7, interlaced=1)[:60])


def patched(format, place, layout, *numbers):
    data, new = FILES[format], struct.pack(layout, *numbers)
    return data[:place] + new + data[place + len(new) :]


BOMBS = {
    "PNG": png_of_claimed_size(100_000, 100_000),
    "PNG, just above": png_of_claimed_size(50_000_001, 1),
    "BMP": patched("BMP", 18, "<ii", 30_000, 30_000),
    "GIF": patched("GIF", 6, "<HH", 65_535, 65_535),
    "JPEG": patched("JPEG", FILES["JPEG"].index(b"\xff\xc0") + 5, ">HH", 65_535, 65_535),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_small_file_that_claims_a_huge_picture_is_refused(data):
    assert len(data) < 2000
    with pytest.raises(ValueError, match=r"pixels; at most 50,000,000 can be read\.$"):
        read_photo(data)


def test_a_picture_of_just_so_many_pixels_is_not_refused_for_its_size():
    with pytest.raises(ValueError, match="cannot be read to its end"):
        read_photo(png_of_claimed_size(50_000_000, 1))


def test_too_many_bytes_are_refused_unread():
    most = photos.MOST_BYTES
    with pytest.raises(ValueError, match=f"The file has {most + 1:,} bytes; at most {most:,} can be read."):
        read_photo(FILES["PNG"].ljust(most + 1, b"\0"))
    np.testing.assert_array_equal(read_photo(FILES["PNG"].ljust(most, b"\0")), UPRIGHT)


STARTS = [b"", b"\xff\xd8\xff\xe0", b"BM", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8 ", FILES["PNG"][:33]]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=200))
def test_random_bytes_are_refused_and_nothing_else(start, rest):
    with pytest.raises(ValueError, match=r".+"):
        read_photo(start + rest)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 255)), max_size=4),
    st.integers(0, 999),
)
def test_a_damaged_file_is_read_or_refused(format, changes, length):
    data = bytearray(FILES[format][: length or None])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        read = read_photo(bytes(data))
    except ValueError:
        return
    assert (read.dtype, read.ndim, read.shape[2]) == (np.uint8, 3, 3)
    assert max(read.shape) <= 512


# --- Gray ---------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1))
def test_gray_is_the_nearest_whole_number(seed):
    colors = np.random.default_rng(seed).integers(0, 256, (4, 5, 3)).astype(np.uint8)
    shades = gray(colors)
    assert (shades.dtype, shades.shape) == (np.uint8, (4, 5))
    for (red, green, blue), shade in zip(
        colors.reshape(-1, 3).tolist(), shades.ravel().tolist(), strict=True
    ):
        assert abs(1000 * shade - (299 * red + 587 * green + 114 * blue)) <= 500


def test_gray_of_gray_is_itself():
    shades = np.arange(256, dtype=np.uint8)[None]
    np.testing.assert_array_equal(gray(np.dstack([shades] * 3)), shades)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 4), (3,), (1, 4, 5, 3)])
def test_gray_wants_three_colors(shape):
    with pytest.raises(ValueError, match=r"gray: colors must have shape \(rows, columns, 3\), got \("):
        gray(np.zeros(shape, np.uint8))
