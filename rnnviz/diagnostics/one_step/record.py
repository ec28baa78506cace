"""Everything that one training step computes, in order, each number by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core import step_by_step
from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.clipping import clip_by_step
from rnnviz.core.optimizers import OPTIMIZERS, UpdateSettings
from rnnviz.core.parameters import Array, letter_of
from rnnviz.core.step_by_step import TimeStep, TimeStepBack
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.diagnostics.read_only import read_only


@dataclass(frozen=True, slots=True, eq=False)
class StepRecord:
    """One step of training, written out in float64 as the textbook has it; nothing can be changed.

    Vectors are rows, as everywhere in the code: what the equations write as a column is (B, n), and
    matrices are stored transposed.

    Attributes
    ----------
    subject
        What it is the next step of.
    parameters
        Before the step, by the network's names: ``U1``, ``b1``, ``W1``, ... ``V``, ``c``.
    forward
        For each time step everything that is computed, layer by layer, and ``o`` (B, n_out).
    losses
        For each time step ``p`` (B, n_out), where there are probabilities, and ``L`` (B,); none
        where nothing is asked.
    backward
        For each time step, in the order of time, everything that comes back.
    gradients
        The sum of what the time steps add, by the parameters' names.
    clipping
        ``norm``, ``threshold`` and ``factor``, as `rnnviz.core.clipping.clip_by_step` has them.
    clipped
        What the optimiser is given.
    updates
        For each parameter what the optimiser computes, as its `Optimizer.by_step`
        has it: ``g``, the slots before and after, ``update``, ``new``.
    result
        What it brought: ``L``, summed over the time steps and averaged over the streams, and
        ``L_new``, the same of the same window, state and masks, with the new weights.
    """

    subject: StepSubject
    parameters: Mapping[str, Array]
    forward: tuple[TimeStep, ...]
    losses: tuple[Lines, ...]
    backward: tuple[TimeStepBack, ...]
    gradients: Lines
    clipping: Lines
    clipped: Mapping[str, Array]
    updates: Mapping[str, Lines]
    result: Lines

    @property
    def loss(self) -> float:
        """The window's loss, as the trainer counts it."""
        return float(self.result["L"])

    @property
    def loss_after(self) -> float:
        """What the same window loses with the new weights."""
        return float(self.result["L_new"])


def record_step(subject: StepSubject) -> StepRecord:
    """Compute the next step of a run, and take it nowhere: the subject stays as it is.

    It is computed in float64 from the run's own weights, so that a step in float32 is the same to
    about seven digits. What is not finite stays so, without a word.
    """
    with np.errstate(all="ignore"):
        return _record(subject)


def _record(subject: StepSubject) -> StepRecord:
    architecture = subject.network.architecture
    parameters, masks = _exact(subject.network.parameters), _masks(subject)
    forward = _read(subject, parameters)
    losses, d_outputs = step_by_step.losses(forward, subject.targets, subject.loss)
    backward = step_by_step.backward(architecture, parameters, forward, d_outputs, masks)
    gradients = step_by_step.gradients(architecture, backward)
    clipping, g = clip_by_step(gradients, subject.clip_mode, subject.clip_threshold)
    updates = _updates(subject, parameters, g)
    after = _read(subject, {name: lines["new"] for name, lines in updates.items()})
    losses_after, _ = step_by_step.losses(after, subject.targets, subject.loss)
    result = Lines()
    result.add(step_by_step.total_loss(losses))
    loss_after = step_by_step.total_loss(losses_after).value
    result.write("L_new", "L_new, of the same window with the new weights", loss_after)
    record = StepRecord(
        subject=subject,
        parameters=parameters,
        forward=tuple(forward),
        losses=losses,
        backward=tuple(backward),
        gradients=gradients,
        clipping=clipping,
        clipped={name: line.value for name, line in g.items()},
        updates=updates,
        result=result,
    )
    _lock(record)
    return record


def _read(subject: StepSubject, parameters: Mapping[str, Array]) -> list[TimeStep]:
    state = [_exact(layer) for layer in subject.state]
    return step_by_step.forward(
        subject.network.architecture, parameters, subject.inputs, state, _masks(subject)
    )


def _updates(
    subject: StepSubject, parameters: Mapping[str, Array], g: Mapping[str, Line]
) -> dict[str, Lines]:
    kind = OPTIMIZERS[subject.optimizer]
    number = subject.updates_done + 1
    settings = UpdateSettings(subject.learning_rate, subject.momentum, number)
    return {
        name: kind.by_step(
            letter_of(name),
            weights,
            g[name],
            {slot: _in_float64(arrays[name]) for slot, arrays in subject.slots.items()},
            settings,
        )
        for name, weights in parameters.items()
    }


def _masks(subject: StepSubject) -> list[Array | None]:
    return [None if mask is None else _in_float64(mask) for mask in subject.masks]


def _in_float64(array: NDArray[Any]) -> Array:
    return np.array(array, np.float64, order="C")


def _exact(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: _in_float64(array) for name, array in arrays.items()}


def _lock(record: StepRecord) -> None:
    """Have nobody write to any number of it any more."""
    for arrays in (record.parameters, *record.forward[0].before):
        for array in arrays.values():
            read_only(array)
    parts = [record.gradients, record.clipping, record.result, *record.losses]
    parts += record.updates.values()
    for step, back in zip(record.forward, record.backward, strict=True):
        parts += (*step.layers, step.output, *back.layers, back.output)
    for lines in parts:
        lines.lock()
