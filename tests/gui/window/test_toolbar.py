from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.widgets.steady_number import SteadyNumber
from rnnviz.gui.window.actions import new_actions
from rnnviz.gui.window.toolbar import Toolbar
from rnnviz.training.snapshot import StepNumbers


@pytest.fixture
def toolbar(qtbot: QtBot, qapp: QApplication) -> Iterator[Toolbar]:
    theme = Theme(ColorScheme.LIGHT, qapp)
    theme.apply(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    toolbar = Toolbar(theme, new_actions(window), window)
    toolbar.show_numbers(StepNumbers(1_234_567, 123.45, 1.234), 99_999.0)
    window.show()
    yield toolbar
    theme.set_scale(1.0)


def places(toolbar: Toolbar) -> list[tuple[int, int, str]]:
    """Where everything stands: left, right, name, from left to right."""
    found = []
    for kind in (QToolButton, QSlider, QLabel):
        for widget in toolbar.findChildren(kind):
            if widget.isVisible():
                left = widget.mapTo(toolbar, QPoint(0, 0)).x()
                if isinstance(widget, QLabel):
                    needed = widget.fontMetrics().horizontalAdvance(widget.text())
                    assert widget.width() >= needed, widget.text()
                found.append((left, left + widget.width(), widget.objectName() or widget.text()))
    return sorted(found)


@pytest.mark.parametrize("of_past", [False, True])
@pytest.mark.parametrize("loss", [1.234, 2e34])
@pytest.mark.parametrize(
    ("width", "scale"),
    [(800, 1.0), *((width, scale) for width in (1600, 1280, 1100, 900) for scale in (1.0, 1.15))],
)
def test_nothing_overlaps_or_is_cut_at_any_width(
    toolbar: Toolbar, width: int, scale: float, loss: float, of_past: bool
) -> None:
    toolbar._theme.set_scale(scale)
    toolbar.resize(width, 60)
    toolbar.show_numbers(StepNumbers(1_234_567, 1_234.56, loss), 99_999.0, of_past=of_past)
    QApplication.processEvents()
    for (_, right, name), (left, _, other) in pairwise(places(toolbar)):
        assert right <= left, f"{name} stands over {other}"
    layout = toolbar.layout()
    assert layout is not None
    assert layout.minimumSize().width() <= width


def test_what_was_left_out_comes_back_with_the_room(toolbar: Toolbar) -> None:
    toolbar.resize(900, 60)
    QApplication.processEvents()
    assert not toolbar.readouts["bits"].isVisible()
    assert toolbar.readouts["step"].isVisible()
    toolbar.resize(1600, 60)
    QApplication.processEvents()
    assert all(readout.isVisible() for readout in toolbar.readouts.values())


def test_nothing_moves_between_train_and_pause(toolbar: Toolbar) -> None:
    toolbar.resize(1600, 60)
    QApplication.processEvents()
    before = places(toolbar)
    toolbar.show_running(True)
    QApplication.processEvents()
    assert places(toolbar) == before


def test_every_number_says_what_it_is(toolbar: Toolbar) -> None:
    assert all(readout.toolTip() for readout in toolbar.readouts.values())


def spoken(toolbar: Toolbar) -> list[str]:
    """What the numbers are called, and the numbers."""
    names = ("step_count", "epoch_count", "token_rate", "loss_nats", "loss_bits")
    labels = [toolbar.findChild(QLabel, name) for name in names]
    return [f"{label.accessibleName()} {label.text()}" for label in labels]


def test_numbers_of_the_past_are_called_so_and_the_speed_is_said_to_be_of_now(
    toolbar: Toolbar,
) -> None:
    toolbar.speak_of("word", "word", "nats", has_epochs=True)
    toolbar.show_numbers(StepNumbers(500, 0.25, 2.0), 321.0, of_past=True)
    assert spoken(toolbar) == [
        "seen at step 500", "epoch 0.25", "words/s now 321", "nats 2.000", "bits 2.885"
    ]  # fmt: skip
    colors = [
        readout.palette().color(QPalette.ColorRole.WindowText).name()
        for readout in toolbar.findChildren(SteadyNumber)
    ]
    assert len(set(colors)) == 2, "what is of the past stands out from the speed"
    toolbar.show_numbers(StepNumbers(2_300, 1.0, 1.5), 321.0)
    assert spoken(toolbar)[:3] == ["step 2,300", "epoch 1.00", "words/s 321"]


@pytest.mark.parametrize("name", ["file", "experiments", "layout"])
def test_a_menu_that_closes_leaves_its_button_as_if_the_mouse_were_elsewhere(
    toolbar: Toolbar, name: str
) -> None:
    button = toolbar.findChild(QToolButton, f"button_{name}")
    menu = button.menu()
    menu.addAction("Something")
    # While a menu is open it takes all news of the mouse: the button does not see it leave.
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    menu.popup(QPoint(0, 0))
    menu.close()
    assert not button.underMouse()
