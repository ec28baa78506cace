"""Earlier states of a run are kept whole, within a budget, where they are missed the most."""

from __future__ import annotations

import pickle
import sys

import numpy as np
import pytest

from rnnviz.training.past.kept_states import KeptStates
from rnnviz.training.trainer import Trainer

from ..helpers import small_trainer


@pytest.fixture(autouse=True)
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnviz.training.past.kept_states._steps_to_go", lambda *_: 1)


def run(steps: int, megabytes: float = 128, trainer: Trainer | None = None) -> KeptStates:
    """Keep a run after every step, in so much memory."""
    trainer = trainer or small_trainer()
    object.__setattr__(trainer.state.configuration, "past_memory", megabytes)
    kept = KeptStates(trainer.state)
    for _ in range(steps):
        trainer.step()
        kept.after_step(trainer.state)
    return kept


def test_a_kept_state_is_the_state_that_was_there_but_for_the_last_finite() -> None:
    trainer = small_trainer(dropout=0.2, validation_interval=3)
    kept = KeptStates(trainer.state)
    states = [trainer.state.copy()]
    for _ in range(12):
        trainer.step()
        kept.after_step(trainer.state)
        states.append(trainer.state.copy())
    assert kept.steps.tolist() == list(range(13))
    for step, state in enumerate(states):
        again = kept.nearest(step)
        assert again is not None
        assert again.differences(state) == (("last_finite",) if step else ())
        assert again.last_finite.is_lost == (step > 0)


def test_one_step_done_again_knows_the_last_finite() -> None:
    trainer = small_trainer(dropout=0.2, validation_interval=3)
    kept = KeptStates(trainer.state)
    for _ in range(12):
        before = kept.nearest(trainer.step_count)
        assert before is not None
        trainer.step()
        kept.after_step(trainer.state)
        again = Trainer(before, trainer.dataset)
        again.step()
        assert again.state.differences(trainer.state) == ()


def test_one_that_nothing_leads_to_is_kept_with_all_it_knows() -> None:
    trainer = small_trainer()
    for _ in range(3):
        trainer.step()
    kept = KeptStates(trainer.state)
    for _ in range(2):
        trainer.step()
        kept.after_step(trainer.state)
    trainer.state.recover_from(ValueError("nobody expected it"))
    trainer.step()
    kept.after_step(trainer.state)
    lost = []
    for step in kept.steps.tolist():
        state = kept.nearest(step)
        assert state is not None
        lost.append(state.last_finite.is_lost)
    assert lost == [False, True, True, False]
    again = kept.nearest(trainer.step_count)
    assert again is not None
    assert again.differences(trainer.state) == ()


def blocks_of(kept: KeptStates) -> dict[int, bytes]:
    """Return the blocks that are held, each once."""
    buffers = [buffer for one in kept._kept for buffer in one.blocks.buffers]
    return {id(block): block for buffer in buffers for block in buffer}


def held(kept: KeptStates) -> int:
    """Return what is held, counted by what there is."""
    blocks = sum(map(sys.getsizeof, blocks_of(kept).values()))
    tables = sum(sys.getsizeof(buffer) for one in kept._kept for buffer in one.blocks.buffers)
    bests = {id(one.best): one.best for one in kept._kept if one.best is not None}
    weights = sum(array.nbytes for best in bests.values() for array in best.parameters.values())
    return blocks + tables + weights


def test_what_is_counted_is_what_is_held() -> None:
    trainer = small_trainer(validation_interval=7, learning_rate=1e-3, hidden_size=40)
    kept = KeptStates(trainer.state)
    for _ in range(120):
        trainer.step()
        kept.after_step(trainer.state)
        assert kept.num_bytes == held(kept)
        if trainer.step_count in (30, 60, 90):
            kept._thin(kept.num_bytes * 2 // 3)
            assert kept.num_bytes == held(kept)
    while len(kept.steps) > 1:
        kept._thin(kept.num_bytes - 1)
        assert kept.num_bytes == held(kept)
    kept.fit(0)
    assert kept.num_bytes == held(kept) == 0


def test_what_is_thinned_leaves_the_others_as_they_were() -> None:
    trainer = small_trainer(validation_interval=7, dropout=0.2)
    kept = KeptStates(trainer.state)
    for _ in range(300):
        trainer.step()
        kept.after_step(trainer.state)
    before = {}
    for step in kept.steps.tolist():
        before[step] = kept.nearest(step)
    for share in (0.8, 0.5, 0.2):
        kept._thin(int(kept.num_bytes * share))
        for step in kept.steps.tolist():
            again, then = kept.nearest(step), before[step]
            assert again is not None
            assert then is not None
            assert again.differences(then) == ()
    assert 2 < len(kept.steps) < 100


def test_what_histories_have_in_common_is_held_once() -> None:
    kept = run(600, trainer=small_trainer(learning_rate=1e-4))
    one = kept._kept[-1]
    assert one.num_bytes_beside(kept._kept[-2]) < one.num_bytes_beside() / 3


def test_it_can_be_trained_on_without_touching_what_is_kept() -> None:
    kept = run(6)
    dataset = small_trainer().dataset
    one, other = kept.nearest(3), kept.nearest(3)
    assert one is not None
    assert other is not None
    for _ in range(3):
        Trainer(one, dataset).step()
    later = kept.nearest(6)
    again = kept.nearest(3)
    assert later is not None
    assert again is not None
    assert np.array_equal(one.network.parameters.flat, later.network.parameters.flat)
    assert again.differences(other) == ()


def test_it_costs_a_small_share_of_what_the_steps_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    trainer, time = small_trainer(), 0.0

    class Dear(KeptStates):
        """Keeping a state takes as long as two steps."""

        def _thin(self, budget: int) -> None:
            nonlocal time
            time += 2 / 1024
            super()._thin(budget)

    kept = Dear(trainer.state, lambda: time)
    for _ in range(1700):
        time += 1 / 1024
        trainer.step()
        kept.after_step(trainer.state)
    # The first few steps tell how long one takes; then 400 of them are 200 times as much.
    assert kept.steps.tolist() == [0, 16, 416, 816, 1216, 1616]


@pytest.mark.parametrize("steps", [300])
def test_the_budget_holds_and_the_ends_stay(steps: int) -> None:
    size = run(0).num_bytes
    megabytes = 20.5 * size / 1e6
    trainer = small_trainer()
    object.__setattr__(trainer.state.configuration, "past_memory", megabytes)
    kept = KeptStates(trainer.state)
    for _ in range(steps):
        trainer.step()
        kept.after_step(trainer.state)
        assert kept.num_bytes <= megabytes * 1e6
        assert (kept.steps[0], kept.steps[-1]) == (0, trainer.step_count)
    gaps = np.diff(kept.steps)
    assert len(kept.steps) > 12
    assert gaps.max() < 4 * steps / len(kept.steps), "nowhere is it far to the nearest"
    assert gaps[:4].mean() < gaps[-4:].mean(), "the beginning is looked at more closely"


def test_a_budget_too_small_for_one_keeps_none_and_says_what_one_needs() -> None:
    kept = run(3, megabytes=0)
    assert kept.steps.tolist() == []
    assert kept.nearest(2) is None
    assert kept.num_bytes == 0
    assert kept.needed > 1000


def test_best_weights_are_shared_and_counted_once() -> None:
    kept = run(12, trainer=small_trainer(validation_interval=4, learning_rate=1e-6))
    states = [kept.nearest(step) for step in (5, 6, 7)]
    bests = {id(state.best) for state in states if state is not None}
    assert len(bests) == 1
    assert kept.num_bytes < len(kept.steps) * (
        len(pickle.dumps(states[0])) + 1  # with the best weights in it
    )
