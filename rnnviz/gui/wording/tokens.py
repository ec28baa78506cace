"""How much room what is read takes."""

from __future__ import annotations

from rnnviz.training.configuration import Configuration


def has_long_tokens(configuration: Configuration) -> bool:
    """Tell whether what is read takes more than a character's room: words, and numbers."""
    return configuration.token == "word" or configuration.source.reads_numbers
