"""The characters that a network knows, numbered."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress, pieces
from rnnviz.data.text.characters import CODE_POINT_LIMIT, code_points
from rnnviz.data.token_vocabulary import Ids, Level, TokenVocabulary, Unknown
from rnnviz.data.wording import readable, readable_list


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary(TokenVocabulary):
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

    level: ClassVar[Level] = "character"
    noun: ClassVar[str] = "character"
    unknown: ClassVar[None] = None

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
        self, text: str, *, unknown: Unknown = "raise", progress: Progress | None = None
    ) -> Ids:
        """See `TokenVocabulary.encode`."""
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

    def decoder(self) -> Callable[[int], str]:
        """See `TokenVocabulary.decoder`; an addition is a character."""
        return self.tokens.__getitem__

    def decode(self, ids: ArrayLike) -> str:
        """See `TokenVocabulary.decode`."""
        points: NDArray[np.uint32] = self._code_points[self._checked_ids(ids)]
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
        twice = Counter(tokens).most_common(1)[0][0]
        raise DataError(f"The vocabulary has {readable(twice)} twice.")
    return tuple(tokens)
