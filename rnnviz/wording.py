"""Words and signs that are needed at every level, some before NumPy or Qt is loaded.

Above all sentences about what one step reads, whatever that is: a character, a word, a time step.
Nothing is imported here.
"""

from __future__ import annotations

MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def superscript(exponent: int) -> str:
    """Return a whole number in superscript characters."""
    return str(exponent).translate(_SUPERSCRIPTS)


def of_tokens(text: str, token: str, **more: str) -> str:
    """Return a text with its fields filled in.

    Parameters
    ----------
    text
        English with ``{token}`` and ``{tokens}`` where it speaks of one or of several, ``{letter}``
        where of single ones or pairs that are counted, and ``{rate}`` for so many in a second.
    token
        The noun for what one step reads, such as ``character``.
    more
        What further fields stand for.
    """
    is_character = token == "character"
    return text.format(
        token=token,
        tokens=f"{token}s",
        letter="letter" if is_character else token,
        rate="char/s" if is_character else f"{token}s/s",
        **more,
    )


def in_bytes(count: int) -> str:
    """Return an amount of memory, such as ``1.2 MB`` or ``34 MB``."""
    unit, size = next((u, s) for u, s in (("GB", 1e9), ("MB", 1e6), ("kB", 0.0)) if count >= s)
    amount = count / (size or 1e3)
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"
