"""Which diagnostics there are: a line for each."""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Mapping

from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.diagnostics.theory import THEORY
from rnnviz.training.observation.diagnostics.units import UNITS
from rnnviz.training.observation.diagnostics.updates import UPDATES
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.observation.kinds.of_record import RecordDiagnostic
from rnnviz.training.observation.kinds.of_update import UpdateDiagnostic
from rnnviz.training.observation.kinds.of_window import WindowDiagnostic

EVERYTHING: frozenset[Diagnostic] = frozenset(
    {
        ANSWERS,
        CREDIT,
        GRADIENT_FLOW,
        GRADIENT_HISTORY,
        HIDDEN_STATE,
        HISTORY,
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


def _by_name(diagnostic: Diagnostic) -> tuple[Callable[[str], Diagnostic], tuple[str]]:
    """Have a diagnostic travel by its name, and arrive as the one that is listed here."""
    if DIAGNOSTICS.get(diagnostic.name) is not diagnostic:
        raise TypeError(f"the registry does not list the diagnostic {diagnostic.name}")
    return _named, (diagnostic.name,)


for kind in (RecordDiagnostic, UpdateDiagnostic, WindowDiagnostic):
    copyreg.pickle(kind, _by_name)
