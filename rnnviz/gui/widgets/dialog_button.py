"""The buttons of dialogs."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


def dialog_button(name: str, text: str, tip: str = "") -> QPushButton:
    """Return a button of this object name that Return does not press: it may have the focus."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
