"""What can be taken along from inside a step: its numbers, a script, the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from rnnviz.data.files import readable_name
from rnnviz.gui.inside.cursor import Cursor
from rnnviz.gui.inside.drawing.canvas import Canvas
from rnnviz.gui.plotting.view.export import ExportError, png_bytes, svg_bytes, write_atomically
from rnnviz.storage.one_step.as_csv import as_csv
from rnnviz.storage.one_step.as_json import as_json
from rnnviz.storage.one_step.as_latex import as_latex
from rnnviz.storage.one_step.as_script import as_script


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to take along.

    Attributes
    ----------
    name
        Of its action, behind ``inside_take_``.
    text
        In the menu.
    ending
        Of the file.
    """

    name: str
    text: str
    ending: str


_NUMBERS = (
    Kind("phase", "This phase as CSV…", "csv"),
    Kind("csv", "The whole step as CSV…", "csv"),
    Kind("phase_latex", "This phase as LaTeX…", "tex"),
    Kind("latex", "The whole step as LaTeX…", "tex"),
    Kind("script", "The whole step as a NumPy script…", "py"),
    Kind("json", "The whole step as JSON…", "json"),
)
_PICTURES = (
    Kind("svg", "The drawing as SVG…", "svg"),
    Kind("png", "The drawing as PNG…", "png"),
)


class TakeAlong(QObject):
    """Fills the menu, and writes files.

    Parameters
    ----------
    menu
        Of the view.
    canvas
        With the drawing.
    cursor
        Where in which step one is.
    widget
        Over which dialogs open.

    Attributes
    ----------
    stream
        Which stream of the batch is written out where it can be only one, from 0.

    Signals
    -------
    done(str)
        Something was saved; a sentence says what.
    failed(str)
        It could not be; a sentence says why.
    """

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, menu: QMenu, canvas: Canvas, cursor: Cursor, widget: QWidget) -> None:
        super().__init__(widget)
        self._canvas = canvas
        self._cursor = cursor
        self._widget = widget
        self.stream = 0
        for kinds in (_NUMBERS, _PICTURES):
            for kind in kinds:
                action = menu.addAction(kind.text)
                action.setObjectName(f"inside_take_{kind.name}")
                action.triggered.connect(lambda _checked=False, kind=kind: self._ask(kind))
            menu.addSeparator()

    def save(self, name: str, path: Path | str) -> bool:
        """Write one of the things to a file; return whether that was possible."""
        try:
            write_atomically(path, self._bytes(name))
        except (ExportError, MemoryError) as error:
            self.failed.emit(str(error) or "There is not enough memory for that.")
            return False
        self.done.emit(f"Saved {readable_name(path)}.")
        return True

    def _bytes(self, name: str) -> bytes:
        canvas, cursor = self._canvas, self._cursor
        match name:
            case "phase":
                return as_csv(cursor.record, cursor.phase.places).encode("utf-8")
            case "csv":
                return as_csv(cursor.record).encode("utf-8")
            case "phase_latex":
                return as_latex(cursor.record, [cursor.phase], self.stream).encode("utf-8")
            case "latex":
                return as_latex(cursor.record, stream=self.stream).encode("utf-8")
            case "script":
                return as_script(cursor.record).encode("utf-8")
            case "json":
                return as_json(cursor.record).encode("utf-8")
            case "png":
                return png_bytes(canvas.paint_whole, canvas.whole_size)
        title = f"Step {cursor.record.subject.step + 1:,}"
        resolution = self._widget.logicalDpiX()
        return svg_bytes(canvas.paint_whole, canvas.whole_size, title, resolution)

    def _ask(self, kind: Kind) -> None:
        suggestion = f"step-{self._cursor.record.subject.step + 1}.{kind.ending}"
        path, _ = QFileDialog.getSaveFileName(
            self._widget,
            f"Save {kind.text[0].lower()}{kind.text[1:].rstrip('…')}",
            suggestion,
            f"{kind.ending.upper()} (*.{kind.ending})",
        )
        if path:
            self.save(kind.name, path if Path(path).suffix else f"{path}.{kind.ending}")
