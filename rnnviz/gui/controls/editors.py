"""One editor a kind of setting; each shows a value and says when the person changed it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from rnnviz.gui.widgets.eliding_combo_box import ElidingComboBox
from rnnviz.gui.widgets.numbers import RealBox, WholeBox, goes_far
from rnnviz.training.configuration import Setting, Value

_SLIDER_STEPS = 1000
_LARGEST_SEGMENTS = 3
_LONGEST_SEGMENTS = 20
_BOX_WIDTH = 80
_WIDE_BOX_WIDTH = 104
_WIDE = 1_000_000
_COMPACT_WIDTH = 64
_LINE_WIDTH = 80
_LIST_MARGIN = 24
_COMPACT_LINE_WIDTH = 56


class Editor(QWidget):
    """What all editors share.

    The widget that holds the value carries the setting's name as its object name and the label
    as its accessible name, so that the program can be driven and read by tools.

    Signals
    -------
    edited(object)
        The person chose this value.
    """

    edited = Signal(object)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self._awaited: Value | None = None
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

    def _choose(self, value: Value) -> None:
        self._awaited = value if self.setting.live else None
        self.edited.emit(value)

    def make_compact(self) -> None:
        """Take little room, for a title row."""

    def rescale(self, px: Callable[[float], int]) -> None:
        """Take over the theme's scale; `px` turns a designed length into pixels."""

    def show_help(self, help: str) -> None:
        """Explain the setting in other words."""
        for widget in self.findChildren(QWidget):
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
        widget.setAccessibleDescription(self.setting.help)
        widget.setToolTip(self.setting.help)


class NumberEditor(Editor):
    """A slider and a box; the slider moves by factors where the setting is logarithmic."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._compact = False
        self.box: RealBox | WholeBox
        self.box = RealBox(setting, self) if setting.kind is float else WholeBox(setting, self)
        self._name(self.box)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.setProperty("mono", True)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self._name(self.slider, "_slider")
        self.slider.setRange(0, _SLIDER_STEPS)
        self.slider.setMinimumWidth(40)
        self.slider.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if setting.name.startswith("clip"):
            self.slider.setProperty("flow", "backward")
        self.slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.box)
        self._place_slider()
        self.box.valueChanged.connect(self._box_changed)
        self.box.lineEdit().returnPressed.connect(self._leave)
        self.slider.valueChanged.connect(self._slider_moved)
        self.slider.sliderReleased.connect(self._slider_released)

    @property
    def main_widget(self) -> QWidget:
        """The box."""
        return self.box

    def value(self) -> Value:
        """Return the box's value."""
        return self.box.value()

    def rescale(self, px: Callable[[float], int]) -> None:
        """Keep the box as wide as its longest number."""
        wide = self.setting.kind is int and (self.setting.maximum or 0) >= _WIDE
        width = _COMPACT_WIDTH if self._compact else _WIDE_BOX_WIDTH if wide else _BOX_WIDTH
        self.box.setFixedWidth(px(width))

    def make_compact(self) -> None:
        """Do without the slider."""
        self._compact = True
        self.slider.hide()

    def set_value(self, value: Value) -> None:
        """Show `value` in both, unless the person is typing."""
        if value == self.box.value():
            return
        with QSignalBlocker(self.box):
            self.box.setValue(value)  # type: ignore[arg-type]
        self._place_slider()

    def _box_changed(self) -> None:
        self._place_slider()
        self._choose(self.box.value())

    def _slider_moved(self, position: int) -> None:
        value = self._value_at(position / _SLIDER_STEPS)
        with QSignalBlocker(self.box):
            self.box.setValue(value)  # type: ignore[arg-type]
        # Each value of a structural setting is a new run: only the last of a drag is meant.
        if self.setting.live or not self.slider.isSliderDown():
            self._choose(self.box.value())

    def _slider_released(self) -> None:
        if not self.setting.live:
            self._choose(self.box.value())

    def _place_slider(self) -> None:
        low, high = self._ends()
        value = float(self.box.value())
        # Where factors begin above 0, the first place is 0 itself.
        first = 1 if self._has_zero and value > 0 else 0
        share = 0.0 if self._has_zero and value <= 0 else (self._along(value) - low) / (high - low)
        place = round(min(1.0, max(0.0, share)) * _SLIDER_STEPS)
        with QSignalBlocker(self.slider):
            self.slider.setValue(max(first, place))

    def _value_at(self, share: float) -> float | int:
        if self._has_zero and share == 0:
            return 0
        low, high = self._ends()
        along = low + share * (high - low)
        value = math.exp(along) if self.setting.logarithmic else along
        if self.setting.logarithmic and (self.setting.kind is float or goes_far(self.setting)):
            value = float(f"{value:.2g}")
        if self.setting.kind is int:
            return round(value)
        return value if self.setting.logarithmic else round(value, 2)

    @property
    def _has_zero(self) -> bool:
        return self.setting.logarithmic and self.setting.minimum == 0

    def _ends(self) -> tuple[float, float]:
        low, high = _slider_range(self.setting)
        return self._along(low), self._along(high)

    def _along(self, value: float) -> float:
        return math.log(max(value, 1e-12)) if self.setting.logarithmic else value


# Where a setting's whole range would make its slider too coarse for the values that people use.
_SLIDER_RANGES = {
    "learning_rate": (1e-4, 10.0),
    "clip_threshold": (1e-1, 1000.0),
    "hidden_size": (1, 1024),
    "sequence_length": (1, 500),
    "batch_size": (1, 256),
    "seed": (0, 99),
    "temperature": (0.0, 2.0),
    "initialization_gain": (0.0, 3.0),
    "validation_interval": (0, 10_000),
    "parameter_budget": (1_000, 10_000_000),
    "vocabulary_size": (100, 50_000),
    "forget_bias": (-3.0, 5.0),
    "decay_rate": (0.5, 1.0),
    "decay_start": (0, 100),
    "warmup_steps": (0, 5_000),
    "schedule_steps": (100, 1_000_000),
}


def _slider_range(setting: Setting) -> tuple[float, float]:
    if setting.name in _SLIDER_RANGES:
        return _SLIDER_RANGES[setting.name]
    return float(setting.minimum or 0), float(setting.maximum or 1)


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


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._compact = False
        self.line = QLineEdit(str(setting.default), self)
        self._name(self.line)
        self._row.addWidget(self.line, 1)
        # Enter takes the text over and leaves the focus here: the next space is a part of it.
        self.line.editingFinished.connect(self._finished)
        self._shown = self.line.text()

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


def _segment_place(number: int, count: int) -> str:
    return "first" if number == 0 else "last" if number == count - 1 else "middle"


def new_editor(setting: Setting, parent: QWidget | None = None, *, compact: bool = False) -> Editor:
    """Return the editor that suits a setting; a compact one takes little room in a title row."""
    editor = _editor_of_kind(setting, parent)
    if compact:
        editor.make_compact()
    return editor


def _editor_of_kind(setting: Setting, parent: QWidget | None) -> Editor:
    if setting.choices:
        letters = sum(map(len, setting.choices.values()))
        few = 1 < len(setting.choices) <= _LARGEST_SEGMENTS and letters <= _LONGEST_SEGMENTS
        return SegmentEditor(setting, parent) if few else ChoiceEditor(setting, parent)
    if setting.kind is str:
        return TextEditor(setting, parent)
    return NumberEditor(setting, parent)
