"""The words that a network knows, numbered."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import ClassVar, Self

import numpy as np

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text import spaced_words, words
from rnnviz.data.token_vocabulary import Ids, Level, TokenVocabulary, Unknown
from rnnviz.data.wording import readable, readable_list

UNKNOWN_WORD = "<unk>"
"""Never a token of a text: there it is three."""

DEFAULT_WORDS = 8_000

INSTEAD = "learn it by characters instead, or put spaces between its words"
"""What to do with a text that cannot be cut into words."""

LONGEST_WORD = 100
"""Characters of the longest token that a text brings into a vocabulary: the rest is data."""


@dataclass(frozen=True, slots=True, eq=False)
class WordVocabulary(TokenVocabulary):
    """A word vocabulary: token number 0 is `<unk>`, which stands for all that are not in it.

    Words have the space before them, so that all tokens of a text in a row are the text.

    Parameters
    ----------
    tokens
        `<unk>` and at least one word. `from_text` sorts them by frequency; an order that is given,
        by a model file for instance, is kept, because the network's weights follow it.

    Raises
    ------
    DataError
        If `<unk>` is not the first token, there is no other, one comes twice, or one cannot be
        the token of a text.
    """

    level: ClassVar[Level] = "word"
    noun: ClassVar[str] = "word"
    unknown: ClassVar[int] = 0

    _ids: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Validate the tokens, which may come from a file, and build the lookup table."""
        tokens = self._checked()
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "_ids", {token: number for number, token in enumerate(tokens)})

    @classmethod
    def from_text(
        cls, text: str, size: int = DEFAULT_WORDS, progress: Progress | None = None
    ) -> Self:
        """Return the vocabulary of the most frequent tokens of `text`, the most frequent first.

        Parameters
        ----------
        text
            Any string; of tokens that are equally frequent, those that come first in it are taken.
        size
            Tokens at most, `<unk>` included; at least 2.
        progress
            Told of each piece of a long text.

        Raises
        ------
        DataError
            If the size is less than 2, the text has no token that is short enough to be a word,
            or it holds half of a surrogate pair.
        """
        if size < 2:
            raise DataError("A vocabulary of words needs a size of at least 2.")
        counts: Counter[str] = Counter()
        for tokens in cls._cut(text, progress, "Counting the words"):
            counts.update(tokens)
        common = [token for token, _ in counts.most_common() if len(token) <= LONGEST_WORD]
        if not common:
            raise DataError(f"The text has no word of at most {LONGEST_WORD} letters: {INSTEAD}.")
        return cls((UNKNOWN_WORD, *islice(common, size - 1)))

    def encode(
        self, text: str, *, unknown: Unknown = "raise", progress: Progress | None = None
    ) -> Ids:
        """See `TokenVocabulary.encode`."""
        cut = self._cut(text, progress, "Numbering the words")
        parts = [self._numbered(tokens, text, unknown) for tokens in cut]
        return np.concatenate([self._numbered([], text, unknown), *parts])

    def encode_typed(self, text: str, *, unknown: Unknown = "raise") -> Ids:
        """See `TokenVocabulary.encode_typed`."""
        cut = self._cut(text.removesuffix(" "), None, "")
        return self._numbered([self._as_known(one) for some in cut for one in some], text, unknown)

    def _numbered(self, tokens: list[str], text: str, unknown: Unknown) -> Ids:
        """Return the ids of some tokens of a text."""
        numbers = map(self._ids.get, tokens, repeat(self.unknown))
        ids = np.fromiter(numbers, np.min_scalar_type(self.size - 1), len(tokens))
        if unknown != "replace" and not ids.all():
            if unknown == "raise":
                raise DataError(self._unknown_sentence(text))
            ids = ids[ids != self.unknown]
        return ids

    def _as_known(self, token: str) -> str:
        """Return a token with a space before it, or without, if only that is known."""
        if token in self._ids:
            return token
        other = token[1:] if token.startswith(" ") else f" {token}"
        return other if other in self._ids else token

    def decoder(self) -> Callable[[int], str]:
        """See `TokenVocabulary.decoder`; a space comes with the token that it stands before."""
        return (f" {UNKNOWN_WORD}", *self.tokens[1:]).__getitem__

    @staticmethod
    def _cut(text: str, progress: Progress | None, doing: str) -> Iterator[list[str]]:
        """Yield the tokens of `text` in several lists."""
        return spaced_words.token_pieces(text, progress, doing)

    def _is_token(self, text: str) -> bool:
        return [token for tokens in self._cut(text, None, "") for token in tokens] == [text]

    def _unknown_sentence(self, text: str) -> str:
        cut = (token for tokens in self._cut(text, None, "") for token in tokens)
        # A dictionary keeps the order in which the person meets them.
        unknown = list(dict.fromkeys(token for token in cut if token not in self._ids))
        # Of what was typed, the space before a word does not matter.
        strange = [one for one in unknown if self._as_known(one) not in self._ids] or unknown
        noun = "a word" if len(strange) == 1 else "words"
        return f"The text has {noun} that the vocabulary does not know: {readable_list(strange)}."

    def _checked(self) -> tuple[str, ...]:
        """Return `tokens` as a tuple, or raise what is wrong with them."""
        tokens: object = self.tokens
        if not isinstance(tokens, Sequence) or isinstance(tokens, str | bytes):
            raise DataError("A vocabulary must be a list of words.")
        if not tokens or tokens[0] != UNKNOWN_WORD:
            raise DataError(f'The first entry of a vocabulary of words must be "{UNKNOWN_WORD}".')
        if len(tokens) == 1:
            raise DataError(f'The vocabulary has no word beside "{UNKNOWN_WORD}".')
        for number, token in enumerate(tokens[1:], 1):
            if not isinstance(token, str) or not self._is_token(token):
                raise DataError(f"Entry {number} of the vocabulary is not a single word.")
            if any("\ud800" <= character <= "\udfff" for character in token):
                raise DataError(
                    f"Entry {number} of the vocabulary has half of a surrogate pair, "
                    f"{readable(token)}."
                )
        if len(set(tokens)) < len(tokens):
            twice = Counter(tokens).most_common(1)[0][0]
            raise DataError(f"The vocabulary has {readable(twice)} twice.")
        return tuple(tokens)


class BareWordVocabulary(WordVocabulary):
    """A vocabulary of words without their spaces, which are set by rule where it writes.

    What a text's spaces were is lost: so vocabularies were before a word had its space.
    """

    level: ClassVar[Level] = "bare-word"

    def decoder(self) -> Callable[[int], str]:
        """See `TokenVocabulary.decoder`; a space comes with the token that it stands before."""
        add = words.Detokenizer().piece
        return lambda token_id: add(self.tokens[token_id])

    @staticmethod
    def _cut(text: str, progress: Progress | None, doing: str) -> Iterator[list[str]]:
        return words.token_pieces(text, progress, doing)
