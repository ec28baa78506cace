"""An editor for a choice among few: a row of buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from rnnviz.gui.controls.editor import Editor
from rnnviz.training.configuration import Setting, Value

_MOST_SEGMENTS = 3
_LONGEST_SEGMENTS = 20


class SegmentEditor(Editor):
    """A row of buttons of which one is down, for a few short titles."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._name(self)
        self._row.setSpacing(0)
        self._buttons = QButtonGroup(self)
        self._values = list(setting.choices)
        for number, (value, title) in enumerate(setting.choices.items()):
            button = QPushButton(title, self)
            self._name(button, f"_{value}")
            button.setAccessibleName(f"{setting.label}: {title}")
            button.setCheckable(True)
            button.setProperty("segment", _segment_place(number, len(setting.choices)))
            if setting.name.startswith("clip"):
                button.setProperty("flow", "backward")
            button.setMinimumWidth(0)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons.addButton(button, number)
            self._row.addWidget(button, 1)
        self._buttons.setExclusive(True)
        self.set_value(setting.default)
        self._buttons.idClicked.connect(lambda: self._choose(self.value()))

    @property
    def main_widget(self) -> QWidget:
        """The button that is down."""
        return self._buttons.checkedButton() or self

    def value(self) -> Value:
        """Return the value of the button that is down."""
        return self._values[self._buttons.checkedId()]

    def set_value(self, value: Value) -> None:
        """Press the button of `value`."""
        button = self._buttons.button(self._values.index(str(value)))
        button.setChecked(True)


def fits_segments(setting: Setting) -> bool:
    """Say whether a setting's choices are few and short enough to stand side by side."""
    letters = sum(map(len, setting.choices.values()))
    return 1 < len(setting.choices) <= _MOST_SEGMENTS and letters <= _LONGEST_SEGMENTS


def _segment_place(number: int, count: int) -> str:
    return "first" if number == 0 else "last" if number == count - 1 else "middle"
