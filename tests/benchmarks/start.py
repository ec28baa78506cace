"""How soon the window is painted, and how soon it is complete. Run by hand.

    python tests/benchmarks/start.py [--runs 7]

Needs a display (an Xvfb will do). Each run starts a new Python, as a person does; the clock
starts before the process. The first run warms the disk's cache and writes the bytecode, and is not
counted. An installed program brings its bytecode along, so PYTHONDONTWRITEBYTECODE, where it is
set, does not reach the child: with it, a fifth of a second would go into compiling at every start.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

_CHILD = """
import sys, time
start = float(sys.argv[1])
import rnnviz.cli
from rnnviz.runs.process import WorkerProcess
worker = WorkerProcess()
from rnnviz.gui import application as a
from PySide6.QtWidgets import QApplication
application = QApplication([])
window, furnish = a.new_window(application, worker, 30.0)
window.show()
def painted():
    print("painted", time.time() - start, flush=True)
    controller = furnish(None)
    def complete():
        if controller.snapshot is None:
            a.QTimer.singleShot(1, complete)
        else:
            a.QTimer.singleShot(0, done)
    def done():
        print("complete", time.time() - start, flush=True)
        window.close()
    complete()
a.when_painted(window, painted)
application.exec()
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    painted, complete = [], []
    environment = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as home:
        for number in range(runs + 1):
            output = subprocess.run(
                [sys.executable, "-c", _CHILD, str(time.time())],
                capture_output=True,
                text=True,
                check=True,
                env={**environment, "XDG_CONFIG_HOME": home, "RNNVIZ_AUTOSAVES": home},
            ).stdout.split()
            if number:
                painted.append(float(output[1]))
                complete.append(float(output[3]))
    for name, values in (("painted", painted), ("complete", complete)):
        print(f"{name}: median {statistics.median(values):.2f} s, slowest {max(values):.2f} s")


if __name__ == "__main__":
    main()
