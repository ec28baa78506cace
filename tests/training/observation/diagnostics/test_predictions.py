"""What was read and how probable it was, of the next window and of a watched text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnnviz.training.commands import Change, NewRun, TakeStep
from rnnviz.training.observation.diagnostics.predictions import PREDICTIONS
from rnnviz.training.session import Session

from ...helpers import own_text, task_settings


def predicted(session: Session):
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot.get(PREDICTIONS)


def test_they_are_those_of_the_step_that_learns_from_them(tmp_path: Path) -> None:
    session = Session()
    session.apply(NewRun(own_text(tmp_path)))
    before, window = predicted(session), session.snapshot().window
    assert before.prompt == window.tokens[0]
    assert before.pieces == window.targets
    session.apply(TakeStep())
    assert -np.log(before.probabilities).mean() == pytest.approx(session.snapshot().loss, rel=1e-5)


@pytest.mark.parametrize(
    ("level", "text", "pieces"),
    [
        ("character", "the fox", tuple("he fox")),
        ("word", "said!\nthe fox", ("!", "\n", " the", " fox")),
        ("bare-word", "said!\nthe fox", ("!", "\n", "the", " fox")),
    ],
)
def test_a_watched_text_is_predicted_better_as_the_network_learns_it(
    tmp_path: Path, level: str, text: str, pieces: tuple[str, ...]
) -> None:
    session = Session()
    session.apply(NewRun(own_text(tmp_path, level=level)))
    session.apply(Change("watched_text", text))
    first = predicted(session)
    assert first.pieces == pieces
    # A word is read as it is known, and may have a space before it that was not typed.
    assert text.split() == (first.prompt + "".join(pieces)).split()
    for _ in range(100):
        session.apply(TakeStep())
    assert np.log(predicted(session).probabilities).mean() > np.log(first.probabilities).mean()


def test_of_a_task_there_are_none() -> None:
    session = Session()
    session.apply(NewRun(task_settings()))
    assert PREDICTIONS in session.snapshot().window.measured
    assert predicted(session) is None
