"""The theory of a gradient on its way to a snapshot: always beside the flow that it is about."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.theory import THEORY
from rnnviz.training.snapshot import WindowView

from ...helpers import small_trainer

WATCHED = frozenset({THEORY, GRADIENT_FLOW})


@pytest.mark.parametrize("cell", CELLS)
def test_a_bound_and_its_gradient_are_of_one_window(cell: str) -> None:
    trainer = small_trainer(cell=cell, num_layers=2)
    trainer.step(WATCHED)
    first = trainer.last_window
    assert first is not None
    assert first.step == 0
    assert_bounds(first)
    trainer.change("sequence_length", 9)
    trainer.observe(WATCHED)
    newest = trainer.last_window
    assert newest is not None
    assert (newest.step, len(newest.tokens)) == (1, 9)
    assert_bounds(newest)


def assert_bounds(window: WindowView) -> None:
    theory = window.measured[THEORY]
    assert theory is not None
    measured = window.measured[GRADIENT_FLOW].from_last["h"][-1]
    assert len(theory.norm_product) == len(window.tokens)
    assert theory.norm_product[-1] == pytest.approx(measured[-1])
    assert np.all(measured <= theory.norm_product * (1 + 1e-5))


def test_theory_that_nobody_watches_is_not_measured() -> None:
    trainer = small_trainer()
    trainer.step(frozenset({GRADIENT_FLOW}))
    assert trainer.last_window is not None
    assert THEORY not in trainer.last_window.measured
