"""Which panels there are, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.panels.credit_panel import CreditPanel
from rnnviz.gui.panels.gradient_history_panel import GradientHistoryPanel
from rnnviz.gui.panels.gradient_panel import GradientPanel
from rnnviz.gui.panels.hidden_panel import HiddenPanel
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.panels.predictions_panel import PredictionsPanel
from rnnviz.gui.panels.saturation_panel import SaturationPanel
from rnnviz.gui.panels.spectrum_panel import SpectrumPanel
from rnnviz.gui.panels.task.panel import TaskPanel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.panels.units.panel import UnitsPanel
from rnnviz.gui.panels.updates_panel import UpdatesPanel
from rnnviz.gui.panels.wall.panel import WallPanel
from rnnviz.gui.style.theme import Theme


@dataclass(frozen=True, slots=True)
class PanelKind:
    """What the window needs to know of a panel before there is one.

    Attributes
    ----------
    make
        The panel's class.
    shown_at_first
        Whether it is seen before somebody asks for it.
    of_source
        The kind of source that it is about: where another kind is learned from that has a panel of
        its own, that one stands in its place.
    """

    make: Callable[[Theme], Panel]
    shown_at_first: bool = True
    of_source: str = ""


PANELS: tuple[PanelKind, ...] = (
    PanelKind(LossPanel),
    PanelKind(HiddenPanel),
    PanelKind(TextPanel, of_source="text"),
    PanelKind(TaskPanel, shown_at_first=False, of_source="task"),
    PanelKind(GradientPanel),
    PanelKind(GradientHistoryPanel),
    PanelKind(ClippingPanel),
    PanelKind(PredictionsPanel, shown_at_first=False),
    PanelKind(CreditPanel, shown_at_first=False),
    PanelKind(SpectrumPanel, shown_at_first=False),
    PanelKind(SaturationPanel, shown_at_first=False),
    PanelKind(UpdatesPanel, shown_at_first=False),
    PanelKind(UnitsPanel, shown_at_first=False),
    PanelKind(WallPanel, shown_at_first=False),
)
