"""Any step of the past can be seen again, as it was, while the run goes on."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from rnnviz.core.cells import CELLS
from rnnviz.core.clipping import ClipMode, ClipReport, clip_gradients
from rnnviz.core.errors import RnnvizError
from rnnviz.core.parameters import Array
from rnnviz.training.commands import (
    Change,
    ComeBack,
    Command,
    LookAt,
    NewRun,
    Reset,
    Resume,
    TakeStep,
    Train,
    Undo,
    UseBest,
    Write,
)
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.text import TEXT, TextView
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot, StepNumbers
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.journal import StepFailed
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer

from ..helpers import own_text
from ..watched_runs import (
    BACK_TO_THE_BEST,
    RUNS,
    TESTED_RUN,
    Watched,
    commands,
    failing_now_and_then,
)

KEEP_ALL, KEEP_FIRST = 1, 10**9
"""After how many steps the next state is kept."""


def keep_every(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnnviz.training.past.kept_states._steps_to_go", lambda *_: steps)


@pytest.fixture(params=[KEEP_ALL, KEEP_FIRST], ids=["every", "first"])
def share(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    keep_every(request.param, monkeypatch)
    kept: int = request.param
    return kept


def session_of(path: Path, steps: int = 0, **more: Any) -> Session:
    session = Session()
    session.apply(NewRun(own_text(path, **more)))
    train(session, steps)
    return session


def train(session: Session, steps: int) -> None:
    if steps:
        session.apply(Train(steps))
    while session.state is RunState.RUNNING:
        session.advance(look=False)


def look_at(session: Session, step: int) -> Snapshot:
    session.apply(LookAt(step))
    while session.is_looking_back:
        session.look_further_back()
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def seen(session: Session) -> TrainingState:
    assert session._run is not None
    return session._run.shown.state


def now(session: Session) -> TrainingState:
    assert session.trainer is not None
    return session.trainer.state


@pytest.mark.parametrize("cell", CELLS)
def test_every_earlier_state_is_what_it_was(
    cell: str, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnviz.training.text_generator.SAMPLE_LENGTH", 8)
    monkeypatch.setattr("rnnviz.training.text_generator._FIRST_STREAM", 4)
    monkeypatch.setattr("rnnviz.training.trainer.clip_gradients", failing_now_and_then)
    compared = 0
    told = st.one_of(commands, st.builds(Train, st.integers(1, 6)))

    @settings(max_examples=20, derandomize=True, phases=[Phase.explicit, Phase.generate])
    @given(st.fixed_dictionaries(RUNS), st.lists(told, min_size=5, max_size=25))
    @example(TESTED_RUN, BACK_TO_THE_BEST)
    def every_run(run: dict[str, Any], commands: list[Command | str | None]) -> None:
        nonlocal compared
        with tempfile.TemporaryDirectory() as folder:
            watched = Watched(Path(folder), cell=cell, **run)
            for command in commands:
                watched.apply(command)
            before = watched.state.copy()
            for between in watched.kept[id(watched.state)]:
                look_at(watched.session, between.step)
                again = seen(watched.session)
                # It is looked at with the watched text of now.
                text = between.configuration.watched_text
                again.configuration = again.configuration.with_value("watched_text", text)
                assert again.differences(between) == ()
                compared += 1
            assert watched.state.differences(before) == (), "looking back changes nothing"

    every_run()
    assert compared > 15


@pytest.mark.parametrize("every", [1, 4])
def test_the_very_step_that_was_kept_comes_back_whole_and_is_seen_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    keep_every(every, monkeypatch)
    session = session_of(tmp_path, dropout=0.3)
    then = [now(session).copy()]
    for _ in range(24):
        train(session, 1)
        then.append(now(session).copy())
    assert session._run is not None
    for step in session._run.kept.steps.tolist():
        session.apply(ComeBack())
        session.apply(LookAt(step))
        snapshot = session.snapshot()
        assert snapshot is not None
        assert snapshot.timeline.seen == snapshot.timeline.wanted == step
        assert {*seen(session).differences(then[step])} <= {"last_finite"}
        assert same_bits(session.seen_checkpoint(), then[step].checkpoint()), "a branch may begin"
        look_at(session, step)
        assert seen(session).differences(then[step]) == ()


@pytest.mark.parametrize("other", ["nothing", "optimizer", "best"])
def test_a_step_that_failed_right_after_a_state_was_kept_fails_again(
    tmp_path: Path, share: int, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    session = session_of(tmp_path, 12, validation_interval=4, dropout=0.3)
    if other == "optimizer":
        session.apply(Change("optimizer", "adam"))
    elif other == "best":
        session.apply(UseBest())
    with monkeypatch.context() as patched:
        patched.setattr("rnnviz.training.trainer.clip_gradients", one_that_fails)
        train(session, 1)
    assert (session.state, now(session).step) == (RunState.FAILED, 12)
    assert isinstance(now(session).journal.entries[-1], StepFailed)
    then = {12: now(session).copy()}
    while now(session).step < 16:
        train(session, 1)
        then[now(session).step] = now(session).copy()
    fails = FailsAt(12)
    monkeypatch.setattr("rnnviz.training.trainer.Trainer.step", fails.step)
    for step, state in reversed(then.items()):
        fails.has_failed = False
        session.apply(ComeBack())
        look_at(session, step)
        assert seen(session).differences(state) == ()


def one_that_fails(gradients: Array, mode: ClipMode, threshold: float) -> ClipReport:
    return clip_gradients(gradients, mode, threshold)._replace(norm_before=math.inf)


class FailsAt:
    """Lets the first try of the step after one fail, as it did."""

    def __init__(self, step: int) -> None:
        self.has_failed = False
        really = Trainer.step

        def failing(trainer: Trainer, *args: Any, **more: Any) -> Any:
            if trainer.step_count != step or self.has_failed:
                return really(trainer, *args, **more)
            self.has_failed = True
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr("rnnviz.training.trainer.clip_gradients", one_that_fails)
                return really(trainer, *args, **more)

        self.step = failing


def test_where_nothing_leads_to_a_kept_state_it_is_seen_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_every(KEEP_ALL, monkeypatch)
    session = session_of(tmp_path, 10)
    now(session).recover_from(ValueError("nobody expected it"))
    train(session, 4)
    assert session._run is not None
    kept = session._run.kept
    assert kept.steps.tolist() == [*range(15)]
    kept._let_go(11)
    assert look_at(session, 12).timeline.seen == 12
    assert seen(session).last_finite.is_lost
    assert look_at(session, 14).timeline.seen == 14
    assert seen(session).differences(now(session)) == (), "from the one before it"


def test_a_run_goes_on_while_its_past_is_seen(tmp_path: Path, share: int) -> None:
    session, alone = (session_of(tmp_path, 30, dropout=0.3) for _ in range(2))
    session.apply(LookAt(12))
    session.apply(Train(25))
    while session.state is RunState.RUNNING:
        if session.is_looking_back:
            session.look_further_back()
        snapshot = session.advance(look=True)
        assert snapshot is not None
        assert snapshot.window is not None
        assert snapshot.window.step == snapshot.timeline.seen
        assert snapshot.timeline.last == snapshot.step
    assert snapshot.timeline.seen == snapshot.timeline.wanted == 12
    assert snapshot.step == 55
    train(alone, 25)
    assert now(session).differences(now(alone)) == ()


def test_what_is_seen_of_a_step_is_what_was_seen_of_it(tmp_path: Path, share: int) -> None:
    session = session_of(tmp_path, 17)
    then = session.snapshot()
    train(session, 40)
    snapshot = look_at(session, 17)
    assert then is not None
    assert same_bits(snapshot.get(HIDDEN_STATE), then.get(HIDDEN_STATE))
    assert snapshot.is_of_past
    assert snapshot.remarks == ()
    session.apply(ComeBack())
    back = session.snapshot()
    assert back is not None
    assert not back.is_of_past
    assert back.window is not None
    assert back.window.step == back.step == 57


def test_the_nearest_state_is_there_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_every(KEEP_FIRST, monkeypatch)
    session = session_of(tmp_path, 30)
    session.apply(LookAt(20))
    first = session.snapshot()
    assert first is not None
    assert (first.timeline.seen, first.timeline.wanted) == (0, 20)
    assert session.is_looking_back
    session.apply(LookAt(20, exactly=False))
    assert not session.is_looking_back, "who drags is content with what is at hand"
    assert seen(session).step == 0


def test_it_goes_on_from_what_is_seen_where_that_is_nearer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_every(KEEP_FIRST, monkeypatch)
    session = session_of(tmp_path, 30)
    look_at(session, 20)
    session.apply(LookAt(21))
    assert seen(session).step == 20
    session.apply(LookAt(19))
    assert seen(session).step == 0


@pytest.mark.parametrize("command", [TakeStep(), UseBest(), Reset()])
def test_what_changes_the_network_is_seen(tmp_path: Path, command: Command) -> None:
    session = session_of(tmp_path, 30, validation_interval=5)
    look_at(session, 10)
    session.apply(command)
    snapshot = session.snapshot()
    assert snapshot is not None
    assert not snapshot.is_of_past


def test_a_run_that_is_taken_back_brings_its_past_along(tmp_path: Path, share: int) -> None:
    session = session_of(tmp_path, 30)
    session.apply(Reset())
    train(session, 3)
    session.apply(Undo())
    assert look_at(session, 20).timeline.seen == 20


def test_the_past_of_a_file_is_had_again_where_its_beginning_is_known(tmp_path: Path) -> None:
    session = session_of(tmp_path, 30)
    then = now(session).copy()
    train(session, 10)
    session.apply(Resume(session.checkpoint()))
    snapshot = look_at(session, 30)
    assert (snapshot.timeline.first, snapshot.timeline.seen) == (0, 30)
    assert seen(session).differences(then) == ()


@pytest.mark.parametrize(("step", "seen_step"), [(-5, 0), (31, 30), (10**30, 30)])
def test_a_step_that_is_none_is_the_nearest(tmp_path: Path, step: int, seen_step: int) -> None:
    session = session_of(tmp_path, 30)
    assert look_at(session, step).timeline.seen == seen_step


@pytest.mark.parametrize("step", [1.5, "3", None, True])
def test_what_is_no_step_is_refused(tmp_path: Path, step: Any) -> None:
    session = session_of(tmp_path, 3)
    with pytest.raises(RnnvizError, match="whole number"):
        session.apply(LookAt(step))


def test_after_a_fault_only_what_was_kept_is_known(tmp_path: Path, share: int) -> None:
    session = session_of(tmp_path, 10)
    now(session).recover_from(ValueError("nobody expected it"))
    train(session, 10)
    snapshot = look_at(session, 5)
    assert snapshot.timeline.seen == (5 if share == KEEP_ALL else 0)
    assert look_at(session, 15).timeline.seen is not None


def test_a_change_of_what_is_watched_is_seen_in_the_past_too(tmp_path: Path) -> None:
    session = session_of(tmp_path, 20)
    session.apply(Change("watched_text", "the fox"))
    window = look_at(session, 7).window
    assert window is not None
    assert window.is_watched_text
    assert "".join(window.tokens) == "the fo", "and its last character is what comes next"


def test_the_numbers_of_the_step_that_is_seen_are_those_that_it_had(
    tmp_path: Path, share: int
) -> None:
    session = session_of(tmp_path, 9)
    then = session.snapshot()
    train(session, 20)
    assert then is not None
    now = session.snapshot()
    assert now is not None
    assert now.seen == StepNumbers(29, now.epoch, now.smoothed_loss)
    session.apply(LookAt(9))
    near = session.snapshot()
    assert near is not None
    assert near.seen.step == near.timeline.seen, "on the way there they are of what is seen"
    snapshot = look_at(session, 9)
    assert snapshot.seen == StepNumbers(9, then.epoch, then.smoothed_loss)
    assert (snapshot.step, snapshot.smoothed_loss) == (29, now.smoothed_loss)
    session.apply(ComeBack())
    back = session.snapshot()
    assert back is not None
    assert back.seen == now.seen


def test_now_can_be_seen_beside_its_past(tmp_path: Path) -> None:
    session = session_of(tmp_path, 30)
    session.apply(LookAt(12, beside_now=True))
    while session.is_looking_back:
        session.look_further_back()
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.window is not None
    assert snapshot.window_of_now is not None
    assert (snapshot.window.step, snapshot.window_of_now.step) == (12, 30)
    session.apply(LookAt(12))
    alone = session.snapshot()
    assert alone is not None
    assert alone.window_of_now is None


def written(session: Session) -> TextView:
    snapshot = session.snapshot()
    assert snapshot is not None
    text = snapshot.get(TEXT)
    assert text is not None
    return text


def test_what_the_network_writes_now_can_be_read_beside_what_it_wrote_then(tmp_path: Path) -> None:
    session = session_of(tmp_path, 30)
    of_now = written(session).stream
    assert written(session).stream_of_now is None
    session.apply(LookAt(12, beside_now=True))
    while session.is_looking_back:
        session.look_further_back()
    both = written(session)
    assert both.stream_of_now is not None
    assert both.stream.length == both.stream_of_now.length == of_now.length
    assert both.stream.probabilities != both.stream_of_now.probabilities
    assert both.of_now.stream == both.stream_of_now
    first = both.stream_of_now
    session.apply(LookAt(11, beside_now=True))
    assert written(session).stream_of_now == first, "a film of the past leaves it alone"
    session.apply(Write(50))
    both = written(session)
    assert both.stream_of_now is not None
    assert (both.stream.length, both.stream_of_now.length) == (50, 50)
    session.apply(Train())
    session.advance(look=True)
    on = session.advance(look=True)
    assert on is not None
    text = on.get(TEXT)
    assert text is not None
    assert text.stream_of_now is not None
    assert text.stream_of_now.length > 50, "it writes on as the network learns"
    assert text.stream.length == 50
    session.apply(ComeBack())
    assert written(session).stream_of_now is None
