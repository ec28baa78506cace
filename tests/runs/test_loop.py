"""The loop: obeys in order between steps, gives reading up, and survives its faults."""

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rnnviz.runs.loop import Loop
from rnnviz.runs.messages import (
    Begun,
    CheckFile,
    Copied,
    CopyForCheck,
    CopyForStep,
    Event,
    Exported,
    ExportModel,
    Faulted,
    Glanced,
    Loading,
    Noticed,
    OpenModel,
    Pictured,
    Refused,
    Saved,
    SaveModel,
    StepCopied,
    Usable,
)
from rnnviz.storage import load_model
from rnnviz.storage.fault_reports import HOME_VARIABLE
from rnnviz.training.commands import (
    Change,
    ComeBack,
    LookAt,
    NewRun,
    Pause,
    Reset,
    Restart,
    TakeStep,
    Train,
)
from rnnviz.training.configuration import Configuration, Value
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.snapshot import RunState, Snapshot
from rnnviz.training.trainer import Trainer

SMALL = Configuration(hidden_size=4, sequence_length=5)


class Running:
    """A loop in a thread, and what it told."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.loop = Loop(self.told.append)
        self.thread = threading.Thread(target=self.loop.run)
        self.thread.start()

    def until(self, holds: Callable[[], object], seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.told
            time.sleep(0.002)

    def until_told(self, kind: type) -> Event:
        self.until(lambda: self.of(kind))
        return self.of(kind)[-1]

    def of(self, kind: type) -> list:
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def shown(self) -> Snapshot:
        # That a run has begun is told before it is pictured.
        return self.until_told(Pictured).snapshot  # type: ignore[attr-defined]

    def until_shown(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        self.until(lambda: self.of(Pictured) and holds(self.shown))
        return self.shown


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.loop.stop()
    running.thread.join(10)
    assert not running.thread.is_alive()


def test_requests_are_obeyed_in_order_and_what_they_did_is_shown_unasked(running: Running) -> None:
    for request in (NewRun(SMALL), TakeStep(), TakeStep(), Change("learning_rate", 0.5)):
        running.loop.post(request)
    shown = running.until_shown(lambda s: s.step == 2 and s.configuration.learning_rate == 0.5)
    assert shown.state is RunState.PAUSED
    assert [event.path for event in running.of(Begun)] == [None]


def test_a_snapshot_is_made_when_one_is_wanted_and_not_before(running: Running) -> None:
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    running.loop.post(Train())
    running.until_shown(lambda s: s.state is RunState.RUNNING)
    time.sleep(0.1)
    count = len(running.of(Pictured))
    time.sleep(0.1)
    assert len(running.of(Pictured)) == count
    running.loop.want_snapshot()
    running.until(lambda: len(running.of(Pictured)) == count + 1)
    assert running.shown.step > 0


def test_a_watched_text_is_glanced_at_when_that_is_wanted_and_can_be(running: Running) -> None:
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    quick = frozenset({HIDDEN_STATE})
    running.loop.want_glance(quick)
    running.loop.post(Train())
    running.until_shown(lambda s: s.state is RunState.RUNNING)
    running.loop.post(Change("watched_text", "the old king"))
    glance = running.until_told(Glanced).glance
    assert len(running.of(Glanced)) == 1, "none before there was a text, and none unasked"
    assert glance.run_id == running.shown.run_id
    assert set(glance.window.measured) == quick
    running.loop.want_glance(quick)
    running.until(lambda: len(running.of(Glanced)) == 2)
    assert running.of(Glanced)[-1].glance.window.step > glance.window.step


def test_files_are_saved_checked_and_opened(running: Running, tmp_path: Path) -> None:
    path = tmp_path / "model.rnnviz"
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    for request in (TakeStep(), SaveModel(path), CheckFile(path), OpenModel(path)):
        running.loop.post(request)
    running.until(lambda: len(running.of(Begun)) == 2)
    assert load_model(path).step == 1
    assert running.of(Saved) == [Saved(path, 1)]
    assert running.of(Usable) == [Usable(path)]
    assert running.of(Begun) == [Begun(None), Begun(path)]
    running.loop.post(CopyForCheck())
    assert running.until_told(Copied).subject.step == 1
    running.loop.post(CopyForStep())
    assert running.until_told(StepCopied).subject.step == 1


def test_what_cannot_be_is_refused_in_a_sentence_and_the_run_stays(
    running: Running, tmp_path: Path
) -> None:
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    run = running.shown.run_id
    running.loop.post(OpenModel(tmp_path / "gone.rnnviz"))
    running.loop.post(CheckFile(tmp_path / "gone.txt"))
    running.until(lambda: len(running.of(Refused)) == 2)
    assert all(event.sentence.endswith(".") for event in running.of(Refused))
    assert not running.of(Usable)
    running.loop.post(TakeStep())
    assert running.until_shown(lambda s: s.step == 1).run_id == run


def test_reading_is_given_up_when_another_run_is_asked_for(
    running: Running, tmp_path: Path
) -> None:
    text = tmp_path / "long.txt"
    text.write_text("a long text of many lines that repeats itself. \n" * 400_000)
    running.loop.post(NewRun(Configuration(corpus="file", text_file=str(text))))
    running.until_told(Loading)
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    assert len(running.of(Begun)) == 1
    assert running.shown.configuration == SMALL
    assert not running.of(Refused)
    assert running.of(Loading)[-1].fraction == 1.0


@pytest.mark.parametrize(
    ("later", "begun", "seed", "is_read"),
    [
        ({"seed": 7}, 3, 7, True),
        ({"seed": 7, "hidden_size": 5}, 3, 7, True),
        ({"corpus": "tales", "text_file": "", "seed": 7}, 2, 7, False),
    ],
)
def test_reading_is_given_up_only_for_a_restart_that_changes_all_that_it_was_for(
    tmp_path: Path, later: dict[str, Value], begun: int, seed: int, is_read: bool
) -> None:
    text = tmp_path / "long.txt"
    text.write_text("a long text of many lines that repeats itself. \n" * 40_000)
    first = {"corpus": "file", "text_file": str(text)}
    told: list[Event] = []
    later_requests = [Restart(tuple(later.items()))]

    def tell(event: Event) -> None:
        told.append(event)
        if isinstance(event, Loading) and "long.txt" in event.what and later_requests:
            loop.post(later_requests.pop())
        if isinstance(event, Pictured) and event.snapshot.configuration.seed == seed:
            loop.stop()

    loop = Loop(tell)
    loop.post(NewRun(SMALL))
    loop.post(Restart(tuple(first.items())))
    thread = threading.Thread(target=loop.run)
    thread.start()
    thread.join(40)
    loop.stop()
    thread.join(10)
    assert not [event for event in told if isinstance(event, Refused)]
    assert len([event for event in told if isinstance(event, Begun)]) == begun
    shown = [event.snapshot for event in told if isinstance(event, Pictured)][-1]
    expected = SMALL.to_mapping() | (first if is_read else {}) | later
    assert shown.configuration.to_mapping() == expected


def test_a_model_that_is_exported_is_of_the_step_that_is_seen(
    running: Running, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("now.rnnviz", "then.rnnviz", "again.rnnviz")]
    running.loop.post(NewRun(SMALL))
    running.loop.post(Train(40))
    running.until_shown(lambda s: s.state is RunState.FINISHED)
    running.loop.post(ExportModel(paths[0]))
    running.loop.post(LookAt(15))
    running.until_shown(lambda s: s.timeline.seen == s.timeline.wanted == 15)
    running.loop.post(ExportModel(paths[1], with_past=True))
    running.loop.post(ComeBack())
    running.loop.post(ExportModel(paths[2], with_past=True))
    running.until(lambda: len(running.of(Exported)) == 3)
    assert running.of(Exported) == [
        Exported(path, step, SMALL) for path, step in zip(paths, (40, 15, 40), strict=True)
    ]
    models = [load_model(path) for path in paths]
    assert [model.step for model in models] == [40, 15, 40]
    assert [bool(model.past) for model in models] == [False, False, True]
    assert not running.of(Saved), "the run's own file is another"


def test_of_a_model_that_cannot_be_exported_only_who_waits_for_it_hears(
    running: Running, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "m.rnnviz"
    running.loop.post(ExportModel(path))
    running.loop.post(NewRun(SMALL))
    running.loop.post(ExportModel(path))
    running.until(lambda: len(running.of(Exported)) == 2)
    without, nowhere = running.of(Exported)
    assert without == Exported(path, refusal="There is no network yet.")
    assert nowhere.refusal.startswith("m.rnnviz cannot be saved: there is no folder")
    assert not running.of(Refused)


def test_notices_are_handed_out(running: Running) -> None:
    running.loop.post(NewRun(SMALL))
    running.loop.post(Change("prompt", "☃"))
    assert "☃" in running.until_told(Noticed).sentence


def test_a_fault_in_a_step_is_a_sentence_and_the_run_is_shown_paused(
    running: Running, monkeypatch: pytest.MonkeyPatch, own_reports: Path
) -> None:
    running.loop.post(NewRun(SMALL))
    running.loop.post(Train())
    running.until_shown(lambda s: s.state is RunState.RUNNING)
    with monkeypatch.context() as patch:

        def fail(*_: object, **__: object) -> None:
            raise ZeroDivisionError("of ours")

        patch.setattr(Trainer, "step", fail)
        fault = running.until_told(Faulted).fault
        running.until_shown(lambda s: s.state is RunState.PAUSED)
    assert "ZeroDivisionError: of ours" in fault.sentence
    assert str(fault.report) in fault.sentence
    (report,) = own_reports.iterdir()
    assert "Traceback" in report.read_text(encoding="utf-8")
    running.loop.post(Train())
    step = running.shown.step
    running.until_shown(lambda s: s.state is RunState.RUNNING)
    running.loop.post(Pause())
    running.until_shown(lambda s: s.state is RunState.PAUSED and s.step > step)


def test_a_fault_in_what_is_shown_ends_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch, own_reports: Path
) -> None:
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    with monkeypatch.context() as patch:

        def fail(_: object) -> None:
            raise ZeroDivisionError("of ours")

        patch.setattr(type(running.loop.session), "snapshot", fail)
        running.loop.post(TakeStep())
        running.until_told(Faulted)
        # One of the step, and one of what was to be shown of that.
        running.until(lambda: len(list(own_reports.iterdir())) == 2)
    running.loop.post(Reset())
    running.until_shown(lambda s: s.step == 0 and s.state is RunState.IDLE)


def test_a_fault_that_can_be_reported_nowhere_is_told_all_the_same(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.loop.post(NewRun(SMALL))
    running.until_told(Begun)
    closed = io.StringIO()
    closed.close()
    with monkeypatch.context() as patch:

        def fail(_: object) -> None:
            raise ZeroDivisionError("of ours")

        patch.setenv(HOME_VARIABLE, os.devnull)
        patch.setattr("sys.stderr", closed)
        patch.setattr(type(running.loop.session), "snapshot", fail)
        running.loop.post(TakeStep())
        assert running.until_told(Faulted).fault.report is None
    running.loop.post(Reset())
    running.until_shown(lambda s: s.step == 0 and s.state is RunState.IDLE)
