"""One text for all runs, whichever of them is in front, until it is let go."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rnnviz.gui.runs.live_control import LiveControl
from rnnviz.gui.runs.run import Run
from rnnviz.runs.messages import OpenModel
from rnnviz.training.claims.goal import Goal
from rnnviz.training.commands import Change, NewRun, Restart, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import Variant
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.session import Session

from ..desk import Desk

TEXT = "the old king"


@pytest.fixture
def desk() -> Desk:
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=4, sequence_length=5)))
    first = session.snapshot()
    assert first is not None
    desk = Desk(first)
    desk.add_rival()
    desk.add_rival()
    for run in desk.runs:
        desk.posted(run)
    return desk


def test_what_is_shown_of_the_run_in_front_is_watched_in_every_run(desk: Desk) -> None:
    live = LiveControl(desk.runs)
    live.watch_shown()
    window = desk.run.snapshot.window
    text = "".join((*window.tokens, window.targets[-1]))
    assert len(text) == 6
    assert [desk.posted(run) for run in desk.runs] == [[Change("watched_text", text)]] * 3
    live.let_go()
    assert [desk.posted(run) for run in desk.runs] == [[Change("watched_text", "")]] * 3


def test_what_one_hand_changes_is_one_change_and_so_is_what_follows_at_once(desk: Desk) -> None:
    now = 0.0
    live = LiveControl(desk.runs, clock=lambda: now)
    told = [
        (0.0, "dropout", False),  # the first
        (0.9, "dropout", False),  # as of a key that is held
        (1.1, "dropout", False),
        (9.0, "dropout", True),  # slowly, by a hand that did not let go
        (0.1, "learning_rate", True),  # another setting
    ]
    for seconds, name, is_held in told:
        now += seconds
        live.change(name, 0.1, is_held)
    before, after = desk.runs.front, desk.runs.numbered(2)
    assert after is not before
    desk.rivals.put_in_front(after)
    live.change("learning_rate", 0.1, True)
    posted = desk.posted(before)
    assert [change.goes_on for change in posted] == [False, True, False, True, False]
    assert [change.goes_on for change in desk.posted(after)] == [False]


def test_where_nothing_is_shown_yet_nothing_is_watched(desk: Desk) -> None:
    desk.show(window=None)
    LiveControl(desk.runs).watch_shown()
    assert not any(desk.posted(run) for run in desk.runs)


def test_every_run_is_measured_for_a_goal_whatever_is_seen_of_it(desk: Desk) -> None:
    live, goals = LiveControl(desk.runs), (Goal("loss", below=2.0),)
    live.measure(frozenset({HIDDEN_STATE}), frozenset())
    for run in desk.runs:
        desk.posted(run)
    live.pursue(goals)
    watched = {run: desk.posted(run) for run in desk.runs}
    for run, posted in watched.items():
        seen = frozenset({HIDDEN_STATE, HISTORY} if run is desk.run else {HISTORY})
        assert posted == [Watch(seen, goals)]
    live.pursue(goals)
    assert not any(desk.posted(run) for run in desk.runs), "it is said once"
    live.measure(frozenset(), frozenset())
    assert desk.posted() == [Watch(frozenset({HISTORY}), goals)], "the goals stay"


# -- kept until it is let go --------------------------------------------------------------------


def show_watched(desk: Desk, run: Run, text: str, **changes: object) -> None:
    """Have a snapshot arrive of a run that is watched with this text."""
    configuration = dataclasses.replace(run.snapshot.configuration, watched_text=text)
    desk.show(run, configuration=configuration, **changes)


def watched_with(desk: Desk, run: Run) -> list[str]:
    """Return what was posted about the text that a run is watched with."""
    texts = []
    for request in desk.posted(run):
        match request:
            case NewRun(configuration):
                texts.append(configuration.watched_text)
            case Change("watched_text", text):
                texts.append(text)
            case OpenModel():
                texts.append("the model's own")
            case Restart(changes):
                texts.append(dict(changes).get("watched_text", "as it was"))
    return texts


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_new_run_an_experiment_and_a_rival_are_watched_as_those_before(
    desk: Desk, is_shown: bool
) -> None:
    """At once, and not only when a snapshot says so."""
    live, first = LiveControl(desk.runs), desk.run
    live.change("watched_text", TEXT)
    if is_shown:
        for run in desk.runs:
            show_watched(desk, run, TEXT)
    desk.posted(first)
    desk.control.begin_default()
    assert watched_with(desk, first) == [TEXT]
    desk.rivals.add_copy()
    assert watched_with(desk, desk.run) == [TEXT]
    variants = [Variant("small", {"hidden_size": 3}, ()), Variant("large", {"hidden_size": 9}, ())]
    desk.rivals.begin_all(variants)
    assert [watched_with(desk, run)[-1] for run in desk.runs] == [TEXT, TEXT]


def test_what_was_let_go_comes_back_with_no_rival(desk: Desk) -> None:
    for run in desk.runs:
        show_watched(desk, run, TEXT)
    LiveControl(desk.runs).let_go()
    desk.rivals.add_copy()
    assert watched_with(desk, desk.run) == [""]


def test_a_run_whose_text_did_not_know_it_is_watched_again_on_one_that_does(desk: Desk) -> None:
    LiveControl(desk.runs).change("watched_text", TEXT)
    front, *others = desk.runs
    desk.rivals.put_in_front(front)
    for run in others:
        show_watched(desk, run, TEXT)
    show_watched(desk, front, TEXT)
    show_watched(desk, front, "", run_id="on other characters")
    for run in desk.runs:
        desk.posted(run)
    desk.control.restart(corpus="tales")
    assert watched_with(desk, front) == [TEXT]
    show_watched(desk, front, TEXT)
    desk.control.restart(seed=5)
    assert watched_with(desk, front) == ["as it was"]


def test_models_are_watched_as_the_runs_that_are_there(desk: Desk, tmp_path: Path) -> None:
    LiveControl(desk.runs).change("watched_text", TEXT)
    front = desk.run
    desk.posted(front)
    desk.rivals.open_files([tmp_path / "one.rnnviz", tmp_path / "other.rnnviz"])
    assert watched_with(desk, front) == ["the model's own", TEXT]
    assert watched_with(desk, desk.run) == ["the model's own", TEXT]


def test_where_nothing_is_watched_all_are_with_what_a_model_brings_along(
    desk: Desk, tmp_path: Path
) -> None:
    live, opened = LiveControl(desk.runs), desk.run
    for run in desk.runs:
        live.share_watched(run)
    desk.control.open_file(tmp_path / "one.rnnviz")
    live.share_watched(opened)
    show_watched(desk, opened, TEXT, run_id="from a file")
    for _ in range(2):
        live.share_watched(opened)
    others = [run for run in desk.runs if run is not opened]
    assert [watched_with(desk, run) for run in others] == [[TEXT], [TEXT]]
    assert watched_with(desk, opened) == ["the model's own"]
