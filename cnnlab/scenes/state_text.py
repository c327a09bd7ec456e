"""A scene's state as one short line of text, for a teacher's notes or an error report, and back.

The line is ``cnnlab:<scene>:1:<checksum>:<content>``. The content is JSON, compressed, in letters that
survive e-mail and chat: the parts of the state by name, and how it is looked at. Arrays are kept bit for bit.
Whatever is read is checked like any other argument; a text can name nothing but what its scene offers.
"""

import base64
import binascii
import json
import re
import zlib

import numpy as np

VERSION = 1
LONGEST = 100_000  # characters: a photograph of some 250 × 250 pixels
LARGEST = 4_000_000  # bytes, once it is no longer compressed
KINDS = ("bool", "uint8", "int64", "float32", "float64")
LINE = re.compile(r"cnnlab:(\w+):(\d+):([0-9a-f]{8}):([\w-]+)")


def write(scene, content):
    """Return the line for a scene's name and a dictionary of plain values, tuples and arrays.

    Raises ``ValueError`` if it would be longer than ``LONGEST``.
    """
    plain = json.dumps(_pack(content), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")
    line = f"cnnlab:{scene}:{VERSION}:{zlib.crc32(plain):08x}:{packed}"
    if len(line) > LONGEST:
        raise ValueError(
            f"{scene}: the state must fit into {LONGEST} characters, got {len(line)}; choose a smaller "
            "picture"
        )
    return line


def read(scene, text):
    """Return the dictionary that ``write`` was given for this scene.

    Raises
    ------
    TypeError
        For anything but a text.
    ValueError
        For a text of another scene or version, for one that is cut off or altered, and for one too large.
    """
    if not isinstance(text, str):
        raise TypeError(f"{scene}: text must be a str, got {type(text).__name__}")
    line = LINE.fullmatch("".join(text[: LONGEST + 1].split()))
    if not line or len(text) > LONGEST:
        raise ValueError(f"{scene}: text must be a line such as 'cnnlab:{scene}:1:…', got {_short(text)!r}")
    name, version, checksum, packed = line.groups()
    if name != scene:
        raise ValueError(f"{scene}: text must hold a state of {scene}, got one of {name}")
    if int(version) != VERSION:
        raise ValueError(f"{scene}: text must be of version {VERSION}, got {version}")
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), LARGEST)
        if unpacker.unconsumed_tail or not unpacker.eof or f"{zlib.crc32(plain):08x}" != checksum:
            raise ValueError
        content = _unpack(json.loads(plain))
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error, zlib.error):
        raise ValueError(f"{scene}: text is cut off or has been altered; copy the whole line again") from None
    if not isinstance(content, dict):
        raise ValueError(f"{scene}: text holds no state, got {_short(str(content))!r}")
    return content


def _short(text):
    return text if len(text) <= 40 else f"{text[:39]}…"


def _pack(value):
    if isinstance(value, dict):
        return {key: _pack(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return {"tuple": [_pack(part) for part in value]}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": data, "kind": value.dtype.name, "shape": list(value.shape)}
    return value.item() if isinstance(value, np.generic) else value


def _unpack(value):
    if isinstance(value, dict) and "array" in value:
        kind, shape = value["kind"], tuple(value["shape"])
        if kind not in KINDS or not all(isinstance(side, int) and side >= 0 for side in shape):
            raise ValueError
        array = np.frombuffer(base64.b64decode(value["array"], validate=True), kind).reshape(shape)
        if not np.isfinite(array).all():
            raise ValueError
        return array.copy()
    if isinstance(value, dict) and "tuple" in value:
        return tuple(map(_unpack, value["tuple"]))
    if isinstance(value, dict):
        return {key: _unpack(part) for key, part in value.items()}
    if isinstance(value, list):
        raise ValueError
    return value
