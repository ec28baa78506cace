"""The window's race: all its runs keep to one rule, and how they stand is said."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.runs.fork import parted_at
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.wording.race import NOT_COMPARABLE, result_sentence
from rnnviz.runs.messages import JoinRace, LeaveRace
from rnnviz.runs.race import RaceRule, RaceTable
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.record.standings import standings
from rnnviz.training.snapshot import Snapshot


class Race(QObject):
    """Has every run wait for the others, as long as there are others.

    Parameters
    ----------
    runs
        Those of the window.

    Signals
    -------
    failed(str)
        The runs cannot wait for each other, and why.
    """

    failed = Signal(str)

    def __init__(self, runs: RunList) -> None:
        super().__init__()
        self._runs = runs
        self._table: RaceTable | None = None
        self._joined: set[str] = set()
        self._rule = RaceRule.STEPS

    @property
    def rule(self) -> RaceRule:
        """What the runs have equally much of."""
        return self._rule

    def choose(self, rule: RaceRule) -> None:
        """Keep to another rule from now on."""
        self._rule = rule
        if self._table is not None:
            self._table.rule = rule

    def follow(self) -> None:
        """Let in whoever is new, and let nobody wait who is alone."""
        if len(self._runs) == 1:
            if self._joined:
                self._runs.front.post(LeaveRace())
            self._joined.clear()
            return
        if self._table is None:
            try:
                self._table = RaceTable(self._rule)
            except OSError as error:
                self.failed.emit(f"The runs cannot wait for each other: {error.strerror}.")
                return
        for run in self._runs:
            if run.identity not in self._joined:
                run.post(JoinRace(self._table.name, _row(run)))
        self._joined = {run.identity for run in self._runs}

    def expect(self, runs: list[Run]) -> None:
        """Let nobody start before these do, which are about to."""
        for run in runs:
            if self._table is not None and run.identity in self._joined:
                self._table.expect(_row(run))

    def release(self, run: Run) -> None:
        """Wait no more for one that could not start."""
        if self._table is not None:
            self._table.release(_row(run))

    def result(self) -> str:
        """Say how those that are compared stand; empty where there is nothing to say yet."""
        compared = [run for run in self._runs.compared if run.snapshot is not None]
        snapshots = [run.snapshot for run in compared if run.snapshot is not None]
        if len({_learned_from(snapshot) for snapshot in snapshots}) > 1:
            return NOT_COMPARABLE
        histories = [history for one in snapshots if (history := one.get(HISTORY)) is not None]
        if len(histories) < len(snapshots):
            return ""
        rates = [
            self._a_step(run, snapshot) for run, snapshot in zip(compared, snapshots, strict=True)
        ]
        found = standings(histories, rates)
        names = self._runs.names
        if found is None:
            return ""
        first, second = found.leader, found.second
        parted = rates[first] * parted_at(snapshots[first], snapshots[second], snapshots)
        return result_sentence(
            found,
            [names[run] for run in compared],
            self._rule.value,
            parted=parted,
            front=compared.index(self._runs.front) if self._runs.front in compared else None,
        )

    def close(self) -> None:
        """Give the shared memory back; to be called once the runs have ended."""
        if self._table is not None:
            self._table.close()
            self._table = None

    def _a_step(self, run: Run, snapshot: Snapshot) -> float:
        """Return how much of what the rule counts one step of a run is, on average."""
        if self._rule is RaceRule.STEPS or self._table is None or not snapshot.step:
            return 1.0
        if self._rule is RaceRule.TOKENS:
            return snapshot.tokens_seen / snapshot.step
        return self._table.progress(_row(run), self._rule) / snapshot.step


def _row(run: Run) -> int:
    return run.number - 1


def _learned_from(snapshot: Snapshot) -> tuple[str, str, str, int]:
    """Return what must be alike for two losses to be of the same thing."""
    configuration = snapshot.configuration
    return (
        configuration.corpus,
        configuration.text_file,
        configuration.level,
        snapshot.vocab_size,
    )
