"""The program's own icons: SVG files whose ``currentColor`` is replaced by one of the theme's."""

from functools import lru_cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QIcon, QImage, QImageReader, QPixmap

from rnnviz.resources import resource_path


def tinted_icon(name: str, color: str, active_color: str, disabled_color: str, size: int) -> QIcon:
    """Return an icon in three colours: at rest, active (or switched on), and disabled.

    Parameters
    ----------
    name
        The file's name in ``resources/icons`` without its ending.
    color, active_color, disabled_color
        Colours as ``"#rrggbb"``.
    size
        The edge in pixels; a second, doubled drawing serves screens of high density.
    """
    svg = _source(name)
    icon = QIcon()
    for edge in (size, 2 * size):
        icon.addPixmap(_pixmap(svg, color, edge), QIcon.Mode.Normal)
        icon.addPixmap(_pixmap(svg, active_color, edge), QIcon.Mode.Active)
        icon.addPixmap(_pixmap(svg, active_color, edge), QIcon.Mode.Normal, QIcon.State.On)
        icon.addPixmap(_pixmap(svg, disabled_color, edge), QIcon.Mode.Disabled)
    return icon


@lru_cache
def _source(name: str) -> str:
    """Read a file once: where no more files can be opened, a message about it has its icon."""
    return resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")


def _pixmap(svg: str, color: str, edge: int) -> QPixmap:
    return QPixmap.fromImage(_image(svg, color, edge))


@lru_cache(maxsize=512)
def _image(svg: str, color: str, edge: int) -> QImage:
    """Draw it once: every panel has the same buttons, and a theme comes back."""
    data = QByteArray(svg.replace("currentColor", color).encode())
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # The image plugin, not QSvgRenderer: QtSvg need not be loaded before the window is painted.
    reader = QImageReader(buffer, b"svg")
    reader.setScaledSize(QSize(edge, edge))
    return reader.read()
