"""Experiments: settings that show something, what to see in them, and what they claim."""

from rnnviz.training.experiments.claims import QUANTITIES, Claim, Finding, bear_out
from rnnviz.training.experiments.files import (
    SEEDS,
    Experiment,
    ExperimentError,
    Variant,
    load_experiments,
    read_experiment,
)

__all__ = [
    "QUANTITIES",
    "SEEDS",
    "Claim",
    "Experiment",
    "ExperimentError",
    "Finding",
    "Variant",
    "bear_out",
    "load_experiments",
    "read_experiment",
]
