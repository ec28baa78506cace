"""The same seed and settings give the same run, bit for bit, whatever else happens."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.storage import journal, load_model, save_model
from rnnviz.training.commands import Change, NewRun, Pause, Resume, TakeStep, Train, Watch
from rnnviz.training.loading import continued_trainer, new_trainer, resumed_trainer
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.session import Session
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import Trainer

from .helpers import own_text, small, small_dataset, small_trainer

KINDS = [
    {},
    {"batch_size": 3, "optimizer": "sgd"},
    {"activation": "relu", "dtype": "float64", "clip_mode": "value", "clip_threshold": 0.01},
]


def losses_of(trainer: Trainer, steps: int, watched: frozenset[Diagnostic] = frozenset()) -> list:
    return [trainer.step(watched).loss for _ in range(steps)]


@pytest.mark.parametrize("kind", KINDS)
def test_two_headless_runs_agree_in_every_bit(kind: dict[str, Any]) -> None:
    first, second = small_trainer(**kind), small_trainer(**kind)
    assert losses_of(first, 200) == losses_of(second, 200)
    assert same_bits(first.checkpoint(), second.checkpoint())


def test_another_seed_gives_another_run() -> None:
    assert losses_of(small_trainer(seed=1), 3) != losses_of(small_trainer(seed=2), 3)


@pytest.mark.parametrize("kind", KINDS)
def test_watching_every_step_changes_no_bit(kind: dict[str, Any]) -> None:
    alone, watched = small_trainer(**kind), small_trainer(**kind)
    assert losses_of(alone, 250) == losses_of(watched, 250, EVERYTHING)
    assert same_bits(alone.checkpoint(), watched.checkpoint())


@pytest.mark.parametrize("source", [{}, {"corpus": "adding", "sequence_length": 12}])
def test_a_fault_of_what_is_watched_skips_no_window(
    source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, alone = (new_trainer(small(**source)) for _ in range(2))

    def fail(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    with monkeypatch.context() as patch:
        patch.setattr(watched._observer, "window", fail)
        with pytest.raises(ZeroDivisionError):
            watched.step(EVERYTHING)
    for _ in range(3):
        watched.step()
        alone.step()
    # After a fault it is claimed no more that the run can be done again.
    assert watched.state.differences(alone.state) == ("journal",)


@given(
    watched=st.frozensets(st.sampled_from(sorted(EVERYTHING, key=lambda one: one.name))),
    pauses=st.lists(st.integers(1, 12), min_size=1, max_size=8),
    batch=st.integers(1, 3),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_snapshots_and_looks_ahead_between_steps_change_no_bit(
    tmp_path: Path, watched: frozenset[Diagnostic], pauses: list[int], batch: int
) -> None:
    configuration = own_text(tmp_path, 150, batch_size=batch)
    alone = new_trainer(configuration)
    session = Session()
    session.apply(NewRun(configuration))
    session.apply(Watch(watched))
    trainer = session.trainer
    assert trainer is not None
    for pause in pauses:
        losses_of(alone, pause)
        session.apply(Train())
        for _ in range(pause):
            session.advance(look=True)
            session.snapshot()
        before = trainer.checkpoint()
        trainer.observe(EVERYTHING)
        assert same_bits(trainer.checkpoint(), before)
    assert same_bits(alone.checkpoint(), trainer.checkpoint())


@given(
    kind=st.sampled_from(
        [
            *KINDS,
            {"num_layers": 2, "dropout": 0.5, "cell": "lstm"},
            {"level": "word", "vocabulary_size": 9, "cell": "gru"},
        ]
    ),
    texts=st.lists(st.text("the quick€\n", max_size=40), min_size=1, max_size=6),
    pauses=st.lists(st.integers(1, 20), min_size=1, max_size=6),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_watched_text_changes_no_bit_of_what_is_trained(
    tmp_path: Path, kind: dict[str, Any], texts: list[str], pauses: list[int]
) -> None:
    configuration = own_text(tmp_path, 150, validation_interval=7, **kind)
    alone = new_trainer(configuration)
    session = Session()
    session.apply(NewRun(dataclasses.replace(configuration, watched_text=texts[0])))
    trainer = session.trainer
    assert trainer is not None
    for text, pause in zip(itertools.cycle(texts), pauses, strict=False):
        losses = losses_of(alone, pause)
        session.apply(Train())
        session.apply(Change("watched_text", text))
        for loss in losses:
            session.advance(look=True)
            assert trainer.state.last_loss == loss
        session.apply(Pause())
    trainer.change("watched_text", "")
    # The journal says that it was watched.
    one, other = (dataclasses.replace(kept.checkpoint(), journal=None) for kept in (alone, trainer))
    assert same_bits(one, other)
    assert same_bits(alone.gradient_history.view(), trainer.gradient_history.view())


def test_looking_ahead_across_an_epochs_end_keeps_the_carried_state() -> None:
    trainer = small_trainer(small_dataset(60, 0.0), sequence_length=9)
    for _ in range(6):
        trainer.step()
    assert trainer.reader.peek_window().starts_epoch
    before = trainer.checkpoint()
    trainer.observe()
    assert same_bits(trainer.checkpoint(), before)
    assert any(array.any() for layer in before.carried_state for array in layer.values())


def test_validation_changes_no_loss_and_no_weight() -> None:
    tested, untested = small_trainer(validation_interval=1), small_trainer()
    assert losses_of(tested, 60) == losses_of(untested, 60)
    assert same_bits(tested.checkpoint().parameters, untested.checkpoint().parameters)
    assert len(tested.history.view().validation_loss) == 60
    assert len(untested.history.view().validation_loss) == 0


def test_samples_change_no_loss_and_no_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    writing = small_trainer()
    losses = losses_of(writing, 120)
    assert [sample.step for sample in writing.state.samples] == [0, 10, 100]
    monkeypatch.setattr("rnnviz.training.text_generator.TextGenerator.sample", lambda *_: None)
    silent = small_trainer()
    assert losses_of(silent, 120) == losses
    assert silent.state.samples == ()
    assert same_bits(writing.checkpoint().parameters, silent.checkpoint().parameters)


def through_json(checkpoint: Checkpoint) -> Checkpoint:
    """Return the checkpoint as a file would give it back: numbers in JSON, arrays as copies."""
    rng = json.loads(json.dumps(dict(checkpoint.rng)))
    return Checkpoint(
        configuration=type(checkpoint.configuration).from_mapping(
            json.loads(json.dumps(checkpoint.configuration.to_mapping()))
        ),
        tokens=tuple(json.loads(json.dumps(checkpoint.tokens))),
        parameters={name: array.copy() for name, array in checkpoint.parameters.items()},
        slots={
            slot: {name: array.copy() for name, array in arrays.items()}
            for slot, arrays in checkpoint.slots.items()
        },
        carried_state=tuple(
            {name: array.copy() for name, array in layer.items()}
            for layer in checkpoint.carried_state
        ),
        step=checkpoint.step,
        tokens_seen=checkpoint.tokens_seen,
        epoch=checkpoint.epoch,
        position=checkpoint.position,
        rng=rng,
        history={name: array.copy() for name, array in checkpoint.history.items()},
        samples=checkpoint.samples,
        fingerprint=checkpoint.fingerprint,
        title=checkpoint.title,
        journal=journal.from_table(
            json.loads(json.dumps(journal.to_table(checkpoint.journal))),
            checkpoint.configuration,
            checkpoint.step,
        ),
        optimizer_steps=checkpoint.optimizer_steps,
        best=checkpoint.best,
    )


@pytest.mark.parametrize(
    "kind",
    [
        {"optimizer": "momentum", "momentum": 0.5},
        {"optimizer": "rmsprop", "learning_rate": 0.01},
        {"optimizer": "adam", "learning_rate": 0.01, "batch_size": 2},
        {"schedule": "exponential", "decay_start": 1, "decay_rate": 0.5},
        {"schedule": "cosine", "warmup_steps": 20, "schedule_steps": 150},
        {"cell": "lstm"},
        {"cell": "gru", "batch_size": 2},
        {"num_layers": 3, "residual": "on"},
        {"num_layers": 2, "dropout": 0.5, "optimizer": "adam", "learning_rate": 0.01},
        {"cell": "lstm", "num_layers": 3, "dropout": 0.2, "residual": "on"},
        {"window_start": "zeros", "batch_size": 2},
        {"cell": "gru", "num_layers": 2, "dropout": 0.2, "dtype": "float64"},
        {"level": "word", "vocabulary_size": 9, "cell": "gru"},
        {"parameter_budget": 2000, "cell": "lstm"},
    ],
)
def test_every_kind_of_run_saved_to_a_file_and_resumed_goes_on_as_the_whole_one(
    tmp_path: Path, kind: dict[str, Any]
) -> None:
    configuration = own_text(tmp_path, 400, validation_interval=30, **kind)
    whole, half = new_trainer(configuration), new_trainer(configuration)
    assert losses_of(whole, 100) == losses_of(half, 100)
    save_model(tmp_path / "m.rnnviz", half.checkpoint())
    losses_of(half, 7)
    resumed = resumed_trainer(load_model(tmp_path / "m.rnnviz"))
    assert losses_of(resumed, 100) == losses_of(whole, 100)
    assert same_bits(resumed.checkpoint(), whole.checkpoint())
    assert same_bits(resumed.gradient_history.view(), whole.gradient_history.view())
    assert whole.state.best is not None


@pytest.mark.parametrize("resume", ["trainer", "file", "session"])
@pytest.mark.parametrize("length", [700, 150])
@pytest.mark.parametrize(
    "kind",
    [{"optimizer": "sgd"}, {"batch_size": 3}, {"batch_size": 2, "dtype": "float64"}],
)
def test_a_run_saved_and_resumed_goes_on_as_the_whole_one(
    tmp_path: Path, kind: dict[str, Any], length: int, resume: str
) -> None:
    configuration = own_text(tmp_path, length, validation_interval=30, **kind)
    whole = new_trainer(configuration)
    first_half = losses_of(whole, 100)
    if length == 150:
        assert whole.epoch > 1, "the runs are meant to cross the end of an epoch"
    half = new_trainer(configuration)
    assert losses_of(half, 100) == first_half
    saved = through_json(half.checkpoint())
    losses_of(half, 7)
    second_half = losses_of(whole, 100)
    if resume == "session":
        session = Session()
        session.apply(Resume(saved))
        session.apply(Watch(frozenset({TEXT, HIDDEN_STATE})))
        resumed = session.trainer
        assert resumed is not None
        losses = []
        for _ in range(100):
            session.apply(TakeStep())
            losses.append(resumed.state.last_loss)
    elif resume == "file":
        resumed = resumed_trainer(saved)
        losses = losses_of(resumed, 100)
    else:
        resumed = continued_trainer(saved, configuration, whole.dataset)
        losses = losses_of(resumed, 100)
    assert losses == second_half
    assert same_bits(resumed.checkpoint(), whole.checkpoint())
    assert same_bits(resumed.history.view(), whole.history.view())
    assert same_bits(resumed.gradient_history.view(), whole.gradient_history.view())
    assert resumed.state.samples == whole.state.samples
    assert resumed.epoch == whole.epoch


def test_what_one_resumption_trains_does_not_reach_the_checkpoint() -> None:
    trainer = small_trainer()
    losses_of(trainer, 20)
    saved = trainer.checkpoint()
    kept = through_json(saved)
    losses_of(continued_trainer(saved, trainer.configuration, trainer.dataset), 30)
    losses_of(trainer, 30)
    assert same_bits(saved, kept)


def test_a_loss_is_the_mean_over_the_window_and_the_batch() -> None:
    trainer = small_trainer(batch_size=3)
    record = trainer.step()
    # Untrained networks of this size guess nearly evenly.
    assert record.loss == pytest.approx(np.log(trainer.dataset.vocabulary.size), rel=0.1)
    assert record.tokens == 15
