"""The form has an editor for every setting that no panel carries."""

from PySide6.QtWidgets import QLabel

from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.style.theme import Theme
from rnnviz.training.configuration import SETTINGS, Configuration


def made(qtbot, *elsewhere: str) -> ControlForm:
    form = ControlForm(Theme(), frozenset(elsewhere))
    qtbot.addWidget(form)
    form.show()
    return form


def headings(form: ControlForm) -> list[str]:
    labels = form.findChildren(QLabel)
    return [one.text() for one in labels if one.property("words") == "title" and one.isVisible()]


def test_whatever_its_group_a_setting_that_no_panel_carries_is_in_the_form(qtbot):
    form = made(qtbot)
    for name, setting in SETTINGS.items():
        if name != "text_file" and len(setting.choices) != 1:
            assert form.editor(name) is not None


def test_a_group_of_which_nothing_is_shown_has_no_heading(qtbot):
    assert "Writing" not in headings(made(qtbot, *TextPanel.settings))
    form = made(qtbot, "prompt")
    assert headings(form).count("Writing") == 1
    form.show_configuration(Configuration(corpus="adding"))
    assert "Writing" not in headings(form), "whoever answers a task writes nothing"
    assert {"Data", "Network", "Training"} <= set(headings(form))


def test_a_text_of_ones_own_is_asked_for_and_then_named_within_a_line(qtbot):
    form = made(qtbot)
    corpora = form.editor("corpus").box
    assert corpora.itemText(corpora.findData("file")) == "Your own text…"
    form.show_configuration(Configuration(corpus="file", text_file="/home/me/two\nlines.txt"))
    assert corpora.currentText() == "two?lines.txt"
