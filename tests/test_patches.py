"""Color patches: labels and numbers of them, and above all: no pixel is in two parts."""

import hashlib
import itertools

import numpy as np
import pytest
from PIL import Image

from cnnlab.data import patches, photos

SIZES = (4, 16, 24, 31)
# Which photographs come with what the course needs anyway: there each rectangle can be found again.
AT_HAND = ("pavilion", "dahlia")


def rectangles(parts):
    """Return all rectangles of some parts as (photograph, top, left, rows, columns)."""
    return [area for regions in patches.REGIONS.values() for part in parts for area in regions[part]]


def marked(areas):
    """Return, for each photograph, how many rectangles lie on each of its pixels."""
    marks = {}
    for name, top, left, rows, columns in areas:
        marks.setdefault(name, np.zeros((700, 700), dtype=int))[top : top + rows, left : left + columns] += 1
    return marks


def test_no_pixel_is_in_two_parts_nor_twice_in_one():
    strangers = list(itertools.chain(*patches.STRANGERS.values()))
    for marks in marked(rectangles(patches.PARTS) + strangers).values():
        assert marks.max() == 1


def test_parts_keep_a_distance():
    """Grown by two pixels on each side, a rectangle still meets no other part."""
    for part in patches.PARTS:
        others = marked(rectangles([each for each in patches.PARTS if each != part]))
        for name, top, left, rows, columns in rectangles([part]):
            grown = slice(max(top - 2, 0), top + rows + 2), slice(max(left - 2, 0), left + columns + 2)
            assert name not in others or others[name][grown].max() == 0


@pytest.mark.parametrize("name", patches.NAMES)
def test_files_hold_what_the_table_says(name):
    for part in patches.PARTS:
        for number, area in enumerate(patches.REGIONS[name][part]):
            assert patches.region(name, part, number).shape == (*area[3:], 3)
            if area[0] in AT_HAND:
                whole = photos.photo(area[0], 640)
                cut = whole[area[1] : area[1] + area[3], area[2] : area[2] + area[4]]
                # Decoders of JPEG may differ by a little.
                assert np.abs(cut.astype(int) - patches.region(name, part, number)).max() <= 8


def test_no_file_too_many_and_all_are_small():
    expected = {
        patches.file_name(name, part, number)
        for name, parts in [*patches.REGIONS.items(), *((n, {None: a}) for n, a in patches.STRANGERS.items())]
        for part, areas in parts.items()
        for number in range(len(areas))
    }
    files = list(patches.FOLDER.glob("*.png"))
    assert {file.name for file in files} == expected
    assert sum(file.stat().st_size for file in files) < 1_500_000
    readme = (patches.FOLDER / "README.md").read_text(encoding="utf-8")
    for file in files:
        assert f"`{file.name.rpartition('_')[0].rpartition('_')[0]}_*`" in readme


def places(patch, name, part):
    """Return at how many places of a part's rectangles a patch is found, by plain comparison."""
    found = 0
    size = patch.shape[-1]
    whole = np.rint(patch * 255).astype(np.uint8).transpose(1, 2, 0)
    for number in range(len(patches.REGIONS[name][part])):
        area = patches.region(name, part, number)
        windows = np.lib.stride_tricks.sliding_window_view(area, (size, size), axis=(0, 1))
        corner = (windows[..., 0, 0] == whole[0, 0]).all(-1)
        for row, column in np.argwhere(corner):
            found += (area[row : row + size, column : column + size] == whole).all()
    return found


@pytest.mark.parametrize("size", [16, 24])
def test_patches_lie_in_their_part_and_in_no_other(size):
    for part, (images, labels) in zip(patches.PARTS, photos.patches(size), strict=True):
        for label, name in enumerate(patches.NAMES):
            for patch in images[labels == label][:4]:
                assert places(patch, name, part) >= 1
                if name != "sky":  # white is white everywhere
                    assert all(places(patch, name, other) == 0 for other in patches.PARTS if other != part)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("leak", [False, True])
def test_numbers_dtypes_and_names(size, leak):
    for part, (images, labels) in zip(patches.PARTS, photos.patches(size, leak=leak), strict=True):
        count = patches.COUNTS[part]
        assert images.shape == (count * len(patches.NAMES), 3, size, size)
        assert (images.dtype, labels.dtype) == (np.float32, int)
        assert images.min() >= 0
        assert images.max() <= 1
        assert np.bincount(labels).tolist() == [count] * len(patches.NAMES)
        assert len(np.unique(labels[:60])) > 6  # in random order
        assert not images.flags.writeable
        assert not labels.flags.writeable
    assert len(patches.NAMES) >= 8
    assert patches.COUNTS["train"] * len(patches.NAMES) >= 4000


def test_places_are_drawn_evenly():
    """Of two rectangles of one size, or of halves of one, each gives half of the patches."""
    area = np.zeros((40, 80, 3), dtype=np.uint8)
    area[:, 40:] = 255
    rng = np.random.default_rng(0)
    left = (patches._draw(rng, [area, area[:, :40]], 1, 4000)[:, 0, 0, 0] == 0).mean()
    assert left == pytest.approx(2 / 3, abs=0.03)
    whole = patches._draw(rng, [area[:4, :5], area[:3, -3:]], 2, 12 + 4)  # every place there is, once
    assert (whole.mean((1, 2, 3)) == 1).sum() == 4


def test_the_control_leaks_and_the_split_does_not():
    """How many patches of the test hold a run of eight pixels that is in a training patch, too?"""

    def runs(image):
        rows = np.rint(image * 255).astype(np.uint8).transpose(1, 2, 0)
        return {rows[row, column : column + 8].tobytes() for row in range(16) for column in range(9)}

    shared = {}
    for leak in (False, True):
        (x_train, _), _, (x_test, _) = photos.patches(16, leak=leak)
        seen = set().union(*map(runs, x_train))
        colorful = [image for image in x_test if image.std() > 0.1]
        shared[leak] = np.mean([not seen.isdisjoint(runs(image)) for image in colorful])
    assert shared[False] < 0.05  # black and white look the same everywhere
    assert shared[True] > 0.5


def test_always_the_same_ones():
    first = [part.tobytes() for pair in photos.patches(16) for part in pair]
    patches._split.cache_clear()
    assert [part.tobytes() for pair in photos.patches(16) for part in pair] == first
    # Whoever changes these patches changes every number that lesson 21 measured.
    known = hashlib.sha256(b"".join(first[::2])).hexdigest()
    assert known[:16] == "bc1886634ffee2a9"


@pytest.mark.parametrize("name", patches.STRANGERS)
def test_strangers(name):
    images = patches.strangers(name, 24, 7)
    assert (images.shape, images.dtype) == ((7, 3, 24, 24), np.float32)
    np.testing.assert_array_equal(images, patches.strangers(name, 24, 7))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: photos.patches(3), ValueError, "split: size must be at least 4, got 3"),
        (lambda: photos.patches(32), ValueError, "split: size must be at most 31"),
        (lambda: photos.patches(16.0), TypeError, "split: size must be an integer, got 16.0"),
        (lambda: photos.patches(leak=1), TypeError, "split: leak must be True or False, got 1"),
        (lambda: patches.strangers("dog"), ValueError, r"name must be one of \('cup', .*got 'dog'"),
        (lambda: patches.strangers("cup", count=0), ValueError, "count must be at least 1"),
        (lambda: patches.strangers("cup", count=10**9), ValueError, "count must be at most 1000"),
        (lambda: patches.strangers("cup", 99), ValueError, "strangers: size must be at most 31"),
    ],
)
def test_bad_input(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_files_are_kept_without_loss():
    for file in patches.FOLDER.glob("*.png"):
        with Image.open(file) as image:
            assert image.format == "PNG"
            assert image.mode in ("RGB", "L")
