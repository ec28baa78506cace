"""Train several networks side by side, one process each, and say who leads."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from rnnviz.cli.console import ReadingProgress, TrainingProgress, complain, plain, say
from rnnviz.cli.contest import Contest, Died
from rnnviz.cli.metrics import cut_half_row
from rnnviz.cli.options import add_setting_options, whole_number
from rnnviz.cli.race_worker import Ended, GoOn, Made, Read, Reading, Refused, Stop, Told, Trained
from rnnviz.cli.rivals import Rival, rivals_from
from rnnviz.cli.standings import Outcome, table, who_leads
from rnnviz.cli.train import DEFAULT_STEPS, StopRequests, require_different_files, stop_requests
from rnnviz.core.errors import RnnvizError
from rnnviz.data.files import readable_name, reason
from rnnviz.runs.race import RaceRule
from rnnviz.storage import StorageError, ensure_writable
from rnnviz.training.memory_estimate import bytes_needed, bytes_to_save, check_memory
from rnnviz.training.problems.found_text import paths_of_text

Answer = TypeVar("Answer", Read, Made)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz race``."""
    parser.usage = (
        'rnnviz race --rival "SETTING=VALUE ..." --rival "SETTING=VALUE ..." --out FOLDER\n'
        "                   (--text FILE | --corpus NAME) [--rule steps|tokens|time]\n"
        "                   [--steps N | --epochs N] [--threads N] [--preset NAME]\n"
        "                   [one option for each setting that all have in common]"
    )
    parser.add_argument(
        "--rival",
        action="append",
        default=[],
        metavar="SETTINGS",
        help='one of the rivals, by the settings that are its own: "cell=lstm hidden_size=64" '
        "(any setting, or preset=NAME); give this option once for each rival, up to "
        "eight times",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="the folder for each rival's model and metrics",
    )
    parser.add_argument(
        "--rule",
        choices=[rule.value for rule in RaceRule],
        default=RaceRule.STEPS.value,
        help="what all rivals have the same amount of at any moment: steps, tokens, or "
        "processor time spent on steps (default steps)",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--steps",
        type=whole_number(0),
        metavar="N",
        help="how many steps a rival may train; the race ends when the first one has done "
        f"that many, by its rule (default {DEFAULT_STEPS:,})",
    )
    length.add_argument(
        "--epochs",
        type=whole_number(0),
        metavar="N",
        help="how often each rival may read the text",
    )
    parser.add_argument(
        "--threads",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="threads for each rival's matrix products (default 1)",
    )
    add_setting_options(parser)


def run(options: argparse.Namespace) -> int:
    """Have them race, save whatever happens, and say who leads."""
    rule = RaceRule(options.rule)
    rivals = rivals_from(options)
    for rival in rivals:
        require_different_files(rival.options, paths_of_text(rival.configuration, None))
    with stop_requests() as stop, _folder(options.out):
        for rival in rivals:
            ensure_writable(rival.options.out)
            ensure_writable(rival.options.metrics)
        with Contest(rivals, rule) as contest:
            race = _Race(contest, rule, stop)
            lengths = _lengths(race.prepare(), rule)
            if stop.signal is not None:
                say("Stopped, and nothing was saved.")
                return 128 + stop.signal
            outcomes = race.run(lengths)
    print(table(outcomes, race.last_seen))
    print(who_leads(outcomes, rule))
    return _status(_failures(outcomes), stop)


def _status(failures: list[str], stop: StopRequests) -> int:
    for sentence in failures:
        complain(sentence)
    if stop.signal is not None:
        say("Stopped.")
        return 128 + stop.signal
    return 1 if failures else 0


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make a folder if there is none; it is gone again if nothing came of it."""
    is_new = not path.is_dir()
    try:
        if is_new:
            path.mkdir()
    except FileNotFoundError as error:
        raise _no_folder(path, f"there is no folder {path.parent}") from error
    except FileExistsError as error:
        raise _no_folder(path, "there is a file of that name") from error
    except OSError as error:
        raise _no_folder(path, reason(error)) from error
    except ValueError as error:
        raise _no_folder(path, "that is not a name") from error
    try:
        yield
    finally:
        if is_new:
            # One that is not empty stays.
            with contextlib.suppress(OSError):
                path.rmdir()


def _no_folder(path: Path, why: str) -> StorageError:
    return StorageError(f"The folder {readable_name(path)} cannot be made: {why}.")


def _lengths(made: dict[Rival, Made], rule: RaceRule) -> dict[Rival, int]:
    """Return how many steps each is to do, so that the rule holds at the end as well.

    By equal time that shows only in the race: it is over when the first is done.
    """
    steps = {rival: one.steps for rival, one in made.items()}
    if rule is RaceRule.STEPS:
        return dict.fromkeys(made, min(steps.values(), default=0))
    if rule is RaceRule.TOKENS:
        tokens = min((one.steps * one.tokens_a_step for one in made.values()), default=0)
        return {rival: tokens // one.tokens_a_step for rival, one in made.items()}
    return steps


class _Race:
    """Leads the rivals from the reading of their texts to the end.

    Attributes
    ----------
    last_seen
        How far each had come when it was heard of last.
    """

    def __init__(self, contest: Contest, rule: RaceRule, stop: StopRequests) -> None:
        self._contest = contest
        self._rule = rule
        self._stop = stop
        self._rivals = contest.racing
        self.last_seen: dict[Rival, Trained] = {}

    def prepare(self) -> dict[Rival, Made]:
        """Have each read its text and make its network; not all do where somebody stops it.

        Raises
        ------
        RnnvizError
            Where one cannot, or not all of them fit into memory.
        """
        progress, beside = ReadingProgress(), 0
        try:
            # One after the other: whether they fit is known before they take what they need.
            for rival in self._rivals:
                self._contest.tell(rival, GoOn())
                for _, read in self._answers([rival], Read, progress):
                    for notice in read.notices:
                        say(f"Note: {plain(rival.saying(notice))}")
                    beside += _bytes_of(rival, read, beside)
        finally:
            progress.close()
        if self._stop.signal is not None:
            return {}
        for rival in self._rivals:
            self._contest.tell(rival, GoOn())
        return dict(self._answers(self._rivals, Made, progress))

    def _answers(
        self, rivals: list[Rival], kind: type[Answer], progress: ReadingProgress
    ) -> Iterator[tuple[Rival, Answer]]:
        """Wait until each of these has told one thing, and give it out."""
        waiting = set(rivals)
        while waiting and self._stop.signal is None:
            for rival, told in self._contest.hear():
                if isinstance(told, kind):
                    waiting.remove(rival)
                    yield rival, told
                elif isinstance(told, Reading):
                    progress(told.fraction, told.doing)
                elif isinstance(told, Refused):
                    raise RnnvizError(rival.saying(told.sentence))
                elif isinstance(told, Died):
                    raise RnnvizError(
                        rival.saying(f"its process ended before it could begin ({told.ending}).")
                    )

    def run(self, lengths: dict[Rival, int]) -> dict[Rival, Outcome]:
        """Have them train until all have ended.

        Parameters
        ----------
        lengths
            How many steps each is to do.
        """
        outcomes: dict[Rival, Outcome] = {}
        for rival in self._rivals:
            self._contest.table.expect(rival.row)
        for rival, steps in lengths.items():
            self._contest.tell(rival, GoOn(steps))
        with contextlib.ExitStack() as stack:
            shown = {
                rival: stack.enter_context(TrainingProgress(0, steps, 0, rival.label, rival.row))
                for rival, steps in lengths.items()
            }
            while self._contest.racing:
                if self._stop.signal is not None:
                    self._end_all()
                for rival, told in self._contest.hear():
                    outcome = self._take(rival, told, shown[rival])
                    if outcome is None:
                        continue
                    outcomes[rival] = outcome
                    is_done = isinstance(outcome, Ended) and outcome.step == lengths[rival]
                    if is_done and self._rule is RaceRule.TIME:
                        self._end_all()
                    if isinstance(outcome, Ended):
                        self._contest.end(rival)
        return {rival: outcomes[rival] for rival in self._rivals}

    def _take(self, rival: Rival, told: Told | Died, shown: TrainingProgress) -> Outcome | None:
        """Take note of what one tells, and return how it ended, if it has."""
        match told:
            case Trained(step, tokens, loss):
                self.last_seen[rival] = told
                if shown.is_due():
                    shown.show(step, tokens, loss)
            case Ended(step, tokens):
                shown.finish(step, tokens, math.nan if told.loss is None else told.loss)
                return told
            case Refused(sentence):
                return Died(sentence)
            case Died():
                return told
        return None

    def _end_all(self) -> None:
        for rival in self._contest.racing:
            self._contest.tell(rival, Stop())


def _bytes_of(rival: Rival, read: Read, beside: int) -> int:
    """Return what a rival takes, once it is clear that there is so much beside the others."""
    configuration, vocab_size = rival.configuration, read.vocab_size
    try:
        check_memory(configuration, vocab_size, beside)
    except RnnvizError as error:
        raise RnnvizError(rival.saying(str(error))) from error
    # All may save at the same time.
    run = bytes_needed(configuration, vocab_size) + bytes_to_save(configuration, vocab_size)
    return run + read.text_bytes


def _failures(outcomes: dict[Rival, Outcome]) -> list[str]:
    """Say who failed and why; what such a one has written of its metrics ends with a whole row."""
    sentences = []
    for rival, outcome in outcomes.items():
        if isinstance(outcome, Died):
            sentence = f"its process ended unexpectedly ({outcome.ending}); its training is lost."
        else:
            sentence = outcome.failure
        if sentence:
            cut_half_row(rival.options.metrics)
            sentences.append(rival.saying(sentence))
    return sentences
