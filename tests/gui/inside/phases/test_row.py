"""The row of phases: where each stands, and what a click or a drag comes to."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt

from rnnviz.gui.inside.phases.row import PhaseRow


@pytest.fixture(params=[500, 1000])
def row(request, qtbot, light, phases) -> PhaseRow:
    widget = PhaseRow(light)
    qtbot.addWidget(widget)
    widget.resize(request.param, 54)
    widget.show_phases(phases, 0)
    widget.show()
    return widget


def test_each_mark_is_found_where_it_stands(row, phases):
    for number in range(len(phases)):
        assert row.at(row.mark(number).center().x()) == number


def test_marks_follow_each_other_within_the_row(row, phases):
    marks = [row.mark(number) for number in range(len(phases))]
    assert all(one.right() <= other.left() + 1e-6 for one, other in pairwise(marks))
    assert marks[0].left() >= 0
    assert marks[-1].right() <= row.width() + 1


def test_a_click_goes_to_a_phase_and_a_drag_along_them(row, phases, qtbot):
    went: list[int] = []
    row.chosen.connect(went.append)
    last = len(phases) - 1
    at = [row.mark(number).center().toPoint() for number in (2, last)]
    qtbot.mousePress(row, Qt.MouseButton.LeftButton, pos=at[0])
    assert went == [2]
    qtbot.mouseMove(row, at[1])
    qtbot.mouseRelease(row, Qt.MouseButton.LeftButton, pos=at[1])
    assert went[-1] in (2, last)


def test_beyond_its_ends_stand_the_first_and_the_last(row, phases):
    assert row.at(-50) == 0
    assert row.at(row.width() + 50) == len(phases) - 1
    assert not row.mark(len(phases)).isValid()
    assert row.rect().contains(QPoint(5, 5))
