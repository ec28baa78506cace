"""Train, pause, step: of the run, or of what plays beside it, and on to an experiment's claims."""

from __future__ import annotations

from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.view import View
from rnnviz.training.commands import Pause, TakeStep, Train, UseBest
from rnnviz.training.snapshot import RunState, Snapshot


class TrainingControl:
    """Decides what Train, Step, Reset and Space do, and tells of a failed run; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.
    run_control
        Resets.
    """

    def __init__(self, runs: RunList, view: View, run_control: RunControl) -> None:
        self._runs = runs
        self._view = view
        self._run_control = run_control
        self._waits = False
        self._told = ""

    @property
    def _run(self) -> Run:
        return self._runs.front

    def toggle(self) -> None:
        """Train, or pause."""
        if (player := self._view.player) is not None:
            player.toggle()
        else:
            self._go_on(Pause() if self._run.trains else Train())

    def lead_on(self) -> None:
        """Train to the experiment's next claim, where there is one; else train or pause."""
        leads = not self._run.trains and self._view.player is None
        training = self._view.way_on(self._run.snapshot) if leads else None
        if training is None:
            self.toggle()
        else:
            self._go_on(training)

    def take_step(self) -> None:
        """Do one step."""
        if (player := self._view.player) is not None:
            player.take_step()
            return
        self._told = ""
        self._run.post(TakeStep())

    def reset(self) -> None:
        """Go back to the start."""
        if (player := self._view.player) is not None:
            player.put_back()
        else:
            self._run_control.reset()

    def use_best(self) -> None:
        """Go back to the weights that did best on what is held out."""
        self._view.messages.clear()
        self._run.post(UseBest())

    def follow_player(self) -> None:
        """Let the window be about what is seen; a run that nobody sees waits."""
        player, trains = self._view.player, self._run.trains
        self._view.show_running(trains if player is None else player.runs)
        if player is None:
            self._waits = False
        elif trains and not self._waits:
            self._waits = True
            self._run.post(Pause())
            self._view.messages.confirm("Training is paused: nothing of it is seen here.")

    def tell_failure(self, snapshot: Snapshot) -> None:
        """Say why a run has failed: once, and anew when somebody has tried again."""
        reason = snapshot.reason if snapshot.state is RunState.FAILED else ""
        if reason and reason != self._told:
            self._view.messages.tell(reason, "problem")
        self._told = reason

    def _go_on(self, command: Train | Pause) -> None:
        self._view.messages.clear()
        self._told = ""
        self._run.post(command)
