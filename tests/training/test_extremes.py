"""Settings at the ends of their ranges make runs that train and write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW

from .helpers import small_dataset, small_trainer


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize(
    "extreme",
    [
        {"hidden_size": 1},
        {"hidden_size": 500, "sequence_length": 2},
        {"sequence_length": 1},
        {"sequence_length": 1000},
        {"batch_size": 512},
        {"sequence_length": 1, "batch_size": 512, "hidden_size": 1},
        {"num_layers": 4, "residual": "on", "dropout": 0.95},
        {"temperature": 0.0},
        {"temperature": 10.0},
        {"level": "word", "vocabulary_size": 2},
        {"forget_bias": -10.0},
        {"initialization": "orthogonal", "initialization_gain": 10.0, "num_layers": 4},
    ],
)
def test_an_extreme_run_trains_and_writes(cell: str, extreme: dict[str, Any]) -> None:
    level = extreme.get("level", "character")
    dataset = small_dataset(6000, level=level, vocabulary_size=2)
    trainer = small_trainer(dataset, cell=cell, validation_interval=2, **extreme)
    losses = [trainer.step().loss for _ in range(3)]
    assert np.isfinite(losses).all()
    trainer.observe()
    window = trainer.last_window
    assert window is not None
    assert GRADIENT_FLOW in window.measured
    assert all(
        np.isfinite(norms).all() for norms in window.measured[GRADIENT_FLOW].from_last.values()
    )
    trainer.text_generator.restart_stream(trainer.configuration, 20)
    assert len(trainer.text_generator.stream().pieces) == 20


def test_a_large_network_trains() -> None:
    trainer = small_trainer(hidden_size=2048, sequence_length=2)
    assert np.isfinite(trainer.step().loss)
