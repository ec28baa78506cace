"""Takes the README's pictures, in mid-training. Run by hand, with a display.

python packaging/screenshots.py [--seconds 12] [--only window|past|inside|experiments]

The window in light and in dark, a step of its past beside now, a step from inside, the drawing of a
network as *Take along* saves it, and every experiment at the moment its last claim shows, small.
The networks, seeds and texts are the same each time; how far the window's has come depends on the
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
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.experiments import Experiment

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


def take_past(window: MainWindow, controller: Controller, seconds: float) -> None:
    """Train for so long, and go back to a step at which it had not learned to spell."""
    controller.runs.front.post(NewRun(Configuration()))
    wait(1)
    controller.thread_of_training.post(Train())
    wait(seconds)
    controller.training_control.pause()
    window.actions_by_name["action_beside_now"].setChecked(True)
    window.timeline.asked.emit(500, True)
    wait(3)
    window.grab().save(str(FOLDER / "past.png"))
    window.timeline.now_asked.emit()
    window.actions_by_name["action_beside_now"].setChecked(False)
    wait(0.5)


def take_inside(window: MainWindow, controller: Controller) -> None:
    """Go inside the first step of the network to check by hand, and take it along."""
    by_hand = PRESETS["by-hand"].changes(Configuration())
    controller.run_control.begin(Configuration.from_mapping(by_hand))
    wait(1.5)
    controller.inside.enter("backward", 3)
    wait(2)
    window.grab().save(str(FOLDER / "inside.png"))
    controller.inside.enter("loss", 4)
    wait(2)
    view = controller.inside.view
    assert view is not None
    view.take_along.save("png", FOLDER / "unfolded.png")
    controller.inside.leave()


def take_experiment(window: MainWindow, controller: Controller, experiment: Experiment) -> None:
    """Have all runs train as far as the last claim, and take a picture."""
    controller.guide.open(experiment.name)
    wait(2)
    steps = [claim.step for variant in experiment.variants for claim in variant.claims]
    if steps:
        for run in controller.runs:
            run.post(Train(max(steps)))
        wait(1)
        for _ in range(LONGEST_SECONDS):
            if not controller.runs.trains:
                break
            wait(1)
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
    parser.add_argument("--only", choices=("window", "past", "inside", "experiments"))
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
    if options.only in (None, "window"):
        take_window(window, controller, options.seconds)
        controller.theme.set_scheme(ColorScheme.LIGHT)
    if options.only in (None, "past"):
        take_past(window, controller, options.seconds)
    if options.only in (None, "inside"):
        take_inside(window, controller)
    if options.only in (None, "experiments"):
        for experiment in controller.guide.experiments:
            take_experiment(window, controller, experiment)
    controller.close_now()


if __name__ == "__main__":
    main()
