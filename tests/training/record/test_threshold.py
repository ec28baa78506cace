"""At which threshold each step was clipped."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.training.configuration import Configuration
from rnnviz.training.record.threshold import threshold_view
from rnnviz.training.state.journal import BestUsed, Entry, Journal, SettingChanged

BEGUN = Configuration.from_mapping(Configuration().to_mapping() | {"clip_threshold": 5.0})
CHANGES: list[Entry] = [
    SettingChanged(10, "clip_threshold", 2.0),
    SettingChanged(10, "clip_mode", "value"),
    BestUsed(15),
    SettingChanged(20, "learning_rate", 0.5),
    SettingChanged(30, "clip_mode", "norm"),
]
NOW = BEGUN.with_value("clip_threshold", 2.0)
NONE = np.nan


def test_each_change_acts_from_the_step_after_it() -> None:
    view = threshold_view(Journal(entries=CHANGES, begun_with=BEGUN), NOW)
    np.testing.assert_array_equal(view.steps, [0, 10, 30])
    np.testing.assert_array_equal(view.thresholds, [5.0, NONE, 2.0])
    steps = np.array([1.0, 10.0, 11.0, 30.0, 31.0, 100.0])
    np.testing.assert_array_equal(view.at(steps), [5.0, 5.0, NONE, NONE, 2.0, 2.0])


def test_what_was_never_changed_is_known_without_the_beginning() -> None:
    view = threshold_view(Journal(first_step=40), NOW)
    np.testing.assert_array_equal(view.steps, [40])
    np.testing.assert_array_equal(view.at(np.array([40.0, 41.0])), [NONE, 2.0])


@pytest.mark.parametrize("name", ["clip_threshold", "clip_mode"])
def test_what_it_was_before_its_first_change_is_unknown_without_the_beginning(name: str) -> None:
    value = {"clip_threshold": 2.0, "clip_mode": "norm"}[name]
    view = threshold_view(Journal(entries=[SettingChanged(10, name, value)]), NOW)
    np.testing.assert_array_equal(view.steps, [0, 10])
    np.testing.assert_array_equal(view.thresholds, [NONE, 2.0])
