"""What differs between two pieces of plain data: pictures of a scene's controls are kept as that."""


def difference(old, new):
    """Return what makes ``new`` of ``old``, or None if they are equal; ``scenes.js`` applies it.

    A dictionary differs in some of its parts, a list of the same length in some of its places:
    ``{"in": {"0": …}}``. Anything else, and what saves nothing, is replaced: ``{"by": new}``.

    Examples
    --------
    >>> difference({"a": [1, 2, 3, 5], "b": 3}, {"a": [1, 4, 3, 5], "b": 3})
    {'in': {'a': {'in': {'1': {'by': 4}}}}}
    >>> difference([1], [1, 2])
    {'by': [1, 2]}
    """
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        pairs = [(key, old[key], new[key]) for key in old]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [(str(place), *both) for place, both in enumerate(zip(old, new, strict=True))]
    else:
        return None if type(old) is type(new) and old == new else {"by": new}
    parts = {key: found for key, one, other in pairs if (found := difference(one, other)) is not None}
    if isinstance(old, list) and len(parts) > len(old) // 4 and not any(isinstance(one, dict) for one in old):
        return {"by": new}  # rows of numbers
    return {"in": parts} if parts else None
