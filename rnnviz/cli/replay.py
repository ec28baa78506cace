"""Do again, step by step, what was done to a saved run: to check it, or to have an earlier step."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path

from threadpoolctl import threadpool_limits

from rnnviz.cli.console import ReadingProgress, TrainingProgress, UsageError, plain, say
from rnnviz.cli.options import whole_number
from rnnviz.cli.train import CHECK_EVERY, StopRequests, how_far, stop_requests
from rnnviz.core.errors import RnnvizError
from rnnviz.data import Dataset, Reading
from rnnviz.storage import ensure_writable, load_model, save_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.past.replay import replay_from_beginning
from rnnviz.training.past.replay_check import ReplayCheck, check_replay
from rnnviz.training.problems.found_text import paths_of_text, read_again
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer


class _StoppedError(Exception):
    """Somebody has pressed Ctrl+C."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz replay``."""
    parser.usage = "rnnviz replay MODEL (--verify | --step N --out OTHER)"
    parser.add_argument("model", type=Path, metavar="MODEL", help="a saved model")
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument(
        "--verify",
        action="store_true",
        help="do the whole run again and say whether it comes out bit for bit; the exit status is "
        "1 where it does not",
    )
    ways.add_argument(
        "--step", type=whole_number(0), metavar="N", help="the step whose state is wanted"
    )
    parser.add_argument("--out", type=Path, metavar="OTHER", help="where to save that state")


def run(options: argparse.Namespace) -> int:
    """Do it again, and say what came out."""
    if (options.step is None) != (options.out is None):
        raise UsageError("--step N and --out OTHER belong together.")
    saved = load_model(options.model)
    step = saved.step if options.step is None else options.step
    if step > saved.step:
        raise UsageError(f"{plain(options.model.name)} has {saved.step:,} steps, not {step:,}.")
    if options.out is not None:
        _require_another_file(options.out, options.model, saved)
        ensure_writable(options.out)
    # As it was trained: one thread for matrix products, unless more were asked for then.
    kept = _Kept(saved)
    with threadpool_limits(limits=1, user_api="blas"), stop_requests() as stop:
        try:
            state = _replayed(saved, step, stop, kept)
        except _StoppedError:
            say("Stopped before the end, and nothing was saved.")
            return 128 + (stop.signal or 0)
    if options.out is not None:
        left = tuple(origin for origin in saved.origins if origin.step <= step)
        save_model(options.out, dataclasses.replace(state.checkpoint(), origins=left))
        print(f"Step {step:,} of {saved.step:,}: saved to {plain(str(options.out))}.")
        return 0
    check = dataclasses.replace(
        check_replay(state.checkpoint(), saved), kept_same=kept.same, kept=len(saved.past)
    )
    for line in _report(check, saved.step):
        print(line)
    return 0 if check.is_same else 1


def _require_another_file(out: Path, model: Path, saved: Checkpoint) -> None:
    """Refuse to write over what is read."""
    for path in (str(model), *paths_of_text(saved.configuration, saved)):
        if os.path.realpath(out) == os.path.realpath(path):
            raise UsageError(f"--out would write over {plain(path)}, which is read.")


class _Kept:
    """Holds the earlier states that a file has against those that come out on the way."""

    def __init__(self, saved: Checkpoint) -> None:
        self._waiting = {earlier.step: earlier for earlier in saved.past}
        self.same = 0

    def compare(self, trainer: Trainer) -> None:
        """Compare the run, if it stands at one of those steps."""
        earlier = self._waiting.pop(trainer.step_count, None)
        if earlier is not None:
            self.same += check_replay(trainer.checkpoint(), earlier).is_same


def _replayed(saved: Checkpoint, step: int, stop: StopRequests, kept: _Kept) -> TrainingState:
    if saved.journal is None:
        raise RnnvizError(
            "This run cannot be done again: the file has no journal of it. It is of an older "
            "version, was changed by hand, or the journal was too long for a file."
        )
    configuration, dataset = _read(saved)
    # Where its text was found is remembered with what comes out.
    journal = saved.journal.of_text_in(configuration.text_file)
    with TrainingProgress(0, step, 0) as progress:

        def each(trainer: Trainer) -> None:
            if stop.signal is not None:
                raise _StoppedError
            kept.compare(trainer)
            if trainer.step_count == step:
                progress.finish(*how_far(trainer))
            elif trainer.step_count % CHECK_EVERY == 0 and progress.is_due():
                progress.show(*how_far(trainer))

        return replay_from_beginning(journal, dataset, step, each)


def _read(saved: Checkpoint) -> tuple[Configuration, Dataset]:
    """Read what the run was trained on; refuse what is another text by now."""
    reading = ReadingProgress()
    try:
        configuration, dataset = read_again(saved, saved.configuration, Reading(reading))
    finally:
        reading.close()
    if dataset.fingerprint != saved.fingerprint:
        raise RnnvizError(
            "This run cannot be done again: its text is not the one any more that it was trained "
            "on."
        )
    return configuration, dataset


def _report(check: ReplayCheck, steps: int) -> list[str]:
    lines = []
    for part in check.parts:
        if part.is_same:
            found = "the same, bit for bit"
        elif part.largest_difference:
            found = f"differ by at most {part.largest_difference:.1e} of the largest"
        else:
            found = "differ"
        lines.append(f"{part.name:<26} {found}")
    if check.kept:
        lines.append(f"{'earlier states':<26} {check.kept_same} of {check.kept}: the same")
    if check.is_same:
        lines.append(f"All {steps:,} steps came out again, bit for bit.")
    elif check.first_step_apart is not None:
        lines.append(f"The losses part at step {check.first_step_apart:,} or shortly before.")
    else:
        lines.append("The losses that the file has are the same; what differs is named above.")
    return lines
