"""Boxes for numbers, whole and not, whose values may span many powers of ten."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from rnnviz.training.configuration import Setting

# From where on a whole setting is changed by factors, and the first of them above 0.
_FAR, _FIRST = 100_000, 1000


def is_for_the_window(box: QAbstractSpinBox, event: QKeyEvent) -> bool:
    """Leave Space to the window, where it trains and pauses: no number has a space in it."""
    if event.key() != Qt.Key.Key_Space:
        return False
    box.interpretText()
    event.ignore()
    return True


def goes_far(setting: Setting) -> bool:
    """Whether a whole setting reaches so far that only its first digits matter."""
    return setting.logarithmic and setting.kind is int and (setting.maximum or 0) >= _FAR


class RealBox(QDoubleSpinBox):
    """A spin box for a real setting.

    It shows five significant digits, and steps by factors where the setting is logarithmic.

    Parameters
    ----------
    setting
        Gives range, default and whether it is logarithmic.
    parent
        The widget that holds it.
    """

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._logarithmic = setting.logarithmic
        self.setDecimals(9)
        self.setRange(float(setting.minimum or 0), float(setting.maximum or 0))
        self.setSingleStep(0.1 if (setting.maximum or 0) <= 10 else 1.0)
        if setting.maximum is not None and setting.maximum <= 1:
            self.setSingleStep(0.05)
        self.setKeyboardTracking(False)
        self.setValue(float(setting.default))

    def textFromValue(self, value: float) -> str:
        """Write five significant digits, without zeros that say nothing."""
        return f"{value:.5g}"

    def valueFromText(self, text: str) -> float:
        """Read a number as people write one: ``0.1``, ``0,1``, ``1e-3``."""
        try:
            return float(text.replace(",", ".").strip())
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept whatever reads as a number, and what may become one."""
        try:
            value = float(text.replace(",", ".").strip())
        except ValueError:
            partial = set(text) <= set("0123456789.,eE+- ")
            state = QValidator.State.Intermediate if partial else QValidator.State.Invalid
            return state, text, position
        inside = self.minimum() <= value <= self.maximum()
        state = QValidator.State.Acceptable if inside else QValidator.State.Intermediate
        return state, text, position

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what belongs to a number."""
        if not is_for_the_window(self, event):
            super().keyPressEvent(event)

    def stepBy(self, steps: int) -> None:
        """Move by factors (1, 2, 5, 10) where the setting is logarithmic."""
        if not self._logarithmic:
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = next_round_value(value, up=steps > 0)
        self.setValue(value)


class WholeBox(QSpinBox):
    """A spin box for a whole setting.

    It steps by one, or, where the setting is logarithmic and goes far, by factors.

    Parameters
    ----------
    setting
        Gives range and default.
    parent
        The widget that holds it.
    """

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(int(setting.minimum or 0), int(setting.maximum or 0))
        self.setGroupSeparatorShown(setting.maximum is not None and setting.maximum < 2**30)
        self.setKeyboardTracking(False)
        self._goes_far = goes_far(setting)
        self.setValue(int(setting.default))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what belongs to a number."""
        if not is_for_the_window(self, event):
            super().keyPressEvent(event)

    def stepBy(self, steps: int) -> None:
        """Move by factors (1, 2, 5, 10) where the setting goes far; below 1,000 straight to 0."""
        if not self._goes_far:
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = round(next_round_value(max(value, 1), up=steps > 0))
            if self.minimum() == 0 and value < _FIRST:
                value = _FIRST if steps > 0 else 0
        self.setValue(value)


class CountBox(QSpinBox):
    """A spin box for a number that is no setting: which one of several, counted from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimum(1)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what belongs to a number."""
        if not is_for_the_window(self, event):
            super().keyPressEvent(event)


def next_round_value(value: float, *, up: bool) -> float:
    """Return the next of ... 0.1, 0.2, 0.5, 1, 2, 5, 10 ... above or below `value` > 0."""
    exponent = math.floor(math.log10(value))
    rounds = [
        digit * 10.0**power
        for power in (exponent - 1, exponent, exponent + 1)
        for digit in (1.0, 2.0, 5.0)
    ]
    if up:
        return min(r for r in rounds if r > value * (1 + 1e-9))
    return max(r for r in rounds if r < value * (1 - 1e-9))
