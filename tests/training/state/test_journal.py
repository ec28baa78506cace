"""State n follows from state 0 and the journal, bit for bit, whatever was done on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.cells import CELLS
from rnnviz.core.errors import RnnvizError
from rnnviz.training.commands import (
    Change,
    Command,
    Restart,
    TakeStep,
    Train,
    UseBest,
)
from rnnviz.training.loading import continued_trainer, opened_trainer
from rnnviz.training.past.replay import replay, replay_from_beginning
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.journal import (
    BestUsed,
    Entry,
    Journal,
    SettingChanged,
    StepFailed,
)
from rnnviz.training.trainer import NoTextError

from ..helpers import small_trainer, text_gone
from ..watched_runs import (
    BACK_TO_THE_BEST,
    REOPEN,
    RUNS,
    TESTED_RUN,
    Watched,
    commands,
    fail,
    failing_now_and_then,
    overflowing,
)


@pytest.mark.parametrize("cell", CELLS)
def test_a_run_follows_from_its_first_state_and_its_journal(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shorter texts, so that beginning a run costs little; nothing else depends on their length.
    monkeypatch.setattr("rnnviz.training.text_generator.SAMPLE_LENGTH", 8)
    monkeypatch.setattr("rnnviz.training.text_generator._FIRST_STREAM", 4)
    # The gated cells do not overflow, whatever the learning rate.
    monkeypatch.setattr("rnnviz.training.trainer.clip_gradients", failing_now_and_then)
    met: set[object] = set()

    @settings(max_examples=20, derandomize=True)
    @given(st.fixed_dictionaries(RUNS), st.lists(commands, max_size=25))
    def every_run(run: dict[str, Any], told: list[Command | str | None]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            watched = Watched(Path(folder), cell=cell, **run)
            for command in told:
                watched.apply(command)
            watched.check()
        met.update(watched.met)

    every_run()
    # Whether a step fails, the last bits of a gradient decide: that has its own test.
    assert met >= {SettingChanged, RunState.FINISHED, RunState.PAUSED}


@pytest.mark.parametrize("cell", CELLS)
def test_going_back_to_the_best_weights_is_done_again(cell: str, tmp_path: Path) -> None:
    watched = Watched(tmp_path, cell=cell, **TESTED_RUN)
    for command in BACK_TO_THE_BEST:
        watched.apply(command)
    watched.check()
    assert watched.met >= {BestUsed, RunState.FINISHED, RunState.PAUSED}


def test_failures_and_what_follows_them_are_done_again(tmp_path: Path) -> None:
    watched = overflowing(tmp_path)
    for length in (2, 3, 4):
        fail(watched)
        watched.apply(Change("sequence_length", length))
        watched.apply(Train(3))
    watched.apply(UseBest())
    watched.apply(TakeStep())
    watched.check()
    assert watched.state.step == 10
    assert watched.met >= {StepFailed, BestUsed, SettingChanged}


@pytest.mark.parametrize("task", ["adding", "copying"])
def test_a_run_on_a_task_is_done_again(tmp_path: Path, task: str) -> None:
    watched = Watched(tmp_path, dropout=0.4, num_layers=2, validation_interval=1)
    watched.apply(Restart((("corpus", task), ("sequence_length", 25))))
    watched.apply(Train(2))
    for length in (30, 25):
        watched.apply(Change("sequence_length", length))
        watched.apply(Train(2))
    watched.states.pop(0)  # of the text
    watched.check()
    assert watched.state.step == 6


def test_the_journal_of_a_resumed_run_goes_on() -> None:
    trainer = small_trainer(dropout=0.5, num_layers=2)
    trainer.change("learning_rate", 0.2)
    for _ in range(7):
        trainer.step()
    saved = trainer.checkpoint()
    resumed = continued_trainer(saved, saved.configuration, trainer.dataset)
    assert resumed.state.journal.entries == [SettingChanged(0, "learning_rate", 0.2)]
    first = resumed.state.copy()
    resumed.change("batch_size", 2)
    for _ in range(5):
        resumed.step()
    again = replay(first, resumed.state.journal, trainer.dataset, 12)
    assert again.differences(resumed.state) == ()
    again = replay_from_beginning(resumed.state.journal, trainer.dataset, 12)
    assert again.differences(resumed.state) == ()


def test_who_goes_on_otherwise_cannot_be_done_again_from_the_beginning() -> None:
    trainer = small_trainer()
    trainer.step()
    saved = trainer.checkpoint()
    other = saved.configuration.with_value("learning_rate", 0.2)
    resumed = continued_trainer(saved, other, trainer.dataset)
    resumed.step()
    journal = resumed.state.journal
    assert (journal.first_step, journal.begun_with) == (1, None)
    with pytest.raises(RnnvizError, match="how it began is not known"):
        replay_from_beginning(journal, trainer.dataset, 2)


@pytest.mark.parametrize(("name", "value"), [("batch_size", 3), ("sequence_length", 2000)])
def test_other_windows_without_the_text_end_what_can_be_done_again(
    tmp_path: Path, name: str, value: int
) -> None:
    trainer = small_trainer()
    for _ in range(4):
        trainer.step()
    opened = opened_trainer(text_gone(trainer.checkpoint(), tmp_path))
    opened.change("learning_rate", 0.2)
    assert opened.state.journal.begun_with is not None
    # At which place of the text they go on, only the text says; nor whether it has room for them.
    opened.change(name, value)
    journal = opened.state.journal
    assert (journal.first_step, journal.begun_with, journal.entries) == (4, None, [])


def test_a_fault_in_the_midst_of_a_step_ends_what_can_be_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = small_trainer(dropout=0.5, num_layers=2)
    trainer.step()

    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(trainer.bptt, "backward", no_memory)
    with pytest.raises(MemoryError):
        trainer.step()
    # What is dropped out was drawn already, and the next step draws on from there.
    journal = trainer.state.journal
    assert (journal.first_step, journal.begun_with, journal.entries) == (1, None, [])


def test_a_step_without_a_text_is_none(tmp_path: Path) -> None:
    trainer = small_trainer()
    trainer.step()
    opened = opened_trainer(text_gone(trainer.checkpoint(), tmp_path))
    with pytest.raises(NoTextError):
        opened.step()
    assert opened.state.journal.begun_with is not None


def test_a_step_that_fails_right_after_a_file_was_opened_is_done_again(tmp_path: Path) -> None:
    watched = overflowing(tmp_path)
    watched.apply(Train(3))
    watched.apply(REOPEN)
    fail(watched)
    assert watched.state.journal.entries[-1] == StepFailed(3, knew_no_other=True)
    watched.apply(Change("sequence_length", 2))
    watched.apply(Train(3))
    watched.check()


def test_of_a_slider_that_is_dragged_the_last_value_counts() -> None:
    trainer = small_trainer()
    for rate in (0.1, 0.2, 0.3):
        trainer.change("learning_rate", rate)
        trainer.change("clip_threshold", 10 * rate)
    assert trainer.state.journal.entries == [
        SettingChanged(0, "learning_rate", 0.3),
        SettingChanged(0, "clip_threshold", 3.0),
    ]
    trainer.step()
    trainer.change("learning_rate", 0.4)
    assert len(trainer.state.journal.entries) == 3


def test_what_is_overridden_leaves_a_drag_one_change() -> None:
    trainer = small_trainer()
    for rate, goes_on in ((0.1, False), (0.2, True)):
        trainer.change("learning_rate", rate, goes_on=goes_on)
        trainer.step()
    # Each takes the place of the one before, and the second drag begins in the place of the first.
    for rate, goes_on in ((0.3, True), (0.4, True), (0.5, False), (0.6, True)):
        trainer.change("learning_rate", rate, goes_on=goes_on)
        entry = trainer.state.journal.entries[-1]
        assert isinstance(entry, SettingChanged)
        assert (entry.value, entry.goes_on) == (rate, rate < 0.45)


def test_the_value_that_a_setting_has_already_changes_nothing() -> None:
    trainer = small_trainer()
    trainer.change("batch_size", trainer.configuration.batch_size)
    trainer.change("learning_rate", trainer.configuration.learning_rate)
    assert trainer.state.journal.entries == []


def test_a_setting_that_was_changed_back_is_done_again() -> None:
    trainer = small_trainer()
    first, rate = trainer.state.copy(), trainer.configuration.learning_rate
    for value in (2 * rate, rate):
        trainer.change("learning_rate", value)
    trainer.step()
    again = replay(first, trainer.state.journal, trainer.dataset, 1)
    assert again.differences(trainer.state) == ()
    again.journal.note(BestUsed(1))
    assert again.differences(trainer.state) == ("journal",)


def test_what_lasts_is_not_forgotten() -> None:
    trainer = small_trainer(optimizer="adagrad")
    first = trainer.state.copy()
    trainer.step()
    for kind in ("sgd", "adagrad"):
        trainer.change("optimizer", kind)
    assert len(trainer.state.journal.entries) == 2
    again = replay(first, trainer.state.journal, trainer.dataset, 1)
    assert again.differences(trainer.state) == ()


def test_what_a_failed_step_was_tried_with_is_not_forgotten() -> None:
    journal = Journal()
    entries: list[Entry] = [
        SettingChanged(3, "learning_rate", 1.0),
        StepFailed(3),
        SettingChanged(3, "learning_rate", 0.1),
        BestUsed(3),
    ]
    for entry in entries:
        journal.note(entry)
    assert journal.entries == entries


def without_failure(journal: Journal) -> None:
    assert isinstance(journal.entries.pop(), StepFailed)


def with_failure(journal: Journal) -> None:
    journal.entries.insert(0, StepFailed(0))


@pytest.mark.parametrize("spoil", [without_failure, with_failure])
def test_a_journal_of_another_run_is_refused(
    tmp_path: Path, spoil: Callable[[Journal], None]
) -> None:
    watched = overflowing(tmp_path)
    fail(watched)
    state = watched.state
    assert watched.session.trainer is not None
    dataset, first = watched.session.trainer.dataset, watched.first[id(state)]
    spoil(state.journal)
    with pytest.raises(RnnvizError, match="journal"):
        replay(first, state.journal, dataset, state.step + 1)


def test_a_run_cannot_be_replayed_to_what_was_before() -> None:
    trainer = small_trainer()
    trainer.step()
    with pytest.raises(RnnvizError, match="stands at step 1"):
        replay(trainer.state, trainer.state.journal, trainer.dataset, 0)
