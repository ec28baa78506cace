"""Takes the README's pictures, in mid-training. Run by hand, with a display.

python packaging/screenshots.py [--seconds 12] [--only window|experiments]

The window in light and in dark, and every experiment at the moment its claim shows, small. The
networks, seeds and texts are the same each time; how far the window's has come depends on the
machine.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.gui.style.theme import ColorScheme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.training.commands import Train
from rnnviz.training.experiments import Experiment
from rnnviz.training.snapshot import RunState

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "screenshots"
EXPERIMENT_WIDTH = 720
LONGEST_SECONDS = 300


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def take_window(window: MainWindow, controller: Controller, seconds: float) -> None:
    """Train for so long, and take one picture in light and one in dark."""
    controller.thread_of_training.post(Train())
    wait(seconds)
    for scheme in (ColorScheme.LIGHT, ColorScheme.DARK):
        controller.theme.set_scheme(scheme)
        wait(1.5)
        window.grab().save(str(FOLDER / f"window-{scheme.value}.png"))


def take_experiment(window: MainWindow, controller: Controller, experiment: Experiment) -> None:
    """Train the first run as far as its last claim, and take a picture."""
    controller.guide.open(experiment.name)
    wait(1)
    claims = experiment.variants[0].claims
    if claims:
        controller.thread_of_training.post(Train(max(claim.step for claim in claims)))
        for _ in range(LONGEST_SECONDS):
            wait(1)
            snapshot = controller.snapshot
            if snapshot is not None and snapshot.state is not RunState.RUNNING:
                break
    elif (player := controller.shown.player) is not None:
        player.toggle()
        for _ in range(LONGEST_SECONDS):
            wait(1)
            if not player.runs:
                break
    wait(1)
    picture = window.grab().scaledToWidth(
        EXPERIMENT_WIDTH, Qt.TransformationMode.SmoothTransformation
    )
    picture.save(str(FOLDER / "experiments" / f"{experiment.name}.png"))


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--only", choices=("window", "experiments"))
    options = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    (FOLDER / "experiments").mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    window, furnish = new_window(application)
    window.resize(1440, 900)
    window.show()
    controller = furnish(None)
    controller.theme.set_scheme(ColorScheme.LIGHT)
    wait(1)
    if options.only != "experiments":
        take_window(window, controller, options.seconds)
        controller.theme.set_scheme(ColorScheme.LIGHT)
    if options.only != "window":
        for experiment in controller.guide.experiments:
            take_experiment(window, controller, experiment)
    controller.close_now()


if __name__ == "__main__":
    main()
