"""The gradient of one window, travelling back through time."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.panel import StatePanel
from rnnviz.gui.plotting import Axis
from rnnviz.gui.theme import ColorRole, Theme
from rnnviz.gui.wording import in_tokens
from rnnviz.training.snapshot import RunState, Snapshot

_FLOOR = 1e-12
_LARGEST_MARKED = 80
_COLORS: dict[str, ColorRole] = {"h": "backward", "c": "backward_deep"}
_NAMES = ("from the last step only", "all losses together")
_EXPLANATION = """
How strongly each earlier state of a layer is held responsible for an error: the length of the \
gradient of a loss with respect to the state at that character. The axis goes by factors of ten.

The orange curve takes the error of the last character alone and follows it back, from right to \
left, through the hidden states h. Where it falls, the network cannot learn from what it read back \
there: its gradient vanishes. Where it rises to the left, it explodes.

An LSTM has a second curve, for its cell state c. From one c to the one before, the gradient is \
only multiplied by the forget gate, which can stay near 1: this is the way round the vanishing. A \
GRU has such a way in h itself, where its update gate keeps the old state.

"All losses", the dotted curve, adds all errors of the window, as training does. In a text every \
place has an error of its own and feeds that curve, so that it looks flat even in a network that \
has forgotten everything; in a task only the last answers do.
""".strip()


class GradientPanel(StatePanel):
    """The norm of dL_T/dh_k (and dL_T/dc_k) by k, and, on demand, that of the sum of all losses.

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
            flow="backward",
            several=True,
            switch=("gradient_total", "all losses", "the gradient of all losses together"),
            object_name="gradient_panel",
            title="Gradient through time",
            subtitle="by character",
            explanation=_EXPLANATION,
            x=Axis(name="position", whole=True),
            y=Axis(kind="log", floor=_FLOOR, label="gradient norm"),
            plot_title="Gradient norm by time step",
            parent=parent,
        )
        self._total = {
            state: self.view.add_curve("", role, width=1.5, style="dotted")
            for state, role in _COLORS.items()
        }
        self._from_last = {
            # Without dots, the second curve differs from the first also where colours do not.
            state: self.view.add_curve("", role, markers=state == "h")
            for state, role in _COLORS.items()
        }
        self._shown: tuple[object, ...] = ()
        self._settled = (-1, -1)
        self.view.set_note("◂ back through time", "bottom_right", "backward")

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the gradient of the snapshot's window."""
        window = snapshot.window
        if window is None or window.gradient_flow is None:
            return
        self.begins_run(snapshot)
        self._take_choice(snapshot)
        layer, states, flow = self.chooser.layer, self.chooser.states, window.gradient_flow
        length = len(window.characters)
        steps = np.arange(length)
        curves = {self._from_last[state]: flow.from_last[state][layer] for state in states}
        if self.chooser.is_switched:
            curves |= {self._total[state]: flow.total[state][layer] for state in states}
        shown = np.concatenate(list(curves.values()))
        shown = shown[np.isfinite(shown)]
        if shown.size:
            high = max(float(shown.max()), 10 * _FLOOR)
            self.view.set_y_range(max(min(float(shown.min()), high * 1e-3), _FLOOR), high)
        self.view.set_x_range(-0.5, length - 0.5, steady=False)
        self.show_tokens(snapshot)
        # Dots that would touch say nothing.
        self._from_last["h"].set_markers(length <= _LARGEST_MARKED)
        for curve in (*self._from_last.values(), *self._total.values()):
            if curve in curves:
                curve.set_data(steps, curves[curve])
            elif len(curve.x):
                curve.clear()
        several = "streams" if snapshot.task is None else "sequences"
        streams = (
            f"the first of {window.streams:,} {several}" if window.streams > 1 else "what it read"
        )
        if snapshot.state is not RunState.RUNNING:
            # While training runs it would change with every frame, and nobody could read it.
            streams += f", step {window.step:,}"
            if (snapshot.run_id, window.step) != self._settled:
                self._settled = (snapshot.run_id, window.step)
                self.view.settle_labels()
        self.view.set_note(streams, "bottom_left")

    def _take_choice(self, snapshot: Snapshot) -> None:
        """Name the curves after what was chosen, where that is something else than before."""
        configuration, chooser = snapshot.configuration, self.chooser
        has_cell = chooser.offers_states
        layer = f"layer {chooser.layer + 1}" if configuration.num_layers > 1 else ""
        shown = (has_cell, chooser.states, layer, self.chooser.is_switched, configuration.token)
        if shown == self._shown:
            return
        self._shown = shown
        by_token = in_tokens(configuration.token, "by character")
        self.set_subtitle(f"{layer}, {by_token}" if layer else by_token)
        one, all_of_them = ("last step only", "all losses") if has_cell else _NAMES
        for state in _COLORS:
            of_state = f"dL/d{state}, " if has_cell else ""
            for curve, loss in ((self._from_last[state], one), (self._total[state], all_of_them)):
                curve.set_label(f"{of_state}{loss}")
                curve.name = f"{of_state}{loss}, {layer}" if layer else f"{of_state}{loss}"
        self.view.settle_labels()
