"""Where panels stand: in columns of equal size, however many are shown."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction


def panels_of_a_text(driver) -> list[str]:
    """Return all but the one that stands in the text's place where a task is learned."""
    return [name for name in driver.window.docks if name != "task_panel"]


def columns_of(driver) -> dict[int, list[str]]:
    columns: dict[int, list[str]] = {}
    docks = driver.window.docks
    for name in sorted(docks, key=lambda name: docks[name].y()):
        if not docks[name].isHidden():
            columns.setdefault(docks[name].x(), []).append(name)
    return dict(sorted(columns.items()))


def settled(driver) -> dict[int, list[str]]:
    driver.qtbot.wait(50)
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
