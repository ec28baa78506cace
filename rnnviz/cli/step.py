"""Show all that a model's next training step computes, without taking it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from threadpoolctl import threadpool_limits

from rnnviz.cli.console import ReadingProgress, UsageError, plain, say
from rnnviz.cli.options import changed_configuration
from rnnviz.cli.own_text import whole_path
from rnnviz.cli.train import name_the_text
from rnnviz.data import Reading, TextNotFoundError
from rnnviz.data.sources import own_file
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.storage import ensure_writable, load_model, write_atomically
from rnnviz.storage.one_step.as_csv import as_csv
from rnnviz.storage.one_step.as_json import as_json
from rnnviz.storage.one_step.as_latex import as_latex
from rnnviz.storage.one_step.as_script import as_script
from rnnviz.storage.one_step.as_text import as_text
from rnnviz.training.loading import resumed_trainer
from rnnviz.training.trainer import Trainer

_FILES: dict[str, tuple[Callable[[StepRecord], str], str, str]] = {
    "script": (as_script, ".py", "write a script that computes every number again with NumPy"),
    "latex": (as_latex, ".tex", "write a LaTeX document: each equation, and the same in numbers"),
    "csv": (as_csv, ".csv", "write a table for spreadsheets, one number a row"),
}
"""Options that write a file: what writes it, how its name ends, and what people read of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz step``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a saved model")
    parser.add_argument(
        "--text",
        metavar="PATH",
        help="read the next window from the beginning of this text, and not from where training "
        "is; a file, a folder, or - for standard input",
    )
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument(
        "--json", action="store_true", help="every number with all its digits, for other programs"
    )
    for name, (_, suffix, what) in _FILES.items():
        ways.add_argument(f"--{name}", type=Path, metavar=f"OUT{suffix}", help=what)


def run(options: argparse.Namespace) -> int:
    """Print the record of the model's next step, or write it to a file."""
    chosen = [name for name in _FILES if getattr(options, name) is not None]
    for name in chosen:
        _check_file(options, name)
    with threadpool_limits(limits=1, user_api="blas"):
        record = record_step(_trainer(options).step_subject())
    for name in chosen:
        path, (write, *_) = getattr(options, name), _FILES[name]
        write_atomically(path, write(record).encode("utf-8"))
        print(f"Saved step {record.subject.step + 1:,} to {plain(str(path))}.")
    if options.json:
        print(as_json(record))
    elif not chosen:
        for line in as_text(record).splitlines():
            print(plain(line))
    return 0


def _check_file(options: argparse.Namespace, name: str) -> None:
    """Refuse to write over what is read, and find out beforehand whether anything can be."""
    path = getattr(options, name)
    read = [one for one in (options.model, options.text) if one is not None]
    if os.path.realpath(path) in map(os.path.realpath, read):
        raise UsageError(f"--{name} would write over {plain(str(path))}, which is read.")
    ensure_writable(path)


def _trainer(options: argparse.Namespace) -> Trainer:
    checkpoint, configuration = load_model(options.model), None
    if options.text is not None:
        corpus = own_file(checkpoint.configuration.corpus)
        given = {"corpus": corpus, "text_file": whole_path(options.text)}
        configuration = changed_configuration(
            checkpoint.configuration, dict(given), plain(options.model.name)
        )
    progress = ReadingProgress()
    try:
        trainer = resumed_trainer(checkpoint, configuration, Reading(progress))
    except TextNotFoundError as error:
        raise name_the_text(error) from error
    finally:
        progress.close()
    for notice in trainer.notices:
        say(f"Note: {plain(notice)}")
    return trainer
