"""Small runs on a small text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.data import Corpus, TextDataset, build_dataset
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import make_trainer
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import Trainer

PHRASE = "the quick brown fox jumps over the lazy dogs.\nhow vexingly, they said!\n"


def text_of(length: int, seed: int = 0) -> str:
    """Return words of the phrase in a random order."""
    rng = np.random.default_rng(seed)
    words = PHRASE.split(" ")
    return " ".join(rng.choice(words, length))[:length]


def small(**settings: Any) -> Configuration:
    defaults: dict[str, Any] = {
        "hidden_size": 8,
        "sequence_length": 5,
        "validation_interval": 0,
        "temperature": 0.6,
    }
    return Configuration(**(defaults | settings))


def small_dataset(length: int = 700, fraction: float = 0.1, **more: Any) -> TextDataset:
    return build_dataset(Corpus("small", "A small text", text_of(length)), fraction, **more)


def small_trainer(dataset: TextDataset | None = None, **settings: Any) -> Trainer:
    return make_trainer(small(**settings), dataset or small_dataset())


def own_text(path: Path, length: int = 700, **settings: Any) -> Configuration:
    """Write a text file and return the settings of a small run on it."""
    file = path / "text.txt"
    if not file.exists():
        file.write_text(text_of(length), encoding="utf-8")
    return small(corpus="file", text_file=str(file), **settings)


def flat_arrays(value: object) -> list[np.ndarray]:
    return list(arrays_in(value))


def arrays_in(value: object) -> Iterator[np.ndarray]:
    """Every array that can be reached from a value of ours."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from arrays_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from arrays_in(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from arrays_in(getattr(value, field.name))


def text_gone(checkpoint: Checkpoint, path: Path) -> Checkpoint:
    """Return the checkpoint of a run whose text file is no longer there."""
    gone = dataclasses.replace(
        checkpoint.configuration, corpus="file", text_file=str(path / "gone.txt")
    )
    journal = checkpoint.journal and checkpoint.journal.of_text_in(gone.text_file)
    return dataclasses.replace(checkpoint, configuration=gone, journal=journal)


def unhurried(trainer: Trainer) -> Trainer:
    """Have it look at every step it is asked to, whatever that costs; return it."""
    observer = trainer._observer
    for throttle in (
        observer._throttle,
        observer._throttle_of_updates,
        observer._throttle_of_glances,
    ):
        throttle.is_due = lambda _idle=0.0: True  # type: ignore[method-assign]
    return trainer


def task_settings(**more: Any) -> Configuration:
    """Return the settings of a small and short run on a task."""
    settings: dict[str, Any] = {
        **{"corpus": "temporal-order", "sequence_length": 12, "hidden_size": 7, "batch_size": 3},
        **{"optimizer": "sgd", "learning_rate": 0.05, "initialization": "orthogonal"},
        **{"validation_interval": 0},
    }
    return Configuration(**(settings | more))
