"""What a frame is shown: complete, copied, read-only, and fit to travel."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest

from rnnviz.training.commands import (
    Change,
    Command,
    Diagnostic,
    NewRun,
    Pause,
    Reset,
    Resume,
    SetSpeed,
    TakeStep,
    Train,
    Vary,
    Watch,
    Write,
)
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot, WindowView
from rnnviz.training.trainer import EVERYTHING

from .helpers import arrays_in, own_text, same_bits


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = Session()
    session.apply(NewRun(own_text(tmp_path, batch_size=2, validation_interval=10)))
    session.apply(Train())
    return session


def shown(session: Session) -> Snapshot:
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def steps(session: Session, count: int) -> None:
    for _ in range(count):
        session.advance(observe=True)


def test_no_array_of_a_snapshot_can_be_written_to(session: Session) -> None:
    steps(session, 30)
    arrays = list(arrays_in(shown(session)))
    assert len(arrays) >= 40, "one for every curve and picture there is"
    assert not any(array.flags.writeable for array in arrays)


def test_later_steps_and_frames_change_no_bit_of_an_older_snapshot(session: Session) -> None:
    steps(session, 30)
    snapshot = shown(session)
    arrays = list(arrays_in(snapshot))
    kept = [array.copy() for array in arrays]
    text = snapshot.stream.text  # type: ignore[union-attr]
    samples = snapshot.samples
    for _ in range(30):
        steps(session, 20)
        session.snapshot()
    session.apply(Reset())
    assert same_bits(arrays, kept)
    assert snapshot.stream.text == text  # type: ignore[union-attr]
    assert snapshot.samples == samples


def test_snapshots_survive_pickling(session: Session) -> None:
    steps(session, 30)
    snapshot = shown(session)
    again = pickle.loads(pickle.dumps(snapshot))
    assert same_bits(list(arrays_in(again)), list(arrays_in(snapshot)))
    for name in ("run_id", "state", "configuration", "step", "references", "remarks", "samples"):
        assert getattr(again, name) == getattr(snapshot, name)
    assert again.stream == snapshot.stream
    assert again.window.characters == snapshot.window.characters  # type: ignore[union-attr]


def test_commands_survive_pickling(session: Session, tmp_path: Path) -> None:
    steps(session, 15)
    plain: list[Command] = [
        Train(),
        Train(5),
        Pause(),
        TakeStep(),
        Reset(),
        NewRun(own_text(tmp_path)),
        Change("learning_rate", 0.5),
        Vary((("seed", 3),)),
        SetSpeed(3.0),
        SetSpeed(None),
        Watch(EVERYTHING),
        Write(9),
    ]
    assert pickle.loads(pickle.dumps(plain)) == plain
    resume = Resume(session.checkpoint())
    again = pickle.loads(pickle.dumps(resume))
    assert same_bits(again.checkpoint, resume.checkpoint)


def test_a_snapshot_carries_what_is_watched_and_nothing_else(session: Session) -> None:
    parts = {
        Diagnostic.LOSS: lambda s: s.history is not None,
        Diagnostic.CLIPPING: lambda s: s.history is not None,
        Diagnostic.GRADIENT_HISTORY: lambda s: s.gradient_history is not None,
        Diagnostic.TEXT: lambda s: s.stream is not None and len(s.samples) > 0,
        Diagnostic.HIDDEN_STATE: lambda s: s.window.hidden is not None,
        Diagnostic.SATURATION: lambda s: s.window.saturation is not None,
        Diagnostic.UPDATES: lambda s: Diagnostic.UPDATES in s.courses,
        Diagnostic.CREDIT: lambda s: s.window.credit is not None,
        Diagnostic.UNITS: lambda s: s.window.units is not None,
        Diagnostic.SPECTRUM: lambda s: s.window.spectrum is not None,
        Diagnostic.THEORY: lambda s: s.window.theory is not None,
    }
    steps(session, 600)
    step = session.trainer.step_count  # type: ignore[union-attr]
    # A step at which the gradient history measures nothing, so that only watching does.
    assert not session.trainer.gradient_history.is_due(step + 1)  # type: ignore[union-attr]
    for watched in [*(frozenset({one}) for one in Diagnostic), EVERYTHING]:
        session.apply(Watch(watched))
        steps(session, 2)
        snapshot = shown(session)
        for diagnostic, carries in parts.items():
            same = {diagnostic}
            if diagnostic in (Diagnostic.LOSS, Diagnostic.CLIPPING):
                same = {Diagnostic.LOSS, Diagnostic.CLIPPING}
            assert carries(snapshot) == bool(same & watched), (diagnostic, watched)


def test_whatever_a_window_can_carry_is_measured_for_who_watches_alone(session: Session) -> None:
    steps(session, 600)
    always = {"step", "characters", "targets", "streams", "answers"}
    fields = {field.name for field in dataclasses.fields(WindowView)}
    # A step at which the gradient history measures nothing, so that only watching does.
    assert not session.trainer.gradient_history.is_due(601)  # type: ignore[union-attr]
    for watched, measured in ((frozenset({Diagnostic.LOSS}), set()), (EVERYTHING, fields - always)):
        session.apply(Watch(watched))
        steps(session, 1)
        window = shown(session).window
        assert {name for name in fields - always if getattr(window, name) is not None} == measured
        assert set(shown(session).courses) <= watched


def test_what_is_newly_watched_is_measured_at_once_while_nothing_runs(session: Session) -> None:
    session.apply(Watch(frozenset({Diagnostic.LOSS})))
    steps(session, 5)
    session.apply(Pause())
    assert shown(session).window.hidden is None  # type: ignore[union-attr]
    session.apply(Watch(frozenset({Diagnostic.HIDDEN_STATE, Diagnostic.GRADIENT_FLOW})))
    window = shown(session).window
    assert window is not None
    assert window.hidden is not None
    assert window.gradient_flow is not None


def test_the_window_shows_what_the_step_read_and_computed(tmp_path: Path) -> None:
    session = Session()
    session.apply(NewRun(own_text(tmp_path, batch_size=3)))
    trainer = session.trainer
    assert trainer is not None
    tokens, ids = trainer.dataset.vocabulary.tokens, trainer.dataset.training_ids
    for number in range(1, 4):
        session.apply(TakeStep())
        snapshot = shown(session)
        window = snapshot.window
        assert window is not None
        start = 5 * (number - 1)
        assert list(window.characters) == [tokens[i] for i in ids[start : start + 5]]
        assert list(window.targets) == [tokens[i] for i in ids[start + 1 : start + 6]]
        assert (window.step, window.streams, snapshot.step) == (number, 3, number)
        tape = trainer._tapes[5, 3]
        assert window.hidden is not None
        assert window.hidden.tobytes() == tape.layers[0].hidden[:, :1].swapaxes(0, 1).tobytes()


def test_a_changed_window_is_shown_at_once_while_nothing_runs(session: Session) -> None:
    steps(session, 5)
    session.apply(Pause())
    session.apply(Change("sequence_length", 12))
    window = shown(session).window
    assert window is not None
    assert window.hidden is not None
    assert len(window.characters) == window.hidden.shape[1] == 12
    session.apply(Change("batch_size", 4))
    assert shown(session).window.streams == 4  # type: ignore[union-attr]


def test_the_numbers_of_a_snapshot_are_those_of_its_step(session: Session) -> None:
    steps(session, 40)
    snapshot, trainer = shown(session), session.trainer
    assert trainer is not None
    assert snapshot.step == trainer.step_count == 40
    assert snapshot.tokens_seen == 400
    assert snapshot.loss == trainer.last_loss
    assert snapshot.history is not None
    assert snapshot.history.loss.mean[-1] == snapshot.loss
    assert snapshot.history.smoothed_loss[-1] == snapshot.smoothed_loss
    assert snapshot.history.validation_steps.tolist() == [10, 20, 30, 40]
    assert snapshot.gradient_history is not None
    assert snapshot.gradient_history.steps.tolist() == list(range(1, 41))
    flow = snapshot.window.gradient_flow  # type: ignore[union-attr]
    assert flow is not None
    row = snapshot.gradient_history.logarithms[-1]
    np.testing.assert_allclose(10.0 ** row[0, ::-1], flow.from_last["h"][-1], rtol=1e-4)
    assert snapshot.vocab_size == trainer.dataset.vocabulary.size
    assert snapshot.parameter_count == trainer.network.parameters.size
    assert snapshot.references == trainer.dataset.references


def test_the_stream_grows_while_running_and_rests_otherwise(session: Session) -> None:
    lengths = [shown(session).stream.length for _ in range(4)]  # type: ignore[union-attr]
    assert np.all(np.diff(lengths) > 0)
    session.apply(Pause())
    lengths = [shown(session).stream.length for _ in range(4)]  # type: ignore[union-attr]
    assert np.all(np.diff(lengths) == 0)
