"""Where the microseconds of one training step go, part by part. Run by hand, on a quiet machine.

    python tests/benchmarks/account.py [--cells vanilla,lstm,gru] [--row lecture] [--rounds N]
        [--prototype FOLDER]

A clock stands around each part of ``Trainer.step`` and counts what the part does itself, without
the parts inside it. Every figure is the lowest tenth of single steps, so that a busy machine
disturbs little. What is left over to the whole step is Python between the parts. Steps with clocks
and steps without take turns; what the clocks cost themselves is the last line. The prototype's
whole step (see ``speed.py``) stands beside where it is at hand.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from rnnviz.training import trainer as trainer_module
from rnnviz.training import truncated_bptt
from rnnviz.training.trainer import Trainer

sys.path.insert(0, str(Path(__file__).parent))
from speed import BESIDE, CELLS, ROWS, new_trainer, prototype_from, prototype_step


class Account:
    """Clocks around the parts of a trainer's step.

    Attributes
    ----------
    parts
        By name, the seconds of every call.
    """

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = defaultdict(list)
        self._inside = [0.0]
        self._put_back: list[tuple[object, str, object, bool]] = []

    def stop(self) -> None:
        """Take the clocks away."""
        for owner, attribute, function, was_own in reversed(self._put_back):
            if was_own:
                setattr(owner, attribute, function)
            else:
                delattr(owner, attribute)
        self._put_back.clear()

    def clock(self, name: str, owner: object, attribute: str) -> None:
        """Put a clock around a function of a module or an object."""
        function: Callable[..., Any] = getattr(owner, attribute)
        taken, inside = self.parts[name], self._inside

        def timed(*arguments: object, **named: object) -> object:
            inside.append(0.0)
            start = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                took = time.perf_counter() - start
                taken.append(took - inside.pop())
                inside[-1] += took

        self._put_back.append((owner, attribute, function, attribute in vars(owner)))
        setattr(owner, attribute, timed)


def clocked(trainer: Trainer, account: Account) -> None:
    """Put a clock around every part of the trainer's step."""
    state, network, bptt = trainer.state, trainer.network, trainer.bptt
    window = trainer.reader.peek_window()
    tape = bptt.tape(*window.inputs.shape[:2])
    cell = network.cells[0]
    for name, owner, attribute in (
        ("reading the window", trainer.reader, "next_window"),
        ("inputs and first state onto the tape", tape, "set_inputs"),
        ("inputs and first state onto the tape", tape, "set_initial_state"),
        ("weights onto the tape", network, "prepare"),
        ("U x + b", network, "read_states"),
        ("forward loop", cell, "forward"),
        ("logits", network, "read"),
        ("loss and its gradient", truncated_bptt, "window_loss"),
        ("dL/dh from the logits", network, "backward_through_time"),
        ("backward loop", cell, "backward"),
        ("gradients of the parameters", network, "backward_by_row"),
        ("gradient norms by step, when due", trainer, "_look"),
        ("norm and clipping", trainer_module, "clip_gradients"),
        ("keeping the last finite weights", state.last_finite, "keep"),
        ("optimiser", state.optimizer, "update"),
        ("whether the update overflowed", trainer_module, "in_update"),
        ("carrying the state", bptt, "carry"),
        ("history", state.history, "append"),
        ("validation and samples", trainer, "_after_step"),
    ):
        account.clock(name, owner, attribute)
    account.clock("Python around them", trainer, "_step")


def low(values: list[float]) -> float:
    """Return the lowest tenth, in us."""
    return 1e6 * float(np.percentile(values, 10))


def timed_turn(work: Callable[[], object], repeats: int, seconds: list[float]) -> None:
    """Do the work and note how long it takes each time."""
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--row", default="lecture", choices=ROWS)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--prototype", type=Path, default=BESIDE, metavar="FOLDER")
    options = parser.parse_args()
    fast = prototype_from(options.prototype)
    hidden, batch, length, vocabulary, repeats = ROWS[options.row]
    for cell in options.cells.split(","):
        sizes = (cell, hidden, batch, length, vocabulary)
        with threadpool_limits(1, user_api="blas"):
            trainer, account = new_trainer(*sizes), Account()
            whole: list[float] = []
            with_clocks: list[float] = []
            bare: list[float] = []
            bare_step = prototype_step(fast, *sizes) if fast else None
            for _ in range(options.rounds):
                timed_turn(trainer.step, 10 * repeats, whole)
                clocked(trainer, account)
                timed_turn(trainer.step, 10 * repeats, with_clocks)
                account.stop()
                if bare_step:
                    timed_turn(bare_step, 10 * repeats, bare)
        print(f"{options.row}, {cell}: us a step")
        steps, total = len(with_clocks), 0.0
        for name, taken in account.parts.items():
            a_step = low(taken) * len(taken) / steps
            total += a_step
            print(f"  {name:38}{a_step:8.1f}")
        print(f"  {'sum':38}{total:8.1f}")
        print(f"  {'whole step, without clocks':38}{low(whole):8.1f}")
        print(f"  {'what the clocks cost':38}{low(with_clocks) - low(whole):8.1f}")
        if bare:
            print(f"  {'the prototype, whole step':38}{low(bare):8.1f}", flush=True)


if __name__ == "__main__":
    main()
