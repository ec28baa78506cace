"""What was hidden while the looks changed comes back as it would look had it been seen."""

import pytest
from PySide6.QtCore import QElapsedTimer
from PySide6.QtGui import QAction

from rnnviz.gui.gradient_check.dialog import GradientCheckDialog
from rnnviz.gui.plotting import PlotView
from rnnviz.gui.style.theme import ColorScheme
from rnnviz.training.commands import Restart, TakeStep

RESTS_MS = 250


def grab(driver, name):
    # With its title row, which the dock has.
    return driver.window.docks[name].grab().toImage()


def settled(driver, name):
    """Return the picture once it rests, with nothing in it that depends on what it was before."""
    last, since = None, QElapsedTimer()
    panel = driver.controller.panels[name]
    driver.qtbot.waitUntil(lambda: panel._body is not None and panel._body.isVisible())

    def rests():
        nonlocal last
        for plot in panel.findChildren(PlotView):
            plot._frame.forget_margins()
            plot.lay_out()
            plot._labels.forget_places()
            plot.place_labels()
        picture = grab(driver, name)
        if picture != last:
            last = picture
            since.start()
        return since.elapsed() > RESTS_MS

    driver.qtbot.waitUntil(rests, timeout=20_000)
    return last


def take_a_step(driver):
    step = driver.controller.snapshot.step
    driver.controller.thread_of_training.post(TakeStep())
    driver.until(lambda snapshot: snapshot.step > step)


DARK = (ColorScheme.DARK, 1.0)
PRESENTED = (ColorScheme.LIGHT, 1.5)


def look(driver, scheme, scale):
    driver.controller.theme.set_scheme(scheme)
    driver.controller.theme.set_scale(scale)


@pytest.mark.slow
@pytest.mark.parametrize("changed", [DARK, PRESENTED], ids=["dark", "presentation"])
def test_a_panel_that_was_hidden_looks_like_one_that_was_seen(driver, changed):
    plain = (ColorScheme.LIGHT, 1.0)
    different = []
    for name in driver.controller.panels:
        if driver.controller.shown.kinds[name].of_source == "task":
            post = driver.controller.thread_of_training.post
            driver.until_new_run(lambda post=post: post(Restart((("corpus", "copying"),))))
        other = "clipping_panel" if name == "loss_panel" else "loss_panel"
        look(driver, *plain)
        driver.controller.shown.arrange([name])
        take_a_step(driver)
        before = grab(driver, name)
        driver.controller.shown.arrange([other])
        look(driver, *changed)
        driver.controller.shown.arrange([name])
        hidden = settled(driver, name)
        look(driver, *plain)
        driver.qtbot.waitUntil(lambda name=name: grab(driver, name) != hidden)  # noqa: B023  # called at once
        look(driver, *changed)
        seen = settled(driver, name)
        assert seen != before
        if seen != hidden:
            different.append(name)
    assert different == []


@pytest.mark.parametrize("changed", [DARK, PRESENTED], ids=["dark", "presentation"])
def test_so_do_a_card_a_message_and_a_dialog(driver, changed):
    plain = (ColorScheme.LIGHT, 1.0)
    window, theme = driver.window, driver.controller.theme
    driver.until_new_run(driver.child(QAction, "experiment_vanishes").trigger)
    window.messages.offer("Back at the first weights.", "Undo", lambda: None)
    dialog = GradientCheckDialog(theme, window)
    dialog.show_failure("There is nothing to check.")
    window.lesson_bar.show_lesson("A lesson", ("First", "Second"))
    window.lesson_bar.show_page(0, "Read *this*.", "Do that.", asks=True)
    window.lesson_bar.show_done((True, False))
    for widget in (window.experiment_card, window.lesson_bar, window.messages, dialog):
        look(driver, *plain)
        widget.show()
        driver.settle()
        before = widget.grab().toImage()
        widget.hide()
        look(driver, *changed)
        widget.show()
        driver.settle()
        hidden = widget.grab().toImage()
        look(driver, *plain)
        driver.settle()
        look(driver, *changed)
        driver.settle()
        seen = widget.grab().toImage()
        assert seen != before, widget.objectName()
        assert seen == hidden, widget.objectName()
        widget.hide()
    dialog.deleteLater()
