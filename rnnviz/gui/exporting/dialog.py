"""The dialog that says what an export will have, then how far it has come, and where it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.gui.jobs.dialog import JobDialog
from rnnviz.gui.panels.base.exports import PictureKind
from rnnviz.gui.style.theme import SPACING, Theme

_WIDTH = 480
_KINDS: dict[PictureKind, str] = {
    "png": "PNG, for slides and documents",
    "svg": "SVG, which can be enlarged and edited",
}


class ExportDialog(JobDialog):
    """Asks how to export, and shows how far that has come.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Signals
    -------
    folder_wanted()
        The folder that was written is to be shown.
    """

    folder_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("export", "Export all", "Choose a folder…", _WIDTH, theme, parent)
        self._offered = self._words("words")
        self._kind = QComboBox()
        self._kind.setObjectName("export_kind")
        self._kind.setAccessibleName("What the pictures are to be")
        for kind, words in _KINDS.items():
            self._kind.addItem(words, kind)
        self._progress.setAccessibleName("How far the export has come")
        self._open = self._button("open_folder", "Open the folder")
        self._open.clicked.connect(self.folder_wanted)
        self._open.hide()
        self._lay_out()
        self.show_ended()

    @property
    def kind(self) -> PictureKind:
        """What pictures are to be."""
        kind: PictureKind = self._kind.currentData()
        return kind

    def offer(self, words: str, can_export: bool) -> None:
        """Say what would be written, or that there is nothing."""
        self._start.setEnabled(can_export)
        if words != self._offered.text():
            self._offered.setText(words)
            self._fit()

    def show_writing(self, files: int) -> None:
        """Show the progress of an export that begins, of so many files."""
        self.say("")
        self._begin(files)

    def show_written(self, files: int) -> None:
        """Show how many files are written."""
        self._progress.setValue(files)

    def say(self, sentence: str, *, problem: bool = False, folder: Path | None = None) -> None:
        """Say what came of it, and offer to open the folder if there is one."""
        self._open.setVisible(folder is not None)
        super().say(sentence, problem=problem, folder=folder)

    def _show_under_way(self, under_way: bool) -> None:
        self._kind.setEnabled(not under_way)
        super()._show_under_way(under_way)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(SPACING)
        form.addRow("&Pictures", self._kind)
        buttons = QHBoxLayout()
        buttons.addWidget(self._open)
        buttons.addStretch(1)
        for button in (self._start, self._cancel, self._close):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACING] * 4)
        column.setSpacing(2 * SPACING)
        column.addWidget(self._offered)
        column.addLayout(form)
        column.addWidget(self._progress)
        column.addWidget(self._said)
        column.addLayout(buttons)
