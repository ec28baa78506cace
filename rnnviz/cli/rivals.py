"""Who races: the settings that all have in common, and what each changes of them."""

from __future__ import annotations

import argparse
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from rnnviz.cli.console import UsageError, plain
from rnnviz.cli.options import given_settings, take_setting
from rnnviz.core.errors import RnnvizError
from rnnviz.runs.race import MOST_RACERS
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.configuration.line import words_of_line
from rnnviz.training.configuration.presets import PRESETS

_LONGEST_FILE_NAME = 60
_LABEL_LENGTH = 24


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """One of those that race.

    Attributes
    ----------
    number
        From 1 on.
    words
        What it changes, as it was written: ``cell=lstm hidden_size=64``.
    options
        As those of ``rnnviz train``, with what it changes.
    configuration
        Its settings.
    """

    number: int
    words: str
    options: argparse.Namespace
    configuration: Configuration

    @property
    def row(self) -> int:
        """Its row in the race's table."""
        return self.number - 1

    @property
    def name(self) -> str:
        """What people call it."""
        return plain(self.words) or "as given"

    @property
    def label(self) -> str:
        """Number and name, as long as those of the others where they stand below each other."""
        return f"{self.number} {self.name}"[:_LABEL_LENGTH].ljust(_LABEL_LENGTH)

    def saying(self, sentence: str) -> str:
        """Return a sentence about this one."""
        return f"Rival {self.number} ({self.name}): {sentence}"


def rivals_from(options: argparse.Namespace) -> list[Rival]:
    """Return who is to race, with files in the folder ``--out``.

    Raises
    ------
    UsageError
        If one cannot be, or two are alike.
    """
    count = len(options.rival)
    if not 2 <= count <= MOST_RACERS:
        raise UsageError(f"A race is between 2 and {MOST_RACERS} rivals, and here is {count}.")
    # What is wrong for all is no one's fault.
    given_settings(options)
    rivals = []
    for number, words in enumerate(options.rival, start=1):
        rival = Rival(number, " ".join(words.split()), argparse.Namespace(), Configuration())
        try:
            rivals.append(_with_settings(rival, options))
        except RnnvizError as error:
            raise UsageError(rival.saying(str(error))) from error
    for one, other in itertools.combinations(rivals, 2):
        if _what_matters(one.configuration) == _what_matters(other.configuration):
            raise UsageError(
                f"Rivals {one.number} and {other.number} have the same settings: each needs its "
                "own."
            )
    return rivals


def _with_settings(rival: Rival, options: argparse.Namespace) -> Rival:
    own = argparse.Namespace(**vars(options))
    changes = words_of_line(rival.words, ("preset",))
    for name, text in changes.items():
        if name == "preset":
            own.preset = _preset(text)
        else:
            _take(own, name, text)
    given = given_settings(own)
    if "corpus" not in given:
        raise UsageError("Say what to train on: --text FILE or --corpus NAME.")
    stem = _file_name(rival.number, changes)
    own.out, own.metrics = options.out / f"{stem}.rnnviz", options.out / f"{stem}.csv"
    own.resume = None
    return Rival(rival.number, rival.words, own, Configuration.from_mapping(given))


def _take(options: argparse.Namespace, name: str, text: str) -> None:
    try:
        take_setting(options, name, text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{name}: {error}.") from error


def _preset(name: str) -> str:
    if name not in PRESETS:
        raise UsageError(f"preset: {name!r} is not one of {', '.join(PRESETS)}.")
    return name


def _file_name(number: int, changes: dict[str, str]) -> str:
    """Return what a rival's files are called, such as ``2-lstm-hidden_size-64``."""
    parts = [str(number)]
    for name, text in changes.items():
        says_it_alone = name == "preset" or SETTINGS[name].choices
        text = Path(text).stem if name == "text_file" else text
        parts.append(text if says_it_alone else f"{name}-{text}")
    return re.sub(r"[^\w.+-]+", "_", "-".join(parts))[:_LONGEST_FILE_NAME]


def _what_matters(configuration: Configuration) -> dict[str, Value]:
    values = configuration.to_mapping()
    return {name: value for name, value in values.items() if configuration.matters(name)}
