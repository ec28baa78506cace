"""The table of a gradient check: one row a parameter, filled as the check comes along."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells.declaration import Role
from rnnviz.core.gradient_check import ParameterCheck
from rnnviz.core.parameters import Shape, layer_of, letter_of
from rnnviz.diagnostics.gradient_report import Verdict, short, verdict_of
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.parameters import parameter_name

_ROW = 28
_MOST_ROWS = 14
_COLUMNS = ("Gradient of", "What it is", "Shape", "Compared", "Relative error", "Verdict")
_NAME, _MEANING, _SHAPE, _COMPARED, _ERROR, _VERDICT = range(len(_COLUMNS))
_NUMBERS = (_SHAPE, _COMPARED, _ERROR)
_UNKNOWN = "\N{EN DASH}"


class GradientCheckTable(QTableWidget):
    """Names every parameter of a network, and says of each how its gradient compares.

    Parameters
    ----------
    theme
        Colours and type; whoever holds the table has it taken up with `restyle`.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, len(_COLUMNS))
        self._theme = theme
        self._shapes: dict[str, Shape] = {}
        self.setObjectName("gradient_check_table")
        self.setAccessibleName("Every gradient, and how far it is from central differences")
        self.setProperty("card", True)
        self.setHorizontalHeaderLabels(_COLUMNS)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_MEANING, QHeaderView.ResizeMode.Stretch)
        for column in range(len(_COLUMNS)):
            item = self.horizontalHeaderItem(column)
            assert item is not None
            item.setTextAlignment(_alignment(column))

    def begin(self, architecture: Architecture) -> None:
        """Name every parameter of a network, of which nothing is known yet."""
        self._shapes = architecture.parameter_shapes()
        roles = architecture.kind.roles()
        self.setRowCount(len(self._shapes))
        for row, (name, shape) in enumerate(self._shapes.items()):
            called = parameter_name(name, architecture.num_layers)
            meaning = _meaning(roles[letter_of(name)], layer_of(name))
            cells = (called, meaning, _in_words(shape), *(_UNKNOWN,) * 3)
            for column, text in enumerate(cells):
                self.setItem(row, column, QTableWidgetItem(text))

    def show_check(self, check: ParameterCheck) -> None:
        """Fill one parameter's row."""
        row = list(self._shapes).index(check.name)
        size = math.prod(self._shapes[check.name])
        left_out = f", {check.left_out:,} left out" if check.left_out else ""
        self._cell(row, _COMPARED).setText(f"{check.entries:,} of {size:,}{left_out}")
        self._cell(row, _ERROR).setText(short(check.relative_error))
        verdict = verdict_of(check)
        self._cell(row, _VERDICT).setText(verdict.value)
        self._cell(row, _VERDICT).setData(Qt.ItemDataRole.UserRole, verdict.name)
        if check.left_out:
            self._cell(row, _COMPARED).setToolTip(
                "Numbers whose differences at two distances contradict each other are left out."
            )
        self._restyle_row(row)

    @property
    def compared(self) -> int:
        """How many parameters' gradients have been compared."""
        rows = range(self.rowCount())
        return sum(self._cell(row, _ERROR).text() != _UNKNOWN for row in rows)

    def as_lines(self) -> list[str]:
        """Return the head and the rows as lines, columns apart by tabs."""
        columns = range(len(_COLUMNS))
        rows = [
            "\t".join(self._cell(row, column).text() for column in columns)
            for row in range(self.rowCount())
        ]
        return ["\t".join(_COLUMNS), *rows]

    def restyle(self) -> None:
        """Take colours and type from the theme, and room for the rows, or for many of them."""
        height = self._theme.px(_ROW)
        self.verticalHeader().setDefaultSectionSize(height)
        shown = min(self.rowCount(), _MOST_ROWS)
        head = self.horizontalHeader().sizeHint().height()
        self.setMinimumHeight(shown * height + head + height)
        for row in range(self.rowCount()):
            self._restyle_row(row)

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None
        return item

    def _restyle_row(self, row: int) -> None:
        theme, palette = self._theme, self._theme.palette
        verdict = self._cell(row, _VERDICT).data(Qt.ItemDataRole.UserRole)
        differs = verdict == Verdict.DIFFERS.name
        for column in range(len(_COLUMNS)):
            item = self._cell(row, column)
            item.setTextAlignment(_alignment(column))
            font = theme.font("mono_small" if column in _NUMBERS else "body")
            font.setBold(column == _NAME or (differs and column in (_ERROR, _VERDICT)))
            item.setFont(font)
            color = palette.ink if verdict or column == _NAME else palette.soft
            if differs and column in (_ERROR, _VERDICT):
                color = palette.threshold
            item.setForeground(QColor(color))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _in_words(shape: Shape) -> str:
    """Return a shape as the textbook has it: outputs by inputs, the transpose of what is stored."""
    return " \N{MULTIPLICATION SIGN} ".join(f"{length:,}" for length in reversed(shape))


_MEANINGS: dict[Role, str] = {
    "input": "input to hidden",
    "bias": "bias of the hidden layer",
    "recurrent": "hidden to hidden",
    "recurrent bias": "recurrent bias",
    "output": "hidden to output",
    "output bias": "bias of the output",
}


def _meaning(role: Role, layer: int | None) -> str:
    """Say what a parameter connects."""
    if role == "input" and layer is not None and layer > 1:
        return f"layer {layer - 1} to layer {layer}"
    return _MEANINGS[role]
