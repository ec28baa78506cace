"""Texts to learn from: those that come with the program, and one's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rnnviz.data.progress import Progress
from rnnviz.data.source import Source, Trait
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.levels import noun_of, vocabulary_of
from rnnviz.data.text.word_vocabulary import UNKNOWN_WORD, BareWordVocabulary
from rnnviz.data.text.words import Detokenizer
from rnnviz.data.token_vocabulary import TokenVocabulary

OWN_TEXT = "file"
"""The source that stands for a text file of the person's own."""


STANDARD_INPUT = "standard input"
"""What a text is called that was read from there: no file keeps it."""


@dataclass(frozen=True, slots=True)
class TextSource(Source):
    """A text, of which the network learns to predict the next token.

    Attributes
    ----------
    name, title, description
        What configurations and files call it, what people do, and what there is to read.
    load
        Makes or reads it; None for a text whose file the person names.
    """

    kind: ClassVar[str] = "text"
    noun: ClassVar[str] = "text"
    kind_in_words: ClassVar[str] = (
        "a text to continue, which this program writes or which is a file of your own"
    )
    held_out: ClassVar[str] = "held-out text"
    traits: ClassVar[frozenset[Trait]] = frozenset(
        {Trait.TEXT, Trait.SPLIT, Trait.EPOCHS, Trait.CONTINUOUS, Trait.WRITES}
    )

    # Without `field()` the properties that stand for them in a `Source` would be their defaults.
    name: str = field()
    title: str = field()
    description: str = field()
    load: Callable[[Progress | None], Corpus] | None = field(default=None, repr=False)

    @property
    def phrase(self) -> str:
        """What a network of it was made for."""
        return "a text"

    def token(self, level: str) -> str:
        """Return ``character``, ``grapheme`` or ``word``."""
        return noun_of(level)

    def per(self, level: str = "token") -> str:
        """Return the same: each token has a loss."""
        return noun_of(level)

    def tested_in_words(self, loss: float) -> str:
        """Say a loss that was measured on the held-out text."""
        return f"{loss:.3f} {self.loss_unit} on the {self.held_out}"

    def vocabulary(self, level: str, tokens: tuple[str, ...]) -> TokenVocabulary:
        """Return the level's vocabulary; raises as `vocabulary_of` does."""
        return vocabulary_of(level, tokens)

    def vocabulary_in_words(self, level: str, size: int) -> str:
        """Count the characters, graphemes or words."""
        return f"{size:,} {noun_of(level)}s"

    def loss_of_guess(self, vocab_size: int) -> float:
        """Return the loss of who holds every token for equally likely."""
        return math.log(vocab_size)

    def written(self, level: str, tokens: Sequence[str], targets: Sequence[str]) -> str:
        """Write what is read and the token after it; of words those that are known."""
        text = [token for token in (*tokens, *targets[-1:]) if token != UNKNOWN_WORD]
        add = Detokenizer().piece if level == BareWordVocabulary.level else str
        return "".join(map(add, text))


class OwnTextSource(TextSource):
    """A text that the person brings."""

    traits: ClassVar[frozenset[Trait]] = TextSource.traits | {Trait.OWN_FILE}


OWN = OwnTextSource(OWN_TEXT, "Your own text", "A file of your own.")
"""The person's own text."""
