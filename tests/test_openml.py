"""MNIST, Fashion-MNIST and CIFAR-10: fetched by scikit-learn, checked, kept. Small files stand in for
the large ones.

They lie where scikit-learn keeps what it has fetched, so that all of its own code runs, without a network.
"""

import gzip
import hashlib
import json
from dataclasses import replace
from urllib.error import URLError

import numpy as np
import pytest
import sklearn.datasets._openml as fetching

from cnnlab.data import openml

SOURCES = dict(openml.SOURCES)  # as they are, before the tests make them small
rng = np.random.default_rng(0)
LABELS = np.tile(np.arange(10), 3)
IMAGES = rng.integers(0, 256, (30, 784)).astype(np.uint8)
TRAIN = 20
INK = (int(IMAGES[:TRAIN].sum()), int(IMAGES[TRAIN:].sum()))
ADDRESS = "data/v1/download/1/small.arff"


def write(folder, path, text):
    file = folder / "openml" / "openml.org" / f"{path}.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode()))
    return file


def publish(folder, number, images, labels, md5=None):
    """Write what openml.org would send for a set of images."""
    names = [f"pixel{k}" for k in range(images.shape[1])]
    table = "\n".join(",".join(map(str, [*row, label])) for row, label in zip(images, labels, strict=True))
    columns = "\n".join(f"@ATTRIBUTE {name} real" for name in names)
    arff = f"@RELATION small\n{columns}\n@ATTRIBUTE class {{0,1,2,3,4,5,6,7,8,9}}\n@DATA\n{table}\n"
    about = {
        "id": str(number),
        "name": "small",
        "description": "30 images",
        "version": "1",
        "status": "active",
        "format": "ARFF",
        "url": f"https://www.openml.org/{ADDRESS}",
        "md5_checksum": md5 or hashlib.md5(arff.encode()).hexdigest(),
    }
    usual = {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
    features = [{"name": name, "data_type": "numeric", "is_target": "false", **usual} for name in names]
    features.append({"name": "class", "data_type": "nominal", "is_target": "true", **usual})
    for index, feature in enumerate(features):
        feature["index"] = str(index)
    qualities = [{"name": "NumberOfInstances", "value": str(float(len(labels)))}]
    api = "api/v1/json/data"
    write(folder, f"{api}/{number}", json.dumps({"data_set_description": about}))
    write(folder, f"{api}/features/{number}", json.dumps({"data_features": {"feature": features}}))
    write(folder, f"{api}/qualities/{number}", json.dumps({"data_qualities": {"quality": qualities}}))
    return write(folder, ADDRESS, arff)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Expect 30 images instead of 70,000, and let nothing leave the machine."""
    for name, source in openml.SOURCES.items():
        monkeypatch.setitem(
            openml.SOURCES,
            name,
            replace(
                source,
                train=TRAIN,
                test=len(LABELS) - TRAIN,
                ink=source.ink and INK,
                each=source.each and len(LABELS) // 10,
            ),
        )

    def no_network(*_, **__):
        raise URLError("no network here")

    monkeypatch.setattr(fetching, "urlopen", no_network)
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)


COLORS = rng.integers(0, 256, (30, 3 * 32 * 32)).astype(np.uint8)


def images_of(name):
    return COLORS if name == "CIFAR-10" else IMAGES


def check_parts(parts, name="MNIST"):
    x_train, y_train, x_test, y_test = parts
    images = images_of(name)
    pixels = images.shape[1]
    np.testing.assert_array_equal(x_train.reshape(-1, pixels), (images[:TRAIN] / 255).astype(np.float32))
    np.testing.assert_array_equal(x_test.reshape(-1, pixels), (images[TRAIN:] / 255).astype(np.float32))
    np.testing.assert_array_equal(y_train, LABELS[:TRAIN])
    np.testing.assert_array_equal(y_test, LABELS[TRAIN:])
    assert x_train.shape[1:] == ((3, 32, 32) if name == "CIFAR-10" else (1, 28, 28))
    assert (x_train.dtype, y_train.dtype) == (np.float32, int)


@pytest.mark.parametrize("name", openml.SOURCES)
def test_images_and_labels_come_as_they_are(name, tmp_path):
    publish(tmp_path, openml.SOURCES[name].number, images_of(name), LABELS)
    check_parts(openml.split(name, tmp_path), name)


def test_rows_of_a_color_image_go_through_red_then_green_then_blue(tmp_path):
    red, green, blue = (np.full((30, 1024), shade) for shade in (255, 51, 0))
    publish(tmp_path, 40927, np.hstack([red, green, blue]).astype(np.uint8), LABELS)
    x_train, *_ = openml.split("CIFAR-10", tmp_path)
    for channel, shade in enumerate((1, 0.2, 0)):
        np.testing.assert_allclose(x_train[:, channel], shade, rtol=1e-6)


def test_what_was_fetched_once_is_kept(tmp_path):
    file = publish(tmp_path, 554, IMAGES, LABELS)
    openml.split("MNIST", tmp_path)
    file.unlink()
    check_parts(openml.split("MNIST", tmp_path))


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda data: b"", lambda data: b"no archive"])
def test_what_was_kept_and_is_damaged_is_fetched_again(tmp_path, damage):
    publish(tmp_path, 554, IMAGES, LABELS)
    openml.split("MNIST", tmp_path)
    kept = tmp_path / "cnnlab" / "MNIST.npz"
    kept.write_bytes(damage(kept.read_bytes()))
    check_parts(openml.split("MNIST", tmp_path))
    assert kept.exists()


def test_what_was_kept_and_changed_is_fetched_again(tmp_path):
    publish(tmp_path, 554, IMAGES, LABELS)
    openml.split("MNIST", tmp_path)
    kept = tmp_path / "cnnlab" / "MNIST.npz"
    with np.load(kept) as arrays:
        changed = dict(arrays)
    changed["images"] = changed["images"][::-1]
    np.savez_compressed(kept, **changed)
    check_parts(openml.split("MNIST", tmp_path))


def test_without_a_network_it_says_what_to_use_instead(tmp_path):
    with pytest.raises(ConnectionError, match=r"no network here.*digits\.split\(\)"):
        openml.split("MNIST", tmp_path)
    assert not (tmp_path / "cnnlab").exists()


def test_a_file_that_came_damaged_is_not_used(tmp_path):
    file = publish(tmp_path, 554, IMAGES, LABELS, md5="0" * 32)
    # From version 1.9 on scikit-learn fetches it once more, in vain; before, it says what is wrong.
    with pytest.raises(OSError, match=r"no network here|is damaged: .*checksum") as refused:
        openml.split("MNIST", tmp_path)
    assert file.exists() == ("is damaged" in str(refused.value))
    assert not (tmp_path / "cnnlab").exists()


CHANGED = IMAGES.copy()
CHANGED[0, 0] ^= 1
WRONG = {
    "one pixel": (CHANGED, LABELS, "sums of all pixels"),
    "an image too few": (IMAGES[:-1], LABELS[:-1], "images and pixels"),
    "too small": (IMAGES[:, :-1], LABELS, "images and pixels"),
    "no nines": (IMAGES, np.where(LABELS == 9, 8, LABELS), "classes"),
    "parts swapped": (np.roll(IMAGES, 10, axis=0), LABELS, "sums of all pixels"),
}
UNEVEN = np.where(np.arange(30) == 9, 8, LABELS)
WRONG_COLORS = {
    "an image too few": (COLORS[:-1], LABELS[:-1], "images and pixels"),
    "gray": (IMAGES, LABELS, "images and pixels"),
    "more eights than nines": (COLORS, UNEVEN, "images of each class"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_what_was_published_is_refused_and_not_kept(case, tmp_path):
    images, labels, what = WRONG[case]
    publish(tmp_path, 554, images, labels)
    with pytest.raises(OSError, match=rf"MNIST is not what it should be: {what} .* expected, got"):
        openml.split("MNIST", tmp_path)
    assert not (tmp_path / "cnnlab" / "MNIST.npz").exists()


@pytest.mark.parametrize("case", WRONG_COLORS)
def test_what_is_not_cifar_is_refused_and_not_kept(case, tmp_path):
    images, labels, what = WRONG_COLORS[case]
    publish(tmp_path, 40927, images, labels)
    with pytest.raises(OSError, match=rf"CIFAR-10 is not what it should be: {what} .* expected, got"):
        openml.split("CIFAR-10", tmp_path)
    assert not (tmp_path / "cnnlab" / "CIFAR-10.npz").exists()


def test_what_is_no_picture_is_refused(tmp_path):
    publish(tmp_path, 554, IMAGES - 0.5, LABELS)
    with pytest.raises(OSError, match="whole numbers from 0 to 255"):
        openml.split("MNIST", tmp_path)


@pytest.mark.parametrize("name", ["mnist", "CIFAR", None, 554])
def test_unknown_name(name):
    with pytest.raises(ValueError, match="name must be one of"):
        openml.split(name)


def test_expected_sums_are_the_published_means():
    # The mean of all pixels of either part, as a dozen public projects print it.
    published = {
        "MNIST": (33.318421449829934, 33.791224489795916),
        "Fashion-MNIST": (72.94035223214286, 73.14656568877551),
    }
    for name in published:
        source = SOURCES[name]
        means = [
            ink / (count * 28**2) for ink, count in zip(source.ink, (source.train, source.test), strict=True)
        ]
        assert means == pytest.approx(published[name], rel=1e-14)
