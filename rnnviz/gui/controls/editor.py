"""What all editors of settings share."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from rnnviz.gui.widgets.undo_key import UndoKeyPassesOn
from rnnviz.training.configuration import Setting, Value


class Editor(QWidget):
    """Shows a setting's value, and says when the person changed it.

    The widget that holds the value carries the setting's name as its object name and the label
    as its accessible name, so that the program can be driven and read by tools.

    Attributes
    ----------
    is_held
        Whether the hand that chose the value before the last one chose that too, and did not let
        go between.

    Signals
    -------
    edited(object)
        The person chose this value.
    """

    edited = Signal(object)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.is_held = False
        self._awaited: Value | None = None
        self._undo_key = UndoKeyPassesOn(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    @property
    def main_widget(self) -> QWidget:
        """The widget that a label's mnemonic and the tab key go to."""
        return self

    def value(self) -> Value:
        """Return the value shown."""
        raise NotImplementedError

    def set_value(self, value: Value) -> None:
        """Show a value without saying that the person chose it."""
        raise NotImplementedError

    def show_in_force(self, value: Value) -> None:
        """Show the run's value, unless it is still to take over the one that the person chose.

        Without the wait, a slider under the mouse would jump back to where it was a frame ago.
        """
        if self._awaited is None:
            self.set_value(value)
        elif value == self._awaited:
            self._awaited = None

    def show_at_once(self, value: Value) -> None:
        """Show the run's value whatever the person chose: it was refused, or the run is new."""
        self._awaited = None
        self.set_value(value)

    def choose(self, value: Value, *, is_held: bool = False) -> None:
        """Show a value that the person has chosen elsewhere, and say so."""
        self.set_value(value)
        self._choose(value, is_held=is_held)

    def _choose(self, value: Value, *, is_held: bool = False) -> None:
        self._awaited = value if self.setting.live else None
        self.is_held = is_held
        self.edited.emit(value)

    def make_compact(self) -> None:
        """Take little room, for a title row."""

    def rescale(self, px: Callable[[float], int]) -> None:
        """Take over the theme's scale; `px` turns a designed length into pixels."""

    def show_help(self, help: str) -> None:
        """Explain the setting in other words."""
        for widget in (self, *self.findChildren(QWidget)):
            if widget.toolTip():
                widget.setToolTip(help)
                widget.setAccessibleDescription(help)

    def _leave(self) -> None:
        """Give the keyboard back to the window; the tab key goes on from here."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        for line in self.findChildren(QLineEdit):
            line.deselect()  # a box selects its number on Return, and would stay so painted

    def _name(self, widget: QWidget, suffix: str = "") -> None:
        widget.setObjectName(self.setting.name + suffix)
        widget.setAccessibleName(self.setting.label)
        help = self.setting.help_for()
        widget.setAccessibleDescription(help)
        widget.setToolTip(help)
