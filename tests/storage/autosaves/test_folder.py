"""What dead processes left behind is offered once, that of the living never, and all is tidied."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnviz.storage import StorageError
from rnnviz.storage.autosaves import folder as folder_module
from rnnviz.storage.autosaves.folder import (
    HOME_VARIABLE,
    AutosaveFolder,
    autosave_home,
    claim_left_behind,
)
from rnnviz.storage.autosaves.names import file_in

LIVING = """
import sys
from pathlib import Path
from rnnviz.storage.autosaves.folder import AutosaveFolder
folder = AutosaveFolder.new(Path(sys.argv[1]))
(folder.path / "place-run.rnnviz").write_bytes(b"a model")
print("there", flush=True)
sys.stdin.read()
"""


def left(home: Path, *names: str, age: float = 0.0) -> Path:
    """Leave files behind as a process does that is killed; return its folder."""
    folder = AutosaveFolder.new(home)
    for name in names:
        path = folder.path / name
        path.write_bytes(b"a model")
        os.utime(path, (time.time() - age,) * 2)
    folder._lock.release()
    return folder.path


def test_the_environment_may_name_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, "/somewhere/else")
    assert autosave_home() == Path("/somewhere/else")
    monkeypatch.delenv(HOME_VARIABLE)
    assert autosave_home().name == "autosaves"
    assert autosave_home().parent.name == "rnnviz"


def test_where_there_is_nothing_nothing_is_claimed_and_nothing_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert claim_left_behind(home).folders == []
    assert not home.exists()


def test_what_a_killed_process_left_is_claimed_and_that_of_a_living_one_is_not(
    tmp_path: Path,
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LIVING, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "there\n"
    assert claim_left_behind(tmp_path).folders == []
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    (found,) = claim_left_behind(tmp_path).folders
    assert [path.name for path in found.models] == ["place-run.rnnviz"]
    assert found.models[0].read_bytes() == b"a model"
    found.let_go()


def test_only_one_claims_it_until_it_is_let_go(tmp_path: Path) -> None:
    left(tmp_path, "a-1.rnnviz")
    (claimed,) = claim_left_behind(tmp_path).folders
    assert claim_left_behind(tmp_path).folders == []
    claimed.let_go()
    (again,) = claim_left_behind(tmp_path).folders
    assert again.path == claimed.path
    again.let_go()


def test_a_folder_that_is_let_go_empty_leaves_nothing(tmp_path: Path) -> None:
    folder = AutosaveFolder.new(tmp_path)
    file_in(folder.path, "place", "run").write_bytes(b"a model")
    file_in(folder.path, "another", "run").write_bytes(b"a model")
    folder.discard("place")
    assert [path.name for path in folder.models] == ["another-run.rnnviz"]
    folder.discard("another")
    folder.let_go()
    assert list(tmp_path.iterdir()) == []


def test_what_is_noted_beside_an_autosave_stays_as_long_as_that_does(tmp_path: Path) -> None:
    folder = left(tmp_path, "a-1.rnnviz", "a-1.file", "a-2.file", "b-1.rnnviz", "b-1.file")
    (claimed,) = claim_left_behind(tmp_path).folders
    names = {"a-1.rnnviz", "a-1.file", "b-1.rnnviz", "b-1.file"}
    assert set(os.listdir(folder)) == names
    claimed.discard("a")
    assert set(os.listdir(folder)) == {"b-1.rnnviz", "b-1.file"}
    os.utime(folder / "b-1.rnnviz", (0, 0))
    claimed.let_go()
    assert claim_left_behind(tmp_path).folders == []
    assert not folder.exists(), "too old"


def test_what_is_too_old_or_written_in_part_is_removed(tmp_path: Path) -> None:
    old = left(tmp_path, "a-1.rnnviz", age=folder_module.MOST_SECONDS + 60)
    young = left(tmp_path, "a-1.rnnviz", ".rnnviz-0123.tmp", age=folder_module.MOST_SECONDS - 60)
    (claimed,) = claim_left_behind(tmp_path).folders
    assert claimed.path == young
    assert os.listdir(young) == ["a-1.rnnviz"]
    assert not old.exists()
    assert not old.with_name(old.name + ".lock").exists()
    claimed.let_go()


def test_the_oldest_go_where_there_are_too_many_or_too_large_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "MOST_RUNS", 3)
    for number in range(5):
        left(tmp_path, "a-1.rnnviz", age=100.0 - number)
    claimed = claim_left_behind(tmp_path).folders
    assert len(claimed) == 3
    ages = [time.time() - folder.models[0].stat().st_mtime for folder in claimed]
    assert max(ages) < 99.0
    for folder in claimed:
        folder.let_go()
    monkeypatch.setattr(folder_module, "MOST_BYTES", 15)
    claimed = claim_left_behind(tmp_path).folders
    assert len(claimed) == 2, "seven bytes each"
    for folder in claimed:
        folder.let_go()
    monkeypatch.setattr(folder_module, "MOST_BYTES", 1)
    (last,) = claim_left_behind(tmp_path).folders
    assert last.models, "the newest stays, however large"
    last.let_go()


def test_the_lock_of_a_folder_that_is_no_more_goes_when_it_is_old(tmp_path: Path) -> None:
    young, old = tmp_path / "young.lock", tmp_path / "old.lock"
    for lock in (young, old):
        lock.write_bytes(b"")
    os.utime(old, (0, 0))
    claim_left_behind(tmp_path)
    assert young.exists()
    assert not old.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are others there")
def test_a_home_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(StorageError, match="Nothing can be written into") as refused:
        AutosaveFolder.new(blocked / "home")
    assert str(refused.value).endswith("its folder is not a folder.")
    assert claim_left_behind(blocked / "home").folders == []
