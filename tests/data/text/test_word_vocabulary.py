from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import (
    UNKNOWN_WORD,
    BareWordVocabulary,
    DataError,
    TokenVocabulary,
    Vocabulary,
    vocabulary_of,
)
from rnnviz.data.text import words
from rnnviz.data.text.words import tokenize

prose = st.text(st.sampled_from("abcd'.,\"( \n"), min_size=1).filter(
    lambda text: bool(tokenize(text))
)


def vocabulary_with(*tokens: str) -> BareWordVocabulary:
    return BareWordVocabulary((UNKNOWN_WORD, *tokens))


@given(prose)
def test_what_a_whole_vocabulary_decodes_encodes_to_the_same_ids(text: str) -> None:
    vocabulary = BareWordVocabulary.from_text(text)
    ids = vocabulary.encode(text)
    assert [vocabulary.tokens[number] for number in ids] == tokenize(text)
    assert np.array_equal(vocabulary.encode(vocabulary.decode(ids)), ids)


@given(prose, st.integers(2, 6))
def test_the_most_frequent_words_are_known_and_of_equals_the_first(text: str, size: int) -> None:
    tokens = tokenize(text)
    counts = Counter(tokens)
    by_frequency = sorted(counts, key=lambda token: (-counts[token], tokens.index(token)))
    expected = (UNKNOWN_WORD, *by_frequency[: size - 1])
    assert BareWordVocabulary.from_text(text, size).tokens == expected


@given(prose, prose)
def test_unknown_words_are_replaced_skipped_or_refused(known: str, text: str) -> None:
    vocabulary = BareWordVocabulary.from_text(known)
    expected = [t if t in vocabulary.tokens else UNKNOWN_WORD for t in tokenize(text)]
    replaced = vocabulary.encode(text, unknown="replace")
    assert [vocabulary.tokens[number] for number in replaced] == expected
    skipped = vocabulary.encode(text, unknown="skip")
    assert skipped.tolist() == [number for number in replaced if number != vocabulary.unknown]
    if skipped.size < replaced.size:
        with pytest.raises(DataError, match="does not know"):
            vocabulary.encode(text)
    else:
        assert np.array_equal(vocabulary.encode(text), replaced)


@given(prose, st.integers(0, 20))
def test_pieces_are_not_empty_and_do_not_change_with_what_follows(text: str, cut: int) -> None:
    for vocabulary in (BareWordVocabulary.from_text(text, 4), Vocabulary.from_text(text)):
        ids = vocabulary.encode(text, unknown="replace")
        pieces = vocabulary.pieces(ids)
        assert all(pieces)
        assert len(pieces) == ids.size
        assert "".join(pieces) == vocabulary.decode(ids)
        assert vocabulary.pieces(ids[:cut]) == pieces[:cut]
        decoder = vocabulary.decoder()
        assert [decoder(number) for number in ids.tolist()] == pieces


def test_a_text_is_read_by_words() -> None:
    vocabulary = BareWordVocabulary.from_text("The fox, the hen, the end.\n", 4)
    assert vocabulary.tokens == ("<unk>", ",", "the", "The")
    assert (vocabulary.level, vocabulary.size, vocabulary.unknown) == ("bare-word", 4, 0)
    ids = vocabulary.encode("The end, the <unk>", unknown="replace")
    assert ids.tolist() == [3, 0, 1, 2, 0, 0, 0]
    assert vocabulary.decode(ids) == "The <unk>, the <unk> <unk> <unk>"
    assert vocabulary.pieces(ids)[:3] == ["The", " <unk>", ","]


def test_unknown_words_are_named() -> None:
    with pytest.raises(DataError) as caught:
        vocabulary_with("fox").encode("fox hen fox ox hen\n")
    assert str(caught.value) == (
        'The text has words that the vocabulary does not know: "hen", "ox", U+000A (line end).'
    )


@pytest.mark.parametrize(
    ("size", "dtype"), [(256, np.uint8), (257, np.uint16), (65536, np.uint16), (65537, np.uint32)]
)
def test_ids_have_the_smallest_type_that_holds_them(size: int, dtype: type) -> None:
    text = " ".join(map(str, range(size - 1)))
    vocabulary = BareWordVocabulary.from_text(text, size)
    for ids in (vocabulary.encode(text), vocabulary.encode("")):
        assert ids.dtype == dtype
    assert vocabulary.encode(text)[-1] == size - 1


def test_a_text_of_several_pieces_is_encoded_whole_and_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "PIECE_LENGTH", 10)
    text = "one two three " * 10
    reports: list[float] = []
    vocabulary = BareWordVocabulary.from_text(text, progress=lambda part, _: reports.append(part))
    assert vocabulary.tokens == ("<unk>", "one", "two", "three")
    assert reports == sorted(reports)
    assert (reports[0], reports[-1]) == (0.0, 1.0)
    assert vocabulary.encode(text).tolist() == [1, 2, 3] * 10


def test_an_exception_in_the_progress_ends_the_work() -> None:
    class Cancelled(Exception):  # noqa: N818  # nothing went wrong
        pass

    def cancel(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        BareWordVocabulary.from_text("abc", progress=cancel)
    with pytest.raises(Cancelled):
        vocabulary_with("abc").encode("abc", progress=cancel)


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        (("a", "b"), 'The first entry of a vocabulary of words must be "<unk>".'),
        ((), 'The first entry of a vocabulary of words must be "<unk>".'),
        ((5, "a"), 'The first entry of a vocabulary of words must be "<unk>".'),
        (("<unk>",), 'The vocabulary has no word beside "<unk>".'),
        (("<unk>", "fox", "hen", "fox"), 'The vocabulary has "fox" twice.'),
        (("<unk>", "a\u200db", "a\u200db"), 'The vocabulary has "a\\u200db" twice.'),
        (("<unk>", "a", "<unk>"), "Entry 2 of the vocabulary is not a single word."),
        (("<unk>", ""), "Entry 1 of the vocabulary is not a single word."),
        (("<unk>", "a", " "), "Entry 2 of the vocabulary is not a single word."),
        (("<unk>", "a b"), "Entry 1 of the vocabulary is not a single word."),
        (("<unk>", "a,"), "Entry 1 of the vocabulary is not a single word."),
        (("<unk>", 5), "Entry 1 of the vocabulary is not a single word."),
        (("<unk>", ["a"]), "Entry 1 of the vocabulary is not a single word."),
        (("<unk>", None), "Entry 1 of the vocabulary is not a single word."),
        (
            ("<unk>", "\ud800"),
            "Entry 1 of the vocabulary has half of a surrogate pair, U+D800.",
        ),
        ("<unk>", "A vocabulary must be a list of words."),
        (None, "A vocabulary must be a list of words."),
        ({"<unk>": 0}, "A vocabulary must be a list of words."),
    ],
)
def test_tokens_that_are_no_vocabulary_are_refused_in_a_sentence(
    tokens: object, sentence: str
) -> None:
    with pytest.raises(DataError) as caught:
        BareWordVocabulary(tokens)  # type: ignore[arg-type]
    assert str(caught.value) == sentence


def test_a_text_without_words_or_with_half_of_a_surrogate_pair_has_no_vocabulary() -> None:
    with pytest.raises(DataError, match="no word of at most 100"):
        BareWordVocabulary.from_text(" ")
    with pytest.raises(DataError, match=r"U\+DC00"):
        BareWordVocabulary.from_text("a \udc00")
    with pytest.raises(DataError, match="a size of at least 2"):
        BareWordVocabulary.from_text("a b", 1)


@pytest.mark.parametrize("ids", [[2], [-1], [0.5], ["a"]])
def test_ids_of_no_token_are_refused(ids: list[object]) -> None:
    for read in (vocabulary_with("fox").decode, vocabulary_with("fox").pieces):
        with pytest.raises(DataError, match="Token ids"):
            read(ids)  # type: ignore[arg-type]


def test_nothing_decodes_to_nothing() -> None:
    assert vocabulary_with("fox").decode([]) == ""
    assert vocabulary_with("fox").encode(" ").shape == (0,)


def test_vocabularies_with_the_same_tokens_are_equal() -> None:
    assert BareWordVocabulary.from_text("a b") == vocabulary_with("a", "b")
    assert hash(BareWordVocabulary.from_text("a b")) == hash(vocabulary_with("a", "b"))
    assert vocabulary_with("b", "a") != vocabulary_with("a", "b")
    assert vocabulary_with("a") != Vocabulary(("a",))


@pytest.mark.parametrize("vocabulary", [vocabulary_with("fox", "."), Vocabulary(("b", "a"))])
def test_a_vocabulary_is_rebuilt_from_its_level_and_tokens(vocabulary: TokenVocabulary) -> None:
    rebuilt = vocabulary_of(vocabulary.level, vocabulary.tokens)
    assert rebuilt == vocabulary
    assert type(rebuilt) is type(vocabulary)


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        vocabulary_of("syllable", ("a",))
    assert str(caught.value) == (
        'There is no level "syllable"; there are character, grapheme, word, bare-word.'
    )


def test_a_token_of_hundreds_of_letters_is_data_and_not_a_word() -> None:
    vocabulary = BareWordVocabulary.from_text("word " + "x" * 101 + " " + "y" * 100)
    assert vocabulary.tokens == ("<unk>", "word", "y" * 100)
