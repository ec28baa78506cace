"""What is decided about several runs: without a window, a process or a widget."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.gui.runs.run_list import MOST_RUNS
from rnnviz.gui.style.sign import SIGNS
from rnnviz.runs.messages import OpenModel, Recover, SaveModel
from rnnviz.storage.fault_reports import Fault
from rnnviz.training import memory_estimate
from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.watch import ClaimsView, Reached, Way
from rnnviz.training.commands import NewRun, Pause, Redo, Reset, Restart, TakeStep, Train, Undo
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import Variant
from rnnviz.training.memory_estimate import bytes_needed, bytes_to_save
from rnnviz.training.record.progress import ProgressView
from rnnviz.training.snapshot import RunState
from rnnviz.training.undo.view import Undoable, UndoView

from ..desk import Desk

SMALL = Configuration(hidden_size=4, sequence_length=5)

# -- who is there -------------------------------------------------------------------------------


def test_a_rival_begins_with_the_settings_of_the_run_in_front_and_stands_there(desk: Desk) -> None:
    before = desk.run
    configuration = before.snapshot.configuration
    desk.rivals.add_copy()
    assert desk.run is not before
    assert desk.posted() == [NewRun(configuration)]
    assert not desk.posted(before), "the other one goes on as it was"


def test_the_other_cells_come_as_large_and_the_run_stays_in_front(desk: Desk) -> None:
    before = desk.run
    desk.rivals.add_other_cells(equal_parameters=False)
    assert desk.run is before
    begun = [desk.posted(run)[0].configuration for run in desk.runs if run is not before]
    others = [cell for cell in CELLS if cell != before.snapshot.configuration.cell]
    assert [(one.cell, one.hidden_size) for one in begun] == [(cell, 4) for cell in others]


def test_the_other_cells_come_with_as_many_parameters(desk: Desk) -> None:
    before = desk.run
    desk.rivals.add_other_cells(equal_parameters=True)
    begun = [desk.posted(run)[0].configuration for run in desk.runs if run is not before]
    assert len(begun) == len(CELLS) - 1
    assert {one.parameter_budget for one in begun} == {before.snapshot.parameter_count}


def test_nine_cannot_be_told_apart(desk: Desk) -> None:
    while len(desk.runs) < MOST_RUNS:
        desk.add_rival()
    desk.rivals.add_copy()
    assert len(desk.runs) == MOST_RUNS
    assert desk.view.said[-1] == "There are 8 runs already; remove one first."


def test_a_free_number_is_given_again(desk: Desk) -> None:
    runs = [desk.run, desk.add_rival(), desk.add_rival()]
    desk.rivals.remove(runs[1])
    assert [run.number for run in desk.runs] == [1, 3]
    assert desk.add_rival().number == 2
    assert [run.number for run in desk.runs] == [1, 2, 3]
    desk.runs.stop()


def test_a_process_that_cannot_be_started_is_a_sentence(desk: Desk) -> None:
    def refuse():
        raise OSError(11, "Resource temporarily unavailable")

    desk.runs._new_client = refuse
    desk.rivals.add_copy()
    assert len(desk.runs) == 1
    assert desk.view.said == [
        "Another training process could not be started: Resource temporarily unavailable."
    ]


def test_what_does_not_fit_into_memory_is_told_before_it_begins(desk: Desk, monkeypatch) -> None:
    needed = desk.show(text_bytes=0).memory_needed
    # What saving needs counts as well.
    monkeypatch.setattr(memory_estimate, "_physical_memory", lambda: 4 * needed)
    desk.add_rival()
    desk.rivals.add_copy()
    assert len(desk.runs) == 2
    assert "of the other runs and the computer has" in desk.view.said[-1]


def test_those_that_are_about_to_begin_count_too(desk: Desk, monkeypatch) -> None:
    """Of two that come at once, the second finds what the first will take."""
    front = desk.show(text_bytes=0)
    lstm = dataclasses.replace(front.configuration, cell="lstm")
    with_one = front.memory_needed + sum(
        count(lstm, front.vocab_size) for count in (bytes_needed, bytes_to_save)
    )
    monkeypatch.setattr(memory_estimate, "_physical_memory", lambda: 1.5 * with_one)
    desk.rivals.add_other_cells(equal_parameters=False)
    assert len(desk.runs) == 2
    assert "of the other runs and the computer has" in desk.view.said[-1]


@pytest.mark.parametrize(
    ("settings", "rivals"),
    [
        ({"corpus": "file", "text_file": "long.txt"}, 8),
        ({"corpus": "file", "text_file": "other.txt"}, 1),
        ({"corpus": "tales"}, 1),
    ],
)
def test_a_text_counts_once_for_all_that_read_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], rivals: int
) -> None:
    """A hundred megabytes, on a computer with room for one and a half of them."""
    long = dataclasses.replace(SMALL, corpus="file", text_file="long.txt")
    desk.show(configuration=long, text_bytes=100_000_000)
    monkeypatch.setattr(memory_estimate, "_physical_memory", lambda: 220_000_000)
    others = dataclasses.replace(SMALL, **settings)
    while len(desk.runs) < 8 and desk.rivals.begin(others) is not None:
        desk.show(configuration=others, text_bytes=100_000_000, run_id=str(len(desk.runs)))
    assert len(desk.runs) == rivals
    if rivals == 1:
        (sentence,) = desk.view.said
        assert re.match(
            r"This would need about 10\d MB of memory beside the 10\d MB of the other runs and "
            r"the computer has 220 MB: choose",
            sentence,
        )


def test_the_last_run_stays(desk: Desk) -> None:
    desk.rivals.ask_to_remove(desk.run)
    desk.rivals.remove(desk.run)
    assert len(desk.runs) == 1


def test_a_trained_run_is_removed_after_a_question_alone(desk: Desk) -> None:
    run = desk.add_rival()
    desk.show(step=5)
    desk.rivals.ask_to_remove(run)
    assert len(desk.runs) == 2
    assert desk.view.question.startswith('Removing "vanilla RNN, 4 units (2)" ends this run')
    desk.answer("Go ahead without saving")
    assert list(desk.runs) == [desk.run] != [run]
    desk.runs.stop()


def test_a_place_in_which_nothing_could_be_begun_goes(desk: Desk) -> None:
    before = desk.run
    desk.rivals.add_copy()
    desk.rivals.heard_refused(desk.run)
    assert list(desk.runs) == [before]
    desk.rivals.heard_refused(before)
    assert list(desk.runs) == [before], "a run that stands stays"
    desk.runs.stop()


def test_signs_differ_and_one_that_is_chosen_changes_hands(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    assert [one.sign, other.sign] == list(SIGNS[:2])
    desk.rivals.choose_sign(one, SIGNS[1])
    assert [one.sign, other.sign] == [SIGNS[1], SIGNS[0]]
    desk.rivals.choose_sign(one, SIGNS[5])
    assert [run.sign for run in (one, other, desk.add_rival())] == [SIGNS[5], SIGNS[0], SIGNS[1]]


# -- the runs of an experiment ------------------------------------------------------------------


def variants_named(*names: str) -> list[Variant]:
    claims = (Claim("loss", 10, above=1.0),)
    return [Variant(name, {"hidden_size": 4 + n}, claims) for n, name in enumerate(names)]


def test_the_runs_of_an_experiment_begin_under_their_names_signed_and_ticked(desk: Desk) -> None:
    desk.add_rival()
    desk.rivals.compare(desk.run, False)
    desk.rivals.choose_sign(desk.run, SIGNS[5])
    variants = variants_named("one", "two", "three")
    assert desk.rivals.begin_all(variants)
    assert [run.title for run in desk.runs] == ["one", "two", "three"]
    assert [run.sign for run in desk.runs] == list(SIGNS[:3])
    assert all(run.is_compared for run in desk.runs)
    assert desk.run is next(iter(desk.runs))
    begun = [[one for one in desk.posted(run) if isinstance(one, NewRun)] for run in desk.runs]
    assert begun == [[NewRun(one.configuration(), one.claims)] for one in variants]
    desk.runs.stop()


def test_no_other_run_stays_where_an_experiment_begins(desk: Desk) -> None:
    for _ in range(3):
        desk.add_rival()
    kept = list(desk.runs)[:2]
    assert desk.rivals.begin_all(variants_named("one", "two"))
    assert list(desk.runs) == kept, "their processes are there already"
    assert desk.run is kept[0]
    desk.runs.stop()


def test_more_runs_than_can_be_told_apart_do_not_race_and_the_first_begins(desk: Desk) -> None:
    desk.add_rival()
    assert not desk.rivals.begin_all(variants_named(*"abcdefghi"))
    assert [run.title for run in desk.runs] == ["a"]
    assert desk.view.said[-1] == (
        'These are 9 runs, and no more than 8 can race. "a" begins alone.'
    )
    desk.runs.stop()


def test_runs_that_do_not_fit_into_memory_together_do_not_race(desk: Desk, monkeypatch) -> None:
    needed = desk.run.snapshot.memory_needed
    monkeypatch.setattr(memory_estimate, "_physical_memory", lambda: 3 * needed)
    assert not desk.rivals.begin_all(variants_named("one", "two", "three"))
    assert [run.title for run in desk.runs] == ["one"]
    assert desk.view.said[-1].startswith("These runs cannot race. This would need about")
    assert desk.view.said[-1].endswith('"one" begins alone.')


def test_runs_without_a_process_do_not_race(desk: Desk) -> None:
    made = desk.runs._new_client

    def refuse_the_third():
        if len(desk.runs) == 2:
            raise OSError(11, "Resource temporarily unavailable")
        return made()

    desk.runs._new_client = refuse_the_third
    assert not desk.rivals.begin_all(variants_named("one", "two", "three"))
    assert [run.title for run in desk.runs] == ["one"]
    assert desk.view.said[-1] == (
        "These runs cannot race. Another training process could not be started: Resource "
        'temporarily unavailable. "one" begins alone.'
    )
    desk.runs.stop()


# -- being led to a claim ----------------------------------------------------------------------


def test_a_run_that_begins_is_led_from_its_first_step_and_one_that_failed_is_not(
    desk: Desk,
) -> None:
    one, other = desk.run, desk.add_rival()
    claims = ClaimsView.of_none_measured((Claim("loss", 10, above=1.0),))
    assert claims is not None
    for run in (one, other):
        desk.show(run, step=7, state=RunState.RUNNING)
        run.post(NewRun(Configuration(), claims.claims))
    desk.view.way = Way(10, 5.0)
    desk.training.lead_on()
    assert desk.view.led == [Reached(0, claims)] * 2, "what is shown is the network before"
    assert desk.posted(one)[-1] == desk.posted(other)[-1] == Train(10, 5.0)
    desk.show(one, step=10, run_id="begun", claims=claims, state=RunState.FAILED)
    desk.show(other, step=4, run_id="begun too", claims=claims, state=RunState.PAUSED)
    desk.training.lead_on()
    assert desk.view.led == [Reached(4, claims)]
    assert desk.posted(other) == [Train(6, 5.0)]
    assert not desk.posted(one)


def test_where_a_beginning_was_refused_the_run_before_is_led(desk: Desk) -> None:
    run = desk.run
    desk.show(step=3)
    run.post(NewRun(Configuration()))
    assert run.reached == Reached(0)
    desk.control.heard_refused(run, "No.")
    assert run.reached == Reached(3)


# -- what all do --------------------------------------------------------------------------------


def test_the_buttons_of_the_window_act_on_all(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    desk.training.toggle()
    desk.training.take_step()
    desk.training.reset()
    assert desk.posted(one) == desk.posted(other) == [Train(), TakeStep(), Reset()]
    desk.control.choose_new_seed()
    assert desk.posted(one) == desk.posted(other) == [Restart((("seed", 2),))]


def test_where_one_trains_all_pause_for_another_may_be_about_to(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    desk.show(other, state=RunState.RUNNING)
    desk.training.toggle()
    assert desk.posted(one) == desk.posted(other) == [Pause()]
    assert desk.view.running


def test_a_run_s_own_button_acts_on_it_alone(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    desk.training.toggle_one(one)
    desk.show(other, state=RunState.RUNNING)
    desk.training.toggle_one(other)
    assert (desk.posted(one), desk.posted(other)) == ([Train()], [Pause()])


def test_a_reset_is_undone_for_those_that_have_one(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    desk.show(other, step=9)
    desk.training.reset()
    desk.show_reset(other)
    desk.posted(one), desk.posted(other)
    desk.answer("Undo reset")
    assert (desk.posted(one), desk.posted(other)) == ([], [Undo()])


def test_what_was_done_to_all_is_undone_for_all(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    for run in (one, other):
        desk.show(run, step=9, run_id=f"run {run.number}")
    desk.training.reset()
    for run in (one, other):
        desk.show_reset(run, f"reset {run.number}")
        desk.posted(run)
    desk.control.undo()
    assert (desk.posted(one), desk.posted(other)) == ([Undo()], [Undo()])
    for run in (one, other):
        desk.show(run, undo=UndoView(to_redo=Undoable("reset")))
    desk.control.redo()
    assert (desk.posted(one), desk.posted(other)) == ([Redo()], [Redo()])
    # Every run began anew with the next seed; one of them did so once more alone.
    desk.show(one, undo=UndoView(Undoable("new run", "seed", 1)))
    desk.show(other, undo=UndoView(Undoable("new run", "seed", 1)))
    desk.control.undo()
    assert (desk.posted(one), desk.posted(other)) == ([Undo()], [Undo()])
    desk.show(one, undo=UndoView(Undoable("new run", "seed", 2)))
    desk.control.undo()
    assert (desk.posted(one), desk.posted(other)) == ([], [Undo()])


@pytest.mark.parametrize("kind", ["setting", "new run"])
def test_what_was_done_to_the_run_in_front_is_undone_for_it_alone(desk: Desk, kind: Any) -> None:
    one, other = desk.run, desk.add_rival()
    name = "dropout" if kind == "setting" else "hidden_size"
    for run in (one, other):
        desk.show(run, undo=UndoView(Undoable(kind, name, 0)))
    desk.control.undo()
    assert (desk.posted(one), desk.posted(other)) == ([], [Undo()])


# -- what they say ------------------------------------------------------------------------------


def test_a_sentence_says_whose_it_is_where_there_are_several(desk: Desk) -> None:
    desk.control.heard_noticed(desk.run, "The text is short.")
    other = desk.add_rival()
    configuration = Configuration(cell="lstm", hidden_size=4, sequence_length=5)
    desk.show(other, configuration=configuration)
    desk.control.heard_noticed(other, "The text is short.")
    assert desk.view.said == ["The text is short.", "LSTM: The text is short."]


# -- files --------------------------------------------------------------------------------------


def test_all_are_saved_into_a_folder_under_names_of_their_own(desk: Desk, tmp_path: Path) -> None:
    one, other = desk.run, desk.add_rival()
    (tmp_path / "2-tales.rnnviz").touch()
    desk.view.chosen = tmp_path
    desk.saving.save_all()
    assert desk.posted(one) == [SaveModel(tmp_path / "1-tales.rnnviz")]
    assert desk.posted(other) == [SaveModel(tmp_path / "2-tales-2.rnnviz")], "nothing is lost"
    desk.control.heard_saved(other, str(tmp_path / "2-tales-2.rnnviz"), 0)
    desk.saving.save_all()
    assert desk.posted(other) == [SaveModel(tmp_path / "2-tales-2.rnnviz")], "its own file"


def test_all_that_ends_is_told_where_one_run_alone_is_not_saved(desk: Desk) -> None:
    one, other = desk.run, desk.add_rival()
    desk.show(one, step=3)
    desk.show(other, step=0)
    desk.control.ask_first("Another seed", lambda: None, [one, other])
    asked = "Another seed ends these runs, and the training of one is not saved."
    assert desk.view.question == asked


def test_what_waits_for_several_files_waits_for_the_last(desk: Desk, tmp_path: Path) -> None:
    one, other = desk.run, desk.add_rival()
    desk.show(one, step=3)
    desk.show(other, step=3)
    desk.view.chosen = tmp_path
    done: list[str] = []
    desk.control.ask_first("Another seed", lambda: done.append("done"), [one, other])
    assert "ends these runs, and their training is not saved" in desk.view.question
    desk.answer("Save")
    desk.control.heard_saved(one, str(tmp_path / "1-tales.rnnviz"), 3)
    assert not done
    desk.control.heard_saved(other, str(tmp_path / "2-tales.rnnviz"), 3)
    assert done == ["done"]


def test_several_models_or_a_folder_of_them_open_as_several_runs(
    desk: Desk, tmp_path: Path
) -> None:
    one = desk.run
    paths = [tmp_path / name for name in ("a.rnnviz", "b.safetensors")]
    for path in (*paths, tmp_path / "notes.txt"):
        path.touch()
    desk.rivals.open_files([tmp_path])
    assert desk.posted(one) == [OpenModel(paths[0])]
    assert desk.posted() == [OpenModel(paths[1])]
    assert len(desk.runs) == 2


def test_several_texts_cannot_be_opened_together(desk: Desk, tmp_path: Path) -> None:
    desk.rivals.open_files([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert not desk.posted()
    assert desk.view.said == [
        "Several files can be opened where all are models. To learn from several texts, open a "
        "folder that has them and no model."
    ]


def test_a_folder_without_a_model_stands_for_its_texts(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("abc")
    desk.rivals.open_files([tmp_path])
    (posted,) = desk.posted()
    assert isinstance(posted, Restart)
    assert dict(posted.changes)["text_file"] == str(tmp_path)
    assert len(desk.runs) == 1


# -- what was left behind -----------------------------------------------------------------------


def test_an_autosave_takes_the_place_of_a_run_that_nobody_touched(desk: Desk) -> None:
    one, two = Path("one.rnnviz"), Path("two.rnnviz")
    desk.show(configuration=Configuration())
    first = desk.run
    desk.posted()
    assert desk.rivals.recover([one, two]) == [one, two]
    assert len(desk.runs) == 2
    assert desk.run is first, "the first one stands in front"
    assert desk.posted(first) == [Recover(one)]
    (second,) = (run for run in desk.runs if run is not first)
    assert desk.posted(second) == [Recover(two)]
    desk.show(first, run_id="recovered", step=7, progress=_begun_at(7))
    assert first.file.is_behind, "no file of the person's holds it"
    desk.show(first, run_id="another", step=0, progress=_begun_at(0))
    assert not first.file.is_behind


@pytest.mark.parametrize(
    "changes", [{"step": 1}, {"state": RunState.RUNNING}, {"configuration": SMALL}]
)
def test_a_run_of_ones_own_stays_beside_what_was_left(desk: Desk, changes: dict[str, Any]) -> None:
    desk.show(**({"configuration": Configuration()} | changes))
    before = desk.run
    desk.posted()
    desk.rivals.recover([Path("one.rnnviz")])
    assert desk.run is not before
    assert desk.posted(before) == []


def test_an_autosave_that_cannot_be_opened_leaves_the_next_beginning_alone(desk: Desk) -> None:
    desk.show(configuration=Configuration())
    desk.rivals.recover([Path("one.rnnviz")])
    desk.control.heard_refused(desk.run, "one.rnnviz is damaged.")
    desk.show(run_id="another", step=7, progress=_begun_at(7))
    assert not desk.run.file.is_behind, "a file holds it"


def _begun_at(step: int) -> ProgressView:
    return ProgressView(np.array([float(step)]), np.zeros(1), np.zeros(1))


@pytest.mark.parametrize("hear", ["heard_refused", "heard_noticed", "heard_died"])
def test_what_a_removed_run_still_says_is_not_told(desk: Desk, hear: str) -> None:
    desk.add_rival()
    rival = desk.add_rival()
    desk.rivals.remove(rival)
    said = list(desk.view.said)
    getattr(desk.control, hear)(rival, "There is no such text.")
    assert desk.view.said == said
    assert rival.lost is None


def test_a_fault_of_a_removed_run_is_told(desk: Desk) -> None:
    desk.add_rival()
    rival = desk.add_rival()
    desk.rivals.remove(rival)
    desk.control.heard_faulted(rival, Fault("Something unexpected went wrong.", None))
    assert desk.view.said[-1] == "Something unexpected went wrong."
