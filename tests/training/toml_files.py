"""Experiments and lessons as files, good ones and such as a person may have written."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

REMOVED = object()


class Raw(str):
    """What stands in the file as it is, without quotation marks."""


def toml(table: dict[str, Any]) -> str:
    """Write a table as TOML, what stands in it as inline tables."""
    return "".join(f"{json.dumps(key)} = {toml_value(value)}\n" for key, value in table.items())


def toml_value(value: object) -> str:
    if isinstance(value, dict):
        entries = (f"{json.dumps(key)} = {toml_value(entry)}" for key, entry in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Raw):
        return value
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def written(folder: Path, content: str | bytes | dict[str, Any], name: str = "some.toml") -> Path:
    path = folder / name
    if isinstance(content, dict):
        content = toml(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def changed_from(good: dict[str, Any], place: str, value: object) -> dict[str, Any]:
    """Return a good table with one entry at a place such as ``claims.0.step`` changed."""
    table = copy.deepcopy(good)
    *way, last = (int(part) if part.isdigit() else part for part in place.split("."))
    entry: Any = table
    for part in way:
        entry = entry[part]
    if value is REMOVED:
        entry.pop(last)
    else:
        entry[last] = value
    return table


def sentence_of(error: Exception, path: Path) -> str:
    """Return what is wrong with a file: one sentence that begins with the file's name."""
    sentence = str(error)
    assert sentence.startswith(path.name)
    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    assert "\n" not in sentence
    assert len(sentence) < 1200
    return sentence
