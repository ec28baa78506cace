"""Rows of words in a scene: made once, reused for ever, touched only where they change."""

from __future__ import annotations

import math

from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsScene, QGraphicsSimpleTextItem

from rnnviz.gui.plotting.axes.layers import LAYER_LABEL


class Word:
    """One line of text in a scene, which knows its size and skips work that changes nothing."""

    def __init__(self, scene: QGraphicsScene, layer: float = LAYER_LABEL) -> None:
        self.item = QGraphicsSimpleTextItem()
        self.item.setZValue(layer)
        scene.addItem(self.item)
        self._text = ""
        self._place = (0.0, 0.0)
        self._color = QColor()
        self._metrics = QFontMetricsF(self.item.font())

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    @property
    def width(self) -> float:
        """How wide the text is, in pixels; of several lines, the longest."""
        return max(self._metrics.horizontalAdvance(line) for line in self._text.split("\n"))

    @property
    def height(self) -> float:
        """How high a line is, in whole pixels, on which words stand."""
        return math.ceil(self._metrics.height())

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.item.setText(text)

    def set_style(self, font: QFont, color: QColor) -> None:
        """Say it in another face or colour."""
        if font != self.item.font():
            self._metrics = QFontMetricsF(font)
            self.item.setFont(font)
        if color != self._color:
            self._color = color
            self.item.setBrush(color)

    def set_visible(self, visible: bool) -> None:
        """Show it or hide it."""
        self.item.setVisible(visible)

    def move(self, x: float, y: float) -> None:
        """Put its upper left corner on a whole pixel, where text is sharpest."""
        place = (float(round(x)), float(round(y)))
        if place != self._place:
            self._place = place
            self.item.setPos(*place)

    def set_slant(self, degrees: float) -> None:
        """Turn it around its upper left corner; negative lets it rise."""
        if degrees != self.item.rotation():
            self.item.setRotation(degrees)

    def move_end(self, x: float, top: float) -> None:
        """Put the end of rising words at ``x``, with their highest point at ``top``."""
        slant = math.radians(-self.item.rotation())
        half = self.height / 2
        left = x - self.width * math.cos(slant) - half * math.sin(slant)
        self.move(left, top + self.width * math.sin(slant))


class WordRow:
    """As many words as are asked for, in one style."""

    def __init__(self, scene: QGraphicsScene, layer: float = LAYER_LABEL) -> None:
        self._scene = scene
        self._layer = layer
        self._words: list[Word] = []
        self._shown = 0
        self._font = QFont()
        self._color = QColor()
        self._metrics = QFontMetricsF(self._font)
        self._widths: dict[str, float] = {}

    def set_style(self, font: QFont, color: QColor) -> None:
        """Say them in another face or colour."""
        self._font, self._color = font, color
        self._metrics = QFontMetricsF(font)
        self._widths.clear()
        for word in self._words:
            word.set_style(font, color)

    def set_slant(self, degrees: float) -> None:
        """Turn all of them; negative lets them rise."""
        for word in self.words:
            word.set_slant(degrees)

    @property
    def height(self) -> float:
        """How high a line is, in whole pixels."""
        return math.ceil(self._metrics.height())

    @property
    def words(self) -> list[Word]:
        """The words that are shown."""
        return self._words[: self._shown]

    def width_of(self, text: str) -> float:
        """Return how wide a text would be."""
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) > 2000:
                self._widths.clear()
            width = self._widths[text] = self._metrics.horizontalAdvance(text)
        return width

    def show(self, texts: list[str]) -> list[Word]:
        """Show these texts, and return the words so that they can be placed."""
        while len(self._words) < len(texts):
            word = Word(self._scene, self._layer)
            word.set_style(self._font, self._color)
            self._words.append(word)
        for index, text in enumerate(texts):
            self._words[index].set_text(text)
            if index >= self._shown:
                self._words[index].set_visible(True)
        for word in self._words[len(texts) : self._shown]:
            word.set_visible(False)
        self._shown = len(texts)
        return self._words[: self._shown]
