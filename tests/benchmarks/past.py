"""What it costs to keep a run's past, and how soon a step of it is seen. Run by hand.

    python tests/benchmarks/past.py [--cell vanilla] [--hidden 100] [--batch 1] [--steps 200000]
        [--memory 128] [--turns 15]

Prints what share of training keeping states takes (turns with and without it, one after the other;
medians), how many states the memory holds and how far they lie apart, and for steps drawn from the
whole run, and from its logarithm, how long it takes until the nearest and the exact one are shown.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from rnnviz.training.commands import Change, LookAt, NewRun, Train, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState

SIX_PANELS = frozenset({HISTORY, GRADIENT_FLOW, HIDDEN_STATE, GRADIENT_HISTORY, TEXT})
STEPS_A_TURN = 2000


def train(session: Session, steps: int) -> float:
    """Do so many steps, and return the seconds of a processor that they took."""
    session.apply(Train(steps))
    began = time.thread_time()
    while session.state is RunState.RUNNING:
        session.advance(look=False)
    return time.thread_time() - began


def seconds_to_see(session: Session, step: int) -> tuple[float, float]:
    """Return how long it takes until the nearest state is shown, and until the step itself is."""
    began = time.perf_counter()
    session.apply(LookAt(step))
    session.snapshot()
    nearest = time.perf_counter() - began
    while session.is_looking_back:
        session.look_further_back()
    session.snapshot()
    return nearest, time.perf_counter() - began


def say_seconds(what: str, seconds: list[float]) -> None:
    """Print the middle and the longest."""
    print(
        f"{what}: median {1000 * np.median(seconds):.0f} ms, longest {1000 * max(seconds):.0f} ms"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cell", default="vanilla")
    parser.add_argument("--hidden", type=int, default=100)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--memory", type=int, default=128)
    parser.add_argument("--turns", type=int, default=15)
    arguments = parser.parse_args()
    configuration = Configuration(
        cell=arguments.cell, hidden_size=arguments.hidden, batch_size=arguments.batch
    )
    with_past, without = Session(), Session()
    for session, memory in ((with_past, arguments.memory), (without, 0)):
        session.apply(NewRun(configuration.with_value("past_memory", memory)))
        session.apply(Watch(SIX_PANELS))
    without._run.kept.after_step = lambda _state: None  # type: ignore[union-attr, method-assign]
    steps = min(STEPS_A_TURN, max(20, arguments.steps // 100))
    ratios = [train(with_past, steps) / train(without, steps) for _ in range(arguments.turns)]
    print(
        f"keeping takes {100 * (np.median(ratios) - 1):.2f} % of training (median of {len(ratios)})"
    )
    train(with_past, arguments.steps - arguments.turns * steps)
    kept = with_past._run.kept  # type: ignore[union-attr]
    gaps = np.diff(kept.steps)
    print(
        f"{len(kept.steps)} states of {kept.num_bytes / len(kept.steps) / 1e3:.0f} KB "
        f"in {kept.num_bytes / 1e6:.0f} MB after {kept.steps[-1]:,} steps; "
        f"{int(np.median(gaps)):,} steps apart, {gaps.max():,} at most"
    )
    rng = np.random.default_rng(0)
    last = int(kept.steps[-1])
    wanted = {
        "a step of the run": rng.integers(0, last, 20),
        "a step, by its logarithm": np.exp(rng.uniform(0, np.log(last), 20)).astype(int),
    }
    for what, drawn in wanted.items():
        seen = [seconds_to_see(with_past, int(step)) for step in drawn]
        say_seconds(f"{what}, the nearest state", [nearest for nearest, _ in seen])
        say_seconds(f"{what}, exactly", [exactly for _, exactly in seen])
    with_past.apply(Change("past_memory", 1))
    print(f"with 1 MB: {len(kept.steps)} states in {kept.num_bytes / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
