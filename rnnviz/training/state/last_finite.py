"""What a run goes back to when its numbers leave the range of finite ones."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import Optimizer
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.core.sparse_rows import SparseRows
from rnnviz.core.tape import NetworkTape

# An update that moves no weight and adds to no slot by more than this squared cannot overflow
# float32 within any number of steps that a person waits for.
_HARMLESS_NORM = 1e12


class NonFiniteError(RnnvizError):
    """A loss, a gradient or an update that is not finite; says which tensor and which step."""


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
    before_update
        The weights as they were at the last `keep`, read only: right after an update, those that
        it began with.
    """

    def __init__(self, parameters: ParameterVector, optimizer: Optimizer) -> None:
        self._parameters = parameters
        self._optimizer = optimizer
        self._kept_parameters = parameters.flat.copy()
        locked = self._kept_parameters.view()
        locked.setflags(write=False)
        self.before_update = ParameterVector(parameters.shapes, flat=locked)
        self._kept_slots = {name: slot.copy() for name, slot in optimizer.slots.items()}
        self._kept_steps = optimizer.steps
        self._to_change: SparseRows | None = None

    def keep(self, sparse_rows: SparseRows | None) -> None:
        """Remember the weights and slots as they are.

        Parameters
        ----------
        sparse_rows
            The rows of `U1` that the update at hand will change; None for all.
        """
        # What has changed since the last time is what the last update changed.
        changed, self._to_change = self._to_change, sparse_rows
        self._copy(changed, self._parameters.flat, self._kept_parameters)
        for name, slot in self._optimizer.slots.items():
            self._copy(changed, slot, self._kept_slots[name])
        self._kept_steps = self._optimizer.steps

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
        self._optimizer = optimizer
        self._kept_slots = {name: slot.copy() for name, slot in optimizer.slots.items()}
        self._kept_steps = optimizer.steps
        # The rows that the last update changed are among all that is copied next.
        self._to_change = None

    def failure_of_loss(self, tape: NetworkTape, step: int) -> NonFiniteError:
        """Go back, and say what made the loss on `tape` not finite."""
        culprit = "the output o"
        for number, layer in enumerate(tape.layers, start=1):
            if not np.isfinite(layer.hidden).all():
                culprit = f"the hidden state of layer {number}"
                break
        return self._failure(step, f"the loss is not finite, because {culprit} overflowed")

    def failure_of_gradient(self, gradients: ParameterVector, step: int) -> NonFiniteError:
        """Go back, and say which gradient is not finite."""
        culprit = gradients.first_non_finite()
        what = f"the gradient of {culprit}" if culprit else "the norm of all gradients together"
        return self._failure(step, f"{what} is not finite")

    def failure_of_update(
        self, step: int, gradient_norm: float, learning_rate: float
    ) -> NonFiniteError | None:
        """Go back where the update of `step` left the finite numbers, and say where; else None.

        Without this an overflowed sum of Adagrad would stop its weight for good and in silence.
        """
        if gradient_norm * max(1.0, learning_rate) < _HARMLESS_NORM:
            return None
        culprit = self._parameters.first_non_finite()
        if culprit is None:
            vector = self._parameters.zeros_like()
            for name, slot in self._optimizer.slots.items():
                np.copyto(vector.flat, slot)
                entry = vector.first_non_finite()
                if entry is not None:
                    culprit = f"the optimiser's {name} for {entry}"
                    break
        return (
            None if culprit is None else self._failure(step, f"the update of {culprit} overflowed")
        )

    def _failure(self, step: int, what: str) -> NonFiniteError:
        stuck = np.array_equal(self._parameters.flat, self._kept_parameters)
        np.copyto(self._parameters.flat, self._kept_parameters)
        for name, slot in self._optimizer.slots.items():
            np.copyto(slot, self._kept_slots[name])
        self._optimizer.steps = self._kept_steps
        self._to_change = None
        if stuck:
            advice = (
                "there are no earlier weights to go back to, so train on from an empty hidden "
                "state, shorten the sequence, or begin a new run with smaller weights"
            )
        else:
            advice = (
                "the last weights with a finite loss and gradient are kept, to train on with a "
                "lower learning rate or with clipping"
            )
        return NonFiniteError(f"Step {step:,}: {what}; {advice}.")
