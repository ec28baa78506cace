"""How the window looks to a room and by night: the presentation and the theme, by their actions."""

from __future__ import annotations

from PySide6.QtCore import QObject

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.presentation import Presentation


class Looks(QObject):
    """Turns the presentation on and off, and light into dark.

    Parameters
    ----------
    window
        With the actions.
    theme
        Colours and type.
    settings
        Where the theme is remembered from start to start.
    presentation
        Shows panels to a room.
    """

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        settings: WindowSettings,
        presentation: Presentation,
    ) -> None:
        super().__init__(window)
        self._actions = window.actions_by_name
        self._theme = theme
        self._settings = settings
        self._presentation = presentation
        self._actions["action_present"].triggered.connect(self._toggle_presentation)
        self._actions["action_theme"].triggered.connect(self._toggle_theme)

    def _toggle_presentation(self, on: bool) -> None:
        for name in ("action_arrange", "action_restore_layout"):
            self._actions[name].setEnabled(not on)
        self._presentation.set_on(on)

    def _toggle_theme(self) -> None:
        scheme = ColorScheme.LIGHT if self._theme.is_dark else ColorScheme.DARK
        self._theme.set_scheme(scheme)
        self._settings.scheme = scheme
