"""A record as a JSON object, for other programs.

Its keys are the names of the lines, and its values have the layout, that
`rnnviz.storage.one_step.layout` describes. What there is of every time step is a list of T entries,
null where a time step has none: ``"h"`` is a list of T lists of H numbers. Parameters before the
step stand under their own names, ``"U1"``, the state before the window under ``"h_before"``, and
under ``"equations"`` how each value comes about. Where nothing is clipped ``"factor"`` is 1; where
single entries may be, there is none. Numbers have all their digits; what is not finite is null.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.diagnostics.one_step.phases import Place, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.storage.one_step.layout import (
    in_columns,
    key_of,
    parameter_in_columns,
    vector_in_columns,
)


def as_json(record: StepRecord) -> str:
    """Write a record down, a key a line."""
    values = step_values(record)
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in values.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def step_values(record: StepRecord) -> dict[str, Any]:
    """Return what the JSON object holds."""
    values = _about(record)
    constants: dict[str, Any] = {}
    equations: dict[str, str] = {}
    for name, array in record.parameters.items():
        architecture = record.subject.network.architecture
        values[name] = _numbers(parameter_in_columns(architecture, name, array))
    for layer, states in enumerate(record.forward[0].before, start=1):
        for name, array in states.items():
            key = key_of(record, Place("forward", f"{name}_before", 1, layer))
            values[key] = _numbers(vector_in_columns(array))
    for phase in phases_of(record):
        for place in phase.places:
            line, key = line_at(record, place), key_of(record, place)
            value = _numbers(in_columns(record, place, line.value))
            if place.part == "update" and line.value.ndim == 0:
                constants[key] = value
                continue
            equations.setdefault(key, line.equation)
            if place.t:
                values.setdefault(key, [None] * len(record.forward))[place.t - 1] = value
            else:
                values[key] = value
    if record.subject.clip_mode == "none":
        values.setdefault("factor", 1.0)
    return values | {"constants": constants, "equations": equations}


def _about(record: StepRecord) -> dict[str, Any]:
    """Return what the step is of; step 1 is the first."""
    subject = record.subject
    architecture = subject.network.architecture
    return {
        "step": subject.step + 1,
        "title": subject.title,
        "cell": architecture.cell,
        "activation": architecture.activation,
        "num_layers": architecture.num_layers,
        "hidden_size": architecture.hidden_size,
        "residual": architecture.residual,
        "sequence_length": subject.sequence_length,
        "batch_size": subject.batch_size,
        "optimizer": subject.optimizer,
        "clip_mode": subject.clip_mode,
        "tokens": subject.tokens,
        "answers": subject.answers,
        "inputs": [_numbers(vector_in_columns(read)) for read in subject.inputs],
        "targets": [None] * (subject.first_asked - 1)
        + [_numbers(vector_in_columns(asked)) for asked in subject.targets],
    }


def _numbers(array: NDArray[Any]) -> Any:
    """Return numbers in lists, with all their digits; None where one is not finite."""
    found = array.astype(object)
    found[~np.isfinite(array)] = None
    return found.tolist()
