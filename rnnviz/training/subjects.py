"""Copies of a run between two steps, for others to look into: nothing is shared with it."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.core.step_by_step import Masks
from rnnviz.core.tape import State, draw_mask
from rnnviz.data import Dataset, Window
from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.state.building import copied
from rnnviz.training.state.training_state import TrainingState


def check_subject(
    state: TrainingState, dataset: Dataset, window: Window, before: State
) -> CheckSubject:
    """Return what a gradient check needs.

    Parameters
    ----------
    state
        The run.
    dataset
        What it is trained on.
    window
        What it reads next.
    before
        The state that the window begins with.
    """
    return CheckSubject(
        step=state.step,
        title=dataset.title,
        level=state.configuration.token,
        network=_copy(state.network),
        inputs=read_only(window.inputs.copy()),
        targets=read_only(window.targets.copy()),
        state=[_locked(layer) for layer in before],
        dropout=state.configuration.dropout,
        loss=dataset.loss,
    )


def step_subject(
    state: TrainingState, dataset: Dataset, window: Window, before: State, epoch: int
) -> StepSubject:
    """Return all that the next step depends on.

    Parameters
    ----------
    state, dataset, window, before
        As in `check_subject`.
    epoch
        Which one the window belongs to, from 0.
    """
    configuration, optimizer = state.configuration, state.optimizer
    shapes = state.network.parameters.shapes
    answers = state.network.output_size
    return StepSubject(
        step=state.step,
        title=dataset.title,
        level=configuration.token,
        network=_copy(state.network),
        inputs=read_only(window.inputs.copy()),
        targets=read_only(window.targets.copy()),
        state=[_locked(layer) for layer in before],
        masks=_next_masks(state, window),
        loss=dataset.loss,
        learning_rate=configuration.learning_rate_at(state.step + 1, epoch),
        clip_mode=configuration.clip_mode,  # type: ignore[arg-type]
        clip_threshold=configuration.clip_threshold,
        optimizer=optimizer.name,
        momentum=optimizer.momentum,
        updates_done=optimizer.steps,
        slots={
            name: _locked(ParameterVector(shapes, flat=slot))
            for name, slot in optimizer.slots.items()
        },
        tokens=dataset.vocabulary.tokens,
        answers=(
            dataset.target_labels(np.arange(answers))
            if dataset.loss == "cross_entropy"
            else ("",) * answers
        ),
    )


def _next_masks(state: TrainingState, window: Window) -> Masks:
    """Draw the dropout masks of the next step, from a copy of what draws them."""
    dropout, network = state.configuration.dropout, state.network
    if dropout == 0:
        return ()
    rng, shape = copy.deepcopy(state.rng), (*window.inputs.shape[:2], network.hidden_size)
    return tuple(
        read_only(draw_mask(shape, network.dtype, dropout, rng))
        for _ in range(network.num_layers - 1)
    )


def _copy(network: Network) -> Network:
    twin = Network(network.architecture, network.dtype)
    twin.parameters.flat[:] = network.parameters.flat
    return twin


def _locked(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: read_only(array) for name, array in copied(arrays).items()}
