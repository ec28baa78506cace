"""Where the balls on the wall start, how far they step, and what is clipped."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.widgets.numbers import RealBox
from rnnviz.training.configuration import Setting

W_RANGE, B_RANGE = (3.0, 7.0), (-4.0, -1.0)
"""The part of the surface that is shown, and in which a ball may start."""

_BOX_WIDTH = 64
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class WallSettings:
    """What decides both descents.

    Attributes
    ----------
    w, b
        The start.
    learning_rate, clip_threshold
        As everywhere; only one of the two balls is clipped.
    """

    w: float = 5.5
    b: float = -2.0
    learning_rate: float = 0.5
    clip_threshold: float = 0.2


@dataclass(frozen=True, slots=True)
class _Field:
    """The words before a box where there is room, where there is little, and what it sets."""

    words: str
    short: str
    setting: Setting


_DEFAULTS = WallSettings()
_FIELDS: dict[str, _Field] = {
    "w": _Field(
        "start at w",
        "w",
        Setting(
            "wall_start_w",
            float,
            _DEFAULTS.w,
            "Weight w at the start",
            "The recurrent weight at which both balls start. You can also click in the picture, "
            "or drag a ball.",
            "training",
            minimum=W_RANGE[0],
            maximum=W_RANGE[1],
        ),
    ),
    "b": _Field(
        "b",
        "b",
        Setting(
            "wall_start_b",
            float,
            _DEFAULTS.b,
            "Bias b at the start",
            "The bias at which both balls start. You can also click in the picture, "
            "or drag a ball.",
            "training",
            minimum=B_RANGE[0],
            maximum=B_RANGE[1],
        ),
    ),
    "learning_rate": _Field(
        "learning rate",
        "rate",
        Setting(
            "wall_learning_rate",
            float,
            _DEFAULTS.learning_rate,
            "Learning rate of both balls",
            "Each step is the gradient times this number. It belongs to this picture only, "
            "not to the network that you train.",
            "training",
            minimum=0.001,
            maximum=10.0,
            logarithmic=True,
        ),
    ),
    "clip_threshold": _Field(
        "clip at norm",
        "clip",
        Setting(
            "wall_clip_threshold",
            float,
            _DEFAULTS.clip_threshold,
            "Clip threshold of the first ball",
            "For one of the balls, a longer gradient is shortened to this length. It belongs "
            "to this picture only, not to the network that you train.",
            "training",
            minimum=0.001,
            maximum=1000.0,
            logarithmic=True,
        ),
    ),
}


class WallControls(QWidget):
    """Four numbers in one row, or in two where the panel is narrow.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.

    Signals
    -------
    edited()
        The person chose another number; `settings` has it.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall_controls")
        self._theme = theme
        self._boxes: dict[str, RealBox] = {}
        self._words: dict[str, QLabel] = {}
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves = [QHBoxLayout(), QHBoxLayout()]
        for number, name in enumerate(_FIELDS):
            self._add(name, self._halves[number // 2])
        self._defaults = QPushButton("Defaults")
        self._defaults.setObjectName("wall_defaults")
        self._defaults.setProperty("tiny", True)
        self._defaults.setProperty("flat", True)
        self._defaults.setAccessibleName("Put all four numbers back to where they were at first")
        self._defaults.setToolTip(self._defaults.accessibleName())
        self._defaults.clicked.connect(lambda: self.set_settings(_DEFAULTS))
        self._halves[1].addWidget(self._defaults)
        for half in self._halves:
            self._rows.addLayout(half)
            self._rows.setAlignment(half, Qt.AlignmentFlag.AlignLeft)
        self._rows.addStretch(1)
        # The panel may be narrower than all four side by side: there they stand in two rows.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def settings(self) -> WallSettings:
        """The numbers shown."""
        return WallSettings(**{name: box.value() for name, box in self._boxes.items()})

    def set_start(self, w: float, b: float) -> None:
        """Let both balls start here, as near as the boxes can say it."""
        old = self.settings
        self.set_settings(
            WallSettings(
                round(w, _DECIMALS), round(b, _DECIMALS), old.learning_rate, old.clip_threshold
            )
        )

    def set_settings(self, settings: WallSettings) -> None:
        """Show other numbers, and say once that they were chosen."""
        for name, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setValue(getattr(settings, name))
        self.edited.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in as many rows as the width asks for."""
        super().resizeEvent(event)
        self._fit()

    def _add(self, name: str, half: QHBoxLayout) -> None:
        setting = _FIELDS[name].setting
        box = self._boxes[name] = RealBox(setting)
        box.setObjectName(setting.name)
        box.setAccessibleName(setting.label)
        box.setAccessibleDescription(setting.help)
        box.setToolTip(setting.help)
        box.valueChanged.connect(self.edited)
        label = self._words[name] = QLabel(_FIELDS[name].words)
        label.setProperty("words", "small")
        label.setBuddy(box)
        half.addWidget(label)
        half.addWidget(box)

    def _restyle(self) -> None:
        px = self._theme.px
        for box in self._boxes.values():
            box.setFixedWidth(px(_BOX_WIDTH))
        self._rows.setContentsMargins(px(SPACING), 0, px(SPACING), 0)
        self._rows.setSpacing(px(SPACING))
        for half in self._halves:
            half.setSpacing(px(SPACING) // 2)
        self._fit()

    def _fit(self) -> None:
        """Choose the longest words that fit, and only then a second row."""
        for long, rows in ((True, 1), (False, 1), (True, 2), (False, 2)):
            for name, label in self._words.items():
                label.setText(_FIELDS[name].words if long else _FIELDS[name].short)
            self._defaults.setVisible(long)
            if self._needed(rows) <= self.width():
                break
        way = QBoxLayout.Direction
        self._rows.setDirection(way.LeftToRight if rows == 1 else way.TopToBottom)
        self.setMinimumHeight(self._rows.sizeHint().height())
        self.updateGeometry()

    def _needed(self, rows: int) -> int:
        gap = self._theme.px(SPACING)
        words = [label.sizeHint().width() for label in self._words.values()]
        boxes = 2 * self._theme.px(_BOX_WIDTH) + 4 * (gap // 2)
        widths = [sum(words[:2]) + boxes, sum(words[2:]) + boxes]
        if not self._defaults.isHidden():
            widths[1] += self._defaults.sizeHint().width() + gap
        return 2 * gap + (sum(widths) + gap if rows == 1 else max(widths))
