"""How fast training is, as ratios. Run by hand, on a quiet machine.

    python tests/benchmarks/speed.py [--rows lecture,medium] [--cells vanilla,lstm,gru] [--rounds N]

Three tables. Against the step-by-step loop (``step_by_step.py``, beside this file): the lecture's
network. Against PyTorch on the processor, where it is installed (eager, one thread, its fused
Adagrad; PyTorch is no dependency of this project): whole training steps of the same cell, sizes and
task, and writing. Against the machine: how much of the rate of one large matrix product, measured
in between, the products of a step reach.

Everything is float32 on one BLAS thread. The package's side is a whole ``Trainer.step``: reading
the window, forward, loss, backward, clipping, Adagrad, the history, and the gradient norms by time
step where they are due. The sides take turns, and each ratio is the median of those
of single turns: these machines may change their speed from one second to the next.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

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
    import torch
    from torch import nn
    from torch.nn import functional
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
WRITTEN = 200
Work = Callable[[], object]


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


def torch_step(cell: str, hidden: int, batch: int, length: int, vocabulary: int) -> Work:
    """Return a training step of PyTorch's own cell on random tokens."""
    network = torch_network(cell, hidden, vocabulary)
    optimizer = torch.optim.Adagrad(network.parameters(), lr=0.01, fused=True)
    ids = torch.randint(0, vocabulary, (40 * length + 1, batch))
    place, state = 0, None

    def step() -> float:
        nonlocal place, state
        place = place + length if place + 2 * length < len(ids) else 0
        window = ids[place : place + length + 1]
        logits, state_after = network(window[:-1], state)
        loss = functional.cross_entropy(
            logits.reshape(-1, vocabulary), window[1:].reshape(-1), reduction="sum"
        )
        loss = loss / batch
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 100.0)
        optimizer.step()
        is_pair = isinstance(state_after, tuple)
        state = tuple(s.detach() for s in state_after) if is_pair else state_after.detach()
        return float(loss.detach())

    return step


def torch_network(cell: str, hidden: int, vocabulary: int):  # type: ignore[no-untyped-def]
    """Return embedding or one-hot rows, the recurrent layer and the output."""

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            kind = {"vanilla": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[cell]
            # A product with thousands of one-hot columns would be no comparison.
            self.embedding = nn.Embedding(vocabulary, hidden) if vocabulary > 1000 else None
            self.rnn = kind(hidden if self.embedding else vocabulary, hidden)
            self.head = nn.Linear(hidden, vocabulary)

        def forward(self, ids, state):  # type: ignore[no-untyped-def]
            if self.embedding is None:
                x = functional.one_hot(ids, vocabulary).float()
            else:
                x = self.embedding(ids)
            hidden_states, state = self.rnn(x, state)
            return self.head(hidden_states), state

    return Network()


def torch_writing(cell: str, hidden: int, vocabulary: int) -> Work:
    """Return what writes tokens one by one, each drawn from the last one's probabilities."""
    network = torch_network(cell, hidden, vocabulary)

    @torch.inference_mode()
    def write() -> None:
        token, state = torch.zeros((1, 1), dtype=torch.long), None
        written = []
        for _ in range(WRITTEN):
            logits, state = network(token, state)
            drawn = torch.multinomial(torch.softmax(logits[0, 0] / 0.5, -1), 1)
            given = torch.softmax(logits[0, 0], -1)[drawn]
            written.append((drawn.item(), given.item()))
            token = drawn.reshape(1, 1)

    return write


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


def peak_work() -> tuple[Work, float]:
    """Return one large matrix product and its operations."""
    size = 1024
    left = np.random.default_rng(0).normal(size=(size, size)).astype(np.float32)
    out = np.empty_like(left)
    return lambda: np.dot(left, left, out=out), 2.0 * size**3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    cells, names = options.cells.split(","), options.rows.split(",")
    print(f"{os.cpu_count()} cores, NumPy {np.__version__}", end="")
    print(f", PyTorch {torch.__version__}" if torch else "; PyTorch is not installed here")
    with threadpool_limits(1, user_api="blas"):
        if torch:
            torch.set_num_threads(1)
        for name in names:
            hidden, batch, length, vocabulary, repeats = ROWS[name]
            for cell in cells:
                sizes = (cell, hidden, batch, length, vocabulary)
                peak, peak_flops = peak_work()
                works: dict[str, Work] = {"ours": new_trainer(*sizes).step, "peak": peak}
                if name == "lecture":
                    works["loop"] = step_by_step(cell, hidden, length, vocabulary)
                if torch:
                    works["PyTorch"] = torch_step(*sizes)
                taken = in_turns(works, repeats, options.rounds)
                ours = taken["ours"]
                rate = batch * length / statistics.median(ours)
                words = [f"{name:<9}{cell:<8}", f"{rate:>11,.0f} tokens/s"]
                words += [
                    f"{statistics.median(taken[other] / ours):5.2f}x {other}"
                    for other in ("PyTorch", "loop")
                    if other in taken
                ]
                share = statistics.median(taken["peak"] / ours) * product_flops(*sizes) / peak_flops
                words.append(f"{share:4.0%} of a large product's rate")
                print("  ".join(words), flush=True)
        if torch:
            for cell in cells:
                works = {"ours": writing(cell, 100, 65), "PyTorch": torch_writing(cell, 100, 65)}
                taken = in_turns(works, 1, 3 * options.rounds)
                ours = statistics.median(taken["ours"])
                ratio = statistics.median(taken["PyTorch"] / taken["ours"])
                words = (
                    f"writing  {cell:<8} {WRITTEN / ours:>11,.0f} tokens/s  {ratio:5.2f}x PyTorch"
                )
                print(words, flush=True)


if __name__ == "__main__":
    main()
