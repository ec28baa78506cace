"""What is remarked on is values, which travel between processes; the sentences are the window's."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from rnnviz.training.commands import NewRun, TakeStep, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.remarks.remark import ClippingActs, LossAmongReferences, NormUnclipped, Place
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot


def after_steps(steps: int, **settings: float | str) -> Snapshot:
    session = Session()
    session.apply(NewRun(Configuration.from_mapping({"hidden_size": 10, **settings})))
    for _ in range(steps):
        session.apply(TakeStep())
    session.apply(Watch(EVERYTHING))
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def test_a_run_of_sixty_steps_is_remarked_on_in_the_order_of_what_strikes_most() -> None:
    snapshot = after_steps(60, clip_threshold=1e-6)
    assert snapshot.smoothed_loss is not None
    losses = {line.name: line.loss for line in snapshot.references}
    placed = LossAmongReferences(Place.AT_UNIFORM, snapshot.smoothed_loss, losses)
    first, *_, last = snapshot.remarks
    assert first == placed
    assert last == ClippingActs(60, 60)


def test_remarks_are_frozen_and_come_back_equal_from_a_pickle() -> None:
    found = after_steps(60, learning_rate=10.0, clip_mode="none").remarks
    assert found
    assert pickle.loads(pickle.dumps(found)) == found
    for remark in found:
        name = dataclasses.fields(remark)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(remark, name, 0)


def test_without_clipping_only_a_large_norm_is_remarked_on() -> None:
    kinds = {type(remark) for remark in after_steps(1, clip_mode="none").remarks}
    assert not kinds & {ClippingActs, NormUnclipped}
