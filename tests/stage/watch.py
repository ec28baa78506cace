"""What is watched while the user acts: the event loop, complaints, memory, what is left behind."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path

from log import Log
from PySide6.QtCore import QObject, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QWidget

KINDS = ("wall", "own", "threads", "processor")
"""Which times a gap has: as a clock says; without what the processor gave to other programs; what
the window's threads worked in it, for any of which its own may have waited; what its own worked."""

_BEAT_MS = 10
_EXPECTED = ("This plugin does not support",)


class Watchdog(QObject):
    """Measures how long the event loop does not come by, and where it was meanwhile.

    A timer of the loop notes when it comes. When it is late, another thread notes where the
    window's own is. That one waits for Python's lock: the timers of `faulthandler` do not, read
    stacks while these change, and now and then were the end of the program.

    Parameters
    ----------
    log
        Is told of gaps.
    limit
        The longest gap that is none of the program's faults, in seconds.
    by
        Which of a gap's times is held against it: one of `KINDS`.
    """

    def __init__(self, log: Log, limit: float, by: str) -> None:
        super().__init__()
        self._log, self._limit, self._by = log, limit, by
        self.phase = "opening"
        self.window: QWidget | None = None
        self.gaps: dict[str, list[float]] = {kind: [] for kind in KINDS}
        self._stacks: list[str] = []
        self._stopped = threading.Event()
        self._thread = threading.get_ident()
        self._queue = _RunQueue()
        self._last = self._now()
        self._timer = QTimer(self, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)
        self._timer.start()
        threading.Thread(target=self._look, name="watchdog", daemon=True).start()

    def _now(self) -> tuple[float, ...]:
        return time.perf_counter(), time.thread_time(), time.process_time(), self._queue.seconds()

    def beat(self) -> None:
        """Note that the loop came by."""
        now = self._now()
        wall, processor, threads, waited = (b - a for a, b in zip(self._last, now, strict=True))
        own = max(processor, wall - waited)
        gap = {"wall": wall, "own": own, "threads": min(own, threads), "processor": processor}
        if self.window is not None and not self.window.isVisible():
            # A step that is under way is waited for out of sight.
            self.phase = "closing"
        stacks, self._stacks = self._stacks, []
        if wall > self._limit:
            self._tell(gap, "\n".join(stacks))
        if self.phase == "acting":
            for kind, seconds in gap.items():
                self.gaps[kind].append(seconds)
        self._last = self._now()

    def skip(self) -> None:
        """Leave out what has passed since the last beat: the user's own thoughts."""
        self._last = self._now()

    def _tell(self, gap: dict[str, float], stacks: str) -> None:
        times = {kind: round(1000 * seconds) for kind, seconds in gap.items()}
        self._log.add(gap=times, phase=self.phase, stacks=stacks)
        if self.phase == "acting" and gap[self._by] > self._limit:
            self._log.fault("gap", f"{times}\n{stacks}")

    def _look(self) -> None:
        """Note where the window's thread is, each time that it is late."""
        while not self._stopped.wait(0.2 * self._limit):
            if time.perf_counter() - self._last[0] > 0.5 * self._limit and len(self._stacks) < 3:
                frame = sys._current_frames().get(self._thread)
                self._stacks.append("".join(traceback.format_stack(frame)[-20:]))

    def stop(self) -> None:
        """Watch no longer, and write down what was measured."""
        self._timer.stop()
        self._stopped.set()
        summary = {kind: _summary(seconds) for kind, seconds in self.gaps.items()}
        self._log.add(gaps=summary)


class _RunQueue:
    """Tells how long this thread was ready to run while the processor was given to others."""

    def __init__(self) -> None:
        try:
            path = f"/proc/self/task/{threading.get_native_id()}/schedstat"
            self._file = os.open(path, os.O_RDONLY)
        except OSError:
            self._file = -1

    def seconds(self) -> float:
        """Return that since the thread began; 0 where the system does not tell."""
        if self._file < 0:
            return 0.0
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9


def _summary(seconds: list[float]) -> dict[str, float]:
    """Return how many there are, and some of their quantiles in milliseconds."""
    ordered = sorted(seconds) or [0.0]
    at = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "longest": 1.0}
    quantiles = {
        name: round(1000 * ordered[int(part * (len(ordered) - 1))], 1) for name, part in at.items()
    }
    return {"count": len(seconds), **quantiles}


class Complaints:
    """Writes down each exception that nobody caught, each warning, and each report of a fault."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._reports = Path(os.environ["RNNVIZ_REPORTS"])
        self._known = set(self._reports.glob("*"))
        sys.unraisablehook = lambda what: self._python("unraisable", what)
        threading.excepthook = lambda what: self._python("thread", what)
        self._show_warning = warnings.showwarning
        warnings.showwarning = self._warned
        warnings.filterwarnings("always", module="rnnviz")
        qInstallMessageHandler(self._qt)

    def look(self) -> None:
        """See whether the program has written reports since."""
        for report in set(self._reports.glob("*")) - self._known:
            self._known.add(report)
            self._log.fault("report", report.read_text(errors="replace"))

    def _python(self, kind: str, what) -> None:
        trace = traceback.format_exception(what.exc_type, what.exc_value, what.exc_traceback)
        self._log.fault(kind, "".join(trace))

    def _warned(self, message, category, filename, lineno, file=None, line=None) -> None:
        if "rnnviz" in str(filename):
            self._log.fault("warning", f"{filename}:{lineno}: {category.__name__}: {message}")

    def _qt(self, kind: QtMsgType, _context, message: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or message.startswith(_EXPECTED):
            return
        where = "".join(traceback.format_stack(limit=12))
        self._log.fault("qt", f"{message}\n{where}")


def memory_mb(pid: int | str = "self") -> float:
    """Return how much memory a process has to itself, in megabytes."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    private = sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Private"))
    return private / 1024


def growth(memory: list[float]) -> float:
    """Return by how many megabytes memory grew from the second quarter of a session to its last."""
    quarter = len(memory) // 4
    if not quarter:
        return 0.0
    return statistics.median(memory[-quarter:]) - statistics.median(memory[quarter : 2 * quarter])


def open_files() -> list[str]:
    """Return what this process has open."""
    files = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            files.append(os.readlink(link))
        except OSError:
            continue
    return files


def what_is_left(home: str) -> dict[str, list[str]]:
    """Return the threads and the open files of this process, once its window is closed."""
    gc.collect()
    others = (one for one in threading.enumerate() if one is not threading.main_thread())
    # What Qt began has a dummy in the books of Python, which stays there for good.
    threads = [one.name for one in others if not one.name.startswith("Dummy")]
    tasks = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    files = open_files()
    crash = os.environ["RNNVIZ_STAGE_CRASH"]
    own = [one for one in files if one.startswith((f"{home}/", "/dev/shm")) and one != crash]
    return {"threads": threads, "tasks": sorted(tasks), "files": sorted(files), "own": own}
