"""How the claims of an experiment stand, run by run: in words, and as marks alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from rnnviz.gui.style.sign import Sign
from rnnviz.gui.style.sign_drawing import marker_pixmap, sign_pixmap
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.plain import PlainLabel

_BETWEEN = " \N{EM SPACE}\N{EN SPACE}"


@dataclass(frozen=True, slots=True)
class RunFindings:
    """How the claims of one run stand.

    Attributes
    ----------
    lines
        One a claim, with its mark.
    explanation
        What is said of them to who asks.
    name, sign
        Which run it is, where there are several; else empty and None.
    """

    lines: tuple[str, ...]
    explanation: str = ""
    name: str = ""
    sign: Sign | None = None

    @property
    def spoken(self) -> str:
        """All of it, for people who cannot see the table."""
        whose = self.name or "this run"
        return f"Measured in {whose}: {'; '.join(self.lines)}"


class FindingsTable(QWidget):
    """A row for each run: its sign, its name, and its claims in words.

    Parameters
    ----------
    theme
        Colours and type.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: Sequence[RunFindings] = ()
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(2, 1)

    def show_rows(self, rows: Sequence[RunFindings]) -> None:
        """Show these, and nothing of others."""
        self._shown = tuple(rows)
        while len(self._rows) < len(rows):
            self._rows.append(self._new_row())
        for place, labels in enumerate(self._rows):
            for label in labels:
                label.setVisible(place < len(rows))
        for (sign, name, claims), row in zip(self._rows, rows, strict=False):
            name.setText(row.name)
            # A line breaks between two findings, never within one.
            claims.setText(_BETWEEN.join(_unbroken(line) for line in row.lines))
            claims.setAccessibleName(row.spoken)
            for label in (name, claims):
                label.setToolTip(row.explanation)
                label.setAccessibleDescription(row.explanation)
            for label in (sign, name):
                label.setVisible(row.sign is not None)
        self._grid.setHorizontalSpacing(8 if any(row.sign for row in rows) else 0)
        self.restyle()

    def restyle(self) -> None:
        """Take colours and scale from the theme."""
        for (sign, _, _), row in zip(self._rows, self._shown, strict=False):
            if row.sign is not None:
                ratio = self.devicePixelRatioF()
                sign.setPixmap(sign_pixmap(row.sign, self._theme, "forward", ratio))

    def _new_row(self) -> tuple[QLabel, QLabel, QLabel]:
        place = len(self._rows)
        labels = PlainLabel(), PlainLabel(), PlainLabel()
        for label in labels[1:]:
            label.setProperty("small", True)
        labels[2].setWordWrap(True)
        labels[2].setObjectName(_numbered("experiment_findings", place))
        for column, label in enumerate(labels):
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(label, place, column)
        return labels


class FindingsMarks(QWidget):
    """The marks of each run's claims, beside the marker by which the run is told from others.

    Parameters
    ----------
    theme
        Colours and type.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: Sequence[RunFindings] = ()
        self._groups: list[tuple[QLabel, QLabel]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def show_rows(self, rows: Sequence[RunFindings]) -> None:
        """Show these, and nothing of others."""
        self._shown = tuple(rows)
        while len(self._groups) < len(rows):
            self._groups.append(self._new_group())
        for place, labels in enumerate(self._groups):
            for label in labels:
                label.setVisible(place < len(rows))
        for (sign, marks), row in zip(self._groups, rows, strict=False):
            marks.setText("\N{THIN SPACE}".join(line[0] for line in row.lines))
            marks.setToolTip("\n".join(filter(None, (row.name, *row.lines, "", row.explanation))))
            marks.setAccessibleName(row.spoken)
            sign.setVisible(row.sign is not None)
        self.restyle()

    def restyle(self) -> None:
        """Take colours and scale from the theme."""
        gap = self._theme.px(4)
        for place, ((sign, _), row) in enumerate(zip(self._groups, self._shown, strict=False)):
            if row.sign is not None:
                ratio = self.devicePixelRatioF()
                sign.setPixmap(marker_pixmap(row.sign, self._theme, "forward", ratio))
                sign.setContentsMargins(3 * gap if place else 0, 0, gap, 0)

    def _new_group(self) -> tuple[QLabel, QLabel]:
        sign, marks = QLabel(), PlainLabel()
        marks.setObjectName(_numbered("experiment_marks", len(self._groups)))
        marks.setProperty("words", "title")
        for label in (sign, marks):
            self._row.addWidget(label)
        return sign, marks


def _unbroken(line: str) -> str:
    return line.replace(" ", "\N{NO-BREAK SPACE}")


def _numbered(name: str, place: int) -> str:
    return f"{name}_{place + 1}" if place else name
