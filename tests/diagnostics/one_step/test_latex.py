"""Equations as LaTeX: as a textbook has them, and such that they can be set."""

from __future__ import annotations

from dataclasses import replace

import pytest
import ziamath

from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.expression import Equation, Expression, Path, Symbol, walk
from rnnviz.diagnostics.one_step.latex import LEFT, RIGHT, equation_latex
from rnnviz.diagnostics.one_step.phases import line_at, phases_of
from rnnviz.diagnostics.one_step.record import record_step

from .subjects import Kind, draw_subject

EVERYTHING = Kind(layers=2, residual=True, dropout=True, batch=2, asked=2, clip_mode="norm")
KINDS = [
    Kind(),
    replace(EVERYTHING, optimizer="momentum", cell=("vanilla", "relu")),
    replace(EVERYTHING, optimizer="adam", cell=("lstm", "tanh")),
    replace(EVERYTHING, optimizer="rmsprop", cell=("gru", "tanh"), clip_mode="value"),
    replace(EVERYTHING, optimizer="adagrad", loss="squared_error", reads_numbers=True),
]


def equations_of(kind: Kind) -> set[str]:
    record = record_step(draw_subject(kind))
    return {line_at(record, place).equation for p in phases_of(record) for place in p.places}


EQUATIONS = sorted(set().union(*map(equations_of, KINDS)))


@pytest.mark.parametrize("text", EQUATIONS)
def test_every_equation_of_every_step_can_be_set(text: str) -> None:
    for equation in parse(text):
        written = equation_latex(equation)
        assert written.count("{") == written.count("}")
        assert written.count(r"\left") == written.count(r"\right")
        width, height = ziamath.Latex(written).getsize()
        assert width > height / 4 > 0


def note(equation: Equation, met: list[tuple[Path, Expression]]) -> None:
    """Write an equation, and note which symbols were handed over."""

    def mark(path: Path, symbol: Symbol, latex: str) -> str:
        met.append((path, symbol))
        return rf"\textcolor{{#0000{len(met):02x}}}{{{latex}}}"

    ziamath.Latex(equation_latex(equation, mark))


@pytest.mark.parametrize("text", EQUATIONS)
def test_each_symbol_is_handed_over_once_with_its_place(text: str) -> None:
    for equation in parse(text):
        met: list[tuple[Path, Expression]] = []
        note(equation, met)
        sides = [(LEFT, equation.result), (RIGHT, equation.right)]
        assert met == [
            ((side, *path), part)
            for side, root in sides
            if root is not None
            for path, part in walk(root)
            if isinstance(part, Symbol)
        ]


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a_t = b + W h_{t-1} + U x_t", r"a_{t} = b + W\,h_{t-1} + U\,x_{t}"),
        ("dL/db += h_t", r"\left.\frac{\partial L}{\partial b}\right|_{t} = h_{t}"),
        ("h_t = (1 - z_t) * n_t", r"h_{t} = \left(1 - z_{t}\right) \odot n_{t}"),
        ("u = eta * m_hat / (sqrt(s) + mu)", r"u = \frac{\eta\,\hat{m}}{\sqrt{s} + \mu}"),
        ("L_t = -log p_t[y_t]", r"L_{t} = {-}\log p_{t}[y_{t}]"),
        ("x_t = (m_t * h_t) of layer 1", r"x_{t} = m_{t}^{(1)} \odot h_{t}^{(1)}"),
        ("c_t = (x_t of layer 1)^2", r"c_{t} = {x_{t}^{(1)}}^{2}"),
        ("W_new = W - u", r"W^{\text{new}} = W - u"),
        ("x_t, the numbers given", r"x_{t},\ \text{the numbers given}"),
        ("f'(a_t) = 1 - h_t^2", r"f'(a_{t}) = 1 - h_{t}^{2}"),
    ],
)
def test_it_reads_as_in_a_textbook(text: str, latex: str) -> None:
    assert equation_latex(parse(text)[0]) == latex


def test_the_time_step_can_be_said() -> None:
    texts = ["a_t = h_{t-1}", "(dL/dh_t from t+1)", "(dL/dh_{t-1} from t)", "(dL/dW from t)"]
    written = [equation_latex(parse(text)[0], t=4) for text in texts]
    assert written[0] == "a_{4} = h_{3}"
    assert written[1] == r"\left.\frac{\partial L}{\partial h_{4}}\right|_{5}"
    assert written[2] == r"\left.\frac{\partial L}{\partial h_{3}}\right|_{4}"
    assert written[3] == r"\left.\frac{\partial L}{\partial W}\right|_{4}"


def test_numbers_in_the_place_of_symbols_keep_their_signs() -> None:
    numbers = {"b": "0.5", "W": "-2", "x": "-3"}

    def put_in(_: Path, symbol: Symbol, latex: str) -> str:
        return numbers.get(symbol.letter, latex)

    (equation,) = parse("a_t = b + x_t - W * x_t")
    written = equation_latex(equation, put_in)
    assert written == r"a_{t} = 0.5 - 3 - \left(-2\right) \odot \left(-3\right)"
