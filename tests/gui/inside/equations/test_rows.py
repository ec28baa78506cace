"""Equations with their numbers: the record's own, and in the room that there is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSizeF

from rnnviz.diagnostics.one_step.phases import line_at, phases_of
from rnnviz.gui.inside.equations.grids import Window
from rnnviz.gui.inside.equations.items import pieces_of
from rnnviz.gui.inside.equations.lines import lines_of
from rnnviz.gui.inside.equations.row import Row, Style
from rnnviz.gui.inside.shown import shown_of

from ..conftest import is_by_stream

STYLE = Style(23.0, 1.0, 1.0)
ROOM = QSizeF(700, 230)


def some(phases):
    """Return a phase of each kind, from the middle of each."""
    kinds = dict.fromkeys(phase.kind for phase in phases)
    of_kind = [[phase for phase in phases if phase.kind == kind] for kind in kinds]
    return [these[len(these) // 2] for these in of_kind]


def rows_of(record, phases):
    shown = shown_of(record)
    for phase in some(phases):
        for line in lines_of(record, phase):
            pieces = pieces_of(line, line.scope(record, shown.stream))
            yield line, Row(pieces, Window(record, shown, phase.t), STYLE, ROOM)


def test_every_cell_below_a_symbol_is_the_number_of_the_line_that_it_names(record, phases):
    for line, row in rows_of(record, phases):
        for placed in row.placed:
            place = placed.piece.place
            if place is None or not place.t or not placed.cells:
                continue
            value = line_at(record, place).value
            whole = value[0] if is_by_stream(place) else value.T
            for cells in placed.cells:
                if "[" in placed.piece.tex:
                    continue  # one entry of a vector: of another line's number
                numbers = [np.asarray(whole)[entry] for entry in cells.entries]
                assert list(cells.values) == pytest.approx(numbers), (line.place, cells.entries)


def test_the_left_side_is_what_the_right_side_comes_to(record, phases):
    for line, row in rows_of(record, phases):
        left = row.placed[0].piece
        assert left.value is not None, line.place
        assert left.place == line.place


def test_pieces_stand_beside_each_other(record, phases):
    for line, row in rows_of(record, phases):
        ends, line_at_y = 0.0, row.placed[0].symbol_at.y()
        for placed in row.placed:
            if placed.symbol_at.y() > line_at_y:
                ends, line_at_y = 0.0, placed.symbol_at.y()
            assert placed.rect.left() >= ends - 14, line.place
            ends = max(ends, placed.rect.right())


def test_a_row_takes_more_room_than_there_is_only_where_colours_alone_do_not_help(record, phases):
    for _line, row in rows_of(record, phases):
        matrices = [p for p in row.placed if len(p.columns.shown) > 1]
        if row.width > ROOM.width():
            assert all(cells.bare for placed in matrices for cells in placed.cells)


def test_numbers_are_larger_where_there_is_room(by_hand):
    phase = phases_of(by_hand)[1]
    line = next(line for line in lines_of(by_hand, phase) if line.place.name == "h")
    window = Window(by_hand, shown_of(by_hand), phase.t)
    pieces = pieces_of(line, line.scope(by_hand, 0))
    large, small = (Row(pieces, window, STYLE, QSizeF(w, 300)) for w in (900, 150))
    assert large.size > small.size


def test_the_numbers_of_a_line_that_are_shown_are_numbers_of_that_line(record, phases):
    shown = shown_of(record)
    for phase in some(phases):
        for line in lines_of(record, phase):
            entries = Window(record, shown, phase.t).entries(line)
            assert entries
            assert all(line.holds(entry) and line.nearest(entry) == entry for entry in entries)


def test_of_the_outputs_the_one_that_was_asked_for_comes_first(by_hand):
    phase = next(p for p in phases_of(by_hand) if p.kind == "loss")
    line = lines_of(by_hand, phase)[0]
    window = Window(by_hand, shown_of(by_hand), phase.t)
    assert window.entries(line)[0] == (int(by_hand.subject.targets[0, 0]),)
