"""Networks that other programs trained, from safetensors files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.errors import RnnvizError
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.data import OWN_TEXT, Trait
from rnnviz.data.files import readable_name, refusal_to_read
from rnnviz.data.text.levels import LEVELS
from rnnviz.storage import naming
from rnnviz.storage.container import (
    ForeignError,
    Header,
    open_regular,
    parse_json,
    read_array,
    read_header,
)
from rnnviz.storage.errors import DamageError, StorageError
from rnnviz.storage.model_file import load_model
from rnnviz.storage.travel.plan import Plan, file_clause, plan_of, shown
from rnnviz.storage.travel.vocabulary_file import ForeignVocabulary, read_vocabulary
from rnnviz.training.configuration import Configuration
from rnnviz.training.state.building import copied, new_optimizer
from rnnviz.training.state.checkpoint import Checkpoint, TextPlaces

PICKLE_SUFFIXES = (".pt", ".pth", ".ckpt", ".pkl", ".bin")
"""How the names of files end that PyTorch pickles; none of them is ever read here."""

_UNWRAPPED = 'saved.get("state_dict", saved.get("model_state_dict", saved))'
"""The weights alone, where others have saved more beside them."""

_OF_A_RUN = ("optim.", "state.", "best.", "history.", "past.")
"""What a model file of ours has beside the weights, which others may have kept in it."""


class HelpWantedError(StorageError):
    """A network that can be imported once somebody has helped.

    Attributes
    ----------
    lines
        Lines of Python that help, where such do.
    """

    lines: tuple[str, ...] = ()


class VocabularyMissingError(HelpWantedError):
    """Nobody says what a network's numbers stand for."""


class PickleError(HelpWantedError):
    """A pickle, which may hold code; three lines make a safetensors file of it."""

    def __init__(self, path: Path) -> None:
        name = readable_name(path)
        super().__init__(
            f"{name} is a pickle, which may run code when it is read. Three lines of Python make a "
            "safetensors file of it."
        )
        source, target = ascii(os.fspath(path)), ascii(os.fspath(path.with_suffix(".safetensors")))
        one = "w.clone().contiguous()"  # who shares memory, or lies otherwise, cannot be saved
        self.lines = (
            "import torch; from safetensors.torch import save_file",
            f'saved = torch.load({source}, map_location="cpu", weights_only=True)',
            f"save_file({{name: {one} for name, w in {_UNWRAPPED}.items()}}, {target})",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A model of ours, or a foreign network as one, which then was never trained here.

    Attributes
    ----------
    checkpoint
        To go on from.
    is_foreign
        Whether it was imported.
    notices
        What was taken for granted, in sentences.
    """

    checkpoint: Checkpoint
    is_foreign: bool = False
    notices: tuple[str, ...] = ()


def open_model(path: Path, vocabulary: Path | None = None) -> Opened:
    """Load a model of ours, or import a foreign one.

    Raises
    ------
    StorageError
        As `load_model` and `import_model` do.
    """
    return import_model(path, vocabulary) if _is_foreign(path) else Opened(load_model(path))


def import_model(
    path: Path, vocabulary: Path | None = None, activation: str | None = None
) -> Opened:
    """Read a network from a safetensors file of unknown origin.

    Parameters
    ----------
    path
        The file.
    vocabulary
        A JSON file with its tokens; where there is none, the file's own description is asked.
    activation
        Of a vanilla RNN, which no tensor tells: tanh unless given, as PyTorch has it.

    Raises
    ------
    VocabularyMissingError
        If nobody says which tokens it reads.
    PickleError
        If it is a pickle.
    StorageError
        If it cannot be read, or no network here could be the same; the sentence names the tensor.
    """
    name = readable_name(path)
    tokens = None if vocabulary is None else read_vocabulary(vocabulary)
    try:
        with open_regular(path) as file:
            return _read(_Source(path, file, tokens, activation))
    except ForeignError as error:
        if _is_pickle(path):
            raise PickleError(path) from error
        raise StorageError(f"{name} {error}.") from error
    except DamageError as error:
        raise StorageError(f"{name} is damaged: {error}.") from error
    except StorageError:
        raise
    except RnnvizError as error:
        clause = str(error).rstrip(".")
        raise file_clause(os.fspath(path), clause[:1].lower() + clause[1:200]) from error
    except (OSError, MemoryError, ValueError) as error:
        raise StorageError(refusal_to_read(name, error)) from error


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """An open file, and what the person says of it."""

    path: Path
    file: BinaryIO
    tokens: tuple[str, ...] | None
    activation: str | None


def _read(source: _Source) -> Opened:
    header = read_header(source.file, os.fstat(source.file.fileno()).st_size)
    ours = "configuration" in header.metadata
    shapes = {
        name: info.shape
        for name, info in header.tensors.items()
        if not (ours and name.startswith(_OF_A_RUN))
    }
    try:
        plan = plan_of(shapes)
    except StorageError as error:
        raise file_clause(os.fspath(source.path), str(error)) from error
    vocabulary = _vocabulary(source, header, plan)
    weights = {name: _floats(source, header, name) for name in plan.names}
    configuration, notices = _configuration(source, header, plan, vocabulary)
    doubles = any(header.tensors[name].kind == "F64" for name in plan.names)
    configuration = configuration.with_value("dtype", "float64" if doubles else "float32")
    parameters = _parameters(plan, weights, vocabulary, configuration)
    checkpoint = _checkpoint(source.path, configuration, vocabulary, parameters)
    return Opened(checkpoint, True, notices)


def _floats(source: _Source, header: Header, name: str) -> Array:
    """Read a tensor as numbers that NumPy has; of 16 bits as of 32."""
    array, kind = read_array(source.file, header, name), header.tensors[name].kind
    if kind == "BF16":
        # The upper half of a float32.
        array = (array.view("<u2").astype(np.uint32) << 16).view(np.float32)
    elif kind == "F16":
        array = array.astype(np.float32)
    elif kind not in ("F32", "F64"):
        raise file_clause(os.fspath(source.path), f"{shown(name)} is of the kind {kind}")
    if not np.isfinite(array).all():
        clause = f"{shown(name)} holds a value that is not finite"
        raise file_clause(os.fspath(source.path), clause)
    return array


def _vocabulary(source: _Source, header: Header, plan: Plan) -> ForeignVocabulary:
    name, tokens = readable_name(source.path), source.tokens
    if tokens is None and "vocabulary" in header.metadata:
        parsed = parse_json(header.metadata["vocabulary"], "vocabulary")
        if isinstance(parsed, list) and all(isinstance(token, str) for token in parsed):
            tokens = tuple(parsed)
            level = _own_settings(header).get("level")
            if isinstance(level, str) and level in LEVELS and len(tokens) == plan.vocab_size:
                kind = LEVELS[level](tokens)
                return ForeignVocabulary(kind.level, tokens, tuple(range(len(tokens))))
    if tokens is None:
        raise VocabularyMissingError(
            f"{name} does not say which {plan.vocab_size:,} tokens its numbers stand for."
        )
    if len(tokens) != plan.vocab_size:
        raise StorageError(
            f"The vocabulary has {len(tokens):,} tokens, and {name} reads {plan.vocab_size:,}."
        )
    return ForeignVocabulary.of(tokens)


def _configuration(
    source: _Source, header: Header, plan: Plan, vocabulary: ForeignVocabulary
) -> tuple[Configuration, tuple[str, ...]]:
    """Return its settings where it has ours, and else those that its tensors tell."""
    sizes: dict[str, Any] = {
        "cell": plan.cell,
        "num_layers": len(plan.layers),
        "hidden_size": plan.hidden_size,
        "parameter_budget": 0,
        "level": vocabulary.level,
    }
    own = _own_settings(header)
    notices: tuple[str, ...] = ()
    if not own:
        text = f"{readable_name(source.path.with_suffix(''))}.txt"
        own = {"corpus": OWN_TEXT, "text_file": text}
        if plan.cell == "vanilla" and source.activation is None:
            notices = (
                "No tensor tells what squashes the sums of a vanilla RNN: it is taken for tanh.",
            )
    if source.activation is not None:
        own["activation"] = source.activation
    configuration = Configuration.from_mapping(own | sizes)
    if Trait.WRITES not in configuration.source.traits:
        clause = f"it was made for {configuration.source.phrase}, and predicts no text"
        raise file_clause(os.fspath(source.path), clause)
    return configuration, notices


def _own_settings(header: Header) -> dict[str, Any]:
    """Return the settings that our own export wrote; nothing of other files."""
    if "configuration" not in header.metadata:
        return {}
    parsed = parse_json(header.metadata["configuration"], "configuration")
    return parsed if isinstance(parsed, dict) else {}


def _parameters(
    plan: Plan,
    weights: Mapping[str, Array],
    vocabulary: ForeignVocabulary,
    configuration: Configuration,
) -> dict[str, Array]:
    """Return the weights as the core has them: an embedding folded in, and both biases in one."""
    architecture = configuration.architecture(len(vocabulary.tokens))
    tensors: dict[str, NDArray[Any]] = {}
    rows = len(weights[plan.layers[0]["weight_ih"]])
    for number, layer in enumerate(plan.layers):
        for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            there = layer.get(part)
            tensors[f"rnn.{part}_l{number}"] = weights[there] if there else np.zeros(rows)
    if plan.embedding:
        first = tensors["rnn.weight_ih_l0"].astype(np.float64)
        tensors["rnn.weight_ih_l0"] = first @ weights[plan.embedding].T.astype(np.float64)
    bias = weights[plan.head_bias] if plan.head_bias else np.zeros(plan.vocab_size)
    tensors["head.weight"], tensors["head.bias"] = weights[plan.head], bias
    order = list(vocabulary.order)
    if order != sorted(order):
        tensors["rnn.weight_ih_l0"] = tensors["rnn.weight_ih_l0"][:, order]
        tensors["head.weight"] = tensors["head.weight"][order]
        tensors["head.bias"] = tensors["head.bias"][order]
    folded = naming.fold_second_biases(tensors, architecture)
    with np.errstate(over="ignore"):
        folded = {name: array.astype(configuration.dtype) for name, array in folded.items()}
    for name, array in folded.items():
        if not np.isfinite(array).all():
            raise DamageError(f"{name} would hold a value that is not finite")
    return naming.from_tensors(folded, architecture)


def _checkpoint(
    path: Path,
    configuration: Configuration,
    vocabulary: ForeignVocabulary,
    parameters: Mapping[str, Array],
) -> Checkpoint:
    """Return a run that has done nothing yet with these weights."""
    architecture = configuration.architecture(len(vocabulary.tokens))
    network = Network(architecture, configuration.dtype)
    for name, view in network.parameters.items():
        view[...] = parameters[name]
    optimizer = new_optimizer(network, configuration)
    shapes = network.parameters.shapes
    beside = os.path.join(os.path.abspath(path.parent), configuration.text_name)
    checkpoint = Checkpoint(
        configuration=configuration,
        tokens=vocabulary.tokens,
        parameters=copied(network.parameters),
        slots={
            slot: copied(ParameterVector(shapes, flat=flat))
            for slot, flat in optimizer.slots.items()
        },
        optimizer_steps=0,
        carried_state=tuple(network.zero_state(configuration.batch_size)),
        step=0,
        tokens_seen=0,
        epoch=0,
        position=0,
        rng=np.random.default_rng(configuration.seed).bit_generator.state,
        title=path.stem,
    )
    if configuration.text_file:
        checkpoint = dataclasses.replace(checkpoint, text_places=TextPlaces("", (beside,)))
    return checkpoint.without_folder()


def _is_foreign(path: Path) -> bool:
    """Tell whether a file is no whole model of ours: another program's, or what one made of it.

    One that is ours and damaged is not: nothing of a run is to be left out without a word.
    """
    try:
        with open_regular(path) as file:
            header = read_header(file, os.fstat(file.fileno()).st_size)
    except ForeignError:
        return _is_pickle(path)
    except (OSError, MemoryError, ValueError, RecursionError, DamageError):
        return False
    is_of_16_bits = any(info.kind in ("F16", "BF16") for info in header.tensors.values())
    has_a_run = any(name.startswith(_OF_A_RUN) for name in header.tensors)
    return is_of_16_bits or not has_a_run or "configuration" not in header.metadata


def _is_pickle(path: Path) -> bool:
    """Tell a pickle, alone or in the archive that PyTorch makes, by how it begins."""
    try:
        with open_regular(path) as file:
            beginning = file.read(256)
    except (OSError, ValueError, ForeignError):
        return False
    in_archive = beginning.startswith(b"PK\x03\x04") and b"/data.pkl" in beginning
    return in_archive or (beginning[:1] == b"\x80" and beginning[1:2] in b"\x02\x03\x04\x05")
