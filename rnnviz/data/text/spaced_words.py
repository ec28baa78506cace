r"""Text as words and marks with the spaces before them: in a row, the tokens are the text.

A token is a word with its inner apostrophes, hyphens and decimal points (`don't`, `well-known`,
`3.14`, `e.g`), three or more of a mark that lines are ruled with (`...`, `-----`), or any other
character that is no space; each with the combining marks on it, and with the space before it, if
there is exactly one. So ` fox` is a token, and `fox` at a line's beginning is another. Line ends
are tokens, and so are other spaces, at most 16 in one.

Where a script has no spaces between words, Unicode's default word boundaries (UAX 29) are what
there is without a dictionary: each Chinese character and each hiragana is a token, and so is a run
of katakana. In Thai, Lao, Khmer and Burmese they would cut letters from each other, which is of no
use: `script_without_words` finds such texts.
"""

# Look-alikes are meant here.
# ruff: noqa: RUF001

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from rnnviz.data.progress import Progress, pieces
from rnnviz.data.text import words
from rnnviz.data.text.characters import code_points

_ALONE = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff\u3041-\u3096\u309d-\u309f"
)
"""Chinese characters and hiragana."""
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_LETTER = rf"[^\W{_ALONE}{_KATAKANA}]"

_WITHOUT_WORDS = {
    "Thai": ((0xE00, 0xE7F),),
    "Lao": ((0xE80, 0xEFF),),
    "Khmer": ((0x1780, 0x17FF), (0x19E0, 0x19FF)),
    "Burmese": ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
}
"""Scripts whose words only a dictionary tells apart, and the code points that they lie between."""
_LONGEST_MEAN = 10
"""Letters that lie between two breaks, on average, where somebody has marked the words."""


def tokenize(text: str) -> list[str]:
    """Return the tokens of `text`, in order; in a row they are `text`."""
    return _token_pattern().findall(text)


def token_pieces(text: str, progress: Progress | None, doing: str) -> Iterator[list[str]]:
    """Yield the tokens of `text` in several lists, reporting before each and at the end."""
    start = 0
    for piece in pieces(len(text), progress, doing, words.PIECE_LENGTH):
        # A very long token, or rather its end, may already lie behind this piece.
        if piece.stop > start:
            border = _border_pattern().search(text, piece.stop)
            stop = len(text) if border is None else border.start()
            yield _token_pattern().findall(text, start, stop)
            start = stop


def script_without_words(text: str) -> str:
    """Return the script that most of a text is in, if it shows not where words end; else ""."""
    found = dict.fromkeys(_WITHOUT_WORDS, 0)
    stretches = dict.fromkeys(_WITHOUT_WORDS, 0)
    printed = 0
    for piece in pieces(len(text), None, ""):
        points = code_points(text[piece])
        printed += int(np.count_nonzero(points > ord(" ")))
        if points.dtype == np.uint8:
            continue
        for script, ranges in _WITHOUT_WORDS.items():
            within = np.zeros(points.size + 1, np.bool_)
            for first, last in ranges:
                within[1:] |= (points >= first) & (points <= last)
            found[script] += int(np.count_nonzero(within))
            stretches[script] += int(np.count_nonzero(within[1:] & ~within[:-1]))
    script = max(found, key=lambda name: found[name])
    is_most = 2 * found[script] > printed
    return script if is_most and found[script] > _LONGEST_MEAN * stretches[script] else ""


@cache
def _token_pattern() -> re.Pattern[str]:
    extenders, letter = words.extenders(), _LETTER
    return re.compile(
        rf"""
        [ ]? (?:
            {letter}+ (?: [{extenders}]+ {letter}*
                        | ['’\-] {letter}+
                        | (?<=\d) \. (?=\d) {letter}+                                  # 3.14
                        | (?<={letter}) (?<!{letter}{letter}) \.
                          (?={letter}(?!{letter})) {letter}                            # e.g, U.S.A
                      )*
          | [{_KATAKANA}]+ [{extenders}]*
          | (?:{words.rows()}) [{extenders}]*
          | [^\s{extenders}] [{extenders}]*
        )
        | \n
        | [^\S\n]{{1,16}}
        | [{extenders}]+                                                    # on nothing
        """,
        re.VERBOSE,
    )


@cache
def _border_pattern() -> re.Pattern[str]:
    """Return what matches the first character of a token, in any text."""
    inner = rf"\w'’{re.escape(words.RULED)}{words.extenders()}"
    return re.compile(rf"\n|(?<=\S)(?:[{_ALONE}]|[^{inner}])")
