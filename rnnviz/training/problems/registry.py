"""Which problem each kind of source poses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rnnviz.training.configuration import Configuration
from rnnviz.training.problems.problem import Problem
from rnnviz.training.problems.task import LongMemory
from rnnviz.training.problems.text import LanguageModelling

PROBLEMS: Mapping[str, Problem[Any]] = {"text": LanguageModelling(), "task": LongMemory()}
"""Every problem by its sources' `kind`."""


def problem_of(configuration: Configuration) -> Problem[Any]:
    """Return the problem that a run's source poses."""
    return PROBLEMS[configuration.source.kind]
