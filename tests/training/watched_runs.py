"""Runs that anything may be done to, and what they were at each step."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rnnviz.core.clipping import ClipMode, ClipReport, clip_gradients
from rnnviz.core.errors import RnnvizError
from rnnviz.core.parameters import Array
from rnnviz.training.commands import (
    Change,
    Command,
    NewRun,
    Redo,
    Reset,
    Restart,
    Resume,
    TakeStep,
    Train,
    Undo,
    UseBest,
    Watch,
    Write,
)
from rnnviz.training.configuration import SETTINGS, Setting
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.past.replay import replay, replay_from_beginning
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.training_state import TrainingState

from .helpers import own_text

LIVE = [setting for setting in SETTINGS.values() if setting.live]
USUAL: dict[str, tuple[float, ...]] = {
    "learning_rate": (1e-3, 0.1, 1e4),
    "sequence_length": (1, 3, 5, 40, 900),
    "batch_size": (1, 2, 3, 300),
    "clip_threshold": (1e-3, 1.0, 1e6),
    "validation_interval": (0, 1, 2, 3),
    "schedule_steps": (1, 5, 50),
    "warmup_steps": (0, 3),
    "decay_start": (1, 2),
}


def values_of(setting: Setting) -> st.SearchStrategy[Any]:
    if setting.choices:
        return st.sampled_from(sorted(setting.choices))
    if setting.name in USUAL:
        return st.sampled_from(USUAL[setting.name])
    if setting.kind is str:
        return st.sampled_from(["", "the fox", "\u20ac"])
    return st.floats(setting.minimum, setting.maximum)


REOPEN = "reopen"
"""Save the run, and go on from the file."""

changes = st.sampled_from(LIVE).flatmap(
    lambda setting: st.builds(Change, st.just(setting.name), values_of(setting))
)
watches = st.builds(
    Watch, st.frozensets(st.sampled_from(sorted(EVERYTHING, key=lambda one: one.name)))
)
commands = st.one_of(
    changes,
    changes,
    changes,
    st.builds(Train, st.integers(1, 6)),
    st.builds(Train, st.integers(1, 6)),
    st.just(TakeStep()),
    st.just(UseBest()),
    # Of a ReLU network it overflows before long.
    st.sampled_from([Change("learning_rate", 1e4), Change("clip_mode", "none")]),
    watches,
    st.just(Write(5)),
    st.sampled_from([Reset(), Undo(), Undo(), Redo(), Restart((("seed", 3),))]),
    st.none(),  # a snapshot
    st.just(REOPEN),
)
RUNS: dict[str, Any] = {
    "num_layers": st.sampled_from([1, 2]),
    "activation": st.sampled_from(["tanh", "relu"]),
    "optimizer": st.sampled_from(sorted(SETTINGS["optimizer"].choices)),
    "initialization": st.sampled_from(["uniform", "identity"]),
    "batch_size": st.sampled_from([1, 2]),
    "dropout": st.sampled_from([0.0, 0.5]),
    "validation_interval": st.sampled_from([0, 2]),
}
# Whatever is drawn, one run does single steps and goes back to its best weights.
TESTED_RUN = {
    "num_layers": 1,
    "activation": "tanh",
    "optimizer": "adagrad",
    "initialization": "uniform",
    "batch_size": 1,
    "dropout": 0.0,
    "validation_interval": 2,
}
BACK_TO_THE_BEST = [Train(6), UseBest(), TakeStep(), TakeStep(), Train(6), UseBest(), Train(2)]


class Watched:
    """A session, and for each of its runs what it was at first and right before its steps."""

    def __init__(self, path: Path, **run: Any) -> None:
        self.session = Session()
        self.first: dict[int, TrainingState] = {}
        self.kept: dict[int, list[TrainingState]] = {}
        self.states: list[TrainingState] = []
        self.met: set[object] = set()
        self.apply(NewRun(own_text(path, 300, initialization_gain=10.0, **run)))

    @property
    def state(self) -> TrainingState:
        assert self.session.trainer is not None
        return self.session.trainer.state

    def apply(self, command: Command | str | None) -> None:
        if command is None:
            self.session.snapshot()
            return
        if isinstance(command, str):
            command = Resume(self.session.checkpoint())
        before = self.state.copy() if self.first else None
        try:
            self.session.apply(command)
        except RnnvizError:
            return
        if id(self.state) not in self.first:
            self.states.append(self.state)
            self.first[id(self.state)] = self.state.copy()
            self.kept[id(self.state)] = []
        elif isinstance(command, TakeStep):
            self._note(before)
        while self.session.state is RunState.RUNNING:
            before = self.state.copy()
            self.session.advance(look=before.step % 2 == 0)
            self._note(before)

    def _note(self, before: TrainingState | None) -> None:
        self.met.add(self.session.state)
        if before is not None and self.state.step > before.step:
            self.kept[id(self.state)].append(before)

    def check(self) -> None:
        """Compare each run with what follows from its journal, from wherever one begins."""
        assert self.session.trainer is not None
        dataset = self.session.trainer.dataset
        for state in self.states:
            first, kept = self.first[id(state)], self.kept[id(state)]
            for earlier in (first, *kept[len(kept) // 2 :][:1]):
                again = replay(earlier, state.journal, dataset, state.step)
                assert again.differences(state) == ()
            for between in kept[::3]:
                again = replay(first, state.journal, dataset, between.step)
                assert again.differences(between) == ()
            again = replay_from_beginning(state.journal, dataset, state.step)
            # Neither is in a file; the next step has its own.
            lacks = {"last_loss", "last_finite"} if state.last_loss is None else set()
            assert {*again.differences(state)} <= lacks
            self.met |= {type(entry) for entry in state.journal.entries}


def failing_now_and_then(gradients: Array, mode: ClipMode, threshold: float) -> ClipReport:
    """Clip, and have one gradient of eight be too much: which one, its own bits say."""
    report = clip_gradients(gradients, mode, threshold)
    fails = int(gradients.view(np.uint32).sum()) % 8 == 0
    return report._replace(norm_before=math.inf) if fails else report


def overflowing(path: Path) -> Watched:
    """Begin a run whose states grow tenfold a step, at a rate that cannot mend it."""
    return Watched(
        path,
        activation="relu",
        initialization="identity",
        learning_rate=1e-6,
        dropout=0.4,
        num_layers=2,
        validation_interval=1,
    )


def fail(watched: Watched) -> None:
    watched.apply(Change("sequence_length", 60))
    watched.apply(Train(50))
    assert watched.session.state is RunState.FAILED
