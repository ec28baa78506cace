"""The levels that a text can be read at."""

from rnnviz.data.errors import DataError
from rnnviz.data.text.grapheme_vocabulary import GraphemeVocabulary
from rnnviz.data.text.vocabulary import Vocabulary
from rnnviz.data.text.word_vocabulary import BareWordVocabulary, WordVocabulary
from rnnviz.data.token_vocabulary import TokenVocabulary

LEVELS: dict[str, type[TokenVocabulary]] = {
    kind.level: kind
    for kind in (Vocabulary, GraphemeVocabulary, WordVocabulary, BareWordVocabulary)
}
"""What a text is read as, by the name that configurations and files have for it."""

WORDS = tuple(level for level, kind in LEVELS.items() if issubclass(kind, WordVocabulary))
"""The levels whose vocabularies have a size that is chosen."""


def vocabulary_of(level: str, tokens: tuple[str, ...]) -> TokenVocabulary:
    """Return the vocabulary of these tokens, which may come from a file.

    Raises
    ------
    DataError
        If there is no such level, or `tokens` are no vocabulary of it.
    """
    kind = LEVELS.get(level)
    if kind is None:
        raise DataError(f'There is no level "{level}"; there are {", ".join(LEVELS)}.')
    return kind(tokens)


def noun_of(level: str) -> str:
    """Return what people call a token of a level; any other noun is its own."""
    return LEVELS[level].noun if level in LEVELS else level
