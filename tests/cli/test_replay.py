"""A saved run is done again: to check it, or to have an earlier step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnviz.cli import console, main
from rnnviz.storage import load_model, save_model
from rnnviz.training.commands import Change, NewRun, Pause, Train, UseBest
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session
from rnnviz.training.state.bits import same_bits

from ..storage.models import spoil_tensor

Capture = pytest.CaptureFixture[str]
SMALL = Configuration(hidden_size=8, sequence_length=6, validation_interval=20)


@pytest.fixture
def session() -> Session:
    session = Session()
    session.apply(NewRun(SMALL))
    return session


def train(session: Session, steps: int) -> None:
    session.apply(Train(steps))
    while session.seconds_to_wait is not None:
        session.advance(look=False)


@pytest.fixture
def path(session: Session, tmp_path: Path) -> Path:
    """A run with changes, best weights and a stop in between."""
    train(session, 50)
    save_model(tmp_path / "at-50.rnnviz", session.checkpoint())
    session.apply(Change("learning_rate", 0.02))
    session.apply(Change("sequence_length", 9))
    train(session, 40)
    session.apply(UseBest())
    session.apply(Pause())
    train(session, 10)
    save_model(tmp_path / "m.rnnviz", session.checkpoint())
    return tmp_path / "m.rnnviz"


def test_a_run_comes_out_again_bit_for_bit(path: Path, capsys: Capture) -> None:
    assert main(["replay", str(path), "--verify"]) == 0
    *parts, verdict = capsys.readouterr().out.splitlines()
    assert verdict == "All 100 steps came out again, bit for bit."
    assert len(parts) == 8
    assert all(part.endswith("the same, bit for bit") for part in parts)


def test_on_a_terminal_the_bar_is_full_in_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(console, "is_terminal", lambda: True)
    assert main(["replay", str(path), "--verify"]) == 0
    assert "100/100 steps" in capsys.readouterr().err


def test_an_earlier_step_is_what_was_saved_there(path: Path, capsys: Capture) -> None:
    other = path.parent / "other.rnnviz"
    assert main(["replay", str(path), "--step", "50", "--out", str(other)]) == 0
    assert capsys.readouterr().out == f"Step 50 of 100: saved to {other}.\n"
    found, kept = load_model(other), load_model(path.parent / "at-50.rnnviz")
    for name in ("parameters", "slots", "history", "rng", "carried_state", "samples", "best"):
        assert same_bits(getattr(found, name), getattr(kept, name)), name
    assert main(["train", "--resume", str(other), "--steps", "1", "--out", str(other)]) == 0
    assert main(["replay", str(other), "--verify"]) == 0


def test_what_was_changed_is_named(path: Path, capsys: Capture) -> None:
    def a_little(weights: np.ndarray) -> None:
        weights[0, 0] += 1e-3 * np.abs(weights).max()

    spoil_tensor(path, "rnn.weight_hh_l0", a_little)
    assert main(["replay", str(path), "--verify"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "weights                    differ by at most 1.0e-03 of the largest"
    assert all(line.endswith("bit for bit") for line in lines[1:-1])
    assert lines[-1] == "The losses that the file has are the same; what differs is named above."


def test_a_loss_that_was_changed_is_found(path: Path, capsys: Capture) -> None:
    def one(bins: np.ndarray) -> None:
        # Low, high and sum of the losses of step 30, the only one of its interval.
        bins[29, [0, 3, 6]] += 0.5

    spoil_tensor(path, "history.bins", one)
    assert main(["replay", str(path), "--verify"]) == 1
    verdict = capsys.readouterr().out.splitlines()[-1]
    assert verdict == "The losses part at step 30 or shortly before."


def test_of_a_file_without_a_past_all_else_is_compared(path: Path, capsys: Capture) -> None:
    save_model(path, replace(load_model(path), history={}))
    assert main(["replay", str(path), "--verify"]) == 0
    *parts, _ = capsys.readouterr().out.splitlines()
    assert [part for part in parts if part.startswith("loss")] == []
    assert len(parts) == 7


def test_what_was_set_to_zeros_differs_by_all_of_it(path: Path, capsys: Capture) -> None:
    spoil_tensor(path, "state.h_l0", lambda carried: carried.fill(0))
    assert main(["replay", str(path), "--verify"]) == 1
    assert "hidden state               differ by at most 1.0e+00 of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--step", "101", "--out", "other.rnnviz"], "m.rnnviz has 100 steps, not 101."),
        (["--step", "5"], "--step N and --out OTHER belong together."),
        (["--verify", "--out", "other.rnnviz"], "--step N and --out OTHER belong together."),
    ],
)
def test_what_cannot_be_is_said(
    path: Path, capsys: Capture, words: list[str], sentence: str
) -> None:
    assert main(["replay", str(path), *words]) == 2
    assert capsys.readouterr().err == f"rnnviz: {sentence}\n"


def test_the_file_itself_is_not_written_over(path: Path, capsys: Capture) -> None:
    before = path.read_bytes()
    assert main(["replay", str(path), "--step", "5", "--out", str(path)]) == 2
    assert "would write over" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_text_is_not_written_over(tmp_path: Path, capsys: Capture) -> None:
    text, model = tmp_path / "text.txt", tmp_path / "m.rnnviz"
    text.write_text("the old fox sleeps by the sea. " * 40)
    words = ["train", "--text", str(text), "--steps", "2", "--hidden-size", "4"]
    assert main([*words, "--out", str(model)]) == 0
    before = text.read_bytes()
    assert main(["replay", str(model), "--step", "1", "--out", str(text)]) == 2
    assert "would write over" in capsys.readouterr().err
    assert text.read_bytes() == before


def test_a_file_of_before_has_no_journal(capsys: Capture) -> None:
    old = Path(__file__).parents[1] / "storage" / "old_files" / "vanilla.rnnviz"
    assert main(["replay", str(old), "--verify"]) == 1
    assert "the file has no journal of it" in capsys.readouterr().err


def test_a_run_that_went_on_with_other_settings_says_so(path: Path, capsys: Capture) -> None:
    out = path.parent / "other.rnnviz"
    words = ["train", "--resume", str(path), "--steps", "3", "--out", str(out)]
    assert main([*words, "--learning-rate", "0.3"]) == 0
    assert main(["replay", str(out), "--verify"]) == 1
    assert "how it began is not known" in capsys.readouterr().err


def test_a_text_that_was_moved_is_the_same_text(tmp_path: Path, capsys: Capture) -> None:
    text, moved, model = (tmp_path / name for name in ("text.txt", "moved.txt", "m.rnnviz"))
    text.write_text("the old fox sleeps by the sea. " * 40)
    words = ["--steps", "5", "--out", str(model)]
    assert main(["train", "--text", str(text), "--hidden-size", "4", *words]) == 0
    text.rename(moved)
    assert main(["train", "--resume", str(model), "--text", str(moved), *words]) == 0
    capsys.readouterr()
    assert main(["replay", str(model), "--verify"]) == 0
    assert "All 10 steps came out again" in capsys.readouterr().out


def test_on_another_text_it_is_not_done_again(tmp_path: Path, capsys: Capture) -> None:
    text, model = tmp_path / "text.txt", tmp_path / "m.rnnviz"
    text.write_text("the old fox sleeps by the sea. " * 40)
    words = ["train", "--text", str(text), "--steps", "5", "--hidden-size", "4"]
    assert main([*words, "--out", str(model)]) == 0
    text.write_text("the fox sees the old boat by the sea. " * 40)
    capsys.readouterr()
    assert main(["replay", str(model), "--verify"]) == 1
    assert "its text is not the one any more" in capsys.readouterr().err


def test_the_earlier_states_that_a_file_has_are_compared_on_the_way(
    path: Path, session: Session, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnviz.training.past.kept_states._steps_to_go", lambda *_: 1)
    assert session._run is not None
    session._run.kept._due_step = 0
    train(session, 60)
    with_past = session.checkpoint(with_past=True)
    save_model(path, with_past)
    count = len(with_past.past)
    assert count > 8
    assert main(["replay", str(path), "--verify"]) == 0
    told = capsys.readouterr().out
    assert f"{count} of {count}: the same" in told
    first, *others = with_past.past
    spoilt = replace(first, parameters={n: a + 1e-3 for n, a in first.parameters.items()})
    save_model(path, replace(with_past, past=(spoilt, *others)))
    assert main(["replay", str(path), "--verify"]) == 1
    told = capsys.readouterr().out
    assert f"{count - 1} of {count}: the same" in told
    assert "came out again" not in told
    assert main(["info", str(path)]) == 0
    assert f"{count}, of steps {first.step} to {others[-1].step}" in capsys.readouterr().out
