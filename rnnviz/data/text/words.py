r"""Text as words and marks without spaces: cut into tokens, and set as text again.

So the first vocabularies of words were made; what a text's spaces were is not known afterwards.
A token is a word with its inner apostrophes, hyphens and decimal points (`don't`, `well-known`,
`3.14`, `e.g`), a line end, three or more of a mark that lines are ruled with (`...`, `-----`), or
any other character that is no space; each with the combining marks on it. Spaces are no tokens:
setting the tokens as text puts them where they belong.
"""

# Look-alikes are meant here.
# ruff: noqa: RUF001

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from rnnviz.data.progress import Progress, pieces

PIECE_LENGTH = 1 << 18
"""Characters that are cut at once: some 20 ms of work."""

_NO_SPACE_BEFORE = frozenset("\n,.;:!?)]}%/…’”、。，．：；！？）」』】》〉（「『【《〈")
_NO_SPACE_AFTER = frozenset("\n([{/$£€¿¡@、。，．：；！？）」』】》〉（「『【《〈")

RULED = "-.=*#~+^"
"""Marks of which a row of three or more is one token."""
_SHORTEST_ROW = 3

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
    for piece in pieces(len(text), progress, doing, PIECE_LENGTH):
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
    A mark that is repeated, as in "!!" or "--", follows itself without a space, unless it would
    become part of a row.
    """

    def __init__(self) -> None:
        self._previous = "\n"
        self._attached = True
        """The next token follows without a space, whatever it is."""
        self._open: set[str] = set()
        self._row = 0
        """How many of the same mark of `RULED` the text ends with."""

    def piece(self, token: str) -> str:
        """Return what `token` adds to the text: itself, after a space where one belongs."""
        opens = token in _CLOSES and self._opens(token)
        # A row of full stops stands as one of them does.
        mark = token[0] if len(token) == _row_at_start(token) else token
        attached = (
            self._attached
            or mark in _NO_SPACE_BEFORE
            or (token in _CLOSES and not opens)
            or (token == self._previous and len(token) == 1 and not _is_word(token))
        ) and not self._would_join(token)
        if token == self._previous == "\n":
            self._open.clear()
        self._attached = opens or token in _NO_SPACE_AFTER
        before = self._row if attached and self._previous[-1] == token[0] else 0
        count = _row_at_start(token)
        self._row = count + before if count == len(token) else 0
        self._previous = token
        return token if attached else f" {token}"

    def _would_join(self, token: str) -> bool:
        """Tell whether the token would make a row, or a longer one, with the end of the text."""
        count = _row_at_start(token)
        return (
            self._row > 0 and self._previous[-1] == token[0] and self._row + count >= _SHORTEST_ROW
        )

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


def _row_at_start(token: str) -> int:
    """Return how many of the same mark of `RULED` a token begins with."""
    return len(token) - len(token.lstrip(token[0])) if token[0] in RULED else 0


@cache
def _token_pattern() -> re.Pattern[str]:
    marks = extenders()
    return re.compile(
        rf"""
        \w+ (?: [{marks}]+ \w*
              | ['’\-] \w+
              | (?<=\d) \. (?=\d) \w+           # 3.14
              | (?<=\b\w) \. (?=\w\b) \w        # e.g, U.S.A
            )*
        | \n
        | (?:{rows()}) [{marks}]*
        | [^\s{marks}] [{marks}]*
        """,
        re.VERBOSE,
    )


@cache
def _border_pattern() -> re.Pattern[str]:
    """Return what matches a character that is in no token, or the first of one, in any text."""
    return re.compile(rf"[^\w'’{re.escape(RULED)}{extenders()}]")


def rows() -> str:
    """Return a pattern of three or more of a mark that lines are ruled with."""
    return "|".join(re.escape(mark) + f"{{{_SHORTEST_ROW},}}" for mark in RULED)


@cache
def extenders() -> str:
    r"""Return the characters that only change the one before them, none of which `\w` matches.

    They are the vowel signs of many scripts, accents that are characters of their own, joiners,
    and selectors of a variant.
    """
    marks = (c for c in map(chr, range(0x10000)) if unicodedata.category(c).startswith("M"))
    # A hundred ranges of rare scripts lie further up, and would double the time for every text.
    return "".join(marks) + "\u200c\u200d" + "\U000e0100-\U000e01ef"
