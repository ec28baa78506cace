"""What lies over a panel while something is pointed out: marks that pulse, or a veil."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QEvent,
    QObject,
    QPointF,
    QRectF,
    QSizeF,
    Qt,
    QTimer,
    QVariantAnimation,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.gui.style.theme import Theme

_PULSES, _PULSE_MS = 4, 900
_VEIL = 0.72
_RADIUS, _SPREAD, _MARGIN = 9.0, 22.0, 6.0
_WRAPPED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_NUDGE = 4.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is pointed out.

    Attributes
    ----------
    where
        Returns its place, in pixels of what the mark lies over, or None for all of that.
    words
        A few, beside the mark.
    """

    where: Callable[[], QPointF | None]
    words: str


class Emphasis(QWidget):
    """Lies over a panel's body, lets the mouse through, and is hidden unless it says something.

    Parameters
    ----------
    body
        What it lies over, and follows in size.
    theme
        Colours and type.

    Attributes
    ----------
    keep_foot_free
        Has the body show nothing in so many pixels at its foot, for what is said of all of it; None
        where it cannot do without them.
    """

    def __init__(self, body: QWidget, theme: Theme) -> None:
        super().__init__(body)
        self._theme = theme
        self._marks: tuple[Mark, ...] = ()
        self._other_words: Callable[[], Sequence[QRectF]] = tuple
        self.keep_foot_free: Callable[[int], None] | None = None
        self._pulse = QVariantAnimation(self, duration=_PULSE_MS)
        self._pulse.setLoopCount(_PULSES)
        self._pulse.setStartValue(0.0)
        self._pulse.setEndValue(1.0)
        self._pulse.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._pulse.valueChanged.connect(lambda _value: self.update())
        self._rising = QTimer(self, interval=0, singleShot=True)
        self._rising.timeout.connect(self.raise_)
        self.setObjectName("emphasis")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        body.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        """What is said beside the marks, a line each; empty while nothing is pointed out."""
        return "\n".join(mark.words for mark in self._marks)

    @property
    def steps_back(self) -> bool:
        """Whether the panel is veiled, because another one has something to show."""
        return not self.isHidden() and not self._marks

    def point_out(
        self, marks: Sequence[Mark], other_words: Callable[[], Sequence[QRectF]] = tuple
    ) -> None:
        """Mark these, and say what can be seen there; without any, veil the panel.

        Parameters
        ----------
        marks
            What is pointed out.
        other_words
            Returns where below something is written that should not be covered.
        """
        self._marks, self._other_words = tuple(marks), other_words
        self._appear()
        self._make_room()
        if marks:
            self._pulse.start()
        else:
            self._pulse.stop()

    def clear(self) -> None:
        """Say nothing more."""
        self._marks = ()
        self._make_room()
        self._pulse.stop()
        self.hide()

    def _appear(self) -> None:
        body = self.parentWidget()
        assert body is not None
        self.setGeometry(body.rect())
        self.setAccessibleName(self.words)
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the body's size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
            self._make_room()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the veil, or the marks and their words."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self._marks:
                veil = QColor(self._theme.palette.color("panel"))
                veil.setAlphaF(_VEIL)
                painter.fillRect(self.rect(), veil)
                return
            marks = [self._paint_mark(painter, mark.where()) for mark in self._marks]
            words = [mark.words for mark in self._marks]
            for card, mark, text in zip(self._cards(marks, words), marks, words, strict=True):
                self._paint_words(painter, card, mark, text)

    def _paint_mark(self, painter: QPainter, place: QPointF | None) -> QRectF:
        """Paint a circle around a place, or a frame around all, and return what it encloses."""
        color = QColor(self._theme.palette.color("ink"))
        width = self._theme.px(2)
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        running = self._pulse.state() == QAbstractAnimation.State.Running
        done = float(self._pulse.currentValue()) if running else 1.0
        if place is None:
            frame = QRectF(self.rect()).adjusted(width, width, -width, -width)
            color.setAlphaF(1.0 - 0.7 * done if running else 0.6)
            painter.setPen(QPen(color, width))
            corner = self._theme.px(6)
            painter.drawRoundedRect(frame, corner, corner)
            # What is said of all of it stands at its foot.
            return QRectF(frame.center().x(), frame.bottom(), 0, 0)
        radius = self._theme.px(_RADIUS)
        painter.drawEllipse(place, radius, radius)
        if running:
            color.setAlphaF(1.0 - done)
            painter.setPen(QPen(color, width))
            wide = radius + done * self._theme.px(_SPREAD)
            painter.drawEllipse(place, wide, wide)
        return QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius)

    def _cards(self, marks: Sequence[QRectF], words: Sequence[str]) -> list[QRectF]:
        """Return where words stand: in one line, or in more where that is too long."""
        margin = self._theme.px(_MARGIN)
        room = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        sizes = [self._size_of(text) for text in words]
        for mark, size in zip(marks, sizes, strict=True):
            if not mark.width() and self.keep_foot_free is not None:
                size.setWidth(room.width())
        return card_places(marks, sizes, room, margin, self._other_words())

    def _size_of(self, words: str) -> QSizeF:
        """Return the size of a card."""
        margin = self._theme.px(_MARGIN)
        metrics = QFontMetricsF(self._theme.font("body"))
        most = QRectF(0, 0, max(self.width() - 4 * margin, 1), self.height())
        inner = metrics.boundingRect(most, int(_WRAPPED), words)
        return inner.adjusted(-margin, -margin / 2, margin, margin / 2).size()

    def _make_room(self) -> None:
        """Have nothing else stand where something is said of all of the body, if that can be."""
        if self.keep_foot_free is None:
            return
        of_all = [self._size_of(mark.words) for mark in self._marks if mark.where() is None]
        margin = self._theme.px(_MARGIN)
        height = max((size.height() + 2 * margin for size in of_all), default=0)
        self.keep_foot_free(math.ceil(height))
        # A text that is laid out anew has its scroll bars come up.
        self._rising.start()

    def _paint_words(self, painter: QPainter, card: QRectF, mark: QRectF, words: str) -> None:
        """Write words on a card, tied to their mark where they could not stand beside it."""
        margin = self._theme.px(_MARGIN)
        ink, panel = self._theme.palette.color("ink"), self._theme.palette.color("panel")
        gap = max(mark.top() - card.bottom(), card.top() - mark.bottom())
        if gap > 2 * margin and mark.width():
            x = min(max(mark.center().x(), card.left() + margin), card.right() - margin)
            above = card.bottom() < mark.top()
            painter.setPen(QPen(ink, self._theme.px(1)))
            painter.drawLine(
                QPointF(mark.center().x(), mark.top() if above else mark.bottom()),
                QPointF(x, card.bottom() if above else card.top()),
            )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(card, margin, margin)
        painter.setPen(panel)
        painter.setFont(self._theme.font("body"))
        # It breaks where it was measured to; a pixel is for what was rounded.
        painter.drawText(card.adjusted(margin - 1, 0, 1 - margin, 0), int(_WRAPPED), words)


def card_places(
    marks: Sequence[QRectF],
    sizes: Sequence[QSizeF],
    room: QRectF,
    margin: float,
    words: Sequence[QRectF] = (),
) -> list[QRectF]:
    """Place what is said of marks beside them, so that no card covers another, or another's mark.

    Parameters
    ----------
    marks
        What is marked.
    sizes
        Of the cards.
    room
        In which they stand.
    margin
        The distance between two things.
    words
        What else should not be covered, or as little of it as can be.

    Returns
    -------
    list of QRectF
        A card for each mark: above it, or where that is taken below it, or else as near as there
        is room, and to its left, for most curves come from there, or else to its right.
    """
    cards: list[QRectF] = []
    for mark, size in zip(marks, sizes, strict=True):
        left = min(max(mark.right() + margin - size.width(), room.left()), room.right())
        if not mark.width():
            left = mark.center().x() - size.width() / 2
        rightmost = max(room.right() - size.width(), room.left())
        lefts = dict.fromkeys(
            max(min(x, rightmost), room.left()) for x in (left, mark.center().x())
        )
        others = [other.adjusted(-1, -1, 1, 1) for other in marks if other is not mark]
        places = [
            QRectF(QPointF(x, top), size)
            for top in _tops(mark, size.height(), room, margin)
            for x in lefts
        ]
        covered = (_covered(place, (cards, others, words)) for place in places)
        # Mostly one of the first covers nothing, and the others need not be looked at.
        tried = list(_until_free(zip(covered, places, strict=True)))
        cards.append(min(tried, key=itemgetter(0))[1])
    return cards


def _until_free(
    tried: Iterable[tuple[tuple[float, ...], QRectF]],
) -> Iterator[tuple[tuple[float, ...], QRectF]]:
    """Yield what is tried, up to the first place that covers nothing."""
    for covered, place in tried:
        yield covered, place
        if not any(covered):
            return


def _covered(place: QRectF, things: Sequence[Sequence[QRectF]]) -> tuple[float, ...]:
    """Return how much a place covers of each kind of things, in square pixels."""
    hidden = ([place & one for one in kind if place.intersects(one)] for kind in things)
    return tuple(sum(part.width() * part.height() for part in parts) for parts in hidden)


def _tops(mark: QRectF, height: float, room: QRectF, margin: float) -> Iterator[float]:
    """Yield where a card as high as that can begin, the best place first."""
    above, below = mark.top() - margin - height, mark.bottom() + margin
    lowest = max(room.bottom() - height, room.top())
    yield min(max(above if above >= room.top() else below, room.top()), lowest)
    if below <= lowest:
        yield below
    away = 0.0
    while away < room.height():
        away += _NUDGE
        for top in (above - away, below + away):
            if room.top() <= top <= lowest:
                yield top
