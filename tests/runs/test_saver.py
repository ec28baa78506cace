"""A save whose disk does not answer holds no training up, and is heard of when it has ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnnviz.runs import saver as saver_module
from rnnviz.runs.client import InProcessClient
from rnnviz.runs.messages import Noticed, Refused, Saved, SaveModel
from rnnviz.storage import StorageError, load_model, save_model
from rnnviz.training.commands import NewRun, TakeStep, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.state.checkpoint import Checkpoint

from .sides import Side, until

SMALL = Configuration(hidden_size=4, sequence_length=5)


class Disk:
    """Answers as soon as it is let go."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.is_full = False

    def save(self, path: Path, checkpoint: Checkpoint) -> None:
        assert self.answers.wait(60)
        if self.is_full:
            raise StorageError(f"{path.name} cannot be saved: the disk is full.")
        save_model(path, checkpoint)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(saver_module, "save_model", disk.save)
    return disk


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saver_module, "_PATIENCE", 0.05)


@pytest.fixture
def side(disk: Disk) -> Iterator[Side]:
    side = Side(InProcessClient())
    side.ask(NewRun(SMALL))
    yield side
    disk.answers.set()
    side.close()


def of(side: Side, kind: type) -> list:
    return [event for event in side.told if isinstance(event, kind)]


def step_of(side: Side) -> int:
    side.client.want_snapshot()
    return side.shown[-1].step


@pytest.mark.usefixtures("no_patience")
def test_the_run_goes_on_and_the_file_holds_the_step_at_which_it_was_asked_for(
    side: Side, disk: Disk, tmp_path: Path
) -> None:
    path = tmp_path / "slow.rnnviz"
    side.ask(TakeStep())
    side.client.post(SaveModel(path))
    until(lambda: of(side, Noticed) != [])
    assert of(side, Noticed)[0].sentence == (
        "slow.rnnviz is not saved yet: its disk does not answer. The run goes on meanwhile."
    )
    side.client.post(Train())
    until(lambda: step_of(side) > 20)
    assert of(side, Saved) == []
    side.client.post(SaveModel(path))
    until(lambda: of(side, Refused) != [])
    assert of(side, Refused)[0].sentence == "slow.rnnviz is still being saved."
    disk.answers.set()
    until(lambda: of(side, Saved) != [])
    assert of(side, Saved) == [Saved(path, 1)]
    assert load_model(path).step == 1
    assert of(side, Refused)[1:] == []


@pytest.mark.usefixtures("no_patience")
def test_why_it_was_not_saved_after_all_is_said(side: Side, disk: Disk, tmp_path: Path) -> None:
    side.client.post(SaveModel(tmp_path / "slow.rnnviz"))
    until(lambda: of(side, Noticed) != [])
    disk.is_full = True
    disk.answers.set()
    until(lambda: of(side, Refused) != [])
    assert of(side, Refused)[0].sentence == "slow.rnnviz cannot be saved: the disk is full."


@pytest.mark.usefixtures("no_patience")
def test_a_run_that_began_meanwhile_has_not_the_file_of_the_one_before(
    side: Side, disk: Disk, tmp_path: Path
) -> None:
    side.ask(TakeStep())
    side.client.post(SaveModel(tmp_path / "slow.rnnviz"))
    until(lambda: of(side, Noticed) != [])
    side.ask(NewRun(SMALL))
    disk.answers.set()
    until(lambda: len(of(side, Noticed)) == 2)
    assert of(side, Noticed)[1].sentence == (
        "slow.rnnviz now holds the run before, as it was after step 1."
    )
    assert of(side, Saved) == []


def test_a_file_that_another_program_wrote_since_is_written_over_when_that_is_known(
    side: Side, disk: Disk, tmp_path: Path
) -> None:
    disk.answers.set()
    path = tmp_path / "mine.rnnviz"
    side.ask(SaveModel(path))
    side.ask(TakeStep())
    side.ask(SaveModel(path))
    assert len(of(side, Saved)) == 2, "its own saves are no change"
    path.write_bytes(b"another program's")
    side.ask(SaveModel(path))
    assert of(side, Refused)[0].sentence == (
        "mine.rnnviz was changed since this run was saved to it: save again to write over it, or "
        "save under another name."
    )
    assert path.read_bytes() == b"another program's"
    side.ask(SaveModel(path))
    assert load_model(path).step == 1
    path.unlink()
    side.ask(SaveModel(path))
    assert load_model(path).step == 1, "nothing is there to be kept"


def test_a_file_that_is_not_the_runs_is_not_doubted(side: Side, disk: Disk, tmp_path: Path) -> None:
    disk.answers.set()
    path = tmp_path / "there.rnnviz"
    path.write_bytes(b"")
    side.ask(SaveModel(path))
    assert of(side, Refused) == []
    assert load_model(path).step == 0
