"""The theory of a gradient on its way to a snapshot: always beside the flow that it is about."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.training.commands import Diagnostic

from ..helpers import small_trainer

WATCHED = frozenset({Diagnostic.THEORY, Diagnostic.GRADIENT_FLOW})


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_a_bound_and_its_gradient_are_of_one_window(cell: str) -> None:
    trainer = small_trainer(cell=cell, num_layers=2)
    trainer.step(WATCHED)
    first = trainer.last_window
    assert first is not None
    assert first.theory is not None
    assert first.theory.gradient_flow is first.gradient_flow
    assert (first.theory.step, first.theory.tokens) == (0, first.tokens)
    trainer.change("sequence_length", 9)
    trainer.observe(WATCHED)
    assert trainer.last_window is not None
    newest = trainer.last_window.theory
    assert newest is not None
    assert newest.theory is not None
    assert newest.step == 1
    assert len(newest.theory.norm_product) == len(newest.tokens) == 9
    measured = newest.gradient_flow.from_last["h"][-1]
    assert newest.theory.norm_product[-1] == pytest.approx(measured[-1])
    assert np.all(measured <= newest.theory.norm_product * (1 + 1e-5))


def test_theory_that_nobody_watches_is_not_measured() -> None:
    trainer = small_trainer()
    trainer.step(frozenset({Diagnostic.GRADIENT_FLOW}))
    assert trainer.last_window is not None
    assert trainer.last_window.theory is None
