"""Make a model of a network that another program trained, from a safetensors file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rnnviz.cli.console import UsageError, complain, plain, say
from rnnviz.cli.options import setting_option
from rnnviz.core.errors import RnnvizError
from rnnviz.storage import ensure_writable, save_model
from rnnviz.storage.travel.imports import PickleError, VocabularyMissingError, import_model
from rnnviz.training.configuration import SETTINGS

_HOW = (
    "Name it with --vocabulary FILE.json: a list of the tokens in the order of their numbers, or "
    "an object that has a number for each."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz import``."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a safetensors file")
    parser.add_argument(
        "--vocabulary",
        type=Path,
        metavar="FILE.json",
        help="which tokens it reads, where it does not say: a list of them in the order of their "
        "numbers, or an object that has a number for each",
    )
    parser.add_argument(
        "--activation",
        type=setting_option("activation"),
        metavar="{" + ",".join(SETTINGS["activation"].choices) + "}",
        help="what squashes the sums of a vanilla RNN, which no tensor tells (default tanh)",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="MODEL", help="where to save the model"
    )


def run(options: argparse.Namespace) -> int:
    """Import the network, save it, and say what it is."""
    for read in filter(None, (options.file, options.vocabulary)):
        if os.path.realpath(options.out) == os.path.realpath(read):
            raise UsageError(f"--out would write over {plain(str(read))}, which is read.")
    ensure_writable(options.out)
    try:
        imported = import_model(options.file, options.vocabulary, options.activation)
    except VocabularyMissingError as error:
        raise RnnvizError(f"{error} {_HOW}") from error
    except PickleError as error:
        complain(str(error))
        for line in error.lines:
            say(f"    {line}")
        return 1
    for notice in imported.notices:
        say(f"Note: {notice} --activation says otherwise.")
    save_model(options.out, imported.checkpoint)
    configuration, tokens = imported.checkpoint.configuration, imported.checkpoint.tokens
    architecture = configuration.architecture(len(tokens))
    layers = f"{architecture.num_layers} layer{'s' if architecture.num_layers > 1 else ''}"
    print(
        f"Saved {plain(str(options.out))}: {architecture.kind.title}, {layers} of "
        f"{architecture.hidden_size:,} units, over {len(tokens):,} {configuration.level}s."
    )
    return 0
