"""The dialog that says what an export will have, then how far it has come, and where it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from rnnviz.gui.jobs.dialog import JobDialog
from rnnviz.gui.panels.base.exports import PictureKind
from rnnviz.gui.style.theme import SPACING, Theme

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

    NAME, TITLE, START = "export", "Export all", "Choose a folder…"
    PROGRESS = "How far the export has come"
    WIDTH = 480

    folder_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._offered = self._words("words")
        self._kind = QComboBox()
        self._kind.setObjectName("export_kind")
        self._kind.setAccessibleName("What the pictures are to be")
        for kind, words in _KINDS.items():
            self._kind.addItem(words, kind)
        self._open = self._button("open_folder", "Open the folder")
        self._open.clicked.connect(self.folder_wanted)
        self._open.hide()
        pictures = QWidget()
        form = QFormLayout(pictures)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACING)
        form.addRow("&Pictures", self._kind)
        self._lay_out((self._offered, pictures), self._open)

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

    def say(self, sentence: str, *, problem: bool = False, folder: Path | None = None) -> None:
        """Say what came of it, and offer to open the folder if there is one."""
        self._open.setVisible(folder is not None)
        super().say(sentence, problem=problem, folder=folder)

    def _show_under_way(self, under_way: bool) -> None:
        self._kind.setEnabled(not under_way)
        super()._show_under_way(under_way)
