"""What a person noticed who used the window: each of it once, with real widgets."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QPlainTextEdit, QPushButton, QScrollArea, QWidget

from rnnviz.gui.plotting.view.export import picture
from rnnviz.training.commands import Write
from rnnviz.training.observation.diagnostics.text import TEXT


def write(driver, length):
    number = driver.controller.snapshot.get(TEXT).stream.number
    driver.controller.thread_of_training.post(Write(length))
    driver.until(lambda snapshot: snapshot.get(TEXT).stream.number > number)


def test_the_text_stays_at_its_end_when_the_panel_shrinks(driver, qtbot):
    bar = driver.child(QPlainTextEdit, "generated_text").verticalScrollBar()
    write(driver, 1500)
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    driver.window.resize(driver.window.width(), driver.window.height() - 150)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    write(driver, 1600)
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())


def test_who_scrolls_back_is_left_there(driver, qtbot):
    bar = driver.child(QPlainTextEdit, "generated_text").verticalScrollBar()
    write(driver, 1500)
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    driver.window.resize(driver.window.width(), driver.window.height() - 150)
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    assert bar.value() == 0


def test_a_number_that_was_typed_does_not_stay_selected(driver, qtbot):
    box = driver.child(QAbstractSpinBox, "sequence_length")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "31")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    driver.until(lambda snapshot: snapshot.configuration.sequence_length == 31)
    assert not box.lineEdit().hasSelectedText()


def test_the_text_is_exported_on_the_color_of_its_card(driver):
    write(driver, 100)
    panel = driver.controller.panels["text_panel"]
    image = picture(panel.paint_export, QSize(panel.export_size), density=1.0)
    corner = image.pixelColor(image.width() - 20, image.height() - 6)
    assert corner == panel.theme.palette.color("panel")


def test_one_unit_is_called_one(driver):
    driver.until_new_run(lambda: driver.controller.run_control.restart(hidden_size=1))
    assert driver.controller.panels["hidden_panel"].subtitle.startswith("1 unit,")


def test_who_has_never_seen_the_window_is_told_how_to_begin(driver):
    remarks = driver.controller.form.remarks
    assert "press Train" in remarks.text
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    driver.qtbot.waitUntil(lambda: "press Train" not in remarks.text)
    driver.trigger("action_reset")
    driver.qtbot.waitUntil(lambda: "press Train" in remarks.text)
    # At the wall Train is about something else, and nothing of the run is seen.
    driver.child(QAction, "experiment_wall").trigger()
    driver.qtbot.waitUntil(lambda: not remarks.isVisible())


def test_copying_a_panel_is_confirmed(driver):
    driver.child(QAction, "loss_panel_copy_image").trigger()
    assert driver.window.messages.text == "Copied the picture of “Loss”."


def test_no_setting_is_too_wide_for_the_form(driver):
    driver.child(QPushButton, "more_settings").click()
    area = driver.child(QScrollArea, "controls_scroll_area")
    content = area.widget()
    driver.qtbot.waitUntil(lambda: driver.child(QWidget, "window_start").isVisible())
    assert content.minimumSizeHint().width() <= content.width() == area.viewport().width()
