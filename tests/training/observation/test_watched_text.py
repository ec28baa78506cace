"""A watched text holds still: diagnostics are of it, whatever window is read next."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.core.loss import window_loss
from rnnviz.diagnostics.gradient_flow import gradient_flow, new_probe
from rnnviz.training.commands import (
    Change,
    NewRun,
    Pause,
    Reset,
    Restart,
    Resume,
    TakeStep,
    Train,
    Undo,
    Watch,
)
from rnnviz.training.configuration import Configuration, ConfigurationError
from rnnviz.training.configuration.groups.training import LARGEST_SEQUENCE_LENGTH
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.throttle import SHARE_OF_GLANCES, Throttle
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Glance, Snapshot, WindowView

from ..helpers import own_text, small_trainer, task_settings, text_gone, unhurried

TEXT = "the lazy dogs"


def begun(configuration: Configuration) -> Session:
    session = Session()
    session.apply(NewRun(configuration))
    assert session.trainer is not None
    unhurried(session.trainer)
    return session


def shown(session: Session) -> tuple[Snapshot, WindowView]:
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.window is not None
    return snapshot, snapshot.window


def text_of(window: WindowView) -> str:
    return "".join((*window.tokens, window.targets[-1]))


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"batch_size": 3, "cell": "lstm", "num_layers": 2, "dropout": 0.5},
        {"cell": "gru", "dtype": "float64", "sequence_length": 30},
    ],
)
def test_it_is_measured_from_a_state_of_zeros_with_the_weights_as_they_are(
    tmp_path: Path, kind: dict[str, Any]
) -> None:
    session = begun(own_text(tmp_path, watched_text=TEXT, **kind))
    for _ in range(5):
        session.apply(TakeStep())
    snapshot, window = shown(session)
    assert window.is_watched_text
    assert (text_of(window), window.streams, window.step) == (TEXT, 1, 5)
    network = session.trainer.network
    ids = session.trainer.dataset.vocabulary.encode(TEXT).astype(np.intp).reshape(-1, 1)
    tape = network.new_tape(len(TEXT) - 1, 1)
    network.forward(ids[:-1], network.zero_state(1), tape)
    window_loss(tape, ids[1:])
    network.backward(tape, network.parameters.zeros_like())
    for name, states in snapshot.get(HIDDEN_STATE).items():
        expected = np.stack([layer.states[name][1:, 0] for layer in tape.layers])
        assert states.tobytes() == expected.tobytes()
    expected_flow = gradient_flow(network, tape, new_probe(network, len(TEXT) - 1))
    flow = snapshot.get(GRADIENT_FLOW)
    for name in flow.from_last:
        assert flow.from_last[name].tobytes() == expected_flow.from_last[name].tobytes()
        assert flow.total[name].tobytes() == expected_flow.total[name].tobytes()
    assert snapshot.get(CREDIT).size == len(TEXT) - 1
    assert snapshot.get(SATURATION).shape[:2] == (len(TEXT) - 1, 1)


def test_it_holds_still_while_the_network_learns(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path, watched_text=TEXT))
    session.apply(Train())
    states = []
    for step in range(40):
        snapshot = session.advance(look=True)
        assert text_of(snapshot.window) == TEXT
        assert (snapshot.step, snapshot.window.step) == (step, step)
        states.append(snapshot.get(HIDDEN_STATE)["h"])
    moved = [np.abs(after - before).max() for before, after in itertools.pairwise(states)]
    assert 0 < max(moved) < 0.5, "from step to step only the weights make a difference"


def test_it_is_watched_and_let_go_at_once(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path))
    for command in (Pause(), Train()):
        session.apply(command)
        session.apply(Change("watched_text", TEXT))
        assert text_of(shown(session)[1]) == TEXT
        session.apply(Change("watched_text", "over the fox"))
        assert text_of(shown(session)[1]) == "over the fox"
        session.apply(Change("watched_text", ""))
        _, window = shown(session)
        assert not window.is_watched_text
        assert len(window.tokens) == 5
    assert not session.notices


def test_what_is_not_watched_is_not_measured(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path))
    session.apply(Watch(frozenset({HIDDEN_STATE})))
    session.apply(TakeStep())
    session.apply(Change("watched_text", TEXT))
    assert set(shown(session)[1].measured) == {HIDDEN_STATE, ANSWERS}


def test_the_usual_gradients_stay_those_of_the_windows_trained_on(tmp_path: Path) -> None:
    one, other = (begun(own_text(tmp_path, watched_text=text)) for text in ("", TEXT))
    for session in (one, other):
        session.apply(Train())
        for _ in range(30):
            session.advance(look=True)
    recent, expected = (shown(session)[0].recent_gradients for session in (other, one))
    assert recent.logarithms.shape[-1] == 5
    np.testing.assert_array_equal(recent.logarithms, expected.logarithms)


def test_it_is_kept_in_files_and_by_whatever_begins_the_run_again(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path))
    session.apply(Change("watched_text", TEXT))
    for command in (Reset(), Restart((("seed", 4),)), Resume(session.checkpoint())):
        session.apply(command)
        assert text_of(shown(session)[1]) == TEXT
    session.apply(Resume(text_gone(session.checkpoint(), tmp_path)))
    assert text_of(shown(session)[1]) == TEXT, "it needs no text to train on"


@pytest.mark.parametrize(
    ("text", "is_watched", "sentences"),
    [
        ("the € fox", True, ['does not know: "€". The watched text goes without.']),
        ("x€", False, ["does not know", "needs 2 known characters, and this one has 1. The next"]),
        ("x", False, ["needs 2 known characters, and this one has 1. The next window is shown"]),
        ("the " * 600, True, ["has 2,400 characters: the first 2,000 are read."]),
    ],
)
def test_what_cannot_be_watched_is_said(
    tmp_path: Path, text: str, is_watched: bool, sentences: list[str]
) -> None:
    session = begun(own_text(tmp_path))
    session.apply(Change("watched_text", text))
    told = list(session.notices)
    _, window = shown(session)
    assert window.is_watched_text == is_watched
    if is_watched:
        assert text_of(window) == text.replace("€", "")[: LARGEST_SEQUENCE_LENGTH + 1]
    assert sentences[-1] in told[-1]
    assert all(sentence.endswith(".") for sentence in told)
    session.notices.clear()
    for command in (Reset(), Restart((("seed", 3),))):
        session.apply(command)
        assert shown(session)[1].is_watched_text == is_watched
    assert not session.notices, "it was said already, and only what is known is kept"


def test_a_sequence_is_watched_whole_or_not_at_all() -> None:
    session = begun(task_settings(corpus="temporal-order"))
    for length, is_watched in (
        (LARGEST_SEQUENCE_LENGTH, True),
        (LARGEST_SEQUENCE_LENGTH + 1, False),
    ):
        session.apply(Change("watched_text", "AB" + "c" * (length - 2)))
        assert shown(session)[1].is_watched_text == is_watched
    assert session.notices[-1] == (
        "A sequence to watch has at most 2,000 time steps, and this one has 2,001. The next window "
        "is shown, and not the watched text."
    )


def test_words_are_watched_as_words(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path, level="word"))
    session.apply(Change("watched_text", "the quick zebra, they said!"))
    (notice,) = session.notices
    assert "zebra" in notice
    assert session.trainer.configuration.watched_text == "the quick, they said!"
    assert shown(session)[1].tokens == (" the", " quick", ",", " they", " said")
    assert shown(session)[1].targets[-1] == "!"


def test_what_is_no_text_is_refused() -> None:
    trainer = small_trainer()
    with pytest.raises(ConfigurationError):
        trainer.change("watched_text", 3)


def test_a_text_beyond_the_computers_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = small_trainer(hidden_size=64)
    monkeypatch.setattr("rnnviz.training.memory_estimate._physical_memory", lambda: 5_000_000)
    trainer.change("watched_text", TEXT)
    with pytest.raises(Exception, match="MB of memory"):
        trainer.change("watched_text", "the " * 600)
    assert trainer.configuration.watched_text == TEXT


@pytest.mark.parametrize("task", ["temporal-order", "adding", "copying"])
def test_of_a_task_the_sequence_on_the_screen_can_be_watched(task: str) -> None:
    session = begun(task_settings(corpus=task, sequence_length=24))
    snapshot, window = shown(session)
    source = snapshot.configuration.source
    text = source.written("character", window.tokens, window.targets)
    session.apply(Change("watched_text", text))
    for steps in (0, 1, 2):
        for _ in range(steps):
            session.apply(TakeStep())
        snapshot, watched = shown(session)
        assert watched.is_watched_text
        assert (watched.tokens, watched.streams) == (window.tokens, 1)
        answers = snapshot.get(ANSWERS)
        assert len(answers) == len(window.targets)
        if not source.reads_numbers:
            assert tuple(answer.expected for answer in answers) == window.targets
    assert not session.notices


OTHER_TEXTS = {
    "tales": True,
    "brackets": False,
    "sums": False,
    "copying": False,
    "adding": False,
}


@pytest.mark.parametrize(("corpus", "is_kept"), OTHER_TEXTS.items())
@pytest.mark.parametrize("begins", ["again", "elsewhere"])
def test_it_stays_over_another_text_that_knows_it_and_is_let_go_by_one_that_does_not(
    tmp_path: Path, corpus: str, is_kept: bool, begins: str
) -> None:
    """Though sums have spaces, two spaces are not what was watched."""
    text = "the old king"
    session = begun(own_text(tmp_path, watched_text=text if begins == "again" else ""))
    told = list(session.notices)
    session.notices.clear()
    changes = (("corpus", corpus), ("sequence_length", 24))
    if begins == "again":
        session.apply(Restart(changes))
    else:
        values = session.trainer.configuration.to_mapping() | dict(changes)
        session.apply(NewRun(Configuration.from_mapping(values | {"watched_text": text})))
    snapshot, window = shown(session)
    assert not told
    assert window.is_watched_text == is_kept
    assert snapshot.configuration.watched_text == (text if is_kept else "")
    said = [notice for notice in session.notices if "watched text" in notice]
    assert len(said) == (not is_kept)
    assert all(notice.endswith("The watched text is let go.") for notice in said)
    session.apply(Restart((("corpus", "file"),)))
    assert shown(session)[1].is_watched_text == is_kept, "what is let go does not come back"


def test_what_is_watched_now_stays_when_a_reset_is_undone(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path, watched_text=TEXT))
    for text in ("", "over the fox", ""):
        session.apply(TakeStep())
        session.apply(Reset())
        session.apply(Change("watched_text", text))
        session.apply(Undo())
        snapshot, window = shown(session)
        assert snapshot.configuration.watched_text == text
        assert window.is_watched_text == bool(text)
        assert not text or text_of(window) == text
    assert snapshot.step == 3
    assert not session.notices


def test_no_watched_text_makes_no_buffers() -> None:
    trainer = small_trainer(watched_text=TEXT)
    for _ in range(3):
        trainer.step()
    assert trainer._observer.watched_text._tape is None, "nobody looked"
    assert small_trainer()._observer.watched_text is None
    assert dataclasses.replace(trainer.configuration, watched_text="").watched_text == ""


QUICK = frozenset({HIDDEN_STATE, GRADIENT_FLOW})


def test_a_glance_sees_what_a_look_does_and_keeps_nothing(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path, watched_text=TEXT, cell="lstm"))
    session.apply(Train())
    for _ in range(4):
        session.advance(look=True)
    trainer = session.trainer
    before = trainer.last_window
    glanced = trainer.glance(QUICK)
    assert trainer.last_window is before
    assert set(glanced.measured) == QUICK
    assert (glanced.step, before.step) == (4, 3)
    trainer.observe(QUICK)
    looked = trainer.last_window
    assert (glanced.tokens, glanced.targets) == (looked.tokens, looked.targets)
    assert glanced.is_watched_text
    for name, states in glanced.measured[HIDDEN_STATE].items():
        assert states.tobytes() == looked.measured[HIDDEN_STATE][name].tobytes()
        flows = [one.measured[GRADIENT_FLOW].from_last[name] for one in (glanced, looked)]
        assert flows[0].tobytes() == flows[1].tobytes()


def test_glances_change_nothing_of_training(tmp_path: Path) -> None:
    one, other = (begun(own_text(tmp_path, watched_text=TEXT, dropout=0.3)) for _ in range(2))
    for session in (one, other):
        session.apply(Train())
        for _ in range(30):
            if session is one:
                assert session.trainer.glance(QUICK) is not None
            session.advance(look=False)
    weights = [session.trainer.network.parameters.flat.tobytes() for session in (one, other)]
    assert weights[0] == weights[1]


def test_there_is_no_glance_without_a_watched_text_nor_before_training_has_rested(
    tmp_path: Path,
) -> None:
    session = begun(own_text(tmp_path))
    assert session.trainer.glance(QUICK) is None
    session.apply(Change("watched_text", TEXT))
    now = 0.0
    throttle = session.trainer._observer._throttle_of_glances = Throttle(
        lambda: now, share=SHARE_OF_GLANCES
    )
    throttle.ended(-0.01)
    assert session.trainer.glance(QUICK) is None
    now = 0.2
    assert session.trainer.glance(QUICK) is not None


def test_a_snapshot_is_brought_up_to_a_newer_glance_of_the_same_text_alone(tmp_path: Path) -> None:
    session = begun(own_text(tmp_path, watched_text=TEXT))
    session.apply(Train())
    old = Glance(session.run_id, session.trainer.glance(QUICK))
    session.advance(look=True)
    snapshot = session.advance(look=True)
    new = Glance(session.run_id, session.trainer.glance(QUICK))
    seen = snapshot.with_glance(new)
    assert (seen.step, seen.window) == (2, new.window)
    assert seen.get(CREDIT) is None, "it is of the step before"
    assert seen.get(HISTORY) is snapshot.get(HISTORY)
    less = Glance(session.run_id, session.trainer.glance(frozenset({HIDDEN_STATE})))
    for stale in (None, old, dataclasses.replace(new, run_id="another"), less):
        assert snapshot.with_glance(stale) is snapshot
    session.apply(Change("watched_text", "over the fox"))
    assert shown(session)[0].with_glance(new).window.tokens[0] == "o"
    session.apply(Change("watched_text", ""))
    assert not shown(session)[0].with_glance(new).window.is_watched_text
