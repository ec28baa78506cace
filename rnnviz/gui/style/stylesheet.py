"""The one style sheet of the window, generated from the palette.

A widget says what it is with dynamic properties, and never carries a style sheet of its own:

``primary`` (``True``)
    The one button that a person is most likely to want.
``segment`` (``"first"``, ``"middle"``, ``"last"``, ``"only"``)
    A checkable button that is one choice of a row.
``pill`` (``True``)
    A small round checkable button.
``narrow`` (``True``)
    A pill of a letter or a digit.
``field`` (``True``)
    A button that opens a list and looks like the combo boxes around it.
``flat`` (``True``)
    A button without a field of its own, for toolbars and headers.
``tiny`` (``True``)
    A low button for a title row: an icon alone, or a few words.
``elides`` (``True``)
    A button that leaves out what there is no room for: what stands below each other is in line.
``flow`` (``"forward"``, ``"backward"``)
    Whether a control belongs to what flows forward (blue, the default) or comes back (orange).
``words`` (``"soft"``, ``"small"``, ``"strong"``, ``"title"``, ``"heading"``, ``"mono"``,
``"threshold"``)
    How a label speaks.
``of_past`` (``True``)
    What is of a step of the past that is seen.
``small`` (``True``)
    Of a label that is small and speaks as usual.
``bare`` (``True``)
    A text field that lies on a card without a frame of its own.
``marks_text`` (``True``)
    A thin frame around some of a text.
``bar`` (``True``)
    The band along the window's upper edge.
``card_part`` (``"top"``, ``"bottom"``)
    A card whose title row and body are two widgets.
``card`` (``True``)
    A rounded field on the background; there is never a card inside a card.
"""

from __future__ import annotations

import math
from string import Template

from rnnviz.gui.style.palette import Palette, mix
from rnnviz.resources import resource_path


def stylesheet(palette: Palette, scale: float, mono: str) -> str:
    """Return the style sheet for a palette and a scale.

    Parameters
    ----------
    palette
        The colours.
    scale
        How many times larger than designed everything is.
    mono
        The monospaced families, as a style sheet lists them.
    """
    dark = int(palette.panel[1:3], 16) < 128
    colors = {
        "background": palette.background,
        "panel": palette.panel,
        "ink": palette.ink,
        "soft": palette.soft,
        "faint": palette.faint,
        "line": palette.line,
        "threshold": palette.threshold,
        "on_accent": palette.on_accent,
        "forward": palette.forward,
        "forward_hover": mix(palette.forward, palette.ink, 0.14),
        "forward_tint": mix(palette.panel, palette.forward, 0.12),
        "backward": palette.backward,
        "backward_hover": mix(palette.backward, palette.ink, 0.14),
        # Fields must stand out from the background and from a panel alike.
        "field": mix(palette.panel, palette.line, 0.65) if dark else palette.panel,
        "field_line": mix(palette.line, palette.ink, 0.08),
        "button": mix(palette.line, palette.background, 0.15),
        "button_hover": mix(palette.line, palette.ink, 0.07),
        "button_down": mix(palette.line, palette.ink, 0.15),
        "groove": mix(palette.line, palette.ink, 0.06),
        "floating": mix(palette.panel, palette.line, 0.4) if dark else palette.panel,
    }
    # A length is "$u<n>" in the template, in units of one designed pixel, and a radius "$r<n>": one
    # that is larger than half of what it rounds leaves it square.
    lengths = {f"u{n}": f"{max(1, round(n * scale))}px" for n in (*range(1, 41), 320)}
    lengths |= {f"r{n}": f"{max(1, math.floor(n * scale))}px" for n in range(1, 13)}
    groove, knob = (2 * math.floor(n * scale) for n in (2, 7))
    round_parts = {
        "groove_height": groove,
        "knob": knob,
        "knob_in_border": knob - 4,
        "knob_radius": knob // 2,
        "knob_margin": (groove - knob) // 2,
        "radio_radius": knob // 2 + 1,
        "radio_dot": knob + 2 - 2 * round(4 * scale),
    }
    lengths |= {name: f"{length}px" for name, length in round_parts.items()}
    files = {
        name: resource_path(f"icons/field_{name}.svg").as_posix()
        for name in ("chevron_down", "chevron_up", "chevron_right")
    }
    check = "check_on_light" if dark else "check_on_dark"
    files["check"] = resource_path(f"icons/field_{check}.svg").as_posix()
    return Template(_TEMPLATE).substitute(colors, **lengths, **files, mono=mono)


_TEMPLATE = """
QMainWindow, QDialog { background: $background; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMessageBox { background: $panel; }
QMessageBox QLabel#qt_msgbox_label { font-weight: 700; font-size: $u18; }
QMessageBox QLabel#qt_msgbox_informativelabel { color: $soft; min-width: $u320; }
QMessageBox QPushButton { padding: $u6 $u20; }
QMainWindow::separator { background: transparent; width: $u8; height: $u8; }
QMainWindow::separator:hover { background: $line; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; }
QScrollArea, QScrollArea > QWidget > QWidget#scroll_content { background: transparent; border: 0; }
QFrame[card="true"], QWidget[card="true"] { background: $panel; border-radius: $r8; border: 0; }
QWidget[card_part] { background: $panel; border: 0; }
QWidget[card_part="top"] { border-top-left-radius: $r8; border-top-right-radius: $r8; }
QWidget[card_part="bottom"] { border-bottom-left-radius: $r8; border-bottom-right-radius: $r8; }

QFrame[bar="true"] { background: $panel; border: 0; }
QFrame#settings_drawer { background: $background; border: 0; border-right: 1px solid $field_line; }

QLabel { background: transparent; color: $ink; }
QLabel[words="soft"] { color: $soft; font-size: $u14; }
QLabel[words="small"] { color: $soft; font-size: $u12; }
QLabel[small="true"] { font-size: $u12; }
QLabel[words="body"] { font-size: $u14; }
QLabel[words="title"] { font-weight: 700; font-size: $u14; }
QLabel[words="heading"] { font-weight: 700; font-size: $u18; }
QLabel[words="mono"] { font-family: $mono; font-weight: 700; }
QLabel[of_past="true"] { color: $forward; }
QLabel[words="threshold"] { color: $threshold; }
QLabel[words="strong"] { color: $forward; font-weight: 700; }
QFrame#timeline { background: transparent; border: 0; border-top: 1px solid transparent; }
QFrame#timeline QAbstractSpinBox, QFrame#timeline QComboBox { padding: 0 $u6; font-size: $u12; }
QFrame#timeline QToolButton { padding: $u1 $u6; font-size: $u12; }
QFrame#timeline[of_past="true"] { background: $forward_tint; border-top: 1px solid $forward; }
QLabel:disabled { color: $faint; }

QPushButton, QToolButton {
  background: $button; color: $ink; border: 2px solid transparent; border-radius: $r6;
  padding: $u4 $u12; font-size: $u14;
}
QPushButton:hover, QToolButton:hover { background: $button_hover; }
QPushButton:pressed, QToolButton:pressed { background: $button_down; }
QPushButton:checked, QToolButton:checked { background: $forward; color: $on_accent; }
QPushButton:checked:hover, QToolButton:checked:hover { background: $forward_hover; }
QPushButton:disabled, QToolButton:disabled { color: $faint; }
QPushButton:focus, QToolButton:focus { border-color: $forward; }
QPushButton:checked:focus, QToolButton:checked:focus { border-color: $ink; }
QPushButton[primary="true"], QToolButton[primary="true"], QPushButton:default {
  background: $forward; color: $on_accent; font-weight: 700;
}
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover, QPushButton:default:hover {
  background: $forward_hover;
}
QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus { border-color: $ink; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {
  background: $button; color: $faint;
}
QPushButton[flat="true"], QToolButton[flat="true"] { background: transparent; padding: $u4 $u8; }
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: $button; }
QPushButton[flat="true"]:pressed, QToolButton[flat="true"]:pressed { background: $button_hover; }
QPushButton[flat="true"]:checked, QToolButton[flat="true"]:checked {
  background: $forward_tint; color: $forward;
}
QToolButton[tiny="true"], QFileDialog QToolButton { padding: $u1; }
QPushButton[tiny="true"] { padding: 0 $u8; font-size: $u12; min-height: $u18; }
QPushButton[elides="true"] { text-align: left; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[popupMode="1"] { padding-right: $u20; }
QToolButton::menu-button { border: 0; width: $u18; background: transparent; }
QToolButton::menu-arrow { image: url($chevron_down); width: $u10; height: $u10; }
QPushButton::menu-indicator { image: url($chevron_down); width: $u12; height: $u12;
  subcontrol-position: right center; right: $u6; }

QPushButton[segment], QToolButton[segment] {
  background: $field; border: 1px solid $field_line; border-radius: 0; padding: $u3 $u4;
}
QPushButton[segment]:hover, QToolButton[segment]:hover { background: $button_hover; }
QPushButton[segment="first"], QToolButton[segment="first"] {
  border-top-left-radius: $r5; border-bottom-left-radius: $r5; border-right: 0;
}
QPushButton[segment="middle"], QToolButton[segment="middle"] { border-right: 0; }
QPushButton[segment="last"], QToolButton[segment="last"] {
  border-top-right-radius: $r5; border-bottom-right-radius: $r5;
}
QPushButton[segment="only"], QToolButton[segment="only"] { border-radius: $r5; }
QPushButton[segment]:checked, QToolButton[segment]:checked {
  background: $forward; color: $on_accent; border-color: $forward;
}
QPushButton[segment]:checked:hover, QToolButton[segment]:checked:hover {
  background: $forward_hover;
}
QPushButton[segment][flow="backward"]:checked, QToolButton[segment][flow="backward"]:checked {
  background: $backward; border-color: $backward;
}
QPushButton[segment][flow="backward"]:checked:hover,
QToolButton[segment][flow="backward"]:checked:hover { background: $backward_hover; }
QPushButton[segment]:checked:disabled, QPushButton[segment][flow="backward"]:checked:disabled {
  background: $line; color: $faint; border-color: $field_line;
}
QPushButton[segment]:focus, QToolButton[segment]:focus { border: 2px solid $forward; }
QPushButton[segment]:checked:focus, QToolButton[segment]:checked:focus { border: 2px solid $ink; }

QPushButton[pill="true"], QToolButton[pill="true"] {
  border-radius: $r11; padding: $u1 $u10; font-size: $u12; color: $soft; min-height: $u18;
}
QPushButton[pill="true"]:checked, QToolButton[pill="true"]:checked { color: $on_accent; }
QPushButton[pill="true"]:disabled, QToolButton[pill="true"]:disabled { color: $faint; }
QPushButton[pill="true"][narrow="true"] { padding: $u1 $u4; border-radius: $r8; }
QPushButton[pill="true"][flow="backward"]:checked { background: $backward; }
QPushButton[pill="true"][flow="backward"]:checked:hover { background: $backward_hover; }

QPushButton[field="true"] {
  background: $field; border: 1px solid $field_line; border-radius: $r5;
  padding: $u3 $u8; text-align: left;
}
QPushButton[field="true"]:hover { background: $field; border-color: $faint; }
QPushButton[field="true"]:focus { border: 2px solid $forward; padding: $u2 $u7; }
QPushButton[field="true"]::menu-indicator { width: $u14; height: $u14; right: $u5; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: $field; color: $ink; border: 1px solid $field_line; border-radius: $r5;
  padding: $u3 $u8; selection-background-color: $forward; selection-color: $on_accent;
  font-size: $u14;
}
QPlainTextEdit[bare="true"], QPlainTextEdit[bare="true"]:focus,
QTextEdit[bare="true"], QTextEdit[bare="true"]:focus {
  background: transparent; border: 0; padding: 0 $u10;
}
QFrame[marks_text="true"] { background: transparent; border: 1px solid $ink; }
QListView[bare="true"] { background: transparent; border: 0; padding: 0; outline: 0; }
QListView[bare="true"]:focus { border: 1px solid $forward; }
QListView[bare="true"]::item:selected {
  background: $forward_tint; color: $ink; border: 1px solid $forward;
}
QAbstractSpinBox { font-family: $mono; padding-right: $u6; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $faint; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
  border: 2px solid $forward; padding: $u2 $u7;
}
QAbstractSpinBox:focus { padding-right: $u5; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
  color: $faint; background: $background;
}
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: $threshold; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
  subcontrol-origin: border; width: $u16; border: 0; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url($chevron_up); width: $u10; height: $u10; }
QAbstractSpinBox::down-arrow { image: url($chevron_down); width: $u10; height: $u10; }
QAbstractSpinBox[buttonSymbols="NoButtons"]::up-button,
QAbstractSpinBox[buttonSymbols="NoButtons"]::down-button {
  subcontrol-origin: border; subcontrol-position: left; width: 0;
}
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
  border: 0; background: transparent; padding: 0 0 0 $u6;
}
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: 0; width: $u24; }
QComboBox::down-arrow { image: url($chevron_down); width: $u14; height: $u14; }
QComboBox QAbstractItemView {
  background: $floating; color: $ink; border: 1px solid $field_line; padding: $u4; outline: 0;
  selection-background-color: $forward_tint; selection-color: $ink;
}
QComboBox QAbstractItemView::item { min-height: $u24; padding: 0 $u6; border-radius: $r4; }
QComboBox QAbstractItemView::item:selected { background: $forward_tint; color: $ink; }

QSlider { min-height: $u20; background: transparent; }
QSlider::groove:horizontal {
  height: $groove_height; border-radius: $r2; background: $groove;
}
QSlider::sub-page:horizontal {
  height: $groove_height; border-radius: $r2; background: $forward;
}
QSlider::handle:horizontal {
  width: $knob; height: $knob; margin: $knob_margin 0; border-radius: $knob_radius;
  background: $forward;
}
QSlider::handle:horizontal:hover { background: $forward_hover; }
QSlider::handle:horizontal:focus { border: 2px solid $ink;
  width: $knob_in_border; height: $knob_in_border; }
QSlider[flow="backward"]::sub-page:horizontal { background: $backward; }
QSlider[flow="backward"]::handle:horizontal { background: $backward; }
QSlider[flow="backward"]::handle:horizontal:hover { background: $backward_hover; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: $faint; }

QCheckBox, QRadioButton {
  spacing: $u8; color: $ink; background: transparent; padding: $u2; font-size: $u14;
}
QCheckBox::indicator, QRadioButton::indicator {
  width: $u14; height: $u14; background: $field; border: 1px solid $faint; border-radius: $r4;
}
QRadioButton::indicator { width: $knob; height: $knob; border-radius: $radio_radius; }
QCheckBox::indicator:checked { background: $forward; border-color: $forward; image: url($check); }
QRadioButton::indicator:checked { border: $u4 solid $forward; background: $panel;
  width: $radio_dot; height: $radio_dot; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $forward; }
QCheckBox:focus, QRadioButton:focus { color: $forward; }

QMenuBar { background: $panel; color: $ink; padding: 0 $u6; }
QMenuBar::item { background: transparent; padding: $u4 $u8; border-radius: $r5; }
QMenuBar::item:selected { background: $button; }
QMenu {
  background: $floating; color: $ink; border: 1px solid $field_line; padding: $u4;
  font-size: $u14;
}
QMenu::item { padding: $u5 $u24 $u5 $u12; border-radius: $r4; }
QMenu::item:selected { background: $forward_tint; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: $u4 $u8; }
QMenu::icon { padding-left: $u8; }
QMenu::right-arrow { image: url($chevron_right); width: $u12; height: $u12; right: $u6; }
QToolBar { background: $panel; border: 0; padding: $u6 $u8; spacing: $u8; }
QToolBar::separator { background: $line; width: 1px; margin: $u6 $u4; }
QStatusBar { background: $panel; color: $soft; }
QStatusBar::item { border: 0; }

QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $background; padding: $u4 $u8; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $soft; padding: $u4 $u12;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $ink; border-bottom-color: $forward; }
QTabBar::tab:hover { color: $ink; }
QTabWidget::pane { border: 0; }
QGroupBox { border: 0; margin-top: $u20; font-weight: 700; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $ink; }

QScrollBar:vertical { background: transparent; width: $u10; margin: 0; }
QScrollBar:horizontal { background: transparent; height: $u10; margin: 0; }
QScrollBar::handle { background: $groove; border-radius: $r3; margin: 2px; }
QScrollBar::handle:vertical { min-height: $u24; }
QScrollBar::handle:horizontal { min-width: $u24; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTableView { border: 0; padding: $u4 $u8; selection-background-color: transparent; }
QTableView::item { padding: 0 $u8; border-bottom: 1px solid $line; }
QTableView:focus { border: 2px solid $forward; padding: $u2 $u6; }
QHeaderView, QHeaderView::section { background: transparent; color: $soft; border: 0; }
QHeaderView::section { font-size: $u12; padding: $u4 $u11; border-bottom: 1px solid $line; }

QProgressBar { background: $groove; border: 0; border-radius: $r3; min-height: $u6;
  max-height: $u6; color: transparent; }
QProgressBar::chunk { background: $forward; border-radius: $r3; }
QToolTip { background: $floating; color: $ink; border: 1px solid $field_line; padding: $u5 $u8;
  font-size: $u12; }
QFrame#explanation_popover { background: $floating; border: 1px solid $field_line;
  border-radius: 0; }
"""
