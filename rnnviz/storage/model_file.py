"""Model files: a checkpoint as a safetensors file that PyTorch can read as well."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.architecture import Architecture
from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.core.parameters import Array, Shape
from rnnviz.data import STANDARD_INPUT, Trait
from rnnviz.data.files import readable_name, refusal_to_read
from rnnviz.data.text.archives import unpacked_name
from rnnviz.storage import naming, text_memory
from rnnviz.storage.atomic import write_atomically
from rnnviz.storage.container import (
    ForeignError,
    Header,
    encode,
    open_regular,
    read_header,
    read_tensors,
)
from rnnviz.storage.description import FORMAT_VERSION, Description, from_metadata, to_metadata
from rnnviz.storage.errors import DamageError, StorageError
from rnnviz.training.configuration import NETWORK_SETTINGS, Configuration
from rnnviz.training.record.gradient_history import GradientHistory
from rnnviz.training.record.history import History
from rnnviz.training.state.checkpoint import BestWeights, Checkpoint, TextPlaces

__all__ = ["FORMAT_VERSION", "MODEL_SUFFIXES", "load_model", "save_model"]

MODEL_SUFFIXES = (".rnnviz", ".safetensors")
"""How the names of model files end; what is in them is the same."""

Expected = dict[str, tuple[Shape, np.dtype[Any]]]

_HISTORY_LIMIT = 1 << 26
"""Bytes of the largest array of a history."""

_LONGEST_CLAUSE = 200


def save_model(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint whole or not at all; but without a journal that is too long for a file.

    Of a text of the person's own it has the name and the fingerprint. The folder is nobody else's
    business: it is remembered on this computer.

    Raises
    ------
    StorageError
        If it cannot be written; what was at `path` is untouched then.
    """
    try:
        data = _to_bytes(checkpoint.without_folder())
    except _NotFiniteError as error:
        raise StorageError(
            f"{readable_name(path)} cannot be saved: {error} holds a value that is not finite."
        ) from error
    except ValueError as error:
        raise StorageError(
            f"{readable_name(path)} cannot be saved: its vocabulary and samples are too long."
        ) from error
    except MemoryError as error:
        raise StorageError(
            f"{readable_name(path)} cannot be saved: there is not enough memory."
        ) from error
    write_atomically(path, data)
    configuration = checkpoint.configuration
    # What came from standard input is in no file any more.
    is_kept = os.path.isabs(configuration.text_file) and configuration.text_name != STANDARD_INPUT
    if _has_own_text(configuration) and is_kept:
        text_memory.remember(checkpoint.fingerprint, configuration.text_file)


def load_model(path: Path) -> Checkpoint:
    """Read a checkpoint from a file of unknown origin.

    Returns
    -------
    Checkpoint
        Equal to what was saved, bit for bit, and fit to go on from; but for the folder of a text of
        the person's own, in place of which it says where to look for that.

    Raises
    ------
    StorageError
        If there is no such file, or it is not exactly what `save_model` writes.
    """
    name = readable_name(path)
    try:
        return _load(Path(path))
    except ForeignError as error:
        raise StorageError(f"{name} {error}.") from error
    except DamageError as error:
        raise StorageError(f"{name} is damaged: {error}.") from error
    except RecursionError as error:
        raise StorageError(f"{name} is damaged: its tables are nested too deeply.") from error
    except RnnvizError as error:
        # A setting or a vocabulary that cannot be: its own sentence says what is wrong.
        raise StorageError(f"{name} is damaged: {_as_clause(error)}.") from error
    except (OSError, MemoryError, ValueError) as error:
        raise StorageError(refusal_to_read(name, error)) from error


def _load(path: Path) -> Checkpoint:
    with open_regular(path) as file:
        checkpoint = _read(file, os.fstat(file.fileno()).st_size)
    places = _text_places(path, checkpoint) if _has_own_text(checkpoint.configuration) else None
    return replace(checkpoint.without_folder(), text_places=places)


def _has_own_text(configuration: Configuration) -> bool:
    return Trait.OWN_FILE in configuration.source.traits


def _text_places(path: Path, checkpoint: Checkpoint) -> TextPlaces:
    """Return where the text of a model file may stand."""
    name, named = checkpoint.configuration.text_name, checkpoint.configuration.text_file
    # A compressed text may have been unpacked. What has no name would be a folder around the file.
    names = (name, unpacked_name(name)) if name not in {"", "..", STANDARD_INPUT} else ()
    beside = tuple(os.path.join(os.path.abspath(path.parent), one) for one in names)
    # Files of earlier versions have the whole path, never of a folder.
    is_whole = os.path.isabs(named) and not os.path.isdir(named)
    others = (named, *beside) if is_whole else beside
    return TextPlaces(text_memory.last_read(checkpoint.fingerprint), others)


def _read(file: BinaryIO, size: int) -> Checkpoint:
    header = read_header(file, size)
    description = from_metadata(header.metadata)
    _require_expected(header, description)
    tensors = read_tensors(file, header)
    checkpoint = _to_checkpoint(description, tensors)
    past = tuple(_of_past(tensors, step, checkpoint) for step in description.past)
    return replace(checkpoint, past=past)


def _of_past(tensors: Mapping[str, NDArray[Any]], step: int, later: Checkpoint) -> Checkpoint:
    """Read what the run was after an earlier step: of the same network, on the same text."""
    data = tensors[naming.past_name(step)].tobytes()
    try:
        checkpoint = _read(io.BytesIO(data), len(data))
    except (ForeignError, DamageError) as error:
        raise DamageError(f"what it was after step {step:,} cannot be read: {error}") from error
    networks = [
        {name: getattr(one.configuration, name) for name in NETWORK_SETTINGS}
        for one in (checkpoint, later)
    ]
    if (
        checkpoint.past
        or networks[0] != networks[1]
        or (checkpoint.step, checkpoint.tokens) != (step, later.tokens)
        or checkpoint.fingerprint != later.fingerprint
    ):
        raise DamageError(f"what it was after step {step:,} is of another run")
    return checkpoint


class _NotFiniteError(Exception):
    """A tensor, named by the message, holds a value that no file may hold."""


def _to_bytes(checkpoint: Checkpoint) -> bytes:
    tensors = _to_tensors(checkpoint)
    for name, array in tensors.items():
        if not np.isfinite(array).all():
            raise _NotFiniteError(name)
    past = {
        naming.past_name(earlier.step): np.frombuffer(_to_bytes(earlier), np.uint8)
        for earlier in checkpoint.past
    }
    return _encoded(tensors | past, checkpoint)


def _encoded(tensors: Mapping[str, NDArray[Any]], checkpoint: Checkpoint) -> bytes:
    try:
        return encode(tensors, to_metadata(checkpoint))
    except ValueError:
        # A person may have written a lot in it; no run is to be lost for that.
        return encode(tensors, to_metadata(replace(checkpoint, journal=None)))


def _to_tensors(checkpoint: Checkpoint) -> dict[str, Array]:
    architecture = checkpoint.configuration.architecture(len(checkpoint.tokens))
    tensors = naming.to_tensors(checkpoint.parameters, architecture)
    for second, first in naming.second_biases(architecture).items():
        tensors[second] = np.zeros_like(tensors[first])
    for slot, arrays in checkpoint.slots.items():
        for name, array in naming.to_tensors(arrays, architecture).items():
            tensors[naming.slot_prefix(slot) + name] = array
    if checkpoint.best is not None:
        best = naming.to_tensors(checkpoint.best.parameters, architecture)
        tensors |= {naming.best_name(name): array for name, array in best.items()}
    for layer, states in enumerate(checkpoint.carried_state):
        for name, array in states.items():
            tensors[naming.state_name(name, layer)] = array
    for name, array in checkpoint.history.items():
        tensors[naming.history_name(name)] = array
    return tensors


def _expected(
    configuration: Configuration, architecture: Architecture, *, with_best: bool
) -> Expected:
    """Return shape and dtype of every tensor but the history's; nothing is allocated."""
    dtype = np.dtype(configuration.dtype).newbyteorder("<")
    parameters = naming.tensor_shapes(architecture)
    shapes = dict(parameters)
    for slot in _slot_names(configuration):
        prefix = naming.slot_prefix(slot)
        shapes |= {prefix + name: shape for name, shape in parameters.items()}
    for second, first in naming.second_biases(architecture).items():
        shapes[second] = shapes[first]
    if with_best:
        shapes |= {naming.best_name(name): shape for name, shape in parameters.items()}
    for layer, cell in enumerate(architecture.make_cells()):
        for state in cell.state_names():
            shape = (configuration.batch_size, architecture.hidden_size)
            shapes[naming.state_name(state, layer)] = shape
    return {name: (shape, dtype) for name, shape in shapes.items()}


def _slot_names(configuration: Configuration) -> list[str]:
    return list(OPTIMIZERS[configuration.optimizer].slot_names)


def _history_dtypes() -> dict[str, np.dtype[Any]]:
    empty = History(2).to_arrays() | GradientHistory(capacity=2).to_arrays()
    return {name: array.dtype.newbyteorder("<") for name, array in empty.items()}


def _require_expected(header: Header, description: Description) -> None:
    """Compare what the file says it holds with what its configuration needs."""
    architecture = description.configuration.architecture(len(description.tokens))
    expected = _expected(
        description.configuration, architecture, with_best=description.best is not None
    )
    history = {naming.history_name(name): dtype for name, dtype in _history_dtypes().items()}
    # A model need not have a past; one that has it has all of it.
    if history.keys().isdisjoint(header.tensors):
        history = {}
    past = [naming.past_name(step) for step in description.past]
    for name in (*expected, *history, *past):
        if name not in header.tensors:
            raise DamageError(f"{name} is missing")
    if len(header.tensors) != len(expected) + len(history) + len(past):
        raise DamageError("it holds a tensor that its configuration does not call for")
    for name, (shape, dtype) in expected.items():
        info = header.tensors[name]
        if (info.shape, info.dtype) != (shape, dtype):
            raise DamageError(f"{name} has another size or kind than its configuration calls for")
    for name, dtype in (history | dict.fromkeys(past, np.dtype(np.uint8))).items():
        info = header.tensors[name]
        too_large = name in history and info.stop - info.start > _HISTORY_LIMIT
        if info.dtype != dtype or too_large:
            raise DamageError(f"{name} has another size or kind than it can have")


def _to_checkpoint(description: Description, tensors: Mapping[str, Array]) -> Checkpoint:
    configuration = description.configuration
    architecture = configuration.architecture(len(description.tokens))
    for slot, lowest in OPTIMIZERS[configuration.optimizer].lowest_slots.items():
        for name, array in _under(naming.slot_prefix(slot), tensors).items():
            # A bias that is not ours is zeros in its slot as well.
            if ((array < lowest) & (array != 0)).any() or (array < 0).any():
                raise DamageError(f"{naming.slot_prefix(slot)}{name} holds an impossible value")
    folded = naming.fold_second_biases(tensors, architecture)
    for name, array in folded.items():
        if not np.isfinite(array).all():
            raise DamageError(f"{name} and its second bias add up to more than a number can be")
    return Checkpoint(
        configuration=configuration,
        tokens=description.tokens,
        parameters=naming.from_tensors(folded, architecture),
        slots={
            slot: naming.from_tensors(_under(naming.slot_prefix(slot), tensors), architecture)
            for slot in _slot_names(configuration)
        },
        optimizer_steps=description.optimizer_steps,
        best=_best(description, tensors, architecture),
        carried_state=tuple(
            {
                state: np.array(tensors[naming.state_name(state, layer)])
                for state in cell.state_names()
            }
            for layer, cell in enumerate(architecture.make_cells())
        ),
        step=description.step,
        tokens_seen=description.tokens_seen,
        epoch=description.epoch,
        position=description.position,
        rng=description.rng,
        history=_checked_history(
            _under(naming.history_name(""), tensors), description.step, architecture
        ),
        samples=description.samples,
        fingerprint=description.fingerprint,
        title=description.title,
        journal=description.journal,
        origins=description.origins,
    )


def _best(
    description: Description, tensors: Mapping[str, Array], architecture: Architecture
) -> BestWeights | None:
    if description.best is None:
        return None
    step, loss = description.best
    best = _under(naming.best_name(""), tensors)
    return BestWeights(step, loss, naming.from_tensors(best, architecture))


def _under(prefix: str, tensors: Mapping[str, Array]) -> dict[str, Array]:
    return {
        name.removeprefix(prefix): np.array(array)
        for name, array in tensors.items()
        if name.startswith(prefix)
    }


def _checked_history(
    arrays: dict[str, Array], step: int, architecture: Architecture
) -> dict[str, Array]:
    if not arrays:
        return arrays
    try:
        history = History.from_arrays(arrays)
        gradients = GradientHistory.from_arrays(arrays, architecture.state_labels())
    except (ValueError, OverflowError) as error:
        raise DamageError(str(error)) from error
    measured = gradients.view().steps
    if history.first_step + history.step_count != step or (measured > step).any():
        raise DamageError("its history is not as long as its training")
    return arrays


def _as_clause(error: RnnvizError) -> str:
    sentence = str(error).rstrip(".")
    # It may quote what stands in the file, and that may be a million characters.
    if len(sentence) > _LONGEST_CLAUSE:
        sentence = sentence[:_LONGEST_CLAUSE] + "..."
    return sentence[:1].lower() + sentence[1:]
