"""The safetensors format: a length, a JSON header, and the bytes of the tensors.

Writing is the safetensors package's. Reading is written out here, because a file of unknown
origin is checked before any of it is believed: nothing is allocated for a tensor until the header
is known to describe the file exactly, and the caller has compared it with what it expects.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from rnnviz.core.parameters import Array, Shape
from rnnviz.storage.errors import DamageError

HEADER_LIMIT = 1 << 25
"""Bytes of the longest header: room for the largest vocabulary, and less than a bomb needs."""

CHECKSUM = "sha256"
_LENGTH_BYTES = 8
_ALIGNMENT = 8
_LARGEST_RANK = 8
_DTYPES = {
    name: np.dtype(spelled)
    for name, spelled in {
        **{"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "V2"},
        **{"F8_E4M3": "V1", "F8_E5M2": "V1", "BOOL": "?"},
        **{"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1"},
        **{"U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1"},
    }.items()
}
"""What each kind of number is read as; NumPy has none of 8 bits and no bfloat16, so as its bits."""


class ForeignError(Exception):
    """The file is of another kind; the message ends the sentence "notes.rnnviz ..."."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Where one tensor lies, counted from the header's end, and what it is.

    Attributes
    ----------
    kind
        As the file says it: ``F32``.
    dtype
        What that is read as.
    """

    kind: str
    dtype: np.dtype[Any]
    shape: Shape
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says that it holds, found to be consistent with itself and with its size."""

    metadata: dict[str, str] = field(repr=False)
    tensors: dict[str, TensorInfo]
    data_start: int


def encode(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """Return a safetensors file of these tensors and metadata, its checksum added.

    Raises
    ------
    ValueError
        As `pack` does.
    """
    arrays = {name: _plain(array) for name, array in sorted(tensors.items())}
    return pack(arrays, {**metadata, CHECKSUM: checksum(metadata, arrays)})


def pack(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """Return a safetensors file of these tensors and metadata; the same content, the same bytes.

    Raises
    ------
    ValueError
        If the header would be longer than `read_header` takes.
    """
    # The package writes the memory as it lies, which is wrong for a transposed view.
    arrays = {name: _plain(array) for name, array in sorted(tensors.items())}
    data: bytes = save(arrays, metadata=dict(metadata))
    end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    # The package writes the metadata in another order every time.
    described = json.loads(data[_LENGTH_BYTES:end])
    header = json.dumps(described, sort_keys=True, separators=(",", ":")).encode("ascii")
    header += b" " * (-len(header) % _ALIGNMENT)
    if len(header) > HEADER_LIMIT:
        raise ValueError("the header is too long")
    return b"".join([len(header).to_bytes(_LENGTH_BYTES, "little"), header, memoryview(data)[end:]])


def checksum(metadata: Mapping[str, str], tensors: Mapping[str, Array]) -> str:
    """Return the SHA-256 of everything but the checksum itself, in an order of its own.

    A weight with one bit changed is as good a number as any: only this tells.
    """
    described = {
        "metadata": {key: value for key, value in metadata.items() if key != CHECKSUM},
        "tensors": {name: [array.dtype.str, array.shape] for name, array in tensors.items()},
    }
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode("ascii"))
    for name in sorted(tensors):
        if tensors[name].size:
            digest.update(tensors[name].reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read; a pipe or a device would block or never end.

    Raises
    ------
    ForeignError
        If it is one of these, or a folder.
    OSError
        If it cannot be opened.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise ForeignError("is a folder, not a model file")
    if not stat.S_ISREG(mode):
        raise ForeignError("is not a regular file")
    return path.open("rb")


def read_header(file: BinaryIO, size: int) -> Header:
    """Return the header of a file of `size` bytes, read from its beginning.

    Raises
    ------
    ForeignError
        If it is no safetensors file at all.
    DamageError
        If it is one that is cut short or contradicts itself.
    """
    start = file.read(_LENGTH_BYTES + 1)
    if not start:
        raise ForeignError("is empty")
    length = int.from_bytes(start[:_LENGTH_BYTES], "little")
    if start[_LENGTH_BYTES:] != b"{" or not 2 <= length <= HEADER_LIMIT:
        raise ForeignError("is not a model file")
    data_start = _LENGTH_BYTES + length
    if data_start > size:
        raise DamageError("it is cut short")
    rest = file.read(length - 1)
    if len(rest) != length - 1:
        raise DamageError("it is cut short")
    try:
        described = parse_json((b"{" + rest).decode("utf-8"), "header")
    except UnicodeDecodeError as error:
        raise DamageError("its header is not text") from error
    if not isinstance(described, dict):
        raise DamageError("its header is not a table")
    metadata = described.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise DamageError("its description is not a table of texts")
    tensors = {name: _tensor(entry) for name, entry in described.items()}
    _require_seamless(tensors, size - data_start)
    return Header(metadata, tensors, data_start)


def read_tensors(file: BinaryIO, header: Header) -> dict[str, Array]:
    """Return the tensors of a file whose header was checked, read-only and all finite.

    Raises
    ------
    DamageError
        If the file is cut short, a value is not finite, or the checksum is another.
    """
    arrays: dict[str, Array] = {
        name: read_array(file, header, name)
        for name, info in sorted(header.tensors.items(), key=lambda item: item[1].start)
    }
    # Whoever rewrites a file on purpose leaves the checksum out; a damaged one has a wrong one.
    told = header.metadata.get(CHECKSUM)
    if told is not None and told != checksum(header.metadata, arrays):
        raise DamageError("its bytes do not add up to its checksum")
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise DamageError(f"{name} holds a value that is not finite")
    return arrays


def read_array(file: BinaryIO, header: Header, name: str) -> NDArray[Any]:
    """Return one tensor of a file whose header was checked, read-only, as the file has it.

    Raises
    ------
    DamageError
        If the file is cut short.
    """
    info = header.tensors[name]
    file.seek(header.data_start + info.start)
    data = file.read(info.stop - info.start)
    if len(data) != info.stop - info.start:
        raise DamageError("it is cut short")
    return np.frombuffer(data, info.dtype).reshape(info.shape)


def parse_json(text: str, what: str) -> object:
    """Return what a JSON text says, which may name nothing twice.

    Raises
    ------
    DamageError
        Naming `what` where it is not such a text.
    """
    try:
        parsed: object = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise DamageError(f"its {what} cannot be understood") from error
    return parsed


def _plain(array: Array) -> Array:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<"))


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice")
    return table


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _tensor(entry: object) -> TensorInfo:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise DamageError("its header does not describe its tensors")
    kind = entry["dtype"]
    if not isinstance(kind, str) or kind not in _DTYPES:
        raise DamageError("it holds a tensor of an unknown kind")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not _are_counts(shape) or not _are_counts(offsets) or len(offsets) != 2:
        raise DamageError("its header gives no shape or no place for a tensor")
    dtype: np.dtype[Any] = _DTYPES[kind]
    start, stop = offsets
    if len(shape) > _LARGEST_RANK or stop - start != math.prod(shape) * dtype.itemsize:
        raise DamageError("a tensor's shape and its place do not fit each other")
    return TensorInfo(kind, dtype, tuple(shape), start, stop)


def _are_counts(value: object) -> bool:
    # 2^48 bounds the time of their product: JSON may spell a number of 4,000 digits.
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 1 << 48 for n in value)


def _require_seamless(tensors: Mapping[str, TensorInfo], data_length: int) -> None:
    place = 0
    for info in sorted(tensors.values(), key=lambda info: (info.start, info.stop)):
        if info.start != place:
            raise DamageError("its tensors overlap or leave gaps")
        place = info.stop
    if place != data_length:
        raise DamageError("it is cut short" if place > data_length else "it is longer than it says")
