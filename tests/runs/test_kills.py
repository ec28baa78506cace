"""Who is killed takes nobody along, leaves nobody behind, and is spoken of in a sentence."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rnnviz.runs import client as client_module
from rnnviz.runs.client import WorkerClient
from rnnviz.runs.messages import (
    AutosaveIn,
    Begun,
    Died,
    Event,
    OpenModel,
    Refused,
    Request,
    SaveModel,
)
from rnnviz.training.commands import Change, NewRun, Restart, SetSpeed, TakeStep, Train, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.snapshot import Snapshot

SMALL = Configuration(hidden_size=4, sequence_length=5)
SENTENCE = "The training process ended unexpectedly (killed by signal 9)."

UNSENDABLE: Any = threading.Lock()

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")


def until(holds: Callable[[], object], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Driven:
    """A client in a thread, and what it told."""

    def __init__(self) -> None:
        self.client = WorkerClient()
        self.told: list[Event] = []
        self.thread = threading.Thread(target=self.client.run, args=(self.told.append,))
        self.thread.start()
        self.snapshot: Snapshot | None = None

    def of(self, kind: type) -> list:
        return [event for event in self.told if isinstance(event, kind)]

    def until_shown(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        def is_shown() -> bool:
            self.client.want_snapshot()
            self.snapshot = self.client.take_snapshot() or self.snapshot
            return self.snapshot is not None and holds(self.snapshot)

        until(is_shown)
        assert self.snapshot is not None
        return self.snapshot

    def train(self) -> int:
        """Train, and return the number of the process that does."""
        self.client.post(NewRun(SMALL))
        self.client.post(Train())
        self.until_shown(lambda snapshot: snapshot.step > 0)
        assert self.client.pid is not None
        return self.client.pid

    def kill(self) -> None:
        pid, before = self.train(), len(self.of(Died))
        os.kill(pid, signal.SIGKILL)
        until(lambda: len(self.of(Died)) > before)
        assert not is_alive(pid)


@pytest.fixture
def driven() -> Iterator[Driven]:
    driven = Driven()
    yield driven
    pid = driven.client.pid
    driven.client.stop()
    driven.thread.join(20)
    assert not driven.thread.is_alive()
    assert pid is None or not is_alive(pid)


def test_a_worker_that_is_killed_is_a_sentence(driven: Driven) -> None:
    driven.kill()
    assert [event.sentence for event in driven.of(Died)] == [SENTENCE]


def test_what_is_asked_of_a_dead_worker_is_answered_with_the_sentence(driven: Driven) -> None:
    driven.kill()
    for number, request in enumerate((Train(), TakeStep(), Change("momentum", 0.5)), start=2):
        driven.client.post(request)
        until(lambda number=number: len(driven.of(Died)) == number)
    assert not driven.of(Refused)


def test_a_beginning_starts_another_worker_which_knows_what_is_watched_and_how_fast(
    driven: Driven,
) -> None:
    driven.client.post(SetSpeed(2.0))
    driven.client.post(Watch(frozenset()))
    driven.kill()
    driven.client.post(Restart((("hidden_size", 6),)))
    snapshot = driven.until_shown(lambda snapshot: snapshot.hidden_size == 6)
    assert snapshot.configuration == Configuration(hidden_size=6, sequence_length=5)
    assert snapshot.get(HISTORY) is None, "it was not told what is watched"
    driven.client.post(Train())
    time.sleep(1.0)
    assert driven.until_shown(lambda snapshot: snapshot.step > 0).step < 5
    assert len(driven.of(Begun)) == 2


def test_a_beginning_that_cannot_be_is_refused_and_the_next_one_begins(
    driven: Driven, tmp_path
) -> None:
    driven.kill()
    driven.client.post(Restart((("hidden_size", 0),)))
    until(lambda: driven.of(Refused))
    driven.client.post(OpenModel(tmp_path / "gone.rnnviz"))
    until(lambda: len(driven.of(Refused)) == 2)
    driven.client.post(NewRun(SMALL))
    until(lambda: len(driven.of(Begun)) == 2)


def test_a_worker_that_dies_before_it_has_said_anything_is_a_sentence_too(driven: Driven) -> None:
    assert driven.client.pid is not None
    os.kill(driven.client.pid, signal.SIGKILL)
    until(lambda: driven.of(Died))
    driven.kill()


@pytest.mark.parametrize("told", [NewRun(SMALL, UNSENDABLE), Watch(UNSENDABLE)])
def test_a_request_that_cannot_be_sent_ends_one_worker_and_not_the_next_ones(
    driven: Driven, told: Request
) -> None:
    driven.client.post(told)
    until(lambda: driven.of(Died))
    driven.train()
    assert len(driven.of(Died)) == 1


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_worker_does_not_hear_what_is_meant_for_its_window(driven: Driven, name: str) -> None:
    assert driven.client.pid is not None
    os.kill(driven.client.pid, getattr(signal, name))
    pid = driven.train()
    os.kill(pid, getattr(signal, name))
    step = driven.until_shown(lambda snapshot: True).step
    driven.until_shown(lambda snapshot: snapshot.step > step)
    assert not driven.of(Died)


def test_a_worker_that_does_not_answer_is_ended_all_the_same(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_SECONDS_TO_STOP", 0.5)
    pid = driven.train()
    os.kill(pid, signal.SIGSTOP)
    for _ in range(5000):
        driven.client.post(Change("momentum", 0.5))
    began = time.monotonic()
    driven.client.stop()
    driven.thread.join(20)
    assert time.monotonic() - began < 10
    assert not is_alive(pid)


def test_a_file_being_written_is_whole_when_the_window_closes(driven: Driven, tmp_path) -> None:
    driven.train()
    driven.client.post(SaveModel(tmp_path / "model.rnnviz"))
    time.sleep(0.05)
    driven.client.stop()
    driven.thread.join(20)
    assert [path.name for path in tmp_path.iterdir()] in ([], ["model.rnnviz"])


OWNER = """
import sys, threading, time
from rnnviz.runs.client import WorkerClient
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration

client = WorkerClient()
threading.Thread(target=client.run, args=(lambda event: None,), daemon=True).start()
client.post(NewRun(Configuration(**eval(sys.argv[1]))))
client.post(Train())
while client.take_snapshot() is None:
    time.sleep(0.01)
print(client.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    "settings", [{"hidden_size": 4}, {"hidden_size": 1000, "sequence_length": 500}]
)
def test_a_worker_ends_with_its_window_however_that_ends(settings: dict[str, int]) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, repr(settings)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert is_alive(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: not is_alive(pid), 20)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a signal is no crash")
def test_a_worker_in_which_python_crashes_leaves_a_report(driven: Driven, tmp_path: Path) -> None:
    driven.client.post(AutosaveIn(tmp_path, "place", 3600.0))
    pid = driven.train()
    os.kill(pid, signal.SIGSEGV)
    until(lambda: driven.of(Died))
    (died,) = driven.of(Died)
    sentence, _, where = died.sentence.partition(" A report lies in ")
    assert sentence == "The training process ended unexpectedly (killed by signal 11)."
    report = Path(where.removesuffix(".")).expanduser()
    assert "Segmentation fault" in report.read_text(encoding="utf-8")
