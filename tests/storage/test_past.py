"""A model file with its past: earlier states of the run, each a model file within it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from rnnviz.storage import load_model, save_model
from rnnviz.storage.errors import StorageError
from rnnviz.training.commands import LookAt, NewRun, Resume, Train
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.checkpoint import Checkpoint

from ..training.helpers import own_text


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr("rnnviz.training.past.kept_states._steps_to_go", lambda *_: 1)
    session = Session()
    session.apply(NewRun(own_text(tmp_path, dropout=0.2, validation_interval=7)))
    train(session, 40)
    return session


def train(session: Session, steps: int) -> None:
    session.apply(Train(steps))
    while session.state is RunState.RUNNING:
        session.advance(look=False)


def saved(session: Session, path: Path) -> Checkpoint:
    save_model(path, session.checkpoint(with_past=True))
    return load_model(path)


def test_earlier_states_come_back_bit_for_bit(session: Session, tmp_path: Path) -> None:
    written = session.checkpoint(with_past=True)
    read = saved(session, tmp_path / "m.rnnviz")
    assert 8 < len(read.past) <= 16
    # But for where its text is: see test_text_places.py.
    assert same_bits(dataclasses.replace(read, text_places=None), written.without_folder())
    assert [one.step for one in read.past] == sorted({one.step for one in read.past})
    assert 0 < read.past[0].step < read.past[-1].step < read.step == 40


def test_who_opens_it_sees_them_at_once_and_every_other_step_exactly(
    session: Session, tmp_path: Path
) -> None:
    read = saved(session, tmp_path / "m.rnnviz")
    opened = Session()
    opened.apply(Resume(read))
    assert opened.snapshot().timeline.kept.tolist() == [*(one.step for one in read.past), 40]
    for step in (read.past[3].step, read.past[3].step + 1, 39, 1):
        states = []
        for one in (session, opened):
            one.apply(LookAt(step))
            while one.is_looking_back:
                one.look_further_back()
            states.append(one._run.shown.state)
        # What the last step was, and what it went back to, is in no file.
        lacks = {"last_finite", "last_loss"} if step in {p.step for p in read.past} else set()
        assert {*states[0].differences(states[1])} <= lacks


def test_what_the_past_adds_to_a_file_is_told_before(session: Session, tmp_path: Path) -> None:
    train(session, 1200)
    with_past, without = tmp_path / "with.rnnviz", tmp_path / "without.rnnviz"
    save_model(with_past, session.checkpoint(with_past=True))
    save_model(without, session.checkpoint())
    added = with_past.stat().st_size - without.stat().st_size
    snapshot = session.snapshot()
    assert snapshot is not None
    assert added / 2 < snapshot.timeline.bytes_in_file < 2 * added


def test_a_file_without_a_past_is_one_of_the_version_before(
    session: Session, tmp_path: Path
) -> None:
    for with_past, version in ((False, "3"), (True, "4")):
        path = tmp_path / f"{version}.rnnviz"
        save_model(path, session.checkpoint(with_past=with_past))
        with safe_open(path, "numpy") as file:
            assert file.metadata()["format_version"] == version


def test_from_where_a_step_failed_no_file_goes_on(session: Session) -> None:
    session.trainer.state.go_back()
    train(session, 5)
    assert 40 not in [one.step for one in session.checkpoint(with_past=True).past]


def test_of_another_text_the_past_is_let_go(session: Session, tmp_path: Path) -> None:
    read = saved(session, tmp_path / "m.rnnviz")
    (tmp_path / "text.txt").write_text("the quick brown fox jumps over the lazy dogs. " * 20)
    opened = Session()
    opened.apply(Resume(read))
    assert opened.snapshot().timeline.kept.tolist() == [40]


def spoilt(checkpoint: Checkpoint, what: str) -> Checkpoint:
    first, *others = checkpoint.past
    if what == "another network":
        first = dataclasses.replace(first, configuration=first.configuration.with_value("seed", 99))
    elif what == "another text":
        first = dataclasses.replace(first, fingerprint="0" * 64)
    elif what == "a past of its own":
        others[-1] = dataclasses.replace(others[-1], past=(first,))
    return dataclasses.replace(checkpoint, past=(first, *others))


@pytest.mark.parametrize("what", ["another network", "another text", "a past of its own"])
def test_a_past_of_another_run_is_refused(session: Session, tmp_path: Path, what: str) -> None:
    path = tmp_path / "m.rnnviz"
    save_model(path, spoilt(session.checkpoint(with_past=True), what))
    with pytest.raises(StorageError, match=r"is damaged: what it was after step .* another run"):
        load_model(path)


@pytest.mark.parametrize("steps", ["[3, 2]", "[2, 2]", '"all"', "[1.5]", "[999]", "[1]"])
def test_steps_that_cannot_be_are_refused(session: Session, tmp_path: Path, steps: str) -> None:
    path = tmp_path / "m.rnnviz"
    save_model(path, session.checkpoint(with_past=True))
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    training = json.loads(header["__metadata__"]["training"])
    training["past"] = json.loads(steps)
    header["__metadata__"]["training"] = json.dumps(training)
    del header["__metadata__"]["sha256"]
    written = json.dumps(header).encode()
    path.write_bytes(len(written).to_bytes(8, "little") + written + data[8 + length :])
    with pytest.raises(StorageError, match="is damaged"):
        load_model(path)


def test_any_byte_of_the_past_that_is_altered_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "m.rnnviz"
    save_model(path, session.checkpoint(with_past=True))
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for place in rng.integers(8, len(data), 40):
        one = bytearray(data)
        one[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(one)
        with pytest.raises(StorageError):
            load_model(path)
