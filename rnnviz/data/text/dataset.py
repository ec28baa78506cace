"""From a text to numbered tokens, split for training and validation."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import LossName
from rnnviz.data.dataset import ReferenceLine
from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress, pieces, share_of
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.grapheme_vocabulary import GraphemeVocabulary
from rnnviz.data.text.levels import LEVELS
from rnnviz.data.text.no_text import NoTextReader
from rnnviz.data.text.references import ReferenceLosses, reference_losses
from rnnviz.data.text.spaced_words import script_without_words
from rnnviz.data.text.vocabulary import Vocabulary
from rnnviz.data.text.windows import TextsReader, longest_text
from rnnviz.data.text.word_vocabulary import (
    DEFAULT_WORDS,
    INSTEAD,
    UNKNOWN_WORD,
    WordVocabulary,
)
from rnnviz.data.text.words import has_tokens
from rnnviz.data.token_vocabulary import Ids, Level, TokenVocabulary, Unknown
from rnnviz.data.windows import WindowReader
from rnnviz.data.wording import counted, readable, readable_list


@dataclass(frozen=True, slots=True, eq=False)
class TextDataset:
    """A text as a network meets it, a ``rnnviz.data.Dataset``.

    Attributes
    ----------
    name, title
        Those of the corpus.
    vocabulary
        Of the whole text, validation included, so that validation meets no unknown character; or
        the given one.
    training_ids
        Shape (training length,), read-only.
    validation_ids
        The end of the text, shape (validation length,), read-only; may be empty.
    references
        Losses in nats per token to compare a network with.
    notices
        Sentences to tell the person.
    fingerprint
        SHA-256, in hexadecimal, of the vocabulary, the ids and where they are split, and of several
        texts where each begins: the same fingerprint, the same training.
    vocabulary_is_own
        Whether it is known that the text by itself gives this vocabulary.
    bounds
        Where in all the ids another text begins, ascending, where it is several: the end of one
        and the beginning of the next are nowhere taken for one text.
    """

    name: str
    title: str
    vocabulary: TokenVocabulary = field(repr=False)
    training_ids: Ids = field(repr=False)
    validation_ids: Ids = field(repr=False)
    references: ReferenceLosses
    notices: tuple[str, ...]
    fingerprint: str
    vocabulary_is_own: bool = False
    bounds: tuple[int, ...] = ()

    loss: ClassVar[LossName] = "cross_entropy"

    @property
    def can_train(self) -> bool:
        """Whether there is a text to train on."""
        return self.training_ids.size > 0

    @property
    def training_tokens(self) -> int:
        """How many tokens there are to train on."""
        return self.training_ids.size

    @property
    def num_bytes(self) -> int:
        """The memory of all ids, the held-out ones too."""
        return self.training_ids.nbytes + self.validation_ids.nbytes

    @property
    def cuts_by_length(self) -> bool:
        """Whether it is several texts, of which windows of another length make other streams."""
        return bool(self.training_bounds)

    @property
    def training_bounds(self) -> tuple[int, ...]:
        """Where in the training ids another text begins."""
        return tuple(bound for bound in self.bounds if bound < self.training_ids.size)

    @property
    def validation_bounds(self) -> tuple[int, ...]:
        """Where in the held-out ids another text begins."""
        begin = self.training_ids.size
        return tuple(bound - begin for bound in self.bounds if bound > begin)

    @property
    def reference_lines(self) -> tuple[ReferenceLine, ...]:
        """What simple guessers lose; of a text that is not at hand nothing is known."""
        if not self.can_train:
            return ()
        losses, noun = self.references, self.vocabulary.noun
        letter = "letter" if noun == "character" else noun
        lines = (
            ("uniform", "uniform guess", losses.uniform),
            ("unigram", f"{letter} frequencies", losses.unigram),
            ("bigram", f"{letter} pairs", losses.bigram),
            ("true_entropy", "true entropy", losses.true_entropy),
        )
        return tuple(
            ReferenceLine(name, label, loss) for name, label, loss in lines if loss is not None
        )

    def new_reader(
        self, *, sequence_length: int, batch_size: int, seed: int, write: Callable[[], str] = str
    ) -> WindowReader | TextsReader | NoTextReader:
        """Return a reader of the training text, or one that refuses to train where there is none.

        The order of the windows is the text's: `seed` changes nothing. Raises as `WindowReader`
        and `TextsReader` do.
        """
        sizes = {"sequence_length": sequence_length, "batch_size": batch_size}
        if not self.can_train:
            return NoTextReader(self.vocabulary, write, **sizes)
        if self.training_bounds:
            return TextsReader(self.training_ids, self.training_bounds, **sizes)
        return WindowReader(self.training_ids, **sizes)

    def text_to_read(self, count: int, least: int) -> tuple[str, Ids]:
        """Return the beginning of the held-out text, or of the one that is trained on.

        Of several texts it is that of the longest. It has no name where there is no text at all.
        """
        held_out = longest_text(self.validation_ids, self.validation_bounds)
        if held_out.size >= least:
            return "the held-out text", held_out[:count]
        if self.can_train:
            return "the training text", longest_text(self.training_ids, self.training_bounds)[
                :count
            ]
        return "", self.training_ids

    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Return the tokens that one stream read, of ids (T,)."""
        tokens = self.vocabulary.tokens
        return tuple([tokens[index] for index in inputs.tolist()])

    def target_labels(self, targets: NDArray[Any]) -> tuple[str, ...]:
        """Return the tokens that should have been predicted."""
        return self.input_labels(targets)

    def with_notices(self, *notices: str) -> Self:
        """Return the same with more to tell the person."""
        return dataclasses.replace(self, notices=(*self.notices, *notices))


def build_dataset(
    corpus: Corpus,
    validation_fraction: float,
    vocabulary: TokenVocabulary | None = None,
    progress: Progress | None = None,
    *,
    level: Level = "character",
    vocabulary_size: int = DEFAULT_WORDS,
) -> TextDataset:
    """Return `corpus` as numbered tokens, the end of the text put aside for validation.

    Parameters
    ----------
    corpus
        The text.
    validation_fraction
        From 0 to less than 1; the number of validation tokens is rounded down.
    vocabulary
        Where it is given, its level is the dataset's, characters that it lacks are skipped and
        words that it lacks are read as `<unk>`; a notice says so.
    progress
        Told of each piece of a long text.
    level
        What a token is, where no vocabulary is given.
    vocabulary_size
        Tokens at most of a new vocabulary of words, `<unk>` included.

    Raises
    ------
    DataError
        If the fraction or the vocabulary's size is out of range, fewer than two distinct tokens
        are known, or fewer than two tokens are left to train on.
    """
    if not 0.0 <= validation_fraction < 1.0:
        raise DataError("The validation fraction must be at least 0 and less than 1.")
    if not corpus.text:
        raise DataError(f"{corpus.title} is empty.")
    reading = share_of(progress, 0.0, 0.4)
    kind = LEVELS[level] if vocabulary is None else type(vocabulary)
    if issubclass(kind, WordVocabulary):
        read = _read_words(corpus, kind, vocabulary, vocabulary_size, reading)
    else:
        read = _read_characters(corpus, kind, vocabulary, reading)
    ids = read.ids
    ids.setflags(write=False)
    training_length = ids.size - int(validation_fraction * ids.size)
    bounds = tuple(bound for bound in read.bounds if bound < training_length)
    if longest_text(ids[:training_length], bounds).size < 2:
        raise DataError(
            f"{corpus.title} has {counted(ids.size, 'token')}, of which {training_length:,} would "
            "be left to train on; at least 2 are needed."
        )
    training_ids = ids[:training_length]
    return TextDataset(
        name=corpus.name,
        title=corpus.title,
        vocabulary=read.vocabulary,
        training_ids=training_ids,
        validation_ids=ids[training_length:],
        references=reference_losses(
            training_ids,
            read.vocabulary.size,
            read.true_entropy,
            share_of(progress, 0.4, 0.8),
            bounds,
        ),
        notices=(*corpus.notices, *read.notices),
        fingerprint=_fingerprint(read, training_length, share_of(progress, 0.8, 1.0)),
        vocabulary_is_own=read.vocabulary_is_own,
        bounds=read.bounds,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _ReadText:
    """A text as ids, the true entropy of what was read, and sentences about what was not."""

    vocabulary: TokenVocabulary
    vocabulary_is_own: bool
    ids: Ids
    bounds: tuple[int, ...]
    true_entropy: float | None
    notices: tuple[str, ...] = ()


def _read_characters(
    corpus: Corpus,
    kind: type[TokenVocabulary],
    vocabulary: TokenVocabulary | None,
    progress: Progress | None,
) -> _ReadText:
    of_text = GraphemeVocabulary if issubclass(kind, GraphemeVocabulary) else Vocabulary
    own = of_text.from_text(corpus.text, share_of(progress, 0.0, 0.5))
    if own.size == 1:
        raise DataError(_one_token_sentence(corpus, own, own.tokens[0]))
    chosen = own if vocabulary is None else vocabulary
    ids, bounds = _encoded(corpus, chosen, "skip", share_of(progress, 0.5, 1.0))
    if ids.size == 0:
        raise DataError(_nothing_shared_sentence(corpus, chosen))
    if set(own.tokens) <= set(chosen.tokens):
        # The true entropy is one per character.
        entropy = corpus.true_entropy if ids.size == len(corpus.text) else None
        return _ReadText(chosen, chosen == own, ids, bounds, entropy)
    skipped = own.encode(corpus.text).size - ids.size
    # What is left is another language than the one whose entropy is known.
    notices = (_skipped_sentence(corpus, own, chosen, skipped),)
    return _ReadText(chosen, False, ids, bounds, None, notices)


def _read_words(
    corpus: Corpus,
    kind: type[WordVocabulary],
    vocabulary: TokenVocabulary | None,
    size: int,
    progress: Progress | None,
) -> _ReadText:
    if not has_tokens(corpus.text):
        raise DataError(f"{corpus.title} has no words.")
    chosen = vocabulary
    if chosen is None:
        script = script_without_words(corpus.text)
        if script:
            raise DataError(
                f"{corpus.title} is in {script}, which has no spaces between words: {INSTEAD}."
            )
        chosen = kind.from_text(corpus.text, size, share_of(progress, 0.0, 0.5))
    ids, bounds = _encoded(corpus, chosen, "replace", share_of(progress, 0.5, 1.0))
    unknown = int(np.count_nonzero(ids == chosen.unknown))
    if unknown == ids.size:
        raise DataError(_nothing_shared_sentence(corpus, chosen))
    if (ids == ids[0]).all():
        raise DataError(_one_token_sentence(corpus, chosen, chosen.tokens[ids[0]]))
    # The true entropy is one per character.
    notices = (_unknown_sentence(chosen, unknown / ids.size),) if unknown else ()
    return _ReadText(chosen, vocabulary is None, ids, bounds, None, notices)


def _encoded(
    corpus: Corpus, vocabulary: TokenVocabulary, unknown: Unknown, progress: Progress | None
) -> tuple[Ids, tuple[int, ...]]:
    """Return the ids, and where another text begins in them; each text is encoded by itself."""
    if not corpus.bounds:
        return vocabulary.encode(corpus.text, unknown=unknown, progress=progress), ()
    length = len(corpus.text)
    texts = [
        vocabulary.encode(
            corpus.text[begin:end],
            unknown=unknown,
            progress=share_of(progress, begin / length, end / length),
        )
        for begin, end in pairwise((0, *corpus.bounds, length))
    ]
    ends = accumulate(text.size for text in texts)
    ids = np.concatenate(texts)
    # Of some texts nothing may be known.
    return ids, tuple(sorted({end for end in ends if 0 < end < ids.size}))


def _one_token_sentence(corpus: Corpus, vocabulary: TokenVocabulary, token: str) -> str:
    return (
        f"{corpus.title} has one distinct {vocabulary.noun} only, {readable(token)}: "
        "there is nothing to predict."
    )


def _nothing_shared_sentence(corpus: Corpus, vocabulary: TokenVocabulary) -> str:
    return f"{corpus.title} shares no {vocabulary.noun} with the vocabulary."


def _skipped_sentence(
    corpus: Corpus, own: TokenVocabulary, vocabulary: TokenVocabulary, skipped: int
) -> str:
    known = set(vocabulary.tokens)
    unknown = [token for token in own.tokens if token not in known]
    were = "was" if skipped == 1 else "were"
    return (
        f"{counted(skipped, own.noun)} of {corpus.title} that the vocabulary does not know "
        f"{were} skipped: {readable_list(unknown)}."
    )


def _unknown_sentence(vocabulary: TokenVocabulary, unknown_share: float) -> str:
    # Rounded down, so that it is never said to know all.
    percent = math.floor(1000.0 * (1.0 - unknown_share)) / 10.0
    return (
        f"The vocabulary of {counted(vocabulary.size, 'word')} knows {percent:.1f} % of the text; "
        f"the rest is read as {UNKNOWN_WORD}."
    )


def _fingerprint(read: _ReadText, training_length: int, progress: Progress | None) -> str:
    ids = read.ids
    header: dict[str, object] = {
        "tokens": read.vocabulary.tokens,
        "length": ids.size,
        "training_length": training_length,
    }
    if read.bounds:
        header["bounds"] = read.bounds
    digest = hashlib.sha256(json.dumps(header).encode("ascii"))
    for piece in pieces(ids.size, progress, "Fingerprinting the text"):
        digest.update(ids[piece].astype(ids.dtype.newbyteorder("<"), copy=False).data)
    return digest.hexdigest()
