"""What leads through the program: experiments and lessons, of which one at most is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from rnnviz.core.errors import RnnvizError
from rnnviz.diagnostics.one_step.phases import Phase as StepPhase
from rnnviz.gui.experiments.guide import ExperimentGuide
from rnnviz.gui.experiments.leader import ExperimentLeader
from rnnviz.gui.inside.inside import Inside
from rnnviz.gui.lessons.guide import Furniture, LessonGuide
from rnnviz.gui.lessons.scene import Scene
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.shown_panels import ShownPanels
from rnnviz.training.lessons.todo import Deed, Phase


class Guidance(QObject):
    """Fills the menus of experiments and lessons, and lets a card or a page be about the runs.

    Parameters
    ----------
    window
        With the card, the bar and the menus.
    settings
        Where it is remembered which pages were done.
    shown
        Shows the panels that are wanted.
    leader
        Points out what was found.
    scene
        Where runs are begun and looked at.
    inside
        Looks into a step.
    check_gradients
        Checks the gradients of the run in front.

    Attributes
    ----------
    experiments, lessons
        Who offers them.
    """

    def __init__(
        self,
        window: MainWindow,
        settings: WindowSettings,
        shown: ShownPanels,
        leader: ExperimentLeader,
        scene: Scene,
        inside: Inside,
        check_gradients: Callable[[], None],
    ) -> None:
        super().__init__(window)
        card, bar, panels = window.experiment_card, window.lesson_bar, list(shown.panels)
        self.experiments = ExperimentGuide(
            card,
            panels,
            scene.runs,
            begin=scene.begin,
            show_panels=shown.arrange_for_experiment,
            ask_first=scene.ask_first,
        )
        window.toolbar.experiments_menu.addActions(self.experiments.actions)
        self.lessons = LessonGuide(
            bar,
            window.toolbar.lessons_menu,
            settings,
            scene,
            Furniture(
                panels,
                shown.arrange_for_experiment,
                inside.leave,
                {
                    Deed.ADD_RIVAL: lambda _: scene.add_rival(),
                    Deed.CHECK_GRADIENTS: lambda _: check_gradients(),
                    Deed.OPEN_INSIDE: partial(_look, inside),
                    Deed.ANSWER_BY_HAND: partial(_answer, inside),
                },
            ),
        )
        for signal, deed in (
            (inside.shown, Deed.OPEN_INSIDE),
            (inside.answered, Deed.ANSWER_BY_HAND),
        ):
            signal.connect(partial(self._heard_of_inside, deed))
        for words, others in ((card, bar), (bar, card)):
            words.opened.connect(others.put_away)
            words.closed.connect(leader.let_go)

    def begin(self, experiment: str | None, lesson: str | None) -> tuple[bool, list[str]]:
        """Begin with an experiment or a lesson, by its name or file, or with neither.

        Returns
        -------
        has_begun
            Whether a run begins with it.
        problems
            Sentences to tell: about files, and why there is no such experiment or lesson.
        """
        has_begun, complaints = False, []
        try:
            if experiment is not None:
                has_begun = self.experiments.open(experiment)
            elif lesson is not None:
                has_begun = self.lessons.open(lesson)
        except RnnvizError as error:
            complaints = [str(error)]
        problems = [self.experiments.problems, self.lessons.problems]
        return has_begun, [*filter(None, problems), *complaints]

    def _heard_of_inside(self, deed: Deed, phase: StepPhase) -> None:
        self.lessons.did(deed, Phase(phase.kind, phase.t))

    def follow(self) -> None:
        """Say how the runs stand to what is claimed of them, and to what is to be done."""
        self.experiments.show_claims()
        self.lessons.follow()


def _look(inside: Inside, phase: Phase | None) -> None:
    """Go inside the next step, to a phase where one is given."""
    if phase is None:
        inside.enter()
    else:
        inside.enter(phase.kind, phase.t)


def _answer(inside: Inside, phase: Phase | None) -> None:
    """Compute a number of a phase by hand."""
    _look(inside, phase)
    inside.answer_by_hand()
