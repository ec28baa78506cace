"""What kill -9 leaves behind: of the process that trains, and of the window. Run by hand.

    python tests/benchmarks/kills.py [--times 50] [--whom worker]

Needs a display (an Xvfb will do). Starts rnnviz as a person does, kills one of its processes after
a random while (at its start, while it trains, while it reads a text), and counts: windows that did
not say a sentence or did not train again after "Begin anew"; processes that outlived their window;
and anything that took longer than it may.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

# A window that tells its worker's number, and says when its worker is said to be gone and when a
# run that was begun anew has trained.
_CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from rnnviz.gui import application as a
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import Train

worker = WorkerProcess()
application = QApplication([])
window, furnish = a.new_window(application, worker)
window.show()
controller = furnish(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
controller.thread_of_training.post(Train())
print("worker", worker.pid, flush=True)
state = "trains"

def look():
    global state
    snapshot = controller.snapshot
    if state == "trains" and "ended unexpectedly (killed by signal 9)" in window.messages.text:
        print("said", flush=True)
        window.findChild(QPushButton, "message_accept").click()
        state = "begins"
    elif state == "begins" and not window.messages.text and snapshot and snapshot.step == 0:
        controller.thread_of_training.post(Train())
        state = "trains again"
    elif state == "trains again" and snapshot.step > 0:
        print("trained", controller.thread_of_training.client.pid, flush=True)
        state = "trains"

timer = QTimer()
timer.timeout.connect(look)
timer.start(10)
application.exec()
"""
_PATIENCE = 60.0


def alive(pid: int) -> bool:
    """Tell whether a process still runs; one that only waits to be counted does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def family(pid: int) -> set[int]:
    """Return the process and all that it has started, and what they have."""
    found = {pid}
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def gone_within(pids: set[int], seconds: float) -> float | None:
    """Return how long it took until none of them ran any more; None where one still does."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if not any(alive(pid) for pid in pids):
            return time.monotonic() - start
        time.sleep(0.01)
    return None


class Window:
    """One window in a process, and what it says."""

    def __init__(self, home: str, file: Path | None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, *([str(file)] if file else [])],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_CONFIG_HOME": home},
        )
        self.worker = int(self.line().split()[1])

    def line(self) -> str:
        """Return its next line; empty where none comes in time."""
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        end, line = time.monotonic() + _PATIENCE, ""
        while not line.endswith("\n") and time.monotonic() < end:
            # What has come by now may be a part of it.
            line += self.process.stdout.readline()
            time.sleep(0.005)
        return line


def kill_worker(window: Window, counts: Counter[str], took: list[float]) -> None:
    """Kill the process that trains; the window has to say so and to go on."""
    start = time.monotonic()
    os.kill(window.worker, signal.SIGKILL)
    if not window.line().startswith("said"):
        counts["hangs"] += 1
        return
    counts["sentences"] += 1
    took.append(time.monotonic() - start)
    if (line := window.line()).startswith("trained"):
        counts["trained again"] += 1
        counts["orphans"] += alive(window.worker)
        window.worker = int(line.split()[1])
    else:
        counts["hangs"] += 1


def close(window: Window, counts: Counter[str]) -> None:
    """End a window that was looked at for long enough."""
    everybody = family(window.process.pid)
    window.process.kill()
    window.process.wait()
    counts["orphans"] += gone_within(everybody, _PATIENCE) is None


def kill_window(window: Window, counts: Counter[str], took: list[float]) -> None:
    """Kill the window; all that it has started has to end."""
    everybody = family(window.process.pid)
    assert window.worker in everybody
    window.process.kill()
    window.process.wait()
    gone = gone_within(everybody, _PATIENCE)
    if gone is None:
        counts["orphans"] += 1
    else:
        took.append(gone)


_KILLS = {"worker": kill_worker, "window": kill_window}


def main() -> None:
    """Kill and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--whom", choices=_KILLS, help="both, unless one is named")
    options = parser.parse_args()
    times: int = options.times
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as home:
        text = Path(home) / "long.txt"
        text.write_text("a long text of many lines that repeats itself. \n" * 2_000_000)
        for name in [options.whom] if options.whom else _KILLS:
            kill = _KILLS[name]
            counts: Counter[str] = Counter()
            took: list[float] = []
            window: Window | None = None
            for number in range(times):
                if window is None:
                    window = Window(home, text if number // 10 % 2 or number % 3 == 1 else None)
                time.sleep(chance.uniform(0, 2))
                kill(window, counts, took)
                if name == "window":
                    window = None
                elif counts["hangs"] or number % 10 == 9:
                    close(window, counts)
                    window = None
            if window is not None:
                close(window, counts)
            told = ("orphans", "hangs", "sentences", "trained again")
            for what in told if name == "worker" else told[:1]:
                print(f"{name} killed {times} times: {what} {counts[what]}", flush=True)
            print(f"{name}: all was done {max(took, default=0):.2f} s after it at most", flush=True)


if __name__ == "__main__":
    main()
