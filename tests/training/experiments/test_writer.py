"""What is written as an experiment is read as the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import (
    Experiment,
    Variant,
    experiment_text,
    load_experiments,
    read_experiment,
)

EXPERIMENTS, _ = load_experiments(None)


def written_and_read(experiment: Experiment, folder: Path) -> Experiment:
    path = folder / f"{experiment.name}.toml"
    path.write_text(experiment_text(experiment), encoding="utf-8", newline="")
    return read_experiment(path, None)


def of_runs(*variants: Variant) -> Experiment:
    words = {"title": "Runs", "do": "Press Space.", "see": "The loss.", "why": "They learn."}
    seen = {"panels": ("loss",), "stage": "loss"}
    return Experiment("e", 1, seeds_of_five=None, variants=variants, **words, **seen)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_every_experiment_is_read_as_it_was(experiment: Experiment, tmp_path: Path) -> None:
    assert written_and_read(experiment, tmp_path) == experiment


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.floats(1e-300, 1e3) | st.floats(0, 1e-6),
    st.sampled_from(["vanilla", "lstm", "gru"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_setting_is_read_as_it_was(
    tmp_path: Path, words: str, gain: float, cell: str
) -> None:
    configuration = Configuration(cell=cell, prompt=words, initialization_gain=min(gain, 10.0))
    experiment = of_runs(Variant("", configuration.to_mapping(), ()))
    (variant,) = written_and_read(experiment, tmp_path).variants
    assert variant.configuration() == configuration


def test_runs_side_by_side_are_read_as_they_were(tmp_path: Path) -> None:
    configurations = [Configuration(cell=cell, seed=7) for cell in ("gru", "lstm")]
    variants = [Variant(f"Run {n}", c.to_mapping(), ()) for n, c in enumerate(configurations)]
    read = written_and_read(of_runs(*variants), tmp_path)
    assert [variant.name for variant in read.variants] == ["Run 0", "Run 1"]
    assert [variant.configuration() for variant in read.variants] == configurations


@pytest.mark.parametrize("folder", ["/home/me/", "C:\\texts\\", ""])
def test_a_text_of_ones_own_is_looked_for_beside_the_file(tmp_path: Path, folder: str) -> None:
    configuration = Configuration(corpus="file", text_file=f"{folder}own.txt")
    experiment = of_runs(Variant("", configuration.to_mapping(), ()))
    (tmp_path / "own.txt").write_text("a text")
    (variant,) = written_and_read(experiment, tmp_path).variants
    expected = dataclasses.replace(configuration, text_file=str(tmp_path / "own.txt"))
    assert variant.configuration() == expected
