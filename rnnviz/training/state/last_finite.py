"""What a run goes back to when its numbers leave the range of finite ones."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.optimizers import Optimizer
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.core.sparse_rows import SparseRows


class LastFinite:
    """The last weights, and the optimiser's slots, that gave a finite loss and finite gradients.

    Whether the weights of now will give a finite loss, only the next step tells. Those that a run
    begins or is resumed with are believed to: a model saved after the very step that spoilt its
    weights fails when it goes on, and has no earlier ones to go back to.

    Parameters
    ----------
    parameters, optimizer
        Of the run; what they hold now is kept first.

    Attributes
    ----------
    parameters
        The weights as they were at the last `keep`.
    slots, optimizer_steps
        Of the optimiser, then.
    knows_no_other
        Whether nothing was kept since the beginning.
    is_lost
        Whether something was, which is not known any more: until the next `keep`, all of this only
        stands for it. So it is in a state of the past that was kept without it.
    """

    def __init__(self, parameters: ParameterVector, optimizer: Optimizer) -> None:
        self.parameters = ParameterVector(parameters.shapes, flat=parameters.flat.copy())
        self.knows_no_other = True
        self.is_lost = False
        self._to_change: SparseRows | None = None
        self.take_optimizer(optimizer)

    @property
    def before_update(self) -> ParameterVector:
        """The weights that the last update began with, read only."""
        locked = self.parameters.flat.view()
        locked.setflags(write=False)
        return ParameterVector(self.parameters.shapes, flat=locked)

    def keep(
        self, parameters: ParameterVector, optimizer: Optimizer, sparse_rows: SparseRows | None
    ) -> None:
        """Remember the weights and slots as they are, and leave `slots` to be written anew.

        Where the update at hand changes all of it, the optimiser and this change places: what the
        slots are is then here, and what they become goes where those of the step before were.

        Parameters
        ----------
        parameters, optimizer
            Of the run.
        sparse_rows
            The rows of `U1` that the update at hand will change; None for all.
        """
        # What has changed since the last time is what the last update changed.
        changed, self._to_change = self._to_change, sparse_rows
        self._copy(changed, parameters.flat, self.parameters.flat)
        if sparse_rows is None:
            self.slots, optimizer.slots = optimizer.slots, self.slots
        else:
            for name, slot in optimizer.slots.items():
                self._copy(changed, slot, self.slots[name])
        self.optimizer_steps = optimizer.steps
        self.knows_no_other = self.is_lost = False

    @staticmethod
    def _copy(changed: SparseRows | None, source: Array, target: Array) -> None:
        if changed is None:
            np.copyto(target, source)
            return
        size = math.prod(changed.shape)
        matrix = target[:size].reshape(changed.shape)
        matrix[changed.ids] = source[:size].reshape(changed.shape)[changed.ids]
        np.copyto(target[size:], source[size:])

    def take_optimizer(self, optimizer: Optimizer) -> None:
        """Go on with another optimiser; the weights to go back to stay those of before."""
        self.slots = {name: slot.copy() for name, slot in optimizer.slots.items()}
        self.optimizer_steps = optimizer.steps
        # The rows that the last update changed are among all that is copied next.
        self._to_change = None

    def go_back(self, parameters: ParameterVector, optimizer: Optimizer) -> None:
        """Give the run its last finite weights and slots again."""
        np.copyto(parameters.flat, self.parameters.flat)
        for name, slot in optimizer.slots.items():
            np.copyto(slot, self.slots[name])
        optimizer.steps = self.optimizer_steps
        self._to_change = None
