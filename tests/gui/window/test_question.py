from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.window.question import Question

ANSWERS = QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Cancel


def colors_of(box: Question) -> set[str]:
    image = box.iconPixmap().toImage()
    pixels = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(*p).name() for p in pixels if image.pixelColor(*p).alpha() == 255}


def test_a_question_wears_the_programs_icon_and_none_of_the_systems(qtbot: QtBot, qapp) -> None:
    theme = Theme(ColorScheme.LIGHT)
    theme.apply(qapp)
    box = Question(theme, "save", "Save?", "It is not saved.", ANSWERS)
    qtbot.addWidget(box)
    box.button(QMessageBox.StandardButton.Save).setText("An answer of quite a few words")
    box.show()
    assert theme.palette.forward in colors_of(box)
    assert all(button.icon().isNull() for button in box.buttons())
    save = box.button(QMessageBox.StandardButton.Save)
    assert save.width() >= save.sizeHint().width()
    assert box.text() == "Save?"
    assert box.informativeText() == "It is not saved."
    qapp.setStyleSheet("")


def test_a_question_follows_the_theme(qtbot: QtBot) -> None:
    theme = Theme(ColorScheme.LIGHT)
    box = Question(theme, "save", "Save?", "It is not saved.", ANSWERS)
    qtbot.addWidget(box)
    edge = box.iconPixmap().width()
    theme.set_scheme(ColorScheme.DARK)
    theme.set_scale(1.5)
    assert theme.palette.forward in colors_of(box)
    assert box.iconPixmap().width() > edge
