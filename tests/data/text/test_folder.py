"""Folders of texts: in the order in which people count, each a text by itself."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from rnnviz.data import DataError, TextKey, TextsReader, build_dataset, read_text
from rnnviz.data.text import folder as folder_module
from rnnviz.data.text.folder import files_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "Texts"
    path.mkdir()
    return path


def filled(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    return folder


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_text(path)
    return str(caught.value)


def test_texts_are_read_in_the_order_in_which_people_count(folder: Path) -> None:
    names = ["10.txt", "2.txt", "B.txt", "a.txt", "part 2/1.txt", "part 10/1.txt", ".hidden"]
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    expected = ["2.txt", "10.txt", "a.txt", "B.txt", "part 2/1.txt", "part 10/1.txt"]
    assert [Path(file).relative_to(folder).as_posix() for file in files_in(str(folder))] == expected
    corpus = read_text(folder)
    assert corpus.text.split() == "".join(f"{name}\n" for name in expected).split()
    assert corpus.notices == (
        "Texts has 6 texts, read one after the other: 2.txt, 10.txt, a.txt, … 1.txt.",
    )


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_link_that_leads_in_a_circle_is_not_followed(folder: Path) -> None:
    filled(folder, a="ab")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert read_text(folder).text == "ab"


def test_each_text_ends_with_a_line_end_and_its_bound_is_known(folder: Path) -> None:
    corpus = read_text(filled(folder, a="one", b="two\r\n", c="three"))
    assert (corpus.name, corpus.text) == ("Texts", "one\ntwo\nthree")
    assert corpus.bounds == (4, 8)


def test_a_folder_of_one_text_is_that_text(folder: Path) -> None:
    alone = read_text(filled(folder, a="abab" * 20) / "a.txt")
    corpus = read_text(folder)
    assert (corpus.text, corpus.bounds, corpus.notices) == (alone.text, (), ())
    fingerprints = {build_dataset(one, 0.1).fingerprint for one in (alone, corpus)}
    assert len(fingerprints) == 1


def test_each_encoding_is_told_by_itself(folder: Path) -> None:
    (folder / "1.txt").write_bytes("naïve café, déjà vu, garçon, élève\n".encode())
    (folder / "2.txt").write_bytes("naïve café, déjà vu, garçon, élève\n".encode("cp1252"))
    (folder / "3.txt.gz").write_bytes(gzip.compress("naïve café\n".encode("utf-16")))
    corpus = read_text(folder)
    assert corpus.text == "naïve café, déjà vu, garçon, élève\n" * 2 + "naïve café\n"
    assert [notice for notice in corpus.notices if "2.txt is not UTF-8" in notice]
    assert not [notice for notice in corpus.notices if "1.txt is not" in notice]


def test_of_many_remarks_the_first_are_shown_and_the_rest_counted(folder: Path) -> None:
    for number in range(6):
        (folder / f"{number}.txt").write_bytes("naïve café, déjà vu, garçon\n".encode("cp1252"))
    notices = read_text(folder).notices
    assert len(notices) == 1 + 3 + 1
    assert notices[-1] == "There are 3 more remarks like these of the texts in Texts."


def test_what_is_no_text_is_left_out_and_that_is_said(folder: Path) -> None:
    filled(folder, a="the text\n", empty="")
    (folder / "picture.png").write_bytes(b"\x89PNG" + bytes(100))
    (folder / "broken.gz").write_bytes(gzip.compress(b"text " * 99)[:-9])
    corpus = read_text(folder)
    assert corpus.text == "the text\n"
    assert corpus.notices == (
        "3 of the 4 files in Texts were left out. broken.gz is damaged: it cannot be unpacked. "
        "empty.txt is empty. picture.png is a binary file, not a text.",
    )


def test_a_folder_without_a_text_is_refused_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(folder) == "There is no text in Texts: the folder has no file."
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(bytes(100))
    assert refusal(folder) == (
        "There is no text in Texts: a.png is a binary file, not a text. So it is with 1 more."
    )
    monkeypatch.setattr(folder_module, "MOST_FILES", 1)
    assert refusal(folder) == (
        "Texts has more than 1 files: choose a folder that has only the texts to learn from."
    )
    monkeypatch.setattr(folder_module, "MOST_FILES", 2)
    monkeypatch.setattr(folder_module, "LARGEST_BYTES", 199)
    assert "Texts has more than 0 GB: choose a folder" in refusal(folder)
    monkeypatch.undo()
    filled(folder, a="aaaa", b="aaa")
    for name in ("a.png", "b.png"):
        (folder / name).unlink()
    (folder / "b.txt").unlink()
    assert (
        refusal(folder)
        == 'Texts has one distinct character only, "a": there is nothing to predict.'
    )


def test_progress_goes_on_from_file_to_file_and_may_give_up(folder: Path) -> None:
    filled(folder, a="a" * 100, b="b" * 300, c="c" * 100)
    told: list[float] = []
    read_text(folder, lambda done, what: told.append(done))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)

    class GivenUpError(Exception):
        pass

    def give_up(done: float, what: str) -> None:
        if done > 0.3:
            raise GivenUpError

    with pytest.raises(GivenUpError):
        read_text(folder, give_up)


def key_of(folder: Path) -> TextKey:
    key = TextKey.of_file(str(folder), 0.1, "character", 0)
    assert key is not None
    return key


def test_a_key_tells_every_change_of_a_folder(folder: Path) -> None:
    filled(folder, a="abc", b="def")
    key = key_of(folder)
    assert key == key_of(folder)
    assert key.is_current
    (folder / "a.txt").write_text("abd")
    assert not key.is_current
    key = key_of(folder)
    (folder / "b.txt").rename(folder / "0.txt")
    assert not key.is_current
    key = key_of(folder)
    (folder / "c").mkdir()
    assert key.is_current
    (folder / "c" / "more.txt").write_text("more")
    assert not key.is_current


@pytest.mark.parametrize("level", ["character", "grapheme", "word", "bare-word"])
def test_no_pair_and_no_window_is_of_two_texts(folder: Path, level: str) -> None:
    filled(folder, **{f"t{n}": f"{chr(97 + n)} " * (8 + n) for n in range(9)})
    dataset = build_dataset(read_text(folder), 0.2, level=level)  # type: ignore[arg-type]
    assert len(dataset.bounds) == 8
    assert dataset.training_bounds
    assert dataset.validation_bounds
    reader = dataset.new_reader(sequence_length=3, batch_size=2, seed=0)
    assert isinstance(reader, TextsReader)
    tokens = dataset.vocabulary.tokens
    for _ in range(reader.windows_per_epoch):
        window = reader.next_window()
        for stream in range(2):
            read = {tokens[i] for i in (*window.inputs[:, stream], *window.targets[:, stream])}
            assert len(set("".join(read)) & set("abcdefghi")) == 1
    name, ids = dataset.text_to_read(1000, 4)
    assert name == "the held-out text"
    assert len(set("".join(tokens[i] for i in ids)) & set("abcdefghi")) == 1


def test_texts_of_which_the_vocabulary_knows_little_keep_their_bounds(folder: Path) -> None:
    known = build_dataset(read_text(filled(folder, a="ab" * 30, b="ba" * 30)), 0.0).vocabulary
    filled(folder, a="xaxb" * 10, b="yyyy", c="bbab" * 10)
    dataset = build_dataset(read_text(folder), 0.0, known)
    # A line end is known, and is all that the second text has of this.
    assert dataset.bounds == (21, 22)
    assert np.asarray(dataset.training_ids).size == 62


def test_other_bounds_are_another_text(folder: Path, tmp_path: Path) -> None:
    one = build_dataset(read_text(filled(folder, a="ab\n" * 9, b="ab\n" * 9)), 0.1)
    filled(folder, a="ab\n" * 8, b="ab\n" * 10)
    other = build_dataset(read_text(folder), 0.1)
    assert np.array_equal(one.training_ids, other.training_ids)
    assert one.fingerprint != other.fingerprint
    assert one.references == build_dataset(read_text(folder), 0.1).references
