"""The one owner of the colours, the type and the style of the whole window.

Only QtCore, QtGui and QtWidgets are imported here: the window is painted before NumPy loads.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Literal

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from rnnviz.gui.style import fonts
from rnnviz.gui.style.icons import tinted_icon
from rnnviz.gui.style.palette import DARK_PALETTE, LIGHT_PALETTE, ColorRole, Palette, qt_palette
from rnnviz.gui.style.stylesheet import stylesheet

SPACING = 8
"""The one unit of space, in pixels; every gap is a multiple of it or its half."""

# A room sees the window in so many designed pixels, however fine its projector: type of 12 is then
# a sixtieth of the picture's height. On a small screen it is larger still, as far as all has room.
_ROOM = (1280, 720)
_SMALL_SCREEN_SCALE, _SMALL_SCREEN_WIDTH = 1.25, 1024
_LEAST_PRESENTATION_SCALE = 1.1

# A panel that is as large as that, in designed pixels, has type of the ordinary size; a larger one
# that fills the window or takes the stage has type that grows with it, so far.
_ORDINARY_PANEL = (560, 320)
_MOST_GROWTH = 1.5

FontRole = Literal["small", "body", "title", "heading", "display", "mono", "mono_small"]

# role: (size in pixels, bold, monospaced)
_FONTS: dict[FontRole, tuple[int, bool, bool]] = {
    "small": (12, False, False),
    "body": (14, False, False),
    "title": (14, True, False),
    "heading": (18, True, False),
    "display": (24, True, False),
    "mono": (14, False, True),
    "mono_small": (12, False, True),
}


class ColorScheme(Enum):
    """What the person asked for; ``SYSTEM`` follows the desktop, or is light where that is mute."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class Theme(QObject):
    """The one owner of colours and type, handed to every widget that draws.

    Parameters
    ----------
    scheme
        Light, dark, or as the system says.
    parent
        The QObject that owns this one.

    Signals
    -------
    changed()
        The palette or the scale is another one; what was drawn with the old one is out of date.
    """

    changed = Signal()

    def __init__(
        self, scheme: ColorScheme = ColorScheme.SYSTEM, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self._scale = 1.0
        self._application: QApplication | None = None
        self._palette = self._palette_of(scheme)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def scheme(self) -> ColorScheme:
        """What the person asked for."""
        return self._scheme

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return self._palette

    @property
    def is_dark(self) -> bool:
        """Whether the colours in force are the dark ones."""
        return self._palette is DARK_PALETTE

    @property
    def scale(self) -> float:
        """How many times larger than designed type and lines are: 1, or more in presentation."""
        return self._scale

    def set_scheme(self, scheme: ColorScheme) -> None:
        """Show the window in this scheme from now on."""
        self._scheme = scheme
        self._set(self._palette_of(scheme), self._scale)

    def set_scale(self, scale: float) -> None:
        """Enlarge type and lines by this factor."""
        self._set(self._palette, scale)

    def set_presentation(self, on: bool, *, screen: tuple[float, float] = (1920, 1080)) -> None:
        """Make the window readable from the back row, or as designed again.

        Parameters
        ----------
        on
            Whether the window is shown to a room.
        screen
            Width and height of the screen that shows it, in pixels.
        """
        width, height = screen
        scale = max(
            _LEAST_PRESENTATION_SCALE,
            min(_SMALL_SCREEN_SCALE, width / _SMALL_SCREEN_WIDTH),
            min(width / _ROOM[0], height / _ROOM[1]),
        )
        self.set_scale(scale if on else 1.0)

    def px(self, length: float) -> int:
        """Return a designed length at the present scale, in whole pixels."""
        return round(length * self._scale)

    def font(self, role: FontRole = "body") -> QFont:
        """Return the font of a role at the present scale."""
        size, bold, monospaced = _FONTS[role]
        font = QFont()
        font.setFamilies(fonts.families(monospaced))
        font.setStyleHint(
            QFont.StyleHint.Monospace if monospaced else QFont.StyleHint.SansSerif,
            QFont.StyleStrategy.PreferDefault,
        )
        font.setFixedPitch(monospaced)
        font.setPixelSize(self.px(size))
        font.setBold(bold)
        return font

    def icon(
        self,
        name: str,
        role: ColorRole = "soft",
        active_role: ColorRole = "ink",
        size: int = 18,
    ) -> QIcon:
        """Return an icon of ``resources/icons`` in the colours of the theme.

        Parameters
        ----------
        name
            The file's name without its ending, such as ``"expand"``.
        role, active_role
            The colour at rest, and under the pointer or when switched on.
        size
            Its edge in designed pixels.
        """
        palette = self._palette
        colors = (getattr(palette, role), getattr(palette, active_role), palette.faint)
        return tinted_icon(name, *colors, self.px(size))

    def apply(self, application: QApplication) -> None:
        """Dress the whole application, now and whenever the theme changes."""
        self._application = application
        application.setStyle("Fusion")
        self._dress()

    def _set(self, palette: Palette, scale: float) -> None:
        if palette is self._palette and scale == self._scale:
            return
        self._palette, self._scale = palette, scale
        self._dress()
        self.changed.emit()

    def _follow_system(self) -> None:
        if self._scheme is ColorScheme.SYSTEM:
            self._set(self._palette_of(self._scheme), self._scale)

    def _dress(self) -> None:
        if self._application is None:
            return
        self._application.setFont(self.font("body"))
        self._application.setPalette(qt_palette(self._palette))
        self._application.setStyleSheet(self._style_sheet())

    def _style_sheet(self) -> str:
        mono = ", ".join(f'"{family}"' for family in fonts.families(monospaced=True))
        return stylesheet(self._palette, self._scale, mono)

    @staticmethod
    def _palette_of(scheme: ColorScheme) -> Palette:
        if scheme is ColorScheme.SYSTEM:
            # Some platforms cannot tell, and say Unknown: light, then.
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK_PALETTE if dark else LIGHT_PALETTE
        return DARK_PALETTE if scheme is ColorScheme.DARK else LIGHT_PALETTE


class PanelTheme(Theme):
    """The window's theme in all but the size of its type, which suits one panel, or Inside.

    Parameters
    ----------
    window_theme
        The theme that it follows.
    """

    def __init__(self, window_theme: Theme) -> None:
        super().__init__(window_theme.scheme, window_theme)
        self._window_theme = window_theme
        self._growth = 1.0
        self._widget: QWidget | None = None
        window_theme.changed.connect(self._follow)
        self._follow()

    def dress(self, widget: QWidget) -> None:
        """Dress this widget, and what is in it, whenever its type is not as large as elsewhere."""
        self._widget = widget

    def grow(self, size: QSize | None) -> None:
        """Let the type suit a panel of this size, in pixels; None for type as elsewhere."""
        growth = 1.0
        if size is not None:
            wide, high = _ORDINARY_PANEL
            share = min(size.width() / wide, size.height() / high) / self._window_theme.scale
            # In steps: a panel that is being dragged larger is not laid out at every pixel.
            growth = max(1.0, min(_MOST_GROWTH, math.floor(20 * share) / 20))
        self._grow_by(growth)

    def suit(self, size: QSize) -> None:
        """Let the type be no larger than suits a dense view that fills a window of this size.

        Type that is enlarged for a small screen as far as it suits the panels leaves such a view
        no room to be seen as a whole.
        """
        wide, high = _ROOM
        scale = max(_LEAST_PRESENTATION_SCALE, min(size.width() / wide, size.height() / high))
        self._grow_by(min(1.0, scale / self._window_theme.scale))

    def _grow_by(self, growth: float) -> None:
        if growth != self._growth:
            self._growth = growth
            self._follow()

    def _follow(self) -> None:
        window = self._window_theme
        self._set(window.palette, window.scale * self._growth)

    def _follow_system(self) -> None:
        """Leave the system to the window's theme."""

    def _dress(self) -> None:
        widget = self._widget
        grown = self._growth != 1.0
        if widget is None or not (grown or widget.styleSheet()):
            return
        widget.setStyleSheet(self._style_sheet() if grown else "")
