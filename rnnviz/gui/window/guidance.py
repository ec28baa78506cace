"""What leads through the program: experiments and lessons, of which one at most is open."""

from __future__ import annotations

from PySide6.QtCore import QObject

from rnnviz.core.errors import RnnvizError
from rnnviz.gui.experiments.guide import ExperimentGuide
from rnnviz.gui.experiments.leader import ExperimentLeader
from rnnviz.gui.lessons.deeds import Deeds
from rnnviz.gui.lessons.guide import Furniture, LessonGuide
from rnnviz.gui.lessons.scene import Scene
from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.shown_panels import ShownPanels


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
    deeds
        Does what lessons ask for in the window.

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
        deeds: Deeds,
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
            Furniture(panels, shown.arrange_for_experiment, deeds),
        )
        self.experiments.asked.changed.connect(leader.let_go)
        for panel in shown.panels.values():
            if isinstance(panel, PlotPanel) and panel.claim_lines is not None:
                self.experiments.claims_shown.connect(panel.claim_lines.show)
                panel.claim_lines.asked.connect(self.experiments.asked.ask)
        for words, others in ((card, bar), (bar, card)):
            words.opened.connect(others.put_away)
            words.closed.connect(leader.let_go)
        self.lessons.entered.connect(leader.let_go)
        shown.presentation.begun.connect(leader.bring_forward_again)
        leader.led_to = lambda: self.lessons.led_to

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

    def follow(self) -> None:
        """Say how the runs stand to what is claimed of them, and to what is to be done."""
        self.experiments.show_claims()
        self.lessons.follow()
