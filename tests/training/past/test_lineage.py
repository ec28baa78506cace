"""Two runs are known to have been one up to the step at which something else was done to one."""

from __future__ import annotations

import pytest

from rnnviz.training.past.lineage import Lineage, lineage_of
from rnnviz.training.state.journal import Journal
from rnnviz.training.state.origin import MOST_ORIGINS, Origin, origins_of_branch
from rnnviz.training.trainer import Trainer

from ..helpers import small_trainer


def lineage(trainer: Trainer) -> Lineage:
    return lineage_of(trainer.state.journal, trainer.state.fingerprint)


def trained(**changes: float) -> Trainer:
    """Return a run of six steps, in which these settings were changed after three."""
    trainer = small_trainer()
    for step in range(6):
        if step == 3:
            for name, value in changes.items():
                trainer.change(name, value)
        trainer.step()
    return trainer


def test_runs_are_the_same_until_something_else_is_done_to_one() -> None:
    one, other = lineage(trained()), lineage(trained(learning_rate=0.3))
    assert one.before(0) == one.before(6) != ""
    # What is done right after step 3 is of no account for it.
    assert [one.before(step) == other.before(step) for step in range(6)] == [True] * 4 + [False] * 2
    assert other.before(9) == lineage(trained(learning_rate=0.3)).before(9)


def test_what_only_looks_and_how_a_hand_moved_makes_no_difference() -> None:
    trainer = small_trainer(temperature=0.3)
    for number, rate in enumerate((0.2, 0.3)):
        trainer.change("learning_rate", rate, goes_on=number > 0)
        trainer.change("prompt", "the")
        trainer.step()
    other = small_trainer()
    for rate in (0.2, 0.3):
        other.change("learning_rate", rate)
        other.step()
    assert [lineage(trainer).before(step) for step in range(4)] == [
        lineage(other).before(step) for step in range(4)
    ]


@pytest.mark.parametrize("change", [{"seed": 4}, {"hidden_size": 4}, {"learning_rate": 0.7}])
def test_runs_that_began_otherwise_were_never_the_same(change: dict[str, float]) -> None:
    assert lineage(small_trainer(**change)).before(0) != lineage(small_trainer()).before(0)


def test_of_a_run_whose_beginning_is_not_known_nothing_is_said() -> None:
    assert lineage_of(Journal(5), "0" * 64).before(9) == ""


def test_a_branch_that_leaves_a_branch_before_its_fork_leaves_both_there() -> None:
    first = Origin(30, "first", "a")
    assert [
        (origin.step, origin.name, origin.run_id)
        for origin in origins_of_branch(50, "second", "b", [first])
    ] == [(50, "second", "b"), (30, "first", "a")]
    assert [origin.step for origin in origins_of_branch(10, "second", "b", [first])] == [10, 10]
    many = [first] * MOST_ORIGINS
    assert len(origins_of_branch(50, "second", "b", many)) == MOST_ORIGINS
