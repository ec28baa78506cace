from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.style.theme import ColorScheme, Theme

# The platform without a screen has neither size hints nor a keyboard to grab, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    theme = Theme(ColorScheme.LIGHT)
    panel = Panel(
        theme,
        object_name="loss_panel",
        title="Loss",
        subtitle="nats per character, averaged over the batch",
        explanation="How surprised the network is.\n\nLower is better.",
    )
    qtbot.addWidget(panel)
    plot = PlotView(theme, x=Axis(label="training step"))
    plot.add_curve("training", "forward").set_data(np.arange(10.0), np.arange(10.0))
    panel.set_body(plot)
    panel.resize(480, 210)
    panel.show()
    QApplication.processEvents()
    return panel


def test_every_control_has_a_name_and_a_place_in_the_tab_order(panel: Panel) -> None:
    buttons = panel.findChildren(QToolButton)
    assert {button.objectName() for button in buttons} == {
        "loss_panel_help",
        "loss_panel_more",
        "loss_panel_expand",
    }
    for control in [*buttons, panel.plot_view]:
        assert isinstance(control, QWidget)
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_panel_says_what_it_is_to_readers_of_the_screen(panel: Panel) -> None:
    assert panel.objectName() == "loss_panel"
    assert panel.accessibleName() == "Loss"
    assert "surprised" in panel.accessibleDescription()


def test_a_double_click_on_the_title_row_asks_to_fill_the_window(
    panel: Panel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.expand_requested):
        qtbot.mouseDClick(panel._header, Qt.MouseButton.LeftButton, pos=QPoint(30, 15))


def test_the_button_asks_to_fill_the_window(panel: Panel, qtbot: QtBot) -> None:
    button = panel.findChild(QToolButton, "loss_panel_expand")
    with qtbot.waitSignal(panel.expand_requested):
        button.click()
    before = button.accessibleName()
    panel.set_expanded(True)
    assert button.accessibleName() != before


def test_a_subtitle_without_room_ends_in_dots_and_is_whole_in_its_tip(panel: Panel) -> None:
    whole, label = "nats per character, averaged over the batch", panel._header._subtitle_label
    # How wide the words are depends on the typeface that an earlier test has left behind.
    for width in range(900, 200, -20):
        panel.resize(width, 200)
        QApplication.processEvents()
        if label.text() != whole:
            break
    assert label.text().endswith("…")
    assert label.toolTip() == whole
    panel.resize(900, 200)
    QApplication.processEvents()
    assert label.text() == whole


def test_other_words_after_the_title_lay_nothing_out_anew(panel: Panel, qtbot: QtBot) -> None:
    asked = []

    class Listener(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.LayoutRequest:
                asked.append(watched)
            return False

    listener = Listener(panel)
    for widget in (panel, panel._header):
        widget.installEventFilter(listener)
    panel._header.set_subtitle("0.7 nats per character")
    qtbot.wait(20)
    assert panel._header._subtitle_label.text() == "0.7 nats per character"
    assert not asked
    panel._header.set_subtitle("")
    qtbot.waitUntil(lambda: panel._header in asked)


def test_header_widgets_stand_before_the_panels_own_buttons(panel: Panel) -> None:
    toggle = QPushButton("all losses")
    panel.add_header_widget(toggle)
    QApplication.processEvents()
    own = panel.findChild(QToolButton, "loss_panel_help")
    assert toggle.mapTo(panel, QPoint()).x() < own.mapTo(panel, QPoint()).x()


def test_the_explanation_opens_and_escape_closes_it(panel: Panel, qtbot: QtBot) -> None:
    panel.findChild(QToolButton, "loss_panel_help").click()
    popover = QApplication.activePopupWidget()
    assert popover is not None
    assert popover.accessibleName() == "Loss"
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_svg_of_a_panel_is_as_large_as_the_panel_and_has_its_title(
    panel: Panel, tmp_path: Path
) -> None:
    assert panel.exports.save_svg(tmp_path / "loss.svg")
    root = ElementTree.parse(tmp_path / "loss.svg").getroot()
    assert root.attrib["viewBox"] == "0 0 480 210"
    words = [path.get("aria-label") for path in root]
    assert "Loss" in words
    assert "training step" in words


def test_png_and_csv_of_a_panel_are_written(panel: Panel, tmp_path: Path) -> None:
    assert panel.exports.save_png(tmp_path / "loss.png")
    assert QImage(str(tmp_path / "loss.png")).width() == 960
    assert panel.exports.save_csv(tmp_path / "loss.csv")
    assert (tmp_path / "loss.csv").read_text().startswith("training step,training\n0,0\n")


def test_the_picture_reaches_the_clipboard_and_that_is_said(panel: Panel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.exported) as caught:
        panel.exports.copy_image()
    assert not QApplication.clipboard().image().isNull()
    assert caught.args == ["Copied the picture of “Loss”."]


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_a_file_that_was_saved_is_named(
    panel: Panel, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    with qtbot.waitSignal(panel.exported) as caught:
        getattr(panel.exports, f"save_{kind}")(tmp_path / f"loss.{kind}")
    assert caught.args == [f"Saved loss.{kind}."]


def test_of_a_plot_that_is_held_it_is_said_what_is_in_view(
    panel: Panel, qtbot: QtBot, tmp_path: Path
) -> None:
    plot = panel.plot_view
    assert plot is not None
    plot.mapping.x.take_axis(Axis(label="training step", whole=True))
    plot.hold_x(2.4, 6.2)
    with qtbot.waitSignal(panel.exported) as caught:
        panel.exports.save_csv(tmp_path / "loss.csv")
    assert caught.args == ["Saved loss.csv, with what is in view: training step 3 to 6."]
    rows = (tmp_path / "loss.csv").read_text().splitlines()
    assert rows == ["training step,training", "3,3", "4,4", "5,5", "6,6"]
    with qtbot.waitSignal(panel.exported) as caught:
        panel.exports.copy_image()
    assert caught.args[0].endswith("“Loss”, with what is in view: training step 3 to 6.")
    plot.follow()
    with qtbot.waitSignal(panel.exported) as caught:
        panel.exports.save_png(tmp_path / "loss.png")
    assert caught.args == ["Saved loss.png."]


@pytest.mark.parametrize(
    ("held", "name"),
    [
        ((), "loss"),
        (("x",), "loss_training_step_1200_to_1500"),
        (("x", "y"), "loss_training_step_1200_to_1500"),
        (("y",), "loss_in_view"),
    ],
)
def test_the_proposed_name_says_what_is_in_view(
    panel: Panel, monkeypatch, held: tuple[str, ...], name: str
) -> None:
    plot = panel.plot_view
    assert plot is not None
    plot.mapping.x.take_axis(Axis(label="training step", whole=True))
    ends = {"x": (1200, 1500), "y": (-1e-7, 1)}
    for axis in held:
        getattr(plot.mapping, axis).hold(*ends[axis])
    proposed = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *told: proposed.append(told[2]) or ("", "")
    )
    panel.findChild(QAction, "loss_panel_save_csv").trigger()
    assert proposed == [f"{name}.csv"]


def test_a_picture_of_an_earlier_step_is_saved_under_its_step(
    panel: Panel, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.say_behind(1200)
    assert panel.exports.suggestion == "loss_step_1200"
    with qtbot.waitSignal(panel.exported) as caught:
        panel.exports.save_svg(tmp_path / "loss.svg")
    assert caught.args == ["Saved loss.svg, of step 1,200."]


def test_a_failed_export_is_told_in_one_sentence(
    panel: Panel, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(panel.export_failed) as caught:
        assert not panel.exports.save_csv(tmp_path / "nowhere" / "loss.csv")
    assert caught.args[0].startswith("loss.csv cannot be saved: ")


def test_a_panel_without_a_plot_exports_what_it_knows(qtbot: QtBot, tmp_path: Path) -> None:
    class TextPanel(Panel):
        def csv(self) -> str:
            return "character,probability\na,0.5\n"

    panel = TextPanel(Theme(ColorScheme.LIGHT), object_name="text_panel", title="Generated text")
    qtbot.addWidget(panel)
    panel.set_body(QPushButton("body"))
    assert panel.plot_view is None
    assert panel.exports.save_csv(tmp_path / "text.csv")
    assert panel.exports.save_svg(tmp_path / "text.svg")


def test_a_panel_that_shows_nothing_says_that_it_is_unfinished(panel: Panel) -> None:
    with pytest.raises(NotImplementedError):
        panel.show_snapshot(object())
