import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import AUTOMATIC, ENCODINGS, DataError, read_text_file
from rnnviz.data.text import encodings as encodings_module
from rnnviz.data.text import files as files_module
from tests.data.text.natural_texts import SAMPLES

LEGACY = [
    ("Russian", "cp1251", "windows-1251"),
    ("Russian", "koi8_u", "koi8-u"),
    ("Russian", "cp866", "ibm866"),
    ("Russian", "iso8859_5", "iso-8859-5"),
    ("Ukrainian", "cp1251", "windows-1251"),
    ("Japanese", "shift_jis", "shift-jis"),
    ("Japanese", "euc_jp", "euc-jp"),
    ("Chinese", "gb18030", "gb18030"),
    ("Chinese", "gb2312", "gb18030"),
    ("traditional Chinese", "big5", "big5"),
    ("Korean", "euc_kr", "euc-kr"),
    ("Greek", "cp1253", "windows-1253"),
    ("Hebrew", "cp1255", "windows-1255"),
    ("Arabic", "cp1256", "windows-1256"),
    ("Thai", "cp874", "windows-874"),
    ("Polish", "cp1250", "windows-1250"),
    ("Czech", "cp1250", "windows-1250"),
]
WESTERN = [
    (language, encoding, "windows-1252")
    for language in (
        [
            "English",
            "French",
            "German",
            "Spanish",
            "Portuguese",
            "Italian",
            "Swedish",
            "Danish",
            "Icelandic",
        ]
    )
    for encoding in ("cp1252", "latin-1")
]


def read_bytes(data: bytes, encoding: str = AUTOMATIC) -> tuple[str, tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "notes.txt")
        path.write_bytes(data)
        corpus = read_text_file(path, encoding=encoding)
    return corpus.text, corpus.notices


def encoded(language: str, codec: str) -> tuple[str, bytes]:
    """Return a sample as it is in this encoding, without what that does not have."""
    data = SAMPLES[language].encode(codec, "ignore")
    return data.decode(codec), data


def beyond_ascii(text: str) -> int:
    return sum(not character.isascii() for character in text)


@pytest.mark.parametrize(("language", "codec", "name"), LEGACY + WESTERN)
@pytest.mark.parametrize("times", [1, 100])
def test_natural_text_comes_back_exactly_and_the_guess_is_said_with_a_sample(
    language: str, codec: str, name: str, times: int
) -> None:
    text, data = encoded(language, codec)
    read, notices = read_bytes(data * times)
    assert read == text * times
    title = ENCODINGS[name].title
    (notice,) = notices
    said, sample = notice.removesuffix('". Should that look wrong, choose its encoding.').split(
        ': "', 1
    )
    assert said == f"notes.txt is not UTF-8; it was read as {title}"
    assert sample.strip("…") in " ".join(read.split())
    assert beyond_ascii(sample.strip("…")) > 0


@pytest.mark.parametrize(("language", "codec", "name"), [LEGACY[0], LEGACY[5], LEGACY[7]])
def test_a_few_words_of_a_language_in_much_code_are_told(
    language: str, codec: str, name: str
) -> None:
    code = b"def area(width, height):\n    return width * height  # so simple\n" * 50
    text, data = encoded(language, codec)
    read, _ = read_bytes(code + data + code)
    assert text in read


@given(
    language=st.sampled_from([name for name in SAMPLES if name != "English"]),
    times=st.integers(2, 20),
    seed=st.randoms(use_true_random=False),
    per_thousand=st.integers(1, 3),
    how=st.sampled_from(["another byte", "a lost byte"]),
)
def test_utf_8_with_a_few_broken_bytes_in_a_thousand_stays_utf_8(
    language: str, times: int, seed: random.Random, per_thousand: int, how: str
) -> None:
    text = SAMPLES[language] * times
    data = bytearray(text.encode())
    count = max(1, len(data) * per_thousand // 1000)
    for _ in range(count):
        at = seed.choice([place for place, byte in enumerate(data) if byte >= 0x80])
        if how == "a lost byte":
            del data[at]
        else:
            data[at] = seed.choice([0x92, 0x9D, 0xE9, 0xFF])
    broken = len(bytes(data)) - len(bytes(data).decode("utf-8", "ignore").encode())
    read, notices = read_bytes(bytes(data))
    assert read.replace("\ufffd", "") == bytes(data).decode("utf-8", "ignore")
    assert read.count("\ufffd") == broken
    if broken:
        (notice,) = notices
        assert notice.startswith(f"notes.txt has {broken:,} broken byte")
    else:
        assert notices == ()


def test_of_one_broken_byte_its_line_and_its_place_are_said() -> None:
    data = ("naïve café\n" * 11).encode() + b"a \x9d here, caf\xc3\xa9\n" + "ü\n".encode()
    text, notices = read_bytes(data)
    assert text == "naïve café\n" * 11 + "a \ufffd here, café\nü\n"
    assert notices == (
        "notes.txt has 1 broken byte, read as \ufffd, in line 12: "
        '"…naïve café naïve café a \ufffd here, café ü".',
    )


def test_of_several_broken_bytes_the_first_is_shown_and_all_are_counted() -> None:
    data = ("naïve café\n" * 1500).encode() + b"a \x9d\n" + "ü\n".encode() * 9 + b"\xff\xe9\n"
    _, notices = read_bytes(data)
    assert notices == (
        "notes.txt has 3 broken bytes, read as \ufffd, the first in line 1,501: "
        '"…naïve café naïve café a \ufffd ü ü ü ü ü ü ü ü ü \ufffd\ufffd".',
    )


def test_a_text_that_was_cut_within_a_character_is_utf_8() -> None:
    text, notices = read_bytes("狐狸睡在海边。".encode()[:-1])
    assert text == "狐狸睡在海边\ufffd\ufffd"
    assert notices[0].startswith(
        "notes.txt has 2 broken bytes, read as \ufffd, the first in line 1"
    )


def test_a_mark_of_utf_8_is_left_out_where_bytes_are_broken() -> None:
    text, notices = read_bytes("狐狸睡\n".encode("utf-8-sig") + b"\xff")
    assert text == "狐狸睡\n\ufffd"
    assert len(notices) == 1


@pytest.mark.parametrize("stray", [b"\x92", b"\x93\x94", b"\xe9"])
def test_a_handful_of_bytes_in_plain_english_is_windows_1252(stray: bytes) -> None:
    text, notices = read_bytes(b"It is the fox" + stray + b"s way home.\n" * 30)
    assert text == "It is the fox" + stray.decode("cp1252") + "s way home.\n" * 30
    assert "read as Windows-1252" in notices[0]
    assert stray.decode("cp1252") in notices[0]


def test_a_byte_that_means_nothing_in_windows_1252_is_marked_and_no_control_character() -> None:
    text, notices = read_bytes(b"the fox\x92s way\n" * 3 + b"a stray \x9d\n")
    assert text == "the fox’s way\n" * 3 + "a stray \ufffd\n"  # noqa: RUF001  # no mistake
    guess, damage = notices
    assert "Windows-1252" in guess
    assert damage.startswith("notes.txt has 1 broken byte, read as \ufffd, in line 4")


@pytest.mark.parametrize("language", ["English", "French", "Swedish", "German"])
@pytest.mark.parametrize("times", [1, 5])
def test_a_stray_byte_makes_no_other_language_of_a_western_text(language: str, times: int) -> None:
    text, data = encoded(language, "cp1252")
    read, notices = read_bytes(data * times + b"\x9d\n")
    assert read == text * times + "\ufffd\n"
    assert "Windows-1252" in notices[0]
    assert "1 broken byte" in notices[1]


@pytest.mark.parametrize("language", ["English", "French", "German"])
def test_a_part_in_utf_8_does_not_hide_what_most_of_a_text_is_in(language: str) -> None:
    text, data = encoded(language, "cp1252")
    read, notices = read_bytes(SAMPLES[language].encode() * 20 + data * 100)
    assert read.endswith(text * 100)
    # The part that is misread is the one that is shown.
    assert "â€" in notices[0]


@given(
    language=st.sampled_from(sorted({language for language, _, _ in WESTERN})),
    english=st.integers(0, 5),
    begins=st.integers(0, 400),
    length=st.integers(10, 400),
)
def test_any_part_of_a_western_text_is_read_as_it_always_was(
    language: str, english: int, begins: int, length: int
) -> None:
    text, _ = encoded(language, "cp1252")
    part = (text * 3)[begins : begins + length]
    text = "The old fisherman went to the river.\n" * english + "ab" + part
    assert read_bytes(text.encode("cp1252"))[0] == text


def test_of_a_long_text_one_broken_byte_does_not_hide_a_legacy_encoding() -> None:
    text, data = encoded("Japanese", "cp932")
    read, notices = read_bytes(data * 20 + b"\xff\xa0\x81\n" + data * 20)
    assert read.startswith(text * 20)
    assert read.endswith(text * 20)
    assert "Shift-JIS" in notices[0]


@pytest.mark.parametrize(("language", "codec", "name"), LEGACY[:10])
def test_a_text_of_one_endless_line_and_of_many_pieces_is_told(
    language: str, codec: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "_PIECE_BYTES", 5003)
    text = SAMPLES[language].replace("\n", " ") * 60
    data = text.encode(codec, "ignore")
    read, notices = read_bytes(data)
    assert read == data.decode(codec)
    assert ENCODINGS[name].title in notices[0]


def test_only_a_bounded_part_of_a_text_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    likeliest = encodings_module._likeliest
    monkeypatch.setattr(
        encodings_module, "_likeliest", lambda block: asked.append(block) or likeliest(block)
    )
    text, data = encoded("Russian", "cp1251")
    assert read_bytes(data * 2000)[0] == text * 2000
    assert 0 < sum(map(len, asked)) < 40_000


def test_the_sample_is_the_part_that_tells_most() -> None:
    text = "© a plain beginning\n" + "and so on\n" * 200 + "Жизнь!\n"
    (notice,) = read_bytes(text.encode("cp1251"), "windows-1251")[1]
    assert "Жизнь!" in notice


# -- chosen -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ENCODINGS)
def test_what_was_chosen_is_read_in_it_and_shown(name: str) -> None:
    codec = ENCODINGS[name].codec
    text = max((encoded(language, codec)[0] for language in SAMPLES), key=beyond_ascii)
    read, notices = read_bytes(text.encode(codec), name)
    assert read == text
    if name == "utf-8":
        assert notices == ()
    else:
        (notice,) = notices
        assert notice.startswith(f'notes.txt was read as {ENCODINGS[name].title}, as chosen: "')


def test_a_wrong_choice_shows_its_damage_and_is_not_refused() -> None:
    text, notices = read_bytes(SAMPLES["Russian"].encode("cp1251"), "utf-8")
    assert text.count("\ufffd") > 200
    shown, damage = notices
    assert shown.startswith("notes.txt was read as UTF-8, as chosen: ")
    assert damage.startswith("notes.txt has 284 broken bytes, read as \ufffd, the first in line 1")


def test_utf_16_that_was_chosen_wrongly_is_refused_in_a_sentence() -> None:
    with pytest.raises(DataError) as caught:
        read_bytes(b"abc", "utf-16")
    assert str(caught.value) == "notes.txt is not UTF-16. Choose another encoding."


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-be", "utf-16")],
)
def test_the_mark_of_what_was_chosen_is_left_out(codec: str, name: str) -> None:
    text = "the fox sleeps\n"
    assert read_bytes(text.encode(codec), name)[0] == text


def test_plain_ascii_is_read_in_silence_whatever_was_chosen() -> None:
    assert read_bytes(b"the fox sleeps", "windows-1251") == ("the fox sleeps", ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lan nhi\u0300n thâ\u0301y con trâu đư\u0301ng bên bơ\u0300 ao.\n", "windows-1258"),
        ("Søren så æbletræet og naboens blomster.\n", "ibm850"),
        ("Žofie otevřela okno a uviděla ježka.\n", "ibm852"),
    ],
)
def test_what_is_never_told_can_be_chosen(text: str, name: str) -> None:
    data = text.encode(ENCODINGS[name].codec)
    assert read_bytes(data, name)[0] == text


@pytest.mark.parametrize("times", [1, 30])
def test_polish_of_the_standard_is_told_from_that_of_windows(times: int) -> None:
    text = (
        "Wieczorem dziadek siadał przy piecu i opowiadał, jak łódź płynęła przez jezioro. "
        "Wnuczęta słuchały cicho, a za oknem sypał śnieg. Każda opowieść kończyła się inaczej.\n"
    ) * times
    read, (notice,) = read_bytes(text.encode("iso8859_2"))
    assert read == text
    assert "ISO 8859-2 (Central European)" in notice
