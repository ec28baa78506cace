"""Tell what a model file holds."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from rnnviz.cli.console import plain
from rnnviz.storage import FORMAT_VERSION, load_model
from rnnviz.training.checkpoint import Checkpoint
from rnnviz.training.configuration import SETTINGS, Value
from rnnviz.training.history import History

_NATS_PER_BIT = math.log(2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz info``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a saved model")
    parser.add_argument("--json", action="store_true", help="as JSON, for other programs")


def run(options: argparse.Namespace) -> int:
    """Print a table, or JSON."""
    checkpoint = load_model(options.model)
    if options.json:
        print(json.dumps(_facts(options.model, checkpoint), indent=2))
    else:
        print(_table(checkpoint))
    return 0


def _losses(checkpoint: Checkpoint) -> dict[str, float | None]:
    """Return the losses in nats per token; None where nothing was measured."""
    history = History.from_arrays(checkpoint.history) if checkpoint.history else History()
    validation = history.view().validation_loss
    return {
        "training": history.smoothed_loss,
        "validation": float(validation[-1]) if validation.size else None,
        "uniform_guess": math.log(len(checkpoint.tokens)),
    }


def _facts(path: Path, checkpoint: Checkpoint) -> dict[str, object]:
    configuration = checkpoint.configuration
    architecture = configuration.architecture(len(checkpoint.tokens))
    return {
        "file": str(path),
        "format_version": FORMAT_VERSION,
        "architecture": {
            "cell": architecture.cell,
            "activation": architecture.activation,
            "num_layers": architecture.num_layers,
            "hidden_size": architecture.hidden_size,
            "vocab_size": architecture.vocab_size,
        },
        "parameter_count": architecture.parameter_count(),
        "text": {"title": checkpoint.title, "fingerprint": checkpoint.fingerprint},
        "step": checkpoint.step,
        "tokens_seen": checkpoint.tokens_seen,
        "epoch": checkpoint.epoch,
        "loss": _losses(checkpoint),
        "settings": configuration.to_mapping(),
        "vocabulary": list(checkpoint.tokens),
        "parameters": {
            name: list(shape) for name, shape in architecture.parameter_shapes().items()
        },
    }


def _table(checkpoint: Checkpoint) -> str:
    configuration = checkpoint.configuration
    architecture = configuration.architecture(len(checkpoint.tokens))
    layers = architecture.num_layers
    losses = _losses(checkpoint)
    rows = [
        (
            "Network",
            f"{SETTINGS['cell'].choices[architecture.cell]}, {layers} "
            f"layer{'s' if layers > 1 else ''} of {architecture.hidden_size:,} units, "
            f"{SETTINGS['activation'].choices[architecture.activation]}",
        ),
        ("Parameters", f"{architecture.parameter_count():,} ({configuration.dtype})"),
        ("Vocabulary", f"{architecture.vocab_size:,} characters"),
        ("Text", checkpoint.title),
        (
            "Trained",
            f"{checkpoint.step:,} steps, {checkpoint.tokens_seen:,} characters, "
            f"epoch {checkpoint.epoch:,}",
        ),
        ("Loss", _in_words(losses["training"])),
        ("Held-out loss", _in_words(losses["validation"])),
        ("Uniform guess", _in_words(losses["uniform_guess"])),
        ("", ""),
        *((setting.label, _value(name, checkpoint)) for name, setting in SETTINGS.items()),
    ]
    width = max(len(label) for label, _ in rows) + 2
    return "\n".join(f"{label:<{width}}{plain(value)}".rstrip() for label, value in rows)


def _in_words(loss: float | None) -> str:
    if loss is None:
        return "not measured"
    return f"{loss:.4f} nats ({loss / _NATS_PER_BIT:.4f} bits) per character"


def _value(name: str, checkpoint: Checkpoint) -> str:
    setting, value = SETTINGS[name], getattr(checkpoint.configuration, name)
    if setting.choices:
        return setting.choices[value]
    return _number(value)


def _number(value: Value) -> str:
    if isinstance(value, str):
        return repr(value) if value else "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
