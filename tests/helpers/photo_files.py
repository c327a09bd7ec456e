"""Picture files: small ones of every format, and one that claims to be large."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

UPRIGHT = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)


def file_of(pixels, format="PNG", **options):
    """Return the bytes of a picture file."""
    file = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, format, **options)
    return file.getvalue()


LOSSLESS = {"PNG": {}, "BMP": {}, "GIF": {}, "WEBP": {"lossless": True}}
FILES = {name: file_of(UPRIGHT, name, **options) for name, options in LOSSLESS.items()}
FILES["JPEG"] = file_of(UPRIGHT, "JPEG", quality=95)


def png_of_claimed_size(width, height, interlaced=0):
    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99)))
