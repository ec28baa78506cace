"""A setting whose line is dragged is set, as if it had been set in the form."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractSpinBox

from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.training.commands import Change, Train
from rnnviz.training.snapshot import RunState

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def clipping(driver) -> ClippingPanel:
    """Return the panel of a run that has done thirty steps."""
    driver.controller.thread_of_training.post(Train(30))
    driver.until(lambda snapshot: snapshot.step == 30)
    driver.settle()
    panel = driver.controller.panels["clipping_panel"]
    driver.qtbot.waitUntil(lambda: panel._threshold.shown)
    return panel


def place_of(panel: ClippingPanel, norm: float) -> QPoint:
    mapping = panel.view.mapping
    return QPoint(round(mapping.rect.left()) + 30, round(mapping.y.to_pixel(norm)))


def drag(driver, panel: ClippingPanel, *norms: float) -> None:
    """Drag the line of the threshold over these norms, and let it go at the last."""
    viewport = panel.view.viewport()
    driver.qtbot.mousePress(viewport, LEFT, pos=place_of(panel, panel._threshold.value))
    for norm in norms:
        driver.qtbot.mouseMove(viewport, place_of(panel, norm))
    driver.qtbot.mouseRelease(viewport, LEFT, pos=place_of(panel, norms[-1]))


def test_the_threshold_that_is_dragged_acts_and_the_form_follows(driver, clipping):
    before = driver.controller.snapshot.configuration.clip_threshold
    drag(driver, clipping, before / 2, before / 5)
    chosen = clipping._threshold.value
    assert chosen == pytest.approx(before / 5, rel=0.1)
    assert clipping._threshold.label == f"threshold {chosen:g}"
    driver.until(lambda snapshot: snapshot.configuration.clip_threshold == chosen)
    assert clipping._threshold.value == chosen
    assert driver.child(QAbstractSpinBox, "clip_threshold").value() == pytest.approx(chosen)
    assert not clipping.view.is_held
    # It is undone as one change, and the line goes back with it.
    driver.trigger("action_undo")
    driver.until(lambda snapshot: snapshot.configuration.clip_threshold == before)
    assert clipping._threshold.value == before
    driver.trigger("action_redo")
    driver.until(lambda snapshot: snapshot.configuration.clip_threshold == chosen)
    assert clipping._threshold.value == chosen


def test_while_it_trains_the_line_stays_with_the_pointer(driver, clipping, monkeypatch):
    monkeypatch.setattr("rnnviz.gui.runs.live_control._TOGETHER", -1.0)  # a hand that is slow
    before = clipping._threshold.value
    driver.trigger("action_train")
    driver.until_state(RunState.RUNNING)
    viewport = clipping.view.viewport()
    driver.qtbot.mousePress(viewport, LEFT, pos=place_of(clipping, before))
    for norm in (before / 2, before / 4):
        driver.qtbot.mouseMove(viewport, place_of(clipping, norm))
        held = clipping._threshold.value
        step = driver.controller.snapshot.step
        driver.until(lambda snapshot, step=step: snapshot.step > step + 20)
        assert clipping._threshold.value == held == pytest.approx(norm, rel=0.1)
        # It acts already.
        driver.until(lambda snapshot, held=held: snapshot.configuration.clip_threshold == held)
    driver.qtbot.mouseRelease(viewport, LEFT, pos=place_of(clipping, before / 4))
    chosen = clipping._threshold.value
    driver.until(lambda snapshot: snapshot.configuration.clip_threshold == chosen)
    driver.trigger("action_train")
    after = driver.until_state(RunState.PAUSED)
    assert clipping._threshold.value == chosen
    # However long it took, and whatever was trained meanwhile.
    (mark,) = [mark for mark in after.timeline.marks if mark.kind == "setting"]
    assert (mark.name, mark.value) == ("clip_threshold", chosen)
    driver.trigger("action_undo")
    undone = driver.until(lambda snapshot: snapshot.configuration.clip_threshold != chosen)
    assert undone.configuration.clip_threshold == before
    assert undone.undo.to_undo is None


def test_what_is_set_elsewhere_meanwhile_is_shown(driver, clipping):
    before = clipping._threshold.value
    drag(driver, clipping, before / 3)
    driver.controller.thread_of_training.post(Change("clip_threshold", 7.5))
    driver.until(lambda snapshot: snapshot.configuration.clip_threshold == 7.5)
    assert clipping._threshold.value == 7.5
    drag(driver, clipping, before / 2)
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    assert clipping._threshold.value == driver.controller.snapshot.configuration.clip_threshold


def test_where_nothing_is_clipped_by_norm_there_is_no_line_to_drag(driver, clipping):
    place = place_of(clipping, clipping._threshold.value)
    driver.controller.thread_of_training.post(Change("clip_mode", "none"))
    driver.until(lambda snapshot: snapshot.configuration.clip_mode == "none")
    driver.qtbot.mouseMove(clipping.view.viewport(), place)
    assert clipping.view.viewport().cursor().shape() is not Qt.CursorShape.SizeVerCursor
