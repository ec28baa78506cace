"""Models on a text of one's own: their files have no folder of anybody, and find their text."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.storage import load_model, text_memory

Capture = pytest.CaptureFixture[str]
SECRET = "somebody-and-nobody-else"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    folder = tmp_path / SECRET
    folder.mkdir()
    text = folder / "book.txt"
    text.write_text("the old fox sleeps by the sea. " * 40)
    return text


@pytest.fixture
def model(text: Path, tmp_path: Path) -> Path:
    return trained(text, tmp_path / "m.rnnviz")


def trained(text: Path, out: Path) -> Path:
    words = ["--hidden-size", "4", "--sequence-length", "9", "--steps", "6", "--out", str(out)]
    assert main(["train", "--text", str(text), *words]) == 0
    return out


def go_on(model: Path, out: Path, *words: str) -> int:
    return main(["train", "--resume", str(model), "--steps", "3", "--out", str(out), *words])


def complaint(capsys: Capture, *words: str | Path) -> str:
    capsys.readouterr()
    assert main([*map(str, words)]) != 0
    return capsys.readouterr().err


def test_no_command_writes_a_folder_into_a_model(model: Path, text: Path, tmp_path: Path) -> None:
    names = ("on", "early", "again")
    on, early, again = (tmp_path / f"{name}.rnnviz" for name in names)
    assert go_on(model, on) == 0
    assert main(["replay", str(on), "--step", "4", "--out", str(early)]) == 0
    assert go_on(early, again, "--text", str(text)) == 0
    rivals = ["--rival", "cell=gru", "--rival", f"text={text}"]
    words = ["--text", str(text), "--hidden-size", "4", "--steps", "3"]
    assert main(["race", *rivals, *words, "--out", str(tmp_path / "race")]) == 0
    written = [model, on, early, again, *(tmp_path / "race").glob("*.rnnviz")]
    assert len(written) == 6
    for path in written:
        assert SECRET.encode() not in path.read_bytes(), path
        assert load_model(path).configuration.text_file == "book.txt"


def test_every_command_finds_the_text_again(model: Path, tmp_path: Path, capsys: Capture) -> None:
    assert go_on(model, model) == 0
    assert main(["replay", str(model), "--verify"]) == 0
    assert main(["step", str(model)]) == 0
    assert main(["info", str(model), "--check-gradients"]) == 0
    assert "Note:" not in capsys.readouterr().err
    assert load_model(model).position > 0


def test_what_a_replay_leaves_finds_its_text_elsewhere(
    model: Path, text: Path, tmp_path: Path
) -> None:
    shutil.rmtree(text_memory.home())
    text.rename(model.parent / text.name)
    early = text.parent / "early.rnnviz"
    assert main(["replay", str(model), "--step", "4", "--out", str(early)]) == 0
    assert main(["replay", str(early), "--verify"]) == 0


def test_a_text_that_is_not_found_can_be_named(
    model: Path, text: Path, tmp_path: Path, capsys: Capture
) -> None:
    moved = text.rename(text.with_name("moved.txt"))
    missing = (
        "rnnviz: The text that the model was trained on, book.txt, is neither where it was read "
        "last nor beside the model's file.{}\n"
    )
    name_it = missing.format(" Name it with --text FILE.")
    out = tmp_path / "on.rnnviz"
    assert complaint(capsys, "train", "--resume", model, "--out", out, "--steps", "1") == name_it
    assert complaint(capsys, "step", model) == name_it
    assert complaint(capsys, "replay", model, "--verify") == missing.format("")
    assert go_on(model, out, "--text", str(moved)) == 0
    # From then on it is known: also for the model that was not saved anew.
    assert main(["replay", str(model), "--verify"]) == 0


def test_info_tells_the_name_of_the_text_without_asking_where_it_is(
    model: Path, text: Path, capsys: Capture
) -> None:
    text.unlink()
    capsys.readouterr()
    assert main(["info", str(model)]) == 0
    shown = capsys.readouterr().out
    assert "Text file" in shown
    assert "'book.txt'" in shown
    assert SECRET not in shown
    assert main(["info", str(model), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["text_file"] == "book.txt"


def test_a_text_is_not_written_over_that_a_model_may_be_trained_on(
    model: Path, text: Path, tmp_path: Path, capsys: Capture
) -> None:
    content = text.read_text()
    for place in (text, tmp_path / "book.txt"):
        said = complaint(capsys, "train", "--resume", model, "--out", place, "--steps", "1")
        assert "--out and --text are the same file" in said
        said = complaint(capsys, "replay", model, "--step", "3", "--out", place)
        assert "--out would write over" in said
    assert text.read_text() == content
    assert not (tmp_path / "book.txt").exists()
    assert go_on(model, tmp_path / "other.txt", "--text", str(text)) == 0
