"""How fast training is, as ratios. Run by hand, on a quiet machine.

    python tests/benchmarks/speed.py [--rows lecture,medium] [--cells vanilla,lstm,gru] [--rounds N]
        [--eager-only] [--prototype FOLDER]

Against the step-by-step loop (``step_by_step.py``, beside this file): the lecture's network.
Against PyTorch on the processor, where it is installed (one thread, its fused Adagrad; PyTorch is
no dependency of this project): whole training steps of the same cell, sizes and task, and writing.
PyTorch at its best is the better of two: its own cells (eager), and cells that are written out and
compiled (``pytorch_reference.py``; where there is a C++ compiler, and for long windows after
minutes). Against a prototype of bare NumPy, ``fast.py`` in FOLDER: the same steps with nothing
around them. Against the machine: how much of the rate of one large matrix product, measured in
between, the products of a step reach.

Everything is float32 on one BLAS thread. The package's side is a whole ``Trainer.step``: reading
the window, forward, loss, backward, clipping, Adagrad, the history, and the gradient norms by time
step where they are due. The sides take turns, and each ratio is the median of those
of single turns: these machines may change their speed from one second to the next.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
from threadpoolctl import threadpool_limits

from rnnviz.core.sampling import Sampler
from rnnviz.data import ReferenceLosses, TextDataset, Vocabulary
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import make_trainer
from rnnviz.training.trainer import Trainer

sys.path.insert(0, str(Path(__file__).parent))
from step_by_step import StepByStep

try:
    import pytorch_reference
    import torch
except ImportError:
    torch = None

# Hidden size, batch, sequence length, vocabulary; steps a turn.
ROWS = {
    "lecture": (100, 1, 25, 65, 20),
    "medium": (256, 32, 64, 65, 2),
    "large": (512, 64, 100, 65, 1),
    "words": (100, 1, 25, 8000, 15),
    "words-32": (100, 32, 50, 8000, 1),
}
CELLS = ("vanilla", "lstm", "gru")
PROTOTYPE_CELLS = {"vanilla": "rnn", "lstm": "lstm", "gru": "gru"}
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "perf"
WRITTEN = 200
PEAK_SIZE = 1024
PEAK_FLOPS = 2.0 * PEAK_SIZE**3
Work = Callable[[], object]
Sizes = tuple[str, int, int, int, int]


def new_trainer(cell: str, hidden: int, batch: int, length: int, vocabulary: int) -> Trainer:
    """Make a trainer on random tokens; what is learned does not matter here."""
    ids = np.random.default_rng(0).integers(0, vocabulary, 40 * batch * length + 1)
    tokens = tuple(chr(0x4E00 + number) for number in range(vocabulary))
    dataset = TextDataset(
        name="random",
        title="random tokens",
        vocabulary=Vocabulary(tokens),
        training_ids=ids.astype(np.uint16),
        validation_ids=ids[:0].astype(np.uint16),
        references=ReferenceLosses(1.0, 1.0, 1.0, None),
        notices=(),
        fingerprint="",
    )
    configuration = Configuration(
        cell=cell,
        hidden_size=hidden,
        batch_size=batch,
        sequence_length=length,
        learning_rate=0.01,
        validation_interval=0,
    )
    trainer = make_trainer(configuration, dataset)
    # Samples are written at steps 10, 100, 200 ...: rarely, but then at once.
    trainer.text_generator.sample = lambda *_: None  # type: ignore[method-assign]
    # As after some ten thousand steps; of the first 512 every one is measured.
    trainer.gradient_history.interval = 32
    return trainer


def step_by_step(cell: str, hidden: int, length: int, vocabulary: int) -> Work:
    """Return a step of the plain loop on random tokens."""
    network = StepByStep(cell, vocabulary, hidden)
    ids = np.random.default_rng(0).integers(0, vocabulary, length + 1).tolist()
    return lambda: network.step(ids[:-1], ids[1:])


def writing(cell: str, hidden: int, vocabulary: int) -> Work:
    """Return the package's counterpart."""
    trainer = new_trainer(cell, hidden, 1, 25, vocabulary)
    writer, rng = Sampler(trainer.network, [0]), np.random.default_rng(0)
    return lambda: writer.write(WRITTEN, 0.5, rng)


def in_turns(works: dict[str, Work], repeats: int, rounds: int) -> dict[str, np.ndarray]:
    """Return the seconds of each work (rounds,), done `repeats` times a turn."""
    for work in works.values():
        for _ in range(3):
            work()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            for _ in range(repeats):
                work()
            times[name].append((time.perf_counter() - start) / repeats)
    return {name: np.array(taken) for name, taken in times.items()}


def product_flops(cell: str, hidden: int, batch: int, length: int, vocabulary: int) -> float:
    """Return the operations of a step's matrix products; gathering rows of U is none."""
    gates = {"vanilla": 1, "lstm": 4, "gru": 3}[cell]
    a_step = 3 * 2 * batch * hidden * (gates * hidden + vocabulary)
    return float(length * a_step)


def large_product() -> Work:
    """Return one large matrix product, of `PEAK_FLOPS` operations."""
    left = np.random.default_rng(0).normal(size=(PEAK_SIZE, PEAK_SIZE)).astype(np.float32)
    out = np.empty_like(left)
    return lambda: np.dot(left, left, out=out)


def prototype_from(folder: Path) -> ModuleType | None:
    """Return the module ``fast`` in a folder; None where there is none."""
    if not (folder / "fast.py").is_file():
        return None
    sys.path.insert(0, str(folder))
    return importlib.import_module("fast")


def prototype_step(
    fast: ModuleType, cell: str, hidden: int, batch: int, length: int, vocabulary: int
) -> Work:
    """Return a step of the prototype: values clipped, Adagrad, the gradient's norm by time step."""
    trainer = fast.Trainer(PROTOTYPE_CELLS[cell], vocabulary, hidden, length, batch)
    ids = np.random.default_rng(0).integers(0, vocabulary, (40 * length + 1, batch))
    starts = itertools.cycle(range(0, 40 * length, length))

    def step() -> float:
        start = next(starts)
        window = ids[start : start + length + 1]
        loss: float = trainer.step(window[:-1], window[1:])
        return loss

    return step


def add_pytorch(works: dict[str, Work], sizes: Sizes, *, eager_only: bool) -> None:
    """Add PyTorch's steps, and say so where one cannot be compiled."""
    works["eager"] = pytorch_reference.eager_step(*sizes)
    if eager_only:
        return
    try:
        works["compiled"] = pytorch_reference.compiled_step(*sizes)
    except Exception as error:  # noqa: BLE001  # whatever the compiler's absence is called
        print(f"(torch.compile: {str(error).strip().splitlines()[0]})")


def compared(
    works: dict[str, Work], repeats: int, rounds: int, tokens: int, flops: float = 0.0
) -> list[str]:
    """Measure in turns, and say how fast "ours" is: absolutely, and as ratios of single turns."""
    taken = in_turns(works, repeats, rounds)
    ours = taken["ours"]
    words = [f"{tokens / statistics.median(ours):>11,.0f} tokens/s"]
    others = [name for name in ("eager", "compiled") if name in taken]
    if len(others) > 1:
        best = min(others, key=lambda name: statistics.median(taken[name] / ours))
        words.append(f"{statistics.median(taken[best] / ours):5.2f}x PyTorch at its best")
    words += [
        f"{statistics.median(taken[name] / ours):5.2f}x {name}"
        for name in (*others, "loop", "prototype")
        if name in taken
    ]
    if "peak" in taken:
        share = statistics.median(taken["peak"] / ours) * flops / PEAK_FLOPS
        words.append(f"{share:4.0%} of a large product's rate")
    return words


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default=",".join((*ROWS, "writing")))
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--eager-only", action="store_true", help="do not wait for torch.compile")
    parser.add_argument("--prototype", type=Path, default=BESIDE, metavar="FOLDER")
    options = parser.parse_args()
    fast = prototype_from(options.prototype)
    print(f"{os.cpu_count()} cores, NumPy {np.__version__}", end="")
    print(f", PyTorch {torch.__version__}" if torch else "; PyTorch is not installed here", end="")
    print("" if fast else "; no prototype at hand")
    with threadpool_limits(1, user_api="blas"):
        if torch:
            torch.set_num_threads(1)
        for row in options.rows.split(","):
            for cell in options.cells.split(","):
                measure = measure_writing if row == "writing" else measure_training
                words = measure(row, cell, fast, options)
                print("  ".join([f"{row:<9}{cell:<8}", *words]), flush=True)


def measure_training(
    row: str, cell: str, fast: ModuleType | None, options: argparse.Namespace
) -> list[str]:
    """Return what there is to say of one network's training."""
    hidden, batch, length, vocabulary, repeats = ROWS[row]
    sizes = (cell, hidden, batch, length, vocabulary)
    works: dict[str, Work] = {"ours": new_trainer(*sizes).step, "peak": large_product()}
    if row == "lecture":
        works["loop"] = step_by_step(cell, hidden, length, vocabulary)
    if fast:
        works["prototype"] = prototype_step(fast, *sizes)
    if torch:
        add_pytorch(works, sizes, eager_only=options.eager_only)
    return compared(works, repeats, options.rounds, batch * length, product_flops(*sizes))


def measure_writing(
    row: str, cell: str, fast: ModuleType | None, options: argparse.Namespace
) -> list[str]:
    """Return what there is to say of a lecture network's writing."""
    works: dict[str, Work] = {"ours": writing(cell, 100, 65)}
    if fast:
        weights = fast.Params(PROTOTYPE_CELLS[cell], 65, 100)
        works["prototype"] = lambda: fast.generate(weights, WRITTEN)
    if torch:
        works["eager"] = pytorch_reference.writing(cell, 100, 65, WRITTEN)
    return compared(works, 1, 3 * options.rounds, WRITTEN)


if __name__ == "__main__":
    main()
