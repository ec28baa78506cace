"""Texts: the next token is predicted, and a text can be written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import (
    STANDARD_INPUT,
    WORDS,
    Corpus,
    DataError,
    Progress,
    Reading,
    ReferenceLine,
    ReferenceLosses,
    TextDataset,
    TextKey,
    TokenVocabulary,
    Trait,
    Window,
    build_dataset,
    load_corpus,
    read_text,
)
from rnnviz.data.files import readable_name
from rnnviz.diagnostics.predictions import target_probabilities
from rnnviz.training.configuration import Configuration
from rnnviz.training.problems.problem import Problem
from rnnviz.training.problems.text_validation import TextValidation
from rnnviz.training.record.history import HistoryView
from rnnviz.training.remarks.losses import among_references
from rnnviz.training.remarks.remark import Remark
from rnnviz.training.score import Score
from rnnviz.training.snapshot import PredictedText
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.text_generator import TextGenerator

_CAN_WRITE = "The model can write; to train it further,"


class LanguageModelling(Problem[TextDataset]):
    """Predicts each next token of a text."""

    def load(self, configuration: Configuration, reading: Reading) -> TextDataset:
        """Read a text, as tokens with a vocabulary of its own."""
        return _dataset(configuration, None, reading)

    def resume(
        self, configuration: Configuration, checkpoint: Checkpoint, reading: Reading
    ) -> TextDataset:
        """Read a text in the network's own vocabulary."""
        vocabulary = checkpoint.configuration.vocabulary(checkpoint.tokens)
        dataset = _dataset(configuration, vocabulary, reading)
        if checkpoint.fingerprint in ("", dataset.fingerprint):
            return dataset
        another = "The text is not the one that the model was last trained on"
        if configuration.validation_fraction != checkpoint.configuration.validation_fraction:
            another = "Another part of the text is held out than when the model was last trained"
        return dataset.with_notices(
            f"{another}; training starts at its beginning, and its epochs are counted anew."
        )

    def without_data(self, checkpoint: Checkpoint, reason: str) -> TextDataset:
        """Return a text of nothing: the network can write without one."""
        vocabulary = checkpoint.configuration.vocabulary(checkpoint.tokens)
        nothing = np.zeros(0, np.uint8)
        uniform = float(np.log(vocabulary.size))
        return TextDataset(
            name=checkpoint.configuration.corpus,
            title=checkpoint.title,
            vocabulary=vocabulary,
            training_ids=nothing,
            validation_ids=nothing,
            references=ReferenceLosses(uniform, uniform, uniform, None),
            notices=(f"{reason} {_how_to_train(checkpoint.configuration)}",),
            fingerprint=checkpoint.fingerprint,
        )

    def validation(
        self, network: Network, dataset: TextDataset, configuration: Configuration
    ) -> TextValidation:
        """Return what measures the loss on held-out text, in windows of its own."""
        return TextValidation(network, dataset.validation_ids, dataset.validation_bounds)

    def text_generator(self, network: Network, dataset: TextDataset, seed: int) -> TextGenerator:
        """Return who writes with a network."""
        return TextGenerator(network, dataset.vocabulary, seed)

    def known_part(self, dataset: TextDataset, text: str) -> tuple[str, tuple[str, ...]]:
        """Leave out the tokens that the vocabulary does not know."""
        vocabulary = dataset.vocabulary
        try:
            vocabulary.encode_typed(text)
        except DataError as error:
            known = vocabulary.decode(vocabulary.encode_typed(text, unknown="skip"))
            known = known if text.startswith(" ") else known.removeprefix(" ")
            # What stood apart may now be one token, and an unknown one again.
            return self.known_part(dataset, known)[0], (f"{error} The watched text goes without.",)
        return text, ()

    def read_watched(self, dataset: TextDataset, text: str) -> Window:
        """Read a text."""
        ids = dataset.vocabulary.encode_typed(text)
        if ids.size < 2:
            noun = dataset.vocabulary.noun
            raise DataError(f"A text to watch needs 2 known {noun}s, and this one has {ids.size}.")
        tokens = ids.astype(np.intp).reshape(-1, 1)
        return Window(tokens[:-1], tokens[1:], True)

    def shortened(
        self, dataset: TextDataset, window: Window, length: int
    ) -> tuple[Window, tuple[str, ...]]:
        """Return the beginning of a longer text."""
        count, noun = len(window.inputs) + 1, dataset.vocabulary.noun
        notice = f"The watched text has {count:,} {noun}s: the first {length:,} are read."
        inputs, targets = window.inputs[:length].copy(), window.targets[:length].copy()
        return Window(inputs, targets, True), (notice,)

    def predictions(
        self, dataset: TextDataset, tape: NetworkTape, targets: NDArray[Any]
    ) -> PredictedText:
        """Return how probable the network thought each token of the first stream."""
        ids = [*tape.inputs[:1, 0].tolist(), *targets[:, 0].tolist()]
        prompt, *pieces = dataset.vocabulary.pieces(ids)
        probabilities = target_probabilities(tape, targets).tolist()
        return PredictedText(prompt, tuple(pieces), tuple(probabilities))

    def loss_remark(
        self,
        loss: float,
        references: tuple[ReferenceLine, ...],
        history: HistoryView | None,
        score: Score | None,
    ) -> Remark | None:
        """Place a loss among those of letter frequencies, letter pairs and the true entropy."""
        losses = {line.name: line.loss for line in references}
        return among_references(loss, losses, history) if losses else None


def _how_to_train(configuration: Configuration) -> str:
    if configuration.text_name == STANDARD_INPUT:
        return f"{_CAN_WRITE} name its text on the command line: rnnviz train --resume … --text …"
    return f"{_CAN_WRITE} put its text beside its file and open the model again."


def _dataset(
    configuration: Configuration, vocabulary: TokenVocabulary | None, reading: Reading
) -> TextDataset:
    """Read a text in this vocabulary, or in its own; one that somebody has read already not."""

    def read() -> TextDataset:
        return build_dataset(
            _read(configuration, reading.progress),
            configuration.validation_fraction,
            vocabulary,
            reading.progress,
            level=configuration.level,  # type: ignore[arg-type]
            vocabulary_size=configuration.vocabulary_size,
        )

    key = _key(configuration, vocabulary)
    return read() if key is None else reading.share(key, read, reading.progress)


def _key(configuration: Configuration, vocabulary: TokenVocabulary | None) -> TextKey | None:
    """Return what others may have read a file under; what is built in is short and read anew.

    Raises
    ------
    DataError
        Where a file has only a name.
    """
    if Trait.OWN_FILE not in configuration.source.traits:
        return None
    if configuration.text_file == configuration.text_name:
        # What has that name where the program was started may be anything.
        raise DataError(f"It is not known where {readable_name(configuration.text_file)} is.")
    words = configuration.vocabulary_size if configuration.level in WORDS else 0
    return TextKey.of_file(
        configuration.text_file,
        configuration.validation_fraction,
        configuration.level if vocabulary is None else vocabulary.level,
        words if vocabulary is None else vocabulary.tokens,
        configuration.encoding,
    )


def _read(configuration: Configuration, progress: Progress | None) -> Corpus:
    if Trait.OWN_FILE in configuration.source.traits:
        return read_text(configuration.text_file, progress, configuration.encoding)
    return load_corpus(configuration.corpus, progress)
