"""Destroying what the window no longer needs."""

from __future__ import annotations

from PySide6.QtCore import QObject

_held: dict[int, QObject] = {}


def destroy_later(thing: QObject) -> None:
    """Have a QObject that has a parent destroyed, once Qt comes to it.

    It does what ``deleteLater`` does, and holds the object's Python side until it is gone. Where
    nobody but the parent holds it, PySide frees it and then looks at it once more, if something
    else lay at the same address before, and its Python side is still held: that ends the program.
    """
    key = id(thing)
    _held[key] = thing

    def let_go() -> None:
        _held.pop(key, None)

    thing.destroyed.connect(let_go)
    thing.deleteLater()
