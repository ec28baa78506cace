"""A real window that trains in a real process is killed: the next one goes on, bit for bit."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from threadpoolctl import threadpool_limits

from rnnviz.runs.process import WorkerProcess
from rnnviz.storage import load_model
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState

from .test_recovery import HOUR, dialog_of

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")

WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from rnnviz.gui.application import new_window
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import Train

if __name__ == "__main__":
    worker = WorkerProcess()
    application = QApplication([])
    window, furnish = new_window(application, worker, float(sys.argv[1]))
    window.show()
    controller = furnish()

    def look():
        autosaved = controller.runs.front.autosaved
        if controller.snapshot is None or controller.runs._autosaves is None:
            return
        if controller.snapshot.step == 0:
            controller.runs.front.post(Train())
        elif autosaved is not None:
            print(autosaved.step, worker.pid, flush=True)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    application.exec()
"""


@pytest.mark.parametrize("whom", ["window", "both"])
def test_the_next_window_goes_on_as_if_nothing_had_happened(
    new_driver, own_autosaves, tmp_path, whom
):
    script = tmp_path / "window.py"
    script.write_text(WINDOW)
    killed = subprocess.Popen(
        [sys.executable, str(script), "0.1"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
    )
    step, worker = map(int, killed.stdout.readline().split())
    if whom == "both":
        os.kill(worker, signal.SIGKILL)
    killed.kill()
    killed.wait()
    killed.stdout.close()
    driver = new_driver(worker=WorkerProcess(), autosave_seconds=HOUR)
    dialog = dialog_of(driver)
    (card,) = dialog.cards
    reached = card.found.run.step
    assert reached >= step
    driver.until_new_run(dialog.findChild(QPushButton, "recovery_open").click)
    assert driver.controller.snapshot.step >= reached, "the worker may have kept it once more"
    reached = driver.controller.snapshot.step
    driver.controller.runs.front.post(Train(steps=100))
    after = driver.until(lambda snapshot: snapshot.step == reached + 100)
    assert after.state is RunState.FINISHED
    session = Session()
    session.apply(NewRun(Configuration()))
    session.apply(Train(steps=reached + 100))
    # The window's runs have one thread: with several, sums are of other pieces.
    with threadpool_limits(1, user_api="blas"):
        while session.state is RunState.RUNNING:
            session.advance(look=False)
    whole = session.snapshot()
    assert np.array_equal(after.get(HISTORY).loss.mean, whole.get(HISTORY).loss.mean)
    assert np.array_equal(after.get(HISTORY).smoothed_loss, whole.get(HISTORY).smoothed_loss)
    assert after.smoothed_loss == whole.smoothed_loss


def with_killed_worker(new_driver):
    """Return a window whose worker was killed once its run had an autosave."""
    driver = new_driver(worker=WorkerProcess(), autosave_seconds=0.1)
    driver.qtbot.waitUntil(lambda: driver.controller.runs._autosaves is not None)
    driver.trigger("action_train")
    run = driver.controller.runs.front
    driver.qtbot.waitUntil(lambda: run.autosaved is not None)
    os.kill(run.thread.client.pid, signal.SIGKILL)
    driver.until_message("ended unexpectedly (killed by signal 9)")
    return driver


def test_a_killed_worker_leaves_its_autosave_to_the_window(new_driver, own_autosaves):
    driver = with_killed_worker(new_driver)
    (path,) = own_autosaves.rglob("*.rnnviz")
    kept = load_model(path).step
    assert f"step {kept:,}" in driver.window.messages.text
    go_on = driver.child(QPushButton, "message_accept")
    snapshot = driver.until_new_run(go_on.click)
    assert snapshot.step == kept
    assert driver.controller.run_file.is_behind


def test_who_closes_after_a_worker_died_is_offered_it_at_the_next_start(new_driver, own_autosaves):
    driver = with_killed_worker(new_driver)
    driver.window.close()
    assert len(list(own_autosaves.rglob("*.rnnviz"))) == 1
    dialog_of(new_driver(autosave_seconds=HOUR))


def test_who_begins_anew_has_decided(new_driver, own_autosaves):
    driver = with_killed_worker(new_driver)
    driver.until_new_run(driver.child(QPushButton, "message_refuse").click)
    assert list(own_autosaves.rglob("*.rnnviz")) == []


ASKED = """
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox
from rnnviz.gui.application import run_window
from rnnviz.runs.process import WorkerProcess

if __name__ == "__main__":
    worker = WorkerProcess()
    application = QApplication([])
    told = set()

    def tell(what):
        if what not in told:
            told.add(what)
            print(what, flush=True)

    def look():
        windows = [w for w in application.topLevelWidgets() if isinstance(w, QMainWindow)]
        if not windows or not windows[0].docks:
            return
        window = windows[0]
        if window.findChild(QMessageBox):
            tell("asks")
        recovery = window.findChild(QObject, "recovery")
        if recovery is not None and recovery._runs._autosaves is not None:
            if not recovery._runs.trains and "trained" not in told:
                window.actions_by_name["action_train"].trigger()
            if recovery._runs.front.snapshot.step:
                tell("trained")

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    run_window(worker=worker, autosave_seconds=3600.0)
"""


def test_the_system_that_does_not_wait_for_an_answer_loses_nothing(
    new_driver, own_autosaves, tmp_path
):
    script = tmp_path / "window.py"
    script.write_text(ASKED)
    window = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert window.stdout.readline() == "trained\n"
    window.terminate()
    assert window.stdout.readline() == "asks\n"
    while not (kept := list(own_autosaves.rglob("*.rnnviz"))):
        time.sleep(0.01)
    assert load_model(kept[0]).step > 0
    window.terminate()
    assert window.wait(60) == 0, "it has closed in order"
    window.stdout.close()
    dialog = dialog_of(new_driver(autosave_seconds=HOUR))
    assert dialog.cards[0].found.run.step == load_model(dialog.cards[0].found.path).step
