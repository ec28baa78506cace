"""The states of all layers, at every step of a window."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic


def _measure(context: StepContext) -> Mapping[str, Array]:
    layers = context.tape.layers
    return {
        name: read_only(np.stack([layer.states[name][1:, 0] for layer in layers]))
        for name in layers[0].states
    }


HIDDEN_STATE = WindowDiagnostic("hidden_state", _measure, at_every_frame=True)
"""By name (``h``, and ``c`` for an LSTM) the states of the first stream, (num_layers, T, H)."""
