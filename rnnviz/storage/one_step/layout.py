"""A record's numbers under names of their own, in the layout of the README's equations.

There vectors are columns, and matrices act on them from the left: ``W h``. So a vector is (n,), of
a window of several streams (n, B), a column a stream; ``W`` is (H, H), ``U`` (H, n), ``V``
(n_out, H), and what belongs to a parameter, its gradient for instance, has its shape. Of a gated
cell the blocks of H rows lie in the order of model files: i, f, g, o, and r, z, n.
"""

from __future__ import annotations

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.parameters import Array, letter_of
from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.record import StepRecord

_OF_THE_OUTPUT = frozenset({"o", "do", "c", "dc"})


def key_of(record: StepRecord, place: Place) -> str:
    """Return what the value at a place is called; at every time step the same.

    Mostly it is the line's name. A layer's values carry the layer's number, where there are several
    layers and where the output has something of that name: ``h2``; ``o1`` and ``c1`` of an LSTM of
    one layer. What one time step adds to a gradient is ``dW1_from_t``, the gradient ``dW1``; and
    what the optimiser computes carries the parameter's name, as in ``update_W1`` and ``new_W1``.
    """
    name = place.name
    parameter = parameter_at(record, place)
    match place.part:
        case "forward" | "backward" if not parameter:
            several = record.subject.network.num_layers > 1
            return f"{name}{place.layer}" if several or name in _OF_THE_OUTPUT else name
        case "backward" | "output back" if parameter:
            return f"d{parameter}_from_t"
        case "gradients":
            return f"d{name}"
        case "update" if parameter:
            return f"{name}_{parameter}"
        case "result":
            return {"L": "loss", "L_new": "loss_after"}[name]
        case _:
            return name


def parameter_at(record: StepRecord, place: Place) -> str:
    """Return the parameter that the value at a place has the shape of; empty where it has none."""
    match place.part:
        case "gradients":
            return place.name
        case "update":
            is_number = record.updates[place.parameter][place.name].ndim == 0
            return "" if is_number else place.parameter
        case "backward" | "output back":
            letter = place.name.removeprefix("d")
            name = f"{letter}{place.layer}" if place.layer else letter
            # An LSTM's dL/dc_t has nothing to do with c, the output's bias: that has no layer.
            return name if name in record.parameters else ""
        case _:
            return ""


def in_columns(record: StepRecord, place: Place, value: Array) -> Array:
    """Return the value at a place in the layout of the equations."""
    parameter = parameter_at(record, place)
    if parameter:
        return parameter_in_columns(record.subject.network.architecture, parameter, value)
    return vector_in_columns(value)


def vector_in_columns(value: Array) -> Array:
    """Return rows (B, n) as columns: (n,) of one stream, else (n, B); numbers stay what they are.

    What is one number a stream, (B,), is a number of one stream.
    """
    if value.ndim == 0:
        return value
    return np.asarray(value[0] if len(value) == 1 else value.T)


def parameter_in_columns(architecture: Architecture, name: str, value: Array) -> Array:
    """Return what has a parameter's shape as equations have it, its gates in the files' order."""
    kind, letter = architecture.kind, letter_of(name)
    for spec in kind.parameters:
        if spec.letter == letter and name != letter:
            own = spec.blocks or kind.blocks
            parts = dict(zip(own, np.split(value, len(own), axis=-1), strict=True))
            value = np.concatenate(
                [parts[block] for block in kind.blocks_in_files() if block in own], axis=-1
            )
    return value.T
