"""The words that a network knows, numbered."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import ClassVar

import numpy as np

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text.words import Detokenizer, token_pieces, tokenize
from rnnviz.data.token_vocabulary import Ids, Level, TokenVocabulary, Unknown
from rnnviz.data.wording import readable, readable_list

UNKNOWN_WORD = "<unk>"
"""Never a token of a text: there it is three."""

DEFAULT_WORDS = 8_000

LONGEST_WORD = 100
"""Characters of the longest token that a text brings into a vocabulary: the rest is data."""


@dataclass(frozen=True, slots=True, eq=False)
class WordVocabulary(TokenVocabulary):
    """A word vocabulary: token number 0 is `<unk>`, which stands for all that are not in it.

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
    unknown: ClassVar[int] = 0

    _ids: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Validate the tokens, which may come from a file, and build the lookup table."""
        tokens = _checked(self.tokens)
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "_ids", {token: number for number, token in enumerate(tokens)})

    @classmethod
    def from_text(
        cls, text: str, size: int = DEFAULT_WORDS, progress: Progress | None = None
    ) -> "WordVocabulary":
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
            If the size is less than 2, the text has no token, or it holds half of a surrogate
            pair.
        """
        if size < 2:
            raise DataError("A vocabulary of words needs a size of at least 2.")
        counts: Counter[str] = Counter()
        for tokens in token_pieces(text, progress, "Counting the words"):
            counts.update(tokens)
        common = (token for token, _ in counts.most_common() if len(token) <= LONGEST_WORD)
        return cls((UNKNOWN_WORD, *islice(common, size - 1)))

    def encode(
        self, text: str, *, unknown: Unknown = "raise", progress: Progress | None = None
    ) -> Ids:
        """See `TokenVocabulary.encode`."""
        dtype = np.min_scalar_type(self.size - 1)
        parts = [np.empty(0, dtype)]
        for tokens in token_pieces(text, progress, "Numbering the words"):
            numbers = map(self._ids.get, tokens, repeat(self.unknown))
            ids = np.fromiter(numbers, dtype, len(tokens))
            if unknown != "replace" and not ids.all():
                if unknown == "raise":
                    raise DataError(self._unknown_sentence(text))
                ids = ids[ids != self.unknown]
            parts.append(ids)
        return np.concatenate(parts)

    def decoder(self) -> Callable[[int], str]:
        """See `TokenVocabulary.decoder`; a space comes with the token that it stands before."""
        add = Detokenizer().piece
        return lambda token_id: add(self.tokens[token_id])

    def _unknown_sentence(self, text: str) -> str:
        # A dictionary keeps the order in which the person meets them.
        strange = list(dict.fromkeys(t for t in tokenize(text) if t not in self._ids))
        noun = "a word" if len(strange) == 1 else "words"
        return f"The text has {noun} that the vocabulary does not know: {readable_list(strange)}."


def _checked(tokens: object) -> tuple[str, ...]:
    """Return `tokens` as a tuple, or raise what is wrong with them."""
    if not isinstance(tokens, Sequence) or isinstance(tokens, str | bytes):
        raise DataError("A vocabulary must be a list of words.")
    if not tokens or tokens[0] != UNKNOWN_WORD:
        raise DataError(f'The first entry of a vocabulary of words must be "{UNKNOWN_WORD}".')
    if len(tokens) == 1:
        raise DataError("A vocabulary needs at least one word.")
    for number, token in enumerate(tokens[1:], 1):
        if not isinstance(token, str) or tokenize(token) != [token]:
            raise DataError(f"Entry {number} of the vocabulary is not a single word.")
        if any("\ud800" <= character <= "\udfff" for character in token):
            raise DataError(
                f"Entry {number} of the vocabulary has half of a surrogate pair, {readable(token)}."
            )
    if len(set(tokens)) < len(tokens):
        twice = Counter(tokens).most_common(1)[0][0]
        raise DataError(f"The vocabulary has {readable(twice)} twice.")
    return tuple(tokens)
