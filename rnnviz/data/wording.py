"""Characters, words and numbers in sentences for a person."""

import unicodedata
from collections.abc import Sequence

_NAMED = 5
_JOINERS = dict.fromkeys((0x200C, 0x200D, *range(0xE0020, 0xE0080)))
"""What is not seen, and decides how the character before is drawn: of an emoji, or in Persian."""


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as "1 token" or "2,000 tokens"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def readable(token: str) -> str:
    """Return a character or a word as a person can read it: quoted, or by its number and name."""
    if token.isprintable() and not token.isspace():
        return f'"{token}"'
    if len(token) > 1 and not token[0].isalnum() and token.translate(_JOINERS).isprintable():
        return f'"{token}"'
    if len(token) > 1:
        return f'"{ascii(token)[1:-1]}"'
    named = {"\n": "line end", "\t": "tab", " ": "space"}
    name = named.get(token) or unicodedata.name(token, "").lower()
    number = f"U+{ord(token):04X}"
    return f"{number} ({name})" if name else number


def readable_list(tokens: Sequence[str]) -> str:
    """Return the first few `tokens` readably, and how many more there are."""
    shown = ", ".join(readable(token) for token in tokens[:_NAMED])
    more = len(tokens) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
