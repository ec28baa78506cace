"""A real window for each test, with settings of its own and nothing left behind."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.runs.client import InProcessClient
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import NewRun, Restart, Train
from rnnviz.training.configuration import Configuration, Value
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot

from .desk import Desk

# What takes longer will not come: a slow machine with delayed frames needs a part of it.
PATIENCE_MS = 40_000


class Driver:
    """The window in a test's hands."""

    def __init__(self, controller: Controller, qtbot) -> None:
        self.controller = controller
        self.window = controller.window
        self.qtbot = qtbot
        self._drawn: dict[str, Snapshot] = {}
        for name, panel in controller.panels.items():
            panel.show_snapshot = self._noting(name, panel.show_snapshot)
        controller._show_numbers = self._noting("numbers", controller._show_numbers)

    def _noting(self, name: str, show: Callable[[Snapshot], None]) -> Callable[[Snapshot], None]:
        """Show a snapshot, and note that it was shown."""

        def show_and_note(snapshot: Snapshot) -> None:
            show(snapshot)
            self._drawn[name] = snapshot

        return show_and_note

    @property
    def session(self) -> Session:
        """The run's session, for a test that looks into it or patches what it does."""
        client = self.controller.thread_of_training.client
        if not isinstance(client, InProcessClient):
            pytest.skip("reaches into the session, which is in another process here")
        return client.loop.session

    def drawn(self, name: str) -> Snapshot | None:
        """Return what a panel, or the toolbar, was drawn from last."""
        return self._drawn.get(name)

    def drawn_of_seen(self) -> list[Snapshot | None]:
        """Return what every seen panel, and the toolbar, were drawn from last."""
        docks = self.window.docks
        seen = ["numbers", *(name for name, dock in docks.items() if self.window.is_seen(dock))]
        return [self._drawn.get(name) for name in seen]

    def is_shown(self, holds: Callable[[Snapshot], bool]) -> bool:
        """Tell whether it holds of what every seen panel, and the toolbar, were drawn from last."""
        return all(drawn is not None and holds(drawn) for drawn in self.drawn_of_seen())

    def trigger(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()

    def child(self, kind: type, name: str):
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {kind.__name__} called {name}"
        return found

    def until(self, holds: Callable[[Snapshot], bool], timeout: int = PATIENCE_MS) -> Snapshot:
        """Wait until it holds of what is shown: what has arrived is not yet drawn."""

        def check() -> bool:
            snapshot = self.controller.snapshot
            return snapshot is not None and holds(snapshot) and self.is_shown(holds)

        self.qtbot.waitUntil(check, timeout=timeout)
        return self.controller.snapshot

    def settle(self) -> None:
        """Wait until everything in the window has its place, and nothing is about to move it."""
        quiet, before = 0, None

        def is_at_rest() -> bool:
            nonlocal quiet, before
            window = self.window
            places = [(w.geometry(), w.isVisible()) for w in (window, *window.docks.values())]
            moves = any(
                timer.isActive() and timer.isSingleShot() and timer.interval() < 300
                for timer in window.findChildren(QTimer)
            )
            quiet = quiet + 1 if places == before and not moves else 0
            before = places
            return quiet >= 4

        self.qtbot.waitUntil(is_at_rest, timeout=PATIENCE_MS)

    def until_state(self, state: RunState) -> Snapshot:
        return self.until(lambda snapshot: snapshot.state is state)

    def until_seen(self, step: int | None) -> Snapshot:
        """Wait until this step of the past is shown, or now where there is none."""
        return self.until(lambda s: s.timeline.seen == s.timeline.wanted == step)

    def until_no_thread(self, name: str) -> None:
        """Wait until every thread of this name has ended and is destroyed."""
        self.qtbot.waitUntil(lambda: not self.window.findChildren(QThread, name))

    def until_message(self, part: str) -> str:
        self.qtbot.waitUntil(lambda: part in self.window.messages.text, timeout=PATIENCE_MS)
        return self.window.messages.text

    def until_new_run(self, act: Callable[[], object], timeout: int = PATIENCE_MS) -> Snapshot:
        before = self.controller.snapshot.run_id
        act()
        return self.until(lambda snapshot: snapshot.run_id != before, timeout)

    def restart(self, **settings: Value) -> Snapshot:
        """Begin another run with these settings changed."""
        post, command = self.controller.thread_of_training.post, Restart(tuple(settings.items()))
        return self.until_new_run(lambda: post(command))

    def take_steps(self, count: int = 1) -> Snapshot:
        """Press Step so many times, each once the one before is shown."""
        for _ in range(count):
            step = self.controller.snapshot.step + 1
            self.trigger("action_step")
            self.until(lambda snapshot, step=step: snapshot.step == step)
        return self.controller.snapshot

    def train_and_pause(self, steps: int) -> Snapshot:
        """Train as far as a step, or a little farther."""
        self.trigger("action_train")
        self.until(lambda snapshot: snapshot.step >= steps)
        self.trigger("action_train")
        return self.until_state(RunState.PAUSED)


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """Wait as long as a slow machine may need, unless a test says how long."""
    wait_until = QtBot.waitUntil

    def wait_patiently(bot: QtBot, holds: Callable[[], bool], *, timeout: int = PATIENCE_MS):
        wait_until(bot, holds, timeout=timeout)

    monkeypatch.setattr(QtBot, "waitUntil", wait_patiently)


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """Have an application before anything is drawn: without one, Qt aborts."""
    return qapp


@pytest.fixture(autouse=True)
def machine_as_slow_as_asked(request, monkeypatch) -> None:
    """Delay the window's frames, or the steps of its run, as the suite's options say."""
    frame_delay = request.config.getoption("--frame-delay-ms") / 1000
    rate = request.config.getoption("--training-steps-per-second")
    if frame_delay:
        show_frame = Controller.show_frame

        def delayed(controller: Controller) -> None:
            time.sleep(frame_delay)
            show_frame(controller)

        monkeypatch.setattr(Controller, "show_frame", delayed)
    if rate:
        advance = Session.advance

        def slowed(session: Session, look: bool, until: float = 0.0) -> Snapshot | None:
            time.sleep(1 / rate)
            return advance(session, look)  # one step, however many there would be time for

        monkeypatch.setattr(Session, "advance", slowed)


@pytest.fixture
def thoroughness(request) -> float:
    """What part of a long walk is gone: where every frame is delayed, one takes ten times as long.

    A test that goes so far is no better there, and would take half an hour.
    """
    return 0.05 if request.config.getoption("--frame-delay-ms") else 1.0


@pytest.fixture
def own_settings(tmp_path: Path) -> None:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )


@pytest.fixture
def new_driver(
    qtbot, qapp: QApplication, own_settings: None, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Driver]]:
    """Make windows; every one is closed at the end, and its thread must be gone."""
    drivers: list[Driver] = []
    in_worker = request.config.getoption("--sessions") == "worker"
    left = [w for w in qapp.topLevelWidgets() if w.objectName() == "main_window"]
    assert not left, "an earlier test left its window behind, which slows down all that follow"

    def make(
        file: Path | None = None,
        experiment: str | None = None,
        worker: WorkerProcess | None = None,
        lesson: str | None = None,
        autosave_seconds: float | None = None,
        reset_settings: bool = False,
    ) -> Driver:
        worker = worker or (WorkerProcess() if in_worker else None)
        window, furnish = new_window(qapp, worker, autosave_seconds, reset_settings=reset_settings)
        window.resize(1280, 800)
        window.show()
        controller = furnish(file, experiment, lesson)
        driver = Driver(controller, qtbot)
        driver.furnish = furnish
        drivers.append(driver)
        driver.until(lambda snapshot: True)
        return driver

    yield make
    for driver in drivers:
        driver.controller.close_now()
        threads = driver.controller.findChildren(QThread, "run_thread")
        assert all(thread.isFinished() for thread in threads), "a run outlived its window"
        driver.window.deleteLater()
    # At once: every widget that is alive is dressed anew when the next window takes its style.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()


@pytest.fixture
def driver(new_driver: Callable[..., Driver]) -> Driver:
    return new_driver()


@pytest.fixture
def trained(driver: Driver) -> Driver:
    """A window that shows four panels, and whose run has taken 60 steps."""
    driver.window.arrange(["loss_panel", "hidden_panel", "text_panel", "gradient_panel"])
    driver.restart(corpus="hello", hidden_size=8)
    driver.controller.thread_of_training.post(Train(60))
    driver.until_state(RunState.FINISHED)
    driver.settle()
    return driver


@pytest.fixture(scope="module")
def first() -> Snapshot:
    """Return what a small run shows first."""
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=4, sequence_length=5)))
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


@pytest.fixture
def desk(first: Snapshot) -> Desk:
    """Those who decide about runs, with nothing real around them."""
    return Desk(first)
