"""The row of phases: a mark for each, in groups; one clicks on them, or drags along them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from rnnviz.diagnostics.one_step.phases import Phase, PhaseKind
from rnnviz.gui.style.palette import ColorRole, mix
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.inside import KINDS, phase_name

FLOWS: dict[PhaseKind, ColorRole] = {
    "forward": "forward",
    "loss": "forward",
    "backward": "backward",
    "gradients": "backward",
    "clip": "backward",
    "update": "backward",
    "result": "forward",
}
"""The colour of each kind of phase."""

_GROUP_GAP, _MARK_GAP = 14.0, 3.0
_BAR = 12.0
_LEAST_FOR_NUMBER = 15.0
_ALONE = 1.6
"""A phase that is one alone takes so much more room than one of many."""


@dataclass(frozen=True, slots=True)
class Group:
    """Phases of one kind.

    Attributes
    ----------
    kind
        Which.
    first, count
        Their numbers.
    """

    kind: PhaseKind
    first: int
    count: int


class PhaseRow(QWidget):
    """Shows which phases there are, which are done, and which is the present one.

    Parameters
    ----------
    theme
        Colours and type.

    Signals
    -------
    chosen(int)
        The number of a phase that was clicked, or dragged to.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_phases")
        self.setAccessibleName("The phases of this step")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._phases: tuple[Phase, ...] = ()
        self._groups: tuple[Group, ...] = ()
        self._layers = 1
        self._present = 0
        self._pointed = -1
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_phases(self, phases: tuple[Phase, ...], present: int) -> None:
        """Show phases, and which is the present one."""
        if phases != self._phases:
            self._phases = phases
            self._layers = max((phase.layer for phase in phases), default=1)
            groups, first = [], 0
            for kind, members in groupby(phases, key=lambda phase: phase.kind):
                count = len(list(members))
                groups.append(Group(kind, first, count))
                first += count
            self._groups = tuple(groups)
        self._present = present
        self.update()

    # -- where --------------------------------------------------------------------------------

    def mark(self, number: int) -> QRectF:
        """Return where the mark of a phase stands."""
        for group, left, width in self._placed():
            if group.first <= number < group.first + group.count:
                return self._mark(number, group, left, width)
        return QRectF()

    def _mark(self, number: int, group: Group, left: float, width: float) -> QRectF:
        scale, each = self._theme.scale, width / group.count
        gap = min(_MARK_GAP * scale, 0.25 * each) if group.count > 1 else 0.0
        x = left + (number - group.first) * each
        return QRectF(x, self._bar_top, each - gap, _BAR * scale)

    def at(self, x: float) -> int:
        """Return the number of the phase whose mark is nearest."""
        best, least = 0, float("inf")
        for group, left, width in self._placed():
            inside = min(max(x, left), left + width - 1e-6)
            if abs(x - inside) < least:
                least = abs(x - inside)
                best = group.first + int((inside - left) / width * group.count)
        return best

    @property
    def _bar_top(self) -> float:
        return 20.0 * self._theme.scale

    def _placed(self) -> list[tuple[Group, float, float]]:
        """Return each group with its place and width."""
        scale = self._theme.scale
        metrics = QFontMetricsF(self._theme.font("small"))
        alone = [
            metrics.horizontalAdvance(KINDS[g.kind]) + 6 * scale if g.count == 1 else 0.0
            for g in self._groups
        ]
        gaps = _GROUP_GAP * scale * max(0, len(self._groups) - 1)
        marks = sum(g.count for g in self._groups if g.count > 1)
        free = max(0.0, self.width() - gaps - sum(alone))
        each = free / marks if marks else 0.0
        # A few marks need not be stretched over all of a wide window.
        each = min(each, 46.0 * scale)
        placed, x = [], 0.0
        for group, own in zip(self._groups, alone, strict=True):
            width = own or each * group.count
            placed.append((group, x, width))
            x += width + _GROUP_GAP * scale
        return placed

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names and marks."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for group, left, width in self._placed():
                self._paint_group(painter, group, left, width)

    def _paint_group(self, painter: QPainter, group: Group, left: float, width: float) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        here = group.first <= self._present < group.first + group.count
        flow = FLOWS[group.kind]
        font = self._theme.font("small")
        font.setBold(here)
        painter.setFont(font)
        painter.setPen(palette.word_color(flow) if here else palette.color("soft"))
        room = QRectF(left, 0, max(width, 80 * scale), self._bar_top - 3 * scale)
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, side, KINDS[group.kind])
        for number in range(group.first, group.first + group.count):
            self._paint_mark(painter, number, self._mark(number, group, left, width), flow)

    def _paint_mark(self, painter: QPainter, number: int, mark: QRectF, flow: ColorRole) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        share = 0.45 if number < self._present else 1.0 if number == self._present else 0.13
        color = QColor(mix(palette.panel, getattr(palette, flow), share))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        grown = (
            3 * scale if number == self._present else 1.5 * scale if number == self._pointed else 0
        )
        painter.drawRoundedRect(mark.adjusted(0, -grown, 0, grown), 3 * scale, 3 * scale)
        phase = self._phases[number]
        # Of several layers the first says at which time step they are.
        before = self._phases[number - 1] if number else None
        is_first = before is None or (before.kind, before.t) != (phase.kind, phase.t)
        is_named = is_first or number == self._present
        if phase.t and is_named and mark.width() >= _LEAST_FOR_NUMBER * scale:
            font = self._theme.font("mono_small")
            font.setPixelSize(self._theme.px(11))
            font.setBold(number == self._present)
            painter.setFont(font)
            painter.setPen(palette.color("ink" if number == self._present else "soft"))
            below = QRectF(mark.x() - 10, mark.bottom() + 3 * scale, mark.width() + 20, 14 * scale)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{phase.t}")

    # -- the pointer --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() is Qt.MouseButton.LeftButton and self._phases:
            self.chosen.emit(self.at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along with the pointer while it is held."""
        number = self.at(event.position().x()) if self._phases else -1
        if event.buttons() & Qt.MouseButton.LeftButton and number != self._present:
            self.chosen.emit(number)
        if number != self._pointed:
            self._pointed = number
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self._pointed = -1
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say which phase is pointed at."""
        if isinstance(event, QHelpEvent) and self._phases:
            phase = self._phases[self.at(QPointF(event.pos()).x())]
            QToolTip.showText(event.globalPos(), phase_name(phase, self._layers), self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        """Return the size of names, marks and numbers."""
        return QSize(self._theme.px(400), self._theme.px(54))

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(54))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()
