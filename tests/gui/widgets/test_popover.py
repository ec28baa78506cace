"""Where an explanation opens: inside the screen, and over as little as can be of its subject."""

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication, QToolButton

from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.widgets.popover import Popover, best_place

SCREEN = QRect(0, 0, 1440, 900)
SIZE = QSize(400, 500)


@pytest.mark.parametrize(
    "explained",
    [
        QRect(340, 60, 540, 300),
        QRect(890, 60, 540, 300),
        QRect(890, 580, 540, 300),
        QRect(0, 0, 1000, 800),
        QRect(420, 0, 1020, 900),
    ],
)
def test_where_there_is_room_beside_it_covers_nothing(explained):
    place = best_place(SIZE, explained, SCREEN)
    assert place.size() == SIZE
    assert SCREEN.contains(place)
    assert not place.intersects(explained)


def test_it_opens_below_what_is_as_wide_as_the_screen():
    place = best_place(QSize(400, 300), QRect(0, 0, 1440, 500), SCREEN)
    assert place.top() >= 500
    assert SCREEN.contains(place)


def test_of_what_fills_the_window_it_covers_the_side_that_has_more_room_beside_it():
    explained = QRect(332, 60, 1100, 832)
    place = best_place(SIZE, explained, SCREEN)
    assert place.left() == SCREEN.left()
    assert SCREEN.contains(place)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_panels_explanation_can_be_read_to_its_end_on_a_small_screen(qtbot, qapp, scale):
    theme = Theme(ColorScheme.LIGHT)
    theme.set_scale(scale)
    theme.apply(qapp)
    screen = QRect(0, 0, 1280, 720)
    for kind in PANELS:
        panel = kind.make(theme)
        qtbot.addWidget(panel)
        popover = Popover(theme, panel.title, panel.explanation, panel)
        popover.show_beside(QRect(340, 60, 540, 300), screen)
        qapp.processEvents()
        assert screen.contains(popover.geometry())
        bar = popover._area.verticalScrollBar()
        viewport, content = popover._area.viewport(), popover._content
        assert content.height() >= content.heightForWidth(content.width())
        assert bar.maximum() == max(content.height() - viewport.height(), 0)
        assert popover._area.viewport().width() >= popover._content.sizeHint().width()
        popover.close()
    theme.set_scale(1.0)


def test_a_panel_in_the_window_stays_visible_beside_its_explanation(driver):
    screen = driver.window.screen().availableGeometry()
    for name, dock in driver.window.docks.items():
        corner = dock.mapToGlobal(dock.rect().topLeft())
        subject = QRect(corner, dock.size())
        if not dock.isVisible() or not screen.contains(subject):
            continue
        driver.child(QToolButton, f"{name}_help").click()
        popover = QApplication.activePopupWidget()
        assert screen.contains(popover.geometry())
        covered = popover.geometry().intersected(subject)
        assert covered.width() < subject.width() / 4
        popover.close()
