"""Model files as nobody wrote them: changed at random, from the bytes to the values within."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import math
import pickle
import random
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from rnnviz.data.errors import NoTextError
from rnnviz.storage import StorageError, load_model
from rnnviz.storage.container import CHECKSUM
from rnnviz.training.commands import Resume, TakeStep
from rnnviz.training.session import Session

from .models import put_together, saved, small_checkpoint, task_checkpoint

_LENGTH_BYTES = 8
_DEEPEST = 2000

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 7, 255, 2**31, 2**53, 2**63, -(2**63), 10**30, 10**400,
    0.0, -0.0, 0.5, 1e-300, 1e300, math.inf, -math.inf, math.nan, "", "a", "\0", "\ud800", "1",
    "\u202egnp.", "e\u0301" * 50, "\N{ZERO WIDTH JOINER}", "../../etc/passwd", "%s%n{0}", "<b>&",
    "x" * 100_000, [], {}, [[]], [None], {"": None}, [0] * 10_000, {"a": {"a": {"a": 1}}},
)  # fmt: skip
"""Values that may stand where others are expected."""

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def change_bytes(drawn: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Change some bytes, most of them in the header."""
    spoiled = bytearray(content)
    end = drawn.choice([len(spoiled), _header_end(content), 64])
    for _ in range(drawn.choice([1, 1, 2, 4, 32])):
        spoiled[drawn.randrange(min(end, len(spoiled)))] = drawn.randrange(256)
    return bytes(spoiled)


def cut_short(drawn: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Leave the end out."""
    return content[: drawn.randrange(drawn.choice([len(content), _header_end(content)]))]


def make_longer(drawn: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Put some bytes in, at the end or anywhere."""
    place = drawn.choice([len(content), drawn.randrange(len(content))])
    return content[:place] + drawn.randbytes(drawn.choice([1, 8, 5000])) + content[place:]


def splice(drawn: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Put a stretch of one file into another, or one's numbers under the other's header."""
    other = drawn.choice(others)
    if drawn.random() < 0.3:
        return content[: _header_end(content)] + other[_header_end(other) :]
    start, length = drawn.randrange(len(other)), drawn.choice([1, 16, 512, 20_000])
    place = drawn.randrange(len(content))
    kept = place + (length if drawn.random() < 0.5 else 0)
    return content[:place] + other[start : start + length] + content[kept:]


def lie_about_length(drawn: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Say that the header is of another length."""
    length = max(0, _header_end(content) - _LENGTH_BYTES + drawn.randrange(-20, 20))
    length = drawn.choice([length, 0, 1, 2**31, 2**63, drawn.getrandbits(64)])
    return struct.pack("<Q", length) + content[_LENGTH_BYTES:]


def change_numbers(drawn: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Change what the tensors hold, as somebody would who leaves the checksum out."""
    header, data = taken_apart(content)
    spoiled = bytearray(data)
    for _ in range(drawn.choice([1, 4, 64]) if spoiled else 0):
        place = drawn.randrange(len(spoiled))
        number = struct.pack("<f", drawn.choice([0.0, -1.0, 1e-40, 1e38, math.inf, math.nan]))
        spoiled[place : place + 4] = number
    return put_together(header, bytes(spoiled[: len(data)]))


def change_header(drawn: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change what the header says of the tensors, or leave one of its parts out."""
    header, data = taken_apart(content)
    for _ in range(drawn.choice([1, 1, 2])):
        _change_somewhere(drawn, header, taken_apart(drawn.choice(others))[0])
    return put_together(_written(header), data)


def change_description(drawn: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change something within one of the parts that describe the run."""
    header, data = taken_apart(content)
    metadata = header.get("__metadata__", {})
    parts = [part for part, text in metadata.items() if text[:1] in "{["]
    if parts:
        part = drawn.choice(parts)
        value = json.loads(metadata[part])
        other = taken_apart(drawn.choice(others))[0].get("__metadata__", {}).get(part)
        for _ in range(drawn.choice([1, 1, 3])):
            _change_somewhere(drawn, value, json.loads(other) if other else value)
        metadata[part] = _written(value)
    return put_together(_written(header), data)


def nest(drawn: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    """Put brackets in brackets, where a value stands."""
    header, data = taken_apart(content)
    text, depth = _written(header), drawn.choice([3, 50, _DEEPEST])
    place = drawn.choice([index for index, letter in enumerate(text) if letter in ":,"] or [0])
    opened = drawn.choice(["[", '{"a":'])
    closed = "]" if opened == "[" else "}"
    nested = opened * depth + "1" + closed * drawn.choice([depth, 0])
    return put_together(text[: place + 1] + nested + text[place + 1 :], data)


MUTATIONS: tuple[Mutation, ...] = (
    change_bytes,
    cut_short,
    make_longer,
    splice,
    lie_about_length,
    change_numbers,
    change_header,
    change_description,
    change_description,
    nest,
)


def model_files(folder: Path) -> list[bytes]:
    """Return small models of several kinds, of now and of before, for which a folder is needed."""
    checkpoints = [
        small_checkpoint(6, hidden_size=2),
        small_checkpoint(6, hidden_size=3, cell="lstm", num_layers=2, optimizer="adam"),
        small_checkpoint(6, hidden_size=2, level="word", vocabulary_size=7),
        task_checkpoint("temporal-order"),
    ]
    now = [saved(folder, checkpoint).read_bytes() for checkpoint in checkpoints]
    before = sorted((Path(__file__).parent / "old_files").glob("*.rnnviz"))
    return now + [path.read_bytes() for path in before]


def foreign_files() -> list[bytes]:
    """Return files of other kinds that somebody may take for a model."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps({"weight": [1.0] * 100}))
    weights = {"rnn.weight_ih_l0": np.zeros((8, 3), np.float32), "fc.bias": np.ones(3, np.float32)}
    return [
        zipped.getvalue(),
        pickle.dumps({"weight": [1.0] * 100}),
        save(weights, {"format": "pt"}),
        json.dumps({"weights": [[1, 2], [3, 4]]}).encode(),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        "A text, naïvely named.\n".encode() * 50,
    ]


def opens(path: Path) -> bool:
    """Tell whether a file is a model, and have it trained a step; or refused, in a sentence."""
    try:
        checkpoint = load_model(path)
    except StorageError as error:
        sentence = str(error)
        assert path.name in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert len(sentence) < 400
        return False
    session = Session()
    session.apply(Resume(checkpoint))
    # One whose text shares nothing with its vocabulary any more can write, and says so.
    with contextlib.suppress(NoTextError):
        session.apply(TakeStep())
    assert session.snapshot() is not None
    return True


def mutated(drawn: random.Random, contents: Sequence[bytes]) -> tuple[str, bytes]:
    """Change one of some files; return in what way, and what became of it."""
    content = drawn.choice(contents)
    while True:
        mutation = drawn.choice(MUTATIONS)
        try:
            return mutation.__name__, mutation(drawn, content, contents)
        except NotInFormatError:
            # A foreign file has no header to change.
            continue


class NotInFormatError(Exception):
    """The file has no header."""


def taken_apart(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return a file's header, without its checksum, and its numbers.

    Raises
    ------
    NotInFormatError
        If it has none.
    """
    end = _header_end(content)
    try:
        header = json.loads(content[_LENGTH_BYTES:end])
    except ValueError:
        raise NotInFormatError from None
    if not isinstance(header, dict):
        raise NotInFormatError
    header.get("__metadata__", {}).pop(CHECKSUM, None)
    return header, content[end:]


def _header_end(content: bytes) -> int:
    if len(content) < _LENGTH_BYTES:
        return 1
    end = _LENGTH_BYTES + struct.unpack("<Q", content[:_LENGTH_BYTES])[0]
    return end if end <= len(content) else max(1, len(content) // 2)


def _change_somewhere(drawn: random.Random, value: Any, other: Any) -> None:
    """Change, remove, double or exchange one of the values in it, however deep."""
    places = list(_places(value))
    if not places:
        return
    holder, key = drawn.choice(places)
    kind = drawn.random()
    if kind < 0.15:
        del holder[key]
    elif kind < 0.25 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif kind < 0.35 and isinstance(holder, dict):
        holder[drawn.choice(["", "more", "weights", key + "2"])] = holder.pop(key)
    elif kind < 0.55:
        elsewhere = list(_places(other))
        if elsewhere:
            from_holder, from_key = drawn.choice(elsewhere)
            holder[key] = copy.deepcopy(from_holder[from_key])
    elif kind < 0.7 and isinstance(holder[key], (int, float)) and math.isfinite(holder[key]):
        factor, more = drawn.choice([(1, 1), (1, -1), (-1, 0), (2, 0), (1000, 0)])
        holder[key] = factor * holder[key] + more
    else:
        holder[key] = copy.deepcopy(drawn.choice(STRANGE))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Go through all places within lists and mappings, as what holds them and where."""
    if isinstance(value, dict):
        pairs: list[tuple[Any, Any]] = list(value.items())
    elif isinstance(value, list):
        # Of a long list of one kind, a few stand for all.
        pairs = list(enumerate(value))[:: max(1, len(value) // 16)]
    else:
        return
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)


def _written(value: Any) -> str:
    # With lone surrogates escaped, as they stand in JSON.
    return json.dumps(value, ensure_ascii=True)
