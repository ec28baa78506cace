"""How what is read is written, and how much room it takes."""

from __future__ import annotations

from rnnviz.training.configuration import Configuration

LONGEST_WORD = 8
"""So many letters of a word are shown beside others."""

_JOINERS = frozenset("\u200c\u200d") | frozenset(map(chr, range(0xE0020, 0xE0080)))
"""What is not seen, and decides how the character before is drawn: of an emoji, or in Persian."""
_VISIBLE = {" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥", "\N{NO-BREAK SPACE}": "␣", "": "·"}


def has_long_tokens(configuration: Configuration) -> bool:
    """Tell whether what is read takes more than a character's room: words, and numbers."""
    return configuration.token == "word" or configuration.source.reads_numbers


def visible_character(character: str) -> str:
    """Return a character as something that can be seen: a space as ``␣``, a new line as ``↵``.

    A character that prints nothing is written as its number; a longer token has its
    blanks replaced.
    """
    if len(character) > 1:
        return "".join(p if p in _JOINERS else visible_character(p) for p in character)
    if character in _VISIBLE:
        return _VISIBLE[character]
    return character if character.isprintable() else f"\\x{ord(character):02x}"


def short_word(word: str, letters: int = LONGEST_WORD) -> str:
    """Return a word, cut where it would take too much room beside others."""
    return word if len(word) <= letters else f"{word[: letters - 1]}…"
