"""A run under command: every transition of the session's diagram."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Reading
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
    Undo,
    Watch,
    Write,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot
from rnnviz.training.state.bits import same_bits
from rnnviz.training.trainer import NonFiniteError, Trainer

from .helpers import own_text, text_gone


def begun(configuration: Configuration) -> Session:
    session = Session()
    session.apply(NewRun(configuration))
    return session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return begun(own_text(tmp_path))


def trainer_of(session: Session) -> Trainer:
    assert session.trainer is not None
    return session.trainer


def shown(session: Session) -> Snapshot:
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def steps(session: Session, count: int) -> None:
    for _ in range(count):
        session.advance(look=False)


def fail(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the next step fail, once."""
    trainer = trainer_of(session)

    def step(watched: frozenset[Diagnostic], *, noted: frozenset[Diagnostic]) -> None:
        monkeypatch.undo()
        raise NonFiniteError("Step 1: the loss is not finite.")

    monkeypatch.setattr(trainer, "step", step)


def test_before_the_first_run_there_is_nothing_to_see_to_save_or_to_do() -> None:
    session = Session()
    for command in (Train(), TakeStep(), Pause(), Reset(), Change("seed", 3), Write(5)):
        session.apply(command)
        session.advance(look=True)
        assert session.state is RunState.IDLE
    assert session.snapshot() is None
    assert session.trainer is None
    assert session.seconds_to_wait is None
    with pytest.raises(RnnvizError, match="nothing to save"):
        session.checkpoint()


def test_a_new_run_is_idle_and_shows_the_untrained_network(session: Session) -> None:
    snapshot = shown(session)
    assert (snapshot.state, snapshot.step) == (RunState.IDLE, 0)
    assert snapshot.run_id == session.run_id != Session().run_id
    assert snapshot.loss is None
    assert snapshot.window is not None
    assert HIDDEN_STATE in snapshot.window.measured
    assert GRADIENT_FLOW in snapshot.window.measured
    assert snapshot.get(TEXT) is not None
    assert len(snapshot.get(TEXT).stream.text) > 50
    assert [sample.step for sample in snapshot.get(TEXT).samples] == [0]


def test_idle_trains_pauses_and_trains_on(session: Session) -> None:
    assert session.seconds_to_wait is None
    session.advance(look=True)
    assert trainer_of(session).step_count == 0
    session.apply(Train())
    assert session.state is RunState.RUNNING
    assert session.seconds_to_wait == 0
    steps(session, 3)
    session.apply(Pause())
    assert session.state is RunState.PAUSED
    assert session.seconds_to_wait is None
    steps(session, 3)
    assert trainer_of(session).step_count == 3
    session.apply(Train())
    assert session.state is RunState.RUNNING
    steps(session, 2)
    assert trainer_of(session).step_count == 5


def test_a_run_that_was_asked_for_so_many_steps_finishes_and_can_train_on(
    session: Session,
) -> None:
    session.apply(Train(steps=4))
    steps(session, 10)
    assert session.state is RunState.FINISHED
    assert trainer_of(session).step_count == 4
    assert session.seconds_to_wait is None
    session.apply(Pause())
    assert session.state is RunState.FINISHED
    session.apply(Train(steps=2))
    steps(session, 10)
    assert (session.state, trainer_of(session).step_count) == (RunState.FINISHED, 6)
    session.apply(Train())
    steps(session, 10)
    assert (session.state, trainer_of(session).step_count) == (RunState.RUNNING, 16)


def test_steps_follow_each_other_for_a_while_and_end_where_training_does(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.apply(Train(steps=10))
    assert session.advance(look=False) is None
    assert trainer_of(session).step_count == 1
    picture = session.advance(look=True, until=math.inf)
    assert picture is not None
    assert trainer_of(session).step_count == 2, "what is looked at is one step"
    last = session.advance(look=False, until=math.inf)
    assert last is not None
    assert (last.state, last.step) == (RunState.FINISHED, 10)
    session.apply(Train())
    session.apply(SetSpeed(1e-3))
    assert session.advance(look=False, until=math.inf) is not None
    assert trainer_of(session).step_count == 11, "at a speed of its own each step is seen"
    session.apply(SetSpeed(None))
    fail(session, monkeypatch)
    last = session.advance(look=False, until=math.inf)
    assert last is not None
    assert (last.state, trainer_of(session).step_count) == (RunState.FAILED, 11)


def test_at_a_speed_one_step_is_done_when_it_is_due(session: Session) -> None:
    session.apply(SetSpeed(1e4))  # too fast for each to be seen
    session.apply(Train())
    session.advance(look=False, until=math.inf)
    assert trainer_of(session).step_count == 1


def test_training_without_a_number_of_steps_lifts_the_limit_of_a_running_one(
    session: Session,
) -> None:
    session.apply(Train(steps=4))
    steps(session, 2)
    session.apply(Train())
    steps(session, 10)
    assert (session.state, trainer_of(session).step_count) == (RunState.RUNNING, 12)


@pytest.mark.parametrize("number", [0, -1, True, 2.0, "3"])
def test_a_number_of_steps_that_is_none_is_refused(session: Session, number: int) -> None:
    with pytest.raises(RnnvizError, match="whole number"):
        session.apply(Train(steps=number))
    assert session.state is RunState.IDLE


def to_idle(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    pass


def to_running(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.apply(Train())
    steps(session, 3)


def to_paused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    to_running(session, monkeypatch)
    session.apply(Pause())


def to_finished(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.apply(Train(steps=3))
    steps(session, 3)


def to_failed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    to_running(session, monkeypatch)
    fail(session, monkeypatch)
    session.advance(look=False)


WAYS: dict[RunState, Callable[[Session, pytest.MonkeyPatch], None]] = {
    RunState.IDLE: to_idle,
    RunState.RUNNING: to_running,
    RunState.PAUSED: to_paused,
    RunState.FINISHED: to_finished,
    RunState.FAILED: to_failed,
}


@pytest.fixture(params=list(RunState), ids=lambda state: state.value)
def session_in_any_state(
    request: pytest.FixtureRequest, session: Session, monkeypatch: pytest.MonkeyPatch
) -> Session:
    WAYS[request.param](session, monkeypatch)
    assert session.state is request.param
    return session


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (Train(), RunState.RUNNING),
        (TakeStep(), RunState.PAUSED),
        (Reset(), RunState.IDLE),
    ],
)
def test_from_any_state_one_can_train_take_a_step_and_reset(
    session_in_any_state: Session, command: Command, state: RunState
) -> None:
    session = session_in_any_state
    done = trainer_of(session).step_count
    session.apply(command)
    assert session.state is state
    assert session.reason == ""
    expected = {Train(): done, TakeStep(): done + 1, Reset(): 0}[command]
    assert trainer_of(session).step_count == expected


def test_from_any_state_one_can_begin_a_variation_that_keeps_the_other_settings(
    session_in_any_state: Session,
) -> None:
    session = session_in_any_state
    run = session.run_id
    session.apply(Change("learning_rate", 0.25))
    session.apply(Restart((("hidden_size", 5), ("seed", 9))))
    assert (session.state, session.reason) == (RunState.IDLE, "")
    assert session.run_id != run
    snapshot = shown(session)
    configuration = snapshot.configuration
    assert (configuration.hidden_size, configuration.seed) == (5, 9)
    assert configuration.learning_rate == 0.25
    assert snapshot.step == 0
    session.apply(TakeStep())
    assert trainer_of(session).step_count == 1


def test_a_variation_of_the_text_reads_it_anew(session: Session) -> None:
    length = trainer_of(session).dataset.training_ids.size
    session.apply(Restart((("validation_fraction", 0.4),)))
    assert trainer_of(session).dataset.training_ids.size < 0.7 * length


@pytest.mark.parametrize(
    "changes",
    [
        (("hidden_size", 0),),
        (("hidden_size", 5), ("no such setting", 1)),
        (("text_file", "missing.txt"),),
        (("sequence_length", 2000),),
    ],
)
def test_a_variation_that_cannot_be_is_refused_and_the_old_run_stays(
    session: Session, changes: tuple[tuple[str, object], ...]
) -> None:
    session.apply(Train())
    steps(session, 5)
    before, trainer = session.checkpoint(), session.trainer
    with pytest.raises(RnnvizError):
        session.apply(Restart(changes))  # type: ignore[arg-type]
    assert session.trainer is trainer
    assert session.state is RunState.RUNNING
    assert same_bits(session.checkpoint(), before)


def test_from_any_state_one_can_begin_and_resume_another_run(
    session_in_any_state: Session, tmp_path: Path
) -> None:
    session = session_in_any_state
    runs = {session.run_id}
    saved = session.checkpoint()
    session.apply(NewRun(own_text(tmp_path, hidden_size=5)))
    runs.add(session.run_id)
    assert (session.state, session.reason) == (RunState.IDLE, "")
    assert shown(session).configuration.hidden_size == 5
    session.apply(Resume(saved))
    runs.add(session.run_id)
    assert (session.state, session.reason) == (RunState.PAUSED, "")
    assert len(runs) == 3
    assert same_bits(session.checkpoint(), saved)


@pytest.mark.parametrize(
    "command", [Change("learning_rate", 0.5), SetSpeed(5.0), Watch(frozenset()), Write(10)]
)
def test_other_commands_leave_the_state_as_it_is(
    session_in_any_state: Session, command: Command
) -> None:
    session = session_in_any_state
    before = session.state, session.reason, session.run_id
    session.apply(command)
    assert (session.state, session.reason, session.run_id) == before


def test_pause_stops_only_what_runs(session_in_any_state: Session) -> None:
    before = session_in_any_state.state
    session_in_any_state.apply(Pause())
    expected = RunState.PAUSED if before is RunState.RUNNING else before
    assert session_in_any_state.state is expected


def test_a_fault_of_the_program_pauses_what_runs_and_nothing_else(
    session_in_any_state: Session,
) -> None:
    before = session_in_any_state.state
    session_in_any_state.pause_after_fault()
    expected = RunState.PAUSED if before is RunState.RUNNING else before
    assert session_in_any_state.state is expected


def test_a_failed_run_says_why_until_it_trains_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_failed(session, monkeypatch)
    assert shown(session).reason == "Step 1: the loss is not finite."
    session.apply(Train())
    assert shown(session).reason == ""


def test_a_single_step_that_fails_ends_in_failed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(session, monkeypatch)
    session.apply(TakeStep())
    assert (session.state, bool(session.reason)) == (RunState.FAILED, True)


def test_a_single_step_is_looked_at(session: Session) -> None:
    session.apply(TakeStep())
    snapshot = shown(session)
    assert snapshot.window is not None
    assert (snapshot.step, snapshot.window.step) == (1, 1)


def test_a_restart_before_there_is_a_run_begins_one(tmp_path: Path) -> None:
    session = Session()
    configuration = own_text(tmp_path)
    session.apply(Restart(tuple(configuration.to_mapping().items())))
    assert shown(session).configuration == configuration
    session = Session()
    session.apply(Restart((("hidden_size", 5),)))
    assert shown(session).configuration == Configuration(hidden_size=5)


def test_reset_returns_to_the_same_weights_and_the_same_curve(session: Session) -> None:
    trainer = trainer_of(session)
    first = trainer.network.parameters.flat.copy()
    session.apply(Train())
    curve = []
    for _ in range(30):
        session.advance(look=False)
        curve.append(trainer.state.last_loss)
    run = session.run_id
    session.apply(Reset())
    trainer = trainer_of(session)
    assert trainer.network.parameters.flat.tobytes() == first.tobytes()
    assert shown(session).run_id != run
    assert shown(session).get(HISTORY).steps.size == 0  # type: ignore[union-attr]
    session.apply(Train())
    again = []
    for _ in range(30):
        session.advance(look=True)
        again.append(trainer.state.last_loss)
    assert again == curve


def test_reset_keeps_the_settings_as_they_are_now(session: Session) -> None:
    session.apply(Change("learning_rate", 0.25))
    session.apply(Change("sequence_length", 7))
    session.apply(Reset())
    configuration = shown(session).configuration
    assert (configuration.learning_rate, configuration.sequence_length) == (0.25, 7)


def test_a_run_that_a_reset_puts_away_gives_its_windows_buffers_back(session: Session) -> None:
    session.apply(TakeStep())
    put_away = trainer_of(session)
    shape = put_away.reader.shown_shape
    before = put_away.bptt.tape(*shape)
    session.apply(Reset())
    assert trainer_of(session) is not put_away
    assert put_away.bptt.tape(*shape) is not before
    session.apply(Undo())
    assert trainer_of(session) is put_away
    session.apply(TakeStep())
    assert shown(session).step == 2


def test_a_texts_notices_are_told_once_and_not_again_by_a_reset(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("caf\xe9 au lait, na\xefve \n".encode("latin-1") * 30)
    session = begun(own_text(tmp_path))
    assert len(session.notices) == 1
    session.apply(Reset())
    assert len(session.notices) == 1
    session.apply(NewRun(own_text(tmp_path)))
    assert len(session.notices) == 2


def bad_runs(path: Path) -> dict[str, Configuration]:
    (path / "short.txt").write_text("abcab", encoding="utf-8")
    (path / "empty.txt").write_text("", encoding="utf-8")
    (path / "one.txt").write_text("a" * 500, encoding="utf-8")
    (path / "text.txt").write_text("two words and more " * 40, encoding="utf-8")
    (path / "nothing").mkdir()
    names = ["short.txt", "empty.txt", "one.txt", "missing.txt", "nothing", "a\0b", "x" * 5000]
    runs = {name: own_text(path) for name in names}
    for name in runs:
        runs[name] = Configuration(corpus="file", text_file=str(path / name))
    runs["window longer than the text"] = own_text(path, sequence_length=2000)
    runs["more streams than the text has room for"] = own_text(path, batch_size=1024)
    runs["too large for the memory"] = Configuration(hidden_size=4096, dtype="float64")
    return runs


BAD = ["short.txt", "empty.txt", "one.txt", "missing.txt", "nothing", "a\0b", "x" * 5000]
BAD += ["window longer than the text", "more streams than the text has room for"]
BAD += ["too large for the memory"]


@pytest.mark.parametrize("name", BAD)
def test_a_run_that_cannot_begin_says_a_sentence_and_leaves_the_old_one_running(
    session: Session, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.apply(Train())
    steps(session, 5)
    before, trainer, run = session.checkpoint(), session.trainer, session.run_id
    configuration = bad_runs(tmp_path)[name]
    monkeypatch.setattr("rnnviz.training.memory_estimate._physical_memory", lambda: 10**9)
    with pytest.raises(RnnvizError) as caught:
        session.apply(NewRun(configuration))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert session.trainer is trainer
    assert (session.state, session.run_id) == (RunState.RUNNING, run)
    assert same_bits(session.checkpoint(), before)
    steps(session, 1)
    assert trainer_of(session).step_count == 6


def test_a_beginning_that_breaks_half_way_leaves_the_old_run(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, run = session.trainer, session.run_id

    def break_off(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Trainer, "observe", break_off)
    with pytest.raises(MemoryError):
        session.apply(NewRun(own_text(tmp_path, hidden_size=5)))
    assert session.trainer is trainer
    assert session.run_id == run


@pytest.mark.parametrize("batch_size", [1, 3])
def test_a_checkpoint_whose_text_is_gone_writes_and_is_looked_at_but_does_not_train(
    tmp_path: Path, batch_size: int
) -> None:
    source = begun(own_text(tmp_path, batch_size=batch_size))
    source.apply(Train())
    steps(source, 20)
    saved = text_gone(source.checkpoint(), tmp_path)
    session = Session()
    session.apply(Resume(saved))
    assert "gone.txt" in session.notices[-1]
    snapshot = shown(session)
    assert (snapshot.state, snapshot.step, snapshot.references) == (RunState.PAUSED, 20, ())
    assert snapshot.window is not None
    assert HIDDEN_STATE in snapshot.window.measured
    assert GRADIENT_FLOW in snapshot.window.measured
    assert len(snapshot.window.tokens) == 5
    assert snapshot.get(HISTORY) is not None
    assert snapshot.get(HISTORY).steps[-1] == 20
    session.apply(Write(50))
    assert shown(session).get(TEXT).stream.length == 50  # type: ignore[union-attr]
    for command in (Train(), TakeStep(), Reset(), Restart((("hidden_size", 5),))):
        with pytest.raises(RnnvizError, match=r"gone\.txt.* to train it further, put its text"):
            session.apply(command)
        assert session.state is RunState.PAUSED
    for change in (Change("sequence_length", 9), Change("temperature", 1.0)):
        session.apply(change)
    assert len(shown(session).window.tokens) == 9  # type: ignore[union-attr]


def test_looking_at_a_run_without_a_text_loses_nothing_of_its_checkpoint(tmp_path: Path) -> None:
    source = begun(own_text(tmp_path, batch_size=2))
    source.apply(Train())
    steps(source, 90)
    saved = text_gone(source.checkpoint(), tmp_path)
    session = Session()
    session.apply(Resume(saved))
    session.apply(Watch(frozenset()))
    session.apply(Watch(EVERYTHING))
    session.snapshot()
    assert saved.epoch > 0
    assert saved.position > 0
    assert same_bits(session.checkpoint(), saved)


@pytest.mark.parametrize("length", [-1, 2001, 10**9, True, 2.5, "5", None])
def test_a_text_of_an_impossible_length_is_refused(session: Session, length: int) -> None:
    before = shown(session).get(TEXT).stream
    with pytest.raises(RnnvizError, match="from 0 to 2,000 tokens"):
        session.apply(Write(length))
    assert shown(session).get(TEXT).stream == before


def test_a_changed_prompt_or_temperature_is_written_with_at_once(session: Session) -> None:
    before = shown(session).get(TEXT).stream
    session.apply(Change("prompt", "fox"))
    prompted = shown(session).get(TEXT).stream
    session.apply(Change("temperature", 0.0))
    cold = shown(session).get(TEXT).stream
    assert before is not None
    assert prompted is not None
    assert cold is not None
    assert prompted.prompt == cold.prompt == "fox"
    assert len({before.number, prompted.number, cold.number}) == 3
    assert prompted.text != cold.text
    assert len(cold.text) == len(before.text)


def test_while_running_a_prompt_begins_the_text_anew_and_a_temperature_does_not(
    session: Session,
) -> None:
    session.apply(Train())
    number = shown(session).get(TEXT).stream.number  # type: ignore[union-attr]
    session.apply(Change("temperature", 0.1))
    assert shown(session).get(TEXT).stream.number == number  # type: ignore[union-attr]
    session.apply(Change("prompt", "fox"))
    assert shown(session).get(TEXT).stream.number != number  # type: ignore[union-attr]


def test_progress_is_told_and_may_give_a_run_up(tmp_path: Path) -> None:
    class GivenUpError(Exception):
        pass

    told: list[float] = []

    def progress(fraction: float, what: str) -> None:
        told.append(fraction)
        if len(told) > 6:
            raise GivenUpError

    session = Session(Reading(progress))
    with pytest.raises(GivenUpError):
        session.apply(NewRun(own_text(tmp_path)))
    assert len(told) == 7
    assert session.trainer is None


@pytest.mark.parametrize("stop", [None, 7])
def test_a_run_that_rests_shows_the_step_that_it_reached(
    session: Session, stop: int | None
) -> None:
    session.apply(Train(stop))
    steps(session, 7)
    session.apply(Pause())
    window = shown(session).window
    assert window is not None
    assert window.step == 7


def test_a_change_that_ruins_the_run_comes_with_a_word_of_advice(session: Session) -> None:
    session.notices.clear()
    session.apply(Change("optimizer", "adam"))
    assert ["large for Adam" in notice for notice in session.notices] == [True]


def test_the_text_of_now_is_written_by_weights_of_the_later_half_of_the_run(
    session: Session,
) -> None:
    session.apply(Train())
    began, number = 0, -1
    for step in range(200):
        stream = shown(session).get(TEXT).stream
        assert stream is not None
        if stream.number != number:
            began, number = step, stream.number
            assert stream.length > 50, "there is something to read at once"
        assert step <= max(1, 2 * began)
        steps(session, 1)
    assert began >= 100


def test_what_stays_on_the_screen_was_written_by_the_weights_as_they_are(session: Session) -> None:
    session.apply(Train())
    steps(session, 9)
    before = shown(session).get(TEXT).stream
    session.apply(Pause())
    after = shown(session).get(TEXT).stream
    assert before is not None
    assert after is not None
    assert after.number == before.number + 1
    assert shown(session).get(TEXT).stream == after
