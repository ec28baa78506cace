"""What a run is said to need is what it takes."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from rnnviz.core.cells import CELLS
from rnnviz.training.loading import make_trainer
from rnnviz.training.memory_estimate import bytes_needed

from .helpers import small, small_dataset, small_trainer


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize(
    "more",
    [
        {"hidden_size": 200, "sequence_length": 5},
        {"hidden_size": 50, "sequence_length": 150, "batch_size": 40},
        {"hidden_size": 60, "sequence_length": 40, "batch_size": 30, "num_layers": 3},
        {"hidden_size": 40, "sequence_length": 60, "batch_size": 30, "optimizer": "adam",
         "num_layers": 2, "residual": "on", "dropout": 0.2},
        {"hidden_size": 100, "sequence_length": 25},
        {"hidden_size": 400, "sequence_length": 130, "num_layers": 2},
    ],
)  # fmt: skip
def test_the_estimate_is_near_what_is_allocated(cell: str, more: dict[str, Any]) -> None:
    configuration = small(cell=cell, **more)
    dataset = small_dataset(9000)
    tracemalloc.start()
    try:
        trainer = make_trainer(configuration, dataset)
        for _ in range(3):
            trainer.step()
        trainer.observe()
        trainer._validation.loss()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    needed = bytes_needed(configuration, dataset.vocabulary.size)
    assert 0.85 * taken < needed < 1.5 * taken, (needed, taken)


@pytest.mark.parametrize("cell", list(CELLS))
def test_twice_the_steps_need_twice_the_memory_of_windows(cell: str) -> None:
    needed = [
        bytes_needed(small(cell=cell, sequence_length=length), 30) for length in (500, 1000, 2000)
    ]
    assert needed[2] - needed[1] == 2 * (needed[1] - needed[0])


def test_without_its_buffers_a_run_takes_little_and_goes_on_as_before() -> None:
    settings = {"cell": "lstm", "hidden_size": 60, "sequence_length": 60, "batch_size": 20}
    dataset = small_dataset(9000)
    undisturbed = small_trainer(dataset, **settings)
    expected = [undisturbed.step().loss for _ in range(4)]
    tracemalloc.start()
    try:
        trainer = small_trainer(dataset, **settings)
        losses = [trainer.step().loss for _ in range(2)]
        with_buffers, _ = tracemalloc.get_traced_memory()
        trainer.release_buffers()
        without, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert without < 0.5 * with_buffers
    assert losses + [trainer.step().loss for _ in range(2)] == expected
