"""What leaves a panel: its picture, its data, and the menu that offers both."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from rnnviz.data.files import readable_name
from rnnviz.gui.plotting import PlotView
from rnnviz.gui.plotting.view.export import (
    ExportError,
    picture,
    png_bytes,
    recorded,
    svg_of,
    write_atomically,
)
from rnnviz.gui.plotting.view.readout import view_words

PictureKind = Literal["png", "svg"]
"""Of pixels, or of lines that can be enlarged; the ending of the file's name."""


class Exportable(Protocol):
    """What can leave the window as a picture and as data."""

    title: str

    @property
    def export_size(self) -> QSize:
        """The size of the picture."""

    @property
    def of_step(self) -> int | None:
        """Of which step all of it is, where that is not the newest."""

    def paint_export(self, painter: QPainter) -> None:
        """Paint the picture."""

    def export_csv(self) -> str:
        """Return the data as CSV."""


class PanelExports(QObject):
    """Copies and saves one panel.

    Parameters
    ----------
    panel
        It paints itself for files and knows its data.
    widget
        The panel as a widget, over which menu and dialogs open.

    Attributes
    ----------
    menu
        Offers all of it.

    Signals
    -------
    done(str)
        Something was copied or saved; one sentence says what.
    failed(str)
        A file could not be written; one sentence says why.
    """

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, panel: Exportable, widget: QWidget) -> None:
        super().__init__(widget)
        self._panel = panel
        self._widget = widget
        self.menu = self._new_menu()

    def copy_image(self) -> None:
        """Put a picture of the panel on the clipboard."""
        image = picture(self._panel.paint_export, self._panel.export_size)
        QGuiApplication.clipboard().setImage(image)
        self.done.emit(f"Copied the picture of “{self._panel.title}”{self._said()}.")

    def save_png(self, path: Path | str) -> bool:
        """Write a picture of the panel; return whether that was possible."""
        return self._save(path, self.taken("png"))

    def save_svg(self, path: Path | str) -> bool:
        """Write the panel as SVG; return whether that was possible."""
        return self._save(path, self.taken("svg"))

    def save_csv(self, path: Path | str) -> bool:
        """Write the panel's data; return whether that was possible."""
        return self._save(path, lambda: self._panel.export_csv().encode("utf-8"))

    def taken(self, kind: PictureKind) -> Callable[[], bytes]:
        """Take down how the panel is painted now; return what makes a file of it, in any thread.

        That is the slow part, and may raise an `ExportError`.
        """
        panel = self._panel
        painted, size = recorded(panel.paint_export), panel.export_size
        if kind == "png":
            return partial(png_bytes, painted, size)
        return partial(svg_of, painted, size, panel.title, self._widget.logicalDpiX())

    def _save(self, path: Path | str, data: Callable[[], bytes]) -> bool:
        try:
            write_atomically(path, data())
        except ExportError as error:
            self.failed.emit(str(error))
            return False
        self.done.emit(f"Saved {readable_name(path)}{self._said()}.")
        return True

    @property
    def in_view(self) -> list[str]:
        """What is in view of plots that were zoomed or moved, in words; empty where all is."""
        plots = self._widget.findChildren(PlotView)
        seen = [plot for plot in plots if plot.is_held and plot.isVisibleTo(self._widget)]
        said = [words for plot in seen for words in view_words(plot.items_shown, plot.mapping)]
        return list(dict.fromkeys(said))

    @property
    def suggestion(self) -> str:
        """What a file with it might be called, without an ending."""
        parts = [self._widget.objectName().removesuffix("_panel")]
        if self._panel.of_step is not None:
            parts.append(f"step_{self._panel.of_step}")
        if self.in_view:
            # Names that are typed again hold no signs that no keyboard has.
            said = re.sub(r"[^a-z0-9.]+", "_", self.in_view[0].lower().replace(",", ""))
            parts.append(said if self.in_view[0].isascii() else "in_view")
        return "_".join(parts)

    def _said(self) -> str:
        """Say of which step it is and what of it is in view, where it is not all of the newest."""
        step = self._panel.of_step
        of_step = "" if step is None else f", of step {step:,}"
        in_view = f", with what is in view: {', '.join(self.in_view)}" if self.in_view else ""
        return of_step + in_view

    def _ask_and_save(self, kind: str, save: Callable[[str], bool]) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self._widget,
            f"Save {self._panel.title} as {kind.upper()}",
            f"{self.suggestion}.{kind}",
            f"{kind.upper()} (*.{kind})",
        )
        if path:
            save(path if Path(path).suffix else f"{path}.{kind}")

    def _new_menu(self) -> QMenu:
        name = self._widget.objectName()
        menu = QMenu(self._widget)
        menu.setObjectName(f"{name}_export_menu")
        actions: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("copy_image", "Copy image", self.copy_image),
            ("save_png", "Save PNG…", partial(self._ask_and_save, "png", self.save_png)),
            ("save_svg", "Save SVG…", partial(self._ask_and_save, "svg", self.save_svg)),
            ("save_csv", "Save CSV…", partial(self._ask_and_save, "csv", self.save_csv)),
        )
        for part, text, act in actions:
            action = menu.addAction(text)
            action.setObjectName(f"{name}_{part}")
            action.triggered.connect(lambda _checked=False, act=act: act())
        return menu
