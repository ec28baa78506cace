"""Which panels there are, what they need measured, and where they begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.panels.gradient_history_panel import GradientHistoryPanel
from rnnviz.gui.panels.gradient_panel import GradientPanel
from rnnviz.gui.panels.hidden_panel import HiddenPanel
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.panels.task_panel import TaskPanel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.theme import Theme
from rnnviz.training.commands import Diagnostic


@dataclass(frozen=True, slots=True)
class PanelKind:
    """What the window needs to know of a panel before there is one.

    Attributes
    ----------
    make
        The panel's class.
    diagnostic
        What a snapshot must carry while it is seen.
    frames
        It is drawn at every so many-th frame; what changes slowly need not be drawn at each.
    column, row
        Where it stands at first.
    shown_at_first
        Whether it is seen before somebody asks for it.
    instead_of
        The panel of a text in whose place it stands while a task is learned.
    """

    make: Callable[[Theme], Panel]
    diagnostic: Diagnostic
    frames: int
    column: int
    row: int
    shown_at_first: bool = True
    instead_of: str = ""


PANELS: tuple[PanelKind, ...] = (
    PanelKind(LossPanel, Diagnostic.LOSS, frames=7, column=0, row=0),
    PanelKind(HiddenPanel, Diagnostic.HIDDEN_STATE, frames=4, column=0, row=1),
    PanelKind(TextPanel, Diagnostic.TEXT, frames=4, column=0, row=2),
    PanelKind(
        TaskPanel,
        Diagnostic.TEXT,
        frames=15,
        column=0,
        row=3,
        shown_at_first=False,
        instead_of="text_panel",
    ),
    PanelKind(GradientPanel, Diagnostic.GRADIENT_FLOW, frames=3, column=1, row=0),
    PanelKind(GradientHistoryPanel, Diagnostic.GRADIENT_HISTORY, frames=8, column=1, row=1),
    PanelKind(ClippingPanel, Diagnostic.CLIPPING, frames=9, column=1, row=2),
)
