"""The file of a run: which it is, and what of the run it does not hold yet."""

from __future__ import annotations

from pathlib import Path

from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.snapshot import Snapshot


class RunFile:
    """Knows a run's file and how much training no file holds.

    Attributes
    ----------
    path
        The file that the run was opened from or saved to last; None while there is none.
    saved_step
        The step up to which a file holds the run, or at which it began.
    """

    def __init__(self) -> None:
        self.path: Path | None = None
        self.saved_step = 0
        self._snapshot: Snapshot | None = None
        self._saved_before_reset = 0
        self._steps_before_reset = 0
        # Told to the run, and not seen in a snapshot yet.
        self._is_resetting = self._is_undoing = False

    @property
    def is_behind(self) -> bool:
        """Whether there is training that no file holds, of this run or of one that was reset."""
        return self._lacks_steps or self.reset_is_behind

    @property
    def _lacks_steps(self) -> bool:
        return self._snapshot is not None and self._snapshot.step > self.saved_step

    @property
    def reset_is_behind(self) -> bool:
        """Whether a reset has put training away that no file holds."""
        is_kept = self._snapshot is not None and self._snapshot.can_undo_reset
        return is_kept and self._steps_before_reset > self._saved_before_reset

    @property
    def only_reset_is_behind(self) -> bool:
        """Whether all that no file holds is what a reset has put away, or is about to."""
        return self._is_resetting or (self._snapshot is not None and not self._lacks_steps)

    @property
    def can_undo_reset(self) -> bool:
        """Whether there is a reset to undo, seen in a snapshot or on its way."""
        return self._is_resetting or (self._snapshot is not None and self._snapshot.can_undo_reset)

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
        return self.path.name if self.path else self._snapshot.title

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
        self._is_resetting = False
        # Its first picture may come when it has trained already.
        saved_step, self.saved_step = self.saved_step, snapshot.progress.first_step
        # A picture of the reset may still come first.
        if self._is_undoing and not snapshot.can_undo_reset:
            self.saved_step, self._is_undoing = self._saved_before_reset, False
        elif before is not None and before.step:
            self._saved_before_reset, self._steps_before_reset = saved_step, before.step

    def reset(self) -> None:
        """Expect the same run's beginning, with what was trained put away."""
        self._is_undoing = False
        if self._snapshot is not None and self._snapshot.step:
            self._is_resetting = True
            self._saved_before_reset = self.saved_step
            self._steps_before_reset = self._snapshot.step

    def undo_reset(self) -> None:
        """Expect the run that a reset put away: no more of it is saved than was before."""
        self._is_resetting, self._is_undoing = False, True

    def begin(self, path: Path | None) -> None:
        """Take another run's file, if it has one."""
        self.path = path

    def saved(self, path: Path, step: int) -> None:
        """Take note that a file holds the run up to this step; it may have gone on since."""
        self.path, self.saved_step = path, step

    def lose(self) -> None:
        """Let go of what no file holds: the process that had it is gone."""
        self._steps_before_reset = self._saved_before_reset = 0
        self._is_resetting = self._is_undoing = False
        if self._snapshot is not None:
            self.saved_step = max(self.saved_step, self._snapshot.step)
