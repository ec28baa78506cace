"""A gradient check of a network as it stands: its verdict, its size, what it leaves alone."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS, LayerTape, VanillaCell
from rnnviz.core.gradient_check import ParameterCheck
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.diagnostics.gradient_report import (
    THRESHOLD,
    CheckSubject,
    Extent,
    GradientReport,
    Verdict,
    check,
    extent_of,
    short,
    verdict_of,
)


def subject_of(
    architecture: Architecture, length: int = 6, batch: int = 2, seed: int = 0, scale: float = 0.5
) -> CheckSubject:
    rng = np.random.default_rng(seed)
    network = Network(architecture, np.float32)
    network.parameters.flat[:] = rng.normal(0, scale, network.parameters.size)
    state = network.zero_state(batch)
    for layer in state:
        for array in layer.values():
            array[...] = rng.normal(0, 0.5, array.shape)
    inputs, targets = rng.integers(0, architecture.vocab_size, (2, length, batch))
    return CheckSubject(7, "A text", "character", network, inputs, targets, state, 0.0)


@settings(max_examples=40)
@given(
    cell=st.sampled_from(sorted(CELLS)),
    activation=st.sampled_from(["tanh", "relu"]),
    layers=st.integers(1, 4),
    hidden=st.integers(1, 5),
    length=st.integers(1, 12),
    batch=st.integers(1, 3),
    seed=st.integers(0, 1000),
    scale=st.sampled_from([0.0, 1e-3, 0.5, 3.0]),
)
def test_no_right_gradient_is_called_wrong(
    cell: str,
    activation: str,
    layers: int,
    hidden: int,
    length: int,
    batch: int,
    seed: int,
    scale: float,
) -> None:
    """However faint, steep or kinked: what differences cannot settle is not its fault."""
    architecture = Architecture(7, hidden, layers, cell, activation)
    report = check(subject_of(architecture, length, batch, seed, scale))
    assert [each.name for each in report.checks] == list(architecture.parameter_shapes())
    assert report.verdict is not Verdict.DIFFERS, report


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 3])
def test_the_gradients_of_every_cell_agree(cell: str, layers: int) -> None:
    report = check(subject_of(Architecture(7, 5, layers, cell)))
    assert report.verdict is Verdict.AGREES, report
    largest = short(max(each.relative_error for each in report.checks))
    assert report.sentence == (
        f"All {len(report.checks)} gradients agree with central differences: the largest relative "
        f"error is {largest}."
    )


class Untransposed(VanillaCell):
    """Multiplies by W where its transpose belongs."""

    def backward(self, parameters: dict[str, Array], tape: LayerTape) -> None:
        super().backward({"W": np.ascontiguousarray(parameters["W"].T)}, tape)


class Forgetful(VanillaCell):
    """Has no gradient at all for what came before."""

    adds_the_products = False

    def recurrent_gradients(self, tape: LayerTape, gradients: dict[str, Array]) -> None:
        gradients["W"][...] = 0


class Inventive(VanillaCell):
    """Has a gradient where the loss has none: the states before are all zero."""

    adds_the_products = False

    def recurrent_gradients(self, tape: LayerTape, gradients: dict[str, Array]) -> None:
        gradients["W"][...] = 1e-3


def test_a_broken_backward_pass_is_named_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "planted", Untransposed)
    one = check(subject_of(Architecture(7, 5, 1, "planted")))
    assert one.verdict is Verdict.DIFFERS
    start = "3 of 5 gradients differ from central differences: those of U, b and W. The largest"
    assert one.sentence.startswith(start)
    assert [verdict_of(each) for each in one.checks] == [Verdict.DIFFERS] * 3 + [Verdict.AGREES] * 2
    two = check(subject_of(Architecture(7, 5, 2, "planted")))
    assert "those of U, b and W of layer 1; U, b and W of layer 2." in two.sentence


def test_a_missing_and_an_invented_gradient_are_both_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "planted", Forgetful)
    report = check(subject_of(Architecture(7, 5, 1, "planted")))
    assert "that of W." in report.sentence
    assert report.checks[2].relative_error == pytest.approx(1)
    monkeypatch.setitem(CELLS, "planted", Inventive)
    subject = subject_of(Architecture(7, 5, 1, "planted"), length=1)
    for layer in subject.state:
        layer["h"][...] = 0
    report = check(subject)
    wrong = {each.name for each in report.checks if verdict_of(each) is not Verdict.AGREES}
    assert wrong == {"W1"}


def test_a_vanished_gradient_cannot_be_told_and_is_not_called_wrong() -> None:
    subject = subject_of(Architecture(7, 5, 2))
    subject.network.parameters["U2"][...] *= 1e-9  # all that leads to the first layer
    report = check(subject)
    told = {each.name: verdict_of(each) for each in report.checks}
    assert {told[name] for name in ("U1", "b1", "W1")} == {Verdict.UNDECIDED}
    assert {told[name] for name in ("U2", "b2", "W2", "V", "c")} == {Verdict.AGREES}
    assert report.sentence.endswith("Nothing can be told of U, b and W of layer 1.")


def test_entries_at_a_kink_are_left_out_and_the_rest_is_compared() -> None:
    """A unit whose pre-activation is exactly 0 at one of its steps: half a slope on either side."""
    subject = subject_of(Architecture(7, 5, 1, activation="relu"), length=1, batch=1)
    token, weights = int(subject.inputs[0, 0]), subject.network.parameters
    subject.state[0]["h"][...] = 0
    weights["U1"][token] = 1.0
    weights["b1"][:] = 0.0
    weights["U1"][token, 2] = 2.0**-17  # less than the distance at which the losses are taken
    checks = {each.name: each for each in check(subject).checks}
    assert (checks["U1"].left_out, checks["b1"].left_out) == (0, 0), "a nearer distance settles it"
    for nearer_than_any in (0.0, 2.0**-40):
        weights["U1"][token, 2] = nearer_than_any
        checks = {each.name: each for each in check(subject).checks}
        assert (checks["b1"].entries, checks["b1"].left_out) == (4, 1)
        assert (checks["U1"].entries, checks["U1"].left_out) == (34, 1)
        assert all(verdict_of(each) is Verdict.AGREES for each in checks.values())


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
@pytest.mark.parametrize("cell", CELLS)
def test_of_a_network_that_is_not_finite_nothing_can_be_told(cell: str, bad: float) -> None:
    subject = subject_of(Architecture(7, 5, 2, cell, "relu"))
    subject.network.parameters["V"][...] = bad
    subject.network.parameters["V"][0, 0] = -bad
    report = check(subject)
    assert report.verdict is Verdict.UNDECIDED
    if not math.isfinite(bad):
        assert report.sentence.startswith("Nothing can be decided: ")


@pytest.mark.parametrize(
    ("check_of_it", "verdict"),
    [
        (ParameterCheck("W1", 100, 3e-9, 0, 1e-9), Verdict.AGREES),
        (ParameterCheck("W1", 100, 0.0), Verdict.AGREES),
        (ParameterCheck("W1", 60, 3e-9, 40, 1e-9), Verdict.AGREES),
        (ParameterCheck("W1", 40, 3e-9, 60, 1e-9), Verdict.UNDECIDED),
        (ParameterCheck("W1", 40, 3e-3, 60, 1e-9), Verdict.DIFFERS),
        (ParameterCheck("W1", 100, 2e-7, 0, 1e-7), Verdict.UNDECIDED),
        (ParameterCheck("W1", 100, 2e-6, 0, 1e-7), Verdict.DIFFERS),
        (ParameterCheck("W1", 100, 2e-7, 0, 1e-9), Verdict.DIFFERS),
        (ParameterCheck("W1", 0, math.nan, 100, math.inf), Verdict.UNDECIDED),
    ],
)
def test_an_error_is_the_gradients_only_where_it_is_well_above_the_resolution(
    check_of_it: ParameterCheck, verdict: Verdict
) -> None:
    assert verdict_of(check_of_it) is verdict
    assert GradientReport((check_of_it,)).verdict is verdict
    assert THRESHOLD == 1e-7, "the explanation in the window names it"


def test_errors_are_written_in_one_digit() -> None:
    assert [short(x) for x in (3.4e-9, 1e-10, 0.0, 0.23, 1.0, math.nan)] == [
        "3e-9", "1e-10", "0", "0.2", "1", "\N{EN DASH}",
    ]  # fmt: skip


@settings(max_examples=200)
@given(
    cell=st.sampled_from(sorted(CELLS)),
    vocab=st.integers(1, 20_000),
    hidden=st.integers(1, 2000),
    layers=st.integers(1, 4),
    length=st.integers(1, 3000),
    batch=st.integers(1, 1000),
)
def test_a_check_is_a_part_of_the_window_and_never_none_of_it(
    cell: str, vocab: int, hidden: int, layers: int, length: int, batch: int
) -> None:
    extent = extent_of(Architecture(vocab, hidden, layers, cell), length, batch)
    assert min(length, 10) <= extent.steps <= min(length, 100)
    assert 1 <= extent.streams <= min(batch, 2)
    assert 10 <= extent.entries <= 100
    if extent.steps < min(length, 100):
        assert extent.streams == 1
        assert extent.entries <= 22, "20, but for steps that are whole numbers"


def test_a_small_window_is_checked_whole_and_a_large_network_at_fewer_entries() -> None:
    assert extent_of(Architecture(65, 100), 25, 1) == Extent(25, 1, 100)
    assert extent_of(Architecture(65, 100), 25, 2) == Extent(25, 2, 100)
    large = extent_of(Architecture(65, 512, 1, "lstm"), 25, 32)
    assert (large.streams, large.entries) == (1, 20)
    assert 20 <= large.steps <= 25


def test_the_window_that_is_checked_is_the_first_part_of_the_one_given() -> None:
    """What lies behind it may be anything: here, tokens that do not exist."""
    subject = subject_of(Architecture(7, 4), length=130, batch=5, scale=0.2)
    before = check(subject)
    assert before.verdict is Verdict.AGREES
    subject.inputs[100:], subject.inputs[:, 2:] = 999, 999
    subject.targets[100:], subject.targets[:, 2:] = 999, 999
    subject.state[0]["h"][2:] = np.nan
    assert check(subject) == before
    subject.inputs[99, 1] = (subject.inputs[99, 1] + 1) % 7
    assert check(subject) != before


def test_the_subject_is_left_alone_and_can_travel() -> None:
    subject = subject_of(Architecture(7, 5, 2, "lstm"))
    before = pickle.dumps(subject)
    report = check(subject)
    assert pickle.dumps(subject) == before
    assert check(pickle.loads(before)) == report
    assert pickle.loads(pickle.dumps(report)) == report


def test_progress_goes_from_0_to_1_and_may_give_up() -> None:
    subject = subject_of(Architecture(7, 5))
    told: list[float] = []
    found: list[ParameterCheck] = []
    report = check(subject, told.append, found.append)
    assert told == sorted(told)
    assert told[0] == 0
    assert 0.9 < told[-1] < 1
    assert tuple(found) == report.checks

    class GivenUpError(Exception):
        pass

    def give_up(fraction: float) -> None:
        if fraction > 0.5:
            raise GivenUpError

    with pytest.raises(GivenUpError):
        check(subject, give_up)
