# Look-alikes are meant here.
# ruff: noqa: RUF001

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnviz.data import load_corpus
from rnnviz.data.text import words
from rnnviz.data.text.spaced_words import script_without_words, token_pieces, tokenize

# The characters that the rules speak of, and any other.
TRICKY = (
    "asé1_ \t\n\r---...==**#~+^,;:'’\"-(){}[]/$%@*=…“”„‘‚«»中日あアー。「」ก\u0301\u093f\u200d"
    "\ufe0f\u00a0\x1c\u3099\ud800"
)
texts = st.text(st.sampled_from(TRICKY) | st.characters(exclude_categories=[]))

THAI = "วันนี้อากาศดีมากและแดดออกทั้งวัน"
LAO = "ມື້ນີ້ອາກາດດີຫຼາຍແລະແດດອອກໝົດມື້"
KHMER = "ថ្ងៃនេះអាកាសធាតុល្អណាស់ហើយមានពន្លឺថ្ងៃ"
BURMESE = "ဒီနေ့ရာသီဥတုအရမ်းကောင်းပြီးနေသာတယ်"


@given(texts)
@example("def f(x):\n\treturn x+1  # two\n\n")
@example("1\n00:00:01,000 --> 00:00:01,900\nLine number 1.\n\n")
@example("中e.g中 e.g中3.中1.5")
def test_tokens_in_a_row_are_the_text(text: str) -> None:
    assert "".join(tokenize(text)) == text


@pytest.mark.parametrize("corpus", ["tales", "python-reference", "python-source"])
def test_our_own_texts_come_back(corpus: str) -> None:
    text = load_corpus(corpus).text
    assert "".join(tokenize(text)) == text


@given(texts)
def test_a_token_is_a_token_alone_as_well(text: str) -> None:
    assert all(tokenize(token) == [token] for token in tokenize(text))


@given(texts, st.integers(1, 5))
@example("a" * 20 + " b", 3)
@example("中e.g中 e.g中3.中1.5" * 3, 1)
@example("e.g. don't 3.14 e\u0301\u0301" + " " * 40, 1)
def test_no_border_of_a_piece_cuts_a_token_in_two(text: str, length: int) -> None:
    reports: list[float] = []
    original = words.PIECE_LENGTH
    words.PIECE_LENGTH = length
    try:
        cut = list(token_pieces(text, lambda fraction, _: reports.append(fraction), "Cutting"))
    finally:
        words.PIECE_LENGTH = original
    assert [token for piece in cut for token in piece] == tokenize(text)
    assert reports == sorted(reports)
    assert reports[-1] == 1.0


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop, well-known fox!", ["Don't", " stop", ",", " well-known", " fox", "!"]),
        ("a fox, e.g. in 3.14", ["a", " fox", ",", " e.g", ".", " in", " 3.14"]),
        ("f(x) --> ...", ["f", "(", "x", ")", " -", "-", ">", " ..."]),
        ("if a:\n    b  = 1 \n", ["if", " a", ":", "\n", "    ", "b", "  ", "=", " 1", " ", "\n"]),
        (" " * 20 + "b", [" " * 16, " " * 4, "b"]),
        ("今日は東京タワーへ。", ["今", "日", "は", "東", "京", "タワー", "へ", "。"]),
        ("我有 3 本 Python 书", ["我", "有", " 3", " 本", " Python", " 书"]),
        ("오늘은 날씨가 좋다", ["오늘은", " 날씨가", " 좋다"]),
        ("हिन्दी में", ["हिन्दी", " में"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("\u0301a", ["\u0301", "a"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_and_marks_with_their_spaces(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (THAI, "Thai"),
        (f"{THAI} {THAI}\nAnd a line of English.\n", "Thai"),
        (LAO, "Lao"),
        (KHMER, "Khmer"),
        (BURMESE, "Burmese"),
        ("วันนี้ อากาศ ดี มาก และ แดด ออก ทั้ง วัน", ""),
        (f"A long line of English that has one line of Thai, {THAI}, and ends.", ""),
        ("今日は東京タワーへ。", ""),
        ("plain", ""),
        ("", ""),
    ],
)
def test_texts_that_do_not_show_where_words_end_are_told(text: str, script: str) -> None:
    assert script_without_words(text) == script
