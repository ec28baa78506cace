"""Pinches are told of while somebody listens."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtWidgets import QApplication, QWidget

from rnnviz.gui.widgets.pinch import Pinch


@pytest.fixture
def pinch(qtbot) -> Pinch:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.told = []
    pinch = Pinch(widget)
    pinch.pinched.connect(lambda place, factor: widget.told.append((place, factor)))
    return pinch


def send(pinch: Pinch, value: float, kind: Qt.NativeGestureType) -> list[tuple[QPointF, float]]:
    """Send a gesture to the widget, and return what is told of it."""
    place = QPointF(3, 4)
    event = QNativeGestureEvent(
        kind, QPointingDevice.primaryPointingDevice(), 2, place, place, place, value, QPointF()
    )
    widget = pinch.parent()
    widget.told.clear()
    QApplication.sendEvent(widget, event)
    return list(widget.told)


ZOOM = Qt.NativeGestureType.ZoomNativeGesture


def test_it_is_told_where_and_how_far_as_long_as_somebody_listens(pinch) -> None:
    assert send(pinch, 0.1, ZOOM) == []
    pinch.listen(True)
    pinch.listen(True)
    assert send(pinch, 0.1, ZOOM) == [(QPointF(3, 4), pytest.approx(1.1))]
    pinch.listen(False)
    assert send(pinch, 0.1, ZOOM) == []


@pytest.mark.parametrize(("value", "factor"), [(-1.5, 0.5), (40.0, 2.0)])
def test_a_finger_that_is_set_down_does_not_make_it_jump(pinch, value, factor) -> None:
    pinch.listen(True)
    assert [told for _, told in send(pinch, value, ZOOM)] == [factor]


def test_other_gestures_are_none_of_its_business(pinch) -> None:
    pinch.listen(True)
    assert send(pinch, 0.1, Qt.NativeGestureType.RotateNativeGesture) == []
