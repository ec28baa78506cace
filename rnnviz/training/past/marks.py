"""What happened to a run, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnnviz.training.configuration import SETTINGS
from rnnviz.training.past.timeline import Mark
from rnnviz.training.state.journal import BestUsed, Entry, SettingChanged
from rnnviz.training.state.training_state import TrainingState

_OFTEN, _STEPS = 0.5, 100
"""Clipping is frequent where it acts in so large a share of so many steps."""


def marks_of(state: TrainingState) -> tuple[Mark, ...]:
    """Return what happened to a run, by steps."""
    marks = _marks_of(state.journal.entries)
    if state.best is not None:
        marks.append(Mark(state.best.step, "best"))
    marks += [Mark(sample.step, "text") for sample in state.samples]
    clipped_at = _clipping_became_frequent(state)
    if clipped_at is not None:
        marks.append(Mark(clipped_at, "clipping"))
    return tuple(sorted(marks, key=lambda mark: mark.step))


def _marks_of(entries: Sequence[Entry]) -> list[Mark]:
    """Return a mark for each entry, but one for all in which a hand went on."""
    marks: list[Mark] = []
    places: dict[str, int] = {}
    for entry in entries:
        if _only_looks(entry):
            continue
        mark = _mark(entry)
        if isinstance(entry, SettingChanged):
            if entry.goes_on and entry.name in places:
                begun = marks[places[entry.name]]
                since = begun.step if begun.since is None else begun.since
                marks[places[entry.name]] = replace(mark, since=since)
                continue
            places[entry.name] = len(marks)
        marks.append(mark)
    return marks


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
