"""The document of a step has each equation and its numbers, and TeX sets it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.latex import equation_latex
from rnnviz.diagnostics.one_step.phases import line_at, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.storage.one_step.as_latex import array_latex, as_latex

from ...diagnostics.one_step.subjects import Kind, all_kinds, draw_subject

EVERYTHING = Kind(layers=2, residual=True, dropout=True, batch=2, asked=2, clip_mode="norm")
KINDS = [
    Kind(),
    replace(EVERYTHING, optimizer="adam", cell=("lstm", "tanh")),
    replace(EVERYTHING, optimizer="rmsprop", cell=("gru", "tanh"), hidden=12),
    replace(EVERYTHING, loss="squared_error", reads_numbers=True, clip_mode="value"),
]
STRANGE = ("\n", "e&", "\\_", "{", "#$%", "λ^~", "<>")


def record_of(kind: Kind) -> StepRecord:
    subject = draw_subject(replace(kind, vocab=len(STRANGE)))
    return record_step(replace(subject, tokens=STRANGE, title="50 % of {a} \\ text"))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs TeX")
@pytest.mark.parametrize("kind", KINDS)
def test_tex_sets_it(kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "step.tex").write_text(as_latex(record_of(kind)), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "step.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
    assert (tmp_path / "step.pdf").stat().st_size > 10_000


@settings(max_examples=10, deadline=None)
@given(kind=all_kinds())
def test_every_bracket_is_closed(kind: Kind) -> None:
    text = as_latex(record_step(draw_subject(kind)))
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert text.count(r"\begin{pmatrix}") == text.count(r"\end{pmatrix}")
    assert text.isascii() or max(map(ord, text)) < 0x100


def test_every_equation_is_there_with_its_result() -> None:
    record = record_step(draw_subject(Kind()))
    text = as_latex(record)
    for phase in phases_of(record):
        for place in phase.places:
            for equation in parse(line_at(record, place).equation):
                if equation.right is not None:
                    assert equation_latex(equation, t=place.t or None) in text
    h = array_latex(record.forward[1].layers[0]["h"].T)
    assert rf"\fit{{h_{{2}} = \tanh\left({array_latex(record.forward[1].layers[0]['a'].T)}" in text
    assert f" = {h}}}" in text
    share = array_latex(record.backward[1].layers[0]["dW"].T)
    assert r"\right|_{2} = " in text
    assert f" = {share}}}" in text


def test_a_steps_share_of_a_gradient_is_not_called_the_gradient() -> None:
    text = as_latex(record_step(draw_subject(Kind())))
    whole = text[text.index(r"\section*{Gradients") :]
    shares = text[: text.index(r"\section*{Gradients")]
    assert r"\fit{\frac{\partial L}{\partial W} = " not in shares
    assert r"\fit{\frac{\partial L}{\partial W} = " in whole


def test_of_several_phases_one_can_be_taken() -> None:
    record = record_step(draw_subject(Kind()))
    phase = next(phase for phase in phases_of(record) if phase.kind == "loss")
    text = as_latex(record, [phase])
    assert re.findall(r"\\section\*\{([^,]*)", text) == ["Loss"]


def test_of_a_large_matrix_the_first_and_the_last_entries_are_written() -> None:
    value = np.arange(56.0).reshape(8, 7)
    text = array_latex(value)
    assert text.startswith(r"\begin{pmatrix} 0 & 1 & 2 & 3 & \cdots & 6 \\ 7 & 8")
    assert text.endswith(r"49 & 50 & 51 & 52 & \cdots & 55 \end{pmatrix}")
    assert r"\vdots &  &  &  &  & \vdots" in text
