"""Branches lie over one another where they left, and over the runs that they left."""

import dataclasses
import random

import pytest

from rnnviz.gui.runs.fork import Fork, counted_from, forks_of, parted_at
from rnnviz.training.past.lineage import Lineage
from rnnviz.training.snapshot import Snapshot
from rnnviz.training.state.origin import Origin


def test_without_a_branch_every_run_counts_from_its_start() -> None:
    assert counted_from({"a": None, "b": None}, "a") == {}


def test_a_branch_and_the_run_that_it_left_count_from_the_fork() -> None:
    runs = {"a": None, "b": Fork(30, ("a",)), "other": None}
    for front in runs:
        assert counted_from(runs, front) == {"a": 30, "b": 30}


def test_of_several_branches_the_one_in_front_says_where_their_run_is_or_the_last_one() -> None:
    runs = {"a": None, "b": Fork(30, ("a",)), "c": Fork(50, ("a",))}
    assert counted_from(runs, "b") == {"a": 30, "b": 30, "c": 50}
    assert counted_from(runs, "c") == {"a": 50, "b": 30, "c": 50}
    assert counted_from(runs, "a") == {"a": 50, "b": 30, "c": 50}


def test_a_branch_of_a_branch_lies_over_all_that_it_came_from_while_it_is_in_front() -> None:
    runs = {"a": None, "b": Fork(30, ("a",)), "c": Fork(50, ("b", "a"))}
    assert counted_from(runs, "c") == {"a": 50, "b": 50, "c": 50}
    assert counted_from(runs, "b") == {"a": 30, "b": 30, "c": 50}
    # The run between may be gone.
    del runs["b"]
    assert counted_from(runs, "a") == {"a": 50, "c": 50}


def test_where_the_run_that_was_left_has_begun_anew_it_was_not_left() -> None:
    runs = {"after a reset": None, "b": Fork(30, ("a",))}
    assert counted_from(runs, "b") == {"b": 30}


@pytest.mark.parametrize("seed", range(50))
def test_every_branch_but_those_that_the_one_in_front_came_from_is_at_its_fork(seed: int) -> None:
    rng = random.Random(seed)
    runs: dict[str, Fork | None] = {}
    for number in range(8):
        origin = rng.choice([None, *runs])
        if origin is None:
            runs[str(number)] = None
        else:
            before = runs[origin]
            origins = (origin, *(before.origins if before else ()))
            runs[str(number)] = Fork(rng.randrange(1000), origins)
    front = rng.choice(list(runs))
    counted = counted_from(runs, front)
    ahead = runs[front]
    came_from = ahead.origins if ahead else ()
    left = {origin for fork in runs.values() if fork for origin in fork.origins}
    for run, fork in runs.items():
        if run in came_from:
            assert counted[run] == ahead.step
        elif fork is not None:
            assert counted[run] == fork.step
        else:
            assert (run in counted) is (run in left)


def as_shown(
    first: Snapshot,
    run_id: str,
    step: int,
    origins: tuple[Origin, ...] = (),
    done: tuple[int, ...] = (),
    beginning: str = "tales",
) -> Snapshot:
    """Return a picture of a run to which something was done after these steps."""
    digests = tuple(f"{beginning}{done[: place + 1]}" for place in range(len(done)))
    lineage = Lineage(beginning, done, digests)
    return dataclasses.replace(first, run_id=run_id, step=step, origins=origins, lineage=lineage)


def test_what_a_branch_has_left_in_this_session_is_known_by_its_name(first: Snapshot) -> None:
    branch = as_shown(first, "b", 60, (Origin(30, "A", "a"),))
    origin, like_it = (as_shown(first, name, 60) for name in ("a", "c"))
    assert forks_of([like_it, origin, branch]) == {"c": None, "a": None, "b": Fork(30, ("a",))}


def test_two_runs_have_parted_where_the_first_of_them_left_what_both_were(first: Snapshot) -> None:
    a, other = as_shown(first, "a", 90), as_shown(first, "other", 90)
    b = as_shown(first, "b", 60, (Origin(30, "A", "a"),))
    c = as_shown(first, "c", 60, (Origin(50, "B", "b"), Origin(30, "A", "a")))
    d = as_shown(first, "d", 60, (Origin(20, "B", "b"), Origin(30, "A", "a")))
    runs = [a, b, c, d, other]
    parted = {(x.run_id, y.run_id): parted_at(x, y, runs) for x in runs for y in runs if x is not y}
    assert parted["a", "b"] == parted["b", "a"] == parted["a", "c"] == 30
    assert parted["b", "c"] == 50
    assert parted["a", "d"] == parted["b", "d"] == parted["c", "d"] == 20
    assert {parted[x.run_id, "other"] for x in (a, b, c, d)} == {0}


def test_out_of_files_a_branch_knows_the_run_that_it_has_left(first: Snapshot) -> None:
    branch = as_shown(first, "b", 60, (Origin(30, "A"),), (10, 30))
    others = {
        "the run itself, which went on otherwise": as_shown(first, "a", 90, done=(10, 30, 50)),
        "not so far": as_shown(first, "a", 20, done=(10,)),
        "something else was done": as_shown(first, "a", 90, done=(20,)),
        "another seed": as_shown(first, "a", 90, done=(10,), beginning="other"),
        "another branch": as_shown(first, "a", 90, (Origin(40, "A"),), (10,)),
        "nobody knows": as_shown(first, "a", 90, beginning=""),
    }
    for what, other in others.items():
        left = ("a",) if what.startswith("the run itself") else ()
        assert forks_of([other, branch])["b"] == Fork(30, left), what
    unknown = as_shown(first, "b", 60, (Origin(30, "A"),), beginning="")
    assert forks_of([others["nobody knows"], unknown])["b"] == Fork(30, ())


def test_out_of_files_a_branch_of_a_branch_knows_both(first: Snapshot) -> None:
    origin = as_shown(first, "a", 90)
    between = as_shown(first, "b", 90, (Origin(30, "A"),), (30,))
    late = as_shown(first, "c", 90, (Origin(50, "B"), Origin(30, "A")), (30, 50))
    early = as_shown(first, "d", 90, (Origin(10, "B"), Origin(10, "A")), (10,))
    assert forks_of([origin, between, late, early]) == {
        "a": None,
        "b": Fork(30, ("a",)),
        "c": Fork(50, ("b", "a")),
        "d": Fork(10, ("b", "a")),
    }
