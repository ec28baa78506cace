"""A hand on the plots of a window that trains."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication

from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.plotting import PlotView
from rnnviz.training.commands import Train


@pytest.fixture
def plots(driver) -> dict[str, PlotView]:
    """Return the plots over training of a window in which thirty steps were trained."""
    driver.controller.thread_of_training.post(Train(30))
    driver.until(lambda snapshot: snapshot.step == 30)
    return {view.objectName(): view for view in driver.controller.shown.over_training}


def zoom(plot: PlotView, place: QPointF | None = None) -> None:
    place = place or plot.mapping.rect.center()
    event = QWheelEvent(
        place,
        QPointF(plot.viewport().mapToGlobal(place)),
        QPoint(),
        QPoint(0, 360),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot.viewport(), event)


def steps_in(plot: PlotView) -> tuple[float, float]:
    return plot.mapping.x.low, plot.mapping.x.high


def test_all_plots_over_training_look_at_the_steps_that_one_is_zoomed_to(driver, plots) -> None:
    assert set(plots) == {
        "loss_plot",
        "clipping_plot",
        "updates_plot",
        "gradient_history_plot",
        "saturation_series_plot",
        "spectrum_series_plot",
    }
    zoom(plots["loss_plot"])
    seen = steps_in(plots["loss_plot"])
    assert 40 < seen[1] - seen[0] < 60
    # Training goes on, far beyond what is looked at.
    driver.controller.thread_of_training.post(Train(400))
    driver.until(lambda snapshot: snapshot.step == 430)
    assert [steps_in(plot) for plot in plots.values()] == [seen] * len(plots)
    clipping = plots["clipping_plot"]
    assert clipping.chip_text == "not following"
    driver.qtbot.keyClick(clipping, Qt.Key.Key_Home)
    assert not any(plot.mapping.x.range.is_held for plot in plots.values())
    assert plots["loss_plot"].mapping.y.range.is_held
    assert steps_in(plots["loss_plot"])[1] >= 430


def test_a_panel_that_comes_into_sight_looks_at_the_same_steps(driver, plots) -> None:
    docks = driver.window.docks
    assert docks["updates_panel"].isHidden()
    zoom(plots["loss_plot"])
    docks["updates_panel"].show()
    updates = plots["updates_plot"]
    driver.qtbot.waitUntil(updates.isVisible)
    # It has nothing to show before.
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: updates.chip_text == "not following")
    assert steps_in(updates) == steps_in(plots["loss_plot"])


def test_a_new_run_is_followed_in_every_plot(driver, plots) -> None:
    gradient = driver.controller.panels["gradient_panel"].view
    for plot in (plots["loss_plot"], gradient):
        zoom(plot)
        assert plot.is_held
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    assert not any(plot.is_held for plot in (*plots.values(), gradient))


def test_what_is_looked_at_stays_when_another_rival_comes_to_the_front(driver, plots) -> None:
    driver.trigger("action_add_rival")
    first, second = driver.controller.runs
    driver.qtbot.waitUntil(lambda: driver.controller.runs.front is second)
    driver.until(lambda snapshot: snapshot.run_id == second.snapshot.run_id)
    zoom(plots["loss_plot"])
    seen = steps_in(plots["loss_plot"])
    driver.controller.rivals.put_in_front(first)
    driver.until(lambda snapshot: snapshot.run_id == first.snapshot.run_id)
    assert plots["loss_plot"].is_held
    assert steps_in(plots["loss_plot"]) == seen


def test_tokens_are_another_axis_than_steps(driver, plots) -> None:
    zoom(plots["loss_plot"])
    driver.child(QAction, "axis_tokens").trigger()
    assert not any(plot.mapping.x.range.is_held for plot in plots.values())
    zoom(plots["loss_plot"])
    assert steps_in(plots["clipping_plot"]) == steps_in(plots["loss_plot"])
    assert not plots["gradient_history_plot"].is_held
    driver.child(QAction, "axis_steps").trigger()
    assert not plots["loss_plot"].mapping.x.range.is_held


def test_the_window_confirms_what_was_copied_of_a_stretch(driver, plots) -> None:
    loss = plots["loss_plot"]
    driver.qtbot.keyClick(loss, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "training: mean " in loss.stretch_text
    driver.until_message("Copied mean, minimum, maximum and slope, training step 0 to 100.")


def test_every_panel_with_a_plot_says_how_to_look_closer(driver) -> None:
    panels = [panel for panel in driver.controller.panels.values() if isinstance(panel, PlotPanel)]
    assert len(panels) > 8
    assert all("Turn the wheel" in panel.explanation for panel in panels)
