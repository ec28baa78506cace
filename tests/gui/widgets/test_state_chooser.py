"""The chooser of layer and state: what it offers, and how much room it takes."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.widgets.state_chooser import StateChooser

HIDDEN = {"h": "hidden state h"}
BOTH = HIDDEN | {"c": "cell state c"}

Make = Callable[..., StateChooser]


@pytest.fixture
def make(qtbot, qapp: QApplication) -> Make:
    Theme(ColorScheme.LIGHT).apply(qapp)
    rows = []

    def make_chooser(**options) -> StateChooser:
        chooser = StateChooser("panel", **options)
        row = QWidget()
        qtbot.addWidget(row)
        QHBoxLayout(row).addWidget(chooser)
        rows.append(row)
        row.resize(400, 40)
        row.show()
        return chooser

    yield make_chooser
    qapp.setStyleSheet("")


def pill(chooser: StateChooser, name: str) -> QPushButton:
    return chooser.findChild(QPushButton, f"panel_{name}_pill")


def test_where_there_is_nothing_to_choose_nothing_is_shown(make):
    chooser = make()
    assert chooser.isHidden()
    assert (chooser.layer, chooser.states, chooser.words) == (0, ("h",), "")


def test_the_last_layer_and_its_hidden_state_are_chosen_at_first(make):
    chooser = make()
    chooser.offer(3, BOTH)
    assert chooser.isVisible()
    assert (chooser.layer, chooser.states) == (2, ("h",))
    assert chooser.words == "hidden state h, layer 3"
    assert pill(chooser, "layer_3").isChecked()
    assert not pill(chooser, "layer_1").isChecked()


def test_a_click_chooses_and_says_so(make, qtbot):
    chooser = make()
    chooser.offer(2, BOTH)
    with qtbot.waitSignal(chooser.chosen):
        pill(chooser, "layer_1").click()
    with qtbot.waitSignal(chooser.chosen):
        pill(chooser, "state_c").click()
    assert (chooser.layer, chooser.states) == (0, ("c",))
    assert not pill(chooser, "state_h").isChecked()
    pill(chooser, "state_c").click()
    assert pill(chooser, "state_c").isChecked(), "what is chosen stays chosen"


def test_a_choice_stays_until_something_else_is_offered(make):
    chooser = make()
    chooser.offer(2, HIDDEN)
    pill(chooser, "layer_1").click()
    chooser.offer(2, HIDDEN)
    assert chooser.layer == 0
    chooser.offer(3, HIDDEN)
    assert chooser.layer == 2


def test_several_states_can_be_shown_together_but_not_none(make):
    chooser = make(several=True)
    chooser.offer(1, BOTH)
    assert chooser.states == ("h", "c")
    pill(chooser, "state_h").click()
    assert chooser.states == ("c",)
    pill(chooser, "state_c").click()
    assert chooser.states == ("c",)
    assert pill(chooser, "state_c").isChecked()


def test_without_room_one_button_with_a_menu_stands_for_all(make):
    chooser = make(several=True, switch=("total", "all losses", "all losses together"))
    chooser.offer(4, BOTH)
    QApplication.processEvents()
    button = chooser.findChild(QPushButton, "panel_choose")
    assert not button.isVisible()
    assert pill(chooser, "layer_1").isVisible()
    chooser.window().resize(chooser.minimumSizeHint().width() + 30, 40)
    QApplication.processEvents()
    assert button.isVisible()
    assert not pill(chooser, "layer_1").isVisible()
    assert button.text() == "4 · h c"
    names = [action.objectName() for action in button.menu().actions() if action.objectName()]
    assert names[0] == "panel_layer_1"
    assert names[-1] == "total"
    chooser.findChild(QAction, "panel_layer_2").trigger()
    assert chooser.layer == 1
    assert button.text() == "2 · h c"


def test_a_switch_is_offered_also_where_nothing_else_is(make, qtbot):
    chooser = make(switch=("total", "all losses", "all losses together"))
    assert chooser.isVisible()
    with qtbot.waitSignal(chooser.chosen):
        chooser.findChild(QPushButton, "total").click()
    assert chooser.is_switched
    chooser.window().resize(chooser.minimumSizeHint().width() + 30, 40)
    QApplication.processEvents()
    assert chooser.findChild(QPushButton, "total").isVisible()
    chooser.offer(2, BOTH)
    assert chooser.is_switched
    assert chooser.findChild(QPushButton, "total").isChecked()


def test_every_button_can_be_reached_and_says_what_it_does(make):
    chooser = make()
    chooser.offer(2, BOTH)
    for button in chooser.findChildren(QPushButton):
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy().name == "TabFocus"


def test_a_choice_can_stay_where_others_are_offered(make):
    chooser = make()
    chooser.offer(1, HIDDEN)
    chooser.offer(3, BOTH, keeps=True)
    assert (chooser.layer, chooser.states) == (0, ("h",))
    pill(chooser, "layer_2").click()
    pill(chooser, "state_c").click()
    chooser.offer(2, BOTH, keeps=True)
    assert (chooser.layer, chooser.states) == (1, ("c",))
    assert pill(chooser, "layer_2").isChecked()
    chooser.offer(1, HIDDEN, keeps=True)
    assert (chooser.layer, chooser.states) == (0, ("h",)), "what is gone cannot stay"


def test_several_chosen_states_can_stay_too(make):
    chooser = make(several=True)
    chooser.offer(1, BOTH)
    pill(chooser, "state_h").click()
    chooser.offer(2, BOTH, keeps=True)
    assert chooser.chosen_states == {"c": "cell state c"}
    chooser.offer(2, BOTH | {"d": "state d"})
    assert chooser.states == ("h", "c", "d"), "else all are chosen at first"
