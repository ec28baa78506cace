"""What a frame is shown: complete, copied, read-only, and fit to travel."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

from rnnviz.training.commands import (
    Change,
    Command,
    NewRun,
    Pause,
    Reset,
    Restart,
    Resume,
    SetSpeed,
    TakeStep,
    Train,
    Watch,
    Write,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.kinds.diagnostic import CarriedDiagnostic
from rnnviz.training.observation.kinds.of_window import WindowDiagnostic
from rnnviz.training.observation.registry import DIAGNOSTICS, EVERYTHING
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot
from rnnviz.training.state.bits import same_bits

from .helpers import arrays_in, own_text, unhurried


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
        session.advance(look=True)


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
    text = snapshot.get(TEXT).stream.text  # type: ignore[union-attr]
    samples = snapshot.get(TEXT).samples
    for _ in range(30):
        steps(session, 20)
        session.snapshot()
    session.apply(Reset())
    assert same_bits(arrays, kept)
    assert snapshot.get(TEXT).stream.text == text  # type: ignore[union-attr]
    assert snapshot.get(TEXT).samples == samples


def test_snapshots_survive_pickling(session: Session) -> None:
    steps(session, 30)
    snapshot = shown(session)
    again = pickle.loads(pickle.dumps(snapshot))
    assert same_bits(list(arrays_in(again)), list(arrays_in(snapshot)))
    for name in ("run_id", "state", "configuration", "step", "references", "remarks"):
        assert getattr(again, name) == getattr(snapshot, name)
    assert again.get(TEXT) == snapshot.get(TEXT)
    assert again.window.tokens == snapshot.window.tokens  # type: ignore[union-attr]


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
        Restart((("seed", 3),)),
        SetSpeed(3.0),
        SetSpeed(None),
        Watch(EVERYTHING),
        Write(9),
    ]
    assert pickle.loads(pickle.dumps(plain)) == plain
    resume = Resume(session.checkpoint())
    again = pickle.loads(pickle.dumps(resume))
    assert same_bits(again.checkpoint, resume.checkpoint)


def step_of_which_the_gradient_history_measures_nothing(session: Session) -> Snapshot:
    """Take steps up to one that is measured only for who watches; return what it shows."""
    trainer = session.trainer
    assert trainer is not None
    unhurried(trainer)
    while trainer.gradient_history.is_due(trainer.step_count + 1):
        steps(session, 1)
    steps(session, 1)
    return shown(session)


def test_a_snapshot_carries_what_is_watched_and_nothing_else(session: Session) -> None:
    steps(session, 600)
    for watched in [*(frozenset({one}) for one in EVERYTHING), EVERYTHING]:
        session.apply(Watch(watched))
        snapshot = step_of_which_the_gradient_history_measures_nothing(session)
        assert snapshot.window is not None
        carried = {*snapshot.recorded, *snapshot.window.measured, *snapshot.series}
        assert carried == watched | {ANSWERS}
        for diagnostic in watched:
            if isinstance(diagnostic, CarriedDiagnostic):
                assert snapshot.get(diagnostic) is not None


def test_a_diagnostic_is_the_same_wherever_it_has_travelled() -> None:
    assert len(DIAGNOSTICS) == len(EVERYTHING), "each has a name of its own"
    again = pickle.loads(pickle.dumps(EVERYTHING))
    assert {id(one) for one in again} == {id(one) for one in EVERYTHING}
    assert copy.deepcopy(EVERYTHING) == EVERYTHING


def test_a_diagnostic_that_is_not_listed_does_not_travel() -> None:
    unlisted = WindowDiagnostic("unlisted", lambda context: context.step)
    with pytest.raises(TypeError, match="list the diagnostic unlisted"):
        pickle.dumps(unlisted)


def test_what_is_newly_watched_is_measured_at_once_while_nothing_runs(session: Session) -> None:
    session.apply(Watch(frozenset({HISTORY})))
    steps(session, 5)
    session.apply(Pause())
    assert HIDDEN_STATE not in shown(session).window.measured  # type: ignore[union-attr]
    session.apply(Watch(frozenset({HIDDEN_STATE, GRADIENT_FLOW})))
    window = shown(session).window
    assert window is not None
    assert HIDDEN_STATE in window.measured
    assert GRADIENT_FLOW in window.measured


def test_while_it_rests_the_window_is_the_one_that_is_read_next(tmp_path: Path) -> None:
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
        start = 5 * number
        assert list(window.tokens) == [tokens[i] for i in ids[start : start + 5]]
        assert list(window.targets) == [tokens[i] for i in ids[start + 1 : start + 6]]
        assert (window.step, window.streams, snapshot.step) == (number, 3, number)
        tape = trainer.bptt._tapes[5, 3]
        assert HIDDEN_STATE in window.measured
        assert (
            window.measured[HIDDEN_STATE]["h"].tobytes()
            == tape.layers[0].hidden[:, :1].swapaxes(0, 1).tobytes()
        )


def test_the_window_of_a_step_is_what_was_shown_while_it_was_waited_for(session: Session) -> None:
    """Running or resting, a window is what the weights make of what is read next."""
    trainer = session.trainer
    assert trainer is not None
    unhurried(trainer)
    for number in range(6):
        session.apply(Pause())
        resting = shown(session)
        session.apply(Train())
        running = session.advance(look=True)
        assert running is not None
        assert running.step == resting.step == running.window.step == number  # type: ignore[union-attr]
        assert same_bits(list(arrays_in(running.window)), list(arrays_in(resting.window)))
        assert running.window.tokens == resting.window.tokens  # type: ignore[union-attr]


def test_looking_at_something_else_as_well_changes_nothing_that_is_shown(session: Session) -> None:
    steps(session, 7)
    session.apply(Watch(frozenset({HIDDEN_STATE})))
    session.apply(Pause())
    before = shown(session).window
    session.apply(Watch(EVERYTHING))
    after = shown(session).window
    assert before is not None
    assert after is not None
    assert (before.step, before.tokens) == (after.step, after.tokens)
    states, states_after = before.measured[HIDDEN_STATE], after.measured[HIDDEN_STATE]
    assert same_bits(states, states_after)


def test_a_changed_window_is_shown_at_once_while_nothing_runs(session: Session) -> None:
    steps(session, 5)
    session.apply(Pause())
    session.apply(Change("sequence_length", 12))
    window = shown(session).window
    assert window is not None
    assert HIDDEN_STATE in window.measured
    assert len(window.tokens) == window.measured[HIDDEN_STATE]["h"].shape[1] == 12
    session.apply(Change("batch_size", 4))
    assert shown(session).window.streams == 4  # type: ignore[union-attr]


def test_the_numbers_of_a_snapshot_are_those_of_its_step(session: Session) -> None:
    trainer = session.trainer
    assert trainer is not None
    unhurried(trainer)
    steps(session, 40)
    snapshot = shown(session)
    assert snapshot.step == trainer.step_count == 40
    assert snapshot.tokens_seen == 400
    assert snapshot.loss == trainer.state.last_loss
    history, gradients = snapshot.get(HISTORY), snapshot.get(GRADIENT_HISTORY)
    assert history is not None
    assert history.loss.mean[-1] == snapshot.loss
    assert history.smoothed_loss[-1] == snapshot.smoothed_loss
    assert history.validation_steps.tolist() == [10, 20, 30, 40]
    assert gradients is not None
    assert gradients.steps.tolist() == list(range(1, 41))
    flow = snapshot.get(GRADIENT_FLOW)
    assert flow is not None
    row = gradients.logarithms[-1]
    np.testing.assert_allclose(10.0 ** row[0, ::-1], flow.from_last["h"][-1], rtol=1e-4)
    assert snapshot.vocab_size == trainer.dataset.vocabulary.size
    assert snapshot.parameter_count == trainer.network.parameters.size
    assert snapshot.references == trainer.dataset.reference_lines


def test_the_stream_grows_while_running_and_rests_otherwise(session: Session) -> None:
    lengths = [shown(session).get(TEXT).stream.length for _ in range(4)]  # type: ignore[union-attr]
    assert np.all(np.diff(lengths) > 0)
    session.apply(Pause())
    lengths = [shown(session).get(TEXT).stream.length for _ in range(4)]  # type: ignore[union-attr]
    assert np.all(np.diff(lengths) == 0)


def test_how_far_a_run_was_at_its_steps_is_noted_with_every_look() -> None:
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=4, sequence_length=6, batch_size=2)))
    session.snapshot()
    for _ in range(3):
        session.trainer.step()
    session.apply(Change("sequence_length", 9))
    session.snapshot()
    session.trainer.step()
    snapshot = session.snapshot()
    assert snapshot is not None
    tokens = snapshot.progress.at(np.array([0.0, 3.0, 4.0]), "tokens")
    assert tokens.tolist() == [0, 36, 54]
    assert snapshot.tokens_seen == 54
