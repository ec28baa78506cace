"""Resident memory of a window that trains for a quarter of an hour. Run by hand.

    python tests/benchmarks/memory.py [--minutes 15]

Needs a display (an Xvfb will do). Prints the resident memory every half minute, and at the end its
growth since minute 3.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.training.commands import Train


def resident_megabytes() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15)
    minutes = parser.parse_args().minutes
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    application = QApplication([])
    window, furnish = new_window(application)
    window.resize(1280, 800)
    window.show()
    controller = furnish(None)
    controller.thread_of_training.post(Train())
    start, at_minute_3 = time.monotonic(), 0.0
    while (passed := (time.monotonic() - start) / 60) < minutes:
        loop = QEventLoop()
        QTimer.singleShot(30_000, loop.quit)
        loop.exec()
        now = resident_megabytes()
        if passed < 3:
            at_minute_3 = now
        step = controller.snapshot.step if controller.snapshot else 0
        print(f"{passed + 0.5:4.1f} min  step {step:>9,}  {now:.1f} MB", flush=True)
    growth = resident_megabytes() / at_minute_3 - 1
    print(f"growth since minute 3: {growth:+.1%}")
    # Without the question whether to save, which nobody is here to answer.
    controller.close_now()


if __name__ == "__main__":
    main()
