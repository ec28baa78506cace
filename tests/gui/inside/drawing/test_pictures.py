"""The drawing at every phase: the record's own numbers, in time, and nothing over anything else."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from rnnviz.diagnostics.one_step.phases import Place, line_at, phases_of
from rnnviz.gui.inside.drawing.network_drawing import NetworkDrawing
from rnnviz.gui.inside.drawing.shapes import Cells, Picture, Tile, Wire, collapsed, moved
from rnnviz.gui.inside.drawing.time_steps import diagram_of
from rnnviz.gui.inside.drawing.values import Lookup, Sight, is_before
from rnnviz.gui.inside.shown import shown_of

from ..conftest import is_by_stream, record_of

SIZE = QSizeF(900, 460)


class Drawn:
    """A record, drawn at any of its phases."""

    def __init__(self, record, phases, theme) -> None:
        self.lookup = Lookup(record, phases)
        rows = diagram_of(self.lookup).height[0] * record.subject.network.num_layers
        self.shown = shown_of(record, rows_a_unit=rows)
        self._drawing = NetworkDrawing(self.lookup, self.shown, theme)
        self._record, self._phases = record, phases

    def layout(self, number: int, size: QSizeF = SIZE):
        return self._drawing.laid_out(size, Sight(self._record, self._phases, number))

    def picture(self, number: int, size: QSizeF = SIZE) -> Picture:
        layout = self.layout(number, size)
        return layout.picture(0.0, layout.width)


@pytest.fixture
def drawn(record, phases, light) -> Drawn:
    return Drawn(record, phases, light)


def some_phases(phases) -> list[int]:
    """Return the numbers of a phase of each kind, and of the first and the last of each."""
    kinds = dict.fromkeys(phase.kind for phase in phases)
    numbers = [[n for n, p in enumerate(phases) if p.kind == kind] for kind in kinds]
    return sorted({n for these in numbers for n in (these[0], these[len(these) // 2], these[-1])})


def written(record, place: Place, stream: int):
    """Return a line's value as it is written: a column, or a matrix."""
    if is_before(place):
        return record.forward[0].before[place.layer - 1][place.name][stream]
    value = line_at(record, place).value
    return value[stream] if is_by_stream(place) else value.T


def test_every_number_that_is_drawn_is_the_records(record, phases, drawn):
    for number in some_phases(phases):
        for cells in drawn.picture(number).cells():
            if cells.place.part == "result":
                continue  # the weights before the step are no line
            whole = written(record, cells.place, drawn.shown.stream)
            if cells.values:
                assert list(cells.values) == [whole[entry] for entry in cells.entries], cells.key


def test_a_number_is_drawn_once_it_is_computed_and_not_before(phases, drawn):
    for number in some_phases(phases):
        for cells in drawn.picture(number).cells():
            if cells.place.part == "result":
                continue
            assert bool(cells.values) == drawn.lookup.is_known(cells.place, number), cells.key


def test_no_columns_lie_over_each_other(phases, drawn):
    for number in some_phases(phases):
        rooms = [(cells.key, cells.rect) for cells in drawn.picture(number).cells()]
        rooms += [
            (shape.key, shape.rect)
            for shape in drawn.picture(number).shapes
            if isinstance(shape, Tile)
        ]
        for (name, one), (other_name, other) in combinations(rooms, 2):
            both = one.intersected(other)
            assert both.width() < 0.5 or both.height() < 0.5, (number, name, other_name)


def test_every_key_is_there_once(phases, drawn):
    for number in some_phases(phases):
        shapes = drawn.picture(number).shapes
        assert len({shape.key for shape in shapes}) == len(shapes)


def test_what_is_looked_at_lies_in_the_drawing(phases, drawn):
    for number in some_phases(phases):
        layout = drawn.layout(number)
        assert QRectF(0, 0, layout.width + 1, layout.height + 1).contains(layout.focus)


def test_only_what_is_seen_is_laid_out(phases, drawn):
    layout = drawn.layout(0)
    whole = len(layout.picture(0.0, layout.width).shapes)
    assert len(layout.picture(0.0, 200.0).shapes) <= whole


def test_a_wider_room_shows_no_less_and_scrolls_no_more(phases, drawn):
    narrow, wide = drawn.layout(0, QSizeF(600, 460)), drawn.layout(0, QSizeF(1800, 460))
    assert max(0.0, wide.width - 1800) <= max(0.0, narrow.width - 600)


def test_a_network_to_check_by_hand_has_room_at_the_smallest_usual_window(by_hand, light):
    phases = phases_of(by_hand)
    layout = Drawn(by_hand, phases, light).layout(1, QSizeF(800, 390))
    assert layout.width <= 800
    assert layout.height <= 391


def test_of_a_large_network_it_is_said_how_much_is_drawn(light):
    record = record_of("large")
    drawn = Drawn(record, phases_of(record), light)
    said = [getattr(shape, "text", "") for shape in drawn.layout(0).gutter().shapes]
    assert f"{len(drawn.shown.units)} of 100" in said
    assert f"5 of {record.subject.network.output_size}" in said


def test_arrows_go_forward_first_and_come_back_later(by_hand, light, find_phase):
    phases = phases_of(by_hand)
    drawn = Drawn(by_hand, phases, light)

    def flows(number: int) -> set[str]:
        return {wire.flow for wire in drawn.picture(number).wires() if not wire.faint}

    assert flows(0) == {"forward"}
    assert flows(find_phase(phases, "backward", 4)) == {"forward", "backward"}


def test_shapes_glide_from_where_they_were():
    place = Place("forward", "h", 1, 1)
    here = Cells("h", place, QRectF(100, 0, 50, 20), (1.0,), ((0,),))
    there = Cells("h", place, QRectF(0, 0, 50, 20), (1.0,), ((0,),))
    assert moved(here, there, 0.0, QPointF()).rect == there.rect
    assert moved(here, there, 0.5, QPointF(20, 0)).rect.x() == 60
    assert moved(here, there, 1.0, QPointF()) is here
    assert moved(here, None, 0.2, QPointF()) is here
    wire = Wire("w", (QPointF(0, 0), QPointF(10, 0)))
    assert moved(wire, collapsed(wire, QPointF(5, 5)), 0.0, QPointF()).points[0] == QPointF(5, 5)


def test_a_number_is_found_where_it_is_drawn():
    cells = Cells("h", Place("forward", "h", 1, 1), QRectF(0, 0, 50, 40), (1.0, 2.0), ((4,), (7,)))
    assert cells.entry_at(QPointF(10, 5)) == (4,)
    assert cells.entry_at(QPointF(10, 39)) == (7,)
    assert cells.entry_at(QPointF(60, 5)) is None


def test_every_column_is_called_by_its_own_time_step(phases, drawn):
    for number in some_phases(phases):
        if phases[number].t:
            unfolded = [shape for shape in drawn.picture(number).shapes if hasattr(shape, "tex")]
            named = [shape.tex for shape in unfolded if "{t}" in shape.tex or "_t" in shape.tex]
            assert not named, "the folded network alone stands for every time step"
