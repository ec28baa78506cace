"""What diagnostics measure with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rnnviz.training.commands import Diagnostic

Instrument = TypeVar("Instrument")


class ProbeCache:
    """Probes, readers and their buffers: each made once for a window's length, then reused."""

    def __init__(self) -> None:
        self._kept: dict[Diagnostic, tuple[int, Any]] = {}

    def of(self, diagnostic: Diagnostic, length: int, make: Callable[[], Instrument]) -> Instrument:
        """Return what `diagnostic` measures a window of `length` steps with."""
        kept = self._kept.get(diagnostic)
        if kept is None or kept[0] != length:
            kept = self._kept[diagnostic] = length, make()
        instrument: Instrument = kept[1]
        return instrument

    def keep_only(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Give back those of all other diagnostics."""
        self._kept = {one: kept for one, kept in self._kept.items() if one in diagnostics}
