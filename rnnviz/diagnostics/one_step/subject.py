"""What a run hands out, so that its next step can be looked into without being taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from rnnviz.core.clipping import ClipMode
from rnnviz.core.loss import LossName
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.step_by_step import Masks
from rnnviz.core.tape import Inputs, State


@dataclass(frozen=True, slots=True, eq=False)
class StepSubject:
    """A run between two steps, and all that its next step depends on. Nothing is shared with it.

    Attributes
    ----------
    step
        How many steps were done; what follows is of the next one.
    title
        What its text or task is called.
    level
        What its tokens are: ``character``, ``word`` or ``time step``.
    network
        With parameters of its own, in the run's precision.
    inputs, targets
        As a ``rnnviz.data.Window`` has them: (T, B) ids, or numbers (T, B, n); and (T', B) ids, or
        numbers (T', B, n_out), of the last T' steps.
    state
        The state before the window, (B, H) by name, a layer each.
    masks
        The dropout masks (T, B, H) that the step will draw, of all layers but the last; empty
        where nothing is dropped.
    loss
        Which loss.
    learning_rate
        Of the next step, as the schedule has it.
    clip_mode, clip_threshold
        How its gradient is clipped.
    optimizer
        A key of ``rnnviz.core.optimizers.OPTIMIZERS``.
    momentum
        How much of its last step an optimiser that has momentum keeps.
    updates_done
        How many updates the optimiser has done.
    slots
        What it remembers: slot by name, and in it an array for each parameter, in its shape.
    tokens
        The labels of what is read: of the tokens, or of the numbers of a time step.
    answers
        The labels of what is put out: of a text the same tokens, of a task its answers.
    """

    step: int
    title: str
    level: str
    network: Network
    inputs: Inputs
    targets: NDArray[Any]
    state: State
    masks: Masks
    loss: LossName
    learning_rate: float
    clip_mode: ClipMode
    clip_threshold: float
    optimizer: str
    momentum: float
    updates_done: int
    slots: Mapping[str, Mapping[str, Array]]
    tokens: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def sequence_length(self) -> int:
        """T, the window's time steps."""
        return len(self.inputs)

    @property
    def batch_size(self) -> int:
        """B, the window's streams."""
        return int(self.inputs.shape[1])

    @property
    def first_asked(self) -> int:
        """The first time step that has a loss, from 1."""
        return len(self.inputs) - len(self.targets) + 1
