"""Shows how a page is done: changes what has to be changed, and trains until it is."""

from __future__ import annotations

from collections.abc import Mapping

from rnnviz.gui.lessons.scene import Scene
from rnnviz.training.lessons.todo import ShowMe
from rnnviz.training.snapshot import RunState, Snapshot


class Demonstrator:
    """Does what a page asks for, by the program's own commands, and says when it has.

    It trains to the last of the page's claims, where it is not past it, and stops there; what is
    not done by then takes some steps more.

    Parameters
    ----------
    scene
        Where it is done.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._before: Mapping[str, Snapshot] = {}
        self._more = 0
        self._to_claim = False
        self.is_busy = False
        """Whether it is under way."""

    def begin(self, show_me: ShowMe, last_claim: int, *, is_done: bool) -> None:
        """Change the settings and begin to train.

        Parameters
        ----------
        show_me
            What to do.
        last_claim
            The step of the last claim that is to be seen as well; 0 for none.
        is_done
            Whether only the claims are left to be seen.
        """
        if show_me.change and not is_done:
            self._scene.change(show_me.change)
        steps = [one.step for one in self._scene.snapshots.values()]
        ahead = max(0, last_claim - min(steps, default=0))
        self._more = 0 if is_done else show_me.train
        self._to_claim = ahead > 0
        if ahead:
            self._train(ahead)
        else:
            self._train_more()

    def stop(self) -> None:
        """Leave it as it is now."""
        if self.is_busy:
            self.is_busy = False
            self._scene.pause()

    def follow(self, *, is_done: bool) -> bool:
        """Stop where it is done and seen; tell whether that is so, or it was all in vain."""
        if not self.is_busy:
            return False
        if is_done and not self._to_claim:
            self.stop()
        elif self._has_ended():
            self._to_claim = self.is_busy = False
            if not is_done:
                self._train_more()
        return not self.is_busy

    def _train_more(self) -> None:
        steps, self._more = self._more, 0
        if steps:
            self._train(steps)

    def _train(self, steps: int) -> None:
        self._before = self._scene.snapshots
        self.is_busy = True
        self._scene.train(steps)

    def _has_ended(self) -> bool:
        """Tell whether the training that was asked for is over: all runs have moved, none does."""
        snapshots = self._scene.snapshots
        if any(snapshot.state is RunState.RUNNING for snapshot in snapshots.values()):
            self._before = {}
            return False
        moved = [_has_moved(snapshots[name], self._before.get(name)) for name in snapshots]
        return bool(moved) and all(moved)


def _has_moved(now: Snapshot, before: Snapshot | None) -> bool:
    return before is None or (now.run_id, now.step, now.state) != (
        before.run_id,
        before.step,
        before.state,
    )
