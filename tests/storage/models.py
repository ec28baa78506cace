"""Small checkpoints to save, and ways to compare and to spoil them."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnnviz.data import TASKS, Corpus, TaskDataset, build_dataset
from rnnviz.storage import save_model
from rnnviz.storage.container import CHECKSUM
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import make_trainer
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import Trainer

TEXT = "the fox sleeps. the foxes sleep by the sea, naïve and happy.\n" * 40


def small_trainer(**settings: Any) -> Trainer:
    values = {"hidden_size": 6, "sequence_length": 8, "validation_interval": 5, **settings}
    configuration = Configuration(**values)
    dataset = build_dataset(
        Corpus("t", "A text", TEXT),
        0.1,
        level=configuration.level,  # type: ignore[arg-type]
        vocabulary_size=configuration.vocabulary_size,
    )
    return make_trainer(configuration, dataset)


def task_checkpoint(name: str, steps: int = 3, **settings: Any) -> Checkpoint:
    values = {"hidden_size": 6, "sequence_length": 25, "batch_size": 3, **settings}
    trainer = make_trainer(Configuration(corpus=name, **values), TaskDataset(TASKS[name]))
    for _ in range(steps):
        trainer.step()
    return trainer.checkpoint()


def small_checkpoint(steps: int = 12, **settings: Any) -> Checkpoint:
    trainer = small_trainer(**settings)
    for _ in range(steps):
        trainer.step()
    return trainer.checkpoint()


def saved(folder: Path, checkpoint: Checkpoint | None = None) -> Path:
    path = folder / "m.rnnviz"
    save_model(path, checkpoint or small_checkpoint())
    return path


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    """State that two checkpoints are equal in every bit, type and name."""
    for field in dataclasses.fields(Checkpoint):
        _assert_same(getattr(one, field.name), getattr(other, field.name), field.name)


def _assert_same(one: Any, other: Any, name: str) -> None:
    if isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray), name
        assert (one.dtype, one.shape) == (other.dtype, other.shape), name
        assert one.tobytes() == other.tobytes(), name
    elif isinstance(one, Mapping):
        assert one.keys() == other.keys(), name
        for key, value in one.items():
            _assert_same(value, other[key], f"{name}.{key}")
    elif isinstance(one, tuple):
        assert len(one) == len(other), name
        for index, (first, second) in enumerate(zip(one, other, strict=True)):
            _assert_same(first, second, f"{name}[{index}]")
    else:
        # Through repr, so that a NaN is itself and 0.0 is not -0.0.
        assert repr(one) == repr(other), name


def header_and_data(path: Path) -> tuple[dict[str, Any], bytes]:
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def put_together(header: object | str, data: bytes = b"") -> bytes:
    text = header if isinstance(header, str) else json.dumps(header)
    return struct.pack("<Q", len(text.encode())) + text.encode() + data


def spoil(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a file's header, as somebody would who knows to leave the checksum out."""
    header, data = header_and_data(path)
    header["__metadata__"].pop(CHECKSUM, None)
    change(header)
    path.write_bytes(put_together(header, data))


def spoil_part(path: Path, part: str, change: Callable[[Any], object]) -> None:
    """Change one of the JSON texts in a file's metadata; what `change` returns replaces it."""

    def in_header(header: dict[str, Any]) -> None:
        value = json.loads(header["__metadata__"][part])
        changed = change(value)
        header["__metadata__"][part] = json.dumps(value if changed is None else changed)

    spoil(path, in_header)


def spoil_tensor(path: Path, name: str, change: Callable[[np.ndarray], object]) -> None:
    """Change the numbers of one tensor in place."""
    header, data = header_and_data(path)
    header["__metadata__"].pop(CHECKSUM, None)
    entry = header[name]
    start, stop = entry["data_offsets"]
    dtype = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
    array = np.frombuffer(data[start:stop], dtype).reshape(entry["shape"]).copy()
    change(array)
    path.write_bytes(put_together(header, data[:start] + array.tobytes() + data[stop:]))
