"""Which diagnostics there are: a line for each."""

from __future__ import annotations

from collections.abc import Mapping

from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.predictions import PREDICTIONS
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.diagnostics.theory import THEORY
from rnnviz.training.observation.diagnostics.units import UNITS
from rnnviz.training.observation.diagnostics.updates import UPDATES
from rnnviz.training.observation.kinds.diagnostic import Diagnostic, let_travel

EVERYTHING: frozenset[Diagnostic] = frozenset(
    {
        ANSWERS,
        CREDIT,
        GRADIENT_FLOW,
        GRADIENT_HISTORY,
        HIDDEN_STATE,
        HISTORY,
        PREDICTIONS,
        SATURATION,
        SPECTRUM,
        TEXT,
        THEORY,
        UNITS,
        UPDATES,
    }
)

DIAGNOSTICS: Mapping[str, Diagnostic] = {one.name: one for one in EVERYTHING}
"""All of them, by their names."""


def _named(name: str) -> Diagnostic:
    return DIAGNOSTICS[name]


let_travel(EVERYTHING, _named)
