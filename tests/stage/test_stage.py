"""A random user of the real window: for a short while, always the same one."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ACTIONS = 400
LIMIT_MS = 2000
"""Of a gap, in time that the window's own thread worked: a slow machine may be six times slower."""


@pytest.mark.timeout(900)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_random_user_finds_nothing_wrong(tmp_path):
    log = tmp_path / "stage.jsonl"
    command = [sys.executable, HERE, "--actions", ACTIONS, "--seed", 1, "--log", log]
    judged = ["--by", "processor", "--limit-ms", LIMIT_MS]
    run = subprocess.run(
        [str(word) for word in (*command, *judged)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert f"{ACTIONS} actions" in run.stdout


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A log, with what the stage is made of where it can be imported."""
    monkeypatch.syspath_prepend(HERE)
    from log import Log

    return Log(tmp_path / "stage.jsonl")


def faults(tmp_path):
    from log import faults_in, lines_of

    return faults_in(list(lines_of(tmp_path / "stage.jsonl")))


@pytest.mark.parametrize(("by", "wait"), [("wall", time.sleep), ("processor", None)])
def test_a_loop_that_stands_still_is_seen_with_where_it_stood(log, tmp_path, qtbot, by, wait):
    from watch import Watchdog

    def stand_still(seconds: float) -> None:
        if wait is not None:
            wait(seconds)
        ends = time.thread_time() + (0 if wait else seconds)
        while time.thread_time() < ends:
            pass

    watchdog = Watchdog(log, 0.2, by)
    watchdog.phase = "acting"
    qtbot.waitUntil(lambda: len(watchdog.gaps["wall"]) > 2)
    stand_still(0.5)
    # A busy machine may be the reason of others.
    qtbot.waitUntil(lambda: any("in stand_still" in fault["told"] for fault in faults(tmp_path)))
    watchdog.stop()


def test_complaints_of_qt_and_of_python_are_seen(log, tmp_path, monkeypatch):
    import threading
    import warnings

    from PySide6.QtCore import qInstallMessageHandler, qWarning
    from watch import Complaints

    monkeypatch.setenv("RNNVIZ_REPORTS", str(tmp_path))
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    with warnings.catch_warnings():
        complaints = Complaints(log)
        try:
            qWarning("a warning of a test")
            broken = threading.Thread(target=lambda: 1 / 0)
            broken.start()
            broken.join()
            (tmp_path / "fault.txt").write_text("a report of a test")
            complaints.look()
        finally:
            qInstallMessageHandler(None)
    told = {fault["fault"]: fault["told"] for fault in faults(tmp_path)}
    assert "a warning of a test" in told["qt"]
    assert "ZeroDivisionError" in told["thread"]
    assert "a report of a test" in told["report"]
