"""Runs on one text have it once, learn what they learn alone, and leave nothing behind."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from rnnviz.data import Corpus, TextDataset, TextKey, build_dataset
from rnnviz.data.token_vocabulary import Ids
from rnnviz.runs.client import InProcessClient, WorkerClient
from rnnviz.runs.messages import (
    Begun,
    Died,
    Event,
    LetTextGo,
    Loading,
    Noticed,
    OpenModel,
    Refused,
    Request,
    TextAnswer,
    TextEvent,
    WantText,
)
from rnnviz.runs.shared_memory import give_back
from rnnviz.runs.shared_text import shared
from rnnviz.runs.text_borrower import TextBorrower
from rnnviz.runs.text_registry import TextRegistry
from rnnviz.storage import save_model
from rnnviz.training.commands import NewRun, Restart, TakeStep
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session

from .sides import Side, until

MEMORY = Path("/dev/shm")
IS_LINUX = MEMORY.is_dir()
CLIENTS = pytest.mark.parametrize("kind", [InProcessClient, WorkerClient])
IN_WORKERS = pytest.mark.parametrize("kind", [WorkerClient])
IN_MEMORY = pytest.mark.skipif(not IS_LINUX, reason="shared memory is no file here")
CAN_KILL = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")

SMALL = Configuration(hidden_size=4, sequence_length=5)


def memory_of_texts(owner: int | None = None) -> list[int]:
    """Return the sizes of what the workers share that this process, or another, has started."""
    sizes = []
    for path in MEMORY.glob(f"rnnviz_{owner or os.getpid()}_*"):
        # One that is given back just now is none.
        with contextlib.suppress(FileNotFoundError):
            sizes.append(path.stat().st_size)
    return sizes


def words(length: int, seed: int = 1) -> str:
    letters = np.frombuffer(b"etaoin shrdlu\n", np.uint8)
    return letters[np.random.default_rng(seed).integers(0, letters.size, length)].tobytes().decode()


def on_text(path: Path, **settings: object) -> Configuration:
    small = {"hidden_size": 4, "sequence_length": 5, "validation_interval": 7}
    return Configuration.from_mapping(
        {"corpus": "file", "text_file": str(path), **small, **settings}
    )


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(words(20_000), encoding="utf-8")
    return path


class Rivals:
    """Runs beside each other, and what each said of texts while it began."""

    def __init__(self, kind: type[InProcessClient] | type[WorkerClient]) -> None:
        self.kind = kind
        self.sides: list[Side] = []

    def add(self) -> Side:
        self.sides.append(Side(self.kind()))
        return self.sides[-1]

    def begin(self, configuration: Configuration) -> Side:
        side = self.add()
        side.client.post(NewRun(configuration))
        until_begun(side)
        return side

    def close(self) -> None:
        for side in self.sides:
            side.close()


@pytest.fixture
def rivals(kind: type[InProcessClient] | type[WorkerClient]) -> Iterator[Rivals]:
    rivals = Rivals(kind)
    yield rivals
    rivals.close()
    assert kind.texts._by_key == kind.texts._by_ask == {}
    assert memory_of_texts() == []


def of(side: Side, kind: type) -> list[Event]:
    return [event for event in side.told if isinstance(event, kind)]


def until_begun(side: Side, times: int = 1) -> None:
    def has_begun() -> bool:
        assert not of(side, Refused), side.told
        return len(of(side, Begun)) >= times

    until(has_begun)


def reads(side: Side) -> bool:
    """Tell whether it has read a file."""
    return any(event.what.startswith("Reading") for event in of(side, Loading))


def begun_alone(configuration: Configuration) -> Session:
    """Begin a run in a world of its own."""
    session = Session()
    session.apply(NewRun(configuration))
    return session


def losses_alone(configuration: Configuration, steps: int) -> list[float]:
    trainer = begun_alone(configuration).trainer
    assert trainer is not None
    return [trainer.step().loss for _ in range(steps)]


def losses(side: Side, steps: int) -> list[float]:
    """Do steps, and return the loss of each."""
    found = []
    for number in range(1, steps + 1):
        side.client.post(TakeStep())
        until(lambda number=number: bool(side.shown) and side.shown[-1].step == number)
        loss = side.shown[-1].loss
        assert loss is not None
        found.append(loss)
    return found


@CLIENTS
def test_a_rival_does_not_read_a_text_again_that_another_run_has(
    rivals: Rivals, text: Path
) -> None:
    assert reads(rivals.begin(on_text(text)))
    for settings in ({"cell": "lstm"}, {"batch_size": 3, "seed": 4}):
        assert not reads(rivals.begin(on_text(text, **settings)))


@CLIENTS
def test_of_those_that_begin_at_once_one_reads(rivals: Rivals, text: Path) -> None:
    text.write_text(words(300_000), encoding="utf-8")
    sides = [rivals.add() for _ in range(3)]
    for side in sides:
        side.client.post(NewRun(on_text(text)))
    for side in sides:
        until_begun(side)
    assert [reads(side) for side in sides].count(True) == 1


@CLIENTS
@pytest.mark.parametrize(
    "settings",
    [
        {"cell": "gru", "batch_size": 3},
        {"level": "word", "vocabulary_size": 9},
        {"validation_fraction": 0.3, "optimizer": "adam"},
    ],
)
def test_losses_are_those_of_a_run_that_has_read_the_text_itself(
    rivals: Rivals, text: Path, settings: dict[str, Any]
) -> None:
    configuration = on_text(text, **settings)
    maker, other = (rivals.begin(configuration) for _ in range(2))
    assert not reads(other)
    alone = losses_alone(configuration, 30)
    assert losses(maker, 30) == losses(other, 30) == alone
    assert of(maker, Noticed) == of(other, Noticed)
    assert maker.shown[-1].references == other.shown[-1].references
    assert len(of(other, Noticed)) == ("level" in settings)


def test_in_one_process_all_have_the_same_array(text: Path) -> None:
    clients = [InProcessClient() for _ in range(2)]
    sides = [Side(client) for client in clients]
    try:
        for side in sides:
            side.ask(NewRun(on_text(text)))
        trainers = [client.loop.session.trainer for client in clients]
        one, other = (cast(TextDataset, trainer.dataset) for trainer in trainers if trainer)
        assert np.shares_memory(one.training_ids, other.training_ids)
        assert np.shares_memory(one.validation_ids, other.validation_ids)
    finally:
        for side in sides:
            side.close()


@IN_WORKERS
@IN_MEMORY
def test_ids_are_in_memory_once(rivals: Rivals, text: Path) -> None:
    for cell in ("vanilla", "lstm", "gru"):
        rivals.begin(on_text(text, cell=cell))
    assert memory_of_texts() == [text.stat().st_size]


@CLIENTS
def test_a_text_that_was_changed_is_read_as_it_is_now(rivals: Rivals, text: Path) -> None:
    before, times = text.stat(), (text.stat().st_atime_ns, text.stat().st_mtime_ns)
    first = rivals.begin(on_text(text))
    text.write_text(words(20_000, seed=2), encoding="utf-8")
    # As long as it was, and as old as it was by the clock that can be set back.
    os.utime(text, ns=times)
    after = text.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    second = rivals.begin(on_text(text))
    assert reads(second)
    assert losses(second, 9) == losses_alone(on_text(text), 9) != losses(first, 9)


@CLIENTS
def test_a_text_that_was_removed_is_told(rivals: Rivals, text: Path) -> None:
    rivals.begin(on_text(text))
    text.unlink()
    side = rivals.add()
    side.client.post(NewRun(on_text(text)))
    until(lambda: bool(of(side, Refused)))
    assert of(side, Refused) == [Refused("There is no file text.txt.")]


@CLIENTS
def test_a_text_that_cannot_be_read_is_refused_to_each(rivals: Rivals, text: Path) -> None:
    text.write_bytes(b"a" * 5_000_000)
    sides = [rivals.add() for _ in range(3)]
    for side in sides:
        side.client.post(NewRun(on_text(text)))
    for side in sides:
        until(lambda side=side: bool(of(side, Refused)))


@IN_WORKERS
@CAN_KILL
def test_who_waits_for_another_can_be_asked_for_something_else(rivals: Rivals, text: Path) -> None:
    first, second, third = three_of_whom_the_first_reads_and_the_others_wait(rivals, text)
    second.client.post(NewRun(SMALL))
    until_begun(second)
    os.kill(pid_of(first), signal.SIGCONT)
    until_begun(first)
    until_begun(third)
    assert not reads(third)


@CLIENTS
@pytest.mark.parametrize("first", ["the model", "a new run"])
def test_a_model_and_a_new_run_share_a_text(
    rivals: Rivals, text: Path, tmp_path: Path, first: str
) -> None:
    model = tmp_path / "model.rnnviz"
    save_model(model, begun_alone(on_text(text)).checkpoint())
    beginnings: list[Request] = [OpenModel(model), NewRun(on_text(text))]
    if first == "a new run":
        beginnings.reverse()
    has_read = []
    for request in beginnings:
        side = rivals.add()
        side.client.post(request)
        until_begun(side)
        has_read.append(reads(side))
    assert has_read == [True, False]


@CLIENTS
def test_a_text_that_nobody_uses_any_more_is_given_back(rivals: Rivals, text: Path) -> None:
    sides = [rivals.begin(on_text(text)) for _ in range(2)]
    for number, side in enumerate(sides, start=1):
        assert rivals.kind.texts._by_key
        side.client.post(Restart((("corpus", "brackets"),)))
        until_begun(side, 2)
        assert len(rivals.kind.texts._by_ask) == 3 - number, "the run that reads it may come back"
        side.client.post(NewRun(Configuration(corpus="brackets", hidden_size=4)))
        until_begun(side, 3)
        until(lambda number=number: len(rivals.kind.texts._by_ask) == 2 - number)
    # The one that made it gives it back once it has heard that nobody uses it any more.
    until(lambda: memory_of_texts() == [])


@CLIENTS
def test_a_run_that_begins_anew_on_its_text_does_not_read_it_again(
    rivals: Rivals, text: Path
) -> None:
    side = rivals.begin(on_text(text))
    pieces = len(of(side, Loading))
    side.client.post(NewRun(on_text(text, hidden_size=5)))
    until_begun(side, 2)
    assert not any(event.what.startswith("Reading") for event in of(side, Loading)[pieces:])


@IN_WORKERS
@CAN_KILL
def test_who_made_the_memory_may_die_while_others_train_on(rivals: Rivals, text: Path) -> None:
    maker, other = (rivals.begin(on_text(text)) for _ in range(2))
    kill(maker)
    assert losses(other, 9) == losses_alone(on_text(text), 9)
    third = rivals.begin(on_text(text))
    assert not reads(third)
    # It begins anew, and shares again.
    maker.client.post(NewRun(on_text(text)))
    until(lambda: len(of(maker, Begun)) == 2)
    assert losses(maker, 9) == losses(third, 9)
    assert len(memory_of_texts()) == IS_LINUX


@IN_WORKERS
@CAN_KILL
def test_where_the_one_that_reads_dies_the_next_one_reads(rivals: Rivals, text: Path) -> None:
    first, *others = three_of_whom_the_first_reads_and_the_others_wait(rivals, text)
    kill(first)
    for side in others:
        until_begun(side)
    assert [reads(side) for side in others] == [True, False]


def three_of_whom_the_first_reads_and_the_others_wait(rivals: Rivals, text: Path) -> list[Side]:
    """Return runs the first of which stands still in the middle of a text."""
    text.write_text(words(8_000_000), encoding="utf-8")
    sides = [rivals.add() for _ in range(3)]
    sides[0].client.post(NewRun(on_text(text)))
    until(lambda: reads(sides[0]))
    os.kill(pid_of(sides[0]), signal.SIGSTOP)
    for side in sides[1:]:
        side.client.post(NewRun(on_text(text)))
        until(lambda side=side: waits(side))
    assert not of(sides[0], Begun)
    return sides


def waits(side: Side) -> bool:
    return any(event.what.startswith("Another run") for event in of(side, Loading))


OWNER = """
import sys, threading, time
from rnnviz.runs.client import WorkerClient
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration

settings = {"corpus": "file", "text_file": sys.argv[1], "hidden_size": 4}
clients = [WorkerClient(), WorkerClient()]
for client in clients:
    threading.Thread(target=client.run, args=(lambda event: None,), daemon=True).start()
    client.post(NewRun(Configuration.from_mapping(settings)))
    client.post(Train())
for client in clients:
    while client.take_snapshot() is None:
        time.sleep(0.01)
print(*[client.pid for client in clients], flush=True)
time.sleep(60)
"""


@IN_MEMORY
@pytest.mark.parametrize("workers_too", [False, True])
def test_nothing_is_left_of_a_window_that_is_killed(text: Path, workers_too: bool) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(text)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    pids = [int(pid) for pid in owner.stdout.readline().split()]
    assert memory_of_texts(owner.pid) == [text.stat().st_size]
    owner.kill()
    if workers_too:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
    _, complaint = owner.communicate(timeout=30)
    assert complaint == ""
    assert memory_of_texts(owner.pid) == []


def pid_of(side: Side) -> int:
    assert isinstance(side.client, WorkerClient)
    assert side.client.pid is not None
    return side.client.pid


def kill(side: Side) -> None:
    os.kill(pid_of(side), signal.SIGKILL)
    until(lambda: bool(of(side, Died)))


def dataset_of(length: int) -> TextDataset:
    return build_dataset(Corpus("small", "A small text", words(length)), 0.1)


@IN_MEMORY
def test_shared_ids_are_the_same_read_only_and_last_as_long_as_somebody_sees_them() -> None:
    before = dataset_of(5_000)
    text, mine = shared(before, f"rnnviz_{os.getpid()}_test")
    kept = text.keep()
    assert kept is not None
    theirs = text.open()
    give_back(kept)
    assert memory_of_texts() == []
    for dataset in (mine, theirs):
        assert [getattr(dataset, name) for name in _BESIDE_IDS] == [
            getattr(before, name) for name in _BESIDE_IDS
        ]
        for part, whole in zip(ids_of(dataset), ids_of(before), strict=True):
            assert part.dtype == whole.dtype
            assert part.tobytes() == whole.tobytes()
            assert not part.flags.writeable
    with pytest.raises(FileNotFoundError):
        text.open()


_BESIDE_IDS = [
    field.name for field in dataclasses.fields(TextDataset) if not field.name.endswith("_ids")
]


def ids_of(dataset: TextDataset) -> tuple[Ids, Ids]:
    return dataset.training_ids, dataset.validation_ids


@IN_MEMORY
def test_where_there_is_no_room_a_run_has_its_text_alone(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    told: list[TextEvent] = []
    borrower = TextBorrower(told.append)
    registry = TextRegistry(between_processes=True)
    key, whole = key_of(text), dataset_of(5_000)

    def tell(event: TextEvent) -> None:
        told.append(event)
        registry.hear(event, borrower.hear)

    borrower = TextBorrower(tell)
    assert borrower.share(key, lambda: whole, None) is whole
    assert isinstance(told[-1], LetTextGo)
    assert memory_of_texts() == []


@IN_MEMORY
def test_memory_of_one_that_died_before_he_could_tell_is_given_back(text: Path) -> None:
    registry = TextRegistry(between_processes=True)
    heard: list[TextAnswer] = []
    waiting: list[TextAnswer] = []
    registry.hear(WantText("reads", key_of(text)), heard.append)
    registry.hear(WantText("waits", key_of(text)), waiting.append)
    shared(dataset_of(5_000), heard[0].memory)
    assert len(memory_of_texts()) == 1
    assert waiting == []
    registry.leave(heard.append)
    assert memory_of_texts() == []
    assert (waiting[0].ask, waiting[0].text) == ("waits", None)
    assert waiting[0].memory not in ("", heard[0].memory)


def key_of(text: Path) -> TextKey:
    key = TextKey.of_file(str(text), 0.1, "character", 0)
    assert key is not None
    return key


def test_a_text_that_changes_while_it_is_read_is_for_nobody_else(text: Path) -> None:
    registry = TextRegistry(between_processes=False)
    whole = dataset_of(5_000)

    def read() -> TextDataset:
        text.write_text(words(20_001), encoding="utf-8")
        return whole

    borrower = TextBorrower(lambda event: registry.hear(event, borrower.hear))
    assert borrower.share(key_of(text), read, None) is whole
    assert registry._by_key == {}


def test_a_text_that_changes_while_another_run_reads_it_is_read_again(text: Path) -> None:
    registry = TextRegistry(between_processes=False)
    first, second = dataset_of(5_000), dataset_of(6_000)
    one = TextBorrower(lambda event: registry.hear(event, one.hear))
    other = TextBorrower(lambda event: registry.hear(event, other.hear))
    key = key_of(text)
    mine = one.share(key, lambda: first, None)
    assert np.shares_memory(mine.training_ids, first.training_ids)
    text.write_text(words(20_001), encoding="utf-8")
    assert other.share(key, lambda: second, None) is second


ALONE = """
import sys, threading
from rnnviz.runs.client import InProcessClient
from rnnviz.runs.messages import Begun
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration

client = InProcessClient()
client.post(NewRun(Configuration()))
client.run(lambda event: client.stop() if isinstance(event, Begun) else None)
assert client.take_snapshot() is not None
print("multiprocessing.shared_memory" in sys.modules)
"""


def test_a_run_on_a_built_in_text_loads_nothing_to_share_it() -> None:
    run = [sys.executable, "-c", ALONE]
    told = subprocess.run(run, capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("False\n", "")
