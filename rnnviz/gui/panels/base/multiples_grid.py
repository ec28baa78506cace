"""Where small multiples stand: in equal cells, each with a caption that says whose it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QRegion, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.gui.plotting.items.short_names import short_names
from rnnviz.gui.style.palette import Flow
from rnnviz.gui.style.sign import Sign
from rnnviz.gui.style.sign_drawing import sign_pixmap
from rnnviz.gui.style.theme import FontRole, Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.widgets.plain import PlainLabel

_CAPTION, _SECOND_LINE = 24, 18
_GAP, _INDENT, _BETWEEN = 8, 8, 6
_LONG_STEP = "step 100,000"
# So many steps can be told in thousands.
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Form:
    """How all captions of a grid are written.

    Attributes
    ----------
    font
        Of the names.
    two_lines
        Whether the name stands below sign and step, and not between them.
    """

    font: FontRole
    two_lines: bool


# The first in which there is room for all that is said; the last one in any case.
_FORMS = tuple(Form(font, lines) for lines in (False, True) for font in ("body", "small"))


@dataclass(frozen=True, slots=True)
class Caption:
    """What is said above a small multiple.

    Attributes
    ----------
    name, sign
        The run's.
    step
        Of which step the picture is; None where all are of the same.
    in_front
        Whether the run is the one that other panels show alone.
    """

    name: str
    sign: Sign
    step: int | None
    in_front: bool


def grid_for(
    count: int, width: float, height: float, least: tuple[int, int]
) -> tuple[int, int, int]:
    """Choose the grid in which the cells are largest.

    Parameters
    ----------
    count
        How many cells there should be, at least one.
    width, height
        The room, in designed pixels.
    least
        The width and height that a cell may have at the least.

    Returns
    -------
    tuple of int
        Columns, rows, and how many cells there are: fewer where they would be too small, but one.
    """

    def size(columns: int, rows: int) -> float:
        """Return how many times as large as the least a cell is, in its tighter direction."""
        return min(width / columns / least[0], height / rows / least[1])

    for shown in range(count, 0, -1):
        shapes = [(math.ceil(shown / rows), rows) for rows in range(1, shown + 1)]
        # An empty place is room that is lost to all.
        fitting = [
            (size(*shape) * shown / math.prod(shape), shape)
            for shape in shapes
            if size(*shape) >= 1
        ]
        if fitting:
            _, (columns, rows) = max(fitting)
            return columns, rows, shown
    return 1, 1, 1


class Cell(QWidget):
    """One small multiple below its caption.

    Parameters
    ----------
    content
        The widget that shows one run.
    theme
        Colours and type.
    flow
        In which family of colours the runs are told apart.
    parent
        The grid.
    """

    def __init__(self, content: QWidget, theme: Theme, flow: Flow, parent: QWidget) -> None:
        super().__init__(parent)
        self.content = content
        self._theme = theme
        self._flow: Flow = flow
        self._said: Caption | None = None
        self._names: Sequence[str] = ()
        self._form, self._width = _FORMS[0], 0
        self.ends_row = True
        """Whether it stands in the last column."""
        self.above = QWidget(self)
        self.above.hide()
        self._sign = QLabel(self.above)
        self._name = PlainLabel(parent=self.above)
        self._step = QLabel(self.above)
        self._step.setProperty("words", "small")
        self._step.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        content.setParent(self)
        content.show()

    @property
    def caption(self) -> Caption | None:
        """What is said above it; None where it stands alone."""
        return self._said

    def say(self, caption: Caption | None, names: Sequence[str]) -> bool:
        """Say whose it is; with None, nothing. Return whether that may need another layout.

        Where its name is too long, it is cut to differ from the others among `names`.
        """
        before, self._said = self._said, caption
        are_others, self._names = names != self._names, names
        if before == caption and not are_others:
            return False
        if before and caption and replace(before, step=caption.step) == caption and not are_others:
            # The step alone is another one, as it is all the time.
            self._place_words(caption)
            return (before.step is None) != (caption.step is None)
        self.restyle()
        return True

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        said, theme = self._said, self._theme
        self.above.setVisible(said is not None)
        if said is not None:
            ratio = self.devicePixelRatioF()
            self._sign.setPixmap(sign_pixmap(said.sign, theme, self._flow, ratio))
            self._step.setFont(theme.font("small"))

    def room_needed(self, form: Form) -> float:
        """Return how many pixels the caption takes where nothing of it is left out."""
        if self._said is None:
            return 0.0
        gap = self._theme.px(_BETWEEN)
        name = QFontMetricsF(self._name_font(form)).horizontalAdvance(self._said.name)
        if form.two_lines:
            return self._theme.px(_INDENT) + name + gap
        # Not only for now: steps become longer.
        steps = 0.0 if self._said.step is None else self._step_width(_LONG_STEP) + gap
        return self._after_sign + name + steps + gap

    def lay_out(self, form: Form, width: float) -> None:
        """Divide the room between caption, which is as wide as those of others, and content."""
        self._form, self._width, height = form, math.floor(width), 0
        if self._said is not None:
            height = self._theme.px(_CAPTION + (_SECOND_LINE if form.two_lines else 0))
        self.above.setGeometry(0, 0, self.width(), height)
        if self._said is not None:
            self._place_words(self._said)
        self.content.setGeometry(0, height, self.width(), max(self.height() - height, 1))

    @property
    def _after_sign(self) -> int:
        return self._theme.px(_INDENT) + self._sign.sizeHint().width() + self._theme.px(_BETWEEN)

    def _step_width(self, words: str) -> int:
        return math.ceil(QFontMetricsF(self._step.font()).horizontalAdvance(words))

    def _name_font(self, form: Form) -> QFont:
        font = self._theme.font(form.font)
        font.setBold(self._said is not None and self._said.in_front)
        return font

    def _place_words(self, said: Caption) -> None:
        """Write what is said of the step, and the name as far as there is room."""
        gap, line = self._theme.px(_BETWEEN), self._theme.px(_CAPTION)
        indent, left, right = self._theme.px(_INDENT), self._after_sign, self._width - gap
        line -= gap // 3 if self._form.two_lines else 0
        self._sign.setGeometry(indent, 0, left - gap - indent, line)
        ways = () if said.step is None else _ways_to_say(said.step)
        words = next((way for way in ways if self._step_width(way) <= right - left), "")
        width = self._step_width(words) if words else 0
        self._step.setText(words)
        if self._form.two_lines:
            self._step.setGeometry(left, 0, width, line)
            place = QRect(indent, line, right - indent, self._theme.px(_SECOND_LINE))
        else:
            self._step.setGeometry(right - width, 0, width, line)
            place = QRect(left, 0, right - left - (width + gap if width else 0), line)
        self._name.setFont(self._name_font(self._form))
        metrics = QFontMetricsF(self._name.font())
        room = max(place.width(), 0)
        name = short_names(self._names, room, metrics)[self._names.index(said.name)]
        self._name.setText(name)
        self._name.setToolTip(said.name if name != said.name else "")
        self._name.setAccessibleName(said.name)
        self._name.setGeometry(place)


class MultiplesGrid(QWidget):
    """Equal cells side by side, in as many rows as leave them largest.

    Where there is no room for all, it says how many are left out; the one in front never is.

    Parameters
    ----------
    theme
        Colours and type.
    flow
        In which family of colours the runs are told apart.
    least_cell
        How narrow and how low a cell may become, in designed pixels, its caption included.

    Signals
    -------
    laid_out()
        The cells have another size.
    """

    laid_out = Signal()

    def __init__(self, theme: Theme, flow: Flow, least_cell: tuple[int, int]) -> None:
        super().__init__()
        self._least_cell = least_cell
        self._theme = theme
        self._flow: Flow = flow
        self._cells: list[Cell] = []
        self._spare = 0.0
        self._left_out = QLabel(self)
        self._left_out.setProperty("words", "small")
        self._left_out.hide()
        theme.changed.connect(self._restyle)

    @property
    def shown(self) -> list[Cell]:
        """The cells that there is room for, in their order."""
        return [cell for cell in self._cells if not cell.isHidden()]

    @property
    def left_out(self) -> str:
        """What is said of those that there is no room for; empty where all are shown."""
        return "" if self._left_out.isHidden() else self._left_out.text()

    def show_all(self, contents: Sequence[tuple[QWidget, Caption]], spare: float = 0.0) -> None:
        """Show these widgets in this order, and delete all others; one alone has no caption.

        Parameters
        ----------
        contents
            The widgets, and what is said of each.
        spare
            By how many pixels the last column is wider, for what it shows for the whole row.
        """
        before = {cell.content: cell for cell in self._cells}
        cells = [
            before.pop(content)
            if content in before
            else Cell(content, self._theme, self._flow, self)
            for content, _ in contents
        ]
        for cell in before.values():
            cell.hide()
            destroy_later(cell)
        names = [caption.name for _, caption in contents]
        anew = [
            cell.say(caption if len(contents) > 1 else None, names)
            for cell, (_, caption) in zip(cells, contents, strict=True)
        ]
        if any(anew) or (cells, spare) != (self._cells, self._spare):
            self._cells, self._spare = cells, spare
            self.lay_out()

    def lay_out(self) -> None:
        """Give every cell its place."""
        if not self._cells:
            return
        theme, count = self._theme, len(self._cells)
        gap, below = theme.px(_GAP), self._left_out.sizeHint().height()
        width, height = self.width() - self._spare, self.height()
        columns, rows, shown = self._grid_for(width, height)
        self._left_out.setVisible(shown < count)
        if shown < count:
            height -= below
            columns, rows, shown = self._grid_for(width, height)
            room = self.width() - theme.px(_INDENT)
            self._left_out.setText(_words_about(count - shown, self._left_out.font(), room))
            self._left_out.setGeometry(theme.px(_INDENT), height, room, below)
        seen = self._first(shown)
        for cell in self._cells:
            cell.setVisible(cell in seen)
        common = (width + gap) / columns - gap
        form = self._form_of(seen, common)
        for place, cell in enumerate(seen):
            row, column = divmod(place, columns)
            left, right = (round((c * (width + gap)) / columns) for c in (column, column + 1))
            top, bottom = (round((r * (height + gap)) / rows) for r in (row, row + 1))
            cell.ends_row = column == columns - 1
            right += round(self._spare) if cell.ends_row else 0
            cell.setGeometry(QRect(left, top, right - left - gap, bottom - top - gap))
            cell.lay_out(form, common)
        self.laid_out.emit()

    def paint_words(self, painter: QPainter, within: QWidget) -> None:
        """Paint what is said of the cells for a file, where they stand in a widget around them."""
        for words in (*(cell.above for cell in self.shown), self._left_out):
            if not words.isHidden():
                painter.save()
                painter.translate(words.mapTo(within, QPoint()))
                flag = QWidget.RenderFlag.DrawChildren
                words.render(painter, QPoint(), QRegion(), flag)
                painter.restore()

    def _grid_for(self, width: float, height: float) -> tuple[int, int, int]:
        scale = self._theme.scale
        return grid_for(len(self._cells), width / scale, height / scale, self._least_cell)

    def _form_of(self, cells: Sequence[Cell], width: float) -> Form:
        """Choose the form in which most is said of all."""
        fitting = (f for f in _FORMS if all(cell.room_needed(f) <= width for cell in cells))
        return next(fitting, _FORMS[-1])

    def _first(self, count: int) -> list[Cell]:
        """Return so many cells in their order, the one in front among them."""
        chosen = self._cells[:count]
        in_front = [c for c in self._cells[count:] if c.caption is not None and c.caption.in_front]
        return [*chosen[: count - len(in_front)], *in_front]

    def _restyle(self) -> None:
        self._left_out.setFont(self._theme.font("small"))
        for cell in self._cells:
            cell.restyle()
        self.lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every cell its place in the new room."""
        super().resizeEvent(event)
        self.lay_out()


def _words_about(count: int, font: QFont, room: int) -> str:
    """Say that runs are left out, and what helps if there is room to say it."""
    runs = "1 run has" if count == 1 else f"{count} runs have"
    larger = f": make the panel larger to see {'it' if count == 1 else 'them'}"
    width = QFontMetricsF(font).horizontalAdvance
    forms = (f"{runs} no room here{larger}.", f"{runs} no room here.", f"{count} more")
    return next((words for words in forms if width(words) <= room), forms[-1])


def _ways_to_say(step: int) -> tuple[str, ...]:
    """Return ways to name a step, the longest first: a number that is cut would be another one."""
    in_thousands = (f"{step / 1000:,.0f}k",) if step >= _MANY else ()
    return f"step {step:,}", f"{step:,}", *in_thousands
