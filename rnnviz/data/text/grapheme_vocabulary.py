"""The grapheme clusters that a network knows, numbered."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import ClassVar, Self

import numpy as np

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text.characters import code_points
from rnnviz.data.text.graphemes import LONGEST, grapheme_pieces, graphemes
from rnnviz.data.token_vocabulary import Ids, Level, TokenVocabulary, Unknown
from rnnviz.data.wording import readable, readable_list

MOST = 100_000
"""Clusters of the largest vocabulary: more are no writing."""


@dataclass(frozen=True, slots=True, eq=False)
class GraphemeVocabulary(TokenVocabulary):
    """A vocabulary of grapheme clusters: what a reader takes for one character is a token.

    Parameters
    ----------
    tokens
        The clusters. Which characters make one may change with Unicode, so any few characters of a
        file are taken for a cluster.

    Raises
    ------
    DataError
        If there is no token, one comes twice, or one is no short text.
    """

    level: ClassVar[Level] = "grapheme"
    noun: ClassVar[str] = "grapheme"
    unknown: ClassVar[None] = None

    _ids: dict[str, int] = field(init=False, repr=False)
    _single: Ids = field(init=False, repr=False)
    """Id of each code point that is a token, up to the largest; `size` where there is none."""

    def __post_init__(self) -> None:
        """Validate the tokens, which may come from a file, and build both lookup tables."""
        tokens = _checked(self.tokens)
        ids = {token: number for number, token in enumerate(tokens)}
        points = {ord(token): number for token, number in ids.items() if len(token) == 1}
        single = np.full(max(points, default=0) + 1, len(tokens), np.min_scalar_type(len(tokens)))
        single[list(points)] = list(points.values())
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_single", single)

    @classmethod
    def from_text(cls, text: str, progress: Progress | None = None) -> Self:
        """Return the vocabulary of the clusters in `text`, sorted.

        Raises
        ------
        DataError
            If the text is empty, has too many, or holds half of a surrogate pair.
        """
        seen: set[str] = set()
        for piece in grapheme_pieces(text, progress, "Collecting the graphemes"):
            seen.update(piece)
            if len(seen) > MOST:
                raise DataError(
                    f"The text has more than {MOST:,} distinct graphemes: learn it by characters "
                    "instead."
                )
        return cls(tuple(sorted(seen)))

    def encode(
        self, text: str, *, unknown: Unknown = "raise", progress: Progress | None = None
    ) -> Ids:
        """See `TokenVocabulary.encode`."""
        dtype = np.min_scalar_type(self.size - 1)
        parts = [np.empty(0, dtype)]
        for piece in grapheme_pieces(text, progress, "Numbering the graphemes"):
            ids = self._numbered(piece)
            known = ids < self.size
            if not known.all():
                if unknown == "raise":
                    raise DataError(self._unknown_sentence(text))
                ids = ids[known]
            parts.append(ids.astype(dtype))
        return np.concatenate(parts)

    def decoder(self) -> Callable[[int], str]:
        """See `TokenVocabulary.decoder`; an addition is a cluster."""
        return self.tokens.__getitem__

    def _numbered(self, piece: str | list[str]) -> Ids:
        """Return the ids of clusters, `size` for those that are unknown."""
        if isinstance(piece, list):
            numbers = map(self._ids.get, piece, repeat(self.size))
            return np.fromiter(numbers, self._single.dtype, len(piece))
        points = code_points(piece)
        ids: Ids = self._single.take(points, mode="clip")
        ids[points >= self._single.size] = self.size
        return ids

    def _unknown_sentence(self, text: str) -> str:
        # A dictionary keeps the order in which the person meets them.
        strange = list(dict.fromkeys(c for c in graphemes(text) if c not in self._ids))
        noun = "a grapheme" if len(strange) == 1 else "graphemes"
        return f"The text has {noun} that the vocabulary does not know: {readable_list(strange)}."


def _checked(tokens: object) -> tuple[str, ...]:
    """Return `tokens` as a tuple, or raise what is wrong with them."""
    if not isinstance(tokens, Sequence) or isinstance(tokens, str | bytes):
        raise DataError("A vocabulary must be a list of graphemes.")
    if not tokens:
        raise DataError("A vocabulary needs at least one grapheme.")
    for number, token in enumerate(tokens):
        if not isinstance(token, str) or not 1 <= len(token) <= LONGEST:
            raise DataError(f"Entry {number} of the vocabulary is not a single grapheme.")
        if any("\ud800" <= character <= "\udfff" for character in token):
            raise DataError(
                f"Entry {number} of the vocabulary has half of a surrogate pair, {readable(token)}."
            )
    if len(set(tokens)) < len(tokens):
        twice = Counter(tokens).most_common(1)[0][0]
        raise DataError(f"The vocabulary has {readable(twice)} twice.")
    return tuple(tokens)
