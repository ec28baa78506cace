"""The window's characters as labels of a time axis."""

from __future__ import annotations

from PySide6.QtWidgets import QGraphicsScene

from rnnviz.gui.plotting.mapping import Scale
from rnnviz.gui.plotting.words import WordRow
from rnnviz.gui.theme import Theme

_VISIBLE = {" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥", "\N{NO-BREAK SPACE}": "␣", "": "·"}


def visible_character(character: str) -> str:
    """Return a character as something that can be seen: a space as ``␣``, a new line as ``↵``.

    A character that prints nothing is written as its number; a longer token has its
    blanks replaced.
    """
    if len(character) > 1:
        return "".join(visible_character(part) for part in character)
    if character in _VISIBLE:
        return _VISIBLE[character]
    return character if character.isprintable() else f"\\x{ord(character):02x}"


class CharacterAxis:
    """One character below each whole place of the x axis.

    Where they do not fit, all are hidden and the plot labels positions instead: some characters out
    of a text would read as another text.
    """

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self._theme = theme
        self._row = WordRow(scene)
        self._characters: list[str] = []
        self._visible: list[str] = []
        self.restyle()

    @property
    def characters(self) -> list[str]:
        """The characters as they were given."""
        return self._characters

    def set_characters(self, characters: list[str]) -> None:
        """Take other characters; :meth:`place` shows them."""
        if characters != self._characters:
            self._characters = list(characters)
            self._visible = [visible_character(character) for character in characters]

    def restyle(self) -> None:
        """Take type and colour from the theme."""
        self._row.set_style(self._theme.font("mono_small"), self._theme.palette.word_color("soft"))

    def fits(self, scale: Scale) -> bool:
        """Return whether all characters can stand side by side."""
        if not self._characters:
            return False
        cell = abs(scale.place(1.0) - scale.place(0.0))
        return max(map(self._row.width_of, set(self._visible))) + 1.0 <= cell

    def place(self, scale: Scale, top: float) -> None:
        """Show every character, centred on its place, with its upper edge at ``top``."""
        start, cell = scale.place(0.0), scale.place(1.0) - scale.place(0.0)
        for index, word in enumerate(self._row.show(self._visible)):
            width = self._row.width_of(self._visible[index])
            word.move(start + index * cell - width / 2, top)

    def hide(self) -> None:
        """Show none."""
        self._row.show([])
