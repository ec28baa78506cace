"""Text as arrays of code points, and single characters made readable."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

CODE_POINT_LIMIT = 0x110000
_NAMED = 5


def code_points(text: str) -> NDArray[np.unsignedinteger[Any]]:
    """Return the code points of `text`, shape (len(text),), uint8 for ASCII and uint32 otherwise.

    Lone surrogates, which no encoding of a file can give but a Python string can hold, are kept.
    """
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def readable(character: str) -> str:
    """Return `character` as a person can read it: quoted, or by its number and name."""
    if character.isprintable() and not character.isspace():
        return f'"{character}"'
    named = {"\n": "line end", "\t": "tab", " ": "space"}
    name = named.get(character) or unicodedata.name(character, "").lower()
    number = f"U+{ord(character):04X}"
    return f"{number} ({name})" if name else number


def readable_list(characters: Sequence[str]) -> str:
    """Return the first few `characters` readably, and how many more there are."""
    shown = ", ".join(readable(character) for character in characters[:_NAMED])
    more = len(characters) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
