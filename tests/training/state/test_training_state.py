"""A run between two steps can be copied, written and compared without a trainer."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.training.state.checkpoint import Sample
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer

from ..helpers import arrays_in, small_dataset, small_trainer


def trained(steps: int = 12, **settings: object) -> Trainer:
    values = {"validation_interval": 5, "dropout": 0.3, "num_layers": 2} | settings
    trainer = small_trainer(**values)
    for _ in range(steps):
        trainer.step()
        trainer.observe()
    return trainer


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("copied", [TrainingState.copy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_copy_goes_on_like_the_original_and_has_nothing_in_common_with_it(
    cell: str, copied: Callable[[TrainingState], TrainingState]
) -> None:
    trainer = trained(cell=cell)
    state = trainer.state
    copy = copied(state)
    assert copy.differences(state) == ()
    kept = copied(state)
    for _ in range(20):
        trainer.step()
    assert copy.differences(kept) == ()
    assert "network" in copy.differences(state)
    other = Trainer(copy, trainer.dataset)
    for _ in range(20):
        other.step()
    assert copy.differences(state) == ()


def test_what_a_copy_shows_cannot_be_written_to() -> None:
    trainer = trained()
    state = trainer.state
    state.history.view(), state.gradient_history.view(), state.recent_gradients.view()
    trainer.series(frozenset(state.series))
    copy = state.copy()
    views = [
        copy.history.view(),
        copy.gradient_history.view(),
        copy.recent_gradients.view(),
        *(series.view() for series in copy.series.values()),
    ]
    assert len(views) > 3
    assert not any(array.flags.writeable for array in arrays_in(views))


def test_whoever_looks_trains_the_same() -> None:
    watched, alone = trained(), small_trainer(validation_interval=5, dropout=0.3, num_layers=2)
    for _ in range(12):
        alone.step()
    assert watched.state.differences(alone.state) == ()
    assert watched.state.series
    assert not alone.state.series


def weights(state: TrainingState) -> None:
    state.network.parameters["W1"][0, 0] += np.float32(1e-6)


def zero(state: TrainingState) -> None:
    state.carried[0]["h"][...] = -0.0


def draw(state: TrainingState) -> None:
    state.rng.random()


def sample(state: TrainingState) -> None:
    state.keep_sample(Sample(12, "", ("a",), (0.5,), 1.0))


SPOILED: dict[str, Callable[[TrainingState], object]] = {
    "network": weights,
    "optimizer": lambda state: state.optimizer.slots["sum"].fill(3.0),
    "gradient_history": lambda state: state.gradient_history.append(13, np.ones((2, 5))),
    "carried": zero,
    "rng": draw,
    "epoch": lambda state: setattr(state, "epoch", 1),
    "position": lambda state: setattr(state, "position", 1),
    "step": lambda state: setattr(state, "step", 1),
    "tokens_seen": lambda state: setattr(state, "tokens_seen", 1),
    "last_loss": lambda state: setattr(state, "last_loss", 0.0),
    "history": lambda state: state.history.append(1.0, 1.0, 1.0, False),
    "best": lambda state: state.best and next(iter(state.best.parameters.values())).fill(0.0),
    "last_finite": lambda state: state.last_finite.parameters["W1"].fill(0.0),
    "samples": sample,
    "journal": lambda state: state.use_best(),
    "configuration": lambda state: setattr(
        state, "configuration", dataclasses.replace(state.configuration, momentum=0.5)
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_differs_is_named(name: str) -> None:
    state = trained().state
    other = state.copy()
    SPOILED[name](other)
    differences = other.differences(state)
    assert name in differences
    if name != "journal":
        assert differences == (name,)


@pytest.mark.parametrize("part", ["optimizer", "last_finite"])
def test_whatever_an_optimiser_or_what_a_run_goes_back_to_has_is_compared(part: str) -> None:
    state = trained(steps=3).state
    compared = [name for name in vars(getattr(state, part)) if not name.startswith("_")]
    for name in (*compared, "of_a_later_one"):
        other = state.copy()
        setattr(getattr(other, part), name, 0.25)
        if (part, name) != ("optimizer", "parameters"):  # which are the network's
            assert other.differences(state) == (part,), name


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_out_of_a_checkpoint_a_run_is_the_same_but_for_what_no_file_holds(optimizer: str) -> None:
    trainer = trained(optimizer=optimizer)
    trainer.change("learning_rate", 0.01)
    state = trainer.state
    again = TrainingState.from_checkpoint(state.checkpoint(), state.configuration, trainer.dataset)
    assert again.differences(state) == ("last_loss", "last_finite")


def test_a_fresh_run_has_its_first_sample() -> None:
    dataset = small_dataset()
    state = TrainingState.fresh(small_trainer().configuration, dataset)
    assert [kept.step for kept in state.samples] == [0]
    assert state.differences(small_trainer(dataset).state) == ()
