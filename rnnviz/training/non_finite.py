"""Telling what made a step's numbers not finite."""

from __future__ import annotations

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import Optimizer
from rnnviz.core.parameters import ParameterVector
from rnnviz.core.tape import NetworkTape

# An update that moves no weight and adds to no slot by more than this squared cannot overflow
# float32 within any number of steps that a person waits for.
_HARMLESS_NORM = 1e12


class NonFiniteError(RnnvizError):
    """A loss, a gradient or an update that is not finite; says which tensor and which step."""


def failure(step: int, reason: str, *, can_go_back: bool) -> NonFiniteError:
    """Put in a sentence why a step failed, and what there is to do.

    Parameters
    ----------
    step
        Which step failed.
    reason
        What is not finite, as a clause.
    can_go_back
        Whether there are earlier weights that were better.
    """
    if can_go_back:
        advice = (
            "the last weights with a finite loss and gradient are kept, so you can train on "
            "with a lower learning rate or with clipping"
        )
    else:
        advice = (
            "there are no earlier weights to go back to, so train on from an empty hidden "
            "state, shorten the sequence, or begin a new run with smaller weights"
        )
    return NonFiniteError(f"Step {step:,}: {reason}; {advice}.")


def in_loss(tape: NetworkTape) -> str:
    """Say what made the loss on `tape` not finite."""
    culprit = "the output o"
    for number, layer in enumerate(tape.layers, start=1):
        if not np.isfinite(layer.hidden).all():
            culprit = f"the hidden state of layer {number}"
            break
    return f"the loss is not finite, because {culprit} overflowed"


def in_gradient(gradients: ParameterVector) -> str:
    """Say which gradient is not finite."""
    culprit = gradients.first_non_finite()
    what = f"the gradient of {culprit}" if culprit else "the norm of all gradients together"
    return f"{what} is not finite"


def in_update(
    parameters: ParameterVector, optimizer: Optimizer, gradient_norm: float, learning_rate: float
) -> str | None:
    """Say where the update that was just made left the finite numbers; None where it did not.

    Without this an overflowed sum of Adagrad would stop its weight for good and in silence.
    """
    if gradient_norm * max(1.0, learning_rate) < _HARMLESS_NORM:
        return None
    culprit = parameters.first_non_finite()
    if culprit is None:
        vector = parameters.zeros_like()
        for name, slot in optimizer.slots.items():
            np.copyto(vector.flat, slot)
            entry = vector.first_non_finite()
            if entry is not None:
                culprit = f"the optimiser's {name} for {entry}"
                break
    return None if culprit is None else f"the update of {culprit} overflowed"
