"""Runs on a task: trained, tested, saved and resumed as runs on a text are."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.core.errors import RnnvizError
from rnnviz.data import TASKS, held_out
from rnnviz.data.sources import SOURCES
from rnnviz.diagnostics.gradient_report import Verdict, check
from rnnviz.storage import load_model, save_model
from rnnviz.training.commands import (
    Change,
    NewRun,
    Reset,
    Restart,
    Resume,
    TakeStep,
    UseBest,
    Write,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer, resumed_trainer
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.problems.task_validation import TaskValidation
from rnnviz.training.session import Session
from rnnviz.training.state.bits import same_bits
from rnnviz.training.trainer import NonFiniteError, Trainer

from .helpers import own_text

by_name = pytest.mark.parametrize("name", list(TASKS))


def task_settings(name: str, **more: Any) -> Configuration:
    settings: dict[str, Any] = {
        "corpus": name,
        "hidden_size": 8,
        "sequence_length": 25,
        "batch_size": 4,
        "validation_interval": 0,
        "learning_rate": 0.05,
    }
    return Configuration(**(settings | more))


def losses_of(trainer: Trainer, steps: int) -> list[float]:
    return [trainer.step().loss for _ in range(steps)]


@by_name
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_every_task_by_the_same_step(name: str, cell: str) -> None:
    trainer = new_trainer(task_settings(name, cell=cell, num_layers=2))
    first = losses_of(trainer, 1)[0]
    assert np.isfinite(losses_of(trainer, 30)).all()
    if name == "temporal-order":
        assert first == pytest.approx(TASKS[name].chance, rel=0.2)
    assert trainer.state.tokens_seen == 31 * 25 * 4


@by_name
@pytest.mark.parametrize("interval", [0, 5])
def test_how_well_a_task_is_solved_is_seen_as_soon_as_a_file_is_opened(name: str, interval: int):
    trainer = new_trainer(task_settings(name, validation_interval=interval))
    losses_of(trainer, 5)
    session = Session()
    session.apply(Resume(trainer.checkpoint()))
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.score == trainer.score
    assert (trainer.score is None) == (interval == 0), "who wants no tests waits for none"


@by_name
@pytest.mark.parametrize("cell", CELLS)
def test_a_run_goes_on_from_its_file_bit_for_bit(name: str, cell: str, tmp_path: Path) -> None:
    configuration = task_settings(name, cell=cell, validation_interval=10)
    whole, half = new_trainer(configuration), new_trainer(configuration)
    losses = losses_of(whole, 40)
    first = losses_of(half, 20)
    path = tmp_path / "m.rnnviz"
    save_model(path, half.checkpoint())
    resumed = resumed_trainer(load_model(path))
    assert first + losses_of(resumed, 20) == losses
    assert same_bits(whole.checkpoint(), resumed.checkpoint())


@by_name
def test_watching_and_testing_change_no_bit(name: str) -> None:
    alone, watched = (new_trainer(task_settings(name)) for _ in range(2))
    losses = losses_of(alone, 20)
    seen = []
    for _ in range(20):
        seen.append(watched.step(EVERYTHING).loss)
        watched.observe()
        watched.held_out_loss()
    assert seen == losses


def test_the_score_counts_what_is_answered_wrongly() -> None:
    trainer = new_trainer(task_settings("temporal-order"))
    losses_of(trainer, 50)
    loss = trainer.held_out_loss()
    score = trainer.score
    assert score is not None
    wrong, losses = 0, []
    for number in range(score.sequences // 250):
        drawn = held_out(TASKS["temporal-order"], 25, number, 250)
        tape = trainer.network.new_tape(25, 250)
        trainer.network.forward(drawn.inputs, trainer.network.zero_state(250), tape)
        last = tape.logits[-1].astype(np.float64)
        wrong += int((last.argmax(axis=-1) != drawn.targets[0]).sum())
        right = last[np.arange(250), drawn.targets[0]]
        losses.append(np.mean(np.log(np.exp(last).sum(axis=-1)) - right))
    assert score.wrong == wrong
    assert loss == score.loss == pytest.approx(np.mean(losses), rel=1e-5)
    assert score.sequences == 1_000, "a network that knows nothing is not asked 10,000 times"


def test_who_answers_nearly_all_rightly_is_asked_ten_thousand_times() -> None:
    configuration = task_settings("temporal-order", sequence_length=5, hidden_size=30)
    trainer = new_trainer(configuration)
    losses_of(trainer, 3_000)
    trainer.held_out_loss()
    score = trainer.score
    assert score is not None
    assert score.sequences == 10_000
    assert score.wrong_share < 0.01


def test_long_sequences_are_tested_by_fewer() -> None:
    trainer = new_trainer(task_settings("copying", hidden_size=2))
    validation = TaskValidation(trainer.network, TASKS["copying"], 2_000)
    assert np.isfinite(validation.loss())
    assert validation.score is not None
    assert 250 <= validation.score.sequences <= 260


@by_name
def test_another_sequence_length_is_tested_at_that_length(name: str) -> None:
    trainer = new_trainer(task_settings(name))
    trainer.held_out_loss()
    trainer.change("sequence_length", 40)
    assert trainer.score is None
    losses_of(trainer, 2)
    assert trainer.held_out_loss() is not None


def test_the_best_weights_are_those_of_the_length_that_is_asked_now(tmp_path: Path) -> None:
    # The loss at another length cannot be compared.
    trainer = new_trainer(task_settings("adding", validation_interval=2))
    losses_of(trainer, 4)
    assert trainer.state.best is not None
    trainer.change("sequence_length", 25)
    assert trainer.state.best is not None, "nothing has changed"
    path = tmp_path / "m.rnnviz"
    save_model(path, trainer.checkpoint())
    same, other = (
        resumed_trainer(load_model(path), task_settings("adding", sequence_length=length))
        for length in (25, 30)
    )
    assert same.state.best is not None
    assert other.state.best is None
    trainer.change("sequence_length", 30)
    assert trainer.state.best is None
    losses_of(trainer, 2)
    assert trainer.state.best is not None
    assert trainer.state.best.step == 6


@by_name
def test_a_run_whose_window_was_changed_goes_on_from_its_file_bit_for_bit(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.rnnviz"
    whole, half = (new_trainer(task_settings(name, validation_interval=5)) for _ in range(2))
    for trainer in (whole, half):
        losses_of(trainer, 7)
        trainer.change("batch_size", 6)
        losses_of(trainer, 6)
        trainer.change("sequence_length", 40)
        losses_of(trainer, 1)
    save_model(path, half.checkpoint())
    resumed = resumed_trainer(load_model(path))
    assert losses_of(resumed, 9) == losses_of(whole, 9)
    assert same_bits(whole.checkpoint(), resumed.checkpoint())


@by_name
def test_a_step_that_fails_is_tried_again_with_the_same_sequences(name: str) -> None:
    trainer, undisturbed = (new_trainer(task_settings(name)) for _ in range(2))
    losses_of(trainer, 3)
    backward = trainer.network.backward_by_row

    def overflowing(*arguments: Any) -> Any:
        result = backward(*arguments)
        trainer.bptt.gradients["V"][0, 0] = np.inf
        return result

    trainer.network.backward_by_row = overflowing  # type: ignore[method-assign]
    read = undisturbed.reader
    assert read is not None
    for _ in range(2):
        with pytest.raises(NonFiniteError):
            trainer.step()
        assert (trainer.reader.epoch, trainer.reader.position) == (0, 3)
    del trainer.network.backward_by_row
    trainer.step()
    for _ in range(3):
        read.next_window()
    third = read.next_window().inputs
    np.testing.assert_array_equal(trainer.bptt._tapes[25, 4].inputs, third.astype(np.float32))


def test_a_length_that_a_task_cannot_have_is_refused_and_changes_nothing() -> None:
    trainer = new_trainer(task_settings("copying"))
    with pytest.raises(RnnvizError, match="at least 21"):
        trainer.change("sequence_length", 20)
    assert trainer.configuration.sequence_length == 25
    losses_of(trainer, 2)
    with pytest.raises(RnnvizError, match="at least 21"):
        new_trainer(task_settings("copying", sequence_length=12))


@by_name
def test_the_window_holds_the_sequence_and_the_networks_answers(name: str) -> None:
    session = Session()
    session.apply(NewRun(task_settings(name)))
    session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.window is not None
    window, task = snapshot.window, TASKS[name]
    assert len(window.tokens) == 25
    assert [answer.expected for answer in window.measured[ANSWERS]] == list(window.targets)
    assert [answer.step for answer in window.measured[ANSWERS]] == list(
        range(25 - task.answered_steps(25), 25)
    )
    for answer in window.measured[ANSWERS]:
        if task.loss == "cross_entropy":
            assert [name for name, _ in answer.probabilities] == list(task.answers)
            assert sum(share for _, share in answer.probabilities) == pytest.approx(1)
            best = max(answer.probabilities, key=lambda pair: pair[1])[0]
            assert answer.given == best
            assert answer.is_right == (answer.given == answer.expected)
        else:
            assert answer.probabilities == ()
    assert snapshot.get(TEXT) is None
    assert [line.loss for line in snapshot.references] == [task.chance]


def test_commands_of_text_do_no_harm_to_a_task() -> None:
    session = Session()
    session.apply(NewRun(task_settings("adding", validation_interval=1)))
    session.apply(TakeStep())
    for command in (Write(100), Change("temperature", 0.9), UseBest(), Reset(), TakeStep()):
        session.apply(command)
    assert session.snapshot() is not None
    session.apply(Restart((("corpus", "tales"),)))
    session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.configuration.source is SOURCES["tales"]
    assert snapshot.score is None


def test_a_model_goes_on_with_its_own_task_alone(tmp_path: Path) -> None:
    checkpoint = new_trainer(task_settings("adding")).checkpoint()
    for corpus in ("copying", "tales"):
        with pytest.raises(RnnvizError, match="made for the task adding"):
            resumed_trainer(checkpoint, task_settings(corpus))
    text = new_trainer(own_text(tmp_path)).checkpoint()
    with pytest.raises(RnnvizError, match=r"made for a text.*the task adding"):
        resumed_trainer(text, task_settings("adding"))


@by_name
def test_a_checkpoint_of_a_task_that_cannot_be_is_refused_not_opened_as_a_text(name: str) -> None:
    checkpoint = new_trainer(task_settings(name)).checkpoint()
    short = dataclasses.replace(checkpoint.configuration, sequence_length=1)
    for impossible in (
        dataclasses.replace(checkpoint, configuration=short),
        dataclasses.replace(checkpoint, epoch=1),
        dataclasses.replace(checkpoint, parameters={}),
    ):
        session = Session()
        with pytest.raises(RnnvizError):
            session.apply(Resume(impossible))
        assert session.snapshot() is None


def test_a_task_that_draws_otherwise_than_before_is_told() -> None:
    trainer = new_trainer(task_settings("adding", validation_interval=2))
    losses_of(trainer, 3)
    checkpoint = trainer.checkpoint()
    assert resumed_trainer(checkpoint).dataset.notices == ()
    other = resumed_trainer(dataclasses.replace(checkpoint, fingerprint="0" * 64))
    assert "other sequences" in other.dataset.notices[0]
    assert (other.reader.position, other.state.best, other.step_count) == (0, None, 3)


@by_name
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradients_of_a_task_are_checked_at_its_answers(name: str, cell: str) -> None:
    trainer = new_trainer(task_settings(name, cell=cell, sequence_length=150, batch_size=3))
    losses_of(trainer, 5)
    subject = trainer.check_subject()
    assert subject.is_asked_late
    report = check(subject)
    assert report.verdict is Verdict.AGREES, report.sentence
