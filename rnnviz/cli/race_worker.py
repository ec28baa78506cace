"""One rival's process: as `rnnviz train` does it, but a step begins when the race lets it.

It is told to go on three times: to read, to make its network, and to train. So nothing is written
before it is known of all that they can.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue

from threadpoolctl import threadpool_limits

from rnnviz import data
from rnnviz.cli.console import reason_of
from rnnviz.cli.metrics import MetricsFile
from rnnviz.cli.train import do_steps, step_count
from rnnviz.core.errors import RnnvizError
from rnnviz.runs.messages import TextAnswer, TextEvent
from rnnviz.runs.race import Racer, RaceRule
from rnnviz.runs.text_borrower import TextBorrower
from rnnviz.runs.training_time import TrainingTime
from rnnviz.runs.worker import ignore_signals
from rnnviz.storage import save_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import load_dataset, make_trainer
from rnnviz.training.score import Score
from rnnviz.training.trainer import Trainer

_REPORT_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """What a rival's process must know first."""

    options: argparse.Namespace
    configuration: Configuration
    table: str
    row: int


@dataclass(frozen=True, slots=True)
class GoOn:
    """Do what comes next; what is trained then is so many steps."""

    steps: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """End after the step that is under way, and save."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the text's reading has come, from 0 to 1, and what is being done."""

    fraction: float
    doing: str


@dataclass(frozen=True, slots=True)
class Read:
    """The text is read: how many tokens there are to know, the bytes it adds, and notices."""

    vocab_size: int
    text_bytes: int
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The network is made: how many steps it was asked for, and the tokens of each."""

    steps: int
    tokens_a_step: int


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot race, and why; nothing was written."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Trained:
    """How far it has come."""

    step: int
    tokens: int
    loss: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended.

    Attributes
    ----------
    step, tokens, seconds
        How much it trained; seconds of a processor.
    loss, held_out_loss
        Smoothed, and of the last weights on what is held out; None where there is none.
    score
        How many answers were wrong; None where nothing is right or wrong.
    fingerprint
        Of what it was trained on.
    is_saved
        Whether its model is in its file.
    failure
        Why it trains no more, where that is not because it is done or was told to stop.
    """

    step: int
    tokens: int
    seconds: float
    loss: float | None
    held_out_loss: float | None
    score: Score | None
    fingerprint: str
    is_saved: bool
    failure: str


Told = Reading | Read | Made | Refused | Trained | Ended


class _SentAwayError(Exception):
    """It was told to stop, or who told it is gone, before it has begun."""


class _Orders:
    """What a rival is told, from the thread that hears it; what it asked others is for `texts`."""

    def __init__(self, requests: Connection, texts: TextBorrower) -> None:
        self._requests = requests
        self._texts = texts
        self._waiting: SimpleQueue[Entry | GoOn | Stop] = SimpleQueue()
        self.stop = threading.Event()
        threading.Thread(target=self._hear, name="orders", daemon=True).start()

    def _hear(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while not isinstance(order := self._requests.recv(), Stop):
                if isinstance(order, TextAnswer):
                    self._texts.hear(order)
                else:
                    self._waiting.put(order)
        self.stop.set()
        self._waiting.put(Stop())

    def entry(self) -> Entry:
        order = self._waiting.get()
        if not isinstance(order, Entry):
            raise _SentAwayError
        return order

    def go_on(self) -> int:
        """Wait until there is something to be done; return of how many steps."""
        order = self._waiting.get()
        if not isinstance(order, GoOn):
            raise _SentAwayError
        return order.steps


class _Reports:
    """Tells how a rival comes along, in `TrainingProgress`'s place."""

    def __init__(self, events: Connection) -> None:
        self._events = events
        self._next = 0.0

    def tell(self, told: Told | TextEvent) -> None:
        # Who hears it may be gone; then the orders say so.
        with contextlib.suppress(OSError):
            self._events.send(told)

    def is_due(self) -> bool:
        return time.monotonic() >= self._next

    def show(self, step: int, tokens: int, loss: float) -> None:
        self._next = time.monotonic() + _REPORT_SECONDS
        self.tell(Trained(step, tokens, loss))

    def finish(self, step: int, tokens: int, loss: float) -> None:
        self.show(step, tokens, loss)


def enter_race(requests: Connection, events: Connection) -> None:
    """Train as the orders say; what goes wrong is told in a sentence."""
    ignore_signals()
    reports = _Reports(events)
    texts = TextBorrower(reports.tell)
    orders = _Orders(requests, texts)

    def progress(share: float, doing: str) -> None:
        if orders.stop.is_set():
            raise _SentAwayError
        reports.tell(Reading(share, doing))

    try:
        entry = orders.entry()
        # The computation must not depend on how many processors there are.
        with threadpool_limits(limits=entry.options.threads, user_api="blas"):
            orders.go_on()
            dataset = load_dataset(entry.configuration, data.Reading(progress, texts.share))
            text_bytes = 0 if texts.has_borrowed else dataset.num_bytes
            reports.tell(Read(dataset.vocabulary.size, text_bytes, dataset.notices))
            orders.go_on()
            trainer = make_trainer(entry.configuration, dataset)
            tokens_a_step = math.prod(trainer.reader.shown_shape)
            reports.tell(Made(step_count(entry.options, trainer), tokens_a_step))
            reports.tell(_race(entry, trainer, orders, reports))
    except _SentAwayError:
        return
    except (RnnvizError, MemoryError, OSError) as error:
        reports.tell(Refused(_sentence_of(error)))


def _race(entry: Entry, trainer: Trainer, orders: _Orders, reports: _Reports) -> Ended:
    steps, spent = orders.go_on(), TrainingTime()
    failure: Exception | None = None
    racer: Racer | None = None
    is_saved = is_over = False
    try:
        racer = Racer(entry.table, entry.row)
        turns = _turns(steps, trainer, racer, spent, orders.stop)
        with MetricsFile(entry.options.metrics) as metrics:
            failure = do_steps(trainer, turns, metrics, reports)
            # By equal time, the race is over with the first that is done: until the others are told
            # so, they wait for it. Else nobody waits while it saves, but who is told to stop later
            # gets no further ahead.
            is_over = failure is None and racer.rule is RaceRule.TIME
            if not (is_over or orders.stop.is_set()):
                racer.rest()
            # Saved before the metrics are closed: the model is what matters.
            trainer.release_buffers()
            save_model(entry.options.out, trainer.checkpoint())
            is_saved = True
    except (RnnvizError, MemoryError, OSError) as error:
        failure = error
    finally:
        if racer is not None:
            # Who hears later of the end, or of the stop, must not get ahead meanwhile.
            (racer.stay_behind if is_over or orders.stop.is_set() else racer.leave)()
    return _ended(trainer, is_saved, "" if failure is None else _sentence_of(failure))


def _turns(
    steps: int, trainer: Trainer, racer: Racer, spent: TrainingTime, stop: threading.Event
) -> Iterator[int]:
    """Give a number for each step when the race lets it begin, until it is told to stop."""
    for number in range(steps):
        spent.lap(trainer)
        while not stop.is_set() and (wait := racer.seconds_to_wait(trainer, spent.step_seconds)):
            stop.wait(wait)
            spent.lap(trainer)
        if stop.is_set():
            return
        yield number
    spent.lap(trainer)


def _ended(trainer: Trainer, is_saved: bool, failure: str) -> Ended:
    held_out_loss = trainer.held_out_loss()
    return Ended(
        step=trainer.step_count,
        tokens=trainer.state.tokens_seen,
        seconds=trainer.processor_seconds,
        loss=trainer.history.smoothed_loss,
        held_out_loss=held_out_loss,
        score=trainer.score,
        fingerprint=trainer.dataset.fingerprint,
        is_saved=is_saved,
        failure=failure,
    )


def _sentence_of(error: Exception) -> str:
    if isinstance(error, OSError):
        return reason_of(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this on this computer."
    return str(error)
