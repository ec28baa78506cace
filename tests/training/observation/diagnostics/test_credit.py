"""The credit matrix on its way to the window: which step and text it belongs to."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.diagnostics.credit import CreditMatrix
from rnnviz.training.commands import Change, NewRun, Pause, TakeStep, Train, Watch
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.units import UNITS
from rnnviz.training.observation.diagnostics.updates import UPDATES
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.observation.throttle import Throttle
from rnnviz.training.session import Session
from rnnviz.training.snapshot import WindowView

from ...helpers import own_text, unhurried

WATCHED = frozenset({CREDIT, GRADIENT_FLOW})


def session_of(tmp_path: Path, **settings: object) -> Session:
    session = Session()
    session.apply(Watch(WATCHED))
    session.apply(NewRun(own_text(tmp_path, **settings)))
    return session


def credit_of(session: Session) -> CreditMatrix:
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.window is not None
    return snapshot.window.measured[CREDIT]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("batch_size", [1, 3])
def test_before_training_it_is_that_of_the_window_on_the_screen(
    tmp_path: Path, cell: str, batch_size: int
) -> None:
    session = session_of(tmp_path, cell=cell, batch_size=batch_size, num_layers=2)
    credit = credit_of(session)
    window = session.snapshot().window  # type: ignore[union-attr]
    assert window is not None
    assert (credit.first, credit.size) == (0, len(window.tokens))
    for name, norms in credit.norms.items():
        flow = window.measured[GRADIENT_FLOW].from_last[name]
        np.testing.assert_allclose(norms[:, -1], flow, rtol=1e-4)


def test_while_training_runs_it_is_of_the_window_on_the_screen_which_may_be_an_earlier_one(
    tmp_path: Path,
) -> None:
    session = session_of(tmp_path)
    slow_clock(session)
    session.apply(Train())
    steps = set()
    for number in range(200):
        session.advance(look=True)
        window = session.snapshot().window  # type: ignore[union-attr]
        assert window is not None
        for name, norms in window.measured[CREDIT].norms.items():
            flow = window.measured[GRADIENT_FLOW].from_last[name]
            np.testing.assert_allclose(norms[:, -1], flow, rtol=1e-4)
        assert window.step <= number
        steps.add(window.step)
    assert 5 < len(steps) < 100


def test_a_long_window_is_shown_by_its_end(tmp_path: Path) -> None:
    session = session_of(tmp_path, sequence_length=200)
    credit = credit_of(session)
    window = session.snapshot().window  # type: ignore[union-attr]
    assert window is not None
    assert (credit.first, credit.size, len(window.tokens)) == (72, 128, 200)


def test_it_follows_another_sequence_length_at_once_while_nothing_runs(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    session.apply(Train())
    session.advance(look=True)
    session.apply(Pause())
    session.apply(Change("sequence_length", 9))
    assert credit_of(session).size == 9


def test_nobody_looks_and_what_was_measured_is_given_back(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    session.apply(Watch(EVERYTHING))
    session.apply(TakeStep())
    observer = session.trainer._observer  # type: ignore[union-attr]
    assert {CREDIT, UNITS} <= set(observer._probes._kept)
    session.apply(Watch(frozenset({SATURATION})))
    assert not observer._probes._kept
    session.apply(TakeStep())
    assert CREDIT not in session.snapshot().window.measured  # type: ignore[union-attr]
    assert CREDIT not in observer._probes._kept


def slow_clock(session: Session) -> None:
    """Have every look at the clock find a second gone: a measurement takes one, and then rests."""
    seconds = itertools.count()
    observer = session.trainer._observer  # type: ignore[union-attr]
    observer._throttle = observer._throttle_of_updates = Throttle(lambda: float(next(seconds)))


def window_of(session: Session) -> WindowView:
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.window is not None
    return snapshot.window


def test_a_single_step_shows_the_weights_that_it_made(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    session.apply(Watch(EVERYTHING))
    slow_clock(session)
    before = window_of(session)
    for number in range(1, 6):
        session.apply(TakeStep())
        window = window_of(session)
        assert window.step == number
        now, then = window.measured, before.measured
        assert not np.array_equal(now[HIDDEN_STATE]["h"], then[HIDDEN_STATE]["h"])
        assert not np.array_equal(now[GRADIENT_FLOW].total["h"], then[GRADIENT_FLOW].total["h"])
        before = window


def test_a_single_step_notes_its_own_update(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    session.apply(Watch(frozenset({UPDATES})))
    unhurried(session.trainer)  # type: ignore[arg-type]
    for _ in range(5):
        session.apply(TakeStep())
    series = session.snapshot().series[UPDATES]  # type: ignore[union-attr]
    assert series.steps.tolist() == [1, 2, 3, 4, 5]


def test_once_training_rests_nothing_is_of_an_earlier_step(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    slow_clock(session)
    session.apply(Train())
    for _ in range(5):
        session.advance(look=True)
    assert window_of(session).step < 4
    session.apply(Pause())
    assert window_of(session).step == 5
