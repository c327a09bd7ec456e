"""A folder of pictures: each class a folder, each picture square, and errors that name the file."""

import numpy as np
import pytest
from PIL import Image

from cnnlab.data import folder

rng = np.random.default_rng(0)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(path)


@pytest.fixture
def pets(tmp_path):
    save(tmp_path / "dog" / "b.png", np.full((8, 8, 3), 51))
    save(tmp_path / "dog" / "a.png", np.full((8, 8, 3), 102))
    save(tmp_path / "cat" / "one.bmp", np.full((8, 8, 3), 255))
    return tmp_path


def test_classes_and_files_in_the_order_of_the_alphabet(pets):
    images, labels, names = folder.load(pets, 4)
    assert names == ("cat", "dog")
    assert labels.tolist() == [0, 1, 1]
    assert (images.dtype, images.shape) == (np.float32, (3, 1, 4, 4))
    np.testing.assert_allclose(images[:, 0, 0, 0], [1, 0.4, 0.2])


def test_what_is_no_picture_does_not_matter(pets):
    (pets / "dog" / "notes.txt").write_text("good dog", encoding="utf-8")
    (pets / "dog" / ".hidden.png").write_text("not a picture", encoding="utf-8")
    (pets / ".git").mkdir()
    (pets / "README.md").write_text("pets", encoding="utf-8")
    assert len(folder.load(pets)[0]) == 3


def test_the_middle_is_kept(tmp_path):
    wide = np.zeros((8, 16))
    wide[:, 4:12] = rng.integers(0, 256, (8, 8))
    for name in ("a", "b"):
        save(tmp_path / name / "wide.png", wide)
        save(tmp_path / name / "x.png", wide.T)
    images, _, _ = folder.load(tmp_path, 8)
    np.testing.assert_allclose(images[0, 0], wide[:, 4:12] / 255, atol=1e-6)
    np.testing.assert_allclose(images[1, 0], wide[:, 4:12].T / 255, atol=1e-6)


def test_made_smaller_by_the_mean_of_blocks(tmp_path):
    pixels = rng.integers(0, 256, (8, 8))
    for name in ("a", "b"):
        save(tmp_path / name / "1.png", pixels)
    images, _, _ = folder.load(tmp_path, 4)
    blocks = pixels.reshape(4, 2, 4, 2).mean((1, 3)) / 255
    np.testing.assert_allclose(images[0, 0], blocks, atol=1 / 255)


def test_made_larger_too(pets):
    assert folder.load(pets, 20)[0].shape == (3, 1, 20, 20)


def test_colors_are_kept_if_asked_for(tmp_path):
    for name in ("a", "b"):
        save(tmp_path / name / "red.png", np.broadcast_to([255, 51, 0], (6, 6, 3)))
    images, _, _ = folder.load(tmp_path, 3, colors=True)
    np.testing.assert_allclose(images[0, :, 1, 1], [1, 0.2, 0], atol=1e-6)


def test_errors_name_what_is_wrong(pets):
    with pytest.raises(ValueError, match="path must be a folder, got"):
        folder.load(pets / "nowhere")
    with pytest.raises(ValueError, match=r"at least two folders.*holds \[\]"):
        folder.load(pets / "dog")
    with pytest.raises(ValueError, match="size must be"):
        folder.load(pets, 0)
    (pets / "dog" / "broken.jpg").write_bytes(b"\xff\xd8 and no more")
    with pytest.raises(ValueError, match=r"load: dog/broken\.jpg: "):
        folder.load(pets)
    (pets / "dog" / "broken.jpg").unlink()
    (pets / "emu").mkdir()
    with pytest.raises(ValueError, match="the folder 'emu' holds no picture"):
        folder.load(pets)
