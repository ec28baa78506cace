"""Takes the README's pictures of the window in mid-training. Run by hand, with a display.

python packaging/screenshots.py [--seconds 12]

The same network, seed and text each time; how far it has come depends on the machine.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.gui.theme import ColorScheme
from rnnviz.training.commands import Train

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "screenshots"


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def main() -> None:
    """Train, and take one picture in light and one in dark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=12)
    seconds = parser.parse_args().seconds
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    window, furnish = new_window(application)
    window.resize(1440, 900)
    window.show()
    controller = furnish(None)
    controller.theme.set_scheme(ColorScheme.LIGHT)
    wait(1)
    controller.thread_of_training.post(Train())
    wait(seconds)
    for scheme in (ColorScheme.LIGHT, ColorScheme.DARK):
        controller.theme.set_scheme(scheme)
        wait(1.5)
        window.grab().save(str(FOLDER / f"window-{scheme.value}.png"))
    window.close()


if __name__ == "__main__":
    main()
