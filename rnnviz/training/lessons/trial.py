"""Whether a lesson can be gone through: every page as its "Show me" does it, without a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.claims.goal import measured
from rnnviz.training.commands import Change, Command, NewRun, Restart, Train, Watch
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.experiments.experiment import Variant
from rnnviz.training.lessons.lesson import Lesson, Page
from rnnviz.training.lessons.todo import Choose, Number, Reach, ShowMe, Todo
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.trainer import Trainer

# A goal is looked at so many times on the way to it: some take longer to measure than a step.
_LOOKS = 50


@dataclass(frozen=True, slots=True)
class PageTrial:
    """What was found on one page.

    Attributes
    ----------
    page
        Which.
    steps
        After how many steps it was done; None where it was not, 0 where no step has to be.
    findings
        By the runs' names, what was measured of the page's claims; NaN where nothing was.
    """

    page: Page
    steps: int | None
    findings: tuple[tuple[str, Finding], ...]

    @property
    def holds(self) -> bool:
        """Whether the page can be done, and what it says is so."""
        return self.steps is not None and all(finding.holds for _, finding in self.findings)


class Rehearsal:
    """One of a lesson's runs under way, without a window.

    Parameters
    ----------
    variant
        Which.
    seed
        Its seed.
    """

    def __init__(self, variant: Variant, seed: int) -> None:
        self.name = variant.name
        self.claims = variant.claims
        self._session = Session()
        self._session.apply(Watch(frozenset()))
        self._session.apply(NewRun(variant.configuration(seed), variant.claims))

    @property
    def trainer(self) -> Trainer:
        """The run."""
        assert self._session.trainer is not None
        return self._session.trainer

    def tell(self, command: Command) -> None:
        """Have it obey a command, and train to the end where it is to train."""
        self._session.apply(command)
        while self._session.state is RunState.RUNNING:
            self._session.advance(look=False)

    def finding(self, claim: Claim) -> Finding:
        """Return what was measured of a claim at its step."""
        snapshot = self._session.snapshot()
        view = None if snapshot is None else snapshot.claims
        found = () if view is None else view.findings
        return next((one for one in found if one and one.claim == claim), Finding(claim, math.nan))


def try_lesson(lesson: Lesson, seed: int) -> tuple[PageTrial, ...]:
    """Go through a lesson's pages as their "Show me" does, and measure what they say.

    Raises
    ------
    RnnvizError
        Where a text cannot be read, or a setting not be changed.
    """
    running: Sequence[Rehearsal] = ()
    trials = []
    for page in lesson.pages:
        if page.runs:
            running = [Rehearsal(variant, seed) for variant in page.runs]
        steps = 0 if page.todo is None else _done_after(page.todo, running)
        trials.append(PageTrial(page, steps, _findings(page, running)))
    return tuple(trials)


def changes(show_me: ShowMe) -> tuple[Command, ...]:
    """Return the commands with which settings are changed: the live ones stay in the run."""
    structural = {k: v for k, v in show_me.change.items() if not SETTINGS[k].live}
    live = [Change(k, v) for k, v in show_me.change.items() if SETTINGS[k].live]
    return (*([Restart(tuple(structural.items()))] if structural else ()), *live)


def _done_after(todo: Todo, running: Sequence[Rehearsal]) -> int | None:
    """Do what a page asks for; return after how many steps it was done."""
    wish, show_me = todo.wish, todo.show_me
    name = wish.run if isinstance(wish, Reach) else ""
    run = next(run for run in running if name in ("", run.name))
    for command in changes(show_me):
        run.tell(command)
    if isinstance(wish, Choose):
        return 0 if wish.holds(getattr(run.trainer.configuration, wish.setting)) else None
    if not isinstance(wish, Reach):
        if show_me.train:
            run.tell(Train(show_me.train))
        has_answer = not isinstance(wish, Number) or math.isfinite(measured(wish.goal, run.trainer))
        return show_me.train if has_answer else None
    done = 0
    while not wish.goal.holds(measured(wish.goal, run.trainer)):
        if done >= show_me.train:
            return None
        some = min(max(1, show_me.train // _LOOKS), show_me.train - done)
        run.tell(Train(some))
        done += some
    return done


def _findings(page: Page, running: Sequence[Rehearsal]) -> tuple[tuple[str, Finding], ...]:
    """Train on to the last of a page's claims, and return what was found of each."""
    findings = []
    for run in running:
        claims = [claim for claim in page.claims if claim in run.claims]
        ahead = max((claim.step for claim in claims), default=0) - run.trainer.step_count
        if ahead > 0:
            run.tell(Train(ahead))
        findings += [(run.name, run.finding(claim)) for claim in claims]
    return tuple(findings)
