"""The experiment of the wall says what its panel shows with the settings that it begins with."""

from __future__ import annotations

from rnnviz.diagnostics.wall import descend
from rnnviz.gui.panels.wall.board import EXTENT, STEPS
from rnnviz.gui.panels.wall.controls import WallSettings


def test_the_unclipped_ball_is_thrown_out_and_the_clipped_one_ends_lower_than_it_began():
    begin = WallSettings()
    start = (begin.w, begin.b)
    thrown = descend(start, begin.learning_rate, STEPS)
    step = thrown.first_outside(*EXTENT)
    assert step is not None
    # The wall is where it happens: the gradient there is a hundred times as long as at the start.
    assert thrown.norm[step - 1] > 100 * thrown.norm[0]
    width = EXTENT[1] - EXTENT[0]
    assert abs(thrown.w[step] - thrown.w[step - 1]) > 10 * width
    kept = descend(start, begin.learning_rate, STEPS, begin.clip_threshold)
    assert kept.first_outside(*EXTENT) is None
    assert kept.clipped.any()
    assert kept.error[-1] < kept.error[0] / 2
