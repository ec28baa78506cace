"""What a window writes of a run on a text of one's own, and what goes on from that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnnviz.runs.client import InProcessClient, WorkerClient
from rnnviz.runs.messages import (
    Autosave,
    Autosaved,
    AutosaveIn,
    Exported,
    ExportModel,
    Noticed,
    OpenModel,
    Recover,
)
from rnnviz.training.commands import NewRun, TakeStep

from ..training.helpers import own_text
from .sides import Side, until

SECRET = "somebody-and-nobody-else"


@pytest.fixture(params=[InProcessClient, WorkerClient])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    side = Side(request.param())
    yield side
    side.close()


@pytest.fixture
def text(tmp_path: Path, side: Side) -> Path:
    """Return the text that a run is trained on."""
    folder = tmp_path / SECRET
    folder.mkdir()
    side.ask(NewRun(own_text(folder)))
    for _ in range(3):
        side.ask(TakeStep())
    return folder / "text.txt"


def told(side: Side, kind: type) -> list:
    return [event for event in side.told if isinstance(event, kind)]


def test_what_is_saved_or_exported_has_no_folder_and_finds_its_text(
    side: Side, text: Path, tmp_path: Path
) -> None:
    saved, exported = tmp_path / "saved.rnnviz", tmp_path / "exported.rnnviz"
    side.saved(saved)
    side.ask(ExportModel(exported, with_past=True))
    assert told(side, Exported)[-1].refusal == ""
    for path in (saved, exported):
        assert SECRET.encode() not in path.read_bytes()
        shown = side.ask(OpenModel(path))
        assert shown.step == 3
        assert shown.configuration.text_file == str(text)
        assert side.ask(TakeStep()).step == 4
    assert not told(side, Noticed)


def test_a_model_whose_text_came_beside_it_trains_on(
    side: Side, text: Path, tmp_path: Path
) -> None:
    model = tmp_path / "m.rnnviz"
    side.saved(model)
    text.unlink()
    side.ask(OpenModel(model))
    assert "put its text beside its file" in told(side, Noticed)[-1].sentence
    side.ask(TakeStep())
    assert side.shown[-1].step == 3
    own_text(tmp_path)
    side.ask(OpenModel(model))
    assert side.ask(TakeStep()).step == 4


def test_an_autosave_has_no_folder_and_finds_its_text(
    side: Side, text: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "autosaves"
    folder.mkdir()
    side.ask(AutosaveIn(folder, "place", 3600.0))
    side.ask(TakeStep())
    side.ask(Autosave())
    until(lambda: 4 in [event.step for event in told(side, Autosaved)])
    left = Path(shutil.copy(told(side, Autosaved)[-1].path, tmp_path / "left.rnnviz"))
    assert SECRET.encode() not in left.read_bytes()
    shown = side.ask(Recover(left))
    assert (shown.step, shown.configuration.text_file) == (4, str(text))
    assert side.ask(TakeStep()).step == 5
