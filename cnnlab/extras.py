"""Libraries that a lesson can use, and need not have: whether they are there, and how to get them."""

from importlib.util import find_spec

EXTRAS = {  # by the name under which Python imports it: what people call it, and what pip does
    "torch": ("PyTorch", "torch"),
    "onnxruntime": ("ONNX Runtime", "onnx onnxruntime"),
}


def missing(name):
    """Return the line that a cell prints where it needs a library that is not installed.

    Parameters
    ----------
    name : "torch" or "onnxruntime"

    Examples
    --------
    >>> missing("torch")
    'PyTorch is not installed here; `pip install torch` brings it. This cell needs it.'
    """
    called, package = EXTRAS[_known(name)]
    return f"{called} is not installed here; `pip install {package}` brings it. This cell needs it."


def available(name):
    """Whether a library is installed; if not, say in one line how to get it.

    Parameters
    ----------
    name : "torch" or "onnxruntime"

    Raises
    ------
    ValueError
        For another name.
    """
    if is_installed(name):
        return True
    print(missing(name))
    return False


def is_installed(name):
    """Whether a library is installed; nothing is said, and nothing imported."""
    needed = {"onnxruntime": ("onnx", "onnxruntime")}.get(_known(name), (name,))
    return all(find_spec(each) is not None for each in needed)


def _known(name):
    if name not in EXTRAS:
        raise ValueError(f"available: name must be one of {tuple(EXTRAS)}, got {name!r}")
    return name
