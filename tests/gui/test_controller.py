"""What is decided about a run: without a window, a process or a widget."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnviz.data.sources import SOURCES
from rnnviz.data.text.source import OWN
from rnnviz.gui.style.sign import SIGNS
from rnnviz.runs.messages import (
    Autosaved,
    CheckFile,
    OpenModel,
    Recover,
    Request,
    SaveModel,
)
from rnnviz.training.claims.watch import Way
from rnnviz.training.commands import (
    NewRun,
    Pause,
    Redo,
    Reset,
    Restart,
    TakeStep,
    Train,
    Undo,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import RunState, Snapshot
from rnnviz.training.undo.view import Done, PutAway, Undoable, UndoView

from .desk import Desk, FakePlayer

# -- before anything is lost --------------------------------------------------------------------


def test_nothing_is_asked_where_nothing_was_trained(desk: Desk) -> None:
    desk.control.begin_default()
    assert desk.posted() == [NewRun(Configuration())]
    assert not desk.view.said


BEGINNINGS: dict[str, Callable[[Desk], None]] = {
    "A new run": lambda desk: desk.control.begin_default(),
    "Another seed": lambda desk: desk.control.choose_new_seed(),
    'The preset "min-char-rnn': lambda desk: desk.control.choose_preset("min-char-rnn"),
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_what_ends_a_trained_run_asks_first(desk: Desk, name: str) -> None:
    desk.show(step=3, state=RunState.PAUSED)
    BEGINNINGS[name](desk)
    assert desk.view.question.startswith(name)
    assert "its training is not saved" in desk.view.question
    desk.answer("Keep this run")
    assert not desk.posted()
    desk.answer("Go ahead without saving")
    (request,) = desk.posted()
    assert isinstance(request, NewRun | Restart)


def test_saved_first_it_begins_once_it_is_saved(desk: Desk, tmp_path: Path) -> None:
    desk.show(step=3)
    desk.view.chosen = tmp_path / "kept"
    desk.control.begin_default()
    desk.answer("Save")
    path = tmp_path / "kept.rnnviz"
    assert desk.posted() == [SaveModel(path)]
    desk.control.heard_saved(desk.run, str(path), 3)
    assert desk.posted() == [NewRun(Configuration())]
    assert (desk.view.name, desk.view.remembered) == ("kept.rnnviz", [path])


def test_a_saving_that_was_refused_or_given_up_lets_nothing_follow(
    desk: Desk, tmp_path: Path
) -> None:
    desk.show(step=3)
    desk.control.ask_first("A new run", lambda: desk.run.thread.client.posted.append(Pause()))
    desk.answer("Save")
    assert not desk.posted(), "nobody said where"
    desk.view.chosen = tmp_path / "model.rnnviz"
    desk.answer("Save")
    desk.control.heard_refused(desk.run, "The disk is full.")
    desk.posted()
    desk.control.heard_saved(desk.run, str(tmp_path / "model.rnnviz"), 3)
    assert not desk.posted()
    assert "The disk is full." in desk.view.said


def test_what_a_file_holds_is_not_called_lost(desk: Desk, tmp_path: Path) -> None:
    desk.show(step=3)
    desk.control.heard_saved(desk.run, str(tmp_path / "model.rnnviz"), 3)
    desk.control.choose_new_seed()
    assert isinstance(desk.posted()[0], Restart)
    desk.show(step=4)
    desk.control.choose_new_seed()
    assert "what came after step 3 is not saved" in desk.view.question


def test_what_came_while_a_file_was_written_is_not_called_saved(desk: Desk, tmp_path: Path) -> None:
    desk.show(step=500)
    desk.control.heard_saved(desk.run, str(tmp_path / "model.rnnviz"), 300)
    desk.control.choose_new_seed()
    assert "what came after step 300 is not saved" in desk.view.question


def test_an_edited_structure_begins_at_once_or_asks_in_its_own_place(desk: Desk) -> None:
    desk.view.draft = {"hidden_size": 9}
    desk.control.structure_edited(desk.view.draft)
    assert desk.posted() == [Restart((("hidden_size", 9),))]
    desk.show(step=1)
    desk.control.structure_edited({"hidden_size": 9})
    assert desk.view.asks_about_draft
    assert not desk.posted()
    desk.control.structure_edited({})
    assert not desk.posted()


# -- files --------------------------------------------------------------------------------------


def test_a_file_is_checked_before_a_question_is_asked_about_it(desk: Desk, tmp_path: Path) -> None:
    model, text = tmp_path / "model.rnnviz", tmp_path / "own.txt"
    desk.show(step=3)
    desk.control.open_file(text)
    desk.control.open_file(model)
    assert desk.posted() == [CheckFile(text), CheckFile(model)]
    desk.control.heard_usable(desk.run, str(text))
    assert not desk.view.question, "another one was asked for since"
    desk.control.heard_usable(desk.run, str(model))
    assert desk.view.question.startswith("Opening model.rnnviz ends this run")
    desk.answer("Go ahead without saving")
    assert desk.posted() == [OpenModel(model)]


def test_a_text_is_another_corpus_for_the_same_settings(desk: Desk, tmp_path: Path) -> None:
    desk.view.chosen = tmp_path / "own.txt"
    desk.rivals.ask_what_to_open()
    changes = {"corpus": "file", "text_file": str(tmp_path / "own.txt"), "encoding": "automatic"}
    assert desk.posted() == [Restart(tuple(changes.items()))]


def test_a_file_is_read_as_what_it_was_chosen_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "moves", dataclasses.replace(OWN, name="moves"))
    desk.view.chosen = tmp_path / "own.txt"
    desk.rivals.ask_what_to_open("moves")
    desk.show(step=3)
    desk.rivals.ask_what_to_open("moves")
    desk.control.heard_usable(desk.run, str(desk.view.chosen))
    desk.answer("Go ahead without saving")
    changes = {"corpus": "moves", "text_file": str(desk.view.chosen), "encoding": "automatic"}
    again = Restart(tuple(changes.items()))
    assert desk.posted() == [again, CheckFile(desk.view.chosen), again]


def test_a_file_to_begin_with_comes_after_the_first_run(desk: Desk, tmp_path: Path) -> None:
    desk.control.open_when_begun(tmp_path / "model.rnnviz")
    assert not desk.posted()
    desk.control.heard_begun(desk.run, "")
    assert desk.posted() == [OpenModel(tmp_path / "model.rnnviz")]
    desk.control.heard_begun(desk.run, str(tmp_path / "model.rnnviz"))
    assert not desk.posted()
    assert desk.view.name == "model.rnnviz"


# -- reset and back -----------------------------------------------------------------------------


def test_a_reset_offers_its_own_undoing(desk: Desk) -> None:
    desk.training.reset()
    assert desk.posted() == [Reset()]
    assert not desk.view.said, "there was nothing to lose"
    before = desk.show(step=3)
    desk.training.reset()
    desk.show_reset()
    desk.posted()
    desk.answer("Undo reset")
    assert desk.posted() == [Undo()]
    desk.show_undone(before)
    assert desk.run.file.is_behind, "it is no more saved than it was"
    desk.control.undo_reset()
    desk.control.undo()
    assert not desk.posted()


@pytest.mark.parametrize("is_pictured", [True, False])
def test_a_reset_is_undone_before_anything_of_it_was_seen(
    desk: Desk, tmp_path: Path, is_pictured: bool
) -> None:
    """Whether or not a picture of the reset still comes before that of the run taken back."""
    before = desk.show(step=30)
    desk.control.heard_saved(desk.run, str(tmp_path / "model.rnnviz"), 20)
    desk.training.reset()
    desk.answer("Undo reset")
    desk.control.undo_reset()
    assert desk.posted() == [Reset(), Undo()]
    if is_pictured:
        desk.show_reset()
    desk.show_undone(before, step=31)
    desk.control.choose_new_seed()
    assert "what came after step 20 is not saved" in desk.view.question


def test_what_a_reset_is_about_to_put_away_is_saved_too(desk: Desk, tmp_path: Path) -> None:
    desk.show(step=30)
    desk.training.reset()
    desk.control.begin_default()
    desk.view.chosen = tmp_path / "kept.rnnviz"
    desk.answer("Save")
    assert desk.posted() == [Reset(), Undo(), SaveModel(tmp_path / "kept.rnnviz")]


def test_what_a_reset_put_away_is_taken_back_to_be_saved(desk: Desk, tmp_path: Path) -> None:
    before = desk.show(step=3)
    desk.show_reset()
    desk.control.begin_default()
    assert "the training before the reset is not saved" in desk.view.question
    path = desk.view.chosen = tmp_path / "kept.rnnviz"
    desk.answer("Save")
    assert desk.posted() == [Undo(), SaveModel(path)]
    # That it is saved may be heard before it is seen again.
    desk.control.heard_saved(desk.run, str(path), 3)
    desk.show_undone(before)
    assert (desk.run.file.path, desk.run.file.is_behind) == (path, False)


def test_what_was_changed_since_a_reset_is_undone_with_it_where_the_reset_is_meant(
    desk: Desk,
) -> None:
    desk.show(step=3)
    desk.training.reset()
    snapshot = desk.show_reset()
    (away,) = snapshot.undo.put_away
    desk.show(
        undo=UndoView(
            Undoable("setting", "learning_rate", 0.1),
            put_away=(dataclasses.replace(away, undos=2),),
        )
    )
    desk.posted()
    desk.control.undo()
    assert desk.posted() == [Undo()]
    desk.answer("Undo reset")
    assert desk.posted() == [Undo(), Undo()]


# -- undo and redo ------------------------------------------------------------------------------


def test_only_what_can_be_undone_is(desk: Desk) -> None:
    desk.control.undo()
    desk.control.redo()
    assert not desk.posted()
    rate = Undoable("setting", "learning_rate", 0.1)
    desk.show(undo=UndoView(to_undo=rate))
    desk.control.redo()
    desk.control.undo()
    assert desk.posted() == [Undo()]
    desk.show(undo=UndoView(to_redo=rate))
    desk.control.undo()
    desk.control.redo()
    assert desk.posted() == [Redo()]


def test_what_came_back_is_said_once_and_shown_at_once(desk: Desk) -> None:
    done = Done(1, Undoable("setting", "learning_rate", 0.25), again=False)
    configuration = Configuration(learning_rate=0.25)
    desk.show(undo=UndoView(last=done), configuration=configuration)
    for _ in range(2):
        desk.control.tell_done(desk.run)
    assert desk.view.said == ["Learning rate: 0.25 again."]
    assert desk.view.shown_at_once == [("learning_rate", 0.25)]
    desk.show(undo=UndoView(last=dataclasses.replace(done, number=2)))
    desk.control.tell_done(desk.run)
    assert len(desk.view.said) == 2, "it was undone again"


def test_of_a_run_that_is_not_in_front_nothing_is_said_of_it(desk: Desk) -> None:
    one = desk.run
    desk.add_rival()
    desk.show(one, undo=UndoView(last=Done(1, Undoable("reset"), again=False)))
    desk.control.tell_done(one)
    desk.rivals.put_in_front(one)
    desk.control.tell_done(one)
    assert not desk.view.said


def test_a_network_that_other_settings_ended_comes_back_with_its_file(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "model.rnnviz"
    before = desk.show(step=30)
    desk.control.heard_saved(desk.run, str(path), 20)
    desk.control.restart(hidden_size=9)
    desk.control.heard_begun(desk.run, "")
    away = PutAway(before.run_id, 0, 30, undos=1, by_reset=False)
    changed = Undoable("new run", "hidden_size", 4)
    desk.show(step=0, run_id="with 9", undo=UndoView(changed, put_away=(away,)))
    assert desk.run.file.path is None
    assert not desk.run.file.is_behind, "whether it is given up was asked before"
    desk.control.undo()
    away = PutAway("with 9", 0, 0, undos=0, by_reset=False)
    desk.show(step=30, run_id=before.run_id, undo=UndoView(put_away=(away,)))
    assert desk.run.file.path == path
    desk.control.choose_new_seed()
    assert "what came after step 20 is not saved" in desk.view.question


# -- training -----------------------------------------------------------------------------------


def test_train_pauses_what_runs(desk: Desk) -> None:
    desk.training.toggle()
    desk.show(state=RunState.RUNNING)
    assert desk.view.running
    desk.training.toggle()
    desk.training.take_step()
    assert desk.posted() == [Train(), Pause(), TakeStep()]


def test_space_leads_to_a_claim_and_pauses_on_the_way(desk: Desk) -> None:
    desk.view.way = Way(100, 50.0)
    desk.training.lead_on()
    desk.show(state=RunState.RUNNING)
    desk.training.lead_on()
    desk.show(state=RunState.FINISHED)
    desk.view.way = None
    desk.training.lead_on()
    assert desk.posted() == [Train(100, 50.0), Pause(), Train()]


def test_what_is_seen_instead_of_the_run_is_played_and_the_run_waits(desk: Desk) -> None:
    desk.show(state=RunState.RUNNING)
    desk.view.player = player = FakePlayer()
    desk.view.way = Way(100, 50.0)
    for _ in range(3):
        desk.training.follow_player()
    assert desk.posted() == [Pause()]
    assert not desk.view.running
    desk.training.lead_on()
    desk.training.take_step()
    desk.training.reset()
    assert player.done == ["toggle", "step", "put back"]
    assert not desk.posted()


def test_a_failure_is_told_once_and_again_after_another_try(desk: Desk) -> None:
    desk.show(state=RunState.FAILED, reason="W overflowed.")
    for _ in range(3):
        desk.training.tell_failure(desk.run)
    assert desk.view.said == ["W overflowed."]
    desk.training.toggle()
    desk.training.tell_failure(desk.run)
    assert desk.view.said == ["W overflowed."] * 2


def test_pausing_the_others_does_not_tell_again_why_a_run_has_failed(desk: Desk) -> None:
    desk.show(state=RunState.FAILED, reason="W overflowed.")
    desk.training.tell_failure(desk.run)
    said = list(desk.view.said)
    assert said
    desk.training.pause()
    desk.training.tell_failure(desk.run)
    assert desk.view.said == said


# -- a process that is gone ---------------------------------------------------------------------


def test_a_process_that_died_is_said_and_the_run_begins_anew_with_its_settings(desk: Desk) -> None:
    desk.show(step=5)
    desk.show_reset()
    snapshot = desk.show(step=3, state=RunState.RUNNING)
    desk.view.chosen = Path("late.rnnviz")
    desk.saving.save_first([desk.run], lambda: desk.run.thread.client.posted.append(Pause()))
    desk.control.heard_died(desk.run, "It ended unexpectedly.")
    desk.training.follow_player()
    (said,) = desk.view.said
    assert said.startswith("It ended unexpectedly. What was not saved is lost")
    assert not desk.view.running
    assert not desk.run.file.is_behind, "there is nothing left to ask about"
    desk.posted()
    desk.answer("Begin anew")
    assert desk.posted() == [NewRun(snapshot.configuration)]
    desk.control.heard_saved(desk.run, "late.rnnviz", 3)
    assert not desk.posted()


def test_what_a_dead_process_sent_last_does_not_say_that_it_trains(desk: Desk) -> None:
    training = dataclasses.replace(desk.run.snapshot, state=RunState.RUNNING, step=9)
    desk.run.thread.client.snapshots.append(training)
    desk.control.heard_died(desk.run, "It ended unexpectedly.")
    assert desk.run.take_snapshot() is None
    assert (desk.run.trains, desk.run.snapshot.step) == (False, 9)


@pytest.mark.parametrize("beginning", [NewRun(Configuration(cell="gru")), OpenModel(Path("one"))])
def test_a_process_that_died_before_it_said_anything_is_begun_as_it_was_to(
    first: Snapshot, beginning: Request
) -> None:
    desk = Desk(first)
    desk.run.snapshot = None
    desk.run.post(beginning)
    desk.control.heard_died(desk.run, "It ended unexpectedly.")
    desk.answer("Begin anew")
    assert desk.posted() == [beginning, beginning]


def test_a_process_that_died_leaves_what_it_autosaved(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "autosave.rnnviz"
    path.write_bytes(b"")
    desk.show(step=20, state=RunState.RUNNING)
    desk.run.thread.autosaved.emit(Autosaved(path, 12_340, time.time() - 8.5))
    desk.control.heard_died(desk.run, "It ended unexpectedly.")
    assert desk.view.said == [
        "It ended unexpectedly. The run was autosaved at step 12,340, 8 seconds ago."
    ]
    desk.posted()
    desk.answer("Go on from there")
    assert desk.posted() == [Recover(path)]
    assert desk.run.lost is None, "it is decided"
    assert path.exists(), "whose it is by then"
    desk.show(run_id="recovered", step=12_340)
    assert desk.run.file.is_behind


def test_who_begins_anew_gives_up_what_was_autosaved(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "autosave.rnnviz"
    path.write_bytes(b"")
    desk.run.thread.autosaved.emit(Autosaved(path, 5))
    desk.control.heard_died(desk.run, "It ended unexpectedly.")
    desk.answer("Begin anew")
    assert not path.exists()
    desk.control.heard_died(desk.run, "It ended unexpectedly.")
    assert "What was not saved is lost" in desk.view.said[-1]


# -- who a run is -------------------------------------------------------------------------------


def test_every_run_is_someone_else(first: Snapshot) -> None:
    assert len({Desk(first).run.identity for _ in range(3)}) == 3


def test_signs_differ_in_each_of_their_parts() -> None:
    for part in ("shade", "dash", "marker"):
        assert len({getattr(sign, part) for sign in SIGNS}) == len(SIGNS)
