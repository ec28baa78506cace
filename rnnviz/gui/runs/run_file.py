"""The file of a run: which it is, and what of the run it does not hold yet."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from rnnviz.data.files import readable_name
from rnnviz.gui.wording.runs import origin_words
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.snapshot import Snapshot
from rnnviz.training.undo.view import UndoView


@dataclass(slots=True)
class _Saved:
    """What a file holds of a network that is put away: as `RunFile` has it of the one of now."""

    path: Path | None
    step: int


class RunFile:
    """Knows a run's file and how much training no file holds.

    Of networks that gave way to another one, and can come back, it remembers the same.

    Attributes
    ----------
    path
        The file that the run was opened from or saved to last; None while there is none.
    saved_step
        The step up to which a file holds the run, or at which it began.
    is_recovering
        Whether the next network comes from an autosave, and no file of the person's holds it.
    """

    def __init__(self) -> None:
        self.path: Path | None = None
        self.saved_step = 0
        self.is_recovering = False
        self._snapshot: Snapshot | None = None
        self._put_away: dict[str, _Saved] = {}
        # Told to the run, and not seen in a snapshot yet.
        self._is_resetting = False
        self._comes_back = ""

    @property
    def is_behind(self) -> bool:
        """Whether there is training that no file holds, of this run or of one that was reset."""
        return self._lacks_steps or self.reset_is_behind

    @property
    def _lacks_steps(self) -> bool:
        return self._snapshot is not None and self._snapshot.step > self.saved_step

    @property
    def reset_is_behind(self) -> bool:
        """Whether a reset has put training away that no file holds, and nobody was asked since."""
        if self._snapshot is None:
            return False
        back = (one for one in self._snapshot.undo.put_away if one.undos)
        for one in takewhile(lambda one: one.by_reset, back):
            saved = self._put_away.get(one.run_id)
            if one.step > (one.first_step if saved is None else saved.step):
                return True
        return False

    @property
    def only_reset_is_behind(self) -> bool:
        """Whether all that no file holds is what a reset has put away, or is about to."""
        return self._is_resetting or (self._snapshot is not None and not self._lacks_steps)

    @property
    def undos_to_before_reset(self) -> int:
        """How often to undo until the last reset is undone, seen in a snapshot or on its way.

        0 where there is none, or other networks began since.
        """
        if self._is_resetting:
            return 1
        put_away = () if self._snapshot is None else self._snapshot.undo.put_away
        return put_away[0].undos if put_away and put_away[0].by_reset else 0

    @property
    def unsaved(self) -> str:
        """What no file holds, in words."""
        if self._lacks_steps:
            return (
                f"what came after step {self.saved_step:,}" if self.saved_step else "its training"
            )
        return "the training before the reset"

    @property
    def name(self) -> str:
        """What the window is called after: the file, or else the text; empty before a run."""
        if self._snapshot is None:
            return ""
        name = readable_name(self.path) if self.path else self._snapshot.title
        origin = origin_words(self._snapshot.origins)
        return f"{name} ({origin})" if origin else name

    @property
    def suggestion(self) -> Path:
        """Where one might save it."""
        title = Path(self._snapshot.title).stem.lower() if self._snapshot else "model"
        return self.path or Path.home() / f"{title}{MODEL_SUFFIXES[0]}"

    def follow(self, snapshot: Snapshot, *, new_run: bool) -> None:
        """Take note of how far the run has come."""
        before, self._snapshot = self._snapshot, snapshot
        if not new_run:
            return
        self._is_resetting, self._comes_back = False, ""
        if before is not None:
            self._put_away.setdefault(before.run_id, _Saved(self.path, self.saved_step))
        known = self._put_away.pop(snapshot.run_id, None)
        if known is None:
            # Its first picture may come when it has trained already.
            self.saved_step = 0 if self.is_recovering else snapshot.progress.first_step
            self.is_recovering = False
        else:
            # No more of it is saved than was before.
            self.path, self.saved_step = known.path, known.step
        kept = {one.run_id for one in snapshot.undo.put_away}
        self._put_away = {name: saved for name, saved in self._put_away.items() if name in kept}

    def reset(self) -> None:
        """Expect the same run's beginning, with what was trained put away."""
        self._is_resetting = self._snapshot is not None and self._snapshot.step > 0

    def restart(self) -> None:
        """Expect another network, which has no file, and remember that of the one of now."""
        if self._snapshot is not None:
            self._put_away[self._snapshot.run_id] = _Saved(self.path, self.saved_step)

    def undo_reset(self) -> None:
        """Expect the network that the last reset put away."""
        if not self._is_resetting and self._snapshot is not None and self._snapshot.undo.put_away:
            self._comes_back = self._snapshot.undo.put_away[0].run_id
        self._is_resetting = False

    def begin(self, path: Path | None) -> None:
        """Take another run's file, if it has one."""
        self.path = path

    def recover(self) -> None:
        """Expect a network from an autosave."""
        self.is_recovering = True

    def saved(self, path: Path, step: int) -> None:
        """Take note that a file holds the run up to this step; it may have gone on since."""
        self.path = path
        if self._comes_back:
            self._put_away[self._comes_back] = _Saved(path, step)
            return
        self.saved_step = step
        if self._snapshot is not None and self._snapshot.run_id in self._put_away:
            self._put_away[self._snapshot.run_id] = _Saved(path, step)

    def lose(self) -> None:
        """Let go of what no file holds: the process that had it is gone."""
        self._put_away.clear()
        self._is_resetting, self._comes_back = False, ""
        if self._snapshot is not None:
            self._snapshot = dataclasses.replace(self._snapshot, undo=UndoView())
            self.saved_step = max(self.saved_step, self._snapshot.step)
