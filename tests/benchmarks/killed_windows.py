"""Kills a window in training again and again; the next one has to go on. Run by hand.

    python tests/benchmarks/killed_windows.py [--times 100] [--seconds 1]

Needs no display. Each time a real window with a real worker trains, autosaved every so many
seconds, and after a random while it is killed; every other time its worker is killed first, as a
power cut would. The next window has to offer the run; it is opened, trains a hundred steps more and
is saved. Counted are: windows that offered nothing; losses and weights that are not, bit for bit,
those of a run that was never interrupted; what is left behind in the end. Printed as well: how much
training was lost at most, in seconds, and how long after its start a window made the offer.
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
from pathlib import Path

from threadpoolctl import threadpool_limits

from rnnviz.storage import load_model
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.bits import same_bits

# A window that trains and says how far it is, or one that takes what it is offered.
_CHILD = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from rnnviz.gui.application import new_window
from rnnviz.runs.messages import SaveModel
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import Train
from rnnviz.training.snapshot import RunState

seconds, model = float(sys.argv[1]), sys.argv[2]
began = time.monotonic()
worker = WorkerProcess()
application = QApplication([])
window, furnish = new_window(application, worker, seconds)
window.show()
furnish.load()
controller = furnish()
state = "trains" if model == "none" else "waits"

def look():
    global state
    snapshot, recovery = controller.snapshot, furnish.recovery
    if snapshot is None or controller.runs._autosaves is None:
        return
    if state == "trains" and snapshot.step == 0:
        controller.runs.front.post(Train())
    elif state == "trains":
        print(worker.pid, snapshot.step, time.time(), flush=True)
    elif state == "waits" and recovery.dialog is not None:
        print("offered", len(recovery.dialog.cards), time.monotonic() - began, flush=True)
        recovery.dialog.findChild(QPushButton, "recovery_open").click()
        state = "opens"
    elif state == "waits" and recovery._thread.isFinished() and time.monotonic() - began > 20:
        print("nothing", flush=True)
        controller.close_now()
    elif state == "opens" and snapshot.step > 0:
        print("from", snapshot.step, flush=True)
        controller.runs.front.post(Train(steps=100))
        state = "goes on"
    elif state == "goes on" and snapshot.state is RunState.FINISHED:
        controller.save(Path(model))
        state = "saves"
    elif state == "saves" and "Saved" in window.messages.text:
        controller.close_now()

timer = QTimer()
timer.timeout.connect(look)
timer.start(5)
application.exec()
"""
_CHANCE = random.Random(1)
_COMPLAINTS = "complaints.txt"
_EXPECTED = "This plugin does not support"
"""What Qt's offscreen platform says of every window."""


def start(home: Path, seconds: float, model: str) -> subprocess.Popen[str]:
    """Start a window."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(home / "settings"),
        "RNNVIZ_AUTOSAVES": str(home / "autosaves"),
    }
    command = [sys.executable, "-c", _CHILD, str(seconds), model]
    with (home / _COMPLAINTS).open("a") as complaints:
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=environment
        )


def train_and_kill(home: Path, seconds: float, *, worker_too: bool) -> tuple[int, float]:
    """Kill a window in training; return how far it was last seen to be, and its steps a second."""
    window = start(home, seconds, "none")
    assert window.stdout is not None
    lines = [window.stdout.readline()]
    ends = time.monotonic() + _CHANCE.uniform(0.1, 3 * seconds + 1)
    while time.monotonic() < ends:
        lines.append(window.stdout.readline())
    worker = int(lines[0].split()[0])
    if worker_too:
        os.kill(worker, signal.SIGKILL)
    window.kill()
    lines += window.stdout.readlines()
    window.wait()
    (_, first, then), (_, last, now) = (lines[index].split() for index in (0, -1))
    passed = float(now) - float(then)
    return int(last), (int(last) - int(first)) / passed if passed else 1.0


def same_as_never_interrupted(model: Path) -> bool:
    """Tell whether a saved run is what it would have been without anything in between."""
    saved = load_model(model)
    session = Session()
    session.apply(NewRun(Configuration()))
    session.apply(Train(steps=saved.step))
    # A window's runs have one: with several, sums are of other pieces.
    with threadpool_limits(1, user_api="blas"):
        while session.state is RunState.RUNNING:
            session.advance(look=False)
    whole = session.checkpoint()
    compared = ("parameters", "slots", "carried_state", "history", "rng", "position")
    return all(same_bits(getattr(whole, name), getattr(saved, name)) for name in compared)


def main() -> None:
    """Kill and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=1.0, help="from one autosave to the next")
    options = parser.parse_args()
    no_offer, others, lost, after = 0, 0, [0.0], [0.0]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        model = home / "went-on.rnnviz"
        for number in range(options.times):
            worker_too = number % 2 == 1
            seen, rate = train_and_kill(home, options.seconds, worker_too=worker_too)
            following = start(home, options.seconds, str(model))
            output, _ = following.communicate(timeout=180)
            told = dict(line.split(maxsplit=1) for line in output.splitlines() if " " in line)
            if "from" not in told:
                # Before the first autosave there is nothing, and no more than that is lost.
                had_time = seen / rate > options.seconds + 1
                no_offer += had_time
                print(f"{number}: nothing was offered after {seen:,} steps", flush=True)
                continue
            reached = int(told["from"])
            after.append(float(told["offered"].split()[1]))
            lost.append(max(0, seen - reached) / rate)
            same = same_as_never_interrupted(model)
            others += not same
            what = "both" if worker_too else "window"
            print(
                f"{number}: {what} killed after step {seen:,}, went on from {reached:,}"
                f"{'' if same else ', BUT NOT ALIKE'}",
                flush=True,
            )
        complaints = (home / _COMPLAINTS).read_text().splitlines()
        complaints = [line for line in complaints if not line.startswith(_EXPECTED)]
        left = list((home / "autosaves").rglob("*"))
    print(f"killed {options.times} times: {no_offer} times nothing was offered")
    print(f"{others} runs went on with other losses or weights")
    print(f"lost at most {max(lost):.2f} s of training, autosaved every {options.seconds:g} s")
    print(f"the offer came {max(after):.2f} s after the start at most")
    print(f"{len(complaints)} lines of complaints", *complaints[:20], sep="\n")
    print(f"left behind in the end: {len(left)} files and folders")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
