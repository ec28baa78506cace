"""How much of a layer sits at the flat ends of its activations, over all streams."""

from __future__ import annotations

from rnnviz.diagnostics.saturation import Saturation, saturation
from rnnviz.training.observation.kinds.of_window import WindowDiagnostic

SATURATION = WindowDiagnostic(
    "saturation", lambda context: saturation(context.network, context.tape), Saturation.series
)
"""The shares at both ends are followed."""
