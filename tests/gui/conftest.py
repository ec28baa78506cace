"""A real window for each test, with settings of its own and nothing left behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, QThread
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.training.snapshot import RunState, Snapshot


class Driver:
    """The window in a test's hands."""

    def __init__(self, controller: Controller, qtbot) -> None:
        self.controller = controller
        self.window = controller.window
        self.qtbot = qtbot

    def trigger(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()

    def child(self, kind: type, name: str):
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {kind.__name__} called {name}"
        return found

    def until(self, holds: Callable[[Snapshot], bool], timeout: int = 10_000) -> Snapshot:
        def check() -> bool:
            snapshot = self.controller.snapshot
            return snapshot is not None and holds(snapshot)

        self.qtbot.waitUntil(check, timeout=timeout)
        return self.controller.snapshot

    def until_state(self, state: RunState) -> Snapshot:
        return self.until(lambda snapshot: snapshot.state is state)

    def until_message(self, part: str) -> str:
        self.qtbot.waitUntil(lambda: part in self.window.messages.text, timeout=10_000)
        return self.window.messages.text

    def until_new_run(self, act: Callable[[], object], timeout: int = 10_000) -> Snapshot:
        before = self.controller.snapshot.run_id
        act()
        return self.until(lambda snapshot: snapshot.run_id != before, timeout)


@pytest.fixture
def own_settings(tmp_path: Path) -> None:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )


@pytest.fixture
def new_driver(qtbot, qapp: QApplication, own_settings: None) -> Iterator[Callable[..., Driver]]:
    """Make windows; every one is closed at the end, and its thread must be gone."""
    drivers: list[Driver] = []
    left = [w for w in qapp.topLevelWidgets() if w.objectName() == "main_window"]
    assert not left, "an earlier test left its window behind, which slows down all that follow"

    def make(file: Path | None = None, experiment: str | None = None) -> Driver:
        window, furnish = new_window(qapp)
        window.resize(1280, 800)
        window.show()
        controller = furnish(file, experiment)
        driver = Driver(controller, qtbot)
        drivers.append(driver)
        driver.until(lambda snapshot: True)
        return driver

    yield make
    for driver in drivers:
        driver.window.close()
        thread = driver.controller.findChild(QThread, "trainer_thread")
        assert thread.isFinished(), "the trainer's thread outlived its window"
        driver.window.deleteLater()
    # At once: every widget that is alive is dressed anew when the next window takes its style.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()


@pytest.fixture
def driver(new_driver: Callable[..., Driver]) -> Driver:
    return new_driver()
