"""The dialog that says what an export will have, then how far it has come, and where it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.panels.base.exports import PictureKind
from rnnviz.gui.style.theme import SPACING, Theme

_WIDTH = 480
_KINDS: dict[PictureKind, str] = {
    "png": "PNG, for slides and documents",
    "svg": "SVG, which can be enlarged and edited",
}


class ExportDialog(QDialog):
    """Asks how to export, and shows how far that has come; it decides nothing.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Signals
    -------
    export_wanted()
        The export is to begin.
    cancel_wanted()
        The export under way is to be given up.
    folder_wanted()
        The folder that was written is to be shown.
    """

    export_wanted = Signal()
    cancel_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export all")
        self.setModal(False)
        self._theme = theme
        self._is_writing = False
        self._offered = _words("export_words")
        self._kind = QComboBox()
        self._kind.setObjectName("export_kind")
        self._kind.setAccessibleName("What the pictures are to be")
        for kind, words in _KINDS.items():
            self._kind.addItem(words, kind)
        self._said = _words("export_said")
        self._said.hide()
        self._progress = QProgressBar()
        self._progress.setObjectName("export_progress")
        self._progress.setAccessibleName("How far the export has come")
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._start = _button("export_start", "Choose a folder…")
        self._start.setProperty("primary", True)
        self._start.setDefault(True)
        self._start.clicked.connect(self.export_wanted)
        self._open = _button("export_open_folder", "Open the folder")
        self._open.clicked.connect(self.folder_wanted)
        self._open.hide()
        self._cancel = _button("export_cancel", "Cancel")
        self._cancel.clicked.connect(self.cancel_wanted)
        self._cancel.hide()
        self._close = _button("export_close", "Close")
        self._close.clicked.connect(self.close)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def kind(self) -> PictureKind:
        """What pictures are to be."""
        kind: PictureKind = self._kind.currentData()
        return kind

    @property
    def said(self) -> str:
        """What came of the last export."""
        return self._said.text()

    def offer(self, words: str, can_export: bool) -> None:
        """Say what would be written, or that there is nothing."""
        self._start.setEnabled(can_export)
        if words != self._offered.text():
            self._offered.setText(words)
            self._fit()

    def show_writing(self, files: int) -> None:
        """Show the progress of an export that begins, of so many files."""
        self._progress.setRange(0, files)
        self._progress.setValue(0)
        self.say("")
        self._show_writing(True)
        self._cancel.setFocus()

    def show_written(self, files: int) -> None:
        """Show how many files are written."""
        self._progress.setValue(files)

    def show_ended(self) -> None:
        """Offer to export again."""
        self._show_writing(False)

    def say(self, sentence: str, *, problem: bool = False, folder: Path | None = None) -> None:
        """Say what came of it, and offer to open the folder if there is one."""
        self._said.setText(sentence)
        self._said.setToolTip("" if folder is None else str(folder))
        self._said.setProperty("words", "threshold" if problem else "strong")
        self._said.style().polish(self._said)
        self._said.setVisible(bool(sentence))
        self._open.setVisible(folder is not None)
        self._fit()

    def done(self, result: int) -> None:
        """Close; what is being exported is given up, and what was said is said no more."""
        if self._is_writing:
            self.cancel_wanted.emit()
        self.say("")
        super().done(result)

    def _show_writing(self, writing: bool) -> None:
        self._is_writing = writing
        for widget in (self._progress, self._cancel):
            widget.setVisible(writing)
        for widget in (self._start, self._close):
            widget.setHidden(writing)
        self._kind.setEnabled(not writing)
        self._fit()

    def _fit(self) -> None:
        """Be no larger than what is to be seen: the window lies behind it."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        width = max(self.minimumWidth(), layout.minimumSize().width())
        self.resize(width, layout.totalHeightForWidth(width))

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

    def _restyle(self) -> None:
        self.setMinimumWidth(self._theme.px(_WIDTH))


def _words(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    return label


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
