"""The buttons that move from phase to phase, and the row of phases beside them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QToolButton, QWidget

from rnnviz.gui.inside.cursor import Cursor
from rnnviz.gui.inside.phases.row import PhaseRow
from rnnviz.gui.style.theme import Theme

_SECONDS = 2.0
_SLOWEST, _FASTEST = 10.0, 0.25


class Transport(QFrame):
    """Moves a cursor: to the next phase and back, slowly by itself, or where one drags to.

    Parameters
    ----------
    cursor
        What is moved.
    theme
        Colours and icons.
    """

    playing_changed = Signal()

    def __init__(self, cursor: Cursor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_transport")
        self.setProperty("bar", True)
        self._cursor = cursor
        self._theme = theme
        self._back = self._button("back", "Back", "The phase before (Left)")
        self._next = self._button("next", "Next", "The next phase (Right)")
        self._next.setProperty("primary", True)
        self._next_kind = self._button(
            "next_kind", "", "On to the next kind of phase (Shift+Right, Page Down)"
        )
        self._play = self._button("play", "Play", "Go through the phases slowly (Space)")
        self._seconds = QDoubleSpinBox()
        self._seconds.setObjectName("inside_seconds")
        self._seconds.setAccessibleName("Seconds a phase")
        self._seconds.setToolTip("Seconds a phase")
        self._seconds.setRange(_FASTEST, _SLOWEST)
        self._seconds.setSingleStep(0.25)
        self._seconds.setDecimals(2)
        self._seconds.setValue(_SECONDS)
        self._seconds.setSuffix(" s")
        self._seconds.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.row = PhaseRow(theme)
        self._timer = QTimer(self)
        self._timer.setObjectName("inside_play_timer")
        self._timer.timeout.connect(self._go_on)
        self._lay_out()
        self._back.clicked.connect(self.back)
        self._next.clicked.connect(self.next)
        self._next_kind.clicked.connect(self.next_kind)
        self._play.clicked.connect(self.toggle_play)
        self._seconds.valueChanged.connect(self._pace)
        self.row.chosen.connect(self._dragged)
        cursor.begun.connect(self._follow)
        cursor.phase_changed.connect(self._follow)
        cursor.line_changed.connect(self._pace)
        theme.changed.connect(self._restyle)
        self._restyle()

    # -- moving -------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def next(self) -> None:
        """Go to the next phase."""
        self._cursor.next()

    def back(self) -> None:
        """Go to the phase before."""
        self._cursor.back()

    def next_kind(self) -> None:
        """Go to the first phase that does something else."""
        self._cursor.next_kind()

    def toggle_play(self) -> None:
        """Go on by itself, from the beginning if it is at the end; or hold."""
        if self.is_playing:
            self.hold()
            return
        if not self._play.isEnabled():
            return
        if self._cursor.is_at_end:
            self._cursor.go_to(0)
        self._timer.start()
        self._pace()
        self._restyle()
        self.playing_changed.emit()

    def set_can_play(self, can_play: bool) -> None:
        """Offer to go on by itself; or not, while an answer is waited for."""
        if not can_play:
            self.hold()
        self._play.setEnabled(can_play)

    def hold(self) -> None:
        """Go on by itself no longer."""
        if self.is_playing:
            self._timer.stop()
            self._restyle()
            self.playing_changed.emit()

    def _go_on(self) -> None:
        """Go to the next equation that is computed, or to the next phase."""
        cursor = self._cursor
        later = range(cursor.line_number + 1, len(cursor.lines))
        line = next((n for n in later if cursor.lines[n].is_computed), None)
        if line is not None and len(cursor.lines) <= _MOST_LINES:
            cursor.choose_line(line)
        elif cursor.is_at_end:
            self.hold()
        else:
            cursor.next()
            cursor.choose_line(_first_computed(cursor))

    def _pace(self) -> None:
        """Share the seconds of a phase out among its equations."""
        if self._cursor.has_record and self.is_playing:
            lines = sum(line.is_computed for line in self._cursor.lines)
            lines = lines if len(self._cursor.lines) <= _MOST_LINES else 1
            interval = round(1000 * self._seconds.value() / max(1, lines))
            if interval != self._timer.interval():
                self._timer.setInterval(interval)

    def _dragged(self, number: int) -> None:
        self.hold()
        self._cursor.go_to(number)

    def _follow(self) -> None:
        cursor = self._cursor
        self.row.show_phases(cursor.phases, cursor.number)
        self._back.setEnabled(not cursor.is_at_start)
        for button in (self._next, self._next_kind):
            button.setEnabled(not cursor.is_at_end)

    # -- looks --------------------------------------------------------------------------------

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"inside_{name}")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
        )
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 16, 6)
        row.setSpacing(6)
        for button in (self._back, self._next, self._next_kind, self._play):
            row.addWidget(button)
        row.addWidget(self._seconds)
        row.addSpacing(18)
        row.addWidget(self.row, 1)

    def _restyle(self) -> None:
        theme = self._theme
        size = QSize(theme.px(16), theme.px(16))
        self._play.setText("Pause" if self.is_playing else "Play")
        icons = {
            self._back: ("back", "ink"),
            self._next: ("next", "panel"),
            self._next_kind: ("next_phase", "ink"),
            self._play: ("pause" if self.is_playing else "train", "ink"),
        }
        for button, (icon, role) in icons.items():
            button.setIcon(theme.icon(icon, role, role, 16))  # type: ignore[arg-type]
            button.setIconSize(size)
        self._seconds.setFixedWidth(theme.px(84))


_MOST_LINES = 16
"""Of a phase with more equations than these, such as an update, not each is gone through."""


def _first_computed(cursor: Cursor) -> int:
    return next((n for n, line in enumerate(cursor.lines) if line.is_computed), 0)
