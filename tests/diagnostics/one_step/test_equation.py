"""What stands beside a line, computed from the numbers it names, is that line's number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnviz.core.cells import CELLS
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.diagnostics.one_step.equation import EquationError, parse
from rnnviz.diagnostics.one_step.evaluation import evaluate
from rnnviz.diagnostics.one_step.expression import (
    SET,
    Call,
    Entry,
    Expression,
    Length,
    MatrixProduct,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transposed,
    at,
    walk,
    with_gates,
)
from rnnviz.diagnostics.one_step.latex import is_scalar
from rnnviz.diagnostics.one_step.phases import Place, line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.diagnostics.one_step.scope import Scope

from .subjects import Kind, all_kinds, draw_subject

# What is given to a step, and is no result of it, beside the numbers that people have set.
GIVEN = {"x", "m", "L_new"} | {
    f"d{name}_later" for cell in CELLS.values() for name in cell.state_names()
}
GIVEN_TO_OPTIMIZERS = {f"{slot}_before" for kind in OPTIMIZERS.values() for slot in kind.slot_names}


def assert_computed(record: StepRecord, place: Place) -> bool:
    """State that every number of a line is what its equation says, unless it is given."""
    line, checked = line_at(record, place), 0
    for equation in parse(line.equation):
        if equation.right is None:
            return False
        for one in equation.each():
            for scope in Scope(record, place).streams():
                found = scope.compute(one)
                recorded = scope.recorded(one.left)
                expected = recorded.as_written(scope.stream)
                np.testing.assert_allclose(
                    np.broadcast_to(found, expected.shape),
                    expected,
                    rtol=1e-12,
                    atol=1e-12 * np.abs(expected).max(initial=1.0),
                    err_msg=f"{place}: {line.equation}",
                )
                if recorded.by_stream or scope.stream == 0:
                    checked += expected.size
    assert checked == line.value.size, f"{place}: {line.equation}"
    return True


def assert_scalars_are_known(record: StepRecord, place: Place) -> None:
    """State that of the factors of a product those are written as one number that are one."""
    scope = Scope(record, place)
    for equation in parse(line_at(record, place).equation):
        for one in equation.each():
            for _, part in walk(with_gates(one.right)) if one.right is not None else ():
                for factor in part.factors if isinstance(part, Product) else ():
                    is_one = not evaluate(factor, scope).ndim
                    assert is_scalar(factor) == is_one, f"{factor} in {equation} at {place}"


EVERYTHING = Kind(
    layers=3,
    residual=True,
    dropout=True,
    asked=2,
    batch=3,
    hidden=2,
    answers=3,
    clip_mode="norm",
    clip_threshold=0.1,
    updates_done=3,
    seed=5,
)


@settings(max_examples=25, deadline=None)
@given(kind=all_kinds())
@example(kind=replace(EVERYTHING, optimizer="momentum"))
@example(kind=replace(EVERYTHING, optimizer="adagrad", cell=("vanilla", "relu")))
@example(kind=replace(EVERYTHING, optimizer="rmsprop", cell=("gru", "tanh")))
@example(kind=replace(EVERYTHING, optimizer="adam", cell=("lstm", "tanh")))
@example(kind=replace(EVERYTHING, loss="squared_error", reads_numbers=True, clip_mode="value"))
def test_every_line_of_a_step_is_what_its_equation_says(kind: Kind) -> None:
    record = record_step(draw_subject(kind))
    given = set()
    for phase in phases_of(record):
        for place in phase.places:
            if not assert_computed(record, place):
                (equation,) = parse(line_at(record, place).equation)
                given |= {place.name} if equation.left.letter not in SET else set()
            assert_scalars_are_known(record, place)
    assert given <= GIVEN | GIVEN_TO_OPTIMIZERS


def test_a_line_that_says_something_else_is_found_out() -> None:
    record = record_step(draw_subject(Kind(seed=1)))
    line_at(record, Place("forward", "a", 2, 1)).value.setflags(write=True)
    line_at(record, Place("forward", "a", 2, 1)).value[0, 1] += 1e-9
    with pytest.raises(AssertionError, match="a_t = b"):
        assert_computed(record, Place("forward", "a", 2, 1))


A, B, C = Symbol("a", time=0), Symbol("W"), Symbol("c", "r", -1)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a_t + W - c_{r,t-1}", Sum((A, B, Negative(C)))),
        ("-a_t + W", Sum((Negative(A), B))),
        ("a_t - (W - 2)", Sum((A, Negative(Sum((B, Negative(Number("2")))))))),
        ("a_t * W * 2 / a_t", Quotient(Product((A, B, Number("2"))), A)),
        ("a_t / W * 1e-8", Product((Quotient(A, B), Number("1e-8")))),
        ("W a_t * c_{r,t-1}", Product((MatrixProduct(B, A), C))),
        ("W^T a_t", MatrixProduct(Transposed(B), A)),
        ("a_t W^T", MatrixProduct(A, Transposed(B))),
        ("tanh(a_t)^2", Power(Call("tanh", (A,)), Number("2"))),
        ("(1 - W)^n", Power(Sum((Number("1"), Negative(B))), Symbol("n"))),
        ("-log a_t[W]", Negative(Call("log", (Entry(A, B),)))),
        ("|a_t - W|^2", Power(Length(Sum((A, Negative(B)))), Number("2"))),
        ("max(-W, min(W, a_t))", Call("max", (Negative(B), Call("min", (B, A))))),
        ("(a_t * W) of layer 2", Product((replace(A, layer=2), replace(B, layer=2)))),
        ("a_t * W of layer 2", Product((A, replace(B, layer=2)))),
    ],
)
def test_signs_bind_as_everywhere_in_mathematics(text: str, tree: Expression) -> None:
    (equation,) = parse(f"x_t = {text}")
    assert equation.right == tree


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("dL/dh_t", Symbol("h", time=0, gradient=True)),
        ("dL/da_{r,t}", Symbol("a", "r", 0, gradient=True)),
        ("(dL/dh_t from above)", Symbol("h", time=0, gradient=True, part="above")),
        ("(dL/dh_t from t+1)", Symbol("h", time=0, gradient=True, part="later")),
        ("(dL/dh_{t-1} from t)", Symbol("h", time=-1, gradient=True, part="before")),
        ("(dL/dW from t)", Symbol("W", time=0, gradient=True, part="step")),
        ("f'(a_t)", Symbol("a", time=0, slope=True)),
        ("U1", Symbol("U1")),
        ("beta_1", Symbol("beta", "1")),
    ],
)
def test_a_symbol_says_what_it_is_of(text: str, symbol: Symbol) -> None:
    assert parse(text)[0].left == symbol


def test_an_index_stands_for_all_its_values() -> None:
    gates, rest = parse("dL/dW_k += dL/da_{k,t} h_{t-1}^T for k = r, z; dL/dW_n += dL/ds_t")
    assert [one.left.subscript for one in gates.each()] == ["r", "z"]
    assert [str(one) for one in rest.each()] == [str(rest)]
    (whole,) = parse("L = sum of L_t over t = 3 to 5")
    assert whole.right is not None
    (total,) = (part for path, part in walk(whole.right) if path == ())
    assert total.values == ("3", "4", "5")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a_t =", 6),
        ("a_t = b +", 10),
        ("a_t = (b", 9),
        ("a_t = b ) c", 9),
        ("a = b ? c", 7),
        ("", 1),
    ],
)
def test_what_is_no_equation_is_refused_with_its_place(text: str, place: int) -> None:
    with pytest.raises(EquationError, match=f"character {place} "):
        parse(text)


LETTERS = st.sampled_from([A, B, C, Number("3"), Symbol("h", time=-1, layer=2)])


def grown(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Sum, several),
        st.builds(Product, several),
        st.builds(Quotient, parts, parts),
        st.builds(MatrixProduct, parts, parts),
        st.builds(Transposed, parts),
        st.builds(Negative, parts),
        st.builds(lambda part: Call("tanh", (part,)), parts),
    )


def in_full(expression: Expression) -> str:
    """Write an expression with brackets around everything."""
    match expression:
        case Number(text):
            return text
        case Symbol():
            of = f" of layer {expression.layer}" if expression.layer else ""
            time = {None: "", 0: "_t", -1: "_{t-1}"}[expression.time]
            time = "_{r,t-1}" if expression.subscript else time
            return f"({expression.letter}{time}{of})"
        case Sum(parts):
            return "(" + " + ".join(map(in_full, parts)) + ")"
        case Product(parts):
            return "(" + " * ".join(map(in_full, parts)) + ")"
        case Quotient(first, second):
            return f"({in_full(first)} / {in_full(second)})"
        case MatrixProduct(first, second):
            return f"({in_full(first)} {in_full(second)})"
        case Transposed(inside):
            return f"({in_full(inside)}^T)"
        case Negative(inside):
            return f"(-{in_full(inside)})"
        case Call(function, (inside,)):
            return f"{function}({in_full(inside)})"
    raise AssertionError(expression)


@given(tree=st.recursive(LETTERS, grown, max_leaves=12))
def test_whatever_is_written_with_all_its_brackets_is_read_as_it_is_meant(
    tree: Expression,
) -> None:
    (equation,) = parse(f"x_t = {in_full(tree)}")
    assert equation.right == tree
    for path, part in walk(tree):
        assert at(tree, path) is part
