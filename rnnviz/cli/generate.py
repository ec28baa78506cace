"""Let a saved network write, to standard output."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from rnnviz.cli.console import UsageError
from rnnviz.cli.options import setting_option, whole_number
from rnnviz.core.network import Network
from rnnviz.core.sampling import Sampler
from rnnviz.data import Trait
from rnnviz.storage import load_model
from rnnviz.training.configuration import LARGEST_SEED
from rnnviz.training.text_generator import first_token

DEFAULT_LENGTH = 500
# Tokens at a time, so that who waits for a long text sees it come.
_PIECE = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz generate``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a saved model")
    parser.add_argument(
        "--length",
        type=whole_number(0),
        default=DEFAULT_LENGTH,
        metavar="N",
        help="how many characters, graphemes or words to write after the prime "
        f"(default {DEFAULT_LENGTH})",
    )
    parser.add_argument(
        "--prime",
        default="",
        metavar="TEXT",
        help="what the network reads first; it is written out too",
    )
    parser.add_argument(
        "--temperature",
        type=setting_option("temperature"),
        metavar="X",
        help="0 always takes the likeliest token, 1 follows the network's own probabilities, "
        "and more is wilder (default: the model's)",
    )
    parser.add_argument(
        "--best",
        action="store_true",
        help="use the weights that did best on the held-out text instead of the last ones",
    )
    parser.add_argument(
        "--seed",
        type=setting_option("seed"),
        metavar="N",
        help="the same seed writes the same text (default: another one every time)",
    )


def run(options: argparse.Namespace) -> int:
    """Write the prime and what follows it, and nothing else."""
    checkpoint = load_model(options.model)
    configuration, temperature = checkpoint.configuration, options.temperature
    source = configuration.source
    if Trait.WRITES not in source.traits:
        raise UsageError(f"{options.model} was made for {source.phrase}: it writes no text.")
    if temperature is None:
        temperature = configuration.temperature
    seed = secrets.randbelow(LARGEST_SEED + 1) if options.seed is None else options.seed
    vocabulary = configuration.vocabulary(checkpoint.tokens)
    parameters = checkpoint.parameters
    if options.best:
        if checkpoint.best is None:
            raise UsageError(f"{options.model} was never tested on held-out text.")
        parameters = checkpoint.best.parameters
    # The window skips what the network does not know; who types a word wants to hear of it.
    prime = vocabulary.encode_typed(options.prime).tolist() or [first_token(vocabulary)]
    network = Network(configuration.architecture(vocabulary.size), configuration.dtype)
    for name, view in network.parameters.items():
        view[...] = parameters[name]
    rng = np.random.default_rng(seed)
    try:
        with threadpool_limits(limits=1, user_api="blas"):
            sys.stdout.write(options.prime)
            sampler = Sampler(network, prime, vocabulary.unknown)
            decode = vocabulary.decoder()
            for token in prime if options.prime else ():
                decode(token)
            for start in range(0, options.length, _PIECE):
                tokens, _ = sampler.write(min(_PIECE, options.length - start), temperature, rng)
                piece = "".join(map(decode, tokens))
                if start == 0 and vocabulary.noun == "word" and options.prime[-1:] == " ":
                    piece = piece.removeprefix(" ")
                sys.stdout.write(piece)
                sys.stdout.flush()
    finally:
        # Also where Ctrl+C ends it, so that what comes next has a line of its own.
        if sys.stdout.isatty():
            sys.stdout.write("\n")
    return 0
