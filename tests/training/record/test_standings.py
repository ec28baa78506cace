"""Who leads, since when and by how much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.training.record.history import History, HistoryView
from rnnviz.training.record.standings import standings


def history(losses) -> HistoryView:
    """Return the history of a run with these losses, a step each, told as they are."""
    record = History()
    for loss in losses:
        record.append(float(loss), 1.0, 1.0, False)
    return record.view()


def test_who_has_the_least_loss_leads_by_what_the_next_one_has_more() -> None:
    runs = [history(np.full(100, loss)) for loss in (3.0, 1.0, 1.5)]
    found = standings(runs, [1, 1, 1])
    assert (found.leader, found.second) == (1, 2)
    assert found.losses == pytest.approx((3.0, 1.0, 1.5))
    assert (found.since, found.progress) == (1, 100)


def test_the_lead_counts_from_where_it_was_taken_for_good() -> None:
    steady, late = history(np.full(400, 1.0)), history(np.r_[np.full(200, 2.0), np.zeros(200)])
    found = standings([steady, late], [1, 1])
    assert found.leader == 1
    assert 200 < found.since < 300


def test_runs_are_compared_where_both_have_been() -> None:
    far, near = history(np.linspace(3, 0, 1000)), history(np.full(100, 2.0))
    found = standings([far, near], [1, 1])
    assert (found.leader, found.progress) == (1, 100)
    # With ten times as many tokens a step, the other has read as much after a tenth of its steps.
    found = standings([far, near], [1, 10])
    assert (found.leader, found.progress) == (0, 1000)


def test_a_run_does_not_differ_from_how_it_was_itself() -> None:
    losses = np.random.default_rng(1).uniform(0.5, 1.5, 60_000)
    long, short = history(losses), history(losses[:9_137])
    found = standings([long, short], [1, 1])
    assert found.losses[0] == found.losses[1]
    assert 9_000 < found.progress <= 9_137


@pytest.mark.parametrize("losses", [[[]], [[], [1.0]], [[1.0]]])
def test_before_there_is_something_to_compare_nobody_leads(losses) -> None:
    assert standings([history(one) for one in losses], [1] * len(losses)) is None


@given(st.permutations(range(5)))
def test_the_order_of_the_runs_does_not_matter(order: list[int]) -> None:
    losses = [1.0 + 0.1 * number for number in order]
    found = standings([history(np.full(20, loss)) for loss in losses], [1] * 5)
    assert (order[found.leader], order[found.second]) == (0, 1)
