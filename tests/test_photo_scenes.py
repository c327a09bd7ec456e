"""Scenes of photographs without a browser, compared with SciPy."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage, signal

from cnnlab.data import photos
from cnnlab.look import write_number
from cnnlab.scenes import EdgeStrength, PhotoFilter, PixelInspector
from cnnlab.scenes.photo_filter import KERNELS
from cnnlab.scenes.scene import YOURS
from tests.helpers.acts import control, edit, press

PHOTO = np.random.default_rng(0).integers(0, 256, (9, 12)).astype(np.uint8)


def send_file(scene, data):
    scene.answer({"type": "file", "id": "file", "name": "mine.png", "data": data})


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


# --- A filter on a photograph -------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(5, 12), st.integers(5, 12)),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.integers(0, 2**32 - 1),
)
def test_filtered_is_what_scipy_computes(size, window, seed):
    chance = np.random.default_rng(seed)
    photo = chance.integers(0, 256, size).astype(np.uint8)
    kernel = chance.normal(size=window)
    scene = PhotoFilter(photo, kernel)
    expected = signal.correlate2d(photo.astype(float), kernel, mode="valid")
    np.testing.assert_allclose(scene.filtered, expected, rtol=1e-5, atol=1e-3)
    assert scene.filtered.shape == expected.shape


def test_filter_on_a_whole_photograph():
    scene = PhotoFilter("dahlia")
    gray = photos.gray(photos.photo("dahlia"))
    # Sobel's kernel is SciPy's derivative along one axis, smoothed along the other.
    np.testing.assert_array_equal(scene.filtered, ndimage.sobel(gray.astype(float), axis=1)[1:-1, 1:-1])


SURFACES = {"blur": 1, "soft blur": 1, "sharpen": 1, "emboss": 1, "identity": 1}


@pytest.mark.parametrize("name", KERNELS)
def test_an_even_surface_keeps_its_gray_or_vanishes(name):
    scene = PhotoFilter(np.full((5, 6), 93), KERNELS[name])
    np.testing.assert_allclose(scene.filtered, 93 * SURFACES.get(name, 0), rtol=1e-6)
    assert scene.picture.look(scene.picture.panel("result")).palette == (
        "gray" if name in SURFACES else "signed"
    )
    assert control(scene, "kernel").value == name


def test_kernels_of_textbooks():
    spot = np.zeros((5, 5))
    spot[2, 2] = 1
    derivative, smoothing = [-1, 0, 1], [1, 2, 1]
    textbook = {
        "Sobel Gx": np.outer(smoothing, derivative),
        "Sobel Gy": np.rot90(np.outer(smoothing, derivative)),
        "Prewitt": np.outer([1, 1, 1], derivative),
        "Laplacian": ndimage.laplace(spot)[1:-1, 1:-1],
        "blur": np.full((3, 3), 1 / 9),
        "soft blur": np.outer(smoothing, smoothing) / 16,
        "identity": spot[1:-1, 1:-1],
    }
    for name, kernel in textbook.items():
        np.testing.assert_allclose(KERNELS[name], kernel)
    np.testing.assert_allclose(KERNELS["sharpen"], KERNELS["identity"] - KERNELS["Laplacian"])
    np.testing.assert_array_equal(KERNELS["emboss"], KERNELS["emboss"].T)


def test_weights_are_typed_undone_and_reset():
    scene = PhotoFilter(PHOTO)
    edit(scene, 1, 1, "1/2", panel="kernel")
    press(scene, "kernel", "blur")
    edit(scene, 0, 0, "−3", panel="kernel", stroke="b")
    expected = np.full((3, 3), 1 / 9)
    expected[0, 0] = -3
    np.testing.assert_allclose(
        scene.filtered, signal.correlate2d(PHOTO.astype(float), expected, "valid"), rtol=1e-5
    )
    assert control(scene, "kernel").value == YOURS
    press(scene, "undo")
    press(scene, "undo")
    assert scene.state.kernel[1, 1] == 0.5
    press(scene, "reset")
    np.testing.assert_array_equal(scene.state.kernel, KERNELS["Sobel Gx"])
    assert not control(scene, "reset").enabled
    press(scene, "undo")
    assert scene.state.kernel[1, 1] == 0.5


def test_a_file_of_your_own_is_shown_and_undone():
    scene = PhotoFilter(PHOTO)
    start = scene.state
    colors = np.random.default_rng(1).integers(0, 256, (6, 5, 3)).astype(np.uint8)
    send_file(scene, png(colors))
    expected = np.rint(colors @ [0.299, 0.587, 0.114])
    np.testing.assert_array_equal(scene.picture.panel("photo").values, expected)
    np.testing.assert_array_equal(
        scene.filtered, signal.correlate2d(expected, KERNELS["Sobel Gx"], mode="valid")
    )
    assert control(scene, "photo").value == YOURS
    press(scene, "undo")
    assert scene.state is start


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "This is not a picture"),
        (b"Dear diary", "This is not a picture"),
        (png(PHOTO)[:60], "cannot be read to its end"),
        (bytes(photos.MOST_BYTES + 1), "bytes; at most"),
        (png(PHOTO[:2]), r"kernel of shape \(3, 3\) does not fit into the photo, \(2, 12\)"),
    ],
    ids=["empty", "text", "cut", "large", "tiny"],
)
def test_a_bad_file_leaves_the_photo_as_it_was(data, message):
    scene = PhotoFilter(PHOTO)
    press(scene, "kernel", "blur")
    before = scene.state, scene.picture, scene._picture
    with pytest.raises(ValueError, match=message):
        send_file(scene, data)
    assert (scene.state, scene.picture, scene._picture) == before
    press(scene, "undo")
    assert not scene.can_undo


@pytest.mark.parametrize("scene", [EdgeStrength, PixelInspector])
def test_other_scenes_take_no_files(scene):
    with pytest.raises(ValueError, match=f"{scene.__name__} has no control 'file' for files"):
        send_file(scene(), png(PHOTO))


@pytest.mark.parametrize("scene", [PhotoFilter, EdgeStrength])
@pytest.mark.parametrize(
    ("photo", "error", "message"),
    [
        ("cat", ValueError, "photo must be one of .*, got 'cat'"),
        (None, TypeError, "photo must be an array of real numbers, got NoneType"),
        (PHOTO - 1.0 * PHOTO.max(), ValueError, "photo must hold numbers from 0 to 255, got -255.0 to 0.0"),
        (PHOTO + 1.0, ValueError, "photo must hold numbers from 0 to 255, got .* to 256.0"),
        (PHOTO * np.nan, ValueError, "photo must hold numbers from 0 to 255, got nan to nan"),
        (np.ones((9, 9, 4)), ValueError, r"photo must have shape .*got \(9, 9, 4\)"),
        (np.ones(9), ValueError, r"photo must have shape .*got \(9,\)"),
        (np.ones((9, 0)), ValueError, r"photo must not be empty, got shape \(9, 0\)"),
        (np.ones((1027, 9)), ValueError, r"1 to 1024 rows and columns can be shown, got shape \(102\d, \d\)"),
        ([[1, 2], [3]], ValueError, "photo"),
    ],
)
def test_what_is_no_photograph_is_refused(scene, photo, error, message):
    with pytest.raises(error, match=message):
        scene(photo)


@pytest.mark.parametrize(
    ("photo", "kernel", "message"),
    [
        (PHOTO, np.ones((6, 1)), r"kernel must be at most 5 × 5, got \(6, 1\)"),
        (PHOTO[:2], np.ones((3, 3)), r"kernel of shape \(3, 3\) does not fit into the photo, \(2, 12\)"),
        (PHOTO, [[1e7]], "kernel must hold numbers of at most 1,000,000"),
        (PHOTO, [[np.inf]], "kernel must be finite, got inf"),
    ],
)
def test_kernels_that_cannot_be_laid_on_are_refused(photo, kernel, message):
    with pytest.raises(ValueError, match=message):
        PhotoFilter(photo, kernel)


def test_edges_need_room():
    with pytest.raises(ValueError, match=r"EdgeStrength: photo must be at least 3 × 3, got \(2, 12\)"):
        EdgeStrength(PHOTO[:2])


# --- How strong, and where to -------------------------------------------------------------------------------


@given(st.tuples(st.integers(3, 9), st.integers(3, 9)), st.integers(0, 2**32 - 1))
def test_edges_are_what_scipy_computes(size, seed):
    photo = np.random.default_rng(seed).integers(0, 256, size)
    picture = EdgeStrength(photo).picture
    inner = slice(1, -1), slice(1, -1)
    right = ndimage.sobel(photo.astype(float), axis=1)[inner]
    up = -ndimage.sobel(photo.astype(float), axis=0)[inner]  # SciPy's rows grow downwards
    strength = np.sqrt(right**2 + up**2)
    angle = np.angle(right + 1j * up, deg=True)
    np.testing.assert_array_equal(picture.panel("photo").values, photo[inner])
    np.testing.assert_array_equal(picture.panel("gx").values, right)
    np.testing.assert_array_equal(picture.panel("gy").values, up)
    np.testing.assert_allclose(picture.panel("magnitude").values, strength, rtol=1e-6)
    direction = picture.panel("direction").values
    np.testing.assert_array_equal(np.isnan(direction), strength <= 100)
    np.testing.assert_allclose(direction[strength > 100], angle[strength > 100], atol=1e-4)
    _, row, column = picture.told(0)
    assert strength[row, column] == strength.max()


# For each direction, how much brighter it gets with each row down and with each column to the right.
RAMPS = {0: (0, 20), 90: (-20, 0), 180: (0, -20), -90: (20, 0), 45: (-15, 15), 135: (-15, -15), -45: (15, 15)}


@pytest.mark.parametrize("degrees", RAMPS)
def test_direction_points_to_where_it_is_brighter(degrees):
    down, right = RAMPS[degrees]
    row, column = np.mgrid[-2:3, -3:4]
    picture = EdgeStrength(128 + down * row + right * column).picture
    np.testing.assert_allclose(picture.panel("direction").values % 360, degrees % 360, atol=1e-4)
    np.testing.assert_allclose(picture.panel("magnitude").values, 8 * np.hypot(down, right), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:(All-NaN|Mean of empty)")
def test_an_even_surface_has_no_edge_and_can_be_told():
    assert "Magnitude: 3 × 3 pixels from 0 to 0" in repr(EdgeStrength(np.full((5, 5), 93)))


# --- Three numbers of a pixel -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", photos.PHOTOS)
def test_planes_are_those_of_the_photo(name):
    scene = PixelInspector(size=40)
    press(scene, "photo", name)
    colors = photos.photo(name, 40)
    np.testing.assert_array_equal(scene.picture.panel("photo").values, colors)
    for k, plane in enumerate(("red", "green", "blue")):
        np.testing.assert_array_equal(scene.picture.panel(plane).values, colors[..., k])


def test_loupes_of_the_still_show_the_pixels_around_the_middle():
    picture = PixelInspector(size=40).picture
    _, row, column = picture.focus
    colors = picture.panel("photo").values
    assert (row, column) == (colors.shape[0] // 2, colors.shape[1] // 2)
    words = repr(PixelInspector(size=40))
    for k, plane in enumerate(("Red", "Green", "Blue")):
        loupe = picture.panel(f"{plane} loupe")
        assert loupe.follows == plane.lower()
        around = colors[row - 1 : row + 2, column - 1 : column + 2, k]
        np.testing.assert_array_equal(picture.grid(loupe.id, 0), around)
        said = "; ".join(" ".join(write_number(value) for value in line) for line in around)
        assert f"{plane}, close: {said}" in words


@pytest.mark.parametrize("photo", ["cat", YOURS, ""])
def test_unknown_photo_to_inspect_is_refused(photo):
    with pytest.raises(ValueError, match=f"PixelInspector: photo must be one of .*got '{photo}'"):
        PixelInspector(photo)


# --- Words --------------------------------------------------------------------------------------------------


def one_pixel_other(photo, row, column, bits):
    changed = photo.copy()
    changed[row, column] ^= bits
    return changed


@pytest.mark.parametrize("scene", [PhotoFilter, EdgeStrength])
def test_words_change_with_one_pixel_of_a_small_photo(scene):
    words = repr(scene(PHOTO))
    for row, column in np.ndindex(PHOTO.shape):
        assert repr(scene(one_pixel_other(PHOTO, row, column, 128))) != words
