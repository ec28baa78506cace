"""The phases of one step in their order, and which lines of its record each of them computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rnnviz.core.cells.lines import Line, Lines
from rnnviz.diagnostics.one_step.record import StepRecord

PhaseKind = Literal["forward", "loss", "backward", "gradients", "clip", "update", "result"]
"""In the order in which a step goes through them; ``result`` is what it brought."""

Part = Literal[
    "forward", "output", "loss", "output back", "backward", "gradients", "clip", "update", "result"
]
"""In which part of a record a line stands; ``output`` is what comes after the topmost layer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a record a line stands.

    Attributes
    ----------
    part
        Which part of it.
    name
        The line's name. Of a parameter's gradient, and in a clip, the parameter's name; in an
        update the line's.
    t
        The time step, from 1; 0 where there is none.
    layer
        The layer, from 1; 0 where there is none.
    parameter
        In an update, whose.
    """

    part: Part
    name: str
    t: int = 0
    layer: int = 0
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a step, or what it does at one time step in one layer.

    Attributes
    ----------
    kind
        What is done.
    t, layer
        At which time step and in which layer, from 1; 0 where that is not one.
    places
        The lines that it computes, in their order.
    """

    kind: PhaseKind
    t: int
    layer: int
    places: tuple[Place, ...]


def phases_of(record: StepRecord) -> tuple[Phase, ...]:
    """Return a step's phases in their order: a layer after the other, and back the other way."""
    return tuple(_phases(record))


def line_at(record: StepRecord, place: Place) -> Line:
    """Return the line that stands at a place."""
    lines = lines_at(record, place)
    return next(line for line in lines.lines() if line.name == place.name)


def _phases(record: StepRecord) -> Iterator[Phase]:
    times = range(1, len(record.forward) + 1)
    layers = range(1, len(record.forward[0].layers) + 1)
    top = layers[-1]
    for t in times:
        for layer in layers:
            places = _within(record, Place("forward", "", t, layer))
            if layer == top:
                places += _within(record, Place("output", "", t))
            yield Phase("forward", t, layer, places)
    for t in times:
        places = _within(record, Place("loss", "", t))
        if places:
            yield Phase("loss", t, 0, places)
    for t in reversed(times):
        for layer in reversed(layers):
            places = _within(record, Place("output back", "", t)) if layer == top else ()
            places += _within(record, Place("backward", "", t, layer))
            yield Phase("backward", t, layer, places)
    yield Phase("gradients", 0, 0, tuple(Place("gradients", name) for name in record.gradients))
    clipped = (Place("update", "g", parameter=name) for name in record.updates)
    yield Phase("clip", 0, 0, (*_within(record, Place("clip", "")), *clipped))
    updates = (
        place
        for name in record.updates
        for place in _within(record, Place("update", "", parameter=name))
        if place.name != "g"
    )
    yield Phase("update", 0, 0, tuple(updates))
    yield Phase("result", 0, 0, _within(record, Place("result", "")))


def _within(record: StepRecord, place: Place) -> tuple[Place, ...]:
    """Return the places of all lines that stand where this one does."""
    return tuple(replace(place, name=line.name) for line in lines_at(record, place).lines())


def lines_at(record: StepRecord, place: Place) -> Lines:
    """Return the lines of a part of the record, at a place's time step and in its layer."""
    t, layer = place.t - 1, place.layer - 1
    match place.part:
        case "forward":
            return record.forward[t].layers[layer]
        case "output":
            return record.forward[t].output
        case "loss":
            return record.losses[t]
        case "output back":
            return record.backward[t].output
        case "backward":
            return record.backward[t].layers[layer]
        case "clip":
            return record.clipping
        case "update":
            return record.updates[place.parameter]
        case "gradients":
            return record.gradients
        case "result":
            return record.result
