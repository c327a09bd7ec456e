"""The state of a scene as one line of text that survives e-mail and chat.

``cnnlab:SlidingFilter:1:…``: whose state, the version of its form, and then, in the letters of base64url, a
checksum and compressed JSON. Texts come from anywhere: each is read within bounds, nothing in it is run, and
its names are only compared with those that a scene knows already.
"""

import base64
import json
import math
import re
import zlib

import numpy as np

MOST_CHARACTERS = 16_000  # of a text: what fits into a message, some 1,400 numbers of 16 digits
MOST_BYTES = 200_000  # of the JSON in it: a short text can hold a great many zeros
LARGEST_WHOLE = 2**53 - 1  # beyond it, JavaScript and JSON no longer tell whole numbers apart
DEEPEST = 4  # lists in lists

_HEAD = re.compile(r"cnnlab:([A-Za-z_]\w{0,99}):(\d{1,6}):(.*)", re.ASCII)
# What e-mail and chat put into long lines: breaks, marks of a quotation, characters without width.
_FROM_THE_WAY = re.compile("[\\s>\u00ad\u200b\u200c\u200d\u2060\ufeff]+")
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list"}


def seal(scene, version, content):
    """Return ``content`` as a text.

    Parameters
    ----------
    scene : str
        The name of its class.
    version : int
    content : dict
        Of dictionaries, lists, tuples, arrays, strings and numbers.

    Raises
    ------
    ValueError
        For what is too long for a text, or not finite.
    """
    try:
        told = json.dumps(
            _plain(content), allow_nan=False, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        ).encode()
    except ValueError:
        raise ValueError(f"{scene}: a text holds finite numbers only, and this state has others") from None
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = _checksum(scene, version, told) + squeezed.compress(told) + squeezed.flush()
    text = f"cnnlab:{scene}:{version}:{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}"
    if len(text) > MOST_CHARACTERS or len(told) > MOST_BYTES:
        raise ValueError(
            f"{scene}: this state is too large for a text: {len(text):,} characters for {len(told):,} bytes, "
            f"at most {MOST_CHARACTERS:,} for {MOST_BYTES:,}. Choose one of the course's pictures or a "
            "smaller one; or send the picture itself, and what else you have set, in words."
        )
    return text


def unseal(scene, version, text):
    """Return the content of a text: dictionaries, lists, strings and finite numbers.

    Raises
    ------
    TypeError
        For anything but a ``str``.
    ValueError
        For another scene's text, one of another version, one that was cut off or altered, and one that holds
        more than any state does.
    """
    head = f"cnnlab:{scene}:{version}:"
    if not isinstance(text, str):
        raise TypeError(f'{scene}: text must be a str that begins with "{head}", got {type(text).__name__}')
    if len(text) > 2 * MOST_CHARACTERS:
        raise ValueError(f"{scene}: text must have at most {MOST_CHARACTERS:,} characters, got {len(text):,}")
    text = _FROM_THE_WAY.sub("", text)
    parts = _HEAD.fullmatch(text)
    if not parts:
        raise ValueError(f'{scene}: text must begin with "{head}", got {short(text)}')
    of, its_version, letters = parts.groups()
    if of != scene:
        raise ValueError(f"{scene}: text must be that of a {scene}, got that of a {short(of)}")
    if its_version != str(version):
        raise ValueError(
            f"{scene}: text must be of version {version}, got version {its_version}: "
            "it comes from an older or a newer cnnlab"
        )
    told = _told(scene, version, letters)
    try:
        return json.loads(
            told.decode(),
            parse_int=_whole,
            parse_float=_finite,
            parse_constant=_finite,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{scene}: text must hold a state as JSON: {short(str(error))}") from None


def part(scene, name, came, like, named):
    """Return a part of a state that came in a text, as the kind of thing that ``like`` is.

    Parameters
    ----------
    scene, name : str
        Whose state, and which part of it, as errors call them.
    came : object
        What ``unseal`` gave.
    like : object
        The same part of another state.
    named : dict of str to numpy.ndarray
        The arrays that may be called by name.

    Raises
    ------
    ValueError
        For another kind of thing.
    """
    like = like.item() if isinstance(like, np.generic) else like
    where = f"{scene}: {name}"
    if isinstance(like, np.ndarray):
        if not isinstance(came, str):
            return _array(where, came, like.dtype)
        if came not in named:
            raise ValueError(f"{where} must be numbers{_or_one_of(named)}, got {short(came)}")
        return named[came]
    kind = type(like)
    if kind is float and type(came) is int:
        came = float(came)
    if kind is tuple and isinstance(came, list):
        came = _tuples(where, came)
    if type(came) is not kind:
        raise ValueError(f"{where} must be {_KINDS[kind]}, got {short(came)}")
    return came


def fields(scene, what, came, names):
    """Return the values of a dictionary that came in a text, if it has just these names.

    Raises
    ------
    ValueError
        For anything else.
    """
    if not isinstance(came, dict):
        raise ValueError(f"{scene}: {what} must have the parts {', '.join(names)}, got {short(came)}")
    if came.keys() != set(names):
        got = short(", ".join(came)) if came else "none"
        raise ValueError(f"{scene}: {what} must have the parts {', '.join(names)}, got {got}")
    return came


def short(came, most=60):
    """Return what came, as an error shows it: never long, whatever it is."""
    written = repr(came[: 2 * most]) if isinstance(came, (str, list)) else repr(came)
    return written if len(written) <= most else f"{written[:most]}…"


# --- writing ------------------------------------------------------------------------------------------------


def _plain(value):
    """Return what JSON can hold; numbers are exact, and whole ones come without ``.0``."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    is_minus_zero = value == 0 and isinstance(value, float) and math.copysign(1, value) < 0
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_WHOLE and not is_minus_zero:
        return int(value)
    return value


def _checksum(scene, version, told):
    """Return four bytes that tell a text from one that was altered, its beginning included."""
    return zlib.crc32(f"{scene}:{version}:".encode() + told).to_bytes(4, "big")


# --- reading ------------------------------------------------------------------------------------------------


def _told(scene, version, letters):
    """Return the JSON in a text, as bytes, or refuse a damaged one."""
    damaged = ValueError(
        f"{scene}: text must be whole and as it was copied, got {len(letters):,} characters with another "
        'checksum: copy it again, from "cnnlab:" to its end'
    )
    try:
        body = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        told = unpacking.decompress(body[4:], MOST_BYTES + 1)
    except (ValueError, zlib.error):
        raise damaged from None
    if len(told) > MOST_BYTES:
        raise ValueError(f"{scene}: text must hold at most {MOST_BYTES:,} bytes, got more")
    is_whole = unpacking.eof and not unpacking.unused_data
    # Some letters hold bits that count for nothing: only one way to write a text is right.
    is_plain = base64.urlsafe_b64encode(body).rstrip(b"=").decode() == letters
    if not (is_whole and is_plain and body[:4] == _checksum(scene, version, told)):
        raise damaged
    return told


def _whole(written):
    if len(written) > 17 or abs(int(written)) > LARGEST_WHOLE:
        raise ValueError(f"whole numbers must be at most {LARGEST_WHOLE}, got {short(written)}")
    return int(written)


def _finite(written):
    if not math.isfinite(float(written)):
        raise ValueError(f"numbers must be finite, got {short(written)}")
    return float(written)


def _once(pairs):
    """Return a dictionary, or refuse one that says something twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _array(where, came, dtype):
    """Return lists of numbers as an array, or refuse them."""
    expected = f"{where} must be rows of {'numbers' if dtype.kind == 'f' else 'whole numbers'}"
    if not _is_of_numbers(came, (int, float) if dtype.kind == "f" else (int,)):
        raise ValueError(f"{expected}, got {short(came)}")
    try:
        array = np.array(came)
    except ValueError:
        raise ValueError(f"{expected}, got rows of unequal length") from None
    if not array.size:
        raise ValueError(f"{expected}, got shape {array.shape}")
    # Bytes of a photograph come as whole numbers: what is no byte is for the state to refuse.
    return array.astype(dtype if dtype.kind == "f" else np.int64)


def _is_of_numbers(came, kinds, depth=0):
    if isinstance(came, list):
        return depth < DEEPEST and all(_is_of_numbers(one, kinds, depth + 1) for one in came)
    return depth > 0 and type(came) in kinds


def _tuples(where, came, depth=0):
    """Return lists in lists as tuples in tuples."""
    if depth == DEEPEST:
        raise ValueError(f"{where} must be lists of at most {DEEPEST} levels, got more")
    return tuple(_tuples(where, one, depth + 1) if isinstance(one, list) else one for one in came)


def _or_one_of(named):
    return f" or one of {tuple(named)}" if named else ""
