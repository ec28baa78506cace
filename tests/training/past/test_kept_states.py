"""Earlier states of a run are kept whole, within a budget, where they are missed the most."""

from __future__ import annotations

import errno
import pickle
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.past.kept_states import KeptStates
from rnnviz.training.past.spare_file import SpareFile
from rnnviz.training.trainer import Trainer

from ..helpers import small_trainer


@pytest.fixture(autouse=True)
def every_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
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


def held(kept: KeptStates) -> int:
    """Return what memory holds, counted by what there is."""
    every = [one.pieces for one in kept._kept]
    bests = {id(one.best): one.best for one in kept._kept if one.best is not None}
    buffers = [buffer for pieces in every for buffer in pieces.buffers]
    pieces = {id(piece): piece for buffer in buffers for piece in buffer}
    return sum(
        [
            *(piece.num_bytes for piece in pieces.values()),
            *(sys.getsizeof(buffer) for buffer in buffers),
            *(best.num_bytes for best in bests.values()),
        ]
    )


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
    assert kept.num_bytes == held(kept) == kept.num_bytes_in_file == 0


@pytest.mark.parametrize("file_to_memory", [0, 8])
def test_what_is_thinned_leaves_the_others_as_they_were(
    file_to_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnviz.training.past.kept_states.FILE_TO_MEMORY", file_to_memory)
    trainer = small_trainer(validation_interval=7, dropout=0.2)
    kept = KeptStates(trainer.state)
    for _ in range(300):
        trainer.step()
        kept.after_step(trainer.state)
    before = {}
    for step in kept.steps.tolist():
        before[step] = kept.nearest(step)
    for share in (0.8, 0.5, 0.2) if not file_to_memory else (0.2, 0.2, 0.2):
        kept._thin(int(kept.num_bytes * share))
        for step in kept.steps.tolist():
            again, then = kept.nearest(step), before[step]
            assert again is not None
            assert then is not None
            assert again.differences(then) == ()
    assert 2 < len(kept.steps) < 100


def test_what_memory_has_no_room_for_lies_in_a_file_and_comes_back_as_it_was() -> None:
    trainer = small_trainer(validation_interval=7, dropout=0.2, learning_rate=1e-3)
    memory = 5 * run(0).num_bytes
    object.__setattr__(trainer.state.configuration, "past_memory", memory / 1e6)
    kept = KeptStates(trainer.state)
    states = [trainer.state.copy()]
    for _ in range(60):
        trainer.step()
        kept.after_step(trainer.state)
        states.append(trainer.state.copy())
    assert kept.steps.tolist() == list(range(61)), "none had to go"
    assert kept.num_bytes <= memory < kept.num_bytes_in_file
    for step, state in enumerate(states):
        again = kept.nearest(step)
        assert again is not None
        assert again.differences(state) == (("last_finite",) if step else ())


def test_where_the_disk_has_no_room_states_go_as_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnnviz.training.past.spare_file._LEFT_FREE", 10**18)
    memory = 5 * run(0).num_bytes
    kept = run(60, megabytes=memory / 1e6)
    assert kept.num_bytes <= memory
    assert kept.num_bytes_in_file == 0
    assert len(kept.steps) < 40
    assert (kept.steps[0], kept.steps[-1]) == (0, 60)


def test_a_disk_that_cannot_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = run(60, megabytes=5 * run(0).num_bytes / 1e6)

    def refuse(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(SpareFile, "read_at", refuse)
    with pytest.raises(RnnvizError, match=r"Step 3 was put on the disk, and cannot be read again"):
        kept.nearest(3)


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
    for _ in range(2500):
        time += 1 / 1024
        trainer.step()
        kept.after_step(trainer.state)
    # The first few steps tell how long one takes; then 800 of them are 400 times as much.
    assert kept.steps.tolist() == [0, 16, 816, 1616, 2416]


def test_one_that_was_dear_leaves_no_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    trainer, time = small_trainer(), 0.0

    class OnceDear(KeptStates):
        """Keeping a state takes a tenth of a step, and once as long as a hundred of them."""

        def _thin(self, budget: int) -> None:
            nonlocal time
            time += (100 if len(self.steps) == 20 else 0.1) / 1024
            super()._thin(budget)

    kept = OnceDear(trainer.state, lambda: time)
    for _ in range(6000):
        time += 1 / 1024
        trainer.step()
        kept.after_step(trainer.state)
    assert np.diff(kept.steps).max() < 3000, "alone it would have been 40,000"


@pytest.mark.parametrize("file_to_memory", [0, 1, 8])
@pytest.mark.parametrize("is_full", [False, True])
def test_the_budget_holds_and_the_ends_stay(
    file_to_memory: int, is_full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_full:
        usage = shutil.disk_usage("/")._replace(free=0)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr("rnnviz.training.past.kept_states.FILE_TO_MEMORY", file_to_memory)
    size, steps = run(0).num_bytes, 300
    megabytes = (20.5 if is_full or not file_to_memory else 5) * size / 1e6
    trainer = small_trainer()
    object.__setattr__(trainer.state.configuration, "past_memory", megabytes)
    kept = KeptStates(trainer.state)
    for _ in range(steps):
        trainer.step()
        kept.after_step(trainer.state)
        assert kept.num_bytes <= megabytes * 1e6
        assert kept.num_bytes_in_file <= file_to_memory * megabytes * 1e6
        assert (kept.steps[0], kept.steps[-1]) == (0, trainer.step_count)
    gaps = np.diff(kept.steps)
    assert len(kept.steps) > 12
    assert gaps.max() < 4 * steps / len(kept.steps), "nowhere is it far to the nearest"
    assert gaps[:4].mean() < gaps[-4:].mean(), "the beginning is looked at more closely"


def test_a_file_has_the_beginning_too_and_not_only_the_last_steps() -> None:
    kept = run(300)
    steps = [one.step for one in kept.checkpoints(16, small_trainer().state.journal)]
    assert 12 < len(steps) <= 16
    assert steps == sorted(set(steps))
    assert steps[0] < 30
    assert steps[-1] == 300
    assert np.diff(steps).max() < 45
    assert len([step for step in steps if step < 100]) > len([s for s in steps if s >= 200])


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
