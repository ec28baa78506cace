"""Which step of its past the run in front is asked for."""

import dataclasses

import numpy as np
import pytest

from rnnviz.gui.timeline.control import TimelineControl
from rnnviz.runs.messages import CopyForBranch
from rnnviz.training.commands import ComeBack, LookAt, NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.past.timeline import Mark, TimelineView
from rnnviz.training.session import Session

from ..desk import Desk


@pytest.fixture
def desk():
    session = Session()
    session.apply(NewRun(Configuration(corpus="hello", hidden_size=4)))
    return Desk(session.snapshot())


def way(**changes):
    kept = np.array([0, 10, 25, 60, 100])
    return TimelineView(**({"first": 0, "last": 100, "kept": kept, "marks": ()} | changes))


@pytest.fixture
def control(desk, qtbot):
    control = TimelineControl(desk.runs, clock=lambda: control.now)
    control.now = 0.0
    desk.show(timeline=way())
    desk.posted()
    return control


def arrives(desk, control, **changes):
    control.follow(desk.show(timeline=way(**changes)))


def test_the_newest_wish_waits_for_what_is_under_way(desk, control):
    for step in (50, 49, 48):
        control.look_at(step, exactly=False)
    assert desk.posted() == [LookAt(50, exactly=False)]
    arrives(desk, control, seen=25, wanted=25)
    assert desk.posted() == [LookAt(48, exactly=False)]
    arrives(desk, control, seen=25, wanted=25)
    assert desk.posted() == []


def test_who_comes_back_wants_nothing_else_any_more(desk, control):
    control.look_at(50)
    control.look_at(40)
    control.come_back()
    arrives(desk, control)
    assert desk.posted() == [LookAt(50), ComeBack()]


@pytest.mark.parametrize(
    ("seen", "later", "asked"),
    [
        (None, False, [LookAt(60)]),
        (60, False, [LookAt(25)]),
        (0, False, []),
        (25, True, [LookAt(60)]),
        (60, True, [ComeBack()]),
        (None, True, []),
    ],
)
def test_one_goes_from_one_kept_state_to_the_next(desk, control, seen, later, asked):
    arrives(desk, control, seen=seen, wanted=seen)
    control.go(later=later)
    assert desk.posted() == asked


@pytest.mark.parametrize(
    ("seen", "later", "asked"), [(60, True, 70), (70, True, 80), (80, False, 70), (40, False, 30)]
)
def test_a_mark_between_two_kept_states_is_stopped_at(desk, control, seen, later, asked):
    marks = (Mark(30, "setting"), Mark(70, "failure"))
    kept = np.array([0, 20, 40, 60, 80, 100])
    arrives(desk, control, kept=kept, marks=marks, first=20, seen=seen, wanted=seen)
    control.go(later=later)
    assert desk.posted() == [LookAt(asked)]


def test_before_the_first_that_is_kept_is_the_beginning(desk, control):
    arrives(desk, control, kept=np.array([60, 100]), seen=60, wanted=60)
    control.go(later=False)
    assert desk.posted() == [LookAt(0)]


def test_a_film_shows_step_after_step_and_ends_in_the_present(desk, control):
    shows = []
    control.film_changed.connect(shows.append)
    control.set_film_speed(1)
    control.toggle_film()
    control.now = 0.2
    control._show_next()
    assert desk.posted() == [LookAt(20, exactly=True)]
    control.now = 0.3
    control._show_next()
    assert desk.posted() == [], "one picture after the other"
    arrives(desk, control, seen=20, wanted=20)
    assert desk.posted() == [LookAt(30, exactly=True)]
    control.now = 1.0
    control._show_next()
    assert desk.posted() == [ComeBack()]
    assert shows == [True, False]


def test_a_fast_film_is_of_what_is_at_hand(desk, control):
    arrives(desk, control, last=10**6)
    control.set_film_speed(100)
    control.toggle_film()
    control.now = 0.1
    control._show_next()
    assert desk.posted() == [LookAt(1000, exactly=False)]
    control.set_film_speed(1)
    control.now = 0.2
    arrives(desk, control, last=10**6, seen=10, wanted=10)
    control._show_next()
    assert desk.posted() == [LookAt(1010, exactly=True)], "it goes on from where it is"


def test_a_hand_on_the_handle_holds_the_film(desk, control):
    control.toggle_film()
    control.look_at(7)
    assert not control._film.isActive()


def test_a_branch_is_asked_of_the_run_in_front(desk, control):
    control.branch()
    assert desk.posted() == [CopyForBranch(), ComeBack()], "its own panels are of now again"


def test_another_run_in_front_is_not_waited_for(desk, control):
    control.look_at(50)
    rival = desk.add_rival(timeline=way())
    control.look_at(40)
    assert desk.posted(rival) == [LookAt(40)]


def test_a_branch_goes_on_beside_the_run_it_left(desk):
    session = Session()
    session.apply(NewRun(Configuration(corpus="hello", hidden_size=4)))
    checkpoint = dataclasses.replace(session.checkpoint(), step=1200)
    left = desk.run.run_id
    run = desk.rivals.branch(desk.run, checkpoint)
    assert run is desk.runs.front
    assert desk.runs.names[run] == "Branch at step 1,200"
    (resume,) = [one for one in desk.posted(run) if hasattr(one, "checkpoint")]
    assert resume.checkpoint.parameters is checkpoint.parameters
    (origin,) = resume.checkpoint.origins
    assert (origin.step, origin.run_id) == (1200, left)
    desk.show(run, run_id="branch", origins=(origin,))
    assert desk.runs.names[run] == "Branch at step 1,200"
    # What a reset begins there is none, and not called so.
    desk.show(run, run_id="after the reset", origins=())
    assert "Branch" not in desk.runs.names[run]


def test_while_somebody_else_decides_nothing_is_asked_and_no_film_runs(desk, control):
    control.toggle_film()
    control.look_at(50)
    control.look_at(40)
    desk.posted()
    control.hold(True)
    arrives(desk, control, seen=50, wanted=50)
    control.look_at(30)
    control.come_back()
    control.branch()
    control.go(later=False)
    control.toggle_film()
    assert not control._film.isActive()
    arrives(desk, control, seen=50, wanted=50)
    assert desk.posted() == []
    control.hold(False)
    control.look_at(30)
    assert desk.posted() == [LookAt(30)]
