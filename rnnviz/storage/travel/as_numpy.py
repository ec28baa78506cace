"""A network as NumPy's arrays, with a line that says what they are."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells.declaration import ParameterSpec
from rnnviz.storage.travel.portable import PortableModel

README = "readme"
"""The first array's name: by it a file of ours is told from others of its name."""


def as_numpy(model: PortableModel, stem: str) -> dict[str, bytes]:
    """Return the arrays by the ending of their file, ``.npz``, with rows for vectors.

    Vectors are rows, as in ``rnnviz.core``: a layer reads ``x @ U1 + b1 + h @ W1``.
    """
    file = io.BytesIO()
    arrays: dict[str, Any] = {README: readme(model), "vocabulary": json.dumps(model.tokens)}
    np.savez(file, **(arrays | dict(model.parameters)))
    return {".npz": file.getvalue()}


def readme(model: PortableModel) -> str:
    """Say which array is what."""
    architecture = model.architecture
    layers = [
        f"{_name(spec, architecture)} {_columns(spec, architecture)}"
        for spec in architecture.kind.parameters
    ]
    reads = "numbers" if architecture.reads_numbers else "a token as a one-hot row, so a row of U1"
    if not architecture.kind.adds_the_products:
        reads += f", where the equations of the {architecture.kind.title} add them"
    return (
        f"{model.heading('NumPy')} Vectors are rows: the first layer reads x @ U1 + b1 + h @ W1, "
        f"x being {reads}; the output is o = h @ V + c. By layer: {'; '.join(layers)}. "
        "vocabulary is a JSON list of the tokens in the order of their numbers."
    )


def _name(spec: ParameterSpec, architecture: Architecture) -> str:
    last = architecture.num_layers
    first = f"{spec.letter}1"
    return first if last == 1 else f"{first} to {spec.letter}{last}"


def _columns(spec: ParameterSpec, architecture: Architecture) -> str:
    blocks = spec.blocks or architecture.kind.blocks
    of = f"{architecture.hidden_size:,} columns"
    role = spec.role if spec.is_matrix else f"the {spec.role}"
    return f"({role}; {of})" if len(blocks) == 1 else f"({role}; {of} each for {', '.join(blocks)})"
