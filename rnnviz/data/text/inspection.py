"""What a person must see of a text to know at once whether it was read rightly."""

import re

from rnnviz.data.wording import counted

_BROKEN = re.compile("[\udc80-\udcff]")
"""What Python's error handler "surrogateescape" puts in the place of a broken byte."""
_MARK = "\N{REPLACEMENT CHARACTER}"

_BEYOND_ASCII = re.compile("[^\0-\x7f]")
_SHOWN = 48
"""Characters of a text that a notice shows."""
_SEARCHED = 1 << 16
"""Characters among which the most telling ones are looked for."""


class Inspection:
    """Takes the parts of a text, in order, while it is decoded.

    Attributes
    ----------
    errors
        The error handler to decode it with: broken bytes are to be marked, or else refused.
    broken
        How many bytes mean nothing in its encoding.
    """

    def __init__(self, *, marks: bool = False) -> None:
        self.errors = "surrogateescape" if marks else "strict"
        self.broken = 0
        self._sample = ""
        self._lines = 1
        self._first_line = 0
        self._first_place = ""

    @property
    def is_ascii(self) -> bool:
        """Whether the text would have been the same in nearly every encoding."""
        return not self._sample

    def marked(self, part: str) -> str:
        """Return the next part with each broken byte, a lone surrogate, as U+FFFD."""
        if self.errors != "strict":
            first = None if part.isascii() else _BROKEN.search(part)
            if first is not None:
                part, count = _BROKEN.subn(_MARK, part)
                if not self.broken:
                    self._first_line = self._lines + part.count("\n", 0, first.start())
                    self._first_place = _around(part, first.start())
                self.broken += count
            if not self.broken:
                self._lines += part.count("\n")
        if not self._sample and not part.isascii():
            self._look_at(part)
        return part

    def sampled(self, sentence: str) -> str:
        """Return a sentence, without its full stop as yet, with a sample of the text."""
        return f'{sentence}: "{self._sample}".' if self._sample else f"{sentence}."

    def damage(self, name: str) -> tuple[str, ...]:
        """Say how many bytes of a file were broken, and where the first is; nothing of none."""
        if not self.broken:
            return ()
        first = "the first " if self.broken > 1 else ""
        return (
            f"{name} has {counted(self.broken, 'broken byte')}, read as {_MARK}, "
            f'{first}in line {self._first_line:,}: "{self._first_place}".',
        )

    def _look_at(self, part: str) -> None:
        """Find the stretch with most characters beyond ASCII, in the first part that has any."""
        first = _BEYOND_ASCII.search(part)
        assert first is not None
        begins = max(0, first.start() - _SHOWN // 4)
        stretches = range(begins, min(len(part), begins + _SEARCHED), _SHOWN)
        best = max(stretches, key=lambda at: len(_distinct_beyond_ascii(part[at : at + _SHOWN])))
        self._sample = _stretch(part, best, best + _SHOWN)


def _distinct_beyond_ascii(text: str) -> set[str]:
    return set(_BEYOND_ASCII.findall(text)) - {_MARK}


def _around(part: str, at: int) -> str:
    return _stretch(part, at - _SHOWN // 2, at + _SHOWN // 2)


def _stretch(part: str, begins: int, ends: int) -> str:
    """Return a stretch of a text as one line, with dots where there is more."""
    begins = max(0, begins)
    shown = " ".join(part[begins:ends].split())
    return f"{'…' * (begins > 0)}{shown}{'…' * (ends < len(part))}"
