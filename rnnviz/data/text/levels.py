"""The levels that a text can be read at."""

from rnnviz.data.errors import DataError
from rnnviz.data.text.vocabulary import Vocabulary
from rnnviz.data.text.word_vocabulary import WordVocabulary
from rnnviz.data.token_vocabulary import TokenVocabulary

_KINDS: dict[str, type[Vocabulary] | type[WordVocabulary]] = {
    kind.level: kind for kind in (Vocabulary, WordVocabulary)
}


def vocabulary_of(level: str, tokens: tuple[str, ...]) -> TokenVocabulary:
    """Return the vocabulary of these tokens, which may come from a file.

    Raises
    ------
    DataError
        If there is no such level, or `tokens` are no vocabulary of it.
    """
    kind = _KINDS.get(level)
    if kind is None:
        raise DataError(f'There is no level "{level}"; there are {", ".join(_KINDS)}.')
    return kind(tokens)
