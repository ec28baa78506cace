"""Any commands in any order: the session stays whole."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.commands import (
    Change,
    ComeBack,
    Command,
    LookAt,
    NewRun,
    Pause,
    Redo,
    Reset,
    Restart,
    Resume,
    SetSpeed,
    TakeStep,
    Train,
    Undo,
    UseBest,
    Watch,
    Write,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.groups.training import LARGEST_SEQUENCE_LENGTH
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot, WindowView
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import Trainer

from .helpers import arrays_in, own_text, text_gone

SEQUENCES, LONGEST = 500, 20

CHANGES: list[tuple[str, object]] = [
    ("learning_rate", 0.01),
    ("learning_rate", 1000.0),
    ("learning_rate", -1),
    ("learning_rate", float("nan")),
    ("optimizer", "sgd"),
    ("optimizer", "adagrad"),
    ("optimizer", "momentum"),
    ("optimizer", "rmsprop"),
    ("optimizer", "adam"),
    ("optimizer", "none"),
    ("momentum", 0.5),
    ("momentum", 1.0),
    ("schedule", "exponential"),
    ("schedule", "cosine"),
    ("schedule", "constant"),
    ("decay_start", 0),
    ("warmup_steps", 0),
    ("schedule_steps", 1),
    ("dropout", 0.0),
    ("dropout", 0.9),
    ("dropout", 1.0),
    ("clip_mode", "none"),
    ("clip_mode", "value"),
    ("clip_mode", "norm"),
    ("clip_mode", True),
    ("clip_threshold", 1e-6),
    ("clip_threshold", 0),
    ("sequence_length", 1),
    ("sequence_length", 3),
    ("sequence_length", 31),
    ("sequence_length", 2000),
    ("sequence_length", 2.5),
    ("batch_size", 1),
    ("batch_size", 4),
    ("batch_size", 1024),
    ("batch_size", 10**400),
    ("validation_interval", 1),
    ("validation_interval", 0),
    ("temperature", 0),
    ("temperature", 5),
    ("temperature", "hot"),
    ("prompt", "the \u20ac fox"),
    ("prompt", ""),
    ("prompt", None),
    ("watched_text", "the quick fox"),
    ("watched_text", "the \u20ac fox"),
    ("watched_text", "x"),
    ("watched_text", "over the fox " * 5),
    ("watched_text", ""),
    ("watched_text", 3),
    ("hidden_size", 3),
    ("no such setting", 3),
]


VARIATIONS: list[tuple[tuple[str, object], ...]] = [
    (("hidden_size", 3),),
    (("seed", 8), ("activation", "relu")),
    (("validation_fraction", 0.3),),
    (("hidden_size", 0),),
    (("text_file", "no such file"),),
    (("sequence_length", 2000), ("hidden_size", 2)),
    (("cell", "lstm"),),
    (("cell", "gru"), ("num_layers", 2)),
    (("cell", "lstm"), ("num_layers", 3), ("residual", "on"), ("dropout", 0.4)),
    (("cell", "vanilla"), ("num_layers", 1)),
    (("level", "word"), ("vocabulary_size", 9)),
    (("level", "character"),),
    (("parameter_budget", 900),),
    (("parameter_budget", 3),),
    (("parameter_budget", 0),),
    (("no such setting", 1),),
    (),
]


# Of every so many runs the first overflows within a few steps: to fail is not left to chance.
OVERFLOWS_EVERY = 25
OVERFLOWS: dict[str, object] = {
    "activation": "relu",
    "initialization": "orthogonal",
    "initialization_gain": 10.0,
    "clip_mode": "none",
    "sequence_length": 50,
}


class Dice:
    """Draws commands; remembers checkpoints to resume from."""

    def __init__(self, seed: int, path: Path) -> None:
        self.random = random.Random(seed)
        self.path = path
        self.saved: list[Checkpoint] = []

    def command(self, session: Session) -> Command | None:
        """Return the next command; None for a few steps."""
        kinds: list[tuple[int, Callable[[], Command | None]]] = [
            (6, lambda: None),
            (4, Train),
            (1, lambda: Train(self.random.choice([1, 3, 0, -2]))),
            (2, Pause),
            (3, TakeStep),
            (1, Reset),
            (2, Undo),
            (2, Redo),
            (1, UseBest),
            (8, lambda: Change(*self.random.choice(CHANGES))),  # type: ignore[arg-type]
            (1, lambda: SetSpeed(self.random.choice([None, None, 1e4, 5, 0, -1, float("nan")]))),
            (2, lambda: Watch(frozenset(d for d in EVERYTHING if self.random.random() < 0.5))),
            (1, lambda: Write(self.random.choice([0, 7, 50, -1, 10**9]))),
            (1, lambda: NewRun(self.run())),
            (1, lambda: self.resume(session)),
            (1, lambda: Restart(self.random.choice(VARIATIONS))),
            (3, self.look_at),
            (1, ComeBack),
        ]
        weights, makers = zip(*kinds, strict=True)
        return self.random.choices(makers, weights)[0]()

    def run(self) -> Configuration:
        name = self.random.choice(["text.txt"] * 3 + ["short.txt", "one.txt", "gone.txt"])
        choose = self.random.choice
        # A ReLU network whose states grow tenfold a step overflows before long.
        return dataclasses.replace(
            own_text(self.path, 300),
            text_file=str(self.path / name),
            activation=choose(["tanh", "relu"]),
            initialization=choose(["uniform", "identity"]),
            initialization_gain=10.0,
            hidden_size=choose([1, 4, 9]),
            batch_size=choose([1, 2, 2, 1000]),
        )

    def look_at(self) -> Command:
        step = self.random.choice([-3, 0, 1, 2, 5, 9, 1000, 1.5])
        exactly, beside_now = (self.random.random() < 0.6 for _ in range(2))
        return LookAt(step, exactly, beside_now)  # type: ignore[arg-type]

    def resume(self, session: Session) -> Command:
        if session.trainer is None:
            return Pause()
        self.saved.append(session.checkpoint())
        checkpoint = self.random.choice(self.saved)
        if self.random.random() < 0.3:
            checkpoint = text_gone(checkpoint, self.path)
        return Resume(checkpoint)


def whole(session: Session) -> object:
    """Everything that a refused command must leave as it is."""
    trainer = session.trainer
    return (
        session.state,
        session.reason,
        session.run_id,
        id(trainer),
        session.seconds_to_wait is None,
        session.checkpoint() if trainer else None,
        trainer.text_generator.stream() if trainer else None,
    )


def check_window(window: WindowView, snapshot: Snapshot, trainer: Trainer) -> None:
    configuration = snapshot.configuration
    assert len(window.tokens) == len(window.targets)
    if window.is_watched_text:
        assert window.streams == 1
        read = "".join((*window.tokens, window.targets[-1]))
        known = set(trainer.dataset.vocabulary.tokens)
        text = configuration.watched_text
        if configuration.level == "character":
            assert read == "".join(c for c in text if c in known)[: LARGEST_SEQUENCE_LENGTH + 1]
    elif snapshot.state is not RunState.RUNNING:
        # Of the past, as it was set then.
        assert len(window.tokens) == trainer.configuration.sequence_length
        streams = trainer.configuration.batch_size
        assert window.streams == (streams if trainer.dataset.can_train else 1)


def check_timeline(snapshot: Snapshot) -> None:
    view = snapshot.timeline
    assert view.first <= view.last == snapshot.step
    assert (view.kept[:-1] < view.kept[1:]).all()
    assert len(view.kept) == 0 or view.kept[-1] <= view.last
    assert all(mark.step <= view.last for mark in view.marks)
    assert (view.seen is None) == (view.wanted is None) == (view.reached is None)
    if view.seen is not None:
        assert view.seen <= view.reached <= view.wanted <= view.last
        assert snapshot.window.step == view.seen
    else:
        assert snapshot.window_of_now is None


def check(session: Session, snapshot: Snapshot | None) -> None:
    trainer = session.trainer
    assert isinstance(session.state, RunState)
    if trainer is None:
        assert snapshot is None
        return
    assert snapshot is not None
    configuration, watched = snapshot.configuration, session._onlooker.watched
    assert (snapshot.state, snapshot.run_id) == (session.state, session.run_id)
    assert bool(snapshot.reason) == (snapshot.state is RunState.FAILED)
    assert snapshot.step == trainer.step_count
    assert not any(array.flags.writeable for array in arrays_in(snapshot))
    window = snapshot.window
    assert window is not None
    check_window(window, snapshot, session._run.shown)  # type: ignore[union-attr]
    check_timeline(snapshot)
    length = len(window.tokens)
    states, flow = snapshot.get(HIDDEN_STATE), snapshot.get(GRADIENT_FLOW)
    if states is not None:
        assert states["h"].shape == (configuration.num_layers, length, snapshot.hidden_size)
        assert ("c" in states) == (configuration.cell == "lstm")
    if flow is not None:
        assert flow.from_last["h"].shape == (configuration.num_layers, length)
        assert flow.total["h"].shape == (configuration.num_layers, length)
    saturation = snapshot.get(SATURATION)
    if saturation is not None:
        for distribution in saturation.quantities.values():
            assert len(distribution.shares) == configuration.num_layers
    if HISTORY in watched:
        history = snapshot.get(HISTORY)
        assert history is not None
        assert (history.steps[-1] if len(history.steps) else 0) == snapshot.step
        count = len(history.steps)
        assert len(history.loss.low) == len(history.smoothed_loss) == count
        assert len(history.norm_before.mean) == len(history.clipped_steps) == count
    if GRADIENT_HISTORY in watched:
        past = snapshot.get(GRADIENT_HISTORY)
        assert past is not None
        assert len(past.steps) == len(past.logarithms)
    if TEXT in watched:
        text = snapshot.get(TEXT)
        assert text is not None
        assert len(text.stream.pieces) == len(text.stream.probabilities)
        assert all(sample.step <= snapshot.step for sample in text.samples)
    assert bool(snapshot.references) == trainer.dataset.can_train


def refused(session: Session, command: Command) -> str | None:
    try:
        session.apply(command)
    except RnnvizError as error:
        return str(error)
    return None


def kinds_of_window(snapshot: Snapshot | None) -> set[object]:
    if snapshot is None or snapshot.window is None:
        return set()
    return {"watched text" if snapshot.window.is_watched_text else "next window"}


def play(seed: int, path: Path) -> set[object]:
    """Play one sequence; return what was met, for the test to know that it met enough."""
    dice, session, met = Dice(seed, path), Session(), set[object]()
    session.apply(NewRun(own_text(path, 300, **({} if seed % OVERFLOWS_EVERY else OVERFLOWS))))
    check(session, session.snapshot())
    for _ in range(dice.random.randrange(LONGEST)):
        command = dice.command(session)
        if command is None:
            for _ in range(dice.random.randrange(12)):
                session.look_further_back()
                met |= kinds_of_window(session.advance(look=dice.random.random() < 0.3))
        else:
            before = whole(session)
            refusal = refused(session, command)
            if refusal is not None:
                assert refusal.endswith("."), command
                assert same_bits(whole(session), before), command
            met.add(type(command) if refusal is None else (type(command), "refused"))
        met.add(session.state)
        if dice.random.random() < 0.6:
            check(session, session.snapshot())
    check(session, session.snapshot())
    return met


@pytest.mark.timeout(600)
def test_500_random_sequences_of_commands_leave_a_whole_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shorter texts, so that beginning a run costs little; nothing else depends on their length.
    monkeypatch.setattr("rnnviz.training.text_generator.SAMPLE_LENGTH", 8)
    monkeypatch.setattr("rnnviz.training.text_generator._FIRST_STREAM", 4)
    (tmp_path / "short.txt").write_text("abcd", encoding="utf-8")
    (tmp_path / "one.txt").write_text("a" * 300, encoding="utf-8")
    met: set[object] = set()
    for seed in range(SEQUENCES):
        try:
            met |= play(seed, tmp_path)
        except BaseException as error:
            error.add_note(f"sequence {seed}")
            raise
    assert met >= set(RunState)
    kinds = {Train, Pause, TakeStep, Reset, Change, SetSpeed, Watch, Write, NewRun, Resume, Restart}
    kinds |= {Undo, Redo}
    assert met >= kinds
    assert met >= {(kind, "refused") for kind in kinds - {Pause, Reset, Watch, Resume}}
    assert met >= {"watched text", "next window"}
