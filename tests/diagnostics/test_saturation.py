"""The share of saturated units."""

import numpy as np

from rnnviz.diagnostics.saturation import saturated_share


def test_the_share_counts_both_ends_beyond_0_95() -> None:
    hidden = np.array([[0.96, -0.96, 0.95, -0.95], [0.0, 0.5, 1.0, -0.9]], np.float32)
    # float32's 0.95 is a hair below the limit.
    assert saturated_share(hidden) == 3 / 8


def test_the_share_of_a_quiet_state_is_zero_and_of_a_full_one_is_one() -> None:
    assert saturated_share(np.zeros((3, 4))) == 0.0
    assert saturated_share(-np.ones((3, 4))) == 1.0
