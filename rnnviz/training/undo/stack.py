"""The changes of a session in order, with the runs that they put away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rnnviz.core.errors import RnnvizError
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.live_run import LiveRun
from rnnviz.training.undo.view import ChangeKind, Done, PutAway, Undoable, UndoView

MOST_RUNS = 3
"""So many runs at most are kept: each has its weights, and some of its past."""
MOST_BYTES = 1_000_000_000
"""Of memory that all of them may take together."""
MOST_CHANGES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One change.

    Attributes
    ----------
    kind
        What was done.
    name, before, after
        The setting, its value before and after; empty where it was not one setting.
    put_away
        The run that is not under command now, of the two; None for a setting.
    """

    kind: ChangeKind
    name: str = ""
    before: Value = ""
    after: Value = ""
    put_away: LiveRun | None = None

    def towards(self, *, again: bool) -> Undoable:
        """Return what comes back when this is undone, or done again."""
        return Undoable(self.kind, self.name, self.after if again else self.before)


class UndoStack:
    """Knows what was changed, what of it was undone, and which runs come back with it.

    Settings that only decide what is looked at are not its business.
    """

    def __init__(self) -> None:
        self._undo: list[Entry] = []
        self._redo: list[Entry] = []
        self._last: Done | None = None
        self._count = 0
        self._growing: Entry | None = None

    def begin_change(self, name: str, *, goes_on: bool) -> bool:
        """Take note that a live setting is about to be changed.

        Parameters
        ----------
        name
            The setting.
        goes_on
            Whether that is to go on with the last change.

        Returns
        -------
        bool
            Whether it does: what was changed last was this setting.
        """
        setting = SETTINGS.get(name)
        if setting is None or setting.only_looks:
            return False
        if self._growing is not None and not (goes_on and self._growing.name == name):
            self._growing = None
        return self._growing is not None

    def note_setting(self, name: str, before: Configuration, after: Configuration) -> None:
        """Note that a live setting was changed, as it was begun."""
        old, new = getattr(before, name), getattr(after, name)
        if SETTINGS[name].only_looks or old == new:
            return
        growing = self._growing
        if growing is not None:
            old = growing.before
            if self._undo and self._undo[-1] is growing:
                self._undo.pop()
        self._redo.clear()
        self._growing = Entry("setting", name, old, new)
        # What ends where it began was no change; its hand may go on yet.
        if old != new:
            self._undo.append(self._growing)
        del self._undo[:-MOST_CHANGES]

    def note_run(
        self, kind: Literal["reset", "new run"], put_away: LiveRun, begun: LiveRun
    ) -> None:
        """Note that a run gave way to another one; it is kept, as long as there is room for it.

        One that was about to do the same first step is not: to reset twice is to reset once.
        """
        before, after = put_away.trainer.configuration, begun.trainer.configuration
        changed = [
            name
            for name, setting in SETTINGS.items()
            if not setting.only_looks and getattr(before, name) != getattr(after, name)
        ]
        if not changed and not put_away.trainer.step_count:
            return
        named: tuple[str, Value, Value] = ("", "", "")
        if len(changed) == 1:
            (name,) = changed
            named = (name, getattr(before, name), getattr(after, name))
        self._redo.clear()
        self._growing = None
        self._undo.append(Entry(kind, *named, put_away))
        self._make_room(begun)

    def _make_room(self, begun: LiveRun) -> None:
        """Let go of the oldest runs where there are too many, or too large ones; the last stays."""
        datasets, num_bytes, count = {id(begun.trainer.dataset)}, 0, 0
        for index in range(len(self._undo) - 1, -1, -1):
            run = self._undo[index].put_away
            if run is None:
                continue
            dataset = run.trainer.dataset
            num_bytes += run.num_bytes + (0 if id(dataset) in datasets else dataset.num_bytes)
            datasets.add(id(dataset))
            count += 1
            if count > 1 and (count > MOST_RUNS or num_bytes > MOST_BYTES):
                # What was done before it was done to a run that cannot come back any more.
                del self._undo[: index + 1]
                break
        del self._undo[:-MOST_CHANGES]

    def next(self, *, again: bool) -> Entry:
        """Return what is to be undone next, or done again.

        Raises
        ------
        RnnvizError
            Where there is nothing.
        """
        entries = self._redo if again else self._undo
        if not entries:
            raise RnnvizError(f"There is nothing to {'redo' if again else 'undo'}.")
        return entries[-1]

    def note_done(self, *, again: bool, put_away: LiveRun | None) -> None:
        """Note that the next one was undone, or done again.

        Parameters
        ----------
        again
            Which of the two.
        put_away
            The run that gave way to the one that came back; None for a setting.
        """
        source, target = (self._redo, self._undo) if again else (self._undo, self._redo)
        entry = source.pop()
        target.append(Entry(entry.kind, entry.name, entry.before, entry.after, put_away))
        self._growing = None
        self._count += 1
        self._last = Done(self._count, entry.towards(again=again), again)

    def clear(self) -> None:
        """Let go of all: what was changed was changed of a run that is gone."""
        self._undo.clear()
        self._redo.clear()
        self._growing = self._last = None

    def view(self) -> UndoView:
        """Return what can be undone and done again."""
        undo, redo = self._undo, self._redo
        back = [
            _put_away(entry.put_away, number, entry.kind)
            for number, entry in enumerate(reversed(undo), start=1)
            if entry.put_away is not None
        ]
        forth = [
            _put_away(entry.put_away, 0, entry.kind)
            for entry in reversed(redo)
            if entry.put_away is not None
        ]
        return UndoView(
            to_undo=undo[-1].towards(again=False) if undo else None,
            to_redo=redo[-1].towards(again=True) if redo else None,
            last=self._last,
            put_away=(*back, *forth),
        )


def _put_away(run: LiveRun, undos: int, kind: ChangeKind) -> PutAway:
    return PutAway(run.run_id, run.first_step, run.trainer.step_count, undos, kind == "reset")
