"""A cell without a diagram of its own: all that its lines read is drawn, and can be told apart."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, QSizeF

from rnnviz.core.cells import CELLS
from rnnviz.core.cells.declaration import HIDDEN, StateSpec
from rnnviz.core.cells.lines import Line
from rnnviz.diagnostics.one_step.phases import Place, phases_of
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.diagnostics.one_step.sources import sources_of
from rnnviz.gui.inside.drawing import time_steps
from rnnviz.gui.inside.drawing.network_drawing import NetworkDrawing
from rnnviz.gui.inside.drawing.plain_diagram import plain_diagram
from rnnviz.gui.inside.drawing.shapes import Picture, Words
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.shown import shown_of

from ....diagnostics.one_step.slow_cell import SlowCell
from ....diagnostics.one_step.subjects import Kind, draw_subject

OPEN = 2


class Drawn:
    """A step of a cell whose own diagram, where it has one, is put away."""

    def __init__(self, cell: str, theme) -> None:
        self.record = record_step(draw_subject(Kind(cell=(cell, "tanh"))))
        self.phases = phases_of(self.record)
        self._drawing = NetworkDrawing(
            Lookup(self.record, self.phases), shown_of(self.record), theme
        )

    def layout(self, kind: str):
        number = next(n for n, p in enumerate(self.phases) if (p.kind, p.t) == (kind, OPEN))
        sight = Sight(self.record, self.phases, number)
        return self._drawing.laid_out(QSizeF(900, 460), sight)

    def picture(self, kind: str) -> Picture:
        layout = self.layout(kind)
        return layout.picture(0.0, layout.width)


@pytest.fixture(params=["slow", "lstm", "gru", "vanilla"])
def drawn(request, light, monkeypatch) -> Drawn:
    monkeypatch.setitem(CELLS, "slow", SlowCell.checked())
    monkeypatch.setattr(time_steps, "DIAGRAMS", {})
    return Drawn(request.param, light)


@pytest.fixture
def slow(light, monkeypatch) -> Drawn:
    monkeypatch.setitem(CELLS, "slow", SlowCell.checked())
    return Drawn("slow", light)


@pytest.mark.parametrize("kind", ["forward", "backward"])
def test_no_wire_runs_over_a_column(drawn, kind):
    picture = drawn.picture(kind)
    # Gradients of states stand beside those, and what goes on to the next step passes below them.
    columns = [cells for cells in picture.cells() if not str(cells.key[0]).startswith("d")]
    for wire in [wire for wire in picture.wires() if wire.key[0] in ("way", "out")]:
        for start, end in zip(wire.points, wire.points[1:], strict=False):
            piece = QRectF(start, end).normalized().adjusted(-0.5, -0.5, 0.5, 0.5)
            for cells in columns:
                inside = cells.rect.adjusted(1, 1, -1, -1)
                assert not inside.intersects(piece), (wire.key, cells.key)


def test_each_thing_that_a_line_reads_has_a_wire(drawn):
    kind = drawn.record.subject.network.architecture.kind
    lines = drawn.record.forward[OPEN - 1].layers[0].lines()
    read = sources_of(lines, kind.state_names())
    wires = [wire for wire in drawn.picture("forward").wires() if wire.key[0] == "way"]
    for name, sources in read.items():
        into = [w for w in wires if w.place == Place("forward", name, OPEN, 1)]
        if name != "x":
            assert len(into) == len(sources), name


def test_each_recurrent_matrix_is_on_a_wire_of_every_step_and_of_the_folded_network(drawn):
    letters = drawn.record.subject.network.architecture.kind.recurrent_matrices()
    names = {f"{letter}1" for letter in letters} | {"U1"}
    picture = drawn.picture("forward")
    for t in range(1, 5):
        on = {w.parameter for w in picture.wires() if w.key[0] == "way" and w.key[-2] == t}
        assert on - {""} == names, t
    folded = drawn.layout("forward").gutter().wires()
    assert {wire.parameter for wire in folded} == names | {"V"}


def test_symbols_of_wires_lie_apart(slow):
    for picture in (slow.picture("forward"), slow.layout("forward").gutter()):
        places = [wire.tex_at for wire in picture.wires() if wire.tex]
        for number, one in enumerate(places):
            for other in places[:number]:
                assert (one - other).manhattanLength() > 12


def test_a_line_is_called_by_its_own_symbol_on_both_ways(drawn):
    gates = drawn.record.subject.network.architecture.kind.gates
    symbol = f"a_{{{gates[0].name},{{2}}}}" if gates else "a_{2}"
    for kind, expected in (("forward", symbol), ("backward", rf"\partial L/\partial {symbol}")):
        words = [one.tex for one in drawn.picture(kind).shapes if isinstance(one, Words)]
        assert expected in words


class ThreeStates(SlowCell):
    states = (HIDDEN, StateSpec("s", "slow state"), StateSpec("q", "slower state"))


@pytest.mark.parametrize(
    "equations",
    [
        {"h": "h_t = tanh(W h_{t-1} + U x_t)", "s": "s_t = Z h_{t-1}", "q": "q_t = s_t * x_t"},
        {"s": "s_t = U x_t", "a": "a_t = W s_t", "h": "h_t = a_t * q_{t-1}", "q": "q_t = h_t"},
        {"q": "q_t = W s_{t-1}", "h": "h_t = q_t", "s": "s_t = h_t", "a": "a_t = h_t"},
        {"a": "a_t = W h_{t-1} + Z h_{t-1} + W q_{t-1}", "h": "h_t = a_t", "s": "s_t = a_t"},
    ],
)
def test_whatever_reads_whatever_has_a_wire_of_its_own(equations):
    lines = [Line(name, equation, ()) for name, equation in equations.items()]
    diagram = plain_diagram(ThreeStates, lines)
    known = {"x", *diagram.states, *(f"{name}-" for name in diagram.states)}
    known |= {one.name for one in (*diagram.nodes, *diagram.operations)}
    assert {end.split(":")[0] for way in diagram.ways for end in (way.start, way.end)} <= known
    read = sources_of(lines, ThreeStates.state_names())
    for name, sources in read.items():
        into = [way for way in diagram.ways if way.line == name]
        assert len({source.name for source in sources}) <= len(into) <= len(sources)
    assert {letter for letters in diagram.matrices.values() for letter in letters} == {"W", "Z"}
