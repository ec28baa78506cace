"""What a person has hidden in a panel stays hidden by its name, whichever runs there are."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.panels.gradient_history_panel import GradientHistoryPanel
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.panels.spectrum_panel import SpectrumPanel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.plotting import RunCurve

from .test_comparing import draw, new_panel, runs


@pytest.fixture
def loss(qtbot) -> LossPanel:
    return new_panel(qtbot, LossPanel)


def seen_runs(panel) -> set[str]:
    """Return of which runs something is drawn that compares."""
    return {
        item.group
        for item in panel.plot_view.items_shown
        if isinstance(item, RunCurve) and item.visible and len(item.x)
    }


def test_all_that_is_of_a_run_is_hidden_with_its_name(loss: LossPanel) -> None:
    three = runs(3)
    draw(loss, three)
    loss.view.hiding.hide("run 1")
    assert seen_runs(loss) == {"run 2", "run 3"}, "the rings of what is held out as well"
    assert not loss._band.visible, "it is of the run in front"
    draw(loss, three, front=1)
    assert loss._band.visible
    assert seen_runs(loss) == {"run 2", "run 3"}


def test_rivals_that_come_and_go_leave_hidden_what_was(loss: LossPanel) -> None:
    draw(loss, runs(3))
    loss.view.hiding.hide("run 2")
    draw(loss, runs(1))
    loss.view.place_labels()
    assert loss.view.hidden_text == ""
    assert loss._curve.visible
    loss.view.hiding.hide("training")
    assert not loss._curve.visible
    assert not loss._band.visible
    draw(loss, runs(4))
    loss.view.place_labels()
    assert loss.view.hidden_text == "hidden: run 2"
    assert seen_runs(loss) == {"run 1", "run 3", "run 4"}
    assert loss._band.visible
    draw(loss, runs(1))
    loss.view.place_labels()
    assert loss.view.hidden_text == "hidden: training"


def test_a_hidden_run_takes_no_part_in_the_range(qtbot) -> None:
    panel = new_panel(qtbot, SpectrumPanel)
    both = runs(2)
    draw(panel, both)
    view = panel.plot_view
    highest = {
        name: max(
            float(item.y.max())
            for item in view.items_shown
            if isinstance(item, RunCurve) and item.group.startswith(name)
        )
        for name in ("run 1", "run 2")
    }
    higher, lower = sorted(highest, key=highest.get, reverse=True)
    before = view.mapping.y.high
    for letter in "WJ":
        view.hiding.hide(f"{higher}, {letter}")
    # The line at 1 is always there.
    assert view.mapping.y.high <= max(1.4, 1.5 * highest[lower])
    view.hiding.show_all()
    assert view.mapping.y.high == before


def test_where_a_run_has_two_curves_each_name_hides_the_one_that_it_names(qtbot) -> None:
    panel = new_panel(qtbot, SpectrumPanel)
    draw(panel, runs(3))
    hiding = panel.plot_view.hiding
    named = [
        item for item in panel.plot_view.items_shown if isinstance(item, RunCurve) and len(item.x)
    ]
    assert {curve.label for curve in named} == {curve.group for curve in named}
    assert set(hiding.names) == {curve.group for curve in named}
    hiding.hide("run 2, J")
    assert {curve.group for curve in named if not curve.visible} == {"run 2, J"}
    draw(panel, runs(3), front=1)
    assert seen_runs(panel) == set(hiding.names) - {"run 2, J"}
    hiding.show_alone("run 2, J")
    assert seen_runs(panel) == {"run 2, J"}


def test_clipping_that_is_switched_off_leaves_its_curve_hidden(qtbot) -> None:
    panel = new_panel(qtbot, ClippingPanel)
    draw(panel, runs(1))
    panel.view.hiding.hide("norm after clipping")
    panel._after.set_label("norm, not clipped")
    assert not panel._after.visible


def test_the_menu_hides_and_shows_without_a_mouse(loss: LossPanel) -> None:
    draw(loss, runs(1))
    menu = loss.exports.menu
    menu.aboutToShow.emit()
    everything = menu.findChild(QAction, "loss_panel_show_all_curves")
    curves = next(action.menu() for action in menu.actions() if action.text() == "Curves")
    assert not everything.isEnabled()
    assert [action.text() for action in curves.actions()] == ["training", "held-out text"]
    curves.actions()[0].trigger()
    assert not loss._curve.visible
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in curves.actions()] == [False, True]
    everything.trigger()
    assert loss._curve.visible


def test_where_nothing_has_a_name_the_menu_offers_nothing_to_hide(qtbot) -> None:
    panel = new_panel(qtbot, GradientHistoryPanel)
    draw(panel, runs(1))
    panel.exports.menu.aboutToShow.emit()
    shown = [action.text() for action in panel.exports.menu.actions() if action.isVisible()]
    assert "Curves" not in shown
    assert "Show all curves" not in shown
    assert menu_button(panel).toolTip() == "Menu of Gradient history: copy, save"


def menu_button(panel) -> QToolButton:
    return panel.findChild(QToolButton, f"{panel.objectName()}_more")


def test_the_menus_button_says_what_the_menu_offers(qtbot, loss: LossPanel) -> None:
    button = menu_button(loss)
    assert button.accessibleName() == button.toolTip() == "Menu of Loss: copy, save, choose curves"
    text = new_panel(qtbot, TextPanel)
    assert menu_button(text).toolTip() == "Menu of Generated text: copy, save"
