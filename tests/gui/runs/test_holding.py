"""Holding all runs for a while, and letting them go on as they were."""

from rnnviz.training.commands import Pause, Train
from rnnviz.training.snapshot import RunState


def test_those_that_train_pause_and_train_on(desk):
    rival = desk.add_rival(run_id="rival")
    first = next(iter(desk.runs))
    desk.show(first, state=RunState.RUNNING, step=5)
    held = desk.training.hold()
    assert list(held) == [first]
    assert desk.posted(first) == [Pause()]
    assert desk.posted(rival) == []
    desk.show(first, state=RunState.PAUSED, step=7)
    desk.training.go_on(held)
    assert desk.posted(first) == [Train()]
    assert desk.posted(rival) == []


def test_a_training_that_has_an_end_keeps_it(desk):
    run = desk.run
    desk.show(step=10)
    run.post(Train(steps=20, steps_per_second=5))
    desk.show(state=RunState.RUNNING, step=16)
    held = desk.training.hold()
    desk.show(state=RunState.PAUSED, step=17)
    desk.posted()
    desk.training.go_on(held)
    assert desk.posted() == [Train(steps=13, steps_per_second=5)]


def test_a_training_whose_end_was_reached_meanwhile_is_over(desk):
    run = desk.run
    run.post(Train(steps=3))
    desk.show(state=RunState.RUNNING, step=2)
    held = desk.training.hold()
    desk.show(state=RunState.PAUSED, step=3)
    desk.posted()
    desk.training.go_on(held)
    assert desk.posted() == []


def test_what_was_begun_meanwhile_is_not_trained_on(desk):
    desk.show(state=RunState.RUNNING, step=5)
    held = desk.training.hold()
    desk.show(state=RunState.IDLE, step=0, run_id="another")
    desk.posted()
    desk.training.go_on(held)
    assert desk.posted() == []
