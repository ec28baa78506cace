"""A record as a table for spreadsheets: one number a row, with the equation that it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np

from rnnviz.diagnostics.one_step.phases import Place, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.storage.one_step.layout import in_columns, key_of

HEADER = ("name", "t", "stream", "row", "column", "value", "equation")


def as_csv(record: StepRecord, places: Iterable[Place] | None = None) -> str:
    """Write down some lines of a record, or all.

    Names and layout are those of `rnnviz.storage.one_step.layout`. Time steps, streams, rows and
    columns are counted from 1, and empty where there are none; values have all their digits.
    """
    if places is None:
        places = (place for phase in phases_of(record) for place in phase.places)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for place in places:
        table.writerows(_rows(record, place))
    return text.getvalue()


def _rows(record: StepRecord, place: Place) -> Iterator[tuple[object, ...]]:
    line, key = line_at(record, place), key_of(record, place)
    by_stream = Scope(record, place).by_stream
    several = record.subject.batch_size > 1
    value = in_columns(record, place, line.value)
    for index in np.ndindex(value.shape):
        rows = [k + 1 for k in index]
        stream = (rows.pop() if several else 1) if by_stream else ""
        row, column = (*rows, "", "")[:2]
        number = repr(float(value[index]))
        yield key, place.t or "", stream, row, column, number, line.equation
