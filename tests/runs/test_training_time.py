"""What a run's steps take of a processor: theirs alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rnnviz.runs.loop import Loop
from rnnviz.runs.messages import Event, Pictured
from rnnviz.runs.training_time import TrainingTime
from rnnviz.training.commands import NewRun, Reset, TakeStep, Train, Undo
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.trainer import Trainer

SMALL = Configuration(hidden_size=4, sequence_length=5)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.asked = 0

    def __call__(self) -> float:
        self.asked += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trainer() -> Trainer:
    return new_trainer(SMALL)


def test_steps_count_and_what_lies_between_laps_without_steps_does_not(
    clock: Clock, trainer: Trainer
) -> None:
    spent = TrainingTime(clock)
    spent.lap(trainer)
    clock.now += 7.0
    spent.lap(trainer)
    assert trainer.processor_seconds == 0.0
    trainer.step()
    trainer.step()
    clock.now += 3.0
    spent.lap(trainer)
    assert (trainer.processor_seconds, spent.step_seconds) == (3.0, 1.5)


def test_a_look_is_left_out_once_it_is_known_what_a_step_takes(
    clock: Clock, trainer: Trainer
) -> None:
    spent = TrainingTime(clock)
    spent.lap(trainer)
    trainer.step()
    clock.now += 9.0
    spent.lap_with_more(trainer)
    assert trainer.processor_seconds == 9.0
    trainer.step()
    clock.now += 2.0
    spent.lap(trainer)
    trainer.step()
    clock.now += 50.0
    spent.lap_with_more(trainer)
    assert trainer.processor_seconds == 9.0 + 2.0 + 2.0


def test_each_run_has_its_own(clock: Clock, trainer: Trainer) -> None:
    other = new_trainer(SMALL)
    other.step()
    spent = TrainingTime(clock)
    for one in (trainer, other, None, trainer):
        clock.now += 4.0
        spent.lap(one)
        clock.now += 4.0
        spent.lap_with_more(one)
    assert (trainer.processor_seconds, other.processor_seconds) == (0.0, 0.0)


@pytest.fixture
def drive() -> Callable[[list[object], Clock], Loop]:
    """Return what has a loop obey, in this thread, until it has nothing left to do."""

    def driven(requests: list[object], clock: Clock) -> Loop:
        def tell(event: Event) -> None:
            if isinstance(event, Pictured) and event.snapshot.step == 1000:
                loop.stop()

        loop = Loop(tell)
        loop._time = TrainingTime(clock)
        for request in requests:
            loop.post(request)
        loop.run()
        return loop

    return driven


def test_a_run_alone_that_nobody_looks_at_is_not_timed_step_by_step(
    clock: Clock, drive: Callable[[list[object], Clock], Loop]
) -> None:
    drive([NewRun(SMALL), Train(1000)], clock)
    assert clock.asked < 10


def test_a_run_that_a_reset_put_away_comes_back_with_its_time(
    clock: Clock, drive: Callable[[list[object], Clock], Loop]
) -> None:
    loop = drive([NewRun(SMALL), Train(1000)], clock)
    assert loop.session.trainer is not None
    loop.session.trainer.processor_seconds = 12.0
    loop.session.apply(Reset())
    assert loop.session.trainer.processor_seconds == 0.0
    loop.session.apply(Undo())
    assert loop.session.trainer.processor_seconds == 12.0


def test_single_steps_count_too(clock: Clock, trainer: Trainer) -> None:
    loop = Loop(lambda _: None)
    loop._time = spent = TrainingTime(clock)
    loop.session.apply(NewRun(SMALL))
    loop.session.apply(TakeStep())
    spent.lap(loop.session.trainer)
    loop.session.apply(TakeStep())
    clock.now += 1.0
    spent.lap(loop.session.trainer)
    assert loop.session.trainer is not None
    assert loop.session.trainer.processor_seconds == 1.0
