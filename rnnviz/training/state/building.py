"""The parts that a run is put together from, fresh or out of a checkpoint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.core.network import Network
from rnnviz.core.optimizers import OPTIMIZERS, Optimizer
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.data import Dataset, Reader
from rnnviz.training.configuration import Configuration
from rnnviz.training.memory_estimate import check_memory
from rnnviz.training.record.gradient_history import GradientHistory
from rnnviz.training.record.history import History
from rnnviz.training.state.checkpoint import Checkpoint


def new_optimizer(network: Network, configuration: Configuration) -> Optimizer:
    """Return the optimiser of these settings, which has done nothing yet."""
    return OPTIMIZERS[configuration.optimizer](
        network.parameters.flat,
        configuration.momentum,
        configuration.initial_accumulator_value,
    )


def check_fit(configuration: Configuration, dataset: Dataset) -> None:
    """Refuse a run that is too large for this computer, before anything is allocated."""
    if not dataset.can_train:
        # Without a text to train on it only looks at what it writes itself.
        configuration = dataclasses.replace(configuration, batch_size=1)
    check_memory(configuration, dataset.vocabulary.size)


def new_reader(
    configuration: Configuration, dataset: Dataset, write: Callable[[], str] = str
) -> Reader:
    """Return a reader of the windows of these settings, at the beginning.

    Where there is no text to read, it shows what the network would `write`: nothing, unless given.
    """
    return dataset.new_reader(
        sequence_length=configuration.sequence_length,
        batch_size=configuration.batch_size,
        seed=configuration.seed,
        write=write,
    )


def network_for(configuration: Configuration, dataset: Dataset) -> Network:
    """Make a network of zeros, once it is known that all fits."""
    check_fit(configuration, dataset)
    new_reader(configuration, dataset)
    architecture = configuration.architecture(dataset.vocabulary.size)
    return Network(architecture, configuration.dtype)


def optimizer_from(
    checkpoint: Checkpoint, network: Network, configuration: Configuration
) -> Optimizer:
    """Return the checkpoint's optimiser where the settings name the same, else a new one.

    Raises
    ------
    RnnvizError
        Where its slots are not those of the network.
    """
    optimizer = new_optimizer(network, configuration)
    if checkpoint.configuration.optimizer == configuration.optimizer:
        for name, flat in optimizer.slots.items():
            slot = ParameterVector(network.parameters.shapes, flat=flat)
            fill(slot, checkpoint.slots.get(name, {}))
        optimizer.steps = checkpoint.optimizer_steps
    return optimizer


def place_from(
    checkpoint: Checkpoint, configuration: Configuration, dataset: Dataset
) -> tuple[int, int]:
    """Return the epoch and the position of a checkpoint of this text, in windows of now.

    Raises
    ------
    DataError
        Where the text has no such place.
    """
    before, now = checkpoint.configuration, new_reader(configuration, dataset)
    reader = now.resized(before.sequence_length, before.batch_size)
    reader.restore(checkpoint.epoch, checkpoint.position)
    reader = reader.resized(now.sequence_length, now.batch_size)
    return reader.epoch, reader.position


def records_from(
    checkpoint: Checkpoint, labels: tuple[str, ...]
) -> tuple[np.random.Generator, History, GradientHistory]:
    """Return the random generator and the histories of a checkpoint.

    Raises
    ------
    RnnvizError
        Where they are none, or do not fit the steps that were done.
    """
    rng, history, gradient_history = np.random.default_rng(0), History(), GradientHistory(labels)
    try:
        rng.bit_generator.state = dict(checkpoint.rng)
        if checkpoint.history:
            history = History.from_arrays(checkpoint.history)
            gradient_history = GradientHistory.from_arrays(checkpoint.history, labels)
        else:
            history.first_step = checkpoint.step
    except (KeyError, TypeError, ValueError) as error:
        raise RnnvizError(f"The model's training state is damaged ({error}).") from error
    if history.first_step + history.step_count != checkpoint.step:
        raise RnnvizError("The model's history does not reach as far as its training.")
    return rng, history, gradient_history


def fill(arrays: Mapping[str, Array], saved: Mapping[str, Array]) -> None:
    """Copy `saved` into `arrays` by name, where names and shapes agree.

    Raises
    ------
    RnnvizError
        Where they do not.
    """
    for name, array in arrays.items():
        if name not in saved or saved[name].shape != array.shape:
            raise RnnvizError(f"The model's {name} does not fit its configuration.")
        np.copyto(array, saved[name])


def copied(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Copy arrays by name, C-contiguous."""
    return {name: np.array(array, order="C") for name, array in arrays.items()}
