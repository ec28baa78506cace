"""What kill -9 leaves behind: of the process that trains, and of the window. Run by hand.

    python tests/benchmarks/kills.py [--times 50] [--whom worker] [--rivals]

Needs a display (an Xvfb will do). Starts rnnviz as a person does, kills one of its processes after
a random while (at its start, while it trains, while it reads a text), and counts: windows that did
not say a sentence or did not train again after "Begin anew"; processes that outlived their window;
anything that took longer than it may; and lines that somebody wrote to the terminal. With
`--rivals` three cells race in the window, and the sentence counts only where those that were not
killed train on. Shared memory that is left, and that nobody sees any more, is counted.
"""

from __future__ import annotations

import argparse
import contextlib
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
rivals = "rivals" in sys.argv
files = [Path(name) for name in sys.argv[1:] if name != "rivals"]
controller = furnish(files[0] if files else None)
runs = controller.runs
state = "starts" if rivals else "tells"

def steps():
    return {run: run.snapshot.step if run.snapshot else 0 for run in runs}

def look():
    global state, dead, before
    text = window.messages.text
    if state == "starts" and controller.snapshot:
        window.actions_by_name["action_add_cells"].trigger()
        state = "tells"
    elif state == "tells":
        for run in runs:
            run.post(Train())
        print("workers", *[run.thread.client.pid for run in runs], flush=True)
        state = "trains"
    elif state == "trains" and "ended unexpectedly (killed by signal 9)" in text:
        dead = next(run for run in runs if run.thread.client.pid is None)
        before, state = steps(), "others"
    elif state == "others" and all(n > before[r] for r, n in steps().items() if r is not dead):
        print("said", flush=True)
        window.findChild(QPushButton, "message_accept").click()
        state = "begins"
    elif state == "begins" and not window.messages.text and steps()[dead] == 0:
        dead.post(Train())
        state = "trains again"
    elif state == "trains again" and steps()[dead] > 0:
        print("trained", dead.thread.client.pid, flush=True)
        state = "trains"

timer = QTimer()
timer.timeout.connect(look)
timer.start(10)
application.exec()
"""
_PATIENCE = 180.0
_CHANCE = random.Random(1)
_SHARED = Path("/dev/shm")
_COMPLAINTS = "complaints.txt"


def alive(pid: int) -> bool:
    """Tell whether a process still runs; one that only waits to be counted does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def processes() -> list[Path]:
    """Return what the system tells of each process; some will have ended when it is read."""
    return [path for path in Path("/proc").iterdir() if path.name.isdigit()]


def family(pid: int) -> set[int]:
    """Return the process and all that it has started, and what they have."""
    found = {pid}
    parents = {}
    for process in processes():
        with contextlib.suppress(OSError):
            stat = (process / "stat").read_text()
            parents[int(process.name)] = int(stat.rpartition(")")[2].split()[1])
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


def left_in_memory() -> set[Path]:
    """Return the shared memory that is there though nobody sees it."""
    there, seen = set(_SHARED.glob("*")), ""
    for process in processes():
        with contextlib.suppress(OSError):
            seen += (process / "maps").read_text()
    return {memory for memory in there if str(memory) not in seen}


class Window:
    """One window in a process, and what it says."""

    def __init__(self, home: Path, file: Path | None, rivals: bool) -> None:
        told = [*([str(file)] if file else []), *(["rivals"] if rivals else [])]
        with (home / _COMPLAINTS).open("a") as complaints:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _CHILD, *told],
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                env={**os.environ, "XDG_CONFIG_HOME": str(home)},
            )
        self.workers = [int(number) for number in self.line().split()[1:]]

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
    killed = _CHANCE.randrange(len(window.workers))
    os.kill(window.workers[killed], signal.SIGKILL)
    if not window.line().startswith("said"):
        counts["hangs"] += 1
        return
    counts["sentences"] += 1
    took.append(time.monotonic() - start)
    if (line := window.line()).startswith("trained"):
        counts["trained again"] += 1
        counts["orphans"] += alive(window.workers[killed])
        window.workers[killed] = int(line.split()[1])
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
    assert everybody.issuperset(window.workers)
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
    parser.add_argument("--rivals", action="store_true", help="three cells race")
    options = parser.parse_args()
    times: int = options.times
    before = left_in_memory()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        text = home / "long.txt"
        text.write_text("a long text of many lines that repeats itself. \n" * 2_000_000)
        for name in [options.whom] if options.whom else _KILLS:
            kill = _KILLS[name]
            counts: Counter[str] = Counter()
            took: list[float] = []
            window: Window | None = None
            for number in range(times):
                if window is None:
                    long = number // 10 % 2 or number % 3 == 1
                    window = Window(home, text if long else None, options.rivals)
                time.sleep(_CHANCE.uniform(0, 2))
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
            left = left_in_memory() - before
            print(f"{name}: {len(left)} pieces of shared memory are left", flush=True)
            complaints = (home / _COMPLAINTS).read_text()
            print(f"{name}: {len(complaints.splitlines())} lines of complaints", flush=True)
            print(complaints, file=sys.stderr)


if __name__ == "__main__":
    main()
