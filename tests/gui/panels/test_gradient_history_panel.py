"""What Gradient history shows of a state whose gradient begins only one step back."""

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from rnnviz.gui.panels.gradient_history_panel import GradientHistoryPanel
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import NewRun, TakeStep
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.kinds.diagnostic import Measurements
from rnnviz.training.record.gradient_history import GradientHistory
from rnnviz.training.session import Session


def test_a_state_that_is_read_one_step_later_is_shown_from_its_first_size_above_0(qtbot):
    panel = GradientHistoryPanel(Theme())
    qtbot.addWidget(panel)
    session = Session()
    session.apply(NewRun(Configuration(cell="lstm", hidden_size=4, sequence_length=4)))
    session.apply(TakeStep())
    history = GradientHistory(("h1", "c1"))
    history.append(1, np.array([[0.001, 0.01, 0.1, 1.0], [2.0, 0.2, 20.0, 0.0]]))
    recorded = Measurements({GRADIENT_HISTORY: history.view()})
    panel.show_snapshot(replace(session.snapshot(), recorded=recorded))
    np.testing.assert_allclose(panel._heat_map.values[:, 0], [0, -1, -2, -3], atol=1e-5)
    assert panel.subtitle == "hidden state h"
    panel.findChild(QPushButton, "gradient_history_panel_state_c_pill").click()
    np.testing.assert_allclose(panel._heat_map.values[:, 0], [np.nan, 0, -2, -1], atol=1e-5)
    assert panel.subtitle == "cell state c, relative to its first size above 0"
    panel.findChild(QAction, "gradient_absolute").trigger()
    assert panel.subtitle == "cell state c"
