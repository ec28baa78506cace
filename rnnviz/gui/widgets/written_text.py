"""A text as a network writes it: the more probable, the bluer; and followed to its end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QWidget

from rnnviz.gui.style.palette import mix
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.colored_text import ColoredText

_LEVELS = 8
_LONGEST_SHOWN = 6000


class WrittenText(ColoredText):
    """Pieces of text, each with the probability that the network gave it.

    Parameters
    ----------
    name, accessible_name
        The object's name, and what it is called.
    theme
        Colours and type; whoever writes has them taken up with `restyle`, and writes anew.
    parent
        The widget that holds it.
    """

    def __init__(
        self, name: str, accessible_name: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, accessible_name, parent)
        self.is_growing = True
        """Whether it is still being written: its end is what is looked at."""
        self._theme = theme
        self._by_level: list[QTextCharFormat] = []
        self._of_prompt = QTextCharFormat()
        self._of_message = QTextCharFormat()
        self._follows = True
        self.verticalScrollBar().actionTriggered.connect(self._scrolled)
        # Queued, because the text has not settled yet when it tells of its new range.
        self.verticalScrollBar().rangeChanged.connect(
            self._follow, Qt.ConnectionType.QueuedConnection
        )
        self.restyle()

    @property
    def is_full(self) -> bool:
        """Whether it has grown so long that it should be written anew."""
        return self.document().characterCount() > _LONGEST_SHOWN

    def rewrite(self, prompt: str, pieces: Sequence[str], probabilities: Sequence[float]) -> None:
        """Write another text, after what the network read first."""
        self.clear()
        if prompt:
            self.append_pieces([prompt], [self._of_prompt])
        if not "".join(pieces).strip():
            # What is nothing but spaces and line ends would look like no text at all.
            pieces = [piece.replace(" ", "␣").replace("\n", "↵\n") for piece in pieces]
        self.write_on(pieces, probabilities)

    def write_on(self, pieces: Sequence[str], probabilities: Sequence[float]) -> None:
        """Go on with the text."""
        formats = self._by_level
        self.append_pieces(pieces, [formats[_level(share)] for share in probabilities])

    def say(self, sentence: str) -> None:
        """Say why there is no text."""
        self.clear()
        self.note(sentence)

    def note(self, words: str) -> None:
        """Write something about the text, so that it looks like no part of it."""
        self.append_pieces([words], [self._of_message])

    def restyle(self) -> None:
        """Take colours and type from the theme, for what is written from now on."""
        palette = self._theme.palette
        self.setFont(self._theme.font("mono"))
        self._by_level = []
        for level in range(_LEVELS):
            color = mix(palette.panel, palette.forward_band, level / (_LEVELS - 1))
            character_format = QTextCharFormat()
            character_format.setBackground(QColor(color))
            character_format.setForeground(palette.color("ink"))
            self._by_level.append(character_format)
        self._of_prompt.setForeground(palette.color("soft"))
        self._of_prompt.setFontUnderline(True)
        self._of_message.setForeground(palette.color("soft"))

    def _scrolled(self, _action: int) -> None:
        """Follow what is written as long as the person stays at its end."""
        bar = self.verticalScrollBar()
        self._follows = bar.sliderPosition() >= bar.maximum() - 2

    def _follow(self) -> None:
        """Stay at the end when the text grows, and when its room does or shrinks."""
        if self._follows and self.is_growing:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())


def _level(probability: float) -> int:
    if not math.isfinite(probability):
        return 0
    return min(_LEVELS - 1, max(0, int(probability * _LEVELS)))
