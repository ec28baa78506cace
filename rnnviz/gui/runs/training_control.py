"""Train, pause, step: of all runs or of one, or of what plays beside them, and on to claims."""

from __future__ import annotations

from collections.abc import Mapping

from rnnviz.gui.runs.race import Race
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.view import View
from rnnviz.training.commands import Pause, TakeStep, Train, UseBest
from rnnviz.training.snapshot import RunState


class TrainingControl:
    """Decides what Train, Step, Reset and Space do, and tells of a failed run; knows no widget.

    What the window's own buttons do is done to every run, so that a race is fair.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.
    run_control
        Resets.
    race
        Has those that begin together begin together.
    """

    def __init__(self, runs: RunList, view: View, run_control: RunControl, race: Race) -> None:
        self._runs = runs
        self._view = view
        self._run_control = run_control
        self._race = race
        self._waits = False
        self._told: dict[str, str] = {}

    def toggle(self) -> None:
        """Train, or pause, everything."""
        if (player := self._view.player) is not None:
            player.toggle()
        elif self._runs.trains:
            self.pause()
        else:
            self._go_on({run: Train() for run in self._runs})

    def toggle_one(self, run: Run) -> None:
        """Train, or pause, one run."""
        self._go_on({run: Pause() if run.trains else Train()})

    def lead_on(self) -> None:
        """Train to the experiment's next claim, where there is one; else train or pause.

        All runs go to the same step, by the rule of the race, and stop there.
        """
        goes = self._runs.trains or self._view.player is not None
        at = {run: where for run in self._runs if (where := run.reached) is not None}
        way = None if goes else self._view.way_on(at.values())
        if way is None:
            self.toggle()
            return
        self._go_on(
            {
                run: Train(way.stop - where.step, way.steps_per_second)
                for run, where in at.items()
                if where.step < way.stop
            }
        )

    def train(self, steps: int, steps_per_second: float) -> None:
        """Have every run do so many steps, no faster than people can follow."""
        self._go_on({run: Train(steps, steps_per_second) for run in self._runs})

    def pause(self) -> None:
        """Have every run rest, also one that was told to train and has not shown it yet."""
        self._go_on({run: Pause() for run in self._runs})

    def take_step(self) -> None:
        """Do one step of each."""
        if (player := self._view.player) is not None:
            player.take_step()
        else:
            self.step_runs()

    def step_runs(self) -> None:
        """Do one step of each run, whatever is seen."""
        self._told.clear()
        for run in self._runs:
            run.post(TakeStep())

    def hold(self) -> dict[Run, str]:
        """Pause all runs that train; return them, each with what it trains, for `go_on`."""
        held = {
            run: run.snapshot.run_id
            for run in self._runs
            if run.snapshot is not None and run.trains
        }
        for run in held:
            run.post(Pause())
        return held

    def go_on(self, held: Mapping[Run, str]) -> None:
        """Let runs train on that were held, to the end that they had; not what was begun since."""
        ways = {
            run: run.training_left
            for run, run_id in held.items()
            if run in self._runs and run.snapshot is not None and run.snapshot.run_id == run_id
        }
        self._post({run: way for run, way in ways.items() if way is not None})

    def reset(self) -> None:
        """Go back to the start."""
        if (player := self._view.player) is not None:
            player.put_back()
        else:
            self._run_control.reset()

    def use_best(self) -> None:
        """Let the run in front go back to the weights that did best on what is held out."""
        self._view.messages.clear()
        self._runs.front.post(UseBest())

    def follow_player(self) -> None:
        """Let the window be about what is seen; a run that nobody sees waits."""
        player, trains = self._view.player, self._runs.trains
        self._view.show_running(trains if player is None else player.runs)
        if player is None:
            self._waits = False
        elif trains and not self._waits:
            self._waits = True
            for run in self._runs:
                run.post(Pause())
            self._view.messages.confirm("Training is paused: nothing of it is seen here.")

    def tell_failure(self, run: Run) -> None:
        """Say why a run has failed: once, and anew when somebody has tried again."""
        snapshot = run.snapshot
        if snapshot is None:
            return
        reason = snapshot.reason if snapshot.state is RunState.FAILED else ""
        if reason and reason != self._told.get(run.identity):
            self._view.messages.tell(self._run_control.said_by(run, reason), "problem")
        self._told[run.identity] = reason

    def _go_on(self, commands: Mapping[Run, Train | Pause]) -> None:
        self._view.messages.clear()
        self._post(commands)

    def _post(self, commands: Mapping[Run, Train | Pause]) -> None:
        self._race.expect([run for run, command in commands.items() if isinstance(command, Train)])
        for run, command in commands.items():
            if isinstance(command, Train):
                # Only who tries again is told again why it fails.
                self._told.pop(run.identity, None)
            run.post(command)
