"""At every moment the old file or the new one is there, whole."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from rnnviz.storage import StorageError, ensure_writable, save_model, tidy, write_atomically

from .models import small_checkpoint


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """Give a file that must be there, unchanged and alone, when the test is over."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "m.rnnviz"
    path.write_bytes(b"old")
    yield path
    assert path.read_bytes() == b"old"
    assert os.listdir(folder) == ["m.rnnviz"]


def refusal(path: Path, content: bytes = b"new") -> str:
    with pytest.raises(StorageError) as caught:
        write_atomically(path, content)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_bytes_and_what_writes_them_are_both_taken(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomically(path, b"one")
    assert path.read_bytes() == b"one"
    write_atomically(path, lambda file: file.write(b"two"))
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a"]


def test_a_new_file_is_as_readable_as_any_and_an_old_one_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_atomically(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "new").chmod(0o640)
    write_atomically(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "the disk has failed"),
        (errno.EXDEV, "cross-device"),
    ],
)
def test_a_failure_at_any_moment_leaves_the_old_file(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    if step == "write":
        with pytest.raises(StorageError, match=words):
            write_atomically(old, fail)
    else:
        monkeypatch.setattr(os, step, fail)
        assert words in refusal(old).lower()
    monkeypatch.undo()


def test_an_interruption_leaves_the_old_file(old: Path) -> None:
    def interrupted(file: BinaryIO) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(old, interrupted)


def test_a_full_disk_leaves_the_old_model(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small disk takes root")
    try:
        path = disk / "m.rnnviz"
        save_model(path, small_checkpoint(1))
        before = path.read_bytes()
        (disk / "filler").write_bytes(bytes(40_000))
        with pytest.raises(StorageError, match=r"^m\.rnnviz cannot be saved: the disk is full\.$"):
            save_model(path, small_checkpoint(1, hidden_size=100))
        assert path.read_bytes() == before
        assert sorted(os.listdir(disk)) == ["filler", "m.rnnviz"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path, old: Path) -> None:
    assert "there is a folder" in refusal(tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(tmp_path / "pipe")
    assert "not a regular file" in refusal(Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


def test_places_where_nothing_can_be_written_are_named(tmp_path: Path, old: Path) -> None:
    missing = tmp_path / "missing" / "m.rnnviz"
    assert str(missing.parent) in refusal(missing)
    assert "there is no folder" in refusal(old / "m.rnnviz")
    assert "not a file name" in refusal(Path("a\0b"))
    assert "its name is too long" in refusal(tmp_path / ("x" * 300))
    for path in (missing, tmp_path / "folder", Path("/dev/null"), tmp_path / ("x" * 300)):
        with pytest.raises(StorageError):
            ensure_writable(path)


def test_a_folder_without_permission_is_found_out_beforehand(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    # Root may write everywhere, so the refusal itself is simulated.
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StorageError, match="you have no permission"):
        ensure_writable(old)
    assert "you have no permission" in refusal(old)
    monkeypatch.undo()


def test_a_write_protected_file_stays(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "write-protected" in refusal(old)
    monkeypatch.undo()


def test_finding_out_leaves_nothing_behind(old: Path) -> None:
    ensure_writable(old)
    ensure_writable(old.parent / "new.rnnviz")


def test_weights_that_are_not_finite_are_not_saved(old: Path) -> None:
    checkpoint = small_checkpoint(1)
    checkpoint.parameters["W1"][0, 0] = float("nan")
    with pytest.raises(StorageError, match=r"rnn\.weight_hh_l0 holds a value that is not finite"):
        save_model(old, checkpoint)


_WRITES_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from rnnviz.storage import write_atomically
def write(file):
    file.write(b"half")
    file.flush()
    print("writes", flush=True)
    time.sleep(60)
write_atomically(Path(sys.argv[1]), write)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process ends otherwise there")
def test_what_a_killed_process_left_is_tidied_and_what_a_living_one_writes_is_not(
    old: Path,
) -> None:
    folder = old.parent
    later = time.time() + 3600
    words = [sys.executable, "-c", _WRITES_UNTIL_KILLED, str(old)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        tidy(folder, later)
        assert len(os.listdir(folder)) == 2, "it is being written"
        writer.kill()
        writer.wait()
    assert old.read_bytes() == b"old"
    tidy(folder)
    assert len(os.listdir(folder)) == 2, "nobody can tell yet whose it is"
    tidy(folder, later)


@pytest.mark.skipif(os.name == "nt", reason="a process ends otherwise there")
def test_the_next_file_that_is_written_tidies_its_folder(tmp_path: Path) -> None:
    left = tmp_path / ".rnnviz-0123.tmp"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    own = tmp_path / ".rnnviz-mine.txt"
    own.write_bytes(b"of somebody else")
    os.utime(own, (0, 0))
    write_atomically(tmp_path / "a", b"one")
    assert sorted(os.listdir(tmp_path)) == [".rnnviz-mine.txt", "a"]


def test_there_need_be_nothing_to_tidy(tmp_path: Path) -> None:
    tidy(tmp_path / "nowhere")
