"""One step looked into: it is the very step that comes next, and looking does not take it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.core.clipping import CLIP_MODES
from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.core.parameters import ParameterVector
from rnnviz.data import NoTextError
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.training.commands import Change, NewRun, Resume, TakeStep, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.session import Session
from rnnviz.training.state.bits import same_bits
from rnnviz.training.trainer import Trainer

from .helpers import arrays_in, own_text, small_trainer, text_gone

# Relative to each array's largest entry; in float32 a window's sums lose a digit or two.
CLOSE = {"float64": 1e-10, "float32": 1e-6}
# A gradient is a sum of terms that may cancel, so that what an optimiser keeps of it loses a digit
# more: 3e-6 of the largest entry, seen on one kind of processor.
OF_SLOTS = 10

KINDS: list[dict[str, Any]] = [
    {"cell": "vanilla", "optimizer": "sgd", "clip_mode": "none"},
    {"activation": "relu", "level": "word", "vocabulary_size": 9, "window_start": "zeros"},
    {"cell": "lstm", "num_layers": 2, "batch_size": 3, "dropout": 0.5, "optimizer": "adam"},
    {"cell": "gru", "num_layers": 3, "residual": "on", "clip_mode": "value"},
    {"cell": "lstm", "schedule": "exponential", "decay_rate": 0.5, "decay_start": 1},
    {"cell": "gru", "schedule": "cosine", "warmup_steps": 5, "schedule_steps": 30},
    {"num_layers": 2, "dropout": 0.3, "optimizer": "momentum", "clip_threshold": 0.1},
    {"optimizer": "rmsprop", "learning_rate": 0.002, "clip_mode": "value", "clip_threshold": 0.01},
]
TASKS = ["temporal-order", "adding", "copying"]


def error_of(ours: object, theirs: object) -> float:
    """Return the largest difference, as a share of the largest entry."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max(initial=0) / max(1e-30, np.abs(theirs).max(initial=0)))


def assert_is_the_step(record: StepRecord, trainer: Trainer, close: float) -> None:
    """Take the trainer's step, and hold it against the record."""
    norm = float(record.clipping["norm"])
    done = trainer.step()
    state, subject = trainer.state, record.subject
    asked = len(subject.targets)
    assert done.step == subject.step + 1
    assert done.learning_rate == subject.learning_rate
    errors = {
        "loss": error_of(record.loss / asked, done.loss),
        "norm": error_of(norm, done.gradient_norm),
    }
    tape = trainer.bptt.tape(subject.sequence_length, subject.batch_size)
    for index, layer in enumerate(tape.layers):
        for name, states in layer.states.items():
            found = [step.layers[index][name] for step in record.forward]
            errors[f"{name} of layer {index + 1}"] = error_of(found, states[1:])
    shapes = trainer.network.parameters.shapes
    slots = {n: ParameterVector(shapes, flat=flat) for n, flat in state.optimizer.slots.items()}
    of_slots = {}
    for name, lines in record.updates.items():
        errors[name] = error_of(lines["new"], trainer.network.parameters[name])
        for slot, vector in slots.items():
            of_slots[f"{slot} of {name}"] = error_of(lines[slot], vector[name])
    assert max(errors.values()) <= close, errors
    assert max(of_slots.values(), default=0.0) <= OF_SLOTS * close, of_slots


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("kind", KINDS)
def test_the_record_is_the_step_that_the_trainer_takes_next(
    tmp_path: Path, kind: dict[str, Any], dtype: str
) -> None:
    trainer = new_trainer(own_text(tmp_path, 100, dtype=dtype, **kind))
    if dtype == "float32" and kind.get("optimizer") in ("adam", "rmsprop"):
        # At first they divide a gradient by itself, so that one of about zero decides by its last
        # digits: 9e-6 of the largest weight, measured.
        for _ in range(10):
            trainer.step()
    for _ in range(40):  # across ends of epochs, where the state begins anew
        assert_is_the_step(record_step(trainer.step_subject()), trainer, CLOSE[dtype])
    assert trainer.epoch > 1


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
@pytest.mark.parametrize("corpus", TASKS)
def test_so_it_is_of_tasks(corpus: str, cell: str) -> None:
    for dtype, close in CLOSE.items():
        trainer = new_trainer(
            Configuration(
                **{"corpus": corpus, "cell": cell, "sequence_length": 24, "hidden_size": 6},
                **{"batch_size": 3, "optimizer": "momentum", "num_layers": 2, "dropout": 0.2},
                **{"dtype": dtype, "validation_interval": 0},
            )
        )
        for _ in range(4):
            record = record_step(trainer.step_subject())
            assert not any(record.losses[: record.subject.first_asked - 1])
            assert all(record.losses[record.subject.first_asked - 1 :])
            assert_is_the_step(record, trainer, close)


SETTINGS = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(["vanilla", "lstm", "gru"]),
        "num_layers": st.integers(1, 3),
        "residual": st.sampled_from(["off", "on"]),
        "dropout": st.sampled_from([0.0, 0.4]),
        "batch_size": st.integers(1, 3),
        "sequence_length": st.integers(1, 9),
        "level": st.sampled_from(["character", "word"]),
        "optimizer": st.sampled_from(sorted(OPTIMIZERS)),
        "clip_mode": st.sampled_from(CLIP_MODES),
        "clip_threshold": st.sampled_from([0.01, 1.0]),
        "learning_rate": st.sampled_from([0.001, 0.1]),
        "schedule": st.sampled_from(["constant", "exponential", "cosine"]),
        "window_start": st.sampled_from(["carried", "zeros"]),
    }
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chosen=SETTINGS, steps=st.integers(0, 70))
def test_so_it_is_with_any_settings_after_any_number_of_steps(
    tmp_path: Path, chosen: dict[str, Any], steps: int
) -> None:
    trainer = new_trainer(own_text(tmp_path, 300, dtype="float64", **chosen))
    for _ in range(steps):
        trainer.step()
    assert_is_the_step(record_step(trainer.step_subject()), trainer, 1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_looking_changes_no_bit_of_the_run(tmp_path: Path, kind: dict[str, Any]) -> None:
    configuration = own_text(tmp_path, 200, **kind)
    alone, looked = new_trainer(configuration), new_trainer(configuration)
    for _ in range(50):
        before = looked.checkpoint()
        record_step(looked.step_subject())
        assert same_bits(looked.checkpoint(), before)
        assert not looked.state.differences(alone.state)
        assert alone.step().loss == looked.step().loss
    assert same_bits(alone.checkpoint(), looked.checkpoint())


def test_the_subject_shares_nothing_with_the_run_and_can_be_sent() -> None:
    trainer = small_trainer(
        cell="lstm",
        num_layers=2,
        batch_size=2,
        dropout=0.5,
        optimizer="adam",
        window_start="carried",
    )
    trainer.step()
    subject = trainer.step_subject()
    kept = pickle.dumps(subject)
    theirs = [*arrays_in(trainer.network.parameters), trainer.network.parameters.flat]
    theirs += arrays_in([trainer.state.carried, trainer.state.optimizer.slots])
    ours = [subject.network.parameters.flat, *arrays_in(subject.network.parameters)]
    ours += arrays_in(subject)
    assert not any(np.shares_memory(a, b) for a in ours for b in theirs)
    for _ in range(20):
        trainer.step()
    assert pickle.dumps(subject) == kept
    assert same_bits(*(record_step(one).result for one in (subject, pickle.loads(kept))))


def test_labels_are_those_of_what_is_read_and_of_what_is_put_out() -> None:
    def labels(corpus: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        settings = Configuration(corpus=corpus, sequence_length=24, validation_interval=0)
        subject = new_trainer(settings).step_subject()
        assert len(subject.answers) == subject.network.output_size
        assert len(subject.tokens) == subject.network.vocab_size
        return subject.tokens, subject.answers

    tokens, answers = labels("tales")
    assert answers == tokens
    assert labels("copying")[1] == tuple("abcdefgh")
    assert labels("adding") == (("x", "m"), ("",))


def test_before_the_first_run_there_is_nothing_to_look_into() -> None:
    with pytest.raises(RnnvizError, match=r"no network yet.*\.$"):
        Session().step_subject()


def test_without_its_text_a_model_has_no_next_step(tmp_path: Path) -> None:
    trainer = new_trainer(own_text(tmp_path))
    trainer.step()
    session = Session()
    session.apply(Resume(text_gone(trainer.checkpoint(), tmp_path)))
    with pytest.raises(NoTextError, match=r"gone.*\.$"):
        session.step_subject()


def test_a_session_hands_a_subject_out_in_every_state_and_takes_the_step(tmp_path: Path) -> None:
    session = Session()
    session.apply(NewRun(own_text(tmp_path)))
    assert session.step_subject().step == 0
    session.apply(Train(steps=3))
    for step in range(1, 4):
        session.advance(look=False)
        assert session.step_subject().step == step
    session.apply(Change("learning_rate", 0.03))
    record = record_step(session.step_subject())
    assert record.subject.learning_rate == 0.03
    session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.loss == pytest.approx(record.loss / len(record.losses), rel=1e-6)
    assert session.step_subject().step == 4


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_network_that_is_not_finite_is_handed_out_as_it_is(bad: float) -> None:
    trainer = small_trainer()
    trainer.network.parameters.flat[:] = bad
    assert not np.isfinite(record_step(trainer.step_subject()).loss)
