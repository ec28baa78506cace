"""A view of a scene that is as large as itself, in the colour of the panel around it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from rnnviz.gui.style.theme import Theme


class StillView(QGraphicsView):
    """Shows stock items and nothing else: no frame, no scroll bars, nothing to take hold of.

    Painting is C++ alone, so that it runs beside the training thread instead of against it. Never
    override a method here, or in a subclass, that Qt calls while painting (``paintEvent``,
    ``drawBackground``, ``drawForeground``, ...).

    Parameters
    ----------
    theme
        Colours and type; a subclass that has all its parts follows its changes with `restyle`.
    object_name
        The object's name; its accessible name is ``title``.
    title
        What it shows, for people who cannot see it.
    parent
        The widget that holds it.
    """

    def __init__(
        self, theme: Theme, *, object_name: str, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setInteractive(False)
        # Qt need not paint the card under it whenever a curve moves.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        scene = QGraphicsScene(self)
        # A dozen items that change in every frame: an index over them costs more than it finds.
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(scene)

    def paint_export(self, painter: QPainter) -> None:
        """Paint it for a file, at its own origin."""
        size = QRectF(0, 0, self.width(), self.height())
        painter.fillRect(size, self._theme.palette.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.scene().render(painter, size, self.sceneRect())

    def restyle(self) -> None:
        """Take the panel's colour from the theme."""
        # Not through the palette, which the style sheet puts back when a hidden view is shown.
        self.setBackgroundBrush(self._theme.palette.color("panel"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the scene as large as the view."""
        super().resizeEvent(event)
        self.setSceneRect(QRectF(self.viewport().rect()))
