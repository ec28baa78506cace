"""Names of what is on the screen, by which another session finds it again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_MOST_KEPT = 20_000
_kept: set[QWidget] = set()
"""What was looked at: the bindings take a widget of Qt's own for deleted, children included, once
the last Python object that stood for it is gone."""


def keep(widgets: list[QWidget]) -> list[QWidget]:
    """Keep what stands for these widgets until Qt destroys them."""
    if len(_kept) > _MOST_KEPT:
        _kept.intersection_update([one for one in _kept if isValid(one)])
    _kept.update(widgets)
    return widgets


def path_of(widget: QWidget) -> str:
    """Return the way to a widget from its window: names where there are, kinds and places else."""
    parts = []
    at: QWidget | None = widget
    while at is not None:
        keep([at])
        parts.append(_name(at))
        at = None if at.isWindow() else at.parentWidget()
    return "/".join(reversed(parts))


def found(path: str) -> QWidget | None:
    """Return the widget of a path that is seen now; None where there is none."""
    first, *others = path.split("/")
    at = next((one for one in QApplication.topLevelWidgets() if _is_called(one, first)), None)
    for name in others:
        if at is None:
            return None
        at = next((child for child in _children(at) if _name(child) == name), None)
    return at if at is not None and at.isVisible() else None


def _is_called(window: QWidget, name: str) -> bool:
    return window.isVisible() and window.isWindow() and _name(window) == name


def _name(widget: QWidget) -> str:
    kind, own = type(widget).__name__, widget.objectName().replace("/", "|")
    if own:
        return f"{kind}:{own}"
    if widget.isWindow() or widget.parentWidget() is None:
        return kind
    (parent,) = keep([widget.parentWidget()])
    alike = [child for child in _children(parent) if type(child) is type(widget)]
    return f"{kind}#{alike.index(widget)}"


def _children(widget: QObject) -> list[QWidget]:
    return widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
