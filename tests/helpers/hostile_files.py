"""Files that are no safetensors, or that pretend: made by hand, from the description of the format."""

import io
import json
import os
import pickle
import zipfile

import numpy as np


def file_of(header, data=b"", length=None):
    """Return the bytes of a file of safetensors; the header is text or what JSON makes of it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(dtype, shape, first, stop):
    return {"dtype": dtype, "shape": shape, "data_offsets": [first, stop]}


DENSE = {"weight": entry("F32", [1, 2], 0, 8), "bias": entry("F32", [1], 8, 12)}
GOOD = np.array([3, 4, 5], "<f4").tobytes()


def act():
    """Stand for what a pickle can do: anything."""
    raise AssertionError("a pickle was opened")


class Acting:
    def __reduce__(self):
        return act, ()


def acting_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("archive/data.pkl", pickle.dumps(Acting()))
    return file.getvalue()


def arrays_with_objects():
    file = io.BytesIO()
    np.save(file, np.array([Acting()], object), allow_pickle=True)
    return file.getvalue()


def changed(**entries):
    return file_of(DENSE | entries, GOOD)


TWICE = b'{"weight":%b,"bias":%b,"weight":%b}' % tuple(
    json.dumps(DENSE[name]).encode() for name in ("weight", "bias", "weight")
)
HOSTILE = {
    "empty": (b"", "the shortest has 10 bytes, it has 0"),
    "nine bytes": (b"\x01" + bytes(8), "the shortest has 10 bytes"),
    "only zeros": (bytes(100), "its header must begin with {"),
    "a header of 2^63 bytes": (file_of(DENSE, GOOD, 1 << 63), "its own claims 9,223,372,036,854,775,808"),
    "a header of 1 MiB": (file_of(b"{" + b" " * (1 << 20) + b"}"), "a header may have 131,072 bytes"),
    "a header beyond the file": (file_of(DENSE, GOOD, 5000), "its header must end at byte 5,008"),
    "cut off in the header": (file_of(DENSE, GOOD)[:40], "its header must end at"),
    "cut off in the numbers": (file_of(DENSE, GOOD)[:-1], "its tensors end at byte 12 of the 11"),
    "a byte too many": (file_of(DENSE, GOOD + b"\0"), "its tensors end at byte 12 of the 13"),
    "no JSON": (file_of(b"{weight}"), "is damaged or no file of safetensors: Expecting"),
    "a list": (file_of([]), "its header must begin with {"),
    "not UTF-8": (file_of(b'{"\xff":1}'), "its header must be UTF-8"),
    "too deep": (file_of(b'{"a":' + b"[" * 100_000), "its header is nested too deeply"),
    "a name twice": (file_of(TWICE, GOOD), "'weight' is there twice"),
    "overlapping": (changed(bias=entry("F32", [1], 4, 8)), "'bias' must begin at byte 8, .* got 4"),
    "a hole": (file_of(DENSE | {"bias": entry("F32", [1], 9, 13)}, GOOD + b"\0"), "must begin at byte 8"),
    "before the file": (changed(bias=entry("F32", [1], -4, 0)), "must have whole numbers as data_offsets"),
    "beyond the file": (changed(bias=entry("F32", [1], 2000, 2004)), "must begin at byte 8, .* got 2,000"),
    "backwards": (changed(bias=entry("F32", [1], 12, 8)), "must have 4 bytes, got -4"),
    "half numbers": (changed(bias=entry("F32", [1], 8.0, 12.0)), "must have whole numbers"),
    "truths for numbers": (changed(bias=entry("F32", [True], 8, 12)), "a shape of at most 8 sizes"),
    "a large shape": (changed(bias=entry("F32", [1 << 62, 1 << 62], 8, 12)), "a shape of at most 8"),
    "shapes that multiply to 2^64": (changed(bias=entry("F32", [1 << 32, 1 << 32], 8, 12)), "must have 73,"),
    "a negative size": (changed(bias=entry("F32", [-1], 8, 12)), "a shape of at most 8 sizes"),
    "many axes": (changed(bias=entry("F32", [1] * 9, 8, 12)), "a shape of at most 8 sizes"),
    "a number of 5000 digits": (file_of(b'{"a":' + b"9" * 5000 + b"}"), "no file of safetensors"),
    "unknown dtype": (changed(bias=entry("F4", [1], 8, 12)), "must have one of the dtypes F64, .* got 'F4'"),
    "no dtype": (changed(bias={"shape": [1], "data_offsets": [8, 12]}), "'bias' must have dtype, shape and"),
    "one offset": (changed(bias={"dtype": "F32", "shape": [1], "data_offsets": [8]}), "must have dtype, sh"),
    "a text": (changed(bias="F32"), "'bias' must have dtype, shape and"),
    "metadata of numbers": (changed(__metadata__={"a": 1}), "is damaged or no file of safetensors"),
    "a pickle": (pickle.dumps(Acting()), "must be a file of safetensors, got a pickle, which is not read"),
    "a zip as torch.save writes": (acting_zip(), "must be a file of safetensors, got a zip archive"),
    "an array of objects": (arrays_with_objects(), "must be a file of safetensors, got an array"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a pointer of Git LFS"),
}  # fmt: skip

# As long as a header may be, of what takes longest to read.
NAMES = b",".join(b'"%x":0' % number for number in range(13_000))
MANY = b"{" + b",".join(b'"%x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}' % k for k in range(2_300))
HOSTILE |= {
    "many tensors in one place": (file_of(MANY + b"}", bytes(4)), "must begin at byte 4"),
    "many names": (
        file_of(b"{" + b",".join(b'"%x":0' % k for k in range(13_000)) + b"}"),
        "must have dtype",
    ),
    "many numbers": (file_of(b'{"a":[' + b",".join([b"9" * 4000] * 32) + b"]}"), "must have dtype"),
    "many lists": (file_of(b'{"a":[' + b",".join([b"[]"] * 43_000) + b"]}"), "must have dtype"),
}


def sparse(path, size=5 << 30):
    """Write a file of safetensors that holds one tensor of 5 GB, and takes no room on the disk."""
    data = file_of({"weight": entry("F32", [1, size // 4], 0, size)})
    path.write_bytes(data)
    try:
        os.truncate(path, len(data) + size)
    except OSError:
        path.unlink()
        raise
