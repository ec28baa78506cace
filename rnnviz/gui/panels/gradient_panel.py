"""The gradient of one window, travelling back through time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.theme import Theme
from rnnviz.training.snapshot import RunState, Snapshot

_FLOOR = 1e-12
_LARGEST_MARKED = 80
_EXPLANATION = """
How strongly each earlier hidden state is held responsible for an error: the length of the \
gradient of a loss with respect to the hidden state at that character. The axis goes by factors \
of ten.

The orange curve takes the error of the last character alone and follows it back, from right to \
left. Where it falls, the network cannot learn from what it read back there: its gradient \
vanishes. Where it rises to the left, it explodes.

"All losses", the dotted curve, adds the errors of all characters, as training does. Every \
character feeds that curve with its own error, so that it looks flat even in a network that has \
forgotten everything.
""".strip()


class GradientPanel(Panel):
    """The norm of dL_T/dh_k by k, and, on demand, that of the sum of all losses.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="gradient_panel",
            title="Gradient through time",
            subtitle="by character",
            explanation=_EXPLANATION,
            parent=parent,
        )
        self.view = PlotView(
            theme,
            x=Axis(name="position", whole=True),
            y=Axis(kind="log", floor=_FLOOR),
            object_name="gradient_plot",
            title="Gradient norm by time step",
        )
        self._total = self.view.add_curve(
            "all losses together",
            "backward",
            width=1.5,
            style="dotted",
            label="all losses together",
        )
        self._from_last = self.view.add_curve(
            "from the last step only", "backward", markers=True, label="from the last step only"
        )
        self._toggle = QPushButton("all losses")
        self._toggle.setObjectName("gradient_total")
        self._toggle.setAccessibleName("Show the gradient of all losses together")
        self._toggle.setToolTip("Show the gradient of all losses together")
        self._toggle.setCheckable(True)
        self._toggle.setProperty("pill", True)
        self._toggle.setProperty("flow", "backward")
        self._toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._toggle.toggled.connect(self._toggled)
        self.add_header_widget(self._toggle)
        self._latest: Snapshot | None = None
        self._run = -1
        self._settled = (-1, -1)
        self.set_body(self.view)
        self.view.set_note("◂ back through time", "bottom_right", "backward")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the gradient of the snapshot's window."""
        window = snapshot.window
        if window is None or window.gradient_flow is None:
            return
        self._latest = snapshot
        if snapshot.run_id != self._run:
            self._run = snapshot.run_id
            self.view.reset_ranges()
        length = len(window.characters)
        steps = np.arange(length)
        from_last = window.gradient_flow.from_last[-1]
        total = window.gradient_flow.total[-1]
        shown = np.concatenate([from_last, total]) if self._toggle.isChecked() else from_last
        shown = shown[np.isfinite(shown)]
        if shown.size:
            high = max(float(shown.max()), 10 * _FLOOR)
            self.view.set_y_range(max(min(float(shown.min()), high * 1e-3), _FLOOR), high)
        self.view.set_x_range(-0.5, length - 0.5, steady=False)
        self.view.set_characters(list(window.characters))
        # Dots that would touch say nothing.
        self._from_last.set_markers(length <= _LARGEST_MARKED)
        self._from_last.set_data(steps, from_last)
        if self._toggle.isChecked():
            self._total.set_data(steps, total)
        else:
            self._total.clear()
        streams = (
            f"the first of {window.streams:,} streams" if window.streams > 1 else "what it read"
        )
        if snapshot.state is not RunState.RUNNING:
            # While training runs it would change with every frame, and nobody could read it.
            streams += f", step {window.step:,}"
            if (snapshot.run_id, window.step) != self._settled:
                self._settled = (snapshot.run_id, window.step)
                self.view.settle_labels()
        self.view.set_note(streams, "bottom_left")

    def _toggled(self) -> None:
        if self._latest is not None:
            self.show_snapshot(self._latest)
            self.view.settle_labels()
