"""What experiments and lessons see and do of the runs, by those who decide about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rnnviz.gui.runs.live_control import LiveControl
from rnnviz.gui.runs.rival_control import RivalControl
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.training_control import TrainingControl
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.watch import watchable_speed
from rnnviz.training.configuration import SETTINGS, Value
from rnnviz.training.experiments import Variant
from rnnviz.training.snapshot import Snapshot


class Scene:
    """Hands on what is wanted, by the window's own commands; knows no widget.

    A run that was told to begin anew is not there until it has.

    Parameters
    ----------
    runs
        Those of the window.
    run_control, rivals, training, live
        Obey as they obey the person.

    Attributes
    ----------
    runs
        As given.
    """

    def __init__(
        self,
        runs: RunList,
        run_control: RunControl,
        rivals: RivalControl,
        training: TrainingControl,
        live: LiveControl,
    ) -> None:
        self.runs = runs
        self._run_control = run_control
        self._rivals = rivals
        self._training = training
        self._live = live

    # -- what is seen -------------------------------------------------------------------------

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """The runs that are there, by their names."""
        return {
            run.title or str(run.number): run.snapshot
            for run in self.runs
            if run.snapshot is not None and not run.begins
        }

    @property
    def front(self) -> Snapshot | None:
        """The run in front; None where it is not there yet."""
        return None if self.runs.front.begins else self.runs.front.snapshot

    # -- what is done -------------------------------------------------------------------------

    def ask_first(self, what: str, act: Callable[[], None]) -> None:
        """Do what ends the runs, after asking where that would be a loss."""
        self._run_control.ask_first(what, act, list(self.runs))

    def ask_about_files(self, what: str, act: Callable[[], None]) -> None:
        """Do what ends runs that can be had again, after asking about those that have a file."""
        of_files = [run for run in self.runs if run.file.path is not None]
        self._run_control.ask_first(what, act, of_files)

    def begin(self, variants: Sequence[Variant]) -> bool:
        """Begin these runs, several of them as rivals; no other run stays.

        Returns
        -------
        bool
            Whether all of them begin, and not the first alone.
        """
        return self._rivals.begin_all(variants)

    def pursue(self, goals: tuple[Goal, ...]) -> None:
        """Have measured how the runs stand to these goals."""
        self._live.pursue(goals)

    def change(self, settings: Mapping[str, Value]) -> None:
        """Change settings of the run in front: at once where that can be, else in a new run."""
        structural = {k: v for k, v in settings.items() if not SETTINGS[k].live}
        if structural:
            self._run_control.restart(**structural)
        for name, value in settings.items():
            if name not in structural:
                self._live.change(name, value)

    def train(self, steps: int) -> None:
        """Have all runs do so many steps, at a speed that can be watched."""
        self._training.train(steps, watchable_speed(steps))

    def pause(self) -> None:
        """Have all runs rest."""
        self._training.pause()

    def add_rival(self) -> None:
        """Put another run beside the one in front."""
        self._rivals.add_copy()
