"""Where Clipping says that steps were clipped, and how many."""

import dataclasses

import numpy as np
import pytest

from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import NewRun
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
