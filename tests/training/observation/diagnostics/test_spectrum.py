"""Spectra on their way to a snapshot: of which step, how often, and beside the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnviz.training.commands import NewRun, Pause, TakeStep, Train
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.session import Session
from rnnviz.training.trainer import Trainer

from ...helpers import own_text, small_trainer

WATCHED = frozenset({SPECTRUM})


def radii(trainer: Trainer) -> dict[str, float]:
    """Return the radii of the weights as they are, computed here."""
    parameters = trainer.network.parameters
    return {
        f"W{number}": float(np.abs(np.linalg.eigvals(parameters[f"W{number}"].astype(float))).max())
        for number in trainer.network.layer_numbers
    }


def test_the_series_holds_both_radii_of_every_layer_at_every_measured_step() -> None:
    trainer = small_trainer(num_layers=2)
    expected = []
    for _ in range(4):
        expected.append(radii(trainer))
        trainer.observe(WATCHED)
        assert trainer.last_window is not None
        layers = trainer.last_window.measured[SPECTRUM].layers  # type: ignore[union-attr]
        for number, layer in enumerate(layers, start=1):
            assert layer.radius_of_weights == pytest.approx(expected[-1][f"W{number}"])
        trainer.step()
    series = trainer.series(WATCHED)[SPECTRUM]
    assert series.labels == ("W1", "J1", "W2", "J2")
    assert series.steps.tolist() == [0, 1, 2, 3]
    for label in ("W1", "W2"):
        column = series.values[:, series.labels.index(label)]
        np.testing.assert_allclose(column, [row[label] for row in expected])
    assert np.isfinite(series.values).all()


def test_while_looking_rests_the_latest_window_stays_whole_and_is_noted_once() -> None:
    trainer = small_trainer()
    trainer.step(WATCHED)
    first = trainer.last_window
    trainer._observer._throttle._rests_until = np.inf
    for _ in range(3):
        trainer.step(WATCHED)
        assert trainer.last_window is first
    series = trainer.series(WATCHED)[SPECTRUM]
    assert series.steps.tolist() == [0]
    trainer.observe(WATCHED)
    assert trainer.last_window is not first


def test_nobody_looks_nothing_is_measured() -> None:
    trainer = small_trainer()
    trainer.step(frozenset({HISTORY}))
    assert SPECTRUM not in trainer.last_window.measured  # type: ignore[union-attr]
    assert trainer.series(WATCHED) == {}


def test_a_network_that_is_too_large_gets_no_series() -> None:
    trainer = small_trainer(hidden_size=260, cell="lstm")
    trainer.observe(WATCHED)
    assert trainer.last_window.measured[SPECTRUM].is_too_large  # type: ignore[union-attr]
    assert trainer.series(WATCHED) == {}


def test_a_single_step_and_a_pause_show_what_is_dear_as_it_is_now(tmp_path: Path) -> None:
    session = Session()
    session.apply(NewRun(own_text(tmp_path)))

    def shows_the_weights(of: float) -> bool:
        trainer, snapshot = session.trainer, session.snapshot()
        assert trainer is not None
        trainer._observer._throttle._rests_until = np.inf
        (layer,) = snapshot.get(SPECTRUM).layers  # type: ignore[union-attr]
        return layer.radius_of_weights == pytest.approx(of, rel=1e-6)

    trainer = session.trainer
    assert trainer is not None
    assert shows_the_weights(radii(trainer)["W1"])
    for _ in range(3):
        session.apply(TakeStep())
        assert shows_the_weights(radii(trainer)["W1"])
    session.apply(Train())
    for _ in range(5):
        session.advance(look=True)
    assert not shows_the_weights(radii(trainer)["W1"]), "while it runs, it waits for its turn"
    session.apply(Pause())
    assert shows_the_weights(radii(trainer)["W1"])
