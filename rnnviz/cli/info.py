"""Tell what a model file holds, or what a run would cost before it begins."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from rnnviz.cli.console import ReadingProgress, UsageError, in_places, plain
from rnnviz.cli.options import add_setting_options, given_settings
from rnnviz.core.architecture import Architecture
from rnnviz.data import Dataset, Reading, Trait
from rnnviz.diagnostics.gradient_report import GradientReport, Verdict, check, short, verdict_of
from rnnviz.storage import FORMAT_VERSION, load_model
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.loading import load_dataset, opened_trainer
from rnnviz.training.memory_estimate import bytes_needed
from rnnviz.training.past.kept_states import FILE_TO_MEMORY
from rnnviz.training.record.history import History
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.journal import SettingChanged
from rnnviz.wording import in_bytes

_NATS_PER_BIT = math.log(2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can follow ``rnnviz info``."""
    parser.usage = (
        "rnnviz info MODEL [--json] [--check-gradients]\n"
        "       rnnviz info (--text FILE | --corpus NAME) [--json] [--preset NAME] "
        "[one option for each setting]"
    )
    parser.add_argument("model", type=Path, metavar="MODEL", nargs="?", help="a saved model")
    parser.add_argument("--json", action="store_true", help="as JSON, for other programs")
    parser.add_argument(
        "--check-gradients",
        action="store_true",
        help="compare the model's gradients with central differences; the exit status is 1 where "
        "one differs",
    )
    add_setting_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print a table, or JSON, of a model or of a run that has not begun."""
    given, differs = given_settings(options), False
    if options.model is not None:
        if given or options.preset is not None:
            raise UsageError(
                "A model has its own settings: give either MODEL or settings, not both."
            )
        checkpoint = load_model(options.model)
        facts, rows = _facts(options.model, checkpoint), _rows(checkpoint)
        if options.check_gradients:
            report = check(opened_trainer(checkpoint).check_subject())
            facts["gradient_check"] = _check_facts(report)
            rows += _check_rows(report)
            differs = report.verdict is Verdict.DIFFERS
    elif options.check_gradients:
        raise UsageError("Name the MODEL whose gradients are to be checked.")
    else:
        facts, rows = _plan(given)
    print(json.dumps(facts, indent=2) if options.json else _table(rows))
    return 1 if differs else 0


def _plan(given: dict[str, Value]) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """Return what a run with these settings would cost, before it begins."""
    if "corpus" not in given:
        raise UsageError("Say what you want to know about: MODEL, or --text FILE or --corpus NAME.")
    configuration = Configuration.from_mapping(given)
    progress = ReadingProgress()
    try:
        dataset = load_dataset(configuration, Reading(progress))
    finally:
        progress.close()
    vocab_size = dataset.vocabulary.size
    architecture = configuration.architecture(vocab_size)
    needed = bytes_needed(configuration, vocab_size)
    reader = dataset.new_reader(
        sequence_length=configuration.sequence_length,
        batch_size=configuration.batch_size,
        seed=configuration.seed,
    )
    facts: dict[str, object] = {
        "architecture": _architecture(architecture),
        "parameter_count": architecture.parameter_count(),
        "memory_bytes": needed,
        "memory_for_the_past_bytes": _past_bytes(configuration),
        "disk_for_the_past_bytes": FILE_TO_MEMORY * _past_bytes(configuration),
        "text": {"title": dataset.title, "training_tokens": dataset.training_tokens},
        "steps_per_epoch": reader.windows_per_epoch or None,
        "settings": configuration.to_mapping(),
    }
    source, guess = configuration.source, dataset.reference_lines[0]
    rows = [
        ("Network", _in_a_line(architecture)),
        ("Parameters", f"{architecture.parameter_count():,} ({configuration.dtype})"),
        ("Memory", in_bytes(needed)),
        ("Kept past", _kept_past(configuration)),
        ("Vocabulary", source.vocabulary_in_words(configuration.level, vocab_size)),
        (source.noun.capitalize(), _extent(dataset, configuration)),
    ]
    if reader.windows_per_epoch:
        rows.append(("Epoch", f"{reader.windows_per_epoch:,} steps"))
    rows.append((_capital(guess.label), _in_words(guess.loss, configuration)))
    return facts, [*rows, ("", ""), *_settings(configuration)]


def _kept_past(configuration: Configuration) -> str:
    memory = _past_bytes(configuration)
    if not memory:
        return "nothing"
    disk = in_bytes(FILE_TO_MEMORY * memory)
    return f"{in_bytes(memory)} of memory and {disk} of the disk, at most, in the window"


def _past_bytes(configuration: Configuration) -> int:
    """Return what the earlier states of a run may take, where somebody can go back to them."""
    return configuration.past_memory * 1_000_000


def _extent(dataset: Dataset, configuration: Configuration) -> str:
    tokens = dataset.training_tokens
    if tokens is None:
        return f"{dataset.title}: {configuration.source.description}"
    return f"{dataset.title}, {tokens:,} {configuration.token}s to train on"


def _losses(checkpoint: Checkpoint) -> dict[str, float | None]:
    """Return the losses in the source's unit; None where nothing was measured."""
    history = History.from_arrays(checkpoint.history) if checkpoint.history else History()
    validation = history.view().validation_loss
    source = checkpoint.configuration.source
    return {
        "training": history.smoothed_loss,
        "validation": float(validation[-1]) if validation.size else None,
        "uniform_guess": source.loss_of_guess(len(checkpoint.tokens)),
    }


def _architecture(architecture: Architecture) -> dict[str, object]:
    return {
        "cell": architecture.cell,
        "activation": architecture.activation,
        "num_layers": architecture.num_layers,
        "hidden_size": architecture.hidden_size,
        "residual": architecture.residual,
        "vocab_size": architecture.vocab_size,
    }


def _in_a_line(architecture: Architecture) -> str:
    layers = architecture.num_layers
    line = (
        f"{SETTINGS['cell'].choices[architecture.cell]}, {layers} "
        f"layer{'s' if layers > 1 else ''} of {architecture.hidden_size:,} units"
    )
    if architecture.kind.ungated:
        line += f", {SETTINGS['activation'].choices[architecture.activation]}"
    return line + (", residual" if architecture.residual and layers > 1 else "")


def _facts(path: Path, checkpoint: Checkpoint) -> dict[str, object]:
    configuration = checkpoint.configuration
    architecture = configuration.architecture(len(checkpoint.tokens))
    best = checkpoint.best
    return {
        "file": str(path),
        "format_version": FORMAT_VERSION,
        "architecture": _architecture(architecture),
        "parameter_count": architecture.parameter_count(),
        "memory_bytes": bytes_needed(configuration, architecture.vocab_size),
        "text": {"title": checkpoint.title, "fingerprint": checkpoint.fingerprint},
        "branched": [{"step": origin.step, "from": origin.name} for origin in checkpoint.origins],
        "changed_since_branching": _changed_since(checkpoint) if checkpoint.origins else [],
        "step": checkpoint.step,
        "tokens_seen": checkpoint.tokens_seen,
        "epoch": checkpoint.epoch,
        "loss": _losses(checkpoint),
        "best": None if best is None else {"step": best.step, "validation": best.loss},
        "settings": configuration.to_mapping(),
        "vocabulary": list(checkpoint.tokens),
        "parameters": {
            name: list(shape) for name, shape in architecture.parameter_shapes().items()
        },
    }


def _rows(checkpoint: Checkpoint) -> list[tuple[str, str]]:
    configuration, best = checkpoint.configuration, checkpoint.best
    architecture = configuration.architecture(len(checkpoint.tokens))
    losses, source = _losses(checkpoint), configuration.source
    in_best = "not measured"
    if best is not None:
        in_best = f"{_in_words(best.loss, configuration)}, at step {best.step:,}"
    return [
        ("Network", _in_a_line(architecture)),
        ("Parameters", f"{architecture.parameter_count():,} ({configuration.dtype})"),
        ("Memory", in_bytes(bytes_needed(configuration, architecture.vocab_size))),
        ("Vocabulary", source.vocabulary_in_words(configuration.level, architecture.vocab_size)),
        (source.noun.capitalize(), checkpoint.title),
        (
            "Trained",
            f"{checkpoint.step:,} steps, {checkpoint.tokens_seen:,} {configuration.token}s"
            + (f", in epoch {checkpoint.epoch + 1:,}" if Trait.EPOCHS in source.traits else ""),
        ),
        *_branch_rows(checkpoint),
        *_past_rows(checkpoint),
        ("Loss", _in_words(losses["training"], configuration)),
        ("Held-out loss", _in_words(losses["validation"], configuration)),
        ("Best of it", in_best),
        (_capital(source.guess), _in_words(losses["uniform_guess"], configuration)),
        ("", ""),
        *_settings(configuration),
    ]


def _branch_rows(checkpoint: Checkpoint) -> list[tuple[str, str]]:
    rows = []
    for place, origin in enumerate(checkpoint.origins):
        words = f"at step {origin.step:,} from {origin.name}"
        changed = [] if place else [SETTINGS[name].label for name in _changed_since(checkpoint)]
        if changed:
            words += f"; changed from there on: {', '.join(changed)}"
        rows.append(("" if place else "Branched", f"and {words}" if place else words))
    return rows


def _changed_since(checkpoint: Checkpoint) -> list[str]:
    """Name the settings that were changed since a branch has left its run."""
    entries = [] if checkpoint.journal is None else checkpoint.journal.entries
    names = [
        entry.name
        for entry in entries
        if isinstance(entry, SettingChanged)
        and entry.step >= checkpoint.origins[0].step
        and not SETTINGS[entry.name].only_looks
    ]
    return list(dict.fromkeys(names))


def _past_rows(checkpoint: Checkpoint) -> list[tuple[str, str]]:
    if not checkpoint.past:
        return []
    steps = [f"{earlier.step:,}" for earlier in checkpoint.past]
    return [("Earlier states", f"{len(steps)}, of steps {steps[0]} to {steps[-1]}")]


def _check_facts(report: GradientReport) -> dict[str, object]:
    return {
        "verdict": report.verdict.value,
        "parameters": {
            each.name: {
                "entries": each.entries,
                "left_out": each.left_out,
                "relative_error": each.relative_error if each.entries else None,
                "verdict": verdict_of(each).value,
            }
            for each in report.checks
        },
    }


def _check_rows(report: GradientReport) -> list[tuple[str, str]]:
    rows = [("", ""), ("Gradients", report.sentence)]
    for each in report.checks:
        entries = f"{each.entries} {'entry' if each.entries == 1 else 'entries'} compared"
        error = f"relative error {short(each.relative_error)}"
        rows.append((f"dL/d{each.name}", f"{verdict_of(each).value}: {entries}, {error}"))
    return rows


def _settings(configuration: Configuration) -> list[tuple[str, str]]:
    return [
        (setting.label, _value(name, configuration))
        for name, setting in SETTINGS.items()
        if configuration.matters(name)
    ]


def _table(rows: list[tuple[str, str]]) -> str:
    width = max(len(label) for label, _ in rows) + 2
    return "\n".join(f"{label:<{width}}{plain(value)}".rstrip() for label, value in rows)


def _in_words(loss: float | None, configuration: Configuration) -> str:
    if loss is None:
        return "not measured"
    source = configuration.source
    if source.loss == "squared_error":
        return f"{in_places(loss)} (squared error)"
    bits = loss / _NATS_PER_BIT
    return f"{in_places(loss)} nats ({in_places(bits)} bits) per {source.per(configuration.level)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _value(name: str, configuration: Configuration) -> str:
    setting, value = SETTINGS[name], getattr(configuration, name)
    if setting.choices:
        return setting.choices[value]
    return _number(value)


def _number(value: Value) -> str:
    if isinstance(value, str):
        return repr(value) if value else "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
