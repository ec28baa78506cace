"""Eigenvalues of the recurrence."""

from __future__ import annotations

from rnnviz.diagnostics.spectrum import Spectrum, spectrum
from rnnviz.training.observation.kinds.of_window import WindowDiagnostic

SPECTRUM = WindowDiagnostic(
    "spectrum", lambda context: spectrum(context.network, context.tape), Spectrum.series
)
"""Both radii of every layer are followed."""
