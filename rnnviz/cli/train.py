"""Train a network and save it."""

from __future__ import annotations

import argparse
import itertools
import math
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Protocol

from threadpoolctl import threadpool_limits

from rnnviz.cli.console import (
    ReadingProgress,
    TrainingProgress,
    UsageError,
    in_places,
    plain,
    say,
)
from rnnviz.cli.metrics import MetricsFile
from rnnviz.cli.options import (
    add_setting_options,
    changed_configuration,
    given_settings,
    whole_number,
)
from rnnviz.core.errors import RnnvizError
from rnnviz.data import Reading, TextNotFoundError, Trait
from rnnviz.storage import ensure_writable, load_model, save_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer, resumed_trainer
from rnnviz.training.problems.found_text import paths_of_text
from rnnviz.training.trainer import Trainer

DEFAULT_STEPS = 10_000
CHECK_EVERY = 16
"""Asking the clock at every step would cost the smallest networks a percent."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz train``."""
    parser.usage = (
        "rnnviz train (--text FILE | --corpus NAME) --out MODEL\n"
        "                    [--steps N | --epochs N] [--resume MODEL] [--metrics FILE.csv]\n"
        "                    [--threads N] [--preset NAME] [one option for each setting]"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL", help="where to save")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--steps",
        type=whole_number(0),
        metavar="N",
        help=f"how many steps to train; 0 saves the network as it is (default {DEFAULT_STEPS:,})",
    )
    length.add_argument(
        "--epochs", type=whole_number(0), metavar="N", help="how often to read the text"
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="MODEL",
        help="go on from a saved model, for N more steps or epochs; settings that are not given "
        "are the model's",
    )
    parser.add_argument(
        "--metrics", type=Path, metavar="FILE.csv", help="write a row for every step"
    )
    parser.add_argument(
        "--threads",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="threads for matrix products; more than 1 helps only large networks, and changes "
        "the last digits of the results (default 1)",
    )
    add_setting_options(parser)


def run(options: argparse.Namespace) -> int:
    """Train, save whatever happens, and say where."""
    begun = time.perf_counter()
    # The computation must not depend on how many processors there are.
    with threadpool_limits(limits=options.threads, user_api="blas"):
        trainer = _prepared(options)
        steps = step_count(options, trainer)
        with MetricsFile(options.metrics, trainer.step_count) as metrics, stop_requests() as stop:
            with TrainingProgress(trainer.step_count, steps, trainer.state.tokens_seen) as progress:
                failure = do_steps(trainer, _until_stopped(steps, stop), metrics, progress)
            # Saved before the metrics are closed: the model is what matters. The copies that this
            # makes then take the place of the buffers.
            trainer.release_buffers()
            save_model(options.out, trainer.checkpoint())
    if failure is not None:
        say(_summary(trainer, options.out, begun))
        raise failure
    if stop.signal is not None:
        say(f"Stopped. {_summary(trainer, options.out, begun)}")
        return 128 + stop.signal
    print(_summary(trainer, options.out, begun))
    return 0


def _prepared(options: argparse.Namespace) -> Trainer:
    """Return the trainer, once everything that can be known beforehand is known to be well."""
    checkpoint = None if options.resume is None else load_model(options.resume)
    given = given_settings(options, checkpoint.configuration if checkpoint else None)
    if checkpoint is None:
        if "corpus" not in given:
            raise UsageError("Say what to train on: --text FILE or --corpus NAME.")
        configuration = Configuration.from_mapping(given)
    else:
        configuration = changed_configuration(
            checkpoint.configuration, given, plain(options.resume.name)
        )
    require_different_files(options, paths_of_text(configuration, checkpoint))
    ensure_writable(options.out)
    progress = ReadingProgress()
    try:
        if checkpoint is None:
            trainer = new_trainer(configuration, Reading(progress))
        else:
            trainer = resumed_trainer(checkpoint, configuration, Reading(progress))
    except TextNotFoundError as error:
        raise name_the_text(error) from error
    finally:
        progress.close()
    for notice in trainer.notices:
        say(f"Note: {plain(notice)}")
    return trainer


def name_the_text(error: TextNotFoundError) -> RnnvizError:
    """Return how to go on with a model whose text was not found."""
    return RnnvizError(f"{error} Name it with --text FILE.")


def require_different_files(options: argparse.Namespace, texts: Iterable[str]) -> None:
    """Refuse to write over what is read, which any of these texts may be, or twice into a file.

    Metrics are refused in a folder of texts.
    """
    named = [("--out", options.out), ("--metrics", options.metrics), ("--resume", options.resume)]
    texts = [os.path.realpath(text) for text in texts]
    files = [(name, os.path.realpath(path)) for name, path in named if path is not None]
    if options.metrics is not None:
        around = set(map(str, Path(os.path.realpath(options.metrics)).parents))
        for folder in filter(os.path.isdir, around.intersection(texts)):
            # A table is a text as well: it would be read the next time.
            raise UsageError(f"--metrics lies in the folder that --text reads, {plain(folder)}.")
    files += [("--text", text) for text in texts]
    for (one, first), (other, second) in itertools.combinations(files, 2):
        # Going on from a model and saving over it is what most people want.
        if first == second and one != other and (one, other) != ("--out", "--resume"):
            raise UsageError(f"{one} and {other} are the same file, {plain(first)}.")


def step_count(options: argparse.Namespace, trainer: Trainer) -> int:
    """Return how many steps the command line asks for."""
    source = trainer.configuration.source
    if options.epochs is not None and Trait.EPOCHS not in source.traits:
        raise UsageError(f"A {source.noun} has no end, so it has no epochs: say --steps N.")
    if options.epochs is not None:
        return int(options.epochs) * trainer.reader.windows_per_epoch
    return int(options.steps) if options.steps is not None else DEFAULT_STEPS


class StopRequests:
    """Which signal asked to stop, if any did."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take note; asking again, out of impatience, must not cost the model."""
        self.signal = number


@contextmanager
def stop_requests() -> Iterator[StopRequests]:
    """Have Ctrl+C, and a polite kill, stop between two steps instead of within one."""
    stop = StopRequests()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_stopped(steps: int, stop: StopRequests) -> Iterator[int]:
    for number in range(steps):
        if stop.signal is not None:
            return
        yield number


class ShowsTraining(Protocol):
    """Shows how far training has come, or has it shown elsewhere."""

    def is_due(self) -> bool:
        """Tell whether it is time to show something."""

    def show(self, step: int, tokens: int, loss: float) -> None:
        """Show how far training has come, and the loss in nats per token."""

    def finish(self, step: int, tokens: int, loss: float) -> None:
        """Show the same of the end."""


def do_steps(
    trainer: Trainer, turns: Iterable[int], metrics: MetricsFile, progress: ShowsTraining
) -> RnnvizError | None:
    """Train until it is done, somebody stops it or it fails; return the failure.

    Parameters
    ----------
    trainer
        What to train.
    turns
        A number for each step, from 0, when it is time for it.
    metrics
        Gets a row for each.
    progress
        Is shown one now and then.
    """
    try:
        for number in turns:
            metrics.write(trainer.step())
            if number % CHECK_EVERY == 0 and progress.is_due():
                progress.show(*how_far(trainer))
                metrics.flush()
        metrics.flush()
    except RnnvizError as error:
        return error
    finally:
        progress.finish(*how_far(trainer))
    return None


def how_far(trainer: Trainer) -> tuple[int, int, float]:
    """Return the steps, the tokens and the smoothed loss that a progress display is shown."""
    loss = trainer.history.smoothed_loss
    return trainer.step_count, trainer.state.tokens_seen, math.nan if loss is None else loss


def _summary(trainer: Trainer, path: Path, begun: float) -> str:
    seconds = time.perf_counter() - begun
    losses = ""
    if trainer.history.smoothed_loss is not None:
        source, held_out = trainer.configuration.source, trainer.held_out_loss()
        losses = f", loss {in_places(trainer.history.smoothed_loss)} {source.loss_unit}"
        if held_out is not None:
            losses += f" (on {source.held_out} {in_places(held_out)})"
        score = trainer.score
        if score is not None:
            losses += f", {score.wrong:,} of {score.sequences:,} sequences wrong"
    return (
        f"Saved {plain(str(path))} after step {trainer.step_count:,}{losses}, in {seconds:,.1f} s."
    )
