"""How far a run was at a step: in tokens, and in seconds as far as anybody took the time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.training.record.progress import Progress


@given(st.lists(st.integers(1, 50), min_size=1, max_size=300), st.sampled_from([4, 16, 128]))
def test_notes_are_kept_in_bounded_memory_and_the_newest_is_exact(
    gains: list[int], capacity: int
) -> None:
    progress = Progress(capacity=capacity)
    steps = np.cumsum(gains).tolist()
    for step in steps:
        progress.note(step, 7 * step, step / 4)
    view = progress.view()
    assert len(view.steps) <= capacity + 1
    assert (np.diff(view.steps) > 0).all()
    assert (view.steps[-1], view.tokens[-1]) == (steps[-1], 7 * steps[-1])
    places = np.arange(steps[-1] + 1.0)
    assert view.at(places, "steps") is places
    assert view.at(places, "tokens") == pytest.approx(7 * places)
    assert view.at(places, "seconds") == pytest.approx(places / 4)


def test_a_window_that_was_changed_changes_the_tokens_of_the_steps_after_it() -> None:
    progress = Progress()
    progress.note(10, 100, 1.0)
    progress.note(20, 600, 2.0)
    assert progress.view().at(np.array([5.0, 10, 15]), "tokens").tolist() == [50, 100, 350]


def test_of_steps_from_before_a_file_was_opened_no_time_is_known() -> None:
    progress = Progress(100, 4000)
    progress.note(110, 4400, 2.0)
    view = progress.view()
    assert view.at(np.array([50.0, 105]), "tokens").tolist() == [2000, 4200]
    before, after = view.at(np.array([50.0, 105]), "seconds")
    assert np.isnan(before)
    assert after == pytest.approx(1.0)


def test_a_run_that_went_back_forgets_what_it_had_not_done() -> None:
    progress = Progress()
    for step in (5, 10, 15):
        progress.note(step, step, step)
    progress.note(8, 8, 16.0)
    assert progress.view().steps.tolist() == [0, 5, 8]


def test_looking_twice_at_one_step_is_one_note() -> None:
    progress = Progress()
    for _ in range(3):
        progress.note(0, 0, 0.0)
        progress.note(4, 8, 1.0)
    assert progress.view().steps.tolist() == [0, 4]
