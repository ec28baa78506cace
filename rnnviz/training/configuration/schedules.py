"""How the learning rate changes over a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.training.configuration import Configuration

SCHEDULES = {
    "constant": "constant",
    "exponential": "exponential decay",
    "cosine": "cosine with warm-up",
}
"""The schedules by name, with what people call them."""

_LOWEST_SHARE = 0.01


def learning_rate(configuration: Configuration, step: int, epoch: int) -> float:
    """Return the learning rate of one step.

    Parameters
    ----------
    configuration
        The run's settings; its `learning_rate` is the highest that is reached.
    step
        The step, counted from 1.
    epoch
        How many whole epochs were read before it.
    """
    highest = configuration.learning_rate
    match configuration.schedule:
        case "exponential":
            further = max(0, epoch - configuration.decay_start + 1)
            return float(highest * configuration.decay_rate**further)
        case "cosine":
            end = configuration.schedule_steps
            warmup = min(configuration.warmup_steps, end // 2)
            if step <= warmup:
                return highest * (step / warmup)
            progress = min(1.0, (step - warmup) / max(1, end - warmup))
            share = 0.5 * (1 + math.cos(math.pi * progress))
            return highest * (_LOWEST_SHARE + (1 - _LOWEST_SHARE) * share)
        case _:
            return highest
