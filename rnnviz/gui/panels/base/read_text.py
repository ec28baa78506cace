"""A text that a network reads, and one token of it: what panels have in common."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.training.snapshot import WindowView


@dataclass(frozen=True, slots=True)
class ReadText:
    """One window, as far as two pictures of it are of the same text.

    Attributes
    ----------
    tokens
        What is read, and at the end what is to be predicted last.
    step
        How many steps the weights have learned from that read it: the next window is another text
        at every step. None of a watched text, which holds still.
    """

    tokens: tuple[str, ...]
    step: int | None

    @classmethod
    def of(cls, window: WindowView) -> ReadText:
        """Return the text of a window."""
        step = None if window.is_watched_text else window.step
        return cls((*window.tokens, *window.targets[-1:]), step)

    def at(self, place: int) -> ReadToken | None:
        """Return the token at a place, from 0; None where there is none."""
        return ReadToken(self, place) if 0 <= place < len(self.tokens) else None


@dataclass(frozen=True, slots=True)
class ReadToken:
    """One token of a text, and no token of any other.

    Attributes
    ----------
    text, place
        Which one of which, from 0.
    """

    text: ReadText
    place: int

    def place_in(self, text: ReadText | None) -> int | None:
        """Return its place in a text; None where it is of another one."""
        return self.place if self.text == text else None
