"""A run's way: what happened, and when."""

from __future__ import annotations

from rnnviz.training.past.marks import marks_of
from rnnviz.training.past.timeline import Mark

from ..helpers import small_trainer


def test_what_happened_is_marked_where_it_did() -> None:
    trainer = small_trainer(validation_interval=2, learning_rate=0.01)
    for _ in range(4):
        trainer.step()
    trainer.change("learning_rate", 0.02)
    trainer.change("temperature", 0.3)  # looks only
    for _ in range(2):
        trainer.step()
    trainer.state.use_best()
    best = trainer.state.best
    assert best is not None
    marks = marks_of(trainer.state)
    assert Mark(4, "setting", "learning_rate", 0.02) in marks
    assert not any(mark.name == "temperature" for mark in marks)
    assert Mark(6, "best used") in marks
    assert Mark(best.step, "best") in marks
    assert Mark(0, "text") in marks
    assert [mark.step for mark in marks] == sorted(mark.step for mark in marks)


def test_where_clipping_became_frequent_is_marked() -> None:
    trainer = small_trainer(clip_threshold=1e6)
    for _ in range(300):
        trainer.step()
    assert not any(mark.kind == "clipping" for mark in marks_of(trainer.state))
    trainer.change("clip_threshold", 1e-6)
    for _ in range(150):
        trainer.step()
    (step,) = [mark.step for mark in marks_of(trainer.state) if mark.kind == "clipping"]
    assert 340 <= step <= 360, "half of the last hundred steps"


def test_what_was_so_from_the_beginning_did_not_become_so() -> None:
    trainer = small_trainer(clip_threshold=1e-6)
    for _ in range(150):
        trainer.step()
    assert not any(mark.kind == "clipping" for mark in marks_of(trainer.state))
