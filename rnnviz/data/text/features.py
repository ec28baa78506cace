"""What can be named about each token of a text: whether it stands inside quotes, and the like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# Look-alikes are meant here.
# ruff: noqa: RUF001

_CLOSED_BY = {
    '"""': '"""',
    "'''": "'''",
    '"': '"',
    "'": "'",
    "“": "”",
    "‘": "’",
    "„": "“”",
    "‚": "‘’",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
}
"""For each quotation mark that can open: those that close it."""
_BEFORE_OPENING = frozenset("([{<=,:;+-–—/|“‘„‚«‹\"'`*_")
_PREFIX = re.compile(r"(?<!\w)[bfru]{1,2}\Z", re.IGNORECASE)
_CLOSING_APOSTROPHE = re.compile(r"'(?!\w)")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_VOWELS = frozenset("aeiouаеиоуыэюяєіαεηιουω")


def text_features(pieces: Sequence[str], noun: str) -> dict[str, Numbers]:
    """Return what can be named about each token, by its name in plain words.

    Everything holds right after the token was read: an opening mark is inside already, a closing
    one is outside again. What is the same for all tokens is left out.

    Parameters
    ----------
    pieces
        What each token adds to the text, n of them, none empty.
    noun
        What tokens are; where they are words, nothing is asked about what they are spelt with.

    Returns
    -------
    dict of str to Array
        (n,) float64: 0 and 1 for what is so or not so, else numbers.
    """
    if not pieces:
        return {}
    text = "".join(pieces)
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.intp) - 1
    tokens = [piece if piece.isspace() else piece.strip() for piece in pieces]
    depth = bracket_depth(text)[ends]
    found: dict[str, Numbers] = {
        "inside quotes": inside_quotes(text)[ends].astype(np.float64),
        "inside brackets": (depth > 0).astype(np.float64),
    }
    if depth.max(initial=0) > 1:
        found["bracket depth"] = depth
    if "\n" in text:
        found["position in the line"] = position_in_line(tokens)
    if noun != "word":
        follows = np.array([True, *(piece.isspace() for piece in pieces[:-1])])
        found["after a space"] = follows * _where(tokens, lambda token: not token.isspace())
        found["position in the word"] = position_in_word(tokens)
        found["vowel"] = _where(tokens, _is_vowel)
        found["capital letter"] = _where(tokens, str.isupper)
        found["digit"] = _where(tokens, str.isdigit)
    else:
        found["punctuation"] = _where(tokens, _is_punctuation)
        found["capitalised"] = _where(tokens, lambda token: token[0].isupper())
        found["number"] = _where(tokens, lambda token: token[0].isdigit())
    return {name: values for name, values in found.items() if np.ptp(values) > 0}


def is_yes_or_no(values: Numbers) -> bool:
    """Tell whether a feature is so or not so, rather than a number."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def inside_quotes(text: str) -> NDArray[np.bool_]:
    """Tell for each character of `text` (n,) whether a quotation is open after it.

    An apostrophe inside a word is no quotation mark, nor is one at its beginning that nothing
    closes. A straight mark opens only where something can begin, so that a text may be cut out of
    the middle of a quotation. Blank lines close all but the triple quotes of program text.
    """
    inside = np.zeros(len(text), np.bool_)
    closers: list[str] = []
    at = 0
    while at < len(text):
        mark = text[at]
        if mark in "\"'" and text.startswith(3 * mark, at):
            mark *= 3
        if mark in _CLOSED_BY or any(mark in closer for closer in closers):
            _take_mark(text, at, mark, closers)
        elif _ends_paragraph(text, at):
            closers[:] = [closer for closer in closers if len(closer) == 3]
        inside[at : at + len(mark)] = bool(closers)
        at += len(mark)
    return inside


def bracket_depth(text: str) -> Numbers:
    """Return how many brackets are open after each character of `text` (n,).

    A closing bracket without its opening one counts for nothing; blank lines close all.
    """
    depth = np.zeros(len(text))
    closers: list[str] = []
    for at, character in enumerate(text):
        if character in _BRACKETS:
            closers.append(_BRACKETS[character])
        elif character in closers:
            _close(closers, character)
        elif _ends_paragraph(text, at):
            closers.clear()
        depth[at] = len(closers)
    return depth


def position_in_line(tokens: Sequence[str]) -> Numbers:
    """Return how many tokens the line has so far, each counted; a line end stands at 0."""
    positions = np.zeros(len(tokens))
    position = 0
    for at, token in enumerate(tokens):
        position = 0 if token == "\n" else position + 1
        positions[at] = position
    return positions


def position_in_word(characters: Sequence[str]) -> Numbers:
    """Return how many letters and digits the word has so far, each counted; 0 between words."""
    positions = np.zeros(len(characters))
    position = 0
    for at, character in enumerate(characters):
        position = position + 1 if character.isalnum() else 0
        positions[at] = position
    return positions


def _take_mark(text: str, at: int, mark: str, closers: list[str]) -> None:
    """Let a quotation mark close what it closes, or open, or be nothing of the kind."""
    before = text[at - 1] if at else "\n"
    after = text[at + len(mark) : at + len(mark) + 1] or "\n"
    within = next((closer for closer in reversed(closers) if mark in _marks(closer)), None)
    if closers and len(closers[-1]) == 3:
        if mark == closers[-1]:
            closers.pop()
    elif within is not None:
        if mark not in "'’" or not after.isalnum():
            del closers[len(closers) - 1 - closers[::-1].index(within) :]
    elif mark in _CLOSED_BY and _can_open(text, at, mark, before, after):
        closers.append(_CLOSED_BY[mark])


def _marks(closer: str) -> tuple[str, ...]:
    return (closer,) if len(closer) == 3 else tuple(closer)


def _can_open(text: str, at: int, mark: str, before: str, after: str) -> bool:
    if mark not in "\"'":
        return True
    begins = before.isspace() or before in _BEFORE_OPENING
    if not begins and not _PREFIX.search(text, max(0, at - 3), at):
        return False
    if mark == '"':
        return True
    if before.isspace() and after.isspace():
        return False
    end = text.find("\n\n", at)
    return _CLOSING_APOSTROPHE.search(text, at + 1, len(text) if end < 0 else end) is not None


def _ends_paragraph(text: str, at: int) -> bool:
    return at > 0 and text[at] == text[at - 1] == "\n"


def _close(closers: list[str], mark: str) -> None:
    """Close the innermost that `mark` closes, and what is open inside it."""
    while closers.pop() != mark:
        pass


def _where(tokens: Sequence[str], holds: Callable[[str], bool]) -> Numbers:
    return np.array([holds(token) for token in tokens], np.float64)


def _is_vowel(character: str) -> bool:
    return unicodedata.normalize("NFD", character)[0].lower() in _VOWELS


def _is_punctuation(token: str) -> bool:
    return not token.isspace() and not any(character.isalnum() for character in token)
