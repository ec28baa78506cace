"""What is undone and done again is what was there before, bit for bit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.commands import (
    Change,
    Command,
    LookAt,
    NewRun,
    Pause,
    Redo,
    Reset,
    Restart,
    Resume,
    TakeStep,
    Train,
    Undo,
    UseBest,
)
from rnnviz.training.configuration import SETTINGS, Configuration
from rnnviz.training.live_run import LiveRun
from rnnviz.training.past.marks import marks_of
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.undo.stack import MOST_CHANGES, MOST_RUNS
from rnnviz.training.undo.view import Done, Undoable, UndoView

from ..helpers import flat_arrays, own_text
from ..watched_runs import USUAL


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = Session()
    session.apply(NewRun(own_text(tmp_path, 300, validation_interval=3)))
    return session


def state_of(session: Session) -> TrainingState:
    assert session.trainer is not None
    return session.trainer.state


def view_of(session: Session) -> UndoView:
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot.undo


def train(session: Session, steps: int) -> None:
    session.apply(Train(steps))
    while session.state is RunState.RUNNING:
        session.advance(look=False)


def trained(configuration: Configuration) -> dict[str, object]:
    """Return the settings that training depends on."""
    values = configuration.to_mapping()
    return {name: value for name, value in values.items() if not SETTINGS[name].only_looks}


def undo_all(session: Session, command: Command) -> list[dict[str, object]]:
    """Undo, or do again, until that is refused; return the settings after each time."""
    seen = []
    while True:
        view = session._undo.view()
        if (view.to_undo if isinstance(command, Undo) else view.to_redo) is None:
            with pytest.raises(RnnvizError, match=r"^There is nothing to (un|re)do\.$"):
                session.apply(command)
            return seen
        session.apply(command)
        seen.append(trained(state_of(session).configuration))


def any_value(dice: random.Random, name: str) -> Any:
    setting = SETTINGS[name]
    if setting.choices:
        return dice.choice(sorted(setting.choices))
    if name in USUAL:
        return dice.choice(USUAL[name])
    if setting.kind is str:
        return dice.choice(["", "the fox"])
    value = dice.uniform(setting.minimum or 0.0, setting.maximum or 0.0)
    return round(value) if setting.kind is int else value


LIVE = [name for name, setting in SETTINGS.items() if setting.live]


def any_change(dice: random.Random) -> Change:
    name = dice.choice(LIVE)
    return Change(name, any_value(dice, name))


# -- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_100_changes_undone_and_done_again_are_the_same_settings(
    session: Session, seed: int
) -> None:
    dice = random.Random(seed)
    steps = [trained(state_of(session).configuration)]
    changes = 0
    while changes < 100:
        try:
            session.apply(any_change(dice))
        except RnnvizError:
            continue
        changes += 1
        now = trained(state_of(session).configuration)
        if now != steps[-1]:
            steps.append(now)
        if dice.random() < 0.1:
            session.apply(TakeStep())
    assert len(steps) > 40
    assert undo_all(session, Undo()) == steps[-2::-1]
    assert undo_all(session, Redo()) == steps[1:]


def drag(session: Session, name: str, *values: float) -> None:
    for number, value in enumerate(values):
        session.apply(Change(name, value, goes_on=number > 0))


def test_a_slider_that_is_dragged_is_undone_at_once_however_slowly_it_was(
    session: Session,
) -> None:
    before = trained(state_of(session).configuration)
    for number, value in enumerate((0.2, 0.3, 0.4, 0.5)):
        session.apply(Change("learning_rate", value, goes_on=number > 0))
        train(session, 3)
    session.apply(Change("learning_rate", 0.6))
    session.apply(Change("dropout", 0.1))
    session.apply(Change("learning_rate", 0.7, goes_on=True))
    seen = [values["learning_rate"] for values in undo_all(session, Undo())]
    assert seen == [0.6, 0.6, 0.5, before["learning_rate"]]


def test_what_ends_where_it_began_was_no_change(session: Session) -> None:
    first = state_of(session).configuration.learning_rate
    session.apply(Change("learning_rate", 0.3))
    drag(session, "learning_rate", 0.4, 0.3, 0.3)
    assert view_of(session).to_undo == Undoable("setting", "learning_rate", first)
    session.apply(Change("learning_rate", 0.5))
    seen = [values["learning_rate"] for values in undo_all(session, Undo())]
    assert seen == [0.3, first], "the drag is none, and no part of the change before it"


def test_a_drag_over_the_value_that_it_began_with_is_one_change(session: Session) -> None:
    first = state_of(session).configuration.learning_rate
    session.apply(Change("learning_rate", 0.3))
    drag(session, "learning_rate", 0.4, 0.3, 0.2)
    seen = [values["learning_rate"] for values in undo_all(session, Undo())]
    assert seen == [0.3, first]


def test_what_goes_on_with_a_change_that_was_refused_goes_on_with_none(session: Session) -> None:
    first = state_of(session).configuration.learning_rate
    session.apply(Change("learning_rate", 0.3))
    with pytest.raises(RnnvizError):
        session.apply(Change("learning_rate", -1.0))
    session.apply(Change("learning_rate", 0.4, goes_on=True))
    seen = [values["learning_rate"] for values in undo_all(session, Undo())]
    assert seen == [0.3, first]


def test_a_drag_is_one_mark_on_the_timeline_and_the_journal_knows_each_value(
    session: Session,
) -> None:
    train(session, 2)
    for number, value in enumerate((0.2, 0.3, 0.4)):
        session.apply(Change("learning_rate", value, goes_on=number > 0))
        train(session, 3)
    session.apply(Undo())
    journal = state_of(session).journal
    assert [(entry.step, entry.value) for entry in journal.entries] == [  # type: ignore[union-attr]
        (2, 0.2), (5, 0.3), (8, 0.4), (11, Configuration().learning_rate)
    ]  # fmt: skip
    marks = [mark for mark in marks_of(state_of(session)) if mark.kind == "setting"]
    assert [(mark.since, mark.step, mark.value) for mark in marks] == [
        (2, 8, 0.4), (None, 11, Configuration().learning_rate)
    ]  # fmt: skip


def test_what_is_changed_right_after_an_undo_is_a_change_of_its_own(session: Session) -> None:
    first = state_of(session).configuration.learning_rate
    session.apply(Change("learning_rate", 0.3))
    session.apply(Change("learning_rate", 0.4))
    session.apply(Undo())
    session.apply(Change("learning_rate", 0.5, goes_on=True))
    seen = [values["learning_rate"] for values in undo_all(session, Undo())]
    assert seen == [0.3, first]


def test_what_is_changed_right_after_a_reset_is_a_change_of_its_own(session: Session) -> None:
    first = state_of(session).configuration.learning_rate
    train(session, 2)
    session.apply(Change("learning_rate", 0.3))
    session.apply(Reset())
    session.apply(Change("learning_rate", 0.4, goes_on=True))
    seen = [values["learning_rate"] for values in undo_all(session, Undo())]
    assert seen == [0.3, 0.3, first]


def test_a_new_change_empties_what_could_be_done_again(session: Session) -> None:
    session.apply(Change("learning_rate", 0.3))
    session.apply(Undo())
    session.apply(Change("learning_rate", state_of(session).configuration.learning_rate))
    assert view_of(session).to_redo == Undoable("setting", "learning_rate", 0.3), "no change"
    train(session, 3)
    session.apply(UseBest())
    assert view_of(session).to_redo is not None, "training changes no setting"
    session.apply(Change("dropout", 0.2))
    assert view_of(session).to_redo is None
    with pytest.raises(RnnvizError, match="nothing to redo"):
        session.apply(Redo())


@pytest.mark.parametrize("name", [name for name in LIVE if SETTINGS[name].only_looks])
def test_what_only_looks_is_not_undone(session: Session, name: str) -> None:
    session.apply(Change("learning_rate", 0.3))
    session.apply(Undo())
    value: Any = "the fox" if SETTINGS[name].kind is str else 2
    session.apply(Change(name, value))
    view = view_of(session)
    assert (view.to_undo, view.to_redo) == (None, Undoable("setting", "learning_rate", 0.3))
    assert getattr(state_of(session).configuration, name) == value


def test_an_undone_setting_stands_in_the_journal_like_any_change(session: Session) -> None:
    first = state_of(session).configuration.learning_rate
    train(session, 2)
    session.apply(Change("learning_rate", 0.3))
    train(session, 2)
    session.apply(Undo())
    noted = [(entry.step, entry.value) for entry in state_of(session).journal.entries]  # type: ignore[union-attr]
    assert noted == [(2, 0.3), (4, first)]


def test_training_goes_on_while_a_setting_is_undone(session: Session) -> None:
    session.apply(Train())
    session.advance(look=False)
    session.apply(Change("learning_rate", 0.3))
    session.apply(Undo())
    session.advance(look=False)
    assert (session.state, state_of(session).step) == (RunState.RUNNING, 2)


def test_an_undo_that_cannot_be_done_is_refused_and_stays_to_be_done(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(session).configuration.sequence_length
    session.apply(Change("sequence_length", 2))
    view = view_of(session)
    with monkeypatch.context() as patch:
        patch.setattr("rnnviz.training.memory_estimate._physical_memory", lambda: 1)
        with pytest.raises(RnnvizError):
            session.apply(Undo())
        assert view_of(session) == view
        assert state_of(session).configuration.sequence_length == 2
    session.apply(Undo())
    assert state_of(session).configuration.sequence_length == before


def test_no_more_changes_are_kept_than_a_person_makes(session: Session) -> None:
    for number in range(MOST_CHANGES + 7):
        session.apply(Change("learning_rate", 0.5 + (number % 2) / 10))
    assert len(undo_all(session, Undo())) == MOST_CHANGES


# -- runs ---------------------------------------------------------------------------------------

STRUCTURES: list[tuple[tuple[str, Any], ...]] = [
    (("hidden_size", 3),),
    (("seed", 8), ("activation", "relu")),
    (("cell", "lstm"),),
    (("cell", "gru"), ("num_layers", 2)),
    (("learning_rate", 0.2),),
    (("corpus", "temporal-order"),),
    (("corpus", "file"),),
    (("level", "word"),),
    (),
]


class Model:
    """What undoing and doing again are to bring back, kept by copying everything."""

    def __init__(self, session: Session) -> None:
        self.session = session
        # Each is the settings before a change, or the whole run before another began.
        self.undo: list[dict[str, object] | TrainingState] = []
        self.redo: list[dict[str, object] | TrainingState] = []
        self.met: set[str] = set()

    def apply(self, command: Command) -> None:
        before, run_id = state_of(self.session).copy(), self.session.run_id
        try:
            self.session.apply(command)
        except RnnvizError:
            assert state_of(self.session).differences(before) == ()
            return
        while self.session.state is RunState.RUNNING:
            self.session.advance(look=False)
        if isinstance(command, Undo | Redo):
            self._check(command, before, run_id)
            return
        now = state_of(self.session)
        if self.session.run_id != run_id:
            changed = trained(now.configuration) != trained(before.configuration)
            if before.step or changed:
                self.undo.append(before)
                self.redo.clear()
        elif trained(now.configuration) != trained(before.configuration):
            self.undo.append(trained(before.configuration))
            self.redo.clear()

    def _check(self, command: Command, before: TrainingState, run_id: str) -> None:
        again = isinstance(command, Redo)
        source, target = (self.redo, self.undo) if again else (self.undo, self.redo)
        wanted, now = source.pop(), state_of(self.session)
        if isinstance(wanted, TrainingState):
            assert now.differences(wanted) == ()
            assert self.session.run_id != run_id
            assert self.session.state is (RunState.PAUSED if now.step else RunState.IDLE)
            target.append(before)
        else:
            assert trained(now.configuration) == wanted
            assert self.session.run_id == run_id
            target.append(trained(before.configuration))
        kind = "run" if isinstance(wanted, TrainingState) else "setting"
        self.met.add(f"{kind} {'again' if again else 'undone'}")


def any_command(dice: random.Random, runs_left: int) -> Command:
    kinds: list[tuple[int, Command]] = [
        (6, any_change(dice)),
        (3, Train(dice.randrange(1, 6))),
        (1, TakeStep()),
        (1, UseBest()),
        (1, LookAt(dice.randrange(9))),
        (5, Undo()),
        (4, Redo()),
        (2 if runs_left else 0, Reset()),
        (3 if runs_left else 0, Restart(dice.choice(STRUCTURES))),
    ]
    weights, commands = zip(*kinds, strict=True)
    return dice.choices(commands, weights)[0]


def is_at_liberty(session: Session) -> int:
    """Return how many more runs can be put away with none let go."""
    return MOST_RUNS - len([one for one in session._undo.view().put_away if one.undos])


def test_any_changes_undone_and_done_again_bring_back_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnviz.training.text_generator.SAMPLE_LENGTH", 8)
    monkeypatch.setattr("rnnviz.training.text_generator._FIRST_STREAM", 4)
    met: set[str] = set()
    for seed in range(40):
        dice = random.Random(seed)
        session = Session()
        # What is watched stays as it is when a run comes back: here it is the same in all.
        configuration = own_text(tmp_path, 300, validation_interval=3, dropout=0.3, num_layers=2)
        session.apply(NewRun(configuration))
        model = Model(session)
        for _ in range(40):
            command = any_command(dice, is_at_liberty(session))
            if isinstance(command, Change) and command.name == "watched_text":
                continue
            try:
                model.apply(command)
            except BaseException as error:
                error.add_note(f"sequence {seed}, {command}")
                raise
        while model.undo:
            model.apply(Undo())
        while model.redo:
            model.apply(Redo())
        assert view_of(session).to_redo is None
        met |= model.met
    assert met == {"run undone", "run again", "setting undone", "setting again"}


def test_a_run_that_came_back_goes_on_as_if_it_had_never_been_away(
    session: Session, tmp_path: Path
) -> None:
    train(session, 7)
    run_id = session.run_id
    session.apply(Restart((("cell", "lstm"), ("hidden_size", 6))))
    train(session, 5)
    session.apply(Undo())
    assert session.run_id == run_id
    train(session, 6)
    alone = Session()
    alone.apply(NewRun(own_text(tmp_path, 300, validation_interval=3)))
    train(alone, 7)
    train(alone, 6)
    assert state_of(session).differences(state_of(alone)) == ()


def test_what_was_trained_since_is_put_away_and_done_again(session: Session) -> None:
    train(session, 4)
    session.apply(Reset())
    train(session, 9)
    session.apply(Undo())
    train(session, 2)
    session.apply(Redo())
    assert state_of(session).step == 9
    session.apply(Undo())
    assert state_of(session).step == 6


def test_the_view_says_what_there_is(session: Session) -> None:
    assert view_of(session) == UndoView()
    train(session, 4)
    first = session.run_id
    session.apply(Restart((("hidden_size", 3),)))
    second = session.run_id
    train(session, 2)
    session.apply(Reset())
    session.apply(Change("learning_rate", 0.3))
    view = view_of(session)
    rate = Configuration().learning_rate
    assert (view.to_undo, view.to_redo) == (Undoable("setting", "learning_rate", rate), None)
    away = [
        (one.run_id, one.first_step, one.step, one.undos, one.by_reset) for one in view.put_away
    ]
    assert away == [(second, 0, 2, 2, True), (first, 0, 4, 3, False)]
    for number in (1, 2, 3):
        assert view.to_undo is not None
        next_one = view.to_undo
        session.apply(Undo())
        view = view_of(session)
        assert view.last == Done(number, next_one, again=False)
    assert next_one == Undoable("new run", "hidden_size", 8)
    assert (view.to_undo, view.to_redo) == (None, Undoable("new run", "hidden_size", 3))
    assert [one.undos for one in view.put_away] == [0, 0]
    session.apply(Redo())
    assert view_of(session).last == Done(4, Undoable("new run", "hidden_size", 3), again=True)


@pytest.mark.parametrize("command", [Reset(), Restart(()), Restart((("temperature", 2.0),))])
def test_a_beginning_that_changes_nothing_ends_no_run(session: Session, command: Command) -> None:
    train(session, 4)
    session.apply(Reset())
    session.apply(command)
    session.apply(command)
    session.apply(Undo())
    assert state_of(session).step == 4
    assert view_of(session).to_undo is None


def test_of_many_runs_the_last_ones_come_back(session: Session) -> None:
    for steps in range(1, 7):
        session.apply(Change("learning_rate", steps / 10))
        train(session, steps)
        session.apply(Reset())
    assert len(view_of(session).put_away) == MOST_RUNS
    undo_all(session, Undo())
    # The changes of the oldest one that is kept are undone as well.
    assert state_of(session).step == 4
    assert state_of(session).configuration.learning_rate == 0.3
    assert len(view_of(session).put_away) == MOST_RUNS


@pytest.mark.parametrize(("most_bytes", "count"), [(0, 1), (1, 1), (2, 2), (3, 3), (9, 3)])
def test_of_large_runs_fewer_come_back_but_always_the_last(
    session: Session, monkeypatch: pytest.MonkeyPatch, most_bytes: int, count: int
) -> None:
    monkeypatch.setattr(LiveRun, "num_bytes", property(lambda _: 1))
    monkeypatch.setattr("rnnviz.training.undo.stack.MOST_BYTES", most_bytes)
    for _ in range(4):
        train(session, 1)
        session.apply(Reset())
    assert len(view_of(session).put_away) == count


def test_a_text_takes_memory_where_only_runs_that_are_put_away_read_it(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "digits.txt").write_text("0123456789 " * 60, encoding="utf-8")
    monkeypatch.setattr(LiveRun, "num_bytes", property(lambda _: 0))
    monkeypatch.setattr("rnnviz.training.undo.stack.MOST_BYTES", 100)
    for _ in range(2):
        train(session, 1)
        session.apply(Reset())
    assert len(view_of(session).put_away) == 2
    train(session, 1)
    session.apply(Restart((("text_file", str(tmp_path / "digits.txt")),)))
    assert len(view_of(session).put_away) == 1


def test_a_run_knows_about_how_much_memory_it_takes(session: Session) -> None:
    train(session, 3)
    assert session._run is not None
    state = session._run.trainer.state
    arrays = flat_arrays([state.checkpoint().parameters, state.checkpoint().slots])
    assert session._run.num_bytes > sum(array.nbytes for array in arrays)


@pytest.mark.parametrize("kind", ["new", "resumed"])
def test_another_beginning_empties_everything(session: Session, kind: str) -> None:
    session.apply(Change("learning_rate", 0.3))
    train(session, 2)
    session.apply(Reset())
    session.apply(Change("learning_rate", 0.4))
    session.apply(Undo())
    if kind == "new":
        session.apply(NewRun(state_of(session).configuration))
    else:
        session.apply(Resume(session.checkpoint()))
    assert view_of(session) == UndoView()


def test_a_run_that_is_put_away_keeps_a_third_of_its_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnviz.training.past.kept_states._SHARE", 1.0)
    session = Session()
    session.apply(NewRun(own_text(tmp_path, 300, hidden_size=60, past_memory=3)))
    train(session, 200)
    assert session._run is not None
    kept = session._run.kept
    assert 2_500_000 < kept.num_bytes <= 3_000_000
    last = int(kept.steps[-1])
    session.apply(Reset())
    assert 500_000 < kept.num_bytes <= 1_000_000
    assert (int(kept.steps[0]), int(kept.steps[-1])) == (0, last)
    session.apply(Undo())
    train(session, 200)
    assert 2_500_000 < kept.num_bytes <= 3_000_000


def test_a_past_that_has_no_room_is_not_called_too_large_when_it_is_back(session: Session) -> None:
    session.apply(Change("past_memory", 2))
    train(session, 3)
    session.apply(Reset())
    session.apply(Undo())
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.timeline.memory_needed == 0
    assert snapshot.timeline.kept[0] == 0


def test_the_present_is_seen_of_a_run_that_comes_back(session: Session) -> None:
    train(session, 6)
    session.apply(LookAt(2))
    session.apply(Reset())
    train(session, 3)
    session.apply(LookAt(1))
    for command, step in ((Undo(), 6), (Redo(), 3)):
        session.apply(command)
        snapshot = session.snapshot()
        assert snapshot is not None
        assert not snapshot.is_of_past
        assert snapshot.window is not None
        assert snapshot.window.step == snapshot.step == step


def test_a_run_that_failed_comes_back_at_rest(tmp_path: Path) -> None:
    session = Session()
    overflowing = {"activation": "relu", "initialization": "orthogonal", "clip_mode": "none"}
    settings: dict[str, Any] = {**overflowing, "initialization_gain": 10.0, "sequence_length": 50}
    session.apply(NewRun(own_text(tmp_path, 300, **settings)))
    train(session, 50)
    assert session.state is RunState.FAILED
    before = state_of(session).copy()
    session.apply(Restart((("activation", "tanh"),)))
    session.apply(Undo())
    assert (session.state, session.reason) == (RunState.PAUSED, "")
    assert state_of(session).differences(before) == ()


def test_of_another_text_what_is_watched_is_kept_whole_or_let_go(tmp_path: Path) -> None:
    (tmp_path / "digits.txt").write_text("0123456789 " * 60, encoding="utf-8")
    session = Session()
    session.apply(NewRun(own_text(tmp_path, 300)))
    session.apply(Restart((("text_file", str(tmp_path / "digits.txt")),)))
    session.apply(Change("watched_text", "12 34"))
    session.apply(Undo())
    assert state_of(session).configuration.watched_text == ""
    assert session.notices.pop().endswith("The watched text is let go.")
    session.apply(Change("watched_text", "  "))
    session.apply(Redo())
    assert state_of(session).configuration.watched_text == "  "


def test_without_a_run_there_is_nothing_to_undo() -> None:
    session = Session()
    for command in (Undo(), Redo(), Pause()):
        session.apply(command)
    assert session.snapshot() is None
    session.apply(Restart((("hidden_size", 3),)))
    assert view_of(session) == UndoView(), "the first run ended none"
