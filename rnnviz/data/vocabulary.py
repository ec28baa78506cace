"""The characters that a network knows, numbered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnnviz.data.characters import CODE_POINT_LIMIT, code_points
from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress, pieces
from rnnviz.data.wording import readable, readable_list

Ids = NDArray[np.unsignedinteger[Any]]
"""Token ids, shape (length,), in the smallest unsigned type that holds the vocabulary."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """A character vocabulary: token number k is the character `tokens[k]`.

    Parameters
    ----------
    tokens
        The characters. `from_text` sorts them by code point; an order that is given, by a model
        file for instance, is kept, because the network's weights follow it.

    Raises
    ------
    DataError
        If there is no token, one comes twice, or one is not a single character.
    """

    tokens: tuple[str, ...]
    _ids: Ids = field(init=False, repr=False)
    """Id of each code point up to the largest known one; `size` where there is none."""
    _code_points: NDArray[np.uint32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Validate the tokens, which may come from a file, and build both lookup tables."""
        tokens = _checked(self.tokens)
        points = np.array([ord(token) for token in tokens], dtype="<u4")
        ids = np.full(int(points.max()) + 1, len(tokens), dtype=np.min_scalar_type(len(tokens)))
        ids[points] = np.arange(len(tokens))
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_code_points", points)

    def __eq__(self, other: object) -> bool:
        """Two vocabularies are the same if their tokens are, in the same order."""
        return isinstance(other, Vocabulary) and self.tokens == other.tokens

    def __hash__(self) -> int:
        """Follow `__eq__`."""
        return hash(self.tokens)

    @property
    def size(self) -> int:
        """The number of tokens."""
        return len(self.tokens)

    @classmethod
    def from_text(cls, text: str, progress: Progress | None = None) -> "Vocabulary":
        """Return the vocabulary of the characters in `text`, sorted by code point.

        Raises
        ------
        DataError
            If the text is empty or holds half of a surrogate pair.
        """
        seen = np.zeros(CODE_POINT_LIMIT, dtype=np.bool_)
        for piece in pieces(len(text), progress, "Collecting the characters"):
            seen[code_points(text[piece])] = True
        return cls(tuple(map(chr, np.flatnonzero(seen).tolist())))

    def encode(
        self,
        text: str,
        *,
        unknown: Literal["raise", "skip"] = "raise",
        progress: Progress | None = None,
    ) -> Ids:
        """Return the ids of the characters of `text`, shape (number of known characters,).

        Parameters
        ----------
        text
            Any string; the empty one gives an empty array.
        unknown
            What to do with characters that are not in the vocabulary.
        progress
            Told of each piece of a long text.

        Raises
        ------
        DataError
            If `unknown` is "raise" and the text has characters that are not in the vocabulary.
        """
        result = np.empty(len(text), dtype=np.min_scalar_type(self.size - 1))
        filled = 0
        for piece in pieces(len(text), progress, "Numbering the characters"):
            points = code_points(text[piece])
            ids = self._ids.take(points, mode="clip")
            if points.max() >= self._ids.size:
                ids[points >= self._ids.size] = self.size
            if ids.max() == self.size:
                if unknown == "raise":
                    raise DataError(self._unknown_sentence(text))
                ids = ids[ids != self.size]
            result[filled : filled + ids.size] = ids
            filled += ids.size
        # A slice would keep the memory of what was skipped.
        return result if filled == result.size else result[:filled].copy()

    def decode(self, ids: ArrayLike) -> str:
        """Return the text of `ids`, any shape, read in C order.

        Raises
        ------
        DataError
            If an id is no whole number from 0 to `size - 1`.
        """
        array = np.asarray(ids)
        if array.size == 0:
            return ""
        if not np.issubdtype(array.dtype, np.integer):
            raise DataError("Token ids must be whole numbers.")
        if array.min() < 0 or array.max() >= self.size:
            raise DataError(f"Token ids of this vocabulary go from 0 to {self.size - 1}.")
        points: NDArray[np.uint32] = self._code_points[array]
        return points.tobytes().decode("utf-32-le")

    def _unknown_sentence(self, text: str) -> str:
        known = set(self.tokens)
        # A dictionary keeps the order in which the person meets them.
        strange = list(dict.fromkeys(c for c in text if c not in known))
        noun = "a character" if len(strange) == 1 else "characters"
        return f"The text has {noun} that the vocabulary does not know: {readable_list(strange)}."


def _checked(tokens: object) -> tuple[str, ...]:
    """Return `tokens` as a tuple, or raise what is wrong with them."""
    if not isinstance(tokens, Sequence) or isinstance(tokens, str | bytes):
        raise DataError("A vocabulary must be a list of characters.")
    if not tokens:
        raise DataError("A vocabulary needs at least one character.")
    for number, token in enumerate(tokens):
        if not isinstance(token, str) or len(token) != 1:
            raise DataError(f"Entry {number} of the vocabulary is not a single character.")
        if "\ud800" <= token <= "\udfff":
            raise DataError(
                f"Entry {number} of the vocabulary is half of a surrogate pair, "
                f"{readable(token)}, and not a character."
            )
    if len(set(tokens)) < len(tokens):
        twice = next(t for position, t in enumerate(tokens) if t in tokens[:position])
        raise DataError(f"The vocabulary has {readable(twice)} twice.")
    return tuple(tokens)
