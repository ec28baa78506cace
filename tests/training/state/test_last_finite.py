"""Numbers that leave the finite ones stop the run in a named state, and it can be rescued."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import OPTIMIZERS, Optimizer
from rnnviz.training.commands import Change, NewRun, Pause, TakeStep, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.remarks.remark import LossFarAbove
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.trainer import NonFiniteError, Trainer

from ..helpers import own_text, small_dataset, small_trainer

WILD = {"activation": "relu", "learning_rate": 1000.0, "clip_mode": "none"}


def advance(session: Session, steps: int) -> None:
    for _ in range(steps):
        session.advance(look=True)


def everything_finite(trainer: Trainer) -> bool:
    arrays = [trainer.network.parameters.flat, *trainer.state.optimizer.slots.values()]
    arrays += [array for layer in trainer.state.carried for array in layer.values()]
    return all(np.isfinite(array).all() for array in arrays)


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_relu_at_rate_1000_without_clipping_fails_by_name_and_keeps_finite_weights(
    tmp_path: Path, optimizer: str
) -> None:
    session = Session()
    configuration = own_text(tmp_path, optimizer=optimizer, sequence_length=25, **WILD)
    session.apply(NewRun(configuration))
    session.apply(Train())
    advance(session, 500)
    assert session.state is RunState.FAILED
    trainer, snapshot = session.trainer, session.snapshot()
    assert trainer is not None
    assert snapshot is not None
    assert snapshot.state is RunState.FAILED
    failed_step = trainer.step_count + 1
    assert re.match(
        rf"Step {failed_step:,}: .*(state of layer 1|output o|gradient of|update of|norm of)",
        snapshot.reason,
    )
    assert re.fullmatch(r"[^.]+\.", snapshot.reason), "one sentence"
    assert everything_finite(trainer)
    assert trainer.network.parameters.flat.any()
    assert session.seconds_to_wait is None


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
@pytest.mark.parametrize("rescue", [Change("learning_rate", 1e-3), Change("clip_mode", "norm")])
def test_a_failed_run_trains_on_once_the_rate_is_lowered_or_clipping_is_on(
    tmp_path: Path, optimizer: str, rescue: Change
) -> None:
    session = Session()
    session.apply(NewRun(own_text(tmp_path, optimizer=optimizer, sequence_length=25, **WILD)))
    session.apply(Train())
    advance(session, 500)
    assert session.state is RunState.FAILED
    trainer = session.trainer
    assert trainer is not None
    done = trainer.step_count
    if rescue.name == "clip_mode":
        # Clipping bounds an update by rate times threshold.
        session.apply(Change("clip_threshold", 1e-3))
        session.apply(Change("learning_rate", 1.0))
    session.apply(rescue)
    assert session.state is RunState.FAILED
    session.apply(Train())
    losses = []
    for _ in range(300):
        session.advance(look=False)
        losses.append(trainer.state.last_loss)
    assert session.state is RunState.RUNNING
    assert session.reason == ""
    assert trainer.step_count == done + 300
    assert np.isfinite(losses).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_weights_slots_and_carried_state_are_finite_after_every_step_and_failure(
    optimizer: str, dtype: str, seed: int
) -> None:
    trainer = small_trainer(
        optimizer=optimizer, dtype=dtype, seed=seed, sequence_length=60, hidden_size=20, **WILD
    )
    failures = []
    for _ in range(60):
        try:
            trainer.step()
        except NonFiniteError as failure:
            failures.append(str(failure))
        assert everything_finite(trainer)
    if dtype == "float32":
        assert failures
    assert not any("None" in failure for failure in failures)


def test_an_update_that_overflows_is_a_failure_of_its_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = small_trainer(optimizer="sgd", learning_rate=1e4, clip_mode="none")
    trainer.step()
    before = trainer.network.parameters.flat.copy()
    backward = trainer.network.backward_by_row

    def huge_backward(*arguments: object) -> None:
        backward(*arguments)  # type: ignore[arg-type]
        trainer.bptt.gradients["V"][...] = 1e36

    monkeypatch.setattr(trainer.network, "backward_by_row", huge_backward)
    with pytest.raises(NonFiniteError, match=r"^Step 2: the update of V overflowed"):
        trainer.step()
    assert trainer.step_count == 1
    assert trainer.network.parameters.flat.tobytes() == before.tobytes()


def test_a_slot_that_overflows_is_a_failure_of_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def overflow(optimizer: Optimizer, *_: object, **__: object) -> None:
        optimizer.slots["sum"][:] = np.inf

    trainer = small_trainer(clip_mode="none", learning_rate=1.0)
    backward = trainer.network.backward_by_row

    def huge_backward(*arguments: object) -> None:
        backward(*arguments)  # type: ignore[arg-type]
        trainer.bptt.gradients["c"][...] = 1e20

    monkeypatch.setattr(trainer.network, "backward_by_row", huge_backward)
    monkeypatch.setattr(type(trainer.state.optimizer), "update", overflow)
    with pytest.raises(NonFiniteError, match="the update of the optimiser's sum for U1 overflowed"):
        trainer.step()
    assert everything_finite(trainer)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_gradient_that_is_not_finite_is_named_and_nothing_is_updated(
    monkeypatch: pytest.MonkeyPatch, dtype: str
) -> None:
    trainer = small_trainer(dtype=dtype)
    for _ in range(3):
        trainer.step()
    earlier = trainer.state.last_finite.parameters.flat.copy()
    place = trainer.reader.epoch, trainer.reader.position
    backward = trainer.network.backward_by_row

    def broken_backward(*arguments: object) -> None:
        backward(*arguments)  # type: ignore[arg-type]
        trainer.bptt.gradients["W1"][0, 0] = np.nan

    monkeypatch.setattr(trainer.network, "backward_by_row", broken_backward)
    with pytest.raises(NonFiniteError, match=r"^Step 4: the gradient of W1 is not finite"):
        trainer.step()
    assert trainer.network.parameters.flat.tobytes() == earlier.tobytes()
    assert place == (trainer.reader.epoch, trainer.reader.position)
    assert trainer.step_count == trainer.history.step_count == 3


def test_after_a_change_of_optimiser_a_failure_returns_to_the_new_ones_slots() -> None:
    trainer = small_trainer(optimizer="sgd", activation="relu")
    trainer.step()
    trainer.change("optimizer", "adagrad")
    trainer.step()
    trainer.step()
    kept = trainer.state.last_finite.slots["sum"].copy()
    assert not (kept == kept[0]).all()
    trainer.network.parameters.flat[:] = 1e30
    with pytest.raises(NonFiniteError):
        trainer.step()
    assert trainer.state.optimizer.slots["sum"].tobytes() == kept.tobytes()


def test_a_norm_beyond_float64_is_a_failure_that_names_the_norm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = small_trainer(dtype="float64")
    monkeypatch.setattr(
        trainer.network, "backward_by_row", lambda tape, gradients: gradients.flat.fill(1e308)
    )
    with pytest.raises(NonFiniteError, match="the norm of all gradients together is not finite"):
        trainer.step()


def test_the_hidden_state_that_overflowed_is_named_and_the_window_is_read_again() -> None:
    trainer = small_trainer(activation="relu")
    for _ in range(4):
        trainer.step()
    kept = trainer.state.last_finite.parameters.flat.copy()
    trainer.network.parameters["W1"][...] = 1e30
    trainer.network.parameters["b1"][...] = 1e30
    place = trainer.reader.epoch, trainer.reader.position
    with pytest.raises(NonFiniteError, match="because the hidden state of layer 1 overflowed"):
        trainer.step()
    assert place == (trainer.reader.epoch, trainer.reader.position)
    assert trainer.network.parameters.flat.tobytes() == kept.tobytes()
    trainer.step()
    assert trainer.step_count == 5


def test_a_carried_state_that_explodes_from_window_to_window_does_not_block_the_run() -> None:
    # Twice as long at every step back and at a rate that cannot mend it: after 128 steps float32
    # overflows, whatever the weights are; from zeros the same window is fine.
    trainer = small_trainer(
        activation="relu",
        initialization="identity",
        initialization_gain=2.0,
        learning_rate=1e-6,
        clip_threshold=1e-6,
        sequence_length=10,
    )
    failures = []
    for _ in range(40):
        try:
            trainer.step()
        except NonFiniteError as failure:
            failures.append(str(failure))
    assert 1 <= len(failures) <= 10
    assert trainer.step_count >= 30
    assert "no earlier weights" not in failures[0]


def test_weights_that_no_step_can_read_with_are_said_to_be_the_reason() -> None:
    trainer = small_trainer(
        small_dataset(2000),
        activation="relu",
        initialization="identity",
        initialization_gain=10.0,
        sequence_length=100,
    )
    with pytest.raises(NonFiniteError, match=r"^Step 1: .*shorten the sequence"):
        trainer.step()
    trainer.change("sequence_length", 5)
    assert np.isfinite(trainer.step().loss)


def test_a_step_that_fails_again_stays_failed_with_a_reason(tmp_path: Path) -> None:
    session = Session()
    configuration = own_text(
        tmp_path, activation="relu", initialization="identity", initialization_gain=10.0
    )
    session.apply(NewRun(dataclasses.replace(configuration, sequence_length=100)))
    for command in (Train(), TakeStep(), Train()):
        session.apply(command)
        advance(session, 1)
        assert session.state is RunState.FAILED
        assert session.reason.startswith("Step 1: ")
    session.apply(Pause())
    assert session.state is RunState.FAILED


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_tanh_at_rate_1000_stays_finite_is_far_worse_than_uniform_and_is_said_to_be(
    optimizer: str,
) -> None:
    session = Session()
    session.apply(
        NewRun(Configuration(learning_rate=1000.0, clip_mode="none", optimizer=optimizer))
    )
    session.apply(Train())
    advance(session, 300)
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.state is RunState.RUNNING
    assert snapshot.smoothed_loss is not None
    assert snapshot.smoothed_loss > 3 * snapshot.references[0].loss
    assert np.isfinite(snapshot.smoothed_loss)
    assert any(isinstance(remark, LossFarAbove) for remark in snapshot.remarks)


def test_another_optimiser_goes_back_to_the_last_finite_weights_too() -> None:
    trainer = small_trainer(
        optimizer="sgd", activation="relu", learning_rate=1e4, clip_mode="none", sequence_length=25
    )
    finite = trainer.network.parameters.flat.copy()
    trainer.step()
    trainer.change("optimizer", "adam")
    with pytest.raises(NonFiniteError, match="train on with a lower learning rate"):
        trainer.step()
    assert trainer.network.parameters.flat.tobytes() == finite.tobytes()
    trainer.change("learning_rate", 1e-3)
    trainer.step()


def test_an_optimiser_for_which_there_is_no_memory_is_refused_and_nothing_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = small_trainer(optimizer="sgd")
    monkeypatch.setattr("rnnviz.training.memory_estimate._physical_memory", lambda: 1000)
    with pytest.raises(RnnvizError, match="of memory"):
        trainer.change("optimizer", "adam")
    assert trainer.configuration.optimizer == trainer.state.optimizer.name == "sgd"
