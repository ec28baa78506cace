"""The runs beside each other in the window: the strip of them, and what panels are shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from PySide6.QtCore import QObject

from rnnviz.gui.panels.base.shown_run import ShownRun
from rnnviz.gui.runs.race import Race
from rnnviz.gui.runs.rival_control import RivalControl
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.strip import RunsStrip, strip_line
from rnnviz.gui.runs.training_control import TrainingControl
from rnnviz.gui.style.sign import Sign, free_sign
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.wording.race import seen_beside_rivals
from rnnviz.training.observation.diagnostics.text import TEXT


class RivalsView(QObject):
    """Puts the strip into the window and hands on what is done in it.

    Parameters
    ----------
    window
        Takes the strip.
    theme
        Colours and icons.
    runs
        Those of the window.
    rivals, training, race
        Obey what is asked in the strip.

    Attributes
    ----------
    strip
        A line a run, where there are several.
    """

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        runs: RunList,
        rivals: RivalControl,
        training: TrainingControl,
        race: Race,
    ) -> None:
        super().__init__(window)
        self._runs = runs
        self._race = race
        self.strip = RunsStrip(theme, window.actions_by_name["action_add_rival"])
        window.set_strip(self.strip)
        numbered = runs.numbered
        strip = self.strip
        strip.front_asked.connect(lambda number: rivals.put_in_front(numbered(number)))
        strip.play_asked.connect(lambda number: training.toggle_one(numbered(number)))
        strip.remove_asked.connect(lambda number: rivals.ask_to_remove(numbered(number)))
        strip.sign_chosen.connect(lambda number, sign: rivals.choose_sign(numbered(number), sign))
        strip.rule_chosen.connect(race.choose)
        strip.compare_asked.connect(lambda number, on: rivals.compare(numbered(number), on))

    def show(self) -> None:
        """Say how the runs stand."""
        runs = self._runs
        if len(runs) == 1 and self.strip.isHidden():
            return
        compared, names = runs.compared, runs.names
        self.strip.show_lines(
            [strip_line(run, names[run], run in compared, run is runs.front) for run in runs],
            self._result() if len(runs) > 1 else "",
        )

    def _result(self) -> str:
        """Say who leads, or which step of the past is seen beside the rivals."""
        runs = self._runs
        seen = {run: run.snapshot.timeline.seen for run in runs if run.snapshot is not None}
        of_front = seen.pop(runs.front, None)
        if of_front is None:
            return self._race.result()
        # Not both: a further line would take its room from the panels.
        return seen_beside_rivals(of_front, seen.values())

    def shown_runs(self) -> tuple[ShownRun, tuple[ShownRun, ...]] | None:
        """Return the run in front, and all that panels compare; None before there is anything."""
        names = self._runs.names
        shown = {
            run: one for run in self._runs.compared if (one := _shown(run, names[run])) is not None
        }
        front = shown.get(self._runs.front)
        if front is None:
            return None
        now = _beside_its_past(front, [run.sign for run in self._runs])
        return front, (*shown.values(), *now)


def _shown(run: Run, name: str) -> ShownRun | None:
    snapshot = run.snapshot
    if snapshot is None:
        return None
    return ShownRun(run.identity, name, run.sign, snapshot, run.glanced)


def _beside_its_past(front: ShownRun, signs: Iterable[Sign]) -> tuple[ShownRun, ...]:
    """Return the network of now as one more run, where it is to be seen beside its past."""
    snapshot = front.snapshot
    if snapshot.window_of_now is None:
        return ()
    recorded, text = snapshot.recorded, snapshot.get(TEXT)
    if text is not None:
        recorded = recorded.replaced(TEXT, text.of_now)
    now = dataclasses.replace(snapshot, window=snapshot.window_of_now, recorded=recorded)
    name = f"now, step {snapshot.window_of_now.step:,}"
    identity, sign = f"{front.identity} now", free_sign(signs)
    return (ShownRun(identity, name, sign, now, is_of_now=True, says_step=True),)
