"""What the README says of the forget gates, measured."""

import pytest

from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW


def kept_over_20(forget_bias: float, seed: int) -> dict[str, float]:
    """Return how much is left 20 steps back of the gradients of h and c, before training."""
    settings = Configuration(cell="lstm", forget_bias=forget_bias, seed=seed)
    trainer = new_trainer(settings)
    trainer.observe()
    window = trainer.last_window
    assert window is not None
    assert GRADIENT_FLOW in window.measured
    norms = window.measured[GRADIENT_FLOW].from_last
    return {state: float(norms[state][0, -21] / norms[state][0, -1]) for state in "hc"}


@pytest.mark.parametrize("seed", range(1, 6))
def test_forget_gates_that_are_open_let_the_gradient_pass(seed: int) -> None:
    usual, opened = kept_over_20(1.0, seed), kept_over_20(5.0, seed)
    assert usual["h"] < 0.01
    assert usual["h"] < usual["c"] < 0.05, "the cell state's reaches further back"
    assert opened["h"] > 0.32
    assert opened["c"] > 1.0
