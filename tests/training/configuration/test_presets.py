"""The presets are settings that exist, and make runs that train."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rnnviz.data import OWN_TEXT
from rnnviz.data.tasks import TASKS
from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.loading import new_trainer

from ..helpers import own_text

NAMES = list(PRESETS)


def with_preset(name: str, configuration: Configuration) -> Configuration:
    changes = PRESETS[name].changes(configuration)
    return Configuration.from_mapping(configuration.to_mapping() | changes)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_once_taken_has_nothing_more_to_change(name: str) -> None:
    taken = with_preset(name, Configuration(seed=7, dtype="float64"))
    assert PRESETS[name].changes(taken) == {}
    assert (taken.seed, taken.dtype) == (7, Configuration().dtype)
    for setting, value in PRESETS[name].settings.items():
        assert getattr(taken, setting) == value


@pytest.mark.parametrize("before", NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_what_was_chosen_before_leaves_no_trace(before: str, name: str) -> None:
    after_another = with_preset(name, with_preset(before, Configuration()))
    corpus = PRESETS[name].corpus or PRESETS[before].corpus or Configuration().corpus
    assert after_another == dataclasses.replace(with_preset(name, Configuration()), corpus=corpus)


@pytest.mark.parametrize("name", NAMES)
def test_a_persons_own_text_stays(name: str, tmp_path: Path) -> None:
    own = own_text(tmp_path, 6000)
    configuration = with_preset(name, own)
    assert (configuration.corpus, configuration.text_file) == (OWN_TEXT, own.text_file)
    trainer = new_trainer(configuration)
    assert trainer.step().loss > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_task_stays(name: str) -> None:
    configuration = with_preset(name, Configuration(corpus="adding"))
    assert configuration.corpus == "adding"
    assert PRESETS[name].changes(configuration) == {}
    for setting, value in PRESETS[name].settings.items():
        assert getattr(configuration, setting) == value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_asked_at_a_length_at_which_it_can_be(name: str, task: str) -> None:
    configuration = with_preset(name, Configuration(corpus=task))
    assert configuration.sequence_length >= configuration.source.shortest
    assert PRESETS[name].changes(configuration) == {}


def test_the_textbooks_network_is_the_chapters() -> None:
    configuration = with_preset("textbook", Configuration())
    assert configuration.level == "word"
    assert configuration.vocabulary_size == 8000
    assert configuration.hidden_size == 100
    assert configuration.optimizer == "sgd"
    assert configuration.initialization == "uniform"
    assert configuration.corpus == "python-reference"


@pytest.mark.parametrize("seed", range(1, 6))
def test_three_units_learn_hello_with_the_plainest_step_there_is(seed: int) -> None:
    configuration = with_preset("by-hand", Configuration(seed=seed))
    assert (configuration.corpus, configuration.optimizer) == ("hello", "sgd")
    trainer = new_trainer(configuration)
    assert trainer.network.parameters["W1"].shape == (3, 3)
    assert trainer.dataset.vocabulary.tokens == ("e", "h", "l", "o")
    for _ in range(500):
        done = trainer.step()
        assert done.gradient_norm == done.clipped_gradient_norm
    pairs = {line.name: line.loss for line in trainer.dataset.reference_lines}["bigram"]
    # Which l it is cannot be seen from the last letter alone.
    assert trainer.history.smoothed_loss < pairs / 5
