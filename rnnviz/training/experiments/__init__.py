"""Experiments: settings that show something, what to see in them, and what they claim."""

from rnnviz.training.experiments.experiment import SEEDS, Experiment, Variant
from rnnviz.training.experiments.reader import (
    ExperimentError,
    load_experiments,
    read_experiment,
)
from rnnviz.training.experiments.trial import check_claims
from rnnviz.training.experiments.writer import experiment_text

__all__ = [
    "SEEDS",
    "Experiment",
    "ExperimentError",
    "Variant",
    "check_claims",
    "experiment_text",
    "load_experiments",
    "read_experiment",
]
