"""Each number's arithmetic is its own, and comes out on a pocket calculator as it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnviz.diagnostics.one_step.arithmetic import Arithmetic, Chain, arithmetic, value_at
from rnnviz.diagnostics.one_step.phases import Place, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.diagnostics.one_step.rounding import MOST_DIGITS, brief, rounded
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.diagnostics.one_step.written import as_text

from ...core.cases import SEEDS
from .calculator import calculate, half_a_digit
from .subjects import Kind, all_kinds, draw_subject

EVERYTHING = Kind(
    layers=2, residual=True, dropout=True, batch=2, asked=2, clip_mode="norm", clip_threshold=0.1
)


def drawn_numbers(
    record: StepRecord, seed: int
) -> Iterator[tuple[Place, tuple[int, ...], int, float]]:
    """Go through the lines of a record, and for each draw one of its numbers."""
    rng = np.random.default_rng(seed)
    for phase in phases_of(record):
        for place in phase.places:
            value = line_at(record, place).value
            index = tuple(int(rng.integers(size)) for size in value.shape)
            if Scope(record, place).by_stream:
                yield place, index[1:], index[0], float(value[index])
            else:
                yield place, index, 0, float(value[index])


def is_too_long(chain: Chain) -> bool:
    """Tell whether numbers cancel so far that all printed digits are used up."""
    numbers = re.findall(r"[\d.]+", as_text(chain.lines[1]))
    return any(len(number.replace(".", "").lstrip("0")) >= MOST_DIGITS for number in numbers)


def assert_comes_out(chain: Chain) -> None:
    """State that every line of numbers gives the result, to its printed digits."""
    result = as_text(chain.lines[-1])
    assert result == chain.result.text
    if len(chain.lines) < 3 or is_too_long(chain):
        return
    for line in chain.lines[1:-1]:
        found = calculate(as_text(line))
        if np.isfinite(found):
            off = abs(found - calculate(result))
            assert off <= half_a_digit(result) * (1 + 1e-6), f"{as_text(line)} = {result}"


def assert_terms_add_up(chain: Chain) -> None:
    for term in chain.terms:
        numbers = as_text(term.numbers)
        assert calculate(numbers) == pytest.approx(float(term.value.value), rel=0.02)


@settings(max_examples=12, deadline=None)
@given(kind=all_kinds(), seed=SEEDS)
@example(kind=Kind(vocab=300, seed=8, updates_done=5000, optimizer="adam"), seed=0)
@example(kind=replace(EVERYTHING, optimizer="adam", cell=("lstm", "tanh")), seed=1)
@example(kind=replace(EVERYTHING, optimizer="rmsprop", cell=("gru", "tanh"), seed=4), seed=2)
@example(kind=replace(EVERYTHING, optimizer="adagrad", cell=("vanilla", "relu")), seed=3)
@example(
    kind=replace(EVERYTHING, optimizer="momentum", loss="squared_error", reads_numbers=True),
    seed=4,
)
def test_each_number_of_a_step_comes_out_as_it_is_printed(kind: Kind, seed: int) -> None:
    record = record_step(draw_subject(kind))
    for place, index, stream, value in drawn_numbers(record, seed):
        found = arithmetic(record, place, index, stream)
        assert found.value == value
        assert value_at(record, found.source) == value
        result = float(found.chains[0].result.value)
        assert result == pytest.approx(value, rel=0.005, abs=0, nan_ok=True)
        for chain in found.chains:
            assert_comes_out(chain)
            assert_terms_add_up(chain)


@settings(max_examples=8, deadline=None)
@given(kind=all_kinds(), seed=SEEDS)
def test_what_is_pointed_at_is_the_number_that_is_printed_there(kind: Kind, seed: int) -> None:
    record = record_step(draw_subject(kind))
    seen = 0
    for place, index, stream, _ in drawn_numbers(record, seed):
        for chain in arithmetic(record, place, index, stream).chains:
            if len(chain.lines) < 2:
                continue
            for piece in chain.lines[1]:
                source = piece.source
                if source is None or (source.place is None and not source.parameter):
                    continue
                seen += 1
                number = value_at(record, source)
                shown = abs(calculate(piece.text))
                assert shown == pytest.approx(abs(number), rel=0.005, abs=half_a_digit(piece.text))
    assert seen > 20


def test_hardly_ever_all_digits_are_needed() -> None:
    records = [record_step(draw_subject(replace(EVERYTHING, seed=seed))) for seed in range(3)]
    chains = [
        chain
        for record in records
        for place, index, stream, _ in drawn_numbers(record, 0)
        for chain in arithmetic(record, place, index, stream).chains
        if len(chain.lines) > 2
    ]
    long = sum(map(is_too_long, chains))
    assert long <= 0.01 * len(chains)


def by_hand() -> StepRecord:
    """A record of three units over four letters, as on a blackboard."""
    subject = draw_subject(Kind(seed=2, clip_mode="norm", clip_threshold=0.1))
    return record_step(replace(subject, tokens=tuple("helo"), answers=tuple("helo")))


def lines_of(found: Arithmetic, chain: int = 0) -> list[str]:
    return [found.chains[chain].name.text, *map(as_text, found.chains[chain].lines)]


def test_a_hidden_unit_is_calculated_from_weights_and_inputs() -> None:
    found = arithmetic(by_hand(), Place("forward", "h", 2, 1), (1,))
    assert lines_of(found) == [
        "h_2[2]",
        "tanh(b[2] + W[2,·] h_1 + U[2,'o'])",
        "tanh(−0.3659 − 0.1704 + 0.4515)",
        "tanh(−0.0848)",
        "−0.0846",
    ]
    assert lines_of(found, 1)[:2] == [
        "W[2,·] h_1",
        "W[2,1] · h_1[1] + W[2,2] · h_1[2] + W[2,3] · h_1[3]",
    ]
    assert [as_text(term.name) for term in found.chains[1].terms] == [
        f"W[2,{k}] · h_1[{k}]" for k in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("place", "index", "line"),
    [
        (Place("forward", "x", 2, 1), (1,), "onehot('o')['e']"),
        (Place("output", "o", 2), (1,), "c['e'] + V['e',·] h_2"),
        (Place("loss", "p", 2), (1,), "exp(o_2['e']) / (sum of exp(o_2))"),
        (Place("loss", "L", 2), (), "−log(p_2['o'])"),
        (Place("output back", "do", 2), (3,), "p_2['o'] − onehot('o')['o']"),
        (Place("output back", "dV", 2), (2, 0), "dL/do_2['h'] · h_2[3]"),
        (Place("backward", "dh", 2, 1), (1,), "(dL/dh_2 from above)[2] + (dL/dh_2 from 3)[2]"),
        (Place("backward", "da", 2, 1), (1,), "f'(a_2)[2] · dL/dh_2[2]"),
        (Place("backward", "dU", 2, 1), (3, 0), "dL/da_2[1] · x_2['o']"),
        (Place("backward", "dW", 2, 1), (2, 0), "dL/da_2[1] · h_1[3]"),
        (Place("clip", "factor"), (), "min(1, threshold / norm)"),
        (Place("update", "g", parameter="W1"), (2, 0), "factor · dL/dW[1,3]"),
        (Place("update", "new", parameter="U1"), (3, 0), "U[1,'o'] − δ[1,'o']"),
        (Place("result", "L"), (), "L_1 + L_2 + L_3 + L_4"),
    ],
)
def test_a_number_says_what_it_is_made_of(place: Place, index: tuple[int, ...], line: str) -> None:
    assert as_text(arithmetic(by_hand(), place, index).chains[0].lines[0]) == line


def test_what_comes_from_later_is_calculated_where_it_was_sent() -> None:
    record = by_hand()
    found = arithmetic(record, Place("backward", "dh_later", 2, 1), (0,))
    assert found.name.text == "(dL/dh_2 from 3)[1]"
    assert as_text(found.chains[0].lines[0]).startswith("W[1,1] · dL/da_3[1] + W[2,1]")
    assert found.value == record.backward[2].layers[0]["dh_before"][0, 0]
    last = arithmetic(record, Place("backward", "dh_later", 4, 1), (0,))
    assert last.value == 0
    assert "window ends" in last.note


def test_of_many_terms_the_largest_are_written_and_the_others_together() -> None:
    record = record_step(draw_subject(Kind(hidden=100)))
    found = arithmetic(record, Place("forward", "a", 2, 1), (7,))
    chain = found.chains[1]
    assert chain.more == 94
    assert as_text(chain.terms[-1].name) == "the other 94 together"
    products = record.forward[0].layers[0]["h"][0] * record.parameters["W1"][:, 7]
    largest = sorted(abs(products))[-6:]
    written = [abs(float(term.value.value)) for term in chain.terms[:-1]]
    assert sorted(written) == pytest.approx(largest, rel=0.01)
    rest = products.sum() - sum(sorted(products, key=abs)[-6:])
    assert float(chain.terms[-1].value.value) == pytest.approx(rest, rel=0.01)


def test_a_gates_weights_are_named_by_their_gate() -> None:
    kind = replace(EVERYTHING, batch=1, cell=("gru", "tanh"))
    record = record_step(draw_subject(kind))
    found = arithmetic(record, Place("backward", "dW", 3, 2), (1, 8))
    assert found.name.text == "(dL/dW_n from 3)[3,2]"
    assert as_text(found.chains[0].lines[0]) == "dL/ds_3[3] · h_2[2]"
    new = arithmetic(record, Place("update", "new", parameter="W2"), (1, 8))
    assert new.name.text == "W_new[n3,2]"


def test_a_small_update_can_be_seen_in_the_new_weight() -> None:
    found = arithmetic(by_hand(), Place("update", "new", parameter="W1"), (1, 2))
    before, new = found.chains[0].lines[1], found.chains[0].lines[-1]
    assert as_text(before).split(" ")[0] != as_text(new)


@pytest.mark.parametrize("index", [(3,), (-1,)])
def test_a_number_that_is_not_there_is_refused(index: tuple[int, ...]) -> None:
    with pytest.raises(IndexError):
        arithmetic(by_hand(), Place("forward", "h", 2, 1), index)


@given(st.floats(1e-9, 1e9) | st.floats(-1e9, -1e-9), st.integers(1, 12))
def test_printed_numbers_are_rounded_and_can_be_read_again(value: float, digits: int) -> None:
    for number in (rounded(value, digits), brief(value, digits)):
        assert calculate(number.text) == pytest.approx(float(number.value), rel=1e-12)
        assert abs(float(number.value) - value) <= abs(value) * 10.0 ** (1 - digits)


def test_an_output_without_a_label_is_counted() -> None:
    subject = draw_subject(Kind(answers=1, loss="squared_error"))
    record = record_step(replace(subject, answers=("",)))
    found = arithmetic(record, Place("output", "o", 4), (0,))
    assert lines_of(found)[:2] == ["o_4[1]", "c[1] + V[1,·] h_4"]
