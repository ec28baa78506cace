"""Kills a process that saves again and again; every file has to be whole. Run by hand.

    python tests/benchmarks/killed_saves.py [--times 1000]

Each time a process trains, and is told to save all the time, with its past and without; or, every
other time, it autosaves all the time. After a random while it is killed. Its file then has
to be there whole, the old one or the new one: it is read, and must be as far as the last one that
was said to be saved, or further. What is left behind is tidied as the next start does; counted is
what still lies there.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rnnviz.runs import autosaver
from rnnviz.runs.loop import Loop
from rnnviz.runs.messages import AutosaveIn, Event, Request, Saved, SaveModel
from rnnviz.storage import load_model, tidy
from rnnviz.storage.autosaves.folder import AutosaveFolder, claim_left_behind
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration

_SETTINGS = Configuration(hidden_size=60, sequence_length=10)
_SHORTEST, _LONGEST = 0.02, 0.3
_HOUR = 3600.0


def save_until_killed(model: Path, told: int) -> None:
    """Train and save all the time, and tell each step that is saved."""

    def tell(event: Event) -> None:
        if isinstance(event, Saved):
            os.write(told, f"{event.step}\n".encode())
            loop.post(SaveModel(model, with_past=event.step % 2 == 0))

    loop = Loop(tell)
    run(loop, SaveModel(model))


def autosave_until_killed(folder: Path) -> None:
    """Train, and autosave all the time, whatever it costs."""
    autosaver._SHARE = 1e9
    run(Loop(lambda _event: None), AutosaveIn(folder, "place", 0.0))


def run(loop: Loop, request: Request) -> None:
    """Have a loop train, with one more request."""
    for each in (NewRun(_SETTINGS), Train(), request):
        loop.post(each)
    loop.run()


def killed(ready: Callable[[], object], act: Callable[[], None]) -> None:
    """Do something in a process, and kill that a random while after it is ready."""
    pid = os.fork()
    if not pid:
        act()
        os._exit(0)
    while not ready():
        time.sleep(0.001)
    time.sleep(random.uniform(_SHORTEST, _LONGEST))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def kill_a_save(folder: Path) -> Counter[str]:
    """Begin, kill, and look at what is there."""
    found: Counter[str] = Counter()
    model = folder / "model.rnnviz"
    model.unlink(missing_ok=True)
    reading, writing = os.pipe()
    killed(model.exists, lambda: save_until_killed(model, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = [int(line) for line in pipe.read().split(b"\n")[:-1]]
    step = load_model(model).step
    found["saves"] += len(told)
    found["files, whole"] += 1
    found["files older than was said"] += bool(told) and step < told[-1]
    found["saves cut short"] += any(folder.glob("*.tmp"))
    tidy(folder, time.time() + _HOUR)
    found["left behind"] += len(os.listdir(folder)) - 1
    return found


def kill_an_autosave(home: Path) -> Counter[str]:
    """Begin, kill, and look at what the next start claims."""
    found: Counter[str] = Counter()
    mine = AutosaveFolder.new(home)
    killed(lambda: mine.models, lambda: autosave_until_killed(mine.path))
    found["autosaves cut short"] += any(mine.path.glob("*.tmp"))
    mine.let_go()
    for left in claim_left_behind(home).folders:
        for path in left.models:
            load_model(path)
            found["autosaves, whole"] += 1
            path.unlink()
        left.let_go()
    found["left behind"] += len(os.listdir(home))
    return found


def main() -> None:
    """Kill and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=1000)
    arguments = parser.parse_args()
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        folder, home = Path(place, "models"), Path(place, "autosaves")
        folder.mkdir()
        for number in range(1, arguments.times + 1):
            found += kill_a_save(folder) if number % 2 else kill_an_autosave(home)
            if number % 100 == 0 or number == arguments.times:
                print(f"{number:,} kills: {dict(found)}", flush=True)


if __name__ == "__main__":
    main()
