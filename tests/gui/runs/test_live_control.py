"""One text for all runs, whichever of them is in front."""

from __future__ import annotations

import pytest

from rnnviz.gui.runs.live_control import LiveControl
from rnnviz.training.claims.goal import Goal
from rnnviz.training.commands import Change, NewRun, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.session import Session

from ..desk import Desk


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
