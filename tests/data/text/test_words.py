# Look-alikes are meant here.
# ruff: noqa: RUF001

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnviz.data import load_corpus
from rnnviz.data.text import words
from rnnviz.data.text.words import Detokenizer, has_tokens, token_pieces, tokenize

# The characters that the rules speak of, and any other.
TRICKY = (
    "asé1_ \t\n---...==**#~+^,;:'’\"-(){}[]/$%@*=…“”„‘‚«»中。「」\u0301\u093f\u200d\ufe0f\u00a0\x1c"
)
texts = st.text(st.sampled_from(TRICKY) | st.characters(exclude_categories=["Cs"]))
token_lists = st.lists(texts.flatmap(lambda text: st.sampled_from(tokenize(text) or ["a"])))


def set_as_text(tokens: list[str]) -> str:
    return "".join(map(Detokenizer().piece, tokens))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop, well-known fox!", ["Don't", "stop", ",", "well-known", "fox", "!"]),
        ("It’s 'quoted'.", ["It’s", "'", "quoted", "'", "."]),
        ("pi is 3.14. Next", ["pi", "is", "3.14", ".", "Next"]),
        ("a fox, e.g. in the U.S.A.", ["a", "fox", ",", "e.g", ".", "in", "the", "U.S.A", "."]),
        ("the end.The next", ["the", "end", ".", "The", "next"]),
        ("one\n\n\ttwo  three\r\n", ["one", "\n", "\n", "two", "three", "\n"]),
        ("x+=__init__(y)", ["x", "+", "=", "__init__", "(", "y", ")"]),
        ("yes--no...", ["yes", "-", "-", "no", "..."]),
        ("a\n-----\n== **** b", ["a", "\n", "-----", "\n", "=", "=", "****", "b"]),
        ("<unk>", ["<", "unk", ">"]),
        ("ἐν ἀρχῇ ἦν", ["ἐν", "ἀρχῇ", "ἦν"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("I ❤\ufe0f you", ["I", "❤\ufe0f", "you"]),
        ("  \t ", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_marks_and_line_ends(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens
    assert has_tokens(text) == bool(tokens)


def test_an_accent_that_is_a_character_of_its_own_stays_in_its_word() -> None:
    composed, decomposed = (unicodedata.normalize(form, "déjà vu ") for form in ("NFC", "NFD"))
    assert len(composed) < len(decomposed)
    assert len(tokenize(composed)) == len(tokenize(decomposed)) == 2


@given(st.text(st.characters(exclude_categories=["M"], exclude_characters="\u200c\u200d")))
def test_tokens_in_a_row_are_the_text_without_its_spaces(text: str) -> None:
    assert "".join(tokenize(text)) == "".join(c for c in text if c == "\n" or not c.isspace())


@given(texts)
def test_a_token_is_a_token_alone_as_well(text: str) -> None:
    assert all(tokenize(token) == [token] for token in tokenize(text))


@given(texts, st.integers(1, 5))
@example("a" * 20 + " b", 3)
@example("e.g. don't 3.14 e\u0301\u0301", 1)
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


@given(token_lists)
def test_any_tokens_set_as_text_are_cut_into_the_same_tokens_again(tokens: list[str]) -> None:
    # Even those that follow each other in no text, as in what an untaught network writes.
    assert tokenize(set_as_text(tokens)) == tokens


@given(texts)
def test_the_tokens_of_any_text_set_again_are_its_tokens(text: str) -> None:
    tokens = tokenize(text)
    assert tokenize(set_as_text(tokens)) == tokens


@given(token_lists)
def test_a_token_adds_itself_and_at_most_one_space_never_beside_a_line_end(
    tokens: list[str],
) -> None:
    setter = Detokenizer()
    pieces = [setter.piece(token) for token in tokens]
    for token, piece in zip(tokens, pieces, strict=True):
        assert piece in (token, f" {token}")
    for before, piece in pairwise(["\n", *pieces]):
        assert piece != " \n"
        if before == "\n":
            assert not piece.startswith(" ")


def test_tales_set_as_text_are_the_tales() -> None:
    text = load_corpus("tales").text.rstrip(" ")
    assert set_as_text(tokenize(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "A word, another; a third: really? Yes! (Or [so] it {seems}.)",
        'He said "yes" and "no", then left ("at once").',
        '"Yes," she said.\n"No."\n',
        '"Open to the end of the paragraph.\n\n"Another one," he said.',
        '"Open to the end of the line.\n"Another one," he said.',
        'She read "the first line\nand the second" aloud.',
        "It's the dogs' bowl, isn't it? 'Yes,' he said.",
        "“Curly,” he said, “and ‘inner’ ones.”",
        "Er sagte „ja“ und „nein“.",
        "Il dit «oui» ou »nein«.",
        "It costs $5, £3.50 or 10% more…",
        "Wait... what?! Really -- yes!!",
        '"""A docstring."""',
        'print ("")',
        "and/or",
        "中文。「好」。",
        "one\ntwo\n\nthree",
    ],
)
def test_a_well_set_text_is_set_as_it_was(text: str) -> None:
    assert set_as_text(tokenize(text)) == text
