"""What the window calls a token: a character or a word."""

from __future__ import annotations

# "Letter" as in letter pairs, where the tokens are characters.
_OF_CHARACTERS = ("character", "letter", "char/s")
_OF_WORDS = ("word", "word", "words/s")


def in_tokens(level: str, text: str) -> str:
    """Return a text that was written about characters so that it is true of a level's tokens.

    Parameters
    ----------
    level
        ``character`` or ``word``, as the configuration has it.
    text
        English; it speaks of tokens wherever it says characters or letters.
    """
    if level == "word":
        for before, after in zip(_OF_CHARACTERS, _OF_WORDS, strict=True):
            text = text.replace(before, after)
    return text


def in_bytes(count: int) -> str:
    """Return an amount of memory, such as ``1.2 MB`` or ``34 MB``."""
    unit, size = next((u, s) for u, s in (("GB", 1e9), ("MB", 1e6), ("kB", 0.0)) if count >= s)
    amount = count / (size or 1e3)
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"
