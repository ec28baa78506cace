"""What autosaving costs a run: how long one takes, and what training loses by it. Run by hand.

    python tests/benchmarks/autosaves.py [--rounds 5]

For each size a session trains as it does in a worker, with an autosave now and then, which a
thread writes meanwhile. Printed are what a step takes; how large the autosave is, for how long the
run is held up while it is copied, and when it has reached the disk; and what training loses: by how
many fewer steps are done till then, and a while longer, than without. That is given as a share of
30 seconds, or of a hundred times of what one takes of a processor, where that is longer.
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
    autosaver = Autosaver(session, told.append, lambda: None)
    session.apply(NewRun(configuration))
    session.apply(Train())
    timed_steps(session, 3.0)
    snapshot = session.snapshot()
    assert snapshot is not None
    autosaver.keep_in(folder, name.replace(" ", "-"), _SECONDS)
    autosaver.follow(snapshot)
    steps, copying, writing, lost = [], [], [], []
    for _ in range(rounds):
        steps.append(timed_steps(session, 2.0))
        began, before = time.perf_counter(), session.trainer.step_count  # type: ignore[union-attr]
        autosaver.save()
        copying.append(time.perf_counter() - began)
        while autosaver.due > 0:
            session.advance(look=False)
        writing.append(time.perf_counter() - began)
        autosaver.save()
        # A while longer: what the steps work with has left the processor's cache.
        while time.perf_counter() - began < writing[-1] + 0.5:
            session.advance(look=False)
        done = session.trainer.step_count - before  # type: ignore[union-attr]
        lost.append(time.perf_counter() - began - done * steps[-1])
    assert all(isinstance(one, Autosaved) for one in told), told
    last = told[-1]
    assert isinstance(last, Autosaved)
    every = max(_SECONDS, 100 * autosaver._cost)
    print(
        f"{name}: a step {1000 * statistics.median(steps):.2f} ms; an autosave of "
        f"{last.path.stat().st_size / 1e6:.1f} MB holds up {1000 * statistics.median(copying):.1f}"
        f" ms (longest {1000 * max(copying):.1f}), and is there after "
        f"{1000 * statistics.median(writing):.0f} ms (longest {1000 * max(writing):.0f});"
        f" it takes {1000 * autosaver._cost:.1f} ms of a processor; every {every:.0f} s it costs "
        f"{statistics.median(lost) / every:.3%} of the steps",
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
