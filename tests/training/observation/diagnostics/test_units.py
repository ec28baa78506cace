"""The stretch of text that units are compared on, and that reading it disturbs nothing."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.diagnostics.units import READ
from rnnviz.training.loading import make_trainer
from rnnviz.training.observation.diagnostics.units import SHOWN, UNITS, UnitReader, UnitsView
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.state.bits import same_bits
from rnnviz.training.trainer import Trainer

from ...helpers import small, small_dataset, small_trainer


def units_of(trainer: Trainer) -> UnitsView:
    trainer.observe(frozenset({UNITS}))
    assert trainer.last_window is not None
    assert UNITS in trainer.last_window.measured
    return trainer.last_window.measured[UNITS]


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("layers", [1, 3])
def test_the_states_are_those_of_one_pass_over_the_whole_stretch(cell: str, layers: int) -> None:
    dataset = small_dataset(6000)
    trainer = small_trainer(dataset, cell=cell, num_layers=layers, batch_size=3)
    for _ in range(5):
        trainer.step()
    view = units_of(trainer)
    ids = dataset.validation_ids[:READ].astype(np.intp)
    tape = trainer.network.new_tape(len(ids), 1)
    trainer.network.forward(ids[:, np.newaxis], trainer.network.zero_state(1), tape)
    assert set(view.reading.activations) == set(CELLS[cell].state_names())
    for name, activations in view.reading.activations.items():
        for shown, layer in zip(activations, tape.layers, strict=True):
            expected = layer.states[name][1:, 0]
            np.testing.assert_allclose(shown, expected[-SHOWN:], rtol=1e-4, atol=1e-5)
    first = np.corrcoef(
        tape.layers[0].hidden[:, 0].T.astype(float),
        [dataset.vocabulary.tokens[token] in "aeiou" for token in ids],
    )[:-1, -1]
    vowel = view.reading.features.index("vowel")
    np.testing.assert_allclose(view.reading.correlations["h"][0, :, vowel], first, atol=1e-4)
    assert "".join(view.reading.tokens) == dataset.vocabulary.decode(ids)[-SHOWN:]


@pytest.mark.parametrize(
    ("length", "fraction", "source", "read"),
    [
        (20_000, 0.1, "the held-out text", READ),
        (4000, 0.1, "the held-out text", 400),
        (4000, 0.0, "the training text", READ),
        (700, 0.1, "the training text", 630),
    ],
)
def test_the_held_out_text_is_read_where_there_is_enough_of_it(
    length: int, fraction: float, source: str, read: int
) -> None:
    view = units_of(small_trainer(small_dataset(length, fraction)))
    assert view.source == source
    assert view.reading.length == read


def test_without_a_text_the_network_reads_what_it_writes() -> None:
    dataset = small_dataset()
    nothing = dataset.training_ids[:0]
    bare = dataclasses.replace(dataset, training_ids=nothing, validation_ids=nothing)
    trainer = make_trainer(small(), bare)
    view = units_of(trainer)
    assert view.source == "what the network wrote itself"
    written = trainer.text_generator.sample(0, trainer.configuration).text
    assert "".join(view.reading.tokens) == written
    silent = UnitReader(trainer.network, bare.vocabulary, "", bare.training_ids, lambda: "")
    assert silent.read().reading.length == 1


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_reading_changes_no_bit_of_the_run(dropout: float) -> None:
    quiet, watched = (small_trainer(num_layers=2, dropout=dropout) for _ in range(2))
    for _ in range(20):
        quiet.step()
        watched.step(frozenset({UNITS}))
        watched.observe(EVERYTHING)
    assert same_bits(quiet.checkpoint(), watched.checkpoint())


def test_nobody_watches_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: UnitReader) -> UnitsView:
        raise AssertionError

    monkeypatch.setattr(UnitReader, "read", read)
    trainer = small_trainer()
    trainer.step(EVERYTHING - {UNITS})
    assert trainer.last_window is not None
    assert UNITS not in trainer.last_window.measured


def test_at_rest_the_units_are_those_of_the_step_that_was_reached() -> None:
    trainer = small_trainer()
    for _ in range(3):
        trainer.step(EVERYTHING)
    units_of(trainer)
    assert trainer.last_window.step == 3


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_network_that_is_not_finite_follows_nothing(
    value: float, cell: str, activation: str
) -> None:
    trainer = small_trainer(cell=cell, activation=activation, hidden_size=1, sequence_length=1)
    trainer.network.parameters.flat[:] = value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reading = units_of(trainer).reading
    for found in reading.correlations.values():
        assert np.isfinite(found).all()
        assert (np.abs(found) <= 1).all()


def test_words_have_features_of_their_own() -> None:
    trainer = small_trainer(small_dataset(level="word"), level="word")
    view = units_of(trainer)
    assert {"punctuation", "position in the line"} <= set(view.reading.features)
    assert "vowel" not in view.reading.features
