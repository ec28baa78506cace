"""What the vocabularies of every level have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress

Ids = NDArray[np.unsignedinteger[Any]]
"""Token ids, shape (length,), in the smallest unsigned type that holds the vocabulary."""

Level = Literal["character", "grapheme", "word", "bare-word"]
"""What a token is and how a text is cut; files have it, so each means the same for ever."""

Unknown = Literal["raise", "skip", "replace"]
"""What to do with tokens that a vocabulary lacks. To replace them by the unknown token is what
training does; where a vocabulary has no such token, they are skipped instead."""


@dataclass(frozen=True, slots=True, eq=False)
class TokenVocabulary(ABC):
    """The tokens that a network knows, numbered: token number k is `tokens[k]`.

    Attributes
    ----------
    tokens
        Distinct; their order is that of the network's weights.
    level
        What a token is.
    noun
        What people call one.
    unknown
        The id that stands for every token that is not in the vocabulary, if there is one.
    """

    level: ClassVar[Level]
    noun: ClassVar[str]
    unknown: ClassVar[int | None]

    tokens: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        """Two vocabularies are the same if level and tokens are, in the same order."""
        return type(other) is type(self) and other.tokens == self.tokens

    def __hash__(self) -> int:
        """Follow `__eq__`."""
        return hash(self.tokens)

    @property
    def size(self) -> int:
        """The number of tokens."""
        return len(self.tokens)

    @abstractmethod
    def encode(
        self, text: str, *, unknown: Unknown = "raise", progress: Progress | None = None
    ) -> Ids:
        """Return the ids of the tokens of `text`, shape (number of tokens that are not skipped,).

        Parameters
        ----------
        text
            Any string; the empty one gives an empty array.
        unknown
            What to do with tokens that are not in the vocabulary.
        progress
            Told of each piece of a long text.

        Raises
        ------
        DataError
            If `unknown` is "raise" and the text has tokens that are not in the vocabulary.
        """

    def encode_typed(self, text: str, *, unknown: Unknown = "raise") -> Ids:
        """Return the ids of what a person typed, as `encode` does, each word as it is known.

        The space before it does not matter where a word is known with it alone, or without; and
        one at the end belongs to a word that is to come.
        """
        return self.encode(text, unknown=unknown)

    @abstractmethod
    def decoder(self) -> Callable[[int], str]:
        """Return a function that, given one id after another, returns what each adds to a text.

        No addition is empty. It knows only what it was given, so one decoder writes one text.
        """

    def pieces(self, ids: ArrayLike) -> list[str]:
        """Return what each of `ids`, any shape, read in C order, adds to their text.

        Raises
        ------
        DataError
            If an id is no whole number from 0 to `size - 1`.
        """
        return list(map(self.decoder(), self._checked_ids(ids).ravel().tolist()))

    def decode(self, ids: ArrayLike) -> str:
        """Return the text of `ids`, any shape, read in C order.

        Raises
        ------
        DataError
            If an id is no whole number from 0 to `size - 1`.
        """
        return "".join(self.pieces(ids))

    def _checked_ids(self, ids: ArrayLike) -> NDArray[np.integer[Any]]:
        array = np.asarray(ids)
        if array.size == 0:
            return np.empty(0, dtype=np.intp)
        if not np.issubdtype(array.dtype, np.integer):
            raise DataError("Token ids must be whole numbers.")
        if array.min() < 0 or array.max() >= self.size:
            raise DataError(f"Token ids of this vocabulary go from 0 to {self.size - 1}.")
        return array
