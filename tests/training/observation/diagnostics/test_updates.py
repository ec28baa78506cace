"""What a run says of its updates, against parameters copied before and after each step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.training.observation.diagnostics.updates import UPDATES
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.trainer import NonFiniteError, Trainer

from ...helpers import small_trainer, unhurried

WATCHED = frozenset({UPDATES})


@pytest.fixture(params=[False, True], ids=["whole", "by row"])
def by_row(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param:
        monkeypatch.setattr("rnnviz.core.tape.one_hot_pays", lambda *_: False)
    return bool(request.param)


def copied(trainer: Trainer) -> dict[str, np.ndarray]:
    return {name: array.astype(np.float64) for name, array in trainer.network.parameters.items()}


def check_a_step(trainer: Trainer) -> np.ndarray:
    """Do a step, and compare what is noted of it with the copies; return the ratios."""
    before = copied(trainer)
    trainer.step(noted=EVERYTHING)
    after = copied(trainer)
    series = trainer.series(WATCHED)[UPDATES]
    assert series.steps[-1] == trainer.step_count
    assert series.labels == tuple(before)
    for name, ratio in zip(series.labels, series.values[-1].tolist(), strict=True):
        size = np.linalg.norm(before[name])
        if size == 0:
            assert np.isnan(ratio)
        else:
            moved = np.linalg.norm(after[name] - before[name])
            assert ratio == pytest.approx(moved / size, rel=1e-10, abs=0)
    last: np.ndarray = series.values[-1]
    return last


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("clip_mode", ["none", "norm", "value"])
def test_the_ratios_are_those_of_parameters_copied_before_and_after(
    by_row: bool, optimizer: str, clip_mode: str
) -> None:
    trainer = unhurried(
        small_trainer(optimizer=optimizer, clip_mode=clip_mode, clip_threshold=0.05, batch_size=2)
    )
    for number in range(12):
        if number % 3 == 2:
            # Nobody looks at this one.
            trainer.step()
        assert (check_a_step(trainer)[0] > 0) or number == 0


@pytest.mark.parametrize("cell", CELLS)
def test_every_parameter_of_every_layer_is_named(by_row: bool, cell: str) -> None:
    trainer = unhurried(small_trainer(cell=cell, num_layers=2))
    for _ in range(3):
        check_a_step(trainer)
    labels = trainer.series(WATCHED)[UPDATES].labels
    assert set(labels) == set(trainer.network.parameters)


def test_they_are_right_after_other_weights_and_another_optimiser(by_row: bool) -> None:
    trainer = unhurried(small_trainer(validation_interval=2))
    for _ in range(5):
        check_a_step(trainer)
    trainer.state.use_best()
    check_a_step(trainer)
    trainer.change("optimizer", "adam")
    check_a_step(trainer)
    trainer.change("learning_rate", 0.0001)
    check_a_step(trainer)


def test_they_are_right_after_a_failure(by_row: bool) -> None:
    trainer = unhurried(small_trainer(clip_mode="none"))
    for _ in range(4):
        check_a_step(trainer)
    broken = trainer.network.backward_by_row

    def with_nan(*arguments: Any) -> object:
        result = broken(*arguments)
        trainer.bptt.gradients["V"][0, 0] = np.nan
        return result

    trainer.network.backward_by_row = with_nan  # type: ignore[method-assign]
    with pytest.raises(NonFiniteError):
        trainer.step(noted=EVERYTHING)
    del trainer.network.backward_by_row
    assert trainer.series(WATCHED)[UPDATES].steps.tolist() == [1, 2, 3, 4]
    check_a_step(trainer)


def test_nothing_is_measured_while_nobody_looks() -> None:
    trainer = unhurried(small_trainer())
    trainer.step()
    trainer.observe()
    assert UPDATES not in trainer.series(WATCHED)


def test_what_is_kept_for_it_cannot_be_written_to() -> None:
    trainer = unhurried(small_trainer())
    trainer.step()
    with pytest.raises(ValueError, match="read-only"):
        trainer.state.last_finite.before_update["V"][0, 0] = 1.0
