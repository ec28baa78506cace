"""Training on several texts: none is carried into another, whatever is changed on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnviz.data import Corpus, TextDataset, build_dataset
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import continued_trainer, make_trainer
from rnnviz.training.past.replay import replay_from_beginning
from rnnviz.training.trainer import Trainer
from rnnviz.training.truncated_bptt import begun

TEXTS = ["the old fox sleeps by the sea\n" * 9, "abc\n", "a fox, a fox! who sees the sea\n" * 7]


@pytest.fixture
def dataset() -> TextDataset:
    text = "".join(TEXTS)
    bounds = tuple(np.cumsum([len(part) for part in TEXTS])[:-1].tolist())
    return build_dataset(Corpus("file", "Tales", text, bounds=bounds), 0.1)


def configuration(**settings: object) -> Configuration:
    sizes = {"hidden_size": 5, "sequence_length": 7, "batch_size": 3, "dtype": "float64"}
    return Configuration.from_mapping(sizes | settings)


def trained(dataset: TextDataset, steps: int, **settings: object) -> Trainer:
    trainer = make_trainer(configuration(**settings), dataset)
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_a_stream_that_begins_a_text_begins_from_zeros_and_the_others_do_not(
    dataset: TextDataset, cell: str
) -> None:
    trainer = trained(dataset, 1, cell=cell, num_layers=2)
    seen = 0
    for _ in range(2 * trainer.reader.windows_per_epoch):
        window = trainer.reader.peek_window()
        carried = trainer.state.carried
        before = trainer.bptt.state_before(window, carried)
        if window.begins is not None and not window.starts_epoch:
            seen += 1
            for layer, kept in zip(before, carried, strict=True):
                for name, array in layer.items():
                    assert not array[window.begins].any()
                    assert np.array_equal(array[~window.begins], kept[name][~window.begins])
                    assert kept[name][window.begins].any()
        trainer.step()
    assert seen


def test_a_state_in_which_streams_begin_is_a_copy_of_the_same_type() -> None:
    carried = [{"h": np.full((3, 2), np.inf, np.float32)}]
    state = begun(carried, np.array([False, True, False]))
    assert state[0]["h"].dtype == np.float32
    assert state[0]["h"][1].tolist() == [0, 0]
    assert np.isinf(carried[0]["h"]).all()


def test_another_sequence_length_cuts_other_streams_whose_state_is_zeroed(
    dataset: TextDataset,
) -> None:
    trainer = trained(dataset, 9)
    assert trainer.state.carried[0]["h"].any()
    trainer.change("sequence_length", 5)
    assert not trainer.state.carried[0]["h"].any()
    for _ in range(9):
        trainer.step()
    again = replay_from_beginning(trainer.state.journal, dataset, trainer.step_count)
    assert not trainer.state.differences(again)


def test_a_run_goes_on_from_a_checkpoint_bit_for_bit(dataset: TextDataset) -> None:
    whole, half = trained(dataset, 30), trained(dataset, 13)
    on = continued_trainer(half.checkpoint(), half.configuration, dataset)
    for _ in range(17):
        on.step()
    assert not whole.state.differences(on.state)
    assert whole.held_out_loss() == on.held_out_loss()
    other = half.configuration.with_value("sequence_length", 6)
    assert not continued_trainer(half.checkpoint(), other, dataset).state.carried[0]["h"].any()


def test_one_text_keeps_its_state_at_another_length() -> None:
    trainer = trained(build_dataset(Corpus("file", "Tale", TEXTS[0]), 0.1), 5)
    trainer.change("sequence_length", 5)
    assert trainer.state.carried[0]["h"].any()


def test_the_recorded_step_begins_as_the_step_does(dataset: TextDataset, tmp_path: Path) -> None:
    trainer = trained(dataset, 1)
    for _ in range(trainer.reader.windows_per_epoch):
        window = trainer.reader.peek_window()
        subject = trainer.step_subject()
        for layer, expected in zip(
            subject.state, trainer.bptt.state_before(window, trainer.state.carried), strict=True
        ):
            assert np.array_equal(layer["h"], expected["h"])
        trainer.step()
