"""What looking at training costs: run by hand, ``python tests/benchmarks/instrumentation.py``.

A plain step is what the textbook asks for: next window, forward, loss, backward, clip, update,
carry the state. Everything else that a step or a frame does is measured as microseconds and as
a share of it. Each figure is the median of repeats that are interleaved, so that a busy machine
disturbs all of them alike; one BLAS thread, as beside a window.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from threadpoolctl import threadpool_limits

from rnnviz.core.clipping import clip_gradients
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.remarks.rules import remarks
from rnnviz.training.session import Session
from rnnviz.training.trainer import Trainer

SIZES = (
    Configuration(hidden_size=100, batch_size=1, sequence_length=25, validation_interval=0),
    Configuration(hidden_size=256, batch_size=32, sequence_length=25, validation_interval=0),
)
_ROUND_SECONDS = 0.02
_NEVER = 1 << 60


def plain_step(trainer: Trainer) -> None:
    """Do one training step without any instrument."""
    window = trainer.reader.next_window()
    state = trainer.state
    tape, _ = trainer.bptt.forward(window, state.carried, 0.0, state.rng)
    sparse_rows, packed = trainer.bptt.backward(tape, by_row=trainer.state.optimizer.leaves_zeros)
    clip_gradients(packed, "norm", trainer.configuration.clip_threshold)
    trainer.state.optimizer.update(packed, trainer.configuration.learning_rate, sparse_rows)
    trainer.bptt.carry(tape, state.carried)


def begun(configuration: Configuration) -> tuple[Session, Trainer]:
    session = Session()
    session.apply(NewRun(configuration))
    session.apply(Train())
    assert session.trainer is not None
    # Past the steps of which each is measured, as a run is for nearly all of its life.
    for _ in range(3000):
        session.trainer.history.append(1.0, 2.0, 2.0, False)
    for _ in range(520):
        session.trainer.step()
    for _ in range(1100):
        session.snapshot()
    return session, session.trainer


def works(session: Session, trainer: Trainer) -> dict[str, Callable[[], object]]:
    """Name what is measured; the first is what the others are compared with."""
    flow_tape = trainer.bptt.tape(
        trainer.configuration.sequence_length, trainer.configuration.batch_size
    )

    flow_targets = flow_tape.inputs

    def step_and_gradient_history() -> None:
        trainer.gradient_history.interval = 1
        trainer.gradient_history._count = 511
        trainer.step()
        trainer.gradient_history.interval = _NEVER

    def validation() -> None:
        trainer._validation.loss()

    trainer.gradient_history.interval = _NEVER
    snapshot = session.snapshot()
    assert snapshot is not None
    return {
        "plain step": lambda: plain_step(trainer),
        "step": lambda: trainer.step(),
        "step, gradient history due": step_and_gradient_history,
        "step, everything watched": lambda: trainer.step(EVERYTHING),
        "  of it: history.append": lambda: trainer.history.append(1.0, 2.0, 2.0, False),
        "  of it: keep the last finite": lambda: trainer.state.last_finite.keep(
            trainer.network.parameters, trainer.state.optimizer, None
        ),
        "  of it: gradient flow": lambda: trainer._observer.context(
            0, flow_tape, flow_targets
        ).measure(GRADIENT_FLOW),
        "snapshot, everything watched": session.snapshot,
        "  of it: history view": trainer.history.view,
        "  of it: gradient history view": trainer.gradient_history._new_view,
        "  of it: remarks": lambda: remarks(snapshot),
        "  of it: write 2 characters": lambda: trainer.text_generator.continue_stream(
            trainer.configuration, 2
        ),
        "  of it: stream as text": trainer.text_generator.stream,
        "loss on held-out text": validation,
    }


def medians(named: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return seconds a call, each the median over interleaved rounds."""
    counts = {}
    for name, work in named.items():
        start = time.perf_counter()
        for _ in range(3):
            work()
        counts[name] = max(1, int(_ROUND_SECONDS * 3 / (time.perf_counter() - start)))
    seconds: dict[str, list[float]] = {name: [] for name in named}
    for _ in range(rounds):
        for name, work in named.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                work()
            seconds[name].append((time.perf_counter() - start) / counts[name])
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    with threadpool_limits(1, user_api="blas"):
        for configuration in SIZES:
            print(
                f"hidden {configuration.hidden_size}, batch {configuration.batch_size}, "
                f"T {configuration.sequence_length}"
            )
            measured = medians(works(*begun(configuration)), rounds)
            plain = measured["plain step"]
            for name, value in measured.items():
                print(f"  {name:32} {value * 1e6:10,.1f} us {value / plain:8.1%}")


if __name__ == "__main__":
    main()
