"""A new diagnostic is one declaration: watched, it is measured, carried and followed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rnnviz.training.commands import NewRun, TakeStep, Watch
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.kinds.diagnostic import Diagnostic, Numbers
from rnnviz.training.observation.kinds.of_record import RecordDiagnostic
from rnnviz.training.observation.kinds.of_update import UpdateDiagnostic
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

from ..helpers import own_text, unhurried


def largest_state(context: StepContext) -> float:
    return float(np.abs(context.measure(HIDDEN_STATE)["h"]).max())


def largest_entries(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> Numbers:
    return tuple(after), np.array([np.abs(entries).max() for entries in after.values()])


LARGEST_STATE = WindowDiagnostic(
    "largest_state", largest_state, lambda size: (("largest",), np.array([size]))
)
LARGEST_ENTRIES = UpdateDiagnostic("largest_entries", largest_entries)
STEPS_DONE = RecordDiagnostic("steps_done", lambda record: record.state.step)


def after_two_steps(tmp_path: Path, *watched: Diagnostic) -> Snapshot:
    session = Session()
    session.apply(Watch(frozenset(watched)))
    session.apply(NewRun(own_text(tmp_path)))
    assert session.trainer is not None
    unhurried(session.trainer)
    session.apply(TakeStep())
    session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def test_what_is_measured_of_a_window_is_carried_and_followed(tmp_path: Path) -> None:
    snapshot = after_two_steps(tmp_path, LARGEST_STATE)
    largest = snapshot.get(LARGEST_STATE)
    assert largest is not None
    assert 0 < largest < 1
    assert snapshot.get(HIDDEN_STATE) is None, "what it was measured with is not watched"
    series = snapshot.series[LARGEST_STATE]
    assert (series.labels, series.steps.tolist()) == (("largest",), [0, 1, 2])
    assert series.values[-1, 0] == largest


def test_what_is_measured_of_an_update_is_followed(tmp_path: Path) -> None:
    snapshot = after_two_steps(tmp_path, LARGEST_ENTRIES)
    series = snapshot.series[LARGEST_ENTRIES]
    assert "W1" in series.labels
    assert series.steps.tolist() == [1, 2]


def test_what_is_taken_from_the_record_is_carried(tmp_path: Path) -> None:
    assert after_two_steps(tmp_path, STEPS_DONE).get(STEPS_DONE) == 2


def test_what_nobody_watches_is_neither_measured_nor_carried(tmp_path: Path) -> None:
    snapshot = after_two_steps(tmp_path)
    assert snapshot.series == {}
    assert [snapshot.get(one) for one in (LARGEST_STATE, STEPS_DONE)] == [None, None]
