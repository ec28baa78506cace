"""A compressed text is read as if it were not; a bomb and a damaged one are refused in time."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnnviz.data import DataError, read_text_file

from .natural_texts import SAMPLES

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.fixture(params=COMPRESS)
def ending(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def packed(tmp_path: Path, ending: str, content: bytes) -> Path:
    path = tmp_path / f"notes.txt.{ending}"
    path.write_bytes(COMPRESS[ending](content))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_text_file(path)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_it_is_read_as_what_is_in_it(tmp_path: Path, ending: str, encoding: str) -> None:
    text = "The fox \u201csleeps\u201d, caf\u00e9 by caf\u00e9.\r\n" * 200
    (tmp_path / "notes.txt").write_bytes(text.encode(encoding))
    plain = read_text_file(tmp_path / "notes.txt")
    corpus = read_text_file(packed(tmp_path, ending, text.encode(encoding)))
    assert corpus.text == plain.text
    assert corpus.title == f"notes.txt.{ending}"
    assert [notice.replace(f".{ending}", "") for notice in corpus.notices] == list(plain.notices)


def test_several_streams_one_after_the_other_are_one_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "both"
    path.write_bytes(COMPRESS[ending](b"one and ") + COMPRESS[ending](b"the other"))
    assert read_text_file(path).text == "one and the other"


def test_progress_goes_on_from_unpacking_to_reading(tmp_path: Path, ending: str) -> None:
    told: list[tuple[float, str]] = []
    path = packed(tmp_path, ending, SAMPLES["French"].encode() * 20_000)
    read_text_file(path, lambda *what: told.append(what))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert told[0][1] == f"Unpacking {path.name}"
    assert told[-1][1] == f"Reading {path.name}"


def test_one_that_was_cut_or_changed_is_called_damaged(tmp_path: Path, ending: str) -> None:
    path = packed(tmp_path, ending, bytes(range(32, 127)) * 3000)
    whole = path.read_bytes()
    for spoiled in (
        whole[: len(whole) // 2],
        whole[:-3],
        whole[:40] + bytes(8) + whole[48:],
        whole[:15],
    ):
        path.write_bytes(spoiled)
        assert refusal(path) == f"{path.name} is damaged: it cannot be unpacked."


def test_what_is_in_it_may_be_refused_as_any_other(tmp_path: Path, ending: str) -> None:
    assert refusal(packed(tmp_path, ending, b"")).endswith("is empty.")
    assert refusal(packed(tmp_path, ending, bytes(5000))).endswith("is a binary file, not a text.")


def test_a_text_that_begins_like_an_archive_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("BZh9 is how bzip2 begins")
    assert read_text_file(path).text.startswith("BZh9")


@pytest.fixture
def unpacked_bytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many bytes were unpacked at once, again and again."""
    counts: list[int] = []

    class Counted(io.BytesIO):
        def write(self, content: Any) -> int:
            counts.append(len(content))
            return super().write(content)

    monkeypatch.setattr("rnnviz.data.text.archives.tempfile.TemporaryFile", Counted)
    return counts


def test_a_bomb_is_refused_before_it_is_unpacked_whole(
    tmp_path: Path, ending: str, unpacked_bytes: list[int]
) -> None:
    path = packed(tmp_path, ending, bytes(200_000_000))
    assert "unpacked, it would take more than 50 MB" in refusal(path)
    assert sum(unpacked_bytes) < 52_000_000


def test_a_large_bomb_is_foreseen(tmp_path: Path, unpacked_bytes: list[int]) -> None:
    path = tmp_path / "notes.txt.gz"
    # Five times as much as there is room for.
    path.write_bytes(gzip.compress(bytes(1_000_000), 9) * 1000)
    assert "unpacked, it would take more than" in refusal(path)
    assert sum(unpacked_bytes) < 52_000_000


def test_one_that_needs_too_much_memory_to_unpack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt.xz"
    large = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 30}]
    with lzma.open(path, "wb", filters=large) as file:
        file.write(b"the fox " * 100)
    assert "is damaged" in refusal(path)
