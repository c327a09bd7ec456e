"""Files of safetensors: numbers by name, the format in which most networks are shared today.

Eight bytes tell how long the header is; the header is JSON and tells of each tensor its dtype, shape and
place; the rest is numbers. Nothing in it can be run, unlike in a pickle, which ``torch.load`` may read. The
library ``safetensors`` writes and reads, but what it is given to read has been checked here first, by the
length of the file and by its header: how much there is must be known before it is loaded.

Source: https://huggingface.co/docs/safetensors (Format).
"""

import json
import math
import os
import stat

import numpy as np

from cnnlab.checks import integer
from cnnlab.nn.exchange.state import check_fit, check_network, counts, take_over
from cnnlab.nn.files import replacing

MAX_HEADER = 1 << 17  # bytes, as longer ones take long to read; that of ResNet-152 has 93 thousand
MAX_RANK = 8
WRITTEN = {"float64", "float32", "float16"}
# The dtypes that are read: what NumPy calls the numbers in the file. It knows no bfloat16: see ``_decoded``.
DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}
FLOATS = ("F64", "F32", "F16", "BF16")
OTHERS = {  # what files begin with that are taken for safetensors
    b"PK": "a zip archive, as torch.save and Sequential.save write",
    b"\x80": "a pickle, which is not read here, as reading it can run anything",
    b"\x93NUMPY": "an array, as np.save writes",
    b"\x89HDF": "an HDF5 file, as Keras writes",
    b"\x1f\x8b": "compressed by gzip",
    b"version https://git-lfs": "a pointer of Git LFS: the file itself was not downloaded",
}


def save_safetensors(network, path):
    """Write all numbers of a network under PyTorch's names, as ``load_state_dict`` takes them there.

    In PyTorch: ``module.load_state_dict(safetensors.torch.load_file(path))``, where ``module`` has the same
    layers in a ``torch.nn.Sequential``; ``to_torch`` makes one. The same network gives the same bytes.

    Parameters
    ----------
    network : Layer
    path : str or Path
        An existing file is replaced; an interruption leaves the old one whole.

    Raises
    ------
    TypeError
        For anything that is no network.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from cnnlab.nn import Dense, Sequential
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "network.safetensors"
    >>> save_safetensors(Sequential(Dense(2, 1, weight=[[3, 4]])), path)
    >>> read_safetensors(path)
    {'0.bias': array([0.], dtype=float32), '0.weight': array([[3., 4.]], dtype=float32)}
    """
    check_network("save_safetensors", network)
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array) for name, array in network.state_dict().items()}
    for name, array in arrays.items():
        if array.dtype.name not in WRITTEN:
            raise TypeError(f"save_safetensors: {name} must be one of {sorted(WRITTEN)}, got {array.dtype}")
    arrays |= {name: np.zeros((), np.int64) for name in counts(network)}
    data = save(arrays, {"format": "pt"})  # what loaders of PyTorch's world look for
    with replacing(path) as file:
        file.write(data)


def load_safetensors(network, path):
    """Take all numbers from a file that holds a network of the same layers, trained here or in PyTorch.

    Parameters
    ----------
    network : Layer
        Whose numbers are replaced. Their dtype stays: float64, float16 and bfloat16 are cast.
    path : str or Path
        What ``save_safetensors`` wrote, or ``safetensors.torch.save_file(module.state_dict(), path)``.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If the file is damaged, no file of safetensors, or of a network of other layers.
        Then nothing is changed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from cnnlab.nn import Dense, Sequential
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "network.safetensors"
    >>> save_safetensors(Sequential(Dense(2, 1, weight=[[3, 4]])), path)
    >>> network = Sequential(Dense(2, 1, weight=[[0, 0]]))
    >>> load_safetensors(network, path)
    >>> network.forward([[1, 10]])
    array([[43.]], dtype=float32)
    """
    check_network("load_safetensors", network)
    where = f"load_safetensors: {path}"
    state = network.state_dict()

    def check(tensors, size):  # a file with nothing but the network's numbers is no larger than these
        check_fit(where, network, {name: tensor["shape"] for name, tensor in tensors.items()})
        for name in sorted(state):
            if tensors[name]["dtype"] not in FLOATS:
                raise ValueError(
                    f"{where} does not fit: {name} must be of dtype {', '.join(FLOATS)}, "
                    f"got {tensors[name]['dtype']}"
                )

    arrays = _read(where, path, check)
    take_over(where, network, {name: arrays[name] for name in state})


def read_safetensors(path, *, max_bytes=1 << 30):
    """Return the arrays of a file of safetensors by their names, in alphabetical order.

    Parameters
    ----------
    path : str or Path
    max_bytes : int
        How large a file is read at most: 1 GiB unless given.

    Returns
    -------
    dict of str to numpy.ndarray
        In the file's dtypes; bfloat16, which NumPy does not know, becomes float32.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If the file is damaged, no file of safetensors, too large, or has a dtype that NumPy does not know.
    """
    where, most = f"read_safetensors: {path}", integer("read_safetensors", "max_bytes", max_bytes, 0)

    def check(tensors, size):
        if size > most:
            raise ValueError(f"{where} must have at most max_bytes {most:,}, got {size:,}")

    return _read(where, path, check)


def _read(where, path, check):
    """Return the arrays of a file, once ``check(tensors, size)`` lets its header and length pass."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
        raise ValueError(f"{where} must be a file of safetensors, got {kind}")
    with open(path, "rb") as file:
        start = file.read(64)
        size = status.st_size
        try:
            length = _header_length(start, size)
            file.seek(8)
            tensors = _header(file.read(length), size - 8 - length)
        except ValueError as error:
            kind = next((what for magic, what in OTHERS.items() if start.startswith(magic)), None)
            if kind is not None:
                raise ValueError(f"{where} must be a file of safetensors, got {kind}") from None
            raise ValueError(f"{where} is damaged or no file of safetensors: {error}") from None
        check(tensors, size)
        file.seek(0)
        data = file.read(size)

    from safetensors import SafetensorError, deserialize

    try:
        found = dict(deserialize(data))
    except (
        SafetensorError
    ) as error:  # what it refuses beyond our own checks, or a file that changes meanwhile
        raise ValueError(f"{where} is damaged or no file of safetensors: {error}") from None
    return {name: _decoded(found[name]["data"], **tensors[name]) for name in sorted(tensors)}


def _header_length(start, size):
    """Return how long the header is, by the first bytes of a file; raise ``ValueError`` if it cannot be."""
    if size < 10:
        raise ValueError(f"the shortest has 10 bytes, it has {size}")
    length = int.from_bytes(start[:8], "little")
    if length > MAX_HEADER:
        raise ValueError(f"a header may have {MAX_HEADER:,} bytes, its own claims {length:,}")
    if 8 + length > size:
        raise ValueError(f"its header must end at byte {8 + length:,}, but it has {size:,} bytes")
    if start[8:9] != b"{":
        raise ValueError(f"its header must begin with {{, got {start[8:9]!r}")
    return length


def _header(text, size):
    """Return dtype and shape of each tensor by name: of a header before ``size`` bytes of numbers."""
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_without_twins)
    except RecursionError:
        raise ValueError("its header is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("its header must be UTF-8") from None
    header.pop("__metadata__", None)  # texts that nothing here depends on; the library checks them
    tensors, places = {}, []
    for name, told in header.items():
        try:
            dtype, shape, (first, stop) = told["dtype"], told["shape"], told["data_offsets"]
        except (KeyError, TypeError, ValueError):
            raise ValueError(f"{name!r} must have dtype, shape and data_offsets") from None
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise ValueError(f"{name!r} must have one of the dtypes {', '.join(DTYPES)}, got {dtype!r:.40}")
        if not isinstance(shape, list) or len(shape) > MAX_RANK or not all(map(_is_count, shape)):
            raise ValueError(f"{name!r} must have a shape of at most {MAX_RANK} sizes, got {shape!r:.40}")
        if not (_is_count(first) and _is_count(stop)):
            raise ValueError(f"{name!r} must have whole numbers as data_offsets, got {first!r:.40}")
        needed = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
        if stop - first != needed:
            raise ValueError(f"{name!r} must have {needed:,} bytes, got {stop - first:,}")
        tensors[name] = {"dtype": dtype, "shape": tuple(shape)}
        places.append((first, stop, name))
    end = 0
    for first, stop, name in sorted(places):
        if first != end:
            raise ValueError(
                f"{name!r} must begin at byte {end:,}, where the one before it ends, got {first:,}"
            )
        end = stop
    if end != size:
        raise ValueError(f"its tensors end at byte {end:,} of the {size:,} after the header")
    return tensors


def _without_twins(pairs):
    """Return the entries of a JSON object; raise ``ValueError`` if a name stands there twice."""
    found = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is there twice")
        found[name] = value
    return found


def _is_count(value):
    return type(value) is int and 0 <= value < 1 << 48  # no file has so many bytes; longer numbers take time


def _decoded(data, dtype, shape):
    """Return the array that these bytes are, in the byte order of this machine."""
    array = np.frombuffer(data, DTYPES[dtype]).reshape(shape)
    if dtype == "BF16":  # the upper half of a float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(array.dtype.newbyteorder("="))
