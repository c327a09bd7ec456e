"""Cut the files of ``cnnlab/data/materials`` out of their photographs, and compare the two.

``python -m tests.cut_patches [folder] [--write]``: the folder is the ``data`` of an installed or unpacked
scikit-image (0.26 was used); the other photographs come with scikit-learn, by ``cnnlab.data.photos``.
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.data import patches, photos

FILES = {
    "chelsea": "chelsea.png",
    "coffee": "coffee.png",
    "ihc": "ihc.png",
    "retina": "retina.jpg",
    "brick": "brick.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "hubble": "hubble_deep_field.jpg",
    "astronaut": "astronaut.png",
    "rocket": "rocket.jpg",
}
SHRUNK = {"retina": 3, "hubble": 2}  # so many times: their textures are coarse


def photograph(name, folder):
    """Return a photograph in the size in which rectangles are cut out of it."""
    if name not in FILES:
        return photos.photo(name, 640)
    with Image.open(folder / FILES[name]) as image:
        times = SHRUNK.get(name, 1)
        size = (image.width // times, image.height // times)
        image = image.convert("RGB")
        return np.array(image.resize(size, Image.Resampling.BOX) if times > 1 else image)


def rectangles():
    """Yield the name of each file, and the rectangle in it."""
    for name, parts in patches.REGIONS.items():
        for part, areas in parts.items():
            for number, area in enumerate(areas):
                yield patches.file_name(name, part, number), area
    for name, areas in patches.STRANGERS.items():
        for number, area in enumerate(areas):
            yield patches.file_name(name, None, number), area


def main():
    """Cut, and write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    folder = asked.folder or Path(importlib.util.find_spec("skimage").submodule_search_locations[0]) / "data"
    whole = {}
    for file, (name, top, left, rows, columns) in rectangles():
        if name not in whole:
            whole[name] = photograph(name, folder)
        cut = whole[name][top : top + rows, left : left + columns]
        if cut.shape != (rows, columns, 3):
            raise SystemExit(f"{file}: beyond the edge of {name}, {whole[name].shape}")
        path = patches.FOLDER / file
        if asked.write:
            gray = (cut == cut[..., :1]).all()
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(np.ascontiguousarray(cut[..., 0] if gray else cut)).save(path, optimize=True)
        with Image.open(path) as kept:
            most = int(np.abs(np.array(kept.convert("RGB")).astype(int) - cut).max())
        print(f"{file:28} {rows:4} × {columns:3}  largest difference {most}")


if __name__ == "__main__":
    main()
