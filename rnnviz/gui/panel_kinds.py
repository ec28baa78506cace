"""Which panels there are, in their order, and what they need measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.panels.credit_panel import CreditPanel
from rnnviz.gui.panels.gradient_history_panel import GradientHistoryPanel
from rnnviz.gui.panels.gradient_panel import GradientPanel
from rnnviz.gui.panels.hidden_panel import HiddenPanel
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.panels.saturation_panel import SaturationPanel
from rnnviz.gui.panels.spectrum_panel import SpectrumPanel
from rnnviz.gui.panels.task_panel import TaskPanel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.panels.units_panel import UnitsPanel
from rnnviz.gui.panels.updates_panel import UpdatesPanel
from rnnviz.gui.panels.wall_panel import WallPanel
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
        What a snapshot must carry while it is seen; None for a panel that shows nothing of the run.
    frames
        It is drawn at every so many-th frame; what changes slowly need not be drawn at each.
    shown_at_first
        Whether it is seen before somebody asks for it.
    instead_of
        The panel of a text in whose place it stands while a task is learned.
    """

    make: Callable[[Theme], Panel]
    diagnostic: Diagnostic | None
    frames: int
    shown_at_first: bool = True
    instead_of: str = ""


PANELS: tuple[PanelKind, ...] = (
    PanelKind(LossPanel, Diagnostic.LOSS, frames=7),
    PanelKind(HiddenPanel, Diagnostic.HIDDEN_STATE, frames=4),
    PanelKind(TextPanel, Diagnostic.TEXT, frames=4),
    PanelKind(TaskPanel, Diagnostic.TEXT, frames=15, shown_at_first=False, instead_of="text_panel"),
    PanelKind(GradientPanel, Diagnostic.GRADIENT_FLOW, frames=3),
    PanelKind(GradientHistoryPanel, Diagnostic.GRADIENT_HISTORY, frames=8),
    PanelKind(ClippingPanel, Diagnostic.CLIPPING, frames=9),
    PanelKind(CreditPanel, Diagnostic.CREDIT, frames=8, shown_at_first=False),
    PanelKind(SpectrumPanel, Diagnostic.SPECTRUM, frames=6, shown_at_first=False),
    PanelKind(SaturationPanel, Diagnostic.SATURATION, frames=5, shown_at_first=False),
    PanelKind(UpdatesPanel, Diagnostic.UPDATES, frames=7, shown_at_first=False),
    PanelKind(UnitsPanel, Diagnostic.UNITS, frames=6, shown_at_first=False),
    PanelKind(WallPanel, None, frames=9, shown_at_first=False),
)
