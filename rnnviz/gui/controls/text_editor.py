"""An editor for words: a line of text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from rnnviz.gui.controls.editor import Editor
from rnnviz.training.configuration import Setting, Value

_LINE_WIDTH = 80
_COMPACT_LINE_WIDTH = 56


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._compact = False
        self.line = QLineEdit(str(setting.default), self)
        self._name(self.line)
        self._undo_key.watch(self.line)
        self._row.addWidget(self.line, 1)
        # Enter takes the text over and leaves the focus here: the next space is a part of it.
        self.line.editingFinished.connect(self._finished)
        self._shown = self._in_force = self.line.text()

    @property
    def main_widget(self) -> QWidget:
        """The line."""
        return self.line

    def value(self) -> Value:
        """Return the text."""
        return self.line.text()

    def set_value(self, value: Value) -> None:
        """Show `value`, unless the person is typing."""
        if str(value) != self._shown and not self.line.hasFocus():
            self._shown = str(value)
            self.line.setText(self._shown)
            self.line.setCursorPosition(0)

    def show_in_force(self, value: Value) -> None:
        """Show the run's value, which may have less than was written."""
        if value != self._in_force:
            self._awaited = None
        self._in_force = str(value)
        super().show_in_force(value)

    def show_at_once(self, value: Value) -> None:
        """Show the run's value whatever was written."""
        self._in_force = str(value)
        super().show_at_once(value)

    def rescale(self, px: Callable[[float], int]) -> None:
        """Keep room for a few words."""
        self.line.setMinimumWidth(px(_COMPACT_LINE_WIDTH if self._compact else _LINE_WIDTH))

    def make_compact(self) -> None:
        """Be content with little room."""
        self._compact = True

    def _finished(self) -> None:
        if not self.line.hasFocus():
            # What stands at the beginning is to be seen again.
            self.line.setCursorPosition(0)
        if self.line.text() != self._shown:
            self._shown = self.line.text()
            self._choose(self._shown)
