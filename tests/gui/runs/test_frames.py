"""When a run is asked for its next snapshot: as often as agreed, however long one takes."""

import dataclasses
import itertools

import pytest

from rnnviz.gui.runs import pace
from rnnviz.gui.runs.pace import seconds_per_picture
from rnnviz.gui.runs.run import Run
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

from ..desk import FakeClient


class Asked(FakeClient):
    """Counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def want_snapshot(self) -> None:
        self.count += 1


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=3)))
    session.apply(Train())
    found = session.snapshot()
    assert found is not None
    return found


def frames_between_wishes(
    snapshot: Snapshot, steps: int, latency: int, seconds: float, apart: float = 0.19
) -> list[int]:
    """Have a snapshot come so many frames after each wish, so many steps after the one before."""
    now, step, asked_at, due = 0.0, 0, [], {}
    run = Run(Asked(), clock=lambda: now)
    for frame in range(150):
        now += seconds
        if frame in due:
            step += steps
            run.thread.client.snapshots.append(dataclasses.replace(snapshot, step=step))
        run.take_snapshot()
        before = run.thread.client.count
        run.count_frame(lambda: apart)
        if run.thread.client.count > before:
            asked_at.append(frame)
            due[frame + latency] = True
    return [after - before for before, after in itertools.pairwise(asked_at)][3:]


@pytest.mark.parametrize(
    ("steps", "latency", "seconds", "expected"),
    [
        pytest.param(200, 1, 1 / 60, 12, id="fast"),
        pytest.param(200, 9, 1 / 60, 12, id="late"),
        pytest.param(200, 20, 1 / 60, 20, id="later than the next"),
        pytest.param(200, 1, 0.3, 5, id="in a slow window"),
        pytest.param(1, 1, 1 / 60, 2, id="where each step can be followed"),
        pytest.param(1, 4, 1 / 60, 4, id="where each step can be followed, and late"),
    ],
)
def test_pictures_are_no_rarer_for_being_late(
    snapshot: Snapshot, steps: int, latency: int, seconds: float, expected: int
) -> None:
    assert set(frames_between_wishes(snapshot, steps, latency, seconds)) == {expected}


def test_several_runs_leave_each_other_more_time_and_most_where_processors_are_few(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "PROCESSORS", 4)
    paces = [seconds_per_picture(running, is_watching=False) for running in (0, 1, 3, 4)]
    assert seconds_per_picture(8, is_watching=True) == paces[2]
    frames = [frames_between_wishes(snapshot, 200, 1, 1 / 60, one) for one in paces]
    assert [set(of_one) for of_one in frames] == [{12}, {12}, {14}, {22}]


def test_nothing_is_asked_for_again_before_it_has_come(snapshot: Snapshot) -> None:
    run = Run(Asked())
    for _ in range(100):
        run.count_frame(lambda: 0.0)
    assert run.thread.client.count == 1
