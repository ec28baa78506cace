"""Where panels stand: in columns of equal size, however many are shown."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QGraphicsView, QLabel

from rnnviz.gui.panels.base.multiples_grid import MultiplesGrid
from rnnviz.gui.panels.base.panel import LEAST_BODY
from rnnviz.gui.plotting import PlotView
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM


def panels_of_a_text(driver) -> list[str]:
    """Return all but the one that stands in the text's place where a task is learned."""
    return [name for name in driver.window.docks if name != "task_panel"]


def columns_of(driver) -> dict[int, list[str]]:
    columns: dict[int, list[str]] = {}
    docks = driver.window.docks
    for name in sorted(docks, key=lambda name: docks[name].y()):
        if driver.window.is_seen(docks[name]):
            columns.setdefault(docks[name].x(), []).append(name)
    return dict(sorted(columns.items()))


def settled(driver) -> dict[int, list[str]]:
    driver.settle()
    return columns_of(driver)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_a_few_panels_stand_in_two_columns_in_the_order_asked_for(driver, count):
    names = panels_of_a_text(driver)[::-1][:count]
    driver.window.arrange(names)
    columns = settled(driver)
    assert [name for column in columns.values() for name in column] == names
    assert len(columns) == min(2, count)
    lengths = [len(column) for column in columns.values()]
    assert max(lengths) - min(lengths) <= 1


def test_many_panels_have_a_third_column_where_there_is_room(driver):
    names = panels_of_a_text(driver)[:9]
    driver.window.arrange(names)
    assert len(settled(driver)) == 2
    driver.window.resize(1800, 1000)
    driver.qtbot.waitUntil(lambda: driver.window.panel_area.width() > 1300)
    driver.window.arrange(names)
    assert [len(column) for column in settled(driver).values()] == [3, 3, 3]


def test_a_panel_that_is_asked_for_comes_in_below_the_others(driver):
    driver.child(QAction, "show_saturation_panel").trigger()
    columns = settled(driver)
    column = next(names for names in columns.values() if "saturation_panel" in names)
    assert column[-1] == "saturation_panel"
    docks = driver.window.docks
    heights = [docks[name].height() for name in column]
    assert max(heights) - min(heights) <= 4


def test_even_out_puts_what_is_shown_in_order(driver):
    for name in ("loss_panel", "text_panel"):
        driver.window.docks[name].hide()
    driver.window.docks["spectrum_panel"].show()
    driver.trigger("action_arrange")
    columns = settled(driver)
    assert [name for column in columns.values() for name in column] == [
        "hidden_panel",
        "gradient_panel",
        "gradient_history_panel",
        "clipping_panel",
        "spectrum_panel",
    ]
    widths = [driver.window.docks[names[0]].width() for names in columns.values()]
    assert max(widths) - min(widths) <= 4


def shown_docks(driver) -> list[QDockWidget]:
    window = driver.window
    return [dock for dock in window.docks.values() if window.is_seen(dock)]


def assert_nothing_stands_over_anything(driver) -> None:
    area = driver.window.panel_area.rect()
    docks = shown_docks(driver)
    for dock in docks:
        # A dock that has less room than it needs is as high as it needs to be, and cut off.
        assert area.contains(dock.geometry()), dock.objectName()
    for one, other in combinations(docks, 2):
        common = one.geometry().intersected(other.geometry())
        assert common.isEmpty(), (one.objectName(), other.objectName())


@pytest.mark.parametrize("size", [(800, 560), (1000, 600), (1152, 600), (1280, 800), (1920, 1080)])
def test_all_panels_at_once_stand_beside_each_other_at_any_size(driver, size):
    driver.window.resize(*size)
    driver.settle()
    driver.window.arrange(panels_of_a_text(driver))
    driver.settle()
    assert_nothing_stands_over_anything(driver)
    names = [name for name, dock in driver.window.docks.items() if not dock.isHidden()]
    assert set(names) == set(panels_of_a_text(driver)), (
        "all can be had, the ones in front or those behind"
    )


def assert_every_plot_that_is_seen_is_large_enough(driver) -> None:
    """Each that belongs to a panel in front has its least height, and its panel its least width.

    Where runs stand side by side, the whole grid has it; how small its pictures may be is its own.
    """
    assert_nothing_stands_over_anything(driver)
    for name, dock in driver.window.docks.items():
        if driver.window.is_seen(dock):
            panel = driver.controller.panels[name]
            views = [v for v in panel.findChildren(PlotView) if v.isVisible()]
            grids = [g for g in panel.findChildren(MultiplesGrid) if g.findChild(PlotView)]
            views = [grid for grid in grids if grid.isVisible()] or views
            assert all(view.height() >= LEAST_BODY[1] for view in views), name
            assert dock.width() >= LEAST_BODY[0], name


def all_fits(driver) -> None:
    driver.settle()
    assert_every_plot_that_is_seen_is_large_enough(driver)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_shown_at_1280_by_800_no_plot_that_is_seen_is_low(driver, seed):
    chance = random.Random(seed)
    names = panels_of_a_text(driver)
    driver.window.arrange(chance.sample(names, chance.randint(7, 12)))
    all_fits(driver)
    for name in chance.sample(names, 5):
        driver.child(QAction, f"show_{name}").trigger()
        all_fits(driver)


def test_all_panels_at_1280_by_800_stand_behind_each_other_in_rows_that_are_high_enough(driver):
    driver.window.arrange(panels_of_a_text(driver))
    all_fits(driver)
    assert 6 <= len(shown_docks(driver)) < 12


@pytest.mark.parametrize("experiment", ["vanishes", "explodes", "wall", "length-is-memory"])
def test_the_panels_of_an_experiment_all_have_room_below_its_card(driver, experiment):
    chosen = next(e for e in driver.controller.guide.experiments if e.name == experiment)
    if len(chosen.variants) > 1:
        # The strip of its runs takes room as well.
        driver.window.resize(1600, 1000)
    driver.child(QAction, f"experiment_{experiment}").trigger()
    driver.qtbot.waitUntil(driver.window.experiment_card.isVisible)
    all_fits(driver)
    assert len(shown_docks(driver)) == len(chosen.panels), "none is behind another"


@pytest.mark.parametrize("size", [(1152, 600), (800, 560)])
def test_a_smaller_window_puts_behind_what_has_no_room(driver, size):
    driver.window.resize(*size)
    all_fits(driver)
    assert len([dock for dock in driver.window.docks.values() if not dock.isHidden()]) == 6


@pytest.mark.parametrize("across", [Qt.Orientation.Horizontal, Qt.Orientation.Vertical])
def test_a_panel_dropped_beside_another_where_there_is_no_room_goes_behind_one(driver, across):
    window, docks = driver.window, driver.window.docks
    window.arrange(panels_of_a_text(driver)[:6])
    driver.settle()
    for name in ("saturation_panel", "credit_panel", "spectrum_panel", "updates_panel"):
        docks[name].show()
        window.panel_area.splitDockWidget(docks["gradient_panel"], docks[name], across)
        all_fits(driver)
    assert len([dock for dock in docks.values() if not dock.isHidden()]) == 10


def test_a_layout_kept_from_a_larger_window_fits_a_smaller_one(driver):
    window = driver.window
    window.resize(1900, 1400)
    driver.settle()
    window.arrange(panels_of_a_text(driver))
    all_fits(driver)
    layout = window.save_layout()
    assert len(shown_docks(driver)) == len(panels_of_a_text(driver))
    window.resize(1280, 800)
    driver.settle()
    window.restore_layout(layout)
    all_fits(driver)


def test_panels_asked_for_one_by_one_never_stand_over_each_other(driver):
    driver.window.resize(1152, 600)
    driver.settle()
    for name in ("credit", "spectrum", "saturation", "updates", "units", "wall"):
        driver.child(QAction, f"show_{name}_panel").trigger()
        dock = driver.window.docks[f"{name}_panel"]
        driver.qtbot.waitUntil(lambda dock=dock: driver.window.is_seen(dock))
        driver.settle()
        assert driver.window.is_seen(dock), "who asks for a panel sees it"
        assert_nothing_stands_over_anything(driver)


def test_a_panel_behind_another_is_not_measured_until_it_comes_to_the_front(driver):
    window = driver.window
    window.docks["spectrum_panel"].show()
    window.panel_area.tabifyDockWidget(window.docks["spectrum_panel"], window.docks["loss_panel"])
    window.docks["loss_panel"].raise_()
    driver.qtbot.waitUntil(lambda: not window.is_seen(window.docks["spectrum_panel"]))
    driver.trigger("action_step")
    driver.until(
        lambda s: s.step == 1 and s.window is not None and SPECTRUM not in s.window.measured
    )
    window.docks["spectrum_panel"].raise_()
    driver.until(lambda s: s.window is not None and SPECTRUM in s.window.measured)


@pytest.mark.parametrize("name", ["credit_panel", "units_panel", "wall_panel"])
def test_what_a_low_panel_leaves_out_comes_back_when_it_is_high_again(driver, name):
    window = driver.window
    window.arrange([name])
    driver.settle()

    def parts() -> list[str]:
        panel = driver.controller.panels[name]
        widgets = panel.findChildren(QLabel) + panel.findChildren(QGraphicsView)
        return [w.text() if isinstance(w, QLabel) else "" for w in widgets if w.isVisible()]

    high = len("".join(parts())), len(parts())
    window.place([[name, "loss_panel"]])
    driver.settle()
    window.panel_area.resizeDocks([window.docks[name]], [1], Qt.Orientation.Vertical)
    driver.settle()
    low = len("".join(parts())), len(parts())
    assert low < high
    body = driver.controller.panels[name].layout().itemAt(0).widget()
    driver.qtbot.waitUntil(lambda: body.layout().minimumSize().height() <= body.height())
    window.arrange([name])
    driver.settle()
    assert (len("".join(parts())), len(parts())) == high


def test_as_at_first_brings_a_floating_panel_back(driver):
    dock = driver.window.docks["loss_panel"]
    dock.setFloating(True)
    driver.trigger("action_restore_layout")
    columns = settled(driver)
    assert not dock.isFloating()
    assert next(iter(columns.values()))[0] == "loss_panel"


def test_a_small_window_withdraws_the_settings_and_leaves_its_room_to_the_panels(driver):
    window, form = driver.window, driver.controller.form
    window.resize(800, 560)
    driver.qtbot.waitUntil(lambda: window.settings_edge.tab.isVisible())
    assert (window.width(), window.height()) == (800, 560)
    driver.qtbot.waitUntil(lambda: window.panel_area.width() > 700)
    driver.settle()
    assert not form.isVisible()
    assert_nothing_stands_over_anything(driver)
    toolbar = window.toolbar
    assert toolbar.readouts["step"].isVisible()
    for readout in toolbar.readouts.values():
        number = readout.findChild(QLabel)
        assert not readout.isVisible() or number.width() >= number.sizeHint().width()
    window.settings_edge.tab.click()
    assert form.isVisible()
    window.resize(1280, 800)
    driver.qtbot.waitUntil(lambda: not window.settings_edge.tab.isVisible())
    assert form.isVisible()
    assert not window.settings_edge.are_called
