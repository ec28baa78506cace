"""How the learning rate changes over a run."""

from __future__ import annotations

import math

SCHEDULES = {
    "constant": "constant",
    "exponential": "exponential decay",
    "cosine": "cosine with warm-up",
}
"""The schedules by name, with what people call them."""

_LOWEST_SHARE = 0.01


def exponential_decay(highest: float, epoch: int, decay_rate: float, decay_start: int) -> float:
    """Return a learning rate that falls by a factor at every further epoch.

    Parameters
    ----------
    highest
        The rate at the start.
    epoch
        How many whole epochs were read before the step.
    decay_rate
        The factor.
    decay_start
        After how many epochs it acts for the first time.
    """
    further = max(0, epoch - decay_start + 1)
    return float(highest * decay_rate**further)


def warmed_up_cosine(highest: float, step: int, warmup_steps: int, end: int) -> float:
    """Return a learning rate that rises in a line and falls along a cosine to a hundredth.

    Parameters
    ----------
    highest
        The rate at the end of the warm-up.
    step
        The step, counted from 1.
    warmup_steps
        Over how many steps it rises: at most half of all.
    end
        The step from which on it stays.
    """
    warmup = min(warmup_steps, end // 2)
    if step <= warmup:
        return highest * (step / warmup)
    progress = min(1.0, (step - warmup) / max(1, end - warmup))
    share = 0.5 * (1 + math.cos(math.pi * progress))
    return highest * (_LOWEST_SHARE + (1 - _LOWEST_SHARE) * share)
