"""What a gradient check is handed: one step's state, copied, and nothing disturbed by it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.core.loss import cross_entropy
from rnnviz.diagnostics.gradient_report import CheckSubject, Verdict, check
from rnnviz.training.commands import NewRun, Resume, Train
from rnnviz.training.loading import make_trainer, new_trainer
from rnnviz.training.session import Session
from rnnviz.training.state.bits import same_bits

from .helpers import arrays_in, own_text, small_dataset, small_trainer, text_gone

KINDS: list[dict[str, Any]] = [
    {},
    {"cell": "lstm", "num_layers": 2, "batch_size": 3, "dropout": 0.5},
    {"cell": "gru", "dtype": "float64"},
    {"activation": "relu", "level": "word", "vocabulary_size": 9},
]


def loss_of(subject: CheckSubject) -> float:
    """Nats per token, as the network of the subject has it without dropout."""
    tape = subject.network.new_tape(*subject.inputs.shape)
    subject.network.forward(subject.inputs, subject.state, tape)
    loss = cross_entropy(tape.logits, subject.targets, tape.d_logits)
    return loss / tape.sequence_length


@pytest.mark.parametrize("kind", KINDS)
def test_checks_between_steps_change_no_bit_of_the_run(
    tmp_path: Path, kind: dict[str, Any]
) -> None:
    configuration = own_text(tmp_path, 300, **kind)
    alone, checked = new_trainer(configuration), new_trainer(configuration)
    for step in range(90):
        if step % 30 == 7:
            before = checked.checkpoint()
            assert check(checked.check_subject()).verdict is not Verdict.DIFFERS
            assert same_bits(checked.checkpoint(), before)
        assert alone.step().loss == checked.step().loss
    assert same_bits(alone.checkpoint(), checked.checkpoint())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "dropout" not in kind])
def test_the_subject_is_the_very_step_that_comes_next(tmp_path: Path, kind: dict[str, Any]) -> None:
    trainer = new_trainer(own_text(tmp_path, 100, **kind))
    for step in range(40):  # across ends of epochs, where the state begins anew
        subject = trainer.check_subject()
        assert subject.step == step
        assert loss_of(subject) == trainer.step().loss
    assert trainer.epoch > 1


def test_the_subject_shares_nothing_with_the_run() -> None:
    trainer = small_trainer(cell="lstm", batch_size=2)
    trainer.step()
    subject = trainer.check_subject()
    kept = pickle.dumps(subject)
    theirs = [*arrays_in(trainer.network.parameters), trainer.network.parameters.flat]
    theirs += [array for layer in trainer.state.carried for array in layer.values()]
    ours = [subject.network.parameters.flat, subject.inputs, subject.targets]
    ours += [array for layer in subject.state for array in layer.values()]
    assert not any(np.shares_memory(a, b) for a in ours for b in theirs)
    for _ in range(20):
        trainer.step()
    assert pickle.dumps(subject) == kept
    assert check(pickle.loads(kept)) == check(subject)


def test_before_the_first_run_there_is_nothing_to_check() -> None:
    with pytest.raises(RnnvizError, match=r"no network yet.*\.$"):
        Session().check_subject()


def test_a_session_hands_a_subject_out_in_every_state(tmp_path: Path) -> None:
    configuration = own_text(tmp_path)
    session = Session()
    session.apply(NewRun(configuration))
    assert session.check_subject().step == 0
    session.apply(Train(steps=3))
    for step in range(1, 4):
        session.advance(look=False)
        assert session.check_subject().step == step
    assert check(session.check_subject()).verdict is Verdict.AGREES


def test_a_model_without_its_text_is_checked_on_what_it_writes(tmp_path: Path) -> None:
    trainer = new_trainer(own_text(tmp_path, batch_size=3, cell="gru"))
    for _ in range(5):
        trainer.step()
    session = Session()
    session.apply(Resume(text_gone(trainer.checkpoint(), tmp_path)))
    subject = session.check_subject()
    assert subject.inputs.shape == (5, 1)
    assert subject.step == 5
    assert check(subject).verdict is Verdict.AGREES


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_network_that_is_not_finite_is_copied_and_told_of(bad: float) -> None:
    trainer = make_trainer(small_trainer().configuration, small_dataset())
    trainer.network.parameters.flat[:] = bad
    assert check(trainer.check_subject()).verdict is Verdict.UNDECIDED
