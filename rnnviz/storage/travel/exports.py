"""What a network can be exported as, one table; files are written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rnnviz.data.files import readable_name
from rnnviz.storage.atomic import ensure_writable, write_atomically
from rnnviz.storage.errors import StorageError
from rnnviz.storage.travel.as_numpy import README, as_numpy
from rnnviz.storage.travel.as_onnx import as_onnx
from rnnviz.storage.travel.as_pytorch import as_pytorch
from rnnviz.storage.travel.as_script import as_script
from rnnviz.storage.travel.as_table import as_csv, as_parquet
from rnnviz.storage.travel.portable import PortableModel
from rnnviz.training.state.checkpoint import Checkpoint

_OURS = (b"rnnviz", README.encode())
_BEGINNING = 400


@dataclass(frozen=True, slots=True)
class ExportKind:
    """Something that a network can be exported as.

    Attributes
    ----------
    title
        What people call it.
    suffixes
        How the names of its files end: that of the one that the person names, and of those beside.
    write
        Makes them, by their endings, of the network and of the files' name without one.
    """

    title: str
    suffixes: tuple[str, ...]
    write: Callable[[PortableModel, str], dict[str, bytes]]


EXPORTS = {
    "pytorch": ExportKind("PyTorch weights, and their module", (".safetensors", ".py"), as_pytorch),
    "onnx": ExportKind("ONNX graph", (".onnx",), as_onnx),
    "numpy": ExportKind("NumPy arrays", (".npz",), as_numpy),
    "script": ExportKind("NumPy script that writes, and its weights", (".py", ".npz"), as_script),
    "csv": ExportKind("History as a table", (".csv",), as_csv),
    "parquet": ExportKind("History as a table for data frames", (".parquet",), as_parquet),
}


def export_model(
    checkpoint: Checkpoint, to: str, path: Path, *, best: bool = False
) -> tuple[Path, ...]:
    """Write a network for others.

    Parameters
    ----------
    checkpoint
        Of the run.
    to
        A key of `EXPORTS`.
    path
        The file; where its name has no ending, it gets the usual one. What belongs to it lies
        beside it under the same name.
    best
        Whether the weights that did best on what is held out are meant, and not the last ones.

    Returns
    -------
    tuple of Path
        What was written, the file itself first.

    Raises
    ------
    StorageError
        Where it cannot be written, the network cannot be such a thing, or another file is in the
        way; nothing is written then.
    """
    paths = files_of(to, path)
    contents = EXPORTS[to].write(PortableModel.of(checkpoint, best=best), paths[0].stem)
    for beside in paths[1:]:
        _require_ours(beside)
    for one in paths:
        ensure_writable(one)
    for one in reversed(paths):
        write_atomically(one, contents[one.suffix])
    return paths


def files_of(to: str, path: Path) -> tuple[Path, ...]:
    """Return the files of an export, the one that the person named first.

    Raises
    ------
    StorageError
        If its name ends otherwise.
    """
    suffixes = EXPORTS[to].suffixes
    if not path.suffix:
        path = path.with_name(path.name + suffixes[0])
    if path.suffix != suffixes[0]:
        raise StorageError(
            f"{readable_name(path)}: the name of such an export ends with {suffixes[0]}."
        )
    return tuple(path.with_suffix(suffix) for suffix in suffixes)


def _require_ours(path: Path) -> None:
    """Refuse to write over a file that nobody named, unless it is of an earlier export."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return  # there is none, or writing will say what is wrong
    if not any(sign in beginning for sign in _OURS):
        raise StorageError(
            f"The export would write over {readable_name(path)}, which is no earlier export: "
            "choose another name."
        )
