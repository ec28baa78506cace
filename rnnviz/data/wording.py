"""Characters and numbers in sentences for a person."""

import unicodedata
from collections.abc import Sequence

_NAMED = 5


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as "1 token" or "2,000 tokens"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


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
