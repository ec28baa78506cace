"""MP4s, read back by the encoder's own decoder where it is installed."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnviz.storage import StorageError
from rnnviz.storage.video import formats, mp4
from rnnviz.storage.video.frames import Frame

from .frames import growing, rgb

GIF, MP4 = formats.FORMATS
installed = pytest.mark.skipif(not mp4.is_available(), reason="the extra video is not installed")


def read(path: Path, width: int, height: int) -> np.ndarray:
    """Return (frames, height, width, 3) as a player shows them."""
    from imageio_ffmpeg import get_ffmpeg_exe

    command = [get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "rawvideo"]
    done = subprocess.run([*command, "-pix_fmt", "rgb24", "pipe:1"], capture_output=True)
    assert not done.returncode, done.stderr
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3).astype(int)


def encoder(tmp_path: Path, script: str) -> str:
    """Return the path of a program that does as a test says instead of encoding."""
    program = tmp_path / "encoder"
    program.write_text(f"#!{sys.executable}\nimport sys\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Have another program encode."""
    if sys.platform == "win32":
        pytest.skip("a script is no program there")

    def use(script: str) -> None:
        program = encoder(tmp_path, script)
        monkeypatch.setattr(
            mp4, "_command", lambda path, first, rate: [program, path, str(len(first))]
        )

    return use


@installed
def test_every_frame_is_in_it_once_and_in_order(tmp_path: Path) -> None:
    frames = growing(12)
    MP4.write(tmp_path / "a.mp4", frames, 25)
    found = read(tmp_path / "a.mp4", 64, 48)
    assert len(found) == 12
    for frame, seen in zip(frames, found, strict=True):
        assert np.abs(seen - rgb(frame)).mean() < 4


@installed
def test_an_odd_size_loses_a_row_and_a_column_and_nothing_else(tmp_path: Path) -> None:
    frames = growing(3, 49, 65)
    MP4.write(tmp_path / "a.mp4", frames, 25)
    found = read(tmp_path / "a.mp4", 64, 48)
    assert np.abs(found[2] - rgb(frames[2])[:48, :64]).mean() < 4


@installed
def test_the_index_stands_in_front_so_that_it_plays_while_it_loads(tmp_path: Path) -> None:
    MP4.write(tmp_path / "a.mp4", growing(3), 25)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing(tmp_path, fake) -> None:
    fake("sys.stdin.buffer.read(100); sys.exit('av_write: No space left on device')")
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(StorageError) as caught:
        MP4.write(folder / "a.mp4", growing(200), 25)
    assert str(caught.value) == "a.mp4 cannot be saved: the disk is full."
    assert not list(folder.iterdir())


def test_an_encoder_that_fails_at_the_end_has_failed(tmp_path, fake) -> None:
    fake("sys.stdin.buffer.read(); sys.exit('Conversion failed!\\nno such codec')")
    with pytest.raises(StorageError, match=r"encoder for MP4 has failed. It says: no such codec\."):
        MP4.write(tmp_path / "a.mp4", growing(2), 25)
    assert not (tmp_path / "a.mp4").exists()


def test_no_encoder_is_left_running_when_the_frames_end_in_an_error(tmp_path, fake) -> None:
    started: list[subprocess.Popen[bytes]] = []
    fake("sys.stdin.buffer.read(10000); import time; time.sleep(60)")
    popen = mp4._started

    def noting(*told):
        started.append(popen(*told))
        return started[-1]

    class GivenUpError(Exception):
        pass

    def frames():
        yield from growing(2)
        raise GivenUpError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mp4, "_started", noting)
        with pytest.raises(GivenUpError):
            MP4.write(tmp_path / "a.mp4", frames(), 25)
    assert started[0].poll() is not None


def test_without_the_extra_the_choice_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setattr(mp4, "NEEDED", "no_such_module_anywhere")
    assert "rnnviz[video]" in MP4.lacks()
    assert not GIF.lacks()


@pytest.mark.parametrize("kind", formats.FORMATS, ids=lambda kind: kind.name)
def test_an_old_file_stays_whole_where_the_new_one_cannot_be_written(kind, tmp_path, fake) -> None:
    fake("sys.stdin.buffer.read()")

    def frames() -> list[Frame]:
        yield from growing(2)
        raise OSError(errno.ENOSPC, "No space left on device")

    old = tmp_path / f"old{kind.suffix}"
    old.write_bytes(b"old")
    with pytest.raises(StorageError, match="the disk is full"):
        kind.write(old, frames(), 25)
    assert old.read_bytes() == b"old"
    assert not list(tmp_path.glob(".rnnviz-*"))
