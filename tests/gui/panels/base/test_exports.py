"""What leaves a panel is of the moment in which it was taken, however late it is made."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage

from rnnviz.gui.panels.base.exports import PictureKind
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.plotting.view import export
from rnnviz.gui.plotting.view.export import picture, svg_bytes
from rnnviz.training.commands import Train

from ..test_comparing import draw, new_panel, runs


def elsewhere(make: Callable[[], bytes]) -> bytes:
    """Return what is made in another thread."""
    made: list[bytes] = []
    thread = threading.Thread(target=lambda: made.append(make()))
    thread.start()
    thread.join()
    return made[0]


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return lines[:, : 4 * image.width()].astype(int)


def furthest_apart(data: bytes, image: QImage) -> int:
    return int(np.abs(pixels(QImage.fromData(data)) - pixels(image)).max())


def test_what_is_drawn_after_it_was_taken_is_not_in_it(qtbot) -> None:
    panel = new_panel(qtbot, LossPanel)
    three = runs(3)
    draw(panel, three)
    image = picture(panel.paint_export, panel.export_size)
    dots = panel.logicalDpiX()
    document = svg_bytes(panel.paint_export, panel.export_size, panel.title, dots)
    png, svg = panel.exports.taken("png"), panel.exports.taken("svg")
    draw(panel, three[:1])
    panel.view.set_y_range(0, 100)
    # Of the last step of a colour, smoothing may decide otherwise.
    assert furthest_apart(elsewhere(png), image) <= 2
    assert elsewhere(svg) == document
    assert furthest_apart(png(), picture(panel.paint_export, panel.export_size)) > 100


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_nothing_is_smoothed_or_written_while_it_is_taken(
    qtbot, monkeypatch: pytest.MonkeyPatch, kind: PictureKind
) -> None:
    panel = new_panel(qtbot, LossPanel)
    draw(panel, runs(3))
    devices: list[str] = []
    paint_on = export._paint_on

    def noting(device, paint) -> None:
        devices.append(type(device).__name__)
        paint_on(device, paint)

    monkeypatch.setattr(export, "_paint_on", noting)
    make = panel.exports.taken(kind)
    assert devices == ["QPicture"]
    make()
    assert devices[1:] == [{"png": "QImage", "svg": "QSvgGenerator"}[kind]]


def test_every_panel_looks_the_same_made_in_a_thread(driver) -> None:
    driver.controller.thread_of_training.post(Train(30))
    driver.until(lambda snapshot: snapshot.step == 30)
    for name, panel in driver.controller.panels.items():
        driver.window.arrange([name])
        driver.settle()
        driver.until(lambda snapshot: snapshot.step == 30)
        panel.grab()  # lays out what was never seen before
        image = picture(panel.paint_export, panel.export_size)
        assert furthest_apart(elsewhere(panel.exports.taken("png")), image) <= 2, name
