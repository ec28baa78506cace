"""What lies in the file comes back, takes no more than it needs, and leaves nothing behind."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from rnnviz.training.past.spare_file import Place, SpareFile


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("seed", range(5))
def test_everything_comes_back_whatever_came_and_went_meanwhile(seed: int) -> None:
    drawn, file = random.Random(seed), SpareFile()
    there: list[tuple[Place, bytes]] = []
    most = 0
    for _ in range(2000):
        if there and drawn.random() < 0.5:
            del there[drawn.randrange(len(there))]
        else:
            piece = drawn.randbytes(drawn.choice([1, 300, 2048, 7000]))
            there.append((put(file, piece), piece))
        most = max(most, file.num_bytes)
        held = sum(len(piece) for _, piece in there)
        assert file.num_bytes == held
    assert all(place.read() == piece for place, piece in there)
    assert file._end <= 2 * most, "what lay there before leaves room"
    there.clear()
    assert (file.num_bytes, file._end) == (0, 0)


def test_it_has_no_name(folder: Path) -> None:
    file = SpareFile()
    place = put(file, b"something")
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert place.read() == b"something"


def test_a_disk_that_fills_up_keeps_what_lies_there(monkeypatch: pytest.MonkeyPatch) -> None:
    file = SpareFile()
    place = put(file, b"first")
    file._write = _refuse  # type: ignore[method-assign]
    assert file.put(b"second") is None
    monkeypatch.undo()
    assert file.put(b"third") is None, "it is not tried again"
    assert place.read() == b"first"
    assert file.num_bytes == 5


def test_it_takes_a_sixteenth_of_what_is_free_and_then_only_what_others_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _let_be_free(monkeypatch, 2_600_000_000)
    file, piece = SpareFile(), bytes(1_000_000)
    places = [put(file, piece) for _ in range(140)]
    _let_be_free(monkeypatch, 2_560_000_000)
    while (place := file.put(piece)) is not None:
        places.append(place)
    assert 140 < len(places) <= 160
    assert file.put(bytes(1)) is None
    del places[3]
    places.append(put(file, bytes(range(250)) * 4000))
    assert file.put(piece) is None
    assert places[-1].read() == bytes(range(250)) * 4000
    _let_be_free(monkeypatch, 1_900_000_000)
    del places[5:]
    assert file.put(bytes(2)) is None, "what is nearly full is left alone"
    assert file.put(piece) is not None


def test_a_folder_that_cannot_be_made_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert SpareFile().put(b"something") is None


def put(file: SpareFile, piece: bytes) -> Place:
    place = file.put(piece)
    assert place is not None
    return place


def _let_be_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)


def _refuse(*_: object) -> None:
    raise OSError("No space left on device")
