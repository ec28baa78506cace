"""Which units and outputs of a network are drawn."""

import numpy as np

from rnnviz.gui.inside.shown import MOST_DRAWN, outputs_of, shown_of, target_of

from .conftest import record_of


def test_a_small_network_is_drawn_whole(by_hand):
    assert shown_of(by_hand).units == (0, 1, 2)
    assert shown_of(by_hand, "most saturated").units == (0, 1, 2)
    assert outputs_of(by_hand, 1, 0) == (0, 1, 2, 3)


def test_of_a_large_one_a_few_units_are_drawn_the_fewer_the_more_layers():
    record = record_of("large")
    few, fewer = shown_of(record), shown_of(record, rows_a_unit=8)
    assert few.units == tuple(range(len(few.units)))
    assert 3 <= len(fewer.units) < len(few.units) <= MOST_DRAWN
    assert few.more == 100 - len(few.units)


def test_the_most_saturated_are_those_nearest_to_the_flat_ends():
    record = record_of("large")
    states = np.array([[abs(x["h"][0]) for x in step.layers] for step in record.forward])
    mean = states.mean(axis=(0, 1))
    chosen = shown_of(record, "most saturated").units
    others = set(range(100)) - set(chosen)
    assert min(mean[list(chosen)]) >= max(mean[list(others)])
    assert list(chosen) == sorted(chosen)


def test_units_by_hand_are_taken_as_written_and_what_there_is_not_is_left_out():
    record = record_of("large")
    assert shown_of(record, "by hand", (16, 4, 4, 100, -1)).units == (16, 4)
    assert shown_of(record, "by hand", ()).units == shown_of(record).units


def test_of_many_outputs_the_likeliest_and_the_target_are_drawn(record):
    for t in range(1, len(record.forward) + 1):
        outputs, target = outputs_of(record, t, 0), target_of(record, t, 0)
        o = record.forward[t - 1].output["o"][0]
        assert int(o.argmax()) in outputs
        assert target is None or target in outputs
        assert len(set(outputs)) == len(outputs) <= MOST_DRAWN
