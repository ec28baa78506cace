"""The row of phases: in the order of the arithmetic, and nothing is left out or shown twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from rnnviz.core.cells.lines import Lines
from rnnviz.diagnostics.one_step.phases import PhaseKind, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step

from .subjects import Kind, all_kinds, draw_subject


def all_lines(record: StepRecord) -> Counter[int]:
    """Count every line of a record, by its identity."""
    parts: list[Lines] = [record.gradients, record.clipping, record.result, *record.losses]
    parts += record.updates.values()
    for step, back in zip(record.forward, record.backward, strict=True):
        parts += [*step.layers, step.output, *back.layers, back.output]
    return Counter(id(line) for lines in parts for line in lines.lines())


@settings(max_examples=60, deadline=None)
@given(kind=all_kinds())
def test_every_line_of_the_record_is_in_one_phase(kind: Kind) -> None:
    record = record_step(draw_subject(kind))
    placed = [line_at(record, place) for phase in phases_of(record) for place in phase.places]
    assert Counter(map(id, placed)) == all_lines(record)


@settings(max_examples=60, deadline=None)
@given(kind=all_kinds())
def test_phases_go_through_time_and_back(kind: Kind) -> None:
    phases = phases_of(record_step(draw_subject(kind)))
    times, layers = range(1, kind.length + 1), range(1, kind.layers + 1)
    expected: list[tuple[PhaseKind, int, int]] = []
    expected += [("forward", t, layer) for t in times for layer in layers]
    expected += [("loss", t, 0) for t in times[-kind.asked :]]
    expected += [("backward", t, layer) for t in times[::-1] for layer in layers[::-1]]
    expected += [("gradients", 0, 0), ("clip", 0, 0), ("update", 0, 0), ("result", 0, 0)]
    assert [(phase.kind, phase.t, phase.layer) for phase in phases] == expected


def test_the_phases_of_two_layers_name_their_lines() -> None:
    kind = Kind(layers=2, length=2, asked=1, clip_mode="norm", optimizer="momentum")
    names = {
        (phase.kind, phase.t, phase.layer): [place.name for place in phase.places]
        for phase in phases_of(record_step(draw_subject(kind)))
    }
    assert names["forward", 1, 1] == ["x", "a", "h"]
    assert names["forward", 1, 2] == ["x", "a", "h", "o"]
    assert names["loss", 2, 0] == ["p", "L"]
    assert names["backward", 2, 2][:3] == ["do", "dV", "dc"]
    assert names["gradients", 0, 0] == ["U1", "b1", "W1", "U2", "b2", "W2", "V", "c"]
    assert names["clip", 0, 0] == ["norm", "threshold", "factor", *"gggggggg"]
    update = ["velocity_before", "eta", "mu", "velocity", "update", "new"]
    assert names["update", 0, 0] == update * 8
    assert names["result", 0, 0] == ["L", "L_new"]
