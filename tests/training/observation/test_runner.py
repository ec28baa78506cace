"""How often a run is looked at."""

from __future__ import annotations

import numpy as np

from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.saturation import SATURATION

from ..helpers import small_trainer


def test_what_a_look_at_more_has_cost_holds_no_look_at_less_back() -> None:
    trainer = small_trainer()
    little, much = frozenset({HIDDEN_STATE}), frozenset({HIDDEN_STATE, SATURATION})
    trainer.observe(much)
    trainer._observer._throttle._rests_until = np.inf
    assert not trainer.may_observe(much)
    assert trainer.may_observe(little)
    trainer.observe(little)
    trainer._observer._throttle._rests_until = np.inf
    assert not trainer.may_observe(little)
