"""What lessons ask for in the window: how each of it is done, and that it was done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from rnnviz.diagnostics.one_step.phases import Phase as StepPhase
from rnnviz.gui.inside.inside import Inside
from rnnviz.gui.lessons.scene import Scene
from rnnviz.training.lessons import Page
from rnnviz.training.lessons.todo import Deed, Do, Phase


class Deeds(QObject):
    """Does what a page asks for in the window, and tells what of it was done by whomever.

    Parameters
    ----------
    scene
        Has the runs.
    inside
        Looks into a step.
    check_gradients
        Checks the gradients of the run in front.

    Signals
    -------
    done(Deed, Phase | None)
        Something was done, at this phase where it was done inside a step.
    """

    done = Signal(object, object)

    def __init__(
        self,
        scene: Scene,
        inside: Inside,
        check_gradients: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._scene = scene
        self._inside = inside
        self._check_gradients = check_gradients
        inside.shown.connect(lambda phase: self._tell(Deed.OPEN_INSIDE, phase))
        inside.answered.connect(lambda phase: self._tell(Deed.ANSWER_BY_HAND, phase))

    def turn_to(self, page: Page) -> None:
        """Go inside as a page has it; what the person was to compute on another is forgotten."""
        wish = None if page.todo is None else page.todo.wish
        if not isinstance(wish, Do) or wish.deed is not Deed.ANSWER_BY_HAND:
            self._inside.ask_nothing()
        self.look_inside(page.inside)

    def do(self, deed: Deed, phase: Phase | None = None) -> None:
        """Do it, at a phase where it is done inside a step."""
        match deed:
            case Deed.ADD_RIVAL:
                self._scene.add_rival()
            case Deed.CHECK_GRADIENTS:
                self._check_gradients()
            case Deed.OPEN_INSIDE:
                self.look_inside(phase)
            case Deed.ANSWER_BY_HAND:
                self.look_inside(phase)
                self._inside.answer_by_hand()

    def look_inside(self, phase: Phase | None) -> None:
        """Go inside a step, to the first phase of all where none is given."""
        if phase is None:
            self._inside.enter()
        else:
            self._inside.enter(phase.kind, phase.t)

    def leave_inside(self) -> None:
        """Show the panels again."""
        self._inside.leave()

    def _tell(self, deed: Deed, phase: StepPhase) -> None:
        self.done.emit(deed, Phase(phase.kind, phase.t))
