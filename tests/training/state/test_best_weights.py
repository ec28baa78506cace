"""The weights that did best on the held-out text are kept."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.commands import NewRun, Train, UseBest
from rnnviz.training.configuration import Configuration
from rnnviz.training.non_finite import NonFiniteError
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.bits import same_bits

from ..helpers import small_dataset, small_trainer


def test_the_best_tested_weights_are_kept_as_they_were() -> None:
    trainer = small_trainer(small_dataset(3000), validation_interval=10, learning_rate=0.5)
    tested: dict[int, tuple[float, np.ndarray]] = {}
    for step in range(400):
        if step == 300:
            trainer.change("learning_rate", 100.0)
        record = trainer.step()
        if record.validation_loss is not None:
            tested[record.step] = (record.validation_loss, trainer.network.parameters.flat.copy())
    assert trainer.state.best is not None
    best_step = min(tested, key=lambda step: tested[step][0])
    assert trainer.state.best.step == best_step < 400
    assert trainer.state.best.loss == tested[best_step][0]
    flat = np.concatenate([array.reshape(-1) for array in trainer.state.best.parameters.values()])
    assert same_bits(flat, tested[best_step][1])


def test_an_untested_run_has_no_best_weights() -> None:
    trainer = small_trainer()
    trainer.step()
    assert trainer.state.best is None


def test_the_best_weights_are_taken_up_again_and_trained_on() -> None:
    trainer = small_trainer(small_dataset(3000), validation_interval=10, learning_rate=0.5)
    for _ in range(100):
        trainer.step()
    trainer.change("learning_rate", 100.0)
    for _ in range(100):
        trainer.step()
    worse = trainer.held_out_loss()
    best = trainer.state.use_best()
    assert worse is not None
    assert trainer.held_out_loss() == best.loss < worse
    trainer.change("learning_rate", 0.01)
    assert trainer.step().step == 201
    assert trainer.step().loss < worse


def test_a_failure_after_the_best_weights_were_taken_goes_back_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As with a large vocabulary, of which each step changes few rows.
    monkeypatch.setattr("rnnviz.core.tape.one_hot_pays", lambda *_: False)
    trainer = small_trainer(small_dataset(3000), validation_interval=5, sequence_length=2)
    for _ in range(29):
        trainer.step()
    best = trainer.state.use_best()
    trainer.step()
    trainer.network.parameters["c"][0] = np.inf
    with pytest.raises(NonFiniteError):
        trainer.step()
    assert trainer.held_out_loss() == best.loss


def test_without_a_test_there_is_nothing_to_take_up() -> None:
    trainer = small_trainer()
    before = trainer.network.parameters.flat.copy()
    with pytest.raises(RnnvizError, match="no best weights yet"):
        trainer.state.use_best()
    assert same_bits(trainer.network.parameters.flat, before)


def test_a_session_pauses_with_the_best_weights_and_says_which() -> None:
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=5, validation_interval=3)))
    session.apply(Train(7))
    assert session.snapshot().best_step is None  # type: ignore[union-attr]
    while session.state is RunState.RUNNING:
        session.advance(look=False)
    step = session.snapshot().best_step  # type: ignore[union-attr]
    assert step in (3, 6)
    session.apply(UseBest())
    assert session.state is RunState.PAUSED
    assert f"step {step} are back" in session.notices.pop()
