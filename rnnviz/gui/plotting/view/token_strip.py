"""One line of what was read, some of it marked: a text beside a picture of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsRectItem, QSizePolicy, QWidget

from rnnviz.gui.plotting.axes.layers import LAYER_HEAT, LAYER_MARK
from rnnviz.gui.plotting.axes.words import Word, WordRow
from rnnviz.gui.plotting.view.still_view import StillView
from rnnviz.gui.style.palette import mix
from rnnviz.gui.style.theme import FontRole, Theme
from rnnviz.gui.wording.tokens import short_word, visible_character

_MARGIN = 12
_GAP, _WORD_GAP = 2, 6
_LONGEST_WORD = 12
# Fields are paler than the ramp: words must stay legible on the strongest.
_STRONGEST = 0.62
_AFTER = 3
"""Where not all can be seen, so many tokens behind the outlined one are."""


class TokenStrip(StillView):
    """A line of tokens on fields of orange, one of them outlined; or a message instead.

    Touched only when something else is to be shown.

    Parameters
    ----------
    theme
        Colours and type.
    object_name, title
        The object's name, and what it shows, for people who cannot see it.
    parent
        The widget that holds it.

    Signals
    -------
    pointed()
        `pointed_token` may be another one.
    """

    pointed = Signal()

    def __init__(
        self, theme: Theme, *, object_name: str, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, object_name=object_name, title=title, parent=parent)
        self._tokens: list[str] = []
        self._strengths: list[float] = []
        self._outlined = 0
        self._are_words = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fields: list[QGraphicsRectItem] = []
        self._outline = self._new_rect(LAYER_MARK)
        self._frame = self._new_rect(LAYER_MARK)
        self._framed: int | None = None
        self._boxes: dict[int, QRectF] = {}
        self._pointer: QPointF | None = None
        self.viewport().setMouseTracking(True)
        self._row = WordRow(self.scene())
        self._message = Word(self.scene())
        theme.changed.connect(self.restyle)
        self.restyle()

    @property
    def text(self) -> str:
        """What can be read there now."""
        return self._message.text or "".join(word.text for word in self._row.words)

    @property
    def outlined(self) -> int | None:
        """Which token is outlined; None where there is a message."""
        return None if self._message.text else self._outlined

    @property
    def strengths(self) -> list[float]:
        """How strongly each token is marked; empty where there is a message."""
        return [] if self._message.text else self._strengths

    @property
    def pointed_token(self) -> int | None:
        """Which token the pointer is over; None where it is over none."""
        pointer = self._pointer
        if pointer is None or not self.isVisible():
            return None
        return next((index for index, box in self._boxes.items() if box.contains(pointer)), None)

    @property
    def framed(self) -> int | None:
        """Which token is framed because somebody points at it; None where that is none in sight."""
        return self._framed if self._frame.isVisible() else None

    def frame_token(self, index: int | None) -> None:
        """Frame the token of an index, if it is in sight, because somebody points at it."""
        self._framed = index
        self._place_frame()

    def show_tokens(
        self,
        tokens: Sequence[str],
        strengths: Sequence[float],
        outlined: int,
        *,
        are_words: bool = False,
    ) -> None:
        """Show a text in which tokens are marked.

        Parameters
        ----------
        tokens
            In their order.
        strengths
            Of each of them, from 0 (not at all) to 1.
        outlined
            The index of the one that stands out; it can be seen even where not all can.
        are_words
            Whether they are words.
        """
        shown = (list(tokens), list(strengths), outlined, are_words)
        same = shown == (self._tokens, self._strengths, self._outlined, self._are_words)
        if same and not self._message.text:
            return
        self._tokens, self._strengths, self._outlined, self._are_words = shown
        self._message.set_text("")
        self._place()

    def show_message(self, text: str) -> None:
        """Show only soft words."""
        if text != self._message.text:
            self._message.set_text(text)
            self._place()

    def sizeHint(self) -> QSize:
        """Return the room of one line."""
        height = QFontMetricsF(self._theme.font("mono")).height()
        return QSize(self._theme.px(200), round(height) + self._theme.px(8))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take note of what is pointed at."""
        self._pointer = event.position()
        self.pointed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Take note that nothing is pointed at any more."""
        super().leaveEvent(event)
        self._pointer = None
        self.pointed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._place()

    def _new_rect(self, layer: float) -> QGraphicsRectItem:
        rect = QGraphicsRectItem()
        rect.setZValue(layer)
        rect.setPen(QPen(Qt.PenStyle.NoPen))
        self.scene().addItem(rect)
        return rect

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        super().restyle()
        palette = self._theme.palette
        self._message.set_style(self._theme.font("small"), palette.color("soft"))
        self._outline.setPen(QPen(palette.color("ink"), 1.5 * self._theme.scale))
        self._frame.setPen(QPen(palette.color("ink"), 1.0, Qt.PenStyle.DotLine))
        self.setFixedHeight(self.sizeHint().height())
        self._place()

    def _place(self) -> None:
        left, top = float(self._theme.px(_MARGIN)), float(self._theme.px(4))
        self._message.move(left, top)
        visible, widths = self._choose_type(self.width() - 2 * left)
        start, end = 0, 0
        if not self._message.text:
            room = self.width() - 2 * left
            start, end = _stretch(widths, self._outlined, room, self._width_of("…"))
        before, after = start > 0, 0 < end < len(visible)
        words = self._row.show(["…"] * before + visible[start:end] + ["…"] * after)
        if before:
            words[0].move(left, top)
            left += self._width_of("…")
        while len(self._fields) < end - start:
            self._fields.append(self._new_rect(LAYER_HEAT))
        for field in self._fields[end - start :]:
            field.setVisible(False)
        self._outline.setVisible(start <= self._outlined < end)
        self._boxes = {}
        for index, word, field in zip(
            range(start, end), words[before:], self._fields, strict=False
        ):
            width = widths[index]
            box = QRectF(round(left), top - 2, round(left + width) - round(left), word.height + 4)
            self._boxes[index] = box
            self._fill(field, box, self._strengths[index])
            if index == self._outlined:
                self._outline.setRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            word.move(left + (width - word.width) / 2, top)
            left += width
        if after:
            words[-1].move(left, top)
        self._place_frame()

    def _place_frame(self) -> None:
        box = None if self._framed is None else self._boxes.get(self._framed)
        self._frame.setVisible(box is not None)
        if box is not None:
            self._frame.setRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _choose_type(self, room: float) -> tuple[list[str], list[float]]:
        """Return the tokens as they are written, and their widths: in large type if that fits."""
        visible = [visible_character(token) for token in self._tokens]
        if self._are_words:
            visible = [short_word(word, _LONGEST_WORD) for word in visible]
        widths: list[float] = []
        fonts: tuple[FontRole, ...] = ("mono", "mono_small")
        for font in fonts:
            self._row.set_style(self._theme.font(font), self._theme.palette.color("ink"))
            widths = [self._width_of(text) for text in visible]
            if sum(widths) <= room:
                break
        return visible, widths

    def _width_of(self, text: str) -> float:
        return self._row.width_of(text) + self._theme.px(_WORD_GAP if self._are_words else _GAP)

    def _fill(self, field: QGraphicsRectItem, box: QRectF, strength: float) -> None:
        palette = self._theme.palette
        field.setVisible(strength > 0)
        field.setRect(box)
        color = mix(palette.panel, palette.backward, _STRONGEST * strength)
        field.setBrush(QBrush(QColor(color)))


def _stretch(widths: list[float], kept: int, room: float, dots: float) -> tuple[int, int]:
    """Return the longest stretch of tokens with the kept one in it that fits: its ends.

    It reaches a little behind the kept one, and else as far back before it as it can; `dots` is
    what is needed at an end that is cut.
    """
    count = len(widths)
    if sum(widths) <= room:
        return 0, count
    end = min(count, kept + 1 + _AFTER)
    room -= 2 * dots
    start, used = end, 0.0
    while start > 0 and (used + widths[start - 1] <= room or start > kept):
        start -= 1
        used += widths[start]
    while end < count and used + widths[end] <= room:
        used += widths[end]
        end += 1
    return start, end
