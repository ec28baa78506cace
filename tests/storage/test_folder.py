"""A folder is there whole, under a name that nothing else has, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rnnviz.storage import NewFolder, StorageError


def test_it_has_its_name_once_it_is_complete(tmp_path: Path) -> None:
    folder = NewFolder(tmp_path, "export")
    (folder.path / "a.txt").write_bytes(b"a")
    (hidden,) = os.listdir(tmp_path)
    assert hidden.startswith(".")
    folder.complete()
    assert folder.path == tmp_path / "export"
    assert os.listdir(tmp_path) == ["export"]
    assert (tmp_path / "export" / "a.txt").read_bytes() == b"a"


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export-2").write_bytes(b"a file")
    (tmp_path / "export-3").symlink_to(tmp_path / "nowhere")
    folder = NewFolder(tmp_path, "export")
    folder.complete()
    assert folder.path.name == "export-4"
    assert (tmp_path / "export-2").read_bytes() == b"a file"


def test_of_what_is_given_up_nothing_is_left(tmp_path: Path) -> None:
    folder = NewFolder(tmp_path, "export")
    (folder.path / "a.txt").write_bytes(b"a")
    folder.discard()
    folder.discard()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "you have no permission"), (errno.ENOSPC, "the disk is full")],
)
def test_a_folder_that_cannot_be_written_to_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch, number: int, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match=f"^Nothing can be written into .*: {words}.$"):
        NewFolder(tmp_path, "export")
    monkeypatch.undo()
    folder = NewFolder(tmp_path, "export")
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StorageError, match=words):
        folder.complete()
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"There is no folder .*gone"):
        NewFolder(tmp_path / "gone", "export")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="There is no folder"):
        NewFolder(tmp_path / "file", "export")
    with pytest.raises(StorageError):
        NewFolder(Path(f"{tmp_path}/a\0b"), "export")
