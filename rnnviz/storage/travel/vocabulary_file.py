"""The vocabulary of a foreign network, in a JSON file or in its own description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnviz.data import DataError, Level
from rnnviz.data.files import readable_name, refusal_to_read
from rnnviz.data.text.levels import vocabulary_of
from rnnviz.data.text.word_vocabulary import UNKNOWN_WORD, BareWordVocabulary
from rnnviz.storage.container import HEADER_LIMIT, ForeignError, open_regular, parse_json
from rnnviz.storage.errors import DamageError, StorageError
from rnnviz.storage.travel.others import UNKNOWNS

BARE = BareWordVocabulary.level
_WRAPPED = ("vocab", "vocabulary", "tokens", "itos", "stoi", "chars", "char2idx", "idx2char")
"""Under which of these others keep the list or the table, where it is not all of a file."""


@dataclass(frozen=True, slots=True)
class ForeignVocabulary:
    """Tokens, and in which order a network has them.

    Attributes
    ----------
    level
        What a token is.
    tokens
        As a model here has them: of words the one for those that are unknown stands first.
    order
        For each of them, which number it has in the foreign network.
    """

    level: Level
    tokens: tuple[str, ...]
    order: tuple[int, ...]

    @classmethod
    def of(cls, tokens: Sequence[str]) -> ForeignVocabulary:
        """Tell characters from words, and put them into the order of a model here.

        Raises
        ------
        DataError
            If they are neither.
        """
        order, named = list(range(len(tokens))), list(tokens)
        level: Level = "character"
        if any(len(token) != 1 for token in tokens):
            # Others leave the spaces between words to a rule, unless a token has one.
            level = "word" if any(token[:1] == " " for token in tokens) else BARE
        if level != "character":
            unknown = next((tokens.index(name) for name in UNKNOWNS if name in tokens), None)
            if unknown is None:
                raise DataError(f'A vocabulary of words needs "{UNKNOWN_WORD}" among them.')
            named[unknown] = UNKNOWN_WORD
            order.insert(0, order.pop(unknown))
        ordered = tuple(named[number] for number in order)
        vocabulary_of(level, ordered)
        return cls(level, ordered, tuple(order))


def read_vocabulary(path: Path) -> tuple[str, ...]:
    """Read the tokens in the order of their numbers: a list, or a table of them and their numbers.

    Raises
    ------
    StorageError
        If the file cannot be read, or is neither.
    """
    name = readable_name(path)
    try:
        with open_regular(path) as file:
            content = file.read(HEADER_LIMIT + 1)
        if len(content) > HEADER_LIMIT:
            raise StorageError(f"{name} is too long for a vocabulary.")
        return _in_order(parse_json(content.decode("utf-8-sig"), "vocabulary"))
    except ForeignError as error:
        raise StorageError(f"{name} is no file that a vocabulary could be in.") from error
    except (DamageError, UnicodeDecodeError) as error:
        raise StorageError(
            f"{name} is no vocabulary: it should be a JSON list of the tokens in the order of "
            "their numbers, or an object that has a number for each."
        ) from error
    except (OSError, ValueError, MemoryError) as error:
        raise StorageError(refusal_to_read(name, error)) from error


def _in_order(parsed: object) -> tuple[str, ...]:
    if isinstance(parsed, dict):
        for key in _WRAPPED:
            if isinstance(parsed.get(key), list | dict):
                return _in_order(parsed[key])
        pairs = [_number_first(pair) for pair in parsed.items()]
        numbered = dict(pairs)
        if sorted(numbered) != list(range(len(pairs))):
            raise DamageError("the numbers are not those from 0 on")
        parsed = [numbered[number] for number in range(len(pairs))]
    if not isinstance(parsed, list) or not parsed:
        raise DamageError("it is no list")
    if not all(isinstance(token, str) and token for token in parsed):
        raise DamageError("a token is no text")
    return tuple(parsed)


def _number_first(pair: tuple[str, object]) -> tuple[int, object]:
    """Return number and token, whichever of them is the key."""
    key, value = pair
    if type(value) is int:
        return value, key
    if not key.isdecimal() or len(key) > 9:
        raise DamageError("neither the key nor the value is a number")
    return int(key), value
