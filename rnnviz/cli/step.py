"""Show all that a model's next training step computes, without taking it."""

from __future__ import annotations

import argparse
from pathlib import Path

from threadpoolctl import threadpool_limits

from rnnviz.cli.console import ReadingProgress, plain, say
from rnnviz.cli.options import changed_configuration
from rnnviz.data import Reading
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.storage import load_model
from rnnviz.storage.one_step.as_json import as_json
from rnnviz.storage.one_step.as_text import as_text
from rnnviz.training.configuration import OWN_TEXT
from rnnviz.training.loading import resumed_trainer
from rnnviz.training.trainer import Trainer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz step``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a saved model")
    parser.add_argument(
        "--text",
        type=Path,
        metavar="FILE",
        help="read the next window from the beginning of this text, and not from where training is",
    )
    parser.add_argument(
        "--json", action="store_true", help="every number with all its digits, for other programs"
    )


def run(options: argparse.Namespace) -> int:
    """Print the record of the model's next step."""
    with threadpool_limits(limits=1, user_api="blas"):
        record = record_step(_trainer(options).step_subject())
    if options.json:
        print(as_json(record))
        return 0
    for line in as_text(record).splitlines():
        print(plain(line))
    return 0


def _trainer(options: argparse.Namespace) -> Trainer:
    checkpoint, configuration = load_model(options.model), None
    if options.text is not None:
        given = {"corpus": OWN_TEXT, "text_file": str(options.text.absolute())}
        configuration = changed_configuration(
            checkpoint.configuration, dict(given), plain(options.model.name)
        )
    progress = ReadingProgress()
    try:
        trainer = resumed_trainer(checkpoint, configuration, Reading(progress))
    finally:
        progress.close()
    for notice in trainer.notices:
        say(f"Note: {plain(notice)}")
    return trainer
