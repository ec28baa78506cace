"""An autosave's run is known by the file that it was saved to, as long as that is the same one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rnnviz.storage.autosaves.own_file import OwnFile, note_own_file, own_file_of


@pytest.fixture
def autosave(tmp_path: Path) -> Path:
    return tmp_path / "place-run.rnnviz"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.rnnviz"
    path.write_bytes(b"a model")
    return path


def noted(autosave: Path, own: Path) -> OwnFile:
    note_own_file(autosave, OwnFile.at(own))
    found = own_file_of(autosave)
    assert found is not None
    return found


def test_a_file_that_is_as_it_was_is_gone_on_with(autosave: Path, own: Path) -> None:
    found = noted(autosave, own)
    assert found.path == own
    assert found.problem == ""


@pytest.mark.parametrize("name", ["two\nlines.rnnviz", os.fsdecode(b"\xff.rnnviz")])
def test_any_name_is_known_again(autosave: Path, tmp_path: Path, name: str) -> None:
    own = tmp_path / name
    try:
        own.write_bytes(b"a model")
    except OSError:
        pytest.skip("no file can be called so here")
    assert noted(autosave, own).path == own


def test_a_name_without_its_folder_is_known_in_any_folder(
    autosave: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own.parent)
    assert noted(autosave, Path(own.name)).path == own


def test_that_it_has_gone_is_said(autosave: Path, own: Path) -> None:
    found = noted(autosave, own)
    own.unlink()
    assert found.problem == (
        "mine.rnnviz, which this run was saved to, is not there any more: saving asks for a file."
    )


@pytest.mark.parametrize("content", [b"another", b"a longer one"])
def test_that_it_was_replaced_is_said(autosave: Path, own: Path, content: bytes) -> None:
    found = noted(autosave, own)
    then = own.stat().st_mtime_ns
    own.write_bytes(content)
    os.utime(own, ns=(then, then + (len(content) == len(b"a model"))))
    assert found.problem == (
        "mine.rnnviz was changed since this run was saved to it: saving asks for a file."
    )


def test_of_a_file_that_is_not_there_nothing_is_noted(autosave: Path, own: Path) -> None:
    noted(autosave, own)
    assert OwnFile.at(own.with_name("another.rnnviz")) is None
    note_own_file(autosave, None)
    assert own_file_of(autosave) is None
    assert not list(autosave.parent.glob("place-run*"))


@pytest.mark.parametrize("damaged", [b"", b"7\n/x", b"7 8", b"a b\n/x", b"7 8\n"])
def test_what_is_damaged_is_no_note(autosave: Path, own: Path, damaged: bytes) -> None:
    noted(autosave, own)
    (note,) = autosave.parent.glob("place-run*")
    note.write_bytes(damaged)
    assert own_file_of(autosave) is None
