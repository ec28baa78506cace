"""A frame of what is recorded, in any size: painted anew, so that its words stay sharp."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from rnnviz.storage.video.frames import Frame


class Subject:
    """What is recorded.

    Parameters
    ----------
    paint
        Paints it at the painter's origin.
    size
        Returns how large it is now.
    """

    def __init__(self, paint: Callable[[QPainter], None], size: Callable[[], QSize]) -> None:
        self.paint = paint
        self.size = size


def whole(widget: QWidget) -> Subject:
    """Return a widget with all that is in it as what is recorded."""

    def paint(painter: QPainter) -> None:
        widget.render(painter, QPoint(), QRegion())

    return Subject(paint, widget.size)


def take_frame(subject: Subject, size: QSize, background: QColor) -> Frame:
    """Return a frame of this size: the subject as large as it fits, in the middle.

    Parameters
    ----------
    subject
        What is painted.
    size
        Of the frame, in pixels.
    background
        What is beside it, where its shape is another one.

    Returns
    -------
    Frame
        (height, width, 4), a copy that is nobody else's.
    """
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(background)
    own = QSize(subject.size()).expandedTo(QSize(1, 1))
    scale = min(size.width() / own.width(), size.height() / own.height())
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if own != size:
            painter.setClipRect(fitted(own, size).toAlignedRect(), Qt.ClipOperation.ReplaceClip)
            painter.translate(fitted(own, size).topLeft())
            painter.scale(scale, scale)
        subject.paint(painter)
    finally:
        # An open painter on a picture that goes away takes the program with it.
        painter.end()
    # A row of RGB32 has no gap at its end.
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return pixels.reshape(size.height(), size.width(), 4).copy()


def fitted(own: QSize, size: QSize) -> QRectF:
    """Return where something stands in a frame: as large as it fits, in the middle."""
    scale = min(size.width() / own.width(), size.height() / own.height())
    width, height = own.width() * scale, own.height() * scale
    corner = QPointF(round((size.width() - width) / 2), round((size.height() - height) / 2))
    return QRectF(corner.x(), corner.y(), width, height)
