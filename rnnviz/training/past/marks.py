"""What happened to a run, step by step."""

from __future__ import annotations

import numpy as np

from rnnviz.training.configuration import SETTINGS
from rnnviz.training.past.timeline import Mark
from rnnviz.training.state.journal import BestUsed, Entry, SettingChanged
from rnnviz.training.state.training_state import TrainingState

_OFTEN, _STEPS = 0.5, 100
"""Clipping is frequent where it acts in so large a share of so many steps."""


def marks_of(state: TrainingState) -> tuple[Mark, ...]:
    """Return what happened to a run, by steps."""
    marks = [_mark(entry) for entry in state.journal.entries if not _only_looks(entry)]
    if state.best is not None:
        marks.append(Mark(state.best.step, "best"))
    marks += [Mark(sample.step, "text") for sample in state.samples]
    clipped_at = _clipping_became_frequent(state)
    if clipped_at is not None:
        marks.append(Mark(clipped_at, "clipping"))
    return tuple(sorted(marks, key=lambda mark: mark.step))


def _only_looks(entry: Entry) -> bool:
    return isinstance(entry, SettingChanged) and SETTINGS[entry.name].only_looks


def _mark(entry: Entry) -> Mark:
    match entry:
        case SettingChanged(step, name, value):
            return Mark(step, "setting", name, value)
        case BestUsed(step):
            return Mark(step, "best used")
        case _:
            return Mark(entry.step, "failure")


def _clipping_became_frequent(state: TrainingState) -> int | None:
    """Return the first step before which it was frequent, where before that it was not."""
    history = state.history.view()
    steps = np.concatenate([[state.history.first_step], history.steps])
    clipped = np.concatenate([[0.0], np.cumsum(history.clipped_steps)])
    ends = np.flatnonzero(steps - steps[0] >= _STEPS)
    starts = np.searchsorted(steps, steps[ends] - _STEPS, side="right") - 1
    often = (clipped[ends] - clipped[starts]) / (steps[ends] - steps[starts]) >= _OFTEN
    if often.all() or not often.any() or often[0]:
        return None
    return int(steps[ends[often.argmax()]])
