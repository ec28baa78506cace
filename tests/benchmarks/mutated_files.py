"""Opens model files that were changed at random, and trains those that open. Run by hand.

    python -m tests.benchmarks.mutated_files [--count 1000000] [--processes 2] [--seed 1]
        [--keep FOLDER]

In the checkout's folder. Each file has to be refused in one sentence, or be a model that trains.
Prints how many were either, by the way in which they were changed; the longest time that one took,
of a processor and by the clock; and how much more memory the process ever had than before. What
fails in another way is printed, and its file kept.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.storage.mutations import foreign_files, model_files, mutated, opens

_A_TIME = 5000


class Outcome(NamedTuple):
    """What became of some files.

    Attributes
    ----------
    counts
        How many, by the way in which they were changed, and whether they are models.
    failures
        How those failed that are neither.
    seconds, processor_seconds
        The longest that one took.
    megabytes
        By how much the memory was at its largest above what it was before.
    """

    counts: Counter[tuple[str, bool]]
    failures: list[str]
    seconds: float
    processor_seconds: float
    megabytes: float


def open_some(seed: int, count: int, keep: Path) -> Outcome:
    """Change and open so many files."""
    drawn = random.Random(seed)
    counts: Counter[tuple[str, bool]] = Counter()
    failures: list[str] = []
    longest = longest_of_processor = 0.0
    with tempfile.TemporaryDirectory() as folder:
        contents = model_files(Path(folder))
        path = Path(folder) / "m.rnnviz"
        for content in contents:
            path.write_bytes(content)
            assert opens(path)
        contents += foreign_files()
        before = _peak()
        for number in range(count):
            way, content = mutated(drawn, contents)
            path.write_bytes(content)
            began, busy = time.perf_counter(), time.thread_time()
            try:
                counts[way, opens(path)] += 1
            except Exception:  # noqa: BLE001  # it is told at the end
                kept = keep / f"{way}-{seed}-{number}.rnnviz"
                kept.write_bytes(content)
                failures.append(f"{kept.name}: {traceback.format_exc()}")
            longest = max(longest, time.perf_counter() - began)
            longest_of_processor = max(longest_of_processor, time.thread_time() - busy)
    return Outcome(counts, failures, longest, longest_of_processor, _peak() - before)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    """Open them, and print what became of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()))
    arguments = parser.parse_args()
    rounds = max(1, arguments.count // _A_TIME)
    seeds = [arguments.seed * 1_000_000 + number for number in range(rounds)]
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(arguments.processes, get_context("spawn")) as pool:
        several = pool.map(
            open_some,
            seeds,
            [min(_A_TIME, arguments.count)] * rounds,
            [arguments.keep] * rounds,
        )
        for outcome in several:
            outcomes.append(outcome)
            for failure in outcome.failures:
                print(failure, flush=True)
    counts = sum((outcome.counts for outcome in outcomes), Counter[tuple[str, bool]]())
    for way in sorted({way for way, _ in counts}):
        print(f"{way}: {counts[way, False]:,} refused, {counts[way, True]:,} models")
    refused = sum(count for (_, is_model), count in counts.items() if not is_model)
    failures = sum(len(outcome.failures) for outcome in outcomes)
    print(
        f"{counts.total() + failures:,} files: {refused:,} refused in a "
        f"sentence, {counts.total() - refused:,} models that trained a step, {failures:,} neither"
    )
    print(
        f"one took {max(outcome.seconds for outcome in outcomes):.2f} s at most, "
        f"{max(outcome.processor_seconds for outcome in outcomes):.2f} s of a processor; "
        f"{max(outcome.megabytes for outcome in outcomes):.0f} MB more than before, at most"
    )


if __name__ == "__main__":
    main()
