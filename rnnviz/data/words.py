r"""Text as words and marks: cut into tokens, and set as text again.

A token is a word with its inner apostrophes, hyphens and decimal points (`don't`, `well-known`,
`3.14`, `e.g`), a line end, or any other character that is no space; each with the combining marks
on it. Spaces are no tokens: setting the tokens as text puts them where they belong.
"""

# Look-alikes are meant here.
# ruff: noqa: RUF001

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from rnnviz.data.progress import Progress, pieces

_PIECE_LENGTH = 1 << 18
"""Characters that are cut at once: some 20 ms of work."""

_NO_SPACE_BEFORE = frozenset("\n,.;:!?)]}%/…’”、。，．：；！？）」』】》〉（「『【《〈")
_NO_SPACE_AFTER = frozenset("\n([{/$£€¿¡@、。，．：；！？）」』】》〉（「『【《〈")

_CLOSES = {
    '"': '"',
    "'": "'",
    "“": "„",
    "‘": "‚",
    "„": "",
    "‚": "",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
}
"""For each quotation mark that can open: the open one, if any, that it closes instead."""


def tokenize(text: str) -> list[str]:
    """Return the tokens of `text`, in order."""
    return _token_pattern().findall(text)


def has_tokens(text: str) -> bool:
    """Tell whether `text` is more than spaces."""
    return _token_pattern().search(text) is not None


def token_pieces(text: str, progress: Progress | None, doing: str) -> Iterator[list[str]]:
    """Yield the tokens of `text` in several lists, reporting before each and at the end."""
    start = 0
    for piece in pieces(len(text), progress, doing, _PIECE_LENGTH):
        # A very long token, or rather its end, may already lie behind this piece.
        if piece.stop > start:
            border = _border_pattern().search(text, piece.stop)
            stop = len(text) if border is None else border.start()
            yield _token_pattern().findall(text, start, stop)
            start = stop


class Detokenizer:
    """Sets one token after another as text.

    What it must remember is little: the token before, and which quotation marks are open. Straight
    quotes open and close in turn; at a line's beginning they open, and a blank line closes all.
    A mark that is repeated, as in "..." or "--", follows itself without a space.
    """

    def __init__(self) -> None:
        self._previous = "\n"
        self._attached = True
        """The next token follows without a space, whatever it is."""
        self._open: set[str] = set()

    def piece(self, token: str) -> str:
        """Return what `token` adds to the text: itself, after a space where one belongs."""
        opens = token in _CLOSES and self._opens(token)
        attached = (
            self._attached
            or token in _NO_SPACE_BEFORE
            or (token in _CLOSES and not opens)
            or (token == self._previous and len(token) == 1 and not _is_word(token))
        )
        if token == self._previous == "\n":
            self._open.clear()
        self._attached = opens or token in _NO_SPACE_AFTER
        self._previous = token
        return token if attached else f" {token}"

    def _opens(self, mark: str) -> bool:
        """Tell whether the quotation mark opens rather than closes, and remember it."""
        if self._previous != "\n" and _CLOSES[mark] in self._open:
            self._open.remove(_CLOSES[mark])
            return False
        if mark == "'" and _is_word(self._previous) and self._previous.endswith("s"):
            # The apostrophe of "the dogs' bowl".
            return False
        self._open.add(mark)
        return True


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


@cache
def _token_pattern() -> re.Pattern[str]:
    extenders = _extenders()
    return re.compile(
        rf"""
        \w+ (?: [{extenders}]+ \w*
              | ['’\-] \w+
              | (?<=\d) \. (?=\d) \w+           # 3.14
              | (?<=\b\w) \. (?=\w\b) \w        # e.g, U.S.A
            )*
        | \n
        | [^\s{extenders}] [{extenders}]*
        """,
        re.VERBOSE,
    )


@cache
def _border_pattern() -> re.Pattern[str]:
    """Return what matches a character that is in no token, or the first of one, in any text."""
    return re.compile(rf"[^\w'’\-.{_extenders()}]")


@cache
def _extenders() -> str:
    r"""Return the characters that only change the one before them, none of which `\w` matches.

    They are the vowel signs of many scripts, accents that are characters of their own, joiners,
    and selectors of a variant.
    """
    marks = (c for c in map(chr, range(0x10000)) if unicodedata.category(c).startswith("M"))
    # A hundred ranges of rare scripts lie further up, and would double the time for every text.
    return "".join(marks) + "\u200c\u200d" + "\U000e0100-\U000e01ef"
