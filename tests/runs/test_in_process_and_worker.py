"""A run is the same in this process and in a worker: to the last bit, and field by field."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.runs.client import InProcessClient, WorkerClient
from rnnviz.runs.messages import CopyForStep, OpenModel, Request, StepCopied
from rnnviz.training.commands import (
    Change,
    NewRun,
    Redo,
    Reset,
    Restart,
    TakeStep,
    Train,
    Undo,
    UseBest,
    Watch,
    Write,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.snapshot import RunState

from .sides import Side

# Whose run it is, how fast the machine was, when somebody looked, and what there was time to keep.
_OF_EACH_ALONE = {"run_id", "tokens_per_second", "progress", "kept", "bytes_in_file"}


@pytest.fixture(scope="module")
def sides() -> Iterator[tuple[Side, Side]]:
    sides = Side(InProcessClient()), Side(WorkerClient())
    yield sides
    for side in sides:
        side.close()


def described(value: object) -> object:
    """Return what two values are to have in common, bit for bit."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes(), value.flags.writeable
    if isinstance(value, float):
        return value.hex()
    return value


def parts(value: object) -> dict[object, object] | None:
    """Return what a value is made of, by name; None where it is one thing."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: getattr(value, name) for name in names if name not in _OF_EACH_ALONE}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | list):
        return dict(enumerate(value))
    return None


def differences(here: object, there: object, place: str) -> Iterator[str]:
    """Go through all that differs, arrays that can be written to among it."""
    inside, other_inside = parts(here), parts(there)
    if type(here) is not type(there):
        yield f"{place}: {type(here)} and {type(there)}"
    elif inside is None or other_inside is None:
        if described(here) != described(there):
            yield f"{place}: {here!r} and {there!r}"
        if isinstance(here, np.ndarray) and here.flags.writeable:
            yield f"{place} can be written to"
    elif inside.keys() != other_inside.keys():
        yield f"{place}: {list(inside)} and {list(other_inside)}"
    else:
        for name, value in inside.items():
            yield from differences(value, other_inside[name], f"{place}.{name}")


SMALL = {"hidden_size": 5, "sequence_length": 6, "validation_interval": 4}
CONFIGURATIONS = (
    Configuration(**SMALL),
    Configuration(**SMALL, cell="lstm", num_layers=2, batch_size=2, dropout=0.2),
    Configuration(**SMALL, cell="gru", level="word", optimizer="adam"),
    Configuration(**SMALL, corpus="temporal-order"),
)
REQUESTS = st.one_of(
    st.integers(1, 25).map(Train),
    st.sampled_from(
        [
            TakeStep(),
            Reset(),
            Undo(),
            Redo(),
            UseBest(),
            Write(40),
            # No two of a setting: they would be one change, where they follow closely enough.
            Change("learning_rate", 1e6),
            Change("clip_threshold", 1.0),
            Change("sequence_length", 9),
            Change("optimizer", "rmsprop"),
            Change("clip_mode", "none"),
            Change("momentum", -1.0),
            Change("temperature", 0.5),
            Change("prompt", "a"),
            Restart((("hidden_size", 3),)),
            Restart((("seed", 8), ("activation", "relu"))),
            Watch(frozenset()),
            Watch(EVERYTHING),
        ]
    ),
    st.sampled_from(CONFIGURATIONS).map(NewRun),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sampled_from(CONFIGURATIONS), requests=st.lists(REQUESTS, max_size=8))
def test_any_requests_come_to_the_same_here_and_there(
    sides: tuple[Side, Side],
    tmp_path: Path,
    first: Configuration,
    requests: list[Request],
) -> None:
    # What is measured while training runs is measured as often as time allows: nothing is, until
    # a run that was looked at while it ran has been put away.
    beginning = (Watch(frozenset()), NewRun(first), Train(1), NewRun(first), Watch(EVERYTHING))
    for number, request in enumerate((*beginning, *requests)):
        if number == 0 and not sides[0].shown:
            for side in sides:
                side.client.post(request)
            continue
        begun = [len(side.told) for side in sides]
        here, there = (side.ask(request) for side in sides)
        assert list(differences(here, there, "snapshot")) == [], request
        told = [side.told[start:] for side, start in zip(sides, begun, strict=True)]
        assert told[0] == told[1], request
        assert here.state is not RunState.RUNNING
    files = [side.saved(tmp_path / "model.rnnviz") for side in sides]
    assert files[0] == files[1]
    for side in sides:
        assert side.ask(OpenModel(tmp_path / "model.rnnviz")).state is RunState.PAUSED


def test_a_window_that_stands_still_is_one_and_the_same_in_every_snapshot(
    sides: tuple[Side, Side],
) -> None:
    for side in sides:
        side.ask(NewRun(CONFIGURATIONS[0]))
        first, second = side.ask(TakeStep()), side.ask(Change("learning_rate", 0.02))
        assert second.configuration != first.configuration
        assert second.window is first.window, "else a panel would draw the same once more"
        third = side.ask(TakeStep())
        assert third.window is not second.window
        assert third.window.step == 2


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_a_step_is_looked_into_here_as_there_and_then_taken(
    sides: tuple[Side, Side], configuration: Configuration
) -> None:
    for side in sides:
        for request in (NewRun(configuration), TakeStep(), TakeStep(), CopyForStep()):
            side.ask(request)
    subjects = [side.told[-1].subject for side in sides if isinstance(side.told[-1], StepCopied)]
    here, there = (dataclasses.replace(record_step(one), subject=None) for one in subjects)
    assert list(differences(here, there, "record")) == []
    plain = [dataclasses.replace(one, network=None) for one in subjects]
    assert list(differences(*plain, "subject")) == []
    for side in sides:
        shown = side.ask(TakeStep())
        assert shown.step == 3
        asked = len(subjects[0].targets)
        assert shown.loss == pytest.approx(float(here.result["L"]) / asked, rel=1e-6)
