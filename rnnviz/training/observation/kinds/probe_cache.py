"""What diagnostics measure with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from rnnviz.training.observation.kinds.diagnostic import Diagnostic

Probe = TypeVar("Probe")


class ProbeCache:
    """Probes, readers and their buffers: each made once for a window's length, then reused."""

    def __init__(self) -> None:
        self._kept: dict[Diagnostic, tuple[int, object]] = {}

    def of(self, diagnostic: Diagnostic, length: int, make: Callable[[], Probe]) -> Probe:
        """Return what `diagnostic` measures a window of `length` steps with."""
        kept = self._kept.get(diagnostic)
        if kept is None or kept[0] != length:
            kept = self._kept[diagnostic] = length, make()
        return cast("Probe", kept[1])

    def keep_only(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Give back those of all other diagnostics."""
        self._kept = {one: kept for one, kept in self._kept.items() if one in diagnostics}
