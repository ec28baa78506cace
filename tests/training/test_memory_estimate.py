"""What a run is said to need is what it takes."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import pytest

from rnnviz.core.cells import CELLS
from rnnviz.core.errors import RnnvizError
from rnnviz.core.recurrent_matmul import RecurrentProducts
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.training import memory_estimate
from rnnviz.training.loading import make_trainer
from rnnviz.training.memory_estimate import bytes_needed, bytes_to_record

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
@pytest.mark.parametrize("batch_size", [1, 3])
def test_of_the_recurrent_matrices_as_many_copies_are_counted_as_are_made(
    cell: str, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    products: list[RecurrentProducts] = []
    begin = RecurrentProducts.__init__

    def noted(self: RecurrentProducts, *args: Any) -> None:
        products.append(self)
        begin(self, *args)

    monkeypatch.setattr(RecurrentProducts, "__init__", noted)
    trainer = small_trainer(small_dataset(9000), cell=cell, batch_size=batch_size)
    trainer.step()
    trainer.observe()
    trainer._validation.loss()
    layouts = [array for one in products for array in (one.weights, one.transposed)]
    made = sum(array.size for array in layouts if array.flags.owndata)
    (layer,) = trainer.network.cells
    shapes = layer.recurrent_shapes()
    one_copy = sum(math.prod(shapes[letter]) for letter in layer.recurrent_matrices())
    assert made == memory_estimate._copies_of_w(layer, batch_size) * one_copy


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize(
    "more",
    [
        {"hidden_size": 100, "sequence_length": 25},
        {"hidden_size": 50, "sequence_length": 50, "batch_size": 20},
        {"hidden_size": 40, "sequence_length": 60, "batch_size": 10, "optimizer": "adam",
         "num_layers": 3, "residual": "on", "dropout": 0.2},
        {"hidden_size": 400, "sequence_length": 5, "optimizer": "momentum"},
    ],
)  # fmt: skip
def test_so_is_what_one_step_is_said_to_need_when_it_is_written_out(
    cell: str, more: dict[str, Any]
) -> None:
    trainer = small_trainer(small_dataset(9000), cell=cell, **more)
    subject = trainer.step_subject()
    tracemalloc.start()
    try:
        record = record_step(subject)
        _, taken = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert record.loss > 0
    needed = bytes_to_record(trainer.configuration, trainer.network.vocab_size)
    assert 0.95 * taken < needed < 1.6 * taken, (needed, taken)


def test_a_step_that_does_not_fit_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = small_trainer()
    monkeypatch.setattr(memory_estimate, "_physical_memory", lambda: 1000)
    with pytest.raises(RnnvizError, match=r"every number of a step .* \d+ kB .*batch\.$"):
        trainer.step_subject()
    assert trainer.step().step == 1


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
