"""What a model file says in words: its metadata, JSON texts, written and checked in one place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from rnnviz.data import TokenVocabulary, Trait
from rnnviz.storage import journal
from rnnviz.storage.container import CHECKSUM, ForeignError, parse_json
from rnnviz.storage.errors import DamageError
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.state.checkpoint import Checkpoint, Sample
from rnnviz.training.state.journal import Journal
from rnnviz.training.state.origin import LONGEST_NAME, MOST_ORIGINS, Origin

FORMAT = "rnnviz"
FORMAT_VERSION = 6
"""The newest that is read; a model is written as the oldest that can say all of it."""

_LAST_WITHOUT_JOURNAL = 2
_WITHOUT_PAST = 3
_WITHOUT_BRANCH = 4
_WITHOUT_SPACES = 5
_BEFORE_SPACES = {"character": "character", "word": "bare-word"}
"""What the levels of formats without others meant: words had no spaces."""
_KEYS = {"format", "format_version", "configuration", "vocabulary", "training"}
_COUNTS = ("step", "tokens_seen", "epoch", "position", "optimizer_steps")
_TRAINING_KEYS = {*_COUNTS, "generator", "samples", "fingerprint", "title", "best", "journal"}
_SAMPLE_KEYS = {"step", "prompt", "pieces", "probabilities", "temperature"}
# Beyond it a float, which the history counts in, no longer tells one step from the next.
_LARGEST_COUNT = 1 << 53
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{64})?")


@dataclass(frozen=True, slots=True)
class Description:
    """The metadata of a model file, each part known to be what a `Checkpoint` takes.

    Of the best weights it holds the step and the loss, and of the past the steps.
    """

    configuration: Configuration
    tokens: tuple[str, ...]
    step: int
    tokens_seen: int
    epoch: int
    position: int
    optimizer_steps: int
    best: tuple[int, float] | None
    rng: Mapping[str, object]
    samples: tuple[Sample, ...]
    fingerprint: str
    title: str
    journal: Journal | None
    origins: tuple[Origin, ...]
    past: tuple[int, ...]


def to_metadata(checkpoint: Checkpoint) -> dict[str, str]:
    """Return what a model file says about a checkpoint, beside its tensors."""
    training = {
        **{name: getattr(checkpoint, name) for name in _COUNTS},
        "generator": checkpoint.rng,
        "samples": [_from_sample(sample) for sample in checkpoint.samples],
        "best": (
            None
            if checkpoint.best is None
            else {"step": checkpoint.best.step, "loss": checkpoint.best.loss}
        ),
        "fingerprint": checkpoint.fingerprint,
        "title": checkpoint.title,
        "journal": journal.to_table(checkpoint.journal),
    }
    version = _version_for(checkpoint)
    if version > _WITHOUT_BRANCH:
        training["branch"] = [
            {"step": origin.step, "run": origin.name} for origin in checkpoint.origins
        ]
    if version > _WITHOUT_PAST:
        training["past"] = [earlier.step for earlier in checkpoint.past]
    return {
        "format": FORMAT,
        "format_version": str(version),
        "configuration": _to_json(_settings(checkpoint.configuration, version)),
        "vocabulary": _to_json(checkpoint.tokens),
        "training": _to_json(training),
    }


def _settings(configuration: Configuration, version: int) -> dict[str, Value]:
    """Return the settings as a format has them."""
    settings = configuration.to_mapping()
    if version <= _WITHOUT_SPACES:
        named = {now: then for then, now in _BEFORE_SPACES.items()}
        settings["level"] = named[configuration.level]
    return settings


def _version_for(checkpoint: Checkpoint) -> int:
    """Return the oldest format that can say all of a checkpoint."""
    if checkpoint.configuration.level not in _BEFORE_SPACES.values():
        return FORMAT_VERSION
    if checkpoint.origins or journal.has_gestures(checkpoint.journal):
        return _WITHOUT_SPACES
    return _WITHOUT_BRANCH if checkpoint.past else _WITHOUT_PAST


def from_metadata(metadata: Mapping[str, str]) -> Description:
    """Return what `to_metadata` was given, doubting every word of it.

    Raises
    ------
    ForeignError
        If it is not of this format, or of a newer version of it.
    DamageError
        If a part is missing or is not what it should be.
    RnnvizError
        If the configuration or the vocabulary is not a possible one.
    """
    if metadata.get("format") != FORMAT:
        raise ForeignError(
            "is a safetensors file, but not a model that rnnviz wrote: rnnviz import makes one of "
            "a network that it can have"
        )
    version = parse_json(metadata.get("format_version", ""), "format version")
    if type(version) is not int or version < 1:
        raise DamageError("its format version is not a number")
    if version > FORMAT_VERSION:
        raise ForeignError(
            f"was made by a newer version of rnnviz (format {version:,}; this version reads up to "
            f"{FORMAT_VERSION}): update rnnviz to open it"
            if version < _LARGEST_COUNT
            else "was made by a newer version of rnnviz: update rnnviz to open it"
        )
    if set(metadata) - {CHECKSUM} != _KEYS:
        raise DamageError("its description is not complete")
    settings = _table(metadata, "configuration")
    level = settings.get("level", "character")
    if version <= _WITHOUT_SPACES and isinstance(level, str) and level in _BEFORE_SPACES:
        settings["level"] = _BEFORE_SPACES[level]
    configuration = Configuration.from_mapping(settings)
    tokens = parse_json(metadata["vocabulary"], "vocabulary")
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise DamageError("its vocabulary is not a list of tokens")
    vocabulary = configuration.vocabulary(tuple(tokens))
    training = _table(metadata, "training")
    if version == 1:
        training = _from_first_version(training)
    if version <= _LAST_WITHOUT_JOURNAL:
        training = {**training, "journal": None}
    if set(training) != _keys_of(version):
        raise DamageError("its training state is not complete")
    return _checked_training(configuration, vocabulary, training)


def _keys_of(version: int) -> set[str]:
    """Return what the training state of a format has, from the third on."""
    past = {"past"} if version > _WITHOUT_PAST else set()
    return _TRAINING_KEYS | past | ({"branch"} if version > _WITHOUT_BRANCH else set())


def _checked_training(
    configuration: Configuration, vocabulary: TokenVocabulary, training: Mapping[str, object]
) -> Description:
    counts = {name: _count(training[name], name) for name in _COUNTS}
    step = counts["step"]
    # Every step reads at least one token, and begins at most one epoch.
    if counts["tokens_seen"] < step or counts["epoch"] > step or counts["optimizer_steps"] > step:
        raise DamageError("its numbers of steps, tokens and epochs do not fit each other")
    source = configuration.source
    source.check_length(configuration.sequence_length)
    if counts["epoch"] and Trait.EPOCHS not in source.traits:
        raise DamageError(f"it counts the epochs of a {source.noun}, which has none")
    fingerprint, title = training["fingerprint"], training["title"]
    if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
        raise DamageError("the fingerprint of its text is not one")
    if not isinstance(title, str):
        raise DamageError("the title of its text is not a text")
    return Description(
        configuration=configuration,
        tokens=vocabulary.tokens,
        **counts,
        best=_best_step(training["best"], step),
        rng=_rng(training["generator"]),
        samples=_samples(training["samples"], step, vocabulary),
        fingerprint=fingerprint,
        title=title,
        journal=journal.from_table(training["journal"], configuration, step),
        origins=_origins(training.get("branch", []), step),
        past=_past(training.get("past", []), step),
    )


def _to_json(value: object) -> str:
    # ASCII, because a file's name may hold half a character, which no other encoding takes.
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _from_sample(sample: Sample) -> dict[str, object]:
    # JSON has no word for the NaN of a network whose predictions were not finite.
    known = [p if math.isfinite(p) else None for p in sample.probabilities]
    return {
        "step": sample.step,
        "prompt": sample.prompt,
        "pieces": sample.pieces,
        "probabilities": known,
        "temperature": sample.temperature,
    }


def _table(metadata: Mapping[str, str], key: str) -> dict[str, object]:
    table = parse_json(metadata[key], key)
    if not isinstance(table, dict):
        raise DamageError(f"its {key} is not a table")
    return table


def _count(value: object, name: str) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST_COUNT:
        raise DamageError(f"its {name.replace('_', ' ')} is not a possible number")
    return value


def _best_step(value: object, last_step: int) -> tuple[int, float] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"step", "loss"}:
        raise DamageError("its best step is not complete")
    step, loss = _count(value["step"], "best step"), value["loss"]
    if not 0 < step <= last_step or not isinstance(loss, float) or not 0 <= loss < math.inf:
        raise DamageError("its best step is not a possible one")
    return step, loss


def _origins(value: object, last_step: int) -> tuple[Origin, ...]:
    if not isinstance(value, list) or len(value) > MOST_ORIGINS:
        raise DamageError("what it left as a branch is not a list of runs")
    origins: list[Origin] = []
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"step", "run"}:
            raise DamageError("a run that it left as a branch is not complete")
        step, name = _count(entry["step"], "fork's step"), entry["run"]
        if not isinstance(name, str) or len(name) > LONGEST_NAME:
            raise DamageError("the name of a run that it left as a branch is not one")
        if step > (origins[-1].step if origins else last_step):
            raise DamageError("the runs that it left as a branch are not in order")
        origins.append(Origin(step, name))
    return tuple(origins)


def _past(value: object, last_step: int) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise DamageError("its past is not a list of steps")
    steps = tuple(_count(step, "earlier step") for step in value)
    if list(steps) != sorted(set(steps)) or (steps and steps[-1] > last_step):
        raise DamageError("the steps of its past are not in order")
    return steps


def _from_first_version(training: dict[str, object]) -> dict[str, object]:
    """Return the training state of a first version's file as this version writes it."""
    samples = training.get("samples")
    if isinstance(samples, list):
        samples = [_in_pieces(sample) for sample in samples]
    return {
        **training,
        "samples": samples,
        "best": None,
        "optimizer_steps": training.get("step"),
    }


def _in_pieces(sample: object) -> object:
    """Return a sample of characters with its text in pieces; what is none, as it is."""
    if not isinstance(sample, dict) or not isinstance(sample.get("text"), str):
        return sample
    return {name: value for name, value in sample.items() if name != "text"} | {
        "pieces": list(sample["text"])
    }


def _samples(value: object, last_step: int, vocabulary: TokenVocabulary) -> tuple[Sample, ...]:
    if not isinstance(value, list):
        raise DamageError("its samples are not a list")
    samples: list[Sample] = []
    tokens = frozenset(vocabulary.tokens)
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != _SAMPLE_KEYS:
            raise DamageError("a sample is not complete")
        sample = _sample(entry)
        earlier = samples[-1].step if samples else -1
        if not earlier < sample.step <= last_step:
            raise DamageError("its samples are not in the order of their steps")
        # Of a prompt only the known words are left, which in a row may be another, unknown one.
        can_join = vocabulary.noun != "character"
        vocabulary.encode(sample.prompt, unknown="skip" if can_join else "raise")
        # A word's piece has the space before it, if there is one.
        if not all(piece in tokens or piece[1:] in tokens for piece in sample.pieces):
            raise DamageError("a sample has a token that is not in the vocabulary")
        samples.append(sample)
    return tuple(samples)


def _sample(entry: Mapping[str, object]) -> Sample:
    prompt, pieces, probabilities = entry["prompt"], entry["pieces"], entry["probabilities"]
    if not isinstance(prompt, str) or not isinstance(pieces, list):
        raise DamageError("a sample is not a text")
    if not all(isinstance(piece, str) for piece in pieces):
        raise DamageError("a sample is not a text")
    if not isinstance(probabilities, list) or len(probabilities) != len(pieces):
        raise DamageError("a sample has not one probability a token")
    temperature = cast(float, SETTINGS["temperature"].checked(entry["temperature"]))
    return Sample(
        step=_count(entry["step"], "sample's step"),
        prompt=prompt,
        pieces=tuple(pieces),
        probabilities=tuple(_probability(p) for p in probabilities),
        temperature=temperature,
    )


def _probability(value: object) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise DamageError("a sample's probability is not between 0 and 1")
    return float(value)


def _rng(value: object) -> dict[str, object]:
    """Return the state of a random generator, once one has taken it and given it back."""
    rng = np.random.default_rng(0).bit_generator
    kind = type(rng).__name__
    try:
        rng.state = cast(Any, value)
        restored = cast(dict[str, object], rng.state)
    except (TypeError, ValueError, KeyError, OverflowError, AttributeError) as error:
        raise DamageError(f"its random generator is not a {kind}") from error
    # As texts, because to Python 1, 1.0 and True are the same.
    if json.dumps(restored, sort_keys=True) != json.dumps(value, sort_keys=True):
        raise DamageError(f"its random generator is not a {kind}")
    return restored
