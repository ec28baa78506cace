"""How probable the network thought each token of a window."""

from __future__ import annotations

from rnnviz.training.observation.kinds.of_window import WindowDiagnostic

PREDICTIONS = WindowDiagnostic(
    "predictions",
    lambda context: context.problem.predictions(context.dataset, context.tape, context.targets),
)
"""Of the first stream; None where something else than the next token is asked for."""
