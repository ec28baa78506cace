"""One key, one dataset: what was changed has another one, and so has what is read otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnnviz.data import WORDS, TextKey, Vocabulary, build_dataset, read_text_file

TEXT = "to be or not to be, that is the question: " * 20


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def key_of(path: Path, **other: Any) -> TextKey:
    settings = {"validation_fraction": 0.1, "level": "character", "vocabulary": 0} | other
    key = TextKey.of_file(str(path), **settings)
    assert key is not None
    return key


def as_old_as_before(path: Path, change: Callable[[], object]) -> None:
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_a_file_that_stays_as_it_is_keeps_its_key(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(text)
    text.read_bytes()
    assert key == key_of(text)
    assert hash(key) == hash(key_of(text))
    assert key.is_current
    monkeypatch.chdir(text.parent)
    assert key_of(Path(text.name)) == key


def test_a_file_that_is_not_there_has_none(tmp_path: Path) -> None:
    for name in ("gone.txt", "a\0b"):
        assert TextKey.of_file(str(tmp_path / name), 0.1, "character", 0) is None


@pytest.mark.skipif(os.name == "nt", reason="that clock is not kept there")
def test_a_change_that_sets_size_and_time_back_is_seen(text: Path) -> None:
    key = key_of(text)
    as_old_as_before(text, lambda: text.write_text(TEXT.upper(), encoding="utf-8"))
    assert key_of(text) != key
    assert not key.is_current


def test_another_file_in_its_place_is_seen(text: Path, tmp_path: Path) -> None:
    key = key_of(text)
    other = tmp_path / "other.txt"
    other.write_text(TEXT.upper(), encoding="utf-8")
    as_old_as_before(text, lambda: other.replace(text))
    assert not key.is_current
    text.unlink()
    assert not key.is_current


@pytest.mark.parametrize(
    "other", [{"validation_fraction": 0.2}, {"level": "word"}, {"vocabulary": ("a", "b")}]
)
def test_what_is_read_otherwise_has_another_key(text: Path, other: dict[str, Any]) -> None:
    assert key_of(text, **other) != key_of(text)


@pytest.mark.parametrize("level", ["character", "grapheme", "word", "bare-word"])
def test_what_was_read_in_its_own_vocabulary_is_what_that_vocabulary_would_read(
    text: Path, level: str
) -> None:
    own = key_of(text, level=level, vocabulary=12 if level in WORDS else 0)
    corpus = read_text_file(text)
    read = build_dataset(corpus, 0.1, level=level, vocabulary_size=12)  # type: ignore[arg-type]
    again = build_dataset(corpus, 0.1, read.vocabulary)
    given = key_of(text, level=level, vocabulary=read.vocabulary.tokens)
    assert own.answered_by(read) == {own, given}
    assert again.fingerprint == read.fingerprint
    assert (again.notices, again.references) == (read.notices, read.references)


def test_a_vocabulary_that_a_text_has_by_itself_answers_for_it_and_another_does_not(
    text: Path,
) -> None:
    corpus = read_text_file(text)
    own = Vocabulary.from_text(corpus.text)
    for tokens in (own.tokens, (*own.tokens, "z"), own.tokens[::-1], own.tokens[1:]):
        key = key_of(text, vocabulary=tokens)
        read = build_dataset(corpus, 0.1, Vocabulary(tokens))
        assert (key_of(text) in key.answered_by(read)) == (tokens == own.tokens)
        assert key in key.answered_by(read)


def test_a_text_that_is_read_in_another_encoding_is_another_one(text: Path) -> None:
    assert key_of(text, encoding="windows-1251") != key_of(text)
    assert key_of(text, encoding="automatic") == key_of(text)
