import codecs
import io
import json
import os
import pickle
import struct
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import DataError, read_text_file
from rnnviz.data.text import files as text_files_module

# Written for these tests: scripts with one, two and three bytes a character in UTF-8.
SAMPLES = {
    "English": "The fox sleeps by the sea.\nThe foxes sleep in the mill, or so they say.\n",
    "German": "Der Müller träumt süß vom großen Fluß.\nÖfter übt er Äpfel schälen.\n",
    "Russian": "Лиса спит у моря.\nЛисы спят на мельнице, как все знают.\n",  # noqa: RUF001  # no mistake
    "Greek": "Η αλεπού κοιμάται δίπλα στη θάλασσα.\nΟι αλεπούδες τραγουδούν.\n",  # noqa: RUF001  # no mistake
    "Chinese": "狐狸睡在海边。\n磨坊主有一只小船,没有人知道为什么。\n",
    "Emoji": "the 🦊 sleeps by the 🌊\nthe 🦊🦊 sleep\n",
}


def read_bytes(data: bytes, name: str = "notes.txt") -> tuple[str, tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        corpus = read_text_file(path)
    assert corpus.name == name
    assert corpus.title == name
    assert corpus.true_entropy is None
    return corpus.text, corpus.notices


def refusal(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read_bytes(data)
    return str(caught.value)


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_marked_text_and_utf_8_are_read_without_a_notice(
    language: str, mark: bytes, encoding: str
) -> None:
    text = SAMPLES[language]
    assert read_bytes(mark + text.encode(encoding)) == (text, ())


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_and_said(language: str, encoding: str) -> None:
    text = SAMPLES[language]
    read, (notice,) = read_bytes(text.encode(encoding))
    assert read == text
    assert notice.startswith("notes.txt has no encoding mark; it was read as UTF-16")
    # What is no ASCII is shown.
    assert (': "' in notice) == (not text.isascii())


SAID = "notes.txt is not UTF-8; it was read as Windows-1252 (Western): "


def test_a_mark_of_utf_8_before_latin_1_does_not_stop_the_reading() -> None:
    text, notices = read_bytes(codecs.BOM_UTF8 + SAMPLES["German"].encode("latin-1"))
    assert text.endswith(SAMPLES["German"])
    assert notices[0].startswith(SAID)


def test_the_curly_quotes_and_dashes_of_windows_are_read_as_such() -> None:
    text = "“Why,” said the fox – ‘sly’ as it was – “it is spring…”\n"  # noqa: RUF001  # no mistake
    read, (notice,) = read_bytes(text.encode("cp1252"))
    assert read == text
    assert notice.startswith(SAID)


def test_latin_1_that_shows_only_at_the_end_is_read_with_progress_that_never_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files_module, "_PIECE_BYTES", 10)
    path = tmp_path / "notes.txt"
    path.write_bytes(b"the fox sleeps\r\n" * 20 + b"\xe9")
    fractions: list[float] = []
    corpus = read_text_file(path, lambda fraction, _: fractions.append(fraction))
    assert corpus.text == "the fox sleeps\n" * 20 + "é"
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t")),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    piece_bytes=st.integers(1, 9),
)
def test_any_text_cut_into_any_pieces_is_read_with_its_line_ends_as_newlines(
    text: str, encoding: str, piece_bytes: int
) -> None:
    # Two distinct characters, and no mark of its own.
    text = "ab" + text
    original = text_files_module._PIECE_BYTES
    text_files_module._PIECE_BYTES = piece_bytes
    try:
        read, notices = read_bytes(text.encode(encoding))
    finally:
        text_files_module._PIECE_BYTES = original
    assert read == text.replace("\r\n", "\n").replace("\r", "\n")
    assert notices == ()


def test_line_ends_of_every_system_become_newlines() -> None:
    assert read_bytes(b"a\r\nb\rc\nd\r\r\n\r") == ("a\nb\nc\nd\n\n\n", ())


def test_progress_names_the_file_and_may_cancel(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("the fox")
    reports: list[tuple[float, str]] = []
    read_text_file(path, lambda *report: reports.append(report))
    assert reports == [(0.0, "Reading notes.txt"), (1.0, "Reading notes.txt")]

    def cancel(fraction: float, doing: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_text_file(path, cancel)


def random_bytes(length: int) -> bytes:
    # Without zero bytes, which alone would give a binary file away.
    return bytes(1 + (k * k * 7919 + k * 104729) % 65521 % 255 for k in range(length))


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        pickle.dumps({"weights": list(range(1000))}),
        struct.pack("<500d", *(k / 7 for k in range(500))),
        struct.pack("<500h", *range(500)),
        struct.pack(">500i", *range(500)),
        zlib.compress(b"the fox sleeps by the sea" * 100) + bytes(8),
        random_bytes(2000),
        b"the fox sleeps" * 100 + b"\x00",
        "the fox sleeps".encode("utf-16-le")[:-1],
        json.dumps({"a": 1}).encode() + b"\x01\x02\x03" * 9,
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    assert refusal(data) == "notes.txt is a binary file, not a text."


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])
def test_marked_files_that_are_cut_are_called_damaged(mark: bytes) -> None:
    spoken = "UTF-16" if len(mark) == 2 else "UTF-32"
    assert refusal(mark + b"abc") == f"notes.txt begins with the mark of {spoken} but is damaged."


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_an_empty_text_is_refused(data: bytes) -> None:
    assert refusal(data) == "notes.txt is empty."


@pytest.mark.parametrize(
    ("data", "shown"),
    [(b"a", '"a"'), (b"a" * 5000, '"a"'), (b"\r\n\r\n\n", "U+000A (line end)")],
)
def test_one_distinct_character_is_refused(data: bytes, shown: str) -> None:
    assert refusal(data) == (
        f"notes.txt has one distinct character only, {shown}: there is nothing to predict."
    )


def test_a_second_character_far_into_the_file_is_enough() -> None:
    assert read_bytes(b"a" * 5000 + b"b")[0].endswith("ab")


def sentence_about(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_text_file(path)
    return str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert sentence_about(tmp_path / "notes.txt") == "There is no file notes.txt."
    assert sentence_about(tmp_path / "a\0b.txt") == "There is no file a?b.txt."


def test_a_folder_is_said(tmp_path: Path) -> None:
    assert sentence_about(tmp_path) == f"{tmp_path.name} is a folder, not a text file."


def test_a_folder_as_part_of_a_path_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("the fox")
    sentence = sentence_about(tmp_path / "notes.txt" / "more.txt")
    assert sentence.startswith(("more.txt cannot be read: ", "There is no file more.txt"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_refused_before_it_can_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert sentence_about(tmp_path / "pipe") == "pipe is not a regular file."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "denied"), "You have no permission to read notes.txt."),
        (OSError(5, "Input/output error"), "notes.txt cannot be read: the disk has failed."),
        (MemoryError(), "notes.txt is too large for this computer's memory."),
    ],
)
def test_what_the_system_refuses_is_said(
    error: Exception, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, mode: str) -> io.BytesIO:
        raise error

    path = tmp_path / "notes.txt"
    path.write_text("the fox")
    monkeypatch.setattr(Path, "open", fail)
    assert sentence_about(path) == sentence


def test_a_line_end_in_a_files_name_does_not_break_the_sentence(tmp_path: Path) -> None:
    assert sentence_about(tmp_path / "my\nnotes.txt") == "There is no file my?notes.txt."
