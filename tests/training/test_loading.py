"""From settings, or from a checkpoint, to a trainer with its text."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.loading import new_trainer, opened_trainer, resumed_trainer
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import NoTextError, Trainer

from .helpers import own_text, small, text_gone, text_of


@pytest.fixture
def saved(tmp_path: Path) -> Checkpoint:
    trainer = new_trainer(own_text(tmp_path, batch_size=2))
    for _ in range(40):
        trainer.step()
    return trainer.checkpoint()


def test_a_built_in_corpus_is_made_and_trained_on() -> None:
    trainer = new_trainer(small(corpus="brackets"))
    assert trainer.dataset.references.true_entropy is not None
    assert np.isfinite(trainer.step().loss)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 5},
        {"sequence_length": 9},
        {"optimizer": "sgd"},
        {"learning_rate": 0.5, "clip_mode": "none", "temperature": 1.0},
        {"batch_size": 1, "sequence_length": 60, "optimizer": "sgd"},
    ],
)
def test_other_settings_go_on_in_the_same_place_with_the_same_weights(
    saved: Checkpoint, settings: dict[str, Any]
) -> None:
    before = resumed_trainer(saved)
    configuration = dataclasses.replace(saved.configuration, **settings)
    trainer = resumed_trainer(saved, configuration)
    assert trainer.configuration == configuration
    assert trainer.step_count == 40
    assert trainer.epoch == pytest.approx(before.epoch, abs=0.02)
    assert trainer.epoch > 0.3
    assert same_bits(trainer.checkpoint().parameters, saved.parameters)
    assert np.isfinite(trainer.step().loss)
    if "batch_size" not in settings:
        resumed_state = resumed_trainer(saved, configuration).checkpoint().carried_state
        assert same_bits(resumed_state, saved.carried_state)


def test_a_run_that_goes_on_with_windows_that_start_from_zeros_carries_nothing(
    saved: Checkpoint,
) -> None:
    zeros = dataclasses.replace(saved.configuration, window_start="zeros")
    resumed = resumed_trainer(saved, zeros)
    resumed.step()
    assert not resumed.bptt._tapes[5, 2].layers[0].states["h"][0].any()
    changed = resumed_trainer(saved)
    changed.change("window_start", "zeros")
    changed.step()
    assert changed.state.last_loss == resumed.state.last_loss


def test_another_optimiser_that_remembers_begins_with_fresh_slots(tmp_path: Path) -> None:
    trainer = new_trainer(own_text(tmp_path, optimizer="sgd"))
    trainer.step()
    saved = trainer.checkpoint()
    adagrad = dataclasses.replace(saved.configuration, optimizer="adagrad")
    fresh = new_trainer(adagrad).state.optimizer.slots
    assert same_bits(resumed_trainer(saved, adagrad).state.optimizer.slots, fresh)


def test_what_shapes_the_network_stays_the_checkpoints(saved: Checkpoint) -> None:
    other = dataclasses.replace(
        saved.configuration,
        hidden_size=20,
        activation="relu",
        dtype="float64",
        seed=9,
        initialization="identity",
        learning_rate=0.7,
    )
    trainer = resumed_trainer(saved, other)
    assert trainer.configuration == dataclasses.replace(saved.configuration, learning_rate=0.7)
    assert same_bits(trainer.checkpoint().parameters, saved.parameters)


def test_another_text_is_trained_on_from_its_beginning_and_said_so(
    saved: Checkpoint, tmp_path: Path
) -> None:
    (tmp_path / "other.txt").write_text(text_of(400, seed=5), encoding="utf-8")
    other = dataclasses.replace(saved.configuration, text_file=str(tmp_path / "other.txt"))
    trainer = resumed_trainer(saved, other)
    assert trainer.epoch == 0
    assert "not the one that the model was last trained on" in trainer.dataset.notices[-1]
    trainer.step()
    tape = trainer.bptt._tapes[5, 2]
    assert not tape.layers[0].states["h"][0].any()
    assert trainer.step_count == 41


@pytest.mark.parametrize("content", ["ab", "", "a" * 900, None])
def test_a_text_that_cannot_be_trained_on_leaves_a_model_that_writes(
    saved: Checkpoint, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "text.txt"
    if content is None:
        file.unlink()
    else:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(RnnvizError):
        resumed_trainer(saved)
    trainer = opened_trainer(saved)
    assert not trainer.dataset.can_train
    assert trainer.dataset.notices[-1].endswith("beside its file and open the model again.")
    trainer.observe()
    assert trainer.last_window is not None
    trainer.text_generator.restart_stream(trainer.configuration, 20)
    assert len(trainer.text_generator.stream().text) == 20
    with pytest.raises(NoTextError):
        trainer.step()
    again = dataclasses.replace(trainer.checkpoint(), configuration=saved.configuration)
    assert same_bits(again, saved)


def test_a_checkpoint_saved_while_its_text_was_away_goes_on_when_it_is_back(
    saved: Checkpoint, tmp_path: Path
) -> None:
    away = opened_trainer(text_gone(saved, tmp_path))
    away.observe()
    back = dataclasses.replace(away.checkpoint(), configuration=saved.configuration)
    whole, resumed = resumed_trainer(saved), resumed_trainer(back)
    assert [resumed.step().loss for _ in range(30)] == [whole.step().loss for _ in range(30)]


def test_another_batch_size_without_the_text_begins_the_epoch_anew(
    saved: Checkpoint, tmp_path: Path
) -> None:
    away = opened_trainer(text_gone(saved, tmp_path))
    away.change("batch_size", 20)
    back = dataclasses.replace(
        away.checkpoint(),
        configuration=dataclasses.replace(saved.configuration, batch_size=20),
    )
    resumed = resumed_trainer(back)
    assert (resumed.reader.epoch, resumed.reader.position) == (saved.epoch, 0)
    assert np.isfinite(resumed.step().loss)


def test_a_model_without_a_history_counts_on_from_its_step(saved: Checkpoint) -> None:
    trainer = resumed_trainer(dataclasses.replace(saved, history={}))
    trainer.step()
    assert trainer.history.view().steps.tolist() == [41]
    again = resumed_trainer(trainer.checkpoint())
    again.step()
    assert again.history.view().steps.tolist() == [41, 42]


def without(mapping: Any, name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


def damaged(saved: Checkpoint) -> dict[str, Checkpoint]:
    replace = dataclasses.replace
    short = saved.parameters["V"][:-1]
    slots = {"sum": saved.slots["sum"] | {"c": np.zeros(1, np.float32)}}
    state = saved.history["state"].copy()
    state[2] -= 1
    return {
        "a parameter missing": replace(saved, parameters=without(saved.parameters, "W1")),
        "a parameter cut": replace(saved, parameters={**saved.parameters, "V": short}),
        "a slot cut": replace(saved, slots=slots),
        "no slots": replace(saved, slots={}),
        "a stream missing": replace(saved, carried_state=({"h": np.zeros((1, 8))},)),
        "no rng": replace(saved, rng={}),
        "another rng": replace(saved, rng={"bit_generator": "MT19937"}),
        "history of too few steps": replace(saved, step=41),
        "history damaged": replace(saved, history={**saved.history, "state": state}),
        "history incomplete": replace(saved, history=without(saved.history, "recent")),
        "gradients missing": replace(saved, history=without(saved.history, "gradient_rows")),
    }


DAMAGES = [
    "a parameter missing",
    "a parameter cut",
    "a slot cut",
    "no slots",
    "a stream missing",
    "no rng",
    "another rng",
    "history of too few steps",
    "history damaged",
    "history incomplete",
    "gradients missing",
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_checkpoint_whose_parts_do_not_fit_is_refused_with_a_sentence(
    saved: Checkpoint, damage: str
) -> None:
    with pytest.raises(RnnvizError) as caught:
        opened_trainer(damaged(saved)[damage])
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(("epoch", "position"), [(0, 10**9), (0, -1), (-1, 0)])
def test_an_impossible_place_in_the_text_is_not_gone_to(
    saved: Checkpoint, epoch: int, position: int
) -> None:
    trainer = opened_trainer(dataclasses.replace(saved, epoch=epoch, position=position))
    assert not trainer.dataset.can_train
    assert "place in the text" in trainer.dataset.notices[-1]


def test_too_large_a_network_is_refused_before_anything_is_allocated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnnviz.training.memory_estimate._physical_memory", lambda: 8 * 10**9)
    with pytest.raises(RnnvizError, match="fewer hidden units"):
        new_trainer(small(corpus="tales", hidden_size=4096, sequence_length=1000, batch_size=256))
    assert isinstance(new_trainer(small(hidden_size=1024)), Trainer)


def test_memory_is_not_guessed_where_the_system_does_not_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("os.sysconf")
    assert isinstance(new_trainer(small()), Trainer)


@pytest.mark.parametrize("settings", [{"level": "word", "vocabulary_size": 6}, {"cell": "lstm"}])
def test_a_run_that_nobody_uses_is_given_back_at_once(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    gc.collect()
    gc.disable()
    try:
        trainer = new_trainer(own_text(tmp_path, validation_interval=2, **settings))
        for _ in range(4):
            trainer.step(EVERYTHING, noted=EVERYTHING)
        trainer.observe()
        ids = weakref.ref(trainer.dataset.training_ids)  # type: ignore[attr-defined]
        del trainer
        assert ids() is None
    finally:
        gc.enable()
