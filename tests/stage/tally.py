"""What was seen over all sessions, in a few lines."""

from __future__ import annotations

from collections import Counter


class Tally:
    """Adds up what the logs of sessions tell."""

    def __init__(self) -> None:
        self.actions = 0
        self.sessions = 0
        self.faults: list[dict] = []
        self._done: Counter[str] = Counter()
        self._gaps: list[dict] = []
        self._single: list[dict] = []
        self._memory: list[list[float]] = []
        self._grown: list[float] = []

    def add(self, lines: list[dict]) -> None:
        """Take in one session."""
        self.sessions += 1
        acts = [line["do"] for line in lines if "do" in line and line["do"] != "end"]
        self.actions += len(acts)
        self._done.update(acts)
        self._gaps += [line["gaps"] for line in lines if "gaps" in line]
        self._single += [line for line in lines if "gap" in line]
        self._memory.append([line["memory"] for line in lines if "memory" in line])
        self._grown += [line["grown"] for line in lines if "grown" in line]
        self.faults += [line for line in lines if "fault" in line]

    def told(self, what: str) -> str:
        """Say what was seen."""
        lines = [f"{what}: {self.actions:,} actions in {self.sessions} sessions"]
        lines.append(", ".join(f"{count:,} {what}" for what, count in self._done.most_common()))
        for kind in ("wall", "own", "threads", "processor"):
            of = [gaps[kind] for gaps in self._gaps]
            if of:
                longest = max(gaps["longest"] for gaps in of)
                p999 = max(gaps["p99.9"] for gaps in of)
                lines.append(
                    f"gaps, {kind} time: longest {longest:g} ms, p99.9 of the worst session "
                    f"{p999:g} ms, {sum(gaps['count'] for gaps in of):,} measured"
                )
        courses = ((f"{m:.0f}" for m in of[:: max(1, len(of) // 6)]) for of in self._memory)
        lines.append(f"memory of the window in MB: {'; '.join(map(' '.join, courses))}")
        if self._grown:
            lines.append(f"it grew from a session's second quarter to its last by {self._grown} MB")
        kinds = Counter(fault["fault"] for fault in self.faults)
        lines.append(f"{len(self.faults)} faults: {dict(kinds)}" if kinds else "no faults")
        for fault in self.faults[:40]:
            first = fault["told"].strip().splitlines()[:3]
            lines.append(f"  action {fault['n']}: {fault['fault']}: {' | '.join(first)}")
        return "\n".join(lines)
