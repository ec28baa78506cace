import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import (
    BareWordVocabulary,
    Corpus,
    DataError,
    WordVocabulary,
    build_dataset,
    load_corpus,
)

prose = st.text(st.sampled_from("abé中ア'.,-\"( \n\t\u0301") | st.characters(), min_size=1).filter(
    lambda text: not any("\ud800" <= character <= "\udfff" for character in text)
)
SUBTITLES = "1\n00:00:01,000 --> 00:00:01,900\nLine number 1.\n\n2\n00:00:02,000 --> 00:00:02,900\n"
CODE = "def f(x):\n\treturn x+1  # two\n\nfor i in range(3):\n    print(f(i), end='')\n"


@given(prose)
def test_what_a_vocabulary_reads_it_writes_as_it_was(text: str) -> None:
    vocabulary = WordVocabulary.from_text(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(prose, st.integers(2, 6))
def test_so_does_a_small_one_where_it_knows_every_word(text: str, size: int) -> None:
    vocabulary = WordVocabulary.from_text(text, size)
    known = "".join(token for token in vocabulary.tokens[1:])
    for read in (text, known):
        ids = vocabulary.encode(read, unknown="replace")
        assert (vocabulary.decode(ids) == read) == (vocabulary.unknown not in ids)


@pytest.mark.parametrize("text", [CODE, SUBTITLES, load_corpus("tales").text])
@pytest.mark.parametrize("level", ["word", "grapheme", "character"])
def test_code_subtitles_and_tales_come_back(text: str, level: str) -> None:
    dataset = build_dataset(Corpus("t", "T", text), 0.1, level=level)  # type: ignore[arg-type]
    ids = [*dataset.training_ids.tolist(), *dataset.validation_ids.tolist()]
    assert dataset.vocabulary.decode(ids) == text


def test_a_word_has_the_space_before_it() -> None:
    vocabulary = WordVocabulary.from_text("The fox, the hen, the end.\n", 4)
    assert vocabulary.tokens == ("<unk>", ",", " the", "The")
    assert (vocabulary.level, vocabulary.noun, vocabulary.unknown) == ("word", "word", 0)
    ids = vocabulary.encode("The end, the end", unknown="replace")
    assert vocabulary.pieces(ids) == ["The", " <unk>", ",", " the", " <unk>"]
    assert vocabulary != BareWordVocabulary(("<unk>", ",", "the", "The"))


def test_what_a_person_typed_is_read_as_it_is_known_and_may_end_with_a_space() -> None:
    vocabulary = WordVocabulary(("<unk>", "The", " fox", " ate"))
    for typed, tokens in {
        "fox ate ": [2, 3],
        " fox ate": [2, 3],
        "The fox": [1, 2],
        "fox The": [2, 1],
        " ": [],
        "": [],
    }.items():
        assert vocabulary.encode_typed(typed).tolist() == tokens
    with pytest.raises(DataError, match='does not know: "hen"'):
        vocabulary.encode_typed("hen ")
    assert vocabulary.encode_typed("hen fox", unknown="skip").tolist() == [2]


@pytest.mark.parametrize("level", ["word", "bare-word"])
def test_a_text_that_shows_no_words_is_refused_with_what_to_do(level: str) -> None:
    def refusal(text: str) -> str:
        with pytest.raises(DataError) as caught:
            build_dataset(Corpus("t", "Notes", text), 0.1, level=level)  # type: ignore[arg-type]
        return str(caught.value)

    do = "learn it by characters instead, or put spaces between its words."
    assert refusal("วันนี้อากาศดีมากและแดดออกทั้งวัน" * 9) == (
        f"Notes is in Thai, which has no spaces between words: {do}"
    )
    assert refusal("x" * 101) == f"The text has no word of at most 100 letters: {do}"


def test_chinese_and_japanese_are_cut_where_unicode_cuts_them() -> None:
    text = "今日は東京タワーへ行きました。" * 9
    dataset = build_dataset(Corpus("t", "T", text), 0.0, level="word")
    assert {"今", "は", "タワー", "。"} < set(dataset.vocabulary.tokens)
    assert dataset.vocabulary.decode(dataset.training_ids) == text


def test_a_vocabulary_of_before_still_reads_thai() -> None:
    word = "วันนี้อากาศดีมากและแดดออก"
    vocabulary = BareWordVocabulary(("<unk>", word, "."))
    assert build_dataset(Corpus("t", "T", f"{word}. {word}."), 0.0, vocabulary).can_train
