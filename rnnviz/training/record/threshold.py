"""At which norm a run's gradients were clipped, step by step, as its journal tells it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.configuration import Configuration, Value
from rnnviz.training.state.journal import Journal, SettingChanged

_NAMES = ("clip_mode", "clip_threshold")


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdView:
    """The threshold of clipping by norm, as it was set over the run; read-only arrays of its own.

    Attributes
    ----------
    steps
        (n,) after how many steps each threshold began to act, ascending.
    thresholds
        (n,) what it was from then on; not-a-number where gradients were not clipped by norm, or
        where it is not known. The last one is that of now.
    """

    steps: Array
    thresholds: Array

    def at(self, steps: Array) -> Array:
        """Return which threshold steps, shape ``(m,)``, were clipped at."""
        # One that was set after a step acts from the next one on.
        index = np.searchsorted(self.steps, steps, side="left") - 1
        known = np.append(self.thresholds, np.nan)
        return np.where(index < 0, np.nan, known[index])


NO_THRESHOLD = ThresholdView(read_only(np.empty(0)), read_only(np.empty(0)))
"""Of which nothing is known."""


def threshold_view(journal: Journal, configuration: Configuration) -> ThresholdView:
    """Return the thresholds of a run.

    Parameters
    ----------
    journal
        Knows every change of them; where it does not tell the run from its beginning, the one
        before the first change is unknown.
    configuration
        The settings in force.
    """
    changes = [
        entry
        for entry in journal.entries
        if isinstance(entry, SettingChanged) and entry.name in _NAMES
    ]
    changed = {change.name for change in changes}
    known = configuration if journal.begun_with is None else journal.begun_with
    unknown = changed if journal.begun_with is None else set()
    values = {name: getattr(known, name) for name in _NAMES if name not in unknown}
    # Of several changes after one step the last one counts.
    levels = {journal.first_step: _level(values)}
    for change in changes:
        values[change.name] = change.value
        levels[change.step] = _level(values)
    return ThresholdView(
        steps=read_only(np.array(list(levels), dtype=float)),
        thresholds=read_only(np.array(list(levels.values()))),
    )


def _level(values: dict[str, Value]) -> float:
    threshold = values.get("clip_threshold", math.nan)
    return float(threshold) if values.get("clip_mode") == "norm" else math.nan
