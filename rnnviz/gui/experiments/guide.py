"""Experiments in the window: chosen in the menu, begun in one click, explained by a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from rnnviz.gui.experiments.asked import AskedClaims
from rnnviz.gui.experiments.card import ExperimentCard
from rnnviz.gui.experiments.findings import RunFindings
from rnnviz.gui.experiments.run_choice import ALL_AT_ONCE
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.widgets.plain import plain_tip
from rnnviz.gui.wording.claims import asked_words, claim_lines, explained
from rnnviz.training.claims.claim import Claim
from rnnviz.training.experiments import (
    SEEDS,
    Experiment,
    ExperimentError,
    Variant,
    load_experiments,
    read_experiment,
)

_PANEL = "_panel"


class ExperimentGuide(QObject):
    """Offers the experiments, begins their runs and shows what each is about.

    Parameters
    ----------
    card
        Shows what an experiment is about.
    panels
        The object names of all panels.
    runs
        Those of the window.
    begin
        Begins these runs, several of them as rivals under their names; returns whether all of
        them begin, and not the first alone.
    show_panels
        Shows these panels and no others; the second name is the one for a presentation's stage.
    ask_first
        Does something that throws the run away, after asking where that would be a loss.

    Attributes
    ----------
    actions
        What a menu offers: an action for each experiment.
    problems
        Sentences about the files that cannot be used; empty where there are none.
    asked
        Which claims the person asks otherwise.

    Signals
    -------
    claims_shown(object)
        The card is about these claims of the run in front: each as the experiment makes it, and as
        it is asked.
    opened()
        The card is about an experiment, whose claims are to be shown with `show_claims`.
    """

    claims_shown = Signal(object)
    opened = Signal()

    def __init__(
        self,
        card: ExperimentCard,
        panels: Sequence[str],
        runs: RunList,
        *,
        begin: Callable[[Sequence[Variant]], bool],
        show_panels: Callable[[Sequence[str], str], None],
        ask_first: Callable[[str, Callable[[], None]], None],
    ) -> None:
        super().__init__(card)
        self._card = card
        self._panels = [name.removesuffix(_PANEL) for name in panels]
        self._runs = runs
        self._begin = begin
        self._show_panels = show_panels
        self._ask_first = ask_first
        self._open: Experiment | None = None
        self._run = 0
        self._begun: tuple[Experiment, int] | None = None
        self._shown: list[RunFindings] = []
        self._pairs: tuple[tuple[Claim, Claim], ...] = ()
        self.asked = AskedClaims(self)
        self.asked.changed.connect(self._show_asked)
        card.made_asked.connect(self.asked.forget)
        card.closed.connect(self.show_claims)
        self.experiments, problems = load_experiments(self._panels)
        self.problems = " ".join(problems)
        self.actions = [self._new_action(*numbered) for numbered in enumerate(self.experiments, 1)]
        card.run_chosen.connect(self._run_chosen)

    def open(self, name: str) -> bool:
        """Begin an experiment by its name, or by the path of a file.

        Returns
        -------
        bool
            Whether a run begins with it: one that is not about the network needs none.

        Raises
        ------
        ExperimentError
            Where there is none, or the file cannot be used.
        """
        experiment = self._found(name)
        self._start(experiment, _default_run_of(experiment))
        return _begins_a_run(experiment)

    def show_claims(self) -> None:
        """Show how the claims made of what is under way stand, where the card is about it."""
        if self._open is None:
            return
        rows: list[RunFindings] = []
        pairs: tuple[tuple[Claim, Claim], ...] = ()
        races = self._run == ALL_AT_ONCE
        for variant in _runs_of(self._open, self._run):
            run = self._runs.called(variant.name) if races else self._runs.front
            view = None if run is None else run.claims
            if run is None or view is None or set(view.claims) != set(variant.claims):
                continue
            who = (variant.name, run.sign) if races else ()
            if run is self._runs.front and not (view.invalidated or self._card.isHidden()):
                pairs = tuple((claim, self.asked.of(claim)) for claim in view.claims)
            view = self.asked.applied(view)
            rows.append(RunFindings(claim_lines(view), explained(view), *who))
        if pairs != self._pairs:
            self._pairs = pairs
            self.claims_shown.emit(pairs)
        if rows != self._shown:
            self._shown = rows
            self._card.show_findings(rows)

    def _show_asked(self) -> None:
        self._card.show_asked(asked_words(self.asked.pairs))
        self.show_claims()

    def _found(self, name: str) -> Experiment:
        if name.lower().endswith(".toml"):
            return read_experiment(Path(name), self._panels)
        by_name = {experiment.name: experiment for experiment in self.experiments}
        if name not in by_name:
            raise ExperimentError(
                f'There is no experiment "{name}"; there are {", ".join(by_name)}.'
            )
        return by_name[name]

    def _new_action(self, number: int, experiment: Experiment) -> QAction:
        action = QAction(f"{number}.  {experiment.title}", self)
        action.setObjectName(f"experiment_{experiment.name}")
        action.setToolTip(plain_tip(experiment.see))
        action.triggered.connect(partial(self._chosen, experiment))
        return action

    def _chosen(self, experiment: Experiment, _checked: bool = False) -> None:
        run = self._run_under_way(experiment)
        is_shown = experiment is self._open and not self._card.isHidden()
        if run is not None and not is_shown:
            # Its sentences come back, and the run goes on; so do its panels, after another's.
            self._show(experiment, run, arrange=experiment is not self._open)
            return
        begin = partial(self._start, experiment, _default_run_of(experiment))
        if _begins_a_run(experiment):
            self._ask_first(f'"{experiment.title}"', begin)
        else:
            begin()

    def _run_chosen(self, number: int) -> None:
        experiment = self._open
        if experiment is None:
            return
        # Until the person has agreed, the run of before goes on.
        self._card.show_run(self._run)
        races = number == ALL_AT_ONCE
        run = experiment.title if races else experiment.variants[number].name
        self._ask_first(f'"{run}"', partial(self._start, experiment, number))

    def _run_under_way(self, experiment: Experiment) -> int | None:
        """Return which run of an experiment trains as the experiment has it; None for none.

        One that was refused did not begin: the claims are still those of the run before.
        """
        view = self._runs.front.claims
        if (
            view is None
            or view.invalidated
            or self._begun is None
            or self._begun[0] is not experiment
        ):
            return None
        run = self._begun[1]
        begun = _runs_of(experiment, run)
        is_of_it = any(set(view.claims) == set(variant.claims) for variant in begun)
        return run if is_of_it else None

    def _start(self, experiment: Experiment, run: int) -> None:
        is_new = experiment is not self._open or self._card.isHidden()
        self._show(experiment, run, arrange=is_new)
        if _begins_a_run(experiment):
            if not self._begin(_runs_of(experiment, run)):
                run = 0
                self._show(experiment, run, arrange=False)
            self._begun = experiment, run

    def _show(self, experiment: Experiment, run: int, *, arrange: bool) -> None:
        card = self._card
        if experiment is not self._open or card.isHidden():
            card.show_experiment(
                experiment.title,
                (experiment.do, experiment.see, experiment.why),
                [variant.name for variant in experiment.variants],
                _borne_out(experiment),
            )
        if experiment is not self._open:
            self.asked.forget()
        self._open, self._run = experiment, run
        self._shown = []
        card.show_run(run)
        card.show_findings(())
        if arrange:
            names = [f"{name}{_PANEL}" for name in experiment.panels]
            self._show_panels(names, f"{experiment.stage}{_PANEL}")
        self.opened.emit()


def _default_run_of(experiment: Experiment) -> int:
    """Return what is begun where nobody chose: all runs, for they are there to be compared."""
    return ALL_AT_ONCE if len(experiment.variants) > 1 else 0


def _runs_of(experiment: Experiment, run: int) -> Sequence[Variant]:
    """Return the one of this number, or all."""
    return experiment.variants if run == ALL_AT_ONCE else (experiment.variants[run],)


def _begins_a_run(experiment: Experiment) -> bool:
    """Tell whether it is about the network at all: one that claims nothing of it is not."""
    return any(variant.settings or variant.claims for variant in experiment.variants)


def _borne_out(experiment: Experiment) -> str:
    seeds = experiment.seeds_of_five
    return "" if seeds is None else f"seen with {seeds} of {SEEDS} seeds"
