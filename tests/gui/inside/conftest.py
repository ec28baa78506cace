"""Records of small networks, and what draws them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from rnnviz.diagnostics.one_step.phases import Phase, Place, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration, Value
from rnnviz.training.session import Session

SMALL: dict[str, Value] = {"hidden_size": 3, "sequence_length": 4}

NETWORKS: dict[str, dict[str, Value]] = {
    "by hand": {"corpus": "hello"},
    "tales": {},
    "lstm": {"cell": "lstm", "hidden_size": 4},
    "gru": {"cell": "gru", "hidden_size": 4},
    "two layers": {"num_layers": 2, "dropout": 0.3, "corpus": "hello"},
    "residual": {"num_layers": 3, "residual": "on", "batch_size": 2},
    "words": {"level": "word", "vocabulary_size": 200, "hidden_size": 12},
    "numbers": {"corpus": "adding", "sequence_length": 8},
    "answers": {"corpus": "copying", "sequence_length": 24},
    "large": {"hidden_size": 100, "sequence_length": 25, "cell": "lstm"},
}
"""Settings beside `SMALL`, by what they are for."""


@cache
def record_of(name: str) -> StepRecord:
    """Return the record of the first step of one of `NETWORKS`."""
    session = Session()
    session.apply(NewRun(Configuration.from_mapping(SMALL | NETWORKS[name])))
    return record_step(session.step_subject())


def is_by_stream(place: Place) -> bool:
    """Tell whether a line's value has a row for each stream, and is not of a parameter's shape."""
    if place.part == "backward":
        return place.name not in ("dU", "dW", "db", "dd")
    if place.part == "output back":
        return place.name == "do"
    return place.part in ("forward", "output", "loss")


def number_of(phases: tuple[Phase, ...], kind: str, t: int = 0, layer: int = 0) -> int:
    """Return the number of a phase."""
    wanted = (kind, t)
    return next(
        n
        for n, phase in enumerate(phases)
        if (phase.kind, phase.t) == wanted and (not layer or phase.layer == layer)
    )


@pytest.fixture
def light(qapp) -> Theme:
    return Theme(ColorScheme.LIGHT)


@pytest.fixture(params=NETWORKS)
def record(request) -> StepRecord:
    return record_of(request.param)


@pytest.fixture
def phases(record: StepRecord) -> tuple[Phase, ...]:
    return phases_of(record)


@pytest.fixture
def by_hand() -> StepRecord:
    return record_of("by hand")


@pytest.fixture
def find_phase() -> Callable[..., int]:
    return number_of
