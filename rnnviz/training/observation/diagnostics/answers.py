"""What a network answers, where it is asked something."""

from __future__ import annotations

from rnnviz.training.observation.kinds.of_window import WindowDiagnostic

ANSWERS = WindowDiagnostic(
    "answers",
    lambda context: context.problem.answers(context.dataset, context.tape, context.targets),
)
"""Of the first stream, in every window, watched or not; empty where nothing is asked."""
