"""The equation beside every line of a step, read as a person would, gives that line's value."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnnviz.core.activations import sigmoid
from rnnviz.core.cells import Cell
from rnnviz.core.cells.lines import Line

from ..cases import CELL_KINDS, Sizes, draw_case, step_by_step_backward, step_by_step_forward

Names = dict[str, object]
FUNCTIONS: Names = {
    "tanh": np.tanh, "sigmoid": sigmoid, "relu": lambda a: np.maximum(a, 0), "sum": sum
}  # fmt: skip


def in_python(text: str) -> str:
    """Write an equation's side in Python, of columns; ``W h`` is a product there too."""
    text = re.sub(r"\(dL/d(\w)_t from above\)", r"d\1_above", text)
    text = re.sub(r"\(dL/d(\w)_t from t\+1\)", r"d\1_later", text)
    text = re.sub(r"\(dL/d(\w)_\{t-1\} from t\)", r"d\1_before", text)
    text = re.sub(r"dL/d(\w)_\{(\w),t\}", r"d\1_\2", text)
    text = re.sub(r"dL/d(\w)_t\b", r"d\1", text)
    text = re.sub(r"\b(\w)_\{t-1\}", r"\1_before", text)
    text = re.sub(r"\b(\w)_\{(\w),t\}", r"\1_\2", text)
    text = re.sub(r"\b([a-z])_t\b", r"\1", text.replace("f'(a_t)", "slope"))
    text = re.sub(r"\[(.*)\]", r"1.0 * (\1)", text.replace("^2", "**2").replace("^T", ".T"))
    return re.sub(r"(?<=[\w)]) (?=[a-zA-Z(])", " @ ", text)


def value_of(text: str, names: Names) -> np.ndarray:
    found = re.fullmatch(r"sum of (.*) over k = (.*)", text)
    if found is None:
        return np.asarray(eval(in_python(text), FUNCTIONS | names))
    term, blocks = found.groups()
    return np.asarray(sum(value_of(of_block(term, k), names) for k in blocks.split(", ")))


def of_block(text: str, block: str) -> str:
    return text.replace("_k", f"_{block}").replace("{k,", f"{{{block},")


def column(array: np.ndarray) -> np.ndarray:
    """Transpose a matrix of rows, or stand a vector up."""
    return np.atleast_2d(array).T


def named_parameters(cell: Cell, parameters: dict[str, np.ndarray]) -> Names:
    """Return every parameter, transposed, by its letter and by those of its blocks."""
    names: Names = {}
    for spec in cell.parameters:
        whole, blocks = column(parameters[f"{spec.letter}1"]), spec.blocks or cell.blocks
        names[spec.letter] = whole
        for block, part in zip(blocks, np.split(whole, len(blocks)), strict=True):
            names[f"{spec.letter}_{block}"] = part
    return names


def assert_added(line: Line, cell: Cell, names: Names) -> None:
    """State that the parts of an equation with ``+=`` give a parameter's gradient."""
    (spec,) = (spec for spec in cell.parameters if f"d{spec.letter}" == line.name)
    blocks = spec.blocks or cell.blocks
    parts = dict(zip(blocks, np.split(column(line.value), len(blocks)), strict=True))
    for equation in line.equation.split("; "):
        equation, _, listed = equation.partition(" for k = ")
        left, right = equation.split(" += ")
        assert left.startswith(f"dL/d{spec.letter}")
        named = left.removeprefix(f"dL/d{spec.letter}").removeprefix("_")
        for k in listed.split(", ") if listed else [named or blocks[0]]:
            np.testing.assert_allclose(
                parts.pop(k), value_of(of_block(right, k), names), rtol=1e-12
            )
    assert not parts


@pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)
def test_every_equation_gives_the_value_that_stands_beside_it(cell: str, activation: str) -> None:
    case = draw_case(Sizes(4, 1, 3, vocab_size=5, cell=cell, activation=activation), seed=3)
    kind, steps = case.network.cells[0], step_by_step_forward(case)
    d_outputs = np.random.default_rng(0).normal(size=(4, 1, 5))
    back, _ = step_by_step_backward(case, steps, d_outputs)
    forward, backward = steps[1].layers[0], back[1].layers[0]
    names = named_parameters(kind, dict(case.network.parameters))
    names |= {f"{name}_before": column(array) for name, array in steps[1].before[0].items()}
    names |= {name: column(array) for name, array in forward.items()}
    checked = 0
    for line in (*forward.lines(), *backward.lines()):
        if line in backward.lines():
            names[line.name] = column(line.value)
        if line.name == "x" or line.name.endswith(("_above", "_later")):
            continue
        checked += 1
        if " += " in line.equation:
            assert_added(line, kind, names)
            continue
        left, right = line.equation.split(" = ", maxsplit=1)
        assert in_python(left) == line.name
        np.testing.assert_allclose(column(line.value), value_of(right, names), rtol=1e-12)
    assert checked >= 10
