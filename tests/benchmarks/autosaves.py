"""What autosaving costs a run: how long one takes, and what training loses by it. Run by hand.

    python tests/benchmarks/autosaves.py [--rounds 5]

For each size a session trains as it does in a worker. Printed are what a step takes, what an
autosave takes (copying, packing, writing, flushing to the disk) and how large it is; and which
share of the time that is at 30 seconds from one to the next, or at a hundred times of what it
takes, where that is longer. What the steps after an autosave take longer than those before it,
because what they work with has left the processor's cache, is counted in.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from threadpoolctl import threadpool_limits

from rnnviz.runs.autosaver import Autosaver
from rnnviz.runs.messages import Autosaved, Noticed
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session

_SECONDS = 30.0
_SIZES = {
    "lecture size": Configuration(),
    "hidden 512": Configuration(hidden_size=512),
    "LSTM, 2 layers of 512, batch 32": Configuration(
        cell="lstm", num_layers=2, hidden_size=512, batch_size=32, optimizer="adam"
    ),
    "words of 8,000": Configuration(corpus="python-reference", level="word", hidden_size=128),
}


def timed_steps(session: Session, seconds: float) -> float:
    """Train for about so long; return what a step took, in seconds."""
    assert session.trainer is not None
    before, began = session.trainer.step_count, time.perf_counter()
    session.advance(look=False, until=began + seconds)
    return (time.perf_counter() - began) / (session.trainer.step_count - before)


def measure(name: str, configuration: Configuration, rounds: int, folder: Path) -> None:
    """Measure one size and print."""
    told: list[Autosaved | Noticed] = []
    session = Session()
    autosaver = Autosaver(session, told.append)
    autosaver.keep_in(folder, name.replace(" ", "-"), _SECONDS)
    session.apply(NewRun(configuration))
    session.apply(Train())
    timed_steps(session, 3.0)
    steps, saves, more = [], [], []
    for _ in range(rounds):
        steps.append(timed_steps(session, 1.0))
        began = time.perf_counter()
        autosaver.save()
        saves.append(time.perf_counter() - began)
        # So few that the cache counts.
        began, count = time.perf_counter(), 0
        while count < 20:
            session.advance(look=False)
            count += 1
        more.append(time.perf_counter() - began - 20 * steps[-1])
    assert all(isinstance(one, Autosaved) for one in told), told
    last = told[-1]
    assert isinstance(last, Autosaved)
    takes = statistics.median(saves)
    lost = takes + max(0.0, statistics.median(more))
    every = max(_SECONDS, 100 * takes)
    print(
        f"{name}: a step {1000 * statistics.median(steps):.2f} ms; an autosave "
        f"{1000 * takes:.1f} ms (longest {1000 * max(saves):.1f}), "
        f"{last.path.stat().st_size / 1e6:.1f} MB; every {every:.0f} s it costs "
        f"{lost / every:.3%} of the time",
        flush=True,
    )


def main() -> None:
    """Measure all sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1, user_api="blas"):
        for name, configuration in _SIZES.items():
            measure(name, configuration, rounds, Path(folder))


if __name__ == "__main__":
    main()
