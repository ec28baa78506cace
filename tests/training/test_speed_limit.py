"""The pace of a run, with a clock that the test moves."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.commands import NewRun, Pause, SetSpeed, TakeStep, Train, Watch
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.session import Session

from .helpers import own_text


class Clock:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def begun(path: Path) -> tuple[Session, Clock]:
    clock = Clock()
    session = Session(clock=clock)
    session.apply(NewRun(own_text(path)))
    session.apply(Watch(frozenset()))
    return session, clock


def count(session: Session) -> int:
    assert session.trainer is not None
    return session.trainer.step_count


def run(session: Session, clock: Clock, seconds: float, delay: float = 0.0) -> int:
    """Do what the thread's loop does, each wait `delay` too long; return the steps done."""
    before, end = count(session), clock.now + seconds
    while clock.now < end:
        wait = session.seconds_to_wait
        assert wait is not None
        if wait > 0:
            clock.now = min(end, clock.now + wait + delay)
        else:
            session.advance(look=False)
            clock.now += 1e-4
    return count(session) - before


@pytest.mark.parametrize("speed", [0.5, 1, 3, 10.0, 60, 250])
@pytest.mark.parametrize("delay", [0.0, 0.001])
def test_so_many_steps_a_second_are_done(tmp_path: Path, speed: float, delay: float) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(speed))
    session.apply(Train())
    assert run(session, clock, 8.0, delay) == pytest.approx(8 * speed, abs=1.01)


def test_no_limit_never_waits(tmp_path: Path) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(2.0))
    session.apply(SetSpeed(None))
    session.apply(Train())
    assert session.seconds_to_wait == 0
    assert run(session, clock, 0.02) == pytest.approx(200, abs=2)


@pytest.mark.parametrize("stall", [0.15, 0.99, 1.0, 7.3, 3600.0])
def test_what_a_stall_missed_is_not_caught_up_with(tmp_path: Path, stall: float) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(10.0))
    session.apply(Train())
    run(session, clock, 2.05)
    clock.now += stall
    assert run(session, clock, 1.0) <= 11
    assert run(session, clock, 1.0) == pytest.approx(10, abs=1.01)


def test_a_step_before_its_time_is_not_done(tmp_path: Path) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(1.0))
    session.apply(Train())
    session.advance(look=True)
    for _ in range(9):
        clock.now += 0.1
        session.advance(look=True)
    assert count(session) == 1
    clock.now += 0.11
    session.advance(look=True)
    assert count(session) == 2


def test_moving_the_speeds_slider_triggers_no_steps(tmp_path: Path) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(1.0))
    session.apply(Train())
    run(session, clock, 0.1)
    for number in range(50):
        session.apply(SetSpeed(1.0 + number / 100))
        run(session, clock, 0.01)
    assert count(session) == 1
    session.apply(SetSpeed(100.0))
    assert run(session, clock, 0.5) == pytest.approx(50, abs=1.01)
    session.apply(SetSpeed(1.0))
    assert run(session, clock, 0.9) == 0


def test_a_speed_that_comes_with_training_acts_at_once_where_it_trains_already(
    tmp_path: Path,
) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(0.01))
    session.apply(Train())
    assert run(session, clock, 0.1) == 1
    session.apply(Train(steps_per_second=50.0))
    assert run(session, clock, 0.5) == pytest.approx(25, abs=1.01)
    session.apply(Train())
    assert session.seconds_to_wait == pytest.approx(60.0)


def test_train_and_a_single_step_act_at_once_at_any_speed(tmp_path: Path) -> None:
    session, _clock = begun(tmp_path)
    session.apply(SetSpeed(0.1))
    session.apply(TakeStep())
    assert count(session) == 1
    session.apply(Train())
    assert session.seconds_to_wait == 0
    session.advance(look=False)
    assert count(session) == 2
    assert session.seconds_to_wait == pytest.approx(10.0)
    session.apply(Pause())
    assert session.seconds_to_wait is None


@pytest.mark.parametrize("speed", [0, 0.0, -1.0, math.nan, math.inf, -math.inf, True, "5"])
def test_a_speed_that_is_none_is_refused_and_the_old_one_stays(
    tmp_path: Path, speed: float
) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(5.0))
    session.apply(Train())
    with pytest.raises(RnnvizError, match="steps a second"):
        session.apply(SetSpeed(speed))
    assert run(session, clock, 2.0) == pytest.approx(10, abs=1.01)


@pytest.mark.parametrize("speed", [5e-324, 1e-9, 1e300])
def test_extreme_speeds_are_kept_to(tmp_path: Path, speed: float) -> None:
    session, clock = begun(tmp_path)
    session.apply(SetSpeed(speed))
    session.apply(Train())
    done = run(session, clock, 0.01)
    assert done == 1 if speed < 1 else done > 50


def test_below_twenty_steps_a_second_every_step_is_looked_at(tmp_path: Path) -> None:
    session, clock = begun(tmp_path)
    session.apply(Watch(EVERYTHING))
    # So slow that a busy computer, too, has measured all of it before the next step.
    session.apply(SetSpeed(0.5))
    session.apply(Train())
    assert session.trainer is not None
    for number in range(1, 4):
        session.advance(look=False)
        clock.now += 2.01
        assert session.trainer.last_window is not None
        assert session.trainer.last_window.step == number
    session.apply(SetSpeed(500.0))
    session.advance(look=False)
    assert session.trainer.last_window.step == 3


def test_tokens_a_second_are_measured_while_running(tmp_path: Path) -> None:
    session, clock = begun(tmp_path)
    assert session.snapshot().tokens_per_second == 0  # type: ignore[union-attr]
    session.apply(SetSpeed(40.0))
    session.apply(Train())
    rates = []
    for _ in range(60):
        run(session, clock, 0.1)
        rates.append(session.snapshot().tokens_per_second)  # type: ignore[union-attr]
    # Five tokens a step.
    assert rates[-1] == pytest.approx(200, rel=0.1)
    session.apply(Pause())
    assert session.snapshot().tokens_per_second == 0  # type: ignore[union-attr]
