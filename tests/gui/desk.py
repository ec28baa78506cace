"""Those who decide about runs, with nothing real around them: no window, process or thread."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rnnviz.gui.runs.race import Race
from rnnviz.gui.runs.rival_control import RivalControl
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.saving import Saving
from rnnviz.gui.runs.training_control import TrainingControl
from rnnviz.runs.messages import Request
from rnnviz.storage.fault_reports import Fault
from rnnviz.training.claims.watch import Reached, Way
from rnnviz.training.configuration import Value
from rnnviz.training.snapshot import Glance, Snapshot
from rnnviz.training.undo.view import Done, PutAway, Undoable, UndoView


class FakeClient:
    """Notes what is posted, and has the snapshots that it is given."""

    def __init__(self) -> None:
        self.posted: list[Request] = []
        self.snapshots: list[Snapshot] = []
        self.glances: list[Glance] = []

    def post(self, request: Request) -> None:
        self.posted.append(request)

    def want_snapshot(self) -> None:
        pass

    def take_snapshot(self) -> Snapshot | None:
        return self.snapshots.pop() if self.snapshots else None

    def want_glance(self, diagnostics: object) -> None:
        pass

    def take_glance(self) -> Glance | None:
        return self.glances.pop() if self.glances else None

    def run(self, tell: object) -> None:
        pass

    def stop(self, *, keep: bool = False) -> None:
        pass


class FakeView:
    """Notes what it is told, and answers as a test says."""

    def __init__(self) -> None:
        self.messages = self
        self.said: list[str] = []
        self.answers: dict[str, Callable[[], None]] = {}
        self.draft: Mapping[str, Value] = {}
        self.player: FakePlayer | None = None
        self.asks_about_draft = False
        self.running = False
        self.way: Way | None = None
        self.led: list[Reached] = []
        self.chosen: Path | None = None
        self.clipboard = ""
        self.name = ""
        self.remembered: list[Path] = []
        self.shown_at_once: list[tuple[str, Value]] = []

    @property
    def question(self) -> str:
        return self.said[-1] if any(name.startswith("Keep") for name in self.answers) else ""

    def tell(self, text: str, kind: str = "notice") -> None:
        self.said.append(text)
        self.answers = {}

    def withdraw(self, beginning: str) -> None:
        pass

    def confirm(self, text: str) -> None:
        self.said.append(text)

    def offer(
        self,
        text: str,
        accept: str,
        on_accept: Callable[[], None],
        kind: str = "notice",
        other: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        self.tell(text)
        self.answers = {accept: on_accept, **dict([other] if other else [])}

    def ask(
        self,
        text: str,
        accept: str,
        on_accept: Callable[[], None],
        refuse: str,
        on_refuse: Callable[[], None] | None = None,
        on_save: Callable[[], None] | None = None,
    ) -> None:
        self.tell(text)
        self.answers = {accept: on_accept, refuse: lambda: None}
        if on_save is not None:
            self.answers["Save"] = on_save

    def tell_fault(self, fault: Fault) -> None:
        self.tell(fault.sentence)

    def clear(self) -> None:
        if not self.question:
            self.answers = {}

    def forget_draft(self) -> None:
        self.draft = {}

    def show_at_once(self, name: str, value: Value) -> None:
        self.shown_at_once.append((name, value))

    def ask_about_draft(self) -> None:
        self.asks_about_draft = True

    def show_running(self, running: bool) -> None:
        self.running = running

    def way_on(self, runs: Iterable[Reached]) -> Way | None:
        self.led = list(runs)
        return self.way

    def ask_where_to_save(self, suggestion: Path) -> Path | None:
        return self.chosen

    def ask_for_vocabulary(self, folder: Path) -> Path | None:
        return self.chosen

    def copy(self, text: str) -> None:
        self.clipboard = text

    def copied(self) -> str:
        return self.clipboard

    def ask_where_to_export(self, suggestion: Path) -> tuple[str, Path] | None:
        return None if self.chosen is None else ("numpy", self.chosen)

    def ask_for_folder(self) -> Path | None:
        return self.chosen

    def ask_what_to_open(self) -> list[Path]:
        return [] if self.chosen is None else [self.chosen]

    def take_name(self, name: str) -> None:
        self.name = name

    def remember_file(self, path: Path) -> None:
        self.remembered.append(path)


class FakePlayer:
    """Plays by itself, beside the run."""

    def __init__(self) -> None:
        self.runs = False
        self.done: list[str] = []

    def toggle(self) -> None:
        self.done.append("toggle")

    def take_step(self) -> None:
        self.done.append("step")

    def put_back(self) -> None:
        self.done.append("put back")


class Desk:
    """Those who decide, with nothing real around them."""

    def __init__(self, first: Snapshot) -> None:
        self.view = FakeView()
        self.runs = RunList(FakeClient)
        self.saving = Saving(self.runs, self.view)
        self.control = RunControl(self.runs, self.view, self.saving)
        self.race = Race(self.runs)
        self.training = TrainingControl(self.runs, self.view, self.control, self.race)
        self.rivals = RivalControl(self.runs, self.view, self.control)
        self._first = first
        self.show()

    @property
    def run(self) -> Run:
        """The run in front."""
        return self.runs.front

    def show(self, run: Run | None = None, **changes: object) -> Snapshot:
        """Have a snapshot of a run arrive that differs from the one before."""
        run = run or self.run
        snapshot = dataclasses.replace(run.snapshot or self._first, **changes)
        run.thread.client.snapshots.append(snapshot)
        assert run.take_snapshot() is snapshot
        self.training.follow_player()
        return snapshot

    def show_reset(self, run: Run | None = None, run_id: str = "after the reset") -> Snapshot:
        """Have the first snapshot after a reset arrive, which put away what was shown before."""
        before = (run or self.run).snapshot
        assert before is not None
        away = PutAway(before.run_id, 0, before.step, undos=1, by_reset=True)
        undo = UndoView(Undoable("reset"), put_away=(away,))
        return self.show(run, step=0, run_id=run_id, undo=undo)

    def show_undone(self, before: Snapshot, number: int = 1, **changes: object) -> Snapshot:
        """Have a snapshot arrive in which a run is back that a reset had put away."""
        undo = UndoView(None, Undoable("reset"), Done(number, Undoable("reset"), again=False))
        back = {"step": before.step, "run_id": before.run_id, "undo": undo}
        return self.show(**(back | changes))

    def add_rival(self, **changes: object) -> Run:
        """Add a run, and have its first snapshot arrive; return it."""
        self.rivals.add_copy()
        self.show(**changes)
        self.posted()
        return self.run

    def posted(self, run: Run | None = None) -> list[Request]:
        """Return what was posted to a run since this was asked last."""
        client = (run or self.run).thread.client
        posted, client.posted = client.posted, []
        return posted

    def answer(self, name: str) -> None:
        """Press the button of this name."""
        self.view.answers[name]()
