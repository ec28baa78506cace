"""A film's camera waits for the step that it asked for."""

import dataclasses

import numpy as np
import pytest

from rnnviz.gui.recording.cameras import FilmCamera
from rnnviz.gui.recording.plan import FilmPlan
from rnnviz.storage.video.frames import Frame
from rnnviz.training.commands import LookAt, NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session

from ..desk import Desk


@pytest.fixture
def desk():
    session = Session()
    session.apply(NewRun(Configuration(corpus="hello", hidden_size=4)))
    return Desk(session.snapshot())


@pytest.fixture
def camera(desk, qtbot):
    desk.show(step=10)
    desk.posted()
    taken = []
    camera = FilmCamera(
        desk.runs, FilmPlan(0, 10), 3, lambda: taken.append(0) or picture(), lambda: True
    )
    camera.taken = taken
    camera.start()
    return camera


def picture() -> Frame:
    return np.zeros((2, 2, 3), np.uint8)


def arrives(desk, camera, seen, wanted):
    timeline = dataclasses.replace(desk.run.snapshot.timeline, seen=seen, wanted=wanted)
    camera.follow(desk.show(timeline=timeline))


def test_a_slow_answer_is_waited_for_and_no_other_step_is_taken_for_it(desk, camera, qtbot):
    arrives(desk, camera, 0, 0)
    qtbot.waitUntil(lambda: len(camera.taken) == 1)
    assert desk.posted() == [LookAt(0), LookAt(5)]
    for _ in range(20):
        camera._ask_again()
    assert (desk.posted(), len(camera.taken)) == ([], 1)
    arrives(desk, camera, 5, 5)
    qtbot.waitUntil(lambda: len(camera.taken) == 2)


def test_what_is_answered_with_an_earlier_step_is_the_nearest_there_is(desk, camera, qtbot):
    arrives(desk, camera, 0, 0)
    qtbot.waitUntil(lambda: len(camera.taken) == 1)
    arrives(desk, camera, 0, 0)
    camera._ask_again()
    qtbot.waitUntil(lambda: len(camera.taken) == 2)


def test_what_something_else_took_away_is_asked_for_again(desk, camera):
    desk.posted()
    arrives(desk, camera, None, None)
    camera._ask_again()
    assert desk.posted() == [LookAt(0)]
