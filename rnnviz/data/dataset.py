"""From a text to numbered tokens, split for training and validation."""

import hashlib
import json
from dataclasses import dataclass, field

from rnnviz.data.corpus import Corpus
from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress, pieces, share_of
from rnnviz.data.references import ReferenceLosses, reference_losses
from rnnviz.data.vocabulary import Ids, Vocabulary
from rnnviz.data.wording import counted, readable_list


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A text as a network meets it.

    Attributes
    ----------
    name, title
        Those of the corpus.
    vocabulary
        Of the whole text, so that validation meets no unknown character; or the given one.
    training_ids
        Shape (training length,), read-only.
    validation_ids
        The end of the text, shape (validation length,), read-only; may be empty.
    references
        Losses in nats per character to compare a network with.
    notices
        Sentences to tell the person.
    fingerprint
        SHA-256, in hexadecimal, of the vocabulary, the ids and where they are split: the same
        fingerprint, the same training.
    """

    name: str
    title: str
    vocabulary: Vocabulary = field(repr=False)
    training_ids: Ids = field(repr=False)
    validation_ids: Ids = field(repr=False)
    references: ReferenceLosses
    notices: tuple[str, ...]
    fingerprint: str


def build_dataset(
    corpus: Corpus,
    validation_fraction: float,
    vocabulary: Vocabulary | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return `corpus` as numbered tokens, the end of the text put aside for validation.

    Parameters
    ----------
    corpus
        The text.
    validation_fraction
        From 0 to less than 1; the number of validation tokens is rounded down.
    vocabulary
        Where it is given, characters that it lacks are skipped and a notice says so.
    progress
        Told of each piece of a long text.

    Raises
    ------
    DataError
        If the fraction is out of range, fewer than two distinct characters are known, or fewer
        than two tokens are left to train on.
    """
    if not 0.0 <= validation_fraction < 1.0:
        raise DataError("The validation fraction must be at least 0 and less than 1.")
    own = Vocabulary.from_text(_not_empty(corpus), share_of(progress, 0.0, 0.2))
    if own.size == 1:
        raise DataError(
            f"{corpus.title} has one distinct character only, {readable_list(own.tokens)}: "
            "there is nothing to predict."
        )
    chosen = own if vocabulary is None else vocabulary
    ids = chosen.encode(corpus.text, unknown="skip", progress=share_of(progress, 0.2, 0.4))
    skipped = len(corpus.text) - ids.size
    notices, true_entropy = corpus.notices, corpus.true_entropy
    if ids.size == 0:
        raise DataError(f"{corpus.title} shares no character with the vocabulary.")
    if skipped:
        notices = (*notices, _skipped_sentence(corpus, own, chosen, skipped))
        # What is left is another language than the one whose entropy is known.
        true_entropy = None
    ids.setflags(write=False)
    training_length = ids.size - int(validation_fraction * ids.size)
    if training_length < 2:
        raise DataError(
            f"{corpus.title} has {counted(ids.size, 'token')}, of which {training_length:,} would "
            "be left to train on; at least 2 are needed."
        )
    training_ids = ids[:training_length]
    return Dataset(
        name=corpus.name,
        title=corpus.title,
        vocabulary=chosen,
        training_ids=training_ids,
        validation_ids=ids[training_length:],
        references=reference_losses(
            training_ids, chosen.size, true_entropy, share_of(progress, 0.4, 0.8)
        ),
        notices=notices,
        fingerprint=_fingerprint(chosen, ids, training_length, share_of(progress, 0.8, 1.0)),
    )


def _not_empty(corpus: Corpus) -> str:
    if not corpus.text:
        raise DataError(f"{corpus.title} is empty.")
    return corpus.text


def _skipped_sentence(corpus: Corpus, own: Vocabulary, vocabulary: Vocabulary, skipped: int) -> str:
    known = set(vocabulary.tokens)
    unknown = [token for token in own.tokens if token not in known]
    were = "was" if skipped == 1 else "were"
    return (
        f"{counted(skipped, 'character')} of {corpus.title} that the vocabulary does not know "
        f"{were} skipped: {readable_list(unknown)}."
    )


def _fingerprint(
    vocabulary: Vocabulary, ids: Ids, training_length: int, progress: Progress | None
) -> str:
    header = {"tokens": vocabulary.tokens, "length": ids.size, "training_length": training_length}
    digest = hashlib.sha256(json.dumps(header).encode("ascii"))
    for piece in pieces(ids.size, progress, "Fingerprinting the text"):
        digest.update(ids[piece].astype(ids.dtype.newbyteorder("<"), copy=False).data)
    return digest.hexdigest()
