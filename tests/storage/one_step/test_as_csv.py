"""The table of a step has every number once, where it belongs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from rnnviz.diagnostics.one_step.phases import Place, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.storage.one_step.as_csv import HEADER, as_csv

from ...diagnostics.one_step.subjects import Kind, all_kinds, draw_subject


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def all_places(record: StepRecord) -> list[Place]:
    return [place for phase in phases_of(record) for place in phase.places]


@settings(max_examples=10, deadline=None)
@given(kind=all_kinds())
def test_every_number_is_there_once(kind: Kind) -> None:
    record = record_step(draw_subject(replace(kind, vocab=min(kind.vocab, 5))))
    rows = rows_of(as_csv(record))
    values = [line_at(record, place).value for place in all_places(record)]
    assert len(rows) == sum(value.size for value in values)
    numbers = np.array([float(row["value"]) for row in rows])
    expected = np.concatenate([value.ravel() for value in values])
    np.testing.assert_array_equal(np.sort(numbers), np.sort(expected))
    where = {tuple(row[key] for key in ("name", "t", "stream", "row", "column")) for row in rows}
    constants = {row["name"] for row in rows if row["equation"] == row["name"]}
    assert len(where) + len(constants) * (len(record.updates) - 1) >= len(rows)


def test_a_number_stands_where_the_equations_have_it() -> None:
    record = record_step(draw_subject(Kind(batch=2, seed=1)))
    rows = rows_of(as_csv(record))
    (h,) = (
        row
        for row in rows
        if (row["name"], row["t"], row["stream"], row["row"]) == ("h", "2", "2", "3")
    )
    assert float(h["value"]) == record.forward[1].layers[0]["h"][1, 2]
    assert h["equation"] == "h_t = tanh(a_t)"
    (dW,) = (row for row in rows if (row["name"], row["row"], row["column"]) == ("dW1", "3", "1"))
    assert float(dW["value"]) == record.gradients["W1"][0, 2]
    assert (dW["t"], dW["stream"]) == ("", "")


def test_a_phase_alone_can_be_taken() -> None:
    record = record_step(draw_subject(Kind()))
    phase = next(phase for phase in phases_of(record) if phase.kind == "backward")
    rows = rows_of(as_csv(record, phase.places))
    assert {row["t"] for row in rows} == {"4"}
    assert {row["name"] for row in rows} >= {"do", "dh", "da", "dW1_from_t"}


@pytest.mark.parametrize("batch", [1, 2])
def test_the_first_line_names_the_columns(batch: int) -> None:
    text = as_csv(record_step(draw_subject(Kind(batch=batch))))
    assert text.splitlines()[0] == ",".join(HEADER)
