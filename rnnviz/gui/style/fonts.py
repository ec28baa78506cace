"""The program's own typefaces, so that words are words on a system that has no font at all.

Scripts that they lack (Hebrew, Chinese ...) come from the system, as far as it has them.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFontDatabase

from rnnviz.resources import resource_path

SANS = "rnnviz Sans"
MONO = "rnnviz Mono"

FILES = ("Sans-Regular", "Sans-Bold", "Mono-Regular", "Mono-Bold")
"""What the files of ``resources/fonts`` are called, without ``rnnviz`` and the ending."""


@cache
def problem() -> str | None:
    """Load the typefaces, once, and say what went wrong; None if nothing did."""
    failed = [name for name in FILES if not _load(f"fonts/rnnviz{name}.ttf")]
    if not failed:
        return None
    return (
        f"The program's own typeface ({', '.join(failed)}) cannot be loaded; "
        "words are shown in the system's."
    )


@cache
def families(monospaced: bool) -> list[str]:
    """Return the families of text, or of numbers that must not jump, best first.

    Each stands in for the other where a sign is missing.
    """
    if problem():
        kind = QFontDatabase.SystemFont
        system = kind.FixedFont if monospaced else kind.GeneralFont
        return [QFontDatabase.systemFont(system).family()]
    return [MONO, SANS] if monospaced else [SANS, MONO]


def _load(name: str) -> bool:
    try:
        path = resource_path(name)
    except FileNotFoundError:
        return False
    return QFontDatabase.addApplicationFont(str(path)) >= 0
