"""How often runs are pictured: what painting takes of a processor, training lacks."""

from __future__ import annotations

import os

PROCESSORS = os.cpu_count() or 1
_ALONE = 0.19
_SHARED = 0.22
_CROWDED = 0.36


def seconds_per_picture(running: int, *, is_watching: bool) -> float:
    """Return how many seconds lie between two pictures of a run, at least.

    Parameters
    ----------
    running
        How many runs train now, each in a process of its own.
    is_watching
        Whether a text is watched: its pictures follow each other smoothly whatever that takes.
    """
    if running < 2:
        return _ALONE
    has_processor_to_spare = running < PROCESSORS
    return _SHARED if has_processor_to_spare or is_watching else _CROWDED
