"""The still part of a plot: ticks, grid lines, axis labels, notes and the words at the margin."""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene

from rnnviz.gui.plotting.axes.axis import Tick
from rnnviz.gui.plotting.axes.character_axis import CharacterAxis
from rnnviz.gui.plotting.axes.layers import LAYER_GRID
from rnnviz.gui.plotting.axes.transform import AxesTransform
from rnnviz.gui.plotting.axes.words import Word, WordRow
from rnnviz.gui.plotting.items.lines import HorizontalLine
from rnnviz.gui.plotting.items.paths import lines_path
from rnnviz.gui.plotting.view.color_bar import ColorBar
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import FontRole, Theme
from rnnviz.gui.wording.tokens import short_word, visible_character

BarShown = Literal["with data", "always", "never"]
"""When the bar of a heat map stands beside it."""
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]

_CORNERS: tuple[Corner, ...] = ("top_left", "top_right", "bottom_left", "bottom_right")
_CROWDED = 0.75
"""Rows this share of a line's height apart can still be labelled: few characters fill it."""
_LEAST_LEFT, _LEAST_RIGHT = 40, 12
"""Room at the left that suits most numbers, so that plots above each other begin alike."""
_MOST_INTERVALS = 6
"""More than seven ticks make an axis no easier to read."""
_FARTHEST = 1.5
"""How many of its heights a name at the margin may stand off its line before lines are left out."""
_STRAY = 3.0
"""So far words may rise above the plot's widget, for nothing stands so high in their line."""


class PlotFrame:
    """Everything around and under the data; touched only when a range or the size changes."""

    def __init__(self, scene: QGraphicsScene, theme: Theme, mapping: AxesTransform) -> None:
        self._theme = theme
        self._mapping = mapping
        self._scene = scene
        self._grid = QGraphicsPathItem()
        self._grid.setZValue(LAYER_GRID)
        scene.addItem(self._grid)
        self._x_words = WordRow(scene)
        self._y_words = WordRow(scene)
        self._margin_words: dict[int, Word] = {}
        self._x_label = Word(scene)
        self._y_label = Word(scene)
        self._y_label.item.setRotation(-90)
        self._notes: dict[Corner, tuple[Word, ColorRole]] = {
            corner: (Word(scene), "soft") for corner in _CORNERS
        }
        self._left = 0.0
        self._right = 0.0
        self.characters = CharacterAxis(scene, theme)
        self._row_characters: list[str] = []
        self._row_font: FontRole = "small"
        self.color_bar: ColorBar | None = None
        self.color_bar_shown: BarShown = "with data"
        self.has_marks = False
        self.restyle()

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        theme, palette = self._theme, self._theme.palette
        small = theme.font("small")
        self._grid.setPen(QPen(palette.color("line"), 1.0))
        self._x_words.set_style(small, palette.color("soft"))
        self._y_words.set_style(theme.font(self._row_font), palette.color("soft"))
        for word in (self._x_label, self._y_label):
            word.set_style(small, palette.color("soft"))
        for word, role in self._notes.values():
            word.set_style(small, palette.word_color(role))
        for word in self._margin_words.values():
            word.set_style(small, palette.color("soft"))
        self.characters.restyle()
        if self.color_bar is not None:
            self.color_bar.restyle()
        self.forget_margins()

    def forget_margins(self) -> None:
        """Let the margins become narrower at the next layout."""
        self._left = self._right = 0.0

    def set_row_characters(self, characters: list[str], *, are_words: bool) -> bool:
        """Label the rows of y with characters, or words; return whether that needs other room."""
        visible = [visible_character(character) for character in characters]
        if are_words:
            visible = [short_word(word) for word in visible]
        before, self._row_characters = self._row_characters, visible
        if before == visible:
            return False
        ticks = self._y_ticks(self._mapping.rect.height())
        if len(before) != len(visible) or self._left_room(ticks) > self._left:
            return True
        self._place_y(ticks)
        return False

    def set_note(self, text: str, corner: Corner, role: ColorRole, *, blank: bool) -> bool:
        """Write small words into a corner of the margins; return whether that needs other room."""
        word, _ = self._notes[corner]
        had_row = bool(word.text)
        self._notes[corner] = (word, role)
        word.set_style(self._theme.font("small"), self._theme.palette.word_color(role))
        word.set_text(text)
        if had_row != bool(text):
            return True
        self._place_notes(blank)
        return False

    def note(self, corner: Corner) -> str:
        """Return the words in a corner."""
        return self._notes[corner][0].text

    def lay_out(self, size: QRectF, levels: list[HorizontalLine], *, blank: bool) -> None:
        """Divide the room between the data and the words around them.

        Parameters
        ----------
        size
            The whole room.
        levels
            The level lines, whose names may need room at the right.
        blank
            Whether there is nothing to show but a message: no ticks, no grid.
        """
        self.characters.choose_slant(size.size())
        top, bottom = self._upper_room(), self._lower_room(blank)
        height = max(size.height() - top - bottom, 10.0)
        y_ticks = [] if blank else self._y_ticks(height)
        self._grow_margins(y_ticks, levels)
        width = max(size.width() - self._left - self._right, 10.0)
        self._mapping.lay_out(QRectF(round(self._left), round(top), round(width), round(height)))
        if self._mapping.equal and not blank:
            # How much is visible is known only now.
            y_ticks = self._y_ticks(height)
        self._place_y(y_ticks)
        self._place_x(blank, self._names_reach_below(levels))
        self._place_notes(blank)
        self.place_margin_labels(levels)
        if self.color_bar is None:
            return
        # A message that stands in the middle of all may stand where the bar could be.
        if self.color_bar_shown == "always" or (self.color_bar_shown == "with data" and not blank):
            self.color_bar.place(self._mapping.rect)
        else:
            self.color_bar.hide()

    @property
    def color_bar_room(self) -> float:
        """How much narrower the bar makes the plot; 0 where there is none."""
        if self.color_bar is None:
            return 0.0
        return max(self.color_bar.width + self._theme.px(2) - self._theme.px(_LEAST_RIGHT), 0.0)

    def needs_right(self, levels: list[HorizontalLine]) -> bool:
        """Return whether a name at the margin has become wider than its room."""
        return self._right_room(levels) > self._right

    def place_margin_labels(self, levels: list[HorizontalLine]) -> None:
        """Write the names of level lines beside their ends, pushed apart where they would touch.

        Where that would push one too far, lines between the uppermost and the lowest are left out,
        with their names, and at last all but the uppermost.
        """
        named = [line for line in levels if line.label_on == "margin" and line.label]
        for line in named:
            word = self._margin_words.get(id(line))
            if word is None:
                word = self._margin_words[id(line)] = Word(self._scene)
            word.set_style(self._theme.font("small"), self._theme.palette.word_color(line.role))
        places = self._margin_places(levels)
        for line in named:
            word = self._margin_words[id(line)]
            line.leave_out(line.shown and line not in places)
            top = places.get(line, -math.inf) - self._x_words.height / 2
            word.set_text(line.label or "")
            # In the lowest plots there is no room for all.
            word.set_visible(top >= -_STRAY)
            if word.item.isVisible():
                word.move(self._mapping.rect.right() + self._theme.px(8), top)

    def _margin_places(self, levels: list[HorizontalLine]) -> dict[HorizontalLine, float]:
        """Return which lines have their names at the margin, and where the middle of each is."""
        shown = [line for line in levels if line.label_on == "margin" and line.label and line.shown]
        shown.sort(key=lambda line: line.pixel)
        rect, height = self._mapping.rect, self._x_words.height
        lowest = rect.bottom() + (height if self._names_reach_below(levels) else 0)
        while True:
            wanted = [line.pixel for line in shown]
            centres = spread_apart(wanted, height * 0.95, rect.top(), lowest)
            off = [abs(to - place) for to, place in zip(centres, wanted, strict=True)]
            if len(shown) <= 1 or max(off) <= _FARTHEST * height:
                return dict(zip(shown, centres, strict=True))
            # The lowest is worth more than what lies above it: it is the harder to reach.
            del shown[1]

    def _names_reach_below(self, levels: list[HorizontalLine]) -> bool:
        """Tell whether the names at the margin need more than the plot's height."""
        names = sum(
            line.label_on == "margin" and bool(line.label) and line.shown for line in levels
        )
        return names * self._x_words.height > self._mapping.rect.height()

    def margin_label_rects(self) -> list[QRectF]:
        """Return where the names at the margin stand."""
        words = [word for word in self._margin_words.values() if word.item.isVisible()]
        return [QRectF(w.item.x(), w.item.y(), w.width, w.height) for w in words]

    def _upper_room(self) -> float:
        noted = any(self.note(corner) for corner in ("top_left", "top_right"))
        room = self._x_words.height if noted else self._theme.px(8)
        return room + (self._theme.px(5) if self.has_marks else 0)

    def _lower_room(self, blank: bool) -> float:
        if blank:
            return float(self._theme.px(8))
        second = self._x_label.text or self.note("bottom_left") or self.note("bottom_right")
        self._x_label.set_text(self._mapping.x.axis.label)
        second = second or self._x_label.text
        row = self._x_words.height
        return self._theme.px(4) + self._labels_height + (row if second else self._theme.px(4))

    @property
    def _labels_height(self) -> float:
        """The room below the plot for the labels of x: numbers, or what the network read."""
        return max(self._x_words.height, self.characters.height if self.characters.are_words else 0)

    def _y_ticks(self, height: float) -> list[Tick]:
        scale = self._mapping.y
        rows = scale.range.high - scale.range.low
        named = bool(self._row_characters) and height >= rows * _CROWDED * self._x_words.height
        font: FontRole = "mono_small" if named else "small"
        if font != self._row_font:
            self._row_font = font
            self._y_words.set_style(self._theme.font(font), self._theme.palette.color("soft"))
        if named:
            return [Tick(float(row), text) for row, text in enumerate(self._row_characters)]
        most = max(2, min(_MOST_INTERVALS, int(height / (1.75 * self._y_words.height))))
        return scale.axis.ticks(scale.low, scale.high, most)

    def _grow_margins(self, y_ticks: list[Tick], levels: list[HorizontalLine]) -> None:
        self._y_label.set_text(self._mapping.y.axis.label if y_ticks else "")
        # Margins only grow: numbers that gain and lose a digit must not shake the plot.
        room = self._left_room(y_ticks)
        self._left = max(self._left, room, float(self._theme.px(_LEAST_LEFT)))
        self._right = max(self._right, self._right_room(levels))

    def _left_room(self, y_ticks: list[Tick]) -> float:
        widest = max((self._y_words.width_of(tick.text) for tick in y_ticks), default=0.0)
        room = widest + self._theme.px(8)
        return room + self._y_words.height + self._theme.px(3) if self._y_label.text else room

    def _right_room(self, levels: list[HorizontalLine]) -> float:
        room = float(self._theme.px(_LEAST_RIGHT))
        if self.color_bar is not None:
            return room + (0.0 if self.color_bar_shown == "never" else self.color_bar_room)
        names = [
            self._x_words.width_of(line.label)
            for line in levels
            if line.label_on == "margin" and line.label and line.visible and line.value is not None
        ]
        return max([room, *(width + self._theme.px(12) for width in names)])

    def _place_y(self, ticks: list[Tick]) -> None:
        rect, scale = self._mapping.rect, self._mapping.y
        height = self._y_words.height
        kept: list[tuple[Tick, float]] = []
        for tick in ticks:
            y = scale.place(tick.position)
            if rect.top() - 1 <= y <= rect.bottom() + 1:
                kept.append((tick, y))
        for (_, y), word in zip(kept, self._y_words.show([t.text for t, _ in kept]), strict=True):
            word.move(rect.left() - self._theme.px(8) - word.width, y - height / 2)
        pictured = self.color_bar is not None
        lines = [] if pictured else [int(y) + 0.5 for _, y in kept]
        # An empty path would be written into SVG files, where it is an error.
        self._grid.setVisible(bool(lines))
        self._grid.setPath(lines_path([(rect.left(), y, rect.right(), y) for y in lines]))
        # In a low plot the words would be cut off at both ends.
        fits = self._y_label.width <= 2 * rect.center().y()
        self._y_label.set_visible(fits)
        if self._y_label.text and fits:
            x = rect.left() - self._left
            self._y_label.move(x, rect.center().y() + self._y_label.width / 2)

    def _place_x(self, blank: bool, is_narrow: bool) -> None:
        scale, rect = self._mapping.x, self._mapping.rect
        top = rect.bottom() + self._theme.px(4)
        if blank:
            self.characters.hide()
            self._x_words.show([])
            return
        if self.characters.fits(scale):
            self._x_words.show([])
            self.characters.place(scale, top)
            return
        self.characters.hide()
        ticks = self._x_ticks(rect.width())
        placed = [
            (tick, scale.place(tick.position) - self._x_words.width_of(tick.text) / 2)
            for tick in ticks
        ]
        right = rect.right() + (self._theme.px(4) if is_narrow else self._right)
        placed = [(tick, x) for tick, x in placed if x + self._x_words.width_of(tick.text) <= right]
        words = self._x_words.show([tick.text for tick, _ in placed])
        for (_, x), word in zip(placed, words, strict=True):
            word.move(x, top)

    def _x_ticks(self, width: float) -> list[Tick]:
        """Return the most ticks whose words have room between them."""
        scale = self._mapping.x
        gap = self._theme.px(20)
        ticks: list[Tick] = []
        for most in range(_MOST_INTERVALS, 0, -1):
            ticks = scale.axis.ticks(scale.low, scale.high, most)
            wide = max((self._x_words.width_of(tick.text) for tick in ticks), default=0.0)
            if len(ticks) * (wide + gap) <= width or len(ticks) <= 2:
                break
        return ticks

    def _place_notes(self, blank: bool) -> None:
        rect = self._mapping.rect
        row = self._x_words.height
        below = rect.bottom() + self._theme.px(4) + self._labels_height
        taken: list[tuple[float, float]] = []
        for corner, (word, _) in self._notes.items():
            word.set_visible(bool(word.text) and not blank and not self._gives_way(corner))
            x = rect.left() if corner.endswith("left") else rect.right() - word.width
            y = rect.top() - row - (self._theme.px(5) if self.has_marks else 0)
            word.move(x, below if corner.startswith("bottom") else y)
            if corner.startswith("bottom") and word.text and not self._gives_way(corner):
                taken.append((x - self._theme.px(12), x + word.width + self._theme.px(12)))
        width = self._x_label.width
        centre = rect.center().x() - width / 2
        places = [centre, rect.right() - width, rect.left()]
        free = [x for x in places if all(x >= b or x + width <= a for a, b in taken)]
        self._x_label.set_visible(bool(free) and not blank)
        if free:
            self._x_label.move(free[0], below)

    def _gives_way(self, corner: Corner) -> bool:
        """Tell whether a note at the left has no room beside the one at the right."""
        beside: dict[Corner, Corner] = {"top_left": "top_right", "bottom_left": "bottom_right"}
        if corner not in beside or not self.note(beside[corner]):
            return False
        widths = (self._notes[one][0].width for one in (corner, beside[corner]))
        return sum(widths) + self._theme.px(8) > self._mapping.rect.width()


def spread_apart(wanted: list[float], distance: float, low: float, high: float) -> list[float]:
    """Return places near the wanted ones, in their order, at least a distance apart.

    Neighbours that would touch are joined into a group that is centred on what its members wanted.

    Parameters
    ----------
    wanted
        Ascending places.
    distance
        The least distance between two of them.
    low, high
        Where the first and the last may be at the utmost.
    """
    # Each group is the sum of what its members wanted, how many they are, and its centre.
    groups: list[tuple[float, int, float]] = []
    for place in wanted:
        total, count = place, 1
        while True:
            half = (count - 1) / 2 * distance
            centre = total / count
            if high - low >= 2 * half:
                centre = max(low + half, min(centre, high - half))
            if not groups:
                break
            other_total, members, other = groups[-1]
            if centre - half >= other + (members + 1) / 2 * distance:
                break
            groups.pop()
            total, count = total + other_total, count + members
        groups.append((total, count, centre))
    return [
        centre + (index - (count - 1) / 2) * distance
        for _, count, centre in groups
        for index in range(count)
    ]
