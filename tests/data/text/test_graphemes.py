import sys
from subprocess import run

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnviz.data import Corpus, DataError, GraphemeVocabulary, build_dataset
from rnnviz.data.text import grapheme_vocabulary
from rnnviz.data.text import graphemes as cutting
from rnnviz.data.text.graphemes import LONGEST, grapheme_pieces, graphemes

FAMILY, FLAGS, ACCENT, SYLLABLE = "👩\u200d👩\u200d👧", "🇩🇪🇫🇷", "e\u0301", "क्षि"
texts = st.text(
    st.sampled_from("a \n\re\u0301\u200d👩🇩क\u094dष한\u1100")
    | st.characters(exclude_categories=["Cs"])
)


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        (f"a{ACCENT}{FAMILY}", ["a", ACCENT, FAMILY]),
        (FLAGS, [FLAGS[:2], FLAGS[2:]]),
        (SYLLABLE, [SYLLABLE]),
        ("한국\n", ["한", "국", "\n"]),
        ("\r\n", ["\r\n"]),
        ("e" + "\u0301" * LONGEST, ["e", *"\u0301" * LONGEST]),
        ("", []),
    ],
)
def test_what_a_reader_takes_for_one_character_is_one(text: str, clusters: list[str]) -> None:
    assert graphemes(text) == clusters


@given(texts)
def test_graphemes_in_a_row_are_the_text_and_are_numbered_and_written_as_it_was(text: str) -> None:
    assert "".join(graphemes(text)) == text
    if text:
        vocabulary = GraphemeVocabulary.from_text(text)
        ids = vocabulary.encode(text)
        assert vocabulary.decode(ids) == text
        assert ids.size == len(graphemes(text))


@given(texts, st.integers(1, 5))
@example(f"{FAMILY}{FLAGS}{ACCENT}{SYLLABLE}ab", 1)
@example("plain text of several pieces", 4)
def test_no_border_of_a_piece_cuts_a_grapheme_in_two(text: str, length: int) -> None:
    whole = graphemes(text)
    original = cutting._PIECE_LENGTH
    cutting._PIECE_LENGTH = max(length, *(len(one) + 1 for one in whole), 1)
    try:
        cut = [one for piece in grapheme_pieces(text, None, "") for one in piece]
    finally:
        cutting._PIECE_LENGTH = original
    assert cut == whole


def test_unknown_graphemes_are_skipped_or_refused() -> None:
    vocabulary = GraphemeVocabulary(("a", ACCENT, FAMILY))
    for text in (f"ba{ACCENT}{FLAGS[:2]}z", "baez"):
        with pytest.raises(DataError, match="graphemes that the vocabulary does not know"):
            vocabulary.encode(text)
        known = [0, 1] if ACCENT in text else [0]
        assert vocabulary.encode(text, unknown="skip").tolist() == known


def test_ids_have_the_smallest_type_that_holds_them() -> None:
    vocabulary = GraphemeVocabulary(tuple(map(chr, range(0x4E00, 0x4E00 + 256))))
    assert vocabulary.encode("\u4e05\u4e06").dtype == np.uint8


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        ((), "A vocabulary needs at least one grapheme."),
        ("ab", "A vocabulary must be a list of graphemes."),
        (("a", ""), "Entry 1 of the vocabulary is not a single grapheme."),
        (("a" * 33,), "Entry 0 of the vocabulary is not a single grapheme."),
        ((5,), "Entry 0 of the vocabulary is not a single grapheme."),
        (("a", "a"), 'The vocabulary has "a" twice.'),
        (("\ud800",), "Entry 0 of the vocabulary has half of a surrogate pair, U+D800."),
    ],
)
def test_tokens_that_are_no_vocabulary_are_refused(tokens: object, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        GraphemeVocabulary(tokens)  # type: ignore[arg-type]
    assert str(caught.value) == sentence


def test_too_many_graphemes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grapheme_vocabulary, "MOST", 3)
    with pytest.raises(DataError, match="learn it by characters instead"):
        GraphemeVocabulary.from_text("abcd")


def test_a_text_of_graphemes_is_split_and_what_is_unknown_is_said() -> None:
    text = f"{ACCENT}{FAMILY}{SYLLABLE}a" * 5
    dataset = build_dataset(Corpus("t", "T", text), 0.1, level="grapheme")
    assert (dataset.training_ids.size, dataset.validation_ids.size) == (18, 2)
    assert dataset.vocabulary.size == 4
    assert dataset.vocabulary_is_own
    assert dataset.notices == ()
    fewer = GraphemeVocabulary((ACCENT, "a"))
    (notice,) = build_dataset(Corpus("t", "T", text), 0.1, fewer).notices
    assert notice.startswith('10 graphemes of T that the vocabulary does not know were skipped: "')


def test_the_library_is_loaded_only_where_it_is_needed() -> None:
    code = (
        "import sys, rnnviz.data as d; d.GraphemeVocabulary.from_text('plain'); "
        "assert 'regex' not in sys.modules"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0
