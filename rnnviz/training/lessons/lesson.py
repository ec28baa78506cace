"""What a lesson is: pages, and what is on the screen beside each."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.goal import Goal
from rnnviz.training.experiments.experiment import Variant
from rnnviz.training.lessons.todo import Number, Phase, Reach, Todo


@dataclass(frozen=True, slots=True)
class Page:
    """A heading, a few sentences, what is on the screen, and at most one thing to do.

    Attributes
    ----------
    heading
        No other page of the lesson has it: by it is remembered what was done.
    text
        What the person reads.
    panels
        What is shown; empty where the panels stay as they are.
    stage
        The panel that takes the stage in a presentation; empty where the panels stay.
    runs
        The runs that begin with this page, side by side, the first in front; none where those of
        the page before go on. Each has the claims of all pages that it is about.
    claims
        What is said on this page of the runs that are there.
    inside
        Where Inside is open; None where it is not.
    todo
        The thing to do.
    """

    heading: str
    text: str
    panels: tuple[str, ...] = ()
    stage: str = ""
    runs: tuple[Variant, ...] = ()
    claims: tuple[Claim, ...] = ()
    inside: Phase | None = None
    todo: Todo | None = None

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What has to be measured to tell whether it is done."""
        wish = None if self.todo is None else self.todo.wish
        return (wish.goal,) if isinstance(wish, Reach | Number) else ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pages to read one after the other.

    Attributes
    ----------
    name
        The file's name without its ending.
    order
        Its place in the menu.
    title
        What it is called.
    about
        What one learns in it, in a sentence.
    pages
        At least one; runs begin with the first.
    """

    name: str
    order: int
    title: str
    about: str
    pages: tuple[Page, ...]

    def runs_on(self, number: int) -> tuple[int, tuple[Variant, ...]]:
        """Return with which page the runs of a page begin, and these; pages count from 0."""
        for before in range(number, -1, -1):
            if runs := self.pages[before].runs:
                return before, runs
        raise ValueError("no run begins with the first page")

    def builds_on_training(self, number: int) -> bool:
        """Tell whether the runs of a page have been trained on the pages before it."""
        before = self.pages[self.runs_on(number)[0] : number]
        return any(page.todo is not None and isinstance(page.todo.wish, Reach) for page in before)

    def panels_on(self, number: int) -> tuple[tuple[str, ...], str]:
        """Return which panels are shown on a page, and which of them takes the stage."""
        for page in reversed(self.pages[: number + 1]):
            if page.panels:
                return page.panels, page.stage
        return (), ""
