"""Write a saved network for other programs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rnnviz.cli.console import UsageError, plain
from rnnviz.storage import load_model
from rnnviz.storage.travel.exports import EXPORTS, export_model, files_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz export``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "what it can be written as, and the files that this gives:\n" + "\n".join(
        f"  {name:<8} {kind.title} ({', '.join('OUT' + suffix for suffix in kind.suffixes)})"
        for name, kind in EXPORTS.items()
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a saved model")
    parser.add_argument("--to", choices=EXPORTS, required=True, help="what to write it as")
    parser.add_argument(
        "out", type=Path, metavar="OUT", help="where to; the usual ending may be left out"
    )
    parser.add_argument(
        "--best",
        action="store_true",
        help="the weights that did best on what is held out, instead of the last ones",
    )


def run(options: argparse.Namespace) -> int:
    """Write the files and say which."""
    for path in files_of(options.to, options.out):
        if os.path.realpath(path) == os.path.realpath(options.model):
            raise UsageError(f"The export would write over {plain(str(path))}, which is read.")
    written = export_model(load_model(options.model), options.to, options.out, best=options.best)
    names = [plain(str(path)) for path in written]
    print(f"Wrote {' and '.join(names)}.")
    return 0
