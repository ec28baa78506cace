"""What no file holds is kept, when it is due and when training stops; what is saved is not."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rnnviz.runs import autosaver as autosaver_module
from rnnviz.runs.autosaver import Autosaver
from rnnviz.runs.client import InProcessClient, WorkerClient
from rnnviz.runs.messages import (
    Autosave,
    Autosaved,
    AutosaveIn,
    Begun,
    Noticed,
    OpenModel,
    Recover,
    Refused,
    SaveModel,
)
from rnnviz.storage import StorageError, load_model, save_model
from rnnviz.storage.autosaves.own_file import own_file_of
from rnnviz.training.commands import (
    Change,
    NewRun,
    Pause,
    Reset,
    Restart,
    TakeStep,
    Train,
    Undo,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState

from .sides import Side, until

SMALL = Configuration(hidden_size=4, sequence_length=5)
HOUR = 3600.0


class Desk:
    """A session, its autosaver, and a clock that stands still unless it is moved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1000.0
        self.told: list[Autosaved | Noticed] = []
        self.session = Session()
        self.works = True
        self.work: list[Callable[[], None]] = []
        self.autosaver = Autosaver(
            self.session, self.told.append, lambda: None, self.clock, self.clock, self.start
        )
        self.autosaver.keep_in(folder, "place", 30.0)
        self.do(NewRun(SMALL))

    def clock(self) -> float:
        return self.now

    def start(self, work: Callable[[], None]) -> None:
        """Write at once, or, where the disk does not answer, when that is over."""
        if self.works:
            work()
        else:
            self.work.append(work)

    def do(self, *commands: object) -> None:
        for command in commands:
            self.session.apply(command)  # type: ignore[arg-type]
            self.show()

    def show(self) -> None:
        snapshot = self.session.snapshot()
        assert snapshot is not None
        self.autosaver.follow(snapshot)

    def train(self, steps: int) -> None:
        self.do(Train())
        for _ in range(steps):
            self.session.advance(look=False)

    def save_if_due(self) -> None:
        if self.now >= self.autosaver.due:
            self.autosaver.save()

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.rnnviz"))

    @property
    def steps(self) -> list[int]:
        return sorted(load_model(path).step for path in self.files)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "autosaves"
    folder.mkdir()
    return Desk(folder)


def test_one_is_due_every_so_often_while_training_goes_on(desk: Desk) -> None:
    assert desk.autosaver.due == math.inf
    desk.train(3)
    assert desk.autosaver.due == 1030.0
    desk.now += 10
    desk.show()
    assert desk.autosaver.due == 1030.0, "looking puts nothing off"
    desk.now += 20
    desk.save_if_due()
    assert desk.steps == [3]
    assert [type(one) for one in desk.told] == [Autosaved]
    assert desk.autosaver.due == 1060.0
    desk.session.advance(look=False)
    desk.now += 30
    desk.save_if_due()
    assert desk.steps == [4], "in the place of the one before"


def test_one_is_due_as_soon_as_training_stops(desk: Desk) -> None:
    desk.train(3)
    desk.do(Pause())
    assert desk.autosaver.due <= desk.now
    desk.save_if_due()
    assert desk.steps == [3]
    assert desk.autosaver.due == math.inf
    desk.show()
    assert desk.autosaver.due == math.inf, "it is kept"


def test_nothing_is_kept_of_a_run_before_its_first_step(desk: Desk) -> None:
    desk.autosaver.save()
    assert desk.files == []


def test_steps_one_by_one_are_kept_when_that_takes_a_hundredth_of_the_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(path: Path, checkpoint: object) -> None:
        desk.now += 0.5
        save_model(path, checkpoint)  # type: ignore[arg-type]

    monkeypatch.setattr(autosaver_module, "save_model", slow)
    desk.do(TakeStep())
    desk.save_if_due()
    desk.do(TakeStep())
    assert desk.autosaver.due == pytest.approx(desk.now + 50.0)
    desk.do(TakeStep())
    desk.save_if_due()
    assert desk.steps == [1]
    desk.now += 51
    desk.save_if_due()
    assert desk.steps == [3]
    desk.train(1)
    assert desk.autosaver.due == pytest.approx(desk.now + 50.0), "and so it is while it trains"


def test_what_changed_between_two_steps_is_kept_too(desk: Desk) -> None:
    desk.do(TakeStep())
    desk.save_if_due()
    desk.do(Change("learning_rate", 0.5))
    desk.save_if_due()
    assert load_model(desk.files[0]).configuration.learning_rate == 0.5


def test_a_save_by_hand_leaves_nothing_to_lose(desk: Desk) -> None:
    desk.train(3)
    desk.autosaver.save()
    desk.autosaver.saved(3, desk.session.run_id)
    assert desk.files == []
    desk.do(Pause())
    assert desk.autosaver.due == math.inf
    desk.do(TakeStep())
    desk.save_if_due()
    assert desk.steps == [4]


def test_what_a_reset_puts_away_stays_until_nobody_can_bring_it_back(desk: Desk) -> None:
    desk.do(TakeStep(), TakeStep())
    desk.save_if_due()
    desk.do(Reset(), TakeStep())
    desk.now += HOUR
    desk.save_if_due()
    assert desk.steps == [1, 2]
    desk.do(Undo())
    assert desk.steps == [2], "what is undone nobody asks about"
    desk.do(Restart((("hidden_size", 5),)))
    assert desk.files == [], "who begins another network is asked before"


def test_a_new_run_takes_its_place(desk: Desk) -> None:
    desk.do(TakeStep())
    desk.save_if_due()
    desk.do(NewRun(SMALL))
    assert desk.files == []


def test_why_it_cannot_be_is_told_once_and_training_goes_on(desk: Desk) -> None:
    shutil.rmtree(desk.folder)
    desk.train(3)
    for _ in range(3):
        desk.now += HOUR
        desk.save_if_due()
        desk.session.advance(look=False)
    (notice,) = desk.told
    assert isinstance(notice, Noticed)
    assert notice.sentence.startswith("Training cannot be autosaved: there is no folder")
    assert desk.session.state is RunState.RUNNING
    desk.folder.mkdir()
    desk.now += HOUR
    desk.save_if_due()
    assert desk.steps == [6]


def test_a_full_disk_is_told_as_what_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, checkpoint: object) -> None:
        raise StorageError(f"{path.name} cannot be saved: the disk is full.")

    monkeypatch.setattr(autosaver_module, "save_model", full)
    desk.do(TakeStep())
    desk.save_if_due()
    (notice,) = desk.told
    assert isinstance(notice, Noticed)
    assert notice.sentence == "Training cannot be autosaved: the disk is full. Save it by hand."


def test_a_disk_that_does_not_answer_holds_nobody_up(desk: Desk) -> None:
    desk.works = False
    desk.train(3)
    desk.now += 30
    desk.save_if_due()
    desk.now += 29
    desk.save_if_due()
    assert desk.told == []
    for _ in range(3):
        desk.now += 30
        desk.save_if_due()
        desk.session.advance(look=False)
    (notice,) = desk.told
    assert isinstance(notice, Noticed)
    assert "the disk does not answer" in notice.sentence
    desk.works = True
    desk.work.pop()()
    assert desk.autosaver.due <= desk.now, "that it has ended is heard at once"
    desk.save_if_due()
    assert desk.steps == [3]
    assert desk.autosaver.due <= desk.now, "and as much came meanwhile as is to be kept"
    desk.save_if_due()
    assert desk.steps == [6]
    assert desk.autosaver.due == desk.now + 30.0


def test_what_is_saved_or_given_up_while_it_is_written_goes_when_that_has_ended(desk: Desk) -> None:
    desk.works = False
    desk.do(TakeStep())
    desk.save_if_due()
    desk.autosaver.saved(1, desk.session.run_id)
    desk.work.pop()()
    desk.save_if_due()
    assert desk.files == []
    desk.do(TakeStep())
    desk.now += HOUR
    desk.save_if_due()
    desk.do(NewRun(SMALL))
    desk.work.pop()()
    desk.save_if_due()
    assert desk.files == []
    assert desk.told == []


def test_who_may_be_about_to_end_keeps_what_came_while_the_last_one_was_written(
    desk: Desk,
) -> None:
    desk.works = False
    desk.do(TakeStep())
    desk.save_if_due()
    desk.do(TakeStep())
    desk.autosaver.save_at_once()
    desk.works = True
    desk.work.pop()()
    assert desk.steps == [1]
    desk.save_if_due()
    assert desk.steps == [2]


# -- in the loop --------------------------------------------------------------------------------


@pytest.fixture(params=[InProcessClient, WorkerClient])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    side = Side(request.param())
    yield side
    side.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "autosaves"
    folder.mkdir()
    return folder


def of(side: Side, kind: type) -> list:
    return [event for event in side.told if isinstance(event, kind)]


def test_the_loop_keeps_what_trains_and_at_once_what_it_is_told_to(
    side: Side, folder: Path
) -> None:
    side.client.post(AutosaveIn(folder, "place", 0.05))
    side.ask(NewRun(SMALL))
    side.client.post(Train())
    until(lambda: len(of(side, Autosaved)) > 2)
    (path,) = folder.glob("*.rnnviz")
    assert of(side, Autosaved)[-1].path == path
    side.ask(AutosaveIn(folder, "place", HOUR))
    side.ask(Pause())
    step = side.shown[-1].step
    until(lambda: of(side, Autosaved)[-1].step == step)
    side.ask(TakeStep())
    side.ask(Autosave())
    until(lambda: load_model(path).step == step + 1)


def test_who_goes_on_from_an_autosave_has_the_losses_of_who_was_never_interrupted(
    side: Side, folder: Path, tmp_path: Path
) -> None:
    side.ask(NewRun(SMALL))
    side.ask(AutosaveIn(folder, "place", HOUR))
    side.ask(Train(steps=150))
    until(lambda: folder_steps(folder) == [150])
    (path,) = folder.glob("*.rnnviz")
    left = Path(shutil.copy(path, tmp_path / "left.rnnviz"))
    whole = side.ask(Train(steps=100)).get(HISTORY)
    side.ask(Recover(left))
    assert not left.exists(), "it is this run's now"
    assert side.shown[-1].step == 150
    (adopted,) = folder.glob("*.rnnviz")
    assert load_model(adopted).step == 150
    again = side.ask(Train(steps=100)).get(HISTORY)
    assert whole is not None
    assert again is not None
    assert np.array_equal(whole.loss.mean, again.loss.mean)
    assert np.array_equal(whole.norm_before.mean, again.norm_before.mean)


def folder_steps(folder: Path) -> list[int]:
    return [load_model(path).step for path in folder.glob("*.rnnviz")]


def test_a_damaged_autosave_is_refused_and_stays(side: Side, folder: Path, tmp_path: Path) -> None:
    side.ask(NewRun(SMALL))
    damaged = tmp_path / "damaged.rnnviz"
    damaged.write_bytes(b"\0" * 1000)
    side.client.post(Recover(damaged))
    until(lambda: of(side, Refused))
    assert damaged.exists()
    assert len(of(side, Begun)) == 1


def test_a_save_by_hand_removes_the_autosave(side: Side, folder: Path, tmp_path: Path) -> None:
    side.client.post(AutosaveIn(folder, "place", HOUR))
    side.ask(NewRun(SMALL))
    side.ask(TakeStep())
    side.ask(Autosave())
    until(lambda: of(side, Autosaved) != [])
    assert folder_steps(folder) == [1]
    side.ask(SaveModel(tmp_path / "mine.rnnviz"))
    assert list(folder.glob("*.rnnviz")) == []


def left_of(folder: Path, tmp_path: Path) -> Path:
    """Leave the autosave of this folder behind, as a process does that is killed."""
    left = tmp_path / "left"
    shutil.copytree(folder, left)
    (path,) = left.glob("*.rnnviz")
    return path


def trained_on_with_a_file(side: Side, folder: Path, tmp_path: Path) -> Path:
    """Save a run to a file, train on, and return what is left when that ends unasked."""
    side.client.post(AutosaveIn(folder, "place", HOUR))
    side.ask(NewRun(SMALL))
    side.ask(TakeStep())
    side.ask(SaveModel(tmp_path / "mine.rnnviz"))
    side.ask(TakeStep())
    side.ask(Autosave())
    until(lambda: folder_steps(folder) == [2])
    return left_of(folder, tmp_path)


def test_who_goes_on_from_an_autosave_has_the_file_that_the_run_had(
    side: Side, folder: Path, tmp_path: Path
) -> None:
    left = trained_on_with_a_file(side, folder, tmp_path)
    side.ask(Recover(left))
    assert of(side, Begun)[-1].path == tmp_path / "mine.rnnviz"
    assert side.shown[-1].step == 2
    assert of(side, Noticed) == []
    assert list(left.parent.glob("place-*")) == []
    assert {own_file_of(path).path for path in folder.glob("*.rnnviz")} == {  # type: ignore[union-attr]
        tmp_path / "mine.rnnviz"
    }, "should it end unasked again"
    # No full name is in what may travel.
    assert all(os.fsencode(tmp_path) not in path.read_bytes() for path in folder.glob("*.rnnviz"))


@pytest.mark.parametrize("is_replaced", [False, True])
def test_whose_file_is_another_by_now_is_told_and_goes_on_without_one(
    side: Side, folder: Path, tmp_path: Path, is_replaced: bool
) -> None:
    left = trained_on_with_a_file(side, folder, tmp_path)
    (tmp_path / "mine.rnnviz").unlink()
    if is_replaced:
        (tmp_path / "mine.rnnviz").write_bytes(b"another")
    side.ask(Recover(left))
    assert of(side, Begun)[-1].path is None
    until(lambda: of(side, Noticed) != [])
    (notice,) = of(side, Noticed)
    assert notice.sentence.startswith("mine.rnnviz")
    assert side.shown[-1].step == 2


def test_a_file_that_was_opened_is_known_and_after_a_reset_too(
    side: Side, folder: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.rnnviz"
    side.ask(NewRun(SMALL))
    side.ask(TakeStep())
    side.saved(mine)
    side.ask(AutosaveIn(folder, "place", HOUR))
    side.ask(OpenModel(mine))
    side.ask(Reset())
    side.ask(TakeStep())
    side.ask(Autosave())
    until(lambda: folder_steps(folder) == [1])
    (autosave,) = folder.glob("*.rnnviz")
    own = own_file_of(autosave)
    assert own is not None
    assert own.path == mine


def test_another_network_has_no_file(side: Side, folder: Path, tmp_path: Path) -> None:
    trained_on_with_a_file(side, folder, tmp_path)
    side.ask(Restart((("hidden_size", 5),)))
    side.ask(TakeStep())
    side.ask(Autosave())
    until(lambda: folder_steps(folder) == [1])
    (autosave,) = folder.glob("*.rnnviz")
    assert own_file_of(autosave) is None


OWNER = """
import sys, threading, time
from pathlib import Path
from rnnviz.runs.client import WorkerClient
from rnnviz.runs.messages import AutosaveIn
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration

client = WorkerClient()
threading.Thread(target=client.run, args=(lambda event: None,), daemon=True).start()
client.post(AutosaveIn(Path(sys.argv[1]), "place", 3600.0))
client.post(NewRun(Configuration(hidden_size=4, sequence_length=5)))
client.post(Train())
step = 0
while step < 20:
    client.want_snapshot()
    snapshot = client.take_snapshot()
    step = snapshot.step if snapshot else 0
    time.sleep(0.01)
print(client.pid, step, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_worker_whose_window_is_killed_keeps_what_it_has_before_it_ends(folder: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid, step = map(int, owner.stdout.readline().split())
    assert list(folder.glob("*.rnnviz")) == []
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: folder_steps(folder) != [])
    assert folder_steps(folder)[0] >= step
    until(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_who_ends_unasked_leaves_what_no_file_holds(side: Side, folder: Path) -> None:
    side.client.post(AutosaveIn(folder, "place", HOUR))
    side.client.post(NewRun(SMALL))
    side.client.post(Train())

    def has_come_some_way() -> bool:
        side.client.want_snapshot()
        return bool(side.shown) and side.shown[-1].step > 20

    until(has_come_some_way)
    side.client.stop(keep=True)
    side.thread.join(20)
    (step,) = folder_steps(folder)
    assert step >= side.shown[-1].step


def test_who_is_told_to_end_leaves_the_autosave_to_the_window(folder: Path) -> None:
    side = Side(WorkerClient())
    side.client.post(AutosaveIn(folder, "place", HOUR))
    side.client.post(NewRun(SMALL))
    side.client.post(Train())
    until(lambda: bool(side.shown) and side.shown[-1].state is RunState.RUNNING)
    side.close()
    assert list(folder.glob("*.rnnviz")) == [], "it asked before"
