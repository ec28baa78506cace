"""A run's state, out of a trainer into a checkpoint and back: both ways in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.training.record.gradient_history import GradientHistory
from rnnviz.training.record.history import History
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.validation import have_same_validation

if TYPE_CHECKING:
    from rnnviz.training.trainer import Trainer


def checkpoint_of(trainer: Trainer) -> Checkpoint:
    """Return the state of a trainer's last step, copied."""
    reader, optimizer = trainer.reader, trainer.optimizer
    shapes = trainer.network.parameters.shapes
    epoch, position = (reader.epoch, reader.position) if reader else trainer.place_without_text
    return Checkpoint(
        configuration=trainer.configuration,
        tokens=trainer.dataset.vocabulary.tokens,
        parameters=copied(trainer.network.parameters),
        slots={
            name: copied(ParameterVector(shapes, flat=slot))
            for name, slot in optimizer.slots.items()
        },
        optimizer_steps=optimizer.steps,
        carried_state=tuple(copied(layer) for layer in trainer.bptt.carried),
        step=trainer.step_count,
        tokens_seen=trainer.tokens_seen,
        epoch=epoch,
        position=position,
        generator=dict(trainer.generator.bit_generator.state),
        history=trainer.history.to_arrays() | trainer.gradient_history.to_arrays(),
        samples=tuple(trainer.text_generator.samples),
        fingerprint=trainer.dataset.fingerprint,
        title=trainer.dataset.title,
        best=trainer.best,
    )


def restore(trainer: Trainer, checkpoint: Checkpoint) -> None:
    """Give a new trainer what fits its settings; where they differ, it begins anew.

    The texts written so far are for who writes, who is only there afterwards.

    Raises
    ------
    RnnvizError
        Where the checkpoint's parts do not belong together.
    """
    before, now = checkpoint.configuration, trainer.configuration
    shapes = trainer.network.parameters.shapes
    fill(trainer.network.parameters, checkpoint.parameters)
    if before.optimizer == now.optimizer:
        for name, flat in trainer.optimizer.slots.items():
            fill(ParameterVector(shapes, flat=flat), checkpoint.slots.get(name, {}))
        trainer.optimizer.steps = checkpoint.optimizer_steps
    same = checkpoint.fingerprint == trainer.dataset.fingerprint
    if same and have_same_validation(before, now):
        trainer.best = checkpoint.best
    if before.batch_size == now.batch_size:
        for layer, saved in zip(trainer.bptt.carried, checkpoint.carried_state, strict=True):
            fill(layer, saved)
    _go_to_place(trainer, checkpoint)
    trainer.step_count, trainer.tokens_seen = checkpoint.step, checkpoint.tokens_seen
    try:
        trainer.generator.bit_generator.state = dict(checkpoint.generator)
        if checkpoint.history:
            trainer.history = History.from_arrays(checkpoint.history)
            labels = trainer.gradient_history.labels
            trainer.gradient_history = GradientHistory.from_arrays(checkpoint.history, labels)
        else:
            trainer.history.first_step = checkpoint.step
    except (KeyError, TypeError, ValueError) as error:
        raise RnnvizError(f"The model's training state is damaged ({error}).") from error
    if trainer.history.first_step + trainer.history.step_count != checkpoint.step:
        raise RnnvizError("The model's history does not reach as far as its training.")


def _go_to_place(trainer: Trainer, checkpoint: Checkpoint) -> None:
    place = {"epoch": checkpoint.epoch, "position": checkpoint.position}
    if trainer.reader is None:
        trainer.place_without_text = (checkpoint.epoch, checkpoint.position)
    elif checkpoint.fingerprint == trainer.dataset.fingerprint:
        now, before = trainer.reader, checkpoint.configuration
        reader = now.resized(before.sequence_length, before.batch_size)
        reader.restore(reader.state() | place)
        trainer.reader = reader.resized(now.sequence_length, now.batch_size)


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
