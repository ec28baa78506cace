"""What the network read, as labels of a time axis: characters, or words."""

from __future__ import annotations

import math

from PySide6.QtCore import QSizeF
from PySide6.QtWidgets import QGraphicsScene

from rnnviz.gui.plotting.axes.transform import Scale
from rnnviz.gui.plotting.axes.words import WordRow
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.tokens import LONGEST_WORD, short_word, visible_character

_LONGEST_NUMBER, _SHORTEST_CUT = 5, 6
_SLANT = 60.0
"""By how many degrees words rise where they cannot lie side by side."""
_LEAST_HEIGHT = 130
"""A plot that is lower, in designed pixels, has no room for words that rise."""


class CharacterAxis:
    """One character, or one word, below each whole place of the x axis.

    Where the characters do not fit, all are hidden and the plot labels positions instead: some
    characters out of a text would read as another text. Words rise at an angle where they cannot
    lie side by side, are cut, and where even so they would touch, only every second, third, ... is
    shown, the last one always.
    """

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self._theme = theme
        self._row = WordRow(scene)
        self._characters: list[str] = []
        self._visible: list[str] = []
        self._are_words = False
        self._slanted = False
        self._room_for_words = True
        self.restyle()

    @property
    def characters(self) -> list[str]:
        """The tokens as they were given."""
        return self._characters

    @property
    def are_words(self) -> bool:
        """Whether they are words."""
        return self._are_words

    def set_characters(self, characters: list[str], *, are_words: bool = False) -> None:
        """Take other tokens; :meth:`place` shows them."""
        self._characters = list(characters)
        self._are_words = are_words
        self._visible = [visible_character(character) for character in characters]

    def restyle(self) -> None:
        """Take type and colour from the theme."""
        self._row.set_style(self._theme.font("mono_small"), self._theme.palette.word_color("soft"))

    def choose_slant(self, size: QSizeF) -> None:
        """Let words rise, or lie, in a plot of this size.

        It depends on how many there are and not on which, so that the plot does not move as the
        network reads on.
        """
        level = len(self._visible) * self._width_of(_SHORTEST_CUT) <= 0.8 * size.width()
        self._slanted = self._are_words and not level
        self._room_for_words = level or size.height() >= self._theme.px(_LEAST_HEIGHT)

    @property
    def height(self) -> float:
        """The room that the labels take below the plot."""
        if not self._slanted or not self._room_for_words:
            return self._row.height
        slant = math.radians(_SLANT)
        return self._width_of(self._letters) * math.sin(slant) + self._row.height * math.cos(slant)

    @property
    def _letters(self) -> int:
        """The letters that there is room for; numbers, of which all are as long, need fewer."""
        are_numbers = all(text[:1].isdigit() for text in self._visible)
        return _LONGEST_NUMBER if are_numbers else LONGEST_WORD

    def fits(self, scale: Scale) -> bool:
        """Return whether they can be shown: all of the characters, or at least some words."""
        if not self._characters:
            return False
        if self._are_words:
            return self._room_for_words
        cell = abs(scale.place(1.0) - scale.place(0.0))
        return max(map(self._row.width_of, set(self._visible))) + 1.0 <= cell

    def place(self, scale: Scale, top: float) -> None:
        """Show each centred on its place, or ending there, with its upper edge at ``top``."""
        start, cell = scale.place(0.0), scale.place(1.0) - scale.place(0.0)
        all_of_them = range(len(self._visible) - 1, -1, -self._every(abs(cell)))[::-1]
        indices = [index for index in all_of_them if scale.low <= index <= scale.high]
        texts = [self._visible[index] for index in indices]
        if self._are_words:
            room = int((abs(cell) - self._width_of(0)) / self._row.width_of("n"))
            letters = self._letters if self._slanted else max(room, 2)
            texts = [short_word(text, letters) for text in texts]
        words = self._row.show(texts)
        self._row.set_slant(-_SLANT if self._slanted else 0.0)
        for index, word in zip(indices, words, strict=True):
            x = start + index * cell
            if self._slanted:
                word.move_end(x, top)
            else:
                word.move(x - self._row.width_of(word.text) / 2, top)

    def hide(self) -> None:
        """Show none."""
        self._row.show([])

    def _width_of(self, letters: int) -> float:
        """Return the width of a word of so many letters, with the gap to the next."""
        return letters * self._row.width_of("n") + self._theme.px(6)

    def _every(self, cell: float) -> int:
        """Return which words are shown: every one, every second, ..."""
        if not self._slanted:
            return 1
        # Lines this far apart do not touch: few letters reach both up and down.
        needed = 0.8 * self._row.height / math.sin(math.radians(_SLANT))
        return max(1, math.ceil(needed / cell - 0.05))
