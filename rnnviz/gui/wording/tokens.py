"""What the window calls a token: a character, a word, or a time step of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The toolbar speaks before NumPy is loaded, which the settings need.
    from rnnviz.training.configuration import Configuration

# "Letter" as in letter pairs, where the tokens are characters.
_OF_CHARACTERS = ("character", "letter", "char/s")
_OF_OTHERS = {
    "word": ("word", "word", "words/s"),
    "time step": ("time step", "letter", "time steps/s"),
}


def in_tokens(token: str, text: str) -> str:
    """Return a text that was written about characters so that it is true of other tokens.

    Parameters
    ----------
    token
        ``character``, ``word`` or ``time step``, as the configuration has it.
    text
        English; it speaks of tokens wherever it says characters or letters.
    """
    for before, after in zip(_OF_CHARACTERS, _OF_OTHERS.get(token, _OF_CHARACTERS), strict=True):
        text = text.replace(before, after)
    return text


def has_long_tokens(configuration: Configuration) -> bool:
    """Tell whether what is read takes more than a character's room: words, and numbers."""
    return configuration.token == "word" or configuration.source.reads_numbers


def in_percent(share: float) -> str:
    """Return a share from 0 to 1, such as ``43 %`` or ``0.43 %``; 0 and 100 only if it is so."""
    percent = 100 * share
    digits = 2 if percent < 2 else 1 if percent < 10 else 0
    text = f"{min(max(percent, 0.01), 99):.{digits}f}" if 0 < share < 1 else f"{percent:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"


def in_places(value: float) -> str:
    """Return a loss with three places, always the same ones, so that it is read at a glance."""
    if 0 < value < 0.001:
        return "< 0.001"
    return f"{value:.3f}" if value < 1000 else f"{value:.1e}"


def with_space(text: str) -> str:
    """Set the percent signs of a text off from their numbers, as everywhere in the window."""
    return text.replace("%", "\N{NO-BREAK SPACE}%")


def in_bytes(count: int) -> str:
    """Return an amount of memory, such as ``1.2 MB`` or ``34 MB``."""
    unit, size = next((u, s) for u, s in (("GB", 1e9), ("MB", 1e6), ("kB", 0.0)) if count >= s)
    amount = count / (size or 1e3)
    return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"
