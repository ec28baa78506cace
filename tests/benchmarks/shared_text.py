"""What eight rivals on one large text cost in memory, and how long each takes to begin. By hand.

    python tests/benchmarks/shared_text.py [--megabytes 100] [--rivals 8] [--alone]

Makes the text in a temporary folder, begins a run on it, then the rivals, all at once, lets all of
them train for a while, and reads what each worker holds from the system: its private memory, its
proportional share of what it has together with others (PSS), and the most that it ever held (which
is when it reads the text). With `--alone` each run has a copy of the text, so that nothing can be
shared, to compare with.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from rnnviz.runs.client import WorkerClient
from rnnviz.runs.messages import Begun, Event, Refused
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration

SECONDS_OF_TRAINING = 10.0


def write_text(path: Path, megabytes: int) -> None:
    """Write words of random letters, as many as it takes."""
    letters = np.frombuffer(b"etaoinshrdlucmfwypvbgk, .\n      ", np.uint8)
    rng = np.random.default_rng(1)
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(letters[rng.integers(0, letters.size, 1_000_000)].tobytes())


class Rival:
    """A run in a worker, and how long it took to begin."""

    def __init__(self, text: Path, number: int) -> None:
        self.seconds: float | None = None
        self.client = WorkerClient()
        self._thread = threading.Thread(target=self.client.run, args=(self._hear,))
        self._thread.start()
        self._settings = {
            "corpus": "file",
            "text_file": str(text),
            # Streams that begin all over the text.
            "batch_size": 32,
            "seed": number,
        }
        self._small: dict[str, object] = {"hidden_size": 4}

    def awake(self) -> None:
        """Have the worker load what it trains with, so that only the beginning is timed."""
        self._expect(NewRun(Configuration.from_mapping(self._small)))

    def begin(self) -> None:
        """Begin on the text."""
        self._since = time.perf_counter()
        self.seconds = None
        self.client.post(NewRun(Configuration.from_mapping(self._settings)))

    def _expect(self, request: NewRun) -> None:
        self._since = time.perf_counter()
        self.client.post(request)
        self.wait()

    def wait(self) -> float:
        """Wait until it has begun, and return how many seconds it took."""
        while self.seconds is None:
            time.sleep(0.001)
        return self.seconds

    def _hear(self, event: Event) -> None:
        match event:
            case Begun():
                self.seconds = time.perf_counter() - self._since
            case Refused(sentence):
                print(sentence, flush=True)
                os._exit(1)

    def memory(self) -> dict[str, float]:
        """Return what the worker holds, in MB."""
        return held_by(self.client.pid)

    def close(self) -> None:
        """End it."""
        self.client.stop()
        self._thread.join()


def held_by(pid: int | None) -> dict[str, float]:
    """Return what a process holds, in MB: as the system adds it up, and the most it ever held."""
    found: dict[str, float] = {}
    for name in ("smaps_rollup", "status"):
        for line in Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8").splitlines():
            key, _, rest = line.partition(":")
            if rest.endswith(" kB"):
                found[key] = int(rest.split()[0]) / 1000
    private = found["Private_Clean"] + found["Private_Dirty"]
    return {"private": private, "PSS": found["Pss"], "most": found["VmHWM"]}


def main() -> None:
    """Begin, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rivals", type=int, default=8)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "large.txt"
        write_text(text, options.megabytes)
        texts = [text] * options.rivals
        if options.alone:
            texts = [Path(folder) / f"large_{number}.txt" for number in range(options.rivals)]
            for copy in texts:
                shutil.copyfile(text, copy)
        rivals = [Rival(one, number) for number, one in enumerate(texts)]
        try:
            measure(rivals)
        finally:
            for rival in rivals:
                rival.close()
    print(f"shared memory left: {sum_of_shared():.0f} MB")


def measure(rivals: list[Rival]) -> None:
    """Have the first begin, then the others, and say what they cost."""
    for rival in rivals:
        rival.awake()
    before = sum(rival.memory()["PSS"] for rival in rivals)
    rivals[0].begin()
    print(f"the first begins after {rivals[0].wait():.2f} s")
    for rival in rivals[1:]:
        rival.begin()
    took = ", ".join(f"{rival.wait():.2f}" for rival in rivals[1:])
    print(f"the others, all at once, after {took} s")
    for rival in rivals:
        rival.client.post(Train())
    time.sleep(SECONDS_OF_TRAINING)
    print(f"{'':>10}{'private':>10}{'PSS':>10}{'most':>10}   (MB)")
    held = [rival.memory() for rival in rivals]
    for number, one in enumerate(held, start=1):
        print(f"{number:>10}" + "".join(f"{value:>10.1f}" for value in one.values()))
    for key in ("private", "PSS"):
        print(f"together, {key}: {sum(one[key] for one in held):,.0f} MB")
    print(f"PSS before they had the text: {before:,.0f} MB")
    print(f"shared memory: {sum_of_shared():.0f} MB; the window's PSS:", end=" ")
    print(f"{held_by(os.getpid())['PSS']:.0f} MB")


def sum_of_shared() -> float:
    """Return how many MB of texts this process and its workers share."""
    files = Path("/dev/shm").glob(f"rnnviz_{os.getpid()}_*")
    return sum(file.stat().st_blocks * 512 for file in files) / 1e6


if __name__ == "__main__":
    main()
