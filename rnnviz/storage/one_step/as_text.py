"""A record to be read on a terminal: phase by phase, each equation over its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.phases import Phase, Place, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.storage.one_step.layout import in_columns, parameter_in_columns, vector_in_columns

MOST_SHOWN = 8
"""So many rows and columns are written; the rest is counted."""

_HEADINGS = {
    "forward": "Forward",
    "loss": "Loss",
    "backward": "Backward",
    "gradients": "Gradients",
    "clip": "Clipping",
    "update": "Update",
    "result": "What it brought",
}


def as_text(record: StepRecord) -> str:
    """Write a record down, a phase after the other, in the layout of the equations."""
    return "\n".join(_lines(record))


def _lines(record: StepRecord) -> Iterator[str]:
    yield from _about(record)
    yield from ("", "Before the step")
    architecture = record.subject.network.architecture
    for name, array in record.parameters.items():
        yield from _quantity(name, parameter_in_columns(architecture, name, array))
    for layer, states in enumerate(record.forward[0].before, start=1):
        for name, array in states.items():
            where = f" of layer {layer}" if architecture.num_layers > 1 else ""
            yield from _quantity(f"{name}_0{where}", vector_in_columns(array))
    for phase in phases_of(record):
        yield from ("", heading(record, phase))
        before = ""
        for place in phase.places:
            if place.parameter != before:
                before = place.parameter
                yield f"  {before}:"
            yield from _quantity(*_written(record, place))


def _about(record: StepRecord) -> Iterator[str]:
    subject = record.subject
    kind = subject.network.architecture.kind
    units = f"{subject.network.hidden_size:,} units"
    layers = subject.network.num_layers
    if layers > 1:
        units = f"{layers} layers of {units}"
    yield f"Step {subject.step + 1:,} of {subject.title}: {kind.title}, {units}"
    steps = f"{subject.sequence_length:,} {subject.level}s"
    if subject.batch_size > 1:
        steps += f" of {subject.batch_size:,} streams, a column each"
    yield f"A window of {steps}"


def heading(record: StepRecord, phase: Phase) -> str:
    """Say which phase it is, and what is read or asked for."""
    name = _HEADINGS[phase.kind]
    if not phase.t:
        return name
    name += f", t = {phase.t}"
    if phase.layer and record.subject.network.num_layers > 1:
        name += f", layer {phase.layer}"
    words = _read_or_asked(record, phase)
    return f"{name}: {words}" if words else name


def _read_or_asked(record: StepRecord, phase: Phase) -> str:
    """Say which token is read, and which is asked for; nothing where it is numbers."""
    subject = record.subject
    reads_tokens = not subject.network.architecture.reads_numbers
    if phase.kind == "forward" and phase.layer == 1 and reads_tokens:
        return _labels(subject.tokens, subject.inputs[phase.t - 1])
    if phase.kind == "loss" and subject.loss == "cross_entropy":
        asked = subject.targets[phase.t - subject.first_asked]
        return f"{_labels(subject.answers, asked)} is asked for"
    return ""


def _labels(labels: tuple[str, ...], ids: NDArray[Any]) -> str:
    return " ".join(repr(labels[one]) for one in ids[:MOST_SHOWN])


def _written(record: StepRecord, place: Place) -> tuple[str, Array]:
    line = line_at(record, place)
    equation = line.equation
    if place.part == "gradients" and record.subject.network.num_layers > 1:
        equation = f"{equation}  ({place.name})"
    return equation, in_columns(record, place, line.value)


def _quantity(name: str, value: Array) -> Iterator[str]:
    """Write one quantity: a number beside its name, a vector or a matrix below it."""
    if value.ndim == 0:
        yield f"    {name}  {_number(float(value)).strip()}"
        return
    yield f"    {name}"
    rows = value[np.newaxis] if value.ndim == 1 else value
    for row in rows[:MOST_SHOWN]:
        more = f"  and {len(row) - MOST_SHOWN:,} more" if len(row) > MOST_SHOWN else ""
        yield "      " + "".join(map(_number, row[:MOST_SHOWN].tolist())) + more
    if len(rows) > MOST_SHOWN:
        yield f"      and {len(rows) - MOST_SHOWN:,} more rows"


def _number(number: float) -> str:
    return f"{number:>13.6g}"
