"""An editor for numbers: a slider and a box."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from rnnviz.gui.controls.editor import Editor
from rnnviz.gui.widgets.numbers import RealBox, WholeBox, goes_far
from rnnviz.training.configuration import Setting, Value

_SLIDER_STEPS = 1000
_BOX_WIDTH = 80
_WIDE_BOX_WIDTH = 104
_WIDE = 1_000_000
_COMPACT_WIDTH = 64


class NumberEditor(Editor):
    """A slider and a box; the slider moves by factors where the setting is logarithmic."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._compact = False
        self._is_dragged = False
        self.box: RealBox | WholeBox
        self.box = RealBox(setting, self) if setting.kind is float else WholeBox(setting, self)
        self._name(self.box)
        self._undo_key.watch(self.box)
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
        is_down = self.slider.isSliderDown()
        if self.setting.live or not is_down:
            self._choose(self.box.value(), is_held=is_down and self._is_dragged)
        self._is_dragged = is_down

    def _slider_released(self) -> None:
        self._is_dragged = False
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
        low, high = self.setting.slider_range
        return self._along(low), self._along(high)

    def _along(self, value: float) -> float:
        return math.log(max(value, 1e-12)) if self.setting.logarithmic else value
