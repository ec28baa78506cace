"""From a configuration, or a checkpoint, to a trainer with its text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.data import (
    Corpus,
    Dataset,
    Progress,
    ReferenceLosses,
    Task,
    TaskDataset,
    TextDataset,
    build_dataset,
    load_corpus,
    read_text_file,
)
from rnnviz.training.configuration import NETWORK_SETTINGS, OWN_TEXT, Configuration
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer

# So many parameters take a second or more to draw, to measure and to write the first text with.
_SLOW_TO_MAKE = 5_000_000


def load_text(configuration: Configuration, progress: Progress | None = None) -> Corpus:
    """Read the corpus that a configuration names.

    Raises
    ------
    DataError
        Where it cannot be read.
    """
    if configuration.corpus == OWN_TEXT:
        return read_text_file(Path(configuration.text_file), progress)
    return load_corpus(configuration.corpus, progress)


def new_trainer(configuration: Configuration, progress: Progress | None = None) -> Trainer:
    """Begin a run.

    Raises
    ------
    RnnvizError
        Where the text cannot be read or does not fit.
    """
    return make_trainer(configuration, load_dataset(configuration, progress), progress)


def make_trainer(
    configuration: Configuration, dataset: Dataset, progress: Progress | None = None
) -> Trainer:
    """Begin a run on what was read already; of a large network, say that it is made."""
    count = configuration.architecture(dataset.vocabulary.size).parameter_count()
    if progress is not None and count >= _SLOW_TO_MAKE:
        progress(0.0, f"Making a network of {count:,} parameters")
    return Trainer(TrainingState.fresh(configuration, dataset), dataset)


def load_dataset(configuration: Configuration, progress: Progress | None = None) -> Dataset:
    """Read the text of a configuration, as tokens with a vocabulary of its own, or take its task.

    Raises
    ------
    DataError
        Where the text cannot be read or does not fit.
    """
    if configuration.task is not None:
        return TaskDataset(configuration.task)
    return build_dataset(
        load_text(configuration, progress),
        configuration.validation_fraction,
        progress=progress,
        level=configuration.level,  # type: ignore[arg-type]
        vocabulary_size=configuration.vocabulary_size,
    )


def resumed_trainer(
    checkpoint: Checkpoint,
    configuration: Configuration | None = None,
    progress: Progress | None = None,
) -> Trainer:
    """Go on from a checkpoint.

    Parameters
    ----------
    checkpoint
        From `Trainer.checkpoint`, or from a model file.
    configuration
        Where given, the settings to go on with (another text, another learning rate); those of
        the network (its sizes, its seed, its tokens) are the checkpoint's.
    progress
        Told how reading the text comes along.

    Returns
    -------
    Trainer
        Its dataset's notices say where the text is another than the one trained on before.

    Raises
    ------
    RnnvizError
        Where the text cannot be read or does not fit, or the checkpoint's parts do not belong
        together.
    """
    network = {name: getattr(checkpoint.configuration, name) for name in NETWORK_SETTINGS}
    configuration = dataclasses.replace(configuration or checkpoint.configuration, **network)
    task, task_before = configuration.task, checkpoint.configuration.task
    if task is not task_before:
        kind = "a text" if task_before is None else f"the task {task_before.title.lower()}"
        raise RnnvizError(
            f"The model was made for {kind}: it cannot go on with "
            f"{'a text' if task is None else f'the task {task.title.lower()}'}."
        )
    if task is not None:
        return continued_trainer(checkpoint, configuration, _task_resumed(task, checkpoint))
    vocabulary = checkpoint.configuration.vocabulary(checkpoint.tokens)
    corpus = load_text(configuration, progress)
    dataset = build_dataset(corpus, configuration.validation_fraction, vocabulary, progress)
    if dataset.fingerprint != checkpoint.fingerprint:
        another = "The text is not the one that the model was last trained on"
        if configuration.validation_fraction != checkpoint.configuration.validation_fraction:
            another = "Another part of the text is held out than when the model was last trained"
        notice = f"{another}; training starts at its beginning, and its epochs are counted anew."
        dataset = dataset.with_notices(notice)
    return continued_trainer(checkpoint, configuration, dataset)


def continued_trainer(
    checkpoint: Checkpoint, configuration: Configuration, dataset: Dataset
) -> Trainer:
    """Go on from a checkpoint with what was read already.

    Raises
    ------
    RnnvizError
        As `TrainingState.from_checkpoint` does, or where the text is too short for the window.
    """
    return Trainer(TrainingState.from_checkpoint(checkpoint, configuration, dataset), dataset)


def _task_resumed(task: Task, checkpoint: Checkpoint) -> TaskDataset:
    dataset = TaskDataset(task)
    if dataset.fingerprint == checkpoint.fingerprint:
        return dataset
    notice = (
        "The task draws other sequences than when the model was last trained; they are counted "
        "anew."
    )
    return dataset.with_notices(notice)


def opened_trainer(checkpoint: Checkpoint, progress: Progress | None = None) -> Trainer:
    """Go on from a checkpoint as far as its text allows.

    Where the text is not at hand, or has become too short, the trainer has none: it can be
    looked at and write, and its dataset's notices say why it cannot train. A task is always at
    hand.

    Raises
    ------
    RnnvizError
        Where the checkpoint's parts do not belong together.
    """
    try:
        return resumed_trainer(checkpoint, progress=progress)
    except RnnvizError as error:
        if checkpoint.configuration.task is not None:
            raise
        notice = f"{error} The model can write; open a text to train it further."
        return continued_trainer(checkpoint, checkpoint.configuration, _no_text(checkpoint, notice))


def _no_text(checkpoint: Checkpoint, notice: str) -> TextDataset:
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
        notices=(notice,),
        fingerprint=checkpoint.fingerprint,
    )
