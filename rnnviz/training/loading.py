"""From a configuration, or a checkpoint, to a trainer with its text."""

from __future__ import annotations

import dataclasses

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Dataset, Progress, Reading
from rnnviz.data.text.reading import ALONE
from rnnviz.training.configuration import NETWORK_SETTINGS, Configuration
from rnnviz.training.problems.found_text import read_again
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer

# So many parameters take a second or more to draw, to measure and to write the first text with.
_SLOW_TO_MAKE = 5_000_000


def new_trainer(configuration: Configuration, reading: Reading = ALONE) -> Trainer:
    """Begin a run.

    Raises
    ------
    RnnvizError
        Where the text cannot be read or does not fit.
    """
    return make_trainer(configuration, load_dataset(configuration, reading), reading.progress)


def make_trainer(
    configuration: Configuration, dataset: Dataset, progress: Progress | None = None
) -> Trainer:
    """Begin a run on what was read already; of a large network, say that it is made."""
    count = configuration.architecture(dataset.vocabulary.size).parameter_count()
    if progress is not None and count >= _SLOW_TO_MAKE:
        progress(0.0, f"Making a network of {count:,} parameters")
    return Trainer(TrainingState.fresh(configuration, dataset), dataset)


def load_dataset(configuration: Configuration, reading: Reading = ALONE) -> Dataset:
    """Read what a configuration names.

    Raises
    ------
    DataError
        Where the text cannot be read or does not fit.
    """
    dataset: Dataset = problem_of(configuration).load(configuration, reading)
    return dataset


def resumed_trainer(
    checkpoint: Checkpoint,
    configuration: Configuration | None = None,
    reading: Reading = ALONE,
) -> Trainer:
    """Go on from a checkpoint.

    Parameters
    ----------
    checkpoint
        From `Trainer.checkpoint`, or from a model file.
    configuration
        Where given, the settings to go on with (another text, another learning rate); those of
        the network (its sizes, its seed, its tokens) are the checkpoint's.
    reading
        What goes along with reading the text.

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
    made_for, phrase = checkpoint.configuration.source.phrase, configuration.source.phrase
    if phrase != made_for:
        raise RnnvizError(f"The model was made for {made_for}: it cannot go on with {phrase}.")
    configuration, dataset = read_again(checkpoint, configuration, reading)
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


def opened_trainer(checkpoint: Checkpoint, reading: Reading = ALONE) -> Trainer:
    """Go on from a checkpoint as far as its data allow.

    Where a text is not at hand, or has become too short, the trainer has none: it can be looked at
    and write, and its dataset's notices say why it cannot train.

    Raises
    ------
    RnnvizError
        Where the checkpoint's parts do not belong together, or the network is of no use without
        its data.
    """
    try:
        return resumed_trainer(checkpoint, reading=reading)
    except RnnvizError as error:
        configuration = checkpoint.configuration
        nothing = problem_of(configuration).without_data(checkpoint, str(error))
        if nothing is None:
            raise
        return continued_trainer(checkpoint, configuration, nothing)
