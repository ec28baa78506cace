"""Measure how the cost of one training step grows with the sequence length; run by hand.

Twice the time steps should cost twice the time, up to T = 1,000. Lengths are interleaved and the
medians of the repeats are shown, so that a busy moment of the machine falls on all alike.

    python tests/benchmarks/linear_in_time.py [REPEATS]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from rnnviz.core.architecture import Architecture
from rnnviz.core.clipping import clip_gradients
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.optimizers import Adagrad

LENGTHS = (25, 50, 100, 200, 500, 1000)
SIZES = ((100, 1), (256, 32))
VOCAB_SIZE = 33
PARTS = ("forward", "loss", "backward", "clip", "update")


def make_step(
    hidden_size: int, batch_size: int, sequence_length: int
) -> Callable[[], tuple[float, ...]]:
    """Return a training step that returns the seconds of each of its parts."""
    rng = np.random.default_rng(0)
    network = Network(Architecture(VOCAB_SIZE, hidden_size))
    network.initialize("uniform", 1.0, rng)
    optimizer = Adagrad(network.parameters.flat)
    gradients = network.parameters.zeros_like()
    tape = network.new_tape(sequence_length, batch_size)
    tokens = rng.integers(0, VOCAB_SIZE, (sequence_length + 1, batch_size))

    def step() -> tuple[float, ...]:
        now = time.perf_counter
        marks = [now()]
        network.forward(tokens[:-1], tape.final_state(), tape)
        marks.append(now())
        cross_entropy(tape.logits, tokens[1:], tape.d_logits)
        marks.append(now())
        network.backward(tape, gradients)
        marks.append(now())
        clip_gradients(gradients.flat, "norm", 5.0)
        marks.append(now())
        optimizer.update(gradients.flat, 0.01)
        marks.append(now())
        return tuple(end - start for start, end in pairwise(marks))

    return step


def measure(hidden_size: int, batch_size: int, repeats: int) -> dict[int, list[float]]:
    """Return for every length the median seconds of a step's parts."""
    steps = {length: make_step(hidden_size, batch_size, length) for length in LENGTHS}
    times: dict[int, list[tuple[float, ...]]] = {length: [] for length in LENGTHS}
    for repeat in range(repeats + 2):
        for length, step in steps.items():
            step()  # brings the buffers back into the caches, as in a run of one length
            seconds = step()
            if repeat >= 2:
                times[length].append(seconds)
    return {
        length: [statistics.median(part) for part in zip(*rows, strict=True)]
        for length, rows in times.items()
    }


def main() -> None:
    """Print a table for each size of network."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for hidden_size, batch_size in SIZES:
        print(f"hidden {hidden_size}, batch {batch_size}, vocabulary {VOCAB_SIZE}, float32")
        parts_title = "".join(f"{part:>10}" for part in PARTS)
        print(f"{'T':>5} {'ms a step':>10} {'us / T':>8} {'when T doubles':>15}   ms:{parts_title}")
        medians = measure(hidden_size, batch_size, repeats)
        totals = {length: sum(parts) for length, parts in medians.items()}
        for before, length in zip((None, *LENGTHS), LENGTHS, strict=False):
            seconds = totals[length]
            ratio = ""
            if before is not None:
                # From 200 to 500 is more than double: the growth is scaled to one doubling.
                doublings = np.log2(length / before)
                ratio = f"x {(seconds / totals[before]) ** (1 / doublings):.2f}"
            parts = "".join(f"{1e3 * part:10.3f}" for part in medians[length])
            print(
                f"{length:5} {1e3 * seconds:10.3f} {1e6 * seconds / length:8.2f}"
                f" {ratio:>15}      {parts}"
            )
        print(f"200 to 1,000 steps cost {totals[1000] / totals[200]:.2f} times as much (5 wanted)")
        print()


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
