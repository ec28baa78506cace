"""The timeline's strip at the window's foot: the bar, and what can be done with a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QWidget,
)

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.timeline.bar import TimelineBar

if TYPE_CHECKING:
    from rnnviz.training.past.timeline import Mark, TimelineView

FILM_SPEEDS = (1, 3, 10, 30, 100)
"""How many times a hundred steps a second a film can show."""
_FIRST_SPEED = 10
_OF_PAST = ("action_beside_now", "action_branch", "action_back_to_now")
_MARGINS = (8, 0, 8, 0)
_MOST = 2**31 - 1
_WIDEST = 2**24 - 1
"""The largest width that Qt lets a widget have."""


class TimelineStrip(QFrame):
    """Shows where on its way a run is seen, and takes the person elsewhere on it.

    In the present it is a bar that says what it is for; all else comes once one is in the past.

    Parameters
    ----------
    theme
        Colours and icons.
    actions
        By object name: what can be done, of which the film, and all that is about the past alone,
        have buttons here.

    Attributes
    ----------
    bar
        The steps.
    step
        The box in which a step can be written.
    speed, log
        How fast the film goes, and whether the first steps are given more room.

    Signals
    -------
    asked(int, bool)
        As `TimelineBar.asked`.
    now_asked()
        The present is to be seen.
    """

    asked = Signal(int, bool)
    now_asked = Signal()

    def __init__(
        self, theme: Theme, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self._theme = theme
        self._actions = actions
        self._words: Callable[[tuple[Mark, ...]], str] = lambda _marks: ""
        self._seen_words: Callable[[TimelineView], str] = lambda _view: ""
        self.is_of_past = False
        self.bar = TimelineBar(theme, lambda marks: self._words(marks))
        self.bar.asked.connect(self.asked)
        self.bar.now_asked.connect(self.now_asked)
        # Nobody guesses what a thin line is for.
        self._hint = QLabel("Drag to see earlier steps")
        self._hint.setObjectName("timeline_hint")
        self._hint.setProperty("words", "small")
        self._hint.setContentsMargins(4, 0, 0, 0)
        self._hint.setBuddy(self.bar)
        self._film = self._button("action_film")
        self.speed = _film_speed()
        self.log = self._log_button()
        self._where = QLabel()
        self._where.setObjectName("timeline_where")
        self._where.setProperty("words", "strong")
        self.step = _step_box()
        self.step.valueChanged.connect(self._step_written)
        self.step.lineEdit().returnPressed.connect(self.step.clearFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(*_MARGINS)
        row.setSpacing(6)
        row.addWidget(self._hint)
        row.addWidget(self._film)
        row.addWidget(self.speed)
        row.addWidget(self.bar, 1)
        row.addWidget(self.log)
        row.addWidget(self.step)
        row.addWidget(self._where)
        buttons = [self._button(name) for name in _OF_PAST]
        for button in buttons:
            row.addWidget(button)
        # In the present it is a thin line: panels need the room.
        self._of_past = [self._film, self.speed, self.log, self.step, self._where, *buttons]
        self._show_past(False)
        theme.changed.connect(self._restyle)
        self._restyle()

    def speak_with(
        self,
        of_marks: Callable[[tuple[Mark, ...]], str],
        of_seen: Callable[[TimelineView], str],
    ) -> None:
        """Take the words in which marks, and where one is, are told."""
        self._words, self._seen_words = of_marks, of_seen

    def show_view(self, view: TimelineView) -> None:
        """Show how far a run is, and which of its steps is seen."""
        self.bar.show_view(view)
        seen = view.last if view.seen is None else view.seen
        if not self.step.hasFocus():
            with QSignalBlocker(self.step):
                self.step.setRange(view.first, min(view.last, _MOST))
                self.step.setValue(seen)
        words, is_held = self._seen_words(view), self.bar.is_held
        was_held = self._where.maximumWidth() < _WIDEST
        if words != self._where.text() or (was_held and not is_held):
            # Under the hand the bar stays as wide as it is: the handle would be elsewhere.
            most = self._where.width() if is_held and self.is_of_past else _WIDEST
            self._where.setMaximumWidth(most)
            self._where.setText(words)
            # In the past it never becomes narrower.
            hint, least = self._where.sizeHint().width(), self._where.minimumWidth()
            self._where.setMinimumWidth(min(max(least, hint), most) if words else 0)
        if not is_held:
            # Where no state has room, there is nothing to drag to.
            self._hint.setVisible(view.seen is None and not view.memory_needed)
            if (view.seen is not None) != self.is_of_past:
                self._show_past(view.seen is not None)
        self._actions["action_branch"].setEnabled(self.is_of_past and view.seen == view.wanted)

    def show_film(self, runs: bool) -> None:
        """Show whether the film runs."""
        self._film.setIcon(self._theme.icon("pause" if runs else "train"))

    def take_key(self, key: int) -> bool:
        """Do what a key means here, if it means anything; tell whether it does."""
        if key == Qt.Key.Key_Home and self.bar.scale.last > self.bar.scale.first:
            self.asked.emit(self.bar.scale.first, True)
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_End) and self.is_of_past:
            self.now_asked.emit()
        else:
            return False
        return True

    def _show_past(self, of_past: bool) -> None:
        self.is_of_past = of_past
        self.setProperty("of_past", of_past)
        self.style().unpolish(self)
        self.style().polish(self)
        for widget in self._of_past:
            widget.setVisible(of_past)
        for name in _OF_PAST:
            self._actions[name].setEnabled(of_past)

    def _step_written(self, step: int) -> None:
        if step >= self.bar.scale.last:
            self.now_asked.emit()
        else:
            self.asked.emit(step, True)

    def _log_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("timeline_log")
        button.setText("log")
        button.setCheckable(True)
        button.setProperty("flat", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip("Give the first steps more room")
        button.toggled.connect(self.bar.set_logarithmic)
        return button

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[name])
        button.setProperty("flat", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _restyle(self) -> None:
        self.step.setFixedWidth(self._theme.px(92))
        self.show_film(False)


def _film_speed() -> QComboBox:
    box = QComboBox()
    box.setObjectName("film_speed")
    box.setAccessibleName("Speed of the film")
    box.setToolTip("How fast the film goes: at 1\N{MULTIPLICATION SIGN}, 100 steps a second")
    for speed in FILM_SPEEDS:
        box.addItem(f"{speed}\N{MULTIPLICATION SIGN}", speed)
    box.setCurrentIndex(FILM_SPEEDS.index(_FIRST_SPEED))
    return box


def _step_box() -> QSpinBox:
    box = QSpinBox()
    box.setObjectName("timeline_step")
    box.setAccessibleName("Step to see")
    box.setToolTip("The step that is seen: write another one to go there")
    box.setGroupSeparatorShown(True)
    box.setKeyboardTracking(False)
    box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    box.setRange(0, 0)
    return box
