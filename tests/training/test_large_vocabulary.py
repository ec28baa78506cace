"""Of a large vocabulary only the rows that a window read are updated, with the same result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.training.state.bits import same_bits
from rnnviz.training.trainer import NonFiniteError, Trainer

from .helpers import small_dataset, small_trainer


@pytest.fixture(autouse=True)
def every_vocabulary_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnviz.core.tape.one_hot_pays", lambda *_: False)


def updating_all_rows(**settings: Any) -> Trainer:
    trainer = small_trainer(**settings)
    trainer.state.optimizer.leaves_zeros = False  # type: ignore[misc]
    return trainer


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_updating_the_rows_that_were_read_is_updating_all(cell: str, optimizer: str) -> None:
    settings = {"cell": cell, "optimizer": optimizer, "clip_mode": "none", "batch_size": 3}
    by_row, whole = small_trainer(**settings), updating_all_rows(**settings)
    for _ in range(50):
        assert by_row.step().loss == whole.step().loss
    assert same_bits(by_row.network.parameters.flat, whole.network.parameters.flat)
    assert same_bits(by_row.state.optimizer.slots, whole.state.optimizer.slots)


@pytest.mark.parametrize("mode", ["norm", "value"])
def test_clipping_sees_the_same_gradient(mode: str) -> None:
    settings = {"clip_mode": mode, "clip_threshold": 0.05}
    by_row, whole = small_trainer(**settings), updating_all_rows(**settings)
    for _ in range(20):
        one, other = by_row.step(), whole.step()
        assert one.gradient_norm == pytest.approx(other.gradient_norm, rel=1e-5)
        assert one.clipped_gradient_norm == pytest.approx(other.clipped_gradient_norm, rel=1e-5)
    assert by_row.network.parameters.flat == pytest.approx(whole.network.parameters.flat, abs=1e-5)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_a_failure_goes_back_to_the_weights_and_slots_of_the_last_finite_step(
    optimizer: str,
) -> None:
    trainer = small_trainer(
        small_dataset(2000),
        optimizer=optimizer,
        activation="relu",
        clip_mode="none",
        learning_rate=0.05,
    )
    for _ in range(30):
        trainer.step()
    before = trainer.checkpoint()
    broken = trainer.network.backward_by_row

    def with_nan(*arguments: Any) -> object:
        result = broken(*arguments)
        trainer.bptt.gradients["V"][0, 0] = np.nan
        return result

    trainer.network.backward_by_row = with_nan  # type: ignore[method-assign]
    with pytest.raises(NonFiniteError, match="the gradient of V is not finite"):
        trainer.step()
    # The weights of before the last update: with them the loss and the gradients were finite.
    kept = trainer.checkpoint()
    del trainer.network.backward_by_row
    trainer.step()
    assert np.isfinite(trainer.network.parameters.flat).all()
    assert not same_bits(kept.parameters, before.parameters)


def test_what_is_kept_is_what_the_last_step_began_with() -> None:
    trainer = small_trainer(small_dataset(2000), clip_mode="none")
    for _ in range(40):
        weights = trainer.network.parameters.flat.copy()
        slots = {name: slot.copy() for name, slot in trainer.state.optimizer.slots.items()}
        trainer.step()
        assert same_bits(trainer.state.last_finite.parameters.flat, weights)
        assert same_bits(trainer.state.last_finite.slots, slots)


def test_a_copy_goes_back_to_the_same_weights() -> None:
    trainer = small_trainer(optimizer="adagrad")
    for _ in range(4):
        trainer.step()
    other = Trainer(trainer.state.copy(), trainer.dataset)
    for each in (trainer, other):
        each.step()
        each.state.go_back()
    assert other.state.differences(trainer.state) == ()
