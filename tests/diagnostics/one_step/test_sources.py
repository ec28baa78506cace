"""What a cell's lines read is what their equations name."""

from __future__ import annotations

import pytest

from rnnviz.core.cells import CELLS
from rnnviz.core.cells.lines import Line
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.diagnostics.one_step.sources import Source, made_of, matrices_by_state, sources_of

from .slow_cell import SlowCell
from .subjects import Kind, draw_subject


def lines_of(cell: str) -> tuple[Line, ...]:
    return record_step(draw_subject(Kind(cell=(cell, "tanh")))).forward[0].layers[0].lines()


def test_a_line_reads_states_what_comes_in_and_other_lines(monkeypatch) -> None:
    monkeypatch.setitem(CELLS, "slow", SlowCell.checked())
    lines = lines_of("slow")
    sources = sources_of(lines, SlowCell.state_names())
    into_a = Source("h", True, "W"), Source("s", True, "Z"), Source("x", matrix="U")
    assert sources["a"] == into_a
    assert sources["s"] == (Source("s", True), Source("h"))
    assert made_of("h", sources, SlowCell.state_names()) == into_a
    assert matrices_by_state(SlowCell, lines) == {"h": ("W",), "s": ("Z",)}


def test_gates_are_lines_like_others() -> None:
    sources = sources_of(lines_of("gru"), ("h",))
    assert sources["a_n"] == (Source("r"), Source("s"), Source("x", matrix="U"))
    assert made_of("r", sources, ("h",)) == (Source("h", True, "W"), Source("x", matrix="U"))


@pytest.mark.parametrize("cell", CELLS)
def test_each_recurrent_matrix_reads_a_state(cell) -> None:
    kind = CELLS[cell]
    found = matrices_by_state(kind, lines_of(cell))
    assert {letter for letters in found.values() for letter in letters} == set(
        kind.recurrent_matrices()
    )


def test_a_matrix_that_reads_what_comes_of_a_state_is_the_hidden_states() -> None:
    lines = [
        Line("q", "q_t = W h_{t-1}", ()),  # type: ignore[arg-type]
        Line("h", "h_t = tanh(Z q_t + U x_t)", ()),  # type: ignore[arg-type]
    ]
    assert matrices_by_state(SlowCell, lines) == {"h": ("W", "Z"), "s": ()}
