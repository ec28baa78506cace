"""What a live change of one setting makes of another that stayed as it was."""

from __future__ import annotations

from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.training.configuration import Configuration


def advice(configuration: Configuration, changed: str, step: int) -> str | None:
    """Say what a live change of one setting makes of another that stayed as it was, or nothing.

    Parameters
    ----------
    configuration
        The settings, changed already.
    changed
        The setting that was.
    step
        How many steps the run has done.
    """
    rate = configuration.learning_rate
    kind = OPTIMIZERS[configuration.optimizer]
    if changed == "optimizer" and rate > kind.largest_usual_rate:
        return (
            f"A learning rate of {rate:g} is large for {kind.title}: up to "
            f"{kind.largest_usual_rate:g} is usual."
        )
    if changed in ("schedule", "schedule_steps") and configuration.schedule == "cosine":
        end = configuration.schedule_steps
        if step >= end:
            return (
                f"The cosine has ended at step {end:,}, and the learning rate stays at a hundredth "
                f"of its full value. Let it fall until a step after {step:,}."
            )
    return None
