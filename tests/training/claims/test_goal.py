"""What somebody wants to bring about: measured as often as training can bear."""

from __future__ import annotations

import math
import pickle

import pytest

from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.goal import Goal, GoalWatch, measured
from rnnviz.training.commands import NewRun, TakeStep, Train, Watch
from rnnviz.training.session import Session

from ..helpers import small_trainer, task_settings

STEPS = Goal("steps", above=2)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("goal", "label", "words"),
    [
        (Goal("loss", below=1), "loss", "the loss, smoothed over about 50 steps,"),
        (
            Goal("gradient_ratio", lag=20, below=1),
            "relative gradient 20 steps back",
            "the gradient of the last step's loss, 20 steps back, as a share of its first length",
        ),
        (
            Goal("probability", of="{|}", above=0.5),
            "probability of “}” after “{”",
            "the probability of “}” after “{”",
        ),
        (
            Goal("unit_correlation", of="bracket depth", above=0.5),
            "best |r| with “bracket depth”",
            "the largest correlation of a unit with “bracket depth”, of whichever sign,",
        ),
    ],
)
def test_a_goal_says_what_it_is_about(goal, label, words):
    assert goal.label == label
    assert goal.words == words


def test_a_claim_is_a_goal_at_one_step():
    claim = Claim("loss", 5, below=2.0)
    assert isinstance(claim, Goal)
    assert (claim.quantity, claim.step, claim.above, claim.below) == ("loss", 5, None, 2.0)
    assert pickle.loads(pickle.dumps(claim)) == claim


def test_what_takes_long_is_measured_rarely_while_training_runs(monkeypatch):
    clock, trainer = Clock(), small_trainer()
    watch = GoalWatch((STEPS,), clock)

    def slowly(goal, run):
        clock.now += 1.0
        return measured(goal, run)

    monkeypatch.setattr("rnnviz.training.claims.goal.measured", slowly)
    seen = []
    for _ in range(25):
        seen.append(watch.measured("a", trainer, rests=False)[STEPS])
        trainer.step()
        clock.now += 1.0
    assert seen == [0.0] * 9 + [9.0] * 9 + [18.0] * 7


def test_where_training_rests_what_is_measured_is_of_this_very_step():
    trainer = small_trainer()
    watch = GoalWatch((STEPS,), Clock())
    for step in range(4):
        assert watch.measured("a", trainer, rests=True) == {STEPS: step}
        trainer.step()


def test_another_run_is_measured_at_once():
    first, second = small_trainer(), small_trainer()
    second.step()
    clock = Clock()
    watch = GoalWatch((STEPS,), clock)
    assert watch.measured("a", first, rests=False) == {STEPS: 0}
    assert watch.measured("b", second, rests=False) == {STEPS: 1}


def test_nothing_is_measured_twice_of_a_run_that_has_not_moved(monkeypatch):
    count = []
    trainer = small_trainer()
    watch = GoalWatch((STEPS,), Clock())
    monkeypatch.setattr(
        "rnnviz.training.claims.goal.measured", lambda goal, run: count.append(goal) or 1.0
    )
    for _ in range(3):
        watch.measured("a", trainer, rests=True)
    assert len(count) == 1


def test_a_snapshot_carries_what_was_measured_of_the_goals_that_are_watched():
    session = Session()
    goals = (STEPS, Goal("known_words", above=0.5))
    session.apply(Watch(frozenset(), goals))
    session.apply(NewRun(task_settings()))
    found = session.snapshot().goals
    assert found[STEPS] == 0
    assert math.isnan(found[goals[1]]), "a task has no words"
    for step in (1, 2, 3):
        session.apply(TakeStep())
        assert session.snapshot().goals[STEPS] == step
    session.apply(Watch(frozenset(), goals[:1]))
    assert session.snapshot().goals == {STEPS: 3}
    session.apply(Watch(frozenset()))
    assert session.snapshot().goals == {}


def test_goals_stay_from_run_to_run():
    session = Session()
    session.apply(NewRun(task_settings()))
    session.apply(Watch(frozenset(), (STEPS,)))
    session.apply(Train(4))
    while session.seconds_to_wait is not None:
        session.advance(look=False)
    assert session.snapshot().goals == {STEPS: 4}
    session.apply(NewRun(task_settings()))
    assert session.snapshot().goals == {STEPS: 0}
