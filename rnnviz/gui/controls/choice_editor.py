"""An editor for a choice among many: a combo box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.gui.controls.editor import Editor
from rnnviz.gui.widgets.eliding_combo_box import ElidingComboBox
from rnnviz.training.configuration import Setting, Value

_LIST_MARGIN = 24


class ChoiceEditor(Editor):
    """A combo box of titles."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.box = ElidingComboBox(self)
        self._name(self.box)
        for value, title in setting.choices.items():
            self.box.addItem(title, value)
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row.addWidget(self.box, 1)
        self.set_value(setting.default)
        self.box.activated.connect(lambda: self._choose(self.value()))

    def rescale(self, px: Callable[[float], int]) -> None:
        """Let the list be as wide as its longest title."""
        view = self.box.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + px(_LIST_MARGIN))

    @property
    def main_widget(self) -> QWidget:
        """The combo box."""
        return self.box

    def value(self) -> Value:
        """Return the chosen entry's value."""
        return str(self.box.currentData())

    def set_value(self, value: Value) -> None:
        """Choose the entry of `value`."""
        self.box.setCurrentIndex(self.box.findData(value))
