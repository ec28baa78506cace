"""Where Clipping says that steps were clipped, and how many."""

import csv
import dataclasses
import io

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import Change, NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session


@pytest.fixture
def panel(qtbot) -> ClippingPanel:
    panel = ClippingPanel(Theme())
    qtbot.addWidget(panel)
    panel.resize(700, 240)
    panel.show()
    return panel


@pytest.fixture
def session() -> Session:
    session = Session()
    small = {"hidden_size": 3, "sequence_length": 2, "batch_size": 1, "clip_threshold": 1.0}
    session.apply(NewRun(Configuration.from_mapping(Configuration().to_mapping() | small)))
    return session


def record(session: Session, clipped: list[bool]) -> None:
    trainer = session.trainer
    for one in clipped:
        trainer.history.append(1.0, 2.0 if one else 0.5, 1.0 if one else 0.5, one)
    trainer.state.step += len(clipped)


def marked(panel: ClippingPanel) -> dict[int, float]:
    """Return by step, where there is a mark, how full it is."""
    marks = panel._clipped
    shares = dict(zip(marks.x.astype(int).tolist(), marks.shares.tolist(), strict=True))
    return {step: share for step, share in shares.items() if share}


def hovered(panel: ClippingPanel, step: float) -> list[str]:
    return panel.view._readout(step, 0.0).splitlines()


def test_marks_are_dense_where_clipping_was(panel, session):
    steps = np.arange(1, 601)
    clipped = (steps <= 40) | (steps == 300) | (steps == 599)
    record(session, clipped.tolist())
    panel.show_snapshot(session.snapshot())
    assert marked(panel) == dict.fromkeys(steps[clipped].tolist(), 1.0)
    assert panel.view._frame.note("bottom_left").startswith("▾ clipped steps: 42 of the last 600 (")


def test_the_one_count_is_that_of_the_last_thousand_steps_and_says_so(panel, session):
    record(session, [True] * 500 + [False] * 1001)
    panel.show_snapshot(session.snapshot())
    words = panel.view._frame.note("bottom_left").replace("\N{NO-BREAK SPACE}", " ")
    assert words == "▾ clipped steps: 0 of the last 1,000 (0 %)"
    assert marked(panel) == dict.fromkeys(range(2, 501, 2), 1.0), "stretches of two steps"


def test_where_steps_are_merged_a_mark_is_the_fuller_the_more_were_clipped(panel, session):
    record(session, [True] * 512 + [True, False, False, False] * 512)
    panel.show_snapshot(session.snapshot())
    assert set(marked(panel).values()) == {1.0, 0.25}
    faintest, *between, fullest = (marks.path().boundingRect() for marks in panel._clipped.graphics)
    assert fullest.right() < faintest.left() + 5
    assert all(rect.width() < 10 for rect in between), "where the one ends and the other begins"
    opacity = [marks.brush().color().alphaF() for marks in panel._clipped.graphics]
    assert opacity == sorted(opacity)


def test_hovering_says_whether_a_step_was_clipped(panel, session):
    record(session, [True, False])
    panel.show_snapshot(session.snapshot())
    assert "clipped" in hovered(panel, 1)
    assert "not clipped" in hovered(panel, 2)
    record(session, [False, True] * 600)
    panel.show_snapshot(session.snapshot())
    assert "clipped: 1 of these 2 steps" in hovered(panel, 1)
    assert "clipped: 1 of these 2 steps" in hovered(panel, 1000)


def test_of_the_past_the_steps_before_it_are_counted(panel, session):
    record(session, [True] * 40 + [False] * 200 + [True] * 360)
    snapshot = session.snapshot()
    for seen, words in [
        (40, "40 of the 40 before step 40 (100"),
        (240, "40 of the 240 before step 240"),
        (0, "▾ a clipped step"),
    ]:
        past = dataclasses.replace(snapshot.timeline, seen=seen)
        panel.show_snapshot(dataclasses.replace(snapshot, timeline=past))
        said = panel.view._frame.note("bottom_left").replace("\N{NO-BREAK SPACE}", " ")
        assert words in said
    record(session, [False] * 3000)
    snapshot = session.snapshot()
    past = dataclasses.replace(snapshot.timeline, seen=1600)
    panel.show_snapshot(dataclasses.replace(snapshot, timeline=past))
    said = panel.view._frame.note("bottom_left").replace("\N{NO-BREAK SPACE}", " ")
    assert "▾ clipped steps: 0 of the 1,00" in said, "the interval that holds a thousand is whole"


def stretches(panel: ClippingPanel) -> list[tuple[float, float, float]]:
    """Return from where to where the red line stands at which threshold, the present one last."""
    line, mapping = panel._threshold, panel.view.mapping
    way = line._way.path()
    corners = [(way.elementAt(i).x, way.elementAt(i).y) for i in range(way.elementCount())]
    level = line._line.line()
    corners_of_now = [(level.x1(), level.y1()), (level.x2(), level.y2())]
    found = []
    for pair in (*zip(corners[::2], corners[1::2], strict=False), corners_of_now):
        (left, y), (right, other) = pair
        assert y == other, "a threshold holds until it is changed"
        ends = (mapping.x.to_value(left), mapping.x.to_value(right))
        found.append((*ends, mapping.y.to_value(y)))
    return found


def test_the_threshold_is_drawn_as_it_was_set_at_each_step(panel, session):
    record(session, [False] * 200)
    session.apply(Change("clip_threshold", 0.25))
    record(session, [True] * 300)
    session.apply(Change("clip_threshold", 1.0))
    record(session, [False] * 100)
    panel.show_snapshot(session.snapshot())
    assert [tuple(round(place, 1) for place in one) for one in stretches(panel)] == [
        (pytest.approx(0, abs=3), pytest.approx(200, abs=3), pytest.approx(1.0, rel=0.1)),
        (pytest.approx(200, abs=3), pytest.approx(500, abs=3), pytest.approx(0.25, rel=0.3)),
        (pytest.approx(500, abs=3), panel.view.mapping.x.range.high, pytest.approx(1.0, rel=0.1)),
    ]
    assert panel._threshold._way.pen() == panel._threshold._line.pen()
    assert "clipped, threshold 0.25" in hovered(panel, 300)
    assert "not clipped" in hovered(panel, 100), "that threshold is the one of now"


def test_a_table_has_every_threshold_with_the_step_after_which_it_acts(panel, session):
    record(session, [False] * 200)
    panel.show_snapshot(session.snapshot())
    header, first, *_ = csv.reader(io.StringIO(panel.csv()))
    assert dict(zip(header, first, strict=True))["threshold 1"] == "1"
    session.apply(Change("clip_threshold", 0.25))
    record(session, [True] * 300)
    panel.show_snapshot(session.snapshot())
    header, *rows = csv.reader(io.StringIO(panel.csv()))
    columns = {name: [row[at] for row in rows if row[at]] for at, name in enumerate(header)}
    assert columns["threshold"] == ["1", "0.25"]
    assert columns["threshold: training step"] == ["0", "200"]


def test_where_clipping_was_off_there_is_no_threshold(panel, session):
    session.apply(Change("clip_mode", "none"))
    record(session, [False] * 100)
    session.apply(Change("clip_mode", "norm"))
    record(session, [True] * 100)
    panel.show_snapshot(session.snapshot())
    ((begin, _, _),) = stretches(panel)
    assert begin == pytest.approx(100, abs=2)
    session.apply(Change("clip_mode", "none"))
    panel.show_snapshot(session.snapshot())
    assert not panel._threshold.shown
    assert panel._threshold._way.isVisible(), "what was set before is still seen"


def test_the_line_is_grasped_where_it_is_of_now(panel, session):
    record(session, [False] * 200)
    session.apply(Change("clip_threshold", 0.25))
    panel.show_snapshot(session.snapshot())
    line, mapping = panel._threshold, panel.view.mapping
    rect = mapping.rect
    (grip,) = panel.view._under_pointer.grips
    y = mapping.y.to_pixel(0.25)
    assert line.left < rect.right() - 30, "there is something to grasp though it acts from now on"
    assert grip.offset_from(QPointF(rect.right() - 10, y), None) is not None
    assert grip.offset_from(QPointF(rect.left() + 10, y), None) is None
